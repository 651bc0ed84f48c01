"""One answer of a feed's address -> what the feed says. RSS, Atom and RDF; JSON Feed is in `json_feed`.

feedparser does the reading, after the body has been made into well-formed UTF-8 as far as that is possible
(`mend`), because its strict parser loses less than its loose one. It is given bytes, never an address, and
neither resolves nor sanitises: addresses must stay exactly as the feed gave them, and HTML is sanitised where
it is shown. A DTD that declares entities is refused before anything reads it.
"""

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any

from digest.errors import FeedError
from digest.feeds.entry_dates import FeedDate, day_comes_first, read_date
from digest.feeds.entry_text import absolute, plain, with_absolute_links
from digest.feeds.json_feed import parse_json_feed
from digest.feeds.mend import make_readable
from digest.feeds.settle import settled
from digest.feeds.wrapped import is_feedburner
from digest.language.addresses import is_web_address
from digest.language.charset import decode
from digest.records import FeedEntry, ParsedFeed

_HTML_ROOTS = ("html", "head", "body", "h1", "div", "p")
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_TYPES = ("text/html", "application/xhtml+xml", "")
_TEXT_TYPES = ("text/plain", *_HTML_TYPES)


def parse_feed(body: bytes, *, url: str, content_type: str = "", language: str = "") -> ParsedFeed:
    """Read a feed as far as it goes.

    Args:
        body: The answer's body, decoded from gzip and the like.
        url: Where it came from; relative addresses are resolved against it.
        content_type: The answer's header of that name.
        language: The newsletter's; it wins where an entry has links in several languages.

    Returns:
        The feed's entries in its order. `problem` says what was wrong, where entries were found nonetheless.

    Raises:
        FeedError: it is no feed: empty, a page, another kind of file, or one that declares XML entities.
    """
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise FeedError(url, "an empty answer, not a feed", is_retryable=True)
    text = decode(body, content_type).lstrip("\ufeff")
    if text.lstrip().startswith(("{", "[")):
        return parse_json_feed(text, url=url)
    text, problem, is_cut = make_readable(text, url)
    found = _feedparser(settled(text, url=url, language=language), url)
    if not found.get("version") and not found.entries:
        raise FeedError(url, _what_it_is(text, content_type))
    if found.bozo and not problem:
        problem = f"not well-formed: {' '.join(str(found.bozo_exception).split())}"
    rows = _whole(text, found.entries) if problem else found.entries
    day_first = day_comes_first(
        (text for row in (found.feed, *rows) for text in _dates(row)), str(found.feed.get("language") or "")
    )
    return ParsedFeed(
        title=_title(found.feed),
        site=_web(found.feed.get("link"), url),
        entries=tuple(_entry(row, url, day_first) for row in rows),
        problem=problem,
        is_cut=is_cut,
    )


def _feedparser(text: str, url: str) -> Any:
    # feedparser takes 0.2 s to import, which commands that read no feed need not pay.
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        # Its loose parser raises what it happens to on broken markup; that is the feed's fault, not ours.
        raise FeedError(url, f"could not be parsed: {type(error).__name__}: {error}") from error


def _what_it_is(text: str, content_type: str) -> str:
    root = _ROOT.search(text)
    name = root[1].lower() if root else ""
    if name in _HTML_ROOTS or re.search(r"<!doctype\s+html", text[:1000], re.IGNORECASE):
        return "an HTML page, not a feed"
    if name == "opml":
        return "a subscription list, not a feed; try: digest feeds import"
    if name:
        return f"not a feed: an XML document of <{name[:40]}>"
    kind = content_type.partition(";")[0].strip()
    return f"not a feed: no RSS, Atom or JSON Feed in it{f' (content type {kind})' if kind else ''}"


def _whole(text: str, rows: list[Any]) -> list[Any]:
    """Leave out the last entry of a feed that was cut short: its address may be cut as well."""
    opened = max((match.start() for match in re.finditer(r"<(?:\w+:)?(?:item|entry)[\s>]", text)), default=-1)
    closed = max((match.start() for match in re.finditer(r"</(?:\w+:)?(?:item|entry)\s*>", text)), default=-1)
    is_cut = not re.search(r"</(?:\w+:)?(?:rss|feed|RDF)\s*>", text[max(opened, closed, 0) :])
    return rows[:-1] if is_cut and opened > closed else rows


def _entry(row: Mapping[str, Any], url: str, day_first: bool | None) -> FeedEntry:
    dates = (read_date(text, day_first=day_first) for text in _dates(row))
    date = next((found for found in dates if found), None) or _date_in_greek_or_korean(row)
    return FeedEntry(
        url=_own_address(row, url) or _web(row.get("link"), url) or _enclosed(row, url),
        title=_title(row),
        published=date.moment if date else None,
        body_html=_body(row, url),
        author=plain(str(row.get("author") or "")),
        is_whole_day=bool(date and date.is_whole_day),
        transcript=_transcript(row, url),
    )


def _title(row: Mapping[str, Any]) -> str:
    detail = row.get("title_detail") or {}
    return plain(str(row.get("title") or ""), is_html=detail.get("type") in _HTML_TYPES)


def _web(address: Any, url: str) -> str:
    found = absolute(str(address or ""), url)
    return found if is_web_address(found) else ""


def _own_address(row: Mapping[str, Any], url: str) -> str:
    """Give the article's address where Feedburner put its own in the place of it, and names both."""
    own = _web(row.get("feedburner_origlink"), url)
    return own if own and is_feedburner(_web(row.get("link"), url)) else ""


def _enclosed(row: Mapping[str, Any], url: str) -> str:
    """Find an address where the entry has no plain link: its permanent id, else another kind of link."""
    candidates = [
        row.get("id"),
        *(link.get("href") for link in row.get("links", ()) if link.get("rel") == "alternate"),
    ]
    return next((str(found) for found in candidates if is_web_address(str(found or ""))), "")


def _transcript(row: Mapping[str, Any], url: str) -> str:
    """Give the address of an episode's transcript; the best one was chosen before."""
    named = (
        value for name, value in row.items() if name.endswith("_transcript") and isinstance(value, Mapping)
    )
    return next((address for value in named if (address := _web(value.get("url"), url))), "")


def _dates(row: Mapping[str, Any]) -> list[str]:
    """Give an entry's dates as the feed has them, the best first."""
    # feedparser warns when asked for `updated` of an entry that has `published` alone.
    found = (dict.get(row, name) for name in ("published", "created", "updated"))  # type: ignore[call-overload]
    return [str(text) for text in found if text]


def _date_in_greek_or_korean(row: Mapping[str, Any]) -> FeedDate | None:
    # feedparser reads these in one piece or not at all, unlike the others it knows.
    for name in ("published", "created", "updated"):
        text = str(dict.get(row, name) or "")  # type: ignore[call-overload]
        parsed = dict.get(row, f"{name}_parsed")  # type: ignore[call-overload]
        if isinstance(parsed, struct_time) and re.search("[\u0370-\u03ff\uac00-\ud7af]", text):
            with suppress(ValueError):
                moment = datetime(*parsed[:5], min(parsed.tm_sec, 59), tzinfo=UTC)
                return FeedDate(moment) if moment.year >= 1990 else None
    return None


def _body(row: Mapping[str, Any], url: str) -> str:
    bodies = sorted(_bodies(row, url), key=len, reverse=True)
    return bodies[0] if bodies else ""


def _bodies(row: Mapping[str, Any], url: str) -> Iterator[str]:
    details = list(row.get("content") or ())
    if row.get("summary_detail"):
        details.append(row["summary_detail"])
    for detail in details:
        value, kind = str(detail.get("value") or ""), str(detail.get("type") or "")
        if not value.strip() or kind not in _TEXT_TYPES:
            continue
        if kind == "text/plain" and not re.search(r"</\w+>|<br", value):
            paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", value))
            value = "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs if part)
        yield with_absolute_links(value, absolute(str(detail.get("base") or ""), url) or url)
