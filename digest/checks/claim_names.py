"""The names of a text: neighbouring capitalised words, dates, titles and shouting left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from digest.checks.claim_dates import MONTHS, WEEKDAYS
from digest.checks.claim_wording import Wording
from digest.language.background import rarity
from digest.language.wordlists import word_list
from digest.language.words import STOP_WORDS

TITLES = word_list("titles") | {
    "ceo", "cfo", "coo", "cto", "chairman", "chairwoman", "chief", "dr", "sen", "gov",
}  # fmt: skip
RARE_OPENER = 0.8
"""Rarity from which a capital at a sentence's start is taken for a name's."""

COMMON_OPENER = 0.2
"""Rarity up to which such a capital is the sentence's."""

MAX_FULL_NAMES = 8
"""Content words of a sentence that may be made mostly of full names and be no headline."""

DEMONYMS = {
    "us": "america american states u.s u.s. usa",
    "american": "us u.s u.s. usa america states",
    "uk": "britain british kingdom u.k u.k. england",
    "british": "uk u.k u.k. britain kingdom england",
    "dutch": "netherlands holland",
    "french": "france",
    "france": "french",
    "swiss": "switzerland",
    "switzerland": "swiss",
    "spanish": "spain",
    "spain": "spanish",
    "greek": "greece",
    "greece": "greek",
    "danish": "denmark",
    "denmark": "danish",
    "polish": "poland",
    "poland": "polish",
    "welsh": "wales",
    "turkish": "turkey",
    "turkey": "turkish",
    "irish": "ireland",
    "ireland": "irish",
    "chinese": "china beijing",
    "china": "chinese beijing",
    "european": "eu europe",
    "eu": "european europe union",
    "covid": "coronavirus covid-19 pandemic",
    "covid-19": "coronavirus covid pandemic",
}


@dataclass(frozen=True)
class Name:
    """Neighbouring capitalised words that name one thing."""

    first: int
    last: int
    text: str = ""
    """As the text has it."""


def names_of(wording: Wording) -> list[Name]:
    """Find the names of a text, in order."""
    return [
        name
        for start, end in wording.spans
        if not _is_title_case(wording, start, end)
        for name in _names_in(wording, start, end)
    ]


def _names_in(wording: Wording, start: int, end: int) -> Iterator[Name]:
    first = -1
    for at in range(start, end + 1):
        is_name = at < end and _is_name_word(wording, at)
        if is_name and first < 0:
            first = at
        if not is_name and first >= 0:
            yield Name(first, at - 1, wording.quote(first, at - 1)[0])
            first = -1


def _is_name_word(wording: Wording, at: int) -> bool:
    word = wording.tagged[at]
    return (
        _is_called(wording, at)
        and word.text[0].isalpha()
        and any(c.isupper() for c in word.text)
        and not (len(word.text) == 2 and word.text[1].isdigit())
        and word.lower not in MONTHS
        and word.lower not in WEEKDAYS
        and word.lower not in STOP_WORDS
        and word.lower.rstrip(".") not in TITLES
    )


def _is_called(wording: Wording, at: int) -> bool:
    """Whether tag, capital and place make a word a name's."""
    if wording.tagged[at].tag == "NP":
        return not _opens_as_word(wording, at)
    return _opens_as_name(wording, at) or _is_capital_inside(wording, at)


def _opens_as_name(wording: Wording, at: int) -> bool:
    """Whether a sentence's first word, of no common kind and before a verb, is a name: "Boeing is"."""
    start, end = wording.spans[wording.sentence_of[at]]
    if at != start or at + 1 >= end or rarity(wording.words[at].lower) < RARE_OPENER:
        return False
    return wording.tagged[at].tag == "N" and wording.tagged[at + 1].tag in ("V", "X", "M", "VN")


def _opens_as_word(wording: Wording, at: int) -> bool:
    """Whether a sentence's first word is a common one before a word that is no name: "Company's revenue"."""
    start, end = wording.spans[wording.sentence_of[at]]
    bare = wording.words[at].lower.removesuffix("'s")
    follows = wording.tagged[at + 1].tag if at + 1 < end else ""
    return at == start and follows != "NP" and rarity(bare) < COMMON_OPENER and bare not in DEMONYMS


def _is_capital_inside(wording: Wording, at: int) -> bool:
    """Whether a rare word has a capital that no beginning explains, whatever its tag: "Mr. Quillfeather"."""
    start, _ = wording.spans[wording.sentence_of[at]]
    word = wording.words[at]
    if at == start or not word.text[0].isupper() or rarity(word.lower) < RARE_OPENER:
        return False
    before = wording.words[at - 1]
    is_titled = before.text == "." and at - 2 >= start and wording.words[at - 2].lower in TITLES
    return is_titled or before.text[0].isalnum() or before.text == ","


def _is_title_case(wording: Wording, start: int, end: int) -> bool:
    """Whether a sentence is a headline in capitals, where a capital says nothing."""
    letters = [
        word for word in wording.words[start:end] if word.text[0].isalpha() and word.lower not in STOP_WORDS
    ]
    if len(letters) < 5 or sum(word.text[0].isupper() for word in letters) <= 0.75 * len(letters):
        return False
    # A headline's verb has a capital too: "Anna Berg bought Tomas Reuter" is a sentence of names.
    is_sentence = len(letters) <= MAX_FULL_NAMES and wording.words[end - 1].text == "."
    return not is_sentence or not any(
        word.text[0].islower() and word.tag in ("V", "VN", "VB") and word.lower not in STOP_WORDS
        for word in wording.tagged[start:end]
    )
