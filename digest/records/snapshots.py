"""What approved entries rest on: snapshots of their sources, and what became of the sources since."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.records.kept_pages import Page

SourceState = Literal["unchanged", "changed", "gone", "unclear", "not asked"]
"""What became of a source: all of an entry's evidence stands in it; some of it does not; it answers 404 or
410; it gave no answer that says; nobody asked it."""


@dataclass(frozen=True)
class Snapshot:
    """The page of an entry's article as it was when the entry was approved."""

    entry: str
    """Id of the entry."""
    page: Page
    """Its body is empty: it lies where `sha256` names it."""
    sha256: str
    """Hash of the body."""
    cited: tuple[str, ...]
    """Sentences of the article that the entry's summary and rows rest on, in the article's order."""
    taken_at: datetime
    is_feed_text: bool = False
    """The page is the text that the feed carried, because the page itself could not be read."""


@dataclass(frozen=True)
class SourceCheck:
    """What became of one source of a published entry."""

    issue: str
    entry: str
    """Id of the entry."""
    title: str
    """The entry's."""
    url: str
    """Of the source, without what is secret in it."""
    state: SourceState
    cited: int
    """Sentences of it that the entry rests on."""
    gone: tuple[str, ...] = ()
    """Those of them that it has no more."""
    reason: str = ""
    """Why it is so, where that is not said by the state."""
    asked_at: datetime | None = None
    """When it was asked; None for never."""
    snapshot: str = ""
    """File of the snapshot, as seen from the workspace; empty where there is none."""
    copy: str = ""
    """Address of a copy in the Wayback Machine."""
    copied_at: str = ""
    """The day that copy was made, 2026-11-20."""

    @property
    def has_lost_evidence(self) -> bool:
        """Whether something that the entry rests on can no longer be read there."""
        return bool(self.gone)
