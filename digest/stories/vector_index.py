"""The archive's vectors as one index, for what is near and for search by meaning: mapped from a file.

The archive itself stays the truth: vectors are kept by text, as float16. A large archive's are put together
in one file beside it, float32 and by place, which opens at once however large it is; what came since is read
from the archive and stands beside it, so that nothing is missed. Where the archive's database has an index of
its own, it is asked instead.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from digest.records import VectorRows, Vectors
from digest.store import Store
from digest.stories.mapped import load_arrays, save_arrays
from digest.stories.nearest import Index, rounded

if TYPE_CHECKING:
    from digest.stories.database_index import DatabaseIndex

MIN_FILED = 2_000
"""Articles from which the file is worth having: fewer are read within a twentieth of a second."""

MAX_TAIL = 0.05
"""Share of articles beside the file from which it is written again."""


NAMES = ("places", "vectors", "rounded", "without", "state")
"""What the file holds."""

AT_ONCE = 8_192
"""Vectors rounded at once."""


AnyIndex: TypeAlias = "Index | DatabaseIndex"


def open_index(store: Store, *, model_id: str, is_rounded: bool = True, is_whole: bool = False) -> AnyIndex:
    """Open the vectors of all articles that have one.

    Args:
        store: The archive.
        model_id: Whose vectors.
        is_rounded: As articles are compared (`stories.vectors.rounded`); otherwise as they are kept, which
            search by meaning goes by. The file has both; only what is used is read.
        is_whole: Whether all are to be here, whatever the database can do.
    """
    held = None if is_whole else store.likeness.indexed(model_id=model_id)
    if held is not None:
        from digest.stories.database_index import DatabaseIndex

        return DatabaseIndex(held, is_rounded=is_rounded)
    return _here(store, model_id=model_id, is_rounded=is_rounded)


def _here(store: Store, *, model_id: str, is_rounded: bool) -> Index:
    path = store.likeness.cache_path
    epoch = store.state().epoch if path else ""
    arrays = load_arrays(path, model_id=model_id, epoch=epoch, names=NAMES) if path else None
    if arrays is not None:
        newest, counted = arrays["state"].tolist()
        # An article changed or taken out since lost its version of words: then the file is made anew.
        if store.search.versions(up_to=newest) == counted:
            late = arrays["without"].tolist()
            came = store.likeness.packed(model_id=model_id, after=newest, late=late)
            if len(came.places) <= MAX_TAIL * (len(arrays["places"]) + len(came.places)):
                index = Index(arrays["places"], arrays[_name(is_rounded)])
                return index.plus(came.places, _as(came.vectors, is_rounded)) if len(came.places) else index
    del arrays
    whole = store.likeness.packed(model_id=model_id)
    if path and len(whole.places) >= MIN_FILED:
        if store.search.fill_words():
            whole = store.likeness.packed(model_id=model_id)
        is_saved = _save(path, whole, model_id, epoch)
        if is_saved and (arrays := load_arrays(path, model_id=model_id, epoch=epoch, names=NAMES)):
            return Index(arrays["places"], arrays[_name(is_rounded)])
    return Index(whole.places, _as(whole.vectors, is_rounded))


def _name(is_rounded: bool) -> str:
    return "rounded" if is_rounded else "vectors"


def _as(vectors: Vectors, is_rounded: bool) -> Vectors:
    if not is_rounded:
        return vectors
    out = np.empty_like(vectors)
    for at in range(0, len(vectors), AT_ONCE):
        out[at : at + AT_ONCE] = rounded(vectors[at : at + AT_ONCE])
    return out


def _save(path: Path, rows: VectorRows, model_id: str, epoch: str) -> bool:
    arrays: dict[str, NDArray[Any]] = {
        "places": rows.places,
        "vectors": rows.vectors,
        "rounded": _as(rows.vectors, is_rounded=True),
        "without": rows.without,
        "state": np.array([rows.newest, rows.counted], dtype=np.int64),
    }
    return save_arrays(path, arrays, model_id=model_id, epoch=epoch)
