"""Feed entries -> links.

Addresses that wrap another are opened first (wrapped.py). A feed of articles gives one link an entry. A
roundup's entry is an issue of a newsletter, and every link in its body is an article, but for these:

- the newsletter's own pages (same host as the issue, the site or the feed), and its platform's;
- images, and links whose address is an image;
- mail, telephone, scripts and places in the same page;
- buttons: share, subscribe, unsubscribe, manage, view in browser;
- the front pages and profiles of social networks ("follow us").

Known exceptions: a post on a social network stays, because a roundup may mean it; so does a link that wraps
a picture and leads elsewhere, because that is how newsletters show articles; so do pages robots.txt will
forbid, which is for the fetch stage to say. Hosts are compared whole: newsletters of one platform are not
each other's pages, and neither are two numbered hosts.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from lxml import html as lxml_html

from digest.feeds.entry_text import absolute, parse_html, plain, text_of
from digest.feeds.wrapped import article_and_discussion, unwrapped
from digest.language.addresses import address_key, host, is_web_address
from digest.language.secrecy import without_login
from digest.records import Feed, FeedEntry, Link, Origin, ParsedFeed

# Below it a text is a teaser. A short news item has about 120 words; the extract stage asks for no less.
FULL_TEXT_MIN_WORDS = 120

_TEASER_END = re.compile(
    r"(?:\[\s*(?:…|\.\.\.)\s*\]|(?:continue|keep) reading\W*"
    r"|read (?:more|on|the (?:full|whole|rest)\b.{0,30})\W*)$",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|ico|avif|tiff?|heic)$", re.IGNORECASE)
_IMAGE_HOSTS = ("substackcdn.com", "mcusercontent.com", "bucketeer-", "i.imgur.com", "cdn-images")
_PLATFORM_HOSTS = frozenset({"substack.com", "open.substack.com", "on.substack.com", "support.substack.com"})
_BUTTON_PATHS = frozenset(
    """
    subscribe unsubscribe unsub unsubscribed opt-out optout opt_out manage-preferences manage-subscription
    manage-subscriptions manage_preferences email-preferences preferences email-settings update-profile
    signup sign-up sign_up login signin sign-in forward-to-friend
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_BUTTON_TEXT = re.compile(
    r"(?:un)?subscribe(?: (?:now|here|today|for free))?"
    r"|share(?: this post)?|tweet(?: this)?|(?:leave a comment|comments?)|refer a friend|get the app"
    r"|(?:manage|update)(?: your)? (?:e-?mail )?(?:preferences|subscriptions?|profile|settings)|preferences"
    r"|opt[- ]?out|view (?:this (?:e-?mail )?)?(?:in|on)(?: (?:your|the))? (?:browser|web)|view online"
    r"|read (?:in|on) (?:the )?(?:app|web)|forward(?: this)?(?: e-?mail)?(?: to a friend)?"
    r"|upgrade to paid|give a gift subscription|start writing|get \d+% off.*"
    r"|privacy policy|terms(?: of (?:service|use))?",
    re.IGNORECASE,
)
_SHARE_HOSTS = {
    "twitter.com": r"/(?:intent|share|home)\b",
    "x.com": r"/(?:intent|share)\b",
    "facebook.com": r"/(?:sharer?|dialog)\b",
    "linkedin.com": r"/(?:share|sharing|cws/share)",
    "reddit.com": r"/submit\b",
    "news.ycombinator.com": r"/submitlink",
    "pinterest.com": r"/pin/create",
    "bsky.app": r"/intent/",
    "threads.net": r"/intent/",
    "threads.com": r"/intent/",
    "t.me": r"/share\b",
    "telegram.me": r"/share\b",
    "wa.me": r"/",
    "api.whatsapp.com": r"/send",
    "tumblr.com": r"/(?:share|widgets/share)",
    "getpocket.com": r"/(?:save|edit)",
    "instapaper.com": r"/(?:hello2|edit)",
    "addtoany.com": r"/",
    "addthis.com": r"/",
    "vk.com": r"/share",
    "buffer.com": r"/add",
    "flipboard.com": r"/(?:bookmarklet|share)",
}
# Share buttons of any other network: a page called share that is handed the address or text to share.
_SHARE_PATH = re.compile(r"/(?:share|sharer|intent/\w+)(?:\.php)?/?$", re.IGNORECASE)
_SHARE_QUERY = re.compile(r"(?:^|&)(?:url|u|text|title|link)=", re.IGNORECASE)
_PROFILES = {
    "twitter.com": r"/@?\w+/?",
    "x.com": r"/@?\w+/?",
    "facebook.com": r"/[\w.-]+/?",
    "instagram.com": r"/[\w.]+/?",
    "threads.net": r"/@[\w.]+/?",
    "threads.com": r"/@[\w.]+/?",
    "tiktok.com": r"/@[\w.]+/?",
    "linkedin.com": r"/(?:in|company|school)/[^/]+/?",
    "youtube.com": r"/(?:@[^/]+|(?:c|channel|user)/[^/]+)/?",
    "bsky.app": r"/profile/[^/]+/?",
    "pinterest.com": r"/\w+/?",
    "mastodon.social": r"/@\w+/?",
    "reddit.com": r"/(?:r|u|user)/\w+/?",
    "medium.com": r"/@[\w.]+/?",
    "discord.gg": r"/\w+/?",
    "discord.com": r"/invite/\w+/?",
    "t.me": r"/\w+/?",
}


def links_of(parsed: ParsedFeed, entries: Sequence[FeedEntry], feed: Feed) -> list[Link]:
    """Find the links of feed entries.

    Args:
        parsed: The feed they come from.
        entries: Those to look at, in the feed's order.
        feed: Its line in feeds.yaml.

    Returns:
        The links in order, `place` counting from 0; addresses exactly as given, trackers included, but for
        wrappers, which give way to what they wrap.
    """
    found = (
        _roundup_links(parsed, entries, feed)
        if feed.kind == "roundup"
        else _article_links(parsed, entries, feed)
    )
    return [
        Link(
            url=url,
            title=title,
            origin=origin,
            feed_url=feed.url,
            place=place,
            published=entry.published,
            body_html=body,
            is_whole_day=entry.is_whole_day,
            given=given if given != url else "",
            transcript=entry.transcript if feed.kind == "articles" else "",
        )
        for place, (url, title, origin, entry, body, given) in enumerate(found)
    ]


_Found = tuple[str, str, Origin, FeedEntry, str, str]


def _article_links(parsed: ParsedFeed, entries: Sequence[FeedEntry], feed: Feed) -> Iterator[_Found]:
    origin = _feed_origin(parsed, feed)
    for entry in entries:
        if entry.url:
            url, discussion = article_and_discussion(entry)
            # What stands in an entry that points elsewhere is the discussion's text, not the article's.
            has_text = not discussion and _is_full_text(entry.body_html)
            yield (
                url,
                entry.title,
                Origin(origin.title, without_login(discussion)) if discussion else origin,
                entry,
                entry.body_html if has_text else "",
                entry.url,
            )


def _roundup_links(parsed: ParsedFeed, entries: Sequence[FeedEntry], feed: Feed) -> Iterator[_Found]:
    own = _own_hosts(parsed, feed)
    fallback = _feed_origin(parsed, feed)
    for entry in entries:
        origin = Origin(entry.title or fallback.title, without_login(entry.url or fallback.url))
        titles: dict[str, tuple[str, str, str]] = {}
        for anchor in parse_html(entry.body_html).iter("a"):
            given = absolute(anchor.get("href") or "", entry.url or feed.url)
            url = unwrapped(given)
            if is_article_link(url, text_of(anchor), own):
                key, title = address_key(url), _anchor_text(anchor)
                first_url, longest, first_given = titles.get(key, (url, "", given))
                titles[key] = (first_url, title if len(title) > len(longest) else longest, first_given)
        for url, title, given in titles.values():
            yield url, title, origin, entry, "", given


def _own_hosts(parsed: ParsedFeed, feed: Feed) -> set[str]:
    """Name the newsletter's hosts: its site's, its feed's, and the one most of its issues are on."""
    hosts = Counter(host(entry.url) for entry in parsed.entries)
    # Of a blog that links, each entry may be on another host.
    own = {name for name, count in hosts.items() if count * 2 > len(parsed.entries)}
    return (own | {host(parsed.site), host(feed.url)}) - {""}


def _feed_origin(parsed: ParsedFeed, feed: Feed) -> Origin:
    parts = urlsplit(without_login(feed.url))
    site = parsed.site or f"{parts.scheme}://{parts.netloc}/"
    return Origin(feed.title or parsed.title or host(site), without_login(site))


def _is_full_text(body_html: str) -> bool:
    # Markup has no more words than its source, so most teasers need no parsing.
    if len(body_html.split()) < FULL_TEXT_MIN_WORDS:
        return False
    text = text_of(parse_html(body_html))
    return len(text.split()) >= FULL_TEXT_MIN_WORDS and not _TEASER_END.search(text[-120:])


def _anchor_text(anchor: lxml_html.HtmlElement) -> str:
    text = plain(text_of(anchor))
    return text or next(
        (found for image in anchor.iter("img") if (found := plain(image.get("alt") or ""))), ""
    )


def is_article_link(url: str, words: str, own: set[str]) -> bool:
    """Say whether a link of an issue leads to an article: see the module's rules.

    Args:
        url: Its address.
        words: Those of its anchor; empty for a picture's.
        own: Hosts of the newsletter.
    """
    if not is_web_address(url):
        return False
    name, parts = host(url), urlsplit(url)
    path = unquote(parts.path)
    if name.endswith(".list-manage.com"):
        # Mailchimp hides the articles' addresses behind its own; its other pages are buttons.
        return "/track/click" in path
    return not (
        name in own
        or name in _PLATFORM_HOSTS
        or _IMAGE.search(path)
        or (name.startswith(_IMAGE_HOSTS) and not words)
        or _BUTTON_TEXT.fullmatch(plain(words).strip(" .!→»"))
        or path.rstrip("/").rpartition("/")[2].lower() in _BUTTON_PATHS
        or _is_social(name, path, is_bare=not parts.query)
        or (_SHARE_PATH.search(path) and _SHARE_QUERY.search(parts.query))
    )


def _is_social(name: str, path: str, *, is_bare: bool) -> bool:
    """Say whether a page of a social network is a share button, the front page or a profile."""
    name = re.sub(r"^(?:m|mobile|old|web)\.", "", name)
    share, profile = _SHARE_HOSTS.get(name), _PROFILES.get(name)
    return bool(
        (share and re.match(share, path))
        or ((share or profile) and path in ("", "/") and is_bare)
        or (profile and re.fullmatch(profile, path) and is_bare)
    )
