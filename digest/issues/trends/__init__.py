"""Follow themes and keywords over the issues of an archive.

How many entries and articles have a name in each period, how that grows against the archive, how it spreads
over publishers, when it was first seen, and whether it emerges (see emergence). Only what was published
counts. Names that differ in capitals, hyphens or the plural are one.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from digest.issues.trends.emergence import mean_growth, placed
from digest.issues.trends.periods import By, cut
from digest.issues.trends.theme_counts import Occurrences, Places, counted_entry, occurrences
from digest.language.counts import counted
from digest.records import CountedEntry, FirstSeen, PublishedEntry, TrendLine, Trends

MIN_PERIODS = 3
"""Periods below which nothing is said about growth: of two, one is an accident."""

MIN_ENTRIES = 3
"""Entries below which a name gets no line."""

__all__ = ["MIN_ENTRIES", "MIN_PERIODS", "By", "followed", "trends"]


def trends(
    entries: Sequence[PublishedEntry], *, by: By | None = None, min_entries: int = MIN_ENTRIES
) -> Trends:
    """Follow every theme and keyword that enough entries have.

    Args:
        entries: All that was published, in any order.
        by: Length of a period; None for the shortest that gives 20 periods at most.
        min_entries: Entries a name needs to get a line.

    Returns:
        Lines by standing (strong, weak, well-known, latent), then by growth against the archive, then by
        entries and name; with fewer than MIN_PERIODS periods, by entries, without growth, and a note.
    """
    return followed([counted_entry(each) for each in entries], by=by, min_entries=min_entries)


def followed(
    entries: Sequence[CountedEntry], *, by: By | None = None, min_entries: int = MIN_ENTRIES
) -> Trends:
    """Follow themes and keywords as `trends` does, of entries that were counted before."""
    ordered = sorted(entries, key=lambda each: (each.issue, each.id))
    periods, place_of = cut(ordered, by)
    found = occurrences(ordered)
    enough = len(periods) >= MIN_PERIODS
    totals = tuple(period.entries for period in periods)
    lines = _lines(found, ordered, place_of, totals, enough=enough, min_entries=min_entries)
    note = ""
    if not enough:
        issues = sum(period.issues for period in periods)
        note = (
            f"{counted(issues, 'published issue', 'published issues')} in "
            f"{counted(len(periods), 'period', 'periods')}: growth and "
            f"emergence need at least {MIN_PERIODS} periods with published issues (digest publish, or "
            "digest import)"
        )
    return Trends(
        periods=periods,
        growth=mean_growth(totals) if enough else None,
        lines=tuple(sorted(lines, key=_rank)),
        first_seen=_first_seen(found, ordered),
        note=note,
    )


def _lines(
    found: Occurrences,
    entries: Sequence[CountedEntry],
    place_of: Mapping[str, int],
    totals: Sequence[int],
    *,
    enough: bool,
    min_entries: int,
) -> Iterator[TrendLine]:
    """Follow the names that enough entries have."""
    first = found.first()
    kept = np.flatnonzero(np.diff(first) >= min_entries)
    names = [found.names[at] for at in kept.tolist()]
    telling = _telling(found, entries)
    in_period = _by_period(found, entries, place_of, len(totals))
    counts, articles, mentions = ([tuple(row) for row in each[kept].tolist()] for each in in_period)
    spans = zip(first[kept].tolist(), (first[kept + 1] - 1).tolist(), strict=True)
    issues = _issues(found, entries)[kept].tolist()
    places = placed([kind for _, kind in names], mentions, counts, totals) if enough else []
    pace = mean_growth(totals) if enough else 0.0
    for at, ((name, kind), place, (start, end)) in enumerate(zip(names, kept.tolist(), spans, strict=True)):
        growth = mean_growth(counts[at]) if enough else None
        yield TrendLine(
            name=name,
            kind=kind,
            entries=counts[at],
            articles=articles[at],
            mentions=mentions[at],
            issues=issues[at],
            first_issue=entries[found.row[start]].issue,
            last_issue=entries[found.row[end]].issue,
            publishers=len(telling[place]),
            spread=_spread(telling[place]),
            growth=growth,
            relative_growth=(1 + growth) / (1 + pace) - 1 if growth is not None else None,
            visibility=places[at][0] if enough else None,
            diffusion=places[at][1] if enough else None,
        )


def _issues(found: Occurrences, entries: Sequence[CountedEntry]) -> Places:
    """Give in how many issues each name stands; every name has an entry."""
    of_issue = {name: at for at, name in enumerate(dict.fromkeys(each.issue for each in entries))}
    issue = np.array([of_issue[each.issue] for each in entries], dtype=np.int64)[found.row]
    pairs = np.unique(found.name * len(of_issue) + issue, return_counts=True)[0]
    return np.bincount(pairs // max(len(of_issue), 1), minlength=len(found.names))


def _by_period(
    found: Occurrences, entries: Sequence[CountedEntry], place_of: Mapping[str, int], periods: int
) -> tuple[Places, ...]:
    """Give entries, articles and mentions of each name in each period. *Shape:* (names, periods) each."""
    place = np.array([place_of[each.issue] for each in entries], dtype=np.int64)
    articles = np.array([len(each.publishers) for each in entries], dtype=np.int64)
    cell = found.name * periods + place[found.row]
    sums = []
    for weights in (np.ones(len(cell)), articles[found.row], found.times):
        counts = np.bincount(cell, weights=weights, minlength=len(found.names) * periods)
        sums.append(counts.astype(np.int64).reshape(len(found.names), periods))
    return tuple(sums)


def _telling(found: Occurrences, entries: Sequence[CountedEntry]) -> list[list[int]]:
    """Give how many articles each publisher has under each name, in order of their first."""
    known: dict[str, int] = {}
    told = [[known.setdefault(name, len(known)) for name in each.publishers] for each in entries]
    sizes = np.array([len(each) for each in told], dtype=np.int64)
    flat = np.array([place for each in told for place in each], dtype=np.int64)
    # Of each pair its entry's publishers, one after the other.
    count = sizes[found.row]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    place = flat[np.repeat((np.cumsum(sizes) - sizes)[found.row], count) + within]
    keys, first, counts = np.unique(
        np.repeat(found.name, count) * max(len(known), 1) + place, return_index=True, return_counts=True
    )
    order = np.argsort(first)
    by_name: list[list[int]] = [[] for _ in found.names]
    for at, number in zip((keys[order] // max(len(known), 1)).tolist(), counts[order].tolist(), strict=True):
        by_name[at].append(number)
    return by_name


def _spread(counts: Sequence[int]) -> float:
    """Gini-Simpson index: the chance that two articles, drawn with replacement, differ in publisher."""
    articles = sum(counts)
    return 1 - sum((count / articles) ** 2 for count in counts) if counts else 0.0


def _first_seen(found: Occurrences, ordered: Sequence[CountedEntry]) -> tuple[FirstSeen, ...]:
    oldest = ordered[0].issue if ordered else ""
    first = found.first().tolist()
    seen = [
        FirstSeen(name, kind, issue, end - start)
        for (name, kind), start, end in zip(found.names, first[:-1], first[1:], strict=True)
        if (issue := ordered[found.row[start]].issue) != oldest
    ]
    seen.sort(key=lambda each: (-each.entries, each.kind, each.name.casefold()))
    return tuple(sorted(seen, key=lambda each: each.issue, reverse=True))


STANDINGS = ("strong signal", "weak signal", "well-known", "latent")


def _rank(line: TrendLine) -> tuple[int, float, int, str, str]:
    place = STANDINGS.index(line.diffusion.standing) if line.diffusion else len(STANDINGS)
    return place, -(line.relative_growth or 0), -sum(line.entries), line.name.casefold(), line.kind
