"""Two things that changed places: in a comparison, in time, and who did it to whom.

"Sales rose faster than wages" and "wages rose slower than sales" say the same; "wages rose faster than sales"
says the contrary. Words on both sides are told by class alone, so a finding, which decides by itself, is only
made where each of the two stands on the other's side in the document, and nowhere on its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from digest.checks.claim_names import Name
from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, decided
from digest.checks.fit import MAX_PLACES
from digest.checks.slots import PHRASE_TAGS, relation_of
from digest.language.relations import root, synonyms
from digest.language.words import STOP_WORDS

CONVERSES = {
    other: (key, turn)
    for pair in (
        "before/after", "ahead/behind", "more/less", "more/fewer", "faster/slower", "quicker/slower",
        "larger/smaller", "bigger/smaller", "greater/smaller", "higher/lower", "longer/shorter",
        "taller/shorter", "older/younger", "better/worse", "stronger/weaker", "earlier/later",
        "richer/poorer", "cheaper/dearer", "heavier/lighter", "warmer/colder", "hotter/colder",
        "deeper/shallower", "wider/narrower", "sooner/later",
    )
    for key, turn, other in ((pair.partition("/")[0], 1, pair.partition("/")[0]),
                             (pair.partition("/")[0], -1, pair.partition("/")[2]))
}  # fmt: skip
"""Of each word of comparison what it is compared by, and -1 if the two sides are the other way round."""

MAX_SIDE = 12
"""Words to either side of a comparison that belong to it."""
MAX_HEADS = 12
"""Nouns of a claim of which it is asked who did what to whom."""
MAX_RELATIONS = 100
"""Comparisons and deeds of a text that are looked at, the first ones."""

_CLAUSE_ENDS = frozenset(",;:.!?()")
_NOUNS = frozenset(("N", "NP"))
_DOING = frozenset(("V", "VB", "VG", "VN"))
MUTUAL = frozenset(
    root(word)
    for word in (
        "become", "remain", "meet", "marry", "fight", "face", "play", "match", "join", "equal", "resemble",
        "merge", "rival", "accompany", "border", "complement", "differ", "touch", "represent", "mean",
        "include", "divorce", "date", "contact", "involve", "follow", "precede", "rank", "total",
    )
)  # fmt: skip
"""Verbs of which it says little who is named first."""


@dataclass(frozen=True)
class Comparison:
    """Two sides, and what they are compared by."""

    key: str
    left: frozenset[str]
    right: frozenset[str]
    doing: frozenset[str]
    first: int
    last: int


class Deed(NamedTuple):
    """Who did what to whom, as word positions."""

    doer: int
    verb: int
    how: str
    """to, from or against; empty for the object."""
    other: int


def find_exchanges(claim: ReadText, document: ReadText) -> tuple[list[Finding], list[tuple[int, int]]]:
    """Give what changed places, and the offsets of the claim's comparisons that the document has the other
    way round in words of the contrary: "after" for "before"."""
    found: list[Finding] = []
    agreed: list[tuple[int, int]] = []
    mine = _comparisons(claim)
    there = _comparisons(document) if mine else []
    for each in mine:
        alike = [other for other in there if other.key == each.key and _say_alike(each, other)]
        if right := next((other for other in alike if _agrees(each, other)), None):
            if claim.roots[each.first] != document.roots[right.first]:
                agreed.append((claim.words[each.first].start, claim.words[each.last].end))
        elif other := next((other for other in alike if _is_exchanged(each, other)), None):
            found.append(_finding(claim, (each.first, each.last), document, (other.first, other.last)))
    return [*found, *_deeds(claim, document)], agreed


def _finding(claim: ReadText, said: tuple[int, int], document: ReadText, place: tuple[int, int]) -> Finding:
    start, end = document.words[place[0]].start, document.words[place[1]].end
    return decided("swap", "role", claim.quote(*said)[0], document, (start, end))


def _say_alike(one: Comparison, other: Comparison) -> bool:
    """Whether a verb, or another word before the comparison, is the same: tags take "costs" for a noun."""
    sides = (one.left | one.right) & (other.left | other.right)
    mine, there = one.left | one.right | one.doing, other.left | other.right | other.doing
    return bool(one.doing & other.doing) or (len(mine & there) > 2 and len(sides) > 1)


def _agrees(one: Comparison, other: Comparison) -> bool:
    return bool(one.left & other.left) and bool(one.right & other.right)


def _is_exchanged(one: Comparison, other: Comparison) -> bool:
    first = (one.left & other.right) - one.right - other.left
    second = (one.right & other.left) - one.left - other.right
    return bool(first) and bool(second)


def _comparisons(reading: ReadText) -> list[Comparison]:
    """Find "before", "faster than", "twice as fast as" with a noun on both sides."""
    found: list[Comparison] = []
    for at, word in enumerate(reading.words):
        if word.lower not in ("before", "after", "ahead", "behind", "than", "as"):
            continue
        start, end = reading.spans[reading.sentence_of[at]]
        made = _compared_at(reading, at, start, end)
        if made:
            found.append(made)
            if len(found) == MAX_RELATIONS:
                break
    return found


def _compared_at(reading: ReadText, at: int, start: int, end: int) -> Comparison | None:
    lower = reading.words[at].lower
    first, turn, key = at, 1, lower
    if lower == "as":
        # Of "as fast as" the second "as".
        near = range(at - 2, max(start, at - 4) - 1, -1)
        first = next((back for back in near if reading.words[back].lower == "as"), -1)
        if first < 0:
            return None
        key = f"as {reading.roots[first + 1]}"
    elif lower == "than":
        near = range(at - 1, max(start, at - 5) - 1, -1)
        first = next((back for back in near if _is_comparative(reading, back)), -1)
        if first < 0:
            return None
        key, turn = CONVERSES.get(reading.words[first].lower, (reading.words[first].lower, 1))
        if key == "more" and first + 1 < at:
            key = f"more {reading.roots[first + 1]}"
    else:
        key, turn = CONVERSES[lower]
    after = at + 2 if lower == "ahead" else at + 1
    left, doing = _left(reading, first, start)
    right = _right(reading, after, end)
    if not left or not right:
        return None
    sides = (left, right) if turn > 0 else (right, left)
    return Comparison(key, *sides, doing, first, max(at, after - 1))


def _is_comparative(reading: ReadText, at: int) -> bool:
    lower = reading.words[at].lower
    return lower in CONVERSES or (
        lower.endswith("er") and len(lower) > 4 and reading.tagged[at].tag in ("A", "J")
    )


def _left(reading: ReadText, at: int, start: int) -> tuple[frozenset[str], frozenset[str]]:
    """The nouns and the verbs of the clause up to a place."""
    nouns: set[str] = set()
    doing: set[str] = set()
    for near in range(at - 1, max(start, at - MAX_SIDE) - 1, -1):
        if reading.words[near].text in _CLAUSE_ENDS:
            break
        tag = reading.tagged[near].tag
        if tag in _NOUNS or (near == start and tag not in _DOING and reading.weights[near]):
            nouns.add(reading.roots[near])
        elif tag in _DOING:
            doing.add(reading.roots[near])
        elif tag == "X":
            doing.add("be")
    return frozenset(nouns), frozenset(doing)


def _right(reading: ReadText, at: int, end: int) -> frozenset[str]:
    """The nouns of the phrase that begins there."""
    nouns: set[str] = set()
    for near in range(at, min(end, at + MAX_SIDE)):
        tag = reading.tagged[near].tag
        if reading.words[near].text in _CLAUSE_ENDS or tag in ("P", "C", "S", "W", "T", "X", "M"):
            break
        if tag in _DOING and nouns:
            break
        if tag in _NOUNS:
            nouns.add(reading.roots[near])
    return frozenset(nouns)


def _deeds(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Who did what to whom, the other way round: "the insurer bought the bank"."""
    # Each sentence once, however often the claim says its words.
    words: dict[int, frozenset[str]] = {}
    told: dict[int, list[Deed]] = {}
    known: set[tuple[str, ...]] = set()
    for doer, verb, how, other in islice(_told(claim, claim.spans), MAX_RELATIONS):
        one, done, two = claim.roots[doer], claim.roots[verb], claim.roots[other]
        if one == two or done in MUTUAL or (one, done, how, two) in known:
            continue
        known.add((one, done, how, two))
        same = synonyms(done)
        deeds = []
        for sentence in {document.sentence_of[at] for at in islice(document.places[one], MAX_PLACES)}:
            if sentence not in words:
                words[sentence] = frozenset(document.roots[slice(*document.spans[sentence])])
            if two not in words[sentence] or same.isdisjoint(words[sentence]):
                continue
            if sentence not in told:
                told[sentence] = list(_told(document, [document.spans[sentence]]))
            deeds.append(
                next((each for each in told[sentence] if _is(document, each, (two, how, one), same)), None)
            )
        turned = [each for each in deeds if each is not None]
        if turned and len(turned) == len(deeds):
            where = (turned[0].doer, turned[0].verb, turned[0].other)
            said = (min(doer, other), max(doer, other))
            yield _finding(claim, said, document, (min(where), max(where)))


def _is(document: ReadText, deed: Deed, who: tuple[str, str, str], verbs: frozenset[str]) -> bool:
    told = (document.roots[deed.doer], deed.how, document.roots[deed.other])
    return told == who and document.roots[deed.verb] in verbs


def _told(reading: ReadText, spans: Sequence[tuple[int, int]]) -> Iterator[Deed]:
    """Give doer, verb and object of some sentences, passives turned round; and to or from whom."""
    for start, end in spans:
        heads = (
            at
            for at in range(start, end)
            if reading.tagged[at].tag in _NOUNS
            and not (at + 1 < end and reading.tagged[at + 1].tag in _NOUNS)
        )
        doers: dict[int, int] = {}
        others: dict[tuple[int, str], int] = {}
        for head in islice(heads, MAX_HEADS):
            relation, verb = relation_of(reading, Name(head, head), start, end)
            how = ""
            if verb < 0:
                relation, how, verb = _towards(reading, head, start)
            if verb >= 0 and reading.words[verb].lower not in STOP_WORDS:
                if relation == "subject":
                    doers.setdefault(verb, head)
                else:
                    others.setdefault((verb, how), head)
        yield from (
            Deed(doers[verb], verb, how, head) for (verb, how), head in others.items() if verb in doers
        )


def _towards(reading: ReadText, head: int, start: int) -> tuple[str, str, int]:
    """Of a noun behind "to" or "from": which of them, and the verb before it."""
    least = max(start, head - MAX_SIDE)
    near = range(head - 1, least - 1, -1)
    before = next((at for at in near if reading.tagged[at].tag not in PHRASE_TAGS), -1)
    how = reading.words[before].lower if before >= 0 else ""
    if how not in ("to", "from", "against"):
        return "", "", -1
    for at in range(before - 1, least - 1, -1):
        if reading.words[at].text in _CLAUSE_ENDS:
            break
        if reading.tagged[at].tag in _DOING:
            return "object", how, at
    return "", "", -1
