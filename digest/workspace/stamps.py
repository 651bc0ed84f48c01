"""Telling, by what the file system says of a file, whether it is still what was read.

A stamp changes with every writing, also where a program sets the time of the last change back, for the time
of the last change of the file's record cannot be set. One that is very young says too little: the file may
be written again within the same tick of the clock. Git's index has the same trouble and the same answer (its
documentation, "racy-git").
"""

import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TICK_NS = 20_000_000
"""How old a stamp must be to say anything: twice the coarsest tick (10 ms) of a kernel's clock for files."""


@dataclass(frozen=True)
class Stamp:
    """What the file system says of a file."""

    inode: int
    bytes: int
    written_ns: int
    changed_ns: int
    """When its record was last changed, which nobody can set."""
    is_file: bool = True
    """Not a folder, a pipe or a device."""
    is_sure: bool = field(default=True, compare=False)
    """Whether another writing would have to show."""


def stamp_of(path: Path | str) -> Stamp | None:
    """Give the stamp of a file, or of what a link leads to; None where there is none."""
    try:
        return _stamp(os.stat(path))
    except (OSError, ValueError):
        return None


def stamps_in(folder: Path) -> dict[str, Stamp | None]:
    """Give the stamps of all that is in a folder, by name; empty where there is none."""
    stamps: dict[str, Stamp | None] = {}
    with suppress(OSError), os.scandir(folder) as found:
        for each in found:
            try:
                stamps[each.name] = _stamp(each.stat())
            except OSError:
                # A link that leads nowhere.
                stamps[each.name] = None
    return stamps


def _stamp(found: os.stat_result) -> Stamp:
    age = time.time_ns() - max(found.st_ctime_ns, found.st_mtime_ns)
    return Stamp(
        found.st_ino,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        stat.S_ISREG(found.st_mode),
        age >= TICK_NS,
    )


def is_same(old: Stamp | None, new: Stamp | None) -> bool:
    """Tell whether a file is the one it was: its stamp is the same, and a change would have shown in it."""
    return old == new and (old is None or (old.is_sure and old.is_file))
