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
    return _growth([count + ABSENT for count in counts])


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
    count = len(counts)
    weight = min(TIME_WEIGHT, (1 - LEAST_WEIGHT) / max(count - 1, 1))
    return [
        (each + ABSENT) / total * (1 - weight * (count - 1 - place))
        for place, (each, total) in enumerate(zip(counts, totals, strict=True))
    ]


def _map(all_counts: Sequence[Sequence[int]], totals: Sequence[int]) -> list[Emergence]:
    points = [(fmean(counts), _growth(degrees(counts, totals))) for counts in all_counts]
    if not points:
        return []
    usual, pace = median(point[0] for point in points), median(point[1] for point in points)
    return [Emergence(often, growth, _standing(often > usual, growth > pace)) for often, growth in points]


def _standing(is_frequent: bool, is_growing: bool) -> Standing:
    if is_growing:
        return "strong signal" if is_frequent else "weak signal"
    return "well-known" if is_frequent else "latent"


def _growth(degrees: Sequence[float]) -> float:
    return float((degrees[-1] / degrees[0]) ** (1 / (len(degrees) - 1)) - 1)
