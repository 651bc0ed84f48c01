"""Kept pages: one compressed file a body, named by its hash, and a row with the rest of the answer."""

import hashlib
import os
import re
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import zstandard
from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.sqlite import insert

from digest.errors import StoreError
from digest.records import DO_NOT_REPUBLISH, Page
from digest.store import schema
from digest.store.sqlite import for_writing
from digest.workspace.files import MOST_PAGE, FileError, inside, is_there, keep_private, opened, write_bytes

pages = schema.pages

# Measured by the design: level 9 leaves 18 % of a page's size and reads in 0.2 ms.
COMPRESSION_LEVEL = 9

SHA256 = re.compile(r"[0-9a-f]{64}")


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
        if not is_there(path):
            packed = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compress(page.body)
            write_bytes(path, packed, within=self._folder.parent, is_private=True)
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
        path = self._path(row.sha256)
        try:
            with opened(path) as file:
                body = zstandard.ZstdDecompressor().stream_reader(file).read(MOST_PAGE + 1)
        except FileError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise
        except zstandard.ZstdError:
            body = b""
        # Also where it ends too early, or another page is in its place.
        if hashlib.sha256(body).hexdigest() != row.sha256:
            os.unlink(inside(self._folder.parent, path))
            return None
        return Page(
            url=row.url,
            final_url=row.final_url,
            status=row.status,
            headers=tuple((str(name), str(value)) for name, value in row.headers),
            body=body,
            fetched_at=row.fetched_at,
            redirects=tuple((int(status), str(to)) for status, to in row.redirects),
        )

    def not_to_republish(self, urls: Collection[str]) -> frozenset[str]:
        """Give those of some addresses whose pages were read with somebody's access."""
        found: set[str] = set()
        listed = list(urls)
        with self._read.connect() as connection:
            for at in range(0, len(listed), 500):
                wanted = select(pages.c.url, pages.c.headers).where(pages.c.url.in_(listed[at : at + 500]))
                found |= {
                    row.url
                    for row in connection.execute(wanted)
                    if any(header[0] == DO_NOT_REPUBLISH for header in row.headers)
                }
        return frozenset(found)

    def header_of(self, url: str, wanted: str) -> str:
        """Give a header of a kept page; empty where it has none of that name."""
        with self._read.connect() as connection:
            headers = connection.execute(select(pages.c.headers).where(pages.c.url == url)).scalar()
        return next((value for name, value in headers or () if name == wanted), "")

    def known_mails(self) -> frozenset[str]:
        """Give the keys of the mails whose texts are kept."""
        with self._read.connect() as connection:
            return frozenset(
                connection.execute(select(pages.c.url).where(pages.c.url.startswith("mail:"))).scalars()
            )

    def count_since(self, moment: datetime) -> int:
        """Count the pages fetched from a moment on."""
        query = select(func.count()).select_from(pages).where(pages.c.fetched_at >= moment)
        with self._read.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _path(self, sha256: str) -> Path:
        # From the archive, which anybody may have changed: nothing else may become a path.
        if not SHA256.fullmatch(sha256):
            raise StoreError(f"{self._folder}: no page has the hash {ascii(sha256)[:60]}; see: digest doctor")
        return self._folder / sha256[:2] / f"{sha256}.zst"
