"""Fakes for the ports: no network, no weights."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from digest.errors import AnswerError, FetchError
from digest.records import ModelRequest, ModelResponse, Page, TokenVectors, Usage, Vectors

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


class FakeLanguageModel:
    """Answers from a queue, whose last one is repeated, or by a function; remembers what it was asked."""

    model_id = "fake:model"

    def __init__(self, *answers: "str | AnswerError | ModelResponse | Callable[[ModelRequest], str]") -> None:
        self.answers = list(answers) or ["{}"]
        self.asked: list[ModelRequest] = []
        self.at_once = self.most_at_once = 0

    async def complete(self, request: ModelRequest) -> ModelResponse:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        text = answer(request) if callable(answer) else ""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        # Others have their turn meanwhile, as with a server.
        for _ in range(3):
            await asyncio.sleep(0)
        self.at_once -= 1
        if isinstance(answer, AnswerError):
            raise answer
        if isinstance(answer, ModelResponse):
            return answer
        return ModelResponse(answer if isinstance(answer, str) else text, Usage(100, 10), "model-1", "stop")

    async def close(self) -> None:
        pass


class FakeClock:
    """Time that passes by waiting alone."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1_000_000)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        due = self.seconds + seconds
        await asyncio.sleep(0)
        self.seconds = max(self.seconds, due)
