"""What a page says outside own sections, run by run, each with its place and lines.

Read as readers see it: HTML by its words, and footnotes without the marks that lead to them. What stands
under a heading of the editor's own is left out, but for a footnote that other text refers to.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from markdown_it.token import Token

from digest.issues.pages.admit import admit
from digest.issues.pages.entry_page import HEAD, SECTIONS
from digest.issues.pages.markdown_blocks import IN_WORDS, RAISED, Block, page_blocks, tag_of
from digest.issues.pages.read_entry import COLUMN_NAMES, is_italic, signal_columns
from digest.issues.pages.written import MARKDOWN
from digest.records import CELLS

NOTE_MARK = re.compile(r"\[\^[\w*†‡-]{1,4}\]|(?<=[\w.,;:!?)”\"])\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]")
"""`[^1]` that no footnote stands for, and `[1]` behind a word; a longer one may say something."""

UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
"""What may stand within a figure without being seen: soft hyphens, joiners, marks of direction."""

RAISED_MARK = re.compile(r"[\d\s,;*†‡§\[\]()–-]{1,8}|[a-h]")
HAS_POWER = re.compile(r"(?:\b10|\b[kcmdµn]?m|\bft|\bin|\bCO)$")
"""Behind what a raised figure is a power, and no footnote's mark."""

EXTERNAL_LINK = re.compile(r"\s*external link\b[\s.:]*", re.IGNORECASE)

Column = str
"""Name of a cell of a signal, or empty."""


@dataclass(frozen=True)
class Prose:
    """A run of text."""

    section: str
    """Head, or one of SECTIONS; empty for what stands above the title."""
    kind: str
    """`title`, `text`, `item` (a bullet of a list of names or links), `cell`, or `label`: a heading, a link's
    title, a picture's description."""
    text: str
    """One line."""
    lines: tuple[tuple[int, int], ...]
    """(offset, line of the page, 0 first) of each piece, in order."""
    column: Column = ""
    """Of a cell of the signals."""
    is_italic: bool = False
    """Whether it is such a cell, and all of it stands in italics."""

    def line_at(self, offset: int) -> int:
        """Give the line that a character stands in."""
        return next(line for start, line in reversed(self.lines) if start <= offset or not start)


def prose_of(page: str) -> list[Prose]:
    """Give what a page says, in order, less own sections; the notes last.

    Args:
        page: Without front matter, and without what is not published; line ends are line feeds.
    """
    env: dict[str, Any] = {}
    tokens = MARKDOWN.parse(page, env)
    return list(_Walk(_areas(page_blocks(page))).read(tokens))


@dataclass(frozen=True)
class _Area:
    block: Block
    name: str
    """As `Prose.section`."""


def _areas(blocks: Sequence[Block]) -> list[_Area]:
    """Name the blocks of a page that are no own sections."""
    areas: list[_Area] = []
    has_head = False
    for block in blocks:
        if block.level == 1 and not has_head:
            has_head = True
            areas.append(_Area(block, HEAD))
        elif block.level == 2 and block.name.capitalize() in SECTIONS:
            areas.append(_Area(block, block.name.capitalize()))
        elif not block.name:  # also below a heading that says nothing
            areas.append(_Area(block, ""))
    return areas


@dataclass
class _Walk:
    """One way through the tokens of a page."""

    areas: Sequence[_Area]
    cited: set[int] = field(default_factory=set)
    """Footnotes that are referred to."""
    columns: list[Column] = field(default_factory=list)
    """Of the table that is being read."""

    def read(self, tokens: Sequence[Token]) -> Iterator[Prose]:
        notes: dict[int, list[Token]] = {}
        body: list[Token] = []
        note: list[Token] | None = None
        for token in tokens:
            if token.type == "footnote_open":
                note = notes.setdefault(token.meta["id"], [])
            elif token.type == "footnote_close":
                note = None
            else:
                (body if note is None else note).append(token)
        yield from self._run(body, None)
        # A note may refer to another.
        read: set[int] = set()
        while left := {at for at in notes if at in self.cited or self._area_of(notes[at])} - read:
            for at in sorted(left):
                read.add(at)
                yield from self._run(notes[at], self._area_of(notes[at]) or _NOTE)

    def _area_of(self, tokens: Sequence[Token]) -> _Area | None:
        line = next((token.map[0] for token in tokens if token.map), 0)
        return next((each for each in self.areas if each.block.start <= line < each.block.end), None)

    def _run(self, tokens: Sequence[Token], area: _Area | None) -> Iterator[Prose]:
        place = _Place()
        is_note = area is not None
        for at, token in enumerate(tokens):
            place.step(token)
            if not token.map:
                continue
            where = area or self._area_of([token])
            if where is None:
                continue
            before = tokens[at - 1].type if at else ""
            if token.type == "tr_open":
                if place.is_header:
                    self.columns = _columns([_plain(each) for each in _row(tokens, at)])
            elif token.type in ("fence", "code_block"):
                start = token.map[0] + (token.type == "fence")
                for line, text in enumerate(token.content.split("\n"), start):
                    yield from _prose(where.name, "text", [(line, text)])
            elif token.type == "html_block":
                yield from _html(where.name, token)
            elif token.type == "inline":
                is_name = before == "heading_open" and token.map[0] == where.block.start and not is_note
                if is_name and where.block.level:
                    if where.name == HEAD:
                        yield from _prose(HEAD, "title", [(token.map[0], _plain(token))])
                    continue
                yield from self._inline(token, where, place, is_heading=before == "heading_open")

    def _inline(self, token: Token, area: _Area, place: "_Place", *, is_heading: bool) -> Iterator[Prose]:
        found = _read_inline(token)
        self.cited |= found.cited
        kind, column, segments = "text", "", found.segments
        if is_heading:
            kind = "label"
        elif place.in_table:
            kind = "label" if place.is_header else "cell"
            if area.name == "Signals" and place.is_header and _plain(token).casefold() in COLUMN_NAMES:
                return
            if area.name == "Signals" and not place.is_header and place.cell < len(self.columns):
                column = self.columns[place.cell]
        elif area.name in ("Keywords", "Themes") and place.in_item:
            kind = "item"
        elif area.name in ("Closest", "Sources") and place.in_item:
            # The link is the title of something else; what stands beside it is the editor's.
            kind, segments = "item", found.beside_link
        elif area.name == HEAD:
            segments = [(line, EXTERNAL_LINK.sub(" ", text)) for line, text in segments]
        in_italics = bool(column) and is_italic(token.children or ())
        yield from _prose(area.name, kind, segments, column, in_italics=in_italics)
        for line, text in found.labels:
            yield from _prose(area.name, "label", [(line, text)])


_NOTE = _Area(Block("", 0, -1, -1, (), ()), "")


@dataclass
class _Place:
    """Where in lists and tables a walk is."""

    items: int = 0
    in_table: bool = False
    is_header: bool = False
    cell: int = -1

    @property
    def in_item(self) -> bool:
        return self.items > 0

    def step(self, token: Token) -> None:
        self.items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type in ("table_open", "table_close"):
            self.in_table = token.type == "table_open"
        elif token.type in ("thead_open", "thead_close"):
            self.is_header = token.type == "thead_open"
        elif token.type == "tr_open":
            self.cell = -1
        elif token.type in ("td_open", "th_open"):
            self.cell += 1


def _row(tokens: Sequence[Token], at: int) -> Iterator[Token]:
    for token in tokens[at:]:
        if token.type == "tr_close":
            return
        if token.type == "inline":
            yield token


def _plain(token: Token) -> str:
    return admit(" ".join(text for _, text in _read_inline(token).segments))


def _columns(header: Sequence[str]) -> list[Column]:
    places = signal_columns(header)
    return [CELLS[places.index(at)] if at in places else "" for at in range(len(header))]


def _prose(
    section: str,
    kind: str,
    segments: Sequence[tuple[int, str]],
    column: Column = "",
    *,
    in_italics: bool = False,
) -> Iterator[Prose]:
    """Put pieces together, one a line of the page; nothing where they have no word."""
    text, lines = "", []
    for line, piece in segments:
        if said := without_marks(piece):
            text += " " if text else ""
            lines.append((len(text), line))
            text += said
    if re.search(r"\w", text):
        yield Prose(section, kind, text, tuple(lines), column, in_italics)


def without_marks(text: str) -> str:
    """Give a text as a statement: without marks of footnotes and what takes no room, as fields hold texts."""
    return admit(UNSEEN.sub("", NOTE_MARK.sub("", text)))


# -- within a line, and within HTML --------------------------------------------------------------------


@dataclass
class _Inline:
    segments: list[tuple[int, str]]
    """(line, text)."""
    beside_link: list[tuple[int, str]] = field(default_factory=list)
    """The same without the words of the first link."""
    labels: list[tuple[int, str]] = field(default_factory=list)
    cited: set[int] = field(default_factory=set)


def _read_inline(token: Token) -> _Inline:
    line = token.map[0] if token.map else 0
    found = _Inline([])
    links = 0
    in_link = False
    raised: str | None = None
    for child in token.children or ():
        text = ""
        if child.type in ("softbreak", "hardbreak"):
            line += 1
            text = "\n"
        elif child.type == "footnote_ref":
            found.cited.add(child.meta["id"])
        elif child.type in ("link_open", "link_close"):
            in_link = child.type == "link_open"
            links += in_link
            found.labels += _attributes(child.attrs, line)
        elif child.type == "image":
            text = child.content
            found.labels += _attributes(child.attrs, line)
        elif child.type == "html_inline":
            closing, name = tag_of(child.content)
            if name == "sup":
                before = "".join(piece for _, piece in found.segments)
                text = raised_text(before, raised or "") if closing else ""
                raised = None if closing else ""
            else:
                text = "" if IN_WORDS.fullmatch(name) else " "
                found.labels += _HtmlText(line).labels_of(child.content)
        elif raised is not None:
            raised += child.content
        else:
            text = child.content
        _add(found.segments, line, text)
        if not (in_link and links == 1):
            _add(found.beside_link, line, text)
    if raised:
        _add(found.segments, line, raised)
    return found


def _add(segments: list[tuple[int, str]], line: int, text: str) -> None:
    if segments and segments[-1][0] == line:
        segments[-1] = (line, segments[-1][1] + text)
    else:
        segments.append((line, text.removeprefix("\n")))


def _attributes(attributes: Mapping[str, Any], line: int) -> list[tuple[int, str]]:
    return [(line, str(attributes["title"]))] if attributes.get("title") else []


def raised_text(before: str, raised: str) -> str:
    """Give raised text as a reader takes it: a power stays one, a footnote's mark is nothing said."""
    if raised.strip().isdecimal() and HAS_POWER.search(before):
        return raised.strip().translate(RAISED)
    return "" if RAISED_MARK.fullmatch(raised.strip()) else raised


def _html(section: str, token: Token) -> Iterator[Prose]:
    reader = _HtmlText(token.map[0] if token.map else 0)
    reader.feed(token.content)
    reader.close()
    for run in reader.runs:
        yield from _prose(section, "text", run)
    for label in reader.labels:
        yield from _prose(section, "label", [label])


class _HtmlText(HTMLParser):
    """The words of HTML, by the elements that part them."""

    def __init__(self, line: int) -> None:
        super().__init__(convert_charrefs=True)
        self.first = line
        self.runs: list[list[tuple[int, str]]] = [[]]
        self.labels: list[tuple[int, str]] = []
        self._raised: str | None = None

    def labels_of(self, html: str) -> list[tuple[int, str]]:
        """Give the words in the attributes of a tag."""
        self.feed(html)
        return self.labels

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.first + self.getpos()[0] - 1
        self.labels += [(line, value) for name, value in attrs if name in ("alt", "title") and value]
        if tag == "sup":
            self._raised = ""
        elif tag == "br":
            self._say(" ")
        elif not IN_WORDS.fullmatch(tag):
            self.runs.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup" and self._raised is not None:
            raised, self._raised = self._raised, None
            self._say(raised_text("".join(text for _, text in self.runs[-1]), raised))
        elif not IN_WORDS.fullmatch(tag):
            self.runs.append([])

    def handle_data(self, data: str) -> None:
        if self._raised is None:
            self._say(data)
        else:
            self._raised += data

    def _say(self, text: str) -> None:
        first = self.first + self.getpos()[0] - 1
        for line, piece in enumerate(text.split("\n"), first):
            _add(self.runs[-1], line, piece)
