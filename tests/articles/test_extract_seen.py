"""What a reader sees of a page is its text: no more, no less, and no figure that is not there."""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.articles.extract import extract, extract_feed_text
from digest.records import Page

CASES = Path(os.environ.get("DIGEST_DEV_DATA", "")).parent / "cases"
needs_cases = pytest.mark.skipif(
    not (CASES / "page-sup").is_dir(), reason="DIGEST_DEV_DATA: no cases beside it"
)
URL = "https://news.example.com/2026/11/yard.html"
LONG = "The open words are read by all who come to the pier in the morning, said the council."
AROUND = (
    "The council voted on Tuesday to close the last coal quay by the spring of next year, after hearings.",
    "Coal ships brought in a third of the fees of the port, but hardly any last year, the treasurer said.",
    "In place of the quay the council wants a yard where turbine blades can be stored, turned and loaded.",
    "The union said that many of its members work on the quay and that only half of them hold a licence.",
    "A training course is to begin in the old customs house in March, paid for by two large companies.",
    "Hotel owners on the north shore welcomed the end of the dust, though they fear that loading is loud.",
    "A ferry to the island is to stop at the new pier from May, twice a day, and carry bicycles and carts.",
)


def html(middle: str, head: str = "", article: str = "<article>") -> str:
    before = "".join(f"<p>{each}</p>" for each in AROUND[:3])
    after = "".join(f"<p>{each}</p>" for each in AROUND[3:])
    return (
        f"<!doctype html><html><head><title>Quay closes</title>{head}</head>"
        "<body><nav><a href=/>Home</a></nav>"
        f"{article}<h1>Quay closes</h1>{before}{middle}{after}</article></body></html>"
    )


def from_page(source: str) -> str:
    body = source.encode()
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return extract(Page(URL, URL, 200, (("content-type", "text/html; charset=utf-8"),), body, at)).text


def from_feed(source: str) -> str:
    return extract_feed_text(source, url=URL).text


def from_json_ld(source: str) -> str:
    claims = {
        "@type": "NewsArticle",
        "headline": "Quay closes",
        "articleBody": source.partition("</head>")[2] * 3,
    }
    script = json.dumps(claims).replace("</", "<\\/")
    return from_page(f'<html><script type="application/ld+json">{script}</script><p>{AROUND[0]}</p></html>')


ways = pytest.mark.parametrize("read", [from_page, from_feed, from_json_ld])
pages_and_feeds = pytest.mark.parametrize("read", [from_page, from_feed])
Read = Callable[[str], str]


@ways
@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ('In 2015<sup><a href="#f1">1</a></sup>, it fell.', "In 2015, it fell."),
        (
            'In 2015.<a class="footnote-anchor" href="https://n.example/p/a#footnote-1-82">15</a> It fell.',
            "In 2015. It fell.",
        ),
        ('In 2015<a href="#f1"><sup>1</sup></a> it fell.', "In 2015 it fell."),
        ('In 2015<a class="fn" href="#f1">1</a> it fell.', "In 2015 it fell."),
        ('In 2015<span style="vertical-align: super">1</span> it fell.', "In 2015 it fell."),
        (
            "In 2015<sup>[3]</sup><sup>*</sup> it fell by 9<sup>2</sup> per cent.",
            "In 2015 it fell by 9 per cent.",
        ),
        ("In <b>2015</b><sup>7</sup> it fell by 41<sup>4,5</sup> million.", "In 2015 it fell by 41 million."),
        ("It is 10<sup>6</sup> wide and 4 × 10<sup>-3</sup> high.", "It is 10⁶ wide and 4 × 10⁻³ high."),
        ("There are 2<sup>64</sup> keys, and 2<sup>8</sup> = 256.", "There are 2⁶⁴ keys, and 2⁸ = 256."),
        ("It grew 3<sup>1</sup>/<sub>2</sub> times for $19<sup>99</sup>.", "It grew 3 1/2 times for $19.99."),
        ("The number 1010<sub>2</sub> is ten in all.", "The number 1010₂ is ten in all."),
        ("It has CO<sub>2</sub>, 35 m<sup>2</sup>, the 5<sup>th</sup>.", "It has CO2, 35 m2, the 5th."),
        ("The <sup>14</sup>C in it was x<sup>2</sup> high.", "The 14C in it was x² high."),
        ("It is 2<sup>10</sup>24, or 7<sup>9</sup>41.", "It is 2¹⁰24, or 7⁹41."),
        ("It is 3<b><sup>9</sup></b><i>24</i> and 2<sup>7</sup> 24.", "It is 3⁹24 and 2⁷ 24."),
        ("It is 5 <sup>9</sup>24 and 2015<sup><a href='#n'>9</a></sup>.", "It is 5 9 24 and 2015."),
        ("It is 2<sup>10<sup>24</sup></sup> and 3<sup>4<sup>5</sup></sup>.", "It is 2^10²⁴ and 3^4⁵."),
        ("It is 10<sup>3.5</sup>, 10<sup>-3.5</sup>, 2<sup>n+1</sup>.", "It is 10^3.5, 10^-3.5, 2^n+1."),
        ("It is $19<sup>.99</sup> and 2<sub>10</sub>24.", "It is $19.99 and 2₁₀24."),
        (
            "It is <math><msup><mn>2</mn><mrow><mn>3</mn><mo>.</mo><mn>5</mn></mrow></msup><mn>24</mn>"
            "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>.",
            "It is 2^3.5 24x₁².",
        ),
    ],
)
def test_raised_and_lowered_text_makes_no_new_figure(read: Read, written: str, seen: str) -> None:
    assert seen in read(html(f"<p>{written} {AROUND[0]}</p>"))


@ways
@pytest.mark.parametrize(
    ("written", "head"),
    [
        ("<div hidden><p>secret words of it all.</p></div>", ""),
        ("<p>It is <span hidden=''>secret</span> so.</p>", ""),
        ("<div STYLE='color:red; Display : NONE !important'><p>secret words of it all.</p></div>", ""),
        ("<p style='visibility:hidden'>The secret words of it all are here.</p>", ""),
        ("<dialog><p>The secret words of it all are here.</p></dialog>", ""),
        ("<div popover><p>The secret words of it all are here.</p></div>", ""),
        ("<template><p>The secret words of it all are here.</p></template>", ""),
    ],
)
def test_hidden_text_is_not_of_the_article(read: Read, written: str, head: str) -> None:
    text = read(html(written, head))
    assert "secret" not in text
    assert AROUND[3] in text


@pytest.mark.parametrize(
    "sheet",
    [
        ".x{display:none}",
        "@import url(a.css); /* } */ a:hover{color:red} @media screen { h2, p.x { Visibility: hidden } }",
        "@media print{p{color:red}} #one{color:red;display:none!important}",
    ],
)
def test_what_the_page_itself_styles_away_is_hidden(sheet: str) -> None:
    text = from_page(html(f"<p class='y x' id=one>secret: {AROUND[0]}</p>", f"<style>{sheet}</style>"))
    assert "secret" not in text


def each_of(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


UNSEEN = each_of(
    """
    opacity:0|opacity: 0.0|opacity:0%|filter:opacity(0)|/* x */ opacity/* y */: 0|font-size:0
    |font-size: 0em|font:0/0 a|font: bold 0px Arial|font-size:1px|position:absolute;left:-9999px
    |POSITION:ABSOLUTE; LEFT:-999EM|position:fixed;top:-10000px
    |position: absolute !important; left: -9999px !important
    |position:absolute;inset:-9999px auto auto -9999px|text-indent:-9999px|margin-left:-9999px
    |margin:0 0 0 -999em|text-indent:100%;white-space:nowrap;overflow:hidden
    |position:absolute;clip:rect(0,0,0,0)|clip:rect(0 0 0 0)
    |position:absolute;clip:rect(1px,1px,1px,1px)|clip-path:inset(50%)|clip-path: inset(100%)
    |clip-path:circle(0)|clip-path:polygon(0 0,0 0,0 0)|width:1px;height:1px;overflow:hidden
    |width:0;height:0;overflow:hidden|height:0;overflow:hidden|transform:scale(0)
    |transform:translateX(-9999px)|color:transparent|color:#0000|color:rgba(0,0,0,0)
    """
)
SEEN = each_of(
    """
    opacity:0.9|opacity:.5|opacity:0;opacity:1|opacity:0;animation:in 1s forwards|font-size:10px
    |font-size:.8em|font-size:0;font-size:16px|font:16px/0 a|left:-9999px
    |position:static;left:-9999px|position:absolute;left:-10px|text-indent:-2em|text-indent:30px
    |clip:auto|position:static;clip:rect(0,0,0,0)|clip-path:none|clip-path:inset(0)
    |clip-path: inset(0 0 50% 0)|width:1px|height:0|width:100px;overflow:hidden|margin-left:-20px
    |transform:none|transform:translateX(-50%)|color:#000|color:#ff0000|color:rgba(0,0,0,.8)
    |color:transparent;background-clip:text|margin-bottom:-9999px;padding-bottom:9999px
    |max-height:0;overflow:hidden;transition:max-height .3s
    """
)


@pytest.mark.parametrize(
    ("style", "is_seen"), [*((each, False) for each in UNSEEN), *((each, True) for each in SEEN)]
)
def test_what_cannot_be_seen_is_hidden(style: str, is_seen: bool) -> None:
    said = "secret: the words that nobody at the pier will ever read at all, said the council."
    inline = (
        f'<p style="{style}">{said}</p>',
        f'<div style="{style}"><p>{said}</p></div>',
        f'<p>It is <span style="{style}">{said}</span> that was said.</p>',
    )
    for read in (from_page, from_feed, from_json_ld):
        assert [("secret" in read(html(each))) for each in inline] == [is_seen] * 3
    for sheet in (f".x{{{style}}}", f"h6,div.x,p.x{{{style}}}", f"@media screen{{#one{{{style}}}}}"):
        for tag in ("p", "div"):
            written = f'<{tag} id=one class="y x">{said}</{tag}>'
            assert ("secret" in from_page(html(written, f"<style>{sheet}</style>"))) == is_seen


def test_many_ways_of_hiding_on_one_page_are_all_seen_through() -> None:
    middle = "".join(f'<p style="{style}">secret {AROUND[0][:40]}</p>' for style in UNSEEN[::4])
    text = from_page(html(middle))
    assert "secret" not in text
    assert all(each in text for each in AROUND)


def test_what_a_sheet_hides_in_two_rules_or_shows_again_counts_as_it_ends() -> None:
    said = "<p class='x y'>open words of the pier that all can read in the morning.</p>"
    assert "open words" not in from_page(
        html(said, "<style>.x{position:absolute}.y{left:-9999px;top:auto}</style>")
    )
    assert "open words" in from_page(html(said, "<style>p.x.y{opacity:1}.x{opacity:0}</style>"))
    inner = (
        "<div style='font-size:0'><p style='font-size:16px'>open words of the pier in the morning.</p></div>"
    )
    assert "open words" in from_page(html(inner))


@pytest.mark.parametrize("style", ["opacity:0", "position:absolute;left:-9999px", "transform:scale(0)"])
def test_an_article_that_a_script_will_move_or_fade_in_is_no_loss(style: str) -> None:
    for written in (
        html("", article=f'<article style="{style}">'),
        html("", f"<style>p{{{style}}}</style>"),
    ):
        assert all(each in from_page(written) for each in AROUND)
    assert LONG in from_page(html(f'<div class="fade-in" style="opacity:0"><p>{LONG}</p></div>'))


@ways
def test_words_in_a_line_that_nothing_finds_are_hidden(read: Read) -> None:
    written = "<p>It is <span hidden='until-found'>secret</span> so, said the council of the town.</p>"
    assert "It is so, said the council" in " ".join(read(html(written)).split())


@pytest.mark.parametrize(
    ("written", "sheet"),
    [
        ("<p aria-hidden=true>{}</p>", ""),
        ("<p hidden=until-found>{}</p>", ""),
        ("<p hidden style='display:block'>{}</p>", ""),
        ("<details><summary>More on it</summary><p>{}</p></details>", ""),
        ("<p class=x>{}</p>", "@media print{.x{display:none}}"),
        ("<p class='x open'>{}</p>", ".x.open{display:block} .x{display:none}"),
    ],
)
def test_what_a_reader_can_see_stays(written: str, sheet: str) -> None:
    middle = written.format("The open words are read by all who come to the pier in the morning.")
    assert "open words are read by all" in from_feed(html(middle, f"<style>{sheet}</style>"))


@pytest.mark.parametrize(
    "article", ["<article hidden>", "<article style=display:none>", "<article class=wait>"]
)
def test_an_article_that_a_script_will_show_is_no_loss(article: str) -> None:
    text = from_page(html("", "<style>.wait{visibility:hidden}</style>", article))
    assert all(each in text for each in AROUND)


WRAPPERS = (
    *(
        "time",
        "label",
        "output",
        "button",
        "data",
        "abbr",
        "u",
        "s",
        "bdi",
        "bdo",
        "nobr",
        "person-card",
        "x-y-z",
    ),
    *(
        "span",
        "em",
        "strong",
        "b",
        "i",
        "code",
        "kbd",
        "samp",
        "var",
        "mark",
        "small",
        "cite",
        "dfn",
        "ins",
        "del",
    ),
    *("ruby", "font", "q", "tt", "big", "math", "slot", "del", "x-y-z"),
)
CLASSES = ("", ' class="share-button"', ' class="margin-toggle" id="caption"', ' aria-hidden="true"')
WORDS = ("harbour", "levy", "41", "crowns", "rose", "blade", "yard", "council", "spring", "tonnes")
pieces = st.tuples(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    st.sampled_from((None, *WRAPPERS)),
    st.sampled_from(CLASSES),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(pieces, min_size=2, max_size=6))
def test_no_word_inside_a_paragraph_is_missing(parts: list[tuple[str, str | None, str]]) -> None:
    written = " ".join(f"<{tag}{marks}>{said}</{tag}>" if tag else said for said, tag, marks in parts)
    seen = " ".join(said for said, _, _ in parts)
    source = html(f"<p>It was {written} in the end, the council said on Tuesday.</p>")
    expected = f"It was {seen} in the end, the council said on Tuesday."
    for read in (from_page, from_feed):
        assert expected in re.sub(r"[\"“”]", "", read(source))


def test_buttons_and_labels_that_are_no_part_of_a_sentence_go() -> None:
    text = from_page(
        html("<p><button>Share</button></p><div><button>Copy</button> <button>Print</button></div>")
    )
    assert not {"Share", "Copy", "Print"} & set(text.split())


@pytest.mark.parametrize(
    "order",
    [
        "<a href=/1><strong>{}</strong></a>",
        "<strong><a href=/1>{}</a></strong>",
        "<em><a href=/1>{}</a></em>",
    ],
)
def test_paragraphs_that_are_wholly_a_link_stay(order: str) -> None:
    said = (
        "The mayor wrote in a letter that the yard will be open to all who live near it.",
        "“None of the cranes,” she said, “will run at night.”",
        "The pier is closed.",
    )
    text = from_page(html("".join(f"<p>{order.format(each)}</p>" for each in said)))
    assert all(each in text for each in said)


@pytest.mark.parametrize(
    "written",
    [
        "<ul><li><a href=/1>{}</a></li></ul>",
        "<ul><li><a href=/1>{}</a></li><li><a href=/2>One more sentence of it, said the mayor.</a></ul>",
        "<ol><li><p><a href=/1>{}</a></p></li></ol>",
        "<div><ul class=list><li><strong><a href=/1>{}</a></strong></li></ul></div>",
        "<ul><li>A short one.</li><li><a href=/1>{}</a></li></ul>",
        "<ul><li>One of them.<ul><li><a href=/1>{}</a></li></ul></li></ul>",
        "<dl><dt>What it is</dt><dd><a href=/1>{}</a></dd></dl>",
        "<blockquote><a href=/1>{}</a></blockquote>",
        "<blockquote><p><a href=/1>{}</a></p></blockquote>",
        "<div><a href=/1>{}</a></div>",
    ],
)
def test_linked_sentences_in_lists_and_boxes_stay(written: str) -> None:
    said = "A list item that is a full sentence of the article, as the mayor said."
    assert from_page(html(written.format(said))).count(said) == 1


@pytest.mark.parametrize(
    "items",
    [
        ("Home page", "News of the day", "Sports", "Weather in the town"),
        ("Read more.", "See all news.", "Write to us!"),
        ("Council closes the last quay of the town", "Mayor says that the yard is open to all of us"),
        ("Home", "Sports", "Weather", "All that was said in the hall on Tuesday is found here."),
    ],
)
def test_menus_in_mid_article_go(items: tuple[str, ...]) -> None:
    menu = "".join(f"<li><a href=/{len(each)}>{each}</a></li>" for each in items)
    text = from_page(html(f"<ul>{menu}</ul>"))
    assert not any(each in text for each in items)
    assert all(each in text for each in AROUND)


@pages_and_feeds
@pytest.mark.parametrize(
    "written",
    [
        "<dialog open><p>{}</p></dialog>",
        "<dialog open>{}</dialog>",
        "<div><dialog open='' class=modal><div><p>{}</p></div></dialog></div>",
        "<dialog open><h2>Of the pier</h2><form method=dialog><p>{}</p><button>OK</button></form></dialog>",
        "<dialog style='display:block'><p>{}</p></dialog>",
        "<details><summary>Of the pier</summary>{}</details>",
        "<details open><p>{}</p></details>",
        "<fieldset><legend>Of the pier</legend>{}</fieldset>",
        "<fieldset><p>{}</p></fieldset>",
    ],
)
def test_open_dialogs_and_boxes_are_text(read: Read, written: str) -> None:
    text = read(html(written.format(LONG)))
    assert LONG in text.split("\n")
    assert text.count(LONG) == 1


@pytest.mark.parametrize("marks", ["id=cookie-consent", "class='newsletter-popup'"])
def test_a_dialog_that_asks_for_consent_is_no_text(marks: str) -> None:
    assert LONG not in from_page(html(f"<dialog open {marks}><p>{LONG}</p></dialog>"))


@pages_and_feeds
@pytest.mark.parametrize("block", ["p", "div", "li", "blockquote"])
@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<legend>legword</legend>", "legword"),
        ("<fieldset>fieldword</fieldset>", "fieldword"),
        ("<fieldset><legend>legword</legend></fieldset>", "legword"),
        ("<select><option>optword</option><optgroup label=x><option>optword</optgroup></select>", ""),
        ("<textarea>areaword</textarea><input value=inword>", ""),
        ("<option>optword</option>", ""),
        ("<datalist><option>optword</option></datalist>", ""),
        ("<noindex>seenword</noindex>", "seenword"),
        (
            "<legend>a</legend> and <fieldset>b</fieldset> and <select><option>c</option></select>",
            "a and b and",
        ),
    ],
)
def test_a_paragraph_with_form_furniture_comes_once(read: Read, block: str, written: str, seen: str) -> None:
    source = html(f"<{block}>INC The council heard of {written} at the end of the meeting.</{block}>")
    text = " ".join(read(source).split())
    assert " ".join(f"INC The council heard of {seen} at the end of the meeting.".split()) in text
    for word in ("INC", "end of the meeting.", *re.findall(r"\w+word", seen)):
        assert text.count(word) == 1
    assert "optword" not in text
    assert not re.search("areaword|inword", text)


@pages_and_feeds
@pytest.mark.parametrize("tag", ["center", "div", "section", "blockquote", "ul", "fieldset"])
def test_what_stands_loose_behind_a_block_in_a_paragraph_stays(read: Read, tag: str) -> None:
    inner = f"<{tag}>of the old pier</{tag}>" if tag != "ul" else "<ul><li>of the old pier</ul>"
    begin = "INC The mayor spoke for a long time about all that was done there. It was the end"
    end = "as far as the town goes. The union answered that nobody had been asked at all before."
    text = read(html(f"<p>{begin} {inner} {end}</p>"))
    assert [text.count(each) for each in (begin, end)] == [1, 1]
    assert text.count("of the old pier") <= 1


@pages_and_feeds
@pytest.mark.parametrize("tag", ["blockquote", "h3", "li", "dd"])
def test_a_word_that_stands_in_a_block_of_its_own_comes_once(read: Read, tag: str) -> None:
    said = f"INC The mayor spoke of it to the <{tag}>pierword</{tag}> and the town, as far as that goes."
    text = read(html(f"<div>{said}</div>"))
    assert [text.count(each) for each in ("INC", "pierword", "as far as that goes")] == [1, 1, 1]


BARE = (
    "TAB bare text of the harbour that is as long as any other about the council.",
    "TAC bare text of it.",
)


@ways
@pytest.mark.parametrize(
    "taken",
    [
        "<p hidden>HID</p>",
        "<div style='display:none'><p>HID</p></div>",
        "<div class=gone>HID</div>",
        "<dialog>HID</dialog>",
        "<template><p>HID</p></template>",
        "<ul hidden><li>HID</li></ul>",
        "<section hidden>HID</section><p hidden>HID</p>",
        "<form><input><button>HID</button></form>",
        "<nav><a href=/>HID</a></nav>",
        "<figure><figcaption></figcaption></figure>",
        "<div></div>",
        "<iframe></iframe>",
        "<video>HID</video>",
        "<noscript><p>HID</p></noscript>",
        "<br>",
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "<p>Above.</p>{}<i></i>{}{}",
        "<div>{}{}{}</div>",
        "<blockquote>{}{}{}</blockquote>",
        "<ul><li>{}{}{}</li></ul>",
        "<div><span>{}</span>{}<span>{}</span></div>",
    ],
)
def test_a_block_that_is_taken_out_leaves_a_break(read: Read, taken: str, around: str) -> None:
    middle = around.format(BARE[0], *(("", taken) if around.count("{}") == 4 else (taken,)), BARE[1])
    if around.startswith("<p>"):
        middle = f"<p>Above.</p>{BARE[0]}{taken}{BARE[1]}"
    text = read(html(middle, "<style>.gone{display:none}</style>" if read is from_page else ""))
    if "gone" in taken and read is not from_page:
        return
    assert re.search(re.escape(BARE[0]) + r"\s+" + re.escape(BARE[1]), text)
    assert "HID" not in text


@ways
@pytest.mark.parametrize(
    "taken", ["<span hidden>HID</span>", "<b style='display:none'>HID</b>", "<select><option>HID</select>"]
)
@pytest.mark.parametrize(
    ("before", "after"), [("the ha", "rbour"), ("U.", "S."), ("the ", "quay"), ("the", " quay")]
)
def test_a_word_that_is_taken_out_leaves_nothing(read: Read, taken: str, before: str, after: str) -> None:
    written = f"It was {before}{taken}{after} that the mayor spoke of on Tuesday."
    assert written.replace(taken, "") in read(html(f"<p>{written}</p>"))


@ways
@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (
            '<div>The old quay shuts.<span class="r br"></span>The new one opens in May.</div>',
            "The old quay shuts.\n",
        ),
        (
            "<p>The council is of two minds here.<b>The union is not</b>, it said on Monday.</p>",
            "two minds here. The union is not, it said",
        ),
        (
            "<p>The council pays<strong>Terms:</strong> it pays half of the price in May.</p>",
            "The council pays Terms: it pays",
        ),
        (
            "<p>They go from <a>Old Quay</a><a>New Pier</a> to the yard each day.</p>",
            "from Old Quay New Pier to",
        ),
    ],
)
def test_words_on_lines_of_their_own_are_not_one(read: Read, written: str, seen: str) -> None:
    assert seen in read(html(written))


@ways
@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<span>You</span><span>Tube</span>", "YouTube"),
        ("e<b>Bay</b>", "eBay"),
        ("<b>Java</b>Script", "JavaScript"),
        ("<code>System.<b>Net</b></code>", "System.Net"),
        ("<span>T</span><span>he</span>", "The"),
    ],
)
def test_a_word_of_two_parts_stays_one(read: Read, written: str, seen: str) -> None:
    assert f"They say that {seen} is" in read(html(f"<p>They say that {written} is what they use here.</p>"))


QUOTED = "“We will not go back to coal,” said Anna Berg, who leads the works council of the plant."


@pytest.mark.parametrize("place", [0, 3, 7])
@pytest.mark.parametrize(
    "written",
    [
        "<div>{}</div>",
        '<div class="lead">{}</div>',
        "<figure><blockquote>{}</blockquote></figure>",
        '<figure class="wp-block-pullquote"><blockquote><p>{}</p></blockquote></figure>',
    ],
)
def test_prose_among_paragraphs_is_of_the_article_whatever_its_tag(written: str, place: int) -> None:
    paragraphs = [f"<p>{each}</p>" for each in AROUND]
    paragraphs.insert(place, written.format(QUOTED))
    read = from_page(f"<title>Coal</title><article><h1>Coal</h1>{''.join(paragraphs)}</article>")
    expected = list(AROUND)
    expected.insert(place, QUOTED)
    assert read == "\n\n".join(expected)


def test_a_page_of_loose_text_and_unclosed_paragraphs_is_read_whole() -> None:
    source = f"<title>Coal</title><body><h1>Coal</h1><p>{AROUND[0]}"
    for number, each in enumerate(AROUND[1:]):
        source += f"<h2>Part {number}</h2>{each}" if number % 2 else f"<p>{each}"
    read = from_page(f"{source}</body>")
    assert [each for each in AROUND if each not in read] == []


@needs_cases
def test_the_reported_pages_read_right() -> None:
    sup = from_page((CASES / "page-sup" / "page.html").read_text())
    assert all(
        each in sup
        for each in ("in 2015, but only 9 per cent", "41 million crowns", "10⁶ square", "10³ tonnes")
    )
    hidden = [from_page(path.read_text()) for path in sorted((CASES / "page-hidden").glob("*.html"))]
    assert len(hidden) == 3
    assert not any("director" in text for text in hidden)
    sentences = json.loads((CASES / "page-inline" / "sentences.json").read_text())
    for path in (CASES / "page-inline").glob("*.html"):
        assert sentences[path.stem] in from_page(path.read_text())
    linked = from_page((CASES / "page-linked-paragraphs" / "page.html").read_text())
    assert "In place of the quay" in linked
    assert "The union said" in linked
