"""A text as counted words, word pairs and names: small enough to be kept with every article.

A term is one uint32: a hash of its stem, its kind and how often the text has it. So an article of 600 words
takes about 2 kB, and counting terms over an archive needs no vocabulary. Of 100,000 different terms about
one in ten shares its hash with another of its kind, and looks a little more frequent than it is.
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from digest.language.wordlists import entries
from digest.language.words import STOP_WORDS, split_words, stem

Terms = NDArray[np.uint32]
"""Shape (t,), ascending; bits 0 to 7: count (255 and more are one), from bit 8: hash, then kind."""

TERMS_VERSION = "terms-2"
"""Part of what terms are kept under; anything here that gives another value for a text needs a new one."""

# A million places: a word shares its own with another one seldom; two tables take 8 MB; judgement.
HASH_BITS = 20
BUCKETS = 1 << HASH_BITS
WORD, NAME = 0, 1  # which half of the table a term is in
KINDS = 2  # words, names
MAX_COUNT = 255  # what the low byte of a packed term holds


def terms_of(text: str) -> Terms:
    """Count the words and names of a text.

    A name is what begins with a capital or a digit and is no stop word: the first word of a sentence too,
    because a name stands there as often as not, and whatever is none is common and weighs little.
    """
    counts: Counter[int] = Counter()
    # No word spans a space, and most of what stands between spaces has been seen before.
    for piece, count in Counter(text.split()).items():
        for key in _keys_of_piece(piece):
            counts[key] += count
    rows = [key << 8 | min(count, MAX_COUNT) for key, count in counts.items()]
    return np.sort(np.array(rows, dtype=np.uint32))


def keys_of(terms: Terms) -> NDArray[np.int64]:
    """Give each term's place in a table of all terms, in [0, KINDS * BUCKETS); words come before names."""
    keys: NDArray[np.int64] = (terms >> np.uint32(8)).astype(np.int64)
    return keys


def counts_of(terms: Terms) -> NDArray[np.float32]:
    """Give how often the text has each term."""
    counts: NDArray[np.float32] = (terms & np.uint32(MAX_COUNT)).astype(np.float32)
    return counts


def word_key(stemmed: str, *, kind: int = WORD) -> int:
    """Give the place of a stem in a table of all terms."""
    return kind << HASH_BITS | (zlib.crc32(stemmed.encode()) & (BUCKETS - 1))


def _written_alike(word: str, *, is_name: bool) -> str:
    """Give what other reports of the same write for a word: 11 for eleven, Norway for Norwegians; or nothing.

    In lower case "polish" is no people.
    """
    found = _table().get(word) or (_table().get(word.removesuffix("s"), "") if is_name else "")
    return found if is_name or found.isdigit() else ""


@cache
def _table() -> dict[str, str]:
    return dict(each.split("/") for each in entries("written_alike"))


@lru_cache(maxsize=65_536)
def _keys_of_piece(piece: str) -> tuple[int, ...]:
    """Give the keys that the words of a piece of text without spaces count under."""
    return tuple(_hashed(piece))


def _hashed(text: str) -> Iterator[int]:
    for word in split_words(text):
        lower = word.lower
        if alike := _written_alike(lower.removesuffix("'s"), is_name=word.text[0].isupper()):
            yield from (word_key(stem(alike)), word_key(stem(alike), kind=NAME))
            continue
        if len(lower) < 2 or lower in STOP_WORDS or not any(map(str.isalnum, lower)):
            continue
        stemmed = stem(lower)
        yield word_key(stemmed)
        first = word.text.lstrip("€$£¥")[:1]
        if first.isupper() or first.isdigit():
            yield word_key(stemmed, kind=NAME)
