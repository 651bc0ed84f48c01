"""Stories, and the closest entries."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from fakes import FakeEmbedder

from digest.records import Article, Vectors
from digest.stages.group import group
from digest.stages.relate import Relatable, describe, nearest

HACK_ONE = (
    "Hackers stole records of patients at the Medlinea network on Monday. "
    "Medlinea shut its prescription servers and pharmacists wrote prescriptions by hand."
)
HACK_TWO = (
    "Pharmacists wrote prescriptions by hand on Monday after hackers hit Medlinea. "
    "The Medlinea network shut its servers when records of patients were stolen."
)
KILN = "A cement maker closed its last coal kiln and started an electric one beside the quarry in spring."


def article(name: str, text: str, day: int = 16) -> Article:
    return Article(name, "", "", name, "", date(2026, 11, day), "en", text, ())


def vectors_of(*articles: Article) -> Vectors:
    return FakeEmbedder().encode([each.text for each in articles])


def stories(*articles: Article, known: dict[str, str] | None = None) -> list[tuple[str, ...]]:
    return [story.article_ids for story in group(articles, vectors_of(*articles), known=known or {})]


def test_reports_of_one_event_become_one_story_and_others_stand_alone() -> None:
    a, b, c = article("a", HACK_ONE), article("b", HACK_TWO), article("c", KILN)
    assert stories(a, c, b) == [("a", "b"), ("c",)]


def test_a_report_weeks_later_is_no_part_of_the_story() -> None:
    assert stories(article("a", HACK_ONE, 1), article("b", HACK_TWO, 20)) == [("a",), ("b",)]


def test_a_story_keeps_its_id_when_articles_join() -> None:
    a, b = article("a", HACK_ONE), article("b", HACK_TWO)
    (story,) = group([a, b], vectors_of(a, b), known={"b": "b"})
    assert (story.id, story.article_ids) == ("b", ("a", "b"))


def test_known_stories_are_never_merged_or_torn() -> None:
    a, b = article("a", HACK_ONE), article("b", HACK_TWO)
    assert stories(a, b, known={"a": "a", "b": "b"}) == [("a",), ("b",)]


def test_nothing_and_one_article_can_be_grouped() -> None:
    assert group([], np.zeros((0, 4), dtype=np.float32), known={}) == []
    assert stories(article("a", KILN)) == [("a",)]
    with pytest.raises(ValueError, match="expected 1 rows of vectors, got 0"):
        group([article("a", KILN)], np.zeros((0, 4), dtype=np.float32), known={})


UNIT = np.eye(4, dtype=np.float32)


def closest_rows(*args: Any, **options: Any) -> list[int]:
    return [row for row, _ in nearest(*args, **options)]


def near(share: float, axis: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.asarray(share * UNIT[0] + np.sqrt(1 - share**2) * UNIT[axis], dtype=np.float32)


def test_closest_leaves_out_its_own_story_and_shows_others_once() -> None:
    rows = np.stack([UNIT[0], near(0.9), near(0.8, 2), near(0.7, 3), near(0.1)])
    found = nearest(
        UNIT[0], rows, ["own", "own", "s", "s", "t"], own_row=0, without_story="own", min_similarity=0.3
    )
    assert [row for row, _ in found] == [2]


def test_closest_stops_at_the_floor_and_at_the_limit() -> None:
    rows = np.stack([near(0.9), near(0.5, 2), near(0.34, 3)])
    ask = {"own_row": None, "without_story": ""}
    assert closest_rows(UNIT[0], rows, "abc", min_similarity=0.35, **ask) == [0, 1]
    assert closest_rows(UNIT[0], rows, "abc", min_similarity=0, limit=1, **ask) == [0]
    assert closest_rows(UNIT[0], rows[:0], "", min_similarity=0, **ask) == []


def test_an_article_near_to_everything_is_no_neighbour() -> None:
    rng = np.random.default_rng(1)
    crowd = rng.standard_normal((40, 32)).astype(np.float32) * 0.8
    crowd[:, 0] += 4.0
    crowd /= np.linalg.norm(crowd, axis=1, keepdims=True)
    twin = crowd[0] + 0.1 * rng.standard_normal(32).astype(np.float32) / 6
    rows = np.vstack([crowd, twin / np.linalg.norm(twin)]).astype(np.float32)
    assert (rows @ rows[0]).min() > 0.2
    names = [str(row) for row in range(41)]
    found = closest_rows(rows[0], rows, names, own_row=0, without_story="0", min_similarity=0.35, limit=40)
    assert (rows @ rows[0] >= 0.35).sum() > 30
    assert found[0] == 40
    assert len(found) < 8


def relatable(name: str, day: int = 16, **fields: object) -> Relatable:
    return Relatable(name, name, date(2026, 11, day), name, **fields)  # type: ignore[arg-type]


def test_the_reason_names_shared_keywords_once_and_themes() -> None:
    one = relatable("one", keywords=("data breach", "Patients", "breach"), themes=("Health care",))
    two = relatable("two", keywords=("patient", "data breaches"), themes=("Health care", "Cyber attacks"))
    assert describe(one, two, 0.5).reason == "keywords: data breach, Patients; theme: Health care"
    assert describe(relatable("x"), relatable("y"), 0.5).reason == "similar wording"


def test_a_near_article_of_another_day_is_a_follow_up() -> None:
    assert describe(relatable("a", 16), relatable("b", 16), 0.9).relation == "same story"
    assert describe(relatable("a", 16), relatable("b", 19), 0.9).relation == "follow-up"
    assert describe(relatable("a", 16), relatable("b", 19), 0.5).relation == "related"
