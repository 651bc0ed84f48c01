"""Clean HTML as plain text: the part of a mail for those who read no HTML."""

import re
import textwrap
from collections.abc import Iterator

import lxml.html
from lxml.html import HtmlElement

from digest.issues.forms.fragments import BLOCKS
from digest.issues.forms.table_blocks import ROWS, blocks_of, named_cells
from digest.issues.pages.markdown_blocks import raised
from digest.issues.pages.story import AT_THE_END

WIDTH = 76
"""Characters of a line, marks of lists included, as RFC 5322 advises at most 78 for mail; addresses are never
broken, and code and short tables stand as they are."""

NARROWEST = 20
"""Characters of a line, however deep in lists and quotations."""

QUOTED = "> "

UNDERLINES = {"h1": "=", "h2": "=", "h3": "-"}

SIGNALS = "signals"
"""Class of a table of signals."""

TOPICS = "topics"
"""Class of the lines that name a story's keywords and themes."""

SUGGESTED = "suggested"
"""Class of italics that say that something is a suggestion: plain text must say it too."""

TARGET = re.compile(r" ?<\S+>")
"""Where a heading leads: no part of it that is underlined."""

AROUND = {"q": "“”", "del": ("~~", "~~"), "s": ("~~", "~~")}
"""What stands for elements whose words would say something else without it: quoted, or struck out."""

SPACE = re.compile(r"[ \t\r\n]+")


def plain_text(html: str) -> str:
    """Give the words of clean HTML, links with their addresses; no line ends with a space."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    return "\n\n".join(filter(None, _blocks(root, WIDTH)))


def _blocks(element: HtmlElement, width: int) -> Iterator[str]:
    """Give the paragraphs of an element; words that stand between blocks are paragraphs too."""
    words = element.text or ""
    for each in element:
        if each.tag in BLOCKS:
            yield _filled(words, width)
            words = ""
            yield _block(each, width)
        else:
            words += _inline(each)
        words += each.tail or ""
    yield _filled(words, width)


def _block(element: HtmlElement, width: int) -> str:
    tag = element.tag
    if tag == "hr":
        return "-" * width
    if tag == "pre":
        return textwrap.indent("".join(element.itertext()).strip("\n"), "    ")
    if tag == "table":
        return _table(element, width)
    if tag in ("ul", "ol"):
        return "\n".join(_items(element, width))
    if element.get("class") == ROWS:
        return "\n".join(_items(element, width, "div"))
    if tag == "blockquote":
        said = "\n\n".join(filter(None, _blocks(element, width - len(QUOTED))))
        return "\n".join(f"{QUOTED}{line}".rstrip() for line in said.split("\n"))
    said = "\n\n".join(filter(None, _blocks(element, width)))
    if tag in UNDERLINES:
        longest = max(len(TARGET.sub("", line)) for line in said.split("\n"))
        return f"{said}\n{UNDERLINES[tag] * min(longest, width)}" if said else ""
    return said


def _items(element: HtmlElement, width: int, tag: str = "li") -> Iterator[str]:
    start = element.get("start") or "1"
    number = int(start) if start.lstrip("-").isdigit() and len(start) < 10 else 1
    for at, each in enumerate(element.iterchildren(tag)):
        mark = f"{number + at}. " if element.tag == "ol" else "* "
        said = "\n".join(filter(None, _blocks(each, width - len(mark))))
        yield (mark + textwrap.indent(said, " " * len(mark)).strip()).rstrip()


def _table(element: HtmlElement, width: int) -> str:
    rows = [row.iterchildren("td", "th") for row in element.iter("tr")]
    lines = [" | ".join("\n".join(filter(None, _blocks(cell, width))) for cell in row) for row in rows]
    is_long = any("\n" in line or len(line) > width for line in lines)
    header, named = named_cells(element)
    # Of rows that go on over several lines nobody would see where one ends and the next begins.
    if named and (is_long or SIGNALS in element.get("class", "").split()):
        return _block(blocks_of(header, named), width)
    return "\n".join(lines)


def _inline(element: HtmlElement) -> str:
    if element.tag == "br":
        return "\x00"
    inside = "".join(_inline(each) + (each.tail or "") for each in element)
    words = f"{element.text or ''}{inside}" if element.tag != "img" else element.get("alt") or "picture"
    if element.tag == "em" and words and (_is_in_cell(element) or element.get("class") == SUGGESTED):
        words = f"*{words}*"  # what an issue says of its italics holds here too
    if around := AROUND.get(element.tag) if words.strip() else None:
        words = f"{around[0]}{words}{around[1]}"
    if element.tag == "sup":
        words = raised(words)
    if element.tag == "strong" and words in AT_THE_END and element.getparent().get("class") == TOPICS:
        words += ":"
    if title := element.get("title"):
        words += f" ({title})"
    target = element.get("href") or element.get("src") or ""
    is_said = SPACE.sub("", words) in (target, target.removeprefix("mailto:"))
    return words if is_said or target.startswith("#") or not target else f"{words} <{target}>"


def _is_in_cell(element: HtmlElement) -> bool:
    return any(each.tag == "td" or each.get("class") == ROWS for each in element.iterancestors())


def _filled(words: str, width: int) -> str:
    """Break words into lines; a line break of the text's own stays."""
    lines = [SPACE.sub(" ", line).strip() for line in words.split("\x00")]
    width = max(width, NARROWEST)
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in lines if line
    )
