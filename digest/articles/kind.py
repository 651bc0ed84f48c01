"""Tell what a body is by its first bytes and its content type, the bytes having the last word."""

import re
from dataclasses import dataclass

_MAGIC = (
    (b"\x89PNG", "an image (PNG)"), (b"\xff\xd8\xff", "an image (JPEG)"), (b"GIF8", "an image (GIF)"),
    (b"BM", ""), (b"PK\x03\x04", "an archive or office file (zip)"), (b"\x1f\x8b", "compressed (gzip)"),
    (b"7z\xbc\xaf", "an archive (7z)"), (b"Rar!", "an archive (rar)"), (b"ID3", "audio (MP3)"), (b"OggS",
    "audio (Ogg)"),
    (b"fLaC", "audio (FLAC)"), (b"\x7fELF", "a program"), (b"MZ\x90", "a program"), (b"wOF", "a font"),
    (b"\xd0\xcf\x11\xe0", "an office file"), (b"\x28\xb5\x2f\xfd", "compressed (zstd)"), (b"\x00asm",
    "a program"),
    (b"\x1aE\xdf\xa3", "video (Matroska)"), (b"SQLite format 3", "a database"), (b"{\\rtf",
    "an office file (RTF)"),
)  # fmt: skip
_REFUSED_TYPES = (
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/zip",
    "application/gzip",
    "application/octet-stream",
)
_FEED = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?.*?\?>\s*)*<(rss|feed|rdf:RDF|sitemapindex|urlset|opml)\b",
    re.DOTALL,
)
_HTML = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|meta|title|div|p|article|main|section|h[1-6])\b", re.IGNORECASE
)
_TWO_BYTE_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Text has no zero and few other controls; compressed or encrypted bytes have one in eight.
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 12, 13, 27})
MAX_CONTROL_SHARE = 0.05  # between the two; judgement


@dataclass(frozen=True, slots=True)
class PageKind:
    """What a body is: "html", "pdf" or "plain"; or why it can be none of them."""

    name: str
    refusal: str = ""


def kind_of(body: bytes, content_type: str) -> PageKind:
    """Judge a body.

    Args:
        body: As received.
        content_type: The header of that name; may be empty or wrong.
    """
    declared = content_type.partition(";")[0].strip().lower()
    head = body[:2048].lstrip()
    if not head:
        return PageKind("", "empty page")
    if b"%PDF-" in body[:1024]:
        return PageKind("pdf")
    if looks := _binary(body, head):
        return PageKind("", f"not a page: {looks}")
    is_markup = bool(_HTML.search(body[:8192]))
    if feed := _FEED.match(head):
        return PageKind("", f"not a page: {_feed_name(feed[1])}")
    if declared == "application/pdf":
        return PageKind("", "not a page: said to be a PDF, but is none")
    if not is_markup and (declared.endswith("json") or _is_json(head)):
        return PageKind("", "not a page: JSON")
    if not is_markup and declared.startswith(_REFUSED_TYPES):
        return PageKind("", f"not a page: {declared}")
    if not is_markup and declared in ("text/css", "text/csv", "text/javascript", "application/javascript"):
        return PageKind("", f"not a page: {declared}")
    if declared in ("text/plain", "text/markdown", "text/x-markdown"):
        return PageKind("plain")
    return PageKind("html" if is_markup or "html" in declared or b"<" in body[:8192] else "plain")


def _binary(body: bytes, head: bytes) -> str:
    for magic, name in _MAGIC:
        if name and (head.startswith(magic) or body.startswith(magic)):
            return name
    if body[:4] == b"RIFF":
        return "an image, audio or video (RIFF)"
    if body[4:8] == b"ftyp":
        return "an image, audio or video (MP4)"
    sample = body[:4096]
    if body.startswith(_TWO_BYTE_MARKS) or _is_two_byte_markup(sample):
        return ""
    controls = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    return "binary" if controls > MAX_CONTROL_SHARE * len(sample) else ""


def _is_two_byte_markup(sample: bytes) -> bool:
    bare = sample.replace(b"\x00", b"")
    return len(bare) <= 0.6 * len(sample) and len(bare) >= 0.4 * len(sample) and b"<" in bare[:200]


def _feed_name(tag: bytes) -> str:
    name = tag.decode("ascii").lower()
    return (
        "a site map"
        if name in ("sitemapindex", "urlset")
        else "a subscription list"
        if name == "opml"
        else "a feed"
    )


def _is_json(head: bytes) -> bool:
    return head[:1] in (b"{", b"[") and bool(re.match(rb"[\[{]\s*(?:[\"{\[\]}]|-?\d)", head))
