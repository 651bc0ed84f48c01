"""The parts of a page that its fields do not say: own sections, block Markdown, another order.

A page is read twice: into fields, and, where the fields written as Markdown would not say the same, into
parts with their text as written. "The same" is judged section by section: the same structure and texts as
Markdown reads them, and the same words, whether Markdown shows them or not. How a text is set out (padding
of tables, line breaks, kind of bullet) does not count.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from digest.issues.pages.entry_page import EXTERNAL_LINK, HEAD, entry_parts, section_names
from digest.issues.pages.markdown import PARSERS, Address, Shape, fill, shape
from digest.issues.pages.markdown_blocks import BARE_LINK, Block, heading_end, text_of
from digest.issues.pages.section_headings import is_bare
from digest.records import Entry, Part, Reference

FORMATTING = re.compile(r"[\s|\-:*_+\\#]+")
SPACE = re.compile(r"\s+")


def page_parts(entry: Entry, blocks: Sequence[Block], lines: Sequence[str]) -> tuple[Part, ...]:
    """Give the parts of a page in order; none where its fields say all of it.

    Args:
        entry: The fields read from the page.
        blocks: The page cut at its headings, without what does not belong to it.
        lines: The page's lines.
    """
    made = _made(entry)
    parts = [part for _, part in _parts(entry, blocks, lines, made)]
    order = [HEAD, *section_names(entry)]
    places = [order.index(part.name) if part.name else -1 for part in parts]
    is_own = -1 in places or any(part.heading or part.text for part in parts)
    return tuple(parts) if is_own or places != sorted(places) else ()


def written_spans(entry: Entry, blocks: Sequence[Block], lines: Sequence[str]) -> list[tuple[int, int]]:
    """Give the lines of a page that an editor wrote: first, and the one after the last, of each such part."""
    found = _parts(entry, blocks, lines, _made(entry))
    return [(block.start, block.end) for block, part in found if part.heading or part.text]


def is_said(written: str, made: str) -> bool:
    """Tell whether a text says what another says, however both are set out."""
    if written.strip("\n") == made:
        return True
    return words(written) == words(made) and _shape(written) == _shape(made)


def words(text: str) -> str:
    """Give the characters of a text that are no white space and no mark of Markdown."""
    return FORMATTING.sub("", html.unescape(text))


def _made(entry: Entry) -> Mapping[str, str]:
    try:
        return entry_parts(entry)
    except ValueError:  # a page of somebody else's that this program could not write
        return {}


def _parts(
    entry: Entry, blocks: Sequence[Block], lines: Sequence[str], made: Mapping[str, str]
) -> Iterator[tuple[Block, Part]]:
    left = {name.casefold(): name for name in section_names(entry)}
    is_headed = False
    for block in blocks:
        heading = "\n".join(lines[block.start : heading_end(block)]).strip("\n")
        text = _without_empty_lines(lines[heading_end(block) : block.end])
        if block.level == 1 and not is_headed:
            is_headed = True
            yield block, Part(HEAD, "", "" if not made or is_said(text, made["Link"]) else text)
        elif block.level == 2 and (name := left.get(block.name.casefold())) and _is_plain(block, name):
            del left[name.casefold()]
            references = getattr(entry, name.casefold(), ()) if name in ("Closest", "Sources") else ()
            is_field = not made or is_said(text, made.get(name, "")) or _is_meant(text, references)
            yield block, Part(name, "", "" if is_field else text)
        elif block.level or text:
            yield block, Part("", heading, text)


def _is_plain(block: Block, name: str) -> bool:
    """Tell whether a heading is a section's and nothing more: no link, no emphasis, no number."""
    children = block.heading[1].children or []
    return all(child.type == "text" for child in children) and is_bare(text_of(children), name)


def _is_meant(text: str, references: Sequence[Reference]) -> bool:
    """Tell whether every line is a bullet that was read though Markdown sees no link in it."""
    said = [line.strip() for line in text.split("\n") if line.strip()]
    return len(said) == len(references) and all(
        is_said(line, f"* [{reference.title}]({reference.target})")
        or (BARE_LINK.match(line) and not any(kind == "link_open" for kind, _ in shape(PARSERS[0], line)))
        for line, reference in zip(said, references, strict=True)
    )


def _without_empty_lines(lines: Sequence[str]) -> str:
    text = "\n".join(lines).strip("\n")
    return text if text.strip() else ""


def _shape(text: str) -> Shape:
    """Parse a text, with white space collapsed and line breaks that are none to a reader joined."""
    out: Shape = []
    for kind, value in shape(PARSERS[0], text):
        is_text = kind in ("text", "softbreak")
        value = " " if kind == "softbreak" else value
        if is_text and out and out[-1][0] == "text":
            value = out.pop()[1] + value
        out.append(("text" if is_text else kind, value))
    return [(kind, SPACE.sub(" ", value).strip() if kind == "text" else value) for kind, value in out]


def without_external_link(entry: Entry, text: str) -> str:
    """Take the line with the external link out of what stands under a title; the rest stays as written."""
    link = fill(EXTERNAL_LINK, Address(entry.url))
    lines = text.split("\n")
    for token in PARSERS[0].parse(text):
        if token.type == "paragraph_open" and token.level == 0 and token.map:
            start, end = token.map
            if is_said("\n".join(lines[start:end]), link):
                return _without_empty_lines([*lines[:start], *lines[end:]])
    return text
