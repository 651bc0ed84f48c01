"""The parts only pages of the second shape have: signals of six columns, and four further tables."""

import re
from collections.abc import Sequence

from digest.issues.pages.markdown import cell
from digest.issues.pages.signals_table import table
from digest.records import EntryTable, SignalRow

SECOND_COLUMNS = ("name", "description", "change", "10-year", "driving-force", "relevancy")

TABLES = ("Concerns", "Behaviors", "Technologies", "Issues")
"""Headings of the further tables; each has the columns name and description, and may have others."""

OTHER_BULLETS = ("Category", "Type")
"""What `## Other` says, one bullet each: `* Category: technology`."""

NUMBER = re.compile(r"-?\d+")


def second_signals(rows: Sequence[SignalRow]) -> str:
    """Write the six columns of the rows."""
    return _table(
        SECOND_COLUMNS,
        [
            (row.signal, row.description, row.change, row.horizon_10y, row.driving_force, row.relevancy)
            for row in rows
        ],
    )


def more_tables(tables: Sequence[EntryTable]) -> dict[str, str]:
    """Write each further table, by its heading.

    Raises:
        ValueError: A heading is none of TABLES or comes twice, a table has no rows, or a row not as many
            cells as there are columns.
    """
    names = [each.name for each in tables]
    if not set(names) <= set(TABLES) or len(set(names)) < len(names):
        raise ValueError(f"expected tables named {', '.join(TABLES)}, each once, got {names}")
    for each in tables:
        if not each.rows or not all(len(row) == len(each.columns) and any(row) for row in each.rows):
            raise ValueError(f"{each.name}: expected rows of {len(each.columns)} cells, got {each.rows}")
    return {each.name: _table(each.columns, each.rows) for each in tables}


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as existing pages have it: columns of whole numbers to the right."""
    right = {
        column
        for column in range(len(columns))
        if rows and all(NUMBER.fullmatch(row[column]) for row in rows)
    }
    return table(
        [cell(name) for name in columns], [[cell(text) for text in row] for row in rows], right=right
    )
