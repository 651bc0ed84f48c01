"""The drafts of an issue as `digest draft list` shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from digest.issues.draft_checks import newer, sentence_count
from digest.issues.draft_files import DraftFiles
from digest.issues.published import has_no_rows
from digest.language.counts import counted
from digest.records import DraftChecks, Status
from digest.store import Store


@dataclass(frozen=True)
class ListedDraft:
    """A line of the list."""

    id: str
    issue: str
    status: Status
    title: str
    number: int
    """Place in the issue, 1 first."""
    kind: str
    """`article`, `from the feed`, `story of 3 sources` or `imported`."""
    signals: int
    """Rows of its table."""
    failed: int
    """Sentences that fail a check and were not accepted."""
    file: str
    """The name of its file; empty where it has none that can be read."""


def listed(
    store: Store, files: DraftFiles, issue: str, checks: Mapping[str, DraftChecks]
) -> list[ListedDraft]:
    """List the drafts of an issue in the order in which they are published."""
    kept = {each.id: each for each in store.drafts.entries(issue=issue)}
    imported = {each for each, entry in kept.items() if entry.is_imported}
    rows = store.drafts.drafts(issue=issue)
    from_feed = {each.id for each in store.articles.get(row.id for row in rows).values() if each.is_from_feed}
    entries = {
        row.id: files.found[row.id].file.entry
        if row.id in files.found
        else kept[row.id].entry
        if row.id in kept
        else None
        for row in rows
    }
    lines = []
    ordered = sorted(rows, key=lambda row: (has_no_rows(entries[row.id]), -row.worth))
    for number, row in enumerate(ordered, 1):
        draft, entry = files.found.get(row.id), entries[row.id]
        sources = len(entry.sources) if entry else 0
        kind = "from the feed" if row.id in from_feed else "article"
        if sources > 1:
            kind = f"story of {counted(sources, 'source', 'sources')}"
        lines.append(
            ListedDraft(
                row.id,
                row.issue,
                row.status,
                entry.title if entry else row.title,
                number,
                "imported" if row.id in imported else kind,
                len(entry.signals) if entry else 0,
                sentence_count(newer(checks[row.id])) if row.id in checks else 0,
                draft.path.name if draft else "",
            )
        )
    return lines
