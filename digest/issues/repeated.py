"""Cells in a model's own words that several stories have: what is said of everything says nothing.

A model that reads one article sees no other. Which stories have the same judgement about ten years ahead, the
same change or the same driving force is seen where drafts are made, of the issue's stories and of those
published, so that it does not matter which was analyzed first. Of two stories both drafts name the other;
said of SAID_OF_ALL or more, in whatever order of words, it leaves the cell of every draft that is made, and
the notes keep it. What an article says in its own words may be the same as often as articles say it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from digest.language.wordings import are_alike, roots_of
from digest.records import CELL_LABELS, EMPTY, Analysis, Basis, Signal

SAID_OF_ALL = 3
"""Stories that have a cell, from which on it is said of everything; judgement."""
OF_MODEL: Mapping[str, Basis] = {
    "change": "inferred",
    "driving_force": "inferred",
    "horizon_10y": "suggested",
}
"""The cells, each with the basis of what stands there in a model's own words."""


class Repeated:
    """The cells of stories in a model's own words, and which of them say the same.

    Args:
        analyses: By story, of the issue's drafts and of published ones.
        titles: Of the stories, for the notes.
    """

    def __init__(self, analyses: Mapping[str, Analysis], titles: Mapping[str, str]) -> None:
        self._titles = titles
        self.cells = [
            (name, story, getattr(row, name))
            for story, made in analyses.items()
            for row in made.signals
            for name in OF_MODEL
            if _is_of_model(row, name)
        ]
        """Each with its name and its story."""
        self._roots = [roots_of(text) for _, _, text in self.cells]
        self._places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for at, roots in enumerate(self._roots):
            for each in roots:
                self._places[self.cells[at][0], each].append(at)

    def judged(self, story: str, analysis: Analysis) -> Analysis:
        """Take from an analysis the cells that many stories have, and name those that another has."""
        rows, notes = [], []
        for at, row in enumerate(analysis.signals, 1):
            for name in OF_MODEL:
                row, found = self._held(row, name, story, f"{CELL_LABELS[name]}, row {at}")
                notes += found
            rows.append(row)
        return replace(analysis, signals=tuple(rows), notes=(*analysis.notes, *notes)) if notes else analysis

    def _held(self, row: Signal, name: str, story: str, place: str) -> tuple[Signal, list[str]]:
        """Hold one cell against those of other stories; give what stands, and what is to be said of it."""
        text = getattr(row, name)
        others = self._others(story, name, text) if _is_of_model(row, name) else []
        if len(others) + 1 >= SAID_OF_ALL:
            note = (
                f"{place}: the model wrote “{text}”; refused: it stands in {len(others)} other stories too, "
                "so it could be said of everything"
            )
            none: dict[str, Any] = {name: "none"}
            emptied: dict[str, Any] = {
                name: EMPTY,
                "basis": replace(row.basis, **none),
                "evidence": tuple(each for each in row.evidence if each.field != name),
            }
            row = replace(row, **emptied)
            return row, [note]
        named = " and ".join(f"“{self._titles.get(each, each)}” ({each})" for each in others)
        return row, [f"{place}: another story has the same: {named}"] if others else []

    def _others(self, story: str, name: str, text: str) -> list[str]:
        """Give the other stories that have a cell, in whatever order of words."""
        roots = roots_of(text)
        shared = {at for each in roots for at in self._places.get((name, each), ())}
        alike = (self.cells[at][1] for at in sorted(shared) if are_alike(roots, self._roots[at]))
        return list(dict.fromkeys(each for each in alike if each != story))


def _is_of_model(row: Signal, name: str) -> bool:
    basis: Basis = getattr(row.basis, name)
    return basis == OF_MODEL[name] and getattr(row, name) != EMPTY
