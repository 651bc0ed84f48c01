"""Vectors of texts embedded for an earlier evaluation: embedding is nearly all that making an archive costs.

Nothing else is kept. Copies, terms, stories and indexes are made anew by the importing code each time, so
that a change of it shows in the figures.
"""

import hashlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from digest.records import Vectors
from digest.workspace.files import write_bytes


class KeptVectors:
    """Vectors by what was read, in one file for each model."""

    def __init__(self, folder: Path, *, model_id: str) -> None:
        """Read what is there; a file that cannot be read counts as none.

        Args:
            folder: Made when there is something to keep.
            model_id: Names the model and how texts are read; another one's vectors are not used.
        """
        name = hashlib.sha256(model_id.encode()).hexdigest()[:8]
        self._path = folder / f"vectors-{name}.npz"
        self._model_id = model_id
        self._known = self._read()
        self._is_new = False

    @property
    def known(self) -> Mapping[str, NDArray[np.float32]]:
        """What is kept: key -> shape (d,), L2-normalised."""
        return self._known

    def add(self, found: Mapping[str, NDArray[np.float32]]) -> None:
        """Add some; `write` keeps them for the next time.

        Args:
            found: By key, a SHA-256 in hexadecimal of what was read.
        """
        self._is_new |= not found.keys() <= self._known.keys()
        self._known |= found

    def write(self) -> None:
        """Write the file, unless nothing is new."""
        if not self._is_new:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(self._path, _packed(self._model_id, self._known))
        self._is_new = False

    def _read(self) -> dict[str, NDArray[np.float32]]:
        try:
            # Opened here, because numpy leaves a file it cannot read open.
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                if str(arrays["model_id"]) != self._model_id:
                    return {}
                vectors: Vectors = arrays["vectors"]
                return dict(zip(arrays["keys"].tolist(), vectors, strict=True))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}


def _packed(model_id: str, known: Mapping[str, NDArray[np.float32]]) -> bytes:
    buffer = BytesIO()
    keys, vectors = list(known), list(known.values())
    np.savez(buffer, model_id=np.array(model_id), keys=np.array(keys), vectors=np.stack(vectors))
    return buffer.getvalue()
