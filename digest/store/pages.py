"""Kept pages: one compressed file a body, named by its hash, and a row with the rest of the answer."""

import os
from datetime import datetime
from pathlib import Path

import zstandard
from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.sqlite import insert

from digest.errors import StoreError
from digest.files import keep_private, write_bytes
from digest.records import Page
from digest.store import schema
from digest.store.sqlite import for_writing

pages = schema.pages

# Measured by the design: level 9 leaves 18 % of a page's size and reads in 0.2 ms.
COMPRESSION_LEVEL = 9


class KeptPages:
    """Questions about pages."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._read = engine
        self._write = for_writing(engine)
        self._folder = folder
        # Those that earlier versions kept can be read by others but for this.
        keep_private(folder)

    def save(self, page: Page) -> None:
        """Keep a page: its body first, so that a row never names a file that is not there."""
        path = self._path(page.sha256)
        if not path.exists():
            body = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compress(page.body)
            write_bytes(path, body, is_private=True)
        values = {
            "final_url": page.final_url,
            "status": page.status,
            "headers": [list(header) for header in page.headers],
            "redirects": [list(redirect) for redirect in page.redirects],
            "sha256": page.sha256,
            "fetched_at": page.fetched_at,
        }
        with self._write.begin() as connection:
            connection.execute(
                insert(pages).values(url=page.url, **values).on_conflict_do_update(["url"], set_=values)
            )

    def get(self, url: str) -> Page | None:
        """Give the kept page of an address, or None if there is none (or its file is gone or damaged)."""
        with self._read.connect() as connection:
            row = connection.execute(select(pages).where(pages.c.url == url)).first()
        if row is None:
            return None
        try:
            body = zstandard.ZstdDecompressor().decompress(self._path(row.sha256).read_bytes())
        except FileNotFoundError:
            return None
        except zstandard.ZstdError:
            os.unlink(self._path(row.sha256))
            return None
        except OSError as error:
            raise StoreError(f"{self._path(row.sha256)}: cannot be read: {error.strerror}") from error
        return Page(
            url=row.url,
            final_url=row.final_url,
            status=row.status,
            headers=tuple((str(name), str(value)) for name, value in row.headers),
            body=body,
            fetched_at=row.fetched_at,
            redirects=tuple((int(status), str(to)) for status, to in row.redirects),
        )

    def count_since(self, moment: datetime) -> int:
        """Count the pages fetched from a moment on."""
        query = select(func.count()).select_from(pages).where(pages.c.fetched_at >= moment)
        with self._read.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}.zst"
