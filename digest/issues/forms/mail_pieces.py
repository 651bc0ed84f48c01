"""What an issue's mail is put together from: one piece after the other, each fit to stand at 390 pixels.

A table of more than two columns is none on a telephone: each of its rows becomes a block of its own, with
the column's name before each cell that says something. An overview that is long ends early.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import lxml.html
from lxml.html import HtmlElement

from digest.issues.forms.fragments import block_html, elements, entry_address
from digest.issues.forms.mail_text import SIGNALS, SUGGESTED, TOPICS
from digest.issues.forms.table_blocks import blocks_of, named_cells, words_of
from digest.issues.pages.entry_page import SIGNAL_COLUMNS
from digest.issues.pages.issue import FURTHER, IssueBlock, issue_blocks
from digest.issues.pages.story import AT_THE_END
from digest.language.counts import counted
from digest.records import Issue

SIGNAL = SIGNAL_COLUMNS[0]
"""What heads the first column of a table of signals."""

ORIGIN = "origin"
"""Class of the line below a story's title."""

HEADING = re.compile(r"h[1-6]")

WIDEST = 2
"""Columns of a table that stays one: three do not fit on 390 pixels beside each other, tried in chromium."""

MOST_OF_OVERVIEW = 16_000
"""Bytes of the overview, a fifth of what a mail may have: about 40 themes, more than a week has; the rest is
for the stories, and one overlong line must not push them out."""


@dataclass(frozen=True)
class Piece:
    """An element of the mail's text."""

    html: str
    kind: str
    """What it belongs to: head, theme, story, foot."""
    place: int
    """Which block of the issue it is of."""
    story: str = ""
    """Id of the entry; empty outside of stories."""
    announces: bool = False
    """Whether it says no more than what comes: a heading, a story's line of origin, the name of a list."""


def mail_pieces(issue: Issue, places: Mapping[str, str]) -> list[Piece]:
    """Give an issue as pieces of a mail, in order.

    Args:
        issue: The issue.
        places: The issue in which each entry stands, by its id.
    """
    # Of those who get a mail nobody was shown what was withdrawn before.
    blocks = issue_blocks(replace(issue, withdrawn=()), entry_address(issue, places))
    return [
        piece
        for place, block in enumerate(blocks)
        for piece in _of_block(block, place, marks_italics=issue.opening.has_suggestions)
    ]


def _of_block(block: IssueBlock, place: int, *, marks_italics: bool) -> Iterator[Piece]:
    kind = "story" if block.story else "head" if place == 0 else "theme"
    kind = "foot" if kind == "theme" and not block.text.startswith("## ") else kind
    found = list(elements(block_html(block)))
    for at, each in enumerate(found):
        _set_out(each)
        if kind == "head" and marks_italics:
            for words in each.iter("em"):
                words.set("class", SUGGESTED)
        if kind == "story" and each.tag == "p" and at == 1:
            each.set("class", ORIGIN)
        if kind == "story" and _names_topics(each):
            each.set("class", TOPICS)
        if kind == "head" and each.tag == "ul" and not any(other.tag == "ul" for other in found[at + 1 :]):
            _shorten(each)
        announces = kind == "theme" or _announces(each)
        whole = lxml.html.tostring(_laid_out(each), encoding="unicode")
        yield Piece(whole, kind, place, block.story, announces)


def _announces(element: HtmlElement) -> bool:
    if HEADING.fullmatch(element.tag) or element.get("class") == ORIGIN:
        return True
    names = element.findall("strong")
    return len(names) == len(element) == 1 and words_of(names[0]) == words_of(element)


def _theme_count(line: HtmlElement) -> int:
    """Count the themes that a line of the overview names."""
    words = words_of(line)
    return len(words.split(" · ")) if words.startswith(f"{FURTHER}: ") else 1


def _names_topics(element: HtmlElement) -> bool:
    """Tell the line of keywords and themes; footnotes may stand below it."""
    first = next(iter(element), None)
    if element.tag != "p" or first is None or (element.text or "").strip():
        return False
    # A name alone in its line heads what an editor wrote there.
    return first.tag == "strong" and first.text in AT_THE_END and bool((first.tail or "").strip())


def _set_out(element: HtmlElement) -> None:
    """Make what an editor wrote fit into a mail."""
    for each in element.iter("a"):
        each.attrib.pop("rel", None)  # says something to browsers alone
    for each in element.iter("img"):
        if not (each.get("width") or "").isdigit() or int(each.get("width")) > 552:
            each.attrib.pop("width", None)
            each.attrib.pop("height", None)
    for each in element.iter("details"):
        each.set("open", "")


def _laid_out(element: HtmlElement) -> HtmlElement:
    """Give an element with its wide tables as blocks."""
    for each in list(element.iter("table")):
        header, rows = named_cells(each)
        if len(header) > WIDEST:
            made = blocks_of(header, rows)
        else:
            each.set("class", f"data {SIGNALS}" if header and words_of(header[0]) == SIGNAL else "data")
            continue
        if each is element:
            return made
        made.tail = each.tail
        each.getparent().replace(each, made)
    return element


def _shorten(overview: HtmlElement) -> None:
    """End the overview where it would take too much of the mail."""
    overview.set("class", "contents")
    size, over = 0, []
    for line in overview:
        size += len(lxml.html.tostring(line, encoding="utf-8"))
        if size > MOST_OF_OVERVIEW:
            over.append(line)
    for line in over:
        overview.remove(line)
    if over:
        last = lxml.html.Element("li")
        last.text = counted(sum(map(_theme_count, over)), "more theme", "more themes")
        overview.append(last)
