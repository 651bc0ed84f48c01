"""Tables of signals against those of careful readers, each made by what was learned without its fold."""

import random
from collections.abc import Iterator, Mapping, Sequence

from digest.analysis.cues import reports_change
from digest.records import EMPTY
from tests.quality.evaluation.figures import Baseline, Figure, Section
from tests.quality.evaluation.table_scores import Row, Score, row_of, score
from tests.quality.learn_signals import Learner, kind_shares, tables
from tests.quality.reader_tables import Example

SEED = 20261127
Tables = Sequence[tuple[Example, Sequence[Row]]]


def measure_tables(examples: Sequence[Example]) -> Section:
    """Learn on four folds, make the tables of the fifth, five times over, and score them by kind of text."""
    learned = Learner(examples).out_of_fold()
    gold = [each for each in examples if each.is_gold]
    made = list(tables(gold, learned))
    rows = [(each, [row_of(each, signal) for signal in signals]) for each, signals, _ in made]
    ways = {
        "made": rows,
        "first two sentences": [(each, _first_two(each)) for each in gold],
        "a sentence with a word of change": [(each, list(_chance(each))) for each in gold],
    }
    kinds = {fold: each.kinds for fold, each in learned.items() if each.kinds}
    cells = sum(getattr(row, name) != EMPTY for _, signals, _ in made for row in signals for name in _JUDGED)
    figures = [
        *_of_news({name: score(_of(found, "news")) for name, found in ways.items()}),
        *_of_pages({name: score(_of(found, "pages")) for name, found in ways.items()}),
        *_of_cells(score(rows)),
        *(_of_kind(name, *shares) for name, shares in kind_shares(gold, kinds).items()),
    ]
    total = sum(len(signals) for _, signals, _ in made)
    says = f"{len(gold)} articles; {total} rows, {cells} of their {3 * total} other cells filled"
    return Section("tables", says, tuple(figures))


_JUDGED = ("change", "horizon_10y", "driving_force")


def _of(found: Tables, kind: str) -> Tables:
    return [(example, rows) for example, rows in found if example.set == kind]


def _of_news(scores: Mapping[str, Score]) -> list[Figure]:
    return [
        _figure("news_precision", "news: rows right", scores, ("right", "rows"), 0.65),
        _figure("news_recall", "news: readers' rows found", scores, ("found", "gold"), 0.5),
        _figure("news_first", "news: first row right", scores, ("first", "with"), 0.78),
    ]


def _of_pages(scores: Mapping[str, Score]) -> list[Figure]:
    return [
        _figure("pages_right", "pages: of all rows right", scores, ("right", "all rows"), 0.3),
        _figure("pages_recall", "pages: readers' rows found", scores, ("found", "gold"), 0.25),
        _figure("pages_empty", "pages without change: empty table", scores, ("empty", "without"), 0.8),
    ]


def _of_kind(name: str, right: float, commonest: float) -> Figure:
    beside = (Baseline("always the commonest", commonest),)
    return Figure(f"{name}_right", f"{name} of readers' rows right", right, "share", baselines=beside)


def _of_cells(scored: Score) -> list[Figure]:
    return [
        Figure(
            f"own_{cell}",
            f"matched rows: {cell.replace('_', ' ')} as the reader's",
            scored.rate(f"own {cell}", f"matched {cell}"),
            "share",
            at_least=asked,
        )
        for cell, asked in (("change", 0.3), ("driving_force", 0.35))
    ]


def _figure(key: str, what: str, scores: Mapping[str, Score], of: tuple[str, str], asked: float) -> Figure:
    others = [Baseline(name, each.rate(*of)) for name, each in scores.items() if name != "made"]
    return Figure(key, what, scores["made"].rate(*of), "share", at_least=asked, baselines=tuple(others))


def _first_two(example: Example) -> list[Row]:
    """The first two sentences of prose, a row each."""
    return [Row(frozenset([at])) for at in prose_sentences(example)[:2]]


def _chance(example: Example) -> Iterator[Row]:
    """A sentence with a word of change, by chance."""
    told = [line for line in example.reading.lines if line.is_prose and reports_change(line.words)]
    if told:
        line = random.Random(f"{SEED} {example.id}").choice(told)
        yield Row(example.sentences_in([(line.start, line.end)]))


def prose_sentences(example: Example) -> list[int]:
    """Give the places of sentences that are no headings."""
    return [at for at, (start, end) in enumerate(example.sentences) if end - start > LEAST_PROSE]


LEAST_PROSE = 40
"""Characters of a sentence that is no heading."""
