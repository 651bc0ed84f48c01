"""The rows of an article: where something changes, in the article's own words; none where nothing does.

A row's sentence and its place among the rows are chosen in carriers.py and said in statements.py. Its other
cells are the article's too, or empty: change_cells.py, causes.py, cells.py for what lies ahead. No cell's
words come twice in a table. Signals are read in English only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.analysis.carriers import CarrierWeights, choose_carriers
from digest.analysis.causes import find_cause
from digest.analysis.cells import find_horizon
from digest.analysis.change_cells import find_one_end, find_two_ends
from digest.analysis.kinds import KindWeights, kind_and_strength
from digest.analysis.phrases import Found
from digest.analysis.reading import Line, Reading
from digest.analysis.statements import Statement, whole_statement
from digest.checks import check
from digest.records import EMPTY, NO_CHANGE, Basis, Evidence, Signal, SignalBasis, Steep

LANGUAGE = "en"
OTHER_LANGUAGE = "signals are read in English only"
NEAR = 0.5
"""Cosine from which on the next sentence speaks of the same thing."""


@dataclass(frozen=True)
class SignalWeights:
    """All that is learned about rows; None for what the package brings."""

    carriers: CarrierWeights | None = None
    kinds: KindWeights | None = None


def make_signals(
    reading: Reading, steep: Steep, weights: SignalWeights | None = None
) -> tuple[tuple[Signal, ...], tuple[str, ...]]:
    """Make the table.

    Args:
        reading: The article.
        steep: Category of the article's first theme.
        weights: Others than the package's, where what was learned is measured.

    Returns:
        The rows, strongest first, at most six, and notes for the editor.
    """
    if reading.article.language not in ("", LANGUAGE):
        return (), (OTHER_LANGUAGE,)
    weights = weights or SignalWeights()
    chosen = choose_carriers(reading, weights.carriers)
    statements = [_checked(reading, carrier.statement) for carrier in chosen]
    table = _Table(reading, weights)
    rows = tuple(table.row(statement, steep) for statement in statements if statement is not None)
    return rows, () if rows else (NO_CHANGE,)


def _checked(reading: Reading, statement: Statement) -> Statement | None:
    """Give a statement whose cut says what its sentence says, else the sentence whole."""
    line = reading.lines[statement.line]
    if not statement.is_cut and not statement.names and not statement.is_titled:
        return statement
    told = [
        each.text for each in reading.lines if any(each.start <= at < each.end for at, _ in statement.names)
    ]
    title = [reading.article.title] if statement.is_titled else []
    said = " ".join([*title, *told, line.text])
    if check(statement.text, said).supported:
        return statement
    return whole_statement(reading, line)


class _Table:
    """Fills rows, each cell's words once."""

    def __init__(self, reading: Reading, weights: SignalWeights) -> None:
        self.reading = reading
        self.text = reading.article.text
        self.weights = weights
        self.used: set[str] = set()
        self.row_cells: list[str] = []

    def row(self, statement: Statement, steep: Steep) -> Signal:
        """Make the row of a statement."""
        line = self.reading.lines[statement.line]
        self.row_cells = []
        # Both ends of a change come first; one end that tells its cause as well gives way to the cause.
        change = self._new(find_two_ends(line, self.text, statement.spans), statement)
        force = self._new(find_cause(line, self.text), statement)
        if change is None:
            change = self._new(find_one_end(line, self.text, statement.spans), statement)
        horizon = self._new(self._horizon(line), statement)
        cells = {"change": change, "horizon_10y": horizon, "driving_force": force}
        kind, strength = kind_and_strength(line.words, line.text, self.weights.kinds)
        bases: dict[str, Basis] = {
            name: "none" if found is None else found.basis for name, found in cells.items()
        }
        evidence = [self._evidence(span, "signal") for span in signal_spans(statement)]
        for name, found in cells.items():
            evidence += [self._evidence(span, name) for span in (found.spans if found else ())]
        return Signal(
            signal=statement.text,
            change=_shown(cells["change"]),
            horizon_10y=_shown(cells["horizon_10y"]),
            driving_force=_shown(cells["driving_force"]),
            basis=SignalBasis("inferred" if statement.names or statement.is_titled else "observed", **bases),
            evidence=tuple(evidence),
            kind=kind,
            steep=steep,
            claim_strength=strength,
        )

    def _evidence(self, span: tuple[int, int], field: str) -> Evidence:
        return Evidence(*span, self.text[slice(*span)], field)

    def _new(self, found: Found | None, statement: Statement) -> Found | None:
        """Nothing where a cell says what another does, or all that its row says."""
        if found is None or found.text.lower() in self.used:
            return None
        if found.text.lower() == statement.text.lower():
            return None
        if any(found.text.lower() in other or other in found.text.lower() for other in self.row_cells):
            # "From trial to use" as a change is no cause of itself.
            return None
        self.row_cells.append(found.text.lower())
        self.used.add(found.text.lower())
        return found

    def _horizon(self, line: Line) -> Found | None:
        published = self.reading.article.published
        found = find_horizon(line, self.text, published)
        if found is not None or line.index + 1 >= len(self.reading.lines):
            return found
        after = self.reading.lines[line.index + 1]
        nearness = float(self.reading.vectors[after.index] @ self.reading.vectors[line.index])
        is_told_on = after.is_prose and after.paragraph == line.paragraph and nearness >= NEAR
        return find_horizon(after, self.text, published) if is_told_on else None


def signal_spans(statement: Statement) -> Sequence[tuple[int, int]]:
    """What a statement rests on: the names in brackets first, then its pieces and who said it, in order."""
    own = [*statement.spans, *([statement.attribution] if statement.attribution else [])]
    return [*statement.names, *sorted(own)]


def _shown(found: Found | None) -> str:
    return EMPTY if found is None else found.text
