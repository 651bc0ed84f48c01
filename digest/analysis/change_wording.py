"""What a sentence's wording tells of whether it reports a change: columns for what is learned from them.

A sentence reports a change where a reader learns from it that something is, was or is about to be different
from before.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from digest.analysis.cues import change_score, cue_weight, reports_change
from digest.language.verbs import verb_forms
from digest.language.words import BE, NEGATIONS, SECOND_PERSON, WE, Word

SPEAKER = frozenset({"i", "my", "me", "i've", "i'm", "i'd", "i'll"})
STUDY = frozenset({"study", "studies", "research", "researchers", "scientists"})
# Wording that says or denies a change where no single verb does; whole words.
WORDING: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "becomes": r"\b(?:become|became|becomes|becoming)\b",
        "expected": r"\b(?:expected|projected|predicted|set|likely|anticipated|slated|poised|forecast) to\b"
        r"|\bprojects? (?:that|global)\b|will likely",
        "launches": r"\b(?:launch\w*|releas\w+|introduc\w+|unveil\w*|announc\w*|debut\w*|open(?:ed|s|ing))\b",
        "more": r"\bmore (?:people|businesses|companies|homeowners|and more)\b|\bthan ever\b",
        "trend": r"\btrend\w*\b|\bshift\w*|\bevol\w+|\bemerg\w+",
        "continues": r"\bcontinu\w+ to\b",
        "period": r"\b(?:in|over|since|during) (?:the )?(?:past|last|recent|\d{4})",
        "now": r"\bnow\b",
        "year": r"\b(?:19|20)\d\d\b",
        "begins": r"\b(?:began|begun|started|starting|stopped|switched)\b",
        "by_year": r"\bby 20\d\d",
        "as": r"\bas (?:more|the|technology|a result)\b",
        "rises": r"\b(?:rise|growth|growing|increase[sd]?|rising|declined?|drop(?:ped)?"
        r"|fell|rose|grew|grown)\b",
        "no_longer": r"\banymore\b|\bno longer\b|\bnot just\b|\binstead of\b",
        "transforms": r"\b(?:transform\w*|revolution\w*|reshap\w*|redefin\w*|disrupt\w*|chang(?:ed|ing))\b",
        "ranks": r"\b(?:rank\w*|awarded|won|score\w*)\b",
        "found": r"\b(?:stud(?:y|ies)|research\w*|found)\b",
        "offers": r"\b(?:helps?|allows?|makes?|offers?|provides?|features?|enables?|includes?|ensures?"
        r"|supports?)\b",
        "defines": r"\b(?:is|are) (?:a|an|the|one)\b",
        "recent": r"\b(?:today|recently|currently|nowadays|recent|lately|now)\b",
        "new": r"\b(?:new|newest|first|latest)\b",
        "rapidly": r"\b(?:increasingly|growing|rapidly|rising|faster)\b|\bmore and more\b",
    }.items()
}


def main_verb(words: Sequence[Word]) -> int | None:
    """Where the first finite verb group's last verb stands: "grown" in "has also grown"; None without one."""
    at = next((at for at, word in enumerate(words) if word.tag in ("V", "X", "M")), None)
    if at is None:
        return None
    while (
        at + 1 < len(words)
        and words[at].tag in ("X", "M", "A", "T")
        and words[at + 1].tag in ("X", "A", "VN", "VG", "VB", "T")
    ):
        at += 1
    return at


def change_features(words: Sequence[Word]) -> list[float]:
    """Describe a clause's wording; every column about 0 to 1."""
    lowers = {word.lower for word in words}
    text = " ".join(word.lower for word in words)
    finite = next((word for word in words if word.tag in ("V", "X", "M")), None)
    forms = verb_forms().get(finite.lower, "") if finite else ""
    told = _verb_groups(words)
    plain = finite is not None and finite.tag == "V"
    past = plain and finite is not None and ("d" in forms or finite.lower.endswith("ed"))
    third = plain and "s" in forms
    names = sum(word.tag == "NP" for word in words)
    columns = [
        change_score(words) / 2,
        max((cue_weight(word) for word in words), default=0.0),
        reports_change(words),
        bool(lowers & {"will", "won't"}),
        bool(lowers & {"can", "could", "may", "might", "can't", "cannot"}),
        bool(lowers & {"should", "must", "need", "needs", "shouldn't"}),
        "would" in lowers,
        bool(lowers & SECOND_PERSON),
        bool(lowers & SPEAKER),
        bool(lowers & WE),
        "perfect" in told,
        "progressive" in told,
        "passive" in told,
        finite is not None and finite.lower in BE and not told & {"progressive", "passive"},
        past,
        third,
        plain and not past and not third,
        any(
            "%" in word.text or word.lower in ("percent", "million", "billion", "trillion") for word in words
        ),
        any(word.tag == "#" for word in words),
        "than" in lowers,
        "since" in lowers,
        min(2, names) / 2,
        bool(words) and words[0].tag == "NP",
        bool(words) and words[0].lower == "there",
        min(len(words), 30) / 30,
        bool(lowers & STUDY),
        bool(lowers & {"if", "when"}),
        bool(lowers & NEGATIONS),
        *(bool(pattern.search(text)) for pattern in WORDING.values()),
    ]
    return [float(value) for value in columns]


def _verb_groups(words: Sequence[Word]) -> frozenset[str]:
    """Which groups stand there: perfect (has grown), progressive (is growing), passive (was closed)."""
    found = set()
    for word, after in pairwise(words):
        if word.lower in ("has", "have", "'ve", "had") and after.tag in ("VN", "A"):
            found.add("perfect")
        elif word.lower in BE and after.tag == "VG":
            found.add("progressive")
        elif word.lower in ("was", "were") and after.tag == "VN":
            found.add("passive")
    return frozenset(found)
