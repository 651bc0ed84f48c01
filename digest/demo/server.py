"""Serves the sample week over real HTTP on the loopback network, one address per publisher."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import cast
from urllib.parse import urlsplit

from digest.demo import content
from digest.demo.content import Answer, Publisher

BIND_ATTEMPTS = 20
"""How often another free port is tried when the one found is taken on one of the other addresses."""


@dataclass
class Served:
    """The sample week while it is being served."""

    origins: dict[str, str]
    """Publisher -> `http://host:port`."""
    feeds: list[dict[str, str]]
    """The feeds in the form of feeds.yaml: url, title and kind."""
    stats: Counter[str] = field(default_factory=Counter)
    """Address, query included -> how often it was asked for, whatever the answer."""

    @property
    def hosts(self) -> list[str]:
        """The hosts in use, for `settings.allow_hosts`."""
        return sorted({urlsplit(origin).hostname or "" for origin in self.origins.values()})

    @property
    def port(self) -> int:
        """The port of the first publisher; the others have the same where each has its own address."""
        return urlsplit(next(iter(self.origins.values()))).port or 80


class _Server(ThreadingHTTPServer):
    """One publisher's listening socket."""

    daemon_threads = True

    def __init__(self, host: str, port: int, publisher: Publisher) -> None:
        self.publisher = publisher
        self.answers: dict[str, Answer] = {}
        self.fallback = Answer(b"", status=503)
        self.stats: Counter[str] = Counter()
        self.lock = threading.Lock()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        # Not HTTPServer's own: that asks the name service for the host's full name.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    @property
    def origin(self) -> str:
        return f"http://{self.server_name}:{self.server_port}"

    def answer(self, path: str) -> Answer:
        return self.answers.get(path, self.fallback)

    def count(self, target: str) -> None:
        with self.lock:
            self.stats[self.origin + target] += 1


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the publisher's table, conditionally where asked."""

    protocol_version = "HTTP/1.1"
    server_version = "sample-week"
    sys_version = ""
    timeout = 10  # an idle kept-alive connection must not hold its thread for ever

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def _respond(self, *, with_body: bool) -> None:
        server = cast(_Server, self.server)
        server.count(self.path)
        answer = server.answer(urlsplit(self.path).path)
        unchanged = answer.status == 200 and self._has(answer)
        self.send_response(304 if unchanged else answer.status)
        if answer.status == 200:
            self.send_header("ETag", answer.etag)
            self.send_header("Last-Modified", format_datetime(answer.modified, usegmt=True))
        if not unchanged:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body and not unchanged:
            self.wfile.write(answer.body)

    def _has(self, answer: Answer) -> bool:
        """Say whether the asker already has this answer; tags go before dates (RFC 9110, 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return answer.etag in known or "*" in known
        since = _http_date(self.headers.get("If-Modified-Since"))
        return since is not None and answer.modified.replace(microsecond=0) <= since

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent; `Served.stats` counts what was asked for."""


def _http_date(value: str | None) -> datetime | None:
    """Read a date from a header; None where there is none, or none that makes sense."""
    if value is None:
        return None
    try:
        read = parsedate_to_datetime(value)
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def _bind_all(hosts: dict[str, str], port: int) -> list[_Server]:
    """Bind every publisher's host to one port, or none of them.

    Args:
        hosts: Publisher -> address.
        port: 0 for a free one, chosen with the first publisher.

    Raises:
        OSError: an address does not exist here, or the port is taken on one of them.
    """
    with ExitStack() as undo:
        servers: list[_Server] = []
        for key, host in hosts.items():
            server = _Server(host, port, content.publishers()[key])
            undo.callback(server.server_close)
            servers.append(server)
            port = server.server_port
        undo.pop_all()
        return servers


def _bind_one_host(port: int) -> list[_Server]:
    """Bind 127.0.0.1 once per publisher, on ports counted up from `port` (0 for any free ones)."""
    with ExitStack() as undo:
        servers: list[_Server] = []
        for step, publisher in enumerate(content.publishers().values()):
            server = _Server("127.0.0.1", port + step if port else 0, publisher)
            undo.callback(server.server_close)
            servers.append(server)
        undo.pop_all()
        return servers


def _can_bind(host: str) -> bool:
    # Linux answers for all of 127.0.0.0/8, macOS for 127.0.0.1 only.
    try:
        _Server(host, 0, next(iter(content.publishers().values()))).server_close()
    except OSError:
        return False
    return True


def _bind(port: int) -> list[_Server]:
    hosts = {key: f"127.0.2.{publisher.number}" for key, publisher in content.publishers().items()}
    if not all(_can_bind(host) for host in hosts.values()):
        return _bind_one_host(port)
    attempts = 1 if port else BIND_ATTEMPTS
    for attempt in range(attempts):
        try:
            return _bind_all(hosts, port)
        except OSError:
            if attempt == attempts - 1:
                raise
    raise AssertionError("unreachable")


def _fill(servers: list[_Server]) -> Served:
    """Make the answers, now that the addresses are known, and hand each publisher its own."""
    origins = {server.publisher.key: server.origin for server in servers}
    feeds = [
        {"url": origins[feed.publisher] + feed.path, "title": feed.title, "kind": feed.kind}
        for feed in content.feed_definitions()
    ]
    served = Served(origins, feeds)
    answers = content.build(origins)
    lock = threading.Lock()
    for server in servers:
        server.fallback = content.fallback(server.publisher, origins)
        # Behind the wall only robots.txt is open.
        walled = {"/robots.txt": answers[server.publisher.key]["/robots.txt"]}
        server.answers = walled if server.publisher.walled else answers[server.publisher.key]
        server.stats, server.lock = served.stats, lock
    return served


@contextmanager
def serve(port: int = 0) -> Iterator[Served]:
    """Serve the sample week until the block is left.

    Each publisher listens on an address of its own, 127.0.2.1 to 127.0.2.8, all on the same port; where
    those cannot be bound (macOS), on 127.0.0.1 with a port of its own.

    Args:
        port: The port to listen on; 0 for a free one.

    Yields:
        Addresses of the feeds and hosts, and a count of what is asked for.

    Raises:
        OSError: `port` is taken.
    """
    with ExitStack() as stack:
        servers = _bind(port)
        for server in servers:
            stack.callback(server.server_close)
        served = _fill(servers)
        for server in servers:
            # A short poll, since leaving the block waits for one of each server.
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield served
