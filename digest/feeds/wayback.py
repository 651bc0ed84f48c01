"""Copies of pages that are gone, from the Wayback Machine of the Internet Archive.

Asked only for pages that answer 404 or 410, and only for addresses without a secret, because the archive is
told of them. The interface: https://archive.org/help/wayback_api.php. The copy is fetched as it was archived
(`id_`), without the archive's own frame, and marked with its date.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from digest.errors import FetchError
from digest.language.secrecy import secretless_url
from digest.records import COPIED_AT, Page

GONE = frozenset({404, 410})
"""Statuses of pages that are not coming back."""

AVAILABLE = "https://archive.org/wayback/available?url={}"

_COPY = re.compile(r"https?://web\.archive\.org/web/(?P<moment>\d{14})(?:id_|if_)?/(?P<url>.+)")


async def copy_of(url: str, fetch: Callable[[str], Awaitable[Page]]) -> Page | None:
    """Find the newest copy of a page that is gone.

    Args:
        url: Its address.
        fetch: Fetches a page, politely.

    Returns:
        The copy under the page's own address, with the header `COPIED_AT`; None if there is none.

    Raises:
        FetchError: nobody knows, for now.
    """
    found = await address_of_copy(url, fetch)
    if found is None:
        return None
    address, day = found
    try:
        copy = await fetch(address)
    except FetchError as error:
        if error.is_retryable:
            raise
        return None
    kept = tuple(header for header in copy.headers if header[0] in ("content-type", "content-language"))
    return replace(copy, url=url, final_url=url, redirects=(), headers=(*kept, (COPIED_AT, day)))


async def address_of_copy(url: str, fetch: Callable[[str], Awaitable[Page]]) -> tuple[str, str] | None:
    """Ask where the newest copy of a page is, and on which day it was made (2026-11-20).

    Args:
        url: The page's address.
        fetch: Fetches a page, politely.

    Returns:
        None if there is none, or the address holds a secret.

    Raises:
        FetchError: the interface does not answer, for now.
    """
    if secretless_url(url) != url:
        return None
    try:
        found = _named((await fetch(AVAILABLE.format(quote(url, safe="")))).body)
    except FetchError as error:
        if error.is_retryable:
            raise
        return None
    return (found[0], f"{found[1]:%Y-%m-%d}") if found else None


def _named(body: bytes) -> tuple[str, datetime] | None:
    """Read the interface's answer: where the copy is, and when it was made."""
    try:
        closest = json.loads(body)["archived_snapshots"]["closest"]
        address, is_there, status = str(closest["url"]), closest["available"], str(closest["status"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    match = _COPY.fullmatch(address)
    if match is None or not is_there or not status.startswith("2"):
        return None
    try:
        moment = datetime.strptime(match["moment"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return f"https://web.archive.org/web/{match['moment']}id_/{match['url']}", moment
