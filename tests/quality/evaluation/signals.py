"""Signals: full tables, evidence that stands, rows that do not repeat, and nearness to reference signals."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from digest.ports import Embedder
from digest.records import Evidence, Signal, Vectors
from tests.quality.evaluation.corpus import ReferenceEntry
from tests.quality.evaluation.figures import Baseline, Figure, Section, faults, mean, share, some
from tests.quality.evaluation.observe import Observed

CELLS = ("signal", "change", "horizon_10y", "driving_force")
JUDGED = CELLS[1:]
LEAST_ROWS = 3
SIGNAL_WORDS = (5, 12)
CELL_WORDS = (2, 15)
OTHER_ROWS = re.compile(r"(\d+) rows? rests? on other statements")


def measure_signals(
    pages: Sequence[Observed],
    entries: Sequence[Observed],
    references: Sequence[ReferenceEntry],
    *,
    embedder: Embedder,
) -> Section:
    """Judge the tables of the pages, and compare those of the entries with the reference signals."""
    rows = sum(len(each.analysis.signals) for each in pages)
    figures = [*_tables(pages), *_evidence([*pages, *entries]), *_repeats(pages), *_cells(pages)]
    figures += _against_summaries(entries, references, embedder)
    says = f"{len(pages)} tables of pages, {rows} rows; {len(entries)} entries with reference signals"
    return Section("signals", says, tuple(figures))


def _tables(pages: Sequence[Observed]) -> list[Figure]:
    short = [each.article.id for each in pages if len(each.analysis.signals) < LEAST_ROWS]
    all_rows = [row for each in pages for row in each.analysis.signals]
    told = [int(m.group(1)) for each in pages for m in map(OTHER_ROWS.search, each.analysis.notes) if m]
    wrong = [each.article.id for each in pages for row in each.analysis.signals if not _fits(row)]
    return [
        Figure(
            "full",
            f"tables of {LEAST_ROWS} rows or more",
            1 - share(len(short), len(pages)),
            "share",
            at_least=0.95,
            note=some(short),
        ),
        Figure("rows", "rows a table, mean", share(len(all_rows), len(pages)), is_pinned=False),
        Figure(
            "told_no_change",
            "rows said to report no change (note)",
            share(sum(told), len(all_rows)),
            "share",
            is_lower_better=True,
            note=f"in {len(told)} tables",
        ),
        faults("misshapen", "rows with a cell too short or too long", wrong),
    ]


def _fits(row: Signal) -> bool:
    low, high = SIGNAL_WORDS
    least, most = CELL_WORDS
    return low <= len(row.signal.split()) <= high and all(
        least <= len(getattr(row, cell).split()) <= most for cell in JUDGED
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
            if any(said[cell] in seen[cell] for cell in JUDGED):
                repeats.append(each.article.id)
            if said["signal"] in seen["signal"]:
                signals.append(each.article.id)
            for cell in CELLS:
                seen[cell].add(said[cell])
    phrase, tables = _commonest(pages)
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
        Figure(
            "commonest",
            "tables with the commonest suggested phrase",
            share(tables, len(pages)),
            "share",
            at_most=0.05,
            note=phrase,
        ),
    ]


def _commonest(pages: Sequence[Observed]) -> tuple[str, int]:
    counts = Counter(phrase for each in pages for phrase in sorted(set(_suggested(each.analysis.signals))))
    return counts.most_common(1)[0] if counts else ("", 0)


def _suggested(rows: Sequence[Signal]) -> Iterator[str]:
    for row in rows:
        for cell in JUDGED:
            if getattr(row.basis, cell) == "suggested":
                yield getattr(row, cell)


def _cells(pages: Sequence[Observed]) -> list[Figure]:
    """Who says the three judged cells."""
    figures = []
    for cell in JUDGED:
        bases = Counter(getattr(row.basis, cell) for each in pages for row in each.analysis.signals)
        total = sum(bases.values())
        note = ", ".join(f"{basis} {share(count, total):.0%}" for basis, count in sorted(bases.items()))
        own = bases["observed"] + bases["inferred"]
        name = cell.replace("_10y", "").replace("_", " ")
        what = f"{name} from the article, not suggested"
        figures.append(Figure(f"own_{cell}", what, share(own, total), "share", note=note))
    return figures


def _against_summaries(
    entries: Sequence[Observed], references: Sequence[ReferenceEntry], embedder: Embedder
) -> list[Figure]:
    """Each reference signal with its best predicted row, against its best summary sentence.

    "As many": where the summary has fewer sentences than the table rows, as many rows (the strongest) as
    sentences; where it has more, the sentences nearest to the article.
    """
    ours, ours_same, theirs = [], [], []
    for each, reference in zip(entries, references, strict=True):
        rows = [row.signal for row in each.analysis.signals]
        sentences = [sentence.text for sentence in each.analysis.summary]
        if not (rows and sentences and reference.signals):
            continue
        vectors = embedder.encode([each.article.text, *reference.signals, *rows, *sentences])
        whole, rest = vectors[0], vectors[1:]
        at = len(reference.signals)
        wanted, offered, said = rest[:at], rest[at : at + len(rows)], rest[at + len(rows) :]
        best = said[np.argsort(-(said @ whole), kind="stable")]
        same = min(len(rows), len(sentences))
        ours.append(_nearest(wanted, offered))
        ours_same.append(_nearest(wanted, offered[:same]))
        theirs.append(_nearest(wanted, best[:same]))
    floor = mean(theirs)
    beside = (Baseline("summary sentences", floor),)
    what = "reference signals to the nearest row, cosine"
    return [
        Figure("references", what, mean(ours), at_least=floor, baselines=beside),
        Figure(
            "references_same",
            f"{what}; as many rows as sentences",
            mean(ours_same),
            at_least=floor,
            baselines=beside,
        ),
    ]


def _nearest(wanted: Vectors, offered: Vectors) -> float:
    return float((wanted @ offered.T).max(axis=1).mean())
