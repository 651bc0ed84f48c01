"""Signals that come up again: tied where meaning and words agree, left alone where they do not."""

import numpy as np
import pytest
from fakes import FakeEmbedder

from digest.records import SeenSignal, Vectors
from digest.stories.recur import recurring


def seen(signal: str, issue: str, title: str = "Sand heats a town") -> SeenSignal:
    return SeenSignal(signal, f"{issue}-{title}", issue, title)


def vectors(signals: list[SeenSignal]) -> Vectors:
    return FakeEmbedder().encode([each.signal for each in signals])


SAND = [
    seen("Town in Finland heats homes with sand battery", "20260301"),
    seen("Sand battery heats homes in a Finland town", "20260401"),
    seen("Second Finland town heats homes with sand battery", "20260501"),
]
OTHERS = [
    seen("Parliament bans smartphones from primary schools", "20260301", "Schools"),
    seen("Court fines airline for lost luggage", "20260401", "Airlines"),
    seen("Growers plant olives in the north", "20260501", "Olives"),
]


def test_a_signal_seen_in_later_issues_is_one_line() -> None:
    signals = [*OTHERS, *reversed(SAND)]
    (line,) = recurring(signals, vectors(signals))
    assert line.signals == tuple(SAND)
    assert 0.65 <= line.similarity <= 1


def test_signals_of_one_issue_alone_are_no_line() -> None:
    signals = [seen(each.signal, "20260301", f"Title {row}") for row, each in enumerate(SAND)]
    assert recurring(signals, vectors(signals)) == []


def test_the_same_meaning_in_other_words_is_not_enough() -> None:
    signals = [SAND[0], seen("Heat stored in grains warms Nordic flats", "20260401")]
    same = np.ones((2, 4), dtype=np.float32) / 2
    assert recurring(signals, same) == []


def test_the_same_few_words_about_different_things_are_no_line() -> None:
    signals = [
        seen("Technological progress", "20260301", "Sand heats a town"),
        seen("Technological progress", "20260401", "Olives grow farther north"),
    ]
    assert recurring(signals, vectors(signals)) == []


def test_the_order_given_does_not_matter() -> None:
    signals = [*SAND, *OTHERS]
    back = list(reversed(signals))
    assert recurring(signals, vectors(signals)) == recurring(back, vectors(back))


def test_as_many_vectors_as_signals_are_needed() -> None:
    with pytest.raises(ValueError, match="3 signals, but 6 vectors"):
        recurring(SAND, vectors([*SAND, *OTHERS]))
