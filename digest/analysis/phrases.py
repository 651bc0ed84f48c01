"""Phrases of a sentence that can stand alone as a cell: noun phrases, clauses, and how they must read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.analysis.cues import lemmas
from digest.language.wordlists import word_list
from digest.language.words import TIME_WORDS, Word, count_words
from digest.records import Basis

MIN_WORDS, MAX_WORDS = 2, 15  # of a cell: what the generators of entry pages keep to
POINTERS = word_list("pointers")
PHRASE_TAGS = ("D", "Q", "#", "J", "N", "NP", "VN", "VG", "A")


@dataclass(frozen=True)
class Found:
    """A cell's words and where they stand."""

    text: str
    basis: Basis
    spans: tuple[tuple[int, int], ...]


def phrase_end(words: Sequence[Word], start: int, *, limit: int) -> int:
    """Exclusive end of the noun phrase that starts here, "of" phrases included."""
    at = start
    while at < len(words) and at - start < limit:
        word = words[at]
        if word.tag == "D" and at > start and word.lower not in ("a", "an"):
            # "to execution | this year", but "to €9 a day"
            break
        if (
            word.tag in PHRASE_TAGS
            or (word.lower in ("of", "per", "and", "%") and at > start)
            or word.text in ("-", "%", "/", "$", "€", "£", "’")
        ):
            at += 1
        else:
            break
    while at > start and words[at - 1].tag not in ("N", "NP", "#", "VG") and words[at - 1].text != "%":
        at -= 1
    cut_inside = at < len(words) and words[at].tag in PHRASE_TAGS and at - start >= limit
    return start if cut_inside else at


def is_phrase(words: Sequence[Word]) -> bool:
    """Whether words are a noun phrase: a noun or number, no verb, nothing that points elsewhere."""
    if not words or words[0].tag in ("P", "C", "X", "M", "W", "T", "A", "."):
        return False
    if any(word.lower in POINTERS for word in words) or any(
        word.tag in ("V", "X", "M", "T", "W") for word in words
    ):
        return False
    return any(word.tag in ("N", "NP", "#") for word in words)


def stands(words: Sequence[Word]) -> bool:
    """Whether words are a clause that can stand alone: a subject that names something, and a verb."""
    if (
        len(words) < 4
        or words[0].tag in ("C", "W", "S", "VN", "VG", "T", "V", "X", "M")
        or words[-1].tag in ("D", "P", "C", "W", "T")
    ):
        return False
    verb = next((i for i, word in enumerate(words) if word.tag in ("V", "X", "M")), None)
    if verb is None or verb == len(words) - 1 or lemmas().get(words[verb].lower) in ("say", "tell"):
        return False
    if any(word.lower in POINTERS for word in words):
        return False
    subject = words[:verb]
    if any(word.lower in POINTERS for word in subject) or any(word.tag in ("W", "S") for word in words):
        return False
    return any(word.tag in ("N", "NP") and word.lower not in TIME_WORDS for word in subject)


def make_found(text: str, basis: Basis, spans: Sequence[tuple[int, int]]) -> Found | None:
    """Make a cell of spans of the text; None where it would not read well."""
    body = " ".join(slice_of(text, *span) for span in spans)
    body = body[:1].upper() + body[1:]
    return Found(body, basis, tuple(spans)) if reads_well(body) else None


def reads_well(body: str) -> bool:
    """Whether a cell's words are whole and few enough."""
    return (
        MIN_WORDS <= count_words(body) <= MAX_WORDS
        and body.count("“") == body.count("”")
        and body.count("(") == body.count(")")
        and not re.search(r"[|<>{}•\"]|…|\.\.\.|[,;:]$", body)
        and body.isprintable()
        and any(c.isalpha() for c in body)
    )


def slice_of(text: str, start: int, end: int) -> str:
    """The words of a span, with white space collapsed."""
    return " ".join(text[start:end].split())
