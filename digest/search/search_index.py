"""The archive's words as arrays, beside its vectors: what a search reads. A file makes a large one open fast.

The archive itself stays the truth: words are counted in the transaction that keeps an article. The arrays are
put together from there, and kept in one file beside the archive once it is large; what came since is read
from the archive and searched beside it, so that no search misses anything. The vectors are those of
`vector_index`, which what is near reads too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.store import Store
from digest.stories import vector_index
from digest.stories.mapped import load_arrays, save_arrays
from digest.stories.vector_index import AnyIndex

MIN_CACHED = 2_000
"""Articles from which the file is worth having: fewer are read within a tenth of a second."""

MAX_TAIL = 0.05
"""Share of articles beside the file from which it is written again."""

AT_ONCE = 1 << 20
"""Postings worked on at once."""

WORDS_ONLY = ""
"""In place of a model's name: the file holds no vectors."""


@dataclass(frozen=True)
class Part:
    """Some articles' words; rows are articles, by place."""

    versions: NDArray[np.int64]
    """Shape (n,): of each article's words."""
    places: NDArray[np.int64]
    """Shape (n,), ascending."""
    lengths: NDArray[np.int32]
    """Shape (n, 2): words in title and text."""
    vocabulary: NDArray[np.uint32]
    """Shape (v,): hashes of the words that occur, ascending."""
    offsets: NDArray[np.int64]
    """Shape (v + 1,): where each word's postings begin."""
    rows: NDArray[np.int32]
    """Shape (p,): the articles a word stands in, ascending for each word."""
    counts: NDArray[np.uint8]
    """Shape (p, 2): how often, in title and text."""

    def postings(self, word: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Give rows and counts of a word; empty where it does not occur."""
        at = int(np.searchsorted(self.vocabulary, np.uint32(word)))
        if at == len(self.vocabulary) or self.vocabulary[at] != word:
            return self.rows[:0], self.counts[:0]
        span = slice(int(self.offsets[at]), int(self.offsets[at + 1]))
        return self.rows[span], self.counts[span]


@dataclass(frozen=True)
class Index:
    """Everything a search goes through: what the cache file holds, and what came since."""

    parts: tuple[Part, ...]
    places: NDArray[np.int64]
    """Shape (n,): of all rows, part after part."""
    versions: NDArray[np.int64]
    """Shape (n,)."""
    lengths: NDArray[np.float32]
    """Shape (2,): mean number of words in a title and in a text; at least 1."""
    open_vectors: Callable[[], AnyIndex]

    @cached_property
    def vectors(self) -> AnyIndex:
        """Vectors of the articles that have one; opened when first asked for."""
        return self.open_vectors()

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.places, kind="stable")

    def rows_of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the rows of the articles at these places, leaving out those that are not here."""
        rows, is_here = self._found(places)
        return rows[is_here]

    @cached_property
    def vector_rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows here of the articles that have a vector, and their rows among the vectors."""
        rows, is_here = self._found(self.vectors.places_at(np.arange(len(self.vectors))))
        return rows[is_here], np.flatnonzero(is_here)

    def _found(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        if not len(self.places):
            return np.zeros(len(places), dtype=np.int64), np.zeros(len(places), dtype=np.bool_)
        at = np.searchsorted(self.places, places, sorter=self._order).clip(max=len(self._order) - 1)
        rows = self._order[at]
        return rows, np.asarray(self.places[rows] == places, dtype=np.bool_)

    def mask_of(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mark the rows of the articles at these places (ascending). Shape (n,)."""
        masks = []
        for part in self.parts:
            mask = np.zeros(len(part.places), dtype=np.bool_)
            at = np.minimum(np.searchsorted(part.places, places), max(len(part.places) - 1, 0))
            mask[at[part.places[at] == places]] = True
            masks.append(mask)
        return np.concatenate(masks) if masks else np.zeros(0, dtype=np.bool_)

    @property
    def newest(self) -> int:
        """The highest version of words; 0 for an empty archive."""
        return int(self.versions.max(initial=0))


def open_index(store: Store, *, model_id: str) -> Index:
    """Open the archive's index: from the file as far as it is true, from the archive otherwise."""
    store.search.fill_words()
    open_vectors = partial(vector_index.open_index, store, model_id=model_id, is_rounded=False)
    return index_of(_open_words(store), open_vectors)


def _open_words(store: Store) -> list[Part]:
    path = store.search.cache_path
    epoch = store.state().epoch if path else ""
    kept = _load(path, epoch) if path else None
    if kept is not None and not _is_true(kept, store):
        kept = None
    after = int(kept.versions.max(initial=0)) if kept else 0
    tail = part_of(*store.search.word_rows(after=after))
    total = len(tail.places) + (len(kept.places) if kept else 0)
    if total >= MIN_CACHED and len(tail.places) > MAX_TAIL * total and path:
        whole = tail if kept is None else part_of(*store.search.word_rows(after=0))
        held = {each.name: getattr(whole, each.name) for each in fields(whole)}
        if save_arrays(path, held, model_id=WORDS_ONLY, epoch=epoch):
            whole = _load(path, epoch) or whole
        return [whole]
    return [part for part in (kept, tail) if part is not None and len(part.places)]


def _load(path: Path, epoch: str) -> Part | None:
    names = [each.name for each in fields(Part)]
    arrays = load_arrays(path, model_id=WORDS_ONLY, epoch=epoch, names=names)
    return Part(**arrays) if arrays else None


def index_of(parts: Sequence[Part], open_vectors: Callable[[], AnyIndex]) -> Index:
    """Put parts together."""
    none = np.zeros(0, dtype=np.int64)
    count = sum(len(part.places) for part in parts)
    words = sum((part.lengths.sum(axis=0, dtype=np.int64) for part in parts), np.zeros(2, dtype=np.int64))
    return Index(
        tuple(parts),
        np.concatenate([part.places for part in parts]) if parts else none,
        np.concatenate([part.versions for part in parts]) if parts else none,
        np.maximum(words / max(count, 1), 1).astype(np.float32),
        open_vectors,
    )


def part_of(versions: NDArray[np.int64], places: NDArray[np.int64], packed: Sequence[bytes]) -> Part:
    """Turn packed counts of words round: from words by article to articles by word."""
    sizes = np.array([len(blob) // 6 for blob in packed], dtype=np.int64)
    hashes, counts, lengths = _unpack(packed, sizes)
    keys = np.empty(len(hashes), dtype=np.uint64)
    # Word and position in one number: a plain sort of those takes a tenth of the time a stable one of the
    # words takes, and leaves every word's rows ascending. Piece by piece: an archive of 100,000 articles has
    # 17 million postings, and every array of them in passing would take 134 MB.
    for span in _spans(len(keys)):
        keys[span] = hashes[span].astype(np.uint64) << np.uint64(32)
        keys[span] |= np.arange(span.start, span.stop, dtype=np.uint64)
    keys.sort()
    ordered, rows, own = hashes, np.empty(len(keys), dtype=np.int32), np.empty_like(counts)
    row_of = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    for span in _spans(len(keys)):
        order = (keys[span] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        ordered[span] = (keys[span] >> np.uint64(32)).astype(np.uint32)
        rows[span], own[span] = row_of[order], counts[order]
    del keys, row_of, counts
    is_first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    begins = np.flatnonzero(is_first)
    offsets = np.append(begins, len(ordered)).astype(np.int64)
    return Part(versions, places, lengths, ordered[begins], offsets, rows, own)


def _unpack(
    packed: Sequence[bytes], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int32]]:
    """Give hashes, shape (p,), counts in title and text, shape (p, 2), and their sums, shape (n, 2)."""
    total = int(sizes.sum())
    hashes, counts = np.empty(total, dtype=np.uint32), np.empty((total, 2), dtype=np.uint8)
    lengths = np.zeros((len(packed), 2), dtype=np.int32)
    at = 0
    for row, (blob, size) in enumerate(zip(packed, sizes.tolist(), strict=True)):
        hashes[at : at + size] = np.frombuffer(blob, dtype=np.uint32, count=size)
        own = np.frombuffer(blob, dtype=np.uint8, offset=4 * size).reshape(2, size)
        counts[at : at + size] = own.T
        lengths[row] = own.sum(axis=1, dtype=np.int32)
        at += size
    return hashes, counts, lengths


def _spans(count: int) -> list[slice]:
    """Cut so many rows into pieces."""
    return [slice(at, min(at + AT_ONCE, count)) for at in range(0, count, AT_ONCE)]


def _is_true(kept: Part, store: Store) -> bool:
    """Say whether no article of the file was changed or removed since."""
    return store.search.versions(up_to=int(kept.versions.max(initial=0))) == len(kept.versions)
