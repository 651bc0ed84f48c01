"""What every packaged pattern and theme must keep to."""

import re
from collections import Counter
from pathlib import Path

import pytest

from digest.analysis.library import COLUMNS, phrasing_texts
from digest.workspace.prompt_files import load_patterns, load_themes


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace without prompt files of its own."""
    return tmp_path_factory.mktemp("workspace")


def test_there_are_patterns_and_themes_for_most_fields(nowhere: Path) -> None:
    patterns, themes = load_patterns(nowhere), load_themes(nowhere)
    assert len(patterns) >= 400
    assert len(themes) >= 190
    assert {pattern.steep for pattern in patterns} == {theme.steep for theme in themes}
    assert len({pattern.steep for pattern in patterns}) == 6


def test_each_pattern_has_four_phrasings_a_column(nowhere: Path) -> None:
    few = [
        (pattern.pattern, column)
        for pattern in load_patterns(nowhere)
        for column in COLUMNS
        if len(getattr(pattern, column)) < 4
    ]
    assert few == []


def test_no_phrasing_stands_twice_in_the_library(nowhere: Path) -> None:
    counts = Counter(text.lower() for text in phrasing_texts(load_patterns(nowhere)))
    assert [text for text, count in counts.items() if count > 1] == []


def test_phrasings_hold_no_figures_and_end_without_a_stop(nowhere: Path) -> None:
    texts = phrasing_texts(load_patterns(nowhere))
    assert [text for text in texts if re.search(r"\d|[.!?,;:]$|[<>|\[\]{}]", text)] == []
    assert [text for text in texts if not text[0].isupper()] == []


def test_cues_can_be_found(nowhere: Path) -> None:
    long = [
        (pattern.pattern, words)
        for pattern in load_patterns(nowhere)
        for words in (*pattern.cues, *pattern.unless)
        if len(words.split()) > 4
    ]
    assert long == []
