"""A sitemap -> what a feed says: the pages of a site with their dates. XML, plain lists, indexes, gzip.

Sites without a feed have one for search engines, https://www.sitemaps.org/protocol.html; newspapers name
titles and dates of the last two days in it (news sitemaps). A site's pages are many: the newest are taken.
"""

import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from digest.errors import FeedError
from digest.feeds.entry_dates import read_date
from digest.feeds.entry_text import plain
from digest.language.addresses import as_asked, host, is_web_address
from digest.records import FeedEntry, ParsedFeed

MAX_BYTES = 60_000_000
"""Of a sitemap, unpacked; the protocol allows 50 MB."""

MAX_ENTRIES = 5_000
"""Pages taken of a site, the newest: more than any site publishes between two runs."""

MAX_SITEMAPS = 20
"""Sitemaps that are read of an index, the newest."""

_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Sitemap:
    """What one file says: pages, or further sitemaps."""

    entries: tuple[FeedEntry, ...] = ()
    sitemaps: tuple[tuple[str, datetime | None], ...] = ()
    """Address and date of each, if it is an index."""


def read_sitemap(body: bytes, *, url: str) -> Sitemap:
    """Read a sitemap or a sitemap index.

    Raises:
        FeedError: it is neither, or too large.
    """
    text = _unpacked(body, url)
    is_two_byte = text.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    if not is_two_byte and not text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = [line.strip() for line in text.decode("utf-8-sig", "replace").splitlines()]
        if not lines or not all(is_web_address(line) for line in lines if line):
            raise FeedError(url, "not a sitemap: neither XML nor a list of addresses")
        return Sitemap(tuple(FeedEntry(line, "", None, "") for line in lines if line))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError(url, "not a sitemap: no XML that can be read") from error
    name = "" if root is None else _name(root)
    if name == "sitemapindex":
        return Sitemap(sitemaps=tuple(_sitemaps(root)))
    if name != "urlset":
        raise FeedError(url, f"not a sitemap: an XML document of <{name[:40]}>" if name else "not a sitemap")
    return Sitemap(tuple(_entries(root)))


def chosen_sitemaps(index: Sitemap, *, since: datetime | None) -> list[str]:
    """Choose the sitemaps of an index that may have something new, the newest first."""
    dated = [
        (moment or datetime.max.replace(tzinfo=UTC), -place, address)
        for place, (address, moment) in enumerate(index.sitemaps)
        if since is None or moment is None or moment >= since
    ]
    return [address for *_, address in sorted(dated, reverse=True)][:MAX_SITEMAPS]


def as_feed(sitemaps: Sequence[Sitemap], *, url: str) -> ParsedFeed:
    """Take the newest pages of sitemaps together; without dates, those that stand first."""
    entries = list({entry.url: entry for sitemap in sitemaps for entry in sitemap.entries}.values())
    newest = sorted(entries, key=lambda entry: entry.published or _OLDEST, reverse=True)[:MAX_ENTRIES]
    problem = f"{MAX_ENTRIES:,} of {len(entries):,} pages looked at" if len(entries) > MAX_ENTRIES else ""
    return ParsedFeed(title=host(url), site=_site(url), entries=tuple(newest), problem=problem)


def _unpacked(body: bytes, url: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise FeedError(url, "not a sitemap: its gzip cannot be unpacked") from error
    if unpacker.unconsumed_tail:
        raise FeedError(url, f"a sitemap larger than {MAX_BYTES // 1_000_000} MB")
    return text


def _sitemaps(root: etree._Element) -> Iterator[tuple[str, datetime | None]]:
    for child in root.iterchildren(etree.Element):
        found = _texts(child)
        if is_web_address(found.get("loc", "")):
            yield found["loc"], _moment(found)[0]


def _entries(root: etree._Element) -> Iterator[FeedEntry]:
    for child in root.iterchildren(etree.Element):
        found = _texts(child)
        if is_web_address(found.get("loc", "")):
            moment, is_whole_day = _moment(found)
            yield FeedEntry(
                found["loc"], plain(found.get("title", "")), moment, "", is_whole_day=is_whole_day
            )


def _texts(element: etree._Element) -> dict[str, str]:
    """Give the texts in an entry by their names, its own before those of images and videos in it."""
    found: dict[str, str] = {}
    for child in element.iterchildren(etree.Element):
        if _name(child) == "news":
            for part in child.iterchildren(etree.Element):
                found.setdefault(_name(part), "".join(part.itertext()).strip())
        elif not len(child):
            found.setdefault(_name(child), (child.text or "").strip())
    if "loc" in found:
        found["loc"] = as_asked(found["loc"])
    return found


def _moment(found: dict[str, str]) -> tuple[datetime | None, bool]:
    date = read_date(found.get("publication_date") or found.get("lastmod") or "", day_first=None)
    return (date.moment, date.is_whole_day) if date else (None, False)


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname).lower() if isinstance(element.tag, str) else ""


def _site(url: str) -> str:
    return f"{url.partition('://')[0]}://{url.partition('://')[2].partition('/')[0].rpartition('@')[2]}/"
