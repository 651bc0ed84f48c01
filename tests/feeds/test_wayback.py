"""Pages that are gone: the feed's own text, copies of the Wayback Machine, or named."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from fakes import NOW, FakeFetcher
from readers import reader_of

from digest.feeds.fetch import Politeness
from digest.feeds.wayback import AVAILABLE
from digest.intake import ArticleReader
from digest.records import Link, Origin
from digest.store import Store

FEED = "https://feeds.example/rss"


def article(number: int, place: str) -> str:
    lines = "".join(
        f"<p>The {place} board {number} approved plan {at} and replaced {at + number} cranes on Monday.</p>"
        for at in range(14)
    )
    return f"<html><title>Plan {number}</title><body><article><h1>Plan {number}</h1>{lines}</article>"


def snapshot(
    url: str, *, status: str = "200", moment: str = "20261102030405", host: str = "web.archive.org"
) -> bytes:
    closest = {
        "available": True,
        "status": status,
        "timestamp": moment,
        "url": f"http://{host}/web/{moment}/{url}",
    }
    return json.dumps({"url": url, "archived_snapshots": {"closest": closest}}).encode()


def asked_of(url: str) -> str:
    return AVAILABLE.format(quote(url, safe=""))


def copy(url: str) -> str:
    return f"https://web.archive.org/web/20261102030405id_/{url}"


def take_in(
    folder: Path, urls: dict[str, str], answers: dict[str, bytes], *, wayback: bool
) -> tuple[Store, ArticleReader, FakeFetcher]:
    store, fetcher = Store(folder, in_memory=True), FakeFetcher(answers)
    links = [
        Link(url, "", Origin("A feed", ""), FEED, at, body_html=text)
        for at, (url, text) in enumerate(urls.items())
    ]
    store.links.save_read(FEED, links, title="", etag="", last_modified="", moved_to="", now=NOW)
    with ThreadPoolExecutor(1) as workers:
        reader = reader_of(store, workers, analyzer="rules")
        reader.take_in(
            store.links.pending(max_tries=3, retry_before=NOW),
            fetcher=fetcher,
            politeness=Politeness(delay_s=0),
            takes_copies=wayback,
        )
    return store, reader, fetcher


def notes_of(store: Store, url: str) -> tuple[str, ...]:
    (id,) = store.links.resolve(url)
    return store.articles.analyses_for([id])[id].notes


def test_of_sixty_pages_half_of_them_gone_each_is_got_or_named(tmp_path: Path) -> None:
    urls: dict[str, str] = {}
    answers: dict[str, bytes] = {}
    for number in range(60):
        url = f"https://site{number}.example/story/{number}"
        answers[f"https://site{number}.example/robots.txt"] = b""
        urls[url] = article(number, "feed") if number % 6 == 1 else ""
        answers[url] = article(number, "harbour").encode() if number % 2 == 0 else b""
        if number % 6 == 3:
            answers[asked_of(url)] = snapshot(url)
            answers[copy(url)] = article(number, "archived").encode()
        if number % 6 == 5:
            answers[asked_of(url)] = b'{"archived_snapshots": {}}'
    store, reader, fetcher = take_in(tmp_path, urls, answers, wayback=True)
    lost = {each.url: each.reason for each in reader.intake.dropped}
    assert lost == {
        url: "HTTP 404, and no copy in the Wayback Machine" for at, url in enumerate(urls) if at % 6 == 5
    }
    note = "the page is gone: read from a copy of 2026-11-02 in the Wayback Machine"
    for number, url in enumerate(urls):
        if number % 6 != 5:
            assert (note in notes_of(store, url)) is (number % 6 == 3), url
    # What a feed carried is not looked for elsewhere.
    assert not any(asked_of(url) in fetcher.asked for url, text in urls.items() if text)


def test_without_the_setting_nobody_is_told_of_a_page_that_is_gone(tmp_path: Path) -> None:
    url = "https://a.example/x"
    answers = {url: b"", "https://a.example/robots.txt": b"", asked_of(url): snapshot(url)}
    _, reader, fetcher = take_in(tmp_path, {url: ""}, answers, wayback=False)
    assert [each.reason for each in reader.intake.dropped] == ["HTTP 404"]
    assert not any("archive.org" in asked for asked in fetcher.asked)


def test_an_address_with_a_secret_is_told_to_nobody(tmp_path: Path) -> None:
    url = "https://a.example/x?token=s3cr3t-s3cr3t"
    answers = {url: b"", "https://a.example/robots.txt": b"", asked_of(url): snapshot(url)}
    _, _, fetcher = take_in(tmp_path, {url: ""}, answers, wayback=True)
    assert not any("archive.org" in asked for asked in fetcher.asked)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b'{"archived_snapshots": {"closest": {"available": true, "status": "200", "url": 7}}}',
        snapshot("https://a.example/x", host="127.0.0.1"),
        snapshot("https://a.example/x", host="web.archive.org.evil.example"),
        snapshot("https://a.example/x", status="404"),
        snapshot("https://a.example/x", moment="99999999999999"),
    ],
)
def test_an_answer_that_names_no_copy_is_none(tmp_path: Path, told: bytes) -> None:
    url = "https://a.example/x"
    answers = {url: b"", "https://a.example/robots.txt": b"", asked_of(url): told}
    _, reader, fetcher = take_in(tmp_path, {url: ""}, answers, wayback=True)
    assert len(reader.intake.dropped) == 1
    assert {asked.split("/")[2] for asked in fetcher.asked} == {"a.example", "archive.org"}


def test_a_page_that_is_gone_is_asked_for_again_where_the_archive_did_not_answer(tmp_path: Path) -> None:
    url = "https://a.example/x"
    answers = {url: b"", "https://a.example/robots.txt": b""}
    _, reader, _ = take_in(tmp_path, {url: ""}, answers, wayback=True)
    (lost,) = reader.intake.dropped
    assert lost.reason == "HTTP 404, and the Wayback Machine could not be asked: connection refused"
    assert lost.is_retryable
