"""An issue in Markdown for its readers, and as JSON for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from digest.english.counts import counted
from digest.records import Entry, Issue, IssueEntry, Reference
from digest.stages.render.admit import admit
from digest.stages.render.entry_page import signals_table
from digest.stages.render.markdown import Address, cell, fill, link_cell
from digest.stages.render.second_shape import second_signals
from digest.stages.render.table import table

ENTRIES = "../entries/"
"""Where entry pages are, seen from output/issues/."""

OTHER = "Other"
"""What entries without a theme stand under."""


def render_issue(issue: Issue) -> str:
    """Write an issue: a table of its stories at the top, then the stories by theme.

    Themes come in the order in which their first entries do, and entries in the order of the issue. For a
    file in output/issues/, from where entries are `../entries/<id>.md`.

    Raises:
        ValueError: An entry's field is not admissible (see `admit`).
    """
    groups = by_theme(issue.entries)
    stories = counted(len(issue.entries), "story", "stories")
    parts = [
        fill("# {}", admit(issue.title) or "Digest"),
        fill(
            "**Issue of {}** · {} · {}",
            issue_date(issue.name),
            stories,
            counted(len(groups), "theme", "themes"),
        ),
    ]
    if issue.entries:
        parts.append(_overview(issue.entries))
    else:
        parts.append("There are no stories in this issue.")
    for theme, entries in groups.items():
        parts.append(fill("## {}", theme))
        parts += map(_story, entries)
    if issue.site:
        parts.append("---")
        parts.append(fill("[{}]({})", admit(issue.title) or "Digest", Address(issue.site)))
    return "\n\n".join(parts) + "\n"


def issue_json(issue: Issue) -> dict[str, Any]:
    """Give an issue as plain values, for `json.dumps`."""
    return {
        "issue": issue.name,
        "title": issue.title,
        "site": issue.site,
        "language": issue.language,
        "entries": [_entry_json(each) for each in issue.entries],
    }


def issue_date(name: str) -> str:
    """Say an issue's name as a date in words; a name that is none stays what it is."""
    try:
        day = datetime.strptime(name[:8], "%Y%m%d")
    except ValueError:
        return admit(name)
    # A letter after the date tells two issues of one day apart.
    return f"{day.day} {day:%B} {day.year}" + (f" ({admit(name[8:])})" if admit(name[8:]) else "")


def by_theme(entries: Sequence[IssueEntry]) -> dict[str, list[IssueEntry]]:
    """Group entries by their theme, both in order of appearance."""
    groups: dict[str, list[IssueEntry]] = {}
    for each in entries:
        groups.setdefault(admit(each.theme) or OTHER, []).append(each)
    return groups


def _overview(entries: Sequence[IssueEntry]) -> str:
    rows = [
        (
            link_cell(each.entry.title, f"{ENTRIES}{each.id}.md"),
            cell(admit(each.theme) or OTHER),
            cell(each.entry.signals[0].signal) if each.entry.signals else "",
        )
        for each in entries
    ]
    return table(("Story", "Theme", "First signal"), rows)


def _story(each: IssueEntry) -> str:
    entry, page = each.entry, Address(f"{ENTRIES}{each.id}.md")
    origin = (
        fill("From [{}]({})", entry.origin.title, Address(entry.origin.url))
        if entry.origin.url
        else fill("From {}", entry.origin.title)
    )
    parts = [
        fill("### [{}]({})", entry.title, Address(entry.url)),
        origin + fill(" · [entry]({})", page),
        fill("{}", entry.summary) if entry.summary else "",
        _signals(entry),
        _links("Closest", [Reference(link.title, _entry_address(link.target)) for link in entry.closest]),
        _links("Sources", entry.sources),
    ]
    return "\n\n".join(filter(None, parts))


def _signals(entry: Entry) -> str:
    if not entry.signals:
        return ""
    return second_signals(entry.signals) if entry.shape == "v2" else signals_table(entry.signals)


def _links(name: str, links: Sequence[Reference]) -> str:
    bullets = "\n".join(fill("* [{}]({})", link.title, Address(link.target)) for link in links)
    return f"**{name}**\n\n{bullets}" if bullets else ""


def _entry_address(target: str) -> str:
    """Lead from the issue to an entry's page; what is an address already stays."""
    return target if ":" in target or "/" in target else f"{ENTRIES}{target}.md"


def _entry_json(each: IssueEntry) -> dict[str, Any]:
    entry = each.entry
    return {
        "id": each.id,
        "theme": each.theme,
        "title": entry.title,
        "url": entry.url,
        "origin": {"title": entry.origin.title, "url": entry.origin.url},
        "summary": entry.summary,
        "keywords": list(entry.keywords),
        "themes": list(entry.themes),
        "signals": [
            {
                "signal": row.signal,
                "change": row.change,
                "horizon_10y": row.horizon_10y,
                "driving_force": row.driving_force,
            }
            for row in entry.signals
        ],
        "closest": [{"id": link.target, "title": link.title} for link in entry.closest],
        "sources": [{"title": link.title, "url": link.target} for link in entry.sources],
        **(_second_shape_json(entry) if entry.shape == "v2" else {}),
    }


def _second_shape_json(entry: Entry) -> dict[str, Any]:
    return {
        "category": entry.category,
        "type": entry.type,
        "descriptions": [row.description for row in entry.signals],
        "relevancy": [row.relevancy for row in entry.signals],
        "tables": {
            each.name: [dict(zip(each.columns, row, strict=True)) for row in each.rows]
            for each in entry.tables
        },
    }
