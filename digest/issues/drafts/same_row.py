"""Which signal a row of a draft or entry was made of, whatever an editor changed of it."""

from collections.abc import Sequence

from digest.issues.pages.admit import admit
from digest.records import CELLS, EMPTY, Signal, SignalRow

UNSAID = ("", EMPTY)
"""What a cell holds of which the article says nothing."""

MIN_EQUAL_CELLS = 2
"""A row of which an editor changed the signal is still that row if two of its other cells are the same;
with one, any two rows with the same driver would be taken for each other."""


def same_row(row: SignalRow, signals: Sequence[Signal]) -> Signal | None:
    """Find the signal a row was made of: the same signal, else enough of the same cells."""
    best, best_count = None, MIN_EQUAL_CELLS - 1
    for signal in signals:
        if admit(signal.signal) == row.signal:
            return signal
        made = {name: admit(getattr(signal, name)) for name in CELLS}
        # Empty cells are alike in rows that have nothing to do with each other.
        count = sum(cell == getattr(row, name) for name, cell in made.items() if cell not in UNSAID)
        if count > best_count:
            best, best_count = signal, count
    return best
