"""Find articles that are there already: the same text, or near the same (syndicated copies).

Rules:
- The article seen first is the original; order of being seen, never order of arrival, decides.
- Same title and text: a copy. Otherwise the texts' word shingles are compared: a syndicated copy keeps
  most of them though the headline, the credit line or a paragraph differ; two reports of one event by
  different hands share next to none.
- Texts of one frame that both tell something of their own, the weeks of a column, are no copies however much
  of the frame they share (stories.templates).
- Two articles with the same canonical address are one article under two addresses only if their texts are
  near too: sites that name their front page as every article's canonical address are not rare.

Whether two texts are near is decided in copy_texts.py; here candidates are found and originals chosen.

Signatures are MinHash (Broder 1997) with 128 permutations, kept in the archive for years: the functions
here must never give another value for the same text (golden test).
"""

import re
import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.articles.copy_texts import Signatures, are_copies, similarity
from digest.records import Article

OneFrame = Callable[[str, str], bool]
"""Says of two articles near each other, by id, whether both still tell something of their own."""

__all__ = ["find_copies", "signature", "signature_of", "similarity"]

PERMUTATIONS = 128  # of a signature; estimates a similarity to within .09 (two standard errors at .5)
# Words in a row that two texts share by copying, hardly by chance; judgement, fixed by the archives.
SHINGLE_WORDS = 4

# 32 bands of 4 rows find pairs of Jaccard similarity .5 with a chance of .87, and of .7 with over .999. The
# archive finds candidates by the same bands (store.bands).
BANDS = 32

SURE = 0.9
"""From this similarity on neither text can have much of its own, and the texts are not looked at."""

MOST_COMPARED = 100
"""Texts one is compared with, the nearest: a column has hundreds of weeks."""

_PRIME = np.uint64((1 << 31) - 1)
_RNG = np.random.Generator(np.random.PCG64(20261122))
_A = _RNG.integers(1, (1 << 31) - 1, size=PERMUTATIONS, dtype=np.uint64)
_B = _RNG.integers(0, (1 << 31) - 1, size=PERMUTATIONS, dtype=np.uint64)


def signature(text: str) -> NDArray[np.uint32]:
    """Compute the MinHash signature of a text's word shingles.

    Returns:
        Shape (128,), uint32; all ones for a text without words, which is near nothing but another such.
    """
    words = re.findall(r"\w+", text.lower())
    if not words:
        return np.full(PERMUTATIONS, np.iinfo(np.uint32).max, dtype=np.uint32)
    last = max(1, len(words) - SHINGLE_WORDS + 1)
    shingles = {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(last)}
    # 31 bits, so that a * x + b stays below 2^63.
    hashes = np.fromiter((zlib.crc32(s.encode()) & 0x7FFFFFFF for s in shingles), dtype=np.uint64)
    permuted = (hashes[:, None] * _A + _B) % _PRIME
    least: NDArray[np.uint32] = permuted.min(axis=0).astype(np.uint32)
    return least


def signature_of(article: Article) -> NDArray[np.uint32]:
    """Compute an article's signature: that of its title and text."""
    return signature(text_of(article))


def text_of(article: Article) -> str:
    """Give what is compared of an article: title and text."""
    return f"{article.title}\n{article.text}"


def find_copies(
    ids: Sequence[str], signatures: Signatures, fresh: set[str], is_of_one_frame: OneFrame | None = None
) -> dict[str, str]:
    """Find which fresh articles repeat the text of one seen before them.

    Args:
        ids: n articles in order of being seen: of the archive at least those that share a band with a fresh
            one (`signatures_near` of the store).
        signatures: Shape (n, 128), row i belongs to article i.
        fresh: Ids to judge; the others only serve as originals.
        is_of_one_frame: Judges by the texts; None to go by the signatures alone.

    Returns:
        The original of each copy. An original is never itself a copy found in this call.
    """
    if not ids:
        return {}
    rows = [row for row, article_id in enumerate(ids) if article_id in fresh]
    candidates = _candidates(signatures, rows)
    copies: dict[str, str] = {}

    for row in rows:
        earlier = np.array(sorted(other for other in candidates[row] if other < row), dtype=np.int64)
        if not earlier.size:
            continue
        near = earlier[are_copies(signatures[earlier], signatures[row])]
        alike = similarity(signatures[near], signatures[row])
        nearest = np.sort(np.argsort(-alike, kind="stable")[:MOST_COMPARED])
        for other, is_sure in zip(near[nearest], alike[nearest] >= SURE, strict=True):
            if is_of_one_frame and not is_sure and is_of_one_frame(ids[row], ids[int(other)]):
                continue
            original = ids[int(other)]
            copies[ids[row]] = copies.get(original, original)
            break
    return copies


def _candidates(signatures: Signatures, rows: Sequence[int]) -> dict[int, set[int]]:
    """Find, for each of `rows`, the rows that agree with it on a whole band."""
    found: dict[int, set[int]] = {row: set() for row in rows}
    width = PERMUTATIONS // BANDS
    for band in range(BANDS):
        part = np.ascontiguousarray(signatures[:, band * width : (band + 1) * width])
        keys = part.view(np.dtype((np.void, part.dtype.itemsize * width))).ravel()
        wanted: dict[bytes, list[int]] = {}
        for row in rows:
            wanted.setdefault(keys[row].tobytes(), []).append(row)
        hits = np.flatnonzero(np.isin(keys, keys[list(rows)]))
        for hit in hits:
            for row in wanted.get(keys[hit].tobytes(), ()):
                found[row].add(int(hit))
    return found
