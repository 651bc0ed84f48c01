"""Pages of links, fetched in a thread of their own while others are worked on elsewhere."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import perf_counter

from digest.errors import ItemError
from digest.feeds.credentials import Credentials
from digest.feeds.fetch import Politeness, Request, fetch_each
from digest.language.videos import video_id
from digest.ports import Fetcher, Videos
from digest.records import Page, StoredLink

MAX_PAGES = 64
"""Pages that may wait for extraction before fetching pauses: at most 640 MB, in practice about 15."""


class FetchThread:
    """Fetches pages, each once; pauses while too many of them wait to be read.

    Args:
        links: Those whose pages are wanted.
        fetcher: Asks for them; closed at the end.
        politeness: Limits and delays.
        access: What paid feeds and their articles are asked with, by the feeds' addresses.
        takes_copies: Whether copies in the Wayback Machine stand in for pages that are gone.
        videos: Gives transcripts of videos; None for none.
        why_no_transcript: Why a page is no transcript with a text; empty where it is one.
        tell: Told of every outcome, in the thread.
        fail: Told of a bug, which must end the run with its traceback, not leave it waiting.
    """

    def __init__(
        self,
        links: Sequence[StoredLink],
        *,
        fetcher: Fetcher,
        politeness: Politeness,
        access: Mapping[str, Credentials],
        takes_copies: bool,
        videos: Videos | None,
        why_no_transcript: Callable[[Page], str],
        tell: Callable[[StoredLink, Page | ItemError], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._by_url = {stored.link.url: stored for stored in links}
        self._fetcher, self._politeness, self._videos = fetcher, politeness, videos
        self._access, self._takes_copies = access, takes_copies
        self._why_no_transcript, self._tell, self._fail = why_no_transcript, tell, fail
        self._room = threading.Semaphore(MAX_PAGES)
        self._cancel: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="fetch")
        self.seconds = 0.0
        """How long it took."""

    def start(self) -> None:
        """Begin, where there is anything to fetch."""
        if self._by_url:
            self._thread.start()

    def make_room(self) -> None:
        """Say that a page was read."""
        self._room.release()

    def stop(self) -> None:
        """Give up what is under way."""
        # RuntimeError where it was through and has closed its loop.
        with contextlib.suppress(RuntimeError):
            self._cancel()
        # Whoever waits for room must see that it is over.
        self._room.release(len(self._by_url) + 1)

    def join(self) -> None:
        """Wait for its end."""
        if self._by_url:
            self._thread.join()

    def _run(self) -> None:
        started = perf_counter()
        try:
            asyncio.run(self._each())
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._fail(error)
        self.seconds = perf_counter() - started

    async def _each(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        self._cancel = partial(loop.call_soon_threadsafe, task.cancel) if task else lambda: None
        try:
            async with contextlib.aclosing(
                fetch_each(
                    [self._request(stored) for stored in self._by_url.values()],
                    fetcher=self._fetcher,
                    politeness=self._politeness,
                    why_no_transcript=self._why_no_transcript,
                    videos=self._videos,
                )
            ) as outcomes:
                async for request, outcome in outcomes:
                    if isinstance(outcome, Page):
                        await asyncio.to_thread(self._room.acquire)
                    self._tell(self._by_url[request.url], outcome)
        finally:
            await self._fetcher.close()
            if self._videos:
                await self._videos.close()

    def _request(self, stored: StoredLink) -> Request:
        link = stored.link
        return Request(
            link.url,
            feed_url=link.feed_url,
            credentials=self._access.get(link.feed_url),
            # The feed's own text is nearer to the page than an old copy.
            may_be_copy=self._takes_copies and not link.body_html,
            transcript=link.transcript,
            video=video_id(link.url),
        )
