"""Ideas for empty cells: how many an editor would let stand, by what was learned without their articles."""

from pathlib import Path

import numpy as np

from digest.analysis import Library
from tests.quality.evaluation.figures import Baseline, Figure, Section
from tests.quality.learn_ideas import ASKED, LEAST_PAIRS, learn_ideas, load_pairs


def measure_ideas(data: Path, keep: Path, library: Library) -> Section:
    """Score the judged pairs of row and phrasing out of fold."""
    weights, scores, fits = learn_ideas(load_pairs(data, keep, library))
    everything = (Baseline("all pairs", float(fits.mean())),)
    surest = fits[np.argsort(-scores, kind="stable")[:LEAST_PAIRS]]
    is_offered = scores >= weights.offered
    fitting = "none is said to fit" if weights.fitting is None else f"said to fit from {weights.fitting} on"
    what = f"of the {LEAST_PAIRS} surest ideas those that fit; {ASKED:.0%} to be said to"
    return Section(
        "ideas",
        f"{len(fits)} pairs of row and phrasing judged by reading, {int(fits.sum())} fit",
        (
            Figure("surest", what, float(surest.mean()), "share", baselines=everything, note=fitting),
            Figure(
                "offered_fit",
                "of those offered",
                float(fits[is_offered].mean()),
                "share",
                baselines=everything,
            ),
            Figure("offered", "pairs that are offered", float(is_offered.mean()), "share", is_pinned=False),
        ),
    )
