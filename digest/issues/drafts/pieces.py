"""A draft's body cut into the sections a run may renew and everything else, without losing a character.

A section's own text is what stands under its heading, less the offers. An offer is a block quote under
`## Offered`, and begins with a line of its own:

    > *Offered 0123456789ab: summary, newly made. To take it: digest draft take; else delete it.*
    >
    > The new text.

The hash in that line is that of the text offered. So an offer that a person has written into can be told
from one that has not been touched, and stays. Earlier versions put offers below the section's own text.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from markdown_it.token import Token

from digest.issues.pages.entry_page import OPTIONAL, SECTIONS
from digest.issues.pages.markdown import parser
from digest.issues.pages.markdown_blocks import Block, heading_end, page_blocks

HEAD = ("title", "link")
"""The two parts above the first section: the title with its origin, and the external link."""

EVIDENCE = "evidence"

OFFERED = "offered"
"""The section of what was newly made for sections, or rows of them, that a person changed."""

NAMES = (*HEAD, *(name.casefold() for name in SECTIONS), EVIDENCE)
"""Everything a run makes, in the order of the file."""

MAY_BE_MISSING = tuple(name.casefold() for name in OPTIONAL)

OFFER = re.compile(r"^ {0,3}> ?[*_]Offered ([0-9a-f]{12}): .*[*_]\s*$")
OFFER_LINE = "> *Offered {}: {}, newly made. To take it: digest draft take; else delete it.*"
OLD_OFFER_LINE = "> *Offered {}: newly made. To take it, put it in place of the text above; else delete it.*"
OFFER_TARGET = re.compile(r"Offered [0-9a-f]{12}: (\w+)( row)?, ")
ROW = " row"
"""Follows the name of the section in an offer of one row alone."""
QUOTE_MARK = re.compile(r"^ {0,3}> ?", re.MULTILINE)
FORMATTING = re.compile(r"[\s|\-:*_+\\#]+")
MARKDOWN = parser()

MOST_CUT = 8
"""Bodies whose pieces are kept: whoever shows or saves one draft cuts it half a dozen times."""


@dataclass(frozen=True)
class Offer:
    """A newly made text for what a person changed."""

    text: str
    hash: str
    """Fingerprint of the text as it was offered."""
    raw: str
    """The block quote as in the file."""
    line: int = 0
    """Where it begins, 0 first, counted in the body."""
    target: str = ""
    """The section it was made for, of NAMES; empty where the line does not say."""
    is_row: bool = False
    """Whether it is a row of that section alone."""

    @property
    def is_touched(self) -> bool:
        """Whether a person wrote into it."""
        mark = FORMATTING.sub("", QUOTE_MARK.sub("", self.raw.split("\n", 1)[0]))
        made = (_offer_line(self.hash, self.target, self.is_row), OLD_OFFER_LINE.format(self.hash))
        is_marked = mark in (FORMATTING.sub("", each[1:]) for each in made)
        return not is_marked or fingerprint(self.text) != self.hash


@dataclass(frozen=True)
class Piece:
    """A run of lines of the body."""

    name: str
    """One of NAMES; empty for what a person added."""
    raw: str
    """The lines as in the file, each with its end."""
    heading: str = ""
    text: str = ""
    """The section's own text, without blank lines around it."""
    offers: tuple[Offer, ...] = ()
    rest: str = ""
    """Lines a person added between title, link and first section; they stay below the piece."""
    line: int = 0
    """Where it begins, 0 first, counted in the body."""

    def with_text(self, text: str, offers: Sequence[Offer]) -> "Piece":
        """Change the own text and the offers; blank lines after the piece stay as they are."""
        gap = self.raw[len(self.raw.rstrip("\n")) :] or "\n"
        parts = (self.heading, text, *(offer.raw for offer in offers), self.rest)
        raw = "\n\n".join(filter(None, parts)) + gap
        return replace(self, raw=raw, text=text, offers=tuple(offers))


def cut(body: str) -> list[Piece]:
    """Cut a body into pieces; joined, their raw texts are the body with a final newline."""
    return list(_cut_once(body))


@lru_cache(maxsize=MOST_CUT)
def _cut_once(body: str) -> tuple[Piece, ...]:
    body = body if body.endswith("\n") else body + "\n"
    lines = body.split("\n")
    pieces: list[Piece] = []
    known: set[str] = set()
    for block in page_blocks(body):
        name = block.name.casefold()
        if block.level == 1 and "title" not in known:
            known.add("title")
            pieces += _head(block, lines)
        elif block.level == 2 and name in NAMES and name not in (*HEAD, *known):
            known.add(name)
            pieces.append(_section(name, block, lines))
        elif block.level == 2 and name == OFFERED and _is_of_offers(found := _section(name, block, lines)):
            pieces.append(found)
        else:
            pieces.append(Piece("", _raw(lines, block.start, block.end), line=block.start))
    return tuple(pieces)


def _is_of_offers(section: Piece) -> bool:
    """Tell what is left of the offers, also where an editor deleted each of them, from an own section."""
    return bool(section.offers) or not section.text


def page_text(body: str, pieces: Sequence[Piece]) -> str:
    """Give the page of a draft: its body with offers and Evidence blanked; lines keep their numbers."""
    lines = body.split("\n")
    for piece in pieces:
        spans = [(each.line, each.raw.count("\n") + 1) for each in piece.offers]
        if piece.name in (EVIDENCE, OFFERED):
            spans = [(piece.line, piece.raw.rstrip("\n").count("\n") + 1)]
        for start, count in spans:
            lines[start : start + count] = [""] * count
    return "\n".join(lines)


def new_piece(name: str, text: str, offers: Sequence[Offer] = ()) -> Piece:
    """Make a piece that is not in the file yet."""
    heading = "" if name in HEAD else f"## {name.capitalize()}"
    return Piece(name, "\n\n", heading=heading).with_text(text, offers)


def offer(text: str, target: str, *, is_row: bool = False) -> Offer:
    """Make an offer of a text for a section, or of a table of one row for one of its rows."""
    mark = fingerprint(text)
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    raw = f"{_offer_line(mark, target, is_row)}\n>\n{quoted}"
    return Offer(text, mark, raw, target=target, is_row=is_row)


def _offer_line(mark: str, target: str, is_row: bool) -> str:
    return OFFER_LINE.format(mark, target + ROW * is_row)


@lru_cache(maxsize=4096)
def fingerprint(text: str) -> str:
    """Hash what a text says, not how it is set out.

    Programs pad tables, wrap lines and swap `*` for `-` when they save a file: that changes nothing here.
    Every word counts, though, also those Markdown does not show (a fifth cell, a link definition).
    Kept for the sections of some 500 drafts: reading a draft asks twice of each, and a desk reads them often.
    """
    shown = " ".join(MARKDOWN.render(text).split())
    words = FORMATTING.sub("", text)
    return hashlib.sha256(f"{shown}\0{words}".encode("utf-8", "replace")).hexdigest()[:12]


def _section(name: str, block: Block, lines: Sequence[str]) -> Piece:
    start = heading_end(block)
    own, offers = _own_and_offers(block.tokens, lines, start, block.end)
    return Piece(
        name,
        _raw(lines, block.start, block.end),
        heading="\n".join(lines[block.start : start]),
        text=own,
        offers=offers,
        line=block.start,
    )


def _head(block: Block, lines: Sequence[str]) -> list[Piece]:
    """Cut what is above the first section into title and link, each with what follows it."""
    links = [token for token in block.tokens if _is_link(token)]
    link = next(
        (token for token in links if "external link" in token.content.casefold()), next(iter(links), None)
    )
    link_start, link_end = (link.map or (0, 0)) if link else (block.end, block.end)
    pieces = [_head_piece("title", block, lines, (block.start, heading_end(block), link_start))]
    if link:
        pieces.append(_head_piece("link", block, lines, (link_start, link_end, block.end)))
    return pieces


def _head_piece(name: str, block: Block, lines: Sequence[str], bounds: tuple[int, int, int]) -> Piece:
    start, own_end, end = bounds
    rest, offers = _own_and_offers(block.tokens, lines, own_end, end)
    text = "\n".join(lines[start:own_end]).strip("\n")
    return Piece(name, _raw(lines, start, end), text=text, offers=offers, rest=rest, line=start)


def _is_link(token: Token) -> bool:
    is_paragraph = token.type == "inline" and token.level == 1
    return is_paragraph and any(child.type == "link_open" for child in token.children or ())


def _own_and_offers(
    tokens: Sequence[Token], lines: Sequence[str], start: int, end: int
) -> tuple[str, tuple[Offer, ...]]:
    own: list[str] = []
    offers: list[Offer] = []
    for token in tokens:
        if token.type != "blockquote_open" or token.level or not token.map or not start <= token.map[0] < end:
            continue
        first, last = token.map
        if match := OFFER.match(lines[first]):
            own.append("\n".join(lines[start:first]).strip("\n"))
            raw = "\n".join(lines[first:last]).rstrip("\n")
            text = QUOTE_MARK.sub("", "\n".join(lines[first + 1 : last])).strip("\n")
            said = OFFER_TARGET.search(lines[first])
            target = said[1] if said and said[1] in NAMES else ""
            offers.append(Offer(text, match[1], raw, first, target, bool(said and said[2])))
            start = last
    own.append("\n".join(lines[start:end]).strip("\n"))
    return "\n\n".join(filter(None, own)), tuple(offers)


def _raw(lines: Sequence[str], start: int, end: int) -> str:
    """Give lines as in the file; the last of them ends the file without another newline."""
    text = "\n".join(lines[start:end])
    return text if end >= len(lines) else text + "\n"
