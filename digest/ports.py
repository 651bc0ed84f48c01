"""What the stages need from outside, as Protocols: adapters implement them, tests fake them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from digest.records import Page, TokenVectors, Vectors

__all__ = ["Embedder", "Fetcher"]


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


class Embedder(Protocol):
    """Turns text into vectors."""

    @property
    def model_id(self) -> str:
        """Name and version of the model: part of every cache key."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed each text whole. Shape (n, d), float32, rows L2-normalised; (0, d) for no texts."""
        ...

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Give the contextual token vectors of each text, read whole in overlapping windows."""
        ...
