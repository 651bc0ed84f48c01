"""JSON Feed 1.0 and 1.1 (jsonfeed.org), read tolerantly. feedparser 6 returns no entries for it."""

import html
import json
import re
from typing import Any

from digest.errors import FeedError
from digest.feeds.entry_dates import day_comes_first, read_date
from digest.feeds.entry_text import absolute, plain, with_absolute_links
from digest.language.addresses import is_web_address
from digest.records import FeedEntry, ParsedFeed

_MAX_ITEMS = 20_000  # as many as of an XML feed (feeds.mend)
_MAX_DIGITS = 1_000  # of a number that is read as one; beyond, Python itself refuses at 4,300; judgement
_MAX_DEPTH = 100  # Python's reader gives up near 1,000 by recursion; judgement
# Strings are stepped over whole. Possessive, so that one without an end takes no longer.
_BRACKETS = re.compile(r'[\[\]{}]|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


def parse_json_feed(text: str, *, url: str) -> ParsedFeed:
    """Read a JSON Feed; of one that is cut short or slightly wrong, the items that are whole.

    Raises:
        FeedError: it is not JSON, or not a feed.
    """
    value, problem, is_cut = _load(text.strip(), url)
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        raise FeedError(url, "JSON, but not a feed: no list of items in it")
    if len(value["items"]) > _MAX_ITEMS:
        raise FeedError(url, f"more than {_MAX_ITEMS:,} entries; not read")
    items = [item for item in value["items"] if isinstance(item, dict)]
    if len(items) < len(value["items"]):
        problem = problem or "not well-formed: items that are no objects"
    day_first = day_comes_first(
        (date for item in items for date in _dates(item)), _text(value.get("language"))
    )
    return ParsedFeed(
        title=plain(_text(value.get("title"))),
        site=_web(value.get("home_page_url"), url),
        entries=tuple(_entry(item, url, day_first) for item in items),
        problem=problem,
        is_cut=is_cut,
    )


def _load(text: str, url: str) -> tuple[Any, str, bool]:
    """Give what the JSON says, what was wrong with it, and whether that is its end missing."""
    try:
        # Not strict: feeds hold raw line breaks inside strings.
        return json.loads(text, strict=False, parse_int=_number), "", False
    except RecursionError as error:
        flat = _flattened(text)
        if flat == text:
            raise FeedError(url, "JSON nested beyond reason, not a feed") from error
        value, problem, is_cut = _load(flat, url)
        return value, problem or "values nested beyond reason were left out", is_cut
    except json.JSONDecodeError as error:
        items = _whole_items(text)
        if not items:
            reason = f"{error.msg}, line {error.lineno}"
            raise FeedError(url, f"neither JSON nor XML: {reason}", is_retryable=True) from error
        names = {name: _string_after(text, name) for name in ("title", "home_page_url")}
        problem = f"not well-formed: {error.msg}, line {error.lineno}"
        is_cut = error.pos >= len(text) or error.msg.startswith("Unterminated string")
        return {**names, "items": items}, problem, is_cut


def _flattened(text: str) -> str:
    """Put null in place of what is nested deeper than any feed."""
    kept: list[str] = []
    depth, position = 0, 0
    for match in _BRACKETS.finditer(text):
        sign = match[0]
        if sign in "[{":
            depth += 1
            if depth == _MAX_DEPTH + 1:
                kept += [text[position : match.start()], "null"]
                position = len(text)
        elif sign in "]}":
            if depth == _MAX_DEPTH + 1:
                position = match.end()
            depth -= 1
    return "".join([*kept, text[position:]])


def _number(digits: str) -> int | str:
    # Python refuses to read longer ones, which in a feed can only be ids.
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _whole_items(text: str) -> list[Any]:
    """Read the items one by one, up to where the text breaks off."""
    start = re.search(r'"items"\s*:\s*\[', text)
    decoder, items = json.JSONDecoder(strict=False, parse_int=_number), []
    position = start.end() if start else len(text)
    while match := re.compile(r"[\s,]*(?=\{)").match(text, position):
        try:
            item, position = decoder.raw_decode(text, match.end())
        except (json.JSONDecodeError, RecursionError):
            break
        items.append(item)
    return items


def _string_after(text: str, name: str) -> str:
    head = text.partition('"items"')[0]
    match = re.search(rf'"{name}"\s*:\s*("(?:[^"\\]|\\.)*")', head)
    return str(json.loads(match[1], strict=False)) if match else ""


def _dates(item: dict[str, Any]) -> list[str]:
    return [found for name in ("date_published", "date_modified") if (found := _text(item.get(name)))]


def _entry(item: dict[str, Any], url: str, day_first: bool | None) -> FeedEntry:
    addresses = (_web(item.get(name), url) for name in ("url", "external_url"))
    given = _text(item.get("id"))
    body = _text(item.get("content_html"))
    if not body:
        paragraphs = re.split(r"\n\s*\n", _text(item.get("content_text") or item.get("summary")))
        body = "".join(
            f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in paragraphs if part.strip()
        )
    dates = (read_date(text, day_first=day_first) for text in _dates(item))
    date = next((found for found in dates if found), None)
    return FeedEntry(
        # The format wants ids to be addresses; some feeds give nothing else.
        url=next((found for found in addresses if found), given if is_web_address(given) else ""),
        title=plain(_text(item.get("title"))),
        published=date.moment if date else None,
        body_html=with_absolute_links(body, url),
        author=_author(item),
        is_whole_day=bool(date and date.is_whole_day),
    )


def _author(item: dict[str, Any]) -> str:
    authors = item.get("authors") or item.get("author") or []
    authors = authors if isinstance(authors, list) else [authors]
    names = (author.get("name") if isinstance(author, dict) else author for author in authors)
    return ", ".join(name for name in (plain(_text(name)) for name in names) if name)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # JSON can spell half of a surrogate pair, which nothing could write down later.
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _web(value: object, url: str) -> str:
    found = absolute(_text(value), url)
    return found if is_web_address(found) else ""
