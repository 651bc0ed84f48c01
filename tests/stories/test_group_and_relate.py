"""Stories, and the choice of the closest entries."""

from datetime import date

import numpy as np
import pytest

from digest.records import ArticleKey
from digest.stories.closest import (
    MAX_REACH,
    MIN_REACH,
    Candidate,
    Relatable,
    choose,
    describe,
    reach,
)
from digest.stories.events import tells_no_event
from digest.stories.group import connected, group
from digest.stories.measure import Frequencies
from digest.stories.telling_apart import told_apart


def key(name: str, day: int = 16, title: str = "") -> ArticleKey:
    published = date(2026, 11, day)
    return ArticleKey(name, ord(name), "", name, title or name, "", published, "en", "", False)


def stories(
    similarity: float, *keys: ArticleKey, known: dict[str, str] | None = None
) -> list[tuple[str, ...]]:
    """Group articles of which the first two are so similar and all others are not."""
    table = np.full((len(keys), len(keys)), 0.1)
    table[0, 1] = table[1, 0] = similarity
    return [story.article_ids for story in group(keys, table, known=known or {})]


def test_reports_of_one_event_become_one_story_and_others_stand_alone() -> None:
    assert stories(0.7, key("a"), key("b"), key("c")) == [("a", "b"), ("c",)]
    assert stories(0.3, key("a"), key("b"), key("c")) == [("a",), ("b",), ("c",)]


def test_what_comes_days_later_is_no_part_of_the_story() -> None:
    assert stories(0.74, key("a", 16), key("b", 17)) == [("a", "b")]
    assert stories(0.74, key("a", 16), key("b", 20)) == [("a",), ("b",)]


def test_guides_form_no_story() -> None:
    assert stories(0.9, key("a", title="How to prune roses"), key("b", title="Pruning")) == [("a",), ("b",)]


GUIDE = """Most houseplants need light, but some cope with little of it. Snake plants stand in a north
window for years. Water them when the soil feels dry, and never let the pot stand in a saucer. Wipe the leaves
with a damp cloth. Choose a pot with a hole and a mix that drains well. """
NEWS = """The council said on Monday that it had closed the bridge. Two buses were stuck, and drivers went
home. """


def test_what_is_told_apart_is_no_story_however_near() -> None:
    keys = [key("a"), key("b")]
    assert len(group(keys, np.full((2, 2), 0.8), known={}, apart=~np.eye(2, dtype=bool))) == 2


def told(*texts: str, fresh: str = "ab", near: float = 0.8) -> bool:
    keys = [key("a"), key("b")]
    by_place = dict(zip((each.place for each in keys), texts, strict=True))
    found = told_apart(
        keys,
        np.full((2, 2), near),
        set(fresh),
        lambda places: [(place, by_place[place]) for place in places],
        Frequencies.empty(),
    )
    assert (found == found.T).all()
    return bool(found[0, 1])


def test_two_texts_that_report_no_event_are_told_apart() -> None:
    assert told(GUIDE * 4, GUIDE.replace("window", "corner") * 4)
    assert not told(GUIDE * 4, NEWS * 10)
    assert not told(GUIDE * 4, GUIDE * 4, near=0.4), "too far to be a story anyway"
    assert not told(GUIDE * 4, GUIDE * 4, fresh=""), "stories once made stay"


ABOUT = """The Orr Wire was founded in 1961 by two fishermen who wanted the prices of the northern harbours
on one page, and it is read in ninety towns today. It said on Friday that whoever paid for a year would get an
almanac as a gift, and that the almanac was printed in Lisse. """
CLOSED = """A kiln at Brekke burned its last coal on Monday, and Halden, who runs the cement works, raked out
the fire himself before arcs took over. """
ELECTED = """Voters in Tarrow chose Ida Brandt as mayor, with nine votes more than the brewer Colm Reyes had
got in the second round of a contest about the bridge. """


def test_texts_that_share_a_template_and_nothing_else_are_told_apart() -> None:
    assert told(ABOUT + CLOSED, ABOUT + ELECTED)
    assert told(CLOSED + ABOUT, ELECTED + ABOUT)


def test_reports_that_share_wording_and_the_event_are_not_told_apart() -> None:
    again = "On Monday the coal kiln at Brekke went out, and now arcs heat the cement works of Halden there. "
    assert not told(ABOUT + CLOSED, ABOUT + again)
    assert not told(CLOSED, ELECTED), "no wording is shared"


def test_a_text_without_past_and_news_reports_no_event() -> None:
    assert tells_no_event(GUIDE * 4)
    assert not tells_no_event(NEWS * 10)
    assert not tells_no_event(GUIDE * 4 + NEWS * 3)
    assert not tells_no_event(GUIDE), "too short to be judged"


def test_a_story_keeps_its_id_when_articles_join() -> None:
    (story,) = group([key("a"), key("b")], np.full((2, 2), 0.8), known={"b": "b"})
    assert (story.id, story.article_ids) == ("b", ("a", "b"))


def test_known_stories_are_never_merged_or_torn() -> None:
    assert stories(0.9, key("a"), key("b"), known={"a": "a", "b": "b"}) == [("a",), ("b",)]
    assert stories(0.0, key("a"), key("b"), known={"a": "a", "b": "a"}) == [("a", "b")]


def test_nothing_and_one_article_can_be_grouped() -> None:
    assert group([], np.zeros((0, 0)), known={}) == []
    assert [story.id for story in group([key("a")], np.ones((1, 1)), known={})] == ["a"]
    with pytest.raises(ValueError, match="expected 1 rows and columns"):
        group([key("a")], np.zeros((0, 0)), known={})


def test_only_articles_in_a_chain_of_near_ones_are_compared() -> None:
    edges = [(1, 2, 0.5), (2, 3, 0.4), (4, 5, 0.6), (3, 4, 0.2)]
    assert connected(edges, min_similarity=0.3, most=10) == [[1, 2, 3], [4, 5]]


def test_a_chain_too_long_is_cut_where_it_is_weakest() -> None:
    edges = [(1, 2, 0.9), (2, 3, 0.35), (3, 4, 0.9), (4, 5, 0.9), (5, 6, 0.35), (6, 7, 0.9)]
    assert connected(edges, min_similarity=0.3, most=3) == [[1, 2], [3, 4, 5], [6, 7]]


def candidate(
    place: int, similarity: float, story_id: str = "", *, rank: int = 0, margin: float = 0.5
) -> Candidate:
    return Candidate(place, story_id or str(place), similarity, margin, rank)


def chosen(*candidates: Candidate, limit: int = 10, min_similarity: float = 0.35) -> list[int]:
    found = choose(candidates, without_story="own", min_similarity=min_similarity, max_rank=10, limit=limit)
    return [each.place for each in found]


def test_closest_leaves_out_its_own_story_and_shows_others_once() -> None:
    found = chosen(
        candidate(1, 0.9, "own"), candidate(2, 0.8, "s"), candidate(3, 0.7, "s"), candidate(4, 0.6)
    )
    assert found == [2, 4]


def test_closest_stops_at_the_floor_and_at_the_limit() -> None:
    near = (candidate(1, 0.9), candidate(2, 0.5), candidate(3, 0.34))
    assert chosen(*near) == [1, 2]
    assert chosen(*near, min_similarity=0, limit=1) == [1]
    assert chosen() == []


def test_a_hub_is_not_shown_but_another_article_of_its_story_may_be() -> None:
    assert chosen(candidate(1, 0.9, "s", rank=10), candidate(2, 0.8, "s", rank=9)) == [2]


def test_what_is_no_nearer_than_usual_is_not_shown() -> None:
    assert chosen(candidate(1, 0.9, margin=0.1), candidate(2, 0.8)) == [2]


def test_an_article_reaches_three_in_a_hundred_but_never_too_few_or_too_many() -> None:
    assert reach(1_222) == 33
    assert (reach(20), reach(100_000)) == (MIN_REACH, MAX_REACH)


def relatable(name: str, day: int = 16, **fields: object) -> Relatable:
    return Relatable(name, name, date(2026, 11, day), name, **fields)  # type: ignore[arg-type]


def test_the_reason_names_shared_keywords_once_and_themes() -> None:
    one = relatable("one", keywords=("data breach", "Patients", "breach"), themes=("Health care",))
    two = relatable("two", keywords=("patient", "data breaches"), themes=("Health care", "Cyber attacks"))
    assert describe(one, two, 0.5).reason == "keywords: data breach, Patients; theme: Health care"
    assert describe(relatable("x"), relatable("y"), 0.5).reason == "similar wording"


def test_the_reason_names_shared_names_but_no_days() -> None:
    one = relatable("one", text="On Monday the port of Velmar closed. Traders at Grey Heron left Velmar.")
    two = relatable("two", text="Ships avoid Velmar since Monday, says Grey Heron.")
    assert describe(one, two, 0.5).reason == "names: Velmar, Grey Heron"


def test_holidays_and_headings_are_no_names() -> None:
    one = relatable(
        "one", text="Before Christmas the port of Velmar closes. Our Mental Health page: mental health."
    )
    two = relatable(
        "two", text="Traders left Velmar at Christmas, on New Year's Day too. See Mental Health here."
    )
    assert describe(one, two, 0.5).reason == "names: Velmar"


def test_without_names_the_rarest_shared_words_are_the_reason() -> None:
    one = relatable("one", text="The eelgrass meadow grew after dredging stopped.")
    two = relatable("two", text="Where dredging goes on, no eelgrass grows.")
    assert describe(one, two, 0.5).reason.startswith("words: ")
    assert "eelgrass" in describe(one, two, 0.5).reason


def test_words_that_long_texts_say_once_are_no_reason() -> None:
    filler = "and so they were told what there is to know of it all, " * 20
    one = relatable("one", text=f"It was a figurative and singular eelgrass year. {filler}")
    two = relatable("two", text=f"A singular, figurative word on eelgrass. {filler}")
    assert describe(one, two, 0.5).reason == "similar wording"
    again = relatable("again", text=f"No eelgrass and eelgrass alone after dredging. {filler} More dredging.")
    once = relatable("once", text=f"The eelgrass went with dredging. {filler}")
    assert describe(once, again, 0.5).reason == "words: eelgrass, dredging"


def test_a_name_is_named_whole_and_letters_only_where_both_say_them_again() -> None:
    one = relatable(
        "one", text="It asked the Centers for Disease Control and the University of Velmar, by GPS."
    )
    two = relatable("two", text="So say the Centers for Disease Control, and she of Velmar has GPS.")
    assert describe(one, two, 0.5).reason == "names: Centers for Disease Control, Velmar"
    three = relatable("three", text="They use GPS. The boats have GPS, and the cars with GPS.")
    assert describe(three, three, 0.5).reason == "names: GPS"


def test_a_near_article_of_another_day_is_a_follow_up() -> None:
    assert describe(relatable("a", 16), relatable("b", 16), 0.9).relation == "same story"
    assert describe(relatable("a", 16), relatable("b", 19), 0.9).relation == "follow-up"
    assert describe(relatable("a", 16), relatable("b", 19), 0.5).relation == "related"
