"""Four or five verbatim sentences of an article, in its order.

Rules: a sentence is worth its nearness to the whole text and its place (news says it first); each further
one is chosen for what the ones before it do not cover (maximal marginal relevance). A sentence that leans
on the one before ("But", "He", "This") comes only with that one. Questions, headings, lists and furniture
never come in (furniture.is_prose). Known limit: a pronoun deep inside a sentence may still point outside
the summary.
"""

import re
from collections.abc import Sequence

import numpy as np

from digest.english.tags import FIRST_PERSON, OPENERS_THAT_LEAN, SECOND_PERSON
from digest.english.wordlists import word_list
from digest.records import Evidence, SummarySentence, Vectors
from digest.stages.analyze.clauses import is_imperative
from digest.stages.analyze.furniture import QUOTE_OPENERS
from digest.stages.analyze.reading import Line, Reading

MIN_SENTENCES = 4
MAX_SENTENCES = 5
MIN_WORDS, MAX_WORDS = 60, 150
# A sentence longer than this leaves no room for three others within MAX_WORDS.
LONGEST = 60

# How much of a sentence's worth its repetition of chosen ones takes away; .45 keeps the pairwise cosine below
# at .595 (lead sentences .747) and the summary's cosine to the article at .934 (lead .808): means over the
# 240 development pages, November 2026.
REPETITION = 0.45
# What the first prose sentence is worth more than one at the end, on a scale where cosines differ by
# about .3.
EARLY = 0.18
# The first prose sentence mostly says what the article is about.
LEAD = 0.10
POINTING = word_list("pointing")
ATTRIBUTED = re.compile(
    r"\b(?:he|she|they|I) (?:said|says|noted|notes|added|adds|pointed|explained|told|admitted|warned)\b"
)
LABEL = re.compile(r"(?:[\w’'&/-]+\s+){0,4}[\w’'&/-]+:\s")
NEAR_COPY = 0.86


def summarize(reading: Reading) -> tuple[SummarySentence, ...]:
    """Choose the summary.

    Returns:
        Four or five sentences in order; fewer only where the text has fewer that can stand.
    """
    chosen = sorted(_choose(reading))
    lines = reading.lines
    return tuple(
        SummarySentence(lines[i].text, (Evidence(lines[i].start, lines[i].end, lines[i].text),))
        for i in chosen
    )


def leans(line: Line) -> bool:
    """Say whether a sentence opens by pointing at the one before it."""
    words = [word for word in line.words if word.text[0].isalnum()]
    if not words:
        return False
    first = words[0].lower
    if words[0].tag == "P" and any(word.lower in POINTING for word in words[1:3]):
        return True
    if words[0].tag in ("Q", "#") and len(words) > 1 and words[1].tag in ("V", "X", "M"):
        return True
    return first in OPENERS_THAT_LEAN or first.split("'")[0] in ("he", "she", "it", "they", "that", "this")


def _choose(reading: Reading) -> list[int]:
    usable = [line for line in reading.prose if line.count <= LONGEST]
    if not usable:
        usable = list(reading.prose)[:MAX_SENTENCES]
    worth = _worth(reading, usable)
    rows = {line.index for line in usable}
    chosen: list[int] = []
    words = 0
    groups = sorted(usable, key=lambda line: (-worth[line.index], line.index))
    while len(chosen) < MAX_SENTENCES:
        best = _best(reading, groups, worth, chosen, rows, words)
        if best is None:
            break
        chosen.extend(best)
        words = sum(reading.lines[i].count for i in chosen)
        if len(chosen) >= MIN_SENTENCES and words >= MIN_WORDS and words > 0.6 * MAX_WORDS:
            break
    return chosen


def _worth(reading: Reading, usable: Sequence[Line]) -> dict[int, float]:
    """What each sentence would be worth alone."""
    worth: dict[int, float] = {}
    # In an essay told by "I" or "we" that voice is no fault.
    personal = sum(bool({word.lower for word in line.words} & FIRST_PERSON) for line in usable) / max(
        1, len(usable)
    )
    for place, line in enumerate(usable):
        value = float(reading.centrality[line.index])
        value += EARLY / (1 + place / 3) + (LEAD if place == 0 else 0.0)
        value += 0.03 if line.opens_paragraph else 0.0
        lowers = {word.lower for word in line.words}
        value -= 0.15 * (1 - personal) if lowers & FIRST_PERSON else 0.0
        value -= 0.1 if ATTRIBUTED.search(line.text) else 0.0
        value -= 0.12 if lowers & SECOND_PERSON else 0.0
        value -= 0.08 if line.text[0] in QUOTE_OPENERS or line.text.count("“") > line.text.count("”") else 0.0
        value -= 0.15 if is_imperative(line.words) or line.words[0].tag == "W" else 0.0
        value -= 0.12 if LABEL.match(line.text) else 0.0
        value -= 0.10 if line.count < 9 else 0.0
        value -= 0.08 if line.count > 42 else 0.0
        value -= (
            0.08
            if line.text.startswith(("The company ", "The firm ", "The group ", "Nobody ", "Nothing "))
            else 0.0
        )
        worth[line.index] = value
    return worth


def _best(
    reading: Reading,
    groups: Sequence[Line],
    worth: dict[int, float],
    chosen: Sequence[int],
    rows: set[int],
    words: int,
) -> tuple[int, ...] | None:
    """The sentence, with the one it leans on, that adds most to the chosen ones; None where nothing fits."""
    best: tuple[float, tuple[int, ...]] | None = None
    opener = min(chosen) if chosen else None
    for line in groups:
        if line.index in chosen:
            continue
        group = _with_antecedents(reading, line, rows, chosen)
        if group is None or len(chosen) + len(group) > MAX_SENTENCES:
            continue
        length = sum(reading.lines[i].count for i in group)
        if chosen and words + length > MAX_WORDS:
            continue
        first = min(group)
        if (opener is None or first < opener) and not _may_open(reading.lines[first]):
            continue
        value = sum(worth[i] - _repetition(reading.vectors, i, chosen) for i in group) / len(group)
        if any(_copies(reading.vectors, i, chosen) for i in group):
            continue
        if best is None or value > best[0]:
            best = (value, group)
    return best[1] if best else None


def _with_antecedents(
    reading: Reading, line: Line, rows: set[int], chosen: Sequence[int]
) -> tuple[int, ...] | None:
    """The sentence and those before it that it leans on; None where one of them cannot be used."""
    group = [line.index]
    while leans(reading.lines[group[0]]):
        before = group[0] - 1
        if before in chosen:
            break
        if before not in rows or len(group) == 2:
            return None
        group.insert(0, before)
    return tuple(group)


def _may_open(line: Line) -> bool:
    lowers = {word.lower for word in line.words[:2]}
    return (
        line.text[0] not in QUOTE_OPENERS and not leans(line) and not lowers & (FIRST_PERSON | {"you", "if"})
    )


def _repetition(vectors: Vectors, index: int, chosen: Sequence[int]) -> float:
    if not chosen:
        return 0.0
    return REPETITION * max(0.0, float(np.max(vectors[list(chosen)] @ vectors[index])))


def _copies(vectors: Vectors, index: int, chosen: Sequence[int]) -> bool:
    return bool(chosen) and float(np.max(vectors[list(chosen)] @ vectors[index])) > NEAR_COPY
