"""What a folder has of drafts whose versions in the archive are the truth, as version control has it.

For each file: which version of the archive it came from, with its text. So it can be told whether a person
changed the file since, and what of it. A file of its own beside the drafts; without it every file is compared
with the archive anew.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import zstandard

from digest.store.packed import pack, unpack
from digest.workspace.files import new_private

SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    key TEXT PRIMARY KEY, path TEXT NOT NULL, version INTEGER NOT NULL, sha256 TEXT NOT NULL, packed BLOB
);
CREATE TABLE IF NOT EXISTS steps (step INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS followed (epoch TEXT NOT NULL, writes INTEGER NOT NULL)
"""

DraftsIn = Literal["files", "archive"]
"""Whether draft files are the truth, or the archive's versions."""

SLICE = 5_000  # values in one statement; SQLite takes at most 32,766


@dataclass(frozen=True)
class ArchiveState:
    """Which archive something was read from, and when."""

    epoch: str
    """Drawn at random when it was made, moved there or put back; empty for a file."""
    writes: int
    """How often it was written to; 0 for a file."""


@dataclass(frozen=True)
class Taken:
    """A version of the archive that a file came from."""

    path: str
    """Below the output folder."""
    version: int
    sha256: str
    """Of its text; empty where the version says that there is no file."""


@dataclass
class WorkingCopy:
    """What a folder has, and what this process read of the archive.

    Drafts are known by their ids, other files by their paths.
    """

    path: Path
    """Of the file that remembers it."""
    may_renew: bool = False
    """Whether this process holds the folder: nobody else on this machine changes its files."""
    seen: dict[str, str] = field(default_factory=dict)
    """The text, by its hash, of the last version that this process read or made of each draft."""
    made: dict[str, int] = field(default_factory=dict)
    """Versions that this process made, by draft: their files may be written by now."""
    notes: list[str] = field(default_factory=list)
    """What an editor should know of files that were changed here and elsewhere."""
    _opened: sqlite3.Connection | None = None

    def of(self, keys: Iterable[str]) -> dict[str, Taken]:
        """Give what these files came from, as far as it is known."""
        wanted = list(keys)
        found: dict[str, Taken] = {}
        for at in range(0, len(wanted), SLICE):
            part = wanted[at : at + SLICE]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, path, version, sha256 FROM files WHERE key IN ({marks})"
            found |= {key: Taken(*rest) for key, *rest in self._file.execute(query, part)}
        return found

    def drafts_in(self, folder: str) -> set[str]:
        """Name the drafts whose files lie in a folder below the output folder."""
        query = "SELECT key FROM files WHERE path >= ? AND path < ? AND key != path"
        return {key for (key,) in self._file.execute(query, (f"{folder}/", f"{folder}0"))}

    def paths(self) -> set[str]:
        """Name the files that are no drafts, and known by their paths."""
        return {key for (key,) in self._file.execute("SELECT key FROM files WHERE key = path")}

    def text_of(self, key: str) -> str | None:
        """Give the text that a file came from; None where there was no file."""
        row = self._file.execute("SELECT packed FROM files WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] is None:
            return None
        try:
            return unpack(row[0]).decode("utf-8")
        except (zstandard.ZstdError, UnicodeDecodeError):
            return None

    def keep(self, key: str, taken: Taken, text: str | None) -> None:
        """Note that a file is a version of the archive, or was made from it."""
        packed = None if text is None else pack(text.encode("utf-8"))
        with self._file as file:
            file.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                (key, taken.path, taken.version, taken.sha256, packed),
            )

    def write_in(self, step: int) -> None:
        """Note that a step wrote published files here, which lie on this machine alone."""
        with self._file as file:
            file.execute("INSERT OR IGNORE INTO steps VALUES (?)", (step,))

    def wrote_in(self, step: int) -> bool:
        """Tell whether a step wrote published files here."""
        return self._file.execute("SELECT 1 FROM steps WHERE step = ?", (step,)).fetchone() is not None

    def follow(self, now: ArchiveState) -> None:
        """Forget everything where the archive was put back to an earlier state, of which these files are not.

        Args:
            now: As it is by now, of `Store.state`.
        """
        row = self._file.execute("SELECT epoch, writes FROM followed").fetchone()
        before = ArchiveState(*row) if row else None
        if before == now:
            return
        with self._file as file:
            if before and (before.epoch != now.epoch or before.writes > now.writes):
                file.execute("DELETE FROM files")
                file.execute("DELETE FROM steps")
            file.execute("DELETE FROM followed")
            file.execute("INSERT INTO followed VALUES (?, ?)", (now.epoch, now.writes))

    def last_seen(self, draft_id: str) -> str | None:
        """Give the hash of the version of a draft that its file came from; None where it has none."""
        if draft_id in self.seen:
            return self.seen[draft_id]
        taken = self.of([draft_id]).get(draft_id)
        return taken.sha256 if taken else None

    def told(self) -> tuple[str, ...]:
        """Give what an editor should know, once."""
        notes = tuple(self.notes)
        self.notes.clear()
        return notes

    def close(self) -> None:
        """Let go of the file."""
        if self._opened:
            self._opened.close()
        self._opened = None

    @property
    def _file(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = _open(self.path)
        return self._opened


def sha256_of(text: str | None) -> str:
    """Give the SHA-256 of a text; empty for no file."""
    return "" if text is None else hashlib.sha256(text.encode("utf-8")).hexdigest()


def _open(path: Path) -> sqlite3.Connection:
    """Open what a folder remembers; what cannot be read is begun anew."""
    if not path.exists():
        new_private(path)
    with contextlib.suppress(sqlite3.DatabaseError):
        return _prepared(path)
    new_private(path)
    return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    # A desk answers each request in any thread, one at a time.
    file = sqlite3.connect(path, timeout=10, check_same_thread=False)
    try:
        # What a crash of the machine takes from it is compared anew: not worth waiting for the disk.
        file.execute("PRAGMA synchronous = OFF")
        file.executescript(SCHEMA)
        file.execute("SELECT key, path, version, sha256, packed FROM files LIMIT 1").fetchall()
        file.execute("SELECT step, epoch, writes FROM steps, followed LIMIT 1").fetchall()
    except sqlite3.DatabaseError:
        file.close()
        raise
    return file
