"""Train the score of `digest check` and print its cross-validated figures.

    python tests/quality/train_check.py DATA            prints figures
    python tests/quality/train_check.py DATA --write    also writes digest/checks/data/*.json

DATA is the folder of development data. Reads the seven SummEdits sets (label 1: supported), corruptions of
their supported claims, and claims put to another document of their set. A logistic model whose evidence may
only speak against a claim; weights are shrunk. Before it the model of roles is fitted, on pairs of names of
supported claims as they are against the same exchanged; what it says of a row it is always asked without that
row's document. Cross-validated by set and by document, the model of roles included.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from digest.checks import find
from digest.checks.claim_reading import read
from digest.checks.roles import MIN_SURE, PARTS, role_pairs, strength
from digest.checks.score_features import NAMES, features
from digest.checks.support import support_of
from tests.quality.evaluation.checks import (
    balanced_accuracies,
    calibration_error,
    load_rows,
    strayed_pairs,
    summedits_sets,
)
from tests.quality.evaluation.corruptions import Pair, corruptions

Floats = NDArray[np.float64]

SHRINK = 3.0
"""Ridge penalty on standardised weights; chosen among 0.3..30 by the figures left out by set."""

SHARE_FLAGGED = 0.112
"""Share of the supported training claims that may fall under the threshold; 0.15 is the limit."""

FREE = ("reworded", "length")
"""Features that may speak for a claim."""

FOLDS = 8

APART = "scifact_verif"
"""A domain that is only measured with the others: the weights that are written do not learn from it."""

ROLE_SHRINK = 10.0
"""The same for the roles, by the share of exchanges found at 5 % of the claims flagged: .80, .797 with 10."""

CORRUPTION_WEIGHT = 2.0
STRAYED_WEIGHT = 4.0
CORRUPTION_SEED = 11
"""Another seed than the evaluation's, so that it is not measured on the corruptions it saw."""


@dataclass(frozen=True)
class Examples:
    """Rows of features with their labels."""

    x: Floats
    y: Floats
    weight: Floats
    group: NDArray[np.str_]
    """The set of each row."""
    fold: NDArray[np.int64]
    """Fold of its document."""
    is_real: NDArray[np.bool_]
    """A row of the data; False for what was made false here."""
    roles: list[Floats]
    """Of each row, the evidence of its pairs of names; shape (pairs, PARTS)."""
    sure: NDArray[np.bool_]
    """A finder decides by itself that the claim is not supported."""
    others: NDArray[np.int64]
    """How many kinds of finding each row has beside exchanged names."""


def load(data: Path) -> Examples:
    """Read the data, SciFact with it, and compute every row's features."""
    rows: list[tuple[str, str, str, float, float, bool]] = []
    for name in (*summedits_sets(data), APART):
        sets = load_rows(data, name)
        rows += [(name, row.claim, row.document, float(row.label), 1.0, True) for row in sets]
        supported = [row for row in sets if row.label]
        pairs = [Pair(row.id, row.claim, row.document) for row in supported]
        for made in corruptions(pairs, count=600, seed=CORRUPTION_SEED):
            rows.append((name, made.claim, made.pair.document, 0.0, CORRUPTION_WEIGHT, False))
    for kind, pairs in strayed_pairs(data).items():
        rows += [(f"strayed {kind}", pair.claim, pair.document, 0.0, STRAYED_WEIGHT, False) for pair in pairs]
    rows.sort(key=lambda row: row[2])
    x, roles, others, sure = [], [], [], []
    for _, claim, document, *_ in rows:
        said, there = read(claim), read(document)
        findings = [each for each in find(said, there, None) if each.feature != "swap"]
        x.append(features(said, there, findings, support_of(said, there)))
        sure.append(any(each.is_sure for each in findings))
        others.append(len({each.feature for each in findings}))
        pairs = role_pairs(said, there)
        roles.append(np.array([row for *_, row in pairs]).reshape(-1, len(PARTS)))
    folds = [int(hashlib.sha256(row[2].encode()).hexdigest(), 16) % FOLDS for row in rows]
    return Examples(
        np.array(x), np.array([row[3] for row in rows]), np.array([row[4] for row in rows]),
        np.array([row[0] for row in rows]), np.array(folds), np.array([row[5] for row in rows]),
        roles, np.array(sure), np.array(others),
    )  # fmt: skip


# -- roles ---------------------------------------------------------------------------------------------------


def fit_roles(examples: Examples, rows: NDArray[np.bool_]) -> Floats:
    """Fit the weights of PARTS on the supported claims among some rows: each pair against its exchange."""
    claims = [
        examples.roles[at]
        for at in np.flatnonzero(rows & examples.is_real & (examples.y == 1))
        if len(examples.roles[at])
    ]
    x = np.concatenate(claims)
    weight = np.concatenate([np.full(len(each), len(each) ** -0.5) for each in claims])
    spread = np.maximum(x.std(axis=0), 0.1)
    z = x / spread
    bounds = [(None, None) if part.startswith("person") else (0.0, None) for part in PARTS]

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = z @ parameters
        value = np.sum(weight * np.logaddexp(0, logits)) + ROLE_SHRINK * np.sum(parameters**2)
        return float(value), z.T @ (weight / (1 + np.exp(-logits))) + 2 * ROLE_SHRINK * parameters

    found = minimize(loss, np.zeros(len(PARTS)), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights: Floats = found / spread
    return weights


def with_roles(examples: Examples, train: NDArray[np.bool_]) -> Examples:
    """Fill in what the model of roles says, trained on some rows, and never on the document of a row."""
    sure = np.full(len(examples.y), -np.inf)
    asked = [(train & (examples.fold == fold), train & (examples.fold != fold)) for fold in range(FOLDS)]
    for rows, seen in [*asked, (~train, train)]:
        if rows.any():
            weights = fit_roles(examples, seen)
            for at in np.flatnonzero(rows):
                sure[at] = max(examples.roles[at] @ weights, default=-np.inf)
    x = examples.x.copy()
    has = sure >= MIN_SURE
    x[:, NAMES.index("swap")] = [strength(each) if each >= MIN_SURE else 0.0 for each in sure]
    x[:, NAMES.index("swap_any")] = has
    x[:, NAMES.index("several")] = np.clip(examples.others + has - 1, 0, 2)
    return replace(examples, x=x)


def show_roles(examples: Examples) -> None:
    """Print how many exchanges are noticed, and how many claims as they are called so, document left out."""
    noticed: list[bool] = []
    called: list[bool] = []
    for fold in range(FOLDS):
        weights = fit_roles(examples, examples.fold != fold)
        held = examples.is_real & (examples.y == 1) & (examples.fold == fold)
        for at in np.flatnonzero(held):
            sure = examples.roles[at] @ weights
            noticed += list(-sure >= MIN_SURE)
            called.append(max(sure, default=-np.inf) >= MIN_SURE)
    say(
        f"roles by document left out: {np.mean(noticed):.3f} of {len(noticed)} exchanges noticed, "
        f"{np.mean(called):.3f} of {len(called)} claims called exchanged"
    )


# -- the score -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """A logistic model on raw features."""

    weights: Floats
    bias: float

    def scores(self, x: Floats) -> Floats:
        """Probability of being supported."""
        made: Floats = 1 / (1 + np.exp(-np.clip(x @ self.weights + self.bias, -30, 30)))
        return made


def fit(examples: Examples, rows: NDArray[np.bool_]) -> Model:
    """Fit the weights on all rows given, then slope and bias on the real ones among them."""
    x, y, weight = examples.x[rows], examples.y[rows], _balanced(examples, rows)
    spread = np.maximum(x.std(axis=0), 0.12)
    z = x / spread
    bounds: list[tuple[float | None, float | None]] = [
        (None, None) if name in FREE else (None, 0.0) for name in NAMES
    ]

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = z @ parameters[:-1] + parameters[-1]
        value = np.sum(weight * (np.logaddexp(0, logits) - y * logits)) + SHRINK * np.sum(
            parameters[:-1] ** 2
        )
        error = weight * (1 / (1 + np.exp(-logits)) - y)
        slope = np.append(z.T @ error + 2 * SHRINK * parameters[:-1], error.sum())
        return float(value), slope

    start = np.zeros(len(NAMES) + 1)
    found = minimize(loss, start, jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B").x
    model = Model(found[:-1] / spread, float(found[-1]))
    return _calibrated(model, examples, rows & examples.is_real)


def _balanced(examples: Examples, rows: NDArray[np.bool_]) -> Floats:
    """Every set counts the same."""
    weight = examples.weight[rows].copy()
    groups = examples.group[rows]
    for name in set(groups):
        if not name.startswith("strayed"):
            weight[groups == name] *= 500 / weight[groups == name].sum()
    return weight


def _calibrated(model: Model, examples: Examples, rows: NDArray[np.bool_]) -> Model:
    """Platt scaling on the real rows."""
    logits = examples.x[rows] @ model.weights + model.bias
    y = examples.y[rows]

    def loss(parameters: Floats) -> float:
        scaled = parameters[0] * logits + parameters[1]
        return float(np.sum(np.logaddexp(0, scaled) - y * scaled))

    slope, bias = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return Model(model.weights * slope, float(model.bias * slope + bias))


def threshold(scores: Floats, y: Floats) -> float:
    """The score below which SHARE_FLAGGED of the supported fall."""
    return float(np.quantile(scores[y == 1], SHARE_FLAGGED))


def decided(examples: Examples, scores: Floats) -> Floats:
    """The scores with what a finder is sure of: as low as the lowest."""
    return np.where(examples.sure, np.minimum(scores, 0.01), scores)


def without(examples: Examples, name: str) -> Examples:
    """The examples without a domain."""
    rows = examples.group != name
    kept = {key: value[rows] for key, value in vars(examples).items() if key != "roles"}
    return Examples(**kept, roles=[examples.roles[at] for at in np.flatnonzero(rows)])


def left_out(examples: Examples, groups: Sequence[object] | NDArray[np.generic]) -> tuple[Floats, Floats]:
    """Scores of every row by a model that saw no row of its group, and that model's threshold."""
    scores, limits = np.zeros(len(examples.y)), np.zeros(len(examples.y))
    groups = np.asarray(groups)
    for name in np.unique(groups):
        held = groups == name
        filled = with_roles(examples, ~held)
        model = fit(filled, ~held)
        seen = ~held & examples.is_real
        made = decided(examples, model.scores(filled.x))
        limits[held] = threshold(made[seen], examples.y[seen])
        scores[held] = made[held]
    return scores, limits


def show(title: str, examples: Examples, scores: Floats, limits: Floats) -> None:
    """Print the figures of some scores."""
    real = examples.is_real
    verdicts = scores >= limits
    by_set = balanced_accuracies(examples.group[real], examples.y[real] == 1, verdicts[real])
    flagged = 1 - verdicts[real & (examples.y == 1)].mean()
    error = calibration_error(scores[real], examples.y[real])
    strayed = ~real & (examples.weight == STRAYED_WEIGHT)
    shares = {
        str(name): round(1 - float(verdicts[strayed & (examples.group == name)].mean()), 3)
        for name in np.unique(examples.group[strayed])
    }
    corrupted = ~real & (examples.weight == CORRUPTION_WEIGHT)
    say(
        f"{title}: balanced accuracy {np.mean(list(by_set.values())):.3f}, least {min(by_set.values()):.3f}, "
        f"supported flagged {flagged:.3f}, calibration error {error:.3f}, "
        f"strayed caught {shares}, corruptions caught {1 - verdicts[corrupted].mean():.3f}"
    )
    flags = {
        name: 1 - verdicts[real & (examples.group == name) & (examples.y == 1)].mean() for name in by_set
    }
    say(f"    { {name: f'{value:.3f} ({flags[name]:.2f})' for name, value in by_set.items()} }")


def write_roles(weights: Floats) -> None:
    """Write the weights of the roles into the package."""
    made = {part: round(float(value), 4) for part, value in zip(PARTS, weights, strict=True)}
    path = Path(__file__).parents[2] / "digest/checks/data/roles.json"
    path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main() -> None:
    """Train, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    examples = load(asked.data)
    show("by domain left out, SciFact among them", examples, *left_out(examples, examples.group))
    examples = without(examples, APART)
    show_roles(examples)
    show("by set left out", examples, *left_out(examples, examples.group))
    show("by document left out", examples, *left_out(examples, examples.fold))
    everything = np.ones(len(examples.y), dtype=bool)
    roles = fit_roles(examples, everything)
    examples = with_roles(examples, everything)
    model = fit(examples, everything)
    scores = decided(examples, model.scores(examples.x))
    limit = threshold(scores[examples.is_real], examples.y[examples.is_real])
    show("in sample", examples, scores, np.full(len(scores), limit))
    for name in np.unique(examples.group):
        if name.startswith("strayed"):
            continue
        own = scores[examples.is_real & (examples.group == name) & (examples.y == 1)]
        say(f"    {name} {np.percentile(own, (5, 15, 30, 50, 80)).round(2)} threshold {limit:.3f}")
    weights = {name: round(float(value), 4) for name, value in zip(NAMES, model.weights, strict=True)}
    say(str({name: value for name, value in sorted(weights.items(), key=lambda item: item[1]) if value}))
    if asked.write:
        write_roles(roles)
        made = {"bias": round(model.bias, 4), "threshold": round(limit, 4), "weights": weights}
        path = Path(__file__).parents[2] / "digest/checks/data/weights.json"
        path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
