"""The archive's words and vectors as arrays: what a search reads. A cache file makes a large one open fast.

The archive itself stays the truth: words are counted and vectors kept in the transaction that keeps an
article. The arrays are put together from there, and kept in one file beside the archive once it is large;
what came since is read from the archive and searched beside it, so that no search misses anything. The file
can be deleted at any time.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.ports import Store
from digest.records import Vectors

FORMAT = 1
"""Of the cache file; a file of another one is made again."""

MIN_CACHED = 2_000
"""Articles from which the file is worth having: fewer are read within a tenth of a second."""

MAX_TAIL = 0.05
"""Share of articles beside the file from which it is written again."""

ALIGNMENT = 64


@dataclass(frozen=True)
class Part:
    """Some articles' words and vectors; rows are articles, by place."""

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
    vectors: Vectors
    """Shape (n, d), L2-normalised; zeros for an article without one."""
    has_vector: NDArray[np.bool_]
    """Shape (n,)."""

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
    """Open the archive's index: from the cache file as far as it is true, from the archive otherwise."""
    store.search.fill_words()
    path = store.search.cache_path
    kept = _load(path, model_id) if path else None
    if kept is not None and not _is_true(kept, store, model_id):
        kept = None
    after = int(kept.versions.max(initial=0)) if kept else 0
    tail = _from_archive(store, after=after, model_id=model_id)
    total = len(tail.places) + (len(kept.places) if kept else 0)
    if total >= MIN_CACHED and len(tail.places) > MAX_TAIL * total and path:
        whole = tail if kept is None else _from_archive(store, after=0, model_id=model_id)
        if _save(whole, path, model_id):
            whole = _load(path, model_id) or whole
        return index_of([whole])
    return index_of([part for part in (kept, tail) if part is not None and len(part.places)])


def index_of(parts: Sequence[Part]) -> Index:
    """Put parts together."""
    none = np.zeros(0, dtype=np.int64)
    count = sum(len(part.places) for part in parts)
    words = sum((part.lengths.sum(axis=0, dtype=np.int64) for part in parts), np.zeros(2, dtype=np.int64))
    return Index(
        tuple(parts),
        np.concatenate([part.places for part in parts]) if parts else none,
        np.concatenate([part.versions for part in parts]) if parts else none,
        np.maximum(words / max(count, 1), 1).astype(np.float32),
    )


def part_of(
    versions: NDArray[np.int64], places: NDArray[np.int64], packed: Sequence[bytes], vectors: Vectors
) -> Part:
    """Turn packed counts of words round: from words by article to articles by word."""
    sizes = np.array([len(blob) // 6 for blob in packed], dtype=np.int64)
    rows = np.repeat(np.arange(len(packed), dtype=np.int32), sizes)
    hashes, counts = _unpack(packed, sizes)
    lengths = np.zeros((len(packed), 2), dtype=np.int32)
    for column in (0, 1):
        lengths[:, column] = np.bincount(rows, weights=counts[:, column], minlength=len(packed))
    # Word and position in one number: a plain sort of those takes a tenth of the time a stable one of the
    # words takes, and leaves every word's rows ascending.
    keys = hashes.astype(np.uint64) << np.uint64(32) | np.arange(len(hashes), dtype=np.uint64)
    keys.sort()
    order = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    ordered = (keys >> np.uint64(32)).astype(np.uint32)
    del keys
    begins = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] ^ 1)) if len(ordered) else order[:0]
    return Part(
        versions,
        places,
        lengths,
        ordered[begins],
        np.append(begins, len(ordered)).astype(np.int64),
        rows[order],
        # Both counts at once, as one number.
        counts.view(np.uint16)[order].view(np.uint8),
        vectors,
        np.asarray(vectors.any(axis=1), dtype=np.bool_),
    )


def _unpack(
    packed: Sequence[bytes], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Give hashes, shape (p,), and counts in title and text, shape (p, 2), of packed rows."""
    each = list(zip(packed, sizes.tolist(), strict=True))
    hashes = np.frombuffer(b"".join(blob[: 4 * size] for blob, size in each), dtype=np.uint32)
    counts = np.empty((len(hashes), 2), dtype=np.uint8)
    for column in (0, 1):
        joined = b"".join(blob[(4 + column) * size : (5 + column) * size] for blob, size in each)
        counts[:, column] = np.frombuffer(joined, dtype=np.uint8)
    return hashes, counts


def _from_archive(store: Store, *, after: int, model_id: str) -> Part:
    versions, places, packed = store.search.word_rows(after=after)
    at, known = store.search.vector_rows(after=after, model_id=model_id)
    vectors = np.zeros((len(places), known.shape[1]), dtype=np.float32)
    vectors[np.searchsorted(places, at)] = known
    return part_of(versions, places, packed, vectors)


def _is_true(kept: Part, store: Store, model_id: str) -> bool:
    """Say whether no article of the file was changed or removed since, and none got a vector."""
    if store.search.versions(up_to=int(kept.versions.max(initial=0))) != len(kept.versions):
        return False
    without = kept.places[~kept.has_vector]
    return not store.search.has_vectors_at(without.tolist(), model_id=model_id)


def _save(part: Part, path: Path, model_id: str) -> bool:
    """Write the file, whole or not at all; says whether it could be done: a read-only folder is no error."""
    arrays = {each.name: np.ascontiguousarray(getattr(part, each.name)) for each in fields(part)}
    at, layout = 0, {}
    for name, array in arrays.items():
        layout[name] = (array.dtype.str, array.shape, at)
        at += -(-array.nbytes // ALIGNMENT) * ALIGNMENT
    header = json.dumps({"format": FORMAT, "model_id": model_id, "arrays": layout, "bytes": at}).encode()
    header += b" " * (-(len(header) + 9) % ALIGNMENT) + b"\n"
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        # Left by a process that was killed; one still at work fails to rename its file, which is no loss.
        for stale in path.parent.glob(f"{path.name}.*.tmp"):
            stale.unlink(missing_ok=True)
        with temporary.open("wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            for array in arrays.values():
                file.write(array.reshape(-1).view(np.uint8).data)
                file.write(b"\0" * (-array.nbytes % ALIGNMENT))
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        return False
    return True


def _load(path: Path, model_id: str) -> Part | None:
    """Map the file into memory; None where there is none, or one of another format, model or length."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, 65_536)))
        if (header["format"], header["model_id"]) != (FORMAT, model_id):
            return None
        if path.stat().st_size != 8 + size + header["bytes"]:
            return None
        # A plain array over the map: every slice of a memmap costs 20 microseconds of bookkeeping.
        whole = np.asarray(np.memmap(path, dtype=np.uint8, mode="r", offset=8 + size))
        arrays = {}
        for name, (kind, shape, at) in header["arrays"].items():
            dtype = np.dtype(kind)
            count = int(np.prod(shape, dtype=np.int64))
            arrays[name] = whole[at : at + count * dtype.itemsize].view(dtype).reshape(shape)
        return Part(**arrays)
    except (OSError, ValueError, KeyError, TypeError):
        return None
