"""What the archive knows of feeds, and of the links they gave."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, case, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.language.addresses import address_key, entry_id
from digest.language.secrecy import login_in
from digest.records import Dropped, FeedState, Link, Origin, StoredLink
from digest.store import schema
from digest.store.sqlite import for_writing

links, addresses, feeds, left_out = schema.links, schema.addresses, schema.feeds, schema.left_out
articles = schema.articles

_AT_ONCE = 500
"""Keys asked for in one go; SQLite takes a limited number of values."""

CLOCKS_APART = timedelta(days=1)
"""Machines that share an archive may be some minutes apart; a clock that is a day ahead was wrong."""


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
        return FeedState(row.etag, row.last_modified, row.read_at, row.broken_since, row.remembers)

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
        too_old: Sequence[Link] = (),
        too_many: Sequence[Link] = (),
    ) -> int:
        """Keep a feed's new links, what is left out of it and its validators in one transaction.

        So a run killed in between asks the feed again in full, and loses nothing.

        Args:
            feed_url: As feeds.yaml has it.
            found: The links to work on.
            title: The feed's.
            etag: For the next question; empty to be answered in full.
            last_modified: The same.
            moved_to: Where a permanent redirect leads.
            now: When it was read.
            too_old: Links left out by date; a wider window finds them.
            too_many: Links left out because there were more than a limit; noted as seen, no more.

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
                "remembers": True,
            }
            connection.execute(
                insert(feeds).values(url=feed_url, **values).on_conflict_do_update(["url"], set_=values)
            )
            if login_in(feed_url):
                _without_logins(connection)
            new = sum(_add_link(connection, link) for link in found)
            _leave_out(connection, feed_url, too_old, is_too_old=True)
            _leave_out(connection, feed_url, too_many, is_too_old=False)
            _forget(connection, feed_url, {address_key(link.url) for link in found})
        return new

    def move_feed(self, old: str, new: str) -> None:
        """Keep what is known of a feed under another address, which it moved to; nothing of that was known.

        Otherwise it would be new: the first reading takes few of its entries, and forgets what was left out.
        """
        with self._write.begin() as connection:
            if connection.execute(select(feeds.c.url).where(feeds.c.url == new)).first() is None:
                connection.execute(update(feeds).where(feeds.c.url == old).values(url=new, moved_to=""))
            connection.execute(update(links).where(links.c.feed_url == old).values(feed_url=new))
            there = select(left_out.c.key).where(left_out.c.feed_url == new)
            connection.execute(
                update(left_out)
                .where(left_out.c.feed_url == old, left_out.c.key.not_in(there))
                .values(feed_url=new)
            )

    def last_articles(self, *, until: datetime) -> dict[str, datetime]:
        """Give, by a feed's address, when the last of its articles was taken in up to a moment; without those
        of none."""
        query = (
            select(links.c.feed_url, func.max(articles.c.taken_at).label("taken_at"))
            .join(articles, articles.c.id == links.c.id)
            .where(articles.c.taken_at <= until)
            .group_by(links.c.feed_url)
        )
        with self._read.connect() as connection:
            return {row.feed_url: row.taken_at for row in connection.execute(query)}

    def unseen(self, feed_url: str, found: Sequence[Link]) -> list[Link]:
        """Give the links that are known neither as such nor as left out of this feed."""
        keys = [address_key(link.url) for link in found]
        with self._read.connect() as connection:
            seen = _known(connection, keys) | _waiting(connection, feed_url, keys)
        return [link for link, key in zip(found, keys, strict=True) if key not in seen]

    def left_out(
        self, feed_url: str, *, since: datetime | None, limit: int | None, is_roundup: bool
    ) -> list[Link]:
        """Give the links left out by date that a window reaches, the newest entries up to a limit.

        Args:
            feed_url: As feeds.yaml has it.
            since: Where the window begins; None for no bound.
            limit: At most so many feed entries.
            is_roundup: All links of an issue are one feed entry.

        Returns:
            In order of being seen.
        """
        with self._read.connect() as connection:
            return _reached(connection, feed_url, since=since, limit=limit, is_roundup=is_roundup)

    def take_left_out(
        self, feed_url: str, *, since: datetime | None, limit: int | None, is_roundup: bool
    ) -> int:
        """Make links of what `left_out` gives; returns how many."""
        with self._write.begin() as connection:
            found = _reached(connection, feed_url, since=since, limit=limit, is_roundup=is_roundup)
            new = sum(_add_link(connection, link) for link in found)
            _forget(connection, feed_url, {address_key(link.url) for link in found})
        return new

    def count_left_out(self, feed_url: str) -> int:
        """Count the links that wait for a wider window."""
        with self._read.connect() as connection:
            return connection.execute(
                select(func.count())
                .select_from(left_out)
                .where(left_out.c.feed_url == feed_url, left_out.c.is_too_old)
                .where(left_out.c.key.not_in(select(links.c.key)))
            ).scalar_one()

    def losses_since(self, moment: datetime) -> list[Dropped]:
        """Give the links lost in fetching or extracting from a moment on, in order of being seen."""
        wanted = select(links).where(links.c.state == "dropped", links.c.tried_at >= moment)
        with self._read.connect() as connection:
            rows = connection.execute(wanted.order_by(links.c.place)).all()
        return [Dropped(row.url, row.stage, row.reason, row.is_retryable) for row in rows]

    def aliases_since(self, moment: datetime) -> list[tuple[str, str]]:
        """Give the addresses fetched from a moment on that turned out to be another article, and its id."""
        pages = schema.pages
        wanted = (
            select(links.c.url, addresses.c.link_id)
            .join(pages, pages.c.url == links.c.url)
            .join(addresses, addresses.c.url == links.c.url)
            .where(links.c.state == "alias", pages.c.fetched_at >= moment)
        )
        with self._read.connect() as connection:
            rows = connection.execute(wanted.order_by(links.c.place)).all()
        return [(row.url, row.link_id) for row in rows]

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

    def broken_before(self, moment: datetime) -> dict[str, datetime]:
        """Give feeds that could not be read since before a moment, and since when; longest first."""
        query = select(feeds.c.url, feeds.c.broken_since).where(feeds.c.broken_since < moment)
        with self._read.connect() as connection:
            return {
                row.url: row.broken_since for row in connection.execute(query.order_by(feeds.c.broken_since))
            }

    def moved_to(self, feed_url: str) -> str | None:
        """Say where a feed led when it was last read; empty for nowhere else, None if it was never read."""
        read = select(feeds.c.moved_to).where(feeds.c.url == feed_url, feeds.c.read_at.is_not(None))
        with self._read.connect() as connection:
            return connection.execute(read.where(feeds.c.broken_since.is_(None))).scalar()

    def known_title(self, feed_url: str) -> str:
        """Give the title a feed had when it was last read."""
        with self._read.connect() as connection:
            title = connection.execute(select(feeds.c.title).where(feeds.c.url == feed_url)).scalar()
        return title or ""

    def pending(self, *, max_tries: int, retry_before: datetime) -> list[StoredLink]:
        """Give links to work on, in order of being seen: new ones, and those whose loss waiting may mend.

        Args:
            max_tries: A link that failed in this many runs is left alone.
            retry_before: Only what was tried before this moment is tried again; and what was tried long after
                it, by a clock that has been put right since.
        """
        was_tried = (links.c.tried_at <= retry_before) | (links.c.tried_at > retry_before + CLOCKS_APART)
        wanted = (links.c.state == "new") | (
            (links.c.state == "dropped") & links.c.is_retryable & (links.c.tries < max_tries) & was_tried
        )
        with self._read.connect() as connection:
            rows = connection.execute(select(links).where(wanted).order_by(links.c.place)).all()
        return [_stored(row) for row in rows]

    def links_of(self, ids: Iterable[str]) -> dict[str, StoredLink]:
        """Give the stored links of these entries, by id; unknown ids are left out."""
        with self._read.connect() as connection:
            rows = connection.execute(select(links).where(links.c.id.in_(list(ids)))).all()
        return {row.id: _stored(row) for row in rows}

    def losses_of(self, keys: Mapping[str, str]) -> dict[str, str]:
        """Say why pages could not be fetched, of addresses that no run could reach.

        Args:
            keys: Addresses, by their `address_key`.

        Returns:
            By address, for those that were lost.
        """
        found = {}
        with self._read.connect() as connection:
            for part in _parts(keys):
                where = (links.c.key.in_(part), links.c.state == "dropped", links.c.stage == "fetch")
                for row in connection.execute(select(links.c.key, links.c.reason).where(*where)):
                    found[keys[row.key]] = row.reason
        return found

    def feeds_by_key(self, keys: Iterable[str]) -> dict[str, str]:
        """Give, by address keys, the addresses of the feeds that gave them; without those of no link."""
        found: dict[str, str] = {}
        with self._read.connect() as connection:
            for part in _parts(keys):
                wanted = select(links.c.key, links.c.feed_url).where(links.c.key.in_(part))
                found |= {row.key: row.feed_url for row in connection.execute(wanted)}
        return found

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


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    listed = list(keys)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


def _known(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Give those of some address keys that are links."""
    return {
        key
        for part in _parts(keys)
        for key in connection.execute(select(links.c.key).where(links.c.key.in_(part))).scalars()
    }


def _waiting(connection: Connection, feed_url: str, keys: Iterable[str]) -> set[str]:
    """Give those of some address keys that were left out of a feed."""
    of_feed = select(left_out.c.key).where(left_out.c.feed_url == feed_url)
    return {
        key
        for part in _parts(keys)
        for key in connection.execute(of_feed.where(left_out.c.key.in_(part))).scalars()
    }


def _leave_out(connection: Connection, feed_url: str, found: Sequence[Link], *, is_too_old: bool) -> None:
    """Remember links that are not taken up; those that were earlier are known already."""
    rows = {address_key(link.url): link for link in reversed(found)}
    for key in _known(connection, rows):
        del rows[key]
    if not rows:
        return
    statement = insert(left_out)
    changing = ("published", "is_whole_day", "latest", "body_html", "transcript", "is_too_old")
    connection.execute(
        statement.on_conflict_do_update(
            ["feed_url", "key"], set_={name: statement.excluded[name] for name in changing}
        ),
        [
            {
                "feed_url": feed_url,
                "key": key,
                "url": link.url,
                "title": link.title,
                "origin_title": link.origin.title,
                "origin_url": link.origin.url,
                "published": link.published,
                "is_whole_day": link.is_whole_day,
                "latest": link.latest,
                "body_html": link.body_html,
                "transcript": link.transcript,
                "is_too_old": is_too_old,
            }
            for key, link in reversed(rows.items())
        ],
    )


def _without_logins(connection: Connection) -> None:
    """Renew keys of earlier versions, which had the login of their feed in them.

    Otherwise all articles of a feed with a login would be new again.
    """
    for table in (links, left_out):
        rows = connection.execute(select(table.c.place, table.c.key).where(table.c.key.like("https://%@%")))
        for place, key in rows.all():
            renewed = address_key(key)
            is_taken = select(table.c.key).where(table.c.key == renewed)
            if renewed != key and connection.execute(is_taken).first() is None:
                connection.execute(update(table).where(table.c.place == place).values(key=renewed))


def _forget(connection: Connection, feed_url: str, keys: Iterable[str]) -> None:
    """Take links that came in off what was left out of a feed."""
    for part in _parts(keys):
        connection.execute(delete(left_out).where(left_out.c.feed_url == feed_url, left_out.c.key.in_(part)))


def _reached(
    connection: Connection, feed_url: str, *, since: datetime | None, limit: int | None, is_roundup: bool
) -> list[Link]:
    wanted = select(left_out).where(left_out.c.feed_url == feed_url, left_out.c.is_too_old)
    if since is not None:
        wanted = wanted.where(or_(left_out.c.latest.is_(None), left_out.c.latest >= since))
    rows = connection.execute(
        wanted.where(left_out.c.key.not_in(select(links.c.key))).order_by(
            left_out.c.latest.desc(), left_out.c.place
        )
    ).all()
    entry_of = {row.key: (row.origin_title, row.origin_url) if is_roundup else row.key for row in rows}
    chosen = set(list(dict.fromkeys(entry_of.values()))[:limit])
    taken = [row for row in rows if entry_of[row.key] in chosen]
    return [
        Link(
            url=row.url,
            title=row.title,
            origin=Origin(row.origin_title, row.origin_url),
            feed_url=row.feed_url,
            place=row.place,
            published=row.published,
            body_html=row.body_html,
            is_whole_day=row.is_whole_day,
            transcript=row.transcript,
        )
        for row in sorted(taken, key=lambda row: int(row.place))
    ]


def _add_link(connection: Any, link: Link) -> int:
    """Add a link, or only its address where the article is known already. Returns 1 for a new link."""
    key, link_id = address_key(link.url), entry_id(link.url)
    known = connection.execute(select(links.c.id).where(links.c.key == key)).scalar()
    if known is None and link.given:
        # Earlier versions took wrapped addresses as they were.
        known = connection.execute(select(links.c.id).where(links.c.key == address_key(link.given))).scalar()
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
                transcript=link.transcript,
            )
        )
        resolved = link_id
    else:
        _add_text(connection, known, link)
    for url in filter(None, (link.url, link.given)):
        connection.execute(
            insert(addresses).values(url=url, id=entry_id(url), link_id=resolved).on_conflict_do_nothing()
        )
    return int(known is None)


def _add_text(connection: Any, link_id: str, link: Link) -> None:
    """Give a link, first seen in a roundup perhaps, the text that another feed has of it.

    Its page may be walled. Where that was found out before, the link is worked on again.
    """
    for column, text in ((links.c.body_html, link.body_html), (links.c.transcript, link.transcript)):
        if text:
            state = case((links.c.state == "dropped", "new"), else_=links.c.state)
            connection.execute(
                update(links)
                .where((links.c.id == link_id) & (column == "") & (links.c.state != "kept"))
                .values({column.name: text, "state": state})
            )


def _stored(row: Row[Any]) -> StoredLink:
    link = Link(
        url=row.url,
        title=row.title,
        origin=Origin(row.origin_title, row.origin_url),
        feed_url=row.feed_url,
        place=row.place,
        published=row.published,
        body_html=row.body_html,
        transcript=row.transcript,
    )
    return StoredLink(link, row.id, row.place, row.tries)
