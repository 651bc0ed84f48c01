"""What an answer is judged by, and one statement of it: what the modules beside share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.numbered import Numbered
from digest.analysis.by_model.support import Verdict
from digest.analysis.themes import Nearness
from digest.records import (
    CELL_LABELS,
    Analysis,
    Evidence,
)

CELLS_OF_MODEL = ("change", "driving_force", "horizon_10y")

LIMITS: Mapping[str, tuple[int, int]] = {
    "title": (2, 12),
    "summary": (4, 60),
    "signal": (5, 14),
    "change": (2, 15),
    "driving_force": (2, 15),
    "horizon_10y": (2, 15),
}
"""Fewest and most words, by the shape of an entry page; of a summary's sentence 12 to 35 are asked for, and
what no sentence is, or is three, is refused."""


@dataclass(frozen=True)
class Context:
    """What an answer is judged by."""

    numbered: Numbered
    rules: Analysis
    """By the rules, of the same article: what stands in where the model fails."""
    themes: tuple[str, ...]
    """Labels of the vocabulary."""
    analyzer: str
    prompt: str = ""
    """What the model was told, without the article."""
    nearness: Nearness = field(default_factory=Nearness)
    """Of the article to each theme, where known."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """How often the archive has each judgement about ten years ahead."""


@dataclass(frozen=True)
class Item:
    """One statement of an answer and what became of it."""

    field: str
    """summary, signal, change, driving_force or horizon_10y."""
    place: int
    """Which sentence of the summary, or which row; from 0."""
    verdict: Verdict
    first: Verdict | None = None
    """Before the repair, where there was one."""

    @property
    def name(self) -> str:
        """Say in words where it stands."""
        where = "summary, sentence" if self.field == "summary" else f"{CELL_LABELS[self.field]}, row"
        return f"{where} {self.place + 1}"


def is_own(said: Said, context: Context) -> bool:
    """Whether a statement is the article's own words."""
    text = context.numbered.text(said.numbers)
    return said.text.rstrip(".").lower() in text.lower()


def evidence_of(numbers: Sequence[int], context: Context, name: str = "") -> tuple[Evidence, ...]:
    """Give sentences as evidence for a field."""
    article = context.numbered.article
    spans = [article.sentences[at - 1] for at in sorted(set(numbers))]
    return tuple(Evidence(each.start, each.end, article.text[each.start : each.end], name) for each in spans)
