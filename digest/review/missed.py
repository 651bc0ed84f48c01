"""Recall and precision of the generated rows as editors see them, and a plot of both over the issues.

Precision: of the rows that were made, the share that editors kept, as made or edited. Recall: of the rows
that stand in the end, the share that was made rather than added by an editor. Only drafts that were decided
on count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.issues.history.survival import ROWS, Editing

PLOT_WIDTH, PLOT_HEIGHT, MARGIN = 640, 180, 36
"""Of the plot, in its own units; it is scaled to the page, and at 390 pixels its labels are still read."""

MOST_ISSUES = 52
"""Issues in the plot, the newest: a year of a weekly newsletter; more dots than that touch each other."""


@dataclass(frozen=True)
class RowScore:
    """What editors made of the rows of an issue, or of all."""

    issue: str
    """Empty for all together."""
    made: int
    kept: int
    missed: int
    """Rows that editors added."""

    @property
    def rejected(self) -> int:
        """Rows made that no editor kept."""
        return self.made - self.kept

    @property
    def precision(self) -> float | None:
        """Share of the rows made that were kept; None where none was made."""
        return self.kept / self.made if self.made else None

    @property
    def recall(self) -> float | None:
        """Share of the rows that stand that were made; None where none stands."""
        stand = self.kept + self.missed
        return self.kept / stand if stand else None


@dataclass(frozen=True)
class Dot:
    """A share of an issue in the plot."""

    x: float
    y: float
    said: str


@dataclass(frozen=True)
class Plot:
    """What the template draws."""

    lines: tuple[tuple[str, tuple[Dot, ...]], ...]
    """Precision and recall, each with its dots from the first issue to the last."""
    ticks: tuple[tuple[float, str], ...]
    """Height of a line across, and its label."""
    names: tuple[tuple[float, str], ...]
    """Place of an issue, and its name."""
    width: int = PLOT_WIDTH
    height: int = PLOT_HEIGHT
    margin: int = MARGIN


def score_of(editing: Editing) -> RowScore:
    """Read the rows' part of what editors left."""
    rows = next(part for part in editing.parts if part.name == ROWS)
    return RowScore(editing.issue, rows.all, rows.whole + rows.edited, editing.rows_added)


def plot_of(scores: Sequence[RowScore]) -> Plot | None:
    """Lay out the plot of the newest issues; None for fewer than two, of which a table says all."""
    scores = scores[-MOST_ISSUES:]
    if len(scores) < 2:
        return None
    step = (PLOT_WIDTH - 2 * MARGIN) / (len(scores) - 1)
    places = [round(MARGIN + step * at, 1) for at in range(len(scores))]
    of: list[tuple[str, Callable[[RowScore], float | None]]] = [
        ("precision", lambda each: each.precision),
        ("recall", lambda each: each.recall),
    ]
    lines = tuple((name, tuple(_dots(name, share, scores, places))) for name, share in of)
    ends = sorted({0, len(scores) - 1})
    return Plot(
        lines,
        tuple((_height(share), f"{share:.0%}") for share in (0.0, 0.5, 1.0)),
        tuple((places[at], scores[at].issue) for at in ends),
    )


def _dots(
    name: str, share: Callable[[RowScore], float | None], scores: Sequence[RowScore], places: Sequence[float]
) -> list[Dot]:
    shares = [(each, x, share(each)) for each, x in zip(scores, places, strict=True)]
    return [
        Dot(x, _height(value), f"issue {each.issue}: {name} {value:.0%}")
        for each, x, value in shares
        if value is not None
    ]


def _height(share: float) -> float:
    return round(PLOT_HEIGHT - MARGIN - share * (PLOT_HEIGHT - 2 * MARGIN), 1)
