"""`digest feeds add` where a feed has moved, is there already, or is cut short."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from digest.cli.app import app
from digest.cli.feeds import _fix
from digest.feeds.reading import FeedReading
from digest.records import Feed, FeedState, Page
from digest.store import Store
from digest.workspace.feeds_file import load_config

ITEMS = "".join(f"<item><title>{n}</title><link>https://e.example/{n}</link></item>" for n in range(3))
FEED = f"<rss version='2.0'><channel><title>News</title>{ITEMS}</channel></rss>"
CUT = FEED[: FEED.index("https://e.example/2") + 12]
CUT_JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "https://e.example/0"}, {"url": "ht'
)
MOVED = {
    "/old": (301, "/new"),
    "/given-up": (301, "/site"),
    "/older": (308, "/old"),
    "/for-now": (302, "/new"),
}
BODIES = {
    "/new": FEED,
    "/other": FEED,
    "/cut": CUT,
    "/cut.json": CUT_JSON,
    "/site": "<html><head><link rel='alternate' type='application/rss+xml' href='/old'></head></html>",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, target = MOVED.get(self.path, (200, ""))
        body = BODIES.get(self.path, "").encode()
        self.send_response(status if target or body else 404)
        if target:
            self.send_header("location", target)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def workspace(folder: Path, *feeds: str) -> Path:
    listed = "".join(f"  - {feed}\n" for feed in feeds)
    settings = "settings: {allow_hosts: [127.0.0.0/8], delay_s: 0}\n"
    (folder / "feeds.yaml").write_text(settings + ("feeds:\n" + listed if feeds else "feeds: []\n"), "utf-8")
    return folder


def add(folder: Path, address: str) -> Result:
    return CliRunner().invoke(app, ["-C", str(folder), "feeds", "add", address])


def said(done: Result) -> str:
    return f"{done.output} {done.exception or ''}"


def listed(folder: Path) -> list[str]:
    return [feed.url.rpartition("/")[2] for feed in load_config(folder, environ={}).feeds]


@pytest.mark.parametrize(
    ("known", "added", "reason"),
    [
        ("/old", "/new", "is there already under the address it moved from"),
        ("/older", "/new", "is there already under the address it moved from"),
        ("/older", "/old", "is there already under the address it moved from"),
        ("/new", "/old", "is there already: it leads to"),
        ("/new", "/for-now", "is there already: it leads to"),
        ("/for-now", "/new", "leads to it"),
        ("/new", "/site", "is there already: it leads to"),
        ("/new", "/new", "is there already"),
    ],
)
def test_a_feed_that_is_there_under_a_moved_address_is_not_added_again(
    site: str, tmp_path: Path, known: str, added: str, reason: str
) -> None:
    folder = workspace(tmp_path, f"{site}/other", f"{site}{known}")
    done = add(folder, f"{site}{added}")
    assert done.exit_code == 1
    assert reason in said(done)
    assert f"{site}{known}" in said(done)
    assert listed(folder) == ["other", known.strip("/")]


def test_what_the_archive_knows_of_a_move_needs_no_asking(site: str, tmp_path: Path) -> None:
    from fakes import NOW

    # Nobody answers there; the last run was told where it leads.
    gone = "http://127.0.0.1:9/feed"
    folder = workspace(tmp_path, gone)
    store = Store(folder / "output")
    store.links.save_read(gone, [], title="News", etag="", last_modified="", moved_to=f"{site}/new", now=NOW)
    store.close()
    done = add(folder, f"{site}/new")
    assert done.exit_code == 1
    assert f"under the address it moved from, {gone}" in said(done)


def test_another_feed_is_added_though_known_ones_have_moved_or_do_not_answer(
    site: str, tmp_path: Path
) -> None:
    folder = workspace(tmp_path, f"{site}/old", f"{site}/missing")
    done = add(folder, f"{site}/other")
    assert done.exit_code == 0, said(done)
    assert "3 entries now" in done.output
    assert listed(folder) == ["old", "missing", "other"]


def test_a_feed_that_has_moved_is_added_as_given_and_that_is_said(site: str, tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    done = add(folder, f"{site}/old")
    assert done.exit_code == 0, said(done)
    assert f"has moved for good to {site}/new" in said(done)
    assert listed(folder) == ["old"]


@pytest.mark.parametrize(("path", "whole"), [("/cut", 2), ("/cut.json", 1)])
def test_a_feed_that_is_cut_short_is_added_and_that_is_said(
    site: str, tmp_path: Path, path: str, whole: int
) -> None:
    folder = workspace(tmp_path)
    done = add(folder, f"{site}{path}")
    assert done.exit_code == 0, said(done)
    assert f"cut short: only its {whole} whole entries could be read" in said(done)
    assert "cut short" not in said(add(folder, f"{site}/new"))


LINKS = "".join(f"<h2><a href='/story/{n}'>A story about number {n}</a></h2>" for n in range(3))
SITEMAP = (
    "<urlset><url><loc>https://e.example/1</loc></url><url><loc>https://e.example/2</loc></url></urlset>"
)


@pytest.mark.parametrize(
    ("bodies", "address", "says", "kind"),
    [
        (
            {"/plain": LINKS, "/sitemap.xml": SITEMAP},
            "/plain",
            "as a sitemap: 127.0.0.1, 2 entries",
            "sitemap",
        ),
        (
            {"/plain": LINKS, "/robots.txt": "Sitemap: {}/map", "/map": SITEMAP},
            "/plain",
            "/map as a sitemap",
            "sitemap",
        ),
        ({"/map": SITEMAP}, "/map", "/map as a sitemap", "sitemap"),
        ({"/plain": LINKS}, "/plain", "as a page of links: 127.0.0.1, 3 entries", "page"),
        ({"/site": BODIES["/site"], "/sitemap.xml": SITEMAP}, "/site", "News, 3 entries", "articles"),
    ],
)
def test_a_feed_comes_before_a_sitemap_and_a_sitemap_before_the_page(
    tmp_path: Path,
    site: str,
    monkeypatch: pytest.MonkeyPatch,
    bodies: dict[str, str],
    address: str,
    says: str,
    kind: str,
) -> None:
    for path, body in bodies.items():
        monkeypatch.setitem(BODIES, path, body.replace("{}", site))
    done = add(workspace(tmp_path), site + address)
    assert done.exit_code == 0, said(done)
    assert says in done.stdout
    (feed,) = load_config(tmp_path, environ={}).feeds
    assert feed.kind == kind


def test_an_index_with_a_dead_part_is_added_and_the_part_is_named(
    tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = "".join(f"<sitemap><loc>{site}/{name}</loc></sitemap>" for name in ("dead", "map"))
    monkeypatch.setitem(BODIES, "/index", f"<sitemapindex>{parts}</sitemapindex>")
    monkeypatch.setitem(BODIES, "/map", SITEMAP.replace("{}", site))
    done = add(workspace(tmp_path), f"{site}/index")
    assert done.exit_code == 0, said(done)
    assert "/index as a sitemap: 127.0.0.1, 2 entries now" in done.stdout
    assert f"1 of 2 sitemaps cannot be read: {site}/dead (HTTP 404)" in said(done)


def add_mailbox(folder: Path, *given: str) -> Result:
    return CliRunner().invoke(app, ["-C", str(folder), "feeds", "add", *given, "--kind", "mail"])


def test_a_mailbox_is_added_after_its_newest_mails_were_read(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    body = "<p><a href='https://paper.example/story'>A story of a paper</a></p>"
    head = "From: a@own.example\nSubject: Issue 7\nContent-Type: text/html\n\n"
    (folder / "one.eml").write_text(head + body)
    done = add_mailbox(folder, "one.eml")
    assert done.exit_code == 0, said(done)
    assert "added one.eml as a mailbox: 1 mail tried, 1 link" in done.stdout
    (feed,) = load_config(folder, environ={}).feeds
    assert (feed.url, feed.kind, feed.limit) == ("one.eml", "mail", None)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("none.mbox",), "no such file or directory"),
        (("imaps://me@127.0.0.1:1/INBOX",), "no password"),
        (("imaps://me:hunter2@mail.example.org/",), "no password"),
        (("imaps://me@127.0.0.1:1/INBOX", "--password", "hunter2"), "expected env:NAME"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_not_added(
    tmp_path: Path, given: tuple[str, ...], reason: str
) -> None:
    folder = workspace(tmp_path)
    done = add_mailbox(folder, *given)
    assert done.exit_code == 1
    assert reason in said(done)
    assert "hunter2" not in said(done)
    assert load_config(folder, environ={}).feeds == ()


def test_a_page_is_added_with_its_selector(
    tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BODIES, "/plain", LINKS)
    options = ["-C", str(workspace(tmp_path)), "feeds", "add", f"{site}/plain", "--select", "h2 a"]
    assert CliRunner().invoke(app, options).exit_code == 0
    (feed,) = load_config(tmp_path, environ={}).feeds
    assert (feed.kind, feed.selector) == ("page", "h2 a")


def test_where_there_is_none_of_them_all_are_named(
    tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BODIES, "/empty", "<p>Nothing here</p>")
    done = add(workspace(tmp_path), f"{site}/empty")
    assert "no feed, and its page names none, no sitemap, and no link looks like an article's" in said(done)


def test_check_explains_a_feed_of_every_kind_that_fails(
    tmp_path: Path, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BODIES, "/empty", "<p>Nothing here</p>")
    monkeypatch.delenv("NO_SUCH_VARIABLE", raising=False)
    feeds = {
        f"{{url: '{site}/empty'}}": "an HTML page, not a feed",
        f"{{url: '{site}/empty?1', kind: roundup}}": "HTTP 404",
        f"{{url: '{site}/new', kind: sitemap}}": "not a sitemap: an XML document of <rss>",
        f"{{url: '{site}/other', kind: page, select: 'h2 a'}}": "no link matches 'h2 a'",
        "{url: mail/none.mbox, kind: mail}": "the mailbox cannot be read: no such file or directory",
        "{url: 'imaps://me@mail.example/', kind: mail, password: 'env:NO_SUCH_VARIABLE'}": (
            "no password: the environment has no NO_SUCH_VARIABLE"
        ),
        f"{{url: '{site}/paid', cookie: 'env:NO_SUCH_VARIABLE'}}": (
            "cookie: the environment has no NO_SUCH_VARIABLE"
        ),
    }
    options = ["-C", str(workspace(tmp_path, *feeds)), "feeds", "check", "--json"]
    done = CliRunner().invoke(app, options)
    rows = json.loads(done.stdout)
    assert [(row["status"], row["problem"]) for row in rows] == [
        ("broken", reason) for reason in feeds.values()
    ]


SECRET = "sess-0f9e8d7c6b5a"


class Walled(BaseHTTPRequestHandler):
    """Gives its feed to subscribers alone."""

    def do_GET(self) -> None:
        is_open = SECRET in (self.headers.get("cookie", ""), self.headers.get("x-api-key", ""))
        body = FEED.encode() if is_open and self.path == "/feed" else b"<p>Subscribe</p>"
        elsewhere = b"<link rel='alternate' type='application/rss+xml' href='%s'>" % OTHER[0].encode()
        body = elsewhere if self.path == "/home" else body
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", OTHER[0])
        else:
            self.send_response(200 if is_open or self.path == "/home" else 403)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


OTHER = [""]
"""Where the walled site's home page says that its feed is."""


@pytest.fixture(scope="module")
def walled() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Walled)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("option", [("--cookie", "env:PAPER"), ("--header", "X-Api-Key=env:PAPER")])
def test_a_walled_feed_is_asked_with_what_the_environment_holds_and_named_so(
    walled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, str]
) -> None:
    monkeypatch.setenv("PAPER", SECRET)
    folder = workspace(tmp_path, "https://e.example/feed  # ours")
    done = CliRunner().invoke(app, ["-C", str(folder), "feeds", "add", f"{walled}/feed", *option])
    assert done.exit_code == 0, said(done)
    text = (folder / "feeds.yaml").read_text("utf-8")
    assert "https://e.example/feed  # ours" in text
    assert "env:PAPER" in text
    assert SECRET not in text + said(done)
    added = load_config(folder, environ={}).feeds[-1]
    assert (added.cookie or dict(added.headers)["X-Api-Key"]) == "env:PAPER"


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (("--cookie", SECRET), "expected env:NAME"),
        (("--cookie", f"session={SECRET}"), "a value in clear would stand in feeds.yaml"),
        (("--header", f"X-Api-Key={SECRET}"), "a value in clear would stand in feeds.yaml"),
        (("--header", f"Authorization: {SECRET}"), "expected NAME=env:VAR"),
        (("--header", "X-Api-Key="), "got nothing"),
        (("--header", "X-Api-Key=env:NOT_SET_ANYWHERE"), "the environment has no NOT_SET_ANYWHERE"),
        (("--header", "Host=env:PAPER"), "no header that is set elsewhere"),
    ],
)
def test_a_secret_in_clear_or_one_that_is_not_there_is_refused_and_not_repeated(
    walled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, str], reason: str
) -> None:
    monkeypatch.setenv("PAPER", SECRET)
    folder = workspace(tmp_path)
    before = (folder / "feeds.yaml").read_text("utf-8")
    done = CliRunner().invoke(app, ["-C", str(folder), "feeds", "add", f"{walled}/feed", *option])
    assert done.exit_code == 1
    assert reason in said(done)
    assert SECRET not in said(done)
    assert (folder / "feeds.yaml").read_text("utf-8") == before


def test_credentials_are_not_handed_to_a_feed_of_another_host(
    site: str, walled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPER", SECRET)
    OTHER[0] = f"{site}/new"
    folder = workspace(tmp_path)
    done = CliRunner().invoke(
        app, ["-C", str(folder), "feeds", "add", f"{walled}/home", "--cookie", "env:PAPER"]
    )
    assert done.exit_code == 1
    assert "of another host" in said(done)
    assert listed(folder) == []


@pytest.mark.parametrize("option", [("--cookie", "env:PAPER"), ("--header", "X-Api-Key=env:PAPER")])
def test_credentials_do_not_follow_a_redirect_to_another_host(
    walled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, str]
) -> None:
    sent: list[str] = []

    class Listening(Handler):
        def do_GET(self) -> None:
            sent.append(f"{self.path} {self.headers}")
            super().do_GET()

    other = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    monkeypatch.setenv("PAPER", SECRET)
    OTHER[0] = f"http://127.0.0.1:{other.server_port}/new"
    folder = workspace(tmp_path)
    done = CliRunner().invoke(app, ["-C", str(folder), "feeds", "add", f"{walled}/moved", *option])
    other.shutdown()
    other.server_close()
    assert done.exit_code == 1
    assert "of another host" in said(done)
    assert any(each.startswith("/new ") for each in sent)
    assert SECRET not in "".join(sent)
    assert listed(folder) == []


def test_a_paid_feed_that_moved_to_another_site_keeps_its_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://paper.example/feed"
    folder = workspace(tmp_path, f"{{url: '{url}', cookie: 'env:PAPER'}}")
    page = Page(
        url, url, 200, (), b"", datetime(2026, 11, 22, tzinfo=UTC), ((301, "https://other.example/feed"),)
    )
    _fix(folder, [FeedReading(Feed(url, cookie="env:PAPER"), FeedState(), page)])
    assert "left as it is" in capsys.readouterr().err
    assert [each.url for each in load_config(folder, environ={}).feeds] == [url]


def test_a_feed_that_leads_to_what_is_none_keeps_its_address(site: str, tmp_path: Path) -> None:
    folder = workspace(tmp_path, f"{site}/given-up", f"{site}/old")
    done = CliRunner().invoke(app, ["-C", str(folder), "feeds", "check", "--fix"])
    assert "1 of 2 feeds is broken" in said(done)
    assert listed(folder) == ["given-up", "new"]


def test_a_feed_that_is_followed_is_no_new_one_to_the_archive(site: str, tmp_path: Path) -> None:
    from fakes import NOW

    from digest.records import Link, Origin

    folder, old, new = workspace(tmp_path, f"{site}/old"), f"{site}/old", f"{site}/new"
    seen, late = (
        Link(f"https://e.example/{name}", "", Origin("", ""), old, 0, NOW) for name in ("seen", "late")
    )
    known = {"title": "News", "etag": '"1"', "last_modified": "", "moved_to": new, "now": NOW}
    store = Store(folder / "output")
    store.links.save_read(old, [seen], too_old=[late], **known)  # type: ignore[arg-type]
    store.close()
    done = CliRunner().invoke(app, ["-C", str(folder), "feeds", "check", "--fix"])
    assert (done.exit_code, listed(folder)) == (0, ["new"]), said(done)
    store = Store(folder / "output")
    assert (store.links.state(new).etag, store.links.state(new).is_first_run) == ('"1"', False)
    (stored,) = store.links.pending(max_tries=3, retry_before=NOW)
    assert stored.link.feed_url == new
    assert [link.url for link in store.links.left_out(new, since=None, limit=None, is_roundup=False)] == [
        "https://e.example/late"
    ]
    store.close()
