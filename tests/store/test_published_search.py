"""The archive is searched by what was published: what an editor wrote is found, and what was cut is not."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import NOW, FakeEmbedder
from newsroom import Newsroom
from old_archives import make_empty

from digest.issues.exporting import export_rows
from digest.issues.importing import Row, import_articles, import_pages
from digest.issues.pages import render_entry
from digest.issues.published import published_entries
from digest.records import (
    Analysis,
    DraftRow,
    Entry,
    EntryTable,
    Evidence,
    Hit,
    Keyword,
    Origin,
    PublishedEntry,
    SearchFilter,
    SearchQuestion,
    Signal,
    SignalBasis,
    SignalRow,
    Theme,
)
from digest.records.plain_values import to_json
from digest.search import Searcher
from digest.search.passages import with_marks
from digest.store import Store

ISSUE = "20261122"
TITLE = "Gas prices fall"
TEXT = "Natural gas became cheaper in spring. Storage is full."
MADE = Analysis(
    "gas",
    TITLE,
    (),
    (Keyword("gas prices", 1.0),),
    (Theme("Energy", 0.5),),
    (
        Signal(
            "Gas became cheaper",
            "dear to cheap",
            "",
            "",
            SignalBasis(),
            (Evidence(0, 8, "Natural", "signal"),),
        ),
    ),
    "default/1",
)
ENTRY = Entry(
    title="Methane for less",
    origin=Origin("A Feed", "https://feed.example/"),
    url="https://gas.example/clean",
    summary="Cheap methane lulls regulators. Nobody fills caverns twice.",
    keywords=("Größe", "fuel bills"),
    themes=("Household budgets",),
    signals=(SignalRow("Caverns stay full", "scarcity to glut", "glut by 2036", "mild winters"),),
    closest=(),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two articles with analyses; one of them is an approved draft of an issue."""
    made = Store(tmp_path, in_memory=True)
    rows = [
        Row("gas", "https://gas.example/a?utm_source=x", TITLE, TEXT, None),
        Row("robots", "https://robots.example/", "Robots in nursing homes", "Robots lift patients.", None),
    ]
    import_articles(rows, made, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    made.articles.save_analysis(made.articles.get(["gas"])["gas"], MADE)
    made.drafts.open_issue(ISSUE)
    made.drafts.save_draft(DraftRow("gas", ISSUE, "approved", "A draft's title"), now=NOW)
    return made


def publish(store: Store, entry: Entry = ENTRY) -> None:
    store.drafts.save_entries([PublishedEntry("gas", ISSUE, entry)])
    store.drafts.save_published(ISSUE, now=NOW)


def hits(store: Store, query: str, newer_than: int = 0, **fields: object) -> list[Hit]:
    question = SearchQuestion(query, **{"mode": "words", **fields})  # type: ignore[arg-type]
    engine = Searcher(store, model_id=FakeEmbedder.model_id, make_embedder=FakeEmbedder)
    return engine.search(question, limit=10, newer_than=newer_than)


def found(store: Store, query: str, **fields: object) -> list[str]:
    return [hit.id for hit in hits(store, query, **fields)]


def under(store: Store, **fields: str) -> list[str]:
    return found(store, "gas OR robots", filter=SearchFilter(**fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["words", "hybrid"])
@pytest.mark.parametrize(
    "query", ["methane", "regulator", '"caverns twice"', "lull*", "größe", "winters", "2036"]
)
def test_every_word_of_a_published_entry_is_found(store: Store, mode: str, query: str) -> None:
    assert "gas" not in found(store, query, mode="words")
    publish(store)
    assert found(store, query, mode=mode)[0] == "gas"
    assert found(store, query, mode=mode, unit="entries") == ["gas"]
    if not query.isdigit():
        assert found(store, f"gas -{query}") == []


def test_labels_and_rows_are_those_of_the_entry_and_stay_so_whatever_is_analyzed_later(store: Store) -> None:
    def assert_published() -> None:
        assert under(store, theme="household budgets") == under(store, keyword="Größe") == ["gas"]
        assert under(store, theme="Energy") == under(store, keyword="gas prices") == []
        (hit,) = hits(store, "caverns", unit="signals")
        assert [with_marks(cell, "", "") for cell in hit.cells] == list(to_json(ENTRY.signals[0]).values())[
            :4
        ]
        assert (hit.title, hit.url) == (ENTRY.title, ENTRY.url)
        assert found(store, "cheaper", unit="signals") == []

    publish(store)
    assert_published()
    store.articles.save_analysis(store.articles.get(["gas"])["gas"], replace(MADE, analyzer="default/2"))
    assert_published()


def test_search_follows_an_entry_that_is_published_again(store: Store) -> None:
    publish(store)
    publish(store, replace(ENTRY, summary="Propane, too.", themes=(), signals=()))
    assert found(store, "propane") == ["gas"]
    assert found(store, "methane") == ["gas"], "the title still says it"
    assert found(store, "regulators") == found(store, "glut", unit="signals") == []
    assert under(store, theme="household budgets") == []


def test_the_cells_of_an_imported_entrys_tables_are_found(store: Store) -> None:
    table = EntryTable("Concerns", ("name", "description"), (("Moral hazard", "Lobbyists relax."),))
    publish(store, replace(ENTRY, shape="v2", tables=(table,)))
    assert found(store, "lobbyists") == found(store, '"moral hazard"') == ["gas"]


def test_an_article_read_again_is_still_found_by_its_entry(store: Store) -> None:
    publish(store)
    article = replace(store.articles.get(["gas"])["gas"], text="Butane became dearer.")
    _, signatures = store.articles.signatures(["gas"])
    place = store.articles.keys_of(["gas"])["gas"].place
    store.articles.add(article, place=place, signature=signatures[0], now=NOW)
    assert found(store, "regulators") == found(store, "butane") == ["gas"]
    assert found(store, "storage") == []


def test_a_saved_search_tells_of_an_entry_once_after_it_was_published_with_other_words(store: Store) -> None:
    def newest() -> int:
        return Searcher(store, model_id=FakeEmbedder.model_id).index.newest

    def told() -> list[str]:
        return [hit.id for hit in hits(store, "gas OR methane", newer_than=seen)]

    seen = newest()
    publish(store)
    assert told() == ["gas"]
    seen = newest()
    publish(store)
    assert told() == [], "it says what it said"
    publish(store, replace(ENTRY, summary="Methane is cheap."))
    assert told() == ["gas"]


def test_a_withdrawn_entry_is_searched_by_its_analysis_again(store: Store) -> None:
    publish(store)
    store.drafts.withdraw_entries(["gas", "unknown"])
    assert store.drafts.entries() == []
    assert (
        found(store, "methane") == found(store, '"fuel bills"') == found(store, "glut", unit="signals") == []
    )
    assert under(store, theme="Energy") == under(store, keyword="gas prices") == ["gas"]
    assert under(store, theme="Household budgets") == []
    assert [hit.title for hit in hits(store, "cheaper", unit="signals")] == [TITLE]
    publish(store)
    assert found(store, "methane") == ["gas"]


def test_a_withdrawn_entry_without_an_analysis_has_no_labels(store: Store) -> None:
    store.drafts.save_entries([PublishedEntry("robots", ISSUE, ENTRY)])
    assert under(store, keyword="fuel bills") == ["robots"]
    store.drafts.withdraw_entries(["robots"])
    assert under(store, keyword="fuel bills") == found(store, "caverns", unit="signals") == []


@pytest.mark.parametrize(
    ("status", "is_entry"), [("pending", True), ("approved", True), ("deferred", True), ("rejected", False)]
)
def test_entries_are_what_was_published_or_may_be(store: Store, status: str, is_entry: bool) -> None:
    store.drafts.save_draft(DraftRow("gas", ISSUE, status, "Gas"), now=NOW)  # type: ignore[arg-type]
    assert found(store, "gas", unit="entries") == ["gas"] * is_entry
    assert found(store, "robots", unit="entries") == []
    assert under(store, status=status) == ["gas"]


def test_a_published_title_and_address_are_shown_and_the_passage_that_holds_the_words(store: Store) -> None:
    publish(store)
    (hit,) = hits(store, "regulators", unit="entries")
    assert (hit.title, hit.url) == (ENTRY.title, ENTRY.url)
    assert with_marks(hit.passage, "[", "]") == "Cheap methane lulls [regulators]."
    (hit,) = hits(store, "storage")
    assert (hit.title, with_marks(hit.passage, "[", "]")) == (TITLE, f"{TEXT[:38]}[Storage] is full.")
    (hit,) = hits(store, "fuel")
    assert with_marks(hit.passage, "[", "]") == "[fuel] bills"


def assert_search_and_export_agree(store: Store, output: Path) -> None:
    """For every published entry: each of its labels, rows and fields is found, and no others."""
    entries = [row for row in export_rows(store, output, "entries") if row["is_published"]]
    signals = [row for row in export_rows(store, output, "signals") if row["is_published"]]
    assert [row["id"] for row in entries] == [
        each.id
        for each in sorted(published_entries(store, output), key=lambda each: place_of(store, each.id))
    ]
    for row in entries:
        for kind in ("theme", "keyword"):
            for label in row[kind + "s"]:
                asked = SearchFilter(**{kind: label})  # type: ignore[arg-type]
                (word, *_) = re.findall(r"\w{3,}", row["title"])
                having = {each["id"] for each in entries if label.lower() in map(str.lower, each[kind + "s"])}
                listed = hits(store, word, unit="entries", filter=asked)
                assert row["id"] in {hit.id for hit in listed} <= having
                assert [(hit.title, hit.url) for hit in listed if hit.id == row["id"]] == [
                    (row["title"], row["url"])
                ]
    shown = store.search.found_signals(
        store.search.signals_of([place_of(store, row["id"]) for row in entries])
    )
    assert sorted((each.article_id, each.title, each.url, *each.cells) for each in shown.values()) == sorted(
        tuple(
            row[name] for name in ("id", "title", "url", "signal", "change", "horizon_10y", "driving_force")
        )
        for row in signals
    )


def place_of(store: Store, article_id: str) -> int:
    return store.articles.keys_of([article_id])[article_id].place


TEXTS = {
    "Sand stores heat for a town": """A town in the north stores the heat of summer in a silo of sand.
The silo is seven metres high and was filled with leftovers of a soapstone quarry.
It feeds the heating grid until the end of March, says the mayor of the town.
Two boilers that burned gas were shut down in October and sold to a bakery.
The works expect to save a third of what they paid for fuel last winter.""",
    "Ferry runs on batteries": """The ferry to the islands has been running on batteries since Monday.
Passengers praise the quiet crossing, and cyclists fill the lower deck at noon.
The harbour laid a cable along the mole, because the grid of the islands is weak.
Ferries that burn diesel leave the service of the county by the year 2031.
A second hull of the same kind is being welded at the yard across the sound.""",
    "Bees return to orchards": """Bees came back to the orchards three years after spraying ended.
Growers rent fewer hives than before and leave strips of clover between their trees.
Pears from the slopes fetched a better price in August than those of the plain.
An inspector counted eleven kinds of wild bees, four more than in any earlier summer.
Beekeepers from two valleys now share a warehouse and a machine for filling jars.""",
}


def test_search_and_export_agree_on_every_published_entry_of_three_publishings(tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    names = [room.write("tarrow", title, text) for title, text in TEXTS.items()]
    room.run(ISSUE)

    def edit(name: str, words: str) -> None:
        (path,) = room.output.glob(f"drafts/{ISSUE}/*{name}.md")
        text = path.read_text("utf-8")
        entry = room.draft(ISSUE, name).entry
        fields = (
            f"## Summary\n\nEditors write of {words}.\n\n"
            f"## Keywords\n\n* {words} keyword\n* second keyword\n\n"
            f"## Themes\n\n* {words} theme\n\n## Signals\n\n"
            f"| Signal | Change | 10y horizon | Driving force |\n|:--|:--|:--|:--|\n"
            f"| The {words} rises | from {words} | – | {words} costs |\n\n"
        )
        text = re.sub("## Summary.*(?=## Closest)", fields, text, count=1, flags=re.S)
        path.write_text(text.replace(entry.title, f"Title of {words}"), "utf-8")

    def found_by(query: str, *options: str) -> list[str]:
        out = room.digest("search", "--mode", "words", "--json", *options, query)
        return [each["id"] for each in json.loads(out)["results"]]

    def agree(count: int) -> None:
        store = Store(room.output)
        assert len(published_entries(store, room.output)) == count
        assert_search_and_export_agree(store, room.output)
        store.close()

    edit(names[0], "quokka")
    assert sorted(room.publish(ISSUE)) == sorted(names)
    agree(3)
    assert found_by("quokkas") == found_by("quokka", "--in", "signals") == [names[0]]
    assert found_by("sand", "--theme", "quokka theme", "--keyword", "second keyword") == [names[0]]
    edit(names[1], "wombat")
    room.publish(ISSUE)
    agree(3)
    assert found_by("wombat", "--in", "entries", "--issue", ISSUE) == [names[1]]
    edit(names[0], "numbat")
    room.publish(ISSUE)
    agree(3)
    assert found_by("quokka") == found_by("quokka", "--in", "signals") == []
    assert found_by("numbat", "--in", "signals", "--theme", "numbat theme") == [names[0]]


def test_search_and_export_agree_on_imported_entries(store: Store, tmp_path: Path) -> None:
    publish(store)
    other = replace(
        ENTRY, title="Sand heats homes", url="https://sand.example/", keywords=("sand", "Fuel Bills")
    )
    pages = [
        PublishedEntry("robots", "20250511", ENTRY, True),
        PublishedEntry("sand", "20250511", other, True),
    ]
    import_pages(pages, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    assert len(published_entries(store, tmp_path)) == 3
    assert_search_and_export_agree(store, tmp_path)


def older_archive(output: Path, schema: str) -> None:
    """Make an archive of an older schema with a published draft, searched by its analysis."""
    make_empty(output / "archive.db", schema=schema)
    with closing(sqlite3.connect(output / "archive.db")) as raw, raw:
        raw.execute(
            "INSERT INTO articles VALUES (1, 'gas', 'https://gas.example/a', '', 'gas', ?, '', NULL, 'en', "
            "'gas.example', 0, ?, '[[0, 37]]', 'gas', ?, NULL, '2026-11-01 00:00:00', 0)",
            (TITLE, TEXT, b"\0" * 512),
        )
        raw.execute(
            "INSERT INTO drafts (id, issue, status, title, changed_at, made_from, file_hash) "
            "VALUES ('gas', ?, 'approved', 'Gas', '2026-11-22 00:00:00', '', '')",
            (ISSUE,),
        )
        raw.execute("INSERT INTO issues VALUES (?, '2026-11-22 00:00:00')", (ISSUE,))
        raw.execute(
            "INSERT INTO analyses VALUES ('gas', 'default/1', 'gas', ?)", (json.dumps(to_json(MADE)),)
        )
        raw.execute("INSERT INTO labels VALUES ('gas', 'theme', 'Energy')")
        raw.execute(
            "INSERT INTO signal_rows (article_id, signal, change, horizon_10y, driving_force) "
            "VALUES ('gas', 'Gas became cheaper', 'dear to cheap', '', '')"
        )


def assert_searched_as_published(folder: Path) -> None:
    room = Newsroom(folder)

    def found_by(query: str, *options: str) -> list[str]:
        out = room.digest("search", "--mode", "words", "--json", *options, query)
        return [each["id"] for each in json.loads(out)["results"]]

    assert found_by("regulators") == found_by("gas", "--theme", "household budgets") == ["gas"]
    assert found_by("gas", "--theme", "Energy") == found_by("cheaper", "--in", "signals") == []
    assert found_by("glut", "--in", "signals") == found_by("methane", "--in", "entries") == ["gas"]
    store = Store(room.output)
    assert_search_and_export_agree(store, room.output)
    store.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("has_words", [True, False])
def test_entries_of_an_older_archive_are_searched_as_published(tmp_path: Path, has_words: bool) -> None:
    output = tmp_path / "output"
    older_archive(output, "0005")
    with closing(sqlite3.connect(output / "archive.db")) as raw, raw:
        record = to_json(ENTRY)
        raw.execute("INSERT INTO entries VALUES ('gas', ?, 0, ?)", (ISSUE, json.dumps(record)))
        if has_words:
            raw.execute("INSERT INTO article_words VALUES (7, 1, x'')")
        question = json.dumps(to_json(SearchQuestion("gas", "words")))
        for name, seen in (("seen", 7), ("unseen", 3)):
            raw.execute(
                "INSERT INTO saved_searches VALUES (?, ?, '2026-11-22 00:00:00', ?, '2026-11-22 00:00:00')",
                (name, question, seen),
            )
    if has_words:
        store = Store(output)
        kept = {each.name: each.seen_version for each in store.search.saved()}
        assert hits(store, "gas", newer_than=kept["seen"]) == [], "nothing came for being found better"
        assert [hit.id for hit in hits(store, "gas", newer_than=kept["unseen"])] == ["gas"]
        store.close()
    assert_searched_as_published(tmp_path)


@pytest.mark.sqlite
def test_entries_published_before_entries_were_kept_are_searched_as_their_pages_have_them(
    tmp_path: Path,
) -> None:
    output = tmp_path / "output"
    older_archive(output, "0003")
    (output / "entries").mkdir()
    (output / "entries" / "gas.md").write_text(render_entry(ENTRY), "utf-8")
    assert_searched_as_published(tmp_path)


def test_an_entry_kept_meanwhile_is_not_replaced_by_its_page(store: Store) -> None:
    publish(store)
    store.drafts.add_entries([PublishedEntry("gas", ISSUE, replace(ENTRY, title="Older"))])
    assert [each.entry for each in store.drafts.entries()] == [ENTRY]


def test_a_draft_approved_after_its_issue_was_published_is_no_published_entry_yet(store: Store) -> None:
    publish(store)
    store.drafts.save_draft(DraftRow("robots", ISSUE, "approved", "Robots"), now=NOW)
    assert store.drafts.not_kept() == []


@pytest.mark.sqlite
@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_a_published_entry_whose_page_is_gone_is_searched_by_its_analysis(
    tmp_path: Path, is_withdrawn: bool
) -> None:
    older_archive(tmp_path / "output", "0003")
    (tmp_path / "output" / "entries").mkdir()
    if is_withdrawn:
        page = render_entry(ENTRY).split("## Summary")[0].strip() + "\n\n*Withdrawn on 23 November 2026.*"
        (tmp_path / "output" / "entries" / "gas.md").write_text(page, "utf-8")
    out = Newsroom(tmp_path).digest("search", "--mode", "words", "--json", "--theme", "Energy", "gas")
    assert [each["id"] for each in json.loads(out)["results"]] == ["gas"]
