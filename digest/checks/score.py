"""From features to a probability: a logistic model whose weights are in data/weights.json.

Trained by tests/quality/train_check.py on the development rows of the seven SummEdits sets, on corruptions of
their supported claims and on claims put to another document; every feature but two may only speak against a
claim. The last step sets slope and bias on the SummEdits rows alone, of which 34 % are supported: the score
is the probability in a pile like that one. The threshold lies where 11 % of their supported claims fall below
it. Cross-validated, with the document (the whole set) left out of training, roles included: mean balanced
accuracy .723 (.714), worst set .639 (.646), supported claims flagged .116 (.130), calibration error .028
(.029), corruptions caught .912 (.894); in sample .728, .653, .112, .015, .920 (November 2026).

What a finder of figures is sure of decides before the score. With a domain left out at a time, SciFact among
them: balanced accuracy .688 (.685 before there were such findings), supported claims flagged .131 (.138),
of SciFact alone .559 and .27 (November 2026).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from digest.checks.score_features import NAMES


@dataclass(frozen=True)
class Weights:
    """The model."""

    weights: tuple[float, ...]
    """In the order of score_features.NAMES."""
    bias: float
    threshold: float
    """A claim is supported if its score is at least this."""


@cache
def load_weights() -> Weights:
    """Read the weights the package brings along."""
    text = files("digest.checks").joinpath("data", "weights.json").read_text(encoding="utf-8")
    read = json.loads(text)
    return Weights(
        tuple(float(read["weights"][name]) for name in NAMES), float(read["bias"]), float(read["threshold"])
    )


def score(row: Sequence[float]) -> float:
    """Give the probability that a claim with these features is supported, 0..1."""
    model = load_weights()
    logit = model.bias + sum(weight * value for weight, value in zip(model.weights, row, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
