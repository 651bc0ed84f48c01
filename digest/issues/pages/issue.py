"""An issue in Markdown for its readers, and as JSON for programs."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from digest.issues.pages.admit import admit
from digest.issues.pages.markdown import Address, fill
from digest.issues.pages.story import EntryAddress, render_story
from digest.issues.pages.written import MARKDOWN, defined_links, reads_other_with, safe_html, with_targets
from digest.language.counts import counted
from digest.records import Entry, Issue, IssueEntry, Opening

ENTRIES = "../entries/"
"""Where entry pages are, seen from output/issues/."""

OTHER = "Other"
"""What entries without a theme stand under."""

MORE, STORIES, ALSO_READ = "More", "Stories", "Also read"
"""Headings: of themes of one story each, of those where there are no others, of what tells of no change."""

FURTHER = "Further themes"
"""What heads the line of those that have none of their own in the overview."""

MOST_LINES = 7
"""Themes that the overview has a line of, but for those whose line somebody wrote: a line has some 35 words,
so that seven are read in a minute. A week of 20 stories has 18 themes, and a line each took three."""

MOST_FURTHER = 40
"""Themes named in the line of further ones; more than a week has. Others are counted."""

LEFT_OUT = "What this issue leaves out, and why"

SUGGESTIONS = "*What stands in italics in a table is a suggestion; the article does not state it.*"
"""Said of suggestions where any are printed."""

SUGGESTED_WORDS = "*What stands in italics above is suggested by a language model, from the stories below.*"
"""Said of an introduction, or lines of themes, that no editor has taken over."""


class Printed(Protocol):
    """What the place of an entry in its issue hangs on."""

    @property
    def theme(self) -> str:
        """That it is grouped under; empty where it has none."""

    @property
    def has_signals(self) -> bool:
        """Whether its table has rows."""


Told = TypeVar("Told", bound=Printed)


@dataclass(frozen=True)
class IssueBlock:
    """A piece of an issue's page: its head, a theme's heading, or one story."""

    text: str
    """Markdown."""
    story: str = ""
    """Id of the entry; empty for what is no story."""


def render_issue(issue: Issue, *, left_out: str = "") -> str:
    """Write an issue: an overview of its themes, then the stories by theme.

    Themes of several stories come first, in the order in which their first entries do, then those of one,
    which stand together under MORE; entries come in the order of the issue, and stories without signals at
    the end under ALSO_READ. For a file in output/issues/, from where entries are `../entries/<id>.md`.

    Args:
        issue: The issue.
        left_out: Where it is told what the issue leaves out; empty for nowhere.

    Raises:
        ValueError: An entry's field is not admissible (see `admit`).
    """
    blocks = issue_blocks(issue, lambda entry_id: f"{ENTRIES}{entry_id}.md", left_out=left_out)
    return "\n\n".join(block.text for block in blocks) + "\n"


def issue_blocks(issue: Issue, address: EntryAddress, *, left_out: str = "") -> list[IssueBlock]:
    """Write the pieces of an issue in order; see `render_issue`.

    Args:
        issue: The issue.
        address: Where an entry's page is; empty for one that is nowhere to be found.
        left_out: Where it is told what the issue leaves out; empty for nowhere.
    """
    telling = [each for each in issue.entries if each.entry.signals]
    counts = [counted(len(issue.entries), "story", "stories")]
    # Of what tells of no change no theme is named but in its last line.
    if themes := by_theme(telling):
        counts.append(counted(len(themes), "theme", "themes"))
    gone = Counter(map(admit, issue.withdrawn))
    head = [
        fill("# {}", admit(issue.title) or "Digest"),
        fill("**Issue of {}** · {}", issue_date(issue.name), " · ".join(counts)),
        with_targets(issue.opening.introduction, address),
        _apart(_overview(telling, address, issue.opening), issue.opening.introduction)
        if issue.entries
        else "There are no stories in this issue.",
        SUGGESTED_WORDS if issue.opening.has_suggestions else "",
        SUGGESTIONS if any(row.suggested for each in telling for row in each.entry.signals) else "",
        *(fill("*{}: {}.*", note, counted(count, "story", "stories")) for note, count in gone.items()),
    ]
    blocks = [IssueBlock("\n\n".join(filter(None, head)))]
    for heading, entries in sections_of(issue.entries).items():
        blocks.append(IssueBlock(fill("## {}", heading)))
        blocks += (IssueBlock(render_story(each, address), each.id) for each in entries)
    foot = [fill("[{}]({})", LEFT_OUT, Address(left_out))] if left_out else []
    if issue.site:
        foot.append(fill("[{}]({})", admit(issue.title) or "Digest", Address(issue.site)))
    if foot:
        blocks.append(IssueBlock("\n\n".join(("---", *foot))))
    return blocks


def issue_leaks(issue: Issue) -> list[tuple[str, str]]:
    """Find link definitions of one story that change what another story says.

    On one page a definition holds for all of it: `[1]` in another story would become a link.

    Returns:
        (id of the entry that has the definition, what is wrong).
    """
    stories = {each.id: render_story(each, lambda entry_id: "") for each in issue.entries}
    having = [each.id for each in issue.entries if each.entry.parts]
    own = issue.opening
    found = []
    for entry_id in having:
        if not (links := defined_links(stories[entry_id])):
            continue
        changed = [each for each in stories if each != entry_id and reads_other_with(stories[each], links)]
        if changed:
            names = ", ".join(f"[{label}]" for label in links)
            found.append((entry_id, f"the links {names} are also written in {changed[0]}; rename them"))
        elif reads_other_with("\n\n".join((own.introduction, *(each.text for each in own.lines))), links):
            names = ", ".join(f"[{label}]" for label in links)
            found.append((entry_id, f"the links {names} are also written in the introduction; rename them"))
    return found


def issue_json(issue: Issue) -> dict[str, Any]:
    """Give an issue as plain values, for `json.dumps`."""
    return {
        "issue": issue.name,
        "title": issue.title,
        "site": issue.site,
        "language": issue.language,
        **({"opening": _opening_json(issue)} if issue.opening != Opening() else {}),
        **({"withdrawn": list(issue.withdrawn)} if issue.withdrawn else {}),
        "entries": [_entry_json(each) for each in in_printed_order(issue.entries)],
    }


@lru_cache(maxsize=4096)
def issue_date(name: str) -> str:
    """Say an issue's name as a date in words; a name that is none stays what it is."""
    try:
        day = datetime.strptime(name[:8], "%Y%m%d")
    except ValueError:
        return admit(name)
    # A letter after the date tells two issues of one day apart.
    return f"{day.day} {day:%B} {day.year}" + (f" ({admit(name[8:])})" if admit(name[8:]) else "")


def by_theme(entries: Iterable[Told]) -> dict[str, list[Told]]:
    """Group entries by their theme, both in order of appearance."""
    groups: dict[str, list[Told]] = {}
    for each in entries:
        groups.setdefault(admit(each.theme) or OTHER, []).append(each)
    return groups


def themes_in_order(entries: Iterable[Told]) -> dict[str, list[Told]]:
    """Group entries by their theme as an issue shows them: themes of several stories before those of one."""
    groups = by_theme(entries)
    # A stable sort: among those of a kind, the order of appearance stays.
    return dict(sorted(groups.items(), key=lambda group: len(group[1]) == 1))


def in_printed_order(entries: Sequence[Told]) -> list[Told]:
    """Put entries in the order in which their issue prints them."""
    return [each for group in sections_of(entries).values() for each in group]


def sections_of(entries: Sequence[Told]) -> dict[str, list[Told]]:
    """Give what stands under which heading of an issue, in order; see `render_issue`."""
    groups = themes_in_order(each for each in entries if each.has_signals)
    several = {theme: group for theme, group in groups.items() if len(group) > 1}
    # An editor's theme may have the name of a heading.
    found = {theme: list(group) for theme, group in several.items()}
    more = [each for theme, group in groups.items() if theme not in several for each in group]
    if more:
        found.setdefault(MORE if several else STORIES, []).extend(more)
    if also := [each for each in entries if not each.has_signals]:
        found.setdefault(ALSO_READ, []).extend(also)
    return found


def _overview(entries: Sequence[IssueEntry], address: EntryAddress, opening: Opening) -> str:
    """A line a theme, and where that is from: the line of the opening, which rests on some of its stories;
    else, of the first themes, the strongest signal, the first of the first story. Others are named together.
    """
    lines = []
    own = {each.theme: each for each in opening.lines}
    groups = themes_in_order(entries)
    without = [theme for theme in groups if theme not in own]
    room = max(MOST_LINES - (len(groups) - len(without)), 0)
    # One alone has its line, for naming it takes one as well.
    further = without[room:] if len(without) > room + 1 else []
    for theme, (first, *others) in groups.items():
        if theme in further:
            continue
        if line := own.get(theme):
            rests = [each for each in (first, *others) if each.id in line.entries] or [first]
            named = "; ".join(fill(*_source(each, address)) for each in rests)
            lines.append(fill("* **{}**: ", theme) + f"{with_targets(line.text, address)} ({named})")
            continue
        source, *fields = _source(first, address)
        signal = next((row.signal for row in first.entry.signals if row.signal), first.entry.title)
        # In one, for what stands in a line must be judged together.
        lines.append(fill(f"* **{{}}**: {{}} ({source})", theme, signal, *fields))
    if further:
        lines.append(_further({theme: groups[theme] for theme in further}, address))
    return "\n".join(lines)


def _apart(overview: str, introduction: str) -> str:
    """Keep the overview apart from a list that the introduction ends with: another mark begins a new one."""
    last = MARKDOWN.parse(introduction)[-1:]
    if last and last[0].type == "bullet_list_close" and last[0].markup == "*":
        return re.sub(r"^\* ", "- ", overview, flags=re.MULTILINE)
    return overview


def _further(groups: Mapping[str, Sequence[IssueEntry]], address: EntryAddress) -> str:
    """Name themes in one line, each leading to its first story."""
    templates, fields = [], []
    for theme, (first, *others) in list(groups.items())[:MOST_FURTHER]:
        to = address(first.id)
        templates.append(("[{}]({})" if to else "{}") + (f" ({len(others) + 1})" if others else ""))
        fields += [theme, Address(to)] if to else [theme]
    if len(groups) > MOST_FURTHER:
        templates.append(f"{len(groups) - MOST_FURTHER} more")
    return fill(f"* **{{}}**: {' · '.join(templates)}", FURTHER, *fields)


def _source(each: IssueEntry, address: EntryAddress) -> tuple[str, ...]:
    """A story's title, which leads to its page, and the feed it is from: as a template and its fields."""
    entry, to = each.entry, address(each.id)
    linked = ("[{}]({})", entry.title, Address(to)) if to else ("{}", entry.title)
    template, *fields = linked
    return f"{template}, {{}}", *fields, entry.origin.title


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
                **({"suggested": list(row.suggested)} if row.suggested else {}),
            }
            for row in entry.signals
        ],
        "closest": [{"id": link.target, "title": link.title} for link in entry.closest],
        "sources": [{"title": link.title, "url": link.target} for link in entry.sources],
        **({"note": each.note} if each.note else {}),
        **({"parts": _parts_json(each)} if entry.parts else {}),
        **(_second_shape_json(entry) if entry.shape == "v2" else {}),
    }


def _opening_json(issue: Issue) -> dict[str, Any]:
    opening = issue.opening
    return {
        "introduction": opening.introduction,
        "introduction_html": safe_html(opening.introduction),
        "themes": [
            {"theme": each.theme, "line": each.text, "entries": list(each.entries)} for each in opening.lines
        ],
        "has_suggestions": opening.has_suggestions,
    }


def _parts_json(each: IssueEntry) -> list[dict[str, str]]:
    """Give what an editor wrote beyond the fields, as written and as clean HTML."""
    return [
        {
            "name": part.name,
            "heading": part.heading,
            "text": part.text,
            "html": safe_html("\n\n".join((part.heading, part.text)), name=each.id),
        }
        for part in each.entry.parts
    ]


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
