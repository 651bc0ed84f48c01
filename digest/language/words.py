"""Words of a text with their offsets, closed word classes, and a light stem.

Splitting keeps what belongs together: U.S., threat-informed, city's, €2,300, 4.5%.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.language.wordlists import word_list

TOKEN = re.compile(
    r"""(?P<number>[€$£¥]?\d+(?:[.,:]\d+)*(?:%|°[CF]?|(?:st|nd|rd|th|bn|tn|[mkxbs])\b)?)
      | (?P<dotted>(?:[^\W\d_]\.){2,})
      | (?P<word>[^\W_](?:[\w]|[’'](?=\w)|[-‑&/+.](?=[^\W_]))*)
      | (?P<mark>\.{3}|[^\w\s])""",
    re.VERBOSE,
)

MARKED_NAME = re.compile(r"[ODL]['’](?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark of a text."""

    text: str
    start: int
    """Offset in the article's text."""
    end: int
    lower: str
    tag: str = ""
    """Word class; see tags.py."""


FINITE = ("V", "X", "M")
"""Word classes of which a clause has one: finite verbs, auxiliaries, modals."""


def plain(word: Word) -> str:
    """Give a word without its possessive; the mark of "O'Brien" is part of a name."""
    name = MARKED_NAME.match(word.text)
    start = name.end() if name else 0
    return word.text[:start] + re.split("['’]", word.text[start:])[0]


def has_verb(words: Sequence[Word]) -> bool:
    """Tell whether tagged words have a finite verb."""
    return any(word.tag in FINITE for word in words)


def split_words(text: str, *, offset: int = 0) -> list[Word]:
    """Split into words and marks, without tags; `offset` is added to every position."""
    return [
        Word(m.group(), m.start() + offset, m.end() + offset, m.group().lower().replace("’", "'"))
        for m in TOKEN.finditer(text)
    ]


def count_words(text: str) -> int:
    """Count words as a person would: what stands between spaces and holds a letter or digit."""
    return sum(any(c.isalnum() for c in part) for part in text.split())


DETERMINERS = word_list("determiners")
QUANTIFIERS = word_list("quantifiers")
PRONOUNS = word_list("pronouns")
FIRST_PERSON = word_list("first_person")
WE = word_list("we")
SECOND_PERSON = word_list("second_person")
PREPOSITIONS = word_list("prepositions")
SUBORDINATORS = word_list("subordinators")
CONJUNCTIONS = word_list("conjunctions")
WH_WORDS = word_list("wh_words")
BE = word_list("be")
HAVE = word_list("have")
DO = word_list("do")
MODALS = word_list("modals")
NEGATIONS = word_list("negations")
ADVERBS = word_list("adverbs")
NUMBER_WORDS = word_list("number_words")
TIME_WORDS = word_list("time_words")
HOLIDAYS = word_list("holidays")
ADJECTIVES = word_list("adjectives")

ABSTRACT_NOUNS = word_list("abstract_nouns")
OPENERS_THAT_LEAN = word_list("openers_that_lean")
"""Words that, first in a sentence, point at the one before."""

WORD = r"[^\W_][\w’'-]*"
"""A word where only its letters count: split_words also knows marks, numbers and contractions."""

STOP_WORDS = frozenset(
    DETERMINERS
    | QUANTIFIERS
    | PRONOUNS
    | PREPOSITIONS
    | SUBORDINATORS
    | CONJUNCTIONS
    | WH_WORDS
    | BE
    | HAVE
    | DO
    | MODALS
    | NEGATIONS
    | ADVERBS
)


@lru_cache(maxsize=16384)
def stems(text: str) -> tuple[str, ...]:
    """Give the stems of a sentence's or phrase's words, in order; kept, so not meant for whole articles."""
    return tuple(stem(word) for word in re.findall(WORD, text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Strip plural and common endings, so that "regulators", "regulator" and "regulation" come near each
    other.

    A few rules in the manner of Porter's first steps; not his algorithm, which a display needs no
    exactness of.
    """
    word = word.lower().replace("’", "'")
    word = re.sub(r"('s|')$", "", word)
    if len(word) <= 3 or not word.isascii():
        return word
    for ending, put in (
        ("sses", "ss"),
        ("ies", "y"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("ss", "ss"),
    ):
        if word.endswith(ending):
            word = word[: -len(ending)] + put
            break
    else:
        if word.endswith("s") and not word.endswith(("us", "is")):
            word = word[:-1]
    for ending in ("ization", "isation", "ational", "ation", "ing", "ed", "ment", "ly", "ion"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("y"):
        word = word[:-1] + "i"
    return word
