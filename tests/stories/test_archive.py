"""The archive as a whole: imports become stories, closest lists keep their rules, stories are put right."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import NOW, FakeEmbedder

from digest.errors import DigestError
from digest.issues.importing import Row, import_articles
from digest.issues.stories_by_hand import list_stories, merge_stories, resolve_all, split_story
from digest.records import Analysis, Signal, SignalBasis
from digest.store import Store
from digest.stories.neighbours import Archive
from digest.stories.novelty import with_standing
from digest.stories.placing import group_new

HACK = (
    "Hackers stole records of patients at the Medlinea network on Monday. Medlinea shut its prescription "
    "servers in Tarrow and pharmacists wrote prescriptions by hand."
)
HACK_TOLD_AGAIN = (
    "Pharmacists in Tarrow wrote prescriptions by hand on Monday after hackers hit Medlinea. The Medlinea "
    "network shut its servers when records of patients were stolen."
)
KILN = "A cement maker closed its last coal kiln at Brekke and started an electric one beside the quarry."
EELGRASS = "Divers counted twice the eelgrass in Orr bay six years after dredging stopped for good."


def row(name: str, text: str, day: int = 16) -> Row:
    return Row(name, f"https://{name}.example/{name}", f"Title of {name}", text, date(2026, 11, day))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path, in_memory=True)
    rows = [row("hack", HACK), row("kiln", KILN), row("again", HACK_TOLD_AGAIN, 17), row("bay", EELGRASS)]
    rows.append(row("copy", KILN))
    imported(made, *rows)
    return made


def imported(store: Store, *rows: Row) -> None:
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)


def stories(store: Store) -> list[tuple[str, ...]]:
    return [story.article_ids for story in list_stories(store)]


def test_an_import_makes_stories_and_lists_every_row_once(store: Store) -> None:
    assert stories(store) == [("hack", "again"), ("kiln", "copy"), ("bay",)]


def test_a_later_import_joins_the_stories_that_are_there(store: Store) -> None:
    later = HACK.replace("on Monday", "this week").replace("records", "files")
    imported(store, row("later", later, 17), row("new", "Voters in Lisse chose a mayor, Ida Brandt."))
    assert stories(store) == [("hack", "again", "later"), ("kiln", "copy"), ("bay",), ("new",)]
    assert {story.id for story in list_stories(store)} == {"hack", "kiln", "bay", "new"}


def test_closest_of_a_copy_are_those_of_its_original_and_name_neither(store: Store) -> None:
    archive = Archive(store, model_id=FakeEmbedder.model_id)
    of_copy = archive.closest_to("copy", min_similarity=0, limit=10)
    assert of_copy == archive.closest_to("kiln", min_similarity=0, limit=10)
    assert not {"kiln", "copy"} & {each.id for each in of_copy}
    assert {each.id for each in archive.ranked(archive.query_of("kiln"), "kiln", limit=10)} == {
        "copy",
        "hack",
        "again",
        "bay",
    }


def test_only_those_asked_for_are_named(store: Store) -> None:
    archive = Archive(store, model_id=FakeEmbedder.model_id)
    assert archive.closest_to("bay", min_similarity=0, limit=10, among=set()) == []


def test_an_imported_article_is_found_by_its_id_whatever_its_address(store: Store) -> None:
    imported(store, Row("odd_1", "id:odd_1", "", "Voters in Lisse chose a mayor, Ida Brandt.", None))
    assert resolve_all(store, ["odd_1", "https://hack.example/hack"]) == ["odd_1", "hack"]


def test_an_unknown_id_is_said(store: Store) -> None:
    with pytest.raises(DigestError, match="nothing in the archive"):
        Archive(store, model_id=FakeEmbedder.model_id).query_of("unknown")


def test_comparing_some_gives_what_comparing_all_gives(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(store, model_id=FakeEmbedder.model_id)
    whole = archive.ranked(archive.query_of("hack"), "hack", limit=3)
    monkeypatch.setattr("digest.stories.neighbours.SMALL", 0)
    monkeypatch.setattr("digest.stories.neighbours.CANDIDATES", 5)
    archive = Archive(store, model_id=FakeEmbedder.model_id)
    assert archive.ranked(archive.query_of("hack"), "hack", limit=3) == whole


def test_what_an_editor_splits_stays_apart(store: Store, tmp_path: Path) -> None:
    assert split_story(store, tmp_path, ["again"], now=NOW) == "again"
    assert stories(store)[:1] == [("hack",)]
    imported(store, row("later", HACK.replace("records", "files"), 17))
    together = next(each for each in stories(store) if "later" in each)
    assert together in [("hack", "later"), ("again", "later")]
    assert store.drafts.stories_by_hand() == {"hack", "again"}


def test_splitting_off_the_first_article_keeps_ids_of_articles_in_their_story(
    store: Store, tmp_path: Path
) -> None:
    split_story(store, tmp_path, ["hack"], now=NOW)
    assert store.drafts.stories_of(["hack", "again"]) == {"hack": "hack", "again": "again"}


def test_what_an_editor_merges_stays_one(store: Store, tmp_path: Path) -> None:
    merged = merge_stories(store, tmp_path, ["bay", "kiln"], now=NOW)
    assert (merged.story_id, merged.articles, merged.rejected) == ("kiln", 2, ())
    group_new(store, FakeEmbedder.model_id, [])
    assert ("kiln", "bay", "copy") in stories(store)


def test_a_split_that_would_do_nothing_is_refused_and_such_a_merge_was_done(
    store: Store, tmp_path: Path
) -> None:
    with pytest.raises(DigestError, match="nothing would be left"):
        split_story(store, tmp_path, ["bay"], now=NOW)
    before = stories(store)
    assert merge_stories(store, tmp_path, ["hack", "again"], now=NOW).was_one
    assert stories(store) == before
    with pytest.raises(DigestError, match="articles of one story"):
        split_story(store, tmp_path, ["hack", "bay"], now=NOW)
    with pytest.raises(DigestError, match="nowhere: not in the archive"):
        resolve_all(store, ["nowhere"])


def analysis(*signals: str) -> Analysis:
    rows = tuple(Signal(each, "", "", "", SignalBasis(), ()) for each in signals)
    return Analysis("again", "Title", (), (), (), rows, "rules")


def test_signals_say_how_new_they_are_and_how_many_publishers_say_so(store: Store) -> None:
    keys = store.articles.keys_of(["hack", "again"])
    archive = Archive(store, model_id=FakeEmbedder.model_id)
    made = with_standing(
        analysis("Medlinea network shut its servers", "Kestrel Airways ordered forty seaplanes"),
        keys["again"],
        [keys["hack"]],
        archive,
    )
    told, untold = made.signals
    assert (told.sources, untold.sources) == (2, 1)
    assert untold.novelty == 1.0
    alone = with_standing(analysis("Medlinea network shut its servers"), keys["again"], [], archive)
    assert alone.signals[0].novelty is not None
    assert told.novelty is not None
    assert alone.signals[0].novelty < told.novelty
    assert alone.signals[0].sources == 1
    assert with_standing(analysis(), keys["again"], [], archive) == analysis()


def test_names_alone_and_other_numbers_are_no_support(tmp_path: Path) -> None:
    made = Store(tmp_path, in_memory=True)
    one = (
        "Karin Brandt of Medlinea promised every pharmacy a call. Hackers took the records of 4,100 patients."
    )
    other = "Medlinea is led by Karin Brandt, who gave no date. Hackers took the records of 9,800 patients."
    imported(made, row("one", one), row("other", other))
    keys = made.articles.keys_of(["one", "other"])
    archive = Archive(made, model_id=FakeEmbedder.model_id)
    signals = (
        "Karin Brandt of Medlinea promised a call",
        "Hackers took the records of 4,100 patients",
        "Hackers took the records of 9,800 patients",
    )
    found = with_standing(analysis(*signals), keys["one"], [keys["other"]], archive).signals
    assert [each.sources for each in found] == [1, 1, 2]


def test_the_same_archive_gives_the_same_lists_twice(store: Store) -> None:
    one, other = (
        Archive(store, model_id=FakeEmbedder.model_id).closest_to("hack", min_similarity=0, limit=10)
        for _ in range(2)
    )
    assert one == other
    assert np.all(np.diff([each.similarity for each in one]) <= 0)
