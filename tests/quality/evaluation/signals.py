"""Signals: evidence that stands, cells that are whole, rows that do not repeat, and who says each cell.

Whether the rows are right is measured by tests/quality/train_signals.py, out of fold.
"""

import re
from collections import Counter
from collections.abc import Sequence

from digest.analysis.statements import LEAST_WORDS, MOST_WORDS
from digest.records import EMPTY, Evidence, Signal
from tests.quality.evaluation.figures import Figure, Section, faults, share, some
from tests.quality.evaluation.observe import Observed

CELLS = ("signal", "change", "horizon_10y", "driving_force")
JUDGED = CELLS[1:]
SIGNAL_WORDS = (LEAST_WORDS, MOST_WORDS + 4)
"""A name in square brackets may stand for a pronoun."""
CELL_WORDS = (2, 15)


def measure_signals(pages: Sequence[Observed], entries: Sequence[Observed]) -> Section:
    """Judge the tables of the pages, and the evidence of those of the entries as well."""
    rows = sum(len(each.analysis.signals) for each in pages)
    figures = [*_tables(pages), *_evidence([*pages, *entries]), *_repeats(pages), *_cells(pages)]
    says = f"{len(pages)} tables of pages, {rows} rows; {len(entries)} tables of entries"
    return Section("signals", says, tuple(figures))


def _tables(pages: Sequence[Observed]) -> list[Figure]:
    empty = sum(not each.analysis.signals for each in pages)
    wrong = [each.article.id for each in pages for row in each.analysis.signals if not _fits(row)]
    return [
        Figure("no_change", "tables without a row", share(empty, len(pages)), "share", is_pinned=False),
        faults("misshapen", "rows with a cell too short or too long", wrong),
    ]


def _fits(row: Signal) -> bool:
    low, high = SIGNAL_WORDS
    least, most = CELL_WORDS
    return low <= len(row.signal.split()) <= high and all(
        getattr(row, cell) == EMPTY or least <= len(getattr(row, cell).split()) <= most for cell in JUDGED
    )


def _evidence(observed: Sequence[Observed]) -> list[Figure]:
    moved, bare, reworded = [], [], []
    cells = 0
    for each in observed:
        for row in each.analysis.signals:
            moved += [each.article.id for quoted in row.evidence if not _stands(each.article.text, quoted)]
            for cell in CELLS:
                if getattr(row.basis, cell) != "observed":
                    continue
                cells += 1
                quotes = [quoted.quote for quoted in row.evidence if quoted.field in ("", cell)]
                if not quotes:
                    bare.append(each.article.id)
                elif not is_cut_from(getattr(row, cell), " ".join(quotes)):
                    reworded.append(each.article.id)
    return [
        faults("quotes_moved", "quotes that do not stand at their offsets", moved),
        faults("no_quote", "observed cells without a quote", bare),
        Figure(
            "reworded",
            "observed cells that are not cut from their quotes",
            share(len(reworded), cells),
            "share",
            at_most=0.02,
            note=some(sorted(set(reworded))),
        ),
    ]


def _stands(text: str, quoted: Evidence) -> bool:
    return bool(quoted.quote) and text[quoted.start : quoted.end] == quoted.quote


def is_cut_from(cell: str, quote: str) -> bool:
    """Say whether a cell's words stand in the quote in the same order, words left out aside."""
    words = iter(words_of(quote))
    return all(any(word == other for other in words) for word in words_of(cell))


def words_of(text: str) -> list[str]:
    """Lower-cased words and numbers, without punctuation."""
    return re.findall(r"[^\W_]+", text.lower())


def _repeats(pages: Sequence[Observed]) -> list[Figure]:
    rows, repeats = 0, []
    signals = []
    for each in pages:
        seen: dict[str, set[frozenset[str]]] = {cell: set() for cell in CELLS}
        for row in each.analysis.signals:
            rows += 1
            said = {cell: frozenset(words_of(getattr(row, cell))) for cell in CELLS}
            if any(said[cell] and said[cell] in seen[cell] for cell in JUDGED):
                repeats.append(each.article.id)
            if said["signal"] in seen["signal"]:
                signals.append(each.article.id)
            for cell in CELLS:
                seen[cell].add(said[cell])
    return [
        Figure(
            "repeats",
            "rows that repeat another's change, horizon or force",
            share(len(repeats), rows),
            "share",
            at_most=0.02,
            note=some(sorted(set(repeats))),
        ),
        faults("same_signal", "rows with another's signal", signals),
    ]


def _cells(pages: Sequence[Observed]) -> list[Figure]:
    """Who says the three judged cells."""
    figures = []
    for cell in JUDGED:
        bases = Counter(getattr(row.basis, cell) for each in pages for row in each.analysis.signals)
        total = sum(bases.values())
        note = ", ".join(f"{basis} {share(count, total):.0%}" for basis, count in sorted(bases.items()))
        own = bases["observed"] + bases["inferred"]
        name = cell.replace("_10y", "").replace("_", " ")
        what = f"{name} that the article says"
        figures.append(Figure(f"own_{cell}", what, share(own, total), "share", note=note))
    return figures
