"""Addresses that wrap another one, and entries that discuss an article elsewhere. Pure; asks nobody.

A wrapper counts who clicks, or warns of leaving a site, and sends its reader on. Where the address it leads
to stands in its own, that address is taken out and the wrapper never asked. Where it does not stand there
(short links, most click trackers), the address stays, and fetching follows it like any redirect.

Rules:

- Only the wrappers of the table are opened. Other addresses may carry another one in a parameter and mean it
  (an archive's copy, a translation, a share button).
- What comes out must be a web address; wrappers in wrappers are opened, a few deep. Whether it may be
  connected to is judged, like all addresses, where the connection is made.
- An entry of a discussion site (Reddit, Hacker News, Lobsters, Mastodon, Bluesky) that points to a page
  elsewhere stands for that page; the discussion is its origin. One that points nowhere is an article itself.

The parameters were read off addresses of these services and their pages on outgoing links, November 2026.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import html as lxml_html

from digest.feeds.entry_text import parse_html, text_of
from digest.language.addresses import address_key, host, is_web_address
from digest.records import FeedEntry

MAX_DEEP = 5
"""Wrappers within one another: a mail gateway's around an alert's around a network's are three."""

MAX_CHARACTERS = 16_000
"""Of an address that is looked into; browsers and servers take no longer ones."""

# Host (with all below it) -> path that wraps, and the parameters that may hold the address.
_BY_PARAMETER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("safelinks.protection.outlook.com", r"/.*", ("url",)),
    ("safelinks.protection.office365.us", r"/.*", ("url",)),
    ("statics.teams.cdn.office.net", r"/evergreen-assets/safelinks/.*", ("url",)),
    ("linkedin.com", r"/(?:safety/go|redir/redirect|redir/general-malware-page|authwall)/?", ("url",)),
    ("l.facebook.com", r"/l\.php", ("u",)),
    ("lm.facebook.com", r"/l\.php", ("u",)),
    ("facebook.com", r"/(?:l\.php|flx/warn/?)", ("u",)),
    ("l.instagram.com", r"/.*", ("u",)),
    ("l.threads.net", r"/.*", ("u",)),
    ("l.threads.com", r"/.*", ("u",)),
    ("l.messenger.com", r"/l\.php", ("u",)),
    ("youtube.com", r"/redirect", ("q",)),
    ("out.reddit.com", r"/.*", ("url",)),
    ("duckduckgo.com", r"/l/?", ("uddg",)),
    ("slack-redir.net", r"/link", ("url",)),
    ("medium.com", r"/r/?", ("url",)),
    ("getpocket.com", r"/redirect", ("url",)),
    ("flipboard.com", r"/redirect", ("url",)),
    ("vk.com", r"/away(?:\.php)?", ("to",)),
    ("vk.ru", r"/away(?:\.php)?", ("to",)),
    ("t.umblr.com", r"/redirect", ("z",)),
    ("steamcommunity.com", r"/linkfilter/?", ("u", "url")),
    ("exitsc.com", r"/.*", ("url",)),
    ("l.wl.co", r"/l", ("u",)),
    ("link.zhihu.com", r"/.*", ("target",)),
    ("link.juejin.cn", r"/.*", ("target",)),
    ("t.me", r"/iv", ("url",)),
    ("disq.us", r"/url", ("url",)),
    ("go.redirectingat.com", r"/.*", ("url",)),
    ("go.skimresources.com", r"/.*", ("url",)),
    ("shareasale.com", r"/r\.cfm", ("urllink",)),
    ("click.linksynergy.com", r"/deeplink", ("murl",)),
    ("awin1.com", r"/cread\.php", ("ued", "p")),
    ("protect-us.mimecast.com", r"/redirect/.*", ("url",)),
    ("linkprotect.cudasvc.com", r"/url", ("a",)),
    ("clicktime.symantec.com", r"/.*", ("u",)),
    ("urldefense.proofpoint.com", r"/v1/url/?", ("u",)),
)
_GOOGLE = re.compile(r"(?:news\.|scholar\.)?google\.(?:[a-z]{2,3}|com?\.[a-z]{2})")
_GOOGLE_PATH = re.compile(r"/(?:url|alerts/link|interstitial)/?")
_FEEDBURNER = ("feeds.feedburner.com", "feedproxy.google.com")
_PROOFPOINT_V2 = re.compile(r"/v2/url/?")
_PROOFPOINT_V3 = re.compile(r"/v3/__(?P<url>.+?)__;(?P<chars>[\w-]*)")
# A lone star stands for one character, two and a letter for a run: the letter is the run's length less 2.
_PROOFPOINT_STARS = re.compile(r"\*(\*.)?")
_RUN_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CHECK_POINT_HOSTS = ("protect.checkpoint.com", "avanan.click", "url.avanan.click")
_CISCO_PATH = re.compile(r"/[\w-]+/(?P<url>https?(?:%3A|:).+)", re.IGNORECASE)
_CHECK_POINT = re.compile(r"/v2/(?:r\d+/)?___(?P<url>.+?)___\.")
_SUBSTACK_PATH = re.compile(r"/redirect/2/(?P<code>[\w-]+={0,2})")
_KIT_HOST = re.compile(r"(?:^|\.)(?:convertkit-mail\d*|kit-mail\d*)\.com$")
_YAHOO_PATH = re.compile(r"/RU=(?P<url>[^/]+)/")
_GOOGLE_NEWS_PATH = re.compile(r"/(?:rss/)?(?:articles|read|__i/rss/rd/articles)/(?P<code>[\w=-]+)")
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(rb"https?://[\x21-\x7e]+")

GOOGLE_NEWS = (
    "Google News hides the article's address; "
    "use the publisher's own feed, or a Google Alert with delivery to an RSS feed"
)

WITHOUT_ADDRESS = "a wrapper that leads to no page on the web"


def unwrapped(url: str) -> str:
    """Give the address that a wrapper leads to; any other address exactly as it is."""
    found = url
    for _ in range(MAX_DEEP):
        inner = _inner(found)
        if not inner:
            break
        found = inner
    return found


def hidden_by(url: str) -> str:
    """Say why an address leads to no article and what to use instead; empty for all others."""
    if _inner(url):
        return ""
    name, path = host(url), _path(url)
    if name == "news.google.com" and _GOOGLE_NEWS_PATH.match(path):
        return GOOGLE_NEWS
    # Of an address that has none where its kind has it, a server would be asked in vain.
    inner = _by_parameter(name, path, url) or _google(name, path, url)
    return WITHOUT_ADDRESS if _OTHER_SCHEME.match(inner) else ""


def is_feedburner(url: str) -> bool:
    """Say whether an address is Feedburner's, which names the article's own beside it in the feed."""
    name = host(url)
    return name in _FEEDBURNER and "/~r/" in url


def article_and_discussion(entry: FeedEntry) -> tuple[str, str]:
    """Find the article an entry is about, and where it is discussed.

    Returns:
        Their addresses, wrappers opened; the second is empty unless the entry is of a discussion site and
        points elsewhere.
    """
    url = unwrapped(entry.url)
    find = _DISCUSSIONS.get(_discussion_site(url) or _discussion_site_of_comments(entry.body_html))
    return find(url, parse_html(entry.body_html)) if find else (url, "")


def _inner(url: str) -> str:
    """Give the address in a wrapper; empty where there is none."""
    if len(url) > MAX_CHARACTERS or not is_web_address(url):
        return ""
    name, path = host(url), _path(url)
    for read in (_by_parameter, _google, _proofpoint, _substack, _in_path, _bing, _yahoo, _google_news):
        inner = read(name, path, url)
        if inner and is_web_address(inner) and inner != url:
            return inner
    return ""


def _path(url: str) -> str:
    try:
        return urlsplit(url.strip()).path or "/"
    except ValueError:
        return ""


def _parameters(url: str) -> dict[str, str]:
    """Give the parameters of an address, decoded, by names in lower case; the first of each."""
    # In mail, `&` is at times escaped once too often.
    query = re.sub(r"(?<=&)(?:amp;)+", "", urlsplit(url.strip()).query)
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return {}
    return {name.lower(): value.strip() for name, value in reversed(pairs)}


def _first(url: str, names: tuple[str, ...]) -> str:
    parameters = _parameters(url)
    found = next((parameters[name] for name in names if parameters.get(name)), "")
    return unquote(found) if re.match(r"https?%3a", found, re.IGNORECASE) else found


def _by_parameter(name: str, path: str, url: str) -> str:
    for site, pattern, names in _BY_PARAMETER:
        if (name == site or name.endswith("." + site)) and re.fullmatch(pattern, path):
            return _first(url, names)
    return ""


def _google(name: str, path: str, url: str) -> str:
    if _GOOGLE.fullmatch(name) and _GOOGLE_PATH.fullmatch(path):
        return _first(url, ("url", "q"))
    return ""


def _proofpoint(name: str, path: str, url: str) -> str:
    """Read the two kinds of address that Proofpoint's mail gateway writes."""
    if name not in ("urldefense.com", "urldefense.proofpoint.com", "urldefense.us"):
        return ""
    if _PROOFPOINT_V2.fullmatch(path):
        return unquote(_parameters(url).get("u", "").replace("_", "/").replace("-", "%"))
    # Its query and fragment are those of the address inside, so the whole is looked at.
    match = _PROOFPOINT_V3.search(url)
    if match is None:
        return ""
    characters = iter(_decoded(match["chars"]).decode("utf-8", "replace"))

    def restored(star: re.Match[str]) -> str:
        length = _RUN_LENGTHS.find(star[1][1]) + 2 if star[1] else 1
        return "".join(next(characters, "") for _ in range(length))

    inner = _PROOFPOINT_STARS.sub(restored, match["url"])
    return re.sub(r"^(https?:/)(?=[^/])", r"\1/", inner)


def _substack(name: str, path: str, url: str) -> str:
    match = _SUBSTACK_PATH.fullmatch(path)
    if match is None or not (name == "substack.com" or name.endswith(".substack.com")):
        return ""
    try:
        told = json.loads(_decoded(match["code"]))
    except (ValueError, RecursionError):
        return ""
    return str(told.get("e") or "") if isinstance(told, dict) else ""


def _in_path(name: str, path: str, url: str) -> str:
    """Read the click trackers and gateways that have the address in their path, encoded or as base64."""
    if name == "secure-web.cisco.com" and (match := _CISCO_PATH.fullmatch(path)):
        return unquote(match["url"])
    # The query is that of the address inside.
    if name in _CHECK_POINT_HOSTS and (match := _CHECK_POINT.search(url)):
        return match["url"]
    if name == "href.li":
        return url.partition("?")[2]
    if _KIT_HOST.search(name):
        code = path.rstrip("/").rpartition("/")[2]
        return _decoded(code).decode("utf-8", "replace") if len(code) > 12 else ""
    if name.endswith("awstrack.me") and path.startswith("/L0/"):
        return unquote(path[4:].partition("/")[0])
    if name.endswith("click.pstmrk.it") and (match := re.match(r"/(?:2|3s?|3ts?)/([^/]+)/", path)):
        inner = unquote(match[1])
        return inner if inner.startswith("http") else f"https://{inner}"
    return ""


def _bing(name: str, path: str, url: str) -> str:
    code = _parameters(url).get("u", "") if name == "bing.com" and path == "/ck/a" else ""
    return _decoded(code[2:]).decode("utf-8", "replace") if code.startswith("a1") else ""


def _yahoo(name: str, path: str, url: str) -> str:
    match = _YAHOO_PATH.search(path) if name.endswith("search.yahoo.com") else None
    return unquote(match["url"]) if match else ""


def _google_news(name: str, path: str, url: str) -> str:
    """Read an address of before 2024, which has the article's in it; later ones have a token instead."""
    match = _GOOGLE_NEWS_PATH.match(path) if name == "news.google.com" else None
    found = _PLAIN_ADDRESS.search(_decoded(match["code"])) if match else None
    return found[0].decode("ascii") if found else ""


def _decoded(code: str) -> bytes:
    """Decode URL-safe base64 without its padding; empty where it is none."""
    try:
        return base64.urlsafe_b64decode(code.rstrip("=") + "=" * (-len(code.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return b""


# -- discussions ---------------------------------------------------------------------------------------------

_POST_PATHS = {
    "reddit": re.compile(r"/(?:r|u|user)/[^/]+/comments/.+"),
    "hacker news": re.compile(r"/item"),
    "lobsters": re.compile(r"/s/\w+.*"),
    "bluesky": re.compile(r"/profile/[^/]+/post/\w+/?"),
    "mastodon": re.compile(r"/(?:@[^/]+|users/[^/]+/statuses)/\d{6,}/?"),
}
_SITES = {
    "reddit.com": "reddit",
    "old.reddit.com": "reddit",
    "news.ycombinator.com": "hacker news",
    "lobste.rs": "lobsters",
    "bsky.app": "bluesky",
}
_COMMENTS = re.compile(r"https://(?:news\.ycombinator\.com/item\?id=\d+|lobste\.rs/s/\w+[\w/-]*)")
_LINK_TEXT = re.compile(r"\[?link\]?", re.IGNORECASE)
_ADDRESS_IN_TEXT = re.compile(r"https?://[^\s<>\"'“”]+")


def _discussion_site(url: str) -> str:
    """Name the discussion site a post is on; any host may be Mastodon's, so its paths tell it."""
    site, path = _SITES.get(host(url), "mastodon"), _path(url)
    return site if _POST_PATHS[site].fullmatch(path) else ""


def _discussion_site_of_comments(body_html: str) -> str:
    """Name the site whose comments an entry links, though its address is the article's."""
    # A teaser alone: an article may well cite a discussion of it.
    match = _COMMENTS.search(body_html) if len(body_html) < 2000 else None
    return _discussion_site(match[0]) if match else ""


def _reddit(url: str, body: lxml_html.HtmlElement) -> tuple[str, str]:
    for anchor in body.iter("a"):
        if _LINK_TEXT.fullmatch(text_of(anchor)):
            return _elsewhere(anchor.get("href") or "", url, own=("reddit.com", "redd.it", "redditmedia.com"))
    return url, ""


def _linked_with_comments(url: str, body: lxml_html.HtmlElement) -> tuple[str, str]:
    """Read an entry of Hacker News or Lobsters: the article is its address, or stands in its text."""
    addresses = [anchor.get("href") or "" for anchor in body.iter("a")]
    comments = next((address for address in addresses if _COMMENTS.fullmatch(address)), "")
    own = ("news.ycombinator.com", "lobste.rs")
    if host(url) in own:
        others = [each for each in addresses if is_web_address(each) and host(each) not in own]
        labelled = re.search(r"Article URL:", text_of(body))
        return _elsewhere(others[0], url, own=own) if others and labelled else (url, "")
    return (url, comments) if comments else (url, "")


def _mastodon(url: str, body: lxml_html.HtmlElement) -> tuple[str, str]:
    for anchor in body.iter("a"):
        kinds = set((anchor.get("class") or "").split())
        if not kinds & {"mention", "hashtag", "u-url"} and "tag" not in (anchor.get("rel") or "").split():
            article, discussion = _elsewhere(anchor.get("href") or "", url, own=(host(url),))
            if discussion:
                return article, discussion
    return url, ""


def _bluesky(url: str, body: lxml_html.HtmlElement) -> tuple[str, str]:
    addresses = [anchor.get("href") or "" for anchor in body.iter("a")]
    addresses += [match.rstrip(".,;:!?)]…") for match in _ADDRESS_IN_TEXT.findall(text_of(body))]
    for address in addresses:
        article, discussion = _elsewhere(address, url, own=("bsky.app", "bsky.social"))
        if discussion:
            return article, discussion
    return url, ""


def _elsewhere(address: str, discussion: str, *, own: tuple[str, ...]) -> tuple[str, str]:
    """Give an article and its discussion, where the article is on another site than the discussion."""
    article = unwrapped(address.strip())
    name = host(article)
    is_own = any(name == site or name.endswith("." + site) for site in own)
    if not is_web_address(article) or is_own or address_key(article) == address_key(discussion):
        return discussion, ""
    return article, discussion


_DISCUSSIONS: dict[str, Callable[[str, lxml_html.HtmlElement], tuple[str, str]]] = {
    "reddit": _reddit,
    "hacker news": _linked_with_comments,
    "lobsters": _linked_with_comments,
    "mastodon": _mastodon,
    "bluesky": _bluesky,
}
