"""The map of themes and keywords as SVG: how often they come up against how fast they spread.

One picture, the same for the same trends: no date, no ids, no script, no font of its own. A name stands where
it does against the median of its kind, themes against themes and keywords against keywords, so that the cross
in the middle parts the four standings. Labels never lie over each other or over a dot, and none is nearer to
another's dot than to its own; a name for which there is no room keeps its dot and a tooltip, and is counted
below the map.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from digest.records import TrendLine, Trends

WIDTH, HEIGHT = 960, 640
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 64, 78
FONT = 13
LINE = 16
GAP = 5
PAD = 4
CLEAR = 8
OFF_MEDIAN = 9

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

DIRECTIONS = (
    *((1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0)),
    *((1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0)),
    *((0.5, -1.0), (0.5, 1.0), (-0.5, -1.0), (-0.5, 1.0)),
)
"""Where a label is tried around its dot, the best first; y goes down."""

NARROW, WIDE = "fijlrtI.,;:'|()[]! ", "mwMW@%&"
"""Letters far from the usual width in the fonts browsers take for sans-serif."""


@dataclass(frozen=True)
class Box:
    """A rectangle that nothing else may cover."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Dot:
    """A place on the map and the names that stand there."""

    x: float
    y: float
    radius: float
    lines: tuple[TrendLine, ...]

    @property
    def box(self) -> Box:
        """The room it takes."""
        reach = self.radius + 1
        return Box(self.x - reach, self.y - reach, self.x + reach, self.y + reach)


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


def render_trend_map(trends: Trends) -> str:
    """Draw the map of the trends' lines.

    Raises:
        ValueError: no line has a place on the map.
    """
    lines = mapped(trends)
    if not lines:
        raise ValueError("no theme or keyword has a place on the map")
    places = _Places(trends, lines)
    dots = _dots(lines, places)
    labels, unlabelled = _labels(dots, places.middle)
    parts = [
        _frame(trends, *places.middle),
        *map(_dot, dots),
        *labels,
        _legend(len(unlabelled)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Themes and keywords: how often they come up against how fast they spread" '
        f'font-family="system-ui, sans-serif" font-size="{FONT}" style="max-width:100%;height:auto">\n'
        + "\n".join(parts)
        + "\n</svg>\n"
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
        self._points = [self._against_median(line) for line in shown]
        # Zero is on the map whatever the names shown are, for the cross stands there.
        self._x = _Scale([0.0, *(x for x, _ in self._points)], LEFT, WIDTH - RIGHT)
        self._y = _Scale([0.0, *(y for _, y in self._points)], HEIGHT - BOTTOM, TOP)

    @property
    def middle(self) -> tuple[float, float]:
        """Where the cross stands: just above the median, which itself counts as rare and not growing."""
        right = [self._x(x) - self._x(0) for x, _ in self._points if x > 0]
        above = [self._y(0) - self._y(y) for _, y in self._points if y > 0]
        x, y = (min([2 * OFF_MEDIAN, *found]) / 2 for found in (right, above))
        return round(self._x(0) + x, 1), round(self._y(0) - y, 1)

    def of(self, line: TrendLine) -> tuple[float, float]:
        """Give the place of a line."""
        x, y = self._against_median(line)
        return self._x(x), self._y(y)

    def _against_median(self, line: TrendLine) -> tuple[float, float]:
        if not line.diffusion:
            raise ValueError(f"{line.name}: not placed")
        often, growth = self._medians[line.kind]
        return math.log2(line.diffusion.frequency / often), line.diffusion.growth - growth


def _dots(lines: Sequence[TrendLine], places: _Places) -> list[Dot]:
    """Place the lines; those that would lie on each other share a dot."""
    groups: dict[tuple[float, float], list[TrendLine]] = {}
    for line in lines:
        x, y = places.of(line)
        near = next((key for key in groups if abs(key[0] - x) < 7 and abs(key[1] - y) < 7), (x, y))
        groups.setdefault(near, []).append(line)
    return [
        Dot(x, y, round(3.5 + 1.2 * math.sqrt(max(line.publishers for line in group)), 1), tuple(group))
        for (x, y), group in groups.items()
    ]


def _labels(dots: Sequence[Dot], middle: tuple[float, float]) -> tuple[list[str], list[TrendLine]]:
    """Write a label beside each dot where there is room. Gives them, and the lines that got none."""
    taken = [dot.box for dot in dots]
    taken += [_corner_box(*corner, *middle) for corner in CORNERS]
    leaders: list[Box] = []
    written: list[str] = []
    missing: list[TrendLine] = []
    for dot in dots:
        for line in dot.lines:
            box = next((box for box in _places(dot, line) if _is_free(dot, box, dots, taken, leaders)), None)
            if box is None:
                missing.append(line)
                continue
            taken.append(box)
            leaders += _leader(dot, box)
            written.append(_label(dot, line, box))
    return written, missing


def _is_free(dot: Dot, box: Box, dots: Sequence[Dot], taken: Sequence[Box], leaders: Sequence[Box]) -> bool:
    """Whether a label can stand there: on the map, over nothing, and plainly its own dot's."""
    if _is_taken(box, [*taken, *leaders]):
        return False
    leader = _leader(dot, box)
    # A leader says whose a label is; without one its own dot must be the nearest.
    reach = CLEAR if leader else _distance(dot, box)
    if any(_distance(other, box) <= reach for other in dots if other is not dot):
        return False
    others = [other for other in taken if other != dot.box]
    return not any(part.meets(other) for part in leader for other in others)


def _distance(dot: Dot, box: Box) -> float:
    x, y = _nearest_point(dot, box)
    return math.hypot(x - dot.x, y - dot.y) - dot.radius


def _leader(dot: Dot, box: Box) -> list[Box]:
    """Give the line from a dot to its label as small boxes; none where the label is right beside it."""
    x, y = _nearest_point(dot, box)
    length = math.hypot(x - dot.x, y - dot.y)
    if length < dot.radius + GAP + LINE / 2:
        return []
    steps = max(2, int(length / 3))
    points = ((dot.x + (x - dot.x) * at / steps, dot.y + (y - dot.y) * at / steps) for at in range(steps))
    return [Box(px - 1, py - 1, px + 1, py + 1) for px, py in points]


def _nearest_point(dot: Dot, box: Box) -> tuple[float, float]:
    return min(max(dot.x, box.left), box.right), min(max(dot.y, box.top), box.bottom)


def _places(dot: Dot, line: TrendLine) -> list[Box]:
    """Give the places a label can have, the best first: beside the dot, then farther around it."""
    width, boxes = text_width(_shown(line)) + PAD, []
    for far in range(9):
        reach = dot.radius + GAP + far * LINE * 0.8
        for dx, dy in DIRECTIONS:
            x = dot.x + dx * reach - (width if dx < 0 else width / 2 if dx == 0 else 0)
            y = dot.y + dy * (reach + LINE / 2)
            boxes.append(Box(x, y - LINE / 2, x + width, y + LINE / 2))
    return boxes


def _is_taken(box: Box, taken: Sequence[Box]) -> bool:
    is_out = box.left < LEFT + 2 or box.right > WIDTH - RIGHT or box.top < TOP or box.bottom > HEIGHT - BOTTOM
    return is_out or any(box.meets(other) for other in taken)


def text_width(text: str) -> float:
    """Estimate the width of a text in pixels, rather too wide than too narrow."""
    return FONT * sum(map(_share, text))


def _share(letter: str) -> float:
    """Estimate a letter's width in units of the font's size."""
    if ord(letter) > 0x2E80:
        return 1.0
    if letter in NARROW:
        return 0.38
    return 0.98 if letter in WIDE else 0.7 if letter.isupper() else 0.62


# -- what is written -----------------------------------------------------------------------------------------


def _frame(trends: Trends, x_middle: float, y_middle: float) -> str:
    first, last = trends.periods[0].name, trends.periods[-1].name
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>',
        _text(LEFT, 26, "Themes and keywords over time", size=18, weight=600),
        _text(LEFT, 46, f"{first} to {last}, {len(trends.periods)} periods", fill="#5f6368"),
        f'<rect x="{LEFT}" y="{TOP}" width="{right - LEFT}" height="{bottom - TOP}" fill="none" '
        'stroke="#c4c7cc"/>',
        f'<path d="M{x_middle} {TOP}V{bottom}M{LEFT} {y_middle}H{right}" stroke="#c4c7cc" '
        'stroke-dasharray="4 4" fill="none"/>',
        _text(
            (LEFT + right) / 2,
            bottom + 22,
            "entries against the median of its kind: rare to frequent",
            anchor="middle",
        ),
        f'<g transform="translate({LEFT - 18} {(TOP + bottom) / 2}) rotate(-90)">'
        + _text(0, 0, "growth of its share against the median: slow to fast", anchor="middle")
        + "</g>",
    ]
    for corner in CORNERS:
        box = _corner_box(*corner, x_middle, y_middle)
        anchor, x = ("end", box.right) if corner[2] else ("start", box.left)
        name, meaning = corner[:2]
        parts.append(
            _text(
                x, box.bottom - 4, f"{name.upper()} · {meaning}", fill=COLOURS[name], size=11, anchor=anchor
            )
        )
    return "\n".join(parts)


def _corner_box(name: str, meaning: str, is_right: bool, is_top: bool, x: float, y: float) -> Box:
    width = text_width(f"{name.upper()} · {meaning}")
    left = WIDTH - RIGHT - 8 - width if is_right else LEFT + 8
    top = TOP + 4 if is_top else HEIGHT - BOTTOM - LINE - 4
    return Box(left, top, left + width, top + LINE)


def _dot(dot: Dot) -> str:
    names = "; ".join(map(_said, dot.lines))
    first = dot.lines[0]
    fill = _colour(first)
    shape = (
        f'<rect x="{dot.x - dot.radius:.1f}" y="{dot.y - dot.radius:.1f}" width="{2 * dot.radius:.1f}" '
        f'height="{2 * dot.radius:.1f}" rx="2" '
        if first.kind == "theme"
        else f'<circle cx="{dot.x}" cy="{dot.y}" r="{dot.radius}" '
    )
    tag = "rect" if first.kind == "theme" else "circle"
    return f'{shape}fill="{fill}" fill-opacity="0.75"><title>{html.escape(names)}</title></{tag}>'


def _label(dot: Dot, line: TrendLine, box: Box) -> str:
    text = _text(round(box.left, 1), round(box.bottom - 4, 1), _shown(line), fill=_colour(line))
    x, y = _nearest_point(dot, box)
    if not _leader(dot, box):
        return text
    return (
        f'<path d="M{dot.x} {dot.y}L{x:.1f} {y:.1f}" stroke="{_colour(line)}" stroke-opacity="0.5" '
        'fill="none"/>' + text
    )


def _legend(unlabelled: int) -> str:
    words = "● keyword   ■ theme   the larger, the more publishers"
    if unlabelled:
        words += f"   {unlabelled} without room for a label"
    return _text(LEFT, HEIGHT - 22, words, fill="#5f6368", size=12)


def _text(
    x: float,
    y: float,
    words: str,
    *,
    fill: str = "#202124",
    size: int = FONT,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{fill}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" xml:space="preserve">{html.escape(words)}</text>'
    )


def _colour(line: TrendLine) -> str:
    return COLOURS[line.diffusion.standing] if line.diffusion else COLOURS["latent"]


def _shown(line: TrendLine) -> str:
    name = "".join(each for each in line.name if each.isprintable())
    return name if len(name) <= 34 else name[:33].rstrip() + "…"


def _said(line: TrendLine) -> str:
    name = "".join(each for each in line.name if each.isprintable())
    span = f"{line.first_issue} to {line.last_issue}"
    return f"{name}: {sum(line.entries)} entries, {line.publishers} publishers, {span}"
