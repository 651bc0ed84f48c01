"""Pieces of an issue as clean HTML fit to leave the workspace: what leads nowhere from there is no link."""

import re
from collections.abc import Iterator, Mapping

import lxml.html
from lxml.html import HtmlElement

from digest.issues.pages.issue import IssueBlock
from digest.issues.pages.story import LABEL_CHARS, EntryAddress
from digest.issues.pages.written import safe_html
from digest.records import Issue

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file can hold."""

BLOCKS = frozenset(
    {
        *("p", "div", "section", "article", "figure", "details", "summary", "dl", "dt", "dd", "figcaption"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "table"),
        *("header", "footer", "aside", "nav", "hgroup"),
    }
)
"""Elements that begin on a line of their own; others stand among words."""

WHOLE = re.compile(r"(?i)(?:https?|mailto):|#")
"""Begins what leads somewhere from wherever it stands: an address, or a place in the same text."""


def block_html(block: IssueBlock) -> str:
    """Give a piece of an issue as clean HTML, as the HTML issue has it."""
    return NOT_XML.sub("", safe_html(block.text, name=block.story[:LABEL_CHARS]))


def elements(html: str) -> Iterator[HtmlElement]:
    """Give the elements of clean HTML in order, links that lead nowhere as words.

    Words that stand between blocks come in an element of their own.
    """
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for link in list(root.iter("a")):
        if "href" in link.attrib and not WHOLE.match(link.get("href")):
            link.drop_tag()
    loose = _loose(root.text)
    for each in list(root):
        after, each.tail = each.tail, None
        if each.tag in BLOCKS:
            yield from _if_any(loose)
            yield each
            loose = _loose(after)
        else:
            each.tail = after
            loose.append(each)
    yield from _if_any(loose)


def _loose(words: str | None) -> HtmlElement:
    made = lxml.html.Element("div")
    made.text = words
    return made


def _if_any(loose: HtmlElement) -> Iterator[HtmlElement]:
    if len(loose) or (loose.text or "").strip():
        yield loose


def whole_html(block: IssueBlock) -> str:
    """Give a piece of an issue as clean HTML for a place outside the workspace."""
    return "\n".join(lxml.html.tostring(each, encoding="unicode") for each in elements(block_html(block)))


def issue_address(issue: Issue) -> str:
    """Say where an issue is on the newsletter's site; empty where it has none."""
    site = issue.site.rstrip("/")
    return f"{site}/issues/{issue.name}.html" if site else ""


def entry_address(issue: Issue, places: Mapping[str, str]) -> EntryAddress:
    """Say where entries are on the newsletter's site, none where it has none.

    Args:
        issue: The issue that links to them.
        places: The issue in which each entry stands, by its id.
    """
    here, site = {each.id for each in issue.entries}, issue.site.rstrip("/")

    def address(entry_id: str) -> str:
        name = issue.name if entry_id in here else places.get(entry_id, "")
        return f"{site}/issues/{name}.html#{entry_id}" if site and name else ""

    return address
