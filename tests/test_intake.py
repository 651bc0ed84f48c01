"""Taking in links: what a worker process that dies costs."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import NOW, FakeEmbedder, FakeFetcher
from newsroom import Newsroom
from readers import no_library, reader_of

from digest.adapters.workers import Limits, Workers, worker_processes
from digest.errors import DigestError, NotStartedError
from digest.feeds.asking import read_feeds
from digest.feeds.fetch import Politeness
from digest.intake import ArticleReader
from digest.intake_calls import EMBEDDING_S_PER_CHARACTER, analyze_article, complete_article, read_page
from digest.language.addresses import entry_id
from digest.ports import Embedder
from digest.records import Article, Link, Origin, Page, StoredLink, TokenVectors
from digest.store import Store
from digest.workspace.config import load_config

DEADLY = "https://a.example/deadly"

URLS = ["https://a.example/1", DEADLY, *(f"https://{number}.example/" for number in range(2, 8))]


def deadly_read_page(page: Page, stored: StoredLink) -> Any:
    """As a page does that makes a C library crash."""
    if stored.link.url == DEADLY:
        os._exit(11)
    return read_page(page, stored)


def endless_read_page(page: Page, stored: StoredLink) -> Any:
    """As a page does that an expression never gets through with."""
    if stored.link.url == DEADLY:
        time.sleep(60)
    return read_page(page, stored)


def deadly_analyze_article(article: Article, *rest: Any, **options: Any) -> Any:
    if article.url == DEADLY:
        os._exit(11)
    return analyze_article(article, *rest, **options)


def greedy_analyze_article(article: Article, *rest: Any, **options: Any) -> Any:
    if article.url == DEADLY:
        return bytearray(2 * 10**9)
    return analyze_article(article, *rest, **options)


def complete_with(analysis: Any, *rest: Any, **options: Any) -> Any:
    """As a worker does that embeds, with another analysis."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digest.intake_calls.analyze_article", analysis)
        return complete_article(*rest, **options)


def body(number: int) -> bytes:
    text = "".join(
        f"<p>The harbour board {number} approved plan {line} and replaced {line + 3} cranes on Monday.</p>"
        for line in range(12)
    )
    return f"<html><title>Plan {number}</title><body><article><h1>Plan {number}</h1>{text}</article>".encode()


class OtherEmbedder(FakeEmbedder):
    """Another model than the analyses were learned with: it says of every text the same."""

    model_id = "other-1"

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        made = super().encode_tokens(texts)
        return [replace(each, vectors=np.ones_like(each.vectors)) for each in made]


def take_in_all(
    store: Store,
    workers: Executor,
    *,
    language: str = "en",
    embedder: Embedder | None = None,
    analysis_embedder: Embedder | None = None,
    embedding_workers: Callable[[float], Executor] | None = None,
) -> ArticleReader:
    links = [Link(url, "", Origin("A feed", ""), "https://a.example/rss", at) for at, url in enumerate(URLS)]
    store.links.save_read(
        "https://a.example/rss", links, title="", etag="", last_modified="", moved_to="", now=NOW
    )
    answers = {url: body(at) for at, url in enumerate(URLS)}
    answers |= {f"https://{url.split('/')[2]}/robots.txt": b"" for url in URLS}
    reader = ArticleReader(
        store,
        embedder or FakeEmbedder(),
        no_library,
        workers,
        analysis_embedder=analysis_embedder,
        analyzer="test",
        language=language,
        includes_other_languages=False,
        now=NOW,
        progress=lambda stage, done, total: None,
        embedding_workers=embedding_workers,
    )
    pending = store.links.pending(max_tries=3, retry_before=NOW)
    reader.take_in(pending, fetcher=FakeFetcher(answers), politeness=Politeness(delay_s=0))
    return reader


@pytest.fixture
def workers() -> Iterator[Workers]:
    with worker_processes() as found:
        yield found


def test_lost_worker_processes_are_replaced(workers: Executor) -> None:
    with pytest.raises(BrokenExecutor):
        workers.submit(os._exit, 1).result(timeout=60)
    assert workers.submit(len, "four").result(timeout=60) == 4


def test_a_lost_process_takes_no_other_call_with_it(workers: Executor) -> None:
    calls = [workers.submit(os._exit, 1) if at % 5 == 0 else workers.submit(abs, -at) for at in range(40)]
    for at, call in enumerate(calls):
        if at % 5:
            assert call.result(timeout=60) == at
        else:
            assert isinstance(call.exception(timeout=60), BrokenExecutor)


def test_a_call_that_takes_too_long_is_given_up() -> None:
    with worker_processes(max_call_s=0.5) as workers:
        with pytest.raises(TimeoutError, match="took longer than"):
            workers.submit(time.sleep, 60).result(timeout=60)
        assert workers.submit(len, "four").result(timeout=60) == 4


def test_what_a_call_raises_comes_back_with_its_traceback(workers: Executor) -> None:
    with pytest.raises(ValueError, match="invalid literal") as raised:
        workers.submit(int, "four").result(timeout=60)
    assert "in response_of" in "".join(raised.value.__notes__)
    with pytest.raises(RuntimeError, match="pickle"):
        workers.submit(eval, "lambda: 1").result(timeout=60)
    assert workers.submit(len, "four").result(timeout=60) == 4


def test_what_is_not_done_when_the_block_is_left_is_given_up() -> None:
    with worker_processes() as workers:
        calls = [workers.submit(time.sleep, 30) for _ in range(8)]
        while not calls[0].running():
            time.sleep(0.01)
    assert calls[-1].cancelled()
    assert isinstance(calls[0].exception(), BrokenExecutor)


@pytest.mark.parametrize(
    ("page", "reason", "max_call_s"),
    [
        (deadly_read_page, "its extraction killed the process twice", 60),
        (endless_read_page, "took longer than 10 s", 10),
    ],
)
def test_a_page_that_kills_or_holds_its_process_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Any, reason: str, max_call_s: float
) -> None:
    monkeypatch.setattr("digest.intake.read_page", page)
    store = Store(tmp_path, in_memory=True)
    with worker_processes(max_call_s=max_call_s) as workers:
        # Pages in another language are not analyzed, which is what takes long in a new process.
        reader = take_in_all(store, workers, language="xx")
    assert store.articles.known_ids() == {entry_id(url) for url in URLS if url != DEADLY}
    (dropped,) = reader.intake.dropped
    assert (dropped.url, dropped.stage) == (DEADLY, "extract")
    assert reason in dropped.reason
    extracted = reader.intake.stages()[1]
    assert (extracted.taken, extracted.dropped) == (len(URLS), 1)


def test_an_article_whose_analysis_kills_its_process_is_left_to_the_next_run(
    tmp_path: Path, workers: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.intake.analyze_article", deadly_analyze_article)
    store = Store(tmp_path, in_memory=True)
    reader = take_in_all(store, workers)
    assert store.articles.known_ids() == {entry_id(url) for url in URLS}
    (dropped,) = reader.intake.dropped
    assert (dropped.url, dropped.stage, dropped.is_retryable) == (DEADLY, "analyze", True)
    assert len(store.articles.analyses_for(store.articles.known_ids())) == len(URLS) - 1


def test_analyses_are_the_same_whatever_model_says_what_is_similar(tmp_path: Path, workers: Executor) -> None:
    store, other = Store(tmp_path / "a", in_memory=True), Store(tmp_path / "b", in_memory=True)
    take_in_all(store, workers)
    similarity, analysis = OtherEmbedder(), FakeEmbedder()
    reader = take_in_all(other, workers, embedder=similarity, analysis_embedder=analysis)
    ids = store.articles.known_ids()
    assert other.articles.analyses_for(ids) == store.articles.analyses_for(ids)
    hashes = [article.text_hash for article in other.articles.get(ids).values()]
    assert set(other.articles.vectors_of(hashes, model_id="other-1")) == set(hashes)
    assert not other.articles.vectors_of(hashes, model_id="fake-1")
    assert reader.intake.embedded == similarity.calls == analysis.calls == len(URLS)


@pytest.mark.parametrize("other", [None, OtherEmbedder()])
def test_workers_that_embed_make_the_same_rows(
    tmp_path: Path, workers: Workers, other: Embedder | None
) -> None:
    kept = []
    for name, elsewhere in (("here", False), ("elsewhere", True)):
        store = Store(tmp_path / name)
        embedding_workers = workers.allowing if elsewhere else None
        reader = take_in_all(store, workers, analysis_embedder=other, embedding_workers=embedding_workers)
        ids, vectors = store.articles.matrix(model_id=FakeEmbedder().model_id)
        analyses = store.articles.analyses_for(ids)
        kept.append((ids, vectors.tobytes(), analyses, reader.intake.vectors, reader.intake.analyzed))
    assert kept[0] == kept[1]
    assert kept[0][3:] == (len(URLS), len(URLS))


@pytest.mark.parametrize("analysis", [deadly_analyze_article, greedy_analyze_article])
def test_an_article_that_cannot_be_analyzed_has_its_vector_wherever_that_is_made(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch, analysis: Any
) -> None:
    kept = []
    for name, embedding_workers in (("here", None), ("elsewhere", workers.allowing)):
        monkeypatch.setattr("digest.intake.analyze_article", analysis)
        monkeypatch.setattr("digest.intake.complete_article", partial(complete_with, analysis))
        store = Store(tmp_path / name)
        reader = take_in_all(store, workers, embedding_workers=embedding_workers)
        ids, vectors = store.articles.matrix(model_id=FakeEmbedder().model_id)
        lost = [(each.url, each.stage) for each in reader.intake.dropped]
        kept.append((set(ids), vectors.shape, set(store.articles.analyses_for(ids)), lost))
    assert kept[0] == kept[1]
    assert len(kept[0][0]) == len(URLS)
    assert kept[0][3] == [(DEADLY, "analyze")]


def test_a_call_that_embeds_may_take_longer_the_longer_its_text_is(tmp_path: Path) -> None:
    allowed: list[float] = []

    def allowing(more_s: float) -> Executor:
        allowed.append(more_s)
        return here

    with ThreadPoolExecutor(1) as here:
        store = Store(tmp_path, in_memory=True)
        take_in_all(store, here, embedding_workers=allowing)
        (article,) = store.articles.get([entry_id(URLS[0])]).values()
        long = replace(article, text=article.text * 100, sentences=())
        reader_of(store, here, embedding_workers=allowing).complete([long])
    assert min(allowed[:-1]) < allowed[-1] - 50 * len(article.text) * EMBEDDING_S_PER_CHARACTER


def test_a_model_that_is_not_needed_is_not_asked(tmp_path: Path, workers: Executor) -> None:
    store = Store(tmp_path, in_memory=True)
    similarity, analysis = OtherEmbedder(), FakeEmbedder()
    models = {"embedder": similarity, "analysis_embedder": analysis}
    reader = take_in_all(store, workers, language="xx", **models)
    assert (similarity.calls, analysis.calls) == (len(URLS), 0)
    reader.complete(list(store.articles.get(store.articles.known_ids()).values()))
    assert (similarity.calls, analysis.calls) == (len(URLS), 0)
    reader = take_in_all(store, workers, **models)
    reader.complete(list(store.articles.get(store.articles.known_ids()).values()))
    assert (similarity.calls, analysis.calls) == (len(URLS), len(URLS))


def test_what_is_wanted_anew_is_analyzed_again(tmp_path: Path, workers: Executor) -> None:
    store = Store(tmp_path, in_memory=True)
    reader = take_in_all(store, workers)
    before = reader.intake.analyzed
    known = list(store.articles.get(store.articles.known_ids()).values())
    reader.complete(known)
    assert reader.intake.analyzed == before
    reader.complete(known, anew=[known[0].id])
    assert reader.intake.analyzed == before + 1


def test_the_next_run_drafts_what_could_not_be_analyzed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = Newsroom(tmp_path)
    text = "\n".join(f"The harbour board of Orrdal replaced {line} cranes on Monday." for line in range(12))
    lost = news.write("tarrow", "Cranes", text)

    def lose_process(*rest: Any, **options: Any) -> Any:
        raise BrokenExecutor("a worker process died")

    with monkeypatch.context() as patch:
        patch.setattr("digest.intake.analyze_article", lose_process)
        first = news.run("20261122")
    assert [(each.stage, each.is_retryable) for each in first.dropped] == [("analyze", True)]
    assert first.drafts == ()
    second = news.run("20261122")
    assert [draft_id for draft_id, _ in second.drafts] == [lost]
    assert second.dropped == ()


def none_to_be_had() -> Any:
    raise NotStartedError("no memory is left for it")


def test_where_no_worker_can_be_had_the_run_ends_and_the_next_one_has_every_page(
    tmp_path: Path, workers: Executor
) -> None:
    store = Store(tmp_path, in_memory=True)
    none = Workers(1, Limits(60, 60, 10**9), none_to_be_had, tries=3)
    with pytest.raises(DigestError, match="no worker process became ready: no memory is left for it"):
        take_in_all(store, none)
    none.shutdown(cancel_futures=True)
    assert {each.link.url for each in store.links.pending(max_tries=3, retry_before=NOW)} == set(URLS)
    take_in_all(store, workers, language="xx")
    assert store.articles.known_ids() == {entry_id(url) for url in URLS}


def test_where_no_worker_can_be_had_articles_wait_for_their_analysis(
    tmp_path: Path, workers: Executor
) -> None:
    store = Store(tmp_path, in_memory=True)
    reader = take_in_all(store, workers, language="xx")
    known = list(store.articles.get(store.articles.known_ids()).values())
    none = Workers(1, Limits(60, 60, 10**9), none_to_be_had)
    with pytest.raises(DigestError, match="no memory is left for it"):
        reader_of(store, none).complete(known)
    none.shutdown(cancel_futures=True)
    assert set(store.drafts.unplaced()) == store.articles.known_ids()
    assert not reader.intake.unanalyzed


def test_where_no_worker_can_be_had_no_feed_is_called_broken(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("settings: {delay_s: 0}\nfeeds:\n  - https://a.example/rss\n")
    config = load_config(tmp_path, environ={})
    store = Store(tmp_path / "output", in_memory=True)
    none = Workers(1, Limits(60, 60, 10**9), none_to_be_had)
    states = {each.url: store.links.state(each.url) for each in config.feeds}
    site = FakeFetcher({"https://a.example/rss": b"<rss/>"})
    with pytest.raises(NotStartedError, match="no memory is left for it"):
        asyncio.run(read_feeds(config, states, lambda: site, since=None, workers=none))
    none.shutdown(cancel_futures=True)
