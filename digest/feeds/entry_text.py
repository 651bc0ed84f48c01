"""Small texts of a feed: titles and HTML, made clean. Knows no feed format."""

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from digest.language.addresses import as_asked, is_web_address
from digest.language.secrecy import without_login
from digest.language.short_tags import with_short_tags

# Control, and those format characters that turn text round or hide it; joiners stay, because scripts and
# emoji need them.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_PAIRED_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>.*?</\1\s*>", re.DOTALL)
_LONE_TAG = re.compile(r"<(?:br|hr|img|wbr)\b[^<>]*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_RELATIVE = re.compile(
    r"""\b(?:href|src)\s*+=\s*+(?:["']\s*+)?+(?![a-z][a-z0-9+.-]*:|[#"'])""", re.IGNORECASE
)
_LINKED = {"a": "href", "img": "src", "iframe": "src", "video": "src", "audio": "src", "source": "src"}
# No title is longer, and the patterns above take the square of a text's length.
_MAX_CHARACTERS = 4000


def plain(text: str, *, is_html: bool = False) -> str:
    """Make one line of text: no markup, entities decoded, white space collapsed, nothing invisible.

    Args:
        text: What the feed gives.
        is_html: The feed says it is HTML. Otherwise only what can hardly be meant as text is taken for
            markup: a tag with its closing tag, a line break, an image.
    """
    text = text[:_MAX_CHARACTERS]
    # Some feeds escape twice, or more.
    for _ in range(3):
        if "<" in text and (is_html or _PAIRED_TAG.search(text) or _LONE_TAG.search(text)):
            text = _text_of(text)
        elif "&" in text:
            text = html.unescape(text)
        else:
            break
        is_html = False
    text = _CONTROLS.sub("", text.encode("utf-8", "replace").decode("utf-8"))
    return " ".join(unicodedata.normalize("NFC", text).split())


def parse_html(text: str) -> lxml_html.HtmlElement:
    """Parse a piece of HTML, whatever its state, into one element."""
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text.encode("utf-8", "replace").decode("utf-8"))
    text = with_short_tags(text)
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_pis=True)
    try:
        root = lxml_html.document_fromstring(f"<div>{text}</div>".encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return lxml_html.Element("div")
    return root


def text_of(root: lxml_html.HtmlElement) -> str:
    """Return what a reader would see, on one line."""
    return " ".join("".join(_visible(root)).split())


def with_absolute_links(text: str, base: str) -> str:
    """Resolve the relative addresses in a piece of HTML; a piece without any is returned as it is."""
    if not base or not _RELATIVE.search(text):
        return text
    root = parse_html(text)
    for element in root.iter(*_LINKED):
        name = _LINKED[element.tag]
        address = (element.get(name) or "").strip()
        # An absolute address stays as given to the byte, because ids are made from it.
        if address and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|#", address):
            element.set(name, absolute(address, base))
    body = root.find("body")
    inner = body if body is not None else root
    return (inner.text or "") + "".join(
        lxml_html.tostring(child, encoding="unicode") for child in inner.iterchildren()
    )


def absolute(address: str, base: str) -> str:
    """Resolve an address against `base`; an absolute one stays exactly as it is, and junk as well.

    What browsers encode before they ask (`as_asked`) is encoded. A login in the base is for asking the base's
    host; it does not become part of another address.
    """
    address = address.strip()
    if not address or not base or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", address):
        return as_asked(address)
    try:
        return as_asked(urljoin(without_login(base), address))
    except ValueError:
        return address


def base_of(root: lxml_html.HtmlElement, url: str) -> str:
    """Give what a page's addresses are relative to: its first base that names an address, else its own."""
    named = (element.get("href") for element in root.iter("base"))
    found = absolute(next(filter(None, named), ""), url)
    return found if is_web_address(found) else url


def _text_of(text: str) -> str:
    return "".join(_visible(parse_html(text)))


def _visible(root: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield the text pieces in order, without scripts and comments; block ends become spaces."""
    skipped: lxml_html.HtmlElement | None = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        if event == "start":
            if skipped is None and element.tag in ("script", "style", "noscript", "template"):
                skipped = element
            if skipped is None:
                yield " " if element.tag in ("br", "p", "div", "li", "td", "tr", "h1", "h2", "h3") else ""
                yield element.text or ""
        else:
            if element is skipped:
                skipped = None
            if skipped is None and element is not root:
                yield element.tail or ""
