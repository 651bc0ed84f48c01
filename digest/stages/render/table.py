"""Pipe tables whose columns line up in a plain text editor."""

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a left-aligned table: each column as wide as its longest cell, or its header and two more.

    Args:
        header: Plain words.
        rows: Cells as Markdown, already escaped for a table; as many a row as the header has.
    """
    widths = [
        max(len(name) + 2, *(len(row[column]) for row in rows)) if rows else len(name) + 2
        for column, name in enumerate(header)
    ]
    lines = [_line(header, widths), "|" + "|".join(":" + "-" * (width + 1) for width in widths) + "|"]
    return "\n".join(lines + [_line(row, widths) for row in rows])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"
