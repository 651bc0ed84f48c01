"""What a run did, and what it lost."""

from dataclasses import dataclass, field
from datetime import datetime

from digest.records.feeds import FeedHealth


@dataclass(frozen=True)
class Dropped:
    """A loss: what was left behind, at which stage, and why."""

    url: str
    stage: str
    reason: str
    is_retryable: bool = False


@dataclass(frozen=True)
class StageTime:
    """A line of the report: what went into a stage and what came out."""

    stage: str
    taken: int
    kept: int
    dropped: int
    seconds: float


@dataclass(frozen=True)
class RunReport:
    """What a run did."""

    issue: str
    started: datetime
    feeds: tuple[FeedHealth, ...]
    stages: tuple[StageTime, ...]
    dropped: tuple[Dropped, ...]
    stories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(title of the lead, the other articles' titles and sites) of each story of several articles."""
    drafts: tuple[tuple[str, str], ...] = ()
    """(id, title) of every draft made or renewed."""
    draft_files: tuple[str, ...] = ()
    """Names of their files, in the same order; where there are none, `<id>.md`."""
    draft_reasons: tuple[str, ...] = ()
    """Why each stands where it stands in the issue, in the same order; empty in reports of before."""
    failed_checks: tuple[str, ...] = ()
    """File, sentence and reason of what a draft says and its article does not bear out."""
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class RunRow:
    """A run as the archive has it."""

    issue: str
    started: datetime
    finished: datetime | None
    """None for one that was killed, or is at work."""
    report: RunReport | None
