"""Which wording of a title is the article's own."""

from datetime import UTC, datetime

import pytest

from digest.articles.extract import extract
from digest.articles.own_title import nearer_title
from digest.records import Page

BODY = "".join(
    f"<p>The council of Port Ansel said that the harbour line opens in {year} and that the tram carries "
    "passengers to the quay, where kilns were shut and the bridge was closed for repair by the owner.</p>"
    for year in range(2030, 2034)
)
TEXT = "The council of Port Ansel shut the kiln. The owner of the kiln pays for the repair of the bridge."


def title_of(head: str, before: str = "", *, feed_title: str = "") -> str:
    body = f"<html><head>{head}</head><body><article>{before}{BODY}</article></body></html>"
    url = "https://tramwaymagazine.example/a"
    headers = (("content-type", "text/html; charset=utf-8"),)
    page = Page(url, url, 200, headers, body.encode(), datetime(2026, 11, 28, tzinfo=UTC))
    return extract(page, feed_title=feed_title).title


SITE = '<meta property="og:site_name" content="Tramway Magazine">'


def test_a_heading_that_is_a_part_of_the_sites_name_is_no_title() -> None:
    head = f"{SITE}<title>Port to Quay: The Harbour Line - Tramway Magazine</title>"
    assert title_of(head, "<h1>Tramway</h1>") == "Port to Quay: The Harbour Line"


def test_a_page_of_nothing_but_its_sites_name_keeps_it() -> None:
    assert title_of(f"{SITE}<title>Tramway</title>") == "Tramway"


def test_the_heading_shown_says_which_year_it_is() -> None:
    head = '<title>7 Tram Lines of 2024</title><meta property="og:title" content="7 Tram Lines of 2024">'
    assert title_of(head, "<h1>7 Tram Lines of 2025</h1>") == "7 Tram Lines of 2025"
    assert title_of(head, "<h1>History of 2025</h1>") == "7 Tram Lines of 2024"


def test_for_a_title_too_long_a_shorter_wording_of_the_page_stands() -> None:
    long = "To find the five best trams, I rode seventeen of the newest ones and drank far too much coffee"
    head = f'<title>The newest trams, tested</title><meta property="og:title" content="{long}">'
    assert title_of(head, f"<h1>{long}</h1>") == "The newest trams, tested"
    other = f'<title>Welcome to our site and shop</title><meta property="og:title" content="{long}">'
    assert title_of(other, f"<h1>{long}</h1>") == long


@pytest.mark.parametrize(
    ("page", "feed", "expected"),
    [
        ("Council shuts kiln", "", "Council shuts kiln"),
        ("", "Council shuts kiln", "Council shuts kiln"),
        # They say the same: the page's.
        ("Council shuts kiln", "Today the council shuts a kiln", "Council shuts kiln"),
        ("Latest stories", "Council shuts the kiln of Port Ansel", "Council shuts the kiln of Port Ansel"),
        ("Kiln", "Owner pays for repair of the bridge", "Owner pays for repair of the bridge"),
        # A link's words are no title.
        ("Latest stories and opinions", "the kiln", "Latest stories and opinions"),
        ("Council shuts kiln", "Ten things you never knew today", "Council shuts kiln"),
    ],
)  # fmt: skip
def test_where_page_and_feed_disagree_the_nearer_to_the_text_stands(
    page: str, feed: str, expected: str
) -> None:
    assert nearer_title(page, feed, TEXT) == expected


def test_a_page_takes_the_feeds_title_where_its_own_is_of_something_else() -> None:
    given = title_of("<title>Latest news and stories</title>", feed_title="Harbour line of Port Ansel opens")
    assert given == "Harbour line of Port Ansel opens"
