"""Taking in links: what a worker process that dies costs."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import NOW, FakeEmbedder, FakeFetcher

from digest.adapters.workers import worker_processes
from digest.addresses import entry_id
from digest.intake import ArticleReader, read_page
from digest.records import Link, Origin, Page, StoredLink
from digest.stages.analyze import Library
from digest.stages.fetch import Politeness
from digest.store import Store

DEADLY = "https://a.example/deadly"


def deadly_read_page(page: Page, stored: StoredLink) -> Any:
    """As a page does that makes a C library crash."""
    if stored.link.url == DEADLY:
        os._exit(11)
    return read_page(page, stored)


def library() -> Library:
    nothing = np.zeros((0, 64), np.float32)
    return Library((), nothing, (), nothing, nothing.astype(np.float16), "none")


def body(number: int) -> bytes:
    text = "".join(
        f"<p>The harbour board {number} approved plan {line} and replaced {line + 3} cranes on Monday.</p>"
        for line in range(12)
    )
    return f"<html><title>Plan {number}</title><body><article><h1>Plan {number}</h1>{text}</article>".encode()


@pytest.fixture
def workers() -> Iterator[Executor]:
    with worker_processes() as found:
        yield found


def test_lost_worker_processes_are_replaced(workers: Executor) -> None:
    with pytest.raises(BrokenExecutor):
        workers.submit(os._exit, 1).result(timeout=60)
    assert workers.submit(len, "four").result(timeout=60) == 4


def test_a_page_that_kills_its_process_costs_only_itself(
    tmp_path: Path, workers: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.intake.read_page", deadly_read_page)
    urls = ["https://a.example/1", DEADLY, *(f"https://{number}.example/" for number in range(2, 8))]
    store = Store(tmp_path, in_memory=True)
    links = [Link(url, "", Origin("A feed", ""), "https://a.example/rss", at) for at, url in enumerate(urls)]
    store.links.save_read(
        "https://a.example/rss", links, title="", etag="", last_modified="", moved_to="", now=NOW
    )
    answers = {url: body(at) for at, url in enumerate(urls)}
    answers |= {f"https://{url.split('/')[2]}/robots.txt": b"" for url in urls}
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None  # noqa: E731
    reader = ArticleReader(
        store,
        FakeEmbedder(),
        library,
        workers,
        analyzer="test",
        language="en",
        includes_other_languages=False,
        now=NOW,
        progress=progress,
    )
    pending = store.links.pending(max_tries=3, retry_before=NOW)
    reader.take_in(pending, fetcher=FakeFetcher(answers), politeness=Politeness(delay_s=0))
    assert store.articles.known_ids() == {entry_id(url) for url in urls if url != DEADLY}
    (dropped,) = reader.intake.dropped
    assert (dropped.url, dropped.reason) == (DEADLY, "its extraction killed the process twice")
    assert len(store.articles.analyses_for(store.articles.known_ids())) == len(urls) - 1
