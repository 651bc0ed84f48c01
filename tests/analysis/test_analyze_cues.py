"""Words that report a change."""

import pytest

from digest.analysis.cues import reports_change
from digest.language.tags import tag
from digest.language.words import split_words


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("The council banned cars from the centre", True),
        ("The firm is to rehire 240 handlers", True),
        ("The plant was closed in March", True),
        ("Diesel buses are no longer made in Europe", True),
        ("The tool can reduce costs by half", False),
        ("A city should ban cars from streets", False),
        ("The reality is a balancing act", False),
    ],
)
def test_what_counts_as_reporting_a_change(clause: str, expected: bool) -> None:
    assert reports_change(tag(split_words(clause))) is expected
