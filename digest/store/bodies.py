"""Bodies of pages, named by their hash: in a folder, or in the archive, where every machine finds them.

Where the setting was changed, those kept before lie in the other place, and are found there all the same.
"""

import hashlib
from pathlib import Path
from typing import Literal

import zstandard
from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.sqlite import insert

from digest.store.packed import is_packed, keep_body, kept_body, pack, packed_file, unpack
from digest.store.schema import page_bodies
from digest.store.sqlite import for_writing
from digest.workspace.files import keep_private

PagesIn = Literal["folder", "archive"]
"""Where new bodies are kept."""


class Bodies:
    """Questions about the bodies of one kind of pages."""

    def __init__(self, engine: Engine, folder: Path, *, in_archive: bool = False) -> None:
        self._read = engine
        self._write = for_writing(engine)
        self._folder = folder
        self._in_archive = in_archive
        # Those that earlier versions kept can be read by others but for this.
        keep_private(folder)

    def keep(self, body: bytes) -> str:
        """Keep a body, unless it is there, and give its hash."""
        if not self._in_archive:
            return keep_body(self._folder, body)
        sha256 = hashlib.sha256(body).hexdigest()
        if not self._is_row(sha256):
            with self._write.begin() as connection:
                row = insert(page_bodies).values(sha256=sha256, body=pack(body))
                connection.execute(row.on_conflict_do_nothing())
        return sha256

    def get(self, sha256: str) -> bytes | None:
        """Give a body; None where it is gone or damaged: what is damaged is deleted, so that it can be kept
        anew.

        Raises:
            FileError: Its file cannot be read.
        """
        if self._in_archive and (body := self._of_row(sha256)) is not None:
            return body
        body = kept_body(self._folder, sha256)
        return body if body is not None or self._in_archive else self._of_row(sha256)

    def has(self, sha256: str) -> bool:
        """Tell whether a body is kept, without reading it."""
        return is_packed(self._folder, sha256) or self._is_row(sha256)

    def file_of(self, sha256: str) -> Path | None:
        """Say in which file a body lies, or would; None where it lies in the archive."""
        is_file = is_packed(self._folder, sha256)
        return packed_file(self._folder, sha256) if is_file or not self._is_row(sha256) else None

    def take_in(self, sha256: str) -> bool:
        """Put a body that lies in the folder into the archive too; says whether that was to be done."""
        if self._is_row(sha256) or (body := kept_body(self._folder, sha256)) is None:
            return False
        with self._write.begin() as connection:
            connection.execute(insert(page_bodies).values(sha256=sha256, body=pack(body)))
        return True

    def _is_row(self, sha256: str) -> bool:
        query = select(page_bodies.c.sha256).where(page_bodies.c.sha256 == sha256)
        with self._read.connect() as connection:
            return connection.execute(query).first() is not None

    def _of_row(self, sha256: str) -> bytes | None:
        query = select(page_bodies.c.body).where(page_bodies.c.sha256 == sha256)
        with self._read.connect() as connection:
            packed = connection.execute(query).scalar()
        if packed is None:
            return None
        try:
            body = unpack(packed)
        except zstandard.ZstdError:
            body = b""
        if hashlib.sha256(body).hexdigest() == sha256:
            return body
        with self._write.begin() as connection:
            connection.execute(delete(page_bodies).where(page_bodies.c.sha256 == sha256))
        return None
