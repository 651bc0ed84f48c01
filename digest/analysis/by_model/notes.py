"""What the notes of an analysis say of statements that were refused, replaced or repaired."""

import re

from digest.analysis.by_model.context import Item
from digest.analysis.by_model.support import Verdict
from digest.records import Problem

MOST_QUOTED = 200
"""Characters of a refused text that a note shows."""

DOT_OF_HOST, EVERY_DOT = r"(?<=\w)\.(?=[^\W\d_]{2})", r"(?<=\w)\.(?=\w)"
"""Dots that may be an address's: not those of "U.S." and "8.8"; and all within words."""

ARTICLE = "the article"
"""What statements are held against, in the words of a note."""


def repair_note(item: Item) -> list[str]:
    """Say that something was mended on the way."""
    now = item.verdict
    if item.first is not None and item.first.said.text != now.said.text:
        return [
            f"{item.name}: the model first wrote “{quoted(item.first.said.text)}”; "
            f"refused: {_reasons(item.first)}"
        ]
    if now.state == "repaired":
        rests = ", ".join(map(str, now.said.numbers))
        return [f"{item.name}: repaired: it rests on sentences {rests}, not on those the model cited"]
    return []


def replaced_note(item: Item, own: str) -> str:
    """Say what was refused, why, and whether the article's own words `own` stand instead."""
    instead = "the article's own sentence stands instead" if own else "it is left out"
    return f"{item.name}: {refusal_of(item.first or item.verdict)}; {instead}"


def refusal_of(verdict: Verdict, source: str = ARTICLE) -> str:
    """Say what the model wrote and why it does not stand."""
    return f"the model wrote “{quoted(verdict.said.text)}”; refused: {_reasons(verdict, source)}"


def _reasons(verdict: Verdict, source: str = ARTICLE) -> str:
    return "; ".join(reason_of(each, source) for each in verdict.problems[:3])


def reason_of(problem: Problem, source: str = ARTICLE, *, is_for_model: bool = False) -> str:
    """Say in words what is wrong with a statement; to a model every dot within words is marked."""

    def quote(text: str) -> str:
        return quoted(text, 60, dots=EVERY_DOT if is_for_model else DOT_OF_HOST)

    verb = "has" if source == ARTICLE else "have"
    words = {
        "unrelated": f"nothing like it is in {source}",
        "address": "it holds an address",
        "order": "it speaks to the reader or asks for something",
        "prompt": "it repeats what the model was told",
        "mixed": f"no one of {source} says “{quote(problem.claim)}” by itself",
        "again": "it says the row again",
        "broken": "it breaks off",
        "heading": "it begins with the heading of an entry, as it was told",
        "added": f"{source} {verb} nothing of “{quote(problem.claim)}”",
        "cause": f"“{quote(problem.claim)}” makes a cause of it, and {source} {verb} "
        + (f"“{quote(problem.document)}”" if problem.document else "none"),
        "certainty": f"“{quote(problem.claim)}” drops the “{problem.document}” of {source}",
        "length": f"{problem.claim}, expected {problem.document}",
    }
    if problem.kind in words:
        return words[problem.kind]
    has = f"“{quote(problem.document)}”" if problem.document else "nothing of the kind"
    return f"{problem.kind}: “{quote(problem.claim)}”, {source} {verb} {has}"


def number_of_words(count: int) -> str:
    """Say how many words there are."""
    return f"{count} word{'' if count == 1 else 's'}"


def as_sentence(text: str) -> str:
    """Give a statement with what ends a sentence."""
    return text if text[-1] in ".!…\"”’'" else f"{text}."


def quoted(text: str, most: int = MOST_QUOTED, *, dots: str = DOT_OF_HOST) -> str:
    """Give a text as a note may show it: addresses in it lead nowhere."""
    said = " ".join(text.split())
    said = said if len(said) <= most else f"{said[: most - 1]}…"
    return re.sub(rf"(?i)(?<=[a-z])://?|{dots}|@", lambda match: f"[{match[0]}]", said)
