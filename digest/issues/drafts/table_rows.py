"""Rows of a pipe table as they are written: how many cells each has, beside those of the header."""

from collections.abc import Iterator

from markdown_it.rules_block.table import escapedSplit

from digest.issues.pages.markdown import parser

MARKDOWN = parser()

ROW_LEVEL = 2
"""Of a row's token: within the table and its head or body."""


def has_table(text: str) -> bool:
    """Tell whether Markdown sees a table in a text."""
    return any(token.type == "table_open" for token in MARKDOWN.parse(text))


def uneven_rows(text: str) -> Iterator[tuple[int, str]]:
    """Find rows whose cells are not those of the header: Markdown drops what is over, and fills what lacks.

    Args:
        text: Markdown.

    Yields:
        Line, 0 first, and what is wrong with the row.
    """
    lines = text.split("\n")
    wanted = 0
    for token in MARKDOWN.parse(text):
        if token.type == "table_open":
            wanted = 0
        # Deeper than that it is in a block quote, an offer, which is not published.
        elif token.type == "tr_open" and token.map and token.level == ROW_LEVEL:
            line = token.map[0]
            count = len(_cells(lines[line]))
            wanted = wanted or count
            if count > wanted:
                yield (
                    line,
                    f"expected {wanted} cells in the row, as in the header, got {count}; "
                    r"write | within a cell as \|",
                )
            elif count < wanted:
                advice = (
                    "leave a blank line between the table and other text"
                    if count == 1
                    else "write the missing cell, or – for nothing"
                )
                yield (
                    line,
                    f"expected {wanted} cells in the row, as in the header, got {count}; {advice}",
                )


def _cells(line: str) -> list[str]:
    """Split a line as markdown-it does: the bars at both ends stand for no cell."""
    cells = escapedSplit(line.strip())
    if cells and not cells[0]:
        cells = cells[1:]
    return cells[:-1] if cells and not cells[-1] else cells
