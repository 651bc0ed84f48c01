"""What a person made of a published file is kept beside it, whoever writes or removes the file."""

import hashlib
from pathlib import Path

from digest.store import Store
from digest.workspace.files import MOST_PAGE, FileError, inside, read_bytes, write_bytes


def file_hash(path: Path) -> str | None:
    """Give the SHA-256 of a file in hexadecimal; None where there is none.

    Raises:
        FileError: It cannot be read.
    """
    try:
        return hashlib.sha256(read_bytes(path, most_bytes=MOST_PAGE)).hexdigest()
    except FileError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise


def keep_own(store: Store, output: Path, path: Path, *, becomes: str | None) -> Path | None:
    """Keep a file that a person changed as `.orig`, before something else is written there.

    Args:
        store: The archive.
        output: The workspace's output folder.
        path: The file.
        becomes: Hash of what it is about to hold; None where it is about to go.

    Returns:
        Where it is kept; None where it is gone, holds what was written to it once, or what it becomes.

    Raises:
        FileError: It cannot be read or written.
    """
    name = inside(output, path).relative_to(output).as_posix()
    found = file_hash(path)
    if found is None or found == becomes or found in store.files.hashes_of(name):
        return None
    return keep_beside(output, path)


def keep_beside(output: Path, path: Path) -> Path:
    """Keep what a file holds as `.orig` beside it; gives where.

    Raises:
        FileError: It cannot be read or written.
    """
    kept = _free(path)
    write_bytes(kept, read_bytes(path, most_bytes=MOST_PAGE), within=output, is_private=True)
    return kept


def _free(path: Path) -> Path:
    """Find a name for what a person made of a file: `.orig`, or with a number where that is taken."""
    kept = path.with_name(path.name + ".orig")
    number = 2
    while kept.exists():
        kept = path.with_name(f"{path.name}.orig{number}")
        number += 1
    return kept
