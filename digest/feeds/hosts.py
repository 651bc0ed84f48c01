"""Whose turn it is, what robots.txt allow, and the way to one page. The rules are told in the package."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from urllib.parse import urldefrag, urljoin, urlsplit

from protego import Protego

from digest.errors import FetchError
from digest.feeds.answers import REDIRECTS, judge_answer, tries_worth
from digest.feeds.cookies import VisitCookies
from digest.feeds.credentials import Credentials
from digest.feeds.interstitials import leads_to
from digest.feeds.logins import login_of
from digest.feeds.wrapped import hidden_by, unwrapped
from digest.language.secrecy import shown_text, shown_url, without_login
from digest.ports import Fetcher
from digest.records import Page

Sleep = Callable[[float], Awaitable[None]]

ROBOT = "digest"
"""The name robots.txt files may address."""

CLOCK_S = 0.01
"""How much earlier than due a time limit may strike."""

MAX_ROBOTS_BYTES = 1_000_000
"""RFC 9309 asks for at least 500 KiB."""

MAX_CRAWL_DELAY_S = 10.0
"""Longer wishes are cut to this: ten pages of one host then take under two minutes."""


@dataclass(frozen=True)
class Politeness:
    """How hosts are treated, and how long a page may take."""

    per_host: int = 2
    """Requests to one host at once."""
    delay_s: float = 0.2
    """Seconds between the starts of two requests to one host."""
    total: int = 32
    """Requests at once, all hosts together."""
    timeout_s: float = 30.0
    """Seconds for one page: all tries, waits between them and redirects together."""
    max_bytes: int = 10_000_000
    """Most bytes of one page, after decompression."""
    max_redirects: int = 5
    tries: int = 3
    """How often one address is asked at most, the first time included."""
    max_timeouts: int = 5
    """After so many requests of a run to a host that timed out, it is left for this run."""
    backoff_s: float = 0.5
    """Upper bound of the wait after the first try, in seconds; doubles with each further one."""


POLITE = Politeness()


@dataclass(frozen=True)
class Request:
    """A page wanted."""

    url: str
    """A login before its host is sent to that host alone."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Conditional ones (if-none-match, if-modified-since) or none. Sent with every hop, so nothing secret."""
    feed_url: str = ""
    """Address of the feed that named it, whose login holds for pages of the same site; empty for none."""

    credentials: Credentials | None = None
    """Sent to their own site alone."""

    may_be_copy: bool = False
    """Whether a copy of an archive will do where the page is gone."""

    transcript: str = ""
    """Where the transcript is that stands for the page; empty for none."""

    video: str = ""
    """Id of the video whose transcript stands for the page, which is not asked for; empty for none."""

    @property
    def is_conditional(self) -> bool:
        """Whether 304 is an answer to it."""
        return any(name.lower() in ("if-none-match", "if-modified-since") for name in self.headers)


class Hosts:
    """What a run knows of the hosts it asks: whose turn it is, and what their robots.txt allow.

    Args:
        fetcher: Asks once.
        politeness: Limits and delays.
        sleep: Waits, in seconds; for tests.
        chance: Draws the waits between tries.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        politeness: Politeness = POLITE,
        *,
        sleep: Sleep = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._politeness = politeness
        self._sleep = sleep
        self._chance = chance or random.Random()
        self._total = asyncio.Semaphore(politeness.total)
        self._gates: dict[str, Gate] = {}
        self._robots: dict[str, Robots] = {}

    async def fetch(
        self,
        request: Request,
        *,
        check_robots: bool = True,
        may_start: Callable[[], Awaitable[object]] | None = None,
    ) -> Page:
        """Fetch one page by the rules of the package.

        Args:
            request: The page wanted.
            check_robots: Whether robots.txt is asked.
            may_start: Awaited before each single request, once it is its turn.

        Raises:
            FetchError: There is no usable answer.
        """
        if reason := hidden_by(request.url):
            raise FetchError(request.url, reason)
        visit = Visit(request, self._politeness.timeout_s, self._politeness.max_bytes, may_start)
        try:
            page = await self._follow(visit, check_robots=check_robots)
            access = request.credentials
            return access.without_secrets(page) if access and visit.used_credentials else page
        except FetchError as failed:
            error = request.credentials.without_secrets_in(failed) if request.credentials else failed
            if error.url == request.url:
                if error is failed:
                    raise
                # The chain would show what was taken out.
                raise error from None
            onward = f", redirected to {shown_url(visit.url)}" if error.url != visit.start else ""
            whole = FetchError(
                request.url,
                f"{error.reason}{onward}",
                is_retryable=error.is_retryable,
                status=error.status,
                retry_after_s=error.retry_after_s,
            )
            if request.credentials:
                raise request.credentials.without_secrets_in(whole) from None
            raise whole from error

    async def target_of(self, url: str, *, leads_on: Callable[[str], bool]) -> str:
        """Ask where an address leads, one redirect after another, until one comes that does not lead on.

        That one is not asked for. No robots.txt is read: the way is the one a reader's click would take.

        Args:
            url: A click tracker's or short link's address.
            leads_on: Says of an address whether it is another of that kind.

        Returns:
            An address; the last one asked where it answered with a page of its own.

        Raises:
            FetchError: the way ends in no usable answer.
        """
        visit = Visit(Request(url), self._politeness.timeout_s, self._politeness.max_bytes)
        for _ in range(self._politeness.max_redirects):
            page = await self._ask_patiently(visit)
            target = _target(page, visit.url, reads_pages=True)
            if not target:
                return visit.url
            visit.cookies.keep(page, visit.url)
            target = unwrapped(visit.take_login(target))
            visit.redirects.append((page.status, target))
            if not leads_on(target):
                return target
        raise FetchError(url, f"more than {self._politeness.max_redirects} redirects")

    async def _follow(self, visit: "Visit", *, check_robots: bool, reads_pages: bool = True) -> Page:
        """Follow redirects, and pages that only lead on unless `reads_pages` is off."""
        while True:
            if check_robots:
                await self._require_allowed(visit)
            page = await self._ask_patiently(visit)
            target = _target(page, visit.url, reads_pages=reads_pages)
            asked = visit.state()
            visit.cookies.keep(page, visit.url)
            target = visit.take_login(target)
            # A page that loads itself again is one to be read, unless it has set a cookie for the next time.
            is_reload = page.status not in REDIRECTS and target and visit.state(target) == asked
            if not target or is_reload:
                return replace(
                    page, url=visit.request.url, final_url=visit.url, redirects=tuple(visit.redirects)
                )
            visit.seen.add(asked)
            if len(visit.redirects) == self._politeness.max_redirects:
                raise FetchError(visit.request.url, f"more than {self._politeness.max_redirects} redirects")
            visit.redirects.append((page.status, target))
            if visit.state() in visit.seen:
                raise FetchError(visit.request.url, "redirect loop")

    async def _ask_patiently(self, visit: "Visit") -> Page:
        """Ask for the visit's present address until the answer is usable, hopeless, or out of time."""
        attempt = 0
        while True:
            attempt += 1
            try:
                page = await self._ask(visit)
                error = judge_answer(page, is_conditional=visit.request.is_conditional)
                if error is None:
                    return page
            except FetchError as failed:
                error = failed
            if attempt >= tries_worth(error, self._politeness.tries):
                raise error
            wait_s = self._wait_s(error, attempt, visit)
            if error.status == 429:
                self._gate(visit.url).hold(wait_s)
            visit.left_s -= wait_s
            await self._sleep(wait_s)

    def _wait_s(self, error: FetchError, attempt: int, visit: "Visit") -> float:
        """Return the seconds to wait before another try, or raise the error if there is no time for one."""
        if error.retry_after_s is None:
            # Full jitter: everyone a server turned away would otherwise come back at once.
            wait_s = self._chance.uniform(0, self._politeness.backoff_s * 2 ** (attempt - 1))
            if wait_s >= visit.left_s:
                raise error
            return wait_s
        if error.retry_after_s > visit.left_s:
            raise FetchError(
                visit.url,
                f"{error.reason}, asked to wait {error.retry_after_s:,.0f} s with {visit.left_s:.0f} s left",
                is_retryable=True,
                status=error.status,
                retry_after_s=error.retry_after_s,
            ) from error
        return error.retry_after_s

    async def _ask(self, visit: "Visit") -> Page:
        """Ask once, when it is the host's turn; only the asking itself is taken from the visit's time."""
        clock = asyncio.get_running_loop().time
        gate = self._gate(visit.url)
        async with gate, self._total:
            if gate.is_left:
                times = self._politeness.max_timeouts
                reason = f"not asked: {_host(visit.url)} timed out {times} times in this run"
                raise FetchError(visit.url, reason, is_retryable=True)
            if visit.may_start is not None:
                await visit.may_start()
            started = clock()
            try:
                return await self._fetcher.get(
                    visit.url,
                    headers=visit.headers(),
                    max_bytes=visit.max_bytes,
                    timeout_s=max(visit.left_s, 0.001),
                )
            except FetchError as error:
                if clock() - started < visit.left_s - CLOCK_S:
                    raise
                gate.timeouts += 1
                # The last try had only the time the others left; the reason names the whole.
                whole = f"timed out after {self._politeness.timeout_s:g} s"
                raise FetchError(visit.url, whole, is_retryable=True) from error
            finally:
                visit.left_s -= clock() - started

    def _gate(self, url: str) -> "Gate":
        host = _host(url)
        if host not in self._gates:
            polite = self._politeness
            self._gates[host] = Gate(polite.per_host, polite.delay_s, polite.max_timeouts, self._sleep)
        return self._gates[host]

    async def _require_allowed(self, visit: "Visit") -> None:
        url = visit.url
        site = _site(url)
        if site is None:
            return  # not an http(s) address: asking for it will say so
        robots = self._robots.setdefault(site, Robots())
        async with robots.lock:
            if not robots.is_known:
                await self._read_robots(robots, site, visit)
        if robots.error is not None:
            raise FetchError(
                url, f"robots.txt could not be read: {robots.error.reason}", is_retryable=True
            ) from robots.error
        if robots.rules is not None and not robots.rules.can_fetch(url, ROBOT):
            raise FetchError(url, "forbidden by robots.txt")

    async def _read_robots(self, robots: "Robots", site: str, wanted: "Visit") -> None:
        request = Request(f"{site}/robots.txt")
        visit = Visit(request, self._politeness.timeout_s, MAX_ROBOTS_BYTES)
        visit.logins = wanted.logins
        try:
            page = await self._follow(visit, check_robots=False, reads_pages=False)
        except FetchError as error:
            is_missing = error.status is not None and 400 <= error.status < 500
            if error.is_retryable and not is_missing:
                robots.error = error
        else:
            # A byte-order mark would cost the first rule.
            robots.rules = Protego.parse(page.body.decode("utf-8-sig", "replace"))
            delay_s = float(robots.rules.crawl_delay(ROBOT) or 0)
            if math.isfinite(delay_s):
                self._gate(site).slow_down(min(delay_s, MAX_CRAWL_DELAY_S))
        robots.is_known = True


class Visit:
    """The way to one page: where it has led so far, cookies and logins on it, and the time that is left.

    Its addresses are without logins.
    """

    def __init__(
        self,
        request: Request,
        timeout_s: float,
        max_bytes: int,
        may_start: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self.request = request
        self.start = without_login(request.url)
        logins = (login_of(request.url), login_of(request.feed_url))
        self.logins = tuple(login for login in logins if login)
        self.left_s = timeout_s
        self.max_bytes = max_bytes
        self.may_start = may_start
        self.redirects: list[tuple[int, str]] = []
        self.cookies = VisitCookies()
        self.seen: set[tuple[str, str, str]] = set()
        self.used_credentials = False

    @property
    def url(self) -> str:
        """The address to ask next."""
        return self.redirects[-1][1] if self.redirects else self.start

    def headers(self) -> Mapping[str, str]:
        """What the address is asked with: the request's headers, its host's cookies, and a login for it."""
        found = {"cookie": self.cookies.header(self.url), "authorization": self._login(self.url)}
        asked = {**self.request.headers, **{name: value for name, value in found.items() if value}}
        access = self.request.credentials
        if access is None or not access.fits(self.url):
            return asked
        self.used_credentials = True
        cookies = "; ".join(filter(None, (access.headers.get("cookie", ""), asked.get("cookie", ""))))
        return {**asked, **access.headers, **({"cookie": cookies} if cookies else {})}

    def take_login(self, url: str) -> str:
        """Take the login out of an address that the way leads to; returns it without."""
        if login := login_of(url):
            self.logins = (login, *self.logins)
        return without_login(url)

    def state(self, url: str = "") -> tuple[str, str, str]:
        """What tells one request from another: the same address with another cookie or login is no loop."""
        url = url or self.url
        return urldefrag(url).url, self.cookies.header(url), self._login(url)

    def _login(self, url: str) -> str:
        return next((login.header for login in self.logins if login.fits(url)), "")


class Robots:
    """The robots.txt of one site, once `is_known`; neither rules nor error means everything is allowed."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.is_known = False
        self.rules: Protego | None = None
        self.error: FetchError | None = None


class Gate:
    """Lets a few requests at a time through to one host, with a delay between their starts."""

    def __init__(self, per_host: int, delay_s: float, max_timeouts: int, sleep: Sleep) -> None:
        self._turns = asyncio.Semaphore(per_host)
        self._delay_s = delay_s
        self._max_timeouts = max_timeouts
        self._sleep = sleep
        self._next_start = -math.inf
        self.timeouts = 0
        """Requests that took all the time their page had."""

    @property
    def is_left(self) -> bool:
        """Whether the host is asked no more."""
        return self.timeouts >= self._max_timeouts

    def slow_down(self, delay_s: float) -> None:
        """Keep starts at least this many seconds apart from now on."""
        self._delay_s = max(self._delay_s, delay_s)

    def hold(self, wait_s: float) -> None:
        """Start nothing for this many seconds."""
        now = asyncio.get_running_loop().time()
        self._next_start = max(self._next_start, now + wait_s)

    async def __aenter__(self) -> None:
        await self._turns.acquire()
        if self.is_left:
            return
        try:
            now = asyncio.get_running_loop().time()
            start = max(now, self._next_start)
            self._next_start = start + self._delay_s
            if start > now:
                await self._sleep(start - now)
        except BaseException:
            self._turns.release()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._turns.release()


def _target(page: Page, url: str, *, reads_pages: bool) -> str:
    """Say where an answer leads; empty where it is what was looked for."""
    if page.status in REDIRECTS:
        return _redirect_target(page, url)
    return leads_to(page, url) if reads_pages else ""


def _redirect_target(page: Page, url: str) -> str:
    location = page.header("location").strip()
    if not location:
        raise FetchError(url, f"HTTP {page.status} that leads nowhere", status=page.status)
    try:
        return urljoin(url, location)
    except ValueError as error:
        shown = shown_text(location)[:200]
        raise FetchError(url, f"HTTP {page.status} to an invalid address: {shown}") from error


def _host(url: str) -> str:
    """Return the host name an address is asked of, for taking turns; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _site(url: str) -> str | None:
    """Return scheme, host and port of an http(s) address, which share a robots.txt; None for another."""
    try:
        url.encode()  # lone surrogates, which protego cannot quote
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
