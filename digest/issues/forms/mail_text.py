"""Clean HTML as plain text: the part of a mail for those who read no HTML."""

import re
import textwrap
from collections.abc import Iterator

import lxml.html
from lxml.html import HtmlElement

from digest.issues.forms.fragments import BLOCKS

WIDTH = 76
"""Characters of a line, as RFC 5322 advises at most 78 for mail; addresses are never broken."""

UNDERLINES = {"h1": "=", "h2": "=", "h3": "-"}

ROWS = "rows"
"""Class of what the rows of a table became, an element each (see mail_pieces)."""

SUGGESTED = "suggested"
"""Class of italics that say that something is a suggestion: plain text must say it too."""

SPACE = re.compile(r"[ \t\r\n]+")


def plain_text(html: str) -> str:
    """Give the words of clean HTML, links with their addresses; no line ends with a space."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    return "\n\n".join(filter(None, _blocks(root)))


def _blocks(element: HtmlElement) -> Iterator[str]:
    """Give the paragraphs of an element; words that stand between blocks are paragraphs too."""
    words = element.text or ""
    for each in element:
        if each.tag in BLOCKS:
            yield _filled(words)
            words = ""
            yield _block(each)
        else:
            words += _inline(each)
        words += each.tail or ""
    yield _filled(words)


def _block(element: HtmlElement) -> str:
    tag = element.tag
    if tag == "hr":
        return "-" * WIDTH
    if tag == "pre":
        return textwrap.indent("".join(element.itertext()).strip("\n"), "    ")
    if tag == "table":
        return _table(element)
    if tag in ("ul", "ol"):
        return "\n".join(_items(element))
    if element.get("class") == ROWS:
        return "\n".join(_items(element, "div"))
    said = "\n\n".join(filter(None, _blocks(element)))
    if tag in UNDERLINES:
        longest = max((len(line) for line in said.split("\n") if "://" not in line), default=0)
        return f"{said}\n{UNDERLINES[tag] * min(longest, WIDTH)}" if said else ""
    return textwrap.indent(said, "> ", lambda line: True) if tag == "blockquote" else said


def _items(element: HtmlElement, tag: str = "li") -> Iterator[str]:
    start = element.get("start") or "1"
    number = int(start) if start.lstrip("-").isdigit() and len(start) < 10 else 1
    for at, each in enumerate(element.iterchildren(tag)):
        mark = f"{number + at}. " if element.tag == "ol" else "* "
        said = "\n".join(filter(None, _blocks(each)))
        yield mark + textwrap.indent(said, " " * len(mark)).strip()


def _table(element: HtmlElement) -> str:
    rows = [row.iterchildren("td", "th") for row in element.iter("tr")]
    return "\n".join(" | ".join("\n".join(filter(None, _blocks(cell))) for cell in row) for row in rows)


def _inline(element: HtmlElement) -> str:
    if element.tag == "br":
        return "\x00"
    inside = "".join(_inline(each) + (each.tail or "") for each in element)
    words = f"{element.text or ''}{inside}" if element.tag != "img" else element.get("alt") or "picture"
    if element.tag == "em" and words and (_is_in_cell(element) or element.get("class") == SUGGESTED):
        words = f"*{words}*"  # what an issue says of its italics holds here too
    if title := element.get("title"):
        words += f" ({title})"
    target = element.get("href") or element.get("src") or ""
    is_said = SPACE.sub("", words) in (target, target.removeprefix("mailto:"))
    return words if is_said or target.startswith("#") or not target else f"{words} <{target}>"


def _is_in_cell(element: HtmlElement) -> bool:
    return any(each.tag == "td" or each.get("class") == ROWS for each in element.iterancestors())


def _filled(words: str) -> str:
    """Break words into lines; a line break of the text's own stays."""
    lines = [SPACE.sub(" ", line).strip() for line in words.split("\x00")]
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines if line
    )
