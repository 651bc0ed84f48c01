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
from statistics import median

from digest.records import Emergence, Standing

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


def placed(
    kinds: Sequence[str],
    mentions: Sequence[Sequence[int]],
    entries: Sequence[Sequence[int]],
    totals: Sequence[int],
) -> list[tuple[Emergence, Emergence]]:
    """Place names on both maps, of visibility and of diffusion; each kind is judged among its own.

    Args:
        kinds: Theme or keyword.
        mentions: Of each name, in each period.
        entries: That have the name, in each period.
        totals: Entries of the archive in each period, none zero.
    """
    out: dict[int, tuple[Emergence, Emergence]] = {}
    for kind in dict.fromkeys(kinds):
        rows = [row for row, each in enumerate(kinds) if each == kind]
        visibility = _map([mentions[row] for row in rows], totals)
        diffusion = _map([entries[row] for row in rows], totals)
        out |= dict(zip(rows, zip(visibility, diffusion, strict=True), strict=True))
    return [out[row] for row in range(len(kinds))]


def degrees(counts: Sequence[int], totals: Sequence[int]) -> list[float]:
    """Give the degree of visibility or diffusion in each period."""
    pairs = zip(counts, totals, strict=True)
    return [
        _degree(each, total, len(counts) - 1 - place, periods=len(counts))
        for place, (each, total) in enumerate(pairs)
    ]


def _degree(count: int, total: int, age: int, *, periods: int) -> float:
    return (count + ABSENT) / total * _age_weight(age, periods=periods)


def _age_weight(age: int, *, periods: int) -> float:
    return 1 - min(TIME_WEIGHT, (1 - LEAST_WEIGHT) / max(periods - 1, 1)) * age


def _map(all_counts: Sequence[Sequence[int]], totals: Sequence[int]) -> list[Emergence]:
    points = list(zip(_means(all_counts), _paces(all_counts, totals), strict=True))
    usual, pace = median(point[0] for point in points), median(point[1] for point in points)
    return [Emergence(often, growth, _standing(often > usual, growth > pace)) for often, growth in points]


def _means(all_counts: Sequence[Sequence[int]]) -> list[float]:
    # The statistics module's take ten times as long, for fractions that counts do not have.
    return [sum(counts) / len(counts) for counts in all_counts]


def _paces(all_counts: Sequence[Sequence[int]], totals: Sequence[int]) -> list[float]:
    """Give the growth of each degree, which the first and the last period alone decide."""
    periods = len(totals)
    oldest = _age_weight(periods - 1, periods=periods)
    return [
        _growth((counts[0] + ABSENT) / totals[0] * oldest, (counts[-1] + ABSENT) / totals[-1], periods)
        for counts in all_counts
    ]


def _standing(is_frequent: bool, is_growing: bool) -> Standing:
    if is_growing:
        return "strong signal" if is_frequent else "weak signal"
    return "well-known" if is_frequent else "latent"


def _growth(first: float, last: float, periods: int) -> float:
    return float((last / first) ** (1 / (periods - 1)) - 1)
