"""Headings and bullets of a draft's sections that would be published as something else than was meant."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from digest.issues.pages.entry_page import OPTIONAL, SECTIONS
from digest.issues.pages.markdown_blocks import MARKDOWN, Block, page_blocks, page_headings
from digest.issues.pages.section_headings import (
    KNOWN,
    find_repeated,
    find_sections,
    find_similar,
    heading_key,
)
from digest.issues.pages.written import Problem

MAY_BE_HEADING = re.compile(r"^ {0,3}(?:#.*|=+[ \t]*|-+[ \t]*)$", re.MULTILINE)
GENERATED = {f"## {name}" for name in SECTIONS}
NEEDED = {f"## {name}" for name in SECTIONS if name not in OPTIONAL}
TASK = re.compile(r"\[[ xX]?\](?:\s|$)")
TAG = re.compile(r"<[^>]*>")
HEADING_MARK = re.compile(r"[#＃]|<h\d", re.IGNORECASE)
LISTS = frozenset(SECTIONS) - {"Summary", "Signals"}


def heading_problems(page: str) -> Iterator[Problem]:
    """Name what was meant as the heading of a section and is none: a second one, or one without a space."""
    if _is_as_made(page):
        return
    tokens = MARKDOWN.parse(page)
    for heading, name, must_be_one in find_repeated(page_headings(tokens)):
        if must_be_one:
            what = f"a second {name}; put its text under the first, or give it another heading"
            yield heading.line, what
    yield from _no_headings(page, tokens)


def _is_as_made(page: str) -> bool:
    """Tell whether a page has the headings that generators write, and nothing like another: most have."""
    if "<" in page or "```" in page or "~~~" in page:
        return False
    title, *others = MAY_BE_HEADING.findall(page) or [""]
    return title.startswith("# __") and len(others) == len(set(others)) and NEEDED <= set(others) <= GENERATED


def _no_headings(page: str, tokens: Sequence[Token]) -> Iterator[Problem]:
    """Name lines that stand where a heading is missing: without a space, bold, in a quote, as HTML."""
    missing = {name for name in SECTIONS if name not in OPTIONAL}
    missing -= set(find_sections(page_headings(tokens)).values())
    paragraphs = {
        token.map[0]
        for token in tokens
        if token.type == "inline" and token.level == 1 and token.map and "\n" not in token.content
    }
    for at, line in enumerate(page.split("\n") if missing else ()):
        name = KNOWN.get(heading_key(TAG.sub("", line)), "")
        if name in missing and (at in paragraphs or HEADING_MARK.search(line)):
            yield at, f"“{line.strip()}” is no heading; write `## {name}`"


def similar_headings(page: str) -> Iterator[Problem]:
    """Name headings that are like a section's, though they are not."""
    if _is_as_made(page):
        return
    headings = page_headings(MARKDOWN.parse(page))
    for heading, name, must_be_one in find_repeated(headings):
        if not must_be_one:
            yield heading.line, f"a second {name}; it is read as part of the section above it"
    for heading, name in find_similar(headings):
        yield (
            heading.line,
            f"“{heading.name}” is an own section, which is not checked; "
            f"call it {name} alone if it is meant for that",
        )


def bullet_problems(page: str) -> Iterator[Problem]:
    """Name boxes to tick off in lists whose bullets are names."""
    for block in page_blocks(page) if TASK.search(page) else ():
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
