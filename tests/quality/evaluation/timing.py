"""What an analysis costs beside the embedding pass it rests on: two times of one article, side by side."""

from collections.abc import Sequence

import numpy as np

from tests.quality.evaluation.figures import Figure, Section, Unit, mean
from tests.quality.evaluation.observe import Observed

MOST = 1.6
"""Pass and analysis together, of the pass alone."""


def measure_time(observed: Sequence[Observed]) -> Section:
    """Compare the whole analysis of an article with one embedding pass over its text.

    Ratios do not depend on how fast the machine is, as long as both sides use it alike: the pass may use
    several cores, the analysis uses one.
    """
    ratios = [(each.embed_s + each.analyze_s) / each.embed_s for each in observed] or [0.0]
    passes, rest = sum(each.embed_s for each in observed), sum(each.analyze_s for each in observed)
    count = max(1, len(observed))
    return Section(
        "time",
        f"{len(observed)} articles one by one; pass and analysis of the same article side by side; "
        "libraries loaded before",
        (
            _time("mean_ratio", "pass + analysis, of the pass alone: mean", mean(ratios), MOST),
            _time("median_ratio", "the same: median", float(np.median(ratios)), MOST),
            _time("total_ratio", "the same: sums over all", (passes + rest) / max(passes, 1e-9), MOST),
            _time("slowest_ratio", "the same: 95th percentile", float(np.quantile(ratios, 0.95))),
            _time("pass_ms", "embedding pass, an article", 1000 * passes / count, unit="ms"),
            _time("analysis_ms", "analysis after it, an article", 1000 * rest / count, unit="ms"),
        ),
    )


def _time(key: str, what: str, value: float, at_most: float | None = None, *, unit: Unit = "ratio") -> Figure:
    return Figure(key, what, value, unit, at_most=at_most, is_pinned=False, is_lower_better=True)
