"""The workspace of a desk, as the command line hands it over."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from digest.issues.history.undoing import Done
from digest.ports import Embedder
from digest.records import Finding, Issue
from digest.review.outlets import Outlets
from digest.store import Store

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Workspace:
    """The workspace, as the command line hands it over."""

    output: Path
    issue: str
    """The one that is opened first."""
    title: str
    reading: Callable[[], AbstractContextManager[Store]]
    writing: Callable[[], AbstractContextManager[Store]]
    """Locked meanwhile."""
    publish: Callable[[Store, str, bool, Tell], Issue]
    """As `digest publish` does it: store, issue, whether failed checks are accepted, and whom to tell."""
    look_through: Callable[[Store, str], tuple[list[Finding], Issue | None]]
    """As `digest publish --check` does it, but that no address is asked; with the issue it was done on."""
    preview: Callable[[Store, str], Issue]
    """The issue as it would be published."""
    go: Callable[[Store, Literal["undo", "redo"]], Done]
    take_back: Callable[[Store, Tell], None]
    """Withdraws what was rejected after it was published."""
    reasons: Callable[[], Mapping[str, str]]
    themes: Callable[[], Sequence[str]]
    """The vocabulary of prompts/themes.yaml."""
    has_ideas: Callable[[], bool]
    """Whether phrases of the pattern library are offered."""
    now: Callable[[], datetime]
    searching: Callable[[], AbstractContextManager[Store]]
    """For what reads for long: never locked."""
    embedder: Embedder
    """Loaded when it is first asked for; may be asked by several requests at once."""
    min_similarity: Callable[[], float]
    keys: Callable[[], Mapping[str, str]]
    """Single keys that are others than usual, by the usual one (`settings.desk_keys`)."""
    outlets: Outlets
    """What issues are sent with."""
    learns: Callable[[], bool]
    """Whether the desk orders stories by what earlier verdicts tell (`settings.learn_from_verdicts`)."""
