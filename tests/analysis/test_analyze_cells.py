"""Change, horizon and driving force in the article's own words."""

from datetime import date

import pytest
from analyze_cases import article_of, tokens_of

from digest.analysis.cells import Found, find_change, find_force, find_horizon
from digest.analysis.reading import Line, read


def line_of(sentence: str) -> Line:
    return read(article_of(sentence), tokens_of(sentence)).lines[0]


def text_of(found: Found | None) -> str | None:
    return found.text if found else None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The cost of a day of treatment fell from €710 to €395.", "From €710 to €395"),
        ("The meadow has grown from 212 to 437 hectares since the ban.", "From 212 to 437 hectares"),
        (
            "Large firms shift from experimentation to execution this year.",
            "From experimentation to execution",
        ),
        ("The sale ran from Monday to Friday in all shops.", None),
        ("He moved from southern California to Atlanta last spring.", None),
        ("Prices range from €40 to €90 in most shops.", None),
        ("The charge rose from 2019 to 2024 without a pause.", None),
        ("The kitchen has marble rather than solid wood.", None),
    ],
)
def test_change_is_taken_where_the_text_has_it(sentence: str, expected: str | None) -> None:
    assert text_of(find_change(line_of(sentence), sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Births fell to 41,800 last year from 59,300 in 2012.",
            "From 59,300 to 41,800",
        ),
        (
            "Unemployment rose to 4.9 per cent from 3.1 per cent a year ago.",
            "From 3.1 per cent to 4.9 per cent",
        ),
        ("He rose to speak from his chair for 20 minutes.", None),
        ("Some 140,000 homes will be without cover by 2035, up from 31,000 now.", None),
        (
            "The largest credit is 17,280 euros, up from 16,810 euros in 2024.",
            "From 16,810 euros to 17,280 euros",
        ),
        (
            "The office replaced paper ledgers with shared spreadsheets.",
            "From paper ledgers to shared spreadsheets",
        ),
        ("You can keep it or replace it with modern wicker.", None),
        ("Your clerk replaced paper ledgers with shared tables.", None),
        ("He stood up from the table and left.", None),
    ],
)
def test_an_old_and_a_new_state_make_a_change(sentence: str, expected: str | None) -> None:
    found = find_change(line_of(sentence), sentence)
    assert text_of(found) == expected
    assert found is None or found.basis == "inferred"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "As demand for oat milk continues to grow, dairies are opening new lines.",
            "Demand for oat milk continues to grow",
        ),
        ("Rising rents are driving young families out of the city.", "Rising rents"),
        ("As you grow, the plan becomes dearer.", None),
        ("They last longer because they have no lid.", None),
        ("It spilled a few times due to the shallow spout.", None),
        ("The reviews may be missing due to various factors.", None),
        ("Stir the flour well in order to make bread.", None),
    ],
)
def test_a_force_is_something_that_moves(sentence: str, expected: str | None) -> None:
    assert text_of(find_force(line_of(sentence), sentence)) == expected


def test_a_change_put_together_from_words_is_inferred() -> None:
    sentence = "They start on 46,000 euros instead of 38,500 euros."
    found = find_change(line_of(sentence), sentence)
    assert found is not None
    assert found.basis == "inferred"
    assert found.text == "From 38,500 euros to 46,000 euros"
    assert [sentence[start:end] for start, end in found.spans] == ["38,500 euros", "46,000 euros"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "By 2035 the meadow would reach 700 hectares, the authors write.",
            "By 2035 the meadow would reach 700 hectares",
        ),
        ("The market will hit $149 billion by 2038.", "The market will hit $149 billion by 2038"),
        ("The plant closed in 2035 according to the novel.", None),
        ("By 2027 the line will be open to all.", None),
        ("It will be different by 2040.", None),
    ],
)
def test_a_horizon_lies_years_ahead_and_stands_alone(sentence: str, expected: str | None) -> None:
    assert text_of(find_horizon(line_of(sentence), sentence, date(2026, 11, 1))) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "The city banned studs in order to protect the new road surface.",
            "To protect the new road surface",
        ),
        ("Bills rose because of a shortage of skilled labour.", "A shortage of skilled labour"),
        ("The shop closed amid falling demand for printed books.", "Falling demand for printed books"),
        ("The train is due to leave the old station at nine.", None),
        ("It closed because of this.", None),
        ("Use a cover to protect the new table from water.", None),
    ],
)
def test_a_driving_force_is_a_reason_or_a_purpose(sentence: str, expected: str | None) -> None:
    assert text_of(find_force(line_of(sentence), sentence)) == expected
