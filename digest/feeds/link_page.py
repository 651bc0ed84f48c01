"""A page that lists articles -> what a feed says: its links, in order, by a CSS selector or by their looks.

Without a selector a link is taken for an article's where it is in no navigation, header, footer or aside,
leads to another page of the same site, and has a title: four words, or a heading around it. That is a guess;
a selector is better.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urldefrag

from lxml import html as lxml_html

from digest.errors import FeedError
from digest.feeds.entry_dates import read_date
from digest.feeds.entry_text import absolute, base_of, parse_html, plain, text_of
from digest.feeds.links import is_article_link
from digest.language.addresses import address_key, host, is_web_address
from digest.language.charset import decode
from digest.records import FeedEntry, ParsedFeed

MAX_LINKS = 500
"""Links taken of a page; lists of articles have ten to a hundred."""

MIN_TITLE_WORDS = 4
"""Of a link outside a heading that is taken for an article's; "Read more" and sections have fewer."""

_FURNITURE = frozenset({"nav", "header", "footer", "aside", "form"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


def read_link_page(body: bytes, *, url: str, content_type: str = "", selector: str = "") -> ParsedFeed:
    """Read a page's links.

    Args:
        body: The page.
        url: Its address, after redirects.
        content_type: The answer's header of that name.
        selector: CSS; what it finds are links, or elements that hold some.

    Raises:
        FeedError: there are none.
    """
    root = parse_html(decode(body, content_type))
    base = base_of(root, url)
    anchors = _selected(root, selector, url) if selector else _guessed(root, base)
    found: dict[str, FeedEntry] = {}
    for anchor in anchors:
        address = urldefrag(absolute(anchor.get("href") or "", base)).url
        key, title = address_key(address), _title(anchor)
        if not is_web_address(address) or key == address_key(url):
            continue
        before = found.get(key)
        if before is None or len(title) > len(before.title):
            date = _date(anchor)
            found[key] = FeedEntry(
                before.url if before else address, title, date[0], "", is_whole_day=date[1]
            )
        if len(found) == MAX_LINKS:
            break
    if not found:
        what = f"no link matches {selector!r}" if selector else "no link looks like an article's; try: select"
        raise FeedError(url, what)
    title = next((plain(text_of(element)) for element in root.iter("title")), "")
    return ParsedFeed(title=title or host(url), site=url, entries=tuple(found.values()))


def _selected(root: lxml_html.HtmlElement, selector: str, url: str) -> Iterator[lxml_html.HtmlElement]:
    # Most feeds are no pages, and need not pay for importing it.
    from cssselect import SelectorError
    from lxml.cssselect import CSSSelector

    try:
        select = CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise FeedError(url, f"select: expected a CSS selector, got {selector[:80]!r}") from error
    for element in select(root):
        if element.tag == "a":
            yield element
        else:
            yield from element.iter("a")


def _guessed(root: lxml_html.HtmlElement, base: str) -> Iterator[lxml_html.HtmlElement]:
    for anchor in root.iter("a"):
        around = [anchor, *anchor.iterancestors()]
        if any(each.tag in _FURNITURE or each.get("role") in _ROLES for each in around):
            continue
        address = absolute(anchor.get("href") or "", base)
        has_heading = any(each.tag in _HEADINGS for each in (*around[:4], *anchor.iterdescendants()))
        is_titled = has_heading or len(_title(anchor).split()) >= MIN_TITLE_WORDS
        if is_titled and host(address) == host(base) and is_article_link(address, _title(anchor), set()):
            yield anchor


def _title(anchor: lxml_html.HtmlElement) -> str:
    heading = next((each for each in anchor.iterdescendants() if each.tag in _HEADINGS), None)
    words = plain(text_of(anchor if heading is None else heading))
    return words or plain(anchor.get("title") or anchor.get("aria-label") or "")


def _date(anchor: lxml_html.HtmlElement) -> tuple[datetime | None, bool]:
    """Read the date that stands beside a link, if the element around it holds that one alone."""
    holder = anchor
    for _ in range(4):
        times = list(holder.iter("time"))
        if times:
            date = read_date(times[0].get("datetime") or text_of(times[0]), day_first=None)
            return (date.moment, date.is_whole_day) if date and len(times) == 1 else (None, False)
        parent = holder.getparent()
        if parent is None or parent.tag in ("body", "main", "ul", "ol", "table"):
            break
        holder = parent
    return None, False
