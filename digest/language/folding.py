"""Letters without their marks, for finding words and putting names in order whatever the language."""

import unicodedata

LETTERS = {
    **{"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n"},
    **{"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"},
}
"""Small letters that Unicode does not take apart (NFKD), and what one without them types instead."""

_TABLE = str.maketrans(LETTERS)


def unmarked(text: str) -> str:
    """Give a text in lower case, its letters without marks: `Łódź` is `lodz`, `Größe` is `grosse`."""
    apart = unicodedata.normalize("NFKD", text)
    # Taken apart first: ǿ is ø with an accent. Lower case, for `casefold` leaves İ with a mark.
    bare = "".join(each for each in apart if not unicodedata.category(each).startswith("M"))
    return bare.lower().translate(_TABLE)
