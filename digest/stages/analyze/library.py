"""The themes and patterns an analysis chooses from, with their vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.records import Pattern, ThemeLabel, Vectors


@dataclass(frozen=True)
class Library:
    """The editor's vocabulary and patterns, embedded."""

    themes: tuple[ThemeLabel, ...]
    theme_vectors: Vectors
    """Shape (themes, d), rows L2-normalised, of the first texts of `library_texts`."""
    patterns: tuple[Pattern, ...]
    pattern_vectors: Vectors
    """Shape (patterns, d), rows L2-normalised, of the second texts of `library_texts`."""
    version: str
    """Hash of both prompt files."""


def library_texts(themes: Sequence[ThemeLabel], patterns: Sequence[Pattern]) -> tuple[list[str], list[str]]:
    """Give the text that is embedded for each theme and for each pattern, in order."""
    return (
        [f"{label.theme}: {label.description} {'; '.join(label.examples)}".strip() for label in themes],
        [f"{pattern.description} {', '.join(pattern.cues)}".strip() for pattern in patterns],
    )
