"""Claims that users tried: what says the same is supported, what says otherwise is flagged."""

import pytest
from claims_of_users import (
    ALIKE,
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

CASES = [*ALIKE, *ORDER, *EXCHANGED, *FRACTIONS, *RANGES, *UNITS, *STEPS, *SAID, *VARIANTS]


@pytest.mark.parametrize("case", CASES, ids=[f"{title}: {claim}" for title, _, claim, _ in CASES])
def test_a_claim_is_judged_by_what_it_says(case: Case) -> None:
    _, document, claim, expected = case
    result = check(claim, document)
    assert result.supported == expected, result


@pytest.mark.parametrize("claim", TRUE_OF_FERRIES)
def test_a_text_with_many_figures_supports_what_it_says(claim: str) -> None:
    assert check(claim, FERRIES).supported
