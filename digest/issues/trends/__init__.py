"""Follow themes and keywords over the issues of an archive.

How many entries and articles have a name in each period, how that grows against the archive, how it spreads
over publishers, when it was first seen, and whether it emerges (see emergence). Only what was published
counts. Names that differ in capitals, hyphens or the plural are one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from digest.issues.trends.emergence import mean_growth, placed
from digest.issues.trends.periods import By, cut
from digest.issues.trends.theme_counts import Occurrences, counted_entry, occurrences
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
    lines = [_line(each, place_of, totals, enough) for each in found if len(each.entries) >= min_entries]
    note = ""
    if enough:
        lines = placed(lines, totals)
    else:
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


def _line(
    each: Occurrences,
    place_of: Mapping[str, int],
    totals: Sequence[int],
    enough: bool,
) -> TrendLine:
    """Follow one name."""
    counts, articles, mentions = ([0] * len(totals) for _ in range(3))
    for entry, times in each.entries:
        place = place_of[entry.issue]
        counts[place] += 1
        articles[place] += len(entry.publishers)
        mentions[place] += times
    telling = [name for entry, _ in each.entries for name in entry.publishers]
    growth = mean_growth(counts) if enough else None
    relative = (1 + growth) / (1 + mean_growth(totals)) - 1 if growth is not None else None
    issues = [entry.issue for entry, _ in each.entries]
    return TrendLine(
        name=each.name,
        kind=each.kind,
        entries=tuple(counts),
        articles=tuple(articles),
        mentions=tuple(mentions),
        issues=len(set(issues)),
        first_issue=min(issues),
        last_issue=max(issues),
        publishers=len(set(telling)),
        spread=_spread(telling),
        growth=growth,
        relative_growth=relative,
    )


def _spread(telling: Sequence[str]) -> float:
    """Gini-Simpson index: the chance that two articles, drawn with replacement, differ in publisher."""
    counts = Counter(telling)
    return 1 - sum((count / len(telling)) ** 2 for count in counts.values()) if telling else 0.0


def _first_seen(found: Sequence[Occurrences], ordered: Sequence[CountedEntry]) -> tuple[FirstSeen, ...]:
    oldest = ordered[0].issue if ordered else ""
    seen = [
        FirstSeen(each.name, each.kind, each.entries[0][0].issue, len(each.entries))
        for each in found
        if each.entries[0][0].issue != oldest
    ]
    seen.sort(key=lambda each: (-each.entries, each.kind, each.name.casefold()))
    return tuple(sorted(seen, key=lambda each: each.issue, reverse=True))


STANDINGS = ("strong signal", "weak signal", "well-known", "latent")


def _rank(line: TrendLine) -> tuple[int, float, int, str, str]:
    place = STANDINGS.index(line.diffusion.standing) if line.diffusion else len(STANDINGS)
    return place, -(line.relative_growth or 0), -sum(line.entries), line.name.casefold(), line.kind
