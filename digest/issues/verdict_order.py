"""Learn from verdicts which stories editors take, to order the stories of another issue; nothing is left out.

A logistic regression on the article's vector and on what its analysis says (rows, strength of the claim,
worth, kinds, sources, length). It says why by the nearest drafts that were decided on, not by its
weights: "like 5 you approved: grid storage" can be looked up, a weight cannot.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from digest.issues.worth import STRENGTHS
from digest.language.counts import counted
from digest.language.words import stem
from digest.records import Signal

LEAST_VERDICTS = 30
"""Verdicts from which anything is learned; with fewer the order swings with each of them."""

LEAST_OF_A_KIND = 5
"""Of these, approved and rejected ones: from three rejected drafts a model learns those three."""

PENALTY = 0.1
"""Inverse strength of regularisation. tests.quality.learn_order on 239 development pages, an issue left out
of five at a time, mean nDCG (November 2026), worth alone .811:

    vector share    0     2     4
    .03          .870  .880  .897
    .1           .871  .874  .890
    .3           .866  .868  .875
    1            .859  .878  .856"""

VECTOR_SHARE = 4.0
"""What the vector counts beside the other columns, which are brought to a spread of one: its 384 numbers are
each about .05. See PENALTY."""

MOST_SPREADS = 3.0
"""How far from the usual a column may be and count: one that hardly varied among the verdicts must not decide
alone. Judgement."""

NEAR = 0.35
"""Cosine from which a draft is like another, for the reason alone; settings.min_similarity's default."""

MOST_NEAR = 12
"""Drafts that may be counted in a reason; more than a dozen say no more."""

KINDS = ("finding", "event", "trend", "decision", "plan")

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """What a story is judged by."""

    id: str
    vector: NDArray[np.float32]
    """Shape (d,), L2-normalised."""
    rows: int
    """Of signals, as made."""
    strength: float
    """Of the strongest claim among its rows, see `STRENGTHS`; 0 without rows."""
    kinds: frozenset[str]
    """What its rows are: finding, event, trend, decision, plan."""
    worth: int
    """In thousandths, see `worth_of`."""
    sources: int
    words: int
    """Of the article."""
    keywords: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()

    @property
    def columns(self) -> list[float]:
        """What is known beside the vector; as many numbers for every story."""
        return [
            float(self.rows > 0),
            math.log1p(self.rows),
            self.strength,
            self.worth / 1000,
            math.log(max(self.sources, 1)),
            math.log1p(self.words),
            *(float(kind in self.kinds) for kind in KINDS),
        ]


def told_by(signals: Sequence[Signal]) -> tuple[int, float, frozenset[str]]:
    """Give number, strongest claim and kinds of the rows of a story."""
    strengths = [STRENGTHS[each.claim_strength] for each in signals]
    return len(signals), max(strengths, default=0.0), frozenset(each.kind for each in signals)


@dataclass(frozen=True)
class Judged:
    """A story that was decided on."""

    story: Ranked
    is_good: bool
    """Approved, not rejected."""


@dataclass(frozen=True)
class Place:
    """How a story is ranked, and why."""

    score: float
    """For ranking; higher comes first."""
    why: str
    """Such as `like 5 you approved: grid storage`."""


class LearnedOrder:
    """What was learned from verdicts."""

    def __init__(self, verdicts: Sequence[Judged]) -> None:
        """Learn; `learn` says whether there is enough to learn from."""
        from sklearn.linear_model import LogisticRegression

        self.verdicts = tuple(verdicts)
        columns = np.array([each.story.columns for each in verdicts])
        self._middle, self._spread = columns.mean(axis=0), columns.std(axis=0) + 1e-3
        model = LogisticRegression(C=PENALTY, max_iter=500, class_weight="balanced")
        model.fit(self._inputs([each.story for each in verdicts]), [each.is_good for each in verdicts])
        self._weights, self._constant = model.coef_[0], float(model.intercept_[0])

    def places(self, stories: Sequence[Ranked]) -> list[Place]:
        """Rank stories by how likely an editor approves them, each with the reason."""
        if not stories:
            return []
        scores = self._inputs(stories) @ self._weights + self._constant
        return [Place(float(score), self._why(story)) for story, score in zip(stories, scores, strict=True)]

    def _inputs(self, stories: Sequence[Ranked]) -> Matrix:
        columns = (np.array([each.columns for each in stories]) - self._middle) / self._spread
        columns = np.clip(columns, -MOST_SPREADS, MOST_SPREADS)
        return np.hstack([columns, VECTOR_SHARE * np.stack([each.vector for each in stories])])

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return np.stack([each.story.vector for each in self.verdicts])

    def _why(self, story: Ranked) -> str:
        """Count those near that were approved and rejected, first the kind of the nearest."""
        cosines = self._vectors @ story.vector
        order = np.argsort(-cosines, kind="stable").tolist()
        near = [self.verdicts[at] for at in order if cosines[at] >= NEAR]
        near = [each for each in near if each.story.id != story.id][:MOST_NEAR]
        if not near:
            rows = counted(story.rows, "row", "rows") if story.rows else "no rows"
            return f"{rows}; nothing near it was decided on yet"
        is_good = near[0].is_good
        alike = [each.story for each in near if each.is_good == is_good]
        others = len(near) - len(alike)
        verbs = ("approved", "rejected") if is_good else ("rejected", "approved")
        said = f"like {len(alike)} you {verbs[0]}" + (f" and {others} you {verbs[1]}" if others else "")
        shared = _shared(story, alike)
        return said + (f": {shared}" if shared else "")


def learn(verdicts: Sequence[Judged]) -> LearnedOrder | None:
    """Learn from verdicts; None where there are too few, or all but a few say the same."""
    return LearnedOrder(verdicts) if is_enough([each.is_good for each in verdicts]) else None


def is_enough(verdicts: Sequence[bool]) -> bool:
    """Tell whether there are verdicts enough to learn from, of both kinds."""
    good = sum(verdicts)
    return len(verdicts) >= LEAST_VERDICTS and min(good, len(verdicts) - good) >= LEAST_OF_A_KIND


def _shared(story: Ranked, near: Sequence[Ranked]) -> str:
    """Name the keyword that most of those near share with a story, else the theme; may be empty."""
    for own, theirs in (
        (story.keywords, [each.keywords for each in near]),
        (story.themes, [each.themes for each in near]),
    ):
        counts = {
            phrase: sum(any(_key(phrase) == _key(other) for other in each) for each in theirs)
            for phrase in own
        }
        best = max(own, key=lambda phrase: counts[phrase], default="")
        if best and counts[best]:
            return best
    return ""


@lru_cache(maxsize=20_000)
def _key(phrase: str) -> str:
    return " ".join(stem(word) for word in phrase.casefold().split())
