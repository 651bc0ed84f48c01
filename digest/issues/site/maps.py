"""Drawings of the site: themes over the issues, and signals by the year they speak of.

SVG without script or font of its own; the colours are the page's (currentColor and the style's variables), so
that they hold in both schemes. What a drawing shows stands beside it in words too.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from digest.issues.pages.admit import admit
from digest.issues.pages.issue import issue_date
from digest.language.counts import ONES, TENS
from digest.records import EMPTY, Entry, ShownEntry, ShownIssue
from digest.records.entries import stated

MOST_THEMES = 18
"""Rows of the drawing of themes; the largest themes have them. More are no picture."""
MOST_ISSUES = 40
"""Columns of it: the newest issues."""
LABEL, ROW, COLUMN, TOP = 210, 26, 18, 56
"""Units: width of the names, height of a row, width of a column at least, room for the dates."""
WIDTH = 900
"""Of the drawing of themes, as wide as the page's text."""
SMALLEST, LARGEST = 3.5, 10.5
"""Radii of dots: one that can be seen and pointed at, and one that two rows have room for."""
DOT, MOST_STACKED = 16, 20
"""Height of a dot of the drawing of years, and how many stand over one year; the list below names more."""
DATE = 62
"""Units that a date needs over its column."""

YEAR = re.compile(r"\b(20[2-9]\d)\b")
DATED = re.compile(
    r"\b(?:by|before|until|from|in|to|for|of) (?:\w+ ){0,3}(?:\d{1,2} )?(?:\w+ )?20[2-9]\d\b", re.IGNORECASE
)
"""A year as a sentence speaks of it, and not as part of a name."""
SPAN = re.compile(r"\b(?:within|in|over)\s+(?:the\s+next\s+)?(\d{1,3}|[a-z]+)\s+years?\b", re.IGNORECASE)
YEARS = ONES | TENS
"""Numbers of years in words; others are none."""
FURTHEST = 30
"""Years ahead; a year further off is a misreading more often than a horizon; judgement."""


class HasEntries(Protocol):
    """A theme with its entries and their issues."""

    @property
    def name(self) -> str:
        """The theme's label."""

    @property
    def path(self) -> str:
        """Where its page is."""

    @property
    def entries(self) -> tuple[tuple[str, ShownEntry], ...]:
        """Its entries with the names of their issues."""


class Ahead(NamedTuple):
    """A signal that speaks of a year to come."""

    year: int
    signal: str
    horizon: str
    entry: ShownEntry


def theme_map(themes: Sequence[HasEntries], issues: Sequence[str]) -> str:
    """Draw how many entries each theme has in each issue.

    Args:
        themes: Largest first.
        issues: Names of all issues, oldest first.

    Returns:
        SVG; empty where there is nothing to draw.
    """
    rows, columns = themes[:MOST_THEMES], list(issues)[-MOST_ISSUES:]
    if not rows or not columns:
        return ""
    step = max(COLUMN, min(90.0, (WIDTH - LABEL - 40) / len(columns)))
    places = {name: LABEL + 30 + at * step for at, name in enumerate(columns)}
    counts = [Counter(issue for issue, _ in theme.entries if issue in places) for theme in rows]
    most = max((n for each in counts for n in each.values()), default=1)
    height = TOP + ROW * len(rows) + 10
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="group" '
        'aria-label="Entries of each theme in each issue" font-family="system-ui, sans-serif" '
        'font-size="13" fill="currentColor">'
    )
    drawn = [_dates(places, every=max(1, round(DATE / step)))]
    for at, (theme, having) in enumerate(zip(rows, counts, strict=True)):
        drawn.append(_row(theme, having, places, y=TOP + ROW * at, most=most))
    return head + "".join(drawn) + "</svg>"


def _dates(places: Mapping[str, float], *, every: int) -> str:
    """The dates over the columns, as many as have room; the newest always has one."""
    return "".join(
        f'<text x="{x:g}" y="{TOP - 26}" font-size="11" text-anchor="middle">'
        f"{html.escape(_short(name))}</text>"
        for at, (name, x) in enumerate(places.items())
        if (len(places) - 1 - at) % every == 0
    )


def _row(
    theme: HasEntries, having: Mapping[str, int], places: Mapping[str, float], *, y: int, most: int
) -> str:
    name, end = html.escape(admit(theme.name)), max(places.values())
    drawn = [
        f'<a href="{html.escape(theme.path)}"><text x="{LABEL}" y="{y + 4}" text-anchor="end">'
        f"{html.escape(_cut(admit(theme.name)))}</text></a>"
        f'<path d="M{LABEL + 12} {y}H{end:g}" stroke="currentColor" stroke-opacity=".18"/>'
    ]
    for issue, n in sorted(having.items()):
        radius = max(SMALLEST, LARGEST * (n / most) ** 0.5)
        drawn.append(
            f'<circle cx="{places[issue]:g}" cy="{y}" r="{radius:.3g}" fill="var(--accent, currentColor)">'
            f"<title>{name}, {html.escape(issue_date(issue))}: {n}</title></circle>"
        )
    return "".join(drawn)


def signals_by_year(issues: Sequence[ShownIssue], *, most: int) -> list[tuple[int, int, list[Ahead]]]:
    """Give the signals that speak of a year to come, by year.

    Args:
        issues: Newest first.
        most: Signals to give of a year.

    Returns:
        Years in order, each with how many signals it has, and the newest of them, newest first.
    """
    found: dict[int, list[Ahead]] = {}
    counts: Counter[int] = Counter()
    for each in (each for issue in issues for each in issue.entries):
        for year, signal, horizon in each.ahead:
            counts[year] += 1
            if counts[year] <= most:
                found.setdefault(year, []).append(Ahead(year, signal, horizon, each))
    return [(year, counts[year], signals) for year, signals in sorted(found.items())]


def signals_ahead(entry: Entry, issue: str) -> Iterator[tuple[int, str, str]]:
    """Give year, signal and horizon of the signals that speak of a year to come, seen from an issue."""
    now = int(issue[:4]) if issue[:4].isdecimal() else 0
    for row in entry.signals:
        said = stated(row).horizon_10y
        horizon = "" if said == EMPTY else said
        # Most of what lies ahead is said by the signal itself.
        if year := year_ahead(horizon, now) or year_ahead(" ".join(DATED.findall(row.signal)), now):
            yield year, row.signal, horizon


def horizon_map(years: Sequence[tuple[int, int, Sequence[Ahead]]]) -> str:
    """Draw how many signals speak of each year to come: a dot a signal, one above the other.

    Args:
        years: As `signals_by_year` gives them.

    Returns:
        SVG; empty where there is nothing to draw.
    """
    if not years:
        return ""
    first, last = years[0][0], years[-1][0]
    step = min(90.0, (WIDTH - 60) / max(1, last - first))
    tallest = min(MOST_STACKED, max(count for _, count, _ in years))
    base = DOT * (tallest + 1)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {base + 30}" role="group" '
        'aria-label="Signals by the year they speak of" font-family="system-ui, sans-serif" font-size="12" '
        f'fill="currentColor"><path d="M20 {base}H{WIDTH - 20}" stroke="currentColor" stroke-opacity=".4"/>'
    ]
    for year, _, signals in years:
        x = 30 + (year - first) * step
        drawn.append(f'<text x="{x:g}" y="{base + 20}" text-anchor="middle">{year}</text>')
        for at, ahead in enumerate(signals[:MOST_STACKED]):
            y = base - DOT * (at + 0.7)
            drawn.append(
                f'<a href="entries/{html.escape(ahead.entry.id)}.html">'
                f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="var(--accent, currentColor)">'
                f"<title>{html.escape(admit(ahead.signal))}</title></circle></a>"
            )
    return "".join(drawn) + "</svg>"


def year_ahead(horizon: str, now: int) -> int:
    """Read the year that a horizon speaks of: `by 2030`, `within five years`; 0 for none, or none ahead."""
    years = [int(year) for year in YEAR.findall(horizon)]
    for said in SPAN.findall(horizon):
        years.append(now + (int(said) if said.isdecimal() else int(YEARS.get(said.casefold(), 0))))
    return next((year for year in years if now < year <= now + FURTHEST), 0)


def _short(name: str) -> str:
    """A date for the head of a narrow column: 22 Nov 26."""
    words = issue_date(name).split()
    return f"{words[0]} {words[1][:3]} {words[2][-2:]}" if len(words) >= 3 else name


def _cut(name: str) -> str:
    return name if len(name) <= 30 else f"{name[:29]}…"
