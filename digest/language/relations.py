"""Words that say the same and words that contradict each other, from data/synonyms.txt and data/antonyms.txt.

Both lists are written by hand and hold base forms; every question here is asked of roots, so that any
inflection counts. They are short beside a thesaurus, and their absence of a word says nothing.
"""

from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files

from digest.language.verbs import gerund, regular_past, third_person
from digest.language.wordlists import entries
from digest.language.words import stem

_LEMMAS = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "wives": "wife",
    "lives": "life",
    "found": "find",
    "left": "leave",
    "felt": "feel",
    "saw": "see",
    "media": "media",
}


@cache
def _bases() -> dict[str, str]:
    """Map verb forms to their base: bought and buying to buy. Bases themselves stay."""
    bases: dict[str, str] = {}
    for triple in entries("irregular_verbs"):
        base, past, participle = triple.split("/")
        for form in (past, participle, third_person(base), gerund(base)):
            bases.setdefault(form, base)
    for base in entries("regular_verbs"):
        for form in (regular_past(base), third_person(base), gerund(base)):
            bases.setdefault(form, base)
    own = {triple.split("/")[0] for triple in entries("irregular_verbs")} | set(entries("regular_verbs"))
    return {form: base for form, base in bases.items() if form not in own} | _LEMMAS


def base_of(form: str) -> str:
    """Give the base of a verb form, in small letters; any other word as it is."""
    return _bases().get(form.lower(), form.lower())


@lru_cache(maxsize=65536)
def root(word: str) -> str:
    """Reduce a word to what its inflections share: "buys" and "bought" give one root, "supplied" and
    "supply" too."""
    lower = word.lower().replace("’", "'")
    if lower.endswith("'s"):
        lower = lower[:-2]
    base = _bases().get(lower, lower)
    if base.endswith("ied") and len(base) > 4:
        base = base[:-3] + "y"
    return stem(base)


@cache
def _synonyms() -> dict[str, frozenset[str]]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for line in _lines("synonyms.txt"):
        members = {root(word) for word in line.split()}
        for member in members:
            groups[member] |= members
    return {member: frozenset(others) for member, others in groups.items()}


@cache
def _antonyms() -> dict[str, frozenset[str]]:
    opposites: defaultdict[str, set[str]] = defaultdict(set)
    for line in _lines("antonyms.txt"):
        left, _, right = line.partition("/")
        sides = [{root(word) for word in side.split()} for side in (left, right)]
        for side, other in (sides, sides[::-1]):
            for member in side:
                opposites[member] |= other
    return {member: frozenset(others - {member}) for member, others in opposites.items()}


def _lines(name: str) -> list[str]:
    text = files("digest.language").joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and line[0] not in "#["]


def synonyms(of: str) -> frozenset[str]:
    """Give the roots that may say the same as a root; itself included."""
    return _synonyms().get(of, frozenset()) | {of}


def antonyms(of: str) -> frozenset[str]:
    """Give the roots that contradict a root."""
    return _antonyms().get(of, frozenset())


NEGATIVE_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non-", "non", "sub", "de", "mis", "anti-")


def bare_forms(word: str) -> list[str]:
    """Give what is left of a word without a prefix that turns it round: "unstable" gives "stable".

    Only guesses: whether the rest is a word, and the one meant, is for the caller to see in a text.
    """
    lower = word.lower()
    return [
        lower[len(prefix) :]
        for prefix in NEGATIVE_PREFIXES
        if lower.startswith(prefix) and len(lower) - len(prefix) >= 4
    ]
