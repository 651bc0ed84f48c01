"""A review of a theme or a year in Markdown, and as a page. Every statement leads to the entry it is from."""

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING

from digest.issues.pages.admit import admit
from digest.issues.pages.html import PAGE, style
from digest.issues.pages.issue import issue_date
from digest.issues.pages.markdown import Address, cell, fill
from digest.issues.pages.signals_table import table
from digest.issues.pages.written import safe_html
from digest.language.counts import counted
from digest.records import PublishedEntry, SeenSignal, SuggestedWords

if TYPE_CHECKING:
    from digest.issues.reviews import Review, ReviewedLine

TITLE_END = ": a review"
"""How the title of a review ends."""
WRITTEN_BY = "Written by {}; each sentence was checked against the entries it names."
"""What readers are told of a language model's words."""
NAMES_HEADER = ("Keyword", "Entries", "First seen", "Standing")
MOST_NAMES = 15
"""Lines of the table of what grows: as many as one looks through; `digest trends` has them all."""


def render_review(review: "Review", *, page: str = "../entries/{}.md") -> str:
    """Write a review, for a file in output/reviews/.

    Args:
        review: What it says.
        page: Where the page of an entry is, with `{}` for its id.
    """
    first, last = review.entries[0].issue, review.entries[-1].issue
    issues = len({each.issue for each in review.entries})
    span = issue_date(first) if first == last else f"{issue_date(first)} to {issue_date(last)}"
    counts = (
        counted(len(review.entries), "entry", "entries"),
        counted(issues, "issue", "issues"),
        counted(review.publishers, "publisher", "publishers"),
    )
    blocks = [fill("# {}", review.heading), fill("{} · {} · {} · {}", span, *counts)]
    if review.words:
        titles = {each.id: each.entry.title for each in review.entries}
        said = "\n".join(_words(each, titles, page) for each in review.words)
        blocks += ["## In short", said, fill("*{}*", WRITTEN_BY.format(review.words_by))]
    if review.lines:
        blocks += ["## Signals that came back", *(_line(each, page) for each in review.lines)]
    if review.best:
        blocks += ["## Read first", "\n".join(_best(each, page) for each in review.best)]
    if review.themes:
        rows = [(cell(name), str(count)) for name, count in review.themes]
        blocks += ["## Themes", table(("Theme", "Entries"), rows, right=(1,))]
    if names := _names(review):
        blocks += ["## Keywords over time", names]
    blocks += [
        "## All entries",
        "\n".join(_bullet(each, page) for each in sorted(review.entries, key=_issue, reverse=True)),
    ]
    return "\n\n".join(blocks) + "\n"


def render_review_html(review: "Review", *, language: str, map_svg: str = "") -> str:
    """Write a review as one HTML page."""
    body = safe_html(render_review(review, page="../site/entries/{}.html")).replace(
        "<table>", '<div class="scroll"><table>'
    )
    body = body.replace("</table>", "</table></div>")
    if map_svg:
        body += f"<h2>Map</h2>\n<figure>{map_svg}</figure>\n"
    return PAGE.substitute(
        language=html.escape(language or "en"),
        title=html.escape(review.heading),
        style=style(),
        body=f"<main>\n{body}</main>\n",
        pictures="",
    )


def _words(each: SuggestedWords, titles: Mapping[str, str], page: str) -> str:
    """A sentence, with the entries it rests on."""
    links = (fill("[{}]({})", titles[to], Address(page.format(to))) for to in each.entries)
    return f"{fill('{}', each.text)} ({'; '.join(links)})"


def _line(each: "ReviewedLine", page: str) -> str:
    """A signal over the issues: newest words first, then when it was seen, each with its entry."""
    newest = each.line.signals[-1]
    grown = f", from {each.publishers[0]} to {each.publishers[-1]} publishers" if each.has_grown else ""
    says: list[str] = [fill("**{}**", newest.signal) + ("" if not grown else fill(" *grown{}*", grown))]
    for at, seen in enumerate(each.line.signals):
        says.append(_seen("First seen" if at == 0 else "Again", seen, page))
    return "\n".join((says[0], "", *says[1:]))


def _seen(when: str, seen: SeenSignal, page: str) -> str:
    link = (seen.title, Address(page.format(seen.entry_id)))
    return fill("* {}: {} ([{}]({}))", f"{when} {issue_date(seen.issue)}", seen.signal, *link)


def _best(each: PublishedEntry, page: str) -> str:
    link = (each.entry.title, Address(page.format(each.id)))
    return fill("* {} ([{}]({}), {})", each.entry.signals[0].signal, *link, issue_date(each.issue))


def _issue(each: PublishedEntry) -> str:
    return each.issue


def _bullet(each: PublishedEntry, page: str) -> str:
    return fill("* {}: [{}]({})", issue_date(each.issue), each.entry.title, Address(page.format(each.id)))


def _names(review: "Review") -> str:
    """Keywords that enough of the entries have, with how they grow where that can be said."""
    lines = [line for line in review.found.lines if line.kind == "keyword"][:MOST_NAMES]
    rows = [
        (
            cell(admit(line.name)),
            str(sum(line.entries)),
            issue_date(line.first_issue),
            line.diffusion.standing if line.diffusion else "",
        )
        for line in lines
    ]
    if not rows:
        return ""
    # What grows can be said of some history alone.
    columns = 4 if any(row[3] for row in rows) else 3
    return table(NAMES_HEADER[:columns], [row[:columns] for row in rows], right=(1,))
