"""The drafts of an issue as `digest draft list` shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from digest.issues.draft_checks import newer, sentence_count
from digest.issues.draft_files import DraftFiles, FoundDraft
from digest.language.counts import counted
from digest.records import DraftChecks, PublishedEntry, Status
from digest.store import Store


@dataclass(frozen=True)
class ListedDraft:
    """A line of the list."""

    id: str
    issue: str
    status: Status
    title: str
    number: int
    """Place in the list, 1 first."""
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
    """List the drafts of an issue, the strongest first; within a theme it prints them so."""
    kept = {each.id: each for each in store.drafts.entries(issue=issue)}
    imported = {each for each, entry in kept.items() if entry.is_imported}
    rows = store.drafts.drafts(issue=issue)
    from_feed = store.articles.from_feeds(row.id for row in rows)
    shown = {row.id: _shown(files.found.get(row.id), kept.get(row.id)) for row in rows}
    lines = []
    # As the files say: of a published issue the archive knows the places that readers have.
    worth = {row.id: files.found[row.id].row.worth if row.id in files.found else row.worth for row in rows}
    ordered = sorted(rows, key=lambda row: (shown[row.id][1] == 0, -worth[row.id]))
    for number, row in enumerate(ordered, 1):
        draft, (title, signals, sources) = files.found.get(row.id), shown[row.id]
        kind = "from the feed" if row.id in from_feed else "article"
        if sources > 1:
            kind = f"story of {counted(sources, 'source', 'sources')}"
        lines.append(
            ListedDraft(
                row.id,
                row.issue,
                row.status,
                title or row.title,
                number,
                "imported" if row.id in imported else kind,
                signals or 0,
                sentence_count(newer(checks[row.id])) if row.id in checks else 0,
                draft.path.name if draft else "",
            )
        )
    return lines


def _shown(draft: FoundDraft | None, kept: PublishedEntry | None) -> tuple[str, int | None, int]:
    """Give title, rows and sources of a draft; without a file of what was published, if anything was."""
    if draft and draft.glance:
        return draft.glance.title, draft.glance.signals, draft.glance.sources
    entry = draft.file.entry if draft else kept.entry if kept else None
    return (entry.title, len(entry.signals), len(entry.sources)) if entry else ("", None, 0)
