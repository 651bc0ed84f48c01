"""A table as blocks, one a row: the column's name before each cell that says something."""

from collections.abc import Sequence
from html import escape

import lxml.html
from lxml.html import HtmlElement

EMPTY = frozenset({"", "–", "—", "-"})
"""What a cell holds that says nothing."""

ROWS = "rows"
"""Class of what the rows of a table became, an element each."""


def named_cells(table: HtmlElement) -> tuple[Sequence[HtmlElement], list[Sequence[HtmlElement]]]:
    """Give the names of a table's columns and its rows; none where it has no names, or cells that span."""
    rows: list[Sequence[HtmlElement]] = [list(row) for row in table.iter("tr")]
    if not rows or any(cell.tag != "th" for cell in rows[0]) or len(list(table.iter("table"))) > 1:
        return [], []
    if any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row):
        return [], []
    if any(len(row) != len(rows[0]) for row in rows):
        return [], []
    return rows[0], rows[1:]


def blocks_of(header: Sequence[HtmlElement], rows: Sequence[Sequence[HtmlElement]]) -> HtmlElement:
    """Give the rows as blocks below each other, see `named_cells`."""
    lines = "".join(f"<div>{_row(header, row)}</div>" for row in rows)
    return lxml.html.fragment_fromstring(f'<div class="{ROWS}">{lines}</div>')


def words_of(element: HtmlElement) -> str:
    """Give the words of an element, on one line."""
    return " ".join("".join(element.itertext()).split())


def _row(header: Sequence[HtmlElement], row: Sequence[HtmlElement]) -> str:
    return "<br>".join(
        f"<span>{_inside(name)}:</span> {_inside(cell)}"
        for name, cell in zip(header, row, strict=True)
        # A column's name that an editor made a link of is said even where its cells say nothing.
        if words_of(cell) not in EMPTY or _has(cell, "img") or _has(name, "a", "img")
    )


def _has(element: HtmlElement, *tags: str) -> bool:
    # An element without children is false.
    return next(element.iter(*tags), None) is not None


def _inside(element: HtmlElement) -> str:
    inner = "".join(lxml.html.tostring(each, encoding="unicode") for each in element)
    return escape(element.text or "", quote=False) + inner
