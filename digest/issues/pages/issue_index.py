"""The index of all issues: output/index.md."""

from collections.abc import Sequence

from digest.issues.pages.admit import admit
from digest.issues.pages.issue import in_printed_order, issue_date
from digest.issues.pages.markdown import Address, fill
from digest.language.counts import counted
from digest.records import Issue, IssueEntry, ShownEntry, ShownIssue


def render_index(issues: Sequence[Issue | ShownIssue], *, title: str = "") -> str:
    """Write the index: issues newest first, each with its entries in the order in which it prints them.

    Args:
        issues: In any order; names are dates, so they sort by name.
        title: The newsletter's; without one, the newest issue's title.
    """
    newest_first = sorted(issues, key=lambda issue: issue.name, reverse=True)
    name = admit(title) or _title(newest_first) or "Digest"
    entry_count = sum(len(issue.entries) for issue in issues)
    counts = f"{counted(len(issues), 'issue', 'issues')} · {counted(entry_count, 'entry', 'entries')}"
    return "\n\n".join([fill("# {}", name), counts, *map(_issue, newest_first)]) + "\n"


def _title(issues: Sequence[Issue | ShownIssue]) -> str:
    return next((admit(issue.title) for issue in issues[:1] if isinstance(issue, Issue)), "")


def _issue(issue: Issue | ShownIssue) -> str:
    heading = fill("## [{}]({})", issue_date(issue.name), Address(f"issues/{issue.name}.md"))
    entries: Sequence[IssueEntry | ShownEntry] = issue.entries
    bullets = [
        fill("* [{}]({})", _heading(each), Address(f"entries/{each.id}.md"))
        for each in in_printed_order(entries)
    ]
    return heading + "\n\n" + ("\n".join(bullets) or "No entries.")


def _heading(each: IssueEntry | ShownEntry) -> str:
    return each.entry.title if isinstance(each, IssueEntry) else each.title
