"""A draft's body cut into the sections a run may renew and everything else, without losing a character.

A section's own text is what stands under its heading, less the offers. An offer is a block quote that begins
with a line of its own:

    > *Offered 0123456789ab: newly made. To take it, put it in place of the text above; else delete it.*
    >
    > The new text.

The hash in that line is that of the text offered. So an offer that a person has written into can be told
from one that has not been touched, and stays.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from digest.issues.pages.entry_page import OPTIONAL, SECTIONS
from digest.issues.pages.markdown import parser
from digest.issues.pages.markdown_blocks import Block, heading_end, page_blocks

HEAD = ("title", "link")
"""The two parts above the first section: the title with its origin, and the external link."""

EVIDENCE = "evidence"

NAMES = (*HEAD, *(name.casefold() for name in SECTIONS), EVIDENCE)
"""Everything a run makes, in the order of the file."""

MAY_BE_MISSING = tuple(name.casefold() for name in OPTIONAL)

OFFER = re.compile(r"^ {0,3}> ?[*_]Offered ([0-9a-f]{12}): .*[*_]\s*$")
OFFER_LINE = "> *Offered {}: newly made. To take it, put it in place of the text above; else delete it.*"
QUOTE_MARK = re.compile(r"^ {0,3}> ?", re.MULTILINE)
FORMATTING = re.compile(r"[\s|\-:*_+\\#]+")
MARKDOWN = parser()


@dataclass(frozen=True)
class Offer:
    """A newly made text, offered below one that a person changed."""

    text: str
    hash: str
    """Fingerprint of the text as it was offered."""
    raw: str
    """The block quote as in the file."""
    line: int = 0
    """Where it begins, 0 first, counted in the body."""

    @property
    def is_touched(self) -> bool:
        """Whether a person wrote into it."""
        mark = self.raw.split("\n", 1)[0]
        is_marked = FORMATTING.sub("", QUOTE_MARK.sub("", mark)) == FORMATTING.sub(
            "", OFFER_LINE.format(self.hash)[1:]
        )
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
        else:
            pieces.append(Piece("", _raw(lines, block.start, block.end), line=block.start))
    return pieces


def page_text(body: str, pieces: Sequence[Piece]) -> str:
    """Give the page of a draft: its body with offers and Evidence blanked; lines keep their numbers."""
    lines = body.split("\n")
    for piece in pieces:
        spans = [(each.line, each.raw.count("\n") + 1) for each in piece.offers]
        if piece.name == EVIDENCE:
            spans = [(piece.line, piece.raw.rstrip("\n").count("\n") + 1)]
        for start, count in spans:
            lines[start : start + count] = [""] * count
    return "\n".join(lines)


def new_piece(name: str, text: str, offers: Sequence[Offer] = ()) -> Piece:
    """Make a piece that is not in the file yet."""
    heading = "" if name in HEAD else f"## {name.capitalize()}"
    return Piece(name, "\n\n", heading=heading).with_text(text, offers)


def offer(text: str) -> Offer:
    """Make an offer of a text."""
    mark = fingerprint(text)
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    return Offer(text, mark, f"{OFFER_LINE.format(mark)}\n>\n{quoted}")


def fingerprint(text: str) -> str:
    """Hash what a text says, not how it is set out.

    Programs pad tables, wrap lines and swap `*` for `-` when they save a file: that changes nothing here.
    Every word counts, though, also those Markdown does not show (a fifth cell, a link definition).
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
            offers.append(Offer(text, match[1], raw, first))
            start = last
    own.append("\n".join(lines[start:end]).strip("\n"))
    return "\n\n".join(filter(None, own)), tuple(offers)


def _raw(lines: Sequence[str], start: int, end: int) -> str:
    """Give lines as in the file; the last of them ends the file without another newline."""
    text = "\n".join(lines[start:end])
    return text if end >= len(lines) else text + "\n"
