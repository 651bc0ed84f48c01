"""Claims made false on purpose: one number, unit, date, name, negation or pair of names changed in each.

Seeded and deterministic. A corruption changes one thing and leaves the rest as written, so that whoever
catches it has caught that thing.
"""

import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from digest.checks.claim_dates import MONTHS, WEEKDAYS
from digest.checks.claim_names import Name
from digest.checks.claim_reading import ReadText, read
from digest.checks.quantities import SMALL, Quantity
from digest.language.relations import base_of
from digest.language.verbs import verb_forms
from digest.language.words import Word

KINDS = ("number", "unit", "date", "name", "negation", "swapped names")


@dataclass(frozen=True)
class Pair:
    """A claim that its document supports."""

    id: str
    claim: str
    document: str


@dataclass(frozen=True)
class Corruption:
    """A claim made false."""

    pair: Pair
    kind: str
    """One of KINDS."""
    claim: str
    """The claim after the change."""


def corruptions(pairs: Sequence[Pair], *, count: int, seed: int = 0) -> list[Corruption]:
    """Make `count` corruptions, as many of each kind as there are claims for, in a fixed order.

    Args:
        pairs: Claims with the documents that support them.
        count: How many at most.
        seed: Of the random choices; the same seed and pairs give the same corruptions.
    """
    chance = random.Random(seed)
    names = _pool(pairs)
    by_kind: dict[str, list[Corruption]] = {kind: [] for kind in KINDS}
    for pair in pairs:
        claim = read(pair.claim)
        for kind, make in _MAKERS.items():
            options = [made for made in make(claim, pair, names, chance) if made != pair.claim]
            if options:
                by_kind[kind].append(Corruption(pair, kind, chance.choice(options)))
    for made in by_kind.values():
        chance.shuffle(made)
    drawn: list[Corruption] = []
    # Rare kinds are taken whole; the others share what is left evenly.
    waiting = sorted(KINDS, key=lambda kind: len(by_kind[kind]))
    for place, kind in enumerate(waiting):
        share = (count - len(drawn)) // (len(waiting) - place)
        drawn += by_kind[kind][:share]
    return drawn


def _pool(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Every name of the claims with the id of its pair, in order, each once."""
    found: dict[str, str] = {}
    for pair in pairs:
        claim = read(pair.claim)
        for name in claim.names:
            found.setdefault(claim.quote(name.first, name.last)[0].removesuffix("'s"), pair.id)
    return list(found.items())


def _replaced(claim: ReadText, first: int, last: int, by: str) -> str:
    _, start, end = claim.quote(first, last)
    return claim.text[:start] + by + claim.text[end:]


def _numbers(
    claim: ReadText, pair: Pair, names: Sequence[tuple[str, str]], chance: random.Random
) -> Iterator[str]:
    for quantity in claim.quantities.all:
        if quantity.first in claim.dates.words or quantity.is_year or quantity.is_ordinal:
            continue
        changed = _other_number(claim, quantity, chance)
        if changed:
            yield changed


def _other_number(claim: ReadText, quantity: Quantity, chance: random.Random) -> str:
    at = next((at for at in range(quantity.first, quantity.last + 1) if claim.roots[at]), quantity.first)
    word = claim.words[at]
    if word.lower in SMALL:
        if SMALL[word.lower] < 2:
            return ""
        others = [
            name for name, value in SMALL.items() if value >= 2 and name != word.lower and name != "dozen"
        ]
        other = chance.choice(others)
        return _replaced(claim, at, at, other.capitalize() if word.text[0].isupper() else other)
    digits = re.search(r"\d[\d.,]*\d|\d", word.text)
    if not digits:
        return ""
    text = digits.group()
    place = chance.choice([at for at, c in enumerate(text) if c.isdigit() and (at == 0 or c != "0")] or [0])
    figure = chance.choice([c for c in "123456789" if c != text[place]])
    changed = text[:place] + figure + text[place + 1 :]
    return _replaced(claim, at, at, word.text.replace(text, changed, 1))


_UNIT_SWAPS = {
    "million": "billion",
    "billion": "million",
    "thousand": "million",
    "percent": "dollars",
    "minutes": "hours",
    "minute": "hour",
    "hours": "days",
    "hour": "day",
    "days": "weeks",
    "day": "week",
    "weeks": "months",
    "week": "month",
    "months": "years",
    "month": "year",
    "years": "months",
    "year": "month",
    "dollars": "euros",
    "euros": "dollars",
    "miles": "kilometres",
    "kilometres": "miles",
    "km": "miles",
    "metres": "feet",
    "meters": "feet",
    "feet": "metres",
    "tonnes": "kilograms",
    "tons": "kilograms",
}


def _units(
    claim: ReadText, pair: Pair, names: Sequence[tuple[str, str]], chance: random.Random
) -> Iterator[str]:
    for quantity in claim.quantities.all:
        near = range(quantity.first, min(quantity.last + 4, len(claim.words)))
        for at in near:
            word = claim.words[at]
            is_joined = at > quantity.last and all(
                claim.words[mid].text == "-" for mid in range(quantity.last + 1, at)
            )
            if word.lower in _UNIT_SWAPS and (at <= quantity.last or is_joined):
                yield _replaced(claim, at, at, _UNIT_SWAPS[word.lower])
            elif word.text.startswith("$"):
                yield _replaced(claim, at, at, "€" + word.text[1:])
            elif word.text.endswith("%") and len(word.text) > 1 and at == quantity.first:
                yield _replaced(claim, at, at, word.text[:-1] + " dollars")


def _dates(
    claim: ReadText, pair: Pair, names: Sequence[tuple[str, str]], chance: random.Random
) -> Iterator[str]:
    for part in claim.dates.all:
        word = claim.words[part.first]
        if part.kind == "year" and word.text.isdigit() and part.first == part.last:
            year = int(word.text) + chance.choice((-7, -4, -3, -2, 2, 3, 4, 7))
            yield _replaced(claim, part.first, part.last, str(year))
        elif part.kind in ("month", "weekday") and part.first == part.last:
            known = MONTHS if part.kind == "month" else WEEKDAYS
            own = known[word.lower]
            others = [name for name, value in known.items() if value != own and len(name) > 5]
            yield _replaced(claim, part.first, part.last, chance.choice(others).capitalize())


def _names(
    claim: ReadText, pair: Pair, names: Sequence[tuple[str, str]], chance: random.Random
) -> Iterator[str]:
    lower = pair.document.lower()
    others = [name for name, _ in chance.sample(names, min(len(names), 40)) if not _shares_word(name, lower)]
    for name in claim.names:
        if others:
            ending = "'s" if claim.words[name.last].lower.endswith("'s") else ""
            yield _replaced(claim, name.first, name.last, chance.choice(others) + ending)


def _shares_word(name: str, document: str) -> bool:
    return any(part.lower() in document for part in name.split())


def _swaps(
    claim: ReadText, pair: Pair, names: Sequence[tuple[str, str]], chance: random.Random
) -> Iterator[str]:
    found = claim.names
    for one, other in itertools.pairwise(found):
        same_sentence = claim.sentence_of[one.first] == claim.sentence_of[other.first]
        if same_sentence and _bare(claim, one) != _bare(claim, other) and _verb_between(claim, one, other):
            first, start, end = claim.quote(one.first, one.last)
            second, begin, finish = claim.quote(other.first, other.last)
            yield claim.text[:start] + second + claim.text[end:begin] + first + claim.text[finish:]


def _bare(claim: ReadText, name: Name) -> tuple[str, ...]:
    return claim.roots[name.first : name.last + 1]


def _verb_between(claim: ReadText, one: Name, other: Name) -> bool:
    """Names in a list may be exchanged without harm; across a verb they may not."""
    return any(
        claim.tagged[at].tag in ("V", "VB", "VG", "VN", "X", "M") for at in range(one.last + 1, other.first)
    )


_AUXILIARIES = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "must",
        "should",
        "does",
        "did",
        "do",
    ]
)


def _negations(
    claim: ReadText, pair: Pair, names: Sequence[tuple[str, str]], chance: random.Random
) -> Iterator[str]:
    for at, word in enumerate(claim.words):
        follows = claim.words[at + 1].lower if at + 1 < len(claim.words) else ""
        if word.lower in ("not", "never") and claim.text[word.end :][:1] == " ":
            yield claim.text[: word.start] + claim.text[word.end + 1 :]
        elif word.lower in _AUXILIARIES and follows not in ("not", "never", "no") and follows[:1].isalpha():
            yield claim.text[: word.end] + " not" + claim.text[word.end :]
        elif claim.tagged[at].tag == "V" and (denied := _denied(word)):
            yield _replaced(claim, at, at, denied)


def _denied(word: Word) -> str:
    """Deny a plain verb: "offers" gives "does not offer", "offered" "did not offer"."""
    kinds = verb_forms().get(word.lower, "")
    for auxiliary, kind in (("does", "s"), ("did", "d")):
        if kind in kinds and "b" not in kinds:
            return f"{auxiliary} not {base_of(word.lower)}"
    return ""


_MAKERS: dict[str, Callable[[ReadText, Pair, Sequence[tuple[str, str]], random.Random], Iterator[str]]] = {
    "number": _numbers,
    "unit": _units,
    "date": _dates,
    "name": _names,
    "negation": _negations,
    "swapped names": _swaps,
}
