"""What embedding needs from outside."""

from collections.abc import Sequence
from typing import Protocol

from digest.records import TokenVectors, Vectors


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
