"""Which charset a feed is in, whatever its server and its first line say."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_XML = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")
# What browsers do: pages that claim these hold the characters of Windows all the same.
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}

_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})


def decode(body: bytes, content_type: str) -> str:
    """Decode a feed's body; what no charset explains becomes U+FFFD.

    In order: a byte-order mark; UTF-8, if there are characters beyond ASCII and all of them are valid, since
    text in another charset hardly ever is; what the XML declaration says; what the header says; UTF-8 as far
    as it goes, if most of it is; Windows-1252.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    if body[:40].count(b"\x00") > 10:
        return body.decode("utf-16-be" if body[:1] == b"\x00" else "utf-16-le", "replace")
    declared = [match[1].decode("ascii", "replace")] if (match := _IN_XML.match(body)) else []
    declared += [found[1]] if (found := _IN_HEADER.search(content_type)) else []
    names = [name for label in declared if (name := _codec(label))]
    if not body.isascii():
        names.insert(0, "utf-8")
    for name in names:
        try:
            return body.decode(name)
        except (UnicodeDecodeError, UnicodeError):
            continue
    return _mostly(body, names)


def _mostly(body: bytes, names: list[str]) -> str:
    """Decode what is not wholly valid in any charset: as UTF-8, if it mostly is, else as it declares."""
    text = body.decode("utf-8", "replace")
    if len(re.findall("[^\x00-\x7f\ufffd]", text)) > text.count("\ufffd"):
        return text
    others = [name for name in names if name != "utf-8"]
    return body.decode(others[0] if others else "cp1252", "replace")


def _codec(label: str) -> str:
    try:
        name = codecs.lookup(label).name
        b"".decode(name)
    except (LookupError, ValueError, TypeError):
        return ""
    # A text whose declaration could be read is not in these, whatever it declares; the rest is no charset.
    if name.startswith(("utf-16", "utf-32")) or name in _NO_CHARSETS:
        return ""
    return _WIDER.get(name, name)
