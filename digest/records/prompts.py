"""The editor's vocabulary and patterns: prompts/themes.yaml and prompts/patterns.yaml."""

from dataclasses import dataclass
from typing import Literal

Steep = Literal["society", "technology", "economy", "environment", "politics", "values"]


@dataclass(frozen=True)
class ThemeLabel:
    """A line of prompts/themes.yaml."""

    theme: str
    steep: Steep
    description: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A kind of change, from prompts/patterns.yaml, with phrasings that may be suggested for a row."""

    pattern: str
    steep: Steep
    description: str
    cues: tuple[str, ...]
    unless: tuple[str, ...]
    change: tuple[str, ...]
    horizon_10y: tuple[str, ...]
    driving_force: tuple[str, ...]
