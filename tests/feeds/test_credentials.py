"""Paid sources: headers and cookies from the environment, for their own site alone, and never kept."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import NOW
from readers import reader_of

from digest.errors import ConfigError, FetchError
from digest.feeds.asking import credentials_by_feed, politeness_of, read_feeds
from digest.feeds.credentials import credentials_of
from digest.feeds.fetch import Hosts, Request
from digest.feeds.keeping import keep_reading
from digest.issues.exporting import export_rows
from digest.language.secrecy import shown_text
from digest.records import Feed, Page
from digest.store import Store
from digest.workspace.config import Config, load_config

SECRET, KEY = "sess-0f9e8d7c6b5a", "key-112233445566"
ENVIRON = {"PAPER_COOKIE": f"session={SECRET}; theme=dark-and-quiet", "PAPER_KEY": f"Bearer {KEY}"}
FEED_URL = "https://paper.example/feed"
FEED = Feed(FEED_URL, headers=(("Authorization", "env:PAPER_KEY"),), cookie="env:PAPER_COOKIE")
RSS = (
    "<rss version='2.0'><channel><title>Paper</title>"
    "<item><title>Paid</title><link>https://paper.example/paid</link></item>"
    "<item><title>Else</title><link>https://else.example/free</link></item></channel></rss>"
)
ARTICLE = "<html><title>Plan</title><article><h1>A plan for the harbour</h1>" + "".join(
    f"<p>The harbour board approved plan {at} and replaced {at + 3} cranes on Monday in Lisse.</p>"
    for at in range(12)
)


class Site:
    """Answers from a table; remembers the headers it was asked with."""

    def __init__(self, answers: Mapping[str, Page]) -> None:
        self.answers, self.asked = answers, list[tuple[str, Mapping[str, str]]]()

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        self.asked.append((url, dict(headers)))
        if url not in self.answers:
            return answer(url, status=404)
        return self.answers[url]

    async def close(self) -> None:
        pass


def answer(url: str, body: str = "", *, status: int = 200, **headers: str) -> Page:
    rows = {"content-type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Page(url, url, status, tuple(rows.items()), body.encode(), NOW)


def fetch(site: Site, url: str) -> Page:
    hosts = Hosts(site)
    request = Request(url, feed_url=FEED_URL, credentials=credentials_of(FEED, ENVIRON))
    return asyncio.run(hosts.fetch(request, check_robots=False))


def was_told(headers: Mapping[str, str]) -> bool:
    return SECRET in str(headers) or KEY in str(headers)


@pytest.mark.parametrize(
    ("target", "is_told"),
    [
        ("https://paper.example/other", True),
        ("https://paper.example:443/other", True),
        ("https://www.paper.example/other", False),
        ("https://example/other", False),
        ("https://paper.example:8443/other", False),
        ("http://paper.example/other", False),
        ("https://paper.example.evil.example/other", False),
        ("https://paper.example@evil.example/other", False),
        ("//evil.example/other", False),
    ],
)
def test_a_redirect_is_followed_with_them_on_their_own_site_alone(target: str, is_told: bool) -> None:
    start = "https://paper.example/a"
    site = Site({start: answer(start, status=302, location=target)})
    with pytest.raises(FetchError, match="HTTP 404"):
        fetch(site, start)
    (_, first), (_, second) = site.asked
    assert was_told(first)
    assert was_told(second) is is_told


def test_a_page_elsewhere_is_asked_without_them_from_the_start() -> None:
    url = "https://else.example/a"
    site = Site({url: answer(url, "<p>free</p>")})
    assert fetch(site, url).may_be_republished
    assert not was_told(site.asked[0][1])


def test_robots_txt_is_asked_without_them() -> None:
    site = Site({})
    request = Request("https://paper.example/a", credentials=credentials_of(FEED, ENVIRON))
    with pytest.raises(FetchError):
        asyncio.run(Hosts(site).fetch(request))
    assert [(url, was_told(headers)) for url, headers in site.asked] == [
        ("https://paper.example/robots.txt", False),
        ("https://paper.example/a", True),
    ]


def test_cookies_that_the_site_sets_on_the_way_join_them() -> None:
    start, then = "https://paper.example/a", "https://paper.example/b"
    site = Site(
        {start: answer(start, status=302, location=then, set_cookie="seen=1"), then: answer(then, "<p>x</p>")}
    )
    fetch(site, start)
    assert site.asked[1][1]["cookie"] == f"{ENVIRON['PAPER_COOKIE']}; seen=1"


def test_plain_words_beside_a_session_are_no_secrets_and_stay_in_articles() -> None:
    cookie = f"plan=premium; session={SECRET}; zone=Europe/Berlin; seen=2026-11-30; token=abcdefgh; x=a1b2c3"
    access = credentials_of(FEED, {**ENVIRON, "PAPER_COOKIE": cookie})
    assert access is not None
    words = "a premium plan in Europe/Berlin of 2026-11-30"
    assert access.masked(words) == words
    assert access.masked(f"{SECRET} abcdefgh a1b2c3") == "*** *** ***"
    alone = credentials_of(FEED, {**ENVIRON, "PAPER_COOKIE": "id=letters"})
    assert alone is not None
    assert alone.masked("letters") == "***"


def test_what_is_kept_of_an_answer_repeats_no_secret() -> None:
    start = "https://paper.example/a"
    leaking = f"https://paper.example/b?s={SECRET}"
    site = Site(
        {
            start: answer(start, status=302, location=leaking),
            leaking: answer(leaking, f"<p>{SECRET} {KEY}</p>", set_cookie="next=abc", x_debug=f"c={SECRET}"),
        }
    )
    page = fetch(site, start)
    assert not page.may_be_republished
    assert page.header("set-cookie") == ""
    assert SECRET not in repr(page)
    assert KEY not in repr(page)


@pytest.mark.parametrize(
    "target", [f"https://gone.example/{SECRET}", f"ftp://x/{SECRET}", f"https://[{SECRET}"]
)
def test_an_error_repeats_no_secret(target: str) -> None:
    start = "https://paper.example/a"
    with pytest.raises(FetchError) as caught:
        fetch(Site({start: answer(start, status=302, location=target)}), start)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error} {error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def config_of(folder: Path) -> Config:
    lines = f"url: {FEED_URL}, cookie: 'env:PAPER_COOKIE', headers: {{Authorization: 'env:PAPER_KEY'}}"
    (folder / "feeds.yaml").write_text(f"settings: {{delay_s: 0}}\nfeeds:\n  - {{{lines}}}\n")
    return load_config(folder, environ={})


def test_a_paid_article_is_read_marked_and_not_exported(tmp_path: Path) -> None:
    config, store = config_of(tmp_path), Store(tmp_path / "archive")
    site = Site(
        {
            FEED_URL: answer(FEED_URL, RSS),
            "https://paper.example/paid": answer("https://paper.example/paid", f"{ARTICLE}<!--{SECRET}-->"),
            "https://else.example/free": answer("https://else.example/free", ARTICLE.replace("Lisse", "Ede")),
        }
    )
    states = {feed.url: store.links.state(feed.url) for feed in config.feeds}
    with ThreadPoolExecutor(1) as workers:
        (reading,) = asyncio.run(
            read_feeds(config, states, lambda: site, since=None, workers=workers, environ=ENVIRON)
        )
        keep_reading(reading, store, now=NOW)
        reader = reader_of(store, workers, analyzer="rules")
        reader.take_in(
            store.links.pending(max_tries=3, retry_before=NOW),
            fetcher=site,
            politeness=politeness_of(config),
            access=credentials_by_feed(config, ENVIRON)[0],
        )
    asked = {url: was_told(headers) for url, headers in site.asked}
    assert asked["https://paper.example/paid"]
    assert not asked["https://else.example/free"]
    rows = {row["url"]: row for row in export_rows(store, tmp_path, "articles")}
    assert rows["https://paper.example/paid"]["text"] == ""
    assert "harbour board" in rows["https://else.example/free"]["text"]
    analyses = store.articles.analyses_for([row["id"] for row in rows.values()])
    paid = analyses[rows["https://paper.example/paid"]["id"]]
    assert len(paid.summary) <= 2
    assert paid.notes[-1] == "do not republish: read with a subscription"
    store.close()
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_a_variable_that_is_not_set_breaks_the_feed_alone(tmp_path: Path) -> None:
    _, locked = credentials_by_feed(config_of(tmp_path), {"PAPER_KEY": "x"})
    assert [error.reason for error in locked.values()] == ["cookie: the environment has no PAPER_COOKIE"]


@pytest.mark.parametrize(
    "more",
    [
        f"cookie: session={SECRET}",
        f"headers: {{X-Key: {SECRET}}}",
        "headers: {'X Key': 'env:X'}",
        "headers: {Host: 'env:X'}",
        "headers: [1]",
    ],
)
def test_values_in_feeds_yaml_are_refused_unread(tmp_path: Path, more: str) -> None:
    (tmp_path / "feeds.yaml").write_text(f"feeds:\n  - url: {FEED_URL}\n    {more}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path, environ={})
    assert "expected" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_records_of_them_show_nothing() -> None:
    assert SECRET not in repr(credentials_of(FEED, ENVIRON))
    assert shown_text(repr(FEED)) == repr(FEED)
