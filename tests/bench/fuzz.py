"""`make fuzz`: mutated development feeds and pages into collect and extract, for some minutes.

Among them feeds made here, whose entries' addresses and dates are known.
Prints every exception that is not ours and every file that takes over 5 seconds, and ends 1 if there was one.

    python -m tests.bench.fuzz [SECONDS] [SEED]
"""

import gzip
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

from digest.articles.extract import extract
from digest.errors import ItemError
from digest.feeds.discover import discover_feeds
from digest.feeds.links import links_of
from digest.feeds.parse import parse_feed
from digest.feeds.select import far_off
from digest.records import Feed, Page

DATA = Path(os.environ["DIGEST_DEV_DATA"])
MAX_S = 5.0
NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://feeds.example/blog/rss"
BUILT = 0.2
"""The share of feeds that are made here, with what is right known."""
# All of NOW, or no whole date.
DATES = [
    b"<pubDate>%b</pubDate>" % date.encode()
    for date in (
        *("2026", "2026-11", "22 November", "11/2026", "", "soon", "05/06", "2026-W47", "12"),
        *(
            "2026/11/22",
            "22.11.2026 00:00",
            "Nov 22, 2026",
            "22 Nov 2026 00:00 GMT",
            "20261122",
            "1795305600",
        ),
        *("Sun, 22 Nov 2026 01:00:00 CET", "22/11/2026", "11/22/2026", "2026-11-22T00:00:00Z"),
    )
]
# What an entry may hold that is not its own.
BLOCKS = [
    b"<relatedArticles><article><title>x</title><link>/never</link></article></relatedArticles>",
    b"<source><title>x</title><link href='/never'/><updated>2004-01-01T00:00:00Z</updated></source>",
    b"<media:group><link>/never</link><pubDate>Thu, 01 Jan 2004 00:00:00 GMT</pubDate></media:group>",
    b"<related><item><link>/never</link></item></related>",
]
TOKENS = [
    *BLOCKS,
    *(b" xml:base='a/'", b" xml:base='//b.example/'", b" xml:base=':'", b" base='c/'", b" xml:lang='fr'"),
    *(
        b"<link rel='alternate' hreflang='en' href='/en'/>",
        b"<link hreflang='en_GB' type='text/html' href='?'/>",
    ),
    *(
        b"<pubDate>%b</pubDate>" % date
        for date in (b"2026", b"26 November", b"05/11/2026", b"1795735320", b"9" * 13)
    ),
    *(
        b"<updated>2026-11-26T24:00:61+99:99</updated>",
        b"<dc:date>26.11.2026 8.00 Uhr",
        b"</item>",
        b"</entry>",
    ),
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"\x00", b"\xff\xfe", b'"', b"'", b"&a;"),
    *(
        b"<div>" * 300,
        b"<table><tr>",
        b"<script>",
        b"</html>",
        b"<svg><style>",
        b"&#x110000;",
        b"\xe2\x80\xae",
    ),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<base href='javascript:'>", b"<time datetime='99999-99'>"),
    *(b"charset=utf-7", b"encoding='utf-16'", b"9" * 400, b"{" * 200, b'"\\ud800"'),
    *(
        b"<style>p,.a{display:none}",
        b"<div hidden>",
        b"<x-y>",
        b"<button>a",
        b"10<sup>6</sup>5",
        b"<math><msup>",
    ),
    *(b"<p>" + b"word " * 2000 + b"</p>", b"<a href='http://[::1'>x</a>"),
]


def main() -> int:
    """Fuzz for the seconds given (300); returns the exit code."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300.0
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20261122)
    feeds = [path.read_bytes() for path in sorted((DATA / "feeds").glob("*.*")) if path.suffix != ".jsonl"]
    pages = [gzip.decompress(path.read_bytes()) for path in sorted((DATA / "pages" / "html").glob("*.gz"))]
    found: list[str] = []
    tried, slowest = 0, 0.0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if rng.random() < BUILT:
            body, addresses = built(rng)
            use: Callable[[bytes], None] = partial(read_built, addresses=addresses)
        else:
            corpus, use = rng.choice(((feeds, read_feed), (pages, read_page)))
            body = mutated(rng, rng.choice(corpus), corpus)
        took, problem = attempt(use, body)
        tried, slowest = tried + 1, max(slowest, took)
        if problem or took > MAX_S:
            found.append(
                keep(body, f"{getattr(use, '__name__', 'read_built')}: {problem or f'{took:.1f} s'}")
            )
    sys.stdout.write(f"{tried} files in {seconds:.0f} s, slowest {slowest:.2f} s, {len(found)} found\n")
    sys.stdout.writelines(f"{line}\n" for line in found)
    return int(bool(found))


def attempt(use: Callable[[bytes], None], body: bytes) -> tuple[float, str]:
    """Give the seconds it took, and what was raised that should not be."""
    started = time.perf_counter()
    problem = ""
    try:
        use(body)
    except ItemError:
        pass
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"[:300]
    return time.perf_counter() - started, problem


def read_feed(body: bytes) -> None:
    """What the batch does with a feed's answer."""
    parsed = parse_feed(body, url=URL, language="en")
    far_off(parsed.entries, now=NOW)
    links_of(parsed, parsed.entries, Feed(URL))
    links_of(parsed, parsed.entries, Feed(URL, "roundup"))


def built(rng: random.Random) -> tuple[bytes, list[str]]:
    """Make a well-formed feed of entries with blocks, bases and several links; gives their addresses too."""
    items, addresses = [], []
    for number in range(rng.randint(1, 6)):
        base = rng.choice(("", "a/", "/b/", "https://o.example/c/", "../d/"))
        parts = [b"<title>T</title>", rng.choice(DATES), *rng.choices(BLOCKS, k=rng.randint(0, 3))]
        own = b"<link>%d</link>" % number
        if rng.random() < 0.5:
            own = b"<atom:link rel='alternate' hreflang='en-GB' href='%d'/>" % number
            parts.append(b"<atom:link rel='alternate' hreflang='fr' href='/never'/>")
        parts.append(own)
        rng.shuffle(parts)
        items.append(b"<item xml:base='%b'>%b</item>" % (base.encode(), b"".join(parts)))
        addresses.append(urljoin(urljoin(URL, base), str(number)))
    head = b"<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/' xmlns:atom='http://www.w3.org/2005/Atom'>"
    return head + b"<channel>" + b"".join(items) + b"</channel></rss>", addresses


def read_built(body: bytes, *, addresses: Sequence[str]) -> None:
    """Read a feed whose entries' own addresses are known, and no dates are read in part."""
    parsed = parse_feed(body, url=URL, language="en")
    if [entry.url for entry in parsed.entries] != list(addresses):
        raise AssertionError(f"expected {addresses}, got {[entry.url for entry in parsed.entries]}")
    if wrong := [entry.published for entry in parsed.entries if entry.published not in (None, NOW)]:
        raise AssertionError(f"expected {NOW} or no date, got {wrong}")


def read_page(body: bytes) -> None:
    """What the batch does with a page, and what `feeds add` does with a site."""
    url = "https://pages.example/a"
    discover_feeds(body, url)
    extract(Page(url, url, 200, (("content-type", "text/html"),), body, NOW))


def mutated(rng: random.Random, body: bytes, corpus: Sequence[bytes]) -> bytes:
    """Change a few places: cut, double, swap, overwrite, insert, splice with another file."""
    out = bytearray(body)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(out) + 1)
        length = min(int(rng.expovariate(1 / 200)), 20_000)
        match rng.randrange(7):
            case 0:
                del out[at : at + length]
            case 1:
                out[at:at] = out[at : at + length] * rng.randint(1, 5)
            case 2:
                out[at:at] = rng.choice(TOKENS)
            case 3:
                for place in range(at, min(at + length % 50, len(out))):
                    out[place] = rng.randrange(256)
            case 4:
                other = rng.choice(corpus)
                begin = rng.randrange(len(other) + 1)
                out[at:at] = other[begin : begin + length * 10]
            case 5:
                del out[at:]
                break
            case _:
                out[at : at + length] = bytes(reversed(out[at : at + length]))
    return bytes(out[:12_000_000])


def keep(body: bytes, problem: str) -> str:
    """Keep a file that was found, for a test."""
    path = Path("output") / "fuzz" / f"{abs(hash(body)):x}"[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return f"{path}: {problem}"


if __name__ == "__main__":
    sys.exit(main())
