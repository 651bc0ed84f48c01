"""Weights that were learned from development data, as the package brings them along: data/<name>.npz.

One record a model says what was learned, and for which embedding model; what is learned from one model's
vectors means nothing for another's. The scripts tests/quality/train_*.py write the files, the analysis reads
them, both through here.
"""

import dataclasses
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from digest.records import TokenVectors

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """What every model has; its own arrays are the fields of its subclass, all of them float64."""

    NAME: ClassVar[str]
    """The file's, without .npz."""

    model_id: str
    """The embedding model, without how texts are cut into windows."""

    def fits(self, tokens: TokenVectors) -> bool:
        """Say whether token vectors are of the model this was learned from."""
        return model_name(tokens.model_id) == self.model_id


Kind = TypeVar("Kind", bound=Learned)


@cache
def shipped(kind: type[Kind]) -> Kind:
    """Load the weights of the package.

    Raises:
        TypeError: the file has other arrays than the record.
    """
    with (
        files("digest.analysis").joinpath("data", f"{kind.NAME}.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as arrays,
    ):
        values = {name: arrays[name] for name in arrays.files}
    model_id = str(values.pop("model_id"))
    return kind(model_id, **{name: array.astype(np.float64) for name, array in values.items()})


def logistic(scores: Matrix) -> Matrix:
    """Turn a logistic model's scores into chances, 0 to 1; same shape."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))))


def write_learned(learned: Learned, folder: Path) -> Path:
    """Write weights to <folder>/<NAME>.npz, in 16 bits those that `rounded` made; gives the file."""
    values = {field.name: getattr(learned, field.name) for field in dataclasses.fields(learned)}
    model_id = np.array(values.pop("model_id"))
    path = folder / f"{learned.NAME}.npz"
    arrays: dict[str, Any] = {name: _small(array) for name, array in values.items()}
    np.savez_compressed(path, model_id=model_id, **arrays)
    return path


def rounded(array: Matrix) -> Matrix:
    """Round weights to 16 bits, as they are to be shipped and measured."""
    return array.astype(np.float16).astype(np.float64)


def model_name(model_id: str) -> str:
    """Give an embedder's model_id without how texts are cut into windows."""
    return model_id.split("/")[0]


def _small(array: Matrix) -> NDArray[np.float16] | Matrix:
    half = array.astype(np.float16)
    return half if np.array_equal(half, array) else array
