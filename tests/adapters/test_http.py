import asyncio
import gc
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import httpcore2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_server import Answer, Asked, RawServer, reply, reset, says

from digest.adapters.guard import Guard, RefusedError, is_public, literal_address
from digest.adapters.http import HttpFetcher
from digest.errors import FetchError
from digest.records import Page

PUBLIC = "93.184.216.34"
LOOPBACK = ("127.0.0.0/8",)


class Stream(httpcore2.AsyncMockStream):
    """Plays an answer; tells the backend which name TLS is done with."""

    def __init__(self, backend: "Backend") -> None:
        super().__init__([reply(b"ok")])
        self._owner = backend

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._owner.written += buffer

    async def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        self._owner.tls_names.append(server_hostname)
        return self


class Backend(httpcore2.AsyncNetworkBackend):
    """Records which addresses would be connected to; `dead` ones do not answer."""

    def __init__(self, dead: Sequence[str] = ()) -> None:
        self.dead = dead
        self.connected: list[tuple[str, int]] = []
        self.tls_names: list[str | None] = []
        self.written = b""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.connected.append((host, port))
        if host in self.dead:
            raise httpcore2.ConnectTimeout
        return Stream(self)


class Names:
    """A resolver that gives each answer once, and the last one from then on."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def get(fetcher: HttpFetcher, *urls: str, max_bytes: int = 1_000_000, timeout_s: float = 5.0) -> list[Any]:
    """Ask for each address in turn; a FetchError stands for its page."""

    async def run() -> list[Page | FetchError]:
        outcomes: list[Page | FetchError] = []
        for url in urls:
            try:
                outcomes.append(await fetcher.get(url, headers={}, max_bytes=max_bytes, timeout_s=timeout_s))
            except FetchError as error:
                outcomes.append(error)
        await fetcher.close()
        return outcomes

    return asyncio.run(run())


def serve(
    answer: Answer,
    *,
    path: str = "/",
    headers: dict[str, str] | None = None,
    max_bytes: int = 1_000_000,
    timeout_s: float = 5.0,
    check: Callable[[RawServer], Awaitable[None]] | None = None,
) -> Page:
    """Ask a server that answers so."""

    async def run() -> Page:
        fetcher = HttpFetcher(allow_hosts=LOOPBACK)
        async with RawServer(answer) as server:
            try:
                return await fetcher.get(
                    server.url(path), headers=headers or {}, max_bytes=max_bytes, timeout_s=timeout_s
                )
            finally:
                await fetcher.close()
                if check is not None:
                    await check(server)

    return asyncio.run(run())


def failure(answer: Answer, **limits: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        serve(answer, **limits)
    return caught.value


def ssrf_rows(dev_data: Path, expect: str) -> list[str]:
    lines = (dev_data / "hostile" / "ssrf_urls.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["url"] for row in rows if row["expect"] == expect]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("8.8.8.8", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::1", True),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("127.8.9.10", False),
        ("169.254.169.254", False),
        ("172.31.255.255", False),
        ("192.0.0.192", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("192.168.0.1", False),
        ("198.19.0.1", False),
        ("203.0.113.9", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:a9fe:a9fe", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::808:808", False),
        ("2002:7f00:1::", False),
        ("2002:a00:1::1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("2606:2800:220:1::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_public_addresses_are_told_from_all_others(address: str, expected: bool) -> None:
    assert is_public(address) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("::1", "::1"),
        ("example.com", None),
        ("0x.example.com", None),
        ("425.510.425.510", None),
    ],
)
def test_addresses_are_recognised_however_they_are_written(host: str, expected: str | None) -> None:
    assert literal_address(host) == expected


def test_hostile_addresses_are_refused_as_written(dev_data: Path) -> None:
    backend = Backend()
    urls = ssrf_rows(dev_data, "refuse")
    outcomes = get(HttpFetcher(backend=backend, resolver=Names([PUBLIC])), *urls)
    assert len(urls) > 50
    for url, outcome in zip(urls, outcomes, strict=True):
        assert isinstance(outcome, FetchError), url
        assert not outcome.is_retryable
    assert backend.connected == []


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["fe80::1%eth0"],
        ["::ffff:192.168.0.1"],
        ["64:ff9b::7f00:1"],
        ["64:ff9b::a9fe:a9fe"],
        [PUBLIC, "127.0.0.1"],
        ["::1", PUBLIC],
    ],
)
def test_names_that_lead_inside_are_refused(dev_data: Path, answer: list[str]) -> None:
    backend = Backend()
    urls = ssrf_rows(dev_data, "resolve")
    outcomes = get(HttpFetcher(backend=backend, resolver=Names(answer)), *urls)
    assert len(urls) > 30
    for url, outcome in zip(urls, outcomes, strict=True):
        assert isinstance(outcome, FetchError), url
        assert outcome.reason.startswith(("refused: ", "not a valid address: ")), outcome
        assert not outcome.is_retryable
    assert backend.connected == []


def test_an_answer_that_changes_after_the_judging_changes_nothing() -> None:
    backend, names = Backend(), Names([PUBLIC], ["127.0.0.1"])
    [page] = get(HttpFetcher(backend=backend, resolver=names), "https://rebind.example/")
    assert page.body == b"ok"
    assert names.asked == ["rebind.example"]
    assert backend.connected == [(PUBLIC, 443)]


def test_the_next_connection_is_judged_anew() -> None:
    backend, names = Backend(), Names([PUBLIC], ["127.0.0.1"])
    first, second = get(
        HttpFetcher(backend=backend, resolver=names), "http://rebind.example/", "http://rebind.example/"
    )
    assert first.status == 200
    assert second.reason == "refused: 127.0.0.1 is not a public address"
    assert backend.connected == [(PUBLIC, 80)]


def test_tls_and_host_header_keep_the_name() -> None:
    backend = Backend()
    get(HttpFetcher(backend=backend, resolver=Names([PUBLIC])), "https://example.com/a")
    assert backend.tls_names == ["example.com"]
    assert b"Host: example.com\r\n" in backend.written


def test_another_address_of_the_name_is_tried_when_one_is_dead() -> None:
    backend = Backend(dead=["2606:2800:220:1::1"])
    [page] = get(
        HttpFetcher(backend=backend, resolver=Names(["2606:2800:220:1::1", PUBLIC])), "http://example.com/"
    )
    assert page.status == 200
    assert [host for host, _ in backend.connected] == ["2606:2800:220:1::1", PUBLIC]


@pytest.mark.parametrize(
    ("allow_hosts", "url", "answer", "is_allowed"),
    [
        (["10.0.0.0/8"], "http://intranet.example/", "10.1.2.3", True),
        (["10.0.0.0/8"], "http://10.1.2.3/", "", True),
        (["10.0.0.0/8"], "http://[::ffff:10.1.2.3]/", "", True),
        (["10.0.0.0/8"], "http://wiki/", "10.1.2.3", True),
        (["10.0.0.0/8"], "http://wiki/", "192.168.0.1", False),
        (["10.0.0.0/8"], "http://wiki/", PUBLIC, False),
        (["10.0.0.0/8"], "http://127.0.0.1/", "", False),
        (["wiki"], "http://WIKI./", "192.168.0.1", True),
        (["wiki"], "http://other/", "192.168.0.1", False),
        (["Intranet.Example"], "http://intranet.example/", "10.1.2.3", True),
        (["127.0.0.1"], "http://127.0.0.1:8000/", "", True),
        (["127.0.0.1"], "http://127.0.0.2:8000/", "", False),
        (["::1"], "http://[::1]/", "", True),
        (["localhost"], "http://localhost/", "127.0.0.1", True),
        (["0.0.0.0/0"], "ftp://10.1.2.3/", "", False),
    ],
)
def test_only_what_is_allowed_by_name_or_network_may_be_private(
    allow_hosts: list[str], url: str, answer: str, is_allowed: bool
) -> None:
    backend = Backend()
    [outcome] = get(HttpFetcher(allow_hosts=allow_hosts, backend=backend, resolver=Names([answer])), url)
    assert isinstance(outcome, Page) is is_allowed, outcome
    assert bool(backend.connected) is is_allowed


def test_judging_names_the_address() -> None:
    with pytest.raises(RefusedError, match=r"^10\.0\.0\.1 is not a public address$"):
        Guard(()).judge_addresses("example.com", [PUBLIC, "10.0.0.1"])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/rss",
        "//example.com/",
        "http://",
        "http:///path",
        "http://exa\nmple.com/",
        "http://example.com/\x00",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:-1/",
        "http://example.com:eighty/",
        "http://a..b/",
        "http://.../",
        "http://ex ample.com/",
        "http://%00.example.com/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://\ud800.com/",
        "http://example.com/\ud800",
        "http://ⓖoogle.com/",
        "http://" + "a" * 64 + ".com/",
        "http://" + "a." * 130 + "com/",
        "http://example.com/" + "a" * 70_000,
        "javascript:alert(1)",
        "mailto:a@example.com",
    ],
)
def test_what_is_no_address_is_a_fetch_error(url: str) -> None:
    backend = Backend()
    [outcome] = get(HttpFetcher(backend=backend, resolver=Names([PUBLIC])), url)
    assert isinstance(outcome, FetchError)
    assert not outcome.is_retryable
    assert backend.connected == []


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(), st.text(alphabet="htp:/@[]%.\\#?a1é。\ud800 \t", max_size=30)),
        min_size=10,
        max_size=20,
    )
)
def test_no_address_raises_anything_but_a_fetch_error(texts: list[str]) -> None:
    fetcher = HttpFetcher(backend=Backend(), resolver=Names([PUBLIC]))
    urls = [start + text for text in texts for start in ("", "http://", "https://example.com/")]
    for outcome in get(fetcher, *urls):
        assert isinstance(outcome, Page | FetchError)


def test_any_status_is_a_page() -> None:
    for status in (200, 302, 404, 503):
        page = serve(says(reply(b"words", status=status, Location="/next", X_Mixed="Case")))
        assert (page.status, page.body) == (status, b"words")
        assert page.header("location") == "/next"
        assert page.header("x-mixed") == "Case"
        assert page.final_url == page.url
        assert page.fetched_at.tzinfo is not None


def test_conditional_headers_are_sent_and_304_is_a_page() -> None:
    async def check(server: RawServer) -> None:
        assert server.asked[0].headers["if-none-match"] == '"é"'.encode().decode("latin-1").lower()

    page = serve(
        says(b"HTTP/1.1 304 X\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n"),
        headers={"If-None-Match": '"é"'},
        check=check,
    )
    assert (page.status, page.body) == (304, b"")


def test_headers_that_cannot_be_sent_are_a_fetch_error() -> None:
    with pytest.raises(FetchError, match="not a valid request"):
        serve(says(reply()), headers={"if-none-match": "a\r\nx: y"})


def test_requests_say_who_asks_and_carry_no_cookies() -> None:
    async def run() -> RawServer:
        fetcher = HttpFetcher(allow_hosts=["localhost"], user_agent="digest/9")
        async with RawServer(says(reply(b"", set_cookie="a=b"))) as server:
            for _ in range(2):
                await fetcher.get(server.url(host="localhost"), headers={}, max_bytes=1000, timeout_s=5)
            await fetcher.close()
            return server

    server = asyncio.run(run())
    assert [asked.headers["user-agent"] for asked in server.asked] == ["digest/9"] * 2
    assert not any("cookie" in asked.headers for asked in server.asked)


def test_the_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert serve(says(reply(b"ok"))).body == b"ok"


def test_an_explicit_proxy_gets_the_whole_address_but_no_private_one() -> None:
    async def run() -> tuple[RawServer, Page, FetchError]:
        async with RawServer(says(reply(b"ok"))) as server:
            fetcher = HttpFetcher(proxy=server.url().replace("//", "//user:word@"))
            page = await fetcher.get("http://example.com/a", headers={}, max_bytes=1000, timeout_s=5)
            with pytest.raises(FetchError) as caught:
                await fetcher.get("http://169.254.169.254/", headers={}, max_bytes=1000, timeout_s=5)
            await fetcher.close()
            return server, page, caught.value

    server, page, error = asyncio.run(run())
    assert page.body == b"ok"
    assert server.paths() == ["http://example.com/a"]
    assert "proxy-authorization" in server.asked[0].headers
    assert error.reason == "refused: 169.254.169.254 is not a public address"


def test_a_body_of_exactly_the_limit_is_read_and_one_more_byte_is_not() -> None:
    assert len(serve(says(reply(b"x" * 1000)), max_bytes=1000).body) == 1000
    error = failure(says(reply(b"x" * 1001)), max_bytes=1000)
    assert error.reason == "larger than 1,000 bytes"
    assert not error.is_retryable


def test_a_body_announced_too_large_is_not_read() -> None:
    sent = 0

    async def huge(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 60000000\r\n\r\n")
        for _ in range(60):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
            sent += 1

    assert failure(huge, max_bytes=10_000_000).reason == "larger than 10 MB"
    assert sent < 20


def test_an_endless_body_is_stopped() -> None:
    async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    assert failure(endless, max_bytes=2_000_000).reason == "larger than 2 MB"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_decompression_bomb_is_stopped(coding: str) -> None:
    import brotli
    import zstandard

    plain = b"\0" * 100_000_000
    bombs: dict[str, Callable[[], bytes]] = {
        "gzip": lambda: gzip.compress(plain, 6),
        "deflate": lambda: zlib.compress(plain),
        "br": lambda: brotli.compress(plain, quality=1),
        "zstd": lambda: zstandard.compress(plain),
        "gzip, gzip": lambda: gzip.compress(gzip.compress(plain)),
    }
    bomb = bombs[coding]()
    assert len(bomb) < 1_000_000
    error = failure(says(reply(bomb, content_encoding=coding)), max_bytes=3_000_000)
    assert error.reason == "larger than 3 MB"


def test_compressed_bodies_are_decoded() -> None:
    assert serve(says(reply(gzip.compress(b"words"), content_encoding="gzip"))).body == b"words"
    error = failure(says(reply(b"words", content_encoding="gzip")))
    assert error.reason == "body is not valid gzip"


def test_a_drip_hits_the_time_limit_though_each_read_is_quick() -> None:
    async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    error = failure(drip, timeout_s=0.3)
    assert error.reason == "timed out after 0.3 s"
    assert error.is_retryable


def test_silence_hits_the_time_limit() -> None:
    async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    assert failure(silent, timeout_s=0.2).reason == "timed out after 0.2 s"


def test_a_slow_look_up_hits_the_time_limit() -> None:
    async def slow(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    [error] = get(HttpFetcher(resolver=slow), "http://example.com/", timeout_s=0.2)
    assert error.reason == "timed out after 0.2 s"


def test_a_body_cut_short_says_how_short() -> None:
    error = failure(says(reply(b"x" * 1234, content_length="5678")))
    assert error.reason == "cut short after 1,234 of 5,678 bytes"
    assert error.is_retryable
    chunked = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"
    assert failure(says(chunked)).reason == "cut short after 5 bytes"


def test_a_reset_connection_is_named() -> None:
    async def at_once(asked: Asked, writer: asyncio.StreamWriter) -> None:
        reset(writer)

    async def midway(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(b"x" * 10, content_length="50"))
        await writer.drain()
        await asyncio.sleep(0.1)
        reset(writer)

    error = failure(at_once)
    assert (error.reason, error.is_retryable) == ("connection reset", True)
    assert failure(midway).reason == "connection reset after 10 of 50 bytes"


def test_other_failures_are_named() -> None:
    async def nothing(asked: Asked, writer: asyncio.StreamWriter) -> None:
        pass

    assert failure(nothing).reason == "connection closed without an answer"
    assert failure(says(b"SSH-2.0-x\r\n\r\n")).reason.startswith("not a valid HTTP answer: ")


def test_connections_that_fail_are_named() -> None:
    async def closed_port() -> int:
        async with RawServer(says(b"")) as server:
            return server.port

    async def no_such_name(host: str, port: int) -> Sequence[str]:
        return []

    port = asyncio.run(closed_port())
    [refused] = get(HttpFetcher(allow_hosts=LOOPBACK), f"http://127.0.0.1:{port}/")
    assert (refused.reason, refused.is_retryable) == ("connection refused", True)
    [unknown] = get(HttpFetcher(resolver=no_such_name), "http://example.com/")
    assert (unknown.reason, unknown.is_retryable) == ("host name not found", True)


def test_a_tls_handshake_that_hangs_hits_the_time_limit_and_is_closed() -> None:
    async def run() -> FetchError:
        fetcher = HttpFetcher(allow_hosts=LOOPBACK)
        async with RawServer(says(b"")) as server:  # waits for a request's head, which never comes
            with pytest.raises(FetchError) as caught:
                await fetcher.get(
                    server.url().replace("http:", "https:"), headers={}, max_bytes=10, timeout_s=0.2
                )
            await fetcher.close()
            return caught.value

    error = asyncio.run(run())
    gc.collect()  # an open connection would warn here
    assert error.reason == "timed out after 0.2 s"


def test_a_server_that_speaks_no_tls_is_named() -> None:
    async def run() -> FetchError:
        async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example ESMTP\r\n")
            await reader.read(10)
            writer.close()

        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        fetcher = HttpFetcher(allow_hosts=LOOPBACK)
        async with server:
            with pytest.raises(FetchError) as caught:
                await fetcher.get(f"https://127.0.0.1:{port}/", headers={}, max_bytes=10, timeout_s=2)
            await fetcher.close()
        return caught.value

    error = asyncio.run(run())
    assert error.reason.startswith("no TLS connection: ")
    assert error.is_retryable


def test_failures_keep_their_cause() -> None:
    error = failure(says(reply(b"x", content_length="2")))
    assert isinstance(error.__cause__, httpcore2.RemoteProtocolError)
