"""Hostile strings in every field of feeds and pages come through the whole batch harmless."""

import html
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from few_patterns import write_few_patterns
from forked import typed_apart
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from pytest_httpserver import HTTPServer

from digest.issues.pages import admit, read_entry

pytestmark = pytest.mark.slow

OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "`code` **bold** _under_ ~~gone~~",
    "| a | b |\n|---|---|",
    "--- \n# Heading\n* bullet",
    "\u202egnirts esrever\u202c",
    "A\x00B\x1b[31mC\x07",
    "&lt;b&gt; &amp;amp; &#106;avascript:",
    "$(rm -rf /) ${jndi:ldap://127.0.0.1/a} {{ 7*7 }} {% raw %}",
    "../../../../etc/passwd",
    "status: approved\n---\n",
]

NOUNS = """
harbour bridge kiln bakery orchard tram clinic school library meadow quarry ferry market museum
theatre dairy forest glacier prison airport canal vineyard reactor mine mill tunnel stadium hospital
nursery cinema garden barracks brewery chapel cannery depot embassy foundry granary hostel inn jetty
kennel laundry marina observatory pharmacy quay rink sawmill tannery university vault workshop zoo
aquarium bank castle dam
"""
VERBS = "closed bought replaced sold moved repaired banned opened insured painted rented flooded"
SYLLABLES = "ka ro mi tel vas nor dun pel gri sol bra fen hal jor lum"


@pytest.fixture
def strings(request: pytest.FixtureRequest) -> list[str]:
    try:
        folder: Path = request.getfixturevalue("dev_data")
    except pytest.skip.Exception:
        return OWN
    naughty = json.loads((folder / "hostile" / "blns.json").read_text("utf-8"))
    return OWN + [each for each in naughty if each.strip()]


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer("127.0.0.1", 0) as served:
        yield served


def page(string: str, number: int) -> str:
    text = html.escape(string)
    return (
        f"<html><head><title>{text}</title><meta name='author' content=\"{text}\">"
        f"<meta property='og:site_name' content=\"{text}\"></head><body><article><h1>{text}</h1>"
        f"<p>Port {number} opened. {paragraphs(number)}</p><p>{text}</p><p>{string}</p></article>"
        "</body></html>"
    )


def rss(server: HTTPServer, strings: list[str]) -> str:
    items = "".join(
        f"<item><title><![CDATA[{clean(string).replace(']]>', '')}]]></title>"
        f"<link>{server.url_for(f'/{number}')}</link>"
        f"<guid>{html.escape(clean(string))}{number}</guid><author>{html.escape(clean(string))}</author>"
        f"<category>{html.escape(clean(string))}</category>"
        f"<description>{html.escape(clean(string))}</description></item>"
        for number, string in enumerate(strings)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>{html.escape('<b>Feed</b> | [x](javascript:1)')}</title>"
        f"<link>javascript:alert(1)</link>{items}"
        "</channel></rss>"
    )


def clean(string: str) -> str:
    """What XML 1.0 can carry at all."""
    return "".join(
        each for each in string if each in "\t\n" or (" " <= each <= "\ud7ff") or "\ue000" <= each <= "\ufffd"
    )


def digest(folder: Path, *words: str) -> None:
    done = typed_apart(folder, *words)
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_hostile_strings_come_through_harmless(
    server: HTTPServer, strings: list[str], tmp_path: Path
) -> None:
    # Pages whose text is the same are copies: each has a title of its own, so every fourth string is enough.
    chosen = OWN + strings[len(OWN) :: 4]
    server.expect_request("/rss").respond_with_data(
        rss(server, chosen).encode("utf-8", "replace"), content_type="application/rss+xml"
    )
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    for number, string in enumerate(chosen):
        server.expect_request(f"/{number}").respond_with_data(
            page(string, number).encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
        )
    write_few_patterns(tmp_path)
    (tmp_path / "feeds.yaml").write_text(
        "settings: {allow_hosts: [127.0.0.0/8], delay_s: 0, per_host: 20,"
        " articles_per_feed_first_run: 1000}\n"
        f"feeds: ['{server.url_for('/rss')}']\n"
    )
    digest(tmp_path, "run", "--since", "all")
    digest(tmp_path, "draft", "approve", "--all")
    digest(tmp_path, "publish")

    entries = sorted((tmp_path / "output" / "entries").glob("*"))
    assert len(entries) > len(chosen) / 2
    assert all(len(path.stem) == 32 and path.suffix == ".md" for path in entries)
    for path in (tmp_path / "output").rglob("*.md"):
        check_markdown(path.read_text("utf-8"), path)
    for path in (tmp_path / "output").rglob("*.html"):
        if path.name.endswith(".email.html"):
            check_html(path.read_text("utf-8"), ELEMENTS | {"span"}, ATTRIBUTES | LAYOUT)
        else:
            check_html(path.read_text("utf-8"), ELEMENTS | FRAME, ATTRIBUTES | SAID | DRAWN)
    check_feeds(tmp_path / "output")
    titles = {read_entry(path.read_text("utf-8")).title for path in entries}
    assert titles == {admit(title) for title in titles}
    known = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert known == {"feeds.yaml", "output", "prompts"}


def paragraphs(number: int) -> str:
    """Text about something of its own: pages that say the same would be copies, or one story."""
    chance = random.Random(number)

    def name() -> str:
        return "".join(chance.choices(SYLLABLES.split(), k=3)).capitalize()

    town = name()
    nouns = chance.sample(NOUNS.split(), 16)
    sentences = []
    for at in range(15):
        verb = chance.choice(VERBS.split())
        year = 1900 + at * number
        sentences.append(f"The {nouns[at]} of {town} {verb} a {nouns[at + 1]} with {name()} in {year}.")
    return " ".join(sentences)


ELEMENTS = {
    *("body", "div", "article", "h1", "h2", "h3", "p", "a", "br", "ul", "li", "strong", "em", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""What an issue is made of where no editor wrote anything."""


ATTRIBUTES = {"href", "rel", "class", "id"}

FRAME = {
    *("header", "main", "nav", "section", "footer", "details", "summary", "figure", "span", "ol"),
    *("form", "label", "input", "noscript", "script", "svg", "text", "path", "circle", "rect", "title"),
}
"""What the program's own pages have around it: contents, drawings, a search."""

SAID = {
    *("aria-label", "data-label", "role", "tabindex", "open", "scope", "for", "type", "autocomplete"),
    *("spellcheck", "src"),
}
DRAWN = {
    *("xmlns", "viewbox", "font-family", "font-size", "font-weight", "fill", "fill-opacity", "stroke"),
    *("stroke-opacity", "stroke-dasharray", "x", "y", "cx", "cy", "r", "rx", "d", "width", "height"),
    "text-anchor",
}
OWN_SCRIPT = re.compile(r"search\.js|search/[0-9]{6}\.js")
"""Of the site's page of search."""

LAYOUT = {"style", "role", "width", "align", "border", "cellpadding", "cellspacing"}
"""What a mail has besides: its styles and its outer tables, which are the program's own."""


def check_html(text: str, elements: set[str] = ELEMENTS, attributes: set[str] = ATTRIBUTES) -> None:
    """Only the elements an issue is made of, and no address that runs something."""
    root = lxml_html.document_fromstring(text)
    body = root.find("body")
    assert body is not None
    assert {each.tag for each in body.iter()} <= elements
    for each in body.iter():
        assert {name.lower() for name in each.attrib} <= attributes
        assert "src" not in each.attrib or each.tag == "script"
        assert not each.get("href", "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
    for script in root.findall(".//script"):
        assert OWN_SCRIPT.fullmatch(script.get("src", ""))
        assert not script.text


def check_feeds(output: Path) -> None:
    """Both are feeds, and what they hold is as harmless as a page."""
    feed = feedparser.parse((output / "feed.xml").read_bytes())
    assert not feed.bozo
    items = json.loads((output / "feed.json").read_text("utf-8"))["items"]
    assert len(items) == len(feed.entries) == 1
    check_html(f"<html><body>{items[0]['content_html']}</body></html>")


def check_markdown(text: str, path: Path) -> None:
    """No raw HTML, no link that runs something, no control character: also where raw HTML is let through."""
    assert not [each for each in text if each < " " and each not in "\n\t"], path
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), path
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    for token in parser.parse(body):
        for each in (token, *(token.children or ())):
            assert each.type not in ("html_block", "html_inline"), (path, each.content)
            target = str(each.attrs.get("href") or each.attrs.get("src") or "")
            assert not target.lower().startswith(("javascript:", "data:", "vbscript:", "file:")), path
