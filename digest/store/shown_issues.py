"""What was published, as the archive keeps it, and what is kept of it for pages about all of it.

The second can always be made again: each issue's has a key, and one with another key is not given.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Engine, Text, cast, delete, exists, false, func, literal, select
from sqlalchemy.dialects.sqlite import insert

from digest.records import PublishedRow
from digest.store import schema
from digest.store.sqlite import for_writing

shown_issues, entries, drafts, issues, articles, files = (
    schema.shown_issues,
    schema.entries,
    schema.drafts,
    schema.issues,
    schema.articles,
    schema.published_files,
)


class ShownIssues:
    """Questions about everything that was published."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)

    def rows(self) -> list[PublishedRow]:
        """Give the approved drafts of published issues, by issue, then in order of being seen."""
        issue = func.coalesce(entries.c.issue, drafts.c.issue).label("shown_in")
        query = (
            select(
                drafts.c.id,
                issue,
                drafts.c.worth,
                func.coalesce(entries.c.is_imported, false()),
                func.coalesce(entries.c.note, ""),
                # As it is written: reading all of it takes long, and most is not needed.
                func.coalesce(cast(entries.c.record, Text), ""),
            )
            .join(issues, issues.c.name == drafts.c.issue)
            .join(articles, articles.c.id == drafts.c.id)
            .outerjoin(entries, entries.c.id == drafts.c.id)
            .where(issues.c.published_at.is_not(None), drafts.c.status == "approved")
            .order_by(issue, articles.c.place)
        )
        with self._read.connect() as connection:
            found = connection.execute(query).all()
        return [PublishedRow(row[0], row[1], row[2], bool(row[3]), row[4], row[5]) for row in found]

    def withdrawn(self) -> dict[str, str]:
        """Give the issue, by id, of entries whose page was written and whose draft is approved no more."""
        page = literal("entries/") + drafts.c.id + ".md"
        query = (
            select(drafts.c.id, drafts.c.issue)
            .join(issues, issues.c.name == drafts.c.issue)
            .where(issues.c.published_at.is_not(None), drafts.c.status != "approved")
            .where(exists().where(files.c.path == page))
            .order_by(drafts.c.id)
        )
        with self._read.connect() as connection:
            return {row.id: row.issue for row in connection.execute(query)}

    def kept(self, keys: Mapping[str, str]) -> dict[str, tuple[str, bytes]]:
        """Give what is kept (record, words) of issues whose keys are these."""
        with self._read.connect() as connection:
            rows = connection.execute(select(shown_issues)).all()
        return {row.name: (row.record, row.words) for row in rows if keys.get(row.name) == row.key}

    def keep(self, fresh: Mapping[str, tuple[str, str, bytes]], *, known: Collection[str]) -> None:
        """Keep (key, record, words) of issues, and forget those that are no longer known."""
        with self._write.begin() as connection:
            gone = shown_issues.c.name.not_in(list(known))
            connection.execute(delete(shown_issues).where(gone))
            for name, (key, record, words) in fresh.items():
                values = {"key": key, "record": record, "words": words}
                row = insert(shown_issues).values(name=name, **values)
                connection.execute(row.on_conflict_do_update(["name"], set_=values))
