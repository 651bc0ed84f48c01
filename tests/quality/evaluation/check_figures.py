"""Figures of the checks, as a section beside the others."""

from collections.abc import Sequence
from pathlib import Path

from tests.quality.evaluation.checks import evaluate_checks
from tests.quality.evaluation.figures import Baseline, Figure, Section
from tests.quality.evaluation.observe import Observed


def measure_checks(data: Path, observed: Sequence[Observed]) -> Section:
    """Score `digest check` on labelled claims, on claims put to other texts and on corrupted ones."""
    found = evaluate_checks(data, [(each.article, each.analysis) for each in observed])
    labelled = found.summedits
    beside = (
        Baseline("words not in the text", labelled.novel_words),
        Baseline("numbers not in the text", labelled.numbers),
    )
    kinds = ", ".join(f"{kind} {share:.0%}" for kind, share in found.caught.items())
    strayed = ", ".join(f"{kind} {share:.1%}" for kind, share in found.strayed.items())
    figures = (
        Figure(
            "mean", "balanced accuracy, SummEdits, mean of sets", labelled.mean,
            at_least=0.62, baselines=beside,
        ),
        Figure("floor", "the least of the sets", labelled.floor, at_least=0.58),
        Figure("flagged", "supported claims flagged", labelled.flagged_overall, "share", at_most=0.15),
        Figure("calibration", "expected calibration error", labelled.calibration_error, at_most=0.1),
        Figure(
            "crossed", "summaries of another article of the same theme caught", found.crossed, "share",
            at_least=0.98,
        ),
        Figure(
            "strayed", "claims put to the nearest or the next text caught", found.strayed_overall, "share",
            note=strayed,
        ),
        Figure("caught", "corruptions caught", found.caught_overall, "share", at_least=0.9, note=kinds),
        Figure("untouched", "untouched claims flagged", found.untouched_flagged, "share", at_most=0.15),
        Figure(
            "verbatim", "the pages' own sentences flagged", found.verbatim_flagged, "share",
            is_lower_better=True,
        ),
        Figure("scifact", "balanced accuracy, SciFact, for information", found.scifact, is_pinned=False),
    )  # fmt: skip
    return Section("checks", "one threshold everywhere", figures)
