"""Roles: do two names of the claim stand where the document has them, or has one taken the other's place?"""

from collections.abc import Iterator

from digest.stages.check.finding import Finding, finding
from digest.stages.check.fit import fit, neighbours
from digest.stages.check.names import Name, names_of
from digest.stages.check.reading import Reading

FRAMES = frozenset(
    [
        "at",
        "in",
        "from",
        "to",
        "with",
        "by",
        "for",
        "of",
        "on",
        "about",
        "into",
        "via",
        "named",
        "called",
        "mr",
        "mrs",
        "ms",
        "dr",
        "professor",
    ]
)
"""What may stand before a name and says what kind of thing it is: "at Kings" is a place, "Mr. Johnson" a
man."""
VERB_TAGS = frozenset(("V", "VB", "VG", "VN", "X", "M"))
PLACE_FRAMES = frozenset(("at", "in", "into", "on", "from"))
MIN_GAIN = 0.2
"""Better by so much the other way round: found for two in three swapped pairs and one true claim in eight."""

MAX_NAMES = 8
"""Names of a claim that are compared pair by pair."""


def find_roles(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Give the pair of names that would fit better the other way round, and names that belong elsewhere."""
    names = [name for name in names_of(claim) if document.has(claim.roots[name.last])][:MAX_NAMES]
    best: tuple[float, Name, Name] | None = None
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            if claim.roots[one.last] != claim.roots[other.last] and _verb_between(claim, one, other):
                gain = _gain_of_swap(claim, document, one, other)
                if best is None or gain > best[0]:
                    best = (gain, one, other)
    if best is not None and best[0] >= MIN_GAIN:
        gain, one, other = best
        said = f"{_text(claim, one)} ... {_text(claim, other)}"
        _, place = fit(_around(claim, one, other), document, document.positions[claim.roots[other.last]])
        end = max(place, min(place + 12, _sentence_end(document, place)))
        yield finding("swap", "role", said, document, (place, end), min(0.3 + gain, 1.0))


def _verb_between(claim: Reading, one: Name, other: Name) -> bool:
    """Names of a list may change places without harm; across a verb of the same sentence they may not."""
    same_sentence = claim.sentence_of[one.first] == claim.sentence_of[other.first]
    return same_sentence and any(word.tag in VERB_TAGS for word in claim.tagged[one.last + 1 : other.first])


def _text(claim: Reading, name: Name) -> str:
    return claim.quote(name.first, name.last)[0]


def _sentence_end(document: Reading, place: int) -> int:
    return document.spans[document.sentence_of[place]][1] - 1


def _around(claim: Reading, name: Name, other: Name) -> list[tuple[str, float, int]]:
    excluded = [claim.roots[at] for each in (name, other) for at in range(each.first, each.last + 1)]
    return neighbours(claim, name.last, without=excluded)


def _suits(claim: Reading, document: Reading, slot: Name, places: list[int]) -> float:
    """Whether a name is of the kind that a place in the claim asks for: who speaks can act, what is entered
    cannot."""
    frame = _frame(claim, slot.first)
    speaks = any(document.turns[at][1] - document.turns[at][0] > 1 for at in places)
    value = 0.0
    if frame:
        value += 0.4 if any(_frame(document, at) == frame for at in places) else 0.0
        value -= 0.3 if frame in PLACE_FRAMES and speaks else 0.0
    elif speaks and _acts(claim, slot):
        value += 0.4
    return value


def _frame(reading: Reading, at: int) -> str:
    """The word before a name, over an article, if it says what kind of thing follows."""
    for near in (at - 1, at - 2):
        if near >= 0:
            lower = reading.words[near].lower
            if lower in FRAMES:
                return lower
            if lower not in (".", "the", "a") and not reading.words[near].text[0].isupper():
                return ""
    return ""


def _acts(claim: Reading, slot: Name) -> bool:
    """Whether a verb follows the name."""
    after = [word.tag for word in claim.tagged[slot.last + 1 : slot.last + 3]]
    return after[:1] != ["."] and any(each in ("V", "X", "M") for each in after)


def _gain_of_swap(claim: Reading, document: Reading, one: Name, other: Name) -> float:
    """How much better the document supports the claim with the two names exchanged."""
    around_one, around_other = _around(claim, one, other), _around(claim, other, one)
    places_one = document.positions[claim.roots[one.last]]
    places_other = document.positions[claim.roots[other.last]]
    as_said = fit(around_one, document, places_one)[0] + fit(around_other, document, places_other)[0]
    swapped = fit(around_one, document, places_other)[0] + fit(around_other, document, places_one)[0]
    suits = _suits(claim, document, one, places_one) + _suits(claim, document, other, places_other)
    suits_swapped = _suits(claim, document, one, places_other) + _suits(claim, document, other, places_one)
    return swapped - as_said + suits_swapped - suits
