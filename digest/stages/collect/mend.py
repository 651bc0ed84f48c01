"""Makes a feed's XML safe to parse, and well-formed as far as that is possible."""

import re
from html.entities import html5
from xml.parsers import expat

from digest.errors import FeedError

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_DECLARATION = re.compile(r"<\?xml\b[^<>]{0,500}\?>", re.IGNORECASE)
_FEED_ROOT = re.compile(
    r"<(?:\?xml\b|(?:[\w.-]{1,40}:)?(?:rss|feed|RDF)\b[^<>]{0,2000}(?:version|xmlns)[^<>]{0,2000}>)"
)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[[^\]]*\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ENTRY = re.compile(r"<(?:\w{1,40}:)?(?:item|entry)[\s>]")
_STRAY = re.compile(r"&(?:(#?\w{1,32});)?")
# feedparser takes 70 s for a million entries, 40 s for 50,000 attributes; its loose parser 3 s a megabyte.
_MAX_ENTRIES = 20_000
_MAX_DEPTH = 1000
_MAX_ATTRIBUTES = 300
_MAX_BROKEN_CHARACTERS = 3_000_000


def make_readable(text: str, url: str) -> tuple[str, str]:
    """Return XML that parsers can read without harm, and what was wrong with it; empty if nothing.

    What is still not well-formed then is left to a loose parser.

    Raises:
        FeedError: it declares entities, or is of a size or shape that no feed has.
    """
    if _declares_entities(text):
        raise FeedError(url, "declares XML entities; refused")
    if len(_ENTRY.findall(text)) > _MAX_ENTRIES:
        raise FeedError(url, f"more than {_MAX_ENTRIES:,} entries; not read")
    text, problem = _mended(text)
    if fault := _fault(text, url):
        problem = fault if fault.startswith("not well-formed") else f"not well-formed: {fault}"
        text = _with_references_mended(text)
        if len(text) > _MAX_BROKEN_CHARACTERS and _fault(text, url):
            raise FeedError(url, f"{problem}; too large to be read nonetheless")
    return text, problem


def _declares_entities(text: str) -> bool:
    """Look for entity declarations where an XML parser would, and where feedparser's own search would."""
    start = re.search(r"<\w", text)
    if re.search(r"<!ENTITY", text[: start.start()] if start else text, re.IGNORECASE):
        return True
    # A comment with a tag in it may hide the DTD from that search, but not from the parser.
    position = 0
    while (match := _PROLOG.match(text, position)) and not match[0].upper().startswith("<!DOCTYPE"):
        position = match.end()
    if text[position : position + 9].upper() != "<!DOCTYPE":
        return False
    end = re.compile(r"<\w").search(text, position)
    return bool(re.search("<!ENTITY", text[position : end.start() if end else None], re.IGNORECASE))


def _mended(text: str) -> tuple[str, str]:
    """Take away what keeps a strict parser from beginning; return what that was."""
    problem = ""
    stripped = text.lstrip()
    if stripped != text and _DECLARATION.match(stripped):
        problem = "not well-formed: white space before the XML declaration"
    root = _ROOT.search(stripped)
    # A server's warning before the feed, mostly.
    is_junk_before = root is None or _prolog_end(stripped) != root.start() or root[2].lower() in ("br", "b")
    if is_junk_before and (start := _FEED_ROOT.search(stripped)) and start.start() > 0:
        problem = f"not well-formed: {start.start()} characters before the feed begins"
        stripped = stripped[start.start() :]
    cleaned = _REFERENCE.sub(_only_characters, _NOT_XML.sub("", stripped))
    if cleaned != stripped:
        problem = problem or "not well-formed: control characters"
    return _DECLARATION.sub('<?xml version="1.0" encoding="utf-8"?>', cleaned, count=1), problem


def _fault(text: str, url: str) -> str:
    """Say why a text is not well-formed; empty if it is. Nothing is built, loaded or expanded."""
    depth = 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH or len(attributes) > 2 * _MAX_ATTRIBUTES:
            raise FeedError(url, "nested or attributed beyond reason; not read")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8", " ")
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return str(error)
    return ""


def _with_references_mended(text: str) -> str:
    """Escape stray ampersands and resolve HTML's names, outside CDATA, so that a strict parser reads on."""
    pieces: list[str] = []
    position = 0
    while position < len(text):
        start = text.find("<![CDATA[", position)
        end = text.find("]]>", start) if start >= 0 else -1
        start, end = (start, end + 3) if end >= 0 else (len(text), len(text))
        pieces += [_STRAY.sub(_reference, text[position:start]), text[start:end]]
        position = end
    return "".join(pieces)


def _reference(match: re.Match[str]) -> str:
    name = match[1] or ""
    if name in ("lt", "gt", "amp", "quot", "apos") or re.fullmatch(r"#(?:[0-9]+|x[0-9a-fA-F]+)", name):
        return match[0]
    return html5.get(f"{name};") or "&amp;" + match[0][1:]


def _prolog_end(text: str) -> int:
    """Return where declarations, comments and a DTD end."""
    position = 0
    while match := _PROLOG.match(text, position):
        position = match.end()
    return position


def _only_characters(match: re.Match[str]) -> str:
    """Keep a numeric reference only if it stands for a character XML may hold."""
    digits = match[1] or match[2]
    code = int(digits, 16 if match[1] else 10) if len(digits) <= 8 else 0
    is_allowed = 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return match[0] if is_allowed or code in (9, 10, 13) else ""
