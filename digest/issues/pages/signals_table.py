"""Pipe tables whose columns line up in a plain text editor."""

from collections.abc import Collection, Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> str:
    """Write a left-aligned table: each column as wide as its longest cell, or its header and two more.

    Args:
        header: Plain words.
        rows: Cells as Markdown, already escaped for a table; as many a row as the header has.
        right: Columns aligned to the right instead.
    """
    widths = [
        max(len(name) + 2, *(len(row[column]) for row in rows)) if rows else len(name) + 2
        for column, name in enumerate(header)
    ]
    rules = (
        "-" * (width + 1) + ":" if column in right else ":" + "-" * (width + 1)
        for column, width in enumerate(widths)
    )
    lines = [_line(header, widths, right), "|" + "|".join(rules) + "|"]
    return "\n".join(lines + [_line(row, widths, right) for row in rows])


def _line(cells: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    padded = (
        cell.rjust(width) if column in right else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "| " + " | ".join(padded) + " |"
