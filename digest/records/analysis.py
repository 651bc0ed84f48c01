"""What an analysis and its checks say of an article."""

from dataclasses import dataclass
from typing import Literal

from digest.records.prompts import Steep

Basis = Literal["observed", "inferred", "suggested", "editor", "none"]
"""Who says a cell: the article in its own words, or in two quotes put together; judgement; a person; nobody,
where it is EMPTY."""
SignalKind = Literal["finding", "event", "trend", "decision", "plan", "weak signal", "wild card"]
"""What a row is; the last two only in analyses of before November 2026."""
ClaimStrength = Literal["done", "committed", "proposed", "opinion"]

CELLS = ("signal", "change", "horizon_10y", "driving_force")
"""The fields of a signal that the table shows, in its order."""
EMPTY = "–"
"""What a cell says of which the article says nothing."""
CELL_LABELS = dict(zip(CELLS, ("signal", "change", "10y horizon", "driving force"), strict=True))
"""What each of them is called in words."""


@dataclass(frozen=True)
class Evidence:
    """Words of the article that a statement rests on."""

    start: int
    end: int
    quote: str
    """Exactly text[start:end] of the article."""
    field: str = ""
    """For signals: which cell it supports (signal, change, horizon_10y, driving_force)."""


@dataclass(frozen=True)
class Problem:
    """What a check found: the claim says one thing, the article another or nothing."""

    kind: str
    """number, comparison, date, name, role, quote, negation, opposite, unsupported, unrelated; unchecked for
    what took too long, with why in place of the claim's words."""
    claim: str
    document: str
    """What the article has instead, as written; empty where it has nothing of the kind."""
    start: int | None = None
    """Offset of `document` in the article's text; None where that is empty."""
    end: int | None = None
    """Exclusive end."""


@dataclass(frozen=True)
class Check:
    """What became of checking a claim against a text."""

    score: float
    """Probability that the text supports the claim, 0..1."""
    supported: bool
    """The verdict: the score reaches the one threshold."""
    problems: tuple[Problem, ...]
    """Why not, in the order of the claim; empty for a claim that is supported."""


@dataclass(frozen=True)
class SummarySentence:
    """A statement of the summary."""

    text: str
    evidence: tuple[Evidence, ...]
    basis: Basis = "observed"
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Keyword:
    """A phrase that says what the article is about."""

    keyword: str
    """As written in the text."""
    score: float
    """For ranking; higher is better."""


@dataclass(frozen=True)
class Theme:
    """A theme the article is filed under."""

    theme: str
    """A label of prompts/themes.yaml."""
    score: float
    """Cosine of article and theme, -1..1."""


@dataclass(frozen=True)
class SignalBasis:
    """Who says each cell."""

    signal: Basis = "observed"
    change: Basis = "suggested"
    horizon_10y: Basis = "suggested"
    driving_force: Basis = "suggested"


@dataclass(frozen=True)
class Idea:
    """A phrase of the pattern library, offered to the editor for a cell of which the article says nothing."""

    field: str
    """The cell: change, horizon_10y or driving_force."""
    text: str
    fits: bool = False
    """The scorer finds that it fits this row, so well that it may stand in the draft's table, in italics."""


@dataclass(frozen=True)
class Signal:
    """One row of the signals table, with what is known about it."""

    signal: str
    change: str
    horizon_10y: str
    driving_force: str
    basis: SignalBasis
    evidence: tuple[Evidence, ...]
    kind: SignalKind = "event"
    steep: Steep = "society"
    claim_strength: ClaimStrength = "done"
    problems: tuple[Problem, ...] = ()
    novelty: float | None = None
    """Against the archive, 0..1; 1: nothing like it before. None until a draft is made of it: an analysis
    alone knows no archive."""
    sources: int = 1
    """Independent publishers of the story whose articles say it; at least 1, the article itself."""
    ideas: tuple[Idea, ...] = ()
    """For its empty cells, best first, three a cell at most."""


def stated_cells(signal: Signal) -> tuple[str, str, str, str]:
    """Give the four cells without suggestions: what counts in search, novelty and exports."""
    return (
        signal.signal,
        EMPTY if signal.basis.change == "suggested" else signal.change,
        EMPTY if signal.basis.horizon_10y == "suggested" else signal.horizon_10y,
        EMPTY if signal.basis.driving_force == "suggested" else signal.driving_force,
    )


NO_CHANGE = "reports no change"
"""The note of an analysis whose article tells of nothing that changes."""


@dataclass(frozen=True)
class Analysis:
    """Title, summary, keywords, themes and signals of one article."""

    id: str
    title: str
    summary: tuple[SummarySentence, ...]
    keywords: tuple[Keyword, ...]
    themes: tuple[Theme, ...]
    signals: tuple[Signal, ...]
    analyzer: str
    """Name and version of what made it; part of the cache key."""
    notes: tuple[str, ...] = ()
    """What the editor should know: 'reports no change'."""
