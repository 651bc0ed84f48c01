"""Ideas for empty cells: from the library alone, few, none twice, and the cell stays empty."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from analyze_cases import NEWS, PATTERNS, analyse, article_of, encode, library, tokens_of

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis import Library, analyze, make_library
from digest.analysis.ideas import (
    HOW_MANY,
    LEARNED,
    LOOKED_AT,
    OF_ONE_PATTERN,
    candidates,
    score_of,
    with_ideas,
)
from digest.analysis.library import COLUMNS
from digest.analysis.reading import Reading, read
from digest.analysis.signals import make_signals
from digest.cli.machinery import library_of
from digest.records import EMPTY, Pattern, Signal

EVERYTHING = replace(LEARNED, offered=-99.0)
FROM = {text: pattern.pattern for pattern in PATTERNS for cell in COLUMNS for text in getattr(pattern, cell)}
BREACH = """Hackers stole the records of 4.5 million patients from a supplier of hospitals, it said on Monday.
The breach exposed names, birth dates and social security numbers that the company kept for its clients.
The intruder was inside the company's systems for eleven days in July before the theft was noticed.
The company now tells affected individuals by letter and offers them two years of credit monitoring.
"""


def rows_of(text: str = NEWS) -> tuple[Reading, tuple[Signal, ...]]:
    reading = read(article_of(text), tokens_of(text))
    return reading, make_signals(reading, "society")[0]


def test_every_idea_is_the_library_s_and_for_an_empty_cell_that_stays_empty() -> None:
    reading, rows = rows_of()
    found = with_ideas(rows, reading, library(), EVERYTHING)
    assert [replace(row, ideas=()) for row in found] == list(rows)
    assert any(row.ideas for row in found)
    for row in found:
        for idea in row.ideas:
            assert getattr(row, idea.field) == EMPTY
            assert any(idea.text in getattr(pattern, idea.field) for pattern in PATTERNS)


def test_a_cell_has_at_most_three_ideas_two_of_a_pattern_and_a_table_none_twice() -> None:
    reading, rows = rows_of()
    found = with_ideas(rows, reading, library(), EVERYTHING)
    every = [idea.text for row in found for idea in row.ideas]
    assert len(set(every)) == len(every)
    for row in found:
        for cell in COLUMNS:
            texts = [idea.text for idea in row.ideas if idea.field == cell]
            assert len(texts) <= HOW_MANY
            assert max(Counter(FROM[text] for text in texts).values(), default=0) <= OF_ONE_PATTERN


def test_the_best_idea_of_a_cell_stands_first() -> None:
    reading, rows = rows_of()
    scores = {(each.row, each.text): score_of(each, LEARNED) for each in candidates(rows, reading, library())}
    for at, row in enumerate(with_ideas(rows, reading, library(), EVERYTHING)):
        for cell in COLUMNS:
            given = [scores[at, idea.text] for idea in row.ideas if idea.field == cell]
            assert given == sorted(given, reverse=True)


def test_a_filled_cell_gets_no_idea() -> None:
    reading, rows = rows_of()
    filled = [replace(row, change="From a fee to a charge") for row in rows]
    fields = {idea.field for row in with_ideas(filled, reading, library(), EVERYTHING) for idea in row.ideas}
    assert fields == {"horizon_10y", "driving_force"}


def test_under_the_floor_nothing_is_offered_and_nothing_is_said_to_fit_unless_sure() -> None:
    reading, rows = rows_of()
    for weights, count in ((replace(LEARNED, offered=99.0), 0), (EVERYTHING, 1)):
        found = with_ideas(rows, reading, library(), weights)
        assert any(row.ideas for row in found) == bool(count)
        assert not any(idea.fits for row in found for idea in row.ideas)
    best = max(score_of(each, LEARNED) for each in candidates(rows, reading, library()))
    sure = with_ideas(rows, reading, library(), replace(EVERYTHING, fitting=best))
    assert sum(idea.fits for row in sure for idea in row.ideas) >= 1


def test_ideas_do_not_depend_on_the_article_s_id() -> None:
    assert analyse(NEWS, id="1" * 32).signals == analyse(NEWS, id="2" * 32).signals


def test_no_patterns_and_no_rows_give_no_ideas() -> None:
    reading, rows = rows_of()
    empty = make_library((), (), encode=encode, version="v1")
    assert with_ideas(rows, reading, empty, EVERYTHING) == rows
    assert with_ideas((), reading, library(), EVERYTHING) == ()


def test_a_pattern_with_few_phrasings_leaves_cells_without() -> None:
    reading, rows = rows_of()
    lone = Pattern("one", "politics", "A city charges cars", ("charge",), (), ("A to b",), ("C d",), ("E f",))
    found = with_ideas(rows, reading, make_library((), (lone,), encode=encode, version="v1"), EVERYTHING)
    assert sum(len(row.ideas) for row in found) == len(COLUMNS)


def test_only_the_best_patterns_are_looked_at() -> None:
    reading, rows = rows_of()
    many = [replace(PATTERNS[at % 4], pattern=f"p{at}") for at in range(12)]
    shelf = make_library((), many, encode=encode, version="v1")
    looked = {(each.row, each.pattern) for each in candidates(rows, reading, shelf)}
    assert set(Counter(row for row, _ in looked).values()) == {LOOKED_AT}


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_of(tmp_path_factory.mktemp("workspace"), SentenceTransformerEmbedder(), None)()


@pytest.mark.model
def test_the_packaged_library_offers_what_the_row_is_about(packaged: Library) -> None:
    def ideas_of(text: str, title: str) -> list[str]:
        tokens = SentenceTransformerEmbedder().encode_tokens([text])[0]
        rows = analyze(article_of(text, title=title), tokens, packaged).signals
        assert rows
        return [idea.text for row in rows for idea in row.ideas]

    breach = ideas_of(BREACH, "Hackers copy records of 4.5 million patients")
    shared = next(each for each in packaged.patterns if each.pattern == "shared-supplier-breach")
    assert set(breach) & {text for cell in COLUMNS for text in getattr(shared, cell)}
    assert np.unique(breach).size == len(breach)
