"""Four or five verbatim sentences of an article, in its order: those a careful reader would choose.

Rules: how likely a reader chooses a sentence is learned (summary_scores.py); the likeliest are taken as long
as they say something new. A word that only links a sentence to one that is not there ("However,") is cut. A
sentence that cannot stand alone comes only with the one before it, and one that speaks of a thing as known
is worth less without it (standing.py). Questions, headings, lists and furniture never come in
(sentence_furniture.is_prose); what an editor would strike (faults.py) only where an article has little else.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from digest.analysis.carriers import FEW, long_share
from digest.analysis.faults import (
    ADVERTISES,
    SPEAKS_OF_SELF,
    is_struck,
    is_whole,
    lowers_of,
    names_site,
    weigh_faults,
)
from digest.analysis.reading import Line, Reading
from digest.analysis.sentence_furniture import QUOTE_OPENERS
from digest.analysis.standing import known_thing, leans, opens_on_another, points
from digest.analysis.statements import without_opener
from digest.analysis.summary_scores import SummaryWeights, summary_scores
from digest.language.words import FIRST_PERSON, STOP_WORDS, stem, stems
from digest.records import Evidence, SummarySentence, Vectors

MIN_SENTENCES = 4
"""A summary's shape: four or five sentences in one paragraph. Readers took 4.1 of a short text, 5.0 of a long
one."""
MAX_SENTENCES = 5
"""The same."""
MIN_WORDS, MAX_WORDS = 60, 150
"""A paragraph that tells enough, and is read at a glance. Judgement."""
LONGEST = 60
"""A sentence of more words leaves no room for three others within MAX_WORDS."""
MOST_LINKED = 3
"""Sentences that lean on each other come in together, if not more; of 2 and 3 the better for readers' choices
of news kept aside (November 2026)."""
MOST_WORDS_AGAIN = 0.6
"""Share of a sentence's words that a chosen one has, from which on it says the same; by reading 40
summaries."""
SAME = 0.97
"""The same where a text has little else: only the very same sentence is left out. Judgement."""
POINTS = 0.8
"""What a sentence loses, in logits, that leaves a reader guessing of what it speaks."""
IS_BARE = 0.2
"""The same for "The build quality is durable": of what, only the place on the page says."""
POOL = 25
"""Sentences, best first, of which a summary is made while they give one: one far below them would say
something new too, but nothing that a reader would take."""
REPEATS = 5.5
"""What a sentence of a long text loses beside one of the same vector, in logits. From 0 to 6 the sentences of
a summary, encoded apart, fall from a cosine of .43 to .36 (the first sentences': .40), and the F1 with
readers' choices of pages from .334 to .310 (November 2026): what a reader takes is often said twice."""
FAULTS = 1.5
"""How many logits a fault of weight 1 takes away."""
LEAD, LEADS = 0.8, 3
"""What the best of the first sentences gains, of so many: one of them mostly says what the article is about.
From 0 to 1.5 readers' choices kept aside are met as often (November 2026); by reading 20 summaries."""
STRUCK = 6.0
"""What a sentence loses that an editor would strike: as good as left out, but for an article of nothing
else."""
DATELINE = re.compile(
    r"(?:[A-Z][A-Z.’'-]+(?:[ ,]+[A-Z][\w.’'-]*){0,4}\s*(?:\([A-Za-z ]{2,12}\)\s*)?(?:--|[–—-])|TL;DR:?)"
    r"\s+(?=[A-Z\d“])"
    r"|(?i:(?:last )?updated|published|posted)(?: on)?:? (?:[A-Z][a-z]+\.? \d{1,2},? \d{4}"
    r"|[\d./-]{6,10})\W*(?=[A-Z])"
)
"""What opens a news agency's report, or a page that was changed."""
LOOSE_MARK = re.compile(r"(?<=[.!?])\s+\"$")
"""A quotation mark that opens the sentence after."""
NEEDS_BEFORE = re.compile(
    r"(?:the (?:second|third|fourth|former|latter|other)|others?|another)\b"
    r"|(?:(?:nearly|almost|about|around|over|only|just|more than|less than) )*"
    r"(?:[\w-]+-(?:thirds?|quarters?|fifths?)|half|a (?:third|quarter)|\d[\d.]*(?:%| percent| per cent))"
    r" (?:have|has|are|were|had|said?|say|of (?:them|those))\b",
    re.IGNORECASE,
)
"""A share of something that another sentence names, or the second of what it counts."""
STOP_STEMS = frozenset(stem(word) for word in STOP_WORDS)


def summarize(reading: Reading, weights: SummaryWeights | None = None) -> tuple[SummarySentence, ...]:
    """Choose the summary.

    Args:
        reading: The article.
        weights: Others than the package's, where what was learned is measured.

    Returns:
        Four or five sentences in order; fewer only where the text has fewer that can stand.
    """
    if not reading.prose:
        return ()
    choices = _choices(reading, weights)
    chosen = sorted(_choose(choices))
    return tuple(
        _sentence(choices.shown[row] if row - 1 not in chosen else choices.whole[row]) for row in chosen
    )


def _sentence(line: Line) -> SummarySentence:
    """The sentence word for word; where an opening word was cut, the next one gets its capital."""
    text = line.text[:1].upper() + line.text[1:]
    return SummarySentence(text, (Evidence(line.start, line.end, line.text),))


@dataclass(frozen=True)
class _Choices:
    """The sentences of one article that may be chosen, with what is asked of each again and again."""

    reading: Reading
    whole: dict[int, Line]
    """Without the dateline they may open with;"""
    shown: dict[int, Line]
    """and without a word that links them to the sentence before."""
    groups: tuple[tuple[int, ...], ...]
    """A sentence with those before it that it cannot stand without, best sentence first."""
    worth: dict[int, float]
    pointing: frozenset[int]
    openers: frozenset[int]
    """Those that may come first."""
    alike: Vectors
    """Shape (lines, lines): what one loses beside another for being near it, in logits."""

    def words(self, rows: Iterable[int]) -> int:
        return sum(self.whole[row].count for row in rows)


def _choices(reading: Reading, weights: SummaryWeights | None) -> _Choices:
    usable = [line for line in reading.prose if line.count <= LONGEST and is_whole(line)] or list(
        reading.prose
    )[:MAX_SENTENCES]
    whole = {line.index: _trimmed(line) for line in usable}
    shown = {row: _without_opener(line) for row, line in whole.items()}
    first = _first_of(shown[usable[0].index])
    leaning = (
        frozenset(row for row, line in shown.items() if leans(line) or NEEDS_BEFORE.match(line.text)) - first
    )
    pointing = frozenset(row for row, line in shown.items() if points(line) or _names_that(line))
    scores = summary_scores(reading, weights)
    faults = _faults(reading, list(shown.values()))
    worth = {row: float(scores[row]) - faults[row] for row in shown}
    openers = (frozenset(row for row, line in shown.items() if _may_open(line)) - pointing - leaning) | first
    if leads := [line.index for line in usable[:LEADS] if line.index in openers]:
        worth[max(leads, key=worth.__getitem__)] += LEAD
    ranked = sorted(worth, key=lambda row: (-worth[row], row))
    groups = [_with_antecedents(row, worth, leaning) for row in ranked]
    return _Choices(
        reading,
        whole,
        shown,
        tuple(group for group in groups if group),
        worth,
        pointing,
        openers,
        _alike(reading),
    )


def _first_of(line: Line) -> frozenset[int]:
    """The sentence the article itself begins with needs none before it, unless it says "He" or "The firm"."""
    return frozenset() if opens_on_another(line) or known_thing(line)[1] else frozenset([line.index])


def _trimmed(line: Line) -> Line:
    """Leave off "PORT ANSEL (AP) -- " and the like, and a quotation mark that opens the next sentence."""
    dateline = DATELINE.match(line.text)
    line = _from(line, line.start + dateline.end()) if dateline else line
    loose = LOOSE_MARK.search(line.text) if line.text.count('"') % 2 else None
    return replace(line, text=line.text[: loose.start()], end=line.start + loose.start()) if loose else line


def _without_opener(line: Line) -> Line:
    words, is_cut = without_opener(line, list(line.words))
    return _from(line, words[0].start) if is_cut else line


def _from(line: Line, start: int) -> Line:
    """The sentence from a place in the text on."""
    words = tuple(word for word in line.words if word.start >= start)
    return replace(line, start=start, text=line.text[start - line.start :], words=words)


def _with_antecedents(row: int, rows: Collection[int], leaning: Collection[int]) -> tuple[int, ...]:
    """The sentence and those before it that it leans on; empty where one of them cannot be used."""
    first = row
    while first in leaning:
        first -= 1
    group = tuple(range(first, row + 1))
    return group if len(group) <= MOST_LINKED and all(each in rows for each in group) else ()


def _choose(choices: _Choices) -> list[int]:
    most = MIN_SENTENCES if len(choices.reading.lines) < FEW else MAX_SENTENCES
    chosen: list[int] = []
    while len(chosen) < most or (len(chosen) < MAX_SENTENCES and choices.words(chosen) < MIN_WORDS):
        best = _best(choices, chosen, least=MIN_WORDS) or _best(choices, chosen)
        if best is None and len(chosen) < MIN_SENTENCES:
            best = _best(choices, chosen, again=SAME)
        if best is None:
            break
        chosen.extend(best)
    return chosen


def _best(
    choices: _Choices, chosen: Sequence[int], *, least: int = 0, again: float = MOST_WORDS_AGAIN
) -> tuple[int, ...] | None:
    """What a reader would most likely add to the chosen ones; None where nothing fits.

    Args:
        choices: What there is.
        chosen: Rows so far.
        least: Words that the summary must have once it has MAX_SENTENCES.
        again: Share of a sentence's words in a chosen one over which it repeats that.
    """
    best: tuple[float, tuple[int, ...]] | None = None
    opener = min(chosen) if chosen else len(choices.reading.lines)
    words = choices.words(chosen)
    for whole in choices.groups[:POOL] if again < SAME else choices.groups:
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
        if any(_says_again(choices, row, chosen, again) for row in group):
            continue
        value = sum(_value(choices, row, chosen, group) for row in group) / len(group)
        if best is None or value > best[0]:
            best = (value, group)
    return best[1] if best else None


def _value(choices: _Choices, row: int, chosen: Sequence[int], group: Sequence[int]) -> float:
    """What a sentence adds to the chosen ones, together with those it leans on."""
    near = float(choices.alike[row, list(chosen)].max()) if chosen else 0.0
    return choices.worth[row] - near - _pointing(choices, row, (*chosen, *group))


def _alike(reading: Reading) -> Vectors:
    """What each sentence loses beside each other; nothing in a short text, which all tells of one thing."""
    share = max(0.0, 2 * long_share(len(reading.lines)) - 1)
    return np.asarray(REPEATS * share * np.maximum(reading.vectors @ reading.vectors.T, 0), dtype=np.float32)


def _says_again(choices: _Choices, row: int, chosen: Sequence[int], most: float) -> bool:
    """Whether most of a sentence's words stand in one chosen sentence already."""
    mine = _content(choices.whole[row].text)
    return any(len(mine & _content(choices.whole[each].text)) > most * len(mine) for each in chosen)


def _pointing(choices: _Choices, row: int, chosen: Sequence[int]) -> float:
    """What a sentence loses that speaks of a thing as known, where nothing chosen names the thing."""
    if row - 1 in chosen:
        return 0.0
    if row in choices.pointing:
        return POINTS
    lines = choices.reading.lines
    thing, _ = known_thing(choices.shown[row])
    if not thing or thing in stems(choices.reading.article.title):
        return 0.0
    if any(thing in stems(lines[each].text) for each in chosen if each < row):
        return 0.0
    # The article itself has just named it: then it is that one.
    is_named = any(thing in stems(each.text) for each in lines[max(0, row - 3) : row])
    return POINTS if is_named else IS_BARE


def _names_that(line: Line) -> bool:
    """Whether it speaks of "that blaze"."""
    return any(
        word.lower == "that" and word.tag == "D" and after.tag in ("N", "J")
        for word, after in pairwise(line.words)
    )


def _may_open(line: Line) -> bool:
    lowers = {word.lower for word in line.words[:2]}
    return line.text[0] not in QUOTE_OPENERS and not lowers & (FIRST_PERSON | {"you", "if"})


def _faults(reading: Reading, usable: Sequence[Line]) -> dict[int, float]:
    """What each sentence loses for what an editor holds against it, in logits."""
    # In an essay told by "I" or "we" that voice is no fault.
    personal = sum(bool(lowers_of(line) & FIRST_PERSON) for line in usable) / max(1, len(usable))
    return {
        line.index: FAULTS
        * (
            weigh_faults(line, self_weight=SPEAKS_OF_SELF * (1 - personal))
            + (ADVERTISES if names_site(line, reading.article.site) else 0.0)
        )
        + (STRUCK if is_struck(line) else 0.0)
        for line in usable
    }


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    """The stems of a sentence's words but stop words."""
    return frozenset(stems(text)) - STOP_STEMS
