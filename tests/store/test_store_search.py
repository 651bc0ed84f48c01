"""What searching asks of the archive; archives from before there was a search."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from fakes import NOW
from old_archives import make_empty

import digest.store
import digest.store.articles
from digest.articles.given import article_of_text
from digest.errors import StoreError
from digest.records import SearchFilter, SearchQuestion
from digest.search import Searcher
from digest.store import Store
from digest.store.tokenizer import Tokenizer

ANALYSIS = {
    "id": "b",
    "title": "A title",
    "summary": [],
    "keywords": [{"keyword": "tidal power", "score": 1.0}],
    "themes": [{"theme": "Energy", "score": 0.5}],
    "signals": [
        {
            "signal": "Tides drive turbines",
            "change": "from coal to tides",
            "horizon_10y": "tides by 2036",
            "driving_force": "coal prices",
            "basis": {},
            "evidence": [],
        }
    ],
    "analyzer": "default/1",
}


def old_archive(path: Path) -> None:
    """Make an archive as the first version did, with two articles and an analysis made twice."""
    make_empty(path, schema="0001")
    with sqlite3.connect(path) as raw:
        for place, (name, text) in enumerate(
            (("a", "Wind turbines stand still."), ("b", "Tides never rest."))
        ):
            raw.execute(
                "INSERT INTO articles VALUES (?, ?, ?, '', ?, ?, '', NULL, 'en', 'a.example', 0, ?, ?, ?, ?, "
                "NULL, '2026-11-01 00:00:00', 0)",
                (
                    place + 1,
                    name,
                    f"https://{name}",
                    name,
                    f"Title {name}",
                    text,
                    "[[0, 10]]",
                    name,
                    b"\0" * 512,
                ),
            )
        earlier = ANALYSIS | {"themes": [{"theme": "Oceans", "score": 0.4}], "signals": []}
        for analyzer, record in (("default/0", earlier), ("default/1", ANALYSIS)):
            raw.execute("INSERT INTO analyses VALUES ('b', ?, 'b', ?)", (analyzer, json.dumps(record)))
    raw.close()


@pytest.mark.sqlite
def test_an_older_archive_is_searched_like_a_new_one(tmp_path: Path) -> None:
    old_archive(tmp_path / "archive.db")
    store = Store(tmp_path)
    searcher = Searcher(store, model_id="fake-1")

    def ids(query: str, unit: str = "articles", **fields: object) -> list[str]:
        question = SearchQuestion(query, "words", unit, SearchFilter(**fields))  # type: ignore[arg-type]
        return [hit.id for hit in searcher.search(question, limit=5)]

    assert ids("turbine") == ["a"]
    assert ids('"tides never"') == ["b"]
    assert ids("tides", theme="energy", keyword="Tidal power") == ["b"]
    assert ids("tides", theme="Oceans") == []
    assert ids("turbines", "signals") == ["b"]
    store.close()
    assert (tmp_path / "archive.schema-1.db").exists()


@pytest.mark.sqlite
@pytest.mark.parametrize("wrong", ["UPDATE articles SET text = 'Rivers dry up.'", "DELETE FROM articles"])
def test_the_index_follows_whatever_is_written_to_articles(tmp_path: Path, wrong: str) -> None:
    old_archive(tmp_path / "archive.db")
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "archive.db") as raw:
        raw.execute(wrong)
        raw.execute("INSERT INTO article_text (article_text, rank) VALUES ('integrity-check', 1)")
    raw.close()
    store = Store(tmp_path)
    assert store.search.matching('"turbines"').tolist() == []
    assert store.search.fill_words() == (2 if "UPDATE" in wrong else 0)
    store.close()


def test_words_and_article_are_kept_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("disk full")

    store = Store(tmp_path)
    article = article_of_text(id="a", url="https://a", title="A title", text="Some text.")
    signature = np.zeros(128, dtype=np.uint32)
    with monkeypatch.context() as patch:
        patch.setattr(digest.store.articles, "add_words", fails)
        with pytest.raises(StoreError):
            store.articles.add(article, place=1, signature=signature, now=NOW)
        with pytest.raises(StoreError):
            store.articles.add_imported([(article, signature, "")], now=NOW)
    assert store.articles.known_ids() == set()
    store.articles.add(article, place=1, signature=signature, now=NOW)
    assert store.search.versions(up_to=10**9) == 1
    assert store.search.fill_words() == 0
    store.close()


def test_what_a_batch_counts_is_what_each_text_counts() -> None:
    tokenizer = Tokenizer()
    texts = [("Café culture", "The cafes' cultures " * 200), ("", ""), ("x", "y 日本語 z")]
    assert tokenizer.pack(texts) == [tokenizer.pack([each])[0] for each in texts]
    assert tokenizer.words("The Running cafés") == ["the", "run", "cafe"]
    assert tokenizer.marked(["running late", "so"], '"run"', start="[", end="]") == ["[running] late", "so"]


def test_a_search_may_be_renamed_over_and_forgotten() -> None:
    store = Store(Path("unused"), in_memory=True)
    for query in ("one", "two"):
        store.search.save_search("mine", SearchQuestion(query), seen_version=0, now=NOW)
    assert [each.asked.query for each in store.search.saved()] == ["two"]
    store.search.remove_search("mine")
    assert store.search.saved() == []
