"""The entry page, to the byte.

    # __Title__, from ([origin](address).)
                                                    an empty line
    __[External link](address)__
                                                    three empty lines
    ## Summary
                                                    an empty line after each heading and before each
    ...

A section of which there is nothing is its heading alone, with an empty line before the next heading; at
the end of the page, the heading ends the file. `## Sources` is there only if there are sources. No newline
ends the file.

An editor may go beyond this shape: then the entry's parts say what stands where, and those with a text of
their own are written as they are (see parts).

Archives hold pages of a second shape too; they are read, kept and written as they are, never made. Their
sections are in another order, the heading says `, (from page [origin](address).)`, `## Other` holds category
and type, the signals have six columns, and up to four tables follow (see second_shape).
"""

from collections.abc import Mapping, Sequence

from digest.issues.pages.admit import is_address, is_admissible
from digest.issues.pages.markdown import Address, cell, fill, italic_cell
from digest.issues.pages.second_shape import OTHER_BULLETS, more_tables, second_signals
from digest.issues.pages.signals_table import table
from digest.records import CELLS, EMPTY, Entry, Part, Reference, SignalRow

SECTIONS = ("Summary", "Keywords", "Themes", "Signals", "Closest", "Sources")
"""Headings of an entry page, in order."""

OPTIONAL = ("Sources",)
"""Headings that are left out where there is nothing under them."""

HEAD = "Head"
"""Name of the part of a page that title, origin and external link stand in."""

SIGNAL_COLUMNS = ("Signal", "Change", "10y horizon", "Driving force")

SECOND_SECTIONS = ("Keywords", "Themes", "Other", "Summary", "Signals")
"""Headings of a page of the second shape, in order, before those of its tables."""

HEADING = "# __{}__, from ([{}]({}).)"
SECOND_HEADING = "# __{}__, (from page [{}]({}).)"
EXTERNAL_LINK = "__[External link]({})__"


def render_entry(entry: Entry, *, note: str = "") -> str:
    """Write an entry as its page, without a final newline.

    Args:
        entry: Its fields, and its parts if it has any.
        note: A sentence on its publishing for below the link, such as when it was corrected.

    Raises:
        ValueError: A field is empty, not trimmed, not collapsed or holds control characters (see `admit`),
            or an address cannot be linked to. An empty summary and empty cells beside full ones are taken.
    """
    made = entry_parts(entry)
    parts = entry.parts or (Part(HEAD), *(Part(name) for name in section_names(entry)))
    page = ""
    for part in parts:
        page += part_text(part, made)
        page += fill("\n\n*{}*", note) if note and part.name == HEAD else ""
        page += "\n\n\n\n" if part.name == HEAD else "\n\n"
    return page.removesuffix("\n\n")


def render_withdrawn(entry: Entry, note: str) -> str:
    """Write the page of an entry that was withdrawn: title, link and the note that says so."""
    made = entry_parts(entry)
    return f"{made['Title']}\n\n{made['Link']}\n\n" + fill("*{}*", note)


def section_names(entry: Entry) -> list[str]:
    """Name the sections that an entry's page has, in order, as the generators write it."""
    if entry.shape == "v1":
        return [name for name in SECTIONS if getattr(entry, name.casefold()) or name not in OPTIONAL]
    more = [name for name in ("Closest", "Sources") if getattr(entry, name.casefold())]
    return [*SECOND_SECTIONS, *(each.name for each in entry.tables), *more]


def part_text(part: Part, made: Mapping[str, str]) -> str:
    """Write a part of a page: as an editor did, else as the fields say (see `entry_parts`)."""
    if part.name == HEAD:
        return f"{made['Title']}\n\n{part.text or made['Link']}"
    heading = part.heading or (f"## {part.name}" if part.name else "")
    text = part.text or (made.get(part.name, "") if part.name else "")
    return "\n\n".join(filter(None, (heading, text)))


def entry_parts(entry: Entry) -> dict[str, str]:
    """Write each part of an entry page by itself.

    Returns:
        `Title` (the heading, origin included), `Link`, and the text under each heading of SECTIONS (and
        of those the second shape has); empty where there is nothing.

    Raises:
        ValueError: As for `render_entry`.
    """
    _check(entry)
    is_second = entry.shape == "v2"
    heading = SECOND_HEADING if is_second else HEADING
    parts = {
        "Title": fill(heading, entry.title, entry.origin.title, Address(entry.origin.url)),
        "Link": fill(EXTERNAL_LINK, Address(entry.url)),
        "Summary": fill("{}", entry.summary) if entry.summary else "",
        "Keywords": _bullets(entry.keywords),
        "Themes": _bullets(entry.themes),
        "Signals": signals_table(entry.signals) if entry.signals else "",
        "Closest": references(entry.closest),
        "Sources": references(entry.sources),
    }
    if is_second:
        said = zip(OTHER_BULLETS, (entry.category, entry.type), strict=True)
        parts["Other"] = "\n".join(fill("* {}", f"{name}: {text}") for name, text in said if text)
        parts["Signals"] = second_signals(entry.signals) if entry.signals else ""
        parts |= more_tables(entry.tables)
    return parts


def signals_table(rows: Sequence[SignalRow], *, filled_only: bool = False) -> str:
    """Write the columns of the rows, suggestions in italics.

    Args:
        rows: At least one.
        filled_only: Whether a column that says nothing in any row is left out.
    """
    columns = [
        (name, [_written(row, field) for row in rows])
        for name, field in zip(SIGNAL_COLUMNS, CELLS, strict=True)
        if not filled_only or field == "signal" or any(getattr(row, field) not in ("", EMPTY) for row in rows)
    ]
    return table([name for name, _ in columns], list(zip(*(cells for _, cells in columns), strict=True)))


def _written(row: SignalRow, field: str) -> str:
    text = getattr(row, field)
    return italic_cell(text) if field in (*row.suggested, *row.italic) else cell(text)


def references(items: Sequence[Reference]) -> str:
    """Write bullets that link, one a line."""
    return "\n".join(fill("* [{}]({})", item.title, Address(item.target)) for item in items)


def _bullets(texts: Sequence[str]) -> str:
    return "\n".join(fill("* {}", text) for text in texts)


def _cells(row: SignalRow) -> tuple[str, str, str, str]:
    return row.signal, row.change, row.horizon_10y, row.driving_force


def _check(entry: Entry) -> None:
    links = (*entry.closest, *entry.sources)
    needed = {
        "title": [entry.title],
        "origin": [entry.origin.title],
        "keywords": entry.keywords,
        "themes": entry.themes,
        "titles of closest and sources": [link.title for link in links],
        "tables": [name for each in entry.tables for name in each.columns],
        # A row may leave a cell empty, but not all of them.
        "signals": [
            next(filter(None, (*_cells(row), row.description, row.relevancy)), "") for row in entry.signals
        ],
    }
    optional = [entry.summary, *(text for row in entry.signals for text in _cells(row))]
    optional += [entry.category, entry.type]
    optional += [text for row in entry.signals for text in (row.description, row.relevancy)]
    optional += [text for each in entry.tables for row in each.rows for text in row]
    for name, texts in needed.items():
        for text in texts:
            if not is_admissible(text):
                raise ValueError(f"entry {entry.url}: {name}: not an admissible text: {text[:80]!r}")
    for text in optional:
        if text and not is_admissible(text):
            raise ValueError(f"entry {entry.url}: summary or signals: not an admissible text: {text[:80]!r}")
    for url in (entry.url, *(link.target for link in links)):
        if not is_address(url):
            raise ValueError(f"entry {entry.url}: not an admissible address: {url!r}")
    if entry.origin.url and not is_address(entry.origin.url):
        raise ValueError(f"entry {entry.url}: origin: not an admissible address: {entry.origin.url!r}")
