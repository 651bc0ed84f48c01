"""Mailboxes in files: mbox, Maildir, a folder of .eml files, or one such file. Reads only; moves no mail."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self

from digest.language.mail_headers import MAX_HEADER_BYTES, headers_of

MAX_LINE = 65_536
"""Bytes of a line that are looked at in one go."""

_DATED = re.compile(rb"From \S+ .*\d\d:\d\d.*\b(?:19|20)\d\d\b")
_ANY = re.compile(rb"From ")
_USUAL = ("from", "date", "subject", "received", "message-id", "return-path")


class MailFile(Protocol):
    """One mail, open for reading."""

    def read(self, size: int, /) -> bytes:
        """Give at most so many bytes."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: Any) -> object: ...


Opened = Callable[[], MailFile]
"""Opens one mail."""


@contextmanager
def mails_of(path: Path) -> Iterator[Iterator[Opened]]:
    """Open a mailbox, and give its mails in its order; they can be read until it is closed.

    Raises:
        OSError: it is not there, or is no file or folder.
        ValueError: it holds something else than mails.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        is_maildir = (path / "cur").is_dir() or (path / "new").is_dir()
        if not is_maildir:
            _raise_if_of_others(path)
        yield _maildir(path) if is_maildir else _folder(path)
        return
    if not stat.S_ISREG(mode):
        raise OSError("neither a file nor a folder")
    with path.open("rb") as file:
        head = file.read(MAX_HEADER_BYTES)
    if not head.startswith(b"From "):
        if head and not any(name in headers_of(head) for name in _USUAL):
            raise ValueError("neither an mbox nor a mail")
        yield iter([_opener(path)])
        return
    # One file for all: another program may put a new one in its place meanwhile.
    with path.open("rb") as box:
        yield iter([partial(_Part, box, start, end) for start, end in _parts(box)])


def _raise_if_of_others(path: Path) -> None:
    """Stop at a folder of other files; an empty one may be waiting for its first mail.

    Raises:
        ValueError: it has something in it, and no mail.
    """
    names = [name.lower() for name in os.listdir(path) if not name.startswith(".")]
    if names and not any(name.endswith(".eml") for name in names):
        raise ValueError("a folder without .eml files, and no Maildir (it has no cur or new in it)")


def _maildir(path: Path) -> Iterator[Opened]:
    for name in ("cur", "new"):
        yield from _regular_files(path / name, "")


def _folder(path: Path) -> Iterator[Opened]:
    yield from _regular_files(path, ".eml")


def _regular_files(folder: Path, ending: str) -> Iterator[Opened]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name
            for entry in entries
            if entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(ending)
        )
    for name in names:
        if not name.startswith("."):
            yield _opener(folder / name)


def _opener(path: Path) -> Opened:
    return lambda: path.open("rb")


def _parts(box: BinaryIO) -> Iterator[tuple[int, int]]:
    """Find where the mails of an mbox begin and end.

    The standard library takes every line that begins with "From " for the beginning of a mail; of one that
    says "From now on" all that follows would be lost. Lines between mails have a date.
    """
    line = box.readline(MAX_LINE)
    is_between = _DATED.match if _DATED.match(line) else _ANY.match
    start, is_whole = box.tell(), line.endswith(b"\n")
    while line := box.readline(MAX_LINE):
        if is_whole and is_between(line):
            yield start, box.tell() - len(line)
            start = box.tell()
        is_whole = line.endswith(b"\n")
    yield start, box.tell()


class _Part:
    """One mail of an mbox, open for reading."""

    def __init__(self, box: BinaryIO, start: int, end: int) -> None:
        self._box, self._at, self._end = box, start, end

    def read(self, size: int, /) -> bytes:
        """Give at most so many bytes."""
        self._box.seek(self._at)
        found = self._box.read(max(min(size, self._end - self._at), 0))
        self._at += len(found)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        """Leave the file open: it is that of all."""
