"""Refused statements as a repair call shows them, and what came of it; of articles and of an issue alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.context import Item
from digest.analysis.by_model.notes import ARTICLE, reason_of
from digest.analysis.by_model.support import Verdict

NEVER_MENDED = frozenset(("order", "address", "prompt"))
"""Kinds of problems no repair is asked about: what a page says to a model shall cause no call."""


def mendable(items: Sequence[Item]) -> dict[int, Item]:
    """Give the refused statements that a repair may be asked about, by the id they have there."""
    return {
        at: each
        for at, each in enumerate(items, 1)
        if each.verdict.state == "refused"
        and not any(problem.kind in NEVER_MENDED for problem in each.verdict.problems)
    }


def repair_item(
    at: int, item: Item, words: str, shown: Mapping[str, str], source: str = ARTICLE
) -> dict[str, Any]:
    """Give a refused statement as a repair call shows it.

    Args:
        at: Its id there.
        item: The statement.
        words: How many it may have.
        shown: By number, what it may rest on.
        source: What it was held against.
    """
    return {
        "id": at,
        "field": item.field,
        "words": words,
        "said": item.verdict.said.text,
        "refused": "; ".join(reason_of(each, source, is_for_model=True) for each in item.verdict.problems),
        "sentences": dict(shown),
    }


def mended(
    items: Sequence[Item], corrected: Mapping[int, Said], judges: Callable[[Said, Item], Verdict]
) -> tuple[Item, ...]:
    """Put what a repair made of statements in their place, as far as it can stand."""
    found = list(items)
    for at, said in corrected.items():
        item = found[at - 1]
        if said.text:
            verdict = judges(said, item)
            found[at - 1] = replace(
                item, verdict=verdict if verdict.state != "refused" else item.verdict, first=item.verdict
            )
    return tuple(found)
