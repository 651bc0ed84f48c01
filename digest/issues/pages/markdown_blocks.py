"""A page or draft cut at its headings, and what Markdown says stands in each block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from digest.issues.pages.admit import NOT_TEXT
from digest.issues.pages.markdown import PARSERS

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:(?P<yaml>.*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
BARE_LINK = re.compile(r"^[*+-]\s+\[(?P<title>.*)\]\((?P<target>\S+)\)$")
"""A bullet that was meant as a link, whether Markdown sees one in it or not."""
SPACE = re.compile(r"\s{2,}|[ \t\r\n]")


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
    """Cut a page (without front matter) at its `#` and `##` headings; every line is in one block."""
    tokens = PARSERS[0].parse(body)
    starts = [
        place
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.markup in ("#", "##")
    ]
    line_count = body.count("\n") + 1
    first = tokens[starts[0]] if starts else None
    first_line = first.map[0] if first and first.map else line_count
    blocks = [Block("", 0, 0, first_line, (), tuple(tokens[: starts[0] if starts else len(tokens)]))]
    for place, after in pairwise([*starts, len(tokens)]):
        lines, next_lines = tokens[place].map, tokens[after].map if after < len(tokens) else None
        blocks.append(
            Block(
                name=clean(text_of(tokens[place + 1].children or ())),
                level=len(tokens[place].markup),
                start=lines[0] if lines else 0,
                end=next_lines[0] if next_lines else line_count,
                heading=tuple(tokens[place : place + 3]),
                tokens=tuple(tokens[place + 3 : after]),
            )
        )
    return blocks if blocks[0].end else blocks[1:]


def heading_end(block: Block) -> int:
    """Give the line after a block's heading."""
    lines = block.heading[0].map if block.heading else None
    return lines[1] if lines else block.start


def text_of(children: Sequence[Token]) -> str:
    """Give what a reader sees of inline tokens."""
    breaks = {"softbreak": " ", "hardbreak": " "}
    return "".join(
        text_of(child.children)
        if child.type == "image" and child.children
        else breaks.get(child.type, child.content)
        for child in children
        if child.type != "html_inline"
    )


def clean(text: str) -> str:
    """Make what was read fit for a field; a single exotic space stays what it is."""
    return SPACE.sub(" ", NOT_TEXT.sub(" ", text)).strip()
