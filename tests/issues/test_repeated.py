"""A model's cell that several stories have, in whatever order of words: named in two, refused in three."""

from dataclasses import replace

import pytest
from model_answers import by_rules, kilns

from digest.issues.repeated import Repeated
from digest.records import EMPTY, Analysis, Evidence, Signal, SignalBasis

SAID = "Ferry towns rent out harbour batteries to the grid at night"


def story(at: int, horizon: str, basis: str = "suggested") -> Analysis:
    signal = Signal(
        f"Town {at} bought a ferry", EMPTY, horizon, EMPTY, SignalBasis("observed", "none", basis, "none"), ()
    )
    return replace(by_rules(kilns()), id=str(at), signals=(signal,))


def judged(*stories: Analysis) -> list[Analysis]:
    known = {each.id: each for each in stories}
    repeated = Repeated(known, {each.id: f"Story {each.id}" for each in stories})
    return [repeated.judged(each.id, each) for each in stories]


def test_of_two_stories_with_one_judgement_each_names_the_other() -> None:
    one, other, third = judged(
        story(1, SAID),
        story(2, f"At night {SAID[:-9]}"),
        story(3, "Nurses ride night buses home for nothing"),
    )
    assert one.signals[0].horizon_10y == SAID
    assert one.notes == ("10y horizon, row 1: another story has the same: “Story 2” (2)",)
    assert "“Story 1” (1)" in other.notes[0]
    assert third.notes == ()
    assert third.signals[0].horizon_10y == "Nurses ride night buses home for nothing"


def test_of_three_none_keeps_it_and_the_notes_do() -> None:
    for made in judged(*(story(at, SAID) for at in range(3))):
        assert made.signals[0].horizon_10y == EMPTY
        assert made.signals[0].basis.horizon_10y == "none"
        assert SAID in made.notes[-1]
        assert "2 other stories" in made.notes[-1]


def test_what_articles_say_of_ten_years_ahead_may_be_the_same() -> None:
    stories = [story(at, SAID, "observed") for at in range(4)]
    assert judged(*stories) == stories
    assert judged(*(story(at, EMPTY, "none") for at in range(4)))[0].notes == ()


@pytest.mark.parametrize("name", ["change", "driving_force"])
def test_a_change_or_cause_in_a_models_own_words_is_judged_as_well(name: str) -> None:
    text = "From a trial to a permanent rule"
    for count in (2, 3):
        for made in judged(*(story_with(name, text, at, "inferred") for at in range(count))):
            row = made.signals[0]
            assert getattr(row, name) == (text if count == 2 else EMPTY)
            assert {each.field for each in row.evidence} == ({"signal", name} if count == 2 else {"signal"})
            assert len(made.notes) == 1
    assert all(
        not made.notes for made in judged(*(story_with(name, text, at, "observed") for at in range(4)))
    )


def story_with(name: str, text: str, at: int, basis: str) -> Analysis:
    made = story(at, EMPTY, "none")
    row = made.signals[0]
    evidence = tuple(Evidence(0, 30, kilns().text[:30], field) for field in ("signal", name))
    row = replace(row, **{name: text}, basis=replace(row.basis, **{name: basis}), evidence=evidence)
    return replace(made, signals=(row,))
