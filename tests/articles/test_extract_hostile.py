"""Whatever bytes come: an article or an ExtractError, soon."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.articles.extract import extract
from digest.errors import ExtractError
from digest.records import Article, Page

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MAX_S = 15.0
"""Three times what is meant, for slow machines."""

SENTENCE = "The council said on Monday that the new line would open in 2031 and carry forty trains. "
PAGE = (
    "<!doctype html><html lang=en><head>"
    "<meta charset=utf-8><title>Line | Site</title>"
    '<script type="application/ld+json">'
    '{"@type":"Article","headline":"Line","author":{"name":"A B"}}</script>'
    f"</head><body><article><h1>Line</h1>{''.join(f'<p>{n} {SENTENCE}</p>' for n in range(20))}"
    "<ul><li><a href=x>é漢</a></li></ul><table><tr><td>1</td></tr></table></article></body></html>"
).encode()


def attempt(body: bytes, content_type: str = "text/html") -> Article | str:
    given_page = Page("https://e.com/a", "https://e.com/a", 200, (("content-type", content_type),), body, NOW)
    begun = time.process_time()
    try:
        return extract(given_page)
    except ExtractError as error:
        return error.reason
    finally:
        assert time.process_time() - begun < MAX_S


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_pages_raise_nothing_else(data: st.DataObject) -> None:
    body = bytearray(PAGE)
    for _ in range(data.draw(st.integers(0, 30))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    found = attempt(
        bytes(body[:cut]), data.draw(st.sampled_from(["text/html", "", "text/plain", "text/html; charset=x"]))
    )
    if isinstance(found, Article):
        assert all(0 <= s.start < s.end <= len(found.text) for s in found.sentences)


@settings(deadline=None, max_examples=60)
@given(
    st.binary(max_size=400), st.sampled_from(["text/html", "text/plain", "application/json", "image/png", ""])
)
def test_any_bytes_raise_nothing_else(body: bytes, content_type: str) -> None:
    attempt(body, content_type)


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 10_000 + SENTENCE.encode() * 60,
        b"<p>" + b"<span>" * 10_000 + SENTENCE.encode() * 60,
        b"<ul><li>" * 10_000 + SENTENCE.encode() * 60,
        b"<table><tr><td>" * 5_000 + SENTENCE.encode() * 60,
        b"<div class='" + b"a " * 2_000_000 + b"'>" + PAGE,
        b"<p>word" * 200_000,
        b"".join(b"<li><a href=x>Headline %d of the day</a>" % number for number in range(40_000)),
        b"<p>" + SENTENCE.encode() * 40_000,
        b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>" + PAGE,
    ],
    ids=["divs", "spans", "lists", "tables", "attribute", "paragraphs", "links", "one paragraph", "json"],
)
def test_monstrous_pages_end_soon(body: bytes) -> None:
    attempt(b"<html><body>" + body)
