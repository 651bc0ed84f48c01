"""The themes and patterns an analysis chooses from, with their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.records import Pattern, ThemeLabel, Vectors

COLUMNS = ("change", "horizon_10y", "driving_force")
"""The cells a pattern has phrasings for, in the order of `phrasing_texts`."""


@dataclass(frozen=True)
class Library:
    """The editor's vocabulary and patterns, embedded."""

    themes: tuple[ThemeLabel, ...]
    theme_vectors: Vectors
    """Shape (themes, d), rows L2-normalised, of the first texts of `library_texts`."""
    patterns: tuple[Pattern, ...]
    pattern_vectors: Vectors
    """Shape (patterns, d), rows L2-normalised, of the second texts of `library_texts`."""
    phrasing_vectors: NDArray[np.float16]
    """Shape (phrasings, d), rows L2-normalised, of `phrasing_texts`; float16, because the whole library
    goes to a worker process with each article."""
    version: str
    """Hash of both prompt files."""

    def phrasings(self, pattern: int, column: str) -> tuple[int, tuple[str, ...]]:
        """Give a pattern's phrasings of one column, and the row of `phrasing_vectors` of the first."""
        before = COLUMNS[: COLUMNS.index(column)]
        shape = self.patterns[pattern]
        first = int(self._starts[pattern]) + sum(len(getattr(shape, other)) for other in before)
        return first, getattr(shape, column)

    @cached_property
    def phrasing_means(self) -> Vectors:
        """Shape (patterns, d): the mean of each pattern's phrasings, L2-normalised."""
        if not self.patterns:
            return np.zeros((0, 0), dtype=np.float32)
        sums = np.add.reduceat(self.phrasing_vectors.astype(np.float32), self._starts, axis=0)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums / np.where(norms > 0, norms, 1), dtype=np.float32)

    @cached_property
    def _starts(self) -> list[int]:
        """The row of each pattern's first phrasing."""
        starts, at = [], 0
        for pattern in self.patterns:
            starts.append(at)
            at += sum(len(getattr(pattern, column)) for column in COLUMNS)
        return starts


def library_texts(themes: Sequence[ThemeLabel], patterns: Sequence[Pattern]) -> tuple[list[str], list[str]]:
    """Give the text that is embedded for each theme and for each pattern, in order."""
    return (
        [f"{label.theme}: {label.description} {'; '.join(label.examples)}".strip() for label in themes],
        [f"{pattern.description} {', '.join(pattern.cues)}".strip() for pattern in patterns],
    )


def phrasing_texts(patterns: Sequence[Pattern]) -> list[str]:
    """Give every phrasing: pattern by pattern, column by column, in the file's order."""
    return [text for pattern in patterns for column in COLUMNS for text in getattr(pattern, column)]
