"""The lines of a PDF's page in the order of reading: columns one after the other, a table row by row.

A PDF says where characters stand, not what follows what. Most writers put a column whole; some go across the
page, line by line, so that each line is half of one sentence and half of another. Those are told by the
gutter: a strip that no line crosses, with prose on both sides of it. With short words it is a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

CELL_BREAK = "\t"
"""Between the cells of a table's row."""

GAP = 1.0
"""Heights of a line: less is the space between words; a gutter is wider."""

TABLE_GAP = 2.0
"""Heights of a line between cells of a table; justified text has narrower ones."""

LEAST_LINES = 4
"""So many lines with the same gutter are columns; three may be a letter's head."""

PROSE_CHARACTERS = 22
"""Characters of a column's usual line, at least: three columns of a newspaper's page have 25 to 40."""

SAME_LINE = 0.5
"""Share of the lower one's height that two pieces of a line have in common."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters in a row; places in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def height(self) -> float:
        """Points; never nothing."""
        return max(self.top - self.bottom, 1.0)

    def is_level_with(self, other: "Piece") -> bool:
        """Whether the other stands on the same line."""
        common = min(self.top, other.top) - max(self.bottom, other.bottom)
        return common >= SAME_LINE * min(self.height, other.height)


Line = list[Piece]


def lines_of(pieces: Sequence[Piece]) -> list[str]:
    """Give the lines of a page in the order of reading; cells of a table's row are divided by a tab.

    Args:
        pieces: In the order in which the file has them.
    """
    return _read(_level(pieces))


def _level(pieces: Sequence[Piece]) -> list[Line]:
    """Put what follows each other on one line together, and join what only a space divides."""
    lines: list[Line] = []
    for piece in pieces:
        if not piece.text.strip():
            continue
        last = lines[-1][-1] if lines else None
        if last is None or not last.is_level_with(piece) or piece.left < last.left:
            lines.append([piece])
        elif piece.left - last.right <= GAP * min(last.height, piece.height):
            lines[-1][-1] = _joined(last, piece)
        else:
            lines[-1].append(piece)
    return lines


def _joined(one: Piece, other: Piece) -> Piece:
    return Piece(
        one.left,
        min(one.bottom, other.bottom),
        max(one.right, other.right),
        max(one.top, other.top),
        one.text + other.text,
    )


def _read(lines: Sequence[Line]) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(lines):
        if len(lines[at]) > 1:
            end, sides = _columns(lines, at)
            if sides:
                for side in sides:
                    out += _read(side)
                at = end
                continue
        out.append(_row(lines[at]))
        at += 1
    return out


def _columns(lines: Sequence[Line], start: int) -> tuple[int, list[list[Line]]]:
    """Follow a gutter down the page from a line of several cells.

    Returns:
        Where the columns end, and the lines of each side; no sides where they are no columns of prose.
    """
    left, right = max(
        ((one.right, other.left) for one, other in pairwise(lines[start])),
        key=lambda gap: gap[1] - gap[0],
    )
    sides: list[list[Line]] = [[], []]
    crossing = 0
    end = start
    for line in lines[start:]:
        parts = [[each for each in line if each.right <= right], [each for each in line if each.left >= left]]
        parts[1] = [each for each in parts[1] if each not in parts[0]]
        if sum(map(len, parts)) < len(line):
            break
        new_left = max([left, *(each.right for each in parts[0])])
        new_right = min([right, *(each.left for each in parts[1])])
        if new_right - new_left < GAP * line[0].height:
            break
        left, right = new_left, new_right
        crossing += all(map(bool, parts))
        for side, part in zip(sides, parts, strict=True):
            if part:
                side.append(part)
        end += 1
    if crossing < LEAST_LINES or not all(_is_prose(side) for side in sides):
        return start, []
    return end, sides


def _is_prose(side: Sequence[Line]) -> bool:
    return median(len(each.text.strip()) for line in side for each in line) >= PROSE_CHARACTERS


def _row(line: Line) -> str:
    text = line[0].text.strip()
    for one, other in pairwise(line):
        is_cell = other.left - one.right > TABLE_GAP * min(one.height, other.height)
        text += (CELL_BREAK if is_cell else " ") + other.text.strip()
    return text
