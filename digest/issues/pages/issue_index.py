"""The index of all issues: output/index.md."""

from collections.abc import Sequence

from digest.issues.pages.admit import admit
from digest.issues.pages.issue import issue_date
from digest.issues.pages.markdown import Address, fill
from digest.language.counts import counted
from digest.records import Issue


def render_index(issues: Sequence[Issue], *, title: str = "") -> str:
    """Write the index: issues newest first, each with its entries in order.

    Args:
        issues: In any order; names are dates, so they sort by name.
        title: The newsletter's; without one, the newest issue's title.
    """
    newest_first = sorted(issues, key=lambda issue: issue.name, reverse=True)
    name = admit(title) or (admit(newest_first[0].title) if newest_first else "") or "Digest"
    entry_count = sum(len(issue.entries) for issue in issues)
    counts = f"{counted(len(issues), 'issue', 'issues')} · {counted(entry_count, 'entry', 'entries')}"
    return "\n\n".join([fill("# {}", name), counts, *map(_issue, newest_first)]) + "\n"


def _issue(issue: Issue) -> str:
    heading = fill("## [{}]({})", issue_date(issue.name), Address(f"issues/{issue.name}.md"))
    bullets = [
        fill("* [{}]({})", each.entry.title, Address(f"entries/{each.id}.md")) for each in issue.entries
    ]
    return heading + "\n\n" + ("\n".join(bullets) or "No entries.")
