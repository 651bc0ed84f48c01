"""Sites without a feed: sitemaps, and pages of links."""

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import NOW, FakeFetcher
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.asking import read_feeds
from digest.feeds.discover import guess_sitemaps, sitemaps_in_robots
from digest.feeds.keeping import keep_reading
from digest.feeds.kinds import parsed_of
from digest.feeds.link_page import read_link_page
from digest.feeds.reading import FeedReading
from digest.feeds.sitemap import MAX_ENTRIES, as_feed, chosen_sitemaps, read_sitemap
from digest.records import Feed, FeedEntry, Page
from digest.store import Store
from digest.workspace.config import load_config

URL = "https://news.example/sitemap.xml"
XMLNS = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
NEWS = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"


def urlset(*rows: tuple[str, str]) -> bytes:
    inner = "".join(f"<url><loc>{loc}</loc><lastmod>{date}</lastmod></url>" for loc, date in rows)
    return f"<?xml version='1.0'?><urlset {XMLNS}>{inner}</urlset>".encode()


def index(*rows: tuple[str, str]) -> bytes:
    inner = "".join(f"<sitemap><loc>{loc}</loc><lastmod>{date}</lastmod></sitemap>" for loc, date in rows)
    return f"<sitemapindex {XMLNS}>{inner}</sitemapindex>".encode()


def read(
    folder: Path, store: Store, feed: str, answers: dict[str, bytes], since: datetime | None
) -> FeedReading:
    (folder / "feeds.yaml").write_text(f"settings: {{delay_s: 0}}\nfeeds:\n  - {feed}\n")
    config = load_config(folder, environ={})
    with ThreadPoolExecutor(1) as workers:
        (reading,) = asyncio.run(
            read_feeds(
                config,
                {each.url: store.links.state(each.url) for each in config.feeds},
                lambda: FakeFetcher(answers),
                since=since,
                workers=workers,
            )
        )
    return reading


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "archive", in_memory=True)


# -- sitemaps ------------------------------------------------------------------------------------------------


def test_a_news_sitemap_gives_titles_and_dates() -> None:
    body = (
        f"<urlset {XMLNS} {NEWS} xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'><url>"
        "<loc>https://news.example/a?x=1&amp;y=2</loc><lastmod>2026-11-21</lastmod>"
        "<image:image><image:loc>https://news.example/a.png</image:loc><image:title>No</image:title></image:image>"
        "<news:news><news:publication><news:name>News</news:name></news:publication>"
        "<news:publication_date>2026-11-20T08:00:00+01:00</news:publication_date>"
        "<news:title>Tides &amp; winds</news:title></news:news></url></urlset>"
    )
    moment = datetime(2026, 11, 20, 7, tzinfo=UTC)
    found = read_sitemap(body.encode(), url=URL).entries
    assert found == (FeedEntry("https://news.example/a?x=1&y=2", "Tides & winds", moment, ""),)


def test_a_sitemap_may_be_packed_or_a_plain_list() -> None:
    packed = gzip.compress(urlset(("https://news.example/a", "2026-11-20")))
    (entry,) = read_sitemap(packed, url=URL).entries
    assert entry.is_whole_day
    listed = read_sitemap(b"https://news.example/a\nhttps://news.example/b\n", url=URL)
    assert [each.url for each in listed.entries] == ["https://news.example/a", "https://news.example/b"]


def test_a_sitemap_may_have_a_mark_of_its_byte_order_and_blanks_in_addresses() -> None:
    text = "<urlset><url><loc>https://news.example/a b</loc></url></urlset>"
    for body in (
        text.encode("utf-16"),
        text.encode("utf-8-sig"),
        b"\xef\xbb\xbfhttps://news.example/a%20b\n",
    ):
        (entry,) = read_sitemap(body, url=URL).entries
        assert entry.url == "https://news.example/a%20b"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>no</body></html>",
        b"a line of words",
        b"<urlset",
        b"\x1f\x8bjunk",
        gzip.compress(b" " * 70_000_000),
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>",
        b"\x00\xff" * 100,
    ],
)
def test_what_is_no_sitemap_is_named(body: bytes) -> None:
    with pytest.raises(FeedError, match="sitemap"):
        parsed_of(Feed(URL, "sitemap"), Page(URL, URL, 200, (), body, NOW), (), language="en")


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_sitemap_or_page_is_too_odd(raw: bytes) -> None:
    for body in (
        raw,
        b"<urlset><url><loc>" + raw,
        gzip.compress(raw),
        b"<a href='" + raw + b"'><h2>x</h2></a>",
    ):
        for reads in (read_sitemap, read_link_page):
            try:
                reads(body, url=URL)
            except FeedError:
                continue


def test_of_a_large_site_the_newest_pages_are_taken() -> None:
    rows = [(f"https://news.example/{at}", f"20{at % 20:02}-01-01") for at in range(MAX_ENTRIES + 2000)]
    parsed = as_feed([read_sitemap(urlset(*rows), url=URL)], url=URL)
    assert len(parsed.entries) == MAX_ENTRIES
    years = [entry.published.year for entry in parsed.entries if entry.published]
    assert years == sorted(years, reverse=True)
    assert parsed.problem == "5,000 of 7,000 pages looked at"


def test_of_an_index_only_what_may_be_new_is_read() -> None:
    found = read_sitemap(
        index(
            ("https://news.example/old.xml", "2020-01-01"),
            ("https://news.example/new.xml", "2026-11-20"),
            ("https://news.example/undated.xml", ""),
        ),
        url=URL,
    )
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert chosen_sitemaps(found, since=since) == [
        "https://news.example/undated.xml",
        "https://news.example/new.xml",
    ]


def test_a_site_read_by_its_sitemap_gives_only_what_is_new(tmp_path: Path, store: Store) -> None:
    part = "https://news.example/2026.xml.gz"
    rows = [("https://news.example/a", "2026-11-20"), ("https://news.example/b", "2026-11-21")]
    old = ("https://news.example/old", "2025-01-01")
    answers = {URL: index((part, "2026-11-21")), part: gzip.compress(urlset(old, *rows))}
    feed = f"{{url: '{URL}', kind: sitemap}}"
    since = datetime(2026, 11, 15, tzinfo=UTC)
    first = read(tmp_path, store, feed, answers, since)
    assert [link.url for link in first.links] == ["https://news.example/b", "https://news.example/a"]
    health = keep_reading(first, store, now=NOW)
    assert (health.new_links, health.left_out, health.title) == (2, 1, "news.example")
    answers[part] = gzip.compress(urlset(old, *rows, ("https://news.example/c", "2026-11-22")))
    again = keep_reading(read(tmp_path, store, feed, answers, since), store, now=NOW)
    assert (again.new_links, again.notes) == (1, ())


def test_a_site_whose_sitemaps_cannot_be_read_is_a_broken_feed(tmp_path: Path, store: Store) -> None:
    answers = {URL: index(("https://news.example/gone.xml", "2026-11-21"))}
    reading = read(tmp_path, store, f"{{url: '{URL}', kind: sitemap}}", answers, None)
    named = "1 of 1 sitemap cannot be read: https://news.example/gone.xml (connection refused)"
    assert str(reading.error) == f"{URL}: a sitemap without pages; {named}"


def test_of_an_index_with_dead_parts_the_others_are_read_and_the_dead_are_named(
    tmp_path: Path, store: Store
) -> None:
    parts = [f"https://news.example/{name}.xml" for name in ("gone", "odd", "good")]
    answers = {
        URL: index(*((part, "2026-11-20") for part in parts)),
        parts[1]: b"<html>Sorry</html>",
        parts[2]: urlset(("https://news.example/a", "2026-11-20")),
    }
    reading = read(tmp_path, store, f"{{url: '{URL}', kind: sitemap}}", answers, None)
    assert (reading.error, [link.url for link in reading.links]) == (None, ["https://news.example/a"])
    assert reading.problem.startswith("2 of 3 sitemaps cannot be read: https://news.example/gone.xml (")
    assert "https://news.example/odd.xml (not a sitemap" in reading.problem


def test_a_site_whose_index_has_nothing_new_is_not_broken(tmp_path: Path, store: Store) -> None:
    answers = {URL: index(("https://news.example/old.xml", "2026-01-01"))}
    since = datetime(2026, 11, 1, tzinfo=UTC)
    reading = read(tmp_path, store, f"{{url: '{URL}', kind: sitemap}}", answers, since)
    assert (reading.error, reading.links, reading.problem) == (None, (), "")


def test_robots_txt_names_sitemaps() -> None:
    robots = b"User-agent: *\nSitemap: https://e.org/all.xml\nsitemap:https://e.org/news.xml\nSitemap: /no\n"
    assert sitemaps_in_robots(robots) == ["https://e.org/news.xml", "https://e.org/all.xml"]
    assert guess_sitemaps("https://me:pw@e.org/a/b")[0] == "https://e.org/robots.txt"


# -- pages ---------------------------------------------------------------------------------------------------

PAGE = """<html><head><title>Institute – News</title></head><body>
<nav><a href="/about">About the institute and people</a></nav>
<main><ul>
<li><h2><a href="/news/tides">Tides at last</a></h2><time datetime="2026-11-20">20 Nov</time></li>
<li><a href="/news/heat?utm_source=x">How heat pumps fared in winter</a> <a href="/news/heat">More</a></li>
<li><a href="https://else.example/x">A page of somebody else entirely</a></li>
<li><a href="/news/tides#comments">3 comments</a> <a href="#top">To the top of this page</a></li>
</ul></main>
<footer><a href="/imprint">Imprint and legal notice page</a></footer></body></html>"""
NEWS_PAGE = "https://institute.example/news"


def test_links_of_a_page_are_guessed() -> None:
    parsed = read_link_page(PAGE.encode(), url=NEWS_PAGE)
    assert parsed.title == "Institute – News"
    assert [(entry.url, entry.title, entry.published) for entry in parsed.entries] == [
        ("https://institute.example/news/tides", "Tides at last", datetime(2026, 11, 20, tzinfo=UTC)),
        ("https://institute.example/news/heat?utm_source=x", "How heat pumps fared in winter", None),
    ]


@pytest.mark.parametrize("base", ["<base target='_blank'>", "<base target='_top'><base href='/news/'>"])
def test_a_base_that_names_no_address_is_none(base: str) -> None:
    page = PAGE.replace("<head>", f"<head>{base}")
    assert len(read_link_page(page.encode(), url=NEWS_PAGE).entries) == 2


@pytest.mark.parametrize(
    ("selector", "count"), [("main h2 a", 1), ("main li", 3), ("nav a", 1), ("main a[href*=else]", 1)]
)
def test_a_selector_finds_links(selector: str, count: int) -> None:
    assert len(read_link_page(PAGE.encode(), url=NEWS_PAGE, selector=selector).entries) == count


@pytest.mark.parametrize(
    ("selector", "reason"),
    [("h7 a", "no link matches 'h7 a'"), ("a[", "expected a CSS selector, got 'a\\['")],
)
def test_a_selector_that_finds_nothing_is_named(selector: str, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        read_link_page(PAGE.encode(), url=NEWS_PAGE, selector=selector)


def test_of_a_page_only_new_links_come_in(tmp_path: Path, store: Store) -> None:
    feed = f"{{url: '{NEWS_PAGE}', kind: page, select: 'main h2 a, main li > a'}}"
    first = keep_reading(read(tmp_path, store, feed, {NEWS_PAGE: PAGE.encode()}, None), store, now=NOW)
    more = PAGE.replace("<ul>", "<ul><li><h2><a href='/news/new'>New</a></h2></li>").encode()
    second = keep_reading(read(tmp_path, store, feed, {NEWS_PAGE: more}, None), store, now=NOW)
    assert (first.new_links, second.new_links) == (3, 1)
