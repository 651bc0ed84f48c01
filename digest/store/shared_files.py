"""Texts beside drafts that every machine needs as they are: introductions, and what was published of them."""

from dataclasses import dataclass

import zstandard
from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from digest.errors import StoreError
from digest.store.packed import pack, unpack
from digest.store.schema import shared_files
from digest.store.sqlite import for_writing
from digest.store.working_copy import sha256_of


@dataclass(frozen=True)
class SharedFile:
    """The last version of a file."""

    version: int
    """1 first."""
    sha256: str
    """Of its text; empty where it was deleted."""


class SharedFiles:
    """Questions about these files, by their paths below the output folder."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)

    def all(self) -> dict[str, SharedFile]:
        """Give the last version of each, by path."""
        query = select(shared_files.c.path, shared_files.c.version, shared_files.c.sha256)
        with self._read.connect() as connection:
            rows = connection.execute(query).all()
        return {row.path: SharedFile(row.version, row.sha256) for row in rows}

    def text_of(self, path: str) -> str | None:
        """Give the text of a file; None where it was deleted, or never was.

        Raises:
            StoreError: It is damaged.
        """
        query = select(shared_files.c.content).where(shared_files.c.path == path)
        with self._read.connect() as connection:
            packed = connection.execute(query).scalar()
        try:
            return None if packed is None else unpack(packed).decode("utf-8")
        except (zstandard.ZstdError, UnicodeDecodeError) as error:
            raise StoreError(f"{path}: is damaged in the archive; see: digest doctor") from error

    def save(self, path: str, text: str | None, *, after: int) -> bool:
        """Keep a file in the place of a version; says whether that is still the last one.

        Args:
            path: Below the output folder.
            text: Of all of it; None where it was deleted.
            after: The version it was made from, 0 for none; with another one there nothing is kept.
        """
        content = None if text is None else pack(text.encode("utf-8"))
        values = {"version": after + 1, "sha256": sha256_of(text), "content": content}
        last = select(shared_files.c.version).where(shared_files.c.path == path)
        with self._write.begin() as connection:
            # Whoever writes has the archive alone until it is done.
            if (connection.execute(last).scalar() or 0) != after:
                return False
            row = insert(shared_files).values(path=path, **values)
            connection.execute(row.on_conflict_do_update(["path"], set_=values))
        return True
