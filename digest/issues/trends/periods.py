"""Issues to periods: what trends are counted in."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from digest.language.addresses import host
from digest.records import CountedEntry, Period, PublishedEntry

By = Literal["issue", "month", "quarter", "year"]

LENGTHS: tuple[By, ...] = ("issue", "month", "quarter", "year")

MAX_PERIODS = 20
"""More make numbers a period small and growth a matter of chance; a longer period is chosen instead."""


def cut(entries: Sequence[CountedEntry], by: By | None) -> tuple[tuple[Period, ...], dict[str, int]]:
    """Cut the time of an archive into periods. Stretches without an issue are none.

    Args:
        entries: All that was published.
        by: Length of a period; None for the shortest that gives MAX_PERIODS at most.

    Returns:
        The periods, oldest first, and the place of each issue's.
    """
    issues = sorted({each.issue for each in entries})
    lengths = LENGTHS if by is None else (by,)
    names: list[str] = []
    for length in lengths:
        names = sorted({_name(issue, length) for issue in issues})
        chosen = length
        if len(names) <= MAX_PERIODS:
            break
    if not issues:
        return (), {}
    place_of = {issue: names.index(_name(issue, chosen)) for issue in issues}
    periods = []
    for place, name in enumerate(names):
        inside = [each for each in entries if place_of[each.issue] == place]
        periods.append(
            Period(
                name,
                len({each.issue for each in inside}),
                len(inside),
                sum(len(each.publishers) for each in inside),
            )
        )
    return tuple(periods), place_of


def publishers(each: PublishedEntry) -> tuple[str, ...]:
    """Give the publisher of every article of an entry: its own, or those of all its sources."""
    return tuple(_publisher(source.target) for source in each.entry.sources) or (_publisher(each.entry.url),)


@lru_cache(maxsize=100_000)
def _publisher(url: str) -> str:
    """An address's host; asked for again for every name its entry has."""
    return host(url) or url


def _name(issue: str, by: By) -> str:
    year, month = issue[:4], issue[4:6]
    if by == "issue" or not (month.isdigit() and len(month) == 2):
        return issue
    if by == "month":
        return f"{year}-{month}"
    return f"{year}-Q{(int(month) + 2) // 3}" if by == "quarter" else year
