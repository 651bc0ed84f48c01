"""What a text field may hold, and how to make any text fit."""

import re
import unicodedata
from urllib.parse import quote

BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They can make a line read as something it does not say. The plain marks (LRM, RLM, ALM) stay."""

NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates, which no file in UTF-8 can hold."""

UNSEEN = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028\u2029\ufeff{BIDI_CONTROLS}]")

RUN_OF_SPACE = re.compile(r"\s{2,}")


def admit(text: str) -> str:
    """Make any text fit for a field: what a reader sees of it, on one line.

    White space of every kind (line ends, tabs, no-break and typographic spaces, U+2028) becomes one
    space; control characters, lone surrogates and bidirectional embeddings and overrides go.

    Returns:
        The text; empty where nothing is left, which most fields do not take.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    spaced = " ".join(text.split())
    kept = "".join(
        character
        for character in spaced
        if character not in BIDI_CONTROLS and unicodedata.category(character) not in ("Cc", "Cs")
    )
    # What was removed may have stood between two spaces.
    return " ".join(kept.split())


def admit_address(url: str) -> str:
    """Make an address fit for a page: what nobody sees in it is written as browsers send it (`%E2%80%AE`)."""
    return UNSEEN.sub(lambda match: quote(match[0].encode("utf-8", "replace")), url)


def is_admissible(text: str) -> bool:
    """Tell whether a text is not empty, trimmed, with white space collapsed and no control characters.

    Wider than what `admit` returns: single exotic spaces and bidirectional controls harm no page, and
    pages that hold them can be read and written.
    """
    return bool(text) and text == text.strip() and not NOT_TEXT.search(text) and not RUN_OF_SPACE.search(text)


def is_address(url: str) -> bool:
    """Tell whether an address can stand in a page: not empty, no control characters."""
    return bool(url) and not NOT_TEXT.search(url)
