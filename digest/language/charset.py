"""Bytes of pages and feeds to text: whom to believe of server, page and bytes, in order."""

import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

MIN_TELLING_BYTES = 16
"""Of a text's bytes beyond ASCII; a charset guessed from fewer is chance. Judgement."""

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
    charset, bom = read_bom(body)
    if charset and bom:
        return body[len(bom) :].decode(charset, "replace")
    if charset := _two_byte_charset(body):
        return body.decode(charset, "replace")
    named = _named_charsets(body, content_type)
    if "iso2022_jp" in named and b"\x1b$" in body:
        return body.decode("iso-2022-jp", "replace")
    try:
        return _mended(body.decode("utf-8"), body)
    except UnicodeDecodeError as error:
        # What was cut off within a character is UTF-8 if the rest shows it; "café" in another charset is not.
        is_cut = error.start >= len(body) - 3 and not body[: error.start].isascii()
        if is_cut or _is_nearly_utf8(body):
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
    names = (http_content_type_encoding(content_type or None), html_body_declared_encoding(body))
    return [name for name in names if name and not name.startswith(("utf", "unicode", "idna", "punycode"))]


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
