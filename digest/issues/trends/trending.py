"""What was published over time: trends, lines of signals, and the map."""

from collections.abc import Callable, Sequence

from digest.issues.pages import mapped, render_trend_map
from digest.issues.trends import MIN_PERIODS, trends
from digest.records import PublishedEntry, SeenSignal, SignalLine, Trends, Vectors
from digest.stories.recur import recurring

MIN_MAPPED = 5
"""Names without which a map shows nothing."""


def signal_lines(
    entries: Sequence[PublishedEntry], encode: Callable[[Sequence[str]], Vectors]
) -> list[SignalLine]:
    """Tie signals that recur in later issues into lines.

    Args:
        entries: All that was published.
        encode: Gives the vectors of texts, rows L2-normalised.
    """
    seen = [
        SeenSignal(row.signal, each.id, each.issue, each.entry.title)
        for each in entries
        for row in each.entry.signals
        if row.signal
    ]
    return recurring(seen, encode([each.signal for each in seen])) if seen else []


def issue_map(entries: Sequence[PublishedEntry]) -> str:
    """Draw the map an issue shows, of all that was published up to it; empty without enough history."""
    return map_of(trends(entries))


def map_of(found: Trends) -> str:
    """Draw the map of what was followed; empty without enough history."""
    return trend_map(found) if len(found.periods) >= MIN_PERIODS else ""


def trend_map(found: Trends) -> str:
    """Draw the map; empty where too few names have a place on it."""
    lines = mapped(found)
    return render_trend_map(found, lines) if len(lines) >= MIN_MAPPED else ""
