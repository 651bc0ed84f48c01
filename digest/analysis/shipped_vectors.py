"""Vectors of the packaged prompt files for the packaged model, so that no command embeds them anew.

Embedding the library's some 5,500 short texts takes 35 s of processor time; reading them here takes a
tenth of a second (November 2026). They are kept as bytes with a scale for each, a quarter of float32 in
size and within .0001 of its cosines. `tests/quality/ship_vectors.py` writes the file after a change to
prompts/; a text that is not in it, such as an editor's own, is embedded as any other.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.records import Vectors

FILE = "prompt_vectors.npz"
KEY_BYTES = 8  # of a SHA-256: two of some 5,500 texts share a key less than once in 10**12


def shipped_vectors(texts: Sequence[str], *, model_id: str) -> dict[str, Vectors]:
    """Give what is shipped of the vectors of some texts.

    Args:
        texts: As they would be embedded.
        model_id: The embedder's; another than the packaged one has nothing shipped.

    Returns:
        Text -> shape (d,), float32, L2-normalised.
    """
    made_by, keys, scales, levels = _shipped()
    if made_by != model_id:
        return {}
    asked = np.asarray([key_of(text) for text in texts], dtype=np.uint64)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    found = np.flatnonzero(keys[at] == asked)
    vectors = levels[at[found]].astype(np.float32) * scales[at[found], None]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {texts[int(row)]: vector for row, vector in zip(found, vectors, strict=True)}


def write_shipped(path: Path, texts: Sequence[str], vectors: Vectors, *, model_id: str) -> None:
    """Write the file.

    Args:
        path: Where to.
        texts: Without repeats.
        vectors: Shape (texts, d), L2-normalised.
        model_id: The embedder's.
    """
    keys = np.asarray([key_of(text) for text in texts], dtype=np.uint64)
    order = np.argsort(keys)
    scales = (np.abs(vectors).max(axis=1) / 127).astype(np.float32)
    levels = np.rint(vectors / scales[:, None]).astype(np.int8)
    np.savez_compressed(
        path, model_id=np.array(model_id), keys=keys[order], scales=scales[order], levels=levels[order]
    )


def key_of(text: str) -> int:
    """The first KEY_BYTES of a text's SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:KEY_BYTES], "big")


@cache
def _shipped() -> tuple[str, NDArray[np.uint64], NDArray[np.float32], NDArray[np.int8]]:
    with (
        files("digest.analysis").joinpath("data", FILE).open("rb") as file,
        np.load(file, allow_pickle=False) as arrays,
    ):
        return str(arrays["model_id"]), arrays["keys"], arrays["scales"], arrays["levels"]
