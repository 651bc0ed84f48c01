"""A site's page -> the feeds it names, and where feeds often are."""

from urllib.parse import urljoin, urlsplit

from digest.feeds.entry_text import absolute, base_of, parse_html, plain
from digest.language.addresses import is_web_address
from digest.language.charset import decode
from digest.language.secrecy import without_login

_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/json",
    "text/xml",
    "application/xml",
)
_NAMES = ("feed", "rss.xml", "atom.xml", "feed.json", "feed.xml", "index.xml", "rss")


def discover_feeds(html: bytes, url: str) -> list[tuple[str, str]]:
    """Find the feeds a page names in its `<link rel="alternate">` elements.

    Args:
        html: The page.
        url: Its address, after redirects.

    Returns:
        (address, title) of each, in the page's order, but feeds of comments last; none twice.
    """
    root = parse_html(decode(html, ""))
    base = base_of(root, url)
    found: dict[str, str] = {}
    for element in root.iter("link"):
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        address = absolute(element.get("href") or "", base)
        # WordPress names its programming interface with rel=alternate and type=application/json.
        is_feed = kind in _TYPES and not (kind == "application/json" and "/wp-json/" in address)
        if is_feed and "alternate" in (element.get("rel") or "").lower().split() and is_web_address(address):
            found.setdefault(address, plain(element.get("title") or ""))
    return sorted(found.items(), key=lambda row: "comment" in f"{row[0]} {row[1]}".lower())


def guess_feeds(url: str) -> list[str]:
    """Name the addresses a site's feed often has, below the page itself and at the site's root."""
    if not is_web_address(url):
        return []
    parts = urlsplit(without_login(url))
    folder = parts._replace(path=parts.path.rstrip("/") + "/", query="", fragment="").geturl()
    root = parts._replace(path="/", query="", fragment="").geturl()
    return list(dict.fromkeys(urljoin(base, name) for base in (folder, root) for name in _NAMES))


def guess_sitemaps(url: str) -> list[str]:
    """Name a site's robots.txt, and the addresses its sitemap often has, that of news first."""
    names = ("/robots.txt", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml", "/sitemap.xml")
    return [urljoin(without_login(url), name) for name in names]


def sitemaps_in_robots(robots: bytes) -> list[str]:
    """Find the sitemaps that a robots.txt names, those for news first."""
    lines = robots[:500_000].decode("utf-8", "replace").splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.strip().lower().startswith("sitemap:")]
    return sorted(filter(is_web_address, named), key=lambda address: "news" not in address.lower())[:5]
