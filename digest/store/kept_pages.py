"""Kept pages: the body under its hash, see `bodies`, and a row with the rest of the answer."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.sqlite import insert

from digest.records import DO_NOT_REPUBLISH, Page
from digest.store import schema
from digest.store.bodies import Bodies
from digest.store.sqlite import for_writing

pages, refused_mails = schema.pages, schema.refused_mails


class KeptPages:
    """Questions about pages."""

    def __init__(self, engine: Engine, bodies: Bodies) -> None:
        self._read = engine
        self._write = for_writing(engine)
        self._bodies = bodies

    def save(self, page: Page) -> None:
        """Keep a page: its body first, so that a row never names one that is not there."""
        self._bodies.keep(page.body)
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
        """Give the kept page of an address, or None if there is none (or its body is gone or damaged)."""
        with self._read.connect() as connection:
            row = connection.execute(select(pages).where(pages.c.url == url)).first()
        if row is None:
            return None
        body = self._bodies.get(row.sha256)
        if body is None:
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

    def take_in(self) -> int:
        """Put the bodies that lie in the folder into the archive too; gives how many were not there."""
        with self._read.connect() as connection:
            hashes = connection.execute(select(pages.c.sha256).distinct()).scalars().all()
        return sum(map(self._bodies.take_in, hashes))

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
        """Give the keys of the mails whose texts are kept, and of those that were too large."""
        kept = select(pages.c.url).where(pages.c.url.startswith("mail:"))
        refused = select(refused_mails.c.key)
        with self._read.connect() as connection:
            return frozenset(connection.execute(kept.union(refused)).scalars())

    def refuse_mails(self, sizes: Mapping[str, int], *, now: datetime) -> None:
        """Remember mails that are too large to be read, by their keys, so that none is looked at again."""
        rows = [{"key": key, "size": size, "refused_at": now} for key, size in sizes.items()]
        if not rows:
            return
        with self._write.begin() as connection:
            connection.execute(insert(refused_mails).on_conflict_do_nothing(), rows)

    def count_since(self, moment: datetime) -> int:
        """Count the pages fetched from a moment on."""
        query = select(func.count()).select_from(pages).where(pages.c.fetched_at >= moment)
        with self._read.connect() as connection:
            return int(connection.execute(query).scalar_one())
