"""Headings and bullets of a draft's sections that would be published as something else than was meant."""

import re
from collections.abc import Iterator

from digest.issues.pages.entry_page import SECTIONS
from digest.issues.pages.markdown_blocks import MARKDOWN, Block, page_blocks, page_headings
from digest.issues.pages.section_headings import find_repeated, find_similar, glued_name
from digest.issues.pages.written import Problem

TASK = re.compile(r"\[[ xX]?\](?:\s|$)")
LISTS = frozenset(SECTIONS) - {"Summary", "Signals"}


def heading_problems(page: str) -> Iterator[Problem]:
    """Name what was meant as the heading of a section and is none: a second one, or one without a space."""
    tokens = MARKDOWN.parse(page)
    for heading, name, must_be_one in find_repeated(page_headings(tokens)):
        if must_be_one:
            what = f"a second {name}; put its text under the first, or give it another heading"
            yield heading.line, what
    lines = page.split("\n")
    for token in tokens:
        if token.type == "inline" and token.level == 1 and token.map:
            for line in range(*token.map):
                if name := glued_name(lines[line]):
                    yield line, f"a heading without a space; write `## {name}`"


def similar_headings(page: str) -> Iterator[Problem]:
    """Name headings that are like a section's, though they are not."""
    headings = page_headings(MARKDOWN.parse(page))
    for heading, name, must_be_one in find_repeated(headings):
        if not must_be_one:
            yield heading.line, f"a second {name}, below a heading of your own; it is read as part of that"
    for heading, name in find_similar(headings):
        yield (
            heading.line,
            f"“{heading.name}” is an own section, which is not checked; "
            f"call it {name} alone if it is meant for that",
        )


def bullet_problems(page: str) -> Iterator[Problem]:
    """Name boxes to tick off in lists whose bullets are names."""
    for block in page_blocks(page):
        if block.level == 2 and block.name.capitalize() in LISTS:
            yield from _boxes(block)


def _boxes(block: Block) -> Iterator[Problem]:
    is_first = False
    for token in block.tokens:
        if token.type == "list_item_open":
            is_first = True
        elif token.type == "inline" and is_first and token.map:
            is_first = False
            if TASK.match(token.content):
                yield token.map[0], f"a box to tick off under {block.name.capitalize()}; take out the [ ]"
