import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from raw_server import Asked, RawServer, reply, reset

from digest.adapters.http import HttpFetcher
from digest.errors import FetchError
from digest.feeds.answers import is_bot_wall, judge_answer, retry_after_s, tries_worth
from digest.feeds.cookies import VisitCookies
from digest.feeds.fetch import Hosts, Politeness, Request, fetch_each, fetch_one
from digest.records import Page

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
QUICK = Politeness(delay_s=0, backoff_s=0.01, timeout_s=5)
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


def answer(status: int = 200, body: bytes = b"words", **headers: str) -> Page:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page("", "", status, named, body, NOW)


def fails(reason: str = "connection reset", *, is_retryable: bool = True) -> FetchError:
    return FetchError("", reason, is_retryable=is_retryable)


@dataclass
class FakeFetcher:
    """Gives each address its answers in turn, the last from then on; robots.txt is missing unless given."""

    answers: Mapping[str, Sequence[Page | FetchError]]
    latency_s: float = 0.0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        self.asked.append((url, dict(headers)))
        if self.latency_s:
            await asyncio.sleep(min(self.latency_s, timeout_s))
            if self.latency_s > timeout_s:
                raise FetchError(url, f"timed out after {timeout_s:g} s", is_retryable=True)
        missing = [answer(404)] if url.endswith("/robots.txt") else [fails("unknown", is_retryable=False)]
        given = self.answers.get(url, missing)
        outcome = given[min(self.urls().count(url), len(given)) - 1]
        if isinstance(outcome, FetchError):
            raise FetchError(url, outcome.reason, is_retryable=outcome.is_retryable, status=outcome.status)
        return replace(outcome, url=url, final_url=url)

    def urls(self) -> list[str]:
        return [url for url, _ in self.asked]

    async def close(self) -> None:
        pass


class Waits:
    """A sleep that only remembers how long."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def fetch(
    answers: Mapping[str, Sequence[Page | FetchError]],
    url: str = "https://a.example/1",
    *,
    politeness: Politeness = QUICK,
    headers: Mapping[str, str] | None = None,
    check_robots: bool = False,
    waits: Waits | None = None,
) -> tuple[Page | FetchError, list[str]]:
    """Fetch one page of a fake web; gives the outcome and the addresses asked for."""
    fetcher = FakeFetcher(answers)

    async def run() -> Page | FetchError:
        hosts = Hosts(fetcher, politeness, sleep=waits or Waits(), chance=random.Random(1))
        try:
            return await hosts.fetch(Request(url, headers or {}), check_robots=check_robots)
        except FetchError as error:
            return error

    return asyncio.run(run()), fetcher.urls()


def reason(outcome: Page | FetchError) -> str:
    assert isinstance(outcome, FetchError), outcome
    return outcome.reason


def page(outcome: Page | FetchError) -> Page:
    assert isinstance(outcome, Page), outcome
    return outcome


async def collect(requests: Iterable[Request | str], **options: Any) -> dict[str, Page | FetchError]:
    wanted = [Request(item) if isinstance(item, str) else item for item in requests]
    async with aclosing(fetch_each(wanted, **options)) as pages:
        return {request.url: outcome async for request, outcome in pages}


def visit(
    respond: Callable[[Asked, asyncio.StreamWriter], Awaitable[None]],
    wanted: Callable[[RawServer], Sequence[str]],
    **options: Any,
) -> tuple[dict[str, Page | FetchError], RawServer]:
    """Fetch from a real server; outcomes by path."""

    async def run() -> tuple[dict[str, Page | FetchError], RawServer]:
        fetcher = HttpFetcher(allow_hosts=["127.0.0.0/8"])
        async with RawServer(respond, HOSTS) as server:
            try:
                found = await collect(wanted(server), fetcher=fetcher, **options)
            finally:
                await fetcher.close()
        return {url.partition(str(server.port))[2]: outcome for url, outcome in found.items()}, server

    return asyncio.run(run())


# What one answer is worth


@pytest.mark.parametrize(
    ("status", "is_retryable", "tries"),
    [
        (400, False, 1),
        (401, False, 1),
        (403, False, 1),
        (404, False, 1),
        (408, True, 3),
        (410, False, 1),
        (429, True, 3),
        (451, False, 1),
        (500, True, 2),
        (502, True, 3),
        (503, True, 3),
        (504, True, 3),
        (520, True, 1),
        (304, False, 1),
        (300, False, 1),
        (101, False, 1),
    ],
)
def test_statuses_are_judged(status: int, is_retryable: bool, tries: int) -> None:
    error = judge_answer(answer(status), is_conditional=False)
    assert error is not None
    assert (error.reason, error.status) == (f"HTTP {status}", status)
    assert error.is_retryable is is_retryable
    assert tries_worth(error, 3) == tries


def test_pages_redirects_and_awaited_304_are_no_errors() -> None:
    for status in (200, 203, 301, 302, 303, 307, 308):
        assert judge_answer(answer(status), is_conditional=False) is None
    assert judge_answer(answer(304), is_conditional=True) is None


@pytest.mark.parametrize(
    "wall",
    [
        answer(403, cf_mitigated="challenge"),
        answer(403, b"<title>Just a moment...</title>"),
        answer(503, b"Enable JavaScript and cookies to continue"),
        answer(403, b"<p>Please enable JS and disable any ad blocker</p>"),
        answer(403, b"Verify you are human by completing the action below."),
        answer(429, b"<div class='g-reCAPTCHA'>"),
        answer(403, b"Access Denied ... https://errors.edgesuite.net/18.1f"),
        answer(401, x_datadome="protected"),
        answer(202, b"", x_amzn_waf_action="challenge"),
    ],
)
def test_bot_walls_are_named(wall: Page) -> None:
    error = judge_answer(wall, is_conditional=False)
    assert error is not None
    assert error.reason == f"bot wall (HTTP {wall.status})"
    assert error.is_retryable is (wall.status in (429, 503))


def test_plain_refusals_and_articles_about_captchas_are_no_bot_walls() -> None:
    assert not is_bot_wall(answer(403, b"<h1>Forbidden</h1>"))
    assert not is_bot_wall(answer(404, b"Please enable JS and disable any ad blocker"))
    assert not is_bot_wall(answer(200, b"The history of the captcha"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 12:00:30", 30.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 63 Jan 99740 14:60:00 -827036", None),
        ("9" * 5000, 999_999_999.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str, expected: float | None) -> None:
    assert retry_after_s(answer(503, retry_after=value)) == expected


# Tries


def test_what_may_pass_is_tried_again() -> None:
    url = "https://a.example/1"
    for first in (answer(503), answer(429), answer(500), fails(), fails("cut short after 1 of 2 bytes")):
        outcome, asked = fetch({url: [first, answer()]})
        assert page(outcome).body == b"words"
        assert asked == [url, url]


def test_what_stays_wrong_is_reported_after_three_tries() -> None:
    url = "https://a.example/1"
    waits = Waits()
    outcome, asked = fetch({url: [fails()]}, waits=waits, politeness=replace(QUICK, backoff_s=1))
    assert reason(outcome) == "connection reset"
    assert len(asked) == 3
    assert len(waits.seconds) == 2
    assert 0 <= waits.seconds[0] <= 1
    assert 0 <= waits.seconds[1] <= 2


def test_what_cannot_pass_is_not_tried_again() -> None:
    url = "https://a.example/1"
    for given in (answer(404), answer(403), answer(501), fails("larger than 10 MB", is_retryable=False)):
        _, asked = fetch({url: [given]})
        assert asked == [url]


def test_retry_after_is_honoured() -> None:
    url = "https://a.example/1"
    waits = Waits()
    outcome, _ = fetch({url: [answer(503, retry_after="3"), answer()]}, waits=waits)
    assert page(outcome).status == 200
    assert waits.seconds == [3.0]


def test_a_wish_to_wait_longer_than_is_left_ends_it_at_once() -> None:
    url = "https://a.example/1"
    waits = Waits()
    outcome, asked = fetch({url: [answer(429, retry_after="3600"), answer()]}, waits=waits)
    assert isinstance(outcome, FetchError)
    assert outcome.reason == "HTTP 429, asked to wait 3,600 s with 5 s left"
    assert (outcome.is_retryable, outcome.status, outcome.retry_after_s) == (True, 429, 3600.0)
    assert len(asked) == 1
    assert waits.seconds == []


def test_waits_between_tries_count_against_the_time() -> None:
    url = "https://a.example/1"
    outcome, asked = fetch({url: [answer(503, retry_after="3")]})
    assert reason(outcome) == "HTTP 503, asked to wait 3 s with 2 s left"
    assert len(asked) == 2


def test_time_is_for_all_tries_and_hops_together() -> None:
    fetcher = FakeFetcher({"https://a.example/1": [answer(302, location="/1?")]}, latency_s=0.15)
    fetcher.answers = {f"https://a.example/{n}": [answer(302, location=f"/{n + 1}")] for n in range(1, 9)}

    async def run() -> FetchError:
        with pytest.raises(FetchError) as caught:
            await fetch_one(
                "https://a.example/1",
                fetcher=fetcher,
                politeness=replace(QUICK, timeout_s=0.4, max_redirects=9),
                check_robots=False,
            )
        return caught.value

    error = asyncio.run(run())
    assert error.reason.startswith("timed out after 0.4 s")
    assert (error.url, error.is_retryable) == ("https://a.example/1", True)
    assert 2 <= len(fetcher.asked) <= 4


# Redirects


def test_redirects_are_followed_and_recorded() -> None:
    outcome, asked = fetch(
        {
            "https://a.example/1": [answer(301, location="/2?x=y")],
            "https://a.example/2?x=y": [answer(302, location="//b.example/3")],
            "https://b.example/3": [answer(303, location="http://c.example/4#part")],
            "http://c.example/4#part": [answer(308, location="5")],
            "http://c.example/5": [answer()],
        }
    )
    found = page(outcome)
    assert found.url == "https://a.example/1"
    assert found.final_url == "http://c.example/5"
    assert found.redirects == (
        (301, "https://a.example/2?x=y"),
        (302, "https://b.example/3"),
        (303, "http://c.example/4#part"),
        (308, "http://c.example/5"),
    )
    assert len(asked) == 5


def test_more_than_five_redirects_end_it() -> None:
    chain = {f"https://a.example/{n}": [answer(302, location=f"/{n + 1}")] for n in range(1, 9)}
    outcome, asked = fetch(chain)
    assert reason(outcome) == "more than 5 redirects"
    assert len(asked) == 6
    chain["https://a.example/6"] = [answer()]
    assert len(page(fetch(chain)[0]).redirects) == 5


@pytest.mark.parametrize("location", ["/1", "/2", "https://A.example/1#top"])
def test_redirect_loops_are_recognised(location: str) -> None:
    outcome, asked = fetch(
        {
            "https://a.example/1": [answer(302, location=location.replace("A", "a"))],
            "https://a.example/2": [answer(302, location="/1")],
        }
    )
    assert reason(outcome) == "redirect loop"
    assert not isinstance(outcome, Page)
    assert not outcome.is_retryable
    assert len(asked) <= 2


def test_redirects_that_lead_nowhere_are_named() -> None:
    url = "https://a.example/1"
    assert reason(fetch({url: [answer(302)]})[0]) == "HTTP 302 that leads nowhere"
    broken = fetch({url: [answer(302, location="http://[::1")]})[0]
    assert reason(broken) == "HTTP 302 to an invalid address: http://[::1"


def test_a_failure_behind_a_redirect_says_where() -> None:
    outcome, _ = fetch(
        {"https://a.example/1": [answer(302, location="/2")], "https://a.example/2": [answer(404)]}
    )
    assert isinstance(outcome, FetchError)
    assert outcome.url == "https://a.example/1"
    assert outcome.reason == "HTTP 404, redirected to https://a.example/2"
    assert outcome.status == 404


def test_redirects_to_private_addresses_and_other_schemes_are_refused() -> None:
    async def away(asked: Asked, writer: asyncio.StreamWriter) -> None:
        target = {"/in": "http://169.254.169.254/", "/file": "file:///etc/passwd"}.get(asked.path)
        writer.write(reply(status=302, location=target) if target else reply(status=404))

    found, server = visit(away, lambda s: [s.url("/in"), s.url("/file")], politeness=QUICK)
    assert reason(found["/in"]) == (
        "refused: 169.254.169.254 is not a public address, redirected to http://169.254.169.254/"
    )
    assert reason(found["/file"]).startswith("refused: expected an http(s) address, got scheme 'file'")
    assert sorted(server.paths()) == ["/file", "/in", "/robots.txt"]


# Conditional requests


def test_304_answers_a_conditional_request_only() -> None:
    url = "https://a.example/feed"
    headers = {"If-None-Match": '"x"'}
    assert page(fetch({url: [answer(304)]}, url, headers=headers)[0]).status == 304
    assert reason(fetch({url: [answer(304)]}, url)[0]) == "HTTP 304"


def test_conditional_headers_go_with_every_hop_but_not_to_robots_txt() -> None:
    fetcher = FakeFetcher(
        {
            "https://a.example/feed": [answer(301, location="/new")],
            "https://a.example/new": [answer(304)],
        }
    )
    headers = {"if-modified-since": "Sun, 22 Nov 2026 12:00:00 GMT"}
    outcome = asyncio.run(
        fetch_one("https://a.example/feed", fetcher=fetcher, headers=headers, politeness=QUICK)
    )
    assert outcome.status == 304
    assert fetcher.asked == [
        ("https://a.example/robots.txt", {}),
        ("https://a.example/feed", headers),
        ("https://a.example/new", headers),
    ]


# robots.txt

ROBOTS = "https://a.example/robots.txt"


def test_robots_txt_decides() -> None:
    rules = b"\xef\xbb\xbfUser-agent: *\nDisallow: /private/\n\nUser-agent: digest\nDisallow: /mine/\n"
    web = {
        ROBOTS: [answer(200, rules)],
        "https://a.example/private/1": [answer()],
        "https://a.example/mine/1": [answer()],
    }
    # The group that names us replaces the one for all; the byte-order mark loses no rule.
    assert page(fetch(web, "https://a.example/private/1", check_robots=True)[0]).status == 200
    outcome, asked = fetch(web, "https://a.example/mine/1", check_robots=True)
    assert reason(outcome) == "forbidden by robots.txt"
    assert not isinstance(outcome, Page)
    assert not outcome.is_retryable
    assert asked == [ROBOTS]
    assert page(fetch(web, "https://a.example/mine/1", check_robots=False)[0]).status == 200


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429])
def test_a_missing_robots_txt_allows_everything(status: int) -> None:
    outcome, _ = fetch({ROBOTS: [answer(status)], "https://a.example/1": [answer()]}, check_robots=True)
    assert page(outcome).status == 200


@pytest.mark.parametrize(
    ("given", "why"), [(answer(503), "HTTP 503"), (answer(500), "HTTP 500"), (fails(), "connection reset")]
)
def test_an_unreadable_robots_txt_forbids_for_now(given: Page | FetchError, why: str) -> None:
    outcome, asked = fetch({ROBOTS: [given], "https://a.example/1": [answer()]}, check_robots=True)
    assert isinstance(outcome, FetchError)
    assert outcome.reason == f"robots.txt could not be read: {why}"
    assert outcome.is_retryable
    assert outcome.url == "https://a.example/1"
    assert set(asked) == {ROBOTS}


def test_robots_txt_is_tried_again_and_follows_redirects() -> None:
    outcome, _ = fetch(
        {
            ROBOTS: [answer(503), answer(301, location="https://www.a.example/robots.txt")],
            "https://www.a.example/robots.txt": [answer(200, b"User-agent: *\nDisallow: /")],
            "https://a.example/1": [answer()],
        },
        check_robots=True,
    )
    assert reason(outcome) == "forbidden by robots.txt"


def test_a_refused_robots_txt_leaves_the_reason_to_the_page() -> None:
    refused = fails("refused: 10.0.0.1 is not a public address", is_retryable=False)
    outcome, asked = fetch({ROBOTS: [refused], "https://a.example/1": [refused]}, check_robots=True)
    assert reason(outcome) == "refused: 10.0.0.1 is not a public address"
    assert asked == [ROBOTS, "https://a.example/1"]


def test_every_hop_asks_the_robots_txt_of_its_host() -> None:
    outcome, asked = fetch(
        {
            "https://a.example/1": [answer(302, location="https://b.example/2")],
            "https://b.example/robots.txt": [answer(200, b"User-agent: *\nDisallow: /2")],
            "https://b.example/2": [answer()],
        },
        check_robots=True,
    )
    assert reason(outcome) == "forbidden by robots.txt, redirected to https://b.example/2"
    assert "https://b.example/2" not in asked


def test_robots_txt_is_read_once_for_each_scheme_host_and_port() -> None:
    sites = ["https://a.example", "http://a.example", "https://a.example:8443", "https://b.example"]
    urls = [f"{site}/{n}" for site in sites for n in range(5)]
    fetcher = FakeFetcher({url: [answer()] for url in urls}, latency_s=0.001)
    found = asyncio.run(collect(urls, fetcher=fetcher, politeness=QUICK))
    assert all(isinstance(outcome, Page) for outcome in found.values())
    assert Counter(url for url in fetcher.urls() if url.endswith("robots.txt")) == {
        f"{site}/robots.txt": 1 for site in sites
    }


@pytest.mark.parametrize(
    ("line", "expected"), [("2.5", 2.5), ("3600", 10.0), ("0", 0.1), ("-3", 0.1), ("nan", 0.1), ("inf", 0.1)]
)
def test_crawl_delay_is_honoured_up_to_ten_seconds(line: str, expected: float) -> None:
    waits = Waits()
    outcome, _ = fetch(
        {
            ROBOTS: [answer(200, f"User-agent: *\nCrawl-delay: {line}\n".encode())],
            "https://a.example/1": [answer(302, location="/2")],
            "https://a.example/2": [answer()],
        },
        check_robots=True,
        politeness=replace(QUICK, delay_s=0.1),
        waits=waits,
    )
    assert page(outcome).status == 200
    # The delay after robots.txt itself was set before it was read.
    assert waits.seconds[0] == pytest.approx(0.1, abs=0.05)
    assert sum(waits.seconds) == pytest.approx(0.1 + 0.1 + expected, abs=0.15)


@pytest.mark.parametrize(
    "url", ["", "example.com", "http://[::1", "file:///etc/passwd", "http://a.example/\ud800", "http://a:b/"]
)
def test_what_is_no_address_is_left_to_the_fetcher_to_refuse(url: str) -> None:
    async def run() -> FetchError:
        fetcher = HttpFetcher()
        with pytest.raises(FetchError) as caught:
            await fetch_one(url, fetcher=fetcher, politeness=QUICK)
        await fetcher.close()
        return caught.value

    error = asyncio.run(run())
    assert error.reason.startswith(("not a valid address", "refused: "))
    assert not error.is_retryable


# Hosts' turns


def test_a_host_is_asked_by_two_at_once_at_most() -> None:
    async def slowly(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        if asked.path.startswith("/hop"):
            writer.write(reply(status=302, location=asked.path.replace("hop", "landed")))
        else:
            writer.write(reply(b"words", status=404 if asked.path == "/robots.txt" else 200))

    found, server = visit(
        slowly,
        lambda s: [s.url(f"/hop{n}", host) for n in range(6) for host in HOSTS],
        politeness=QUICK,
    )
    assert all(isinstance(outcome, Page) for outcome in found.values())
    assert len(server.asked) == 3 * (1 + 6 * 2)
    assert server.peak == dict.fromkeys(HOSTS, 2)


def test_a_silent_host_holds_up_only_itself() -> None:
    async def silent_or_quick(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.host == "127.0.0.1":
            await asyncio.sleep(60)
        writer.write(reply(b"words"))

    order: list[str] = []

    async def run() -> None:
        fetcher = HttpFetcher(allow_hosts=["127.0.0.0/8"])
        async with RawServer(silent_or_quick, HOSTS) as server:
            # More for the silent host than there are places in all.
            wanted = [Request(server.url(f"/{n}", "127.0.0.1")) for n in range(8)]
            wanted += [Request(server.url(f"/{n}", "127.0.0.2")) for n in range(8)]
            pages = fetch_each(
                wanted,
                fetcher=fetcher,
                politeness=replace(QUICK, total=4, timeout_s=0.5),
                check_robots=False,
            )
            async with aclosing(pages):
                async for request, outcome in pages:
                    order.append(f"{request.url.split(':')[1][2:]} {isinstance(outcome, Page)}")
            await fetcher.close()

    asyncio.run(run())
    assert order == ["127.0.0.2 True"] * 8 + ["127.0.0.1 False"] * 8


def test_starts_at_a_host_are_apart_and_robots_txt_counts() -> None:
    waits = Waits()
    urls = [f"https://a.example/{n}" for n in range(4)] + ["https://b.example/1"]
    fetcher = FakeFetcher({url: [answer()] for url in urls})

    async def run() -> None:
        hosts = Hosts(fetcher, replace(QUICK, delay_s=7), sleep=waits)
        await collect(urls, fetcher=fetcher, hosts=hosts)

    asyncio.run(run())
    # Each start is 7 s after the one before, though nobody really waits here: 5 at a.example, 2 at b.example.
    assert sorted(round(seconds) for seconds in waits.seconds) == [7, 7, 14, 21, 28]


def test_requests_in_all_are_limited() -> None:
    now = peak = 0

    class Counting(FakeFetcher):
        async def get(self, url: str, **options: Any) -> Page:
            nonlocal now, peak
            now += 1
            peak = max(peak, now)
            await asyncio.sleep(0.005)
            now -= 1
            return await super().get(url, **options)

    urls = [f"https://{n}.example/" for n in range(20)]
    fetcher = Counting({url: [answer()] for url in urls})
    asyncio.run(collect(urls, fetcher=fetcher, politeness=replace(QUICK, total=3), check_robots=False))
    assert peak == 3


def test_waiting_for_a_turn_is_not_counted() -> None:
    urls = [f"https://a.example/{n}" for n in range(12)]
    fetcher = FakeFetcher({url: [answer()] for url in urls}, latency_s=0.05)
    found = asyncio.run(
        collect(urls, fetcher=fetcher, politeness=replace(QUICK, timeout_s=0.15), check_robots=False)
    )
    assert [reason(outcome) for outcome in found.values() if not isinstance(outcome, Page)] == []


def test_after_429_the_whole_host_waits() -> None:
    waits = Waits()
    urls = ["https://a.example/1", "https://a.example/2"]
    fetcher = FakeFetcher({urls[0]: [answer(429, retry_after="4"), answer()], urls[1]: [answer()]})

    async def run() -> dict[str, Page | FetchError]:
        hosts = Hosts(fetcher, replace(QUICK, per_host=1), sleep=waits)
        return await collect(urls, fetcher=fetcher, hosts=hosts, check_robots=False)

    found = asyncio.run(run())
    assert all(isinstance(outcome, Page) for outcome in found.values())
    assert [round(seconds) for seconds in waits.seconds].count(4) >= 2


def test_fetching_pauses_while_pages_lie_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.feeds.fetch.MAX_UNREAD", 5)
    urls = [f"https://{n}.example/" for n in range(40)]
    fetcher = FakeFetcher({url: [answer()] for url in urls}, latency_s=0.001)

    async def run() -> int:
        seen = 0
        requests = [Request(url) for url in urls]
        polite = replace(QUICK, total=2)
        async with aclosing(
            fetch_each(requests, fetcher=fetcher, politeness=polite, check_robots=False)
        ) as pages:
            async for _ in pages:
                seen += 1
                await asyncio.sleep(0.005)
                assert len(fetcher.asked) <= seen + 5 + polite.total
        return seen

    assert asyncio.run(run()) == 40


def test_leaving_early_ends_what_is_under_way() -> None:
    fetcher = FakeFetcher({"https://a.example/": [answer()]})
    slow = FakeFetcher({}, latency_s=60)

    class Both(FakeFetcher):
        async def get(self, url: str, **options: Any) -> Page:
            return await (fetcher if "a.example" in url else slow).get(url, **options)

    async def run() -> int:
        requests = [Request("https://a.example/"), Request("https://b.example/")]
        async with aclosing(fetch_each(requests, fetcher=Both({}), check_robots=False)) as pages:
            async for request, _ in pages:
                assert request.url == "https://a.example/"
                break
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1


def test_bugs_are_not_taken_for_failures_of_pages() -> None:
    class Broken(FakeFetcher):
        async def get(self, url: str, **options: Any) -> Page:
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        asyncio.run(collect(["https://a.example/"], fetcher=Broken({}), check_robots=False))


def test_nothing_asked_is_nothing_fetched() -> None:
    assert asyncio.run(collect([], fetcher=FakeFetcher({}))) == {}


def test_outcomes_do_not_depend_on_the_order_of_requests() -> None:
    async def shifty(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(random.random() * 0.01)
        status = {"/robots.txt": 404, "/gone": 410, "/wall": 403}.get(asked.path, 200)
        if asked.path == "/reset":
            reset(writer)
        else:
            body = b"captcha" if status == 403 else asked.path.encode()
            writer.write(reply(body, status=status))

    def outcomes(turn: int) -> set[tuple[str, str]]:
        paths = ["/1", "/gone", "/2", "/wall", "/reset", "/3"]
        paths = paths[turn:] + paths[:turn]
        found, _ = visit(shifty, lambda server: [server.url(path) for path in paths], politeness=QUICK)
        return {
            (path, outcome.body.decode() if isinstance(outcome, Page) else outcome.reason)
            for path, outcome in found.items()
        }

    expected = outcomes(0)
    assert ("/wall", "bot wall (HTTP 403)") in expected
    assert ("/reset", "connection reset") in expected
    assert all(outcomes(turn) == expected for turn in (2, 5))


# Every fault, from a real server


def test_every_fault_is_got_or_named() -> None:
    hits: Counter[str] = Counter()

    async def faulty(asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.path
        hits[path] += 1
        match path:
            case "/robots.txt":
                writer.write(reply(b"User-agent: *\nDisallow: /private/\n"))
            case "/busy" if hits[path] == 1:
                writer.write(reply(b"busy", status=503, retry_after="0"))
            case "/hurt" if hits[path] == 1:
                reset(writer)
            case "/short" if hits[path] == 1:
                writer.write(reply(b"x" * 10, content_length="30"))
            case "/always-short":
                writer.write(reply(b"x" * 10, content_length="30"))
            case "/chain":
                writer.write(reply(status=302, location="/chain2"))
            case "/chain2":
                writer.write(reply(status=301, location="/end"))
            case "/loop":
                writer.write(reply(status=302, location="/loop"))
            case "/huge":
                writer.write(reply(b"", content_length="60000000"))
                for _ in range(60):
                    writer.write(b"x" * 1_000_000)
                    await writer.drain()
            case "/drip":
                writer.write(reply(b"", content_length="1000"))
                for _ in range(1000):
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            case _:
                writer.write(reply(b"words"))

    paths = [
        *("/busy", "/hurt", "/short", "/always-short", "/chain", "/loop"),
        *("/huge", "/drip", "/private/1", "/fine"),
    ]
    found, server = visit(
        faulty,
        lambda s: [s.url(path) for path in paths],
        politeness=replace(QUICK, timeout_s=1.0, max_bytes=2_000_000),
    )
    for path in ("/busy", "/hurt", "/short", "/chain", "/fine"):
        assert page(found[path]).body == b"words"
    assert [status for status, _ in page(found["/chain"]).redirects] == [302, 301]
    assert {path: reason(outcome) for path, outcome in found.items() if not isinstance(outcome, Page)} == {
        "/always-short": "cut short after 10 of 30 bytes",
        "/loop": "redirect loop",
        "/huge": "larger than 2 MB",
        "/drip": "timed out after 1 s",
        "/private/1": "forbidden by robots.txt",
    }
    assert hits["/always-short"] == 3
    assert hits["/robots.txt"] == 1
    assert server.peak["127.0.0.1"] <= 2


# Cookies of one page's way


def answers(
    given: Mapping[str, bytes | Callable[[Asked], bytes]],
) -> Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]:
    """Answer by path, robots.txt and the rest with 404."""

    async def write(asked: Asked, writer: asyncio.StreamWriter) -> None:
        found = given.get(asked.path, reply(b"none", 404))
        writer.write(found if isinstance(found, bytes) else found(asked))
        await writer.drain()

    return write


def sets(*cookies: str, to: str) -> bytes:
    lines = "".join(f"set-cookie: {cookie}\r\n" for cookie in cookies)
    return f"HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n{lines}\r\n".encode()


def cookies_of(server: RawServer) -> list[tuple[str, str, str]]:
    return [
        (asked.host, asked.path, asked.headers.get("cookie", ""))
        for asked in server.asked
        if asked.path != "/robots.txt"
    ]


def test_a_page_that_comes_only_to_whoever_brings_the_cookie_back_is_had() -> None:
    def gate(asked: Asked) -> bytes:
        is_known = asked.headers.get("cookie") == "seen=yes"
        return reply(b"the article") if is_known else sets("seen=yes; Path=/", to="/gate")

    found, server = visit(answers({"/gate": gate}), lambda server: [server.url("/gate")], politeness=QUICK)
    assert page(found["/gate"]).body == b"the article"
    assert cookies_of(server) == [("127.0.0.1", "/gate", ""), ("127.0.0.1", "/gate", "seen=yes")]


def test_cookies_go_to_the_host_that_set_them_alone_and_as_their_path_and_secure_say() -> None:
    cookies = (
        "a=1; Path=/",
        "b=2; Domain=127.0.0.1; Path=/",
        "c=3; Domain=elsewhere.example",
        "d=4; Path=/other",
        "e=5; Secure",
        "f=6; Max-Age=0",
    )

    def start(asked: Asked) -> bytes:
        return sets(*cookies, to=f"http://127.0.0.2:{asked.headers['host'].rpartition(':')[2]}/away")

    def away(asked: Asked) -> bytes:
        return sets("g=7", to=f"http://127.0.0.1:{asked.headers['host'].rpartition(':')[2]}/back")

    _, server = visit(
        answers({"/start": start, "/away": away, "/back": reply(b"page")}),
        lambda server: [server.url("/start")],
        politeness=QUICK,
    )
    asked = {path: (host, set(cookie.split("; "))) for host, path, cookie in cookies_of(server)}
    assert asked["/away"] == ("127.0.0.2", {""})
    assert asked["/back"] == ("127.0.0.1", {"a=1", "b=2"})


@pytest.mark.parametrize(
    ("more", "comes_back"),
    [
        ("Expires=Mi, 09 Mai 2029 10:00:00 GMT", True),
        ("Expires=Wed, 09 Jub 2029 10:00:00 GMT; Max-Age", True),
        ('Version=none; Max-Age="soon"; SameSite=Lax; HttpOnly; Priority=High', True),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Max-Age=0", False),
    ],
)
def test_what_cannot_be_read_of_a_cookie_costs_nothing_of_it(more: str, comes_back: bool) -> None:
    cookies = VisitCookies()
    url = "https://a.example/1"
    headers = (("set-cookie", f"seen=yes; Path=/; {more}"), ("set-cookie", "other=1"))
    cookies.keep(Page(url, url, 200, headers, b"", NOW), url)
    assert ("seen=yes" in cookies.header(url)) == comes_back
    assert "other=1" in cookies.header(url)


def test_cookies_are_forgotten_with_the_page() -> None:
    given = answers({"/1": sets("a=1; Path=/", to="/2"), "/2": reply(b"page"), "/3": reply(b"page")})
    _, server = visit(
        given,
        lambda server: [server.url("/1"), server.url("/3"), server.url("/2")],
        politeness=replace(QUICK, per_host=1),
    )
    assert sorted(cookies_of(server)) == [
        ("127.0.0.1", "/1", ""),
        ("127.0.0.1", "/2", ""),
        ("127.0.0.1", "/2", "a=1"),
        ("127.0.0.1", "/3", ""),
    ]


def test_who_sets_the_same_cookie_for_ever_is_a_loop_and_who_sets_new_ones_has_too_many_redirects() -> None:
    def counts(asked: Asked) -> bytes:
        past = asked.headers.get("cookie", "n=0").partition("=")[2]
        return sets(f"n={int(past) + 1}", to="/counts")

    found, _ = visit(
        answers({"/loop": sets("a=1", to="/loop"), "/counts": counts}),
        lambda server: [server.url("/loop"), server.url("/counts")],
        politeness=QUICK,
    )
    assert {path: reason(outcome) for path, outcome in found.items()} == {
        "/loop": "redirect loop",
        "/counts": "more than 5 redirects",
    }


@pytest.mark.parametrize(
    "cookie", ["", "=", ";;", "a", "a=\x01", "a=\xff", "a=1; expires=never; path", "a" * 9000]
)
def test_no_cookie_keeps_a_page_away(cookie: str) -> None:
    fetcher = {
        "https://a.example/1": [answer(302, location="/2", set_cookie=cookie)],
        "https://a.example/2": [answer()],
    }
    assert page(fetch(fetcher)[0]).final_url == "https://a.example/2"


# Pages that only lead on

ARTICLE = (
    b"<html><body><article>"
    + b"<p>The council voted on the new harbour today.</p>" * 40
    + b"</article></body>"
)


def html(text: str) -> bytes:
    return reply(text.encode(), content_type="text/html; charset=utf-8")


@pytest.mark.parametrize(
    "markup",
    [
        '<meta http-equiv="refresh" content="0; url=/2">',
        "<META HTTP-EQUIV=Refresh CONTENT='0;URL=/2'>",
        """<meta content="3;url='2'" http-equiv="REFRESH"/>""",
        '<meta http-equiv="refresh" content="0, /2">',
        '<meta http-equiv=" refresh " content=" 1.5 ;  Url = &quot;/2&quot; ">',
        '<base href="/deep/er/"><meta http-equiv="refresh" content="0;url=../../2">',
        '<noscript><meta http-equiv="refresh" content="0; url=/2"></noscript><script>go()</script>',
        "<title>Moved</title><body><p>This page has moved <a href='/2'>here</a>.</p><a href='/'>Home</a>",
        "<body>If you are not redirected automatically, <a href='/2#top'>click here</a>. <a href='/2'>Go</a>",
        "<body><h1>You are leaving our site</h1><p><a href='/2'>Continue</a>"
        "<a href='javascript:a()'>Stay</a>",
        "<h1>Object moved</h1>This object has moved <a href='/2'>here</a>."
        "<footer><a href='/a'>All news</a></footer>",
        "<body><p>Please click here to read the article: <a href='/2'>Report on the harbour</a></p>",
        "<body>Sie werden weitergeleitet. <a href='/2'>Weiter</a> <a href='/impressum'>Impressum</a>",
    ],
)
def test_a_page_that_only_leads_on_is_followed(markup: str) -> None:
    found, _ = visit(
        answers({"/1": html(markup), "/2": html(ARTICLE.decode())}),
        lambda server: [server.url("/1")],
        politeness=QUICK,
    )
    outcome = page(found["/1"])
    assert outcome.body == ARTICLE
    assert [status for status, _ in outcome.redirects] == [200]
    assert outcome.final_url.partition("#")[0].endswith("/2")


LONG = ARTICLE.decode()


@pytest.mark.parametrize(
    "markup",
    [
        LONG + '<meta http-equiv="refresh" content="300; url=/2">',
        LONG + '<meta http-equiv="refresh" content="5; url=/2">',
        LONG + '<noscript><meta http-equiv="refresh" content="0; url=/2"></noscript>',
        LONG + "<p>If you are not redirected, <a href='/2'>click here</a>",
        '<meta http-equiv="refresh" content="0">',
        '<meta http-equiv="refresh" content="0; url=/1">',
        '<meta http-equiv="refresh" content="0; url=javascript:go()">',
        '<!-- <meta http-equiv="refresh" content="0; url=/2"> -->words',
        "<textarea><meta http-equiv='refresh' content='0; url=/2'></textarea>",
        "<body><p>The harbour opens on Monday. Click here for <a href='/2'>tickets</a>.</p>",
        "<body><p>The harbour opens on Monday, <a href='/2'>the council said</a>.</p>",
        "<body><p>You are being redirected. <a href='/2'>One</a> or <a href='/3'>another</a></p>",
        "<body><p>Log in to continue to the article. <a href='/2'>Click here</a></p>",
        "<body><p>Page not found. <a href='/2'>Click here</a></p>",
        "<body><p>The page has moved. <a href='/'>Click here</a></p>",
    ],
)
def test_a_page_that_is_to_be_read_is_kept(markup: str) -> None:
    found, server = visit(answers({"/1": html(markup)}), lambda server: [server.url("/1")], politeness=QUICK)
    assert page(found["/1"]).redirects == ()
    assert server.paths() == ["/robots.txt", "/1"]


def test_a_refresh_in_the_headers_counts_and_one_with_a_cookie_may_reload_the_page() -> None:
    def twice(asked: Asked) -> bytes:
        markup = b"<meta http-equiv=refresh content='0;url=/twice'>"
        is_known = asked.headers.get("cookie") == "a=1"
        return html(LONG) if is_known else reply(markup, content_type="text/html", set_cookie="a=1")

    found, _ = visit(
        answers({"/head": reply(b"", refresh="0;url=/twice"), "/twice": twice}),
        lambda server: [server.url("/head"), server.url("/twice")],
        politeness=QUICK,
    )
    assert [page(outcome).body for outcome in found.values()] == [ARTICLE, ARTICLE]


def test_pages_that_lead_on_are_guarded_and_counted_as_redirects_are() -> None:
    def refresh(target: str) -> bytes:
        return html(f"<meta http-equiv=refresh content='0;url={target}'>")

    chain = {f"/c{place}": refresh(f"/c{place + 1}") for place in range(9)}
    found, server = visit(
        answers(
            {
                "/robots.txt": reply(b"User-agent: *\nDisallow: /closed"),
                "/private": refresh("http://169.254.169.254/latest"),
                "/click": html("<p>You are being redirected. <a href='http://10.0.0.1/'>Click here</a>"),
                "/to-closed": refresh("/closed"),
                "/a": refresh("/b"),
                "/b": refresh("/a"),
                "/gone": refresh("/none"),
                **chain,
            }
        ),
        lambda server: [
            server.url(path) for path in ("/private", "/click", "/to-closed", "/a", "/gone", "/c0")
        ],
        politeness=QUICK,
    )
    base = f"http://127.0.0.1:{server.port}"
    assert {path: reason(outcome) for path, outcome in found.items()} == {
        "/private": "refused: 169.254.169.254 is not a public address, redirected to "
        "http://169.254.169.254/latest",
        "/click": "refused: 10.0.0.1 is not a public address, redirected to http://10.0.0.1/",
        "/to-closed": f"forbidden by robots.txt, redirected to {base}/closed",
        "/a": "redirect loop",
        "/gone": f"HTTP 404, redirected to {base}/none",
        "/c0": "more than 5 redirects",
    }
    assert "/closed" not in server.paths()


def test_a_host_that_timed_out_five_times_is_left_and_the_others_are_asked() -> None:
    class Drips(FakeFetcher):
        async def get(
            self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float
        ) -> Page:
            if "slow" in url:
                await asyncio.sleep(timeout_s)
                raise FetchError(url, f"timed out after {timeout_s:g} s", is_retryable=True)
            return await super().get(url, headers=headers, max_bytes=max_bytes, timeout_s=timeout_s)

    slow = [f"https://slow.example/{at}" for at in range(40)]
    good = [f"https://good.example/{at}" for at in range(10)]
    fetcher = Drips({url: [answer()] for url in (*slow, *good)})
    polite = replace(QUICK, timeout_s=0.1, delay_s=0.01)
    outcomes = asyncio.run(collect([*slow, *good], fetcher=fetcher, politeness=polite, check_robots=False))
    assert [page(outcomes[url]).status for url in good] == [200] * 10
    reasons = Counter(reason(outcomes[url]) for url in slow)
    left = "not asked: slow.example timed out 5 times in this run"
    assert set(reasons) == {"timed out after 0.1 s", left}
    assert reasons[left] >= 40 - 5 - polite.per_host
    lost = [outcome for outcome in outcomes.values() if isinstance(outcome, FetchError)]
    assert all(error.is_retryable for error in lost)
