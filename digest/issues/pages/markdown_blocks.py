"""A page or draft cut at its headings, and what Markdown says stands in each block.

Headings are those of level 1 and 2 with hashes, and any that can only be meant for a section of the page:
where no heading is to the letter that of a section, the first that comes near it is (see section_headings).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it.token import Token

from digest.issues.pages.admit import NOT_TEXT
from digest.issues.pages.markdown import inline_html_parser
from digest.issues.pages.section_headings import Heading, find_sections

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:(?P<yaml>.*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
BARE_LINK = re.compile(r"^[*+-]\s+\[(?P<title>.*)\]\((?P<target>\S+)\)$")
"""A bullet that was meant as a link, whether Markdown sees one in it or not."""
SPACE = re.compile(r"\s{2,}|[ \t\r\n]")
MARKDOWN = inline_html_parser()
"""Sees the tags within a line, which are no words; blocks of HTML are paragraphs to it."""

TAG_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
IN_WORDS = re.compile(
    r"a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|"
    r"time|tt|u|var|wbr"
)
"""Tags that may stand within a word; others, such as br and p, part words."""

STRUCK = frozenset({"del", "s"})
"""Tags around what is struck out."""

STRIKES = {"s_open": 1, "s_close": -1}

RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")


@dataclass(frozen=True)
class Block:
    """A part of a page: what a level 1 or 2 heading stands over, and its place."""

    name: str
    """The heading's words; empty for what comes before any heading."""
    level: int
    """1 or 2; 0 for what comes before any heading."""
    start: int
    """Line of the heading, 0 first, counted in the page without its front matter."""
    end: int
    """Line after the block."""
    heading: tuple[Token, ...]
    tokens: tuple[Token, ...]
    """What is under the heading, as Markdown tokens, with lines as `start` counts them."""


def split_front_matter(text: str) -> tuple[str | None, str, int]:
    """Split a file into its YAML front matter, its body, and the number of lines before the body.

    Line ends become line feeds and a byte-order mark goes. The front matter is None where there is none.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    match = FRONT_MATTER.match(text)
    if not match:
        return None, text, 0
    return match["yaml"] or "", text[match.end() :], text.count("\n", 0, match.end())


def page_blocks(body: str) -> list[Block]:
    """Cut a page (without front matter) at its headings; every line is in one block.

    A heading that is meant for a section has the section's name and level 2, however it is written.
    """
    tokens = MARKDOWN.parse(body)
    headings = page_headings(tokens)
    sections = find_sections(headings)
    starts = [each for each in headings if each.place in sections or (each.is_hashed and each.level <= 2)]
    line_count = body.count("\n") + 1
    first_line = starts[0].line if starts else line_count
    first_place = starts[0].place if starts else len(tokens)
    blocks = [Block("", 0, 0, first_line, (), tuple(tokens[:first_place]))]
    end = Heading(len(tokens), line_count, 0, False, "")
    for heading, after in pairwise([*starts, end]):
        place = heading.place
        block = Block(
            name=heading.name,
            level=heading.level,
            start=heading.line,
            end=after.line,
            heading=tuple(tokens[place : place + 3]),
            tokens=tuple(tokens[place + 3 : after.place]),
        )
        if place in sections:
            block = replace(block, name=sections[place], level=2)
        blocks.append(block)
    return blocks if blocks[0].end else blocks[1:]


def page_headings(tokens: Sequence[Token]) -> list[Heading]:
    """Give the headings that stand in no quote and no list, in order."""
    return [
        Heading(
            place,
            token.map[0],
            int(token.tag[1:]),
            token.markup.startswith("#"),
            clean(text_of(tokens[place + 1].children or ())),
        )
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def heading_end(block: Block) -> int:
    """Give the line after a block's heading."""
    lines = block.heading[0].map if block.heading else None
    return lines[1] if lines else block.start


def text_of(children: Sequence[Token]) -> str:
    """Give what a reader sees of inline tokens, less what is struck out: it is not said any more."""
    breaks = {"softbreak": " ", "hardbreak": " "}
    text, is_raised, struck = "", False, 0
    for child in children:
        if child.type in STRIKES:
            struck += STRIKES[child.type]
        elif child.type == "html_inline":
            closing, name = tag_of(child.content)
            is_raised = (not closing) if name == "sup" else is_raised
            struck = max(struck + (-1 if closing else 1), 0) if name in STRUCK else struck
            text += "" if IN_WORDS.fullmatch(name) else " "
        elif struck:
            continue
        elif child.type == "image" and child.children:
            text += text_of(child.children)
        else:
            found = breaks.get(child.type, child.content)
            text += raised(found) if is_raised else found
    return text


def raised(words: str) -> str:
    """Give raised words as plain text: a figure with its power must not become another figure.

    Of words that have no raised letters (`2nd`) none is raised.
    """
    return words.translate(RAISED) if all(ord(each) in RAISED for each in words) else words


def tag_of(html: str) -> tuple[bool, str]:
    """Say whether a tag closes something, and its name; empty for what is no tag."""
    match = TAG_NAME.match(html)
    return (bool(match[1]), match[2].casefold()) if match else (False, "")


def clean(text: str) -> str:
    """Make what was read fit for a field; a single exotic space stays what it is."""
    return SPACE.sub(" ", NOT_TEXT.sub(" ", text)).strip()
