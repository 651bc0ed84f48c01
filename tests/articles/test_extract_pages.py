"""Pages of every kind: what becomes an article, and what is named for what it is."""

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.articles.extract import extract, extract_feed_text
from digest.errors import ExtractError
from digest.records import Page

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://news.example.com/2026/11/harbour-line.html"
PLACES = ("harbour", "north", "university", "airport", "old town", "market", "river", "castle")
PARAGRAPHS = [
    f"The council said that the {place} line opens in 203{number} and carries {number + 7} trains an hour. "
    f"Residents of the {place} quarter had asked for it since 19{number}4, when the trams were given up."
    for number, place in enumerate(PLACES)
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(body: str | bytes, content_type: str = "text/html; charset=utf-8", url: str = URL) -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(url, url, 200, (("content-type", content_type),), raw, NOW)


def article_page(head: str = "", before: str = "", after: str = "") -> Page:
    return page(
        f"<!doctype html><html><head><title>Harbour line opens - Example News</title>{head}</head>"
        f"<body><nav><a href=/>Home</a></nav><article>{before}{BODY}{after}</article></body></html>"
    )


def reason_of(given: Page, **settings: int) -> str:
    with pytest.raises(ExtractError) as caught:
        extract(given, **settings)
    return caught.value.reason


def test_an_article_has_its_text_its_sentences_and_what_the_page_says_of_itself() -> None:
    head = """<meta property="og:site_name" content="Example News"><link rel="canonical" href="/harbour">
        <script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",
        "headline": "Harbour &amp; line", "author": [{"name": "By Ada Byron"}],
        "datePublished": "2026-11-20T23:30:00-05:00"}]}</script>"""
    article = extract(article_page(head))
    assert article.title == "Harbour & line"
    assert article.author == "Ada Byron"
    assert article.published == date(2026, 11, 21)
    assert article.canonical_url == "https://news.example.com/harbour"
    assert article.site == "Example News"
    assert article.language == "en"
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert len(article.sentences) == 2 * len(PARAGRAPHS)
    assert (
        article.sentence_text(0)
        == "The council said that the harbour line opens in 2030 and carries 7 trains an hour."
    )
    assert pickle.loads(pickle.dumps(article)) == article


def test_the_id_is_of_the_address_as_given() -> None:
    given = extract(article_page(), url="https://example.org/r?u=1")
    assert given.url == "https://example.org/r?u=1"
    assert extract(article_page(), id="x").id == "x"
    assert given.id != extract(article_page()).id


def test_the_site_name_is_cut_from_the_title() -> None:
    assert (
        extract(article_page('<meta property="og:site_name" content="Example News">')).title
        == "Harbour line opens"
    )


def test_the_feed_fills_in_what_the_page_does_not_say() -> None:
    bare = page(f"<html><body><main>{BODY}</main></body></html>", url="https://example.com/a")
    article = extract(bare, feed_title="From the feed", feed_published=datetime(2026, 11, 3, 1, tzinfo=UTC))
    assert (article.title, article.published) == ("From the feed", date(2026, 11, 3))
    assert article.site == "example.com"


def test_a_date_in_the_future_is_not_believed() -> None:
    assert extract(article_page('<meta name="date" content="2027-03-01">')).published is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Top 10 Marketing 2025", None),
        ("The 5 Decorators 2025", None),
        ("Marathon 12 2025", None),
        ("Nov. 3, 2025", date(2025, 11, 3)),
        ("3rd of November 2025", date(2025, 11, 3)),
        ("12. März 2025", date(2025, 3, 12)),
        ("1er août 2025", date(2025, 8, 1)),
        ("3 de noviembre de 2025", date(2025, 11, 3)),
        ("2025年11月3日", date(2025, 11, 3)),
    ],
)
def test_a_date_beside_the_title_has_a_month(said: str, expected: date | None) -> None:
    given = page(f"<body><h1>Harbour line</h1><p>{said}</p>{BODY}</body>", url="https://example.com/a")
    assert extract(given).published == expected


def test_the_day_of_an_event_is_not_the_articles() -> None:
    lede = "<p>The old bridge closed on 3 March 2019.</p>"
    given = page(f"<body><h1>Harbour line</h1>{lede}{BODY}</body>", url="https://example.com/a")
    assert extract(given, feed_published=NOW).published == NOW.date()


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("<p>By Min Jin Lee</p>", "Min Jin Lee"),
        ("<p>By On Kawara on 3 May 2026</p>", "On Kawara"),
        ("<p>By Ada Byron in Oslo | 5 min read</p>", "Ada Byron"),
        ("<p>By Tuesday the river had risen four metres.</p>", ""),
        ("<p class=byline>Written by<span>Ada Byron</span><span>Reviewed by Min Li</span></p>", "Ada Byron"),
        ("<p class=byline>Author Ada Byron</p>", "Ada Byron"),
        ("<p class=byline>mdela7q6vkp</p>", ""),
    ],
)
def test_an_author_is_a_name(written: str, author: str) -> None:
    given = page(f"<body><h1>Harbour line</h1>{written}{BODY}</body>", url="https://example.com/a")
    assert extract(given).author == author


def test_a_canonical_address_of_the_front_page_is_not_believed() -> None:
    assert (
        extract(article_page('<link rel="canonical" href="https://news.example.com/">')).canonical_url == URL
    )
    assert extract(article_page('<link rel="canonical" href="javascript:alert(1)">')).canonical_url == URL


def test_headings_and_list_items_between_paragraphs_stay_as_lines_of_their_own() -> None:
    article = extract(
        article_page(
            before="<h2>Why now?</h2>",
            after=f"<h2>What next</h2><ul><li>More</li></ul>{'<p>' + PARAGRAPHS[0][::-1] + '</p>'}",
        )
    )
    assert "\n\nWhat next\n\n- More\n\n" in article.text
    assert "What next" in [article.sentence_text(index) for index in range(len(article.sentences))]


def test_a_page_without_body_tags_is_read() -> None:
    assert extract(page(f"<title>Open</title><article>{BODY}</article>")).text == "\n\n".join(PARAGRAPHS)


def test_the_title_furniture_and_related_links_are_not_text() -> None:
    after = "<h3>Related articles</h3><p>Trams: a history of those days</p><p>Sign up for our newsletter</p>"
    article = extract(
        article_page(before="<h1>Harbour line opens</h1><p>By Ada Byron</p><p>3 min read</p>", after=after)
    )
    assert article.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "The European Commission on Tuesday proposed to end the sale of petrol cars from 2035.",
        "By Tuesday the river had risen four metres.",
        "By 2030 half of the new trams will run at night.",
        "Author Jane Smith has won the prize for her book on trams.",
        "An affiliate of the bank said it would cut 2,000 jobs.",
        "Updated rules for drones take effect on 3 March.",
        "May 2025 was the warmest month on record.",
        "Published accounts show that 5 firms failed.",
        "Listening posts along the coast will close.",
        "Image quality: cameras get 10 times better",
    ],
)
def test_a_report_keeps_its_first_sentence(line: str) -> None:
    assert extract(article_page(before=f"<p>{line}</p>")).text.startswith(f"{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell 3 percent after the announcement.",
        "Call centres in Manila have cut 4,000 jobs.",
        "Book sales rose for the first time in six years.",
        "Contact tracing ended in May.",
        "Shop workers will strike on Friday.",
        "Schedule changes will be announced in May.",
        "Updated guidance is due in May.",
        "Copyright law has to change, she said.",
        "This story is not over, said Mayor Anna Berg.",
        "The information does not exist in the archive, the court found.",
        "Disclosure rules: the bank must publish its loans by May.",
        "She earns a commission of 3 percent on each house.",
        "The newspaper became a weekly newsletter in 2024.",
        "The rebels follow him on foot.",
        "You will love the new line, the mayor said.",
        "Share the road",
    ],
)
def test_a_report_keeps_its_last_sentence(line: str) -> None:
    assert extract(article_page(after=f"<p>{line}</p>")).text.endswith(f"\n{line}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("By Ada Byron, staff writer", "Share this"),
        ("by ibby", "Follow us on Twitter"),
        ("Last updated on December 20, 2024.", "Visit our shop in Lisse."),
        ("We may earn a commission from links on this page.", "Download the free checklist today."),
        ("Photo: Ada Byron", "Photo credit: Ada Byron"),
        ("29 July 2025", "This article was first published in the Meridian Post."),
        ("3 min read", "Reporting by Ada Byron; Editing by Tom Lee"),
        ("Listen to this article", "Sign up for our newsletter"),
    ],
)
def test_who_wrote_it_when_and_what_else_there_is_are_no_text(before: str, after: str) -> None:
    assert extract(article_page(before=f"<p>{before}</p>", after=f"<p>{after}</p>")).text == "\n\n".join(
        PARAGRAPHS
    )


@pytest.mark.parametrize(
    "line",
    [
        "<strong>Related:</strong> <a href=/x>Minister quits over trams in the north</a>",
        "<a href=/x>READ MORE: Minister quits over trams in the north</a>",
        "Story continues below",
    ],
)
def test_a_line_that_leads_to_another_article_is_no_text(line: str) -> None:
    halves = "".join(f"<p>{each}</p>" for each in (*PARAGRAPHS[:4], line, *PARAGRAPHS[4:]))
    read = extract(page(f"<title>Harbour line</title><article>{halves}</article>"))
    assert read.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "title",
    [
        "500 jobs to go at the plant",
        "S&amp;P 500 closes at a record",
        "Route 401 reopens",
        "Forbidden fruit trade",
    ],
)
def test_a_short_report_with_a_number_that_errors_have_is_an_article(title: str) -> None:
    short = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:3])
    read = extract(page(f"<title>{title}</title><article><h1>{title}</h1>{short}</article>"))
    assert read.text == "\n\n".join(PARAGRAPHS[:3])


@pytest.mark.parametrize(
    "title", ["Error 404", "404 - Page Not Found", "Sorry, we can’t find that page", "502 Bad Gateway"]
)
def test_an_error_page_of_many_words_is_none(title: str) -> None:
    short = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:3])
    assert reason_of(page(f"<title>{title}</title><article>{short}</article>")).startswith("error page: ")


@pytest.mark.parametrize(
    "line",
    [
        "Papers that ask readers to subscribe to read their archive have lost them.",
        "The workers join to get full pay.",
        "The pages are for members only, the judge ruled.",
    ],
)
def test_a_short_report_on_what_readers_pay_is_an_article(line: str) -> None:
    short = "".join(f"<p>{paragraph}</p>" for paragraph in (*PARAGRAPHS[:2], line))
    assert line in extract(page(f"<title>Harbour line</title><article>{short}</article>")).text


def test_a_section_printed_once_for_each_screen_width_is_read_once() -> None:
    assert extract(article_page(after=f"<div>{BODY}</div>")).text == "\n\n".join(PARAGRAPHS)


def test_junk_characters_are_removed_and_spaces_are_spaces() -> None:
    given = article_page(
        "<title>A\u202eB\u200b\u00ad</title>",
        before="<p>Zero\u200bwidth, soft\u00adhyphen, hard\u00a0space, \u202eturned\u202c words of text.</p>",
    )
    article = extract(given)
    assert "Zerowidth, softhyphen, hard space, turned words" in article.text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<html><body>Please enable JS and disable any ad blocker</body></html>",
            "bot wall: 'enable JS and disable any ad blocker'",
        ),
        ("<title>Just a moment...</title><body><p>Wait</p></body>", "bot wall: 'Just a moment...'"),
        (
            "<title>Page not found - Example</title><body><p>Try the search.</p>",
            "error page: 'Page not found - Example'",
        ),
        (
            "<title>Sign in</title><form><p>Sign in to your account</p><input type=password></form>",
            "login page: 'Sign in to'",
        ),
        (
            "<title>Example</title><p>We use cookies to make it better.</p><button>Accept</button>",
            "cookie wall: 'We use cookies'",
        ),
        ("<html><body></body></html>", "empty page"),
        ("", "empty page"),
        ("<title>Short</title><p>Two words.</p>", "2 words of main text, fewer than 60"),
    ],
)
def test_pages_that_are_no_articles_are_named_for_what_they_are(body: str, expected: str) -> None:
    assert reason_of(page(body)) == expected


CONSENT = (
    "When you use our sites and apps, we use cookies to provide them to you and to prevent abuse. If "
    "you click “Accept all”, we and our partners will also store and/or access information on a device "
    "and use precise geolocation data, for personalised advertising and content, and audience research."
    " If you do not want us to do so, click “Reject all”. You can change your choices at any time in "
    "our privacy dashboard."
)
RULING = (
    "The regulator said on Tuesday that a button to “Reject all” must be as easy to find as “Accept "
    "all”. Personalised advertising may be shown only to readers who agreed, and who can withdraw "
    "consent. The case began with a privacy policy of 40 pages. The paper uses cookies of 238 vendors "
    "for audience measurement, and its publisher called the decision a blow. The court in Lisse will "
    "hear the appeal in March."
)
ABROAD = (
    "This site is currently unavailable to visitors from the European Economic Area while we work to "
    "ensure your data is protected in accordance with applicable laws. We are committed to looking at "
    "options that support our full range of digital offerings to your market, and we continue to "
    "identify solutions that will provide all our readers with our award-winning journalism. For any "
    "questions, call us, or write to our editors."
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (CONSENT, "cookie wall: 'we and our partners'"),
        (
            ABROAD,
            "closed to readers from here: 'site is currently unavailable to visitors from the European'",
        ),
    ],
)
def test_a_page_that_only_asks_for_consent_or_turns_readers_away_is_no_article(
    text: str, reason: str
) -> None:
    assert reason_of(page(f"<title>A family of brands</title><body><h1>Brands</h1><p>{text}</p>")) == reason


def test_a_short_report_beside_a_question_for_consent_is_an_article() -> None:
    report = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:3])
    both = page(f"<title>Harbour</title><body><div><h1>Harbour</h1>{report}<p>{CONSENT}</p></div>")
    assert PARAGRAPHS[0] in extract(both).text


def test_a_short_report_on_consent_is_an_article() -> None:
    assert "Reject all" in extract(page(f"<title>Ruling</title><body><h1>Ruling</h1><p>{RULING}</p>")).text


def test_a_paywall_stub_says_how_much_there_was() -> None:
    teaser = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:2])
    stub = f"<title>Big story</title><article>{teaser}<p>Subscribe to continue reading.</p></article>"
    assert reason_of(page(stub)) == "paywall: 66 words before 'Subscribe to continue reading'"


@pytest.mark.parametrize(
    "notice",
    [
        "Create a free account to keep reading",
        "Log in or subscribe to access the full text.",
        "The rest of this article is available to members.",
        "please subscribe to read the full story",
        "This article is for subscribers only",
    ],
)
def test_a_paywall_says_so_in_many_words(notice: str) -> None:
    teaser = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:2])
    assert reason_of(page(f"<title>Big story</title><article>{teaser}<p>{notice}</p></article>")).startswith(
        "paywall: "
    )


def test_a_long_article_about_paywalls_and_captchas_is_an_article() -> None:
    about = "<p>Subscribe to continue reading, said the box. Verify you are human, said the next.</p>"
    assert "Verify you are human" in extract(article_page(before=about)).text


def test_a_hub_page_is_a_list_of_links() -> None:
    links = "".join(
        f"<h2><a href=/{n}>Minister announces plan {n} for railways of the north</a></h2>" for n in range(60)
    )
    assert reason_of(page(f"<title>News</title><main>{links}</main>")).startswith(
        "a list of links, not an article: 100 % of"
    )


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "image/png", "not a page: an image (PNG)"),
        (b"ID3" + bytes(99), "text/html", "not a page: audio (MP3)"),
        (b'{"a": [1, 2]}', "application/json", "not a page: JSON"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "text/html", "not a page: a feed"),
        (bytes(range(256)) * 9, "", "not a page: binary"),
        (
            b"%PDF-1.4\n%%EOF\n",
            "application/pdf",
            "PDF that cannot be read: Failed to load document (PDFium: Data format error).",
        ),
    ],
)
def test_what_is_no_page_is_refused(body: bytes, content_type: str, expected: str) -> None:
    assert reason_of(page(body, content_type)) == expected


@pytest.mark.parametrize(
    ("charset", "content_type"),
    [
        ("utf-8", "text/html; charset=utf-16"),
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("utf-8-sig", "text/html; charset=iso-8859-1"),
        ("utf-16", "text/html"),
        ("utf-16-le", "text/html"),
        ("latin-1", "text/html; charset=iso-8859-1"),
        ("latin-1", "text/html; charset=utf-8"),
    ],
)
def test_the_charset_is_found_whatever_the_header_says(charset: str, content_type: str) -> None:
    html = f"<html><head><title>Caf\u00e9 on the quay</title></head><body><article>{BODY}</article></body>"
    assert extract(page(html.encode(charset), content_type)).title == "Caf\u00e9 on the quay"


def test_utf8_encoded_twice_is_mended() -> None:
    twice = f"<title>It\u2019s open</title><article>{BODY}</article>".encode().decode("latin-1").encode()
    assert extract(page(twice)).title == "It\u2019s open"


def test_nothing_outside_the_page_is_read() -> None:
    html = f'<?xml version="1.0"?><!DOCTYPE h [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p>{BODY}</body></html>'
    assert "root:" not in extract(page(html)).text


def test_a_text_file_is_an_article_with_its_first_line_as_title() -> None:
    text = "# Harbour line opens\n\nWritten by\n\n" + "\n\n".join(PARAGRAPHS) + "\n"
    article = extract(page(text, "text/markdown"))
    assert article.title == "Harbour line opens"
    assert article.text.startswith("Written by\n\nThe council said")


def test_the_seed_file_is_read_as_it_is(dev_data) -> None:  # type: ignore[no-untyped-def]
    body = (dev_data / "seeds" / "000_4b861bb53de1bbd6.txt").read_bytes()
    article = extract(page(body, "text/plain"))
    assert article.title == "HealthEC Data Breach Impacts 4.5 Million Patients"
    assert article.sentence_text(0) == "Written by"
    assert article.text.endswith("What’s hot on Infosecurity Magazine?")
    assert "Medical record numbers" in [
        article.sentence_text(index) for index in range(len(article.sentences))
    ]


def test_a_feeds_text_makes_an_article_marked_so() -> None:
    article = extract_feed_text(
        f"<div>{BODY}<ul><li>One<li>Two</ul><script>evil()</script></div>",
        url=URL,
        title="A &amp; B",
        published=NOW,
    )
    assert article.is_from_feed
    assert (article.title, article.site, article.published) == (
        "A & B",
        "news.example.com",
        date(2026, 11, 22),
    )
    assert article.text == "\n\n".join([*PARAGRAPHS, "- One\n- Two"])


@pytest.mark.parametrize(
    "last",
    [
        "The post <a>Harbour line opens</a> appeared first on <a>Example News</a>.",
        "<a>Read more</a>",
        "This article was originally published on <a>Example</a>.",
    ],
)
def test_what_a_feed_says_of_itself_below_an_article_is_no_text(last: str) -> None:
    article = extract_feed_text(f"{BODY}<p>{last}</p>", url=URL, title="Harbour line")
    assert article.text == "\n\n".join(PARAGRAPHS)


def test_a_text_file_that_begins_with_a_sentence_loses_none() -> None:
    text = "The council voted on Tuesday to close the last coal quay.\n\n" + "\n\n".join(PARAGRAPHS)
    article = extract(page(text, "text/plain"), feed_title="Harbour line will open after long years of talk")
    assert article.text == text


def test_a_teaser_in_the_feed_is_not_an_article() -> None:
    with pytest.raises(ExtractError, match="4 words in the feed, fewer than 60"):
        extract_feed_text("<p>Only a short teaser</p>", url=URL)


def test_the_error_names_the_address_given_by_the_feed() -> None:
    with pytest.raises(ExtractError) as caught:
        extract(page(""), url="https://example.org/x")
    assert pickle.loads(pickle.dumps(caught.value)).url == "https://example.org/x"


def test_a_broken_final_address_does_no_harm() -> None:
    assert extract(replace(article_page(), final_url="http://[")).canonical_url == "http://["


def test_no_field_of_an_article_shows_a_login() -> None:
    secret = "http://me:SEKRET@h.example/a?token=SEKRET"
    said = {"property='og:site_name'": "News", "name='author'": "Ann", "property='og:title'": "Sand at"}
    found = extract(article_page("".join(f"<meta {key} content='{x} {secret}'>" for key, x in said.items())))
    assert "SEKRET" not in repr(found)
    assert found.site == "News http://***@h.example/a?token=***"
