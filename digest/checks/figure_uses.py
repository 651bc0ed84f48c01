"""How a figure is used: per what, by or to, one end of a range, plus or minus, exactly, at least.

A figure whose value and unit the document has may still be another statement: "rose to 5 percent" for "by 5
percent". Each finding decides by itself and is made only where every place of the document that has the
figure uses it in the other way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile

from digest.checks.changes import FALLS, RISES
from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, decided
from digest.checks.fit import MAX_PLACES
from digest.checks.measure_ranges import BETWEEN
from digest.checks.measures import UNITS, Measure, same_family, same_value
from digest.language.relations import root
from digest.language.words import BE, HAVE, MODALS, STOP_WORDS

_PER = re.compile(
    r"(?:\s?/\s?|\s?(?:per|each|every)\s|\san?\s)(?P<of>(?:square|cubic)\s(?:met(?:re|er)|foot|yard|mile|km)|litre|liter|gallon|barrel|hour|day|week|month|quarter"
    r"|year|minute|second|kilo(?:gram)?|kg|tonne|ton|pound|ounce|mile|km|kilomet(?:re|er)|acre|hectare|head"
    r"|person|capita|share|night|trip|household|employee|passenger|patient|pupil|student|dose|unit|piece|ticket"
    r"|megawatt[- ]hour|mwh|kwh)s?\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\sof\s(?:(?:the|all|its|their|his|her|our|these|those)\s)*((?:[A-Za-z][\w’'-]*\s?){1,3})")
_HEADS = frozenset(("head", "person", "capita"))
_SPREAD = re.compile(r"(?:±|\+/[-−]|\bplus[ -]or[ -]minus)\s?$", re.IGNORECASE)
_SIGNED = re.compile(r"(?:\+|[-−–]|\bplus|\bminus)\s?$", re.IGNORECASE)
_ERROR = re.compile(r"\b(?:margin|error|within|accura\w+|toleran\w+|uncertain\w+|plus)\b", re.IGNORECASE)
_POSSIBLY = re.compile(
    r"\b(?:reach\w*|peak\w*|hits?|can|could|may|might|start\w*|begin\w*)\s(?:[\w-]+\s){0,3}$", re.IGNORECASE
)
_EXACTLY = re.compile(r"\b(?:exactly|precisely)\s$", re.IGNORECASE)
_STEP = re.compile(
    r"\b(?P<verb>\w+)(?:\s\w+ly|\sback|\sagain|\sfurther|\sanother)?(?:\sfrom\s[^,;.]{1,30}?)?"
    r"(?:\s(?:by\s)?[$€£]?\d[\d.,]*\s?(?:%|per\s?cent|points|million|billion)?(?=\sto\s))?"
    r"(?:\s(?P<step>by|to|of))?\s(?:(?:about|around|nearly|almost|some|an?|another|just|only|over|up)\s)?$",
    re.IGNORECASE,
)

_NOUN = re.compile(
    r"\s(rise|increase|gain|jump|surge|fall|drop|decline|decrease|slump|plunge)\b", re.IGNORECASE
)

AUXILIARIES = BE | HAVE | MODALS | {"also", "then", "since"}


@dataclass(frozen=True)
class Use:
    """What the words around a figure make of it."""

    per: str
    """Of what it is said: hour, litre; empty for none."""
    step: str
    """by or to, behind a verb of rising or falling; empty for neither."""
    direction: int
    """1 behind or before a word of rising, -1 of falling; 0 for neither."""
    end: int
    """-1 and 1 for the ends of a range."""
    bound: int
    """1 for at least, -1 for at most."""
    is_spread: bool
    """Plus or minus."""
    is_signed: bool
    is_exact: bool
    """Said to be exactly so."""
    is_about: bool
    is_possible: bool
    """What may be, or is reached: one end of a range is said so rightly."""
    of: frozenset[str]
    """What it is a part of: voters, plan."""
    who: frozenset[str]
    """What rose or fell by it."""


def use_of(text: str, each: Measure) -> Use:
    """Read how a figure of a text is used."""
    before = text[max(0, each.start - 70) : each.start]
    match = _PER.match(text, each.end)
    per = match["of"].lower() if match else ""
    start = text[each.start : each.start + 6]
    step, direction, who = _step(before)
    return Use(
        per="head" if per in _HEADS else str(UNITS.get(per, root(per) if per else "")),
        step=step,
        direction=direction or _direction_after(text, each.end),
        end=each.range_end,
        bound=each.bound,
        is_spread=_SPREAD.search(before) is not None,
        is_signed=_SIGNED.search(before) is not None or start.lower().startswith(("-", "−", "–", "minus")),
        is_exact=_EXACTLY.search(before) is not None,
        is_about=each.is_about,
        is_possible=_POSSIBLY.search(before) is not None,
        of=_contents(_OF.match(text, each.end)),
        who=who,
    )


def _contents(match: re.Match[str] | None) -> frozenset[str]:
    """Roots of the words of a phrase, up to the first of the closed classes."""
    words = takewhile(_is_content, re.findall(r"[\w’'-]+", match[1].lower())) if match else ()
    return frozenset(root(word) for word in words)


def _step(before: str) -> tuple[str, int, frozenset[str]]:
    """By or to, 1 or -1 for the way, and what moved, from the verb before a figure."""
    match = _STEP.search(before)
    way = _way(match["verb"]) if match else 0
    if not match or not way or (match["step"] == "of" and "from" in match[0]):
        return "", 0, frozenset()
    return "to" if match["step"] == "to" else "by", way, _subject(before[: match.start()])


def _subject(before: str) -> frozenset[str]:
    """Roots of the last words before a verb and its auxiliaries."""
    phrase = re.search(r"[\w’' -]*$", before)
    words = [word.lower() for word in (phrase[0].split() if phrase else [])]
    while words and words[-1] in AUXILIARIES:
        words.pop()
    return frozenset(root(word) for word in takewhile(_is_content, reversed(words[-3:])))


def _is_content(word: str) -> bool:
    return word not in STOP_WORDS


def _way(word: str) -> int:
    each = root(word)
    if word.lower() in ("up", "down"):
        return 1 if word.lower() == "up" else -1
    return (each in RISES) - (each in FALLS)


def _direction_after(text: str, end: int) -> int:
    """The way of "a 5 percent rise"."""
    match = _NOUN.match(text, end)
    return _way(match[1]) if match else 0


def find_uses(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the figures of the claim that the document has in another use alone."""
    known: dict[tuple[float, str], list[tuple[Measure, Use]]] = {}
    every: list[tuple[Measure, Use]] = []
    paired = {
        each.start
        for one, other in pairwise(claim.measures)
        if one.family == other.family and BETWEEN.fullmatch(claim.text, one.end, other.start)
        for each in (one, other)
    }
    dated = {claim.words[at].start for at in claim.dates.words}
    for each in claim.measures:
        if each.start in dated or each.is_ordinal:
            continue
        key = (each.value, each.family)
        if key not in known:
            same = islice(document.figures.equal(each.value), MAX_PLACES)
            known[key] = [(other, use_of(document.text, other)) for other in same if same_family(each, other)]
        uses = known[key]
        said = use_of(claim.text, each) if uses else None
        found = _misused(claim, each, said, uses, is_paired=each.start in paired) if said else None
        if said and not found and (said.of or said.who):
            every = every or [(other, use_of(document.text, other)) for other in document.measures]
            if rival := _of_another(each, said, uses, every):
                found, uses = ("number", "number"), [rival]
        if found:
            feature, kind = found
            place = (uses[0][0].start, uses[0][0].end)
            yield decided(feature, kind, _said(claim.text, each), document, place)


def _of_another(
    each: Measure, said: Use, uses: Sequence[tuple[Measure, Use]], every: Sequence[tuple[Measure, Use]]
) -> tuple[Measure, Use] | None:
    """The document's figure of what the claim's is of, where it has the claim's of other things alone."""
    if said.of and all(use.of and use.of.isdisjoint(said.of) for _, use in uses):
        others = (pair for pair in every if not pair[1].of.isdisjoint(said.of))
    elif said.who and all(use.who and use.who.isdisjoint(said.who) for _, use in uses):
        others = (pair for pair in every if not pair[1].who.isdisjoint(said.who))
    else:
        return None
    return next(
        (pair for pair in others if pair[0].family == each.family and not same_value(each, pair[0])), None
    )


def _said(text: str, each: Measure) -> str:
    """The figure with what it is per."""
    match = _PER.match(text, each.end)
    return text[each.start : match.end() if match else each.end].strip()


def _misused(
    claim: ReadText, each: Measure, said: Use, uses: Sequence[tuple[Measure, Use]], *, is_paired: bool
) -> tuple[str, str] | None:
    """The feature and kind of what is wrong with the use of a figure, if anything is."""
    there = [use for _, use in uses]
    if said.per and all(use.per and use.per != said.per for use in there):
        return "unit", "number"
    if said.step and all(use.step and use.step != said.step for use in there):
        return "bound", "comparison"
    if said.direction and all(use.direction == -said.direction for use in there):
        return "opposite", "opposite"
    if (
        not said.end
        and not is_paired
        and not said.is_possible
        and all(use.end and said.bound != -use.end for use in there)
    ):
        return "bound", "comparison"
    if said.is_exact and all(use.bound or use.is_about or use.end for use in there):
        return "bound", "comparison"
    if not said.is_spread and all(use.is_spread for use in there):
        sentence = claim.spans[claim.sentence_of[claim.word_at(each.start)]]
        if said.is_signed or not _ERROR.search(claim.quote(sentence[0], sentence[1] - 1)[0]):
            return "number", "number"
    return None
