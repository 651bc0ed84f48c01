"""The map of themes and keywords as SVG: how often they come up against how fast they spread.

One picture, the same for the same trends: no date, no ids, no script, no font of its own. A name stands where
it does against the median of its kind, themes against themes and keywords against keywords, so that the cross
in the middle parts the four standings. Each dot has a number, and the names stand in a list beside the map:
names of one standing that would lie on each other share a dot. Numbers never lie over each other.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from unicodedata import east_asian_width

from digest.records import TrendLine, Trends

# Units of the drawing: as wide as a page, with room for 36 names beside it; by looking.
WIDTH, HEIGHT = 960, 660
LEFT, RIGHT, TOP, BOTTOM = 76, 630, 64, 582
"""The edges of the map itself; right of it is the list."""
NUMBERS, NAMES = 668, 676
"""Where the list's numbers end and its names start."""
# Between two lines of names.
LINE = 14
MAX_LETTERS = 38
"""What of a name fits into the list; letters of double width count twice."""
OFF_CROSS = 9
"""So far from the cross a dot stands at least, on its own side."""
APART_X, APART_Y = 16, 13
"""Numbers this near would lie on each other: one line's height, and the width of two digits."""

MAX_NAMES = 36
"""More cannot be read on one map."""

COLOURS = {
    "strong signal": "#b3261e",
    "weak signal": "#8a5a00",
    "well-known": "#1f5fa8",
    "latent": "#5f6368",
}
CORNERS = (
    ("weak signal", "rare, growing", False, True),
    ("strong signal", "frequent, growing", True, True),
    ("latent", "rare, not growing", False, False),
    ("well-known", "frequent, not growing", True, False),
)


@dataclass(frozen=True)
class Dot:
    """A place on the map and the names that stand there, all of one standing."""

    x: float
    y: float
    radius: float
    lines: tuple[TrendLine, ...]


def mapped(trends: Trends) -> list[TrendLine]:
    """Give the names that the map shows: of each standing the best in turn, those of one entry set once."""
    by_standing: dict[str, list[TrendLine]] = {name: [] for name in COLOURS}
    seen: set[tuple[object, ...]] = set()
    for line in trends.lines:
        key = (line.name.casefold(), line.entries)
        if line.diffusion and key not in seen:
            seen.add(key)
            by_standing[line.diffusion.standing].append(line)
    out: list[TrendLine] = []
    for place in range(max(map(len, by_standing.values()))):
        out += [lines[place] for lines in by_standing.values() if place < len(lines)]
    return out[:MAX_NAMES]


def render_trend_map(trends: Trends, lines: Sequence[TrendLine] | None = None) -> str:
    """Draw the map of the trends' lines.

    Args:
        trends: Themes and keywords over time.
        lines: Those that `mapped` gives, where it was asked already.

    Raises:
        ValueError: no line has a place on the map.
    """
    lines = mapped(trends) if lines is None else lines
    if not lines:
        raise ValueError("no theme or keyword has a place on the map")
    places = _Places(trends, lines)
    dots = _dots(lines, places)
    parts = [
        _frame(trends, *places.cross),
        *map(_shape, dots),
        # After all shapes, so that none covers a number.
        *(
            _text(dot.x, dot.y + 3.5, str(at), fill="#ffffff", anchor="middle")
            for at, dot in enumerate(dots, 1)
        ),
        *_listed(dots),
        _text(LEFT, HEIGHT - 22, "● keyword   ■ theme   the larger, the more publishers", fill="#5f6368"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Themes and keywords: how often they come up against how fast they spread" '
        'font-family="system-ui, sans-serif">\n' + "\n".join(parts) + "\n</svg>\n"
    )


# -- where things are ----------------------------------------------------------------------------------------


class _Scale:
    """A linear scale that leaves a margin at both ends."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        low, high = min(values), max(values)
        room = (high - low) * 0.08 or 0.5
        self._low, self._high, self._start, self._end = low - room, high + room, start, end

    def __call__(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return round(self._start + share * (self._end - self._start), 1)


class _Places:
    """Where each name stands: frequency (in doublings) and growth against the median of its kind."""

    def __init__(self, trends: Trends, shown: Sequence[TrendLine]) -> None:
        self._medians = {}
        for kind in {line.kind for line in shown}:
            known = [line.diffusion for line in trends.lines if line.kind == kind and line.diffusion]
            self._medians[kind] = (
                median(each.frequency for each in known),
                median(each.growth for each in known),
            )
        points = [self._against_median(line) for line in shown]
        # Zero is on the map whatever the names shown are, for the cross stands there.
        self._x = _Scale([0.0, *(x for x, _ in points)], LEFT, RIGHT)
        self._y = _Scale([0.0, *(y for _, y in points)], BOTTOM, TOP)

    @property
    def cross(self) -> tuple[float, float]:
        """Where the cross stands: at the median."""
        return self._x(0), self._y(0)

    def of(self, line: TrendLine) -> tuple[float, float]:
        """Give the place of a line, clear of the cross; at the median it is rare and not growing."""
        often, growth = self._against_median(line)
        x, y = self._x(often), self._y(growth)
        middle_x, middle_y = self.cross
        return (
            max(x, middle_x + OFF_CROSS) if often > 0 else min(x, middle_x - OFF_CROSS),
            min(y, middle_y - OFF_CROSS) if growth > 0 else max(y, middle_y + OFF_CROSS),
        )

    def _against_median(self, line: TrendLine) -> tuple[float, float]:
        if not line.diffusion:
            raise ValueError(f"{line.name}: not placed")
        often, growth = self._medians[line.kind]
        return math.log2(line.diffusion.frequency / often), line.diffusion.growth - growth


def _dots(lines: Sequence[TrendLine], places: _Places) -> list[Dot]:
    """Place the lines, standing by standing; those whose numbers would lie on each other share a dot."""
    groups: dict[tuple[str, float, float], list[TrendLine]] = {}
    for line in sorted(lines, key=lambda line: list(COLOURS).index(_standing(line))):
        standing, (x, y) = _standing(line), places.of(line)
        near = (
            key
            for key in groups
            if key[0] == standing and abs(key[1] - x) < APART_X and abs(key[2] - y) < APART_Y
        )
        groups.setdefault(next(near, (standing, x, y)), []).append(line)
    return [
        Dot(x, y, round(7 + 1.2 * math.sqrt(max(line.publishers for line in group)), 1), tuple(group))
        for (_, x, y), group in groups.items()
    ]


# -- what is written -----------------------------------------------------------------------------------------


def _frame(trends: Trends, x_cross: float, y_cross: float) -> str:
    first, last = trends.periods[0].name, trends.periods[-1].name
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>',
        _text(LEFT, 26, "Themes and keywords over time", size=18, weight=600),
        _text(LEFT, 46, f"{first} to {last}, {len(trends.periods)} periods", fill="#5f6368"),
        f'<rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}" fill="none" '
        'stroke="#c4c7cc"/>',
        f'<path d="M{x_cross} {TOP}V{BOTTOM}M{LEFT} {y_cross}H{RIGHT}" stroke="#c4c7cc" '
        'stroke-dasharray="4 4" fill="none"/>',
        _text(
            (LEFT + RIGHT) / 2,
            BOTTOM + 22,
            "entries against the median of its kind: rare to frequent",
            anchor="middle",
        ),
        f'<g transform="translate({LEFT - 18} {(TOP + BOTTOM) / 2}) rotate(-90)">'
        + _text(0, 0, "growth of its share against the median: slow to fast", anchor="middle")
        + "</g>",
    ]
    for name, meaning, is_right, is_top in CORNERS:
        anchor, x = ("end", RIGHT - 8) if is_right else ("start", LEFT + 8)
        words, y = f"{name.upper()} · {meaning}", TOP + 16 if is_top else BOTTOM - 8
        parts.append(_text(x, y, words, fill=COLOURS[name], anchor=anchor))
    return "\n".join(parts)


def _shape(dot: Dot) -> str:
    tag, place = "circle", f'cx="{dot.x}" cy="{dot.y}" r="{dot.radius}"'
    if dot.lines[0].kind == "theme":
        left, top, side = dot.x - dot.radius, dot.y - dot.radius, 2 * dot.radius
        tag, place = "rect", f'x="{left:.1f}" y="{top:.1f}" width="{side:.1f}" height="{side:.1f}" rx="2"'
    names = html.escape("; ".join(map(_said, dot.lines)))
    fill = COLOURS[_standing(dot.lines[0])]
    return f'<{tag} {place} fill="{fill}" fill-opacity="0.85"><title>{names}</title></{tag}>'


def _listed(dots: Sequence[Dot]) -> list[str]:
    """Write the list: the number of each dot, and the names that stand there."""
    parts = []
    y = TOP + LINE
    for number, dot in enumerate(dots, 1):
        parts.append(_text(NUMBERS, y, str(number), fill="#5f6368", anchor="end"))
        for line in dot.lines:
            mark = "■" if line.kind == "theme" else "●"
            parts.append(_text(NAMES, y, f"{mark} {_shown(line)}", fill=COLOURS[_standing(line)]))
            y += LINE
    return parts


def _text(
    x: float,
    y: float,
    words: str,
    *,
    fill: str = "#202124",
    size: int = 11,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{fill}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" xml:space="preserve">{html.escape(words)}</text>'
    )


def _standing(line: TrendLine) -> str:
    return line.diffusion.standing if line.diffusion else "latent"


def _name(line: TrendLine) -> str:
    return "".join(each for each in line.name if each.isprintable())


def _shown(line: TrendLine) -> str:
    name = _name(line)
    while _letters(name) > MAX_LETTERS:
        name = name[:-2].rstrip() + "…"
    return name


def _letters(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _said(line: TrendLine) -> str:
    span = f"{line.first_issue} to {line.last_issue}"
    return f"{_name(line)}: {sum(line.entries)} entries, {line.publishers} publishers, {span}"
