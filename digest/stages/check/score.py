"""From features to a probability: a logistic model whose weights are in data/weights.json.

Trained by tests/quality/train_check.py on the development rows of the seven SummEdits sets, on corruptions of
their supported claims and on claims put to another document; every feature but two may only speak against a
claim. The last step sets slope and bias on the SummEdits rows alone, of which 34 % are supported: the score
is the probability in a pile like that one. The threshold lies where 13 % of their supported claims fall below
it.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from digest.stages.check.features import NAMES


@dataclass(frozen=True)
class Weights:
    """The model."""

    weights: tuple[float, ...]
    """In the order of features.NAMES."""
    bias: float
    threshold: float
    """A claim is supported if its score is at least this."""


@cache
def load_weights() -> Weights:
    """Read the weights the package brings along."""
    text = files("digest.stages.check").joinpath("data", "weights.json").read_text(encoding="utf-8")
    read = json.loads(text)
    return Weights(
        tuple(float(read["weights"][name]) for name in NAMES), float(read["bias"]), float(read["threshold"])
    )


def score(row: Sequence[float]) -> float:
    """Give the probability that a claim with these features is supported, 0..1."""
    model = load_weights()
    logit = model.bias + sum(weight * value for weight, value in zip(model.weights, row, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
