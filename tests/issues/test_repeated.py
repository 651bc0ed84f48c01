"""A judgement that several stories have, in whatever order of words: named under two, refused under three."""

from dataclasses import replace

from model_answers import by_rules, kilns

from digest.issues.repeated import Repeated
from digest.records import EMPTY, Analysis, Signal, SignalBasis

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
