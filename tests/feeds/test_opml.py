"""Subscription lists, in and out."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ConfigError
from digest.feeds.opml import read_opml, write_opml
from digest.records import Feed

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
FEEDS = st.builds(
    Feed,
    url=st.integers(0, 99).map(
        lambda number: f"https://example.org/{number}?a=1&b=<é>".replace("<é>", "%C3")
    ),
    kind=st.sampled_from(["articles", "roundup"]),
    title=WORDS,
    tags=st.lists(WORDS, max_size=3, unique=True).map(tuple),
    limit=st.none() | st.integers(1, 500),
)


def test_a_hostile_title_comes_back_as_it_was() -> None:
    feeds = (
        Feed(
            "https://a.example/?x=1&y=2",
            "roundup",
            "A \"quoted\" <b> & 'more' – 東京",
            ("a,b", "c/d", "100%", "x"),
            7,
        ),
        Feed("https://b.example/feed"),
    )
    text = write_opml(feeds, title="Feeds & <more>")
    again = read_opml(text.encode(), name="x")
    assert again[0] == feeds[0]
    # A feed without a title is shown by its address, as the format wants a text; it is none for readers.
    assert 'text="https://b.example/feed"' in text
    assert again[1] == feeds[1]


def test_a_pages_selector_comes_back() -> None:
    feed = Feed("https://a.example/news", "page", "News", selector='main > h2 a[href*="/2026/"], .list a')
    assert read_opml(write_opml([feed], title="T").encode(), name="x") == (feed,)


@given(st.lists(FEEDS, min_size=1, max_size=5, unique_by=lambda feed: feed.url))
def test_what_is_written_is_well_formed_and_holds_every_feed(feeds: list[Feed]) -> None:
    text = write_opml(feeds, title="T")
    root = ElementTree.fromstring(text)
    assert root.get("version") == "2.0"
    assert [outline.get("xmlUrl") for outline in root.iter("outline")] == [feed.url for feed in feeds]
    assert [(feed.url, feed.kind, feed.limit) for feed in read_opml(text.encode(), name="x")] == [
        (feed.url, feed.kind, feed.limit) for feed in feeds
    ]


def test_folders_become_tags_and_old_schemes_http() -> None:
    opml = b"""<opml><body><outline text='Tech'><outline text='AI'>
        <outline text='A & B' xmlUrl='feed://a.example/rss'><outline title='C' xmlUrl='https://c.example/f'/>
        <outline xmlUrl='javascript:alert(1)' text='no'/></outline></outline>"""
    assert read_opml(opml, name="x") == (
        Feed("http://a.example/rss", title="A & B", tags=("Tech", "AI")),
        Feed("https://c.example/f", title="C", tags=("Tech", "AI")),
    )


@pytest.mark.parametrize("opml", [b"", b"<html><p>No</p></html>", b"<opml><body/></opml>", b"\x00\xff"])
def test_a_file_without_feeds_is_told(opml: bytes) -> None:
    with pytest.raises(ConfigError, match=r"my\.opml: no feeds in it"):
        read_opml(opml, name="my.opml")


def test_every_feed_of_real_lists_is_found(dev_data: Path) -> None:
    feeds = [
        feed
        for path in (dev_data / "opml").glob("*.opml")
        for feed in read_opml(path.read_bytes(), name=path.name)
    ]
    assert len(feeds) == 783
    # Five stand in two lists.
    assert len({feed.url for feed in feeds}) == 778
    assert not [feed for feed in feeds if "Ã" in (feed.title or "") or "\ufffd" in (feed.title or "")]
    assert all(feed.tags for feed in feeds)
    assert sum(feed.title is None for feed in feeds) == 2
