"""The feeds of published issues keep the rules of RFC 4287 and JSON Feed 1.1, whatever the texts are."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree
from lxml import html as lxml_html
from made_issues import FIRST, LATER, TIMES, entry, hostile_issue, hostile_texts, issue_of, with_part

from digest.issues.forms import (
    FeedHead,
    FeedItem,
    body_html,
    known_bodies,
    made_of,
    new_id,
    render_atom,
    render_json_feed,
)
from digest.issues.shown_issues import shown_issue
from digest.records import Issue, IssueTimes, Opening, PublishedEntry, ShownIssue

SITE = "https://letters.example/weak"
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


@pytest.fixture
def naughty(request: pytest.FixtureRequest) -> list[str]:
    try:
        folder: Path | None = request.getfixturevalue("dev_data")
    except pytest.skip.Exception:
        folder = None
    return hostile_texts(folder)


def shown(issue: Issue) -> ShownIssue:
    return shown_issue(
        issue.name, [PublishedEntry(each.id, issue.name, each.entry) for each in issue.entries]
    )


def feeds_of(*issues: Issue, site: str = "", title: str = "Weak Signals") -> tuple[str, str]:
    items = [
        FeedItem(
            each.name,
            tuple(story.entry.title for story in each.entries),
            IssueTimes(FIRST, LATER + timedelta(days=at)),
            new_id(each.name, site=site, title=title, day=FIRST),
            body_html(each, {}),
            made_of(each, shown(each), {}),
        )
        for at, each in enumerate(issues)
    ]
    head = FeedHead(new_id("feed", site=site, title=title, day=FIRST), title, site, "en")
    return render_atom(head, items), render_json_feed(head, items)


def check_atom(text: str, *, site: str) -> None:
    """The rules of RFC 4287, and what feedparser says."""
    parsed = feedparser.parse(text.encode("utf-8"))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    root = etree.fromstring(text.encode("utf-8"))
    assert root.tag == f"{ATOM}feed"
    check_one(root, "id", "title", "updated")
    assert root.findall(f"{ATOM}author/{ATOM}name")
    links = [(each.get("rel"), each.get("href")) for each in root.findall(f"{ATOM}link")]
    assert ("self", f"{site}/feed.xml" if site else "feed.xml") in links
    assert (("alternate", site) in links) == bool(site)
    entries = root.findall(f"{ATOM}entry")
    assert len(parsed.entries) == len(entries) > 0
    for each in entries:
        check_one(each, "id", "title", "updated", "published", "summary", "content")
        alternates = [link for link in each.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        kinds = [(link.get("type"), link.get("hreflang")) for link in alternates]
        assert len(kinds) == len(set(kinds)) == 1
        assert each.find(f"{ATOM}content").get("type") == "html"
        assert not list(each.find(f"{ATOM}content"))
    ids = [each.findtext(f"{ATOM}id") for each in (root, *entries)]
    assert len(set(ids)) == len(ids)
    for found in ids:
        assert urlsplit(found or "").scheme
        assert re.fullmatch(r"[!-~]+", found or "")
    for when in root.iter(f"{ATOM}updated", f"{ATOM}published"):
        assert MOMENT.fullmatch(when.text)
    assert max(each.findtext(f"{ATOM}updated") for each in entries) == root.findtext(f"{ATOM}updated")
    for link in root.iter(f"{ATOM}link"):
        assert re.fullmatch(r"https?://\S+|[\w./]+", link.get("href"))


def check_one(element: etree._Element, *names: str) -> None:
    for name in names:
        found = element.findall(f"{ATOM}{name}")
        assert len(found) == 1, name
        assert (found[0].text or "").strip(), name


def check_json(text: str, *, site: str) -> None:
    """The rules of JSON Feed 1.1."""
    feed = json.loads(text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed["title"]
    assert [*feed["authors"][0]] == ["name"]
    for name, path in (("home_page_url", ""), ("feed_url", "/feed.json")):
        assert feed.get(name) == (f"{site}{path}" if site else None)
    ids = [each["id"] for each in feed["items"]]
    assert len(set(ids)) == len(ids) > 0
    for each in feed["items"]:
        assert isinstance(each["id"], str)
        assert each["content_html"]
        assert each.get("url", "https://").startswith("https://")
        assert MOMENT.fullmatch(each["date_published"])
        assert MOMENT.fullmatch(each["date_modified"])
    # What no one else knows begins with a line, and holds no array.
    known = {"version", "title", "home_page_url", "feed_url", "language", "authors", "items"}
    assert set(feed) <= known
    item = {"id", "url", "title", "summary", "content_html", "date_published", "date_modified", "_digest"}
    assert all(set(each) <= item for each in feed["items"])


@pytest.mark.parametrize("site", ["", SITE])
def test_feeds_keep_the_rules_with_a_site_and_without(site: str) -> None:
    issues = [issue_of(entry(), name=name, site=site) for name in ("20261129", "20261122")]
    atom, plain = feeds_of(*issues, issue_of(name="20261115", site=site), site=site)
    check_atom(atom, site=site)
    check_json(plain, site=site)


def test_an_issue_is_dated_by_the_archive_to_the_second() -> None:
    head = FeedHead("tag:a", "Weak Signals", "", "en")
    item = FeedItem("20261122", ("Rivers Freeze Late",), TIMES, "tag:b", "<p>a</p>", "")
    atom = feedparser.parse(render_atom(head, [item]))
    assert atom.entries[0].published == "2026-11-22T05:04:03Z"
    assert atom.entries[0].updated == atom.feed.updated == "2026-12-03T18:00:00Z"
    assert atom.entries[0].title == "Weak Signals, 22 November 2026"
    assert atom.entries[0].summary == "1 story: Rivers Freeze Late"
    assert atom.entries[0].content[0].value == "<p>a</p>"


@pytest.mark.parametrize(
    ("site", "made"),
    [
        ("https://letters.example", "tag:letters.example,2026-11-22:issues/20261122"),
        ("https://Letters.Example/a b/", "tag:letters.example,2026-11-22:a%20b/issues/20261122"),
        ("https://letters.example:8080/ä", "tag:letters.example,2026-11-22:%C3%A4/issues/20261122"),
        ("http://127.0.0.1/", None),
        ("http://[::1]/", None),
        ("https://bücher.example/", None),
        ("", None),
    ],
)
def test_ids_are_addresses_of_their_own(site: str, made: str | None) -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    found = new_id("20261122", site=site, title="Week", day=day)
    assert found == made if made else re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", found)
    assert found == new_id("20261122", site=site, title="Week", day=day)
    assert found != new_id("feed", site=site, title="Week", day=day)


def test_links_lead_out_of_the_feed_or_are_none() -> None:
    made = with_part(entry(), f"See [lakes]({'0' * 32}).")
    assert re.findall(r'href="([^"]*)"', body_html(issue_of(made), {})) == [
        *["https://news.example/a_b?c=1&amp;d=2", "https://letters.example/p/20261119"],
        "https://other.example/ice",
    ]
    body = body_html(issue_of(made, site=SITE), {"0" * 32: "20261115"})
    assert f'href="{SITE}/issues/20261115.html#{"0" * 32}"' in body


@pytest.mark.parametrize("site", ["", SITE])
def test_hostile_texts_stay_words_in_feeds(site: str, naughty: list[str]) -> None:
    for at in range(0, len(naughty), 40):
        issue = hostile_issue(naughty[at : at + 40], site=site)
        atom, plain = feeds_of(issue, site=site, title=naughty[at])
        check_atom(atom, site=site)
        check_json(plain, site=site)
        content = json.loads(plain)["items"][0]["content_html"]
        assert not re.search(r"<(?:script|img|svg|iframe|style|object|form)", content)
        links = lxml_html.fragment_fromstring(content, create_parent="div").xpath("//@href | //@src")
        assert all(re.match(r"https?:|mailto:|#", to) for to in links)
        assert etree.fromstring(atom.encode()).findtext(f"{ATOM}entry/{ATOM}content") == content


def test_what_a_body_was_made_of_tells_whether_it_can_stand() -> None:
    issue = issue_of(entry(), site=SITE)
    made = made_of(issue, shown(issue), {})
    same = issue_of(entry(), site=SITE)
    assert made == made_of(same, shown(same), {"1" * 32: "20261122"})
    assert made == made_of(replace(issue, entries=()), shown(issue), {})
    assert made != made_of(issue, shown(issue), {"0" * 32: "20261115"})
    assert made != made_of(replace(issue, site=""), shown(issue), {})
    other = issue_of(entry(summary="Ice came late."), site=SITE)
    other_words = issue_of(with_part(entry(), "So."), site=SITE)
    opened = replace(issue, opening=Opening("Ice is late."))
    for each in (other, other_words, opened):
        assert made != made_of(each, shown(each), {})
    _, plain = feeds_of(issue, site=SITE)
    assert known_bodies(plain) == {made: body_html(issue, {})}
    for spoilt in ("", "{", "[]", '{"items": [1]}', '{"items": [{"_digest": {}}]}'):
        assert known_bodies(spoilt) == {}
