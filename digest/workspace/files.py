"""The one door to files: written whole, read only where they are files, and of a size they can have.

A run killed at any moment leaves the old file or the new one, never half of one. What is read may have been
put there by anybody: a named pipe or a device in the place of a file would be waited for, or never end.
"""

import errno
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from digest.errors import StoreError

MOST_TEXT = 5_000_000
"""Bytes of a file that a person writes (feeds.yaml, prompts, drafts, entry pages); the largest known has
300,000."""

MOST_PAGE = 100_000_000
"""Bytes of a page or PDF that is given as a file, unpacked, and of a kept one."""

MOST_ROWS = 1_000_000_000
"""Bytes of a file of JSON Lines; 100,000 articles have half of that."""

AT_ONCE = 1 << 20  # bytes read at once, so that a file too large is found before it fills memory; judgement

PLAIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,118}[A-Za-z0-9_-])?")
DEVICE_NAME = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")

_watcher: ContextVar[Callable[[Path], None] | None] = ContextVar("watcher", default=None)


class FileError(StoreError):
    """A file that cannot be read."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: not read: {reason}")
        self.reason = reason
        """What is wrong, without the name."""


@contextmanager
def opened(path: Path, *, most_bytes: int | None = None) -> Iterator[BinaryIO]:
    """Open a file for reading, if it is one.

    Args:
        path: The file, or a link to one.
        most_bytes: Larger files are refused; None for any size.

    Raises:
        FileError: It is missing, not to be opened, no ordinary file, or too large.
    """
    try:
        # Asked before it is opened, as opening alone does something to some devices, and after, as it may be
        # another by then. Without O_NONBLOCK opening a pipe would wait for somebody to write into it.
        _check_kind(path, os.stat(path), most_bytes)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            _check_kind(path, os.fstat(descriptor), most_bytes)
            yield file
    except OSError as error:
        raise FileError(path, why(error)) from error
    except ValueError as error:
        # A name with a NUL character, or with half of a surrogate pair.
        if "null byte" in str(error) or isinstance(error, UnicodeEncodeError):
            raise FileError(repr(str(path)), "no name of a file") from error
        raise


def read_bytes(path: Path, *, most_bytes: int = MOST_TEXT) -> bytes:
    """Read a whole file.

    Raises:
        FileError: As `opened`, or it grew beyond `most_bytes` meanwhile.
    """
    with opened(path, most_bytes=most_bytes) as file:
        return read_up_to(file, most_bytes, path)


def read_up_to(file: BinaryIO, most_bytes: int, path: Path | str) -> bytes:
    """Read a stream to its end.

    Raises:
        FileError: It has more than `most_bytes`.
    """
    parts, left = [], most_bytes
    # Piece by piece: told to read so many bytes, Python would ask for room for all of them first.
    while part := file.read(min(AT_ONCE, left + 1)):
        left -= len(part)
        if left < 0:
            raise FileError(path, f"larger than {_size(most_bytes)}")
        parts.append(part)
    return b"".join(parts)


def why(error: OSError) -> str:
    """Say in words why the system refused."""
    if error.errno == errno.ELOOP:
        return "its links lead round in a circle"
    return error.strerror or str(error)


def is_there(path: Path) -> bool:
    """Tell whether there is something of this name; nothing has a name that no file can have."""
    try:
        return path.exists()
    except OSError:
        return False


def is_plain_name(name: object) -> bool:
    """Tell whether a name can be part of a file's: it leads nowhere, and means nothing to any system.

    Letters, digits, dots, hyphens and underscores, beginning with a letter or digit, 120 at most.
    """
    return isinstance(name, str) and bool(PLAIN_NAME.fullmatch(name)) and not DEVICE_NAME.fullmatch(name)


def inside(root: Path, path: Path) -> Path:
    """Give a path below a folder as it is, if all links in it stay below that folder.

    The folder itself may be reached by a link: its owner put it there.

    Raises:
        StoreError: Something on the way leads out of it.
    """
    # realpath rather than resolve, which is upset by links that lead round in a circle.
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        raise StoreError(
            f"{path}: leads out of {root}, to {real}; nothing was changed; put a file in its place"
        )
    return path


def _check_kind(path: Path, found: os.stat_result, most_bytes: int | None) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise FileError(path, f"expected a file, got {kind_of(found.st_mode)}")
    if most_bytes is not None and found.st_size > most_bytes:
        raise FileError(path, f"larger than {_size(most_bytes)} ({_size(found.st_size)})")


def kind_of(mode: int) -> str:
    """Name what is no ordinary file."""
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISLNK, "a link"),
    )
    return next((name for is_kind, name in kinds if is_kind(mode)), "a device")


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.0f} MB" if count >= 1_000_000 else f"{count:,} bytes"


@contextmanager
def watched(told: Callable[[Path], None]) -> Iterator[None]:
    """Have somebody told of each file just before it is written or removed, for as long as this lasts."""
    before = _watcher.set(told)
    try:
        yield
    finally:
        _watcher.reset(before)


def _tell(path: Path) -> None:
    if told := _watcher.get():
        told(path)


def remove(path: Path, *, within: Path) -> None:
    """Remove a file, if it is there.

    Raises:
        StoreError: It cannot be removed, or a link on the way leads out of the folder.
    """
    try:
        if os.path.lexists(inside(within, path)):
            _tell(path)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: not removed: {why(error)}") from error


def write_text(path: Path, text: str, *, within: Path | None = None, is_private: bool = False) -> None:
    """Write a text in UTF-8, line ends as they are; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"), within=within, is_private=is_private)


def write_bytes(path: Path, content: bytes, *, within: Path | None = None, is_private: bool = False) -> None:
    """Write a file under a temporary name in the same folder, sync it and rename it.

    The folder is made if it is missing. An existing file keeps its permissions, unless the new one is to be
    its owner's alone (`is_private`); it is untouched until the new one is complete on disk. Through a
    symbolic link, the file it leads to is replaced.

    Args:
        path: The file.
        content: What it is to hold.
        within: A folder that no link on the way may lead out of; None where the path is a person's own.
        is_private: Whether its owner alone may read it.

    Raises:
        StoreError: The file could not be written: no room, no permission, something else in its place.
    """
    temporary = ""
    try:
        path = Path(os.path.realpath(path if within is None else inside(within, path)))
        if path.exists() and not path.is_file():
            raise StoreError(f"{path}: not written: expected a file, got {kind_of(path.stat().st_mode)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            # Made for its owner alone, before there is anything to read in it.
            if not is_private:
                os.chmod(temporary, _mode(path))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _tell(path)
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


def read_text(path: Path, *, most_bytes: int = MOST_TEXT) -> str:
    """Read a text in UTF-8, line ends as they are.

    Raises:
        FileError: The file is missing, cannot be opened, is no file, is too large, or is not UTF-8 (the
            message names the byte).
    """
    try:
        return read_bytes(path, most_bytes=most_bytes).decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError(path, f"expected UTF-8, got byte {error.start} in another encoding") from error


def text_if_there(path: Path) -> str | None:
    """Read a text in UTF-8; None where there is no file.

    Raises:
        FileError: There is one, and it cannot be read; see `read_text`.
    """
    try:
        return read_text(path)
    except FileError as error:
        if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            return None
        raise


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
