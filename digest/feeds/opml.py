"""Subscription lists in OPML, in and out.

Read by listparser, which takes lists that strict parsers refuse. Written by hand, as OPML 2.0
(http://opml.org/spec2.opml). A feed's tags are its categories; what OPML has no place for (kind, limit and a
page's selector) is kept as categories below `digest/`, which other programs pass over.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from digest.errors import ConfigError
from digest.feeds.entry_text import plain
from digest.language.addresses import as_asked, is_web_address
from digest.language.charset import decode
from digest.language.secrecy import secretless_url, shown_text
from digest.records import Feed, FeedKind

_OURS = "digest"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = {"%2C": ",", "%2F": "/", "%25": "%"}

_KINDS: dict[str, FeedKind] = {"roundup": "roundup", "sitemap": "sitemap", "page": "page"}


def read_opml(opml: bytes, *, name: str) -> tuple[Feed, ...]:
    """Read the feeds of a subscription list, each address once, in the list's order.

    Args:
        opml: The file; it need not be well-formed.
        name: What messages call it.

    Raises:
        ConfigError: no feed is in it.
    """
    # lxml's HTML parser, which listparser uses, takes bytes without a charset for Latin-1; it is imported
    # here because only this command needs it.
    import listparser

    text = re.sub(r"<\?xml\b[^<>]*\?>", "", decode(opml, ""), count=1)
    found = listparser.parse(text.encode("ascii", "xmlcharrefreplace"))
    feeds: dict[str, Feed] = {}
    for row in found.feeds:
        url = re.sub(
            r"^feed:(?://)?(?=https?:)|^feed(?=://)",
            lambda match: "http" if match[0] == "feed" else "",
            as_asked(row.url),
        )
        if is_web_address(url):
            feeds.setdefault(url, _feed(url, row.title, row.categories))
    if not feeds:
        raise ConfigError(f"{name}: no feeds in it; expected an OPML file with outlines that have an xmlUrl")
    return tuple(feeds.values())


def write_opml(feeds: Iterable[Feed], *, title: str, with_secrets: bool = False) -> str:
    """Write feeds as a subscription list, OPML 2.0, in their order.

    Args:
        feeds: The feeds.
        title: The list's.
        with_secrets: Whether logins and secret parameters stay in their addresses.
    """
    if not with_secrets:
        feeds = [_without_secrets(feed) for feed in feeds]
    head = f"  <head>\n    <title>{_text(title)}</title>\n  </head>\n"
    # A mailbox is nothing that another program could subscribe to.
    body = "  <body>\n" + "".join(_outline(feed) for feed in feeds if feed.is_web) + "  </body>\n"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n{head}{body}</opml>\n'


def _feed(url: str, title: str, categories: Iterable[list[str]]) -> Feed:
    tags: list[str] = []
    ours: dict[str, str] = {}
    for path in categories:
        if path[0] == _OURS and len(path) == 3:
            ours[path[1]] = path[2]
        else:
            tags += [tag for part in path if (tag := plain(_unescaped(part)))]
    limit = ours.get("limit", "")
    kind = _KINDS.get(ours.get("kind", ""), "articles")
    title = plain(title)
    return Feed(
        url=url,
        kind=kind,
        # A feed without a title is written with its address, as the format wants a text.
        title=title if title and title != url else None,
        tags=tuple(dict.fromkeys(tags)),
        limit=int(limit) if re.fullmatch("[1-9][0-9]{0,8}", limit) else None,
        selector=_unescaped(ours.get("select", "")) if kind == "page" else "",
    )


def _without_secrets(feed: Feed) -> Feed:
    title = shown_text(feed.title) if feed.title else feed.title
    return replace(feed, url=secretless_url(feed.url), title=title)


def _outline(feed: Feed) -> str:
    categories = [_escaped(tag) for tag in feed.tags]
    if feed.kind != "articles":
        categories.append(f"{_OURS}/kind/{feed.kind}")
    if feed.selector:
        categories.append(f"{_OURS}/select/{_escaped(feed.selector)}")
    if feed.limit is not None:
        categories.append(f"{_OURS}/limit/{feed.limit}")
    attributes = {"type": "rss", "text": feed.title or feed.url, "xmlUrl": feed.url}
    if feed.title:
        attributes["title"] = feed.title
    if categories:
        attributes["category"] = ",".join(categories)
    written = " ".join(f"{key}={quoteattr(_NOT_XML.sub('', value))}" for key, value in attributes.items())
    return f"    <outline {written}/>\n"


def _text(text: str) -> str:
    return _NOT_XML.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escaped(tag: str) -> str:
    """Keep a tag's own commas and slashes from being taken for OPML's."""
    return re.sub("[,/%]", lambda match: quote(match[0], safe=""), tag)


def _unescaped(tag: str) -> str:
    return re.sub("%2C|%2F|%25", lambda match: _ESCAPED[match[0]], tag)
