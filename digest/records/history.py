"""What became of drafts: steps, and the versions they made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.records.drafts import Status

StepState = Literal["open", "done", "undone", "gone"]


@dataclass(frozen=True)
class Step:
    """Something that was done to drafts or to what is published: by an editor, or by a run."""

    step: int
    """Grows."""
    at: datetime
    kind: str
    """`run`, `edit`, `approve`, `reject`, `defer`, `restore`, `publish`, `undo` and the like."""
    who: str
    """An editor's name; of a run the analyzer with its version and model."""
    reason: str
    """Why an editor did so, of prompts/reasons.yaml; may be empty."""
    issue: str
    """May be empty."""
    is_decision: bool
    """Whether an editor did it, so that it can be undone."""
    state: StepState
    """`open` until all of it is done; `gone` is what was undone and can no longer be redone."""
    target: int | None = None
    """The step that this one undid or redid."""


@dataclass(frozen=True)
class DraftVersion:
    """A draft as its file stood after a step."""

    id: str
    version: int
    """1 first."""
    step: int
    path: str
    """Of the file, below the output folder."""
    status: Status
    issue: str
    sha256: str
    """Of the text; empty where the file was gone."""
    sections: tuple[str, ...] = ()
    """What changed since the version before: sections by name, rows as `signals row “...”`."""


@dataclass(frozen=True)
class StepChange:
    """Something else that a step changed.

    A published file, an entry or an issue, an article's story, or which warnings of a draft were accepted.
    """

    kind: Literal["file", "entry", "issue", "story", "accepted"]
    key: str
    """Path below the output folder, id of an entry or article, or name of an issue."""
    before: bytes | None
    """None for nothing."""
    after: bytes | None
    """None for nothing."""
    knows_after: bool
    """Whether `after` is known: it is kept when the step is undone."""
