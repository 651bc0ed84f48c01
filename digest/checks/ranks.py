"""Who came third, every how many, and the second of a name: ranks, intervals and numerals of Rome.

Each finding decides by itself, so it is made only where the document gives the same subject another rank and
nowhere the claim's.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, decided
from digest.language.counts import ONES, ORDINALS
from digest.language.relations import root
from digest.language.words import STOP_WORDS

_ORDINAL = rf"(?:{'|'.join(ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th))"
_ENDED = (
    r"(?=[\s-](?:place|position|spot)\b|\s?[,.;:!?)\"”]|\s?$"
    r"|\s(?:in|at|on|with|behind|overall|and|among|after|ahead|for|last|this|to|worldwide|but|while)\b)"
)
_RANKED = re.compile(
    rf"\b(?:(?:finish(?:ed|es|ing)?|com(?:es?|ing)|came|plac(?:ed|es)|rank(?:ed|s)?|ended|stood|stands|lies|lay"
    rf"|is|was|were|are|remain(?:ed|s)?|took|takes|taking|won|claimed|secured|reached)\s"
    rf"(?:(?:in|up|a|joint|equal|only|clear|distant)\s){{0,2}})(?P<rank>{_ORDINAL})\b{_ENDED}",
    re.IGNORECASE,
)
_LARGEST = re.compile(
    rf"\b(?:is|was|are|were|became|remain(?:ed|s)?)\s(?:now\s|still\s)?(?:the|its|their|\w+['’]s)\s(?P<rank>{_ORDINAL})[\s-]"
    r"(?P<what>\w+est|most[\s-]\w+)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(rf"\b(?P<name>[A-Za-z][\w’'-]+)(?:\s(?:in|came|was))?\s(?P<rank>{_ORDINAL})\b{_ENDED}")
_EVERY = re.compile(rf"\b(?:every|each)\s(?P<rank>other|{_ORDINAL})\s(?P<of>[a-z]+)", re.IGNORECASE)
_MEDALS = {
    1: frozenset(
        map(root, ("win", "winner", "victory", "gold", "champion", "lead", "top", "triumph", "title"))
    ),
    2: frozenset(map(root, ("silver", "runner-up", "runner"))),
    3: frozenset(map(root, ("bronze",))),
}
"""Other words for a rank: where the document has one beside the subject, nothing is said."""

MAX_SUBJECT = 8
"""Words before a verb among which its subject is looked for."""

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10,
          "XI": 11, "XII": 12, "XIII": 13, "XIV": 14, "XV": 15, "XVI": 16}  # fmt: skip
_NUMERAL = (
    rf"(?:(?:X?(?:IX|IV|V?I{{1,3}}|V)|X)\b|\d{{1,2}}\b(?![.,:]?\d|%)|(?:{'|'.join(list(ONES)[1:11])})\b)"
)
_NUMBERED = re.compile(
    rf"\b(?P<of>[A-Za-z][a-z]{{2,}})[\s-](?P<numbers>{_NUMERAL}(?:(?:,\s|\s?[/–-]\s?|,?\s(?:and|or|to)\s){_NUMERAL})*)"
)
_COUNTED = re.compile(
    rf"\b(?P<rank>{'|'.join(ORDINALS)})\s(?:[A-Za-z]+\s)?(?P<of>[A-Za-z][a-z]{{2,}})\b", re.IGNORECASE
)
_HAS_ROMAN = re.compile(r"\b[A-Z][a-z]+[\s-][IVX]+\b")

Ranks = dict[str, dict[int, tuple[int, int]]]
"""By root of what is ranked: the ranks it has, and where."""


def find_ranks(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the ranks, intervals and numerals of the claim of which the document has another."""
    mine = _ranks(claim)
    there = _ranks(document) if mine else {}
    for of, rank, place in _contradicted(mine, there):
        if not _is_told_otherwise(document, of, rank, there):
            yield _other(claim, place, document, there[of])
    mine = _intervals(claim.text)
    there = _intervals(document.text) if mine else {}
    for of, _, place in _contradicted(mine, there):
        yield _other(claim, place, document, there[of])
    if _HAS_ROMAN.search(claim.text) or _HAS_ROMAN.search(document.text):
        mine = _numerals(claim.text)
        there = _numerals(document.text) if mine else {}
        for of, _, place in _contradicted(mine, there):
            has_roman = _HAS_ROMAN.search(claim.text, *place) or any(
                _HAS_ROMAN.search(document.text, *each) for each in there[of].values()
            )
            if has_roman:
                yield _other(claim, place, document, there[of])


def same_numerals(claim: ReadText, document: ReadText) -> list[tuple[int, int]]:
    """Give the offsets of the claim's numbered names that the document has with another kind of numeral."""
    if not _HAS_ROMAN.search(claim.text) and not _HAS_ROMAN.search(document.text):
        return []
    mine = _numerals(claim.text)
    there = _numerals(document.text) if mine else {}
    return [
        place
        for of, numbers in mine.items()
        for number, place in numbers.items()
        if number in there.get(of, {})
    ]


def _other(
    claim: ReadText, place: tuple[int, int], document: ReadText, there: dict[int, tuple[int, int]]
) -> Finding:
    return decided("ordinal", "number", claim.text[slice(*place)], document, next(iter(there.values())))


def _contradicted(mine: Ranks, there: Ranks) -> Iterator[tuple[str, int, tuple[int, int]]]:
    for of, ranks in mine.items():
        for rank, place in ranks.items():
            if there.get(of) and rank not in there[of]:
                yield of, rank, place


def _number(word: str) -> int:
    return ORDINALS.get(word.lower()) or int(re.sub(r"\D", "", word))


def _ranks(reading: ReadText) -> Ranks:
    found: Ranks = {}
    for match in _LARGEST.finditer(reading.text):
        at = bisect_left(reading.starts, match.start())
        subject = _subject(reading, at)
        if subject is not None:
            of = f"{reading.roots[subject]} {match['what'].lower()}"
            found.setdefault(of, {})[_number(match["rank"])] = match.span("rank")
    for match in _RANKED.finditer(reading.text):
        at = bisect_left(reading.starts, match.start())
        _, end = reading.spans[reading.sentence_of[at]]
        subject = _subject(reading, at)
        if subject is None:
            continue
        found.setdefault(reading.roots[subject], {})[_number(match["rank"])] = match.span("rank")
        last = reading.words[end - 1].end
        for other in _NEXT.finditer(reading.text, match.end(), last):
            if other["name"].lower() not in STOP_WORDS:
                found.setdefault(root(other["name"]), {})[_number(other["rank"])] = other.span("rank")
    return found


def _subject(reading: ReadText, at: int) -> int | None:
    """The noun next before a verb."""
    start, _ = reading.spans[reading.sentence_of[at]]
    near = range(at - 1, max(start, at - MAX_SUBJECT) - 1, -1)
    return next((each for each in near if _is_noun(reading, each)), None)


def _is_noun(reading: ReadText, at: int) -> bool:
    return reading.tagged[at].tag in ("N", "NP") or (
        reading.words[at].text[0].isupper() and bool(reading.weights[at])
    )


def _is_told_otherwise(document: ReadText, of: str, rank: int, there: Ranks) -> bool:
    """Whether a sentence with the subject has the rank in other words, or not as that of another subject."""
    taken = {ranks[rank][0] for ranks in there.values() if rank in ranks}
    words = {word for word, value in ORDINALS.items() if value == rank}
    for sentence in {document.sentence_of[at] for at in document.positions.get(of.split()[0], ())}:
        for at in range(*document.spans[sentence]):
            word = document.words[at]
            if document.roots[at] in _MEDALS.get(rank, ()):
                return True
            if word.start not in taken and (
                word.lower in words or re.fullmatch(rf"{rank}(?:st|nd|rd|th)", word.lower)
            ):
                return True
    return False


def _intervals(text: str) -> Ranks:
    found: Ranks = {}
    for match in _EVERY.finditer(text):
        number = 2 if match["rank"].lower() == "other" else _number(match["rank"])
        found.setdefault(root(match["of"]), {})[number] = match.span()
    return found


def _numerals(text: str) -> Ranks:
    """World War II, the Second World War, Phase 3, types I and II."""
    found: Ranks = {}
    for match in _NUMBERED.finditer(text):
        for word in re.findall(r"\w+", match["numbers"]):
            if word not in ("and", "or", "to"):
                number = _ROMAN.get(word) or int(ONES.get(word.lower(), 0)) or int(word)
                found.setdefault(root(match["of"]), {})[number] = match.span()
    for match in _COUNTED.finditer(text):
        found.setdefault(root(match["of"]), {}).setdefault(ORDINALS[match["rank"].lower()], match.span())
    return found
