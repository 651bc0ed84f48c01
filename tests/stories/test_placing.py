"""What becomes of articles just taken in: copies, versions of a page, other languages, stories judged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW

from digest.articles.copies import signature_of
from digest.language.addresses import entry_id
from digest.records import Article, DraftRow, Dropped, Link, Origin, Page
from digest.store import Store
from digest.stories.placing import Placed, already_carried, copied, lost_in_placing, place_new, unplaced

FEED = "https://feeds.example/rss"
ISSUE = "20261122"

KILN = " ".join(
    f"The cement maker at Brekke shut its {number} coal kiln and fired an electric one beside the quarry."
    for number in ("first", "second", "third", "fourth", "fifth", "last")
)
BAY = " ".join(
    f"Divers counted {number} meadows of eelgrass in Orr bay six years after dredging stopped for good."
    for number in ("two", "nine", "forty", "sixty", "seventy", "ninety")
)
WEATHER = (
    "Good morning. Here is the weather of the day for all of Northmark, as we see it. {} Drive with care."
)


def article(name: str, text: str, *, language: str = "en", canonical: str = "") -> Article:
    url = f"https://{name}.example/story"
    return Article(
        entry_id(url),
        url,
        canonical or url,
        f"The {name}",
        "",
        date(2026, 11, 20),
        language,
        text,
        (),
        f"{name} post",
    )


def known(store: Store) -> dict[str, Any]:
    """The drafts and published issues that a run has asked for."""
    return {"rows": store.drafts.drafts(), "published": store.drafts.published_issues()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path, in_memory=True)
    yield made
    made.close()


def take_in(store: Store, *articles: Article) -> list[str]:
    """Keep articles as collect, fetch and extract leave them; returns their ids."""
    links = [Link(each.url, each.title, Origin("A feed", ""), FEED, 0) for each in articles]
    store.links.save_read(FEED, links, title="", etag="", last_modified="", moved_to="", now=NOW)
    known = store.links.links_of(each.id for each in articles)
    for each in articles:
        store.pages.save(Page(each.url, each.url, 200, (), b"<p>page</p>", NOW))
        store.articles.add(each, place=known[each.id].link.place, signature=signature_of(each), now=NOW)
        store.links.save_kept(each.id)
    return [each.id for each in articles]


def place(store: Store, *, drafts_all: bool = False, without: frozenset[str] = frozenset()) -> Placed:
    found = place_new(store, language="en", drafts_all=drafts_all, without=without)
    store.drafts.save_stories({each: each for each in found.originals})
    return found


def reasons(dropped: tuple[Dropped, ...]) -> dict[str, str]:
    return {each.url: each.reason for each in dropped}


def test_articles_of_their_own_get_a_story_in_the_order_they_were_seen(store: Store) -> None:
    ids = take_in(store, article("kiln", KILN), article("bay", BAY))
    assert unplaced(store) == ids
    assert place(store) == Placed(tuple(ids), tuple(ids), ())
    assert unplaced(store) == []
    assert place(store) == Placed((), (), ())


def test_what_is_left_for_later_waits(store: Store) -> None:
    first, second = take_in(store, article("kiln", KILN), article("bay", BAY))
    assert place(store, without=frozenset([first])).originals == (second,)
    assert unplaced(store) == [first]
    assert place(store).originals == (first,)


def test_a_copy_is_named_with_its_original_whichever_run_brought_that(store: Store) -> None:
    (original,) = take_in(store, article("kiln", KILN))
    place(store)
    again = article("harbour", f"{KILN} This report was edited for length.")
    assert copied(store, again) == original
    assert copied(store, article("bay", BAY)) == ""
    (copy,) = take_in(store, again)
    found = place(store)
    assert found.originals == ()
    assert reasons(found.dropped) == {again.url: "copy of 'The kiln' (kiln post)"}
    assert store.articles.keys_of([copy])[copy].copy_of == original


def test_two_reports_of_one_frame_are_no_copies(store: Store) -> None:
    rain = (
        "Rain falls along the western coast until noon, then clears from Tarrow to Lisse with a light breeze."
    )
    frost = (
        "Frost covers inland valleys tonight, minus nine at Brekke, while fog hides motorways near Aldersund."
    )
    ids = take_in(store, article("rain", WEATHER.format(rain)), article("frost", WEATHER.format(frost)))
    assert place(store).originals == tuple(ids)


def test_another_version_of_a_page_is_an_alias_and_leads_to_the_first(store: Store) -> None:
    first = article("kiln", KILN, canonical="https://kiln.example/kept")
    later = article(
        "amp", f"{KILN} Share this story. Updated at noon.", canonical="https://kiln.example/kept"
    )
    ids = take_in(store, first, later)
    found = place(store)
    assert found.originals == (ids[0],)
    assert reasons(found.dropped) == {later.url: "same article as 'The kiln' (kiln post)"}
    assert store.links.resolve(later.url) == [ids[0]]
    assert store.articles.known_ids() == {ids[0]}


def test_a_page_filled_anew_is_an_article_of_its_own(store: Store) -> None:
    kept = "https://weather.example/today"
    rain = article("rain", WEATHER.format("Rain along the coast until noon. " + BAY), canonical=kept)
    frost = article("frost", WEATHER.format("Frost in the valleys tonight. " + KILN), canonical=kept)
    ids = take_in(store, rain, frost)
    assert place(store).originals == tuple(ids)


def test_an_article_in_another_language_is_archived_once_and_for_all(store: Store) -> None:
    german = article("zeitung", "Der Fluss heizt ab Herbst die Stadt. " * 12, language="de")
    (only,) = take_in(store, german)
    found = place(store)
    assert found.originals == ()
    assert reasons(found.dropped) == {german.url: "in another language (de); archived, no draft"}
    assert store.articles.known_ids() == {only}
    assert unplaced(store) == []


def test_it_gets_a_story_where_all_languages_do(store: Store) -> None:
    (only,) = take_in(store, article("zeitung", "Der Fluss heizt ab Herbst die Stadt. " * 12, language="de"))
    assert place(store, drafts_all=True).originals == (only,)


def test_the_losses_are_found_again_after_a_run_that_was_killed(store: Store) -> None:
    kept = "https://kiln.example/kept"
    take_in(
        store,
        article("kiln", KILN, canonical=kept),
        article("amp", f"{KILN} Updated at noon.", canonical=kept),
        article("harbour", KILN.replace("last coal", "very last coal")),
        article("zeitung", "Der Fluss heizt ab Herbst die Stadt. " * 12, language="de"),
        article("bay", BAY),
    )
    found = place(store)
    assert len(found.dropped) == 3
    again = lost_in_placing(store, NOW - timedelta(hours=1), language="en", drafts_all=False, **known(store))
    assert sorted(again, key=lambda each: each.url) == sorted(found.dropped, key=lambda each: each.url)
    assert (
        lost_in_placing(store, NOW + timedelta(hours=1), language="en", drafts_all=False, **known(store))
        == ()
    )


@pytest.mark.parametrize(
    ("status", "is_published", "expected"),
    [
        ("approved", True, "already carried in issue 20261122: 'The kiln'"),
        ("rejected", True, "its story was rejected in issue 20261122: 'The kiln'"),
        ("rejected", False, "its story was rejected in issue 20261122: 'The kiln'"),
        ("approved", False, None),
        ("pending", False, None),
        ("deferred", True, None),
    ],
)
def test_a_later_report_of_a_story_goes_by_what_became_of_its_draft(
    store: Store, status: str, is_published: bool, expected: str | None
) -> None:
    first, later = take_in(store, article("kiln", KILN), article("bay", BAY))
    place(store)
    store.drafts.save_stories({later: first})
    row = DraftRow(first, ISSUE, "pending", "The kiln")
    store.drafts.open_issue(ISSUE)
    store.drafts.save_draft(replace(row, status=status), now=NOW)  # type: ignore[arg-type]
    if is_published:
        store.drafts.save_published(ISSUE, now=NOW)
    found = already_carried(store, [later], **known(store))
    assert [each.reason for each in found] == ([expected] if expected else [])
    assert [each.stage for each in found] == (["group"] if expected else [])


def test_of_the_drafts_of_a_merged_story_one_that_lives_decides(store: Store) -> None:
    first, second, later = take_in(
        store, article("kiln", KILN), article("bay", BAY), article("vote", f"{BAY} Voters chose a mayor.")
    )
    place(store)
    store.drafts.save_stories({second: first, later: first})
    store.drafts.open_issue(ISSUE)
    store.drafts.save_draft(DraftRow(first, ISSUE, "rejected", "The kiln"), now=NOW)
    store.drafts.save_draft(DraftRow(second, ISSUE, "pending", "The bay"), now=NOW)
    assert already_carried(store, [later], **known(store)) == ()
    store.drafts.save_draft(DraftRow(second, ISSUE, "rejected", "The bay"), now=NOW)
    assert len(already_carried(store, [later], **known(store))) == 1
