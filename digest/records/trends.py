"""Themes, keywords and signals over the issues."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Standing = Literal["strong signal", "weak signal", "well-known", "latent"]


@dataclass(frozen=True, eq=False)
class CountedEntry:
    """What of a published entry is counted."""

    id: str
    issue: str
    publishers: Sequence[str]
    """Of every article of it."""
    themes: Sequence[tuple[str, str]]
    """Folded and as written; names that are one once."""
    keywords: Sequence[tuple[str, str]]
    """The same."""
    words: NDArray[np.uint64]
    """*Shape:* (words and sentence ends of title, summary and signals,); a mark each, 0 for an end."""


@dataclass(frozen=True)
class Period:
    """A stretch of time that trends count in; there is at least one entry in it."""

    name: str
    """An issue (20261122), a month (2026-11), a quarter (2026-Q4) or a year."""
    issues: int
    entries: int
    articles: int
    """With the sources of stories of several articles."""


@dataclass(frozen=True)
class Emergence:
    """Where a name stands on one of the two maps of Yoon (2012)."""

    frequency: float
    """Mean a period: of mentions (visibility) or of entries (diffusion)."""
    growth: float
    """Geometric mean growth rate a period of its time-weighted share; 0.1 is ten percent."""
    standing: Standing


@dataclass(frozen=True)
class TrendLine:
    """A theme or keyword over time. Tuples have one number a period."""

    name: str
    """As most entries write it."""
    kind: Literal["theme", "keyword"]
    entries: tuple[int, ...]
    articles: tuple[int, ...]
    mentions: tuple[int, ...]
    """Times it is said in the entries; for a theme, the articles under it."""
    issues: int
    first_issue: str
    last_issue: str
    publishers: int
    """Independent ones, told apart by their host."""
    spread: float
    """Chance that two of its articles, drawn with replacement, are of different publishers; 0 for one."""
    growth: float | None = None
    """Geometric mean growth rate of its entries a period; None where there are too few periods."""
    relative_growth: float | None = None
    """The same against the archive's: 0 for what grows as the archive does."""
    visibility: Emergence | None = None
    diffusion: Emergence | None = None


@dataclass(frozen=True)
class FirstSeen:
    """A theme or keyword and the issue it was first seen in."""

    name: str
    kind: Literal["theme", "keyword"]
    issue: str
    entries: int
    """Entries that have it since then."""


@dataclass(frozen=True)
class Trends:
    """Themes and keywords of all published entries over time."""

    periods: tuple[Period, ...]
    growth: float | None
    """Geometric mean growth rate of the archive's entries a period; None where there are too few periods."""
    lines: tuple[TrendLine, ...]
    first_seen: tuple[FirstSeen, ...]
    """Newest issue first, those with most entries first; without the first issue, where everything is new."""
    note: str = ""
    """What is missing, in words: 'growth needs ...'."""


@dataclass(frozen=True)
class SeenSignal:
    """A signal as a published entry has it."""

    signal: str
    entry_id: str
    issue: str
    title: str
    """The entry's."""


@dataclass(frozen=True)
class SignalLine:
    """A signal that came up in several issues, oldest first."""

    signals: tuple[SeenSignal, ...]
    similarity: float
    """Least cosine that tied one of them to an earlier one."""
