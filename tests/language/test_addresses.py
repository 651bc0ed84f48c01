"""Ids, cleaned addresses and address keys."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.language.addresses import address_key, as_asked, clean_url, entry_id, host, is_web_address

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl"

PIECES = """
    http:// https:// HTTP:// //
    www. m. amp. www.m. example.com EXAMPLE.com en.m.wikipedia.org youtu.be [::1] [ ]
    google.com/amp/s/ :80 :443 :99999999 : / // /a /p/x /index.html /amp /.amp .amp.html /story-of-123 ? & = ;
    ;jsessionid=A1 utm_source=x amp;utm_medium=y token=abc v=dQw id=5 r=1a post_id=2 publication_id=3
    isFreemail=true ref=a.com %7E %2f %e9 %zz % + é 東 # #! #:~:text=a #utm_source=x #top ./ ../ \\ @ user:pw@
    \ud800 \x00
"""
PARTS = st.sampled_from([*PIECES.split(), "\t"]) | st.text(max_size=4)
ADDRESSES = st.lists(PARTS, max_size=12).map("".join) | st.lists(PARTS, max_size=10).map(
    lambda parts: "https://example.com/" + "".join(parts)
)


def test_the_id_is_the_md5_of_the_repr_of_the_bytes() -> None:
    url = "https://www.theregister.com/2023/09/11/bianlian_save_the_children/"
    assert entry_id(url) == "5c52b32dd5324bcb38ab72b1ebd5d61b"


def test_ids_of_an_existing_archive_are_reproduced(dev_data: Path) -> None:
    entries = [json.loads(path.read_text()) for path in (dev_data / "entries").glob("*.json")]
    matching = [entry for entry in entries if entry_id(entry["url"]) == entry["id"]]
    # The others were kept with the address cleaned after the id was made.
    assert len(matching) >= len(entries) - 1


@pytest.mark.parametrize(
    ("given_url", "cleaned"),
    [
        ("https://e.com/a?utm_source=x&id=5&utm_medium=y", "https://e.com/a?id=5"),
        ("https://e.com/a?utm_source=x", "https://e.com/a"),
        ("https://e.com/a?id=5&amp;utm_source=x&amp;utm_medium=y", "https://e.com/a?id=5"),
        ("https://e.com/a?b=2&a=1&fbclid=z#part", "https://e.com/a?b=2&a=1#part"),
        ("https://e.com/a?UTM_Source=x&q=%c3%a9%20+", "https://e.com/a?q=%c3%a9%20+"),
        ("https://e.com/a?mc_cid=1&mc_eid=2&mkt_tok=3&_hsenc=4&_hsmi=5&vero_id=6", "https://e.com/a"),
        ("https://e.com/a?token=abc&page=2", "https://e.com/a?page=2"),
        (f"https://e.com/a?x={JWT}&page=2", "https://e.com/a?page=2"),
        (
            "https://kg.substack.com/p/2023?publication_id=1&post_id=2&isFreemail=true&r=ab1",
            "https://kg.substack.com/p/2023",
        ),
        ("https://own.example/p/slug?utm_campaign=post&r=2fk", "https://own.example/p/slug"),
        ("https://e.com/a?post_id=2", "https://e.com/a?post_id=2"),
        ("https://e.com/list?r=2&s=3", "https://e.com/list?r=2&s=3"),
        ("https://www.youtube.com/watch?v=dQw4&si=abc&t=42", "https://www.youtube.com/watch?v=dQw4&t=42"),
        ("https://e.com/a?si=abc", "https://e.com/a?si=abc"),
        ("https://e.com/a?ref=thebrowser.com", "https://e.com/a"),
        ("https://github.com/a/b?ref=main", "https://github.com/a/b?ref=main"),
        ("https://twitter.com/a/status/1?s=20&t=xyz&ref_src=twsrc", "https://twitter.com/a/status/1"),
        ("https://e.com/a#:~:text=some%20words", "https://e.com/a"),
        ("https://e.com/a#part:~:text=words", "https://e.com/a#part"),
        ("https://e.com/a#utm_source=rss&utm_medium=feed", "https://e.com/a"),
        ("https://e.com/a?email=me%40example.org&id=1", "https://e.com/a?id=1"),
        ("https://e.com/a;jsessionid=0A1B?id=1", "https://e.com/a?id=1"),
    ],
)
def test_trackers_and_private_tokens_are_removed_and_nothing_else(given_url: str, cleaned: str) -> None:
    assert clean_url(given_url) == cleaned


@pytest.mark.parametrize(
    "url",
    [
        "https://E.com:443/a/../b/?b=2&a=1&&c#Top",
        "https://e.com/a?",
        "https://e.com/a#",
        "https://e.com/r%e9sum%C3%A9?q=a+b%20c;d",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://e.com/#!/route?x=1",
        "mailto:a@example.org",
        "",
    ],
)
def test_an_address_without_trackers_stays_byte_for_byte(url: str) -> None:
    assert clean_url(url) == url


@pytest.mark.parametrize(
    "same",
    [
        ("https://example.com/a", "http://www.Example.com:80/a/", "https://m.example.com/a#top"),
        (
            "https://example.com",
            "https://example.com/",
            "http://example.com/index.html",
            "https://example.com:443",
        ),
        (
            "https://example.com/a?a=1&b=2",
            "https://example.com/a?b=2&a=1",
            "https://example.com/a?b=2&amp;a=1",
        ),
        (
            "https://example.com/%7Euser/caf%c3%a9",
            "https://example.com/~user/caf%C3%A9",
            "https://example.com/~user/café",
        ),
        (
            "https://e.com/2023/a-long-story",
            "https://e.com/2023/a-long-story/amp/",
            "https://e.com/2023/a-long-story?amp=1",
        ),
        ("https://e.com/2023/a-story.html", "https://e.com/2023/a-story.amp.html"),
        ("https://e.com/a-long-story", "https://www.google.com/amp/s/www.e.com/a-long-story"),
        ("https://e.com/a-long-story", "https://www-e-com.cdn.ampproject.org/c/s/www.e.com/a-long-story"),
        ("https://en.wikipedia.org/wiki/Sand", "https://en.m.wikipedia.org/wiki/Sand"),
        ("https://xn--mnchen-3ya.example/a", "https://münchen.example/a"),
        ("https://e.com/p/x", "https://e.com/p/x?utm_source=substack&utm_medium=email"),
    ],
)
def test_addresses_of_one_article_have_one_key(same: tuple[str, ...]) -> None:
    assert len({address_key(url) for url in same}) == 1


@pytest.mark.parametrize(
    "different",
    [
        ("https://www.youtube.com/watch?v=a1", "https://www.youtube.com/watch?v=b2"),
        ("https://example.com/a?id=1", "https://example.com/a?id=2"),
        ("https://example.com/A", "https://example.com/a"),
        ("https://example.com/wiki", "https://example.com/wiki/amp"),
        ("https://example.com/#!/one", "https://example.com/#!/two"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("https://a.example.com/x", "https://b.example.com/x"),
        ("http://127.0.1.1:8765/x", "http://127.0.1.2:8765/x"),
        ("https://m.co/x", "https://amp.m.co/y"),
    ],
)
def test_different_articles_have_different_keys(different: tuple[str, ...]) -> None:
    assert len({address_key(url) for url in different}) == len(different)


@given(ADDRESSES)
@example("http://[::ⓕⓕⓕⓕ:①⑥⑨。②⑤④。⑯⑨。②⑤④]:80/")
def test_key_and_clean_settle_and_agree_on_anything(url: str) -> None:
    cleaned, key = clean_url(url), address_key(url)
    assert clean_url(cleaned) == cleaned
    assert address_key(key) == key
    assert address_key(cleaned) == key
    assert len(entry_id(url)) == 32
    host(url)
    is_web_address(url)


def test_nothing_raises_on_hostile_addresses(dev_data: Path) -> None:
    rows = (dev_data / "hostile" / "ssrf_urls.jsonl").read_text().splitlines()
    naughty = json.loads((dev_data / "hostile" / "blns.json").read_text())
    for url in [json.loads(row)["url"] for row in rows] + naughty:
        key = address_key(url)
        assert address_key(key) == key == address_key(clean_url(url))
        host(url)
        is_web_address(url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.Example.com:8080/a", "example.com"),
        ("https://news.example.com", "news.example.com"),
        ("http://127.0.1.3:8765/feed.xml", "127.0.1.3"),
        ("http://[::1]:80/", "::1"),
        ("mailto:a@b.c", ""),
        ("http://[broken", ""),
    ],
)
def test_the_host_comes_without_www_and_port(url: str, name: str) -> None:
    assert host(url) == name


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", True),
        ("HTTP://127.0.0.1:80/x", True),
        ("example.com/rss", False),
        ("ftp://example.com", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https:///path", False),
        ("https://exa mple.com", False),
        ("", False),
    ],
)
def test_only_http_addresses_with_a_host_are_web_addresses(url: str, expected: bool) -> None:
    assert is_web_address(url) is expected


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("https://e.org/My report.pdf", "https://e.org/My%20report.pdf"),
        (' https://e.org/a?b="c" d#<e> ', "https://e.org/a?b=%22c%22%20d#%3Ce%3E"),
        ("https://e.org/a/\r\n    b.html", "https://e.org/a/b.html"),
        ("https://e.org/a\u00a0b/%20é", "https://e.org/a%C2%A0b/%20é"),
        ("https://exam ple.org/", "https://exam ple.org/"),
        ("mailto:a b@e.org", "mailto:a b@e.org"),
        ("HTTPS://E.org:443/%7e?x=%c3%a9#", "HTTPS://E.org:443/%7e?x=%c3%a9#"),
    ],
)
def test_an_address_is_asked_for_as_browsers_do(given: str, asked: str) -> None:
    assert as_asked(given) == asked


@given(ADDRESSES)
def test_what_is_an_address_is_asked_for_exactly_as_it_is(url: str) -> None:
    assert not is_web_address(url) or as_asked(url) == url.strip()
