"""The sample week has what `make demo` and the end-to-end tests count on."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from urllib.parse import urlsplit

import feedparser
import pypdfium2
import pytest

from digest.demo import Served, content, serve

WALLED = "/markets/2026/11/16/pension-fund-sells-coastal-property"
GONE = "/news/harbour-lights-switched-off-for-birds"
NOT_PUBLIC = re.compile(r"^mailto:|^https://social\.example/")


@pytest.fixture(scope="module")
def week() -> Iterator[Served]:
    with serve() as served:
        yield served


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    """Ask without raising for 3xx to 5xx."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def sentences(text: str) -> set[str]:
    parts = re.split(r"(?<=[.?!”])\s+(?=[“A-ZÄÖÜ])", text)
    return {" ".join(part.split()) for part in parts if len(part.split()) > 3}


def shared(one: content.Article, other: content.Article) -> float:
    """Share of the shorter one's sentences that are in both."""
    a, b = sentences(one.text), sentences(other.text)
    return len(a & b) / min(len(a), len(b))


def with_role(role: str) -> list[content.Article]:
    return [article for article in content.articles().values() if article.role == role]


def roundup_links(week: Served) -> set[str]:
    parsed = feedparser.parse(ask(week.feeds[3]["url"])[2])
    html = " ".join(entry.content[0].value for entry in parsed.entries)
    return {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', html)}


def feed_links(week: Served) -> set[str]:
    links = {entry.link for feed in week.feeds[:2] for entry in feedparser.parse(ask(feed["url"])[2]).entries}
    return links | {item["url"] for item in json.loads(ask(week.feeds[2]["url"])[2])["items"]}


def test_articles_are_many_and_of_real_length() -> None:
    english = [article for article in content.articles().values() if article.language == "en"]
    assert len(english) >= 16
    assert len(content.articles()) >= 19
    for article in content.articles().values():
        assert 350 <= article.words <= 900, article.slug
        assert len(sentences(article.text)) >= 12, article.slug


def test_articles_are_dated_within_the_week_and_cover_many_sections() -> None:
    days = {article.published.date() for article in content.articles().values()}
    assert min(days) == content.FIRST_DAY.date()
    assert max(days) == content.LAST_DAY.date()
    assert len({article.section for article in content.articles().values()}) >= 7


def test_no_two_ordinary_articles_share_sentences() -> None:
    found = [article for article in content.articles().values() if not article.copy_of]
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            assert shared(one, other) == 0, (one.slug, other.slug)


def test_two_publishers_report_one_event_in_their_own_words() -> None:
    one, other = with_role("same-event")
    assert one.publisher != other.publisher
    assert shared(one, other) < 0.15
    for fact in ("Medlinea", "Grey Heron", "€9m", "Karin Ødegaard"):
        assert fact in one.text
        assert fact in other.text


def test_syndicated_copy_is_nearly_the_same_text_with_a_credit() -> None:
    (copy,) = with_role("syndicated-copy")
    original = content.articles()[copy.copy_of]
    assert copy.publisher != original.publisher
    assert 0.8 < shared(copy, original) < 1
    assert copy.credit
    assert copy.paragraphs[0] != original.paragraphs[0]
    assert copy.paragraphs[-1] != original.paragraphs[-1]


def test_follow_up_comes_later_and_is_no_copy() -> None:
    (later,) = with_role("follow-up")
    earlier = content.articles()["port-ansel-weight-charge"]
    assert later.published > earlier.published
    assert shared(earlier, later) == 0


def test_feeds_are_an_rss_an_atom_a_json_and_a_roundup(week: Served) -> None:
    assert [feed["kind"] for feed in week.feeds] == ["articles", "articles", "articles", "roundup"]
    versions = {}
    for feed in (week.feeds[0], week.feeds[1], week.feeds[3]):
        parsed = feedparser.parse(ask(feed["url"])[2])
        assert not parsed.bozo
        assert parsed.feed.title == feed["title"]
        assert all(entry.published_parsed[:2] == (2026, 11) for entry in parsed.entries)
        versions[feed["title"]] = (parsed.version, len(parsed.entries))
    assert versions == {
        "The Meridian Post": ("rss20", 7),
        "Fieldnotes": ("atom10", 4),
        "The Long View": ("rss20", 2),
    }
    parsed_json = json.loads(ask(week.feeds[2]["url"])[2])
    assert parsed_json["version"] == "https://jsonfeed.org/version/1.1"
    assert len(parsed_json["items"]) == 5


def test_every_article_is_reachable_through_a_feed(week: Served) -> None:
    seen = {link.partition("?")[0].partition("#")[0] for link in feed_links(week) | roundup_links(week)}
    for article in content.articles().values():
        assert week.origins[article.publisher] + article.path in seen, article.slug
    assert week.origins["hollin"] + content.REPORT_PATH in seen


def test_some_links_carry_trackers_and_one_article_is_in_two_feeds(week: Served) -> None:
    assert any("utm_source=rss" in link for link in feed_links(week))
    both = {link.partition("?")[0] for link in feed_links(week)} & {
        link.partition("?")[0] for link in roundup_links(week) if "utm_source=substack" in link
    }
    assert both


def test_every_linked_address_answers_as_intended(week: Served) -> None:
    links = {link for link in feed_links(week) | roundup_links(week) if not NOT_PUBLIC.match(link)}
    answers = {link: ask(link)[0] for link in links}
    wrong = {link: status for link, status in answers.items() if status != 200}
    assert wrong == {week.origins["ledger"] + WALLED: 403, week.origins["courier"] + GONE: 404}


def test_bot_wall_asks_for_javascript_and_keeps_robots_txt_open(week: Served) -> None:
    status, _, body = ask(week.origins["ledger"] + WALLED)
    assert status == 403
    assert b"Verify you are human" in body
    assert b"Enable JavaScript and cookies" in body
    assert ask(week.origins["ledger"] + "/robots.txt")[0] == 200


def test_report_is_a_pdf_with_title_and_text(week: Served) -> None:
    status, headers, body = ask(week.origins["hollin"] + content.REPORT_PATH)
    assert (status, headers["Content-Type"]) == (200, "application/pdf")
    assert body.startswith(b"%PDF-")
    document = pypdfium2.PdfDocument(body)
    try:
        assert document.get_metadata_dict()["Title"].startswith("Heat at Work")
        text = ""
        for page in document:
            textpage = page.get_textpage()
            text += textpage.get_text_range()
            textpage.close()
            page.close()
    finally:
        document.close()
    assert 450 <= len(text.split()) <= 700
    assert "an average of €6,400" in " ".join(text.split())


def test_german_page_is_german(week: Served) -> None:
    (article,) = with_role("german")
    status, _, body = ask(week.origins[article.publisher] + article.path)
    page = body.decode("utf-8")
    assert status == 200
    assert '<html lang="de">' in page
    assert "Oberbürgermeisterin" in page


def test_pages_have_the_furniture_of_real_ones(week: Served) -> None:
    pages = {
        article.slug: ask(week.origins[article.publisher] + article.path)[2].decode("utf-8")
        for article in content.articles().values()
    }
    for slug, page in pages.items():
        assert page.lstrip().lower().startswith("<!doctype html>"), slug
        assert 'property="og:title"' in page, slug
        assert "<time" in page, slug
        assert "ookie" in page, slug
        assert "{{" not in page, slug
    assert sum('rel="canonical"' in page for page in pages.values()) > len(pages) / 2
    linked = [re.findall(r'ld\+json">(.*?)</script>', page) for page in pages.values()]
    assert sum(bool(found) for found in linked) >= 8
    assert all(json.loads(found[0])["@type"] == "NewsArticle" for found in linked if found)


def test_unchanged_answers_give_304(week: Served) -> None:
    addresses = [feed["url"] for feed in week.feeds] + [week.origins["hollin"] + content.REPORT_PATH]
    for url in addresses:
        _, headers, _ = ask(url)
        status, _, body = ask(url, If_None_Match=headers["ETag"])
        assert (status, body) == (304, b"")
        assert ask(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
        assert ask(url, If_None_Match='"other"')[0] == 200
        assert ask(url, If_Modified_Since="Sat, 01 Nov 2025 00:00:00 GMT")[0] == 200
        assert ask(url, If_Modified_Since="yesterday")[0] == 200
        # The tag decides where both are sent.
        other = ask(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])
        assert other[0] == 200


def test_head_gives_the_headers_only(week: Served) -> None:
    status, headers, body = ask(week.feeds[0]["url"], method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


def test_robots_txt_forbids_the_private_part(week: Served) -> None:
    for origin in week.origins.values():
        assert b"Disallow: /private/" in ask(origin + "/robots.txt")[2]


def test_stats_count_what_was_asked_for() -> None:
    with serve() as served:
        url = served.feeds[0]["url"]
        ask(url)
        ask(url)
        ask(url + "?x=1")
        assert served.stats == {url: 2, url + "?x=1": 1}


def test_each_publisher_has_its_own_address(week: Served) -> None:
    assert len(set(week.origins.values())) == 8
    if len(week.hosts) > 1:
        assert len({urlsplit(origin).port for origin in week.origins.values()}) == 1


def test_a_taken_port_is_said(week: Served) -> None:
    with pytest.raises(OSError, match="in use"), serve(week.port):
        pass


def test_without_further_loopback_addresses_ports_tell_publishers_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("digest.demo.server._can_bind", lambda host: False)
    with serve() as served:
        assert served.hosts == ["127.0.0.1"]
        assert len(set(served.origins.values())) == 8
        assert ask(served.feeds[1]["url"])[0] == 200
