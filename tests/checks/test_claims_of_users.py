"""Claims that users tried: what says the same is supported, what says otherwise is flagged."""

import pytest
from claims_of_users import (
    ALIKE,
    ALSO,
    EXCHANGED,
    FERRIES,
    FRACTIONS,
    ORDER,
    RANGES,
    SAID,
    STEPS,
    TRUE_OF_FERRIES,
    UNITS,
    VARIANTS,
    Case,
)

from digest.checks import check
from digest.checks.claim_reading import read
from digest.checks.figures import find_figures

CASES = [*ALIKE, *ORDER, *EXCHANGED, *FRACTIONS, *RANGES, *UNITS, *STEPS, *SAID, *VARIANTS, *ALSO]


@pytest.mark.parametrize("case", CASES, ids=[f"{title}: {claim}" for title, _, claim, _ in CASES])
def test_a_claim_is_judged_by_what_it_says(case: Case) -> None:
    _, document, claim, expected = case
    result = check(claim, document)
    assert result.supported == expected, result


@pytest.mark.parametrize("claim", TRUE_OF_FERRIES)
def test_a_text_with_many_figures_supports_what_it_says(claim: str) -> None:
    assert check(claim, FERRIES).supported


def test_a_figure_said_as_about_does_not_vouch_for_the_same_said_plainly() -> None:
    found, settled, _ = find_figures(
        read("It cost about 100 euros, then 100 euros."), read("It cost 103 euros.")
    )
    assert [each.problem.claim for each in found] == ["100 euros"]
    assert len(settled) == 1


@pytest.mark.parametrize(
    "headline", ["Anna Berg Buys Tomas Reuter Bank", "New Port Ferry Prices Rise Again in Lisse"]
)
def test_a_headline_in_capitals_names_nobody(headline: str) -> None:
    assert read(headline).names == []


def test_a_sentence_of_full_names_has_names() -> None:
    assert [name.text for name in read("Anna Berg bought Tomas Reuter.").names] == [
        "Anna Berg",
        "Tomas Reuter",
    ]
