"""How far tables of signals agree with those of careful readers.

A row is right where the one or two sentences its signal is quoted from hold one that a row of the reader's
table cites. Readers' tables have six rows at most and readers differ, so the share of right rows is a lower
bound. A cell agrees where it is quoted from one to three sentences, the reader cites one of them for it, and
its words, twenty at most, hold half of the reader's (stems) and all of the reader's numbers.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from digest.language.words import STOP_WORDS, split_words, stem
from digest.records import Signal
from tests.quality.reader_tables import Example

JUDGED = {"change": "change", "driving_force": "force"}
"""Cells and what readers' tables call their sentences."""
MOST_SENTENCES, MOST_CELL_SENTENCES, MOST_WORDS = 2, 3, 20

Cited = frozenset[int]


@dataclass(frozen=True)
class Row:
    """A row as it is scored: the sentences its signal is quoted from, and its judged cells with theirs."""

    signal: Cited
    cells: Mapping[str, tuple[str, Cited]] = field(default_factory=dict)


@dataclass
class Score:
    """Counts over tables."""

    counts: Counter[str] = field(default_factory=Counter)

    def rate(self, part: str, whole: str) -> float:
        """Give one count's share of another; 0 of nothing."""
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 0.0


def row_of(example: Example, signal: Signal) -> Row:
    """Give a made row as it is scored."""
    cells = {
        cell: (getattr(signal, cell), _cited(example, signal, cell))
        for cell in JUDGED
        if getattr(signal.basis, cell) in ("observed", "inferred")
    }
    return Row(_cited(example, signal, "signal"), cells)


def _cited(example: Example, signal: Signal, name: str) -> Cited:
    return example.sentences_in((each.start, each.end) for each in signal.evidence if each.field == name)


def score(tables: Sequence[tuple[Example, Sequence[Row]]]) -> Score:
    """Count what agrees."""
    found = Score()
    for example, rows in tables:
        _count(found.counts, example, rows)
    return found


def _count(counts: Counter[str], example: Example, rows: Sequence[Row]) -> None:
    counts["all rows"] += len(rows)
    if not example.reports_change:
        counts["without"] += 1
        counts["empty"] += not rows
        return
    mine = [row.signal if len(row.signal) <= MOST_SENTENCES else frozenset() for row in rows]
    theirs = [frozenset(at - 1 for at in each["sentences"]) for each in example.rows]
    every: Collection[int] = frozenset[int]().union(*theirs)
    counts["with"] += 1
    counts["rows"] += len(rows)
    counts["right"] += sum(bool(each & every) for each in mine)
    counts["gold"] += len(theirs)
    counts["found"] += sum(any(each & their for each in mine) for their in theirs)
    counts["first"] += bool(mine and mine[0] & every)
    for their, reader in zip(theirs, example.rows, strict=True):
        matched = [row for row, each in zip(rows, mine, strict=True) if each & their]
        for cell, short in JUDGED.items():
            where = frozenset(at - 1 for at in reader[f"{short}_sentences"])
            if matched and where and reader[f"{short}_basis"] != "projected":
                counts[f"matched {cell}"] += 1
                found = (row.cells.get(cell) for row in matched)
                counts[f"own {cell}"] += any(_agrees(each, where, reader[cell]) for each in found)


def _agrees(cell: tuple[str, Cited] | None, where: Cited, reader: str) -> bool:
    if cell is None:
        return False
    text, cited = cell
    return bool(cited & where) and len(cited) <= MOST_CELL_SENTENCES and says(text, reader)


def says(text: str, reader: str) -> bool:
    """Say whether words hold half of the content words of a reader's cell, and all its numbers."""
    mine, theirs = _content(text), _content(reader)
    numbers = {word for word in theirs if word[0].isdigit()}
    is_short = len(text.split()) <= MOST_WORDS
    return is_short and bool(theirs) and len(mine & theirs) * 2 >= len(theirs) and numbers <= mine


def _content(text: str) -> set[str]:
    words = [word for word in split_words(text) if re.match(r"\w", word.text)]
    return {stem(word.lower) for word in words if word.lower not in STOP_WORDS}
