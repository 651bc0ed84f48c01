"""Which words of the claim the document has, and which it says nothing like: the share, and the words."""

import itertools
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from digest.checks.claim_reading import ReadText
from digest.checks.claim_wording import is_content
from digest.checks.fit import MAX_PLACES
from digest.language.background import rarity
from digest.language.relations import bare_forms, root

MIN_SHARED_START = 5
"""Letters that two roots must share at their start to count as related; judgement."""
PAIR_REACH = 12
"""Words between which two words of a document are near each other."""
PHRASE_REACH = 4
"""Words between which two words make a phrase, in the claim and in the document."""
WINDOW = 3
"""Sentences of the document that a sentence of the claim is compared with at once."""


@dataclass(frozen=True)
class Support:
    """How much of a claim the document has."""

    novel: tuple[int, ...]
    """Positions of content words the document has in no form, nor a word for the same."""
    reworded: tuple[int, ...]
    """Positions of those it has another word for."""
    weight: float
    """Sum of the weights of all content words."""
    weights: tuple[float, ...]
    """Of each word of the claim; 0 for the words of a figure that the document has in another spelling."""
    best: tuple[float, ...]
    """By sentence of the claim: the weighted share of its content found in the best few sentences."""
    pairs_missing: float
    """Share of neighbouring content words that nowhere stand near each other in the document."""
    phrases_missing: float
    """Weighted share of phrases, two content words close together, that the document has nowhere so."""


def support_of(claim: ReadText, document: ReadText, settled: Sequence[tuple[int, int]] = ()) -> Support:
    """Compare the content words of a claim with those of a document.

    Args:
        claim: The claim.
        document: The document.
        settled: Offsets of the claim's figures that the document has, in whatever spelling.
    """
    named = {at for name in claim.names for at in range(name.first, name.last + 1)}
    skipped = claim.dates.words | named
    weights = _weights(claim, document, settled)
    novel: list[int] = []
    reworded: list[int] = []
    for at, word in enumerate(claim.words):
        if not is_content(word) or not weights[at] or at in skipped or _has_form(document, claim, at):
            continue
        (reworded if document.places[claim.roots[at]] else novel).append(at)
    return Support(
        novel=tuple(novel),
        reworded=tuple(reworded),
        weight=sum(weights),
        weights=tuple(weights),
        best=tuple(_best_windows(claim, document, weights)),
        pairs_missing=_pairs_missing(claim, document, weights),
        phrases_missing=_phrases_missing(claim, document, weights),
    )


def _weights(claim: ReadText, document: ReadText, settled: Sequence[tuple[int, int]]) -> list[float]:
    weights = list(claim.own_weights)
    for start, end in settled:
        first, last = bisect_left(claim.starts, start), bisect_left(claim.starts, end)
        for at in range(first, last):
            if not document.places[claim.roots[at]]:
                weights[at] = 0.0
    return weights


def _has_form(document: ReadText, claim: ReadText, at: int) -> bool:
    """Whether the document has the word: by root, in a compound's parts, or with the same long beginning."""
    each, lower = claim.roots[at], claim.words[at].lower
    if each in document.positions:
        return True
    parts = [part for part in lower.replace("/", "-").split("-") if len(part) > 2]
    if len(parts) > 1 and all(root(part) in document.positions or rarity(part) < 0.3 for part in parts):
        return True
    if any(root(bare) in document.positions for bare in bare_forms(lower)):
        return False
    start = each[: max(MIN_SHARED_START, len(each) - 2)]
    at = bisect_left(document.sorted_roots, start)
    like = document.sorted_roots[at : at + 1]
    return len(each) >= MIN_SHARED_START and bool(like) and like[0].startswith(start)


def _best_windows(claim: ReadText, document: ReadText, said: Sequence[float]) -> Iterator[float]:
    known: dict[frozenset[tuple[str, float]], float] = {}
    for start, end in claim.spans:
        weights = {claim.roots[at]: said[at] for at in range(start, end) if said[at]}
        # A claim may say one sentence a thousand times.
        key = frozenset(weights.items())
        if weights and key not in known:
            known[key] = _best_window(document, weights)
        if weights:
            yield known[key]


def _best_window(document: ReadText, weights: Mapping[str, float]) -> float:
    """The share of a sentence's content found in the best WINDOW neighbouring sentences of the document."""
    total = sum(weights.values())
    found: dict[int, float] = {}
    for each, weight in weights.items():
        windows = {
            sentence - back
            for sentence in {document.sentence_of[at] for at in document.places[each]}
            for back in range(WINDOW)
        }
        for window in windows:
            found[window] = found.get(window, 0.0) + weight
    return max(found.values(), default=0.0) / total if total else 1.0


def _pairs_missing(claim: ReadText, document: ReadText, weights: Sequence[float]) -> float:
    """Of neighbouring content words the document both has, the share that never stand near each other
    there."""
    pairs = missing = 0
    for start, end in claim.spans:
        content = [at for at in range(start, end) if weights[at] and document.places[claim.roots[at]]]
        for one, other in itertools.pairwise(content):
            pairs += 1
            missing += not _stand_near(document, claim.roots[one], claim.roots[other], 0, PAIR_REACH)
    return missing / pairs if pairs else 0.0


def _phrases_missing(claim: ReadText, document: ReadText, weights: Sequence[float]) -> float:
    """The weighted share of phrases the document does not have, words it has nothing for included."""
    total = missing = 0.0
    for start, end in claim.spans:
        content = [at for at in range(start, end) if weights[at]]
        for one, other in itertools.pairwise(content):
            if other - one > PHRASE_REACH:
                continue
            weight = weights[one] + weights[other]
            total += weight
            is_there = _stand_near(document, claim.roots[one], claim.roots[other], 1, PHRASE_REACH)
            missing += 0.0 if is_there else weight
    return missing / total if total else 0.0


def _stand_near(document: ReadText, one: str, other: str, least: int, most: int) -> bool:
    """Whether two roots anywhere stand between `least` and `most` words apart in the document."""
    places, others = islice(document.places[one], MAX_PLACES), document.places[other]
    return any(least <= _nearest(others, place) <= most for place in places)


def _nearest(places: Sequence[int], at: int) -> int:
    """Words between a position and the nearest of some ascending ones; a large number for none."""
    here = bisect_left(places, at)
    return min((abs(place - at) for place in places[max(here - 1, 0) : here + 1]), default=10_000)
