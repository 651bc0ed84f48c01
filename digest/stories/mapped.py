"""Arrays in one file that is mapped into memory: opened at once, read as far as it is used.

Such a file holds nothing that the archive does not: it can be deleted at any time, and is made again.
"""

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.errors import StoreError
from digest.workspace.files import new_private, opened

FORMAT = 3
"""Of the file; one of another format is made again."""

# What an array begins at a multiple of: a line of the processor's cache.
ALIGNMENT = 64

# A header that says it is longer is none: no more is read of a file that is something else.
MAX_HEADER = 65_536

_NOT_OURS = (
    *(StoreError, OSError, ValueError, LookupError, TypeError),
    *(AttributeError, ArithmeticError, RecursionError),
)
"""What a file gives that was not written by `save_arrays`, or by another program since."""


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], *, model_id: str, epoch: str = "") -> bool:
    """Write arrays to a file, whole or not at all.

    Args:
        path: The file; replaced if it is there.
        arrays: By name.
        model_id: Of the vectors they belong to.
        epoch: Of the archive they were read from, asked before they were: see `store.ArchiveState`.

    Returns:
        Whether it could be done: a folder that cannot be written is no error.
    """
    held = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    at, layout = 0, {}
    for name, array in held.items():
        layout[name] = (array.dtype.str, array.shape, at)
        at += -(-array.nbytes // ALIGNMENT) * ALIGNMENT
    described = {"format": FORMAT, "model_id": model_id, "epoch": epoch, "arrays": layout, "bytes": at}
    header = json.dumps(described).encode()
    header += b" " * (-(len(header) + 9) % ALIGNMENT) + b"\n"
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        # Left by a process that was killed; one still at work fails to rename its file, which is no loss.
        for stale in path.parent.glob(f"{path.name}.*.tmp"):
            stale.unlink(missing_ok=True)
        new_private(temporary)
        with temporary.open("wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            for array in held.values():
                file.write(array.reshape(-1).view(np.uint8).data)
                file.write(b"\0" * (-array.nbytes % ALIGNMENT))
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        return False
    return True


def load_arrays(
    path: Path, *, model_id: str, epoch: str = "", names: Collection[str] = ()
) -> dict[str, NDArray[Any]] | None:
    """Map a file into memory; None where there is none, or one of another format, model, archive or length.

    Args:
        path: The file.
        model_id: Of the vectors it has to belong to.
        epoch: Of the archive it has to be of.
        names: Of the arrays it has to hold, no others; empty for any.
    """
    try:
        with opened(path) as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, MAX_HEADER)))
        if (header["format"], header["model_id"], header.get("epoch", "")) != (FORMAT, model_id, epoch):
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
        return arrays if not names or arrays.keys() == set(names) else None
    except _NOT_OURS:
        return None
