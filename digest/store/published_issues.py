"""Issues as readers know them: when each was published and last changed, and what feed readers know it by."""

from datetime import datetime

from sqlalchemy import Engine, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.records import IssueTimes
from digest.store.history import History
from digest.store.schema import issues, public_ids
from digest.store.sqlite import for_writing


class PublishedIssues:
    """Questions about published issues."""

    def __init__(self, engine: Engine, history: History) -> None:
        self._history = history
        self._read = engine
        self._write = for_writing(engine)

    def times(self) -> dict[str, IssueTimes]:
        """Give when each published issue was published and last changed, by its name, newest first."""
        query = select(issues).where(issues.c.published_at.is_not(None)).order_by(issues.c.name.desc())
        with self._read.connect() as connection:
            rows = connection.execute(query).all()
        return {row.name: IssueTimes(row.published_at, row.changed_at or row.published_at) for row in rows}

    def note_content(self, name: str, content: str, *, before: str, now: datetime) -> IssueTimes:
        """Note what readers are about to be shown of an issue, before anything of it is written.

        One whose writer was killed keeps the time that was noted then: done again, the same is written.

        Args:
            name: The issue, which the archive has.
            content: Hash of what readers are shown.
            before: Hash of what the archive's entries say, for issues published before hashes were kept.
            now: Aware, UTC.
        """
        with self._write.begin() as connection:
            row = connection.execute(select(issues).where(issues.c.name == name)).one()
            known = row.content or (before if row.published_at else "")
            changed_at = (row.changed_at or row.published_at or now) if known == content else now
            if (row.content, row.changed_at) != (content, changed_at):
                self._history.note_issue(connection, name)
                values = {"content": content, "changed_at": changed_at}
                connection.execute(update(issues).where(issues.c.name == name).values(values))
        return IssueTimes(row.published_at or changed_at, changed_at)

    def public_id(self, name: str, made: str) -> str:
        """Give what feed readers know an issue, or the feed, by; the first that was made for it stays."""
        query = select(public_ids.c.id).where(public_ids.c.name == name)
        with self._write.begin() as connection:
            known = connection.execute(query).scalar()
            if known is None:
                connection.execute(insert(public_ids).values(name=name, id=made))
        return str(known or made)
