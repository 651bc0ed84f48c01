"""What is secret in an address, left out of links and hidden in texts."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_addresses import ADDRESSES, JWT

from digest.errors import FetchError
from digest.feeds.fetch import login_of
from digest.issues.pages import public_entry
from digest.language.addresses import address_key, clean_url, is_web_address
from digest.language.secrecy import (
    public_url,
    secretless_url,
    shown_addresses,
    shown_text,
    shown_url,
    without_login,
)
from digest.records import Entry, Origin, Part, Reference


@pytest.mark.parametrize(
    ("url", "public", "shown"),
    [
        ("http://me:pw@h.org/feed.xml", "http://h.org/feed.xml", "http://***@h.org/feed.xml"),
        ("http://token@h.org/", "http://h.org/", "http://***@h.org/"),
        ("//me:pw@h.org/a", "//h.org/a", "//***@h.org/a"),
        ("http://a@b:c@h.org/a", "http://h.org/a", "http://***@h.org/a"),
        ("http://me:p#w@h.org/a", "http://h.org/a", "http://***@h.org/a"),
        ("http://me:p/w?@h.org/a", "http://h.org/a", "http://***@h.org/a"),
        ("https://e.com/a?id=5&sig=x1&b=2", "https://e.com/a?id=5&b=2", "https://e.com/a?id=5&sig=***&b=2"),
        (
            "https://e.com/a?id=5&amp;auth=x1&b",
            "https://e.com/a?id=5&b",
            "https://e.com/a?id=5&amp;auth=***&b",
        ),
        ("https://e.com/a?key=hunter2", "https://e.com/a", "https://e.com/a?key=***"),
        ("https://e.com/a?%74oken=x1", "https://e.com/a", "https://e.com/a?%74oken=***"),
        ("https://e.com/a?Feed_Token=x1", "https://e.com/a", "https://e.com/a?Feed_Token=***"),
        ("https://e.com/a?a=1?token=x1", "https://e.com/a?a=1", "https://e.com/a?a=1?token=***"),
        ("https://e.com/a?token=x;y&b=1", "https://e.com/a?b=1", "https://e.com/a?token=***&b=1"),
        ("https://e.com/a;sid=x1y2z3?b=1", "https://e.com/a?b=1", "https://e.com/a;sid=***?b=1"),
        (
            "https://e.com/a#access_token=x1&n=2",
            "https://e.com/a#n=2",
            "https://e.com/a#access_token=***&n=2",
        ),
        ("https://e.com/#/r?pwd=x1&n=2", "https://e.com/#/r?n=2", "https://e.com/#/r?pwd=***&n=2"),
        (f"https://e.com/a?x={JWT}", "https://e.com/a", "https://e.com/a?x=***"),
        (
            "https://e.com/a?X-Amz-Date=1&X-Amz-Signature=2&n=3",
            "https://e.com/a?n=3",
            "https://e.com/a?X-Amz-Date=***&X-Amz-Signature=***&n=3",
        ),
        (
            "https://r.com/?u=http%3A%2F%2Fme%3Apw%40h.org%2Fa%3Ftoken%3Dx1",
            "https://r.com/?u=http://h.org/a",
            "https://r.com/?u=http://***@h.org/a%3Ftoken%3D***",
        ),
        ("https://w.org/web/2/http://me:pw@h.org/", "https://w.org/web/2/http://h.org/", None),
    ],
)
def test_secrets_are_left_out_and_hidden(url: str, public: str, shown: str | None) -> None:
    assert public_url(url) == public
    assert shown_url(url) == (shown or public)


@pytest.mark.parametrize(
    "url",
    [
        "https://slashdot.example/article.pl?sid=05/11/19/224214",
        "https://congress.example/bills?session=118&code=HR",
        "https://e.com/list?key=42&pageToken=CAUQAA",
        "https://e.com/a?author=auth&tokens=3&keyword=password&sign=leo",
        "https://medium.example/@someone/a-story",
        "https://h.org:8080/@someone",
        "https://[2001:db8::1]:8080/a@b",
        "https://e.com/a?next=https%3A%2F%2Fe.com%2Fb%3Fid%3D1&x=%7E",
        "mailto:a@example.org",
        "https://e.com/a?token=",
    ],
)
def test_what_names_an_article_stays_to_the_byte(url: str) -> None:
    assert secretless_url(url) == url
    assert shown_url(url) == url


def test_real_addresses_are_published_as_before(dev_data: Path) -> None:
    entries = [json.loads(path.read_text()) for path in (dev_data / "entries").glob("*.json")]
    urls = [url for each in entries for url in (each["url"], each.get("origin", "")) if url]
    assert len(urls) > 30
    assert [url for url in urls if public_url(url) != clean_url(url)] == []


@given(ADDRESSES)
def test_hiding_settles_on_any_web_address(url: str) -> None:
    shown_text(url)
    for hide in (public_url, secretless_url, shown_url, without_login):
        hidden = hide(url)
        if is_web_address(url):
            assert hide(hidden) == hidden


def test_addresses_within_addresses_end_somewhere() -> None:
    assert shown_url("http://h.org/?a=" + "%23a=://" * 900).startswith("http://h.org/")
    assert shown_url("http://h.org/?a=" + "http%3A%2F%2Fh.org%2F%3Fb%3Dtoken%3D" * 90)


@given(st.text(alphabet="ab1:/@?&=#;%.*' ", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    assert len(shown_text(text)) <= 4 * len(text) + 4
    assert len(public_url(text)) <= len(text)


@pytest.mark.parametrize("url", ["http://me:pw@e.com/a?b=1#top", "http://me@www.e.com:80/a/"])
def test_a_login_is_no_part_of_a_key(url: str) -> None:
    assert address_key(url) == address_key(without_login(url))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:pw@h.org/x: HTTP 404", "http://***@h.org/x: HTTP 404"),
        ("moved to (http://h.org/?token=x1), they say", "moved to (http://h.org/?token=***), they say"),
        ("got 'me:pw@proxy.org:3128'", "got '***@proxy.org:3128'"),
        ("HTTP 302 to /feed?apikey=x1&n=2", "HTTP 302 to /feed?apikey=***&n=2"),
        ("write to mailto:a@b.org or a@b.org at 10:30", "write to mailto:a@b.org or a@b.org at 10:30"),
        ("C#: key=value, a=b & token", "C#: key=value, a=b & token"),
    ],
)
def test_messages_say_nothing_secret(text: str, shown: str) -> None:
    assert shown_text(text) == shown
    assert str(FetchError("", text)) == shown


def test_an_article_keeps_its_words_and_loses_logins_it_shows() -> None:
    text = "E-mail:info@e.com said ?token=x1 at http://me:pw@h.org/a?sig=x1."
    assert shown_addresses(text) == "E-mail:info@e.com said ?token=x1 at http://***@h.org/a?sig=***."


def test_an_entry_is_published_without_secrets_whoever_put_them_there() -> None:
    secret = "http://me:pw@h.org/a?id=1&token=x1"
    own = Part("", "## Mine", f"[words]({secret})")
    head = Part("Head", "", f"__[External link]({secret})__\n\nA note.")
    entry = Entry(
        "T", Origin("O", secret), secret, "", (), (), (), (Reference("C", "id"),), (Reference("S", secret),),
        parts=(head, own),
    )  # fmt: skip
    public = public_entry(entry)
    clean = "http://h.org/a?id=1"
    assert (public.url, public.origin.url, public.sources[0].target) == (clean, clean, clean)
    assert public.parts[0].text == f"__[External link]({clean})__\n\nA note."
    # The editor's own words are the editor's.
    assert public.parts[1] == own
    assert public.closest == entry.closest


@pytest.mark.parametrize(
    ("of", "url", "fits"),
    [
        ("http://me:pw@h.org/feed", "http://h.org/other", True),
        ("http://me:pw@h.org/feed", "http://H.org:80/other", True),
        ("http://me:pw@h.org/feed", "https://h.org/other", True),
        ("https://me:pw@h.org/feed", "http://h.org/other", False),
        ("http://me:pw@h.org:8080/feed", "https://h.org/other", False),
        ("http://me:pw@h.org/feed", "http://h.org:8080/other", False),
        ("http://me:pw@h.org/feed", "http://www.h.org/other", False),
        ("http://me:pw@h.org/feed", "http://h.org.evil.net/", False),
        ("http://me:pw@h.org/feed", "http://h.org@evil.net/", False),
        ("http://me:pw@h.org/feed", "ftp://h.org/", False),
    ],
)
def test_a_login_fits_its_own_site(of: str, url: str, fits: bool) -> None:
    login = login_of(of)
    assert login is not None
    assert login.fits(url) is fits


S = "SEKRET"


@pytest.mark.parametrize(
    "url",
    [
        f"https://e.com/a?api_key%5B0%5D={S}&b=1",
        f"https://e.com/a?api_key[]={S}&b=1",
        f"https://e.com/a?auth[token]={S}&b=1",
        f"https://e.com/a?credentials%5Bme%5D[1]={S}&b=1",
        f"https://e.com/a?token2={S}&b=1",
        f"https://e.com/a?u=https:\\\\bob:{S}@host\\&b=1",
        f"https://e.com/a?b=1&u=https%3A%5C%5Cbob%3A{S}%40host%5C",
        f"https://e.com/a?b=1&u=https%3A%2Fbob%3A{S}%40host",
        f"https://e.com/a?b=1&u=bob:{S}@host:80",
        f"https:\\\\bob:{S}@e.com/a?b=1",
        f"https:///bob:{S}@e.com/a?b=1",
        f"https://e.com/r/https%3A%2F%2Fbob%3A{S}%40h%2F%3Ftoken%3D{S}?b=1",
        *(
            f"https://e.com/a?b=1&data={written}"
            for value in (
                f'{{"token":"{S}","n":1}}',
                f'{{"n": [{{"api_key": ["{S}"]}}, {{"u": "http://me:{S}@h/?sig={S}"}}]}}',
                f'{{"auth": {{"password": {{"text": "{S}"}}}}}}',
                f'{{"more": "{{\\"token\\":\\"{S}\\"}}"}}',
                f"{{'token': '{S}'}}",
                f'[{{"token":"{S}"}}',
            )
            for written in (quote(value), quote(quote(value)), value.replace(" ", ""))
        ),
        "https://e.com/a?b=1#" + quote(f'{{"token":"{S}"}}'),
    ],
)
def test_no_way_of_writing_a_parameter_lets_its_secret_through(url: str) -> None:
    for hide in (public_url, secretless_url, shown_url, shown_text):
        assert S not in hide(url), hide
    assert "b=1" in public_url(url)
    assert S not in shown_text(f"asked ('{url}'), HTTP 404")


@pytest.mark.parametrize(
    "url",
    [
        "https://e.com/a?filter%5Bsize%5D=3&ids[]=4&page[token]=CAUQAA&key[0]=42",
        "https://e.com/a?data=" + quote('{"n": 1, "text": "a, b", "id": ["x"]}'),
        "https://e.com/a%20b/c?data=%7Bbroken",
        "https://e.com/a?by=me@example.org&q=a:b",
    ],
)
def test_lists_and_json_without_secrets_stay_to_the_byte(url: str) -> None:
    assert secretless_url(url) == shown_url(url) == shown_text(url) == url


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"got 'http://n:{S} x@127.0.0.1/a'", "got 'http://***@127.0.0.1/a'"),
        (f"got 'http://n:{S}@K x@h/f': no", "got 'http://***@h/f': no"),
        (f"http://n:1234 {S}@h: no", "http://***@h: no"),
        (f'http://n:x"{S}@h/: no', "http://***@h/: no"),
        (f"feeds[7].http://u:{S}@x: unknown key", "feeds[7].http://***@x: unknown key"),
        (f"7http://u:{S}@x", "7http://***@x"),
        (f"https:\\\\u:{S}@x: no", "https:\\\\***@x: no"),
        (f'got {{"id": "a", "password": "x {S}"}}', 'got {"id": "a", "password": "***"}'),
        ("http://h.org:8080 said to ask a@b.org", "http://h.org:8080 said to ask a@b.org"),
        ("http://h.org: HTTP 404, ask a@b.org", "http://h.org: HTTP 404, ask a@b.org"),
        ("http://h:80/x: ask a@b.org", "http://h:80/x: ask a@b.org"),
        ("token: expired, password: none", "token: expired, password: none"),
    ],
)
def test_logins_that_a_text_breaks_up_are_hidden(text: str, shown: str) -> None:
    assert shown_text(text) == shown


def test_hiding_ends_whatever_repeats() -> None:
    for part in ("https:\\\\", "http://a:b ", '"a":"', "{[", "%5B", "a:b@", "a@", "[a]", ": @"):
        text = part * (40_000 // len(part))
        assert len(shown_text(text)) > 0
        assert shown_text("http://h.org/?a=" + text).startswith("http://")
        assert public_url("http://h.org/?" + text).startswith("http://")
