"""Words that report a change, with how strongly they do; and what a row's verbs say of its kind and strength.

The weights are judgement, read against the rows they gave on development pages (November 2026): 1 says that
something is different from before, .5 that it may be, .3 helps another word.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from digest.language.verbs import gerund, regular_past, third_person
from digest.language.wordlists import entries, word_list
from digest.language.words import Word

VERB_WEIGHTS = {base: weight for weight in (0.5, 0.8, 1.0) for base in entries(f"change_verbs_{weight}")}
OTHER_WEIGHTS = {word: weight for weight in (0.3, 0.5, 0.8) for word in entries(f"change_words_{weight}")}
STRONG = 0.8
"""From this weight on a cue alone reports a change."""
PHRASES = {
    "no longer": 1.0,
    "for the first time": 0.9,
    "first time": 0.6,
    "compared with": 0.4,
    "more than": 0.2,
    "per cent": 0.2,
    "as many": 0.3,
    "phased out": 0.9,
    "shut down": 0.8,
    "gave way": 0.9,
    "in recent years": 0.5,
}
NUMBERS = re.compile(r"\d")
REPORTING = word_list("reporting")
ATTRIBUTIVE = word_list("attributive")
"""Reporting verbs whose clause may stand without them; "warned", "claimed", "expects" may not be left out."""


@cache
def lemmas() -> dict[str, str]:
    """Map each form of a cue or reporting verb to its base."""
    bases = set(VERB_WEIGHTS) | REPORTING
    forms: dict[str, str] = {}
    irregular = {}
    for triple in entries("irregular_verbs"):
        base, past, participle = triple.split("/")
        irregular[base] = (past, participle)
    for base in sorted(bases):
        past, participle = irregular.get(base, (regular_past(base), regular_past(base)))
        for form in (base, third_person(base), gerund(base), past, participle):
            forms.setdefault(form, base)
    return forms


def cue_weight(word: Word) -> float:
    """How strongly one word reports a change, 0 to 1."""
    if word.tag in ("V", "VN", "VB", "VG"):
        # A bare -ing or participle is a weaker report than a finite verb.
        share = 1.0 if word.tag in ("V", "VB") else 0.8 if word.tag == "VN" else 0.5
        weight = VERB_WEIGHTS.get(lemmas().get(word.lower, ""), 0.0) * share
        return max(weight, OTHER_WEIGHTS.get(word.lower, 0.0))
    if word.tag == "M" and word.lower in ("will", "won't"):
        return 0.5
    return OTHER_WEIGHTS.get(word.lower, 0.0)


def change_score(words: Sequence[Word]) -> float:
    """How strongly words report a change: about 0 for none, 1 for one clear verb, 3 at most.

    The strongest cue counts whole, the others less and less, so that a long sentence gains little by length.
    """
    weights = [
        # "is converting", "was closed": with its auxiliary it is a finite verb.
        cue_weight(
            replace(word, tag="V")
            if at and word.tag in ("VG", "VN") and words[at - 1].tag in ("X", "A")
            else word
        )
        for at, word in enumerate(words)
    ]
    text = " ".join(word.lower for word in words)
    weights += [weight for phrase, weight in PHRASES.items() if phrase in text]
    weights = sorted((weight for weight in weights if weight), reverse=True)
    score = sum(weight / (1 + at) for at, weight in enumerate(weights))
    if any(word.tag == "#" and NUMBERS.search(word.text) for word in words):
        score += 0.25
    return min(score, 3.0)


HEDGES = word_list("hedges")


# With "was" before: what somebody thought then.
EXPECTED = frozenset({"expected", "supposed", "meant", "intended", "due", "planned"})
LIVES = ("grew up", "was born", "were born", "was raised", "has lived", "has worked")


def is_background(words: Sequence[Word]) -> bool:
    """Say whether a clause tells what was before the news: "had modelled", "was expected to cut costs"."""
    for at, word in enumerate(words[:-1]):
        after = next((other for other in words[at + 1 :] if other.tag != "A"), None)
        if after is None or word.tag not in ("V", "X"):
            continue
        if word.lower == "had" and after.tag == "VN":
            return True
        if word.lower in ("was", "were") and after.lower in EXPECTED:
            return True
    return False


def tells_of_a_life(words: Sequence[Word]) -> bool:
    """Say whether a clause tells what somebody's life was: that is about the person, not about a change."""
    text = " ".join(word.lower for word in words)
    return any(phrase in text for phrase in LIVES)


def reports_change(words: Sequence[Word]) -> bool:
    """Say whether a clause states that something changed or will, in its verbs or in a plain word for it.

    Stricter than a high change_score: what can, may or should be is no report, nor is what a verb after "to"
    or a lone participle names. Still too kind: of 24 rows it passed in a sample from the development pages
    (mostly guides and reviews), about 8 told of a change as a reader judges it (November 2026).
    """
    if any(word.lower in HEDGES for word in words):
        return False
    text = " ".join(word.lower for word in words)
    if any(phrase in text for phrase, weight in PHRASES.items() if weight >= STRONG):
        return True
    for at, word in enumerate(words):
        before = words[at - 1] if at else word
        is_told = word.tag == "V" or (
            word.tag in ("VN", "VG", "VB")
            and (
                before.tag in ("X", "M") or (before.tag == "A" and at > 1 and words[at - 2].tag in ("X", "M"))
            )
        )
        is_told = is_told or (
            word.tag == "VB" and before.tag == "T" and at > 1 and words[at - 2].tag in ("X", "V")
        )
        if is_told and VERB_WEIGHTS.get(lemmas().get(word.lower, ""), 0.0) >= STRONG:
            return True
        if OTHER_WEIGHTS.get(word.lower, 0.0) >= STRONG:
            return True
    return False
