"""What pages about everything that was published say of an entry, beside the page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.records.trends import CountedEntry


@dataclass(frozen=True, eq=False)
class ShownEntry:
    """A published entry as lists, searches and figures show it, without secrets in its addresses."""

    id: str
    key: str
    """Hash of all that its own page says."""
    title: str
    themes: Sequence[tuple[str, str]]
    """What names that are one have in common, and the name."""
    keywords: Sequence[str]
    """As a page shows them, with signals and what is ahead."""
    signals: Sequence[str]
    ahead: Sequence[tuple[int, str, str]]
    """Year, signal and horizon of signals that speak of a year to come."""
    closest: Sequence[str]
    """Ids and addresses that its Closest leads to."""
    counted: CountedEntry

    @property
    def theme(self) -> str:
        """The theme its issue groups it under; empty where it has none."""
        return self.themes[0][1] if self.themes else ""

    @property
    def has_signals(self) -> bool:
        """Whether its table has rows."""
        return bool(self.signals)


@dataclass(frozen=True, eq=False)
class ShownIssue:
    """A published issue with its entries, in its order."""

    name: str
    entries: Sequence[ShownEntry]


@dataclass(frozen=True)
class PublishedRow:
    """An approved draft of a published issue, with its entry as the archive keeps it."""

    id: str
    issue: str
    """In which the entry was published; the draft's where no entry is kept."""
    worth: int
    is_imported: bool
    note: str
    record: str
    """JSON of the entry; empty where it was published before entries were kept."""
