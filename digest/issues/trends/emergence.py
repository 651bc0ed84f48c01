"""Which names emerge, after J. Yoon, Detecting weak signals for long-term business opportunities using text
mining of Web news, Expert Systems with Applications 39 (2012) 12543-12550.

In period j of n, with NN entries in it, TF mentions of a keyword and DF entries that have it:

    degree of visibility  DoV = TF / NN x (1 - w (n - j))
    degree of diffusion   DoD = DF / NN x (1 - w (n - j))

Older periods count for less: w is .05. On two maps, of visibility and of diffusion, a name's mean frequency
stands against the geometric mean growth rate of its degree. The medians of all names cut each into four:

    growth over the median    weak signal  | strong signal
    growth below              latent       | well-known (but not strong)
                              rare           frequent

Where this differs from the paper: half a mention, and half an entry, is added in each period, since names
are absent from some and no growth could be told from zero; periods without an issue are left out; with more
than 20 periods w is made smaller, so that the oldest keep a weight above zero; and keywords are those of the
entries, where the paper takes words picked by experts.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean, median

from digest.records import Emergence, Standing, TrendLine

TIME_WEIGHT = 0.05
"""From the paper."""

LEAST_WEIGHT = 0.05
"""Left to the first of very many periods, where the paper's line would fall below zero. Judgement."""

ABSENT = 0.5
"""What is added to each count."""


def mean_growth(counts: Sequence[int]) -> float:
    """Give the geometric mean growth rate a period: the rate that leads from the first to the last.

    Args:
        counts: Two or more periods'; half is added to each, so that zero can grow.

    Returns:
        Over -1; 0 for no growth, 1 for doubling every period.
    """
    return _growth(counts[0] + ABSENT, counts[-1] + ABSENT, len(counts))


def placed(lines: Sequence[TrendLine], totals: Sequence[int]) -> list[TrendLine]:
    """Place the lines on both maps; themes and keywords are judged among their own kind.

    Args:
        lines: With their counts.
        totals: Entries of the archive in each period, none zero.
    """
    out = list(lines)
    for kind in ("theme", "keyword"):
        rows = [row for row, line in enumerate(lines) if line.kind == kind]
        visibility = _map([lines[row].mentions for row in rows], totals)
        diffusion = _map([lines[row].entries for row in rows], totals)
        for row, seen, spread in zip(rows, visibility, diffusion, strict=True):
            out[row] = replace(lines[row], visibility=seen, diffusion=spread)
    return out


def degrees(counts: Sequence[int], totals: Sequence[int]) -> list[float]:
    """Give the degree of visibility or diffusion in each period."""
    pairs = zip(counts, totals, strict=True)
    return [
        _degree(each, total, len(counts) - 1 - place, periods=len(counts))
        for place, (each, total) in enumerate(pairs)
    ]


def _degree(count: int, total: int, age: int, *, periods: int) -> float:
    weight = min(TIME_WEIGHT, (1 - LEAST_WEIGHT) / max(periods - 1, 1))
    return (count + ABSENT) / total * (1 - weight * age)


def _map(all_counts: Sequence[Sequence[int]], totals: Sequence[int]) -> list[Emergence]:
    points = [(fmean(counts), _pace(counts, totals)) for counts in all_counts]
    if not points:
        return []
    usual, pace = median(point[0] for point in points), median(point[1] for point in points)
    return [Emergence(often, growth, _standing(often > usual, growth > pace)) for often, growth in points]


def _pace(counts: Sequence[int], totals: Sequence[int]) -> float:
    """Give the growth of a degree, which the first and the last period alone decide."""
    periods = len(counts)
    first = _degree(counts[0], totals[0], periods - 1, periods=periods)
    return _growth(first, _degree(counts[-1], totals[-1], 0, periods=periods), periods)


def _standing(is_frequent: bool, is_growing: bool) -> Standing:
    if is_growing:
        return "strong signal" if is_frequent else "weak signal"
    return "well-known" if is_frequent else "latent"


def _growth(first: float, last: float, periods: int) -> float:
    return float((last / first) ** (1 / (periods - 1)) - 1)
