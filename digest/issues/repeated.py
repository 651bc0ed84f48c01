"""Judgements about ten years ahead that several stories have: what is said of everything says nothing.

A model that judges one article sees no other. Which stories have the same judgement is seen where drafts are
made, of the issue's stories and of those published, so that it does not matter which was analyzed first.
Of two stories both drafts name the other; said of SAID_OF_ALL or more, in whatever order of words, it leaves
the cell of every draft that is made, and the notes keep it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from digest.language.wordings import are_alike, roots_of
from digest.records import EMPTY, Analysis, Signal

SAID_OF_ALL = 3
"""Stories that have a judgement, from which on it is one of everything; judgement."""


class Repeated:
    """The judgements of stories, and which of them say the same.

    Args:
        analyses: By story, of the issue's drafts and of published ones.
        titles: Of the stories, for the notes.
    """

    def __init__(self, analyses: Mapping[str, Analysis], titles: Mapping[str, str]) -> None:
        self._titles = titles
        self.judgements = [
            (story, row.horizon_10y) for story, made in analyses.items() for row in _judged(made.signals)
        ]
        """Each with its story."""
        self._roots = [roots_of(text) for _, text in self.judgements]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for at, roots in enumerate(self._roots):
            for each in roots:
                self._places[each].append(at)

    def judged(self, story: str, analysis: Analysis) -> Analysis:
        """Take from an analysis the judgements that many stories have, and name those that another has."""
        rows, notes = [], []
        for at, row in enumerate(analysis.signals, 1):
            others = self._others(story, row.horizon_10y) if _is_judged(row) else []
            if len(others) + 1 >= SAID_OF_ALL:
                notes.append(
                    f"10y horizon, row {at}: the model wrote “{row.horizon_10y}”; refused: it stands in "
                    f"{len(others)} other stories too, so it could be said of everything"
                )
                row = replace(row, horizon_10y=EMPTY, basis=replace(row.basis, horizon_10y="none"))
            elif others:
                named = " and ".join(f"“{self._titles.get(each, each)}” ({each})" for each in others)
                notes.append(f"10y horizon, row {at}: another story has the same: {named}")
            rows.append(row)
        return replace(analysis, signals=tuple(rows), notes=(*analysis.notes, *notes)) if notes else analysis

    def _others(self, story: str, text: str) -> list[str]:
        """Give the other stories that have a judgement, in whatever order of words."""
        roots = roots_of(text)
        shared = Counter(at for each in roots for at in self._places.get(each, ()))
        alike = (self.judgements[at][0] for at in sorted(shared) if are_alike(roots, self._roots[at]))
        return list(dict.fromkeys(each for each in alike if each != story))


def _judged(signals: Sequence[Signal]) -> Iterator[Signal]:
    return (row for row in signals if _is_judged(row))


def _is_judged(row: Signal) -> bool:
    return row.basis.horizon_10y == "suggested" and row.horizon_10y != EMPTY
