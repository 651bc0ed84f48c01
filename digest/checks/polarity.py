"""Negation and opposites: does the claim deny what the document says, or say its contrary?"""

from collections.abc import Iterator, Sequence
from itertools import islice

from digest.checks.claim_reading import Reading
from digest.checks.finding import Finding, finding
from digest.checks.fit import MAX_PLACES, fit, neighbours
from digest.language.relations import antonyms, bare_forms, root, synonyms
from digest.language.words import STOP_WORDS

NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "neither",
        "nor",
        "none",
        "nobody",
        "nothing",
        "cannot",
        "hardly",
        "barely",
        "scarcely",
        "without",
        "nope",
        "nah",
        "dont",
        "doesnt",
        "didnt",
        "isnt",
        "cant",
        "wont",
    ]
)
DENYING = (
    "lack",
    "absence",
    "absent",
    "avoid",
    "refuse",
    "reject",
    "fail",
    "failure",
    "deny",
    "decline",
    "unable",
    "prevent",
    "exclude",
    "impossible",
    "unlikely",
    "cease",
    "prohibit",
    "ban",
    "forbid",
)
"""Words that deny what they are said of."""
NEGATIVE_ROOTS = frozenset(
    root(word)
    for word in [
        *DENYING,
        "stop",
        "ignore",
        "omit",
        "miss",
        "instead",
        "rather",
        "little",
        "few",
        "too",
        "difficult",
        "hard",
        "only",
        "but",
        "however",
        "despite",
        "although",
        "though",
        "remove",
        "free",
        "zero",
        "against",
    ]
)
SAME_DENIED, LIKE_DENIED = 0.55, 0.4
"""What it counts towards that if the document denies the very word, or one for the same."""

SCOPE = 4
"""Content words after a negation that it may concern."""
EXPLAINED = 0.65
"""A denial of the document that has so much of what the claim denies explains it."""
AFFIRMED_OF = 3
UNSAID = 0.25
"""Strength left of a denial of words that the document does not have."""
SUPPOSED = 0.5
"""Strength left of a denial that is only supposed. With this and the last, half of the false findings fall
under what 97 of 100 denials put into supported claims have."""
SUPPOSING = frozenset(("if", "unless", "whether", "may", "might", "should", "could", "would"))
MIN_RIVAL_FIT = 0.2
NEGATION_BEFORE = 5
"""In the document a word counts as negated if a negation stands at most so many words before it."""


def is_negation(lower: str) -> bool:
    """Whether a word denies."""
    return lower in NEGATIONS or lower.endswith("n't")


def find_negations(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Give the denials of the claim that the document does not have, and those it lost."""
    denials = [at for at, word in enumerate(claim.words) if is_negation(word.lower)]
    denying = [at for at in range(len(document.words)) if _denies(document, at)] if denials else []
    for at in denials:
        if not _is_not_only(claim, at):
            yield from _added(claim, document, at, denying)
    yield from _removed(claim, document)


def _is_not_only(claim: Reading, at: int) -> bool:
    after = [word.lower for word in claim.words[at + 1 : at + 3]]
    is_bound = len(after) > 1 and after[0] in ("more", "fewer", "less") and after[1] == "than"
    return is_bound or after[:1] in (["only"], ["just"], ["merely"])


def _scope(claim: Reading, at: int) -> list[int]:
    """The content words a negation concerns: the next few of its sentence."""
    _, end = claim.spans[claim.sentence_of[at]]
    return list(islice((near for near in range(at + 1, end) if claim.weights[near]), SCOPE))


def _added(claim: Reading, document: Reading, at: int, denying: Sequence[int]) -> Iterator[Finding]:
    """A denial of the claim: the document has to deny the same, or say the contrary of what is denied."""
    scope = _scope(claim, at)
    around = [(claim.roots[near], claim.weights[near] / (1 + 0.3 * n), 1) for n, near in enumerate(scope)] + [
        (each, weight * 0.3, side) for each, weight, side in neighbours(claim, at) if side < 0
    ]
    denied, _ = fit(around, document, denying)
    for near in scope[:3]:
        contrary = [
            place for other in antonyms(claim.roots[near]) for place in document.positions.get(other, ())
        ]
        denied = max(denied, fit(around, document, contrary)[0])
        for place in islice(document.places(claim.roots[near]), MAX_PLACES):
            if negation_before(document, place) is not None:
                is_same = document.roots[place] == claim.roots[near]
                share, _ = fit(around, document, [place])
                denied = max(denied, (SAME_DENIED if is_same else LIKE_DENIED) + 0.5 * share)
    if denied >= EXPLAINED:
        return
    anchors = next(filter(None, (document.places(claim.roots[near]) for near in scope)), [])
    _, place = fit(around, document, anchors)
    where = (place, place) if place >= 0 else None
    last = scope[0] if scope else at
    strength = (1.0 - denied) * (UNSAID + (1 - UNSAID) * _affirmed(claim, document, scope))
    if _is_supposed(claim, at):
        strength *= SUPPOSED
    yield finding("negation", "negation", claim.quote(at, last)[0], document, where, strength)


def _affirmed(claim: Reading, document: Reading, scope: list[int]) -> float:
    """The share of the first words denied that the document has somewhere undenied.

    What a false denial denies is in the document; a true one may be the claim's own way of saying it.
    """
    said = [
        any(
            negation_before(document, place) is None
            for place in islice(document.places(claim.roots[near]), MAX_PLACES)
        )
        for near in scope[:AFFIRMED_OF]
    ]
    return sum(said) / AFFIRMED_OF


def _is_supposed(claim: Reading, at: int) -> bool:
    """Whether the claim only supposes what it denies: "if the site does not work"."""
    start, _ = claim.spans[claim.sentence_of[at]]
    return any(word.lower in SUPPOSING for word in claim.words[max(start, at - 8) : at])


def _denies(document: Reading, place: int) -> bool:
    word = document.words[place]
    return is_negation(word.lower) or document.roots[place] in _STRONG_NEGATIVES


_STRONG_NEGATIVES = frozenset(root(word) for word in (*DENYING, "unclear", "unknown", "unaware"))


def _removed(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Words the claim affirms although every place that fits in the document denies them."""
    for start, end in claim.spans:
        for at in range(start, end):
            if _is_denied_or_limited(claim, max(start, at - 6), min(end, at + 4)):
                continue
            places = document.positions.get(claim.roots[at], []) if claim.weights[at] else []
            if not places or claim.words[at].text[0].isupper():
                continue
            around = neighbours(claim, at)
            looked_at = islice(places, MAX_PLACES)
            negated = {place for place in looked_at if negation_before(document, place) is not None}
            if not negated:
                continue
            denied, place = fit(around, document, sorted(negated))
            others = (place for place in document.places(claim.roots[at]) if place not in negated)
            affirmed, _ = fit(around, document, others)
            if denied >= 0.35 and denied > affirmed:
                before = negation_before(document, place)
                where = (place if before is None else before, place)
                yield finding(
                    "negation_lost", "negation", claim.words[at].text, document, where, denied - affirmed
                )


def _is_denied_or_limited(claim: Reading, start: int, end: int) -> bool:
    return any(
        is_negation(claim.words[at].lower) or claim.roots[at] in NEGATIVE_ROOTS for at in range(start, end)
    )


def negation_before(document: Reading, place: int) -> int | None:
    """Where the negation stands that a word of the document falls under; None if it falls under none."""
    start, _ = document.spans[document.sentence_of[place]]
    for near in range(place - 1, max(start, place - NEGATION_BEFORE) - 1, -1):
        if is_negation(document.words[near].lower) and not _is_not_only(document, near):
            return near
        if document.words[near].text in ",;:":
            return None
    return None


def find_opposites(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Give the words of the claim whose contrary stands in the document among the same words."""
    for at, word in enumerate(claim.words):
        each = claim.roots[at]
        if not each or not word.text[0].isalpha():
            continue
        opposite = _opposite_places(claim, document, at)
        if not opposite:
            continue
        around = neighbours(claim, at)
        if not around:
            continue
        own, _ = fit(around, document, document.places(each))
        best, place = fit(around, document, opposite)
        if best >= MIN_RIVAL_FIT and best > own:
            feature = "opposite" if not document.has(each) else "opposite_elsewhere"
            yield finding(feature, "opposite", word.text, document, (place, place), min(best - own, 1.0))


def _opposite_places(claim: Reading, document: Reading, at: int) -> list[int]:
    """Where the contrary of a word stands, not itself denied; contraries the claim also uses do not count."""
    word, each = claim.words[at], claim.roots[at]
    start, end = claim.spans[claim.sentence_of[at]]
    same = synonyms(each)
    contrary = [other for other in antonyms(each) if other not in same]
    if contrary:
        said = set(claim.roots[start:end])
        contrary = [other for other in contrary if other not in said]
    if word.lower not in STOP_WORDS and not document.has(each):
        contrary += [root(bare) for bare in bare_forms(word.lower) if len(bare) > 3]
    places = (place for other in contrary for place in document.positions.get(other, ()))
    return sorted(
        place for place in set(islice(places, MAX_PLACES)) if negation_before(document, place) is None
    )
