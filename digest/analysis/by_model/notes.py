"""What the notes of an analysis say of statements that were refused, replaced or repaired."""

import re

from digest.analysis.by_model.context import (
    Item,
)
from digest.analysis.by_model.support import Verdict
from digest.records import (
    Problem,
)

MOST_QUOTED = 200
"""Characters of a refused text that a note shows."""


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
    first = item.first or item.verdict
    instead = "the article's own sentence stands instead" if own else "it is left out"
    return f"{item.name}: the model wrote “{quoted(first.said.text)}”; refused: {_reasons(first)}; {instead}"


def _reasons(verdict: Verdict) -> str:
    return "; ".join(map(reason_of, verdict.problems[:3]))


def reason_of(problem: Problem) -> str:
    """Say in words what is wrong with a statement."""
    words = {
        "unrelated": "nothing like it is in the article",
        "address": "it holds an address",
        "order": "it speaks to the reader or asks for something",
        "prompt": "it repeats what the model was told",
        "length": f"{problem.claim}, expected {problem.document}",
    }
    if problem.kind in words:
        return words[problem.kind]
    has = f"“{quoted(problem.document, 60)}”" if problem.document else "nothing of the kind"
    return f"{problem.kind}: “{quoted(problem.claim, 60)}”, the article has {has}"


def quoted(text: str, most: int = MOST_QUOTED) -> str:
    """Give a text as a note may show it: addresses in it lead nowhere."""
    said = " ".join(text.split())
    said = said if len(said) <= most else f"{said[: most - 1]}…"
    return re.sub(r"(?i)(?<=[a-z])://?|(?<=\w)\.(?=\w)|@", lambda match: f"[{match[0]}]", said)
