"""How well the checks do on labelled claims, crossed summaries and corruptions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Row:
    """A labelled claim."""

    id: str
    claim: str
    document: str
    label: int
    """1 if the document supports the claim."""


def summedits_sets(data: Path) -> list[str]:
    """Name the SummEdits sets that are there, sorted."""
    return sorted(path.stem for path in (data / "faithfulness").glob("summedits_*.jsonl"))


def load_rows(data: Path, name: str) -> list[Row]:
    """Read a set of labelled claims."""
    lines = (data / "faithfulness" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    read = map(json.loads, lines)
    return [Row(str(each["id"]), each["claim"], each["doc"], int(each["label"])) for each in read]


def balanced_accuracies(
    sets: Sequence[str] | NDArray[np.str_], labels: NDArray[np.bool_], verdicts: NDArray[np.bool_]
) -> dict[str, float]:
    """Give by set the mean of the shares judged rightly among the supported and among the others."""
    names = np.asarray(sets)
    return {
        str(name): float(
            (verdicts[(names == name) & labels].mean() + (~verdicts[(names == name) & ~labels]).mean()) / 2
        )
        for name in np.unique(names)
    }


def calibration_error(scores: NDArray[np.float64], labels: NDArray[np.float64], *, bins: int = 10) -> float:
    """Expected calibration error: mean gap between score and share supported, over equally wide bins, by size."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    return float(
        sum(
            (place == each).mean() * abs(scores[place == each].mean() - labels[place == each].mean())
            for each in range(bins)
            if (place == each).any()
        )
    )
