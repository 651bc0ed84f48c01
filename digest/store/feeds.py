"""What the archive knows of feeds, and of the links they gave."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.addresses import address_key, entry_id
from digest.records import FeedState, Link, Origin, StoredLink
from digest.store import schema
from digest.store.sqlite import for_writing

links, addresses, feeds = schema.links, schema.addresses, schema.feeds


class FeedsAndLinks:
    """Questions about feeds and links."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)

    def state(self, feed_url: str) -> FeedState:
        """Give what is known of a feed; an empty state for one never asked."""
        with self._read.connect() as connection:
            row = connection.execute(select(feeds).where(feeds.c.url == feed_url)).first()
        if row is None:
            return FeedState()
        return FeedState(row.etag, row.last_modified, row.read_at, row.broken_since)

    def save_read(
        self,
        feed_url: str,
        found: Sequence[Link],
        *,
        title: str,
        etag: str,
        last_modified: str,
        moved_to: str,
        now: datetime,
    ) -> int:
        """Keep a feed's new links and its validators in one transaction.

        So a run killed in between asks the feed again in full, and loses nothing.

        Returns:
            How many of the links were not known before.
        """
        with self._write.begin() as connection:
            values = {
                "title": title,
                "etag": etag,
                "last_modified": last_modified,
                "read_at": now,
                "broken_since": None,
                "problem": "",
                "moved_to": moved_to,
            }
            connection.execute(
                insert(feeds).values(url=feed_url, **values).on_conflict_do_update(["url"], set_=values)
            )
            return sum(_add_link(connection, link) for link in found)

    def save_unchanged(self, feed_url: str, *, moved_to: str, now: datetime) -> None:
        """Note that a feed could be read and had nothing new."""
        with self._write.begin() as connection:
            connection.execute(
                update(feeds)
                .where(feeds.c.url == feed_url)
                .values(read_at=now, broken_since=None, problem="", moved_to=moved_to)
            )

    def save_broken(self, feed_url: str, problem: str, *, now: datetime) -> datetime:
        """Note that a feed could not be read, and give since when."""
        with self._write.begin() as connection:
            connection.execute(insert(feeds).values(url=feed_url).on_conflict_do_nothing())
            connection.execute(
                update(feeds)
                .where(feeds.c.url == feed_url)
                .values(problem=problem, broken_since=func.coalesce(feeds.c.broken_since, now))
            )
            since = connection.execute(
                select(feeds.c.broken_since).where(feeds.c.url == feed_url)
            ).scalar_one()
        return since  # type: ignore[no-any-return]

    def known_title(self, feed_url: str) -> str:
        """Give the title a feed had when it was last read."""
        with self._read.connect() as connection:
            title = connection.execute(select(feeds.c.title).where(feeds.c.url == feed_url)).scalar()
        return title or ""

    def pending(self, *, max_tries: int, retry_before: datetime) -> list[StoredLink]:
        """Give links to work on, in order of being seen: new ones, and those whose loss waiting may mend.

        Args:
            max_tries: A link that failed in this many runs is left alone.
            retry_before: Only what was tried before this moment is tried again.
        """
        wanted = (links.c.state == "new") | (
            (links.c.state == "dropped")
            & links.c.is_retryable
            & (links.c.tries < max_tries)
            & (links.c.tried_at <= retry_before)
        )
        with self._read.connect() as connection:
            rows = connection.execute(select(links).where(wanted).order_by(links.c.place)).all()
        return [_stored(row) for row in rows]

    def links_of(self, ids: Iterable[str]) -> dict[str, StoredLink]:
        """Give the stored links of these entries, by id; unknown ids are left out."""
        with self._read.connect() as connection:
            rows = connection.execute(select(links).where(links.c.id.in_(list(ids)))).all()
        return {row.id: _stored(row) for row in rows}

    def known_keys(self) -> dict[str, tuple[int, str]]:
        """Give place and id of the link under each address key."""
        with self._read.connect() as connection:
            rows = connection.execute(select(links.c.key, links.c.place, links.c.id)).all()
        return {row.key: (row.place, row.id) for row in rows}

    def save_kept(self, link_id: str) -> None:
        """Note that a link became an article."""
        self._set(link_id, state="kept", stage="", reason="", is_retryable=False)

    def save_dropped(
        self, link_id: str, *, stage: str, reason: str, is_retryable: bool, now: datetime
    ) -> None:
        """Note where and why a link was lost."""
        self._set(
            link_id,
            state="dropped",
            stage=stage,
            reason=reason,
            is_retryable=is_retryable,
            tried_at=now,
            tries=links.c.tries + 1,
        )

    def save_alias(self, link_id: str, *, of: str) -> None:
        """Note that a link leads to the article of another; its addresses resolve to that one from now on."""
        with self._write.begin() as connection:
            connection.execute(
                update(links)
                .where(links.c.id == link_id)
                .values(state="alias", reason=f"same article as {of}")
            )
            connection.execute(update(addresses).where(addresses.c.link_id == link_id).values(link_id=of))

    def resolve(self, name: str) -> list[str]:
        """Find the entries that an id, the beginning of one, or an address stands for; aliases followed."""
        with self._read.connect() as connection:
            exact = connection.execute(
                select(addresses.c.link_id).where((addresses.c.id == name) | (addresses.c.url == name))
            ).scalars()
            found = sorted(set(exact))
            if not found:
                found = list(connection.execute(select(links.c.id).where(links.c.id == name)).scalars())
            if not found and "://" in name:
                found = list(
                    connection.execute(select(links.c.id).where(links.c.key == address_key(name))).scalars()
                )
            if not found and 4 <= len(name) < 32 and name.isalnum():
                found = list(
                    connection.execute(
                        select(links.c.id).where(links.c.id.startswith(name)).limit(10)
                    ).scalars()
                )
        return found

    def _set(self, link_id: str, **values: Any) -> None:
        with self._write.begin() as connection:
            connection.execute(update(links).where(links.c.id == link_id).values(**values))


def _add_link(connection: Any, link: Link) -> int:
    """Add a link, or only its address where the article is known already. Returns 1 for a new link."""
    key, link_id = address_key(link.url), entry_id(link.url)
    known = connection.execute(select(links.c.id).where(links.c.key == key)).scalar()
    resolved = known
    if known is None:
        connection.execute(
            insert(links).values(
                key=key,
                id=link_id,
                url=link.url,
                title=link.title,
                origin_title=link.origin.title,
                origin_url=link.origin.url,
                feed_url=link.feed_url,
                published=link.published,
                body_html=link.body_html,
            )
        )
        resolved = link_id
    else:
        # A link first seen in a roundup, then in the publisher's own feed with its text: the text is kept,
        # for the page may be walled.
        connection.execute(
            update(links)
            .where((links.c.id == known) & (links.c.body_html == "") & (links.c.state != "kept"))
            .values(body_html=link.body_html)
        )
    connection.execute(
        insert(addresses).values(url=link.url, id=link_id, link_id=resolved).on_conflict_do_nothing()
    )
    return int(known is None)


def _stored(row: Row[Any]) -> StoredLink:
    link = Link(
        url=row.url,
        title=row.title,
        origin=Origin(row.origin_title, row.origin_url),
        feed_url=row.feed_url,
        place=row.place,
        published=row.published,
        body_html=row.body_html,
    )
    return StoredLink(link, row.id, row.place, row.tries)
