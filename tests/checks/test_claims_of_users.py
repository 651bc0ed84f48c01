"""Claims that users tried: what says the same is supported, what says otherwise is flagged."""

import pytest
from claims_of_users import ALIKE, EXCHANGED, FRACTIONS, ORDER, RANGES, SAID, STEPS, UNITS, Case

from digest.checks import check

CASES = [*ALIKE, *ORDER, *EXCHANGED, *FRACTIONS, *RANGES, *UNITS, *STEPS, *SAID]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_claim_is_judged_by_what_it_says(case: Case) -> None:
    _, document, claim, expected = case
    result = check(claim, document)
    assert result.supported == expected, result
