"""Reading an entry page back into its fields, as Markdown says it reads.

Tolerant of what people and programs do to pages: a final newline, line ends of Windows, other bullets and
emphasis marks, sections missing, moved or added, a front matter before the page. Fields hold the words; what
is more than they can say is kept as written beside them (see parts). Pages of both shapes are read; which one
a page has is told by its heading, its `## Other`, or the columns of its signals. Pages made without escapes
are read where Markdown fails to see a link in a line that plainly was meant as one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from digest.errors import StoreError
from digest.issues.pages.entry_page import HEADING, SECOND_HEADING, SECTIONS
from digest.issues.pages.inert import may_lead_to
from digest.issues.pages.markdown import PARSERS, Address, fill
from digest.issues.pages.markdown_blocks import (
    BARE_LINK,
    Block,
    clean,
    heading_end,
    page_blocks,
    split_front_matter,
    text_of,
)
from digest.issues.pages.parts import is_said, page_parts, written_spans
from digest.issues.pages.second_shape import OTHER_BULLETS, SECOND_COLUMNS, TABLES
from digest.issues.pages.written import LABEL, footnote_labels, is_publishable_target
from digest.records import ATTACHED, CELLS, Entry, EntryTable, Origin, Reference, SignalRow

FROM_PAGE = re.compile(r"\(from page\s*$")
# One comma at most: a title may end in another.
FROM = re.compile(r"\s*,?\s*\(?from(?: page)?\s*\(?\s*$")
BARE_HEADING = re.compile(
    r"^#\s+(?:__|\*\*)?(?P<title>.*?)(?:__|\*\*)?, "
    r"(?:from \(|(?P<second>\(from page ))\[(?P<origin>.*)\]\((?P<url>\S*)\)\.\)$"
)

COLUMNS = (("signal", "name"), ("change",), ("10y horizon", "10-year"), ("driving force", "driving-force"))
"""Names each column of the signals table has had."""

COLUMN_NAMES = frozenset(name for column in COLUMNS for name in column)


def read_entry(text: str) -> Entry:
    """Read the fields of an entry page or of a draft.

    Raises:
        StoreError: The page has no title with its origin, or no external link; the message names the line.
    """
    front, body, offset = split_front_matter(text)
    return _entry(body, _own_blocks(front, body), offset)


def read_body(body: str, offset: int) -> Entry:
    """Read the fields of a page without front matter; messages count the lines that stood before it.

    Raises:
        StoreError: As for `read_entry`.
    """
    return _entry(body, page_blocks(body), offset)


def written_lines(page: str) -> set[int]:
    """Give the lines of a page, 0 first, that an editor wrote, and not a generator.

    Raises:
        StoreError: As for `read_entry`.
    """
    blocks = page_blocks(page)
    entry = _entry(page, blocks, 0)
    spans = written_spans(entry, blocks, page.split("\n"))
    return {line for start, end in spans for line in range(start, end)}


def head_problems(page: str) -> list[tuple[int, str]]:
    """Find what of a title line cannot be published: more than plain words, an address nobody can follow.

    Returns:
        Lines, 0 first, and what is wrong there.
    """
    blocks = page_blocks(page)
    head = next((block for block in blocks if block.level == 1), None)
    if head is None:
        return []
    lines = page.split("\n")
    written = "\n".join(lines[head.start : heading_end(head)])
    title, origin, is_second = _heading(head, lines, 0)
    problems = [
        (head.start, f"a link to {url!r}; expected an http, https or mailto address")
        # A mail that is nowhere on the web has no address to lead to.
        for url in (*filter(None, [origin.url]), _external_link(head, 0))
        if not is_publishable_target(url)
    ]
    if not may_lead_to(origin.url):
        return problems  # no such title can be written to compare with
    made = fill(SECOND_HEADING if is_second else HEADING, title, origin.title, Address(origin.url))
    has_tags = any(child.type == "html_inline" for child in head.heading[1].children or ())
    if has_tags or (not is_said(written, made) and not is_said(written.replace("**", "__"), made)):
        problems.append(
            (head.start, "a title of more than plain words, origin and link; expected plain words")
        )
    return problems


def attached_problems(page: str) -> list[tuple[int, str]]:
    """Find a link to a PDF attached to a mail: an editor has to say where readers find it.

    Returns:
        Its line, 0 first, and what is wrong there; empty where the link leads elsewhere.
    """
    if f"]({ATTACHED}" not in page:
        return []
    lines = page.split("\n")
    head = next((block for block in page_blocks(page) if block.level == 1), None)
    url = _external_link(head, 0) if head else ""
    if not url.startswith(ATTACHED):
        return []
    line = next((at for at, text in enumerate(lines) if f"]({url})" in text), 0)
    what = f"a link to {url!r}, a PDF attached to a mail; expected an http, https or mailto address"
    return [(line, f"{what} where readers find it")]


def _own_blocks(front_matter: str | None, body: str) -> list[Block]:
    """Cut a page; of a draft, which has a front matter, without its Evidence."""
    blocks = page_blocks(body)
    if front_matter is None:
        return blocks
    return [block for block in blocks if (block.level, block.name.casefold()) != (2, "evidence")]


def _entry(body: str, blocks: Sequence[Block], offset: int) -> Entry:
    head = next((block for block in blocks if block.level == 1), None)
    if head is None:
        raise StoreError(
            f"line {offset + 1}: expected a title `# __Title__, from ([origin](address).)`, got none"
        )
    lines = body.split("\n")
    title, origin, is_second = _heading(head, lines, offset)
    found = {block.name.casefold(): block for block in reversed(blocks) if block.level == 2}
    parts = {name: found.get(name.casefold()) for name in (*SECTIONS, "Other")}
    category, kind = _other(parts["Other"])
    notes = footnote_labels(body)
    table = [[_without_notes(text, notes) for text in row] for row in _cells(parts["Signals"])]
    italics = [list(map(is_italic, row)) for row in _table(parts["Signals"])]
    is_second = is_second or bool(category or kind) or bool(table and _is_second(table[0]))
    entry = Entry(
        title=title,
        origin=origin,
        url=_external_link(head, offset),
        summary=clean(" ".join(filter(None, _inlines(parts["Summary"])))),
        keywords=tuple(filter(None, (_without_notes(text, notes) for text in _items(parts["Keywords"])))),
        themes=tuple(filter(None, (_without_notes(text, notes) for text in _items(parts["Themes"])))),
        signals=_rows(table, italics),
        closest=_references(parts["Closest"], lines),
        sources=_references(parts["Sources"], lines),
    )
    if is_second:
        entry = replace(
            entry,
            shape="v2",
            category=category,
            type=kind,
            signals=_second_rows(table),
            tables=tuple(_more_tables(blocks)),
        )
    return replace(entry, parts=page_parts(entry, blocks, lines))


def sections(text: str) -> dict[str, str]:
    """Give what stands under each level 2 heading, as written, without blank lines around it.

    Returns:
        By the heading's words, in order; under a heading that comes twice, both texts.
    """
    body = split_front_matter(text)[1]
    lines = body.split("\n")
    out: dict[str, str] = {}
    for block in page_blocks(body):
        if block.level == 2:
            raw = "\n".join(lines[heading_end(block) : block.end]).strip("\n")
            out[block.name] = "\n\n".join(filter(None, (out.get(block.name, ""), raw)))
    return out


def _heading(head: Block, lines: Sequence[str], offset: int) -> tuple[str, Origin, bool]:
    """Give title, origin, and whether the page says it is of the second shape."""
    # Archives have titles of words in angle brackets, which were never meant as tags.
    children = PARSERS[0].parse("\n".join(lines[head.start : heading_end(head)]))[1].children or []
    line = f"line {offset + head.start + 1}"
    opens = [place for place, token in enumerate(children) if token.type == "link_open"]
    if opens:
        before, inside = children[: opens[-1]], children[opens[-1] :]
        close = next(place for place, token in enumerate(inside) if token.type == "link_close")
        words = clean(text_of(before))
        title, is_second = FROM.sub("", words), bool(FROM_PAGE.search(words))
        origin = Origin(clean(text_of(inside[:close])), str(children[opens[-1]].attrs.get("href", "")))
    elif match := BARE_HEADING.match(lines[head.start].strip()):
        title = clean(match["title"])
        origin, is_second = Origin(clean(match["origin"]), match["url"]), bool(match["second"])
    else:
        raise StoreError(
            f"{line}: expected `# __Title__, from ([origin](address).)`, got no link to the origin"
        )
    if not title or not origin.title:
        raise StoreError(
            f"{line}: expected `# __Title__, from ([origin](address).)`, got an empty title or origin"
        )
    return title, origin, is_second


def _external_link(head: Block, offset: int) -> str:
    links = [
        (text_of(token.children[place : place + 2]), str(child.attrs["href"]))
        for token in _outside_quotes(head.tokens)
        for place, child in enumerate(token.children or ())
        if token.children and child.type == "link_open" and child.attrs.get("href")
    ]
    if not links:
        where = offset + heading_end(head) + 2
        raise StoreError(f"line {where}: expected `__[External link](address)__` under the title, got none")
    return next((url for text, url in links if text.casefold() == "external link"), links[0][1])


def _outside_quotes(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if not depth:
            yield token


def _inlines(block: Block | None) -> Iterator[str]:
    for token in block.tokens if block else ():
        if token.type == "inline":
            yield clean(text_of(token.children or ()))
        elif token.type in ("fence", "code_block"):
            yield clean(token.content)


def _item_tokens(block: Block | None) -> Iterator[list[Token]]:
    """Give the inline tokens of each bullet, without those of bullets below it and of what follows them."""
    items: list[list[Token]] = []
    within: list[list[Token]] = []
    for token in block.tokens if block else ():
        if token.type == "list_item_open":
            items.append([])
            within.append(items[-1])
        elif token.type == "list_item_close":
            within.pop()
        elif token.type == "inline" and within:
            within[-1].append(token)
    yield from items


def _items(block: Block | None) -> tuple[str, ...]:
    texts = (" ".join(text_of(token.children or ()) for token in item) for item in _item_tokens(block))
    return tuple(filter(None, map(clean, texts)))


def _without_notes(text: str, labels: set[str]) -> str:
    """Take the marks of footnotes out of a field that is shown in lists and tables, where no notes are."""
    return clean(LABEL.sub(lambda match: "" if match[1] in labels else match[0], text)) if labels else text


def _references(block: Block | None, lines: Sequence[str]) -> tuple[Reference, ...]:
    found = (_reference(item, lines) for item in _item_tokens(block))
    return tuple(reference for reference in found if reference)


def _reference(item: Sequence[Token], lines: Sequence[str]) -> Reference | None:
    for token in item:
        children = token.children or []
        for place, child in enumerate(children):
            if child.type == "link_open":
                close = next(at for at in range(place, len(children)) if children[at].type == "link_close")
                title, target = clean(text_of(children[place:close])), str(child.attrs.get("href", ""))
                if title and target:
                    return Reference(title, target)
        match = BARE_LINK.match(lines[token.map[0]].strip()) if token.map else None
        # What the parser itself takes for no link may be none for a good reason, such as `javascript:`.
        if match and may_lead_to(match["target"]):
            return Reference(clean(match["title"]), match["target"])
    return None


def is_italic(children: Sequence[Token]) -> bool:
    """Tell whether a cell is one run of italics, with nothing beside it and nothing but words in it."""
    kinds = [child.type for child in children if child.type != "text" or child.content]
    return kinds[:1] == ["em_open"] and kinds[-1:] == ["em_close"] and set(kinds[1:-1]) == {"text"}


def _cells(block: Block | None) -> list[list[str]]:
    """Give the words of a section's tables, cell by cell, the header's first; empty where there is none."""
    return [[clean(text_of(cell)) for cell in row] for row in _table(block)]


def _table(block: Block | None) -> list[list[Sequence[Token]]]:
    """Give what stands in each cell of a section's tables."""
    table: list[list[Sequence[Token]]] = []
    for token in block.tokens if block else ():
        if token.type == "tr_open":
            table.append([])
        elif token.type == "inline" and table:
            table[-1].append(token.children or ())
    return table


def _rows(table: Sequence[Sequence[str]], italics: Sequence[Sequence[bool]] = ()) -> tuple[SignalRow, ...]:
    if not table:
        return ()
    places = signal_columns(table[0])
    rows = []
    for at, said in enumerate(table[1:], 1):
        signal, change, horizon, force = (said[place] if 0 <= place < len(said) else "" for place in places)
        is_italic = [0 <= place < len(said) and at < len(italics) and italics[at][place] for place in places]
        # The signal itself is never suggested: it is what was observed.
        suggested = tuple(name for name, is_so in zip(CELLS[1:], is_italic[1:], strict=True) if is_so)
        if any((signal, change, horizon, force)):
            rows.append(SignalRow(signal, change, horizon, force, suggested=suggested))
    return tuple(rows)


def _second_rows(table: Sequence[Sequence[str]]) -> tuple[SignalRow, ...]:
    if not table or not _is_second(table[0]):
        return _rows(table)
    names = [name.casefold() for name in table[0]]
    out = []
    for row in table[1:]:
        said = dict(zip(reversed(names), reversed(row), strict=False)) if len(row) == len(names) else {}
        name, description, change, horizon, driver, relevancy = (
            said.get(each, "") for each in SECOND_COLUMNS
        )
        if any((name, description, change, horizon, driver, relevancy)):
            out.append(SignalRow(name, change, horizon, driver, description, relevancy))
    return tuple(out)


def _is_second(header: Sequence[str]) -> bool:
    names = {name.casefold() for name in header}
    return "name" in names and not names.isdisjoint({"description", "10-year", "driving-force", "relevancy"})


def _more_tables(blocks: Sequence[Block]) -> Iterator[EntryTable]:
    """Give the further tables, each under its first heading; columns without a name are dropped."""
    known = {name.casefold(): name for name in TABLES}
    for block in blocks:
        name = known.pop(block.name.casefold(), "") if block.level == 2 else ""
        table = _cells(block) if name else []
        places = [place for place, column in enumerate(table[0]) if column] if table else []
        rows = (tuple(row[place] if place < len(row) else "" for place in places) for row in table[1:])
        if kept := tuple(row for row in rows if any(row)):
            yield EntryTable(name, tuple(table[0][place] for place in places), kept)


def _other(block: Block | None) -> tuple[str, str]:
    """Give category and type."""
    said = dict(filter(None, map(_said, _items(block))))
    return said.get("category", ""), said.get("type", "")


def _said(bullet: str) -> tuple[str, str] | None:
    name, colon, text = bullet.partition(":")
    is_known = name.casefold() in {each.casefold() for each in OTHER_BULLETS}
    return (name.casefold(), text.strip()) if colon and is_known else None


def signal_columns(header: Sequence[str]) -> list[int]:
    """Say where in a header the four columns of the signals are; -1 for one that an editor took out.

    Where a name is none of theirs, and not all of them are there, they are the first four.
    """
    names = [name.casefold() for name in header]
    found = [next((names.index(known) for known in column if known in names), -1) for column in COLUMNS]
    is_sure = min(found) >= 0 or (found[0] >= 0 and COLUMN_NAMES.issuperset(names))
    return found if is_sure else [0, 1, 2, 3]
