"""What of a feed is an entry's own: its link among several, whole, and nothing of the blocks inside it."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.parse import parse_feed
from digest.records import FeedEntry, ParsedFeed

URL = "https://s.example/blog/feed.xml"
DATE = "<pubDate>Thu, 26 Nov 2026 08:00:00 GMT</pubDate>"
UPDATED = "<updated>2026-11-26T08:00:00Z</updated>"
XHTML = "xmlns='http://www.w3.org/1999/xhtml'"
MOMENT = datetime(2026, 11, 26, 8, tzinfo=UTC)
NAMESPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:atom='http://www.w3.org/2005/Atom' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:y='http://news.yandex.ru'"
)


def parse(body: str, *, language: str = "en", url: str = URL) -> ParsedFeed:
    return parse_feed(body.encode(), url=url, language=language)


def rss(items: str) -> str:
    return f"<rss version='2.0' {NAMESPACES}><channel><title>T</title><link>/</link>{items}</channel></rss>"


def atom(entries: str, attributes: str = "") -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {attributes}><title>T</title>{entries}</feed>"


def urls(body: str, *, language: str = "en") -> list[str]:
    return [entry.url.removeprefix("https://s.example") for entry in parse(body, language=language).entries]


def only(body: str) -> FeedEntry:
    (entry,) = parse(body).entries
    return entry


# -- the cases -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "url", "wanted"),
    [
        (
            "feed-xml-base",
            "http://127.0.0.1:8701/blog/feed.xml",
            [f"/blog/2026/11/{end}.html" for end in ("22/seaweed", "21/library", "20/quay")],
        ),
        ("feed-related-links", "http://127.0.0.1:8702/feed.xml", ["/news/clinic.html", "/news/vines.html"]),
        ("feed-alternates", "http://127.0.0.1:8704/feed.xml", [f"/ok/{number}" for number in range(1, 9)]),
    ],
)
def test_the_cases_give_the_entries_own_addresses(
    dev_data: Path, case: str, url: str, wanted: list[str]
) -> None:
    body = (dev_data.parent / "cases" / case / "feed.xml").read_bytes()
    parsed = parse_feed(body, url=url, language="en")
    assert [entry.url.partition(":87")[2][2:] for entry in parsed.entries] == wanted


# -- blocks inside entries -----------------------------------------------------------------------------------

BLOCKS = [
    "<y:related><link url='/no'>No</link><link>/no</link></y:related>",
    "<relatedArticles><article><title>No</title><link>/no</link></article></relatedArticles>",
    "<media:group><link>/no</link><pubDate>Thu, 01 Jan 2004 08:00:00 GMT</pubDate></media:group>",
    "<media:group><media:content url='/no'><media:title>No</media:title><link>/no</link></media:content>"
    "</media:group>",
    "<media:related><link>/no</link><title>No</title><guid>/no</guid></media:related>",
    "<source><title>No</title><link>/no</link><pubDate>Thu, 01 Jan 2004 08:00:00 GMT</pubDate></source>",
    "<atom:source><atom:link href='/no'/><atom:updated>2004-01-01T08:00:00Z</atom:updated></atom:source>",
    "<related><item><title>No</title><link>/no</link></item></related>",
    "<item><title>No</title><link>/no</link></item>",
    "<x><y><z><link>/no</link><dc:date>2004-01-01</dc:date></z></y></x>",
    "<related xmlns='http://o.example/'><link>/no</link></related>",
    "<y:content><link>/no</link></y:content>",
    "<image><url>/no.png</url><title>No</title><link>/no</link></image>",
    "<author><name>Ann</name><link>/no</link></author>",
    "<link xmlns='http://o.example/'>/no</link>",
    "<atom:link rel='related' href='/no'/>",
    "<link rel='related'>/no</link>",
]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_block_inside_an_entry_gives_it_neither_link_nor_date_nor_title(block: str, is_first: bool) -> None:
    own = f"<title>Own</title><link>/own</link>{DATE}"
    entry = only(rss(f"<item>{block if is_first else ''}{own}{'' if is_first else block}</item>"))
    assert (entry.url, entry.title, entry.published) == ("https://s.example/own", "Own", MOMENT)


@pytest.mark.parametrize("block", BLOCKS)
def test_an_entry_without_a_link_takes_none_of_a_block(block: str) -> None:
    entry = only(rss(f"<item><title>Own</title>{block}</item>"))
    assert (entry.url, entry.published) == ("", None)


ATOM_BLOCKS = [
    "<source><title>No</title><link href='/no'/><updated>2004-01-01T08:00:00Z</updated></source>",
    "<entry><title>No</title><link href='/no'/><updated>2004-01-01T08:00:00Z</updated></entry>",
    "<content type='application/atom+xml'><entry><link href='/no'/><title>No</title></entry></content>",
    "<link rel='replies' href='/no'><x:inline xmlns:x='u'><feed><entry><link href='/no'/></entry></feed>"
    "</x:inline></link>",
]


@pytest.mark.parametrize("block", ATOM_BLOCKS)
@pytest.mark.parametrize("is_first", [True, False])
def test_atoms_sources_and_inner_entries_are_not_the_entrys_own(block: str, is_first: bool) -> None:
    own = f"<title>Own</title><link href='/own'/>{UPDATED}"
    body = atom(f"<entry>{block if is_first else ''}{own}{'' if is_first else block}</entry>")
    entry = only(body)
    assert (entry.url, entry.title, entry.published) == ("https://s.example/own", "Own", MOMENT)


@given(st.lists(st.sampled_from(BLOCKS), max_size=4), st.lists(st.sampled_from(BLOCKS), max_size=4))
def test_any_blocks_round_entries_change_nothing(before: list[str], after: list[str]) -> None:
    items = "".join(
        f"<item>{''.join(before)}<title>{number}</title><link>/{number}</link>{DATE}{''.join(after)}</item>"
        for number in range(3)
    )
    parsed = parse(rss(items))
    assert [(entry.url, entry.title, entry.published) for entry in parsed.entries] == [
        (f"https://s.example/{number}", str(number), MOMENT) for number in range(3)
    ]


def test_entries_in_a_block_of_the_channel_are_not_the_feeds() -> None:
    block = "<related><item><link>/no</link></item></related>"
    assert urls(rss(f"{block}<item><link>/own</link></item>")) == ["/own"]
    assert urls(rss("<items><item><link>/own</link></item></items>")) == ["/own"]


def test_an_entry_that_is_the_whole_document_is_read_too() -> None:
    own = f"<title>A</title><link href='/own'/>{UPDATED}"
    assert urls(f"<entry xmlns='http://www.w3.org/2005/Atom'><entry/>{own}</entry>") == ["/own"]


def test_an_empty_entry_inside_another_takes_nothing_of_it() -> None:
    assert urls(rss("<item><item/><link>/own</link></item><item><link>/2</link></item>")) == [
        "/own",
        "",
        "/2",
    ]


def test_texts_with_markup_and_persons_and_media_texts_stay() -> None:
    entry = only(
        atom(
            f"<entry><title type='xhtml'><div {XHTML}>A <em>title</em></div></title>"
            "<author><name>Ann</name><email>a@e.example</email></author>"
            f"<content type='xhtml'><div {XHTML}><p>One <a href='/p'>two</a> three.</p>"
            "</div></content><source><title>No</title></source></entry>"
        )
    )
    assert (entry.title, entry.author.partition(" ")[0]) == ("A title", "Ann")
    assert "One <a href=" in entry.body_html
    group = (
        "<media:group><media:title>V</media:title><media:description>Words</media:description></media:group>"
    )
    assert only(rss(f"<item><title>Own</title>{group}</item>")).body_html == "Words"


# -- alternates ----------------------------------------------------------------------------------------------


def alternates(*languages: str, kind: str = "text/html") -> str:
    links = "".join(
        f"<link rel='alternate' type='{kind}' href='/{language or 'none'}'"
        + (f" hreflang='{language}'/>" if language else "/>")
        for language in languages
    )
    return atom(f"<entry><title>A</title>{links}</entry>")


@pytest.mark.parametrize(
    ("languages", "wanted"),
    [
        (("en", "fr"), "/en"),
        (("fr", "en"), "/en"),
        (("fr", "de", "en-GB"), "/en-GB"),
        (("en-US", "en", "fr"), "/en"),
        (("en-US", "en-GB"), "/en-US"),
        (("fr", "EN_gb"), "/EN_gb"),
        (("fr", ""), "/none"),
        (("", "fr"), "/none"),
        (("", "en"), "/en"),
        (("fr", "x-default"), "/x-default"),
        (("x-default", "en"), "/en"),
        (("fr", "de"), "/fr"),
    ],
)
def test_of_alternates_the_newsletters_language_wins(languages: tuple[str, ...], wanted: str) -> None:
    assert urls(alternates(*languages)) == [wanted]


def test_the_newsletters_language_need_not_be_english() -> None:
    assert urls(alternates("en", "fr-CA", "de"), language="fr") == ["/fr-CA"]
    item = (
        "<item><link>/fr</link><atom:link rel='alternate' hreflang='fr' href='/fr'/>"
        "<atom:link rel='alternate' hreflang='en' href='/en'/></item>"
    )
    assert (urls(rss(item)), urls(rss(item), language="fr")) == (["/en"], ["/fr"])


def test_the_language_around_a_link_is_its_own_where_it_names_none() -> None:
    links = "<link href='/own'/><link hreflang='en-GB' href='/no'/>"
    assert urls(atom(f"<entry xml:lang='en'><title>A</title>{links}</entry>")) == ["/own"]
    assert urls(atom(f"<entry><title>A</title>{links}</entry>", "xml:lang='fr'")) == ["/no"]


def test_what_cannot_be_read_comes_last_and_is_taken_where_there_is_nothing_else() -> None:
    json_en = "<link hreflang='en' type='application/json' href='/no.json'/>"
    pdf_en = "<link hreflang='en' type='application/pdf' href='/en.pdf'/>"
    page_fr = "<link hreflang='fr' href='/fr'/>"
    assert urls(atom(f"<entry>{json_en}{page_fr}</entry>")) == ["/fr"]
    assert urls(atom(f"<entry>{page_fr}{pdf_en}</entry>")) == ["/en.pdf"]
    assert urls(atom(f"<entry>{pdf_en}</entry>")) == ["/en.pdf"]


# -- bases ---------------------------------------------------------------------------------------------------


def test_each_address_is_resolved_against_the_bases_around_it_and_no_other() -> None:
    parsed = parse(
        atom(
            "<link href='.'/>"
            "<entry xml:base='2026/'><title>1</title><link xml:base='11/' href='a'/>"
            "<content type='html' xml:base='c/'>"
            '&lt;a href="b"&gt;x&lt;/a&gt;</content></entry>'
            f"<entry><title>2</title><link href='a'/><content type='xhtml'><div {XHTML} "
            "xml:base='//o.example/q/'><a href='b'>x</a><a href='#n'>n</a></div></content></entry>"
            "<entry xml:base='/top/'><title>3</title><link href='?p=3'/></entry>"
            "<entry xml:base='https://o.example/x/y'><title>4</title><link href='z'/></entry>"
            "<entry><title>5</title><link href='https://E.example:443/a/../b#'/></entry>",
            "xml:base='/root/'",
        )
    )
    assert parsed.site == "https://s.example/root/"
    assert [entry.url for entry in parsed.entries] == [
        "https://s.example/root/2026/11/a",
        "https://s.example/root/a",
        "https://s.example/top/?p=3",
        "https://o.example/x/z",
        "https://E.example:443/a/../b#",
    ]
    assert 'href="https://s.example/root/2026/c/b"' in parsed.entries[0].body_html
    assert 'href="https://o.example/q/b"' in parsed.entries[1].body_html
    assert 'href="#n"' in parsed.entries[1].body_html


def test_rss_has_bases_too_and_a_base_that_is_no_web_address_is_none() -> None:
    items = "<item xml:base='a/'><link>1</link></item><item><link>2</link></item>"
    items += "<item xml:base='javascript:x'><link>3</link></item>"
    assert urls(rss(items)) == ["/blog/a/1", "/blog/2", "/blog/3"]


@given(st.lists(st.sampled_from(["", "a/", "b/c/", "/d/", "https://s.example/e/", "../"]), max_size=6))
def test_no_entrys_base_holds_for_another(bases: list[str]) -> None:
    def entry(base: str) -> str:
        return f"<entry{f' xml:base={base!r}' if base else ''}><link href='x'/></entry>"

    assert urls(atom("".join(map(entry, bases)))) == [urls(atom(entry(base)))[0] for base in bases]


@pytest.mark.parametrize(
    "body",
    [
        atom("<entry>" + "<x><link href='/no'/></x>tail" * 40_000 + "</entry>"),
        atom("<entry>" + "<link href='a' hreflang='fr'/>" * 40_000 + "</entry>", "xml:base='b/'"),
        atom(("<x xml:base='" + "a/" * 2_000 + "'>") * 200 + "<entry/>" + "</x>" * 200),
        atom("<x xml:base='b/'>" * 900 + "<entry><link href='a'/></entry>" * 4_000 + "</x>" * 900),
        atom("<entry>" * 900 + "</entry>" * 900),
        rss("<item>" + "<item/>" * 8_000 + "</item>"),
        rss("<item><media:group>" + "<x/>" * 80_000 + "</media:group></item>"),
        rss("<item><pubDate>" + "9 " * 40 + "</pubDate></item>"),
        rss("<item><pubDate>" + "2026 " * 100_000 + "</pubDate></item>"),
        rss("<item>" + "".join(f"<q{number}:a/>" for number in range(10_000)) + "</item>"),
    ],
)
def test_shapes_no_feed_has_end_soon(body: str) -> None:
    started = time.process_time()
    with suppress(FeedError):
        parse(body)
    assert time.process_time() - started < 5


# -- feeds that are not well-formed --------------------------------------------------------------------------


def test_a_feed_that_is_cut_short_is_known_as_such_and_its_whole_entries_are_read_as_ever() -> None:
    body = rss("".join(f"<item>{BLOCKS[0]}<link>/{number}</link></item>" for number in range(3)))
    parsed = parse(body[: body.index("<link>/2") + 5])
    assert parsed.is_cut
    assert parsed.problem.startswith("not well-formed")
    assert [entry.url for entry in parsed.entries] == ["https://s.example/0", "https://s.example/1"]
    assert not parse(body).is_cut
    assert not parse(body.replace("<title>T</title>", "<title>T</titel>")).is_cut
    assert parse('{"items": [{"url": "/0"}, {"url": "/').is_cut
    assert parse(rss("<item><link>/0")[:-20]).entries == ()


def test_prefixes_that_a_feed_forgets_to_declare_are_known() -> None:
    body = (
        "<rss version='2.0'><channel><item><link>/own</link><yandex:related><link>/no</link></yandex:related>"
        "<media:group><link>/no</link></media:group><content:encoded>&lt;p&gt;Words&lt;/p&gt;</content:encoded>"
        "</item></channel></rss>"
    )
    entry = only(body)
    assert (entry.url, entry.body_html) == ("https://s.example/own", "<p>Words</p>")
