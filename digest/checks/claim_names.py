"""Names: is each name of the claim in the document, in full, short, as initials or as an adjective?"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.checks.claim_dates import MONTHS, WEEKDAYS
from digest.checks.claim_reading import Reading
from digest.checks.finding import Finding, finding
from digest.checks.fit import fit, neighbours
from digest.language.background import rarity
from digest.language.wordlists import word_list
from digest.language.words import STOP_WORDS

TITLES = word_list("titles") | {
    "ceo",
    "cfo",
    "coo",
    "cto",
    "chairman",
    "chairwoman",
    "chief",
    "dr",
    "sen",
    "gov",
}
MIN_RIVAL_FIT = 0.25
RARE_OPENER = 0.8
"""Rarity from which a capital at a sentence's start is taken for a name's."""

COMMON_OPENER = 0.2
"""Rarity up to which such a capital is the sentence's."""

SAME_START = 5
"""Letters two forms of a name share at least: Germany and German, Iran and Iranian."""

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


def names_of(reading: Reading) -> list[Name]:
    """Find the names of a text, in order; dates, titles and shouting left out."""
    cached: list[Name] | None = reading.__dict__.get("_names")
    if cached is None:
        cached = []
        for start, end in reading.spans:
            if not _is_title_case(reading, start, end):
                cached += _names_in(reading, start, end)
        reading.__dict__["_names"] = cached
    return cached


def _names_in(reading: Reading, start: int, end: int) -> Iterator[Name]:
    first = -1
    for at in range(start, end + 1):
        is_name = at < end and _is_name_word(reading, at)
        if is_name and first < 0:
            first = at
        if not is_name and first >= 0:
            yield Name(first, at - 1)
            first = -1


def _is_name_word(reading: Reading, at: int) -> bool:
    word = reading.tagged[at]
    return (
        _is_called(reading, at)
        and word.text[0].isalpha()
        and any(c.isupper() for c in word.text)
        and not (len(word.text) == 2 and word.text[1].isdigit())
        and word.lower not in MONTHS
        and word.lower not in WEEKDAYS
        and word.lower not in STOP_WORDS
        and word.lower.rstrip(".") not in TITLES
    )


def _is_called(reading: Reading, at: int) -> bool:
    """Whether tag, capital and place make a word a name's."""
    if reading.tagged[at].tag == "NP":
        return not _opens_as_word(reading, at)
    return _opens_as_name(reading, at) or _is_capital_inside(reading, at)


def _opens_as_name(reading: Reading, at: int) -> bool:
    """Whether a sentence's first word, of no common kind and before a verb, is a name: "Boeing is"."""
    start, end = reading.spans[reading.sentence_of[at]]
    if at != start or at + 1 >= end or rarity(reading.words[at].lower) < RARE_OPENER:
        return False
    return reading.tagged[at].tag == "N" and reading.tagged[at + 1].tag in ("V", "X", "M", "VN")


def _opens_as_word(reading: Reading, at: int) -> bool:
    """Whether a sentence's first word is a common one before a word that is no name: "Company's revenue"."""
    start, end = reading.spans[reading.sentence_of[at]]
    bare = reading.words[at].lower.removesuffix("'s")
    follows = reading.tagged[at + 1].tag if at + 1 < end else ""
    return at == start and follows != "NP" and rarity(bare) < COMMON_OPENER and bare not in DEMONYMS


def _is_capital_inside(reading: Reading, at: int) -> bool:
    """Whether a rare word has a capital that no beginning explains, whatever its tag: "Mr. Quillfeather"."""
    start, _ = reading.spans[reading.sentence_of[at]]
    word = reading.words[at]
    if at == start or not word.text[0].isupper() or rarity(word.lower) < RARE_OPENER:
        return False
    before = reading.words[at - 1]
    is_titled = before.text == "." and at - 2 >= start and reading.words[at - 2].lower in TITLES
    return is_titled or before.text[0].isalnum() or before.text == ","


def _is_title_case(reading: Reading, start: int, end: int) -> bool:
    """Whether a sentence is a headline in capitals, where a capital says nothing."""
    letters = [
        word for word in reading.words[start:end] if word.text[0].isalpha() and word.lower not in STOP_WORDS
    ]
    return len(letters) >= 5 and sum(word.text[0].isupper() for word in letters) > 0.75 * len(letters)


def find_names(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Give the names of the claim that the document does not have."""
    seen: set[str] = set()
    for name in names_of(claim):
        missing = [at for at in range(name.first, name.last + 1) if not knows_name(document, claim, at)]
        if not missing or _is_acronym_of(claim, name, document):
            continue
        said = claim.quote(name.first, name.last)[0]
        if said in seen:
            continue
        seen.add(said)
        share = len(missing) / (name.last - name.first + 1)
        yield finding("name", "name", said, document, _counterpart(claim, document, name), 0.5 + 0.5 * share)


def knows_name(document: Reading, claim: Reading, at: int) -> bool:
    """Whether the document has a word of a name, in any of its forms."""
    word, root = claim.words[at], claim.roots[at]
    if document.has(root):
        return True
    lower = word.lower.removesuffix("'s").rstrip(".")
    letters = re.sub(r"[^a-z0-9]", "", lower)
    if any(document.has(each) or each in document.positions for each in DEMONYMS.get(lower, "").split()):
        return True
    if len(letters) == 1:
        # An initial: J. for a name that begins with it.
        return any(each.text[0] == word.text[0] for each in document.words)
    if len(lower) >= 4 and lower in document.lower_text:
        return True
    letters_there = document_letters(document)
    if letters in letters_there:
        return True
    capitals = [part for part in re.split(r"[-/]", word.text) if part[:1].isupper()]
    if "-" in word.text and word.text.split("-")[-1].islower() and capitals:
        # "Sims-focused" names nobody but the Sims.
        return all(part.lower() in _lowers(document) or part.lower() in letters_there for part in capitals)
    parts = [part for part in re.split(r"[-/&]", lower) if len(part) > 3]
    if len(parts) > 1 and all(part in document.lower_text for part in parts):
        return True
    start = lower[: max(SAME_START, len(lower) - 3)]
    return len(lower) >= SAME_START and any(each.startswith(start) for each in _lowers(document))


def document_letters(document: Reading) -> set[str]:
    """Every word of the document, and every two neighbours, by their letters alone: for U.S., e-mail,
    BestInsurance."""
    cached: set[str] | None = document.__dict__.get("_letters")
    if cached is None:
        letters = [re.sub(r"[^a-z0-9]", "", word.lower) for word in document.words]
        cached = set(letters) | {a + b for a, b in itertools.pairwise(letters)}
        cached |= {a + b + c for a, b, c in zip(letters, letters[1:], letters[2:], strict=False)}
        document.__dict__["_letters"] = cached
    return cached


def _lowers(document: Reading) -> set[str]:
    cached: set[str] | None = document.__dict__.get("_lowers")
    if cached is None:
        cached = {word.lower for word in document.words}
        document.__dict__["_lowers"] = cached
    return cached


def _is_acronym_of(claim: Reading, name: Name, document: Reading) -> bool:
    """Whether one text has the letters of the other's words: EPA, Environmental Protection Agency."""
    words = [claim.words[at].text for at in range(name.first, name.last + 1)]
    initials = "".join(word[0] for word in words).lower()
    if len(words) > 1:
        return any(re.sub(r"[^A-Za-z]", "", word.text) == initials.upper() for word in document.words)
    letters = re.sub(r"[^A-Za-z]", "", words[0]).removesuffix("s")
    if not (2 <= len(letters) <= 6 and sum(c.isupper() for c in letters) >= 2):
        return False
    between = r"[\s-]+(?:(?:of|the|and|for|on|in)\s+)*"
    capitals = r"\b" + (r"[\w.]*" + between).join(letters.upper())
    small = r"\b" + (r"[a-z]{2,}" + between).join(letters.lower()) + r"[a-z]{2}"
    is_there = re.search(capitals, document.text) is not None
    return is_there or (len(letters) > 2 and re.search(small, document.lower_text) is not None)


def _counterpart(claim: Reading, document: Reading, name: Name) -> tuple[int, int] | None:
    """The document's name that stands where the claim's stands."""
    rivals = names_of(document)
    best, place = fit(neighbours(claim, name.first), document, [each.first for each in rivals])
    if best < 0.1:
        return None
    return next(((each.first, each.last) for each in rivals if each.first == place), None)
