"""`make growth`: inputs made to hurt, at n, 2n and 4n, and how the time of reading them grows.

Prints a table: seconds at each size, and by how much each doubling multiplied them. What is cut or refused
beforehand does not grow at all; what grows by more than twice a doubling is marked. Each input is read in a
process of its own, which is ended after a minute. Nothing is asserted: the machine decides about seconds.

    python -m tests.bench.growth [NAME ...]
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import NamedTuple

from digest.articles.extract import extract, extract_feed_text
from digest.checks import check
from digest.errors import ItemError
from digest.feeds.discover import discover_feeds
from digest.feeds.interstitials import leads_to
from digest.feeds.links import links_of
from digest.feeds.parse import parse_feed
from digest.records import Feed, Page

MAX_S = 60.0
MARKED = 2.6
"""Growth a doubling that is marked: twice, and what a shared machine adds to it."""
LEAST_S = 0.3
"""Below it growth is not marked: starting costs as much."""

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://site.example/a"
TEXT = "The port of Lisse opened in May 2020 with 41,800 people."
PROSE = "".join(
    f"<p>The harbour number {number} opened in May {1900 + number} with many people there that day.</p>"
    for number in range(30)
)


def read_page(body: str) -> None:
    """What a run does with a page."""
    page = Page(URL, URL, 200, (("content-type", "text/html; charset=utf-8"),), body.encode(), NOW)
    leads_to(page, URL)
    discover_feeds(page.body, URL)
    extract(page)


def read_plain(body: str) -> None:
    """What a run does with a text."""
    extract(Page(URL, URL, 200, (("content-type", "text/plain; charset=utf-8"),), body.encode(), NOW))


def read_feed(body: str) -> None:
    """What a run does with a feed, of articles and of newsletters."""
    parsed = parse_feed(body.encode(), url=URL, language="en")
    links_of(parsed, parsed.entries, Feed(URL))
    links_of(parsed, parsed.entries, Feed(URL, "roundup"))
    for entry in parsed.entries:
        if entry.body_html:
            extract_feed_text(entry.body_html, url=URL)


def read_claim(both: str) -> None:
    """Check a claim against a text that repeats the same words."""
    check(f"{both} x", f"{both} y. {TEXT}")


def read_long_claim(claim: str) -> None:
    """Check a long claim against a short text."""
    check(claim, TEXT)


def read_long_text(text: str) -> None:
    """Check a short claim against a long text."""
    check("The port of Lisse opened in 2021 with 41,900 people, not 300.", text)


def in_page(inner: str) -> str:
    """A page of ordinary paragraphs, and this after them."""
    return (
        f"<html><head><title>T</title></head><body><article><h1>T</h1>{PROSE}{inner}</article></body></html>"
    )


def in_entry(inner: str) -> str:
    """A feed of two good entries, and between them one with this."""
    good = "<item><title>Good {0}</title><link>https://site.example/{0}</link></item>"
    return (
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><title>T</title>"
        f"{good.format(1)}<item><title>Bad</title><link>https://site.example/bad</link>{inner}</item>"
        f"{good.format(2)}</channel></rss>"
    )


class Unit(NamedTuple):
    """An input that grows with n."""

    use: Callable[[str], None]
    size: int
    make: Callable[[int], str]


UNITS: dict[str, Unit] = {
    # Of ../shared/cases/time
    "claim and text of '1-'": Unit(read_claim, 2_000, lambda n: ("1-" * n)[:n]),
    "claim and text of 'not '": Unit(read_claim, 2_000, lambda n: ("not " * n)[:n]),
    "paragraph without spaces": Unit(read_page, 20_000, lambda n: in_page(f"<p>{'中文字符。' * n}</p>")),
    "paragraph of opening quotes": Unit(read_page, 20_000, lambda n: in_page(f"<p>{'“' * n} a. B</p>")),
    "paragraph of guillemets": Unit(read_page, 20_000, lambda n: in_page(f"<p>{'«a. ' * n}</p>")),
    "inline elements in a paragraph": Unit(
        read_page, 5_000, lambda n: in_page(f"<p>{'<b>x</b> y ' * n}</p>")
    ),
    "a number's digits in a JSON feed": Unit(
        read_feed,
        100_000,
        lambda n: '{"version":"1","items":[{"url":"http://a.example/b","id":' + "1" * n + "}]}",
    ),
    # Pages
    "links in a paragraph": Unit(
        read_page,
        5_000,
        lambda n: in_page("<p>" + "".join(f"<a href='/{at}'>x</a> y " for at in range(n)) + "</p>"),
    ),
    "links in a list": Unit(
        read_page, 5_000, lambda n: in_page("<ul>" + "<li><a href='/b'>word here</a> more</li>" * n + "</ul>")
    ),
    "inline elements inside each other": Unit(read_page, 5_000, lambda n: in_page("<p>" + "<b>x " * n)),
    "blocks inside each other": Unit(read_page, 5_000, lambda n: in_page("<div>x " * n)),
    "inline elements beside the article": Unit(
        read_page, 5_000, lambda n: in_page("") + "<div>" + "<i>x</i> y " * n + "</div>"
    ),
    "line breaks in a paragraph": Unit(read_page, 5_000, lambda n: in_page(f"<p>{'some words<br>' * n}</p>")),
    "bare text between blocks": Unit(read_page, 5_000, lambda n: in_page("<div>" + "x y z<p>a b c</p>" * n)),
    "footnote marks": Unit(
        read_page, 2_500, lambda n: in_page("<p>" + "a word<sup><a href='#1'>1</a></sup> and " * n + "</p>")
    ),
    "custom elements in a paragraph": Unit(
        read_page, 5_000, lambda n: in_page("<p>" + "<x-y>word</x-y> and " * n + "</p>")
    ),
    "attributes": Unit(
        read_page,
        10_000,
        lambda n: in_page("<p " + " ".join(f"a{at}='{at}'" for at in range(n)) + ">A few words.</p>"),
    ),
    "attributes over many elements": Unit(
        read_page,
        2_000,
        lambda n: in_page(("<p " + " ".join(f"a{at}='x'" for at in range(50)) + ">A few words.</p>") * n),
    ),
    "classes of an element": Unit(
        read_page,
        20_000,
        lambda n: in_page("<p class='" + " ".join(f"a{at}" for at in range(n)) + "'>Words.</p>"),
    ),
    "style rules and elements": Unit(
        read_page,
        2_000,
        lambda n: (
            "<style>"
            + "".join(f".a{at} .b{at}, p.c{at}{{display:none}}" for at in range(n))
            + "</style>"
            + in_page("<p class='a1 b1'>Some words here.</p>" * n)
        ),
    ),
    "rows of a table": Unit(
        read_page, 2_000, lambda n: in_page("<table>" + "<tr><td>one</td><td>two</td></tr>" * n + "</table>")
    ),
    "cells of a row": Unit(
        read_page, 5_000, lambda n: in_page("<table><tr>" + "<td>one</td>" * n + "</table>")
    ),
    "tables inside each other": Unit(read_page, 2_000, lambda n: in_page("<table><tr><td>x" * n)),
    "headings": Unit(read_page, 5_000, lambda n: in_page("<h2>A heading</h2>" * n)),
    "equal paragraphs": Unit(read_page, 5_000, lambda n: in_page("<p>The very same words again.</p>" * n)),
    "a line without spaces": Unit(read_page, 500_000, lambda n: in_page(f"<p>{'a' * n}</p>")),
    "a line of figures": Unit(read_page, 100_000, lambda n: in_page(f"<p>{'1,' * n}</p>")),
    "a line of full stops": Unit(read_page, 100_000, lambda n: in_page(f"<p>{'.' * n}</p>")),
    "a line of spaces": Unit(read_page, 500_000, lambda n: in_page(f"<p>a{'&nbsp;' * n}b</p>")),
    "a long title": Unit(read_page, 100_000, lambda n: f"<title>{'a - ' * n}</title>" + in_page("")),
    "a long description": Unit(
        read_page, 100_000, lambda n: f"<meta name='author' content='{'by a, ' * n}'>" + in_page("")
    ),
    "JSON-LD nested": Unit(
        read_page,
        20_000,
        lambda n: f"<script type='application/ld+json'>{'[' * n}{']' * n}</script>" + in_page(""),
    ),
    "JSON-LD objects": Unit(
        read_page,
        20_000,
        lambda n: (
            "<script type='application/ld+json'>["
            + ",".join(['{"@type":"NewsArticle","headline":"T","author":{"name":"A B"}}'] * n)
            + "]</script>"
            + in_page("")
        ),
    ),
    "JSON-LD digits": Unit(
        read_page,
        20_000,
        lambda n: f'<script type="application/ld+json">{{"a":{"1" * n}}}</script>' + in_page(""),
    ),
    "entities": Unit(read_page, 200_000, lambda n: in_page(f"<p>{'&amp;' * n}</p>")),
    "comments never closed": Unit(read_page, 100_000, lambda n: in_page("<!-- a " * n)),
    "tags never closed": Unit(read_page, 100_000, lambda n: in_page("<a " * n)),
    "plain lines": Unit(read_plain, 20_000, lambda n: "A line of some words.\n" * n),
    "a plain line": Unit(read_plain, 100_000, lambda n: "word " * n),
    "a plain line without spaces": Unit(read_plain, 500_000, lambda n: f"{TEXT} " * 20 + "a" * n),
    # Feeds
    "a long author": Unit(read_feed, 50_000, lambda n: in_entry(f"<author>{'a(' * n}</author>")),
    "a long author with @": Unit(read_feed, 50_000, lambda n: in_entry(f"<author>{'a.' * n}@b</author>")),
    "categories": Unit(
        read_feed, 5_000, lambda n: in_entry("".join(f"<category>c{at}</category>" for at in range(n)))
    ),
    "elements inside each other": Unit(read_feed, 5_000, lambda n: in_entry("<b>" * n + "</b>" * n)),
    "XHTML inside each other": Unit(
        read_feed,
        5_000,
        lambda n: (
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><title>A</title>"
            "<link href='https://site.example/1'/><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
            + "<b>" * n
            + "x"
            + "</b>" * n
            + "</div></content></entry></feed>"
        ),
    ),
    "media elements": Unit(
        read_feed,
        5_000,
        lambda n: in_entry(
            "<media:content url='https://site.example/p.jpg'/><media:credit>x</media:credit>" * n
        ),
    ),
    "enclosures": Unit(
        read_feed,
        5_000,
        lambda n: in_entry("<enclosure url='https://site.example/p.mp3' type='audio/mpeg'/>" * n),
    ),
    "descriptions": Unit(read_feed, 5_000, lambda n: in_entry("<description>some words</description>" * n)),
    "entries": Unit(
        read_feed,
        2_000,
        lambda n: in_entry(
            "</item>" + "<item><title>x</title><link>https://site.example/c</link></item>" * n + "<item>"
        ),
    ),
    "attributes of an element": Unit(
        read_feed, 5_000, lambda n: in_entry("<x " + " ".join(f"a{at}='1'" for at in range(n)) + "/>")
    ),
    "namespaces": Unit(
        read_feed,
        5_000,
        lambda n: in_entry("".join(f"<x xmlns:a{at}='http://n.example/{at}'/>" for at in range(n))),
    ),
    "namespaces inside each other": Unit(
        read_feed,
        2_000,
        lambda n: in_entry(
            "".join(f"<x xmlns:a{at}='http://n.example/{at}'>" for at in range(n)) + "</x>" * n
        ),
    ),
    "CDATA sections": Unit(
        read_feed, 20_000, lambda n: in_entry("<description>" + "<![CDATA[a]]>" * n + "</description>")
    ),
    "character references": Unit(
        read_feed, 50_000, lambda n: in_entry("<description>" + "&#97;" * n + "</description>")
    ),
    "an entry's title of tags": Unit(
        read_feed, 50_000, lambda n: in_entry(f"<title>{'&lt;b&gt;' * n}</title>")
    ),
    "links of an entry's text": Unit(
        read_feed,
        5_000,
        lambda n: in_entry(
            f"<description><![CDATA[{'<a href=https://site.example/x>a b</a> ' * n}]]></description>"
        ),
    ),
    "inline elements of an entry's text": Unit(
        read_feed,
        5_000,
        lambda n: in_entry(f"<description><![CDATA[<p>{'<b>x</b> y ' * n}</p>]]></description>"),
    ),
    "tags never closed in a feed": Unit(read_feed, 50_000, lambda n: in_entry("<b " * n)),
    "angles in a feed": Unit(read_feed, 100_000, lambda n: in_entry("<" * n)),
    "ampersands in a feed": Unit(read_feed, 100_000, lambda n: in_entry("&" * n)),
    "declarations in a feed": Unit(read_feed, 50_000, lambda n: "<!DOCTYPE x [" * n + in_entry("")),
    "a date's figures": Unit(read_feed, 100_000, lambda n: in_entry(f"<pubDate>{'1' * n}</pubDate>")),
    "a date's words": Unit(read_feed, 50_000, lambda n: in_entry(f"<pubDate>{'Mon, ' * n}</pubDate>")),
    "JSON items": Unit(
        read_feed,
        5_000,
        lambda n: json.dumps({"version": "1", "items": [{"id": str(at), "url": URL} for at in range(n)]}),
    ),
    "JSON feed cut short": Unit(
        read_feed,
        5_000,
        lambda n: json.dumps({"version": "1", "items": [{"id": str(at), "url": URL} for at in range(n)]})[
            :-2
        ],
    ),
    "JSON nested": Unit(read_feed, 20_000, lambda n: '{"version":"1","items":' + "[" * n + "]" * n + "}"),
    # Claims and texts
    "claim of figures": Unit(read_long_claim, 1_000, lambda n: " ".join(f"{at} km" for at in range(n))),
    "text of figures": Unit(read_long_text, 5_000, lambda n: " ".join(f"{at} km." for at in range(n))),
    "claim and text of names": Unit(
        read_claim, 500, lambda n: " ".join(f"Anna{at} Berg{at} met" for at in range(n))
    ),
    "claim and text of dates": Unit(
        read_claim, 500, lambda n: " ".join(f"on {1 + at % 28} May {1900 + at % 120}," for at in range(n))
    ),
    "claim and text of quotes": Unit(read_claim, 500, lambda n: "He said “it is so”. " * n),
    "text without spaces": Unit(read_long_text, 100_000, lambda n: "a" * n),
    "text without stops": Unit(read_long_text, 20_000, lambda n: "the port and " * n),
    "claim without spaces": Unit(read_long_claim, 20_000, lambda n: "a" * n),
    "claim of hyphens": Unit(read_long_claim, 2_000, lambda n: "a-" * n),
}


def seconds_of(unit: Unit, size: int) -> float:
    """Read an input in a process of its own; gives infinity where that is not through in time."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_read, args=(theirs, unit, size))
    process.start()
    theirs.close()
    try:
        return float(ours.recv()) if ours.poll(MAX_S) else float("inf")
    except EOFError:
        return float("inf")
    finally:
        process.kill()
        process.join()


def _read(pipe: Connection, unit: Unit, size: int) -> None:
    body = unit.make(size)
    started = time.perf_counter()
    with suppress(ItemError):
        unit.use(body)
    pipe.send(time.perf_counter() - started)


def main() -> None:
    """Measure the units whose names hold one of the words given, or all."""
    # What is loaded at the first use is not the first input's time.
    read_page(in_page(""))
    read_feed(in_entry("<description>" + "some words " * 200 + "</description>"))
    read_claim("It opened.")
    show = sys.stdout.write
    show("| input | n | n | 2n | 4n | growth a doubling | |\n|---|---:|---:|---:|---:|---:|---|\n")
    for name, unit in UNITS.items():
        if sys.argv[1:] and not any(word in name for word in sys.argv[1:]):
            continue
        seconds = [seconds_of(unit, unit.size * times) for times in (1, 2, 4)]
        growth = [later / max(earlier, 1e-4) for earlier, later in pairwise(seconds)]
        is_marked = seconds[-1] > LEAST_S and growth[-1] > MARKED
        shown = " | ".join("over" if each == float("inf") else f"{each:.2f} s" for each in seconds)
        show(
            f"| {name} | {unit.size:,} | {shown} | {growth[0]:.1f}, {growth[1]:.1f} "
            f"| {'grows faster than the input' if is_marked else ''} |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
