"""The issue as a page for browsers: its Markdown rendered, sanitised, and laid out as one file.

No script, no font, nothing from another host: the page opens from disk, offline, and prints well. Its style
is issue.css. On a narrow screen each row of a signals table becomes a card.
"""

import html
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Template

from digest.issues.pages.admit import admit
from digest.issues.pages.issue import IssueBlock, issue_blocks, issue_date
from digest.issues.pages.story import LABEL_CHARS, EntryAddress, render_story
from digest.issues.pages.written import STORY_DEPTH, safe_html
from digest.language.counts import counted
from digest.records import Issue, IssueEntry

PAGE = Template("""\
<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'$pictures">
<title>$title</title>
<style>
$style</style>
</head>
<body>
$body</body>
</html>
""")

WORDS_A_MINUTE = 230
"""How fast an adult reads plain English silently: about 238 in Brysbaert's review of 190 studies (2019), a
little less for tables."""

TAG = re.compile(r"<[^>]*>")
TABLE = re.compile(r"(<table[^>]*>|</table>)")
FRAME = '<div class="scroll" tabindex="0" role="group" aria-label="Table">'
HEADING_TAG = re.compile(r"(</?h)([3-6])(?=[ >])")
THEME = "## "
"""How the block of a theme's heading begins."""
SIGNAL = "Signal"
"""What heads the first column of a table of signals."""


def render_issue_html(
    issue: Issue, *, places: Mapping[str, str] | None = None, map_svg: str = "", left_out: str = ""
) -> str:
    """Write an issue as one HTML page; see `render_issue` for what is on it.

    Links to entries are absolute where the newsletter has a site; else those to stories of this issue lead
    to their places on the page, and the others are left out.

    Args:
        issue: The issue.
        places: The issue in which each entry stands, by its id, for links to the site.
        map_svg: The map of themes and keywords as `render_trend_map` draws it, shown at the end; empty for
            none.
        left_out: Where it is told what the issue leaves out; empty for nowhere.
    """
    here = {each.id for each in issue.entries}
    blocks = issue_blocks(
        issue, lambda entry_id: _address(entry_id, issue, here, places or {}), left_out=left_out
    )
    body = _laid_out(issue, blocks, map_svg)
    title = html.escape(f"{admit(issue.title) or 'Digest'}, {issue_date(issue.name)}")
    # Pictures stand only where an editor put them.
    pictures = "; img-src http: https:" if "<img " in body else ""
    return PAGE.substitute(
        language=html.escape(issue.language or "en"),
        title=title,
        style=style(),
        body=body,
        pictures=pictures,
    )


def issue_body(issue: Issue, address: EntryAddress) -> str:
    """Give what stands in the body of an issue's page; entries are linked to where `address` says."""
    return _laid_out(issue, issue_blocks(issue, address), "")


def story_html(each: IssueEntry, address: EntryAddress, *, is_page: bool = False) -> str:
    """Give one story as it stands in its card.

    Args:
        each: The entry.
        address: Where the pages of entries are.
        is_page: Whether it is a page of its own, whose first heading is the story's.
    """
    found = _story(IssueBlock(render_story(each, address), each.id))
    if not is_page:
        return found
    return HEADING_TAG.sub(lambda tag: f"{tag[1]}{int(tag[2]) - STORY_DEPTH + 1}", found)


@cache
def style() -> str:
    """The style of an issue's page."""
    return files("digest.issues.pages").joinpath("issue.css").read_text(encoding="utf-8")


def markdown_html(text: str) -> str:
    """Give Markdown as clean HTML, its tables in a frame of their own: one that is too wide scrolls there."""
    return _html(text)


def minutes(page: str) -> int:
    """Say how long it takes to read the words of some HTML, in whole minutes, at least 1."""
    return max(1, round(len(TAG.sub(" ", page).split()) / WORDS_A_MINUTE))


def _address(entry_id: str, issue: Issue, here: Container[str], places: Mapping[str, str]) -> str:
    if site := issue.site.rstrip("/"):
        name = issue.name if entry_id in here else places.get(entry_id, "")
        return f"{site}/issues/{name}.html#{entry_id}" if name else ""
    return f"#{entry_id}" if entry_id in here else ""


def _laid_out(issue: Issue, blocks: list[IssueBlock], map_svg: str) -> str:
    head, *rest = blocks
    foot = rest.pop() if rest and not rest[-1].story and not rest[-1].text.startswith(THEME) else None
    stories = "".join(_sections(rest))
    parts = [_masthead(head.text, minutes(stories)), _contents(issue, rest)]
    if map_svg:
        stories += (
            '<section class="theme"><h2>Themes and keywords over time</h2>\n'
            f"<figure>{map_svg}</figure>\n</section>\n"
        )
    parts.append(f"<main>\n{stories}</main>\n")
    if foot:
        parts.append(f'<footer class="colophon">{_html(foot.text)}</footer>\n')
    return "".join(parts)


def _masthead(text: str, length: int) -> str:
    """The title and its line, with the time it takes to read; then what opens the issue."""
    title, line, *opening = text.split("\n\n")
    found = _html(title) + _html(f"{line} · {counted(length, 'minute', 'minutes')}").replace(
        "<p>", '<p class="dateline">', 1
    )
    opened = _html("\n\n".join(opening))
    return (
        f'<header class="masthead">\n{found}</header>\n'
        f'<section class="opening" aria-label="Overview">\n{opened}</section>\n'
    )


def _contents(issue: Issue, blocks: Iterable[IssueBlock]) -> str:
    """A list of what is on the page, by theme."""
    titles = {each.id: each.entry.title for each in issue.entries}
    lines: list[str] = []
    for place, block in enumerate(blocks):
        if block.story:
            title = html.escape(admit(titles[block.story]))
            lines.append(f'<li><a href="#{html.escape(block.story)}">{title}</a></li>')
        else:
            lines.append("</ul></li>" if lines else "")
            name = _inner(block.text)
            lines.append(f'<li><a class="theme-name" href="#part-{place}">{name}</a><ul>')
    if not lines:
        return ""
    inside = "\n".join(filter(None, lines))
    return (
        '<nav class="contents" aria-label="Contents"><details open><summary>In this issue</summary>\n'
        f"<ul>\n{inside}</ul></li></ul></details></nav>\n"
    )


def _sections(blocks: Iterable[IssueBlock]) -> Iterable[str]:
    is_open = False
    for place, block in enumerate(blocks):
        if block.story:
            yield f'<article class="story" id="{html.escape(block.story)}">\n{_story(block)}</article>\n'
            continue
        yield "</section>\n" if is_open else ""
        yield f'<section class="theme" id="part-{place}">\n<h2>{_inner(block.text)}</h2>\n'
        is_open = True
    yield "</section>\n" if is_open else ""


def _story(block: IssueBlock) -> str:
    """One story, its lines of origin and of topics marked as such."""
    found = _html(block.text, name=block.story[:LABEL_CHARS])
    found = found.replace("</h3>\n<p>", '</h3>\n<p class="origin">', 1)
    # A name alone in its line heads what an editor wrote there.
    before, mark, topics = found.rpartition("<p><strong>Keywords</strong> ")
    if not mark:
        before, mark, topics = found.rpartition("<p><strong>Themes</strong> ")
    return before + mark.replace("<p>", '<p class="topics">') + topics


def _inner(heading: str) -> str:
    """The words of a heading, as HTML."""
    return _html(heading).strip().removeprefix("<h2>").removesuffix("</h2>")


def _html(text: str, *, name: str = "") -> str:
    return "".join(_framed(safe_html(text, name=name, signals=SIGNAL)))


def _framed(page: str) -> Iterator[str]:
    """Put tables of an editor's own into frames: one that is wider than the screen scrolls in its place."""
    depth, is_framed = 0, False
    for piece in TABLE.split(page):
        if piece.startswith("<table"):
            is_framed = piece == "<table>" if depth == 0 else is_framed
            yield FRAME + piece if depth == 0 and is_framed else piece
            depth += 1
        elif piece == "</table>":
            depth -= 1
            yield piece + "</div>" if depth == 0 and is_framed else piece
        else:
            yield piece
