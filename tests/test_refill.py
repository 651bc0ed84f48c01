"""Parts of the archive made again: what is right stays, what is wrong or missing is made."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder
from newsroom import ISSUE, TEXTS, Newsroom
from readers import reader_of

from digest.adapters.workers import Workers, worker_processes
from digest.articles.copies import signature_of
from digest.records import Article
from digest.refilling import Refilled, What, refill
from digest.store import Store

EVERYTHING: tuple[What, ...] = ("text", "vectors", "analysis")


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with worker_processes() as found:
        yield found


@pytest.fixture
def news(tmp_path: Path) -> Newsroom:
    room = Newsroom(tmp_path)
    for title in ("Kiln", "Eelgrass", "Mayor"):
        room.write("tarrow", title, "\n".join(TEXTS[title].format(line) for line in range(12)))
    room.run(ISSUE)
    return room


def refilled(news: Newsroom, workers: Workers, *what: What, embedder: FakeEmbedder | None = None) -> Refilled:
    store = Store(news.output)
    try:
        reader = reader_of(store, workers, embedder=embedder or FakeEmbedder())
        ids = [key.id for key in store.articles.listing()]
        return refill(store, ids, what, reader=reader, workers=workers, progress=lambda *_: None)
    finally:
        store.close()


def rows(news: Newsroom) -> tuple[object, ...]:
    store = Store(news.output)
    try:
        ids, vectors = store.articles.matrix(model_id=FakeEmbedder().model_id)
        found = store.articles.get(ids), store.articles.analyses_for(ids)
        return (*found, vectors.tobytes())
    finally:
        store.close()


def spoil(news: Newsroom, text: str) -> Article:
    """Have the archive hold another text of an article than its page gives."""
    store = Store(news.output)
    try:
        key = store.articles.listing()[0]
        article = store.articles.get([key.id])[key.id]
        spoilt = replace(article, text=text, sentences=())
        store.articles.replace(spoilt, signature=signature_of(spoilt))
        return article
    finally:
        store.close()


def test_what_is_there_stays_as_it_is(news: Newsroom, workers: Workers) -> None:
    before = rows(news)
    found = refilled(news, workers, *EVERYTHING)
    assert (found.read, found.changed, found.vectors, found.analyses, found.problems) == (3, [], 0, 0, [])
    assert rows(news) == before


def test_a_text_is_made_again_from_its_page(news: Newsroom, workers: Workers) -> None:
    before = rows(news)
    article = spoil(news, "An earlier version read this.")
    found = refilled(news, workers, "text")
    assert found.changed == [article.id]
    # Its vector and its analysis are known, by the hash of its text.
    assert (found.vectors, found.analyses) == (0, 0)
    assert rows(news) == before
    assert refilled(news, workers, "text").changed == []


def test_a_page_that_is_no_article_any_more_leaves_what_was_read(
    news: Newsroom, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(news)
    store = Store(news.output)
    url = next(iter(news.pages))
    page = store.pages.get(url)
    assert page
    store.pages.save(replace(page, body=b"<html><title>Gone</title><p>Nothing here.</p></html>"))
    store.close()
    found = refilled(news, workers, "text")
    (problem,) = found.problems
    assert (problem.url, problem.stage) == (url, "text")
    assert found.read == 2
    assert rows(news) == before


def test_vectors_of_another_model_are_made_beside(news: Newsroom, workers: Workers) -> None:
    class Other(FakeEmbedder):
        model_id = "other-2"

    other = Other()
    found = refilled(news, workers, "vectors", embedder=other)
    assert (found.vectors, found.analyses, found.read) == (3, 0, 0)
    store = Store(news.output)
    ids, vectors = store.articles.matrix(model_id="other-2")
    assert len(ids) == 3
    assert np.isfinite(vectors).all()
    store.close()
    assert refilled(news, workers, "vectors", embedder=other).vectors == 0


def test_an_analysis_that_another_analyzer_made_is_made_again(news: Newsroom, workers: Workers) -> None:
    store = Store(news.output)
    reader = reader_of(store, workers, analyzer="rules-other")
    ids = [key.id for key in store.articles.listing()]
    found = refill(store, ids, ["analysis"], reader=reader, workers=workers, progress=lambda *_: None)
    assert (found.vectors, found.analyses) == (0, 3)
    assert {each.analyzer for each in store.articles.analyses_for(ids).values()} == {"rules-other"}
    store.close()


def test_an_article_that_repeats_another_is_not_analyzed(news: Newsroom, workers: Workers) -> None:
    store = Store(news.output)
    first, second, third = (key.id for key in store.articles.listing())
    store.articles.save_copy(second, of=first)
    reader = reader_of(store, workers, analyzer="rules-other")
    ids = [first, second, third]
    refill(store, ids, EVERYTHING, reader=reader, workers=workers, progress=lambda *_: None)
    made = {
        each for each, found in store.articles.analyses_for(ids).items() if found.analyzer == "rules-other"
    }
    assert made == {first, third}
    store.close()


@pytest.mark.model
def test_the_command_says_what_it_made(news: Newsroom) -> None:
    spoil(news, "An earlier version read this.")
    assert news.digest("refill", "--what", "text").startswith("3 pages read again, 1 changed; ")
    assert "expected some of text, vectors, analysis" in news.all_of("refill", "--what", "texts", code=2)
    assert "no archive yet" in Newsroom(news.folder / "new").all_of("refill", "--what", "text", code=1)


def half_replaced(news: Newsroom) -> list[str]:
    store = Store(news.output)
    try:
        return store.articles.half_replaced()
    finally:
        store.close()


def test_the_same_command_again_completes_what_was_killed_once_the_texts_were_there(
    news: Newsroom, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(news.output)
    page = store.pages.get(next(iter(news.pages)))
    assert page
    store.pages.save(replace(page, body=page.body.replace(b"</p>", b" So it was said again.</p>")))
    store.close()

    def kill(*_: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("digest.intake.ArticleReader.complete", kill)
        with pytest.raises(KeyboardInterrupt):
            refilled(news, workers, "text")
    assert len(half_replaced(news)) == 1
    again = refilled(news, workers, "text")
    assert (again.changed, again.vectors, again.analyses) == ([], 1, 1)
    assert half_replaced(news) == []
    third = refilled(news, workers, "text")
    assert (third.vectors, third.analyses) == (0, 0)


def test_a_run_completes_what_a_killed_refill_left_and_an_earlier_text_has_its_own_analysis_back(
    news: Newsroom, workers: Workers
) -> None:
    before = rows(news)
    article = spoil(news, TEXTS["Kiln"].format(1))
    assert half_replaced(news) == [article.id]
    news.run(ISSUE)
    assert half_replaced(news) == []
    assert rows(news)[1] != before[1]
    assert refilled(news, workers, "text").changed == [article.id]
    assert rows(news) == before
