"""Feeds of every kind and state, and the links in them."""

import gzip
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.discover import discover_feeds, guess_feeds
from digest.feeds.links import links_of
from digest.feeds.parse import parse_feed
from digest.feeds.reading import Manner, read_answer
from digest.feeds.select import select_entries
from digest.records import Feed, FeedEntry, FeedState, Link, Origin, Page, ParsedFeed

URL = "https://feeds.example.org/blog/feed.xml"
DATA = Path(__file__).parent.parent / "data" / "feeds"


@dataclass(frozen=True)
class Limits:
    articles_per_feed_first_run: int = 3
    issues_per_roundup_first_run: int = 2


def rss(items: str, channel: str = "<title>T</title><link>https://example.org/</link>") -> bytes:
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        f"<channel>{channel}{items}</channel></rss>"
    ).encode()


def atom(entries: str) -> bytes:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{entries}</feed>".encode()


def only(body: bytes, **parts: str) -> FeedEntry:
    (entry,) = parse_feed(body, url=parts.get("url", URL), content_type=parts.get("content_type", "")).entries
    return entry


def titled(title: str) -> str:
    return only(rss(f"<item><title>{title}</title><link>https://e.org/a</link></item>")).title


# -- real and hostile files ----------------------------------------------------------------------------------


def test_real_feeds_keep_their_entries_links_and_dates(dev_data: Path) -> None:
    # This feed's items have no url, but ids that are addresses, as JSON Feed recommends.
    more_links = {"55307393a6.json": 4}
    rows = [json.loads(row) for row in (dev_data / "feeds" / "manifest.jsonl").read_text().splitlines()]
    assert len(rows) == 84
    for row in rows:
        parsed = parse_feed((dev_data / "feeds" / row["file"]).read_bytes(), url=URL)
        counts = (
            len(parsed.entries),
            sum(bool(entry.url) for entry in parsed.entries),
            sum(entry.published is not None for entry in parsed.entries),
        )
        with_link = more_links.get(row["file"], row["with_link"])
        assert counts == (row["entries"], with_link, row["with_date"]), row["file"]
        assert not any("\ufffd" in entry.title + entry.body_html for entry in parsed.entries), row["file"]


def test_hostile_xml_is_refused_at_once(dev_data: Path) -> None:
    parse_feed(rss(""), url=URL)
    for path in sorted((dev_data / "hostile" / "xml").iterdir()):
        body, started = path.read_bytes(), time.process_time()
        with pytest.raises(FeedError) as raised:
            parse_feed(body, url=URL)
        assert time.process_time() - started < 0.2, path.name
        assert ("declares XML entities; refused" in str(raised.value)) == (b"<!ENTITY" in body), path.name


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE rss [<!ENTITY a 'b'>]>",
        "<!--<a--><!DOCTYPE rss [<!ENTITY % a SYSTEM 'http://e.org/x'>]>",
        "<?x <a ?>\n<!doctype rss [ <!-- --> <!entity a 'b'>]>",
        "<?xml version='1.0'?><!DOCTYPE rss SYSTEM 'x' [<!ENTITY a 'b'>]>",
    ],
)
def test_entities_are_found_however_they_hide(prolog: str) -> None:
    body = prolog + "<rss version='2.0'><channel><item><title>&a;</title></item></channel></rss>"
    with pytest.raises(FeedError, match="declares XML entities; refused"):
        parse_feed(body.encode(), url=URL)


def test_an_article_about_entities_and_an_outer_dtd_are_no_danger() -> None:
    body = rss(
        "<item><description><![CDATA[<pre>&lt;!DOCTYPE x [<!ENTITY a 'b'>]></pre>]]></description></item>"
    )
    assert "<!ENTITY" in only(body).body_html
    dtd = b"<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' 'http://e.org/rss-0.91.dtd'>"
    assert only(dtd + rss("<item><title>A</title></item>").partition(b"?>")[2]).title == "A"


@pytest.mark.parametrize(
    "body",
    [
        rss("<item>" * 30_000),
        rss("<item " + " ".join(f"a{n}='1'" for n in range(2_000)) + "/>"),
        rss("<a>" * 50_000 + "</a>" * 50_000),
        rss("<item><title>" + "&lt;b&gt;" * 100_000 + "</title></item>"),
        rss("<item><description>" + "&lt;div&gt;" * 50_000 + "&lt;a href=x&gt;</description></item>"),
        b"<!--" * 100_000 + b"<rss version='2.0'>",
        b"<rss " * 20_000,
        b'{"items":[' + b'{"a":' * 100_000,
        b"[" * 500_000,
    ],
)
def test_shapes_no_feed_has_end_soon(body: bytes) -> None:
    started = time.process_time()
    with suppress(FeedError):
        parse_feed(body, url=URL)
    assert time.process_time() - started < 3


JUNK = """
    <rss_version='2.0'> <channel> <item> </item> <title> </title> &#xD800; &#99999999999; <![CDATA[ ]]>
    &nbsp; & < > <a_href='//x'> <pubDate> 9999-99-99 <link> http://[ é
    <feed_xmlns='http://www.w3.org/2005/Atom'> <entry>
    { "items":[ "\\ud800" } \x00 <!DOCTYPE <content_type='xhtml'> <title_type='html'> </channel></rss>"""


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([piece.replace("_", " ") for piece in JUNK.split()]) | st.text(max_size=5),
        max_size=20,
    ).map("".join)
)
def test_junk_is_read_or_refused_but_never_breaks(text: str) -> None:
    try:
        parsed = parse_feed(text.encode("utf-8", "replace"), url=URL)
    except FeedError:
        return
    for kind in ("articles", "roundup"):
        links_of(parsed, parsed.entries, Feed(URL, kind))  # type: ignore[arg-type]


# -- what is no feed, and what is broken ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "an empty answer, not a feed"),
        (b" \r\n\x00", "an empty answer, not a feed"),
        (b"<!DOCTYPE html><html><body><p>Hi", "an HTML page, not a feed"),
        (b"<html><body><h1>Not a feed</h1></body></html>", "an HTML page, not a feed"),
        (b"<!-- a --><!-- b -->\n<HTML>", "an HTML page, not a feed"),
        (b"<opml version='2.0'><body/></opml>", "a subscription list, not a feed"),
        (b"<urlset><url/></urlset>", "not a feed: an XML document of <urlset>"),
        (b"%PDF-1.4", "not a feed: no RSS, Atom or JSON Feed in it (content type application/pdf)"),
        (b'{"error": "no"}', "JSON, but not a feed: no list of items in it"),
        (b"{broken", "neither JSON nor XML"),
    ],
)
def test_what_is_no_feed_is_told_as_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as raised:
        parse_feed(body, url=URL, content_type="application/pdf")
    assert raised.value.reason.startswith(reason)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse_feed(rss(""), url=URL) == ParsedFeed("T", "https://example.org/", ())


def test_a_feed_that_is_cut_short_keeps_its_whole_entries() -> None:
    items = "".join(f"<item><title>{n}</title><link>https://e.org/{n}00</link></item>" for n in range(9))
    body = rss(items)
    parsed = parse_feed(body[: body.index(b"https://e.org/500") + 14], url=URL)
    assert [entry.url for entry in parsed.entries] == [f"https://e.org/{n}00" for n in range(5)]
    assert parsed.problem.startswith("not well-formed")


def test_stray_ampersands_and_html_entities_lose_nothing() -> None:
    body = rss("<item><title>A & B&nbsp;&rsquo;s</title><link>https://e.org/?a=1&copy=2&b=3</link></item>")
    parsed = parse_feed(body, url=URL)
    assert (parsed.entries[0].title, parsed.entries[0].url) == ("A & B ’s", "https://e.org/?a=1&copy=2&b=3")
    assert parsed.problem.startswith("not well-formed")


def test_what_a_server_wrote_before_the_feed_is_passed_over() -> None:
    body = b"<br />\n<b>Warning</b>: x\n" + rss("<item><title>A</title></item>")
    parsed = parse_feed(body, url=URL)
    assert [entry.title for entry in parsed.entries] == ["A"]
    assert parsed.problem == "not well-formed: 25 characters before the feed begins"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<rss version='2.0'><channel><item><title>Größe</title></item></channel></rss>".encode(), ""),
        (
            "<rss version='2.0'><channel><item><title>Größe</title></item></channel></rss>".encode("latin-1"),
            "",
        ),
        (
            "<?xml version='1.0' encoding='ISO-8859-1'?><rss version='2.0'><channel><item><title>Größe"
            "</title></item></channel></rss>".encode(),
            "text/xml; charset=iso-8859-1",
        ),
        (
            "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><item><title>Größe</title>"
            "</item></channel></rss>".encode("cp1252"),
            "text/xml; charset=utf-8",
        ),
        (
            "<rss version='2.0'><channel><item><title>Größe</title></item></channel></rss>".encode("utf-16"),
            "",
        ),
        ("\ufeff<rss version='2.0'><channel><item><title>Größe</title></item></channel></rss>".encode(), ""),
    ],
)
def test_wrong_charsets_are_seen_through(body: bytes, content_type: str) -> None:
    assert only(body, content_type=content_type).title == "Größe"


# -- titles, dates, addresses, bodies ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_title", "title"),
    [
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("&lt;b&gt;Bold&lt;/b&gt; news", "Bold news"),
        ("<![CDATA[A <em>new</em> &#8216;law&#8217;]]>", "A new ‘law’"),
        ("  two\n\t lines ", "two lines"),
        ("If a &lt; b", "If a < b"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Quiet", "Quiet"),
        ("safe\u202egnp.exe\u200b", "safegnp.exe"),
        ("AT&amp;T", "AT&T"),
    ],
)
def test_titles_are_text(given_title: str, title: str) -> None:
    assert titled(given_title) == title


def test_an_atom_title_that_names_a_tag_keeps_it() -> None:
    assert (
        only(atom("<entry><title>The &lt;dialog&gt; element</title></entry>")).title == "The <dialog> element"
    )
    assert only(atom("<entry><title type='html'>A &lt;i&gt;b&lt;/i&gt;</title></entry>")).title == "A b"


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Sun, 22 Nov 2026 07:00:00 +0200", datetime(2026, 11, 22, 5, tzinfo=UTC)),
        ("2026-11-22T07:00:00Z", datetime(2026, 11, 22, 7, tzinfo=UTC)),
        ("yesterday", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("", None),
    ],
)
def test_dates_are_utc_and_nonsense_is_none(date: str, moment: datetime | None) -> None:
    assert only(rss(f"<item><pubDate>{date}</pubDate></item>")).published == moment
    feed = json.dumps({"items": [{"id": "1", "date_published": date}]}).encode()
    assert only(feed).published == moment


def test_addresses_stay_as_given_and_relative_ones_become_absolute() -> None:
    exact = "https://E.org:443/a/../b/?x=%c3%a9&amp;utm_source=rss#"
    assert only(rss(f"<item><link> {exact} </link></item>")).url == exact.replace("&amp;", "&")
    assert only(rss("<item><link>../a?b</link></item>")).url == "https://feeds.example.org/a?b"
    assert only(rss("<item><guid>https://e.org/g</guid></item>")).url == "https://e.org/g"
    assert only(rss("<item><link>javascript:alert(1)</link></item>")).url == ""
    assert only(rss("<item><link>/My report.pdf</link></item>")).url.endswith("/My%20report.pdf")
    json_feed = json.dumps({"items": [{"id": "1", "url": "https://e.org/a b"}]}).encode()
    assert only(json_feed).url == "https://e.org/a%20b"
    assert (
        only(atom("<entry xml:base='https://b.org/x/'><link href='y'/></entry>")).url == "https://b.org/x/y"
    )


def test_the_fullest_body_is_kept_unsanitised_with_absolute_links() -> None:
    body = only(
        rss(
            "<item><description>Short</description><content:encoded><![CDATA["
            "<p onclick='x'>Long <a href='/p?a=1&amp;b=2'>text</a> <iframe src='https://v.org/1'></iframe></p>"
            "]]></content:encoded></item>"
        )
    ).body_html
    assert 'href="https://feeds.example.org/p?a=1&amp;b=2"' in body
    assert "iframe" in body
    plain = only(atom("<entry><content>One &lt; two\n\nThree</content></entry>")).body_html
    assert plain == "<p>One &lt; two</p><p>Three</p>"


def test_json_feeds_are_read_though_slightly_wrong() -> None:
    items = """{"id": 7, "url": "/a", "title": "A", "authors": [{"name": "Ann"}, "Bob"],
      "content_text": "x < y"},
      {"id": "https://e.org/b", "title": null, "content_html": "<p>line
      break</p>", "date_modified": "2026-11-22T07:00:00Z"},
      "no object", {"external_url": "https://e.org/c", "author": {"name": "Cy"}}"""
    parsed = parse_feed(
        f'\ufeff{{"title": "J", "home_page_url": "https://e.org", "items": [{items}]}}'.encode(), url=URL
    )
    assert [entry.url for entry in parsed.entries] == [
        "https://feeds.example.org/a",
        "https://e.org/b",
        "https://e.org/c",
    ]
    assert [entry.author for entry in parsed.entries] == ["Ann, Bob", "", "Cy"]
    assert parsed.entries[0].body_html == "<p>x &lt; y</p>"
    assert (parsed.title, parsed.site) == ("J", "https://e.org")
    cut = b'{"title": "J", "items": [{"url": "https://e.org/1"}, {"url": "https://e.org/2"}, {"url": "https://e.o'
    parsed = parse_feed(cut, url=URL)
    assert [entry.url for entry in parsed.entries] == ["https://e.org/1", "https://e.org/2"]
    assert (parsed.title, parsed.problem) == ("J", "not well-formed: Unterminated string starting at, line 1")


@pytest.mark.parametrize("end", ["}]}", ""])
def test_a_json_feed_with_a_number_of_any_length_is_read(end: str) -> None:
    body = '{"items": [{"url": "https://e.org/1"}, {"url": "https://e.org/2", "id": %s' % ("1" * 9000) + end
    assert len(parse_feed(body.encode(), url=URL).entries) == (2 if end else 1)


# -- what is new ---------------------------------------------------------------------------------------------


def dated(*days: int | None) -> ParsedFeed:
    return ParsedFeed(
        "T",
        "",
        tuple(
            FeedEntry(f"https://e.org/{n}", str(n), datetime(2026, 11, day, tzinfo=UTC) if day else None, "")
            for n, day in enumerate(days)
        ),
    )


def chosen(parsed: ParsedFeed, feed: Feed, *, since: int | None, is_first_run: bool) -> str:
    bound = datetime(2026, 11, since, tzinfo=UTC) if since else None
    entries = select_entries(parsed, feed, since=bound, is_first_run=is_first_run, settings=Limits())
    return "".join(entry.title for entry in entries)


def test_old_entries_are_left_out_and_undated_ones_count_as_new() -> None:
    assert chosen(dated(22, 10, None, 15), Feed(URL), since=15, is_first_run=False) == "023"
    assert chosen(dated(22, 10, None, 15), Feed(URL), since=None, is_first_run=False) == "0123"


def test_a_first_run_takes_the_newest_few_in_the_feeds_order() -> None:
    assert chosen(dated(1, 2, 3, 4, 5), Feed(URL), since=None, is_first_run=True) == "234"
    assert chosen(dated(5, 4, 3, 2, 1), Feed(URL, "roundup"), since=None, is_first_run=True) == "01"
    assert chosen(dated(None, None, None, None), Feed(URL), since=20, is_first_run=True) == "012"


def test_a_feeds_own_limit_holds_in_every_run() -> None:
    assert chosen(dated(5, 4, 3), Feed(URL, limit=1), since=None, is_first_run=False) == "0"
    assert chosen(dated(5, 4, 3, 2), Feed(URL, limit=9), since=None, is_first_run=True) == "012"


# -- links ---------------------------------------------------------------------------------------------------


def links(
    body: str, *, site: str = "https://news.example/", url: str = "https://news.example/p/20261122"
) -> list[Link]:
    entry = FeedEntry(url, "20261122", datetime(2026, 11, 22, tzinfo=UTC), body)
    feed = Feed("https://news.substack.com/feed", "roundup")
    return links_of(ParsedFeed("News", site, (entry,)), [entry], feed)


def test_an_article_feed_gives_a_link_an_entry() -> None:
    text = "<p>" + "word " * 150 + "</p>"
    entries = (
        FeedEntry("https://e.org/a?utm_source=rss", "A", None, text),
        FeedEntry("", "no address", None, text),
        FeedEntry("https://e.org/b", "B", None, text + "<p>Continue reading…</p>"),
        FeedEntry("https://e.org/c", "C", None, "<p>teaser</p>"),
    )
    found = links_of(ParsedFeed("Feed", "https://e.org/", entries), entries, Feed(URL, title="Mine"))
    assert [(link.url, link.title, link.place, link.body_html == text) for link in found] == [
        ("https://e.org/a?utm_source=rss", "A", 0, True),
        ("https://e.org/b", "B", 1, False),
        ("https://e.org/c", "C", 2, False),
    ]
    assert {link.origin for link in found} == {Origin("Mine", "https://e.org/")}
    assert {link.feed_url for link in found} == {URL}


def test_entries_that_lead_nowhere_are_named() -> None:
    episodes = "".join(
        f"<item><title>Episode {at}</title><enclosure url='https://e.org/{at}.mp3'/></item>"
        for at in range(7)
    )
    page = Page(
        URL, URL, 200, (), rss(f"<item><link>https://e.org/a</link></item>{episodes}"), datetime.now(UTC)
    )
    manner = Manner("en", 20, 2)
    reading = read_answer(Feed(URL), FeedState(), page, manner, since=None)
    assert reading.problem == (
        "7 entries without an address left out: "
        "'Episode 0', 'Episode 1', 'Episode 2', 'Episode 3', 'Episode 4' and 2 more"
    )


def test_issues_of_a_roundup_are_named_where_none_has_a_link() -> None:
    item = "<item><title>Issue {0}</title><link>https://e.org/{0}</link><description>{1}</description></item>"
    cut = "".join(item.format(at, "Read it there") for at in (7, 8))
    whole = item.format(9, "&lt;a href='https://a.org/x'>Tides&lt;/a>")

    def problem(items: str) -> str:
        page = Page(URL, URL, 200, (), rss(items), datetime.now(UTC))
        manner = Manner("en", 20, 2)
        return read_answer(
            Feed(URL, "roundup"), FeedState(read_at=datetime.now(UTC)), page, manner, since=None
        ).problem

    assert problem(cut) == "no link to an article found in 2 issues: 'Issue 7', 'Issue 8'"
    assert problem(cut + whole) == ""


@pytest.mark.parametrize(
    ("title", "site", "origin"),
    [
        ("Feed", "", Origin("Feed", "https://feeds.example.org/")),
        ("", "", Origin("feeds.example.org", "https://feeds.example.org/")),
        ("", "https://www.e.org/blog", Origin("e.org", "https://www.e.org/blog")),
    ],
)
def test_a_feed_that_names_no_title_or_site_is_named_by_its_host(
    title: str, site: str, origin: Origin
) -> None:
    entries = (FeedEntry("https://e.org/a", "A", None, ""),)
    assert links_of(ParsedFeed(title, site, entries), entries, Feed(URL))[0].origin == origin


def test_a_roundup_gives_the_links_in_its_issues() -> None:
    found = links(
        "<p>Read <a href='https://a.org/x?utm_source=substack'>a  <b>study</b></a>, "
        "<a href='http://www.a.org/x/'>a much longer anchor</a> and <a href='https://b.org/y'>here</a></p>"
    )
    assert [(link.url, link.title, link.place) for link in found] == [
        ("https://a.org/x?utm_source=substack", "a much longer anchor", 0),
        ("https://b.org/y", "here", 1),
    ]
    assert found[0].origin == Origin("20261122", "https://news.example/p/20261122")
    assert found[0].published == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "anchor",
    [
        "<a href='https://news.example/p/1/comments'>Comments on this</a>",
        "<a href='https://www.news.example/archive'>All issues</a>",
        "<a href='/about'>About us</a>",
        "<a href='https://news.substack.com/p/1'>Old issue</a>",
        "<a href='https://substack.com/redirect/2/abc'>x</a>",
        "<a href='https://open.substack.com/pub/news/p/1'>x</a>",
        "<a href='mailto:a@example.org'>Write</a>",
        "<a href='tel:+123'>Call</a>",
        "<a href='javascript:void(0)'>Run</a>",
        "<a href='#top'>Top</a>",
        "<a name='here'>no address</a>",
        "<a href='https://cdn.org/pic.PNG?w=3'>Picture</a>",
        "<a href='https://substackcdn.com/image/fetch/x/https%3A%2F%2Fs3.org%2Fa.jpeg'><img src='a'></a>",
        "<a href='https://substackcdn.com/image/fetch/x/1'><img src='a.jpeg'></a>",
        "<a href='https://twitter.com/share?url=x'>Tweet</a>",
        "<a href='https://twitter.com/intent/tweet?text=x'>Say it</a>",
        "<a href='https://www.facebook.com/sharer/sharer.php?u=x'>F</a>",
        "<a href='https://www.linkedin.com/shareArticle?url=x'>in</a>",
        "<a href='https://www.linkedin.com/sharing/share-offsite/?url=x'>in</a>",
        "<a href='https://api.whatsapp.com/send?text=x'>W</a>",
        "<a href='https://twitter.com'>T</a>",
        "<a href='https://www.instagram.com/'>I</a>",
        "<a href='https://x.com/editor'>Follow us</a>",
        "<a href='https://e.org/newsletter/unsubscribe?u=1'>stop these</a>",
        "<a href='https://e.org/x'>Manage your preferences</a>",
        "<a href='https://e.org/x'>View in browser</a>",
        "<a href='https://e.us1.list-manage.com/unsubscribe?u=1'>stop</a>",
    ],
)
def test_what_is_no_article_is_left_out(anchor: str) -> None:
    assert links(f"<p>{anchor}</p>") == []


@pytest.mark.parametrize(
    "anchor",
    [
        "<a href='https://other.substack.com/p/x'>Another newsletter</a>",
        "<a href='https://blog.news.example/x'>Another host</a>",
        "<a href='https://twitter.com/a/status/123'>A post</a>",
        "<a href='https://www.youtube.com/watch?v=abc'>A film</a>",
        "<a href='https://e.org/how-to-unsubscribe-from-everything'>A guide</a>",
        "<a href='https://e.org/private/report'>Report</a>",
        "<a href='https://e.org/story'><img src='https://e.org/a.jpg' alt='A story'></a>",
        "<a href='https://e.us1.list-manage.com/track/click?u=1&id=2'>An article</a>",
        "<a href='//e.org/story'>No scheme</a>",
        "<a href='https://e.org'>A site</a>",
        "<a href='https://e.org/A story.html'>A blank in its address</a>",
    ],
)
def test_what_may_be_an_article_stays(anchor: str) -> None:
    assert len(links(f"<p>{anchor}</p>")) == 1


def test_numbered_hosts_are_told_apart_by_the_whole_host() -> None:
    own, other = "http://127.0.0.1:8765", "http://127.0.1.1:8765"
    body = (
        f"<a href='{other}/private/report'>Report</a> <a href='{own}/p/1/comments'>Talk</a> "
        f"<a href='{own}/subscribe'>Subscribe</a> <a href='{own}/image.png'><img src='{own}/image.png'></a>"
    )
    entry = FeedEntry(f"{own}/p/1", "1", None, body)
    found = links_of(
        ParsedFeed("R", f"{own}/", (entry,)), [entry], Feed(f"{own}/feeds/roundup.xml", "roundup")
    )
    assert [link.url for link in found] == [f"{other}/private/report"]


def test_a_saved_substack_roundup_gives_its_articles() -> None:
    parsed = parse_feed((DATA / "roundup.xml").read_bytes(), url="https://weak.substack.com/feed")
    found = links_of(parsed, parsed.entries, Feed("https://weak.substack.com/feed", "roundup"))
    assert [(link.origin.title, link.url, link.title) for link in found] == [
        (
            "20261122",
            "https://a.example/heat?utm_source=substack&utm_medium=email",
            "River heat pump warms a town",
        ),
        ("20261122", "https://b.example/ban", "Parliament bars rent algorithms"),
        ("20261115", "https://c.example/peat", "Peat ban lifts prices"),
    ]


# -- discovery -----------------------------------------------------------------------------------------------


def test_a_sites_feeds_are_found_with_comments_last() -> None:
    page = b"""<html><head><base href='/blog/'>
      <link rel=alternate type='application/rss+xml' title='Comments Feed' href='/comments/feed/'>
      <link rel='alternate' type='application/rss+xml; x=y' title='Posts &amp; more' href='feed.xml'>
      <link rel='Alternate home' type='application/feed+json' href='https://e.org/feed.json'>
      <link rel='alternate' type='application/json' href='/wp-json/wp/v2/posts/1'>
      <link rel='alternate' hreflang='de' href='/de'><link rel='stylesheet' type='text/xml' href='/x'>
      <link rel='alternate' type='application/rss+xml' href='javascript:x'></head>"""
    assert discover_feeds(page, "https://e.org/start") == [
        ("https://e.org/blog/feed.xml", "Posts & more"),
        ("https://e.org/feed.json", ""),
        ("https://e.org/comments/feed/", "Comments Feed"),
    ]
    assert discover_feeds(b"", "https://e.org") == []
    framed = page.replace(b"<base href='/blog/'>", b"<base target='_top'>")
    assert discover_feeds(framed, "https://e.org/start")[0][0] == "https://e.org/feed.xml"


def test_feeds_are_guessed_below_the_page_and_at_the_root() -> None:
    guesses = guess_feeds("https://e.org/blog?x=1")
    assert guesses[0] == "https://e.org/blog/feed"
    assert {
        "https://e.org/feed",
        "https://e.org/rss.xml",
        "https://e.org/atom.xml",
        "https://e.org/feed.json",
    } <= set(guesses)
    assert guess_feeds("e.org") == []


def test_pages_of_real_sites_can_be_searched_for_feeds(dev_data: Path) -> None:
    pages = sorted((dev_data / "pages" / "html").glob("*.gz"))[:40]
    found = [discover_feeds(gzip.decompress(page.read_bytes()), "https://e.org/") for page in pages]
    assert sum(bool(feeds) for feeds in found) >= 8
