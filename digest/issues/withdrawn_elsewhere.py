"""What was withdrawn on another machine, on whose disk alone its page says so: brought to this folder, too.

The archive has the decision and no entry any more; what the entry said is in the history of the step that
took it out, and this folder's own pages say whether it knows.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.errors import StoreError
from digest.issues.issue_files import IssueFiles
from digest.issues.output_paths import entry_page
from digest.issues.pages import public_entry, render_withdrawn
from digest.issues.published import published_entries
from digest.issues.shown_issues import shown_of
from digest.issues.trends import followed
from digest.issues.trends.trending import map_of
from digest.records import DraftRow, Entry, PublishedEntry
from digest.store import Store
from digest.workspace.files import text_if_there


@dataclass(frozen=True)
class WithdrawnElsewhere:
    """An entry that readers of this folder's pages still have."""

    row: DraftRow
    entry: Entry
    """As it was published last."""
    issue: str
    note: str
    """What its page has to say."""


def withdrawn_elsewhere(
    store: Store, output: Path, rows: Iterable[DraftRow], note_of: Callable[[datetime], str]
) -> list[WithdrawnElsewhere]:
    """Find entries that were withdrawn on another machine; none where files are the truth.

    Args:
        store: The archive.
        output: The workspace's output folder.
        rows: Rejected drafts of published issues, which have no entry.
        note_of: What the page of an entry says that was withdrawn at a moment.
    """
    if store.history.copy is None:
        return []
    try:
        here = {Path(name).stem for name in os.listdir(output / "entries")}
    except OSError:
        return []
    found = []
    for row in rows:
        if row.id not in here or (last := store.history.last_entry(row.id)) is None:
            continue
        kept, at = last
        note = note_of(at)
        if _page(output, row.id) != render_withdrawn(public_entry(kept.entry), note):
            found.append(WithdrawnElsewhere(row, kept.entry, kept.issue, note))
    return found


def take_out_here(
    store: Store, output: Path, writer: IssueFiles, gone: Iterable[WithdrawnElsewhere]
) -> list[PublishedEntry]:
    """Write this folder's pages without what was withdrawn; gives the entries that are left."""
    names = set()
    ids = set()
    for each in gone:
        writer.write_withdrawn(each.row.id, each.entry, each.note)
        names.add(each.issue)
        ids.add(each.row.id)
    left = published_entries(store, output)
    # Those that named it among their closest.
    names |= {each.issue for each in left if any(one in _page(output, each.id) for one in ids)}
    write_without(writer, left, names)
    return left


def write_without(writer: IssueFiles, left: list[PublishedEntry], names: Iterable[str]) -> None:
    """Write issues, and what shows all, once entries were taken out."""
    shown = shown_of(left)
    for name in sorted(names):
        entries = [each for each in left if each.issue == name]
        drawn = map_of(followed(shown.counted(up_to=name)))
        writer.write_issue(writer.issue(name, entries), places=shown.places, map_svg=drawn)
    writer.write_index(shown)


def _page(output: Path, entry_id: str) -> str:
    try:
        return text_if_there(entry_page(output, entry_id)) or ""
    except StoreError:
        return ""
