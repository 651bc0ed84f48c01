"""Transcripts of videos, as youtube-transcript-api finds them; its requests go through this project's guard.

YouTube documents no interface for them, so anything may fail at any time: each failure is a reason, no more.
"""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx2

from digest.adapters.guard import Guard
from digest.adapters.http import guarded_client, read_body
from digest.errors import FetchError
from digest.records import Page

TIMEOUT_S = 20.0
"""For one video: three or four requests."""

DELAY_S = 1.0
"""Seconds between two videos: YouTube blocks who asks faster for long; judgement."""

MAX_BYTES = 10_000_000
"""Of one answer, unpacked, as of pages; a watch page has some 1,500,000, a transcript of hours 500,000."""

MAX_REDIRECTS = 5
"""Of one request; YouTube's own go to the page that asks for consent and back."""

_OF_WIRE = ("content-encoding", "content-length", "transfer-encoding")
"""Headers that tell of an answer's bytes as they were sent, not as they were read."""

INSTALL = "pip install 'digest[youtube]'"

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"


class YouTubeTranscripts:
    """Implements ports.Videos. Belongs to the event loop of its first request; close it there.

    Args:
        language: Of the newsletter; transcripts in it come first, then English ones.
        proxy: 'http://user:password@host:port' to send everything through; None for none.
        client: Asks; for tests.

    Raises:
        ImportError: youtube-transcript-api is not installed.
    """

    def __init__(
        self, language: str, *, proxy: str | None = None, client: httpx2.AsyncClient | None = None
    ) -> None:
        import youtube_transcript_api

        self._library = youtube_transcript_api
        self._languages = list(dict.fromkeys((language, "en")))
        self._client = client or guarded_client(Guard(()), headers={}, proxy=proxy)
        self._turn = asyncio.Lock()

    async def transcript(self, url: str, video: str) -> Page:
        """Ask for the transcript of a video, written by hand before one a program made.

        Args:
            url: The video's page, which the transcript stands for.
            video: Its id.

        Raises:
            FetchError: there is none, or it is not given.
        """
        async with self._turn:
            loop = asyncio.get_running_loop()
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    segments = await asyncio.to_thread(self._segments, video, loop)
            except TimeoutError as error:
                raise FetchError(url, f"no transcript within {TIMEOUT_S:g} s") from error
            except Exception as error:
                # Whatever an undocumented interface does: the library reads it without asking what is there.
                raise FetchError(url, self._reason(error)) from error
            finally:
                await asyncio.sleep(DELAY_S)
        body = json.dumps({"segments": segments}).encode()
        headers = (("content-type", "application/json"),)
        return Page(url, url, 200, headers, body, datetime.now(UTC))

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    def _segments(self, video: str, loop: asyncio.AbstractEventLoop) -> list[dict[str, Any]]:
        asker: Any = _Session(self._client, loop)
        found = self._library.YouTubeTranscriptApi(http_client=asker).fetch(video, self._languages)
        return [
            {"body": each.text, "startTime": each.start, "endTime": each.start + each.duration}
            for each in found.snippets
        ]

    def _reason(self, error: Exception) -> str:
        if isinstance(error, FetchError):
            return f"no transcript: an answer {error.reason}"
        if isinstance(error, self._library.CouldNotRetrieveTranscript):
            return f"no transcript: {_words(type(error).__name__)}"
        return f"no transcript: {type(error).__name__}"


class _Session:
    """What the library uses of a `requests.Session`, over the guarded client: it runs in another thread."""

    def __init__(self, client: httpx2.AsyncClient, loop: asyncio.AbstractEventLoop) -> None:
        self._client, self._loop = client, loop
        self.headers = {"User-Agent": CHROME}
        self.cookies = _Cookies()

    def get(self, url: str) -> httpx2.Response:
        return self._asked("GET", url)

    def post(self, url: str, json: object) -> httpx2.Response:
        return self._asked("POST", url, json=json)

    def _asked(self, method: str, url: str, **body: Any) -> httpx2.Response:
        headers = {**self.headers, **({"Cookie": str(self.cookies)} if str(self.cookies) else {})}
        request = self._client.build_request(method, url, headers=headers, **body)
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result(TIMEOUT_S)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        """Follow redirects to an answer, of which no more is read than is allowed; of the others nothing."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._client.send(request, stream=True)
            try:
                if answer.next_request is None:
                    content = await read_body(str(request.url), answer, MAX_BYTES)
                    headers = [
                        (name, value) for name, value in answer.headers.multi_items() if name not in _OF_WIRE
                    ]
                    return httpx2.Response(
                        answer.status_code, headers=headers, content=content, request=request
                    )
                request = answer.next_request
            finally:
                await answer.aclose()
        raise FetchError(str(request.url), f"more than {MAX_REDIRECTS} redirects")


class _Cookies:
    """The one cookie that the library sets: the consent that YouTube asks for in Europe."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def set(self, name: str, value: str, *, domain: str) -> None:
        self._named[name] = value

    def __str__(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._named.items())


def _words(name: str) -> str:
    """Write the name of an error as words: NoTranscriptFound, no transcript found."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()
