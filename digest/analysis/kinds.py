"""What a row is (finding, event, trend, decision, plan) and how firm its claim (done, committed, proposed,
opinion).

Learned from the wording of the sentences that careful readers judged (tests/quality/train_signals.py); they
named no decisions, so an event that somebody decided is one by its verb.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from digest.analysis.change_wording import change_features
from digest.analysis.learned import Learned, Matrix, shipped
from digest.analysis.traits import PATTERNS
from digest.language.words import Word
from digest.records import ClaimStrength, SignalKind

KINDS: tuple[SignalKind, ...] = ("event", "finding", "plan", "trend")
"""What is learned, in the order of the weights."""
STRENGTHS: tuple[ClaimStrength, ...] = get_args(ClaimStrength)
DECIDES = re.compile(
    r"\b(?:decid\w+|approv\w+|vot(?:ed|es)|rul(?:ed|es) (?:that|against|in)|ordered|ban(?:s|ned)"
    r"|adopt(?:s|ed)"
    r"|pass(?:es|ed) (?:a|the) (?:bill|law)|veto(?:es|ed)|signed|reject(?:s|ed)|appoint(?:s|ed)"
    r"|sentenced|convicted"
    r"|agree[ds]? to)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class KindWeights(Learned):
    """What was learned."""

    NAME = "kinds"

    kinds: Matrix
    """Shape (len(KINDS), n + 1): for the columns of kind_columns, then the constant."""
    strengths: Matrix
    """Shape (len(STRENGTHS), n + 1)."""


def kind_columns(words: Sequence[Word], text: str) -> list[float]:
    """Describe a row's sentence; every column about 0 to 1."""
    small = text.lower()
    return [*change_features(words), *(float(bool(pattern.search(small))) for pattern in PATTERNS)]


def kind_and_strength(
    words: Sequence[Word], text: str, weights: KindWeights | None = None
) -> tuple[SignalKind, ClaimStrength]:
    """Tell what a row is, and how firm, by the words of its sentence."""
    weights = weights or shipped(KindWeights)
    columns = np.array([*kind_columns(words, text), 1.0])
    kind = KINDS[int((weights.kinds @ columns).argmax())]
    strength = STRENGTHS[int((weights.strengths @ columns).argmax())]
    return ("decision" if kind == "event" and DECIDES.search(text) else kind), strength
