"""A local site whose pages can be changed, and a workspace that reads it over real HTTP."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from newsroom import TEXTS, Newsroom

from digest.adapters.http import HttpFetcher
from digest.workspace.files import write_text


@dataclass
class LocalSite:
    """What is served, by path, and what was asked for, with its cookie."""

    pages: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    """Titles of what the feed names, by path."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def article(self, path: str, title: str, *lines: str, head: str = "") -> None:
        self.items[path] = title
        text = "".join(f"<p>{escape(line)}</p>" for line in lines)
        self.pages[path] = (
            f"<html><head><title>{title}</title>{head}</head>"
            f"<body><article><h1>{title}</h1>{text}</article></body></html>"
        ).encode()

    def change(self, path: str, old: str, new: str) -> None:
        text = self.pages[path].decode()
        assert old in text
        self.pages[path] = text.replace(old, new).encode()

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def feed(self) -> bytes:
        day = format_datetime(datetime.now(UTC) - timedelta(hours=1))
        items = "".join(
            f"<item><title>{title}</title><link>{self.url}{path}</link><pubDate>{day}</pubDate></item>"
            for path, title in self.items.items()
        )
        return f"<rss version='2.0'><channel><title>The Post</title>{items}</channel></rss>".encode()


@contextmanager
def local_site() -> Iterator[LocalSite]:
    """Serve a site until the block is left."""
    site = LocalSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers.get("cookie", "")))
            body = site.feed() if self.path == "/feed" else site.pages.get(self.path, b"")
            status = site.statuses.get(self.path, 200 if body else 404)
            self.send_response(status)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


class LocalNewsroom(Newsroom):
    """A workspace that asks the real fetcher."""

    def settle(self, feed: str, settings: str = "") -> None:
        """Write feeds.yaml."""
        own = f"allow_hosts: [127.0.0.0/8], delay_s: 0{settings}"
        write_text(
            self.folder / "feeds.yaml",
            f"newsletter: {{title: Week}}\nsettings: {{{own}}}\nfeeds:\n  - {feed}\n",
        )

    def _fetcher(self) -> HttpFetcher:  # type: ignore[override]
        return HttpFetcher(allow_hosts=("127.0.0.0/8",))


def lines_of(title: str) -> list[str]:
    """Give the sentences of an article of TEXTS."""
    return [TEXTS[title].format(number) for number in range(12)]


def copied(room: LocalNewsroom, folder: Path) -> LocalNewsroom:
    """Give a workspace like another."""
    shutil.copytree(room.folder, folder, dirs_exist_ok=True)
    made = LocalNewsroom.__new__(LocalNewsroom)
    made.__dict__ = {**room.__dict__, "folder": folder}
    return made
