"""Negation and opposites: does the claim deny what the document says, or say its contrary?"""

from collections.abc import Iterator
from itertools import islice

from digest.checks.claim_denials import DENYING, is_negation
from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, finding
from digest.checks.fit import MAX_PLACES, fit
from digest.language.relations import antonyms, bare_forms, root, synonyms
from digest.language.words import STOP_WORDS

NEGATIVE_ROOTS = frozenset(
    root(word)
    for word in (
        *DENYING, "stop", "ignore", "omit", "miss", "instead", "rather", "little", "few", "too", "difficult",
        "hard", "only", "but", "however", "despite", "although", "though", "remove", "free",
        "zero", "against",
    )
)  # fmt: skip
SAME_DENIED, LIKE_DENIED = 0.55, 0.4
"""What it counts towards that if the document denies the very word, or one for the same."""

SCOPE = 4
"""Content words after a negation that it may concern."""
EXPLAINED = 0.65
"""A denial of the document that has so much of what the claim denies explains it."""
AFFIRMED_OF = 3
"""Denied words, nearest first, of which it is asked whether the document affirms them; judgement."""
UNSAID = 0.25
"""Strength left of a denial of words that the document does not have."""
SUPPOSED = 0.5
"""Strength left of a denial that is only supposed. With this and the last, half of the false findings fall
under what 97 of 100 denials put into supported claims have."""
SUPPOSING = frozenset(("if", "unless", "whether", "may", "might", "should", "could", "would"))
MIN_RIVAL_FIT = 0.2
"""What of an opposite's neighbourhood the claim must have before it speaks against it; judgement."""


def find_negations(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the denials of the claim that the document does not have, and those it lost."""
    for at in claim.denials:
        yield from _added(claim, document, at)
    yield from _removed(claim, document)


def _scope(claim: ReadText, at: int) -> list[int]:
    """The content words a negation concerns: the next few of its sentence."""
    _, end = claim.spans[claim.sentence_of[at]]
    return list(islice((near for near in range(at + 1, end) if claim.weights[near]), SCOPE))


def _added(claim: ReadText, document: ReadText, at: int) -> Iterator[Finding]:
    """A denial of the claim: the document has to deny the same, or say the contrary of what is denied."""
    scope = _scope(claim, at)
    strength = UNSAID + (1 - UNSAID) * _affirmed(claim, document, scope)
    if _is_supposed(claim, at):
        strength *= SUPPOSED
    around = [(claim.roots[near], claim.weights[near] / (1 + 0.3 * n), 1) for n, near in enumerate(scope)] + [
        (each, weight * 0.3, side) for each, weight, side in claim.around[at] if side < 0
    ]
    denied, _ = fit(around, document, document.denying)
    for near in scope[:3]:
        contrary = [
            place for other in antonyms(claim.roots[near]) for place in document.positions.get(other, ())
        ]
        denied = max(denied, fit(around, document, contrary)[0])
        for place in islice(document.places[claim.roots[near]], MAX_PLACES):
            if place in document.denied:
                is_same = document.roots[place] == claim.roots[near]
                share, _ = fit(around, document, [place])
                denied = max(denied, (SAME_DENIED if is_same else LIKE_DENIED) + 0.5 * share)
    if denied >= EXPLAINED:
        return
    anchors = next(filter(None, (document.places[claim.roots[near]] for near in scope)), [])
    _, place = fit(around, document, anchors)
    where = (place, place) if place >= 0 else None
    said = claim.text[claim.words[at].start : claim.words[scope[0] if scope else at].end]
    yield finding("negation", "negation", said, document, where, (1.0 - denied) * strength)


def _affirmed(claim: ReadText, document: ReadText, scope: list[int]) -> float:
    """The share of the first words denied that the document has somewhere undenied.

    What a false denial denies is in the document; a true one may be the claim's own way of saying it.
    """
    said = [
        any(place not in document.denied for place in islice(document.places[claim.roots[near]], MAX_PLACES))
        for near in scope[:AFFIRMED_OF]
    ]
    return sum(said) / AFFIRMED_OF


def _is_supposed(claim: ReadText, at: int) -> bool:
    """Whether the claim only supposes what it denies: "if the site does not work"."""
    start, _ = claim.spans[claim.sentence_of[at]]
    return any(word.lower in SUPPOSING for word in claim.words[max(start, at - 8) : at])


def _removed(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Words the claim affirms although every place that fits in the document denies them."""
    for at, word in enumerate(claim.words):
        places = document.positions.get(claim.roots[at], []) if claim.weights[at] else []
        negated = {place for place in islice(places, MAX_PLACES) if place in document.denied}
        if not negated or word.text[0].isupper() or _is_denied_or_limited(claim, at):
            continue
        around = claim.around[at]
        denied, place = fit(around, document, sorted(negated))
        others = (place for place in document.places[claim.roots[at]] if place not in negated)
        affirmed, _ = fit(around, document, others)
        if denied >= 0.35 and denied > affirmed:
            where = (document.denied.get(place, place), place)
            yield finding("negation_lost", "negation", word.text, document, where, denied - affirmed)


def _is_denied_or_limited(claim: ReadText, at: int) -> bool:
    start, end = claim.spans[claim.sentence_of[at]]
    return any(
        is_negation(claim.words[near].lower) or claim.roots[near] in NEGATIVE_ROOTS
        for near in range(max(start, at - 6), min(end, at + 4))
    )


def find_opposites(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the words of the claim whose contrary stands in the document among the same words."""
    for at, word in enumerate(claim.words):
        each = claim.roots[at]
        if not each or not word.text[0].isalpha():
            continue
        opposite = _opposite_places(claim, document, at)
        around = claim.around[at] if opposite else []
        if not around:
            continue
        own, _ = fit(around, document, document.places[each])
        best, place = fit(around, document, opposite)
        if best >= MIN_RIVAL_FIT and best > own:
            feature = "opposite" if each not in document.positions else "opposite_elsewhere"
            yield finding(feature, "opposite", word.text, document, (place, place), min(best - own, 1.0))


def _opposite_places(claim: ReadText, document: ReadText, at: int) -> list[int]:
    """Where the contrary of a word stands, not itself denied; contraries the claim also uses do not count."""
    word, each = claim.words[at], claim.roots[at]
    start, end = claim.spans[claim.sentence_of[at]]
    same = synonyms(each)
    contrary = [other for other in antonyms(each) if other not in same]
    if contrary:
        said = set(claim.roots[start:end])
        contrary = [other for other in contrary if other not in said]
    if word.lower not in STOP_WORDS and each not in document.positions:
        contrary += [root(bare) for bare in bare_forms(word.lower) if len(bare) > 3]
    places = (place for other in contrary for place in document.positions.get(other, ()))
    return sorted(set(islice(places, MAX_PLACES)) - document.denied.keys())
