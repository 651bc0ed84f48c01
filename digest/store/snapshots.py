"""Snapshots: the pages that approved entries rest on, kept for good beside those that fetching keeps.

Nothing here is ever deleted, whatever becomes of a page's own row, so that what an entry says can be proved
as long as it stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from digest.records import Page, Snapshot
from digest.store import schema
from digest.store.bodies import Bodies
from digest.store.sqlite import for_writing

snapshots, pages, addresses = schema.snapshots, schema.pages, schema.addresses

_AT_ONCE = 500
"""Ids asked for in one go; SQLite takes a limited number of values."""


class Snapshots:
    """Questions about what entries rest on."""

    def __init__(self, engine: Engine, bodies: Bodies) -> None:
        self._read = engine
        self._write = for_writing(engine)
        self._bodies = bodies

    def take(
        self, entry: str, page: Page, cited: Sequence[str], *, is_feed_text: bool = False, now: datetime
    ) -> None:
        """Keep the page of an entry's article, with the sentences that the entry rests on.

        Args:
            entry: Id of the entry.
            page: The page, with its body.
            cited: Sentences, in order.
            is_feed_text: Whether it is the text that the feed carried.
            now: When the entry was approved; aware, UTC.
        """
        # Its body first, so that a row never names one that is not there.
        sha256 = self._bodies.keep(page.body)
        values = {
            "url": page.url,
            "final_url": page.final_url,
            "status": page.status,
            "headers": [list(header) for header in page.headers],
            "fetched_at": page.fetched_at,
            "taken_at": now,
            "is_feed_text": is_feed_text,
            "cited": list(cited),
        }
        with self._write.begin() as connection:
            connection.execute(
                insert(snapshots)
                .values(entry=entry, sha256=sha256, **values)
                .on_conflict_do_update(["entry", "sha256"], set_=values)
            )

    def of(self, entries: Iterable[str]) -> dict[str, Snapshot]:
        """Give the latest snapshot of entries, by their ids; without the bodies."""
        found: dict[str, Snapshot] = {}
        listed = list(dict.fromkeys(entries))
        with self._read.connect() as connection:
            for at in range(0, len(listed), _AT_ONCE):
                wanted = select(snapshots).where(snapshots.c.entry.in_(listed[at : at + _AT_ONCE]))
                for row in connection.execute(wanted.order_by(snapshots.c.taken_at)):
                    found[row.entry] = _snapshot(row)
        return found

    def is_kept(self, snapshot: Snapshot) -> bool:
        """Tell whether the body of a snapshot is there."""
        return self._bodies.has(snapshot.sha256)

    def path_of(self, snapshot: Snapshot) -> Path | None:
        """Say in which file the body of a snapshot lies; None where it lies in the archive."""
        return self._bodies.file_of(snapshot.sha256)

    def take_in(self) -> int:
        """Put the bodies that lie in the folder into the archive too; gives how many were not there."""
        with self._read.connect() as connection:
            hashes = connection.execute(select(snapshots.c.sha256).distinct()).scalars().all()
        return sum(map(self._bodies.take_in, hashes))

    def page_of(self, snapshot: Snapshot) -> Page | None:
        """Give the page of a snapshot whole; None where its body is gone or damaged."""
        body = self._bodies.get(snapshot.sha256)
        return None if body is None else replace(snapshot.page, body=body)

    def fetched_anew(self, since: datetime) -> list[tuple[str, str]]:
        """Name what was fetched from a moment on and is the source of an entry, but not as it was then.

        Returns:
            (address, id of the entry), each once: the page may have come by another address of its article.
        """
        same = snapshots.alias()
        known = select(same.c.sha256).where(same.c.entry == snapshots.c.entry)
        wanted = (
            select(pages.c.url, snapshots.c.entry)
            .join(addresses, addresses.c.url == pages.c.url)
            .join(snapshots, snapshots.c.entry == addresses.c.link_id)
            .where(pages.c.fetched_at >= since, pages.c.sha256.not_in(known))
            .where(snapshots.c.is_feed_text.is_(False))
            .order_by(pages.c.url)
            .distinct()
        )
        with self._read.connect() as connection:
            return [(row.url, row.entry) for row in connection.execute(wanted)]


def _snapshot(row: Any) -> Snapshot:
    page = Page(
        url=row.url,
        final_url=row.final_url,
        status=row.status,
        headers=tuple((str(name), str(value)) for name, value in row.headers),
        body=b"",
        fetched_at=row.fetched_at,
    )
    return Snapshot(row.entry, page, row.sha256, tuple(row.cited), row.taken_at, row.is_feed_text)
