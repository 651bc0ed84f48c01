"""Everything that was published, whether here or in an archive that was imported."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from digest.errors import StoreError
from digest.issues.output_paths import entry_page
from digest.issues.pages import read_entry
from digest.records import DraftRow, Entry, PublishedEntry
from digest.store import Store
from digest.workspace.files import read_text


def published_entries(store: Store, output: Path, *, issue: str | None = None) -> list[PublishedEntry]:
    """Give the entries of published issues, with all their fields.

    Those of issues published before entries were kept in the archive are read from their pages; one whose
    page is gone is left out.

    Returns:
        By issue, then by what they are worth (see `worth`), those of equal worth in order of their articles
        being seen; those without a row of signals last.
    """
    published = store.drafts.published_issues()
    kept = {each.id: each for each in store.drafts.entries(issue=issue)}
    rows = [row for row in store.drafts.drafts(issue=issue) if row.status == "approved"]
    found = (
        kept[row.id] if row.id in kept else next(_from_page(output, row), None)
        for row in rows
        if row.issue in published
    )
    worth = {row.id: row.worth for row in rows}
    return sorted((each for each in found if each), key=lambda each: (each.issue, *place_of(each, worth)))


def place_of(each: PublishedEntry, worth: Mapping[str, int]) -> tuple[bool, int]:
    """Say where an entry stands among those of its issue: smaller comes first."""
    return has_no_rows(each.entry), -worth.get(each.id, 0)


def has_no_rows(entry: Entry | None) -> bool:
    """Say whether an entry tells of no change: it comes after those that do."""
    return entry is not None and not entry.signals


def keep_older(store: Store, output: Path) -> None:
    """Keep the entries of issues published before entries were kept, as their pages have them.

    What is searched then follows them like all others.
    """
    found = [entry for row in store.drafts.not_kept() for entry in _from_page(output, row)]
    if found:
        store.drafts.add_entries(found)


def _from_page(output: Path, row: DraftRow) -> Iterator[PublishedEntry]:
    try:
        entry = read_entry(read_text(entry_page(output, row.id)))
    except StoreError:
        return
    # A page without any of them says only that its entry was withdrawn.
    if entry.summary or entry.keywords or entry.signals:
        yield PublishedEntry(row.id, row.issue, entry)
