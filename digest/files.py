"""Writing files whole: a run killed at any moment leaves the old file or the new one, never half of one."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from digest.errors import StoreError


def write_text(path: Path, text: str, *, is_private: bool = False) -> None:
    """Write a text in UTF-8, line ends as they are; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"), is_private=is_private)


def write_bytes(path: Path, content: bytes, *, is_private: bool = False) -> None:
    """Write a file under a temporary name in the same folder, sync it and rename it.

    The folder is made if it is missing. An existing file keeps its permissions, unless the new one is to be
    its owner's alone (`is_private`); it is untouched until the new one is complete on disk. Through a
    symbolic link, the file it leads to is replaced.

    Raises:
        StoreError: The file could not be written: no room, no permission, a folder in its place.
    """
    temporary = ""
    try:
        path = path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            # Made for its owner alone, before there is anything to read in it.
            if not is_private:
                os.chmod(temporary, _mode(path))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        temporary = ""
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: not written: {error.strerror or error}; nothing was changed") from error
    finally:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)


def new_private(path: Path) -> None:
    """Make an empty file that its owner alone can read, in place of what is there.

    Raises:
        OSError: It cannot be made.
    """
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def keep_private(*paths: Path) -> None:
    """Take a file or folder that is there from all but its owner; nothing where that cannot be done."""
    for path in paths:
        # Somebody else's, or on a file system without permissions: it is as private as they made it.
        with suppress(OSError):
            mode = path.stat().st_mode & 0o7777
            if mode & 0o077:
                path.chmod(mode & 0o7700)


def remove_temporary(folder: Path) -> int:
    """Remove what killed writers left below a folder, while nobody writes; returns how many files."""
    left = [path for path in folder.rglob(".*.tmp") if path.is_file()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def read_text(path: Path) -> str:
    """Read a text in UTF-8, line ends as they are.

    Raises:
        StoreError: The file is missing, cannot be opened, or is not UTF-8 (the message names the byte).
    """
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise StoreError(f"{path}: not read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise StoreError(
            f"{path}: not read: expected UTF-8, got byte {error.start} in another encoding"
        ) from error


def _mode(path: Path) -> int:
    """Give the permissions the file has, or those an ordinary new file would get."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can open folders."""
    # The file is whole under its name by now; some file systems refuse this, and nothing is lost by that.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
