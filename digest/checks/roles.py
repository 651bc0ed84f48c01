"""Roles: do two names of the claim stand where the document has them, or has one taken the other's place?

Of every two names with a verb between, the evidence that the document gives for the claim as it is is taken
from that for the claim with the two exchanged. A logistic model without a bias weighs the differences
(data/roles.json, learned by tests/quality/train_check.py from the pairs of supported claims as they are and
exchanged): no evidence leaves it undecided, and then nothing is said. Names of a list may stand in any order
and pronouns stand for nobody, but for the "I" of a speaker.

With the document left out of training, 82 % of the 1,373 exchanges in supported claims are noticed, and 4 %
of the 1,327 claims as they are called exchanged; when a parser's heads stood beside the tags, 80 % and 5 %
(November 2026). Strength and score weigh which of them are flagged.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from digest.checks.claim_names import Name
from digest.checks.claim_reading import ReadText
from digest.checks.claim_wording import Neighbour
from digest.checks.finding import Finding, finding
from digest.checks.fit import fit
from digest.checks.slots import GREETINGS, KINDS, VERB_TAGS, Slot, domain_of, slot_of
from digest.language.relations import synonyms

MAX_NAMES = 8
"""Names of a claim that are compared pair by pair."""

MAX_MENTIONS = 10
"""Places of a name in the document that are looked at closely; the first ones."""

MIN_SURE = 0.5
"""Log-odds of an exchange from which it is said."""

FULL = 2.5
"""Log-odds at which the evidence counts fully."""

ASKING = frozenset(("ask", "inquir", "enquir", "wonder", "invit", "request", "question", "propos", "suggest"))

EVIDENCE = ("window", "turns", "asked", "sentence", "left", "right", "frame", "verb", "order")
PARTS = (
    *EVIDENCE, *(f"same {kind}" for kind in KINDS), *(f"person {kind}" for kind in KINDS),
    *(f"speakers {part}" for part in EVIDENCE),
)  # fmt: skip
"""The evidence, in order; see `_evidence`. Two speakers of one conversation are weighed by themselves: they
differ in what they say, not in kind."""


def find_roles(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the pair of names that would fit best the other way round."""
    weights = load_weights()
    best: tuple[float, Name, Name] | None = None
    for one, other, row in role_pairs(claim, document):
        sure = sum(weight * value for weight, value in zip(weights, row, strict=True))
        if sure >= MIN_SURE and (best is None or sure > best[0]):
            best = (sure, one, other)
    if best is not None:
        sure, one, other = best
        said = f"{one.text} ... {other.text}"
        around = _around(claim, one, (one, other))
        _, place = fit(around, document, _places(claim, document, other))
        end = max(place, min(place + 12, document.spans[document.sentence_of[place]][1] - 1))
        yield finding("swap", "role", said, document, (place, end), strength(sure))


def strength(sure: float) -> float:
    """Give the strength of a finding from the log-odds of an exchange."""
    return min(sure / FULL, 1.0)


def find_repeated(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the lists that have one name twice, "Ann and Ann", if the document has no such words."""
    for one, other in itertools.pairwise(claim.names):
        between = claim.words[one.last + 1 : other.first]
        is_list = 0 < len(between) <= 2 and all(word.lower in ("and", "or", ",", "&") for word in between)
        if is_list and _key(claim, one) == _key(claim, other):
            said = claim.quote(one.first, other.last)[0]
            if said.lower() not in document.lower_text:
                yield finding("repeated", "role", said, document, None)


@cache
def load_weights() -> tuple[float, ...]:
    """Read the weights of PARTS the package brings along."""
    text = files("digest.checks").joinpath("data", "roles.json").read_text(encoding="utf-8")
    read = json.loads(text)
    return tuple(float(read.get(part, 0.0)) for part in PARTS)


def role_pairs(claim: ReadText, document: ReadText) -> list[tuple[Name, Name, list[float]]]:
    """Give every two names that can be told apart, with the evidence that they changed places."""
    names = [name for name in claim.names if _places(claim, document, name)][:MAX_NAMES]
    found = []
    views: dict[tuple[Name, Name], list[float]] = {}
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            if _key(claim, one) != _key(claim, other) and _verb_between(claim, one, other):
                found.append((one, other, _pair_features(claim, document, one, other, views)))
    return found


def _pair_features(
    claim: ReadText, document: ReadText, one: Name, other: Name, views: dict[tuple[Name, Name], list[float]]
) -> list[float]:
    """Give how much better each kind of evidence is with the names exchanged, in the order of PARTS."""
    row = [0.0] * len(PARTS)
    order = EVIDENCE.index("order")
    for slot, name, sign in ((one, one, -1), (other, other, -1), (one, other, 1), (other, one, 1)):
        key = (slot, name)
        if key not in views:
            views[key] = _evidence(claim, document, slot, name)
        around = _around(claim, slot, (one, other))
        places = _places(claim, document, name)
        row[0] += sign * fit(around, document, places)[0]
        for at, value in enumerate(views[key], start=1):
            row[at] += sign * value
    row[order] = _order(document, _places(claim, document, one), _places(claim, document, other))
    rest, size = len(PARTS) - len(EVIDENCE), len(EVIDENCE)
    if _speaks(claim, document, one) and _speaks(claim, document, other):
        return [0.0] * rest + row[:size]
    return row


def _evidence(claim: ReadText, document: ReadText, slot: Name, name: Name) -> list[float]:
    """What the document says for a name of the claim in the slot that another, or it, has there."""
    places = _places(claim, document, name)
    mentions = [_mention(claim, document, name, at) for at in places if document.turns[at][1] - at <= 1]
    mentions = mentions[:MAX_MENTIONS]
    own = slot_of(claim, slot)
    slots = [slot_of(document, each) for each in mentions]
    domain = domain_of(claim, slot)
    turns = [document.turns[at] for at in places if document.turns[at][1] - document.turns[at][0] > 1]
    person = min(1.0, float(bool(turns)) + 0.7 * any(_is_addressed(document, at.first) for at in mentions))
    said = _share(domain, document, turns)
    asks = own.verb >= 0 and claim.roots[own.verb] in ASKING
    questions = [turn for turn in turns if any(word.text == "?" for word in document.words[slice(*turn)])]
    sentences = [document.spans[document.sentence_of[each.last]] for each in mentions]
    same = [sum(kind in each.kinds for each in slots) / (len(slots) + 0.5) for kind in KINDS]
    return [
        said,
        _share(domain, document, questions) if asks else 0.0,
        max((_share(domain, document, [each]) for each in sentences), default=0.0),
        _beside(claim, document, slot.first - 1, [each.first - 1 for each in mentions], slot),
        _beside(claim, document, slot.last + 1, [each.last + 1 for each in mentions], slot),
        float(bool(own.frame) and any(each.frame == own.frame for each in slots)),
        _verb_fit(claim, document, own, mentions, slots, turns),
        0.0,
        *(value if kind in own.kinds else 0.0 for kind, value in zip(KINDS, same, strict=True)),
        *(person if kind in own.kinds else 0.0 for kind in KINDS),
    ]


def _mention(claim: ReadText, document: ReadText, name: Name, last: int) -> Name:
    """The whole name where its last word stands in the document, as far as it is written out there."""
    first = last
    for at in range(name.last - 1, name.first - 1, -1):
        if first == 0 or document.roots[first - 1] != claim.roots[at]:
            break
        first -= 1
    return Name(first, last)


def _share(
    domain: Sequence[tuple[str, float]], document: ReadText, spans: Sequence[tuple[int, int]]
) -> float:
    """The weighted share of words that stand in any of some spans of the document."""
    total = sum(weight for _, weight in domain)
    if not total or not spans:
        return 0.0
    found = sum(
        weight
        for root, weight in domain
        if any(start <= at < end for at in document.places[root] for start, end in spans)
    )
    return found / total


def _beside(claim: ReadText, document: ReadText, at: int, places: Sequence[int], slot: Name) -> float:
    """Whether the word beside the claim's slot stands beside the name in the document; 0 if it says
    nothing."""
    if not 0 <= at < len(claim.words) or claim.sentence_of[at] != claim.sentence_of[slot.first]:
        return 0.0
    root = claim.roots[at]
    if not root or not (claim.weights[at] or claim.tagged[at].tag == "#"):
        return 0.0
    return float(any(0 <= place < len(document.roots) and document.roots[place] == root for place in places))


def _verb_fit(
    claim: ReadText, document: ReadText, own: Slot, mentions: Sequence[Name], slots: Sequence[Slot],
    turns: Sequence[tuple[int, int]],
) -> float:  # fmt: skip
    """1 if the document has the name do, or suffer, what the slot's verb says; -1 if the other of the two."""
    if own.verb < 0:
        return 0.0
    same = synonyms(claim.roots[own.verb])
    relation = "subject" if "subject" in own.kinds else "object"
    value = 0.0
    for each in slots:
        if each.verb >= 0 and document.roots[each.verb] in same:
            value += 1.0 if relation in each.kinds else -1.0
    for start, end in turns:
        # Who speaks does what "I" does.
        for at in range(start, end - 1):
            if document.words[at].lower in ("i", "i'll", "i've", "i'm", "we"):
                near = document.roots[at + 1 : min(end, at + 4)]
                if any(root in same for root in near):
                    value += 1.0 if relation == "subject" else -1.0
    return max(-1.0, min(value, 1.0))


def _order(document: ReadText, places_one: Sequence[int], places_other: Sequence[int]) -> float:
    """1 if the claim's second name comes first in the document, -1 if its first does."""
    return float(places_other[0] < places_one[0]) - float(places_one[0] < places_other[0])


def _is_addressed(document: ReadText, at: int) -> bool:
    """Whether a person is greeted or introduced there: "Dear Ann", "my name is Ann"."""
    before = [word.lower for word in document.words[max(0, at - 3) : at]]
    return any(word in GREETINGS for word in before[-2:]) or before[-2:] in (
        ["name", "is"], ["this", "is"], ["i", "am"], ["it", "is"]
    ) or before[-1:] == ["i'm"]  # fmt: skip


def _speaks(claim: ReadText, document: ReadText, name: Name) -> bool:
    return any(document.turns[at][1] - document.turns[at][0] > 1 for at in _places(claim, document, name))


def _verb_between(claim: ReadText, one: Name, other: Name) -> bool:
    """Names of a list may change places without harm; across a verb of the same sentence they may not."""
    same_sentence = claim.sentence_of[one.first] == claim.sentence_of[other.first]
    return same_sentence and any(word.tag in VERB_TAGS for word in claim.tagged[one.last + 1 : other.first])


def _around(claim: ReadText, slot: Name, without: tuple[Name, Name]) -> list[Neighbour]:
    """The words around a name of the claim, the two that are compared left out."""
    excluded = {root for each in without for root in claim.roots[each.first : each.last + 1]}
    return [each for each in claim.around[slot.last] if each[0] not in excluded]


def _key(claim: ReadText, name: Name) -> tuple[str, ...]:
    return claim.roots[name.first : name.last + 1]


def _places(claim: ReadText, document: ReadText, name: Name) -> list[int]:
    """Where the document has a name, by its last word."""
    return document.positions.get(claim.roots[name.last], [])
