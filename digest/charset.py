"""Bytes of pages and feeds to text: whom to believe of server, page and bytes, in order."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_META_WITHIN = 4096

# What browsers read under these names.
_REALLY = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-9": "cp1254", "tis-620": "cp874",
    "big5": "big5hkscs",
}  # fmt: skip

MIN_TELLING_BYTES = 16

# Two-byte text without its mark has a zero in nearly every second byte of its markup.
_ZERO_SHARE = 0.2

# A sequence that is UTF-8 read once too often as ISO 8859-1: no text holds the controls 80-9F otherwise.
_TWICE = re.compile("[\xc2-\xf4][\x80-\xbf]{1,3}")
_C1 = re.compile(b"\xc2[\x80-\x9f]")


def decode(body: bytes, content_type: str = "") -> str:
    """Decode a page or a feed.

    A byte-order mark is believed first. Bytes that are well-formed UTF-8 are UTF-8 whatever the header
    says, because text in another charset never is by chance. Then the header, the page's own word, and at
    last a guess.

    Args:
        body: The page as received.
        content_type: The header of that name; may be empty.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, "replace")
    if charset := _two_byte_charset(body):
        return body.decode(charset, "replace")
    named = _named_charsets(body, content_type)
    if "iso-2022-jp" in named and b"\x1b$" in body:
        return body.decode("iso-2022-jp", "replace")
    try:
        return _mended(body.decode("utf-8"), body)
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3 or _is_nearly_utf8(body):
            return _mended(body.decode("utf-8", "replace"), body)
    for charset in [*named, _guess(body)]:
        try:
            return body.decode(charset)
        except (LookupError, UnicodeError):
            continue
    return body.decode("cp1252", "replace")


def _two_byte_charset(body: bytes) -> str:
    head = body[:1000]
    if len(head) < 8 or head.count(0) < _ZERO_SHARE * len(head):
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def _named_charsets(body: bytes, content_type: str) -> list[str]:
    """List the charsets the header and the page name, as browsers read them; no Unicode ones."""
    names = [match[1] for match in [_HEADER_CHARSET.search(content_type)] if match]
    names += [
        match[1].decode("ascii", "ignore") for match in [_META_CHARSET.search(body[:_META_WITHIN])] if match
    ]
    lowered = [_REALLY.get(name.lower(), name.lower()) for name in names]
    return [
        name
        for name in lowered
        if not name.startswith(("utf", "unicode")) and name not in ("idna", "punycode")
    ]


def _is_nearly_utf8(body: bytes) -> bool:
    """Whether stray bytes are few beside well-formed sequences: a page put together from two charsets."""
    text = body.decode("utf-8", "replace")
    bad = text.count("�")
    good = sum(1 for char in text if char > "\x7f") - bad
    return good >= 10 * bad


def _guess(body: bytes) -> str:
    # From a handful of characters nothing can be told; then the commonest charset is the best guess.
    if sum(byte > 0x7F for byte in body[:20_000]) < MIN_TELLING_BYTES:
        return "cp1252"
    from charset_normalizer import from_bytes  # 20 ms and more a page: only where nothing else is known

    best = from_bytes(body[:20_000]).best()
    return best.encoding if best is not None else "cp1252"


def _mended(text: str, body: bytes) -> str:
    """Decode UTF-8 that was encoded twice."""
    if not _C1.search(body):  # on bytes it is 20 times faster
        return text
    return _TWICE.sub(_once, text)


def _once(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("utf-8")
    except UnicodeError:
        return match[0]
