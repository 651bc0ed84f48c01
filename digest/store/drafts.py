"""Stories, drafts, issues and runs of the archive."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, func, literal, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.records import (
    DraftChecks,
    DraftGlance,
    DraftRow,
    Entry,
    PublishedEntry,
    RunReport,
    RunRow,
    Status,
)
from digest.records.plain_values import from_json, to_json
from digest.store import schema
from digest.store.history import History
from digest.store.search import follow_analyses, follow_entries
from digest.store.sqlite import for_writing
from digest.store.statements import replace_rows

drafts, draft_log, entries, issues, runs, stories = (
    schema.drafts,
    schema.draft_log,
    schema.entries,
    schema.issues,
    schema.runs,
    schema.stories,
)

# SQLite takes at most 32,766 values in one statement.
SLICE = 5_000


class DraftsAndIssues:
    """Questions about stories, drafts, issues and runs."""

    def __init__(self, engine: Engine, history: History) -> None:
        self._history = history
        self._read = engine
        self._write = for_writing(engine)

    def story_ids(self) -> dict[str, str]:
        """Give the story of each article that was grouped."""
        with self._read.connect() as connection:
            rows = connection.execute(select(stories.c.article_id, stories.c.story_id)).all()
        return {row.article_id: row.story_id for row in rows}

    def stories_of(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the story of these articles, as far as they were grouped."""
        return dict(self._stories(stories.c.article_id, ids))

    def members_of(self, story_ids: Iterable[str]) -> dict[str, list[str]]:
        """Give the articles of these stories, without copies."""
        members: dict[str, list[str]] = {}
        for article_id, story_id in self._stories(stories.c.story_id, story_ids):
            members.setdefault(story_id, []).append(article_id)
        return members

    def unplaced(self) -> list[str]:
        """Give originals that are in no story yet and were not imported, in order of being seen."""
        return self._ungrouped(is_imported=False)

    def ungrouped_imports(self) -> list[str]:
        """Give imported originals that are in no story yet, in order of being seen."""
        return self._ungrouped(is_imported=True)

    def _ungrouped(self, *, is_imported: bool) -> list[str]:
        articles = schema.articles
        # By their ids alone first: what else is asked lies behind the texts, which few need to be read for.
        each = articles.alias()
        bare = select(each.c.id).where(~exists().where(stories.c.article_id == each.c.id))
        query = (
            select(articles.c.id)
            .where(articles.c.id.in_(bare))
            .where(articles.c.is_imported.is_(is_imported), articles.c.copy_of.is_(None))
            .order_by(articles.c.place)
        )
        with self._read.connect() as connection:
            return list(connection.execute(query).scalars())

    def stories_by_hand(self) -> set[str]:
        """Give the ids of articles that an editor put into their story."""
        query = select(stories.c.article_id).where(stories.c.is_by_hand)
        with self._read.connect() as connection:
            return set(connection.execute(query).scalars())

    def save_stories(self, story_of: Mapping[str, str], *, is_by_hand: bool = False) -> None:
        """Note the story of these articles."""
        if not story_of:
            return
        rows = [
            {"article_id": article_id, "story_id": story_id, "is_by_hand": is_by_hand}
            for article_id, story_id in story_of.items()
        ]
        with self._write.begin() as connection:
            if is_by_hand:
                self._history.note_stories(connection, story_of)
            replace_rows(connection, stories, rows, key=["article_id"])

    def _stories(self, column: Any, values: Iterable[str]) -> Iterator[tuple[str, str]]:
        wanted = list(values)
        query = select(stories.c.article_id, stories.c.story_id)
        with self._read.connect() as connection:
            for at in range(0, len(wanted), SLICE):
                rows = connection.execute(query.where(column.in_(wanted[at : at + SLICE]))).all()
                yield from ((row.article_id, row.story_id) for row in rows)

    def save_draft(self, row: DraftRow, *, now: datetime) -> None:
        """Note a draft's issue, status and title; a change of status or issue is logged."""
        with self._write.begin() as connection:
            known = connection.execute(select(drafts).where(drafts.c.id == row.id)).first()
            values = {
                "issue": row.issue,
                "status": row.status,
                "title": row.title,
                "worth": row.worth,
                "why": row.why,
                "changed_at": now,
            }
            connection.execute(
                insert(drafts).values(id=row.id, **values).on_conflict_do_update(["id"], set_=values)
            )
            if known is None or (known.status, known.issue) != (row.status, row.issue):
                connection.execute(
                    insert(draft_log).values(id=row.id, at=now, status=row.status, issue=row.issue)
                )

    def fingerprints(self) -> dict[str, tuple[str, str]]:
        """Give, by draft, the hashes of what was last generated for it and of the file last written."""
        with self._read.connect() as connection:
            rows = connection.execute(select(drafts.c.id, drafts.c.made_from, drafts.c.file_hash)).all()
        return {row.id: (row.made_from, row.file_hash) for row in rows}

    def save_fingerprint(self, draft_id: str, *, made_from: str, file_hash: str) -> None:
        """Note what a draft was last generated from, and what its file then held."""
        with self._write.begin() as connection:
            connection.execute(
                update(drafts).where(drafts.c.id == draft_id).values(made_from=made_from, file_hash=file_hash)
            )

    def checks_of(self, ids: Iterable[str]) -> dict[str, DraftChecks]:
        """Give what the checks found in drafts, and what was accepted."""
        wanted = list(ids)
        columns = (drafts.c.id, drafts.c.checked, drafts.c.failed, drafts.c.accepted)
        found = {}
        with self._read.connect() as connection:
            for at in range(0, len(wanted), SLICE):
                query = select(*columns).where(drafts.c.id.in_(wanted[at : at + SLICE]))
                for row in connection.execute(query):
                    record = {"checked": row.checked, "failed": row.failed, "accepted": row.accepted}
                    found[row.id] = from_json(DraftChecks, record)
        return found

    def save_checks(self, checks: Mapping[str, DraftChecks]) -> None:
        """Note, by draft, what the checks found and what was accepted."""
        with self._write.begin() as connection:
            for draft_id, each in checks.items():
                connection.execute(update(drafts).where(drafts.c.id == draft_id).values(**to_json(each)))

    def glances(self, issue: str) -> dict[str, DraftGlance]:
        """Give what the files of an issue's drafts said when they were last looked at, by id."""
        query = select(drafts.c.id, drafts.c.glance).where(drafts.c.issue == issue)
        with self._read.connect() as connection:
            return {
                row.id: from_json(DraftGlance, row.glance) for row in connection.execute(query) if row.glance
            }

    def save_glances(self, glances: Mapping[str, DraftGlance]) -> None:
        """Note what the files of drafts say."""
        with self._write.begin() as connection:
            for draft_id, each in glances.items():
                connection.execute(update(drafts).where(drafts.c.id == draft_id).values(glance=to_json(each)))

    def drafts(
        self, *, issue: str | None = None, ids: Iterable[str] | None = None, status: Status | None = None
    ) -> list[DraftRow]:
        """List drafts of an issue, of some ids, of a status, or all; in order of the articles being seen."""
        # What else is kept of a draft is much, and takes reading.
        asked = [drafts.c[name] for name in ("id", "issue", "status", "title", "worth", "why")]
        query = (
            select(*asked)
            .join(schema.articles, schema.articles.c.id == drafts.c.id)
            .order_by(schema.articles.c.place)
        )
        if issue is not None:
            query = query.where(drafts.c.issue == issue)
        if ids is not None:
            query = query.where(drafts.c.id.in_(list(ids)))
        if status is not None:
            query = query.where(drafts.c.status == status)
        with self._read.connect() as connection:
            rows = connection.execute(query).all()
        return [DraftRow(row.id, row.issue, row.status, row.title, row.worth, row.why) for row in rows]

    def approved_in(self, names: Iterable[str]) -> set[str]:
        """Name the approved drafts of these issues."""
        wanted = select(drafts.c.id, drafts.c.issue).where(drafts.c.status == "approved")
        known = set(names)
        with self._read.connect() as connection:
            return {row.id for row in connection.execute(wanted) if row.issue in known}

    def log_of(self, draft_id: str) -> list[tuple[datetime, Status, str]]:
        """Give (when, status, issue) of each change of a draft, oldest first."""
        query = select(draft_log).where(draft_log.c.id == draft_id).order_by(draft_log.c.entry)
        with self._read.connect() as connection:
            return [(row.at, row.status, row.issue) for row in connection.execute(query)]

    def came_from(self, issue: str) -> dict[str, str]:
        """Give the last other issue in which each draft of an issue was, for those that were in one."""
        query = (
            select(draft_log.c.id, func.max(draft_log.c.issue).label("before"))
            .join(drafts, drafts.c.id == draft_log.c.id)
            .where(drafts.c.issue == issue, draft_log.c.issue != issue)
            .group_by(draft_log.c.id)
        )
        with self._read.connect() as connection:
            return {row.id: row.before for row in connection.execute(query)}

    def issues(self) -> list[tuple[str, datetime | None]]:
        """Give (name, when published or None) of each issue, newest first."""
        with self._read.connect() as connection:
            rows = connection.execute(select(issues).order_by(issues.c.name.desc())).all()
        return [(row.name, row.published_at) for row in rows]

    def published_issues(self) -> set[str]:
        """Name the issues that were published."""
        return {name for name, published_at in self.issues() if published_at}

    def open_issues(self) -> set[str]:
        """Name the issues that are being edited."""
        return {name for name, published_at in self.issues() if published_at is None}

    def open_issue(self, name: str) -> None:
        """Note that an issue is being edited; nothing changes for one that is known."""
        with self._write.begin() as connection:
            connection.execute(insert(issues).values(name=name).on_conflict_do_nothing())

    def evidence_of(self, ids: Iterable[str]) -> dict[str, str | None]:
        """Give the Evidence that drafts were last given; None where that is not known."""
        query = select(drafts.c.id, drafts.c.evidence).where(drafts.c.id.in_(list(ids)))
        with self._read.connect() as connection:
            return {row.id: row.evidence for row in connection.execute(query)}

    def save_evidence(self, draft_id: str, evidence: str) -> None:
        """Note the Evidence that a draft is given."""
        with self._write.begin() as connection:
            connection.execute(update(drafts).where(drafts.c.id == draft_id).values(evidence=evidence))

    def save_published(self, name: str, *, now: datetime) -> None:
        """Note that an issue was published; one that was before keeps the time of the first."""
        first = func.coalesce(issues.c.published_at, issues.c.changed_at, literal(now, schema.UtcDateTime))
        with self._write.begin() as connection:
            self._history.note_issue(connection, name)
            connection.execute(update(issues).where(issues.c.name == name).values(published_at=first))

    def save_entries(self, published: Sequence[PublishedEntry]) -> None:
        """Keep entries as they were published, in place of what an earlier publishing kept."""
        with self._write.begin() as connection:
            self._history.note_entries(connection, [each.id for each in published])
            _keep_entries(connection, published)

    def add_entries(self, published: Sequence[PublishedEntry]) -> None:
        """Keep entries that were published before entries were kept; those kept meanwhile stay."""
        with self._write.begin() as connection:
            kept = set(connection.execute(select(entries.c.id)).scalars())
            _keep_entries(connection, [each for each in published if each.id not in kept])

    def withdraw_entries(self, ids: Iterable[str]) -> None:
        """Forget that entries were published; what is searched follows their analyses again."""
        wanted = list(ids)
        with self._write.begin() as connection:
            self._history.note_entries(connection, wanted)
            for at in range(0, len(wanted), SLICE):
                part = wanted[at : at + SLICE]
                connection.execute(delete(entries).where(entries.c.id.in_(part)))
                follow_analyses(connection, part)

    def not_kept(self) -> list[DraftRow]:
        """List approved drafts of issues that were published without their entries being kept."""
        query = (
            select(drafts)
            .join(issues, issues.c.name == drafts.c.issue)
            .where(issues.c.published_at.is_not(None), drafts.c.status == "approved")
            # Publishing keeps all entries of an issue: what lacks one beside others was not published yet.
            .where(~exists().where(entries.c.issue == drafts.c.issue))
            .where(~exists().where(entries.c.id == drafts.c.id))
        )
        with self._read.connect() as connection:
            rows = connection.execute(query).all()
        return [DraftRow(row.id, row.issue, row.status, row.title, row.worth, row.why) for row in rows]

    def add_imported_entries(
        self, rows: Sequence[PublishedEntry], published: Mapping[str, datetime], *, now: datetime
    ) -> None:
        """Keep entries that another archive published, as approved drafts of issues that are published.

        Args:
            rows: Their articles are in the archive already.
            published: When each of their issues was published.
            now: When they came.
        """
        with self._write.begin() as connection:
            for name in dict.fromkeys(each.issue for each in rows):
                connection.execute(
                    insert(issues).values(name=name, published_at=published[name]).on_conflict_do_nothing()
                )
            for each in rows:
                values = {"issue": each.issue, "status": "approved", "title": each.entry.title}
                connection.execute(insert(drafts).values(id=each.id, changed_at=now, **values))
                connection.execute(
                    insert(draft_log).values(id=each.id, at=now, status="approved", issue=each.issue)
                )
            _keep_entries(connection, rows)

    def entries(self, *, issue: str | None = None) -> list[PublishedEntry]:
        """Give the published entries of an issue, or all; by issue, then in order of being seen."""
        return self._entries([] if issue is None else [entries.c.issue == issue])

    def entries_of(self, ids: Iterable[str]) -> list[PublishedEntry]:
        """Give these entries, as far as they are published."""
        wanted = list(ids)
        parts = (wanted[at : at + SLICE] for at in range(0, len(wanted), SLICE))
        return [each for part in parts for each in self._entries([entries.c.id.in_(part)])]

    def _entries(self, where: Sequence[ColumnElement[bool]]) -> list[PublishedEntry]:
        query = (
            select(entries)
            .join(schema.articles, schema.articles.c.id == entries.c.id)
            .where(*where)
            .order_by(entries.c.issue, schema.articles.c.place)
        )
        with self._read.connect() as connection:
            rows = connection.execute(query).all()
        return [
            PublishedEntry(row.id, row.issue, from_json(Entry, row.record), row.is_imported, row.note)
            for row in rows
        ]

    def start_run(self, issue: str, *, now: datetime) -> int:
        """Note that a run began; returns its number."""
        with self._write.begin() as connection:
            result = connection.execute(runs.insert().values(issue=issue, started=now))
            return int(result.inserted_primary_key[0])  # type: ignore[index]

    def finish_run(self, run: int, report: Any, *, now: datetime) -> None:
        """Note that a run ended, and what it did (JSON)."""
        with self._write.begin() as connection:
            connection.execute(update(runs).where(runs.c.run == run).values(finished=now, report=report))

    def reports_of(self, issue: str) -> list[RunReport]:
        """Give what the runs that worked on an issue did, oldest first; of those that ended."""
        query = select(runs.c.report).where(runs.c.issue == issue, runs.c.report.is_not(None))
        with self._read.connect() as connection:
            found = connection.execute(query.order_by(runs.c.run)).scalars()
            return [from_json(RunReport, report) for report in found]

    def interrupted_since(self) -> datetime | None:
        """Give when the first of the runs started that were interrupted after the last one that ended."""
        ended = select(func.coalesce(func.max(runs.c.run), 0)).where(runs.c.finished.is_not(None))
        with self._read.connect() as connection:
            return connection.execute(
                select(runs.c.started)
                .where(runs.c.run > ended.scalar_subquery())
                .order_by(runs.c.run)
                .limit(1)
            ).scalar()

    def last_runs(self, most: int) -> list[RunRow]:
        """Give the last runs, newest first."""
        query = select(runs).order_by(runs.c.run.desc()).limit(most)
        with self._read.connect() as connection:
            found = connection.execute(query).all()
        return [
            RunRow(row.issue, row.started, row.finished, row.report and from_json(RunReport, row.report))
            for row in found
        ]

    def last_run(self) -> tuple[datetime, datetime | None] | None:
        """Give when the last run started and ended, or None before the first."""
        with self._read.connect() as connection:
            row = connection.execute(select(runs).order_by(runs.c.run.desc()).limit(1)).first()
        return (row.started, row.finished) if row else None


def _keep_entries(connection: Connection, published: Sequence[PublishedEntry]) -> None:
    for each in published:
        connection.execute(_keep_entry(each))
    follow_entries(connection, published)


def _keep_entry(each: PublishedEntry) -> Any:
    values = {
        "issue": each.issue,
        "is_imported": each.is_imported,
        "record": to_json(each.entry),
        "note": each.note,
    }
    return insert(entries).values(id=each.id, **values).on_conflict_do_update(["id"], set_=values)
