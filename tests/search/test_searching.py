"""Searching: real SQLite, vectors from words."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes import NOW, FakeEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import DigestError
from digest.issues.importing import Row, import_articles
from digest.records import (
    Analysis,
    DraftRow,
    Evidence,
    Hit,
    Keyword,
    SearchFilter,
    SearchQuestion,
    Signal,
    SignalBasis,
    Theme,
)
from digest.search import Searcher
from digest.search import search_index as index
from digest.search.passages import END_MARK, START_MARK, with_marks
from digest.search.query import parse
from digest.store import Store
from digest.store.tokenizer import Tokenizer

TEXTS = {
    "pumps": (
        "Heat pumps outsell boilers",
        "Heat pumps sold better than gas boilers. Installers are scarce.",
    ),
    "gas": ("Gas prices fall", "Natural gas became cheaper in spring. Storage is full."),
    "heat": ("A summer of heat", "Cities pump water into fountains. The heat lasted for weeks."),
    "robots": ("Robots in nursing homes", "Nursing homes buy robots that lift patients. Staff is scarce."),
    "vote": ("Parliament votes on heating law", "The regulation of heating passed. Regulators are content."),
}
DAY = date(2026, 11, 1)


def rows(texts: dict[str, tuple[str, str]] = TEXTS, start: date = DAY) -> list[Row]:
    return [
        Row(name, f"https://{name}.example/a", title, text, start + timedelta(days=at))
        for at, (name, (title, text)) in enumerate(texts.items())
    ]


def fill(store: Store, given: list[Row] | None = None) -> None:
    import_articles(given or rows(), store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, in_memory=True)
    fill(store)
    return store


def searcher(store: Store) -> Searcher:
    return Searcher(store, model_id=FakeEmbedder.model_id, make_embedder=FakeEmbedder)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def found(store: Store, query: str, **fields: object) -> list[str]:
    question = SearchQuestion(query, **{"mode": "words", **fields})  # type: ignore[arg-type]
    return ids(searcher(store).search(question, limit=10))


def test_words_are_found_by_their_stems_and_titles_count_more(store: Store) -> None:
    assert found(store, "pump") == ["pumps", "heat"]
    assert found(store, "the pumps of a boiler")[0] == "pumps"


def test_a_phrase_must_occur_and_a_prefix_stands_for_all_its_words(store: Store) -> None:
    assert found(store, '"heat pumps"') == ["pumps"]
    assert found(store, '"pumps heat"') == []
    assert found(store, "regul*") == ["vote"]
    assert set(found(store, "nurs* OR boil*")) == {"robots", "pumps"}


def test_what_is_excluded_does_not_come(store: Store) -> None:
    assert set(found(store, "gas")) == {"pumps", "gas"}
    assert found(store, "gas -boilers") == ["gas"]
    assert found(store, 'scarce -"nursing homes"') == ["pumps"]
    with pytest.raises(DigestError, match="nothing to look for"):
        found(store, "-gas")


def test_a_hyphen_within_a_word_excludes_nothing(store: Store) -> None:
    assert "pumps" in found(store, "heat-pumps")
    assert parse("colder than -5 degrees", TOKENIZER.words).excluded == ()


def test_words_need_no_model(store: Store) -> None:
    def none() -> FakeEmbedder:
        raise AssertionError("a model was loaded")

    without = Searcher(store, model_id=FakeEmbedder.model_id, make_embedder=none)
    assert without.search(SearchQuestion("gas", mode="words"), limit=3)


def test_meaning_finds_what_shares_no_stem_and_obeys_phrases_too(store: Store) -> None:
    hits = searcher(store).search(SearchQuestion("natural gas cheaper", mode="meaning"), limit=3)
    assert hits[0].id == "gas"
    assert found(store, '"nursing homes" gas', mode="hybrid") == ["robots"]


def test_a_filtered_search_gives_the_best_under_the_filter(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    many = {f"a{at:03}": (f"Number {at}", "solar " * (1 + at % 7) + f"power word{at}") for at in range(120)}
    fill(store, rows(many))
    engine = searcher(store)
    for mode in ("words", "meaning", "hybrid"):
        whole = engine.search(SearchQuestion("solar power", mode), limit=120)
        since, until = DAY + timedelta(days=90), DAY + timedelta(days=110)
        under = [hit.id for hit in whole if hit.published and since <= hit.published <= until][:10]
        question = SearchQuestion("solar power", mode, filter=SearchFilter(since=since, until=until))
        assert ids(engine.search(question, limit=10)) == under
        assert len(under) == 10


def analysis(article_id: str, theme: str, keyword: str, *signals: tuple[str, str, str, str]) -> Analysis:
    made = tuple(
        Signal(*cells, SignalBasis("observed", "observed", "observed", "observed"), (Evidence(0, 4, "text"),))
        for cells in signals
    )
    return Analysis(
        article_id, "Title", (), (Keyword(keyword, 1.0),), (Theme(theme, 0.5),), made, "default/1"
    )


def test_filters_by_theme_keyword_feed_issue_and_status(store: Store) -> None:
    articles = store.articles.get(TEXTS)
    store.articles.save_analysis(articles["gas"], analysis("gas", "Energy", "gas prices"))
    store.articles.save_analysis(articles["pumps"], analysis("pumps", "Homes", "Heat pumps"))
    store.drafts.save_draft(DraftRow("gas", "20261122", "approved", "Gas, cheaper"), now=NOW)
    store.drafts.save_draft(DraftRow("pumps", "20261129", "pending", "Pumps"), now=NOW)

    def under(**fields: object) -> list[str]:
        return found(store, "gas", filter=SearchFilter(**fields))  # type: ignore[arg-type]

    assert under(theme="energy") == ["gas"]
    assert under(keyword="heat PUMPS") == ["pumps"]
    store.articles.save_analysis(articles["vote"], analysis("vote", "Homes", "Women’s shelters"))
    assert found(store, "heating", filter=SearchFilter(keyword="women's shelters")) == ["vote"]
    assert under(feed="gas.example") == ["gas"]
    assert under(feed="%") == []
    assert under(issue="20261129") == ["pumps"]
    assert under(status="approved") == ["gas"]
    assert under(issue="20261129", status="approved") == []
    store.articles.save_analysis(articles["gas"], analysis("gas", "Prices", "fuel"))
    assert under(theme="energy") == [], "labels of an earlier analysis are gone"


def test_entries_are_articles_with_a_draft_under_its_title(store: Store) -> None:
    store.drafts.save_draft(DraftRow("gas", "20261122", "pending", "Gas, cheaper"), now=NOW)
    hits = searcher(store).search(SearchQuestion("gas", "words", "entries"), limit=5)
    assert [(hit.id, hit.title) for hit in hits] == [("gas", "Gas, cheaper")]


def test_signals_are_found_by_the_words_of_their_cells(store: Store) -> None:
    articles = store.articles.get(TEXTS)
    store.articles.save_analysis(
        articles["robots"],
        analysis(
            "robots",
            "Care",
            "robots",
            (
                "Nursing homes buy robots",
                "from staff to machines",
                "care by machines",
                "staff shortage",
            ),
            ("Robots are leased", "from buying to leasing", "machines as a service", "high prices"),
        ),
    )
    engine = searcher(store)
    hits = engine.search(SearchQuestion("staff shortage", "words", "signals"), limit=5)
    assert [hit.cells[0] for hit in hits] == ["Nursing homes buy robots"]
    assert with_marks(hits[0].cells[3], "[", "]") == "[staff] [shortage]"
    both = engine.search(SearchQuestion("machines -leasing", "words", "signals"), limit=5)
    assert len(both) == 1
    assert (
        engine.search(SearchQuestion("robots leased", "hybrid", "signals"), limit=1)[0]
        .cells[0]
        .count("leased")
    )
    under = SearchQuestion("machines", "words", "signals", SearchFilter(theme="Energy"))
    assert engine.search(under, limit=5) == []


def test_copies_and_stories_are_shown_once_but_all_stand_in_the_plain_ranking(store: Store) -> None:
    text = " ".join(["Solar panels on every roof of the town, says the new law of the council."] * 4)
    fill(store, rows(dict.fromkeys(("one", "two"), ("Solar roofs", text))))
    fill(store, rows({"three": ("Roofs get solar panels", "A law asks for solar panels. Owners protest.")}))
    store.drafts.save_stories({"one": "one", "three": "one"})
    engine = searcher(store)
    hits = engine.search(SearchQuestion("solar panels law"), limit=10)
    assert [(hit.id, hit.others) for hit in hits if hit.id in ("one", "two", "three")] in (
        [("one", 2)],
        [("three", 2)],
    )
    assert {"one", "two", "three"} <= set(ids(engine.plain("solar panels law", mode="hybrid", limit=10)))


def test_the_passage_is_the_sentence_that_answers_with_the_words_marked(store: Store) -> None:
    (hit,) = searcher(store).search(SearchQuestion("fountain", "words"), limit=1)
    assert "pump water into " + START_MARK + "fountains" + END_MARK in hit.passage


def test_an_article_taken_out_or_changed_is_searched_as_it_is_now(store: Store) -> None:
    article = store.articles.get(["gas"])["gas"]
    assert found(store, "storage") == ["gas"]
    changed = replace(article, text="Methane became dearer. Tanks are empty.")
    store.articles.add(changed, place=2, signature=np.zeros(128, dtype=np.uint32), now=NOW)
    assert found(store, "storage") == []
    assert found(store, "methane") == ["gas"]
    store.articles.remove("gas")
    assert found(store, "methane") == []
    assert found(store, '"gas boilers"') == ["pumps"]


def test_what_came_since_is_told_from_what_was_seen(store: Store) -> None:
    engine = searcher(store)
    question = SearchQuestion("gas", "words", filter=SearchFilter(since=DAY))
    store.search.save_search("gas", question, seen_version=engine.index.newest, now=NOW)
    (kept,) = store.search.saved()
    assert kept.asked == question
    fill(store, rows({"later": ("Gas grid sold", "The gas grid has a new owner. It paid well.")}))
    assert ids(searcher(store).search(kept.asked, limit=5, newer_than=kept.seen_version)) == ["later"]
    store.search.save_seen("gas", version=searcher(store).index.newest, now=NOW)
    (kept,) = store.search.saved()
    assert searcher(store).search(kept.asked, limit=5, newer_than=kept.seen_version) == []


def test_the_cache_file_gives_what_the_archive_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MIN_CACHED", 3)
    store = Store(tmp_path)
    fill(store)
    first = searcher(store).plain("heat pumps", mode="hybrid", limit=5)
    assert (tmp_path / "search.cache").exists()
    assert searcher(store).plain("heat pumps", mode="hybrid", limit=5) == first
    monkeypatch.setattr(index, "MAX_TAIL", 1)
    fill(store, rows({"later": ("Heat pumps hum", "Neighbours hear heat pumps. Sleep suffers.")}))
    opened = searcher(store)
    assert len(opened.index.parts) == 2
    both = opened.plain("heat pumps", mode="hybrid", limit=5)
    assert "later" in ids(both)
    (tmp_path / "search.cache").write_bytes(b"garbage")
    assert searcher(store).plain("heat pumps", mode="hybrid", limit=5) == both
    store.articles.remove("later")
    assert searcher(store).plain("heat pumps", mode="hybrid", limit=5) == first
    store.close()


@given(st.text(max_size=60) | st.text(alphabet='ab "*-()^:+OR{}.,\\\0', max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_query_is_an_error(query: str) -> None:
    asked = parse(query, TOKENIZER.words)
    for expression in (asked.constraint, asked.exclusion):
        TOKENIZER.marked(["a text"], expression or '"a"', start="[", end="]")
    for mode in ("words", "hybrid"):
        HOSTILE.plain(query, mode=mode, limit=3)  # type: ignore[arg-type]
    if not asked.is_empty:
        HOSTILE.search(SearchQuestion(query, "words"), limit=3)
        HOSTILE.search(SearchQuestion(query, "words", "signals"), limit=3)


def test_a_pasted_text_is_a_query_like_another(store: Store) -> None:
    assert found(store, " ".join(f'"word{at} x" -no{at} pre{at}*' for at in range(400))) == []
    assert found(store, "gas " * 5_000) == ["gas", "pumps"]


TOKENIZER = Tokenizer()
_HOSTILE = Store(Path("unused"), in_memory=True)
fill(_HOSTILE)
HOSTILE = searcher(_HOSTILE)
