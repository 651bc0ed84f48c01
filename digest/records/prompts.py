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


@dataclass(frozen=True)
class ModelPrompt:
    """A prompt file for a language model, such as prompts/analyze.v1.md."""

    name: str
    """The file, as seen from the workspace."""
    body: str
    """Jinja2."""
    body_line: int
    """Line of the file before which the body begins, from 0."""
    language: str
    """`newsletter`, `article`, or an ISO 639-1 code: what language is written."""
    part_characters: int
    """Characters of an article in one call."""
    parts: int
    """At most so many calls for the parts of a long article."""
    answer_tokens: int
    """Tokens of one answer."""
    version: str
    """Hash of the whole file, 12 characters: part of every cache key."""
