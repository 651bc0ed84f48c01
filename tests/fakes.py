"""Fakes for the ports: no network, no weights."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from digest.errors import FetchError
from digest.records import Page, TokenVectors, Vectors

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


class FakeEmbedder:
    """Vectors from words: texts that share words are near, always the same for the same text."""

    model_id = "fake-1"
    dimensions = 64

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([tokens.whole(text) for tokens, text in zip(self._all(texts), texts, strict=True)])

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.calls += 1
        return self._all(texts)

    def _all(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._tokens(text) for text in texts]

    def _tokens(self, text: str) -> TokenVectors:
        words = list(re.finditer(r"\w+", text))
        return TokenVectors(
            np.array([word.start() for word in words], dtype=np.int32),
            np.array([word.end() for word in words], dtype=np.int32),
            np.array([_vector(word[0]) for word in words], dtype=np.float32).reshape(-1, self.dimensions),
        )


# A page or the prompt library says the same words many times over.
@lru_cache(maxsize=100_000)
def _vector(word: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    seed = int.from_bytes(hashlib.md5(word.lower().encode()).digest()[:4], "big")
    return np.random.default_rng(seed).standard_normal(FakeEmbedder.dimensions).astype(np.float32)


class FakeFetcher:
    """Answers from a table; what is not in it cannot be reached."""

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        self.asked.append(url)
        if url not in self.answers:
            raise FetchError(url, "connection refused", is_retryable=True)
        body = self.answers[url]
        status = 404 if not body else 200
        return Page(url, url, status, (("content-type", "text/html; charset=utf-8"),), body, NOW)

    async def close(self) -> None:
        pass
