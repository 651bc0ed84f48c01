"""Links to pages: order, politeness and patience. What one answer is worth is judged in answers.py.

Rules:

- A host (by its name) is asked by at most `per_host` requests at once, `delay_s` apart or as far apart as its
  robots.txt wishes; robots.txt itself and every hop of a redirect count. A slow host holds up only itself.
- robots.txt is read once a run for each scheme, host and port. Missing (4xx): everything is allowed.
  Unreadable for a reason that may pass (5xx, no connection): nothing is, and the next run asks again
  (RFC 9309, 2.3.1). Unreadable for any other reason (refused, larger than its limit, a redirect loop): as if
  missing, so that the page itself is asked for and the reason reported is the page's own.
- What may pass is tried again, after a random wait that doubles, or after what Retry-After says. A 429 holds
  back all requests to its host, because the server counts them together.
- `timeout_s` covers one page with all its tries, waits between them and redirects; not the wait for the
  host's turn or for its robots.txt, which depend on how many other pages the host has.
- A host at which `max_timeouts` requests took all the time they had is left for this run: a server that
  drips would hold it by half a minute a page. The next run asks again.
- Redirects are followed by hand, because each hop has to be allowed and waits its host's turn. Pages that
  only lead on (a refresh, "click here") are redirects too.
- Cookies set on the way to a page go back to the host that set them, on this way only. A login before the
  host goes to that site alone (logins.py); pages and errors name addresses without it, but for the one asked.

So what becomes of a page does not depend on which of several pages comes first, unless its host times out.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.errors import FetchError
from digest.feeds.credentials import Credentials
from digest.feeds.hosts import POLITE, Hosts, Politeness, Request
from digest.feeds.logins import login_of
from digest.feeds.transcripts import transcript_of
from digest.feeds.wayback import GONE, copy_of
from digest.language.videos import UNREAD
from digest.ports import Fetcher, Videos
from digest.records import NO_TRANSCRIPT, TRANSCRIPT_AT, Page

__all__ = ["Hosts", "Politeness", "Request", "fetch_each", "fetch_one", "login_of"]

MAX_UNREAD = 64
"""Pages that may wait for the caller before fetching pauses: at most 640 MB, in practice about 15 MB."""


async def fetch_each(
    requests: Sequence[Request],
    *,
    fetcher: Fetcher,
    politeness: Politeness = POLITE,
    check_robots: bool = True,
    hosts: Hosts | None = None,
    why_no_transcript: Callable[[Page], str] = lambda page: "" if page.body else "an empty answer",
    videos: Videos | None = None,
) -> AsyncGenerator[tuple[Request, Page | FetchError], None]:
    """Fetch pages at once and yield each as it comes, so that work on them overlaps with fetching.

    Fetching pauses while the caller leaves `MAX_UNREAD` pages lying. Close the iterator (contextlib.aclosing)
    when leaving it early: that ends what is under way. Heavy work on pages belongs in another thread or
    process: while the event loop is blocked, the time limits of the requests under way run on.

    Args:
        requests: In the order in which they are started.
        fetcher: Asks once; neither polite nor patient by itself.
        politeness: Limits and delays; ignored where `hosts` is given.
        check_robots: False for feeds, which a person listed by hand.
        hosts: Shared by several calls of one run, so that limits and robots.txt hold across them.
        why_no_transcript: Why a page is no transcript with a text; one that is stands for its episode's page.
        videos: Gives transcripts of videos, for requests that name one; None for none.

    Yields:
        Every request exactly once, in order of completion, with its page or with why there is none. The
        page's url is the request's; its final_url and redirects say where it was found.
    """
    hosts = hosts or Hosts(fetcher, politeness)
    outcomes: asyncio.Queue[tuple[Request, asyncio.Task[Page]]] = asyncio.Queue()
    has_room = asyncio.Event()
    asking = _Asking(hosts, check_robots, has_room, why_no_transcript, videos)

    def make_room() -> None:
        (has_room.set if outcomes.qsize() < MAX_UNREAD else has_room.clear)()

    def start(request: Request) -> asyncio.Task[Page]:
        def finished(task: asyncio.Task[Page]) -> None:
            outcomes.put_nowait((request, task))
            make_room()

        task = asyncio.create_task(asking.page_of(request))
        task.add_done_callback(finished)
        return task

    make_room()
    tasks = [start(request) for request in requests]
    try:
        for _ in tasks:
            request, task = await outcomes.get()
            try:
                outcome: Page | FetchError = task.result()
            except FetchError as error:
                outcome = error
            make_room()
            yield request, outcome
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class _Asking:
    """What pages of one call are asked with."""

    hosts: Hosts
    check_robots: bool
    has_room: asyncio.Event
    why_no_transcript: Callable[[Page], str]
    videos: Videos | None

    async def page_of(self, request: Request) -> Page:
        """Give the page that stands for a request: of a video or episode its transcript, if there is one."""
        if request.video:
            return await _of_video(request.url, request.video, self.videos, self.why_no_transcript)
        if not request.transcript:
            return await self._own_page(request)
        asked = replace(request, transcript="", may_be_copy=False)
        found = await transcript_of(
            request.url,
            request.transcript,
            lambda url: self.hosts.fetch(replace(asked, url=url), check_robots=self.check_robots),
            self.why_no_transcript,
        )
        if isinstance(found, Page):
            return found
        page = await self._own_page(request)
        return replace(page, headers=(*page.headers, (NO_TRANSCRIPT, found)))

    async def _own_page(self, request: Request) -> Page:
        """Give its own page, or a copy where it is gone and a copy may stand for it."""
        try:
            return await self.hosts.fetch(
                request, check_robots=self.check_robots, may_start=self.has_room.wait
            )
        except FetchError as error:
            if not request.may_be_copy or error.status not in GONE:
                raise
            return await self._copy(request.url, error)

    async def _copy(self, url: str, gone: FetchError) -> Page:
        try:
            copy = await copy_of(url, lambda address: self.hosts.fetch(Request(address), check_robots=False))
        except FetchError as unasked:
            reason = f"{gone.reason}, and the Wayback Machine could not be asked: {unasked.reason}"
            raise FetchError(url, reason, status=gone.status, is_retryable=True) from gone
        if copy is None:
            raise FetchError(
                url, f"{gone.reason}, and no copy in the Wayback Machine", status=gone.status
            ) from gone
        return copy


async def _of_video(
    url: str, video: str, videos: Videos | None, why_no_transcript: Callable[[Page], str]
) -> Page:
    if videos is None:
        raise FetchError(url, UNREAD)
    page = await videos.transcript(url, video)
    page = replace(page, headers=(*page.headers, (TRANSCRIPT_AT, url)))
    if reason := why_no_transcript(page):
        raise FetchError(url, f"no transcript that can be read: {reason}")
    return page


async def fetch_one(
    url: str,
    *,
    fetcher: Fetcher,
    headers: Mapping[str, str] | None = None,
    credentials: Credentials | None = None,
    politeness: Politeness = POLITE,
    check_robots: bool = True,
) -> Page:
    """Fetch a single page, as politely and patiently as many.

    Raises:
        FetchError: There is no usable answer; its reason says why, `is_retryable` whether waiting can help.
    """
    hosts = Hosts(fetcher, politeness)
    return await hosts.fetch(Request(url, headers or {}, credentials=credentials), check_robots=check_robots)
