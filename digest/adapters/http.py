"""HTTP over httpx2, kept to public addresses.

One request at a time: no redirects followed, no retries, no cookies kept, no proxy of the environment.
Politeness is the work of stages/fetch.py.

What decides is the address connected to, not how it is written: a name is resolved once, every address it
has is judged, and the connection goes to the very address that was judged. A name whose answer changes
between two look-ups therefore gains nothing. Through a proxy (only where one is given explicitly) the proxy
resolves the names, so there only what is written can be judged.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol

import httpcore2
import httpx2

from digest.adapters.guard import Guard, RefusedError, is_host, literal_address
from digest.errors import FetchError
from digest.records import OWN_HEADERS, Page

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host name and port to addresses, best first."""

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/pdf;q=0.9,*/*;q=0.8"

MAX_CONNECTIONS = 100
"""Open at once, idle ones included; above the number of requests the fetch stage has under way."""

FIRST_ADDRESS_S = 5.0
"""Seconds an address of a name may take to connect while the name has others: keeps a dead IPv6 route from
using up a page's time. Three TCP SYNs go out within it."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, without holding up the event loop.

    Raises:
        OSError: The name has no address, or no resolver answers.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class Connection(httpcore2.AsyncNetworkStream):
    """A connection that is closed when a time limit strikes during the TLS handshake.

    httpcore2 2.16 closes it after an error, but leaves it open when cancelled, as a time
    limit does.
    """

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come, at most `max_bytes`."""
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send everything."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Agree on TLS, or close."""
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> object:
        """Pass on what the socket says of itself."""
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens connections, to judged addresses only.

    httpcore2 asks for the host by name and does TLS with that name afterwards, so certificates and the Host
    header are those of the name.
    """

    def __init__(self, guard: Guard, resolver: Resolver, backend: httpcore2.AsyncNetworkBackend) -> None:
        self._guard = guard
        self._resolve = resolver
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve once, judge every address, connect to the first of them that answers.

        Raises:
            RefusedError: The host is not public.
            OSError: It has no address.
        """
        literal = literal_address(host)
        addresses = [literal] if literal is not None else list(await self._resolve(host, port))
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        self._guard.judge_addresses(host, addresses)
        for address in addresses[:-1]:
            try:
                return Connection(
                    await self._backend.connect_tcp(
                        address, port, FIRST_ADDRESS_S, local_address, socket_options
                    )
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return Connection(
            await self._backend.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: no page is behind a file.

        Raises:
            RefusedError: Always.
        """
        raise RefusedError(f"{path} is a file")

    async def sleep(self, seconds: float) -> None:
        """Wait, in seconds."""
        await self._backend.sleep(seconds)


class ByteStream(Protocol):
    """What httpcore2 answers with."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    async def aclose(self) -> None: ...  # noqa: D102


class Body(httpx2.AsyncByteStream):
    """A body of httpcore2 as httpx2 wants it."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._stream.aclose()


class PoolTransport(httpx2.AsyncBaseTransport):
    """A pool of httpcore2 under an httpx2 client: httpx2's own transport takes no network backend."""

    def __init__(self, pool: httpcore2.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; exceptions stay those of httpcore2."""
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=Body(answer.stream),  # type: ignore[arg-type]  # sync or async in its type, async in a pool
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


def guarded_client(
    guard: Guard,
    *,
    headers: Mapping[str, str],
    http2: bool = False,
    proxy: str | None = None,
    resolver: Resolver = resolve,
    backend: httpcore2.AsyncNetworkBackend | None = None,
) -> httpx2.AsyncClient:
    """Make a client that connects to what `guard` allows; see HttpFetcher for the rest.

    It raises `LIBRARY_ERRORS` for anything a server or address does, and knows no time limit.
    """
    backend = backend or httpcore2.AnyIOBackend()
    return httpx2.AsyncClient(
        transport=PoolTransport(
            _proxy_pool(proxy, backend, http2=http2)
            if proxy
            else _pool(GuardedBackend(guard, resolver, backend), http2=http2)
        ),
        trust_env=False,
        follow_redirects=False,
        # One time limit for the whole request instead (get): a limit per read never ends a slow drip.
        timeout=None,
        headers=headers,
        # An answer must not depend on which page of a site came first: cookies of one page's way are sent
        # by whoever follows it.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


class HttpFetcher:
    """Implements ports.Fetcher. Belongs to the event loop of its first request; close it there.

    Args:
        allow_hosts: Host names and networks that may be asked though they are not public.
        user_agent: What requests say they come from.
        http2: Whether to share one HTTP/2 connection among the requests to a host. Off, because an answer
            left unread (too large, out of time) is never cancelled by httpcore2 2.16: with 16 MB pending the
            connection's window is used up and every later page on it times out (measured 2026-11-22). What
            becomes of a page would depend on its neighbours, and two requests at a time gain nothing by it.
        proxy: 'http://user:password@host:port' to send everything through; the environment is never asked.
        resolver: Turns names into addresses.
        backend: Opens the connections to judged addresses; for tests.
    """

    def __init__(
        self,
        *,
        allow_hosts: Sequence[str] = (),
        user_agent: str = "digest/0.1 (+feed reader)",
        http2: bool = False,
        proxy: str | None = None,
        resolver: Resolver = resolve,
        backend: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._guard = Guard(allow_hosts)
        self._client = guarded_client(
            self._guard,
            headers={"user-agent": user_agent, "accept": ACCEPT},
            http2=http2,
            proxy=proxy,
            resolver=resolver,
            backend=backend,
        )

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        """Ask for `url` once and read the whole answer, whatever its status.

        Args:
            url: Absolute; http or https.
            headers: Sent besides the usual ones.
            max_bytes: Most bytes of body, after decompression.
            timeout_s: Seconds for everything: look-up, connection, answer, body.

        Raises:
            FetchError: Refused before connecting, no connection, timed out, cut short, larger than
                `max_bytes`, or not an answer. Nothing else is raised for anything a server or address does.
        """
        target = self._judged(url)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._ask(url, target, headers, max_bytes)
        except TimeoutError as error:
            raise FetchError(url, f"timed out after {round(timeout_s, 1):g} s", is_retryable=True) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    def _judged(self, url: str) -> httpx2.URL:
        try:
            target = httpx2.URL(url)
        except (httpx2.InvalidURL, ValueError) as error:
            # What the library could not read may be half of a password.
            what = "what stands before its host cannot be read" if "@" in url else str(error)
            raise FetchError(url, f"not a valid address: {what}") from error
        if target.scheme not in ("http", "https"):
            raise FetchError(url, f"refused: expected an http(s) address, got scheme {target.scheme!r}")
        host = target.raw_host.decode("ascii")
        if not is_host(host):
            raise FetchError(url, f"not a valid address: host {host[:80]!r}")
        if target.port is not None and not 0 < target.port < 65536:
            raise FetchError(url, f"not a valid address: port {target.port}")
        try:
            self._guard.judge_host(host)
        except RefusedError as error:
            raise FetchError(url, f"refused: {error}") from error
        return target

    async def _ask(self, url: str, target: httpx2.URL, headers: Mapping[str, str], max_bytes: int) -> Page:
        response: httpx2.Response | None = None
        try:
            request = self._client.build_request("GET", target, headers=_sendable(url, headers))
            response = await self._client.send(request, stream=True)
            try:
                body = await read_body(url, response, max_bytes)
            finally:
                await response.aclose()
        except LIBRARY_ERRORS as error:
            raise _translated(url, error, response) from error
        return Page(
            url=url,
            final_url=url,
            status=response.status_code,
            headers=tuple(
                (name.lower(), value)
                for name, value in response.headers.multi_items()
                if not name.lower().startswith(OWN_HEADERS)
            ),
            body=body,
            fetched_at=datetime.now(UTC),
        )


LIBRARY_ERRORS = (
    RefusedError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    httpcore2.ConnectionNotAvailable,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    OSError,
    UnicodeError,
)


def _sendable(url: str, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Encode headers as bytes: a kept ETag may hold any character, and httpx2 would insist on ASCII."""
    for name, value in headers.items():
        if any(ord(char) < 32 or char == "\x7f" for char in value):
            raise FetchError(url, f"not a valid request: control character in header {name}")
    return [(name.encode(), value.strip().encode("utf-8", "replace")) for name, value in headers.items()]


async def read_body(url: str, response: httpx2.Response, max_bytes: int) -> bytes:
    """Read what an answer that was asked for as a stream holds.

    Raises:
        FetchError: it is larger than `max_bytes`, unpacked.
    """
    if response.status_code != 304 and _declared_bytes(response) > max_bytes:
        raise FetchError(url, f"larger than {_size(max_bytes)}")
    body = bytearray()
    # httpx2 decompresses a megabyte at a time, so a bomb is noticed a megabyte after the limit.
    async with aclosing(response.aiter_bytes()) as parts:
        async for part in parts:
            body += part
            if len(body) > max_bytes:
                raise FetchError(url, f"larger than {_size(max_bytes)}")
    return bytes(body)


def _translated(url: str, error: Exception, response: httpx2.Response | None) -> FetchError:
    """Say what happened in words; `response` is given once its headers have come."""
    if isinstance(error, RefusedError):
        return FetchError(url, f"refused: {error}")
    if isinstance(error, httpx2.DecodingError):
        coding = response.headers.get("content-encoding", "") if response else ""
        return FetchError(url, f"body is not valid {coding or 'compressed data'}")
    if isinstance(error, httpx2.InvalidURL | UnicodeError):
        return FetchError(url, f"not a valid address: {error}")
    reason = connection_reason(error)
    if response is not None:
        got, declared = response.num_bytes_downloaded, _declared_bytes(response)
        what = reason if reason == "connection reset" else "cut short"
        of = f"{got:,} of {declared:,}" if declared > got else f"{got:,}"
        reason = f"{what} after {of} bytes"
    return FetchError(url, reason, is_retryable=True)


def connection_reason(error: Exception) -> str:
    """Say in a few words why there was no connection, or what became of it."""
    cause = next((cause for cause in _causes(error) if isinstance(cause, OSError) and cause.args), None)
    match cause:
        case socket.gaierror():
            return "host name not found"
        case ssl.SSLCertVerificationError():
            return f"TLS certificate not accepted: {cause.verify_message}"
        case ssl.SSLError():
            return f"no TLS connection: {(cause.reason or str(cause)).lower().replace('_', ' ')}"
        case ConnectionRefusedError():
            return "connection refused"
        case ConnectionResetError() | BrokenPipeError():
            return "connection reset"
        case OSError(errno=int(number)) if number in errno.errorcode:
            return f"no connection: {(cause.strerror or errno.errorcode[number]).lower()}"
    if isinstance(error, httpcore2.TimeoutException):
        return "connection timed out"
    if isinstance(error, httpcore2.ReadError | httpcore2.WriteError):
        return "connection reset"
    if isinstance(error, httpcore2.ProxyError):
        return f"proxy: {error}"
    if isinstance(error, httpcore2.RemoteProtocolError) and "disconnected" in str(error):
        return "connection closed without an answer"
    if isinstance(error, httpcore2.ProtocolError):
        return f"not a valid HTTP answer: {error}"
    return f"no connection: {error}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what led to an error, the first cause first: libraries wrap what the system said in layers."""
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _causes(member)
    earlier = error.__cause__ or error.__context__
    if earlier is not None:
        yield from _causes(earlier)
    yield error


@cache
def _ssl_context() -> ssl.SSLContext:
    """Make what judges certificates: reading the system's takes longer than asking a server nearby."""
    return httpcore2.default_ssl_context()


def _pool(backend: httpcore2.AsyncNetworkBackend, *, http2: bool) -> httpcore2.AsyncConnectionPool:
    return httpcore2.AsyncConnectionPool(
        ssl_context=_ssl_context(),
        max_connections=MAX_CONNECTIONS,
        keepalive_expiry=5.0,
        http2=http2,
        network_backend=backend,
    )


def _proxy_pool(
    proxy: str, backend: httpcore2.AsyncNetworkBackend, *, http2: bool
) -> httpcore2.AsyncConnectionPool:
    given = httpx2.Proxy(proxy)
    url = given.url
    return httpcore2.AsyncHTTPProxy(
        proxy_url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"),
        proxy_auth=given.raw_auth,
        ssl_context=_ssl_context(),
        max_connections=MAX_CONNECTIONS,
        keepalive_expiry=5.0,
        http2=http2,
        network_backend=backend,
    )


def _declared_bytes(response: httpx2.Response) -> int:
    """Return the length the server announced, or 0 where it announced none."""
    declared = response.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else 0


def _size(count: int) -> str:
    return f"{count // 1_000_000} MB" if count % 1_000_000 == 0 else f"{count:,} bytes"
