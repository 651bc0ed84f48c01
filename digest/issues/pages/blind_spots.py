"""What an issue leaves out, as a page: for the editor, and for readers where the editor wishes so."""

import html
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.issues.pages.admit import admit
from digest.issues.pages.html import PAGE, markdown_html, style
from digest.issues.pages.issue import issue_date
from digest.issues.pages.markdown import Address, fill
from digest.language.counts import counted
from digest.language.secrecy import shown_url
from digest.records import Dropped

if TYPE_CHECKING:
    from digest.issues.blind_spots import BlindSpots

PUBLISHED = "published"
"""What became of an article that the issue has."""

MOST_SHOWN = 10
"""Addresses under one reason; the others are counted. All of them stand in the report of the run."""


def render_blind_spots(found: "BlindSpots", *, back: str = "") -> str:
    """Write the page; a section of which there is nothing says so, for that is news as well.

    Args:
        found: What it says.
        back: Where the issue is, for its readers, who find there what is published; empty for the editor.
    """
    without = [(title, what) for title, what in found.without_change if not (back and what == PUBLISHED)]
    last = found.until - timedelta(seconds=1)
    day = f"{last.day} {last:%B %Y}"
    blocks = [
        fill("# What the issue of {} leaves out", issue_date(found.issue)),
        "## Dropped, and why",
        "\n\n".join(_dropped(found)) or "Nothing was dropped.",
        "## Silent feeds",
        f"{'These feeds had brought no' if found.quiet else 'Every feed had brought an'} article in the four "
        f"weeks before the issue was last gathered, on {day}.",
        "\n".join(_quiet(found)),
        "## Themes that one publisher tells alone",
        "\n".join(_alone(found)) or "Every theme of two entries or more is told by several publishers.",
        "## Articles that report no change",
        "\n".join(fill("* {} ({})", admit(title) or "–", what) for title, what in without)
        or ("None was left out." if found.without_change else "Every article of this issue reports one."),
        fill("[{}]({})", f"To the issue of {issue_date(found.issue)}", Address(back)) if back else "",
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def render_blind_spots_html(found: "BlindSpots", *, language: str) -> str:
    """Write the page for readers as HTML, to lie beside the issue's."""
    return PAGE.substitute(
        language=html.escape(language or "en"),
        title=html.escape(f"What the issue of {issue_date(found.issue)} leaves out"),
        style=style(),
        body=f"<main>\n{markdown_html(render_blind_spots(found, back=f'{found.issue}.html'))}</main>\n",
        pictures="",
    )


def _dropped(found: "BlindSpots") -> Iterator[str]:
    for reason, lost in found.dropped:
        lines = [fill("* {}", _address(each)) for each in lost[:MOST_SHOWN]]
        if len(lost) > MOST_SHOWN:
            lines.append(f"* and {len(lost) - MOST_SHOWN} more")
        links = counted(len(lost), "link", "links")
        yield fill("**{}** · {}", admit(reason), links) + "\n\n" + "\n".join(lines)


def _address(each: Dropped) -> str:
    return admit(shown_url(each.url)) or "–"


def _quiet(found: "BlindSpots") -> Iterator[str]:
    for each in found.quiet:
        since = f"last article {each.since.day} {each.since:%B %Y}" if each.since else "no article yet"
        yield fill("* {}", f"{admit(each.feed) or '–'}: {'; '.join(filter(None, (since, each.problem)))}")


def _alone(found: "BlindSpots") -> Iterator[str]:
    for theme, publisher, count in found.alone:
        yield fill("* {}", f"{theme}: {publisher}, {counted(count, 'entry', 'entries')}")
