"""Four or five verbatim sentences of an article, in its order.

Rules: a sentence is worth its nearness to the whole text and its place (news says it first); each further
one is chosen for what the ones before it do not cover (maximal marginal relevance). A sentence that cannot
stand alone comes only with the one before it, and one that speaks of a thing as known is worth less without
it (standing.py). Questions, headings, lists and furniture never come in (furniture.is_prose); calls to the
reader, exclamations and first persons only where an article has little else (faults.py).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from digest.analysis.faults import (
    ADVERTISES,
    CALLS_READER,
    SPEAKS_OF_SELF,
    is_whole,
    lowers_of,
    names_site,
    weigh_faults,
)
from digest.analysis.reading import Line, Reading
from digest.analysis.sentence_furniture import QUOTE_OPENERS
from digest.analysis.standing import known_thing, leans, points
from digest.language.words import FIRST_PERSON, STOP_WORDS, stem, stems
from digest.records import Evidence, SummarySentence, Vectors

MIN_SENTENCES = 4  # a summary's shape: four or five sentences in one paragraph
MAX_SENTENCES = 5  # the same
MIN_WORDS, MAX_WORDS = 60, 150  # a paragraph that tells enough, and is read at a glance; judgement
# A sentence longer than this leaves no room for three others within MAX_WORDS.
LONGEST = 60

# How much of a sentence's worth its repetition of chosen ones takes away. With sentences encoded apart from
# the text they stand in, means over the 247 development articles: at .45 the pairwise cosine is .398 and the
# summary's cosine to the article .794, at .65 .370 and .790, at .80 .346 and .786; as many lead sentences
# have .406 and .717 (November 2026). Vectors pooled from one pass hide it: neighbours share their context.
REPETITION = 0.6
# What the first prose sentence is worth more than one at the end, on a scale where cosines differ by
# about .3.
EARLY = 0.18
# The first prose sentence mostly says what the article is about; where it calls to the reader or the like,
# one of the next two does.
LEAD = 0.16
LEADS = 3  # the first sentences of which one leads: chosen by reading 40 summaries (November 2026)
OPENS_PARAGRAPH = 0.03  # worth of a paragraph's first sentence, which leans on none; by reading 60 summaries
NEAR_COPY = 0.86  # cosine from which two sentences say one thing; judgement
# In a short text on one thing all sentences are near copies; there only the very same ones are left out.
SAME = 0.97
MOST_WORDS_AGAIN = 0.6  # share of a sentence's words that chosen ones have; by reading 40 summaries

# A sentence that leans drags its neighbour in; one that points leaves the reader guessing.
LEANS = 0.06
POINTS = 0.3  # as much as cosines differ by: taken only where nothing else is left; by reading 60 summaries
# "The build quality is durable": of what, only the place on the page says.
IS_BARE = 0.08

# "PORT ANSEL (AP) -- " and the like is left off the sentence it opens.
DATELINE = re.compile(
    r"(?:[A-Z][A-Z.’'-]+(?:[ ,]+[A-Z][\w.’'-]*){0,4}\s*(?:\([A-Za-z ]{2,12}\)\s*)?(?:--|[–—-])|TL;DR:?)"
    r"\s+(?=[A-Z\d“])"
)
STOP_STEMS = frozenset(stem(word) for word in STOP_WORDS)


def summarize(reading: Reading) -> tuple[SummarySentence, ...]:
    """Choose the summary.

    Returns:
        Four or five sentences in order; fewer only where the text has fewer that can stand.
    """
    chosen = sorted(_choose(_choices(reading)))
    return tuple(_sentence(reading.lines[i]) for i in chosen)


def _sentence(line: Line) -> SummarySentence:
    """The sentence word for word, without the dateline it may open with."""
    dateline = DATELINE.match(line.text)
    start = line.start + (dateline.end() if dateline else 0)
    text = line.text[start - line.start :]
    return SummarySentence(text, (Evidence(start, line.end, text),))


@dataclass(frozen=True)
class _Choices:
    """The sentences of one article that may be chosen, with what is asked of each again and again."""

    reading: Reading
    groups: tuple[tuple[int, ...], ...]
    """A sentence with those before it that it cannot stand without, best sentence first."""
    worth: dict[int, float]
    pointing: frozenset[int]
    openers: frozenset[int]
    """Those that may come first."""
    alike: Vectors
    """Shape (lines, lines): cosines."""

    def words(self, rows: Iterable[int]) -> int:
        return sum(self.reading.lines[row].count for row in rows)


def _choices(reading: Reading) -> _Choices:
    usable = [line for line in reading.prose if line.count <= LONGEST and is_whole(line)] or list(
        reading.prose
    )[:MAX_SENTENCES]
    leaning = frozenset(line.index for line in usable if leans(line))
    pointing = frozenset(line.index for line in usable if points(line))
    worth = _worth(reading, usable, leaning)
    ranked = sorted(worth, key=lambda row: (-worth[row], row))
    groups = [_with_antecedents(row, worth, leaning) for row in ranked]
    return _Choices(
        reading,
        tuple(group for group in groups if group),
        worth,
        pointing,
        frozenset(line.index for line in usable if _may_open(line)) - leaning - pointing,
        np.asarray(reading.vectors @ reading.vectors.T, dtype=np.float32),
    )


def _with_antecedents(row: int, rows: Collection[int], leaning: Collection[int]) -> tuple[int, ...]:
    """The sentence and the one before it that it leans on; empty where that one cannot be used."""
    if row not in leaning:
        return (row,)
    if row - 1 not in rows or row - 1 in leaning:
        return ()
    return (row - 1, row)


def _choose(choices: _Choices) -> list[int]:
    chosen: list[int] = []
    while len(chosen) < MAX_SENTENCES:
        best = _best(choices, chosen, least=MIN_WORDS) or _best(choices, chosen)
        if best is None and len(chosen) < MIN_SENTENCES:
            best = _best(choices, chosen, near_copy=SAME)
        if best is None:
            break
        chosen.extend(best)
        words = choices.words(chosen)
        if len(chosen) >= MIN_SENTENCES and words >= MIN_WORDS and words > 0.6 * MAX_WORDS:
            break
    return chosen


def _best(
    choices: _Choices, chosen: Sequence[int], *, least: int = 0, near_copy: float = NEAR_COPY
) -> tuple[int, ...] | None:
    """What adds most to the chosen ones; None where nothing fits.

    Args:
        choices: What there is.
        chosen: Rows so far.
        least: Words that the summary must have once it has MAX_SENTENCES.
        near_copy: Cosine to a chosen sentence over which one repeats it.
    """
    best: tuple[float, tuple[int, ...]] | None = None
    opener = min(chosen) if chosen else len(choices.reading.lines)
    words = choices.words(chosen)
    for whole in choices.groups:
        if whole[-1] in chosen:
            continue
        group = tuple(row for row in whole if row not in chosen)
        count = len(chosen) + len(group)
        length = words + choices.words(group)
        if count > MAX_SENTENCES or (chosen and length > MAX_WORDS):
            continue
        if count == MAX_SENTENCES and length < least:
            continue
        if group[0] < opener and group[0] not in choices.openers:
            continue
        repeats = [float(choices.alike[row, list(chosen)].max()) if chosen else 0.0 for row in group]
        if max(repeats) > near_copy or any(_says_again(choices, row, chosen, near_copy) for row in group):
            continue
        value = sum(
            choices.worth[row] - REPETITION * max(0.0, repeat) - _pointing(choices, row, (*chosen, *group))
            for row, repeat in zip(group, repeats, strict=True)
        ) / len(group)
        if best is None or value > best[0]:
            best = (value, group)
    return best[1] if best else None


def _says_again(choices: _Choices, row: int, chosen: Sequence[int], near_copy: float) -> bool:
    """Whether most of a sentence's words stand in one chosen sentence already."""
    most = MOST_WORDS_AGAIN if near_copy < SAME else SAME
    lines = choices.reading.lines
    mine = _content(lines[row].text)
    return any(len(mine & _content(lines[each].text)) > most * len(mine) for each in chosen)


def _pointing(choices: _Choices, row: int, chosen: Sequence[int]) -> float:
    """What a sentence loses that speaks of a thing as known, where nothing chosen names the thing."""
    if row - 1 in chosen:
        return 0.0
    if row in choices.pointing:
        return POINTS
    lines = choices.reading.lines
    thing, _ = known_thing(lines[row])
    if not thing or thing in stems(choices.reading.article.title):
        return 0.0
    if any(thing in stems(lines[each].text) for each in chosen if each < row):
        return 0.0
    # The article itself has just named it: then it is that one.
    is_named = any(thing in stems(each.text) for each in lines[max(0, row - 3) : row])
    return POINTS if is_named else IS_BARE


def _may_open(line: Line) -> bool:
    lowers = {word.lower for word in line.words[:2]}
    return line.text[0] not in QUOTE_OPENERS and not lowers & (FIRST_PERSON | {"you", "if"})


def _worth(reading: Reading, usable: Sequence[Line], leaning: Collection[int]) -> dict[int, float]:
    """What each sentence would be worth alone."""
    # In an essay told by "I" or "we" that voice is no fault.
    personal = sum(bool(lowers_of(line) & FIRST_PERSON) for line in usable) / max(1, len(usable))
    faults = [
        weigh_faults(line, self_weight=SPEAKS_OF_SELF * (1 - personal))
        + (LEANS if line.index in leaning else 0.0)
        + (ADVERTISES if names_site(line, reading.article.site) else 0.0)
        for line in usable
    ]
    lead = next((place for place in range(min(LEADS, len(usable))) if faults[place] < CALLS_READER), None)
    return {
        line.index: float(reading.centrality[line.index])
        + EARLY / (1 + place / 3)
        + (LEAD if place == lead else 0.0)
        + (OPENS_PARAGRAPH if line.opens_paragraph else 0.0)
        - faults[place]
        for place, line in enumerate(usable)
    }


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    """The stems of a sentence's words but stop words."""
    return frozenset(stems(text)) - STOP_STEMS
