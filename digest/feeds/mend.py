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
_MAX_DEPTH = 1000  # elements in each other; guards what walks them; judgement
_MAX_ATTRIBUTES = 300  # of one element; as of a page's (language.short_tags); judgement
_MAX_BROKEN_CHARACTERS = 3_000_000  # some 9 s of its loose parser, by the figure above
# Entries beyond reason that are left out, each by reading anew; then the feed fails; judgement.
_MAX_ROUNDS = 20
_ENTRY_CLOSED = re.compile(rb"</(?:\w{1,40}:)?(?:item|entry)\s*>")


# What feeds mean by prefixes they forget to declare.
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
_MAX_PREFIXES = 50  # undeclared ones; more is an attack or no feed; judgement
_PREFIXED = re.compile(r"<([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[\w.-]+\s?=")
_DECLARED = re.compile(r"\sxmlns:([\w.-]{1,41})\s?=")
_END_OF_ENTRY = re.compile(r"</(?:\w{1,40}:)?(?:item|entry)\s*>")
_ENDS_TOO_SOON = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


def make_readable(text: str, url: str) -> tuple[str, str, bool]:
    """Return XML that parsers can read without harm, what was wrong with it, and whether its end is missing.

    Of a feed that is cut short, what comes after its last whole entry is left away. What is still not
    well-formed then is left to a loose parser.

    Raises:
        FeedError: it declares entities, or is of a size or shape that no feed has.
    """
    if _declares_entities(text):
        raise FeedError(url, "declares XML entities; refused")
    if len(_ENTRY.findall(text)) > _MAX_ENTRIES:
        raise FeedError(url, f"more than {_MAX_ENTRIES:,} entries; not read")
    text, problem = _mended(text)
    is_cut = False
    text, left_out = _without_excess(text, url)
    if left_out:
        entries = "an entry" if left_out == 1 else f"{left_out} entries"
        problem = problem or f"{entries} left out: nested or attributed beyond reason"
    if fault := _fault(text, url):
        problem = fault if fault.startswith("not well-formed") else f"not well-formed: {fault}"
        text = _with_prefixes_declared(_with_references_mended(text))
        is_cut = _is_cut(text)
        text = _closed(text, url) if is_cut else text
        if len(text) > _MAX_BROKEN_CHARACTERS and _fault(text, url):
            raise FeedError(url, f"{problem}; too large to be read nonetheless")
    return text, problem, is_cut


def _is_cut(text: str) -> bool:
    """Say whether nothing is wrong with a text but that it ends too soon."""
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        return error.code in _ENDS_TOO_SOON
    return False


def _closed(text: str, url: str) -> str:
    """End a text after its last whole entry, else before its first; as it is where that does not help."""
    ends = [match.end() for match in _END_OF_ENTRY.finditer(text)]
    first = _ENTRY.search(text)
    if not ends and first is None:
        return text
    whole = text[: ends[-1] if ends else first.start()]  # type: ignore[union-attr]
    opened: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda name, _: opened.append(name)
    parser.EndElementHandler = lambda _: opened.pop()
    try:
        parser.Parse(whole.encode("utf-8", "replace"), False)
    except expat.ExpatError:
        return text
    whole += "".join(f"</{name}>" for name in reversed(opened))
    return text if _fault(whole, url) else whole


def _with_prefixes_declared(text: str) -> str:
    """Declare the prefixes that a feed uses without saying what they mean."""
    used = {match[1] or match[2] for match in _PREFIXED.finditer(text)}
    missing = sorted(used - set(_DECLARED.findall(text)) - {"xml", "xmlns"})
    root = _ROOT.search(text)
    if not missing or len(missing) > _MAX_PREFIXES or root is None or _prolog_end(text) != root.start():
        return text
    said = "".join(f' xmlns:{name}="{_PREFIXES.get(name, f"urn:undeclared:{name}")}"' for name in missing)
    return text[: root.end()] + said + text[root.end() :]


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


class _ExcessError(FeedError):
    """A shape that no feed has, and that takes readers the square of its size."""


def _fault(text: str, url: str) -> str:
    """Say why a text is not well-formed; empty if it is. Nothing is built, loaded or expanded.

    Raises:
        FeedError: it is nested or attributed beyond reason.
    """
    depth = 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if _is_beyond_reason(depth, attributes):
            raise _ExcessError(url, "nested or attributed beyond reason; not read")

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


def _without_excess(text: str, url: str) -> tuple[str, int]:
    """Leave out the entries that are nested or attributed beyond reason; says how many that were.

    Raises:
        FeedError: what is beyond reason is in no entry, or in too many.
    """
    left_out = 0
    for _ in range(_MAX_ROUNDS):
        try:
            _fault(text, url)
            return text, left_out
        except _ExcessError:
            source = text.encode("utf-8", "replace")
            lost = _excessive_entries(source)
            if not lost:
                raise
        left_out += len(lost)
        ends = [0, *(end for _, end in lost)]
        starts = [*(start for start, _ in lost), len(source)]
        kept = b"".join(source[end:start] for end, start in zip(ends, starts, strict=True))
        text = kept.decode("utf-8", "replace")
    raise FeedError(url, "entries nested or attributed beyond reason; not read")


def _excessive_entries(source: bytes) -> list[tuple[int, int]]:
    """Find where the entries begin and end that are nested or attributed beyond reason."""
    opened: list[str] = []
    begin, base, is_beyond = -1, 0, False
    found: list[tuple[int, int]] = []
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True

    def start(name: str, attributes: list[str]) -> None:
        nonlocal begin, base, is_beyond
        opened.append(name)
        if begin < 0 and name.rpartition(":")[2].lower() in ("item", "entry"):
            begin, base, is_beyond = parser.CurrentByteIndex, len(opened), False
        is_beyond |= _is_beyond_reason(len(opened), attributes)

    def end(_: str) -> None:
        nonlocal begin
        if begin >= 0 and len(opened) == base:
            if is_beyond:
                found.append((begin, source.find(b">", parser.CurrentByteIndex) + 1))
            begin = -1
        opened.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(source, True)
    except expat.ExpatError:
        # One whose elements have no end themselves, up to where it ends all the same.
        if begin >= 0 and is_beyond and (close := _ENTRY_CLOSED.search(source, begin)):
            found.append((begin, close.end()))
    return found


def _is_beyond_reason(depth: int, attributes: list[str]) -> bool:
    return depth > _MAX_DEPTH or len(attributes) > 2 * _MAX_ATTRIBUTES


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
