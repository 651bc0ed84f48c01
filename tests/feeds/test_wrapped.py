"""Addresses that wrap another, and entries that discuss an article elsewhere."""

import asyncio
import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from fakes import NOW, FakeFetcher
from hypothesis import given
from hypothesis import strategies as st

from digest.adapters.http import HttpFetcher
from digest.errors import FetchError
from digest.feeds.fetch import fetch_one
from digest.feeds.links import links_of
from digest.feeds.parse import parse_feed
from digest.feeds.wrapped import article_and_discussion, hidden_by, unwrapped
from digest.language.addresses import entry_id
from digest.records import Feed, FeedEntry, Link, Origin, ParsedFeed
from digest.store import Store

ARTICLE = "https://www.example.org/news/2026/tide-power?page=2&lang=en"
UMLAUTS = "https://example.de/k%C3%BCste/gezeiten#heading"
PLAIN = "http://example.com/a"


def encoded(url: str) -> str:
    return quote(url, safe="")


def code(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def substack(url: str) -> str:
    return "https://substack.com/redirect/2/" + code(json.dumps({"e": url, "s": "c3f"})) + "?signature=abc"


def google_news(url: str) -> str:
    raw = b"\x08\x13\x22" + bytes([len(url)]) + url.encode() + b"\xd2\x01\x00"
    return f"https://news.google.com/rss/articles/{code(raw)}?oc=5"


ALERT = "https://www.google.com/url?rct=j&sa=t&url={}&ct=ga&cd=CAEYACoT&usg=AOvVaw2"
SAFE = "https://eur03.safelinks.protection.outlook.com/?url={}&data=05%7C02%7C&sdata=x%3D&reserved=0"
LINKEDIN = "https://www.linkedin.com/{}?url={}&trk=feed-detail_main-feed-card"

WRAPPED = [
    # Google Alerts and searches
    (ALERT.format(encoded(ARTICLE)), ARTICLE),
    (ALERT.format(PLAIN), PLAIN),
    ("https://www.google.co.uk/url?sa=t&source=web&q=" + encoded(UMLAUTS), UMLAUTS),
    ("https://google.de/url?q=" + encoded(ARTICLE) + "&sa=D", ARTICLE),
    # Substack
    (substack(ARTICLE), ARTICLE),
    (substack(UMLAUTS), UMLAUTS),
    (substack(PLAIN).replace("https://substack.com", "https://news.substack.com"), PLAIN),
    # Outlook
    (SAFE.format(encoded(ARTICLE)), ARTICLE),
    (SAFE.format(encoded(ARTICLE)).replace("&data", "&amp;data"), ARTICLE),
    (SAFE.format(encoded(encoded(UMLAUTS))), UMLAUTS),
    ("https://nam02.safelinks.protection.outlook.com/ap/t-59584e83/?url=" + encoded(PLAIN), PLAIN),
    # LinkedIn
    (LINKEDIN.format("safety/go", encoded(ARTICLE)), ARTICLE),
    (LINKEDIN.format("redir/redirect", encoded(UMLAUTS)), UMLAUTS),
    (LINKEDIN.format("redir/general-malware-page", encoded(PLAIN)), PLAIN),
    # Facebook, Instagram, Threads
    ("https://l.facebook.com/l.php?u=" + encoded(ARTICLE) + "&h=AT0&fbclid=x", ARTICLE),
    ("https://lm.facebook.com/l.php?h=AT0&u=" + encoded(UMLAUTS), UMLAUTS),
    ("https://l.instagram.com/?u=" + encoded(ARTICLE) + "&e=AT0", ARTICLE),
    ("https://l.threads.com/?u=" + encoded(PLAIN), PLAIN),
    # YouTube
    (
        "https://www.youtube.com/redirect?event=video&redir_token=QUF&q=" + encoded(ARTICLE),
        ARTICLE,
    ),
    ("https://www.youtube.com/redirect?q=" + encoded(UMLAUTS) + "&v=abc", UMLAUTS),
    # Reddit
    ("https://out.reddit.com/t3_abc?url=" + encoded(ARTICLE) + "&token=AQAA", ARTICLE),
    ("https://out.reddit.com/t3_abc?url=" + encoded(PLAIN), PLAIN),
    # Search engines
    ("https://duckduckgo.com/l/?uddg=" + encoded(ARTICLE) + "&rut=1", ARTICLE),
    ("https://www.bing.com/ck/a?!&&p=1f&u=a1" + code(ARTICLE) + "&ntb=1", ARTICLE),
    ("https://www.bing.com/ck/a?u=a1" + code(UMLAUTS), UMLAUTS),
    (f"https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU={encoded(ARTICLE)}/RK=2/RS=x-", ARTICLE),
    # Mail gateways
    (
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.org_news_2026_tide-2Dpower-3Fpage-3D2"
        "-26lang-3Den&d=DwMFaQ&c=x&r=y",
        ARTICLE,
    ),
    (
        "https://urldefense.com/v3/__https://example.org/plain/page__;!!AbC!xyz$",
        "https://example.org/plain/page",
    ),
    (
        "https://urldefense.com/v3/__https://example.org/a*b?c*d__;" + code("ü&") + "!!AbC!xyz$",
        "https://example.org/aüb?c&d",
    ),
    ("https://urldefense.com/v3/__https:/example.org/one-slash__;!!A!x$", "https://example.org/one-slash"),
    # Shops, messengers, readers
    ("https://slack-redir.net/link?url=" + encoded(ARTICLE), ARTICLE),
    ("https://vk.com/away.php?to=" + encoded(ARTICLE) + "&cc_key=", ARTICLE),
    ("https://t.me/iv?url=" + encoded(ARTICLE) + "&rhash=5", ARTICLE),
    ("https://medium.com/r/?url=" + encoded(ARTICLE), ARTICLE),
    ("https://getpocket.com/redirect?url=" + encoded(PLAIN), PLAIN),
    ("https://flipboard.com/redirect?url=" + encoded(ARTICLE), ARTICLE),
    ("https://go.redirectingat.com/?id=1X1&url=" + encoded(ARTICLE), ARTICLE),
    ("https://www.awin1.com/cread.php?awinmid=1&awinaffid=2&ued=" + encoded(ARTICLE), ARTICLE),
    # More networks and what leads out of them
    ("https://t.umblr.com/redirect?z=" + encoded(ARTICLE) + "&t=abc&m=1", ARTICLE),
    ("https://href.li/?" + ARTICLE, ARTICLE),
    ("https://steamcommunity.com/linkfilter/?u=" + encoded(ARTICLE), ARTICLE),
    ("https://steamcommunity.com/linkfilter/?url=" + encoded(PLAIN), PLAIN),
    ("https://exitsc.com/?url=" + encoded(ARTICLE), ARTICLE),
    ("https://vk.ru/away.php?to=" + encoded(UMLAUTS), UMLAUTS),
    ("https://l.wl.co/l?u=" + encoded(ARTICLE) + "&e=AT0", ARTICLE),
    ("https://link.zhihu.com/?target=" + encoded(ARTICLE), ARTICLE),
    # More mail gateways
    ("https://urldefense.proofpoint.com/v1/url?u=" + encoded(ARTICLE) + "&k=x%3D&r=y", ARTICLE),
    ("https://linkprotect.cudasvc.com/url?a=" + encoded(ARTICLE) + "&c=E,1,x&typo=1", ARTICLE),
    ("https://clicktime.symantec.com/3AbC?u=" + encoded(ARTICLE), ARTICLE),
    ("https://secure-web.cisco.com/1ab-_C/" + encoded(ARTICLE), ARTICLE),
    (f"https://protect.checkpoint.com/v2/___{ARTICLE}___.YXAzOnRlc3Q6YTpv", ARTICLE),
    (f"https://url.avanan.click/v2/r01/___{ARTICLE}___.YXAzOnRlc3Q6YTpv", ARTICLE),
    # Google News of before 2024
    (google_news(PLAIN), PLAIN),
    # One in another
    (SAFE.format(encoded(ALERT.format(encoded(ARTICLE)))), ARTICLE),
    (SAFE.format(encoded(substack("https://l.facebook.com/l.php?u=" + encoded(PLAIN)))), PLAIN),
]


@pytest.mark.parametrize(("wrapper", "article"), WRAPPED)
def test_a_wrapped_address_gives_the_articles(wrapper: str, article: str) -> None:
    assert unwrapped(wrapper) == article


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        "https://web.archive.org/web/2026/https://example.org/a",
        "https://translate.example/translate?u=https://example.org/a",
        "https://www.google.com/search?q=https://example.org/a",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?url=/relative",
        "https://www.google.com/url?sa=t",
        "https://www.linkedin.com/posts/someone?url=https://example.org",
        "https://substack.com/redirect/2/!!!",
        "https://substack.com/redirect/2/" + code("[1]"),
        "https://www.youtube.com/watch?v=abc&q=https://example.org",
        "https://evil.example/l.php?u=https://example.org",
        "https://notlinkedin.com/safety/go?url=https://example.org",
        "https://urldefense.com/v3/__",
        "https://www.bing.com/ck/a?u=a1%ff",
        "https://[::1/url?url=https://example.org",
        "https://www.google.com/url?" + "&".join(["a=b"] * 5000),
        "",
    ],
)
def test_any_other_address_stays_as_it_is(url: str) -> None:
    assert unwrapped(url) == url


@given(st.text(max_size=200), st.sampled_from([wrapper for wrapper, _ in WRAPPED]), st.integers(0, 200))
def test_no_address_is_too_odd(text: str, wrapper: str, at: int) -> None:
    url = wrapper[:at] + text + wrapper[at:]
    unwrapped(url)
    hidden_by(url)
    article_and_discussion(FeedEntry(url, "", None, text))


def test_a_wrapper_that_wraps_itself_ends() -> None:
    url = "https://example.org/"
    for _ in range(40):
        url = "https://slack-redir.net/link?url=" + encoded(url) if len(url) < 8000 else url
    assert unwrapped(url).startswith("https://slack-redir.net/")


@pytest.mark.parametrize(
    "inner", ["http://127.0.0.1:8000/admin", "http://169.254.169.254/latest", "http://router.lan/"]
)
def test_a_wrapper_that_leads_to_a_private_address_is_refused(inner: str) -> None:
    wrapper = ALERT.format(encoded(inner))
    entry = FeedEntry(wrapper, "T", None, "")
    (link,) = links_of(
        ParsedFeed("F", "https://f.example/", (entry,)), [entry], Feed("https://f.example/feed")
    )
    assert link.url == inner

    async def ask() -> None:
        fetcher = HttpFetcher()
        try:
            await fetch_one(link.url, fetcher=fetcher, check_robots=False)
        finally:
            await fetcher.close()

    with pytest.raises(FetchError, match="refused"):
        asyncio.run(ask())


def test_google_news_is_named_and_not_asked() -> None:
    url = "https://news.google.com/rss/articles/CBMiWEFVX3lxTE1abc-_def?oc=5"
    assert unwrapped(url) == url
    fetcher = FakeFetcher({})
    with pytest.raises(FetchError, match=r"Google News hides .*; use the publisher's own feed"):
        asyncio.run(fetch_one(url, fetcher=fetcher))
    assert fetcher.asked == []
    assert hidden_by("https://news.google.com/home") == hidden_by(google_news(PLAIN)) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=data%3Atext%2Fhtml%2Cx",
        "https://www.google.com/url?q=" + encoded("https://www.google.com/url?q=javascript:alert(1)"),
        "https://t.umblr.com/redirect?z=mailto%3Aann%40example.org",
    ],
)
def test_a_wrapper_around_no_page_is_named_and_not_asked(url: str) -> None:
    fetcher = FakeFetcher({})
    with pytest.raises(FetchError, match="a wrapper that leads to no page on the web"):
        asyncio.run(fetch_one(unwrapped(url), fetcher=fetcher))
    assert fetcher.asked == []


def link_of(entry: FeedEntry) -> Link:
    (link,) = links_of(
        ParsedFeed("F", "https://f.example/", (entry,)), [entry], Feed("https://f.example/feed")
    )
    return link


REDDIT = "https://www.reddit.com/r/Futurology/comments/1abc/tide_power/"
HACKER = "https://news.ycombinator.com/item?id=42"
LOBSTERS = "https://lobste.rs/s/abc123/tide_power"
MASTODON = "https://mastodon.social/@ann/113456789012345678"
BLUESKY = "https://bsky.app/profile/ann.bsky.social/post/3kabc"

DISCUSSED = [
    (REDDIT, f'<a href="https://www.reddit.com/user/ann">/u/ann</a> <span><a href="{PLAIN}">[link]</a></span>'
     f' <a href="{REDDIT}">[comments]</a>', PLAIN, REDDIT),
    (PLAIN, f'<a href="{HACKER}">Comments</a>', PLAIN, HACKER),
    (HACKER, f'<p>Article URL: <a href="{PLAIN}">{PLAIN}</a></p><p>Comments: <a href="{HACKER}">c</a></p>',
     PLAIN, HACKER),
    (PLAIN, f'<p><a href="{LOBSTERS}">Comments</a></p>', PLAIN, LOBSTERS),
    (MASTODON, '<p>Hi <a href="https://mastodon.social/@bo" class="u-url mention">@bo</a> see '
     f'<a href="{PLAIN}" rel="nofollow noopener" target="_blank">example.com/a</a> '
     '<a href="https://mastodon.social/tags/sea" class="mention hashtag">#sea</a></p>', PLAIN, MASTODON),
    (BLUESKY, f"<p>Tides at last: {PLAIN}, says Ann</p>", PLAIN, BLUESKY),
    # Posts that point nowhere are articles themselves.
    (REDDIT, f'<p>Yes.</p><a href="{REDDIT}">[link]</a> <a href="{REDDIT}">[comments]</a>', REDDIT, ""),
    (HACKER, f'<p>Ask HN. See <a href="{PLAIN}">this</a></p>', HACKER, ""),
    (MASTODON, "<p>No link at all</p>", MASTODON, ""),
    (BLUESKY, "<p>None either</p>", BLUESKY, ""),
    (PLAIN, "<p>An article.</p>" * 200 + f'<a href="{HACKER}">discussed</a>', PLAIN, ""),
]  # fmt: skip


@pytest.mark.parametrize(("url", "body", "article", "discussion"), DISCUSSED)
def test_an_entry_that_discusses_a_page_stands_for_that_page(
    url: str, body: str, article: str, discussion: str
) -> None:
    link = link_of(FeedEntry(url, "Tide power", None, body))
    assert link.url == article
    assert link.origin == Origin("F", discussion or "https://f.example/")


def test_a_discussions_text_is_not_the_articles() -> None:
    body = f'<p>{"word " * 200}</p><a href="{PLAIN}">[link]</a>'
    assert link_of(FeedEntry(REDDIT, "T", None, body)).body_html == ""


def test_feedburner_names_the_articles_address_beside_its_own() -> None:
    body = (
        "<rss version='2.0' xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel><title>T</title>"
        "<item><title>A</title><link>http://feedproxy.google.com/~r/blog/~3/xyz/</link>"
        f"<feedburner:origLink>{PLAIN}</feedburner:origLink></item>"
        "<item><title>B</title><link>http://feeds.feedburner.com/~r/blog/~3/abc/</link></item>"
        "<item><title>C</title><link>https://own.example/c</link>"
        "<feedburner:origLink>https://other.example/</feedburner:origLink></item></channel></rss>"
    )
    parsed = parse_feed(body.encode(), url="http://feeds.feedburner.com/blog")
    assert [entry.url for entry in parsed.entries] == [
        PLAIN,
        "http://feeds.feedburner.com/~r/blog/~3/abc/",
        "https://own.example/c",
    ]


def test_wrapped_links_of_a_roundup_are_judged_by_where_they_lead() -> None:
    body = (
        f"<a href='{ALERT.format(encoded(ARTICLE))}'>tides</a>"
        f"<a href='{substack('https://news.example/p/about-us')}'>own page</a>"
        f"<a href='{substack('https://news.example/unsubscribe?token=1')}'>x</a>"
        f"<a href='{substack('https://twitter.com/intent/tweet?text=x')}'>tell</a>"
        f"<a href='{ARTICLE}'>the same, with more words</a>"
    )
    entry = FeedEntry("https://news.example/p/1", "Issue 1", None, body)
    found = links_of(
        ParsedFeed("N", "https://news.example/", (entry,)), [entry], Feed("https://news.example/f", "roundup")
    )
    assert [(link.url, link.title) for link in found] == [(ARTICLE, "the same, with more words")]


def test_an_article_known_under_its_wrapped_address_is_not_new(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    wrapper = ALERT.format(encoded(ARTICLE))
    feed = "https://f.example/feed"

    def save(link: Link) -> int:
        return store.links.save_read(feed, [link], title="", etag="", last_modified="", moved_to="", now=NOW)

    before = Link(wrapper, "T", Origin("F", ""), feed, 0)
    after = link_of(FeedEntry(wrapper, "T", None, ""))
    assert (save(before), save(after)) == (1, 0)
    assert store.links.resolve(ARTICLE) == store.links.resolve(wrapper) == [entry_id(wrapper)]
