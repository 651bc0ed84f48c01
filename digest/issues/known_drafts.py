"""The issues and drafts of an archive, asked for once: what a command passes on to all that need them."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from digest.records import DraftRow
from digest.store import Store


class KnownDrafts:
    """Issues and drafts as the archive has them; what is saved through it is known at once.

    For as long as the workspace is locked, or nothing but one command reads: others' changes are not seen.
    """

    def __init__(self, store: Store) -> None:
        """Ask the archive."""
        self._store = store
        self.issues: dict[str, datetime | None] = dict(store.drafts.issues())
        """When each was published, None for an open one; newest first."""

    @cached_property
    def rows(self) -> dict[str, DraftRow]:
        """Every draft by id, in order of the articles being seen."""
        return {row.id: row for row in self._store.drafts.drafts()}

    @property
    def published(self) -> set[str]:
        """Name the issues that were published."""
        return {name for name, published_at in self.issues.items() if published_at}

    @property
    def open(self) -> set[str]:
        """Name the issues that are being edited."""
        return {name for name, published_at in self.issues.items() if published_at is None}

    def of_issue(self, issue: str) -> dict[str, DraftRow]:
        """Give the drafts of an issue, by id."""
        # Publishing needs those of one issue of a hundred: not all are read for them.
        rows = self.rows.values() if self._has_all else self._store.drafts.drafts(issue=issue)
        return {row.id: row for row in rows if row.issue == issue}

    def is_approved(self, draft_id: str) -> bool:
        """Tell whether the archive has a draft as approved."""
        return draft_id in self.rows and self.rows[draft_id].status == "approved"

    def open_issue(self, name: str) -> None:
        """Note that an issue is being edited; nothing changes for one that is known."""
        if name not in self.issues:
            self._store.drafts.open_issue(name)
            found = {**self.issues, name: None}
            self.issues = {each: found[each] for each in sorted(found, reverse=True)}

    def save(self, row: DraftRow, *, now: datetime) -> None:
        """Note a draft's issue, status and title."""
        self._store.drafts.save_draft(row, now=now)
        if self._has_all:
            self.rows[row.id] = row

    def put_in_order(self, ids: Iterable[str]) -> None:
        """Bring drafts that were added into the order of their articles being seen: that of `ids`."""
        self.rows = {each: self.rows[each] for each in ids if each in self.rows} | self.rows

    @property
    def _has_all(self) -> bool:
        return "rows" in vars(self)
