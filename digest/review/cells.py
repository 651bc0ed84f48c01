"""The signals table as cells that are edited in place, and writing it back into its section.

A cell is edited as Markdown, but for the bars of the table and the italics of a suggestion.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.errors import DigestError
from digest.issues.drafts.same_row import UNSAID
from digest.issues.drafts.signal_rows import ALIGNMENT_ROW, Row, Table, table_of
from digest.issues.pages.entry_page import SIGNAL_COLUMNS
from digest.issues.pages.markdown import cell
from digest.issues.pages.signals_table import table
from digest.records import EMPTY

ITALIC = re.compile(r"([*_])(?![*_\s])([^*_]+)(?<![*_\s])\1")

Cells = tuple[str, ...]


@dataclass(frozen=True)
class EditedRow:
    """A row as a form has it."""

    cells: Cells
    origin: int | None = None
    """Which row of the table it was, 0 first; None for a new one."""
    taken: tuple[int, ...] = ()
    """Columns whose suggestion, in italics, becomes the editor's words."""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing; such a row is not written."""
        return all(each in UNSAID for each in self.cells)


def rows_of(text: str) -> list[EditedRow] | None:
    """Give the rows of a signals section as they are edited.

    Returns:
        None where it can only be edited as Markdown: it has other columns, several tables, or no table but
        words.
    """
    found = table_of(text)
    if found is None:
        return None if text.strip() else []
    if not _is_editable(found):
        return None
    return [EditedRow(tuple(map(_shown, row.cells)), at) for at, row in enumerate(found.rows)]


def with_rows(text: str, rows: Sequence[EditedRow]) -> str:
    """Write a signals section with other rows; the cells of a row that is as it was stay as written.

    Raises:
        DigestError: The section can only be edited as Markdown.
    """
    rows = [each for each in rows if not each.is_empty]
    before = rows_of(text)
    if before is None:
        raise DigestError("signals: this table can only be edited as Markdown; nothing was written")
    found = table_of(text)
    if found is None:
        return table(SIGNAL_COLUMNS, [tuple(map(_written, row.cells)) for row in rows]) if rows else text
    lines = [_line(row, found.rows, before) for row in rows]
    if not _is_aligned(found):
        return found.text([line if isinstance(line, Row) else _loose(line) for line in lines])
    if not lines:
        return found.text([])
    made = table(SIGNAL_COLUMNS, [_raw(line) if isinstance(line, Row) else line for line in lines])
    above = found.before.split("\n")[:-ALIGNMENT_ROW]
    return "\n".join([*above, made, *filter(None, [found.after])])


def built(rows: Sequence[EditedRow]) -> str:
    """Write rows as a table of their own: what an editor wrote over a table that is another by now."""
    left = [tuple(map(_written, row.cells)) for row in rows if not row.is_empty]
    return table(SIGNAL_COLUMNS, left) if left else ""


def words(text: str) -> str:
    """Write a text as it is typed into a cell, so that Markdown changes nothing of it."""
    return cell(text).replace(r"\|", "|")


def moved(rows: Sequence[EditedRow], at: int, by: int) -> list[EditedRow]:
    """Move a row up or down; at either end it stays."""
    found, to = list(rows), min(max(at + by, 0), len(rows) - 1)
    found.insert(to, found.pop(at))
    return found


def row_key(text: str, at: int) -> str:
    """Give the hash by which a row is known; empty where there is none."""
    found = table_of(text)
    return found.rows[at].hashes[0] if found and at < len(found.rows) else ""


def _is_editable(found: Table) -> bool:
    head = found.before.split("\n")[-ALIGNMENT_ROW]
    names = [each.strip().casefold() for each in head.strip().strip("|").split("|")]
    is_even = all(len(row.cells) == len(SIGNAL_COLUMNS) for row in found.rows)
    return is_even and names == [each.casefold() for each in SIGNAL_COLUMNS]


def _is_aligned(found: Table) -> bool:
    lines = [*found.before.split("\n")[-ALIGNMENT_ROW:], *(row.line for row in found.rows)]
    return "\n".join(lines) == table(SIGNAL_COLUMNS, [_raw(row) for row in found.rows])


def _line(row: EditedRow, old: Sequence[Row], before: Sequence[EditedRow]) -> Row | Cells:
    if row.origin is None or row.origin >= len(old):
        return tuple(map(_written, row.cells))
    was = before[row.origin].cells
    if was == row.cells and not row.taken:
        return old[row.origin]
    raw = _raw(old[row.origin])
    return tuple(
        kept if now == shown and column not in row.taken else _written(now)
        for column, (kept, shown, now) in enumerate(zip(raw, was, row.cells, strict=True))
    )


def _loose(cells: Cells) -> Row:
    return Row("| " + " | ".join(cells) + " |", cells, ())


def _raw(row: Row) -> Cells:
    return tuple(each.replace("|", r"\|") for each in row.cells)


def _shown(written: str) -> str:
    if written in UNSAID:
        return ""
    found = ITALIC.fullmatch(written)
    return found[2] if found else written


def _written(text: str) -> str:
    words = " ".join(text.split())
    return words.replace("|", r"\|") if words not in UNSAID else EMPTY
