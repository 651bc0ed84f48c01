"""A measured figure with what it should be and what it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Unit = Literal["share", "count", "number", "ms", "ratio"]


@dataclass(frozen=True)
class Baseline:
    """What a simpler or well-known method gives for the same figure, in the same run."""

    name: str
    value: float


@dataclass(frozen=True)
class Figure:
    """One line of a table."""

    key: str
    """Short name within its section, stable: pinned floors go by it."""
    what: str
    """What was measured, in words, with the direction where it is not plain."""
    value: float
    unit: Unit = "number"
    at_least: float | None = None
    at_most: float | None = None
    baselines: tuple[Baseline, ...] = ()
    note: str = ""
    """What a reader needs to judge it: which phrase, which pages."""
    is_pinned: bool = True
    """Whether a floor is kept for it: not for times, which no two runs share, nor where neither direction is
    the better one."""
    is_lower_better: bool = False
    """Direction, for figures without a target."""

    @property
    def holds(self) -> bool | None:
        """Whether it reaches its target; None without one."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def wants_less(self) -> bool:
        """Whether a lower figure is the better one."""
        return self.is_lower_better or self.at_most is not None


@dataclass(frozen=True)
class Section:
    """The figures of one part."""

    name: str
    """What `--only` calls it."""
    says: str
    """What was measured on what, one line."""
    figures: tuple[Figure, ...]


def mean(values: Sequence[float]) -> float:
    """Mean of the values; 0 for none."""
    return float(np.mean(values)) if len(values) else 0.0


def share(part: int, whole: int) -> float:
    """Part of the whole, 0..1; 0 of nothing."""
    return part / whole if whole else 0.0


def faults(key: str, what: str, ids: Sequence[str]) -> Figure:
    """Give the figure for things there should be none of.

    Args:
        key: See Figure.
        what: What was found, in the plural.
        ids: Article of each one found; an article may come several times.
    """
    return Figure(key, what, len(ids), "count", at_most=0, note=some(sorted(set(ids))))


def some(names: Sequence[str], *, most: int = 5) -> str:
    """List a few names, and say how many more there are; empty for none."""
    listed = ", ".join(names[:most])
    return f"{listed} and {len(names) - most} more" if len(names) > most else listed
