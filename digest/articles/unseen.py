"""Styles by which text is there and cannot be seen: no size, no colour, cut away, or far off the screen.

Values as a style sheet has them, in; whether a reader sees what is styled so, out. No look at the page.
Lengths are taken as pixels; what cannot be understood hides nothing.
"""

import re
from collections.abc import Iterator, Mapping

_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(px|r?em|%|v[wh]|pt|ch|ex|cm|in)?")
_PIXELS = {
    "px": 1,
    "em": 16,
    "rem": 16,
    "%": 10,
    "vw": 10,
    "vh": 10,
    "pt": 1.3,
    "ch": 8,
    "ex": 8,
    "cm": 38,
    "in": 96,
}
# The designs met use -999 to -100000 pixels, or a whole screen; menus that slide in too.
_FAR = 900
_FAR_AHEAD = 2000  # pixels to the right: wider than any screen a page is made for; judgement
_CALL = re.compile(r"([\w-]+)\(([^()]*)\)")
_TRANSPARENT = re.compile(
    r"transparent|#(?:...|.{6})0{1,2}|(?:rgb|hsl)a?\([^()]*[,/]\s*(?:0|0?\.0+|0%)\s*\)", re.IGNORECASE
)
_OFFSETS = ("left", "top", "right", "bottom")
_OFF_THE_LINE = ("absolute", "fixed", "relative", "sticky")
_CUT = ("hidden", "clip")
# Whatever they are at first, something will show them.
_MOVES = ("animation", "animation-name")
_PAINTED_OTHERWISE = ("background-clip", "-webkit-background-clip", "-webkit-text-fill-color", "text-shadow")

PROPERTIES = frozenset(
    ("opacity", "font-size", "font", "text-indent", "position", *_OFFSETS, "inset", "margin", "margin-left",
     "margin-top", "transform", "clip", "clip-path", "width", "max-width", "height", "max-height", "overflow",
     "overflow-x", "overflow-y", "color", "filter", "transition", *_MOVES, *_PAINTED_OTHERWISE)
)  # fmt: skip
"""What `is_unseen` wants to know."""

INHERITED = ("font-size", "color", "text-indent")
"""Of these, a part inside may say otherwise."""

ANIMATED = ("opacity", "transform")
"""By these, scripts let appear what they have hidden themselves."""

HINT = (
    r"opacity\s*:?\s*\(?[0.]|font[^;}]{0,80}[:\s][01.]|-\d{3}|-\d\d\w*em|clip|[:\s][01](?:px)?\s*[;}!]"
    r"|transparent|scale|#\w+0\b|\b0\s*\)"
)
"""Where no part of a sheet matches it, the sheet makes nothing unseen."""


def expanded(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Give a declaration in single properties."""
    parts = value.split()
    if name == "font":
        if size := next(
            (part.partition("/")[0] for part in parts if _length(part.partition("/")[0]) is not None), ""
        ):
            yield "font-size", size
    elif name in ("inset", "margin") and 1 <= len(parts) <= 4:
        top, right = parts[0], parts[min(1, len(parts) - 1)]
        left = parts[3] if len(parts) == 4 else right
        prefix = "margin-" if name == "margin" else ""
        yield from ((f"{prefix}top", top), (f"{prefix}left", left))
    else:
        yield name, value


def may_hide(name: str, value: str) -> bool:
    """Whether a declaration could be the one by which something is unseen."""
    if name not in PROPERTIES or name in ("position", "overflow", "overflow-x", "overflow-y"):
        return False
    return bool(reason({"position": "absolute", "overflow": "hidden", name: value}))


def reason(values: Mapping[str, str]) -> str:
    """Return the property by which text of these values cannot be seen; empty where it can."""
    has_motion = any(values.get(name, "none") not in ("none", "") for name in _MOVES)
    if not has_motion:
        if _is_nil(values.get("opacity", "")) or "opacity(0" in values.get("filter", "").replace(" ", ""):
            return "opacity"
        if _is_moved_away(values.get("transform", "")):
            return "transform"
    size = _length(values.get("font-size", ""))
    if size is not None and size <= 1:
        return "font-size"
    indent, is_cut = _length(values.get("text-indent", "")), _is_cut(values)
    if indent is not None and (indent <= -_FAR or (indent >= _FAR and is_cut)):
        return "text-indent"
    if _is_far_off(values) or _is_clipped(values):
        return "position"
    if is_cut and _has_no_room(values):
        return "overflow"
    if _TRANSPARENT.fullmatch(values.get("color", "")) and not any(
        name in values for name in _PAINTED_OTHERWISE
    ):
        return "color"
    return ""


def _length(value: str) -> float | None:
    match = _LENGTH.fullmatch(value.strip().lower())
    if match is None:
        return None
    number = float(match[1])
    if not match[2]:
        return 0.0 if number == 0 else None
    return number * _PIXELS[match[2]]


def _is_nil(value: str) -> bool:
    match = re.fullmatch(r"([\d.]+)(%?)", value.strip())
    try:
        return match is not None and float(match[1]) <= (1 if match[2] else 0.01)
    except ValueError:
        return False


def _is_far(value: str) -> bool:
    length = _length(value)
    return length is not None and length <= -_FAR


def _is_far_off(values: Mapping[str, str]) -> bool:
    if any(_is_far(values.get(name, "")) for name in ("margin-left", "margin-top")):
        return True
    if values.get("position", "") not in _OFF_THE_LINE:
        return False
    return any(
        _is_far(values.get(name, "")) or (_length(values.get(name, "")) or 0) >= _FAR_AHEAD
        for name in _OFFSETS
    )


def _is_moved_away(transform: str) -> bool:
    for name, inside in _CALL.findall(transform.lower()):
        parts = [part.strip() for part in inside.split(",")]
        if name.startswith("scale") and any(re.fullmatch(r"0?\.?0+", part) for part in parts):
            return True
        if name.startswith("translate") and any(
            "%" not in part and (_is_far(part) or (_length(part) or 0) >= _FAR_AHEAD) for part in parts
        ):
            return True
    return False


def _is_clipped(values: Mapping[str, str]) -> bool:
    """Whether nothing is left of an area; the older `clip` cuts only what is placed off the line."""
    for name, inside in _CALL.findall(values.get("clip", "")):
        edges = [_length(part) for part in re.split(r"[\s,]+", inside.strip())]
        if (
            name.lower() == "rect"
            and len(edges) == 4
            and values.get("position") not in ("static", "relative")
        ):
            top, right, bottom, left = edges
            if any(
                first is not None and last is not None and last - first <= 1
                for first, last in ((top, bottom), (left, right))
            ):
                return True
    if any(values.get(name, "none") not in ("none", "") for name in _MOVES):
        return False
    return any(
        _is_nothing(name.lower(), inside) for name, inside in _CALL.findall(values.get("clip-path", ""))
    )


def _is_nothing(shape: str, inside: str) -> bool:
    """Whether a shape of `clip-path` has no area."""
    parts = inside.partition("round")[0].replace(",", " ").split()
    if shape in ("circle", "ellipse"):
        return bool(parts) and _length(parts[0]) == 0
    if shape == "polygon":
        return len({_length(part) for part in parts}) == 1 and bool(parts)
    if shape != "inset" or not 1 <= len(parts) <= 4 or not all(part.endswith("%") for part in parts):
        return False
    sides = [_length(part) or 0 for part in parts]
    top, right = sides[0], sides[min(1, len(sides) - 1)]
    bottom = sides[2] if len(sides) > 2 else top
    left = sides[3] if len(sides) > 3 else right
    return top + bottom >= 1000 or left + right >= 1000


def _is_cut(values: Mapping[str, str]) -> bool:
    given = " ".join(values.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    return any(value in _CUT for value in given.split())


def _has_no_room(values: Mapping[str, str]) -> bool:
    """Whether a box is a pixel wide or high; one without height that can grow is opened by a click."""
    widths = [_length(values.get(name, "")) for name in ("width", "max-width")]
    heights = [_length(values.get(name, "")) for name in ("height", "max-height")]
    if any(width is not None and width <= 1 for width in widths):
        return True
    return "transition" not in values and any(height is not None and height <= 1 for height in heights)
