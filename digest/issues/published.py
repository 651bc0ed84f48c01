"""Everything that was published, whether here or in an archive that was imported."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from digest.errors import StoreError
from digest.issues.output_paths import entry_page
from digest.issues.pages import read_entry
from digest.records import DraftRow, Entry, PublishedEntry, PublishedRow
from digest.records.plain_values import from_json
from digest.store import Store
from digest.workspace.files import read_text


def published_entries(store: Store, output: Path) -> list[PublishedEntry]:
    """Give the entries of published issues, with all their fields.

    Those of issues published before entries were kept in the archive are read from their pages; one whose
    page is gone is left out.

    Returns:
        By issue, then by what they are worth (see `worth`), those of equal worth in order of their articles
        being seen; those without a row of signals last.
    """
    groups = groupby(store.shown.rows(), key=lambda row: row.issue)
    return [each for _, rows in groups for each in entries_of_rows(output, list(rows))]


def entries_of_rows(output: Path, rows: Sequence[PublishedRow]) -> list[PublishedEntry]:
    """Read the entries of an issue, in its order; see `published_entries`."""
    worth = {row.id: row.worth for row in rows}
    found = [each for row in rows for each in _read(output, row)]
    return sorted(found, key=lambda each: place_of(each, worth))


def _read(output: Path, row: PublishedRow) -> Iterator[PublishedEntry]:
    if not row.record:
        yield from _from_page(output, row)
        return
    entry = from_json(Entry, json.loads(row.record))
    yield PublishedEntry(row.id, row.issue, entry, row.is_imported, row.note)


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


def _from_page(output: Path, row: DraftRow | PublishedRow) -> Iterator[PublishedEntry]:
    try:
        entry = read_entry(read_text(entry_page(output, row.id)))
    except StoreError:
        return
    # A page without any of them says only that its entry was withdrawn.
    if entry.summary or entry.keywords or entry.signals:
        yield PublishedEntry(row.id, row.issue, entry)
