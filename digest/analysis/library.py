"""The themes and patterns an analysis chooses from, with their vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from digest.records import Pattern, ThemeLabel, Vectors

COLUMNS = ("change", "horizon_10y", "driving_force")
"""The cells a pattern has phrasings for, in the order of `phrasing_texts`."""


@dataclass(frozen=True)
class Library:
    """The editor's vocabulary and patterns, embedded."""

    themes: tuple[ThemeLabel, ...]
    theme_vectors: Vectors
    """Shape (themes, d), rows L2-normalised, of the themes' whole texts."""
    name_vectors: Vectors
    """Shape (themes, d), rows L2-normalised, of the labels alone."""
    wording_vectors: Vectors
    """Shape (wordings, d), rows L2-normalised, of `wordings_of` each theme, theme by theme."""
    patterns: tuple[Pattern, ...]
    pattern_vectors: Vectors
    """Shape (patterns, d), rows L2-normalised, of the patterns' descriptions and cues."""
    phrasing_means: Vectors
    """Shape (patterns, d): the mean of each pattern's phrasings, L2-normalised."""
    version: str
    """Hash of both prompt files."""


def make_library(
    themes: Sequence[ThemeLabel],
    patterns: Sequence[Pattern],
    *,
    encode: Callable[[list[str]], Vectors],
    version: str,
) -> Library:
    """Embed themes and patterns.

    Args:
        themes: In the file's order.
        patterns: In the file's order.
        encode: Gives shape (texts, d), rows L2-normalised; called once.
        version: Hash of the prompt files.
    """
    parts = library_texts(themes, patterns)
    vectors = encode([text for part in parts for text in part])
    of_themes, names, wordings, of_patterns, phrasings = np.split(
        vectors, np.cumsum([len(part) for part in parts])[:-1]
    )
    return Library(
        tuple(themes),
        of_themes,
        names,
        wordings,
        tuple(patterns),
        of_patterns,
        _means(phrasings, [sum(len(getattr(each, column)) for column in COLUMNS) for each in patterns]),
        version,
    )


def _means(vectors: Vectors, counts: Sequence[int]) -> Vectors:
    """The mean of each so many rows in turn, L2-normalised."""
    if not counts:
        return vectors[:0]
    sums = np.add.reduceat(vectors, np.cumsum([0, *counts[:-1]]), axis=0)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(norms > 0, norms, 1), dtype=np.float32)


def library_texts(
    themes: Sequence[ThemeLabel], patterns: Sequence[Pattern]
) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
    """Give the texts that are embedded: each theme's whole, the labels alone, the themes' wordings, each
    pattern's, and every phrasing; all in the files' order."""
    return (
        [f"{label.theme}: {label.description} {'; '.join(label.examples)}".strip() for label in themes],
        [label.theme for label in themes],
        [text for label in themes for text in wordings_of(label)],
        [f"{pattern.description} {', '.join(pattern.cues)}".strip() for pattern in patterns],
        phrasing_texts(patterns),
    )


def wordings_of(label: ThemeLabel) -> tuple[str, ...]:
    """Give what an article on a theme may say: its examples, or its label with the description."""
    return label.examples or (f"{label.theme}: {label.description}",)


def phrasing_texts(patterns: Sequence[Pattern]) -> list[str]:
    """Give every phrasing: pattern by pattern, column by column, in the file's order."""
    return [text for pattern in patterns for column in COLUMNS for text in getattr(pattern, column)]
