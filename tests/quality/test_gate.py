"""The gate itself, and its quick part on a few pages."""

import json
from pathlib import Path

import pytest

from tests.quality import gate
from tests.quality.evaluation.figures import Baseline, Figure, Section
from tests.quality.evaluation.table import render_sections


def figure(value: float, **more: object) -> Figure:
    return Figure("key", "what was measured", value, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measured", "floor", "fails"),
    [
        (figure(0.60), 0.61, True),
        (figure(0.607), 0.61, False),
        (figure(0.70), 0.61, False),
        (figure(0.62, is_lower_better=True), 0.61, True),
        (figure(0.50, at_most=0.9), 0.61, False),
        (figure(1, unit="count", at_most=0), 0, True),
        (figure(0.60), None, True),
        (figure(1.4, at_most=1.6, is_pinned=False), None, False),
        (figure(1.7, at_most=1.6, is_pinned=False), None, True),
    ],
)
def test_a_figure_fails_under_its_floor(measured: Figure, floor: float | None, fails: bool) -> None:
    floors = {} if floor is None else {"part/key": floor}
    assert bool(gate.misses({"part/key": measured}, floors)) is fails


def test_what_failed_is_said_with_by_how_much() -> None:
    (miss,) = gate.misses({"part/key": figure(0.55, unit="share")}, {"part/key": 0.61})
    assert str(miss) == "part/key: 55.0 %, 6.0 % under the floor of 61.0 %  (what was measured)"


def test_a_floor_is_raised_but_lowered_only_when_asked() -> None:
    better, worse = {"part/key": figure(0.7)}, {"part/key": figure(0.5)}
    assert gate.pinned(better, {"part/key": 0.6}, lower=False) == {"part/key": 0.7}
    assert gate.pinned(worse, {"part/key": 0.6}, lower=False) == {"part/key": 0.6}
    assert gate.pinned(worse, {"part/key": 0.6}, lower=True) == {"part/key": 0.5}
    assert gate.pinned({"part/key": figure(0.5, is_pinned=False)}, {}, lower=True) == {}


def test_the_hash_changes_with_the_data(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    page = tmp_path / "pages" / "articles.jsonl"
    page.write_text("{}\n")
    before = gate.corpus_hash(tmp_path)
    page.write_text("{ }\n")
    assert gate.corpus_hash(tmp_path) != before


def test_a_table_shows_figure_target_baseline_and_verdict() -> None:
    good = figure(0.612, at_least=0.6, baselines=(Baseline("lead", 0.5),))
    table = render_sections([Section("part", "on 3 texts", (good, figure(4, unit="count", at_most=0)))])
    assert "| what was measured |  0.612 | ≥ 0.600 | yes   | lead 0.500 |      |" in table
    assert "| what was measured |      4 |     ≤ 0 | NO    |            |      |" in table
    assert table.endswith("1 of 2 targets hold.\n")


@pytest.mark.model
@pytest.mark.slow
def test_a_few_pages_hold_their_floors(dev_data: Path) -> None:
    floors = json.loads(gate.FLOORS.read_text("utf-8"))
    if floors["corpus"] != gate.corpus_hash(dev_data):
        pytest.skip("the development data is not what the floors were measured on")
    figures = gate.keyed(gate.measure(dev_data, is_quick=True))
    assert [str(miss) for miss in gate.misses(figures, floors["quick"])] == []
