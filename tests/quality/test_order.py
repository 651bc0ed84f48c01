"""Stories are ordered better by what verdicts teach than without, on issues left out."""

from pathlib import Path

import numpy as np
import pytest

from digest.issues.verdict_order import Judged, Ranked, learn
from tests.quality.learn_order import measure, ndcg, verdicts

BEGIN = 300
"""Characters of a page that are embedded, to be quick; `tests.quality.learn_order` reads them whole."""


@pytest.mark.model
def test_what_readers_had_comes_earlier_by_what_other_issues_teach(dev_data: Path) -> None:
    issues = verdicts(dev_data, begin=BEGIN)
    assert sum(map(len, issues.values())) == 239
    gains = measure(issues)
    means = {
        name: np.mean([getattr(each, name) for each in gains]) for name in ("learned", "without", "by_chance")
    }
    assert means["learned"] > means["without"] + 0.03
    assert means["without"] > means["by_chance"]


def test_ndcg_is_one_for_the_best_order_alone() -> None:
    assert ndcg([True, True, False]) == 1
    assert ndcg([False, False]) == 1
    assert ndcg([False, True]) == pytest.approx(1 / np.log2(3))
    assert ndcg([False, False, True], 2) == 0


def story(name: str, about: int, *, rows: int = 0, keywords: tuple[str, ...] = ()) -> Ranked:
    vector = np.zeros(8, np.float32)
    vector[about] = 1
    return Ranked(name, vector, rows, 0.8 * bool(rows), frozenset(), 800 * bool(rows), 1, 300, keywords)


def judged(good: int, bad: int) -> list[Judged]:
    liked = [Judged(story(f"g{at}", 0, rows=1, keywords=("grid storage",)), True) for at in range(good)]
    return liked + [Judged(story(f"b{at}", 1, rows=1, keywords=("celebrity",)), False) for at in range(bad)]


@pytest.mark.parametrize(("good", "bad"), [(29, 0), (14, 15), (30, 0), (0, 30), (26, 4)])
def test_too_few_verdicts_teach_nothing(good: int, bad: int) -> None:
    assert learn(judged(good, bad)) is None


def test_a_story_is_told_what_it_is_like() -> None:
    learned = learn(judged(25, 5))
    assert learned
    like, unlike, strange = learned.places(
        [
            story("x", 0, rows=1, keywords=("Grid storage", "Brekke")),
            story("y", 1, rows=1, keywords=("Mayor",)),
            story("z", 5, rows=2),
        ]
    )
    assert like.score > unlike.score
    assert like.why == "like 12 you approved: Grid storage"
    assert unlike.why == "like 5 you rejected"
    assert strange.why == "2 rows; nothing near it was decided on yet"
    assert learned.places([]) == []
