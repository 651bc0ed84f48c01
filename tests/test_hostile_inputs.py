"""Inputs made to hurt stand between two good ones: the good ones get their drafts, within the limits."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lost_calls
import pytest
import test_intake
from fakes import NOW, FakeEmbedder, FakeFetcher
from readers import no_library
from typer.testing import CliRunner

from digest.adapters.workers import Workers, worker_processes
from digest.cli.app import app
from digest.feeds.asking import read_feeds
from digest.language.addresses import entry_id
from digest.pipeline import Options, Ports, run
from digest.records import FeedState
from digest.store import Store
from digest.workspace.config import Config, load_config
from digest.workspace.prompt_files import default_files

SITE = "https://a.example"
GOOD = (f"{SITE}/kiln", f"{SITE}/ferry")
BAD = f"{SITE}/bad"
N = 30_000

# What stands in the entry between the two good ones.
ENTRIES = {
    "author": f"<author>{'a.' * N}@b</author>",
    "categories": "".join(f"<category>c{at}</category>" for at in range(N)),
    "nested": "<b>" * N + "</b>" * N,
    "nested without end": "<b>" * N,
    "attributes": "<x " + " ".join(f"a{at}='1'" for at in range(N)) + "/>",
    "media": "<media:group>" + "<media:credit>x</media:credit>" * N + "</media:group>",
    "links in its text": f"<description><![CDATA[{'<a href=/x>a</a> ' * N}]]></description>",
    "date": f"<pubDate>{'1' * N}</pubDate>",
}
# What the page of that entry holds.
PAGES = {
    "inline": f"<p>{'<b>x</b> y ' * N}</p>",
    "links": f"<p>{'<a href=/x>x</a> y ' * N}</p>",
    "footnotes": "<p>" + "a word<sup><a href='#1'>1</a></sup> and " * N + "</p>",
    "nested": "<p>" + "<b>x " * N,
    "attributes": "<p " + " ".join(f"a{at}='1'" for at in range(N)) + ">Some words.</p>",
    "no spaces": f"<p>{'a' * 10 * N}</p>",
}


def text(name: str) -> str:
    lines = (f"The {name} of Orrdal sold {line + 3} tons in May {1990 + line}." for line in range(14))
    return "".join(f"<p>{line} The {name} stands where the {name} stood.</p>" for line in lines)


def page(name: str, inner: str = "") -> bytes:
    return (
        f"<html><head><title>The {name}</title></head><body><article><h1>The {name}</h1>{text(name)}{inner}"
        "</article></body></html>"
    ).encode()


def rss(inner: str) -> bytes:
    good = "<item><title>The {0}</title><link>https://a.example/{0}</link></item>"
    return (
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><title>T</title>"
        f"<link>https://a.example/</link>{good.format('kiln')}<item><title>Bad</title><link>{BAD}</link>"
        f"{inner}</item>{good.format('ferry')}</channel></rss>"
    ).encode()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with worker_processes(most=1) as made:
        yield made


def config_of(folder: Path, *urls: str) -> Config:
    for name, written in default_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(written, "utf-8")
    feeds = "".join(f"  - {url}\n" for url in urls)
    (folder / "feeds.yaml").write_text(f"newsletter: {{title: Week}}\nfeeds:\n{feeds}", "utf-8")
    return load_config(folder, options={"delay_s": 0})


def drafted(folder: Path, workers: Workers, feed: bytes, bad: bytes) -> tuple[set[str], Any]:
    """Run over a feed and its pages; gives the ids of the drafts, and the report."""
    answers = {f"{SITE}/feed": feed, f"{SITE}/robots.txt": b"", BAD: bad}
    answers |= {url: page(url.rpartition("/")[2]) for url in GOOD}
    library = no_library()
    store = Store(folder / "output")
    try:
        ports = Ports(
            store,
            lambda: FakeFetcher(answers),
            FakeEmbedder(),
            workers,
            "test",
            lambda: library,
            feed_workers=workers.within(10),
        )
        config = config_of(folder, f"{SITE}/feed")
        report = run(
            config,
            ports,
            folder / "output",
            Options("20261122"),
            now=NOW,
            progress=lambda stage, done, total: None,
        )
    finally:
        store.close()
    return {draft for draft, _ in report.drafts}, report


@pytest.mark.parametrize("inner", ENTRIES.values(), ids=ENTRIES)
def test_a_hostile_entry_leaves_the_good_ones(tmp_path: Path, workers: Workers, inner: str) -> None:
    drafts, report = drafted(tmp_path, workers, rss(inner), page("mill"))
    assert drafts >= {entry_id(url) for url in GOOD}
    assert [feed.status for feed in report.feeds] == ["ok"]


@pytest.mark.parametrize("inner", PAGES.values(), ids=PAGES)
def test_a_hostile_page_leaves_the_good_ones(tmp_path: Path, workers: Workers, inner: str) -> None:
    drafts, _ = drafted(tmp_path, workers, rss(""), page("mill", inner))
    assert drafts >= {entry_id(url) for url in GOOD}


@pytest.mark.parametrize("value", ["1" * 5_000, "-" + "1" * 5_000, "1e" + "9" * 5_000, "[" * N + "]" * N])
def test_a_hostile_item_of_a_json_feed_leaves_the_good_ones(
    tmp_path: Path, workers: Workers, value: str
) -> None:
    first, last = (json.dumps({"id": url, "url": url, "title": url}) for url in GOOD)
    feed = f'{{"version":"1","title":"T","items":[{first},{{"id":{value},"url":"{BAD}"}},{last}]}}'
    drafts, _ = drafted(tmp_path, workers, feed.encode(), page("mill"))
    assert drafts >= {entry_id(url) for url in GOOD}


LOST = {"stopped": "took longer than 4 s", "loop": "took longer than 4 s", "killed": "the process twice"}


def test_a_feed_that_holds_or_kills_its_reader_is_broken_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.feeds.asking.read_answer", lost_calls.read_answer)
    urls = [f"{SITE}/{name}" for name in ("first", *LOST, "last")]
    config = config_of(tmp_path, *urls)
    fetcher = FakeFetcher(dict.fromkeys(urls, rss("")))
    with worker_processes(most=2) as workers:
        workers.submit(lost_calls.article_of, "", "").result()
        readings = asyncio.run(
            read_feeds(
                config,
                {url: FeedState() for url in urls},
                lambda: fetcher,
                since=None,
                workers=workers.within(4),
            )
        )
    first, *lost, last = readings
    assert first.entries == last.entries == 3
    assert [each.error.reason for each in lost if each.error] == [f"reading it {LOST['stopped']}"] * 2 + [
        "reading it killed the process twice"
    ]


@pytest.mark.parametrize("stage", ["extract", "analyze"])
def test_a_page_that_holds_or_kills_its_worker_is_lost_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    if stage == "extract":
        monkeypatch.setattr("digest.intake.read_page", lost_calls.read_page)
    else:
        monkeypatch.setattr("digest.intake.read_page", lost_calls.read_page_unharmed)
        monkeypatch.setattr("digest.intake.analyze_article", lost_calls.analyze_article)
    urls = [f"https://{at}.example/{name}" for at, name in enumerate(("first", *LOST, "last"))]
    monkeypatch.setattr(test_intake, "URLS", urls)
    store = Store(tmp_path, in_memory=True)
    with worker_processes(max_call_s=4) as workers:
        started = time.monotonic()
        reader = test_intake.take_in_all(store, workers)
    assert time.monotonic() - started < 60
    lost = {each.url: each.reason for each in reader.intake.dropped}
    assert {each.url: each.stage for each in reader.intake.dropped} == dict.fromkeys(urls[1:-1], stage)
    assert all("took longer than 4 s" in lost[url] for url in urls[1:3])
    assert len(store.articles.analyses_for(store.articles.known_ids())) == 2


def test_extract_names_a_file_it_does_not_get_through_with_and_reads_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("digest.articles.extract.extract", lost_calls.extract)
    monkeypatch.setattr("digest.adapters.workers.MAX_CALL_S", 5)
    names = ("kiln", "stopped", "ferry")
    lines = [json.dumps({"id": name, "html": "x", "url": f"{SITE}/{name}"}) for name in names]
    done = CliRunner().invoke(app, ["extract", "--jsonl"], input="\n".join(lines))
    first, lost, last = map(json.loads, done.stdout.splitlines())
    assert (first["title"], last["title"]) == (f"{SITE}/kiln", f"{SITE}/ferry")
    assert lost == {"id": "stopped", "error": "took longer than 5 s"}
