"""A short pattern library: with the whole one, a run's start would mostly be the embedding of it."""

from pathlib import Path

from digest.workspace.files import write_text
from digest.workspace.prompt_files import PATTERNS_FILE, default_files

FEW = 12


def few_patterns() -> str:
    """Give the first patterns of the file."""
    head, *patterns = default_files()[PATTERNS_FILE].split("\n  - pattern:")
    return "\n  - pattern:".join([head, *patterns[:FEW]]) + "\n"


def write_few_patterns(folder: Path) -> None:
    """Give a workspace no more than these."""
    write_text(folder / PATTERNS_FILE, few_patterns())
