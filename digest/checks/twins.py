"""The sentence of the document that has all the words of the claim's: what it says otherwise decides.

A figure, a denial or a speaker of the claim may stand somewhere else in the document. Where one sentence has
every content word of the claim's and another figure, or denies its verb, that is the one meant.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from digest.checks.claim_denials import is_negation
from digest.checks.claim_reading import ReadText
from digest.checks.claim_wording import TELLING, is_content, plain
from digest.checks.finding import Finding, decided
from digest.checks.fit import MAX_PLACES
from digest.checks.measures import Measure, same_family
from digest.checks.polarity import NEGATIVE_ROOTS, SUPPOSING
from digest.checks.quotes import QUOTED
from digest.checks.slots import VERB_TAGS
from digest.language.relations import synonyms

MIN_ANCHORS = 2
"""Content words that make a claim's sentence plain enough to have a twin."""
MAX_ELSEWHERE = 0.5
"""Share of these that a sentence with the claim's own figure or verb may have and be of another thing."""
TWIN_REACH = 15
"""Words between a figure and the anchors of its sentence."""
MAX_SENTENCES = 60
"""Sentences of a claim that are looked at, the first ones."""

_COMPARED = frozenset(("share", "points", "times"))
"""Families of figures that a twin may have in place of each other: 14 percent for 14 points."""
_LIMITING = frozenset(
    ("until", "unless", "without", "before", "only", "but", "except", "whether", "if", "yet")
)
_LEANING = frozenset(("it", "this", "that", "these", "those", "they", "he", "she", "the", "their", "its"))


@dataclass(frozen=True)
class Anchors:
    """The content words of a sentence of the claim, and the sentences of the document that have them all."""

    places: tuple[int, ...]
    twins: tuple[int, ...]


def find_twins(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the figures, denials and speakers of which the twin of a claim's sentence has others."""
    of_measure = {claim.word_at(each.start): each for each in claim.measures if not each.is_ordinal}
    inside = {
        at for each in claim.measures for at in range(claim.word_at(each.start), _word_after(claim, each))
    }
    known: set[tuple[str, ...]] = set()
    for start, end in islice(claim.spans, MAX_SENTENCES):
        words = claim.roots[start:end]
        if words in known:
            continue
        known.add(words)
        anchors = _anchors(claim, document, range(start, end), inside)
        if not anchors.twins:
            continue
        for at in range(start, end):
            if at in of_measure and at not in claim.dates.words:
                yield from _other_figure(claim, document, anchors, of_measure[at])
        yield from _denied(claim, document, anchors, start, end)
    yield from _other_speaker(claim, document)


def _word_after(reading: ReadText, each: Measure) -> int:
    return bisect_right(reading.starts, max(each.end - 1, each.start))


def _anchors(claim: ReadText, document: ReadText, places: range, inside: set[int]) -> Anchors:
    found = [
        at
        for at in places
        if claim.weights[at]
        and is_content(claim.words[at])
        and at not in inside
        and at not in claim.dates.words
    ]
    if len({claim.roots[at] for at in found}) < MIN_ANCHORS:
        return Anchors(tuple(found), ())
    sentences: set[int] | None = None
    for at in found:
        near = {document.sentence_of[place] for place in islice(document.places[claim.roots[at]], MAX_PLACES)}
        sentences = near if sentences is None else sentences & near
        if not sentences:
            break
    return Anchors(tuple(found), tuple(sorted(sentences or ())))


def _share(claim: ReadText, document: ReadText, anchors: Anchors, sentence: int) -> float:
    """The share of the anchors that a sentence has."""
    start, end = document.spans[sentence]
    inside = set(document.roots[start:end])
    found = sum(not synonyms(claim.roots[at]).isdisjoint(inside) for at in anchors.places)
    return found / len(anchors.places)


def _other_figure(claim: ReadText, document: ReadText, anchors: Anchors, each: Measure) -> Iterator[Finding]:
    """A figure that stands elsewhere, and another in the twin."""
    if not each.family:
        return
    agreeing = [
        other
        for value in {near.value for near in document.figures.near(each) if same_family(each, near)}
        for other in islice(document.figures.equal(value), MAX_PLACES)
        if same_family(each, other)
    ]
    sentences = {document.sentence_of[document.word_at(other.start)] for other in agreeing}
    if not agreeing or not sentences.isdisjoint(anchors.twins):
        return
    for sentence in sentences:
        first = document.words[document.spans[sentence][0]].lower
        if first in _LEANING - {"the"} or _share(claim, document, anchors, sentence) > MAX_ELSEWHERE:
            return
    rivals = [
        other
        for sentence in anchors.twins
        for other in _measures_in(document, sentence)
        if other.family == each.family or {other.family, each.family} <= _COMPARED
    ]
    rival = next((other for other in rivals if _stands_near(claim, document, anchors, other)), None)
    if rival:
        said = claim.text[each.start : each.end].strip()
        yield decided("number", "number", said, document, (rival.start, rival.end))


def _measures_in(document: ReadText, sentence: int) -> list[Measure]:
    start, end = document.spans[sentence]
    low = bisect_right(document.measure_starts, document.words[start].start - 1)
    high = bisect_right(document.measure_starts, document.words[end - 1].end)
    return list(document.measures[low:high][:MAX_PLACES])


def _stands_near(claim: ReadText, document: ReadText, anchors: Anchors, rival: Measure) -> bool:
    at = document.word_at(rival.start)
    inside = set(document.roots[max(0, at - TWIN_REACH) : at + TWIN_REACH + 1])
    return all(not synonyms(claim.roots[each]).isdisjoint(inside) for each in anchors.places)


def _denied(claim: ReadText, document: ReadText, anchors: Anchors, start: int, end: int) -> Iterator[Finding]:
    """A verb that every sentence with the claim's words denies."""
    if any(
        is_negation(claim.words[at].lower) or claim.roots[at] in NEGATIVE_ROOTS for at in range(start, end)
    ):
        return
    verb = next((at for at in anchors.places if claim.tagged[at].tag in VERB_TAGS), -1)
    if verb < 0:
        return
    found = -1
    for place in islice(document.places[claim.roots[verb]], MAX_PLACES):
        sentence = document.sentence_of[place]
        if sentence not in anchors.twins:
            if _share(claim, document, anchors, sentence) > MAX_ELSEWHERE:
                return
            continue
        if not _is_plainly_denied(document, place):
            return
        found = place if found < 0 else found
    if found >= 0:
        near = document.denied[found]
        where = (document.words[near].start, document.words[found].end)
        yield decided("negation_lost", "negation", claim.words[verb].text, document, where)


def _is_plainly_denied(document: ReadText, place: int) -> bool:
    """Whether "not" stands right before a verb, and nothing limits it: "did not sign until May"."""
    near = document.denied.get(place)
    if near is None or any(document.weights[at] for at in range(near + 1, place)):
        return False
    start, end = document.spans[document.sentence_of[place]]
    after = document.words[near : min(end, place + 20)]
    before = document.words[max(start, near - 12) : near]
    return not any(word.lower in _LIMITING or word.text == "?" for word in after) and not any(
        word.lower in SUPPOSING or is_negation(word.lower) for word in before
    )


def _other_speaker(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """A quotation that the document has somebody else say."""
    mine = list(islice(QUOTED.finditer(claim.text), MAX_SENTENCES))
    if not mine:
        return
    there: dict[str, list[re.Match[str]]] = {}
    for match in QUOTED.finditer(document.text):
        there.setdefault(_quoted(match), []).append(match)
    for match in mine:
        said = _speakers(claim, match)
        others = there.get(_quoted(match), [])[:MAX_PLACES]
        told = [_speakers(document, other) for other in others]
        if not said or not told or not all(told):
            continue
        if not any(
            claim.roots[at] in {document.roots[near] for near in each} for each in told for at in said
        ):
            place = document.words[next(iter(told[0]))]
            name = claim.words[max(said)].text
            yield decided("name", "name", name, document, (place.start, place.end))


def _quoted(match: re.Match[str]) -> str:
    return plain(next(filter(None, match.groups())))


def _speakers(reading: ReadText, match: re.Match[str]) -> Sequence[int]:
    """Words of the names that stand with a word for saying right before or after a quotation."""
    before = re.search(r"[^.!?\n\"“”]*$", reading.text[max(0, match.start() - 120) : match.start()])
    start = match.start() - len(before[0]) if before else match.start()
    opened = [start, match.start()] if before and re.search(r"(?:[:,]|\w)\s*$", before[0]) else []
    ended = next(filter(None, match.groups())).rstrip()[-1:] in ".!"
    after = re.compile(r"[^.!?\n\"“”]*").match(reading.text, match.end())
    closed = [match.end(), after.end()] if after and not ended else []
    for window in (opened, closed):
        if not window:
            continue
        low, high = bisect_right(reading.starts, window[0] - 1), bisect_right(reading.starts, window[1] - 1)
        if not any(
            reading.roots[at] in TELLING or reading.words[at].lower == "according" for at in range(low, high)
        ):
            continue
        names = [at for at in range(low, high) if at in reading.name_words]
        if names:
            return names
    return ()
