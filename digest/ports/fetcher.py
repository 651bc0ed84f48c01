"""What fetching needs from outside."""

from collections.abc import Mapping
from typing import Protocol

from digest.records import Page


class Fetcher(Protocol):
    """One request at a time to any public address; no politeness, no retries, no redirects followed."""

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        """Ask for `url` once and read the whole answer.

        A redirect is an ordinary answer here (status 3xx with its location header): whoever follows it
        has each hop judged and limited anew.

        Raises:
            FetchError: refused before connecting (private address, scheme), no connection, time out,
                cut short, or more than `max_bytes` after decompression.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...
