"""Which words of the claim the document has, and which it says nothing like: the share, and the words."""

import itertools
from dataclasses import dataclass

from digest.english.background import rarity
from digest.english.relations import bare_forms, root
from digest.stages.check.dates import date_words
from digest.stages.check.names import names_of
from digest.stages.check.reading import Reading, is_content

MIN_SHARED_START = 5
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
    best: tuple[float, ...]
    """By sentence of the claim: the weighted share of its content found in the best few sentences."""
    pairs_missing: float
    """Share of neighbouring content words that nowhere stand near each other in the document."""


def support_of(claim: Reading, document: Reading) -> Support:
    """Compare the content words of a claim with those of a document."""
    skipped = date_words(claim) | {at for name in names_of(claim) for at in range(name.first, name.last + 1)}
    novel: list[int] = []
    reworded: list[int] = []
    for at, word in enumerate(claim.words):
        if not is_content(word) or at in skipped or _has_form(document, claim, at):
            continue
        (reworded if document.places(claim.roots[at]) else novel).append(at)
    return Support(
        novel=tuple(novel),
        reworded=tuple(reworded),
        weight=sum(claim.weights),
        best=tuple(
            _best_window(claim, document, start, end)
            for start, end in claim.spans
            if any(claim.weights[start:end])
        ),
        pairs_missing=_pairs_missing(claim, document),
    )


def _has_form(document: Reading, claim: Reading, at: int) -> bool:
    """Whether the document has the word: by root, in a compound's parts, or with the same long beginning."""
    each, lower = claim.roots[at], claim.words[at].lower
    if document.has(each):
        return True
    parts = [part for part in lower.replace("/", "-").split("-") if len(part) > 2]
    if len(parts) > 1 and all(document.has(root(part)) or rarity(part) < 0.3 for part in parts):
        return True
    if any(document.has(root(bare)) for bare in bare_forms(lower)):
        return False
    start = each[: max(MIN_SHARED_START, len(each) - 2)]
    return len(each) >= MIN_SHARED_START and start in _starts(document, len(start))


def _starts(document: Reading, length: int) -> set[str]:
    cache: dict[int, set[str]] = document.__dict__.setdefault("_starts", {})
    if length not in cache:
        cache[length] = {each[:length] for each in document.positions if len(each) >= length}
    return cache[length]


def _best_window(claim: Reading, document: Reading, start: int, end: int) -> float:
    """The share of a sentence's content found in the best WINDOW neighbouring sentences of the document."""
    weights: dict[str, float] = {}
    for at in range(start, end):
        if claim.weights[at]:
            weights[claim.roots[at]] = claim.weights[at]
    total = sum(weights.values())
    found: dict[int, float] = {}
    for each, weight in weights.items():
        windows = {
            sentence - back
            for sentence in {document.sentence_of[at] for at in document.places(each)}
            for back in range(WINDOW)
        }
        for window in windows:
            found[window] = found.get(window, 0.0) + weight
    return max(found.values(), default=0.0) / total if total else 1.0


def _pairs_missing(claim: Reading, document: Reading) -> float:
    """Of neighbouring content words the document both has, the share that never stand near each other
    there."""
    pairs = missing = 0
    for start, end in claim.spans:
        content = [at for at in range(start, end) if claim.weights[at] and document.places(claim.roots[at])]
        for one, other in itertools.pairwise(content):
            pairs += 1
            near = any(
                document.nearest(claim.roots[other], place) <= 12
                for place in document.places(claim.roots[one])
            )
            missing += not near
    return missing / pairs if pairs else 0.0
