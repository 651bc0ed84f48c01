"""The archive's vectors as one index, for what is near and for search by meaning: mapped from a file.

The archive itself stays the truth: vectors are kept by text, as float16. A large archive's are put together
in one file beside it, float32 and by place, which opens at once however large it is; what came since is read
from the archive and stands beside it, so that nothing is missed.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.likeness.index import Index
from digest.mapped import load_arrays, save_arrays
from digest.ports import Store
from digest.records import VectorRows

MIN_FILED = 2_000
"""Articles from which the file is worth having: fewer are read within a twentieth of a second."""

MAX_TAIL = 0.05
"""Share of articles beside the file from which it is written again."""


def open_index(store: Store, *, model_id: str) -> Index:
    """Open the vectors of all articles that have one."""
    path = store.likeness.cache_path
    kept = _load(path, model_id) if path else None
    # An article that was changed or taken out since lost its version of words: then the file is made anew.
    if kept is not None and store.search.versions(up_to=kept.newest) != kept.counted:
        kept = None
    if kept is not None:
        came = store.likeness.packed(model_id=model_id, after=kept.newest, late=kept.without.tolist())
        if len(came.places) <= MAX_TAIL * (len(kept.places) + len(came.places)):
            index = Index(kept.places, kept.vectors)
            return index.plus(came.places, came.vectors) if len(came.places) else index
    whole = store.likeness.packed(model_id=model_id)
    if path and len(whole.places) >= MIN_FILED:
        if store.search.fill_words():
            whole = store.likeness.packed(model_id=model_id)
        if _save(path, whole, model_id):
            whole = _load(path, model_id) or whole
    return Index(whole.places, whole.vectors)


def _save(path: Path, rows: VectorRows, model_id: str) -> bool:
    arrays: dict[str, NDArray[Any]] = {
        "places": rows.places,
        "vectors": rows.vectors,
        "without": rows.without,
        "state": np.array([rows.newest, rows.counted], dtype=np.int64),
    }
    return save_arrays(path, arrays, model_id=model_id)


def _load(path: Path, model_id: str) -> VectorRows | None:
    arrays = load_arrays(path, model_id=model_id)
    if arrays is None:
        return None
    newest, counted = arrays["state"].tolist()
    return VectorRows(arrays["places"], arrays["vectors"], arrays["without"], newest, counted)
