"""Words as hashed features, and linear models over them: what tags.py is made of.

A word gives a few numbers (of itself, its ending, its shape, the kinds of verb form it may be); combinations
of those of a word and its neighbours are hashed into a table of weights, one row a bucket. All words of a
text are looked up at once. Feature hashing: Weinberger et al., 2009.
"""

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from digest.language.verbs import verb_forms

Codes = NDArray[np.uint64]
"""Shape (n,): one code a word."""

PAD = "\0"
"""Stands two times before and after each sentence."""

# Odd constants that spread codes over the buckets (Knuth, The Art of Computer Programming 6.4).
MIX = np.uint64(0x9E3779B97F4A7C15)
STEP = np.uint64(1099511628211)
HIGH_BITS = np.uint64(29)


@lru_cache(maxsize=50_000)
def word_codes(text: str) -> tuple[int, ...]:
    """Codes of one word: itself, endings of 4, 3 and 2 letters, beginning, shape, verb kinds."""
    lower = text.lower().replace("’", "'")
    shape = re.sub("[a-z]+", "a", re.sub("[A-Z]+", "A", re.sub(r"\d+", "0", text)))[:6]
    kinds = verb_forms().get(lower, "")
    parts = (lower, lower[-4:], lower[-3:], lower[-2:], lower[:2], shape, kinds)
    return tuple(zlib.crc32(f"{at}{part}".encode()) for at, part in enumerate(parts))


def padded_codes(sentences: Sequence[Sequence[str]]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Codes of all words, sentences kept apart by pads.

    Returns:
        Codes, shape (rows, 7), and the row of each word, shape (words,).
    """
    rows: list[tuple[int, ...]] = [word_codes(PAD)] * 2
    places: list[int] = []
    for words in sentences:
        places.extend(range(len(rows), len(rows) + len(words)))
        rows.extend(word_codes(word) for word in words)
        rows.extend([word_codes(PAD)] * 2)
    return np.asarray(rows, dtype=np.uint64), np.asarray(places, dtype=np.int64)


def bucket(template: int, *codes: Codes, bits: int) -> NDArray[np.int64]:
    """Hash one combination of codes for every word into 2**bits buckets."""
    # Wrapping around is what the hash is made of.
    with np.errstate(over="ignore"):
        mixed = np.full(codes[0].shape, np.uint64(template + 1) * MIX, dtype=np.uint64)
        for code in codes:
            mixed = (mixed ^ code) * STEP
            mixed ^= mixed >> HIGH_BITS
        mixed *= MIX
    return np.asarray(mixed >> np.uint64(64 - bits), dtype=np.int64)


@dataclass(frozen=True)
class Weights:
    """A linear model: the scores of a word are the sum of its features' rows."""

    table: NDArray[np.int8]
    """Shape (buckets, classes)."""
    scale: float
    """What one step of the table is worth."""

    @property
    def bits(self) -> int:
        """Buckets as a power of two."""
        return int(self.table.shape[0]).bit_length() - 1

    def scores(self, buckets: NDArray[np.int64]) -> NDArray[np.float32]:
        """Sum the rows. Takes shape (..., features), gives (..., classes); higher is likelier."""
        total = np.zeros((*buckets.shape[:-1], self.table.shape[1]), dtype=np.int32)
        for column in range(buckets.shape[-1]):
            total += self.table[buckets[..., column]]
        return np.asarray(total * self.scale, dtype=np.float32)


@cache
def load_weights(name: str) -> Weights:
    """Load data/<name>.npz.gz, as packed_weights made it."""
    raw = gzip.decompress(files("digest.language").joinpath("data", f"{name}.npz.gz").read_bytes())
    with np.load(BytesIO(raw), allow_pickle=False) as arrays:
        return Weights(arrays["table"], float(arrays["scale"]))


def packed_weights(table: NDArray[np.float32]) -> bytes:
    """Round weights to 8 bits and compress them: the content of data/<name>.npz.gz."""
    scale = float(np.abs(table).max()) / 127
    buffer = BytesIO()
    np.savez(buffer, table=np.round(table / scale).astype(np.int8), scale=np.float32(scale))
    return gzip.compress(buffer.getvalue(), 9, mtime=0)
