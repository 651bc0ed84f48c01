"""Scores of signals tables against readers': what counts as a right row and as a cell that agrees."""

from typing import Any, cast

import pytest

from tests.quality.evaluation.table_scores import Row, says, score
from tests.quality.reader_tables import Example

SENTENCES = [(0, 10), (11, 20), (21, 30), (31, 40)]


def example(*rows: dict[str, Any], reports_change: bool = True) -> Example:
    nothing = cast(Any, None)
    return Example(
        id="a",
        set="news",
        fold=0,
        is_gold=True,
        reports_change=reports_change,
        second="",
        sentences=SENTENCES,
        reading=nothing,
        traits=nothing,
        vectors=nothing,
        statements={},
        rows=rows,
        cited=[],
        also=frozenset(),
    )


def reader(
    *sentences: int, change: str = "From 12 to 25 states", at: tuple[int, ...] = (1,)
) -> dict[str, Any]:
    return {
        "sentences": sentences,
        "change": change,
        "change_sentences": at,
        "change_basis": "observed",
        "driving_force": "",
        "force_sentences": (),
        "force_basis": "observed",
    }


def row(*sentences: int, change: str = "", at: tuple[int, ...] = (0,)) -> Row:
    return Row(frozenset(sentences), {"change": (change, frozenset(at))} if change else {})


def counts(*tables: tuple[Example, list[Row]]) -> dict[str, int]:
    return dict(score(tables).counts)


def test_a_row_is_right_where_a_reader_cites_one_of_its_sentences() -> None:
    found = counts((example(reader(1, 2), reader(4)), [row(1), row(2), row(0)]))
    assert (found["rows"], found["right"], found["gold"], found["found"], found["first"]) == (3, 2, 2, 1, 1)


def test_a_row_quoted_from_three_sentences_is_not_right() -> None:
    assert counts((example(reader(1)), [row(0, 1, 2)]))["right"] == 0


def test_rows_of_an_article_without_change_count_as_wrong_and_none_as_right() -> None:
    found = counts((example(reports_change=False), []), (example(reports_change=False), [row(0)]))
    assert (found["without"], found["empty"], found["all rows"]) == (2, 1, 1)
    assert "rows" not in found


@pytest.mark.parametrize(
    ("change", "at", "agrees"),
    [
        ("to 25 states, from 12", (0,), 1),
        ("to 25 states", (0,), 0),
        ("to 25 states, from 12", (3,), 0),
        ("to 25 states, from 12", (0, 1, 2, 3), 0),
        ("", (0,), 0),
    ],
)
def test_a_cell_agrees_with_its_reader_in_place_words_and_numbers(
    change: str, at: tuple[int, ...], agrees: int
) -> None:
    found = counts((example(reader(1)), [row(0, change=change, at=at)]))
    assert found["matched change"] == 1
    assert found["own change"] == agrees


@pytest.mark.parametrize(
    ("text", "cell", "expected"),
    [
        ("rising prices of food", "food prices rise", True),
        ("a new mayor", "food prices rise", False),
        (" ".join(["prices of food"] * 8), "food prices rise", False),
    ],
)
def test_what_says_a_readers_cell(text: str, cell: str, expected: bool) -> None:
    assert says(text, cell) is expected
