"""What an editor is warned of though nothing was refused: whose words an article, or what stands of it, may
be."""

from collections.abc import Mapping

from digest.analysis.by_model.numbered import Numbered
from digest.analysis.by_model.orders import is_said_to_a_model, speaks_to_its_reader

MOST_NAMED = 5
"""Sentences that a warning names by number; who sees five looks at the article."""


def said_to_a_model(numbered: Numbered) -> list[str]:
    """Warn of an article that speaks to a language model: any sentence of it may mean to be repeated."""
    found = [at for at, line in enumerate(numbered.sentences, 1) if is_said_to_a_model(line)]
    if not found:
        return []
    named = ", ".join(map(str, found[:MOST_NAMED])) + (" and others" if len(found) > MOST_NAMED else "")
    return [
        f"the article speaks to a language model in sentence {named}: check whether what stands here is "
        "about its matter"
    ]


def said_to_the_reader(statements: Mapping[str, str]) -> list[str]:
    """Warn of statements, by the name of their place, that say "you": they may be an order in disguise."""
    return [
        f"{name}: “{text}” speaks to the reader: check whether it is a statement of the article"
        for name, text in statements.items()
        if speaks_to_its_reader(text)
    ]
