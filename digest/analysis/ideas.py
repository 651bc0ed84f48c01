"""Ideas for a row's empty cells: phrasings of the editor's library of patterns, offered and never printed.

For each row those patterns are looked at that fit it best; of their phrasings for a cell the likeliest to fit
are offered, best first, at most two of one pattern, none twice in a table, and none where hardly one would
fit. How likely one fits was learned from pairs of row and phrasing judged by reading
(tests/quality/learn_ideas.py), nothing of any one phrasing. None is ever made up for an article.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from digest.analysis.library import COLUMNS, Library
from digest.analysis.patterns import fit_patterns, stems_of
from digest.analysis.reading import Reading
from digest.language.words import WORD, stem
from digest.records import EMPTY, Idea, Signal, Vectors

HOW_MANY = 3
"""Ideas for a cell at most: what an editor chooses from at a glance. Judgement."""
OF_ONE_PATTERN = 2
"""Ideas for a cell from one pattern at most: where that does not fit, another is left. Judgement."""
LOOKED_AT = 4
"""Patterns looked at for a row, best first: enough for HOW_MANY when some are used up by other rows."""


@dataclass(frozen=True)
class Candidate:
    """A phrasing that may be offered for a row's cell."""

    row: int
    field: str
    pattern: int
    text: str
    columns: tuple[float, ...]
    """What tells whether it fits: cosine of the pattern's description to the row; how well the pattern fits
    row and article; share of the phrasing's words that the article has. The phrasing's own cosines to row,
    article and first sentences told nothing beside these."""


@dataclass(frozen=True)
class IdeaWeights:
    """What was learned."""

    counts: tuple[float, ...]
    """What each column counts, and the constant, for the log odds that an editor lets an idea stand."""
    offered: float
    """Log odds under which none is offered: of the pairs judged to fit three in four lie above, and one in
    three of all."""
    fitting: float | None
    """Log odds from which on an idea fits, right four times in five on texts left out; None where no odds
    are so sure, and no idea is then said to fit."""


LEARNED = IdeaWeights((5.42, 2.3228, 1.5015, -5.5776), offered=-2.84, fitting=None)
"""No idea is said to fit: of the 30 surest of 600 pairs, on texts left out, 37 in 100 did, of those offered
15 (November 2026)."""


def with_ideas(
    signals: Sequence[Signal], reading: Reading, library: Library, weights: IdeaWeights = LEARNED
) -> tuple[Signal, ...]:
    """Give the rows of an article ideas for their empty cells; the cells stay empty.

    Args:
        signals: Its rows.
        reading: The article.
        library: The patterns with their vectors.
        weights: Others than the package's, where what was learned is measured.

    Returns:
        The rows in order, each with up to HOW_MANY ideas for each empty cell, cell by cell, best first.
    """
    scored = [(score_of(each, weights), each) for each in candidates(signals, reading, library)]
    found: list[list[Idea]] = [[] for _ in signals]
    of_cell: Counter[tuple[int, str]] = Counter()
    of_pattern: Counter[tuple[int, str, int]] = Counter()
    used: set[str] = set()
    # The likeliest pair of the whole table first, ties in the file's order: a phrasing goes to the row it
    # fits best.
    for score, each in sorted(scored, key=lambda pair: -pair[0]):
        cell = (each.row, each.field)
        is_free = of_cell[cell] < HOW_MANY and of_pattern[*cell, each.pattern] < OF_ONE_PATTERN
        if score >= weights.offered and is_free and each.text.lower() not in used:
            fits = weights.fitting is not None and score >= weights.fitting
            found[each.row].append(Idea(each.field, each.text, fits))
            used.add(each.text.lower())
            of_cell[cell] += 1
            of_pattern[*cell, each.pattern] += 1
    return tuple(
        replace(signal, ideas=tuple(sorted(ideas, key=lambda idea: COLUMNS.index(idea.field))))
        for signal, ideas in zip(signals, found, strict=True)
    )


def score_of(candidate: Candidate, weights: IdeaWeights) -> float:
    """Give the log odds that an editor lets a candidate stand beside its row."""
    *counts, constant = weights.counts
    return sum(each * count for each, count in zip(candidate.columns, counts, strict=True)) + constant


def candidates(
    signals: Sequence[Signal], reading: Reading, library: Library, looked_at: int = LOOKED_AT
) -> Iterator[Candidate]:
    """Give the phrasings of the best patterns for each row with an empty cell, row by row, the best pattern
    first."""
    rows = [(at, cells) for at, signal in enumerate(signals) if (cells := _empty_cells(signal))]
    if not rows or not library.patterns:
        return
    own = [signals[at] for at, _ in rows]
    vectors = _row_vectors(own, reading)
    text = f"{reading.article.title}\n{reading.article.text}"
    sentences = [signal.signal for signal in own]
    fit = fit_patterns(sentences, vectors, reading.vector, reading.lead, text, library)
    words = frozenset(stem(word) for word in re.findall(WORD, text))
    for place, (at, cells) in enumerate(rows):
        for pattern in map(int, np.argsort(-fit[place], kind="stable")[:looked_at]):
            described = float(library.pattern_vectors[pattern] @ vectors[place])
            for field in cells:
                for phrasing in getattr(library.patterns[pattern], field):
                    said = stems_of(phrasing)
                    told = len(said & words) / max(1, len(said))
                    columns = (described, float(fit[place, pattern]), told)
                    yield Candidate(at, field, pattern, phrasing, columns)


def _empty_cells(signal: Signal) -> list[str]:
    return [field for field in COLUMNS if getattr(signal, field) == EMPTY]


def _row_vectors(signals: Sequence[Signal], reading: Reading) -> Vectors:
    """Shape (rows, d): the mean of the pieces each row is quoted from, L2-normalised."""
    means = [
        reading.pool([(each.start, each.end) for each in signal.evidence if each.field == "signal"]).sum(0)
        for signal in signals
    ]
    stacked = np.stack(means)
    norms = np.linalg.norm(stacked, axis=1, keepdims=True)
    return np.asarray(stacked / np.maximum(norms, 1e-9), dtype=np.float32)
