"""Keywords and themes: a model's as far as the article and the vocabulary have them, then the rules'."""

import re

from digest.analysis.by_model.answer import Answer
from digest.analysis.by_model.context import (
    Context,
)
from digest.analysis.by_model.notes import quoted
from digest.analysis.by_model.support import not_a_statement
from digest.language.words import STOP_WORDS, count_words, split_words
from digest.records import (
    Keyword,
    Theme,
)

MOST_KEYWORDS = 10  # by the shape of an entry page

IN_NAMES = frozenset("’'.%")
"""Marks that a keyword may end with: "growers’", "Apple Inc."."""
PARTING = frozenset((",", ";", ":", "?", "!", "(", ")", "|", "–", "—", "...", "“", "”", '"'))
"""Marks that part phrases: what has one is two, or a piece of a sentence."""
MODEL_SCORE, RULES_SCORE = 1.0, 0.5
"""Where the scores of a model's keywords begin, and of those the rules add: each after them is a little
less."""


def keywords_of(answer: Answer, context: Context) -> tuple[Keyword, ...]:
    """Keep the phrases the article has, as it writes them, but in what it tells somebody to do; the rules'
    fill up."""
    numbered = context.numbered
    lines = (line for at, line in enumerate(numbered.sentences, 1) if at not in numbered.orders)
    text = "\n".join((numbered.article.title, *lines))
    found: list[str] = []
    for each in answer.keywords:
        words = r"\s+".join(map(re.escape, each.split()))
        match = re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) if count_words(each) <= 6 else None
        if match and not not_a_keyword(match[0], context):
            found.append(" ".join(match[0].split()))
    chosen = {
        each.lower(): Keyword(each, round(MODEL_SCORE - at / 100, 4))
        for at, each in reversed(list(enumerate(found)))
    }
    chosen = dict(sorted(chosen.items(), key=lambda pair: -pair[1].score))
    for at, rule in enumerate(context.rules.keywords):
        if len(chosen) < MOST_KEYWORDS and not any(
            rule.keyword.lower() in each or each in rule.keyword.lower() for each in chosen
        ):
            chosen[rule.keyword.lower()] = Keyword(rule.keyword, round(RULES_SCORE - at / 100, 4))
    return tuple(chosen.values())[:MOST_KEYWORDS]


def not_a_keyword(phrase: str, context: Context) -> bool:
    """Say whether a phrase of the article is no keyword though a model named it."""
    words = [word for word in split_words(phrase) if word.text not in IN_NAMES]
    ends = (words[0], words[-1]) if words else ()
    # "The Meridian Post" is a name, and "IT" a subject.
    is_cut_out = any(word.text in STOP_WORDS or not word.text[0].isalnum() for word in ends)
    is_list = any(word.text in PARTING for word in words) or all(word.lower in STOP_WORDS for word in words)
    problem = not_a_statement(phrase, context.numbered, context.prompt)
    is_address = problem is not None and problem.kind == "address"
    return is_cut_out or is_list or is_address or not any(c.isalpha() for c in phrase)


def themes_of(answer: Answer, context: Context) -> tuple[tuple[Theme, ...], list[str]]:
    """Keep the themes of the vocabulary, the rules' where there is none; notes name one that is proposed, and
    one that is far from the article."""
    known = {each.lower(): each for each in context.themes}
    chosen = list(dict.fromkeys(known[each.lower()] for each in answer.themes if each.lower() in known))
    strange = [each for each in answer.themes if each.lower() not in known]
    notes = [_strange_note(each) for each in strange if not not_a_statement(each, context.numbered)]
    proposed = answer.new_theme
    problem = not_a_statement(proposed, context.numbered, context.prompt) if proposed else None
    if proposed and problem is None and proposed.lower() not in known and count_words(proposed) <= 3:
        notes.append(f"the model proposes a theme that prompts/themes.yaml has not: “{quoted(proposed)}”")
    if not chosen:
        return context.rules.themes, notes
    notes += [_far_note(each, context) for each in chosen if each in context.nearness.far]
    likeness = context.nearness.likeness
    return tuple(Theme(each, round(likeness.get(each, 0.0), 4)) for each in chosen), notes


def _strange_note(theme: str) -> str:
    return f"theme “{quoted(theme)}” is not in prompts/themes.yaml; it is left out"


def _far_note(theme: str, context: Context) -> str:
    own = ", ".join(f"“{each.theme}”" for each in context.rules.themes)
    instead = f" (the rules would take {own})" if own else ""
    return f"theme “{theme}” is far from what the article says{instead}: check whether it fits"
