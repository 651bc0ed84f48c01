"""Passwords and tokens planted by every route are in no file that a run leaves and on no screen."""

import base64
import json
import random
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from few_patterns import write_few_patterns
from forked import typed_apart
from newsroom import Newsroom

NAME, PASSWORD = "wren.editor", "pw-Quartz+7f3"
OTHER_NAME, OTHER_PASSWORD = "heron.reader", "pw-Basalt+9c1"
PARAMETERS = """
    token sig signature auth key apikey api_key access_token password secret session code jwt pwd
    X-Amz-Signature X-Goog-Credential feed_token
"""
TOKENS = {
    name: f"{name.replace('_', '').replace('-', '')}Zq{number}kX7s3cr3tV4lue"
    for number, name in enumerate(PARAMETERS.split())
}
NOUNS = "harbour bridge kiln bakery orchard tram clinic school library meadow quarry ferry mill"
VERBS = "closed bought replaced sold moved repaired banned opened insured painted rented"
SYLLABLES = "ka ro mi tel vas nor dun pel gri sol"
MASKED = "***"

pytestmark = pytest.mark.slow


def login(name: str = NAME, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def planted() -> list[bytes]:
    """Everything that must not be seen, in each spelling."""
    texts = [NAME, PASSWORD, OTHER_NAME, OTHER_PASSWORD, *TOKENS.values(), login(), login(OTHER_NAME)]
    texts += ["pw-Quartz%2B7f3", "pw-Basalt%2B9c1", login()[6:], login(OTHER_NAME, OTHER_PASSWORD)[6:]]
    return [text.encode() for text in texts]


def secrets_in(content: bytes) -> list[str]:
    return [each.decode() for each in planted() if each.lower() in content.lower()]


class Site:
    """A publisher on two hosts of this machine; under /private/ it wants a login."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.servers: list[ThreadingHTTPServer] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = str(self.connection.getsockname()[0])
                given = self.headers.get("authorization", "")
                site.asked.append((host, self.path, given))
                status, headers, body = site.answer(host, urlsplit(self.path).path, given)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        port = 0
        for host in ("127.0.0.1", "127.0.0.2"):
            server = ThreadingHTTPServer((host, port), Handler)
            port = server.server_address[1]
            self.servers.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.port = port

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def url(self, path: str, host: str = "127.0.0.1", before: str = "") -> str:
        return f"http://{before}{host}:{self.port}{path}"

    @property
    def own(self) -> str:
        return f"{NAME}:pw-Quartz%2B7f3@"

    @property
    def others(self) -> str:
        return f"{OTHER_NAME}:pw-Basalt%2B9c1@"

    def answer(self, host: str, path: str, given: str) -> tuple[int, dict[str, str], bytes]:
        if path.startswith("/private/") and given not in (login(), login(OTHER_NAME, OTHER_PASSWORD)):
            return 401, {"www-authenticate": "Basic"}, b"who is there?"
        name = path.rpartition("/")[2]
        moves = {
            "old-feed.xml": (301, f"/private/new.xml?token={TOKENS['token']}"),
            "away.xml": (301, self.url(f"/elsewhere.xml?key={TOKENS['key']}", "127.0.0.2")),
            "far-story": (302, self.url(f"/far/other-story?auth={TOKENS['auth']}", "127.0.0.2")),
            "with-login": (302, self.url("/private/behind", before=self.others)),
            "loop": (302, f"/loop?secret={TOKENS['secret']}"),
            "nowhere": (302, f"http://[bad?password={TOKENS['password']}"),
        }
        if name in moves:
            status, where = moves[name]
            return status, {"location": where}, b""
        feeds = {
            "feed.xml": self.articles,
            "new.xml": lambda: self.rss([("", f"moved-{n}", "") for n in range(2)]),
            "elsewhere.xml": lambda: self.rss([("", "/far/third-story", "")]),
            "roundup.xml": self.roundup,
            "feed.json": self.json_feed,
        }
        if name in feeds:
            return 200, {"content-type": "application/xml", "etag": '"1"'}, feeds[name]().encode()
        if name in ("robots.txt", "missing", "gone.xml"):
            return 404, {}, b""
        return 200, {"content-type": "text/html; charset=utf-8"}, self.page(host + path).encode()

    def page(self, seed: str) -> str:
        text, title = paragraphs(seed)
        shown = self.url(f"/shown?api_key={TOKENS['api_key']}", before=self.own)
        return (
            f"<html><head><title>{title}</title>"
            f'<link rel="canonical" href="{self.url("", before=self.own)}/c/{abs(hash(seed)) % 999}">'
            '<link rel="alternate" type="application/rss+xml" href="/private/feed.xml">'
            f"</head><body><article><h1>{title}</h1><p>{text}</p>"
            f"<p>The full numbers are at {shown} for now.</p></article></body></html>"
        )

    def articles(self) -> str:
        queries = "&amp;".join(f"{name}={value}" for name, value in TOKENS.items())
        rows = [
            ("", "story-1", ""),
            ("", f"/private/story-2?id=5&amp;{queries}", ""),
            ("", f"story-3#access_token={TOKENS['access_token']}", ""),
            ("", self.url("/private/story-4", before=self.others), ""),
            ("", f"{self.url('/story-5')}?u=http%3A%2F%2F{NAME}%3A{PASSWORD}%40h.example%2F%3Fsig%3D1", ""),
            (f"xml:base='{self.url('/private/deep/', before=self.own)}'", "story-6", ""),
            ("", f"/missing?token={TOKENS['token']}", ""),
            ("", f"/private/far-story?sig={TOKENS['sig']}", ""),
            ("", "/with-login", ""),
            ("", f"/loop?code={TOKENS['code']}", ""),
            ("", f"/nowhere?pwd={TOKENS['pwd']}", ""),
        ]
        return self.rss(rows)

    def rss(self, rows: list[tuple[str, str, str]]) -> str:
        items = "".join(
            f"<item {base}><title>{paragraphs(link)[1]}</title><link>{link}</link>"
            f"<description>{body}</description></item>"
            for base, link, body in rows
        )
        return f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"

    def roundup(self) -> str:
        far = self.url(f"/far/story-7?key={TOKENS['key']}&amp;amp;page=2", "127.0.0.2")
        again = self.url("/far/story-8", "127.0.0.2", self.others)
        body = f"&lt;a href='{far}'&gt;One of them&lt;/a&gt; &lt;a href='{again}'&gt;Another&lt;/a&gt;"
        issue = f"/issues/1?token={TOKENS['token']}&amp;session={TOKENS['session']}"
        return self.rss([("", issue, body)])

    def json_feed(self) -> str:
        items = [{"id": "1", "url": f"story-9?signature={TOKENS['signature']}", "title": "Nine lives"}]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "items": items}
        return json.dumps(feed | {"home_page_url": self.url("/", before=self.own)})


def paragraphs(seed: str) -> tuple[str, str]:
    chance = random.Random(seed)
    nouns, verbs = NOUNS.split(), VERBS.split()
    town = "".join(chance.choices(SYLLABLES.split(), k=3)).capitalize()
    lines = [
        f"The {chance.choice(nouns)} of {town} {chance.choice(verbs)} {chance.randint(2, 90)} "
        f"{chance.choice(nouns)}s in {chance.randint(1950, 2020)}."
        for _ in range(22)
    ]
    return " ".join(lines), f"{town} {chance.choice(verbs)} its {chance.choice(nouns)}"


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


@pytest.fixture
def folder(site: Site, tmp_path: Path) -> Path:
    feeds = [
        site.url(
            f"/private/feed.xml?token={TOKENS['token']}&feed_token={TOKENS['feed_token']}", before=site.own
        ),
        site.url("/private/feed.json", before=site.own),
        site.url("/private/old-feed.xml", before=site.own),
        site.url("/private/away.xml", before=site.own),
        site.url(f"/gone.xml?apikey={TOKENS['apikey']}", before=site.own),
        site.url(f"/loop?jwt={TOKENS['jwt']}", before=site.own),
        f"http://{site.own}127.0.0.1:1/feed.xml?sig={TOKENS['sig']}",
    ]
    lines = "".join(f"  - '{each}'\n" for each in feeds)
    roundup = site.url(f"/private/roundup.xml?auth={TOKENS['auth']}", before=site.own)
    write_few_patterns(tmp_path)
    (tmp_path / "feeds.yaml").write_text(
        "settings: {allow_hosts: [127.0.0.0/8], delay_s: 0, per_host: 20}\n"
        f"feeds:\n{lines}  - {{url: '{roundup}', kind: roundup}}\n"
    )
    return tmp_path


def digest(folder: Path, *words: str, code: int | None = 0) -> str:
    """Type a command; whatever it says on either stream is searched for what was planted."""
    done = typed_apart(folder, *words)
    said = done.stdout + done.stderr
    assert code is None or done.returncode == code, said.decode()
    assert not secrets_in(said), (words, secrets_in(said), said.decode())
    return said.decode()


def test_what_is_secret_in_addresses_is_in_no_file_and_on_no_screen(site: Site, folder: Path) -> None:
    digest(folder, "run", "--dry-run", "--since", "all")
    digest(folder, "run", "--dry-run", "--since", "all", "--json")
    said = digest(folder, "-vv", "run", "--since", "all")
    assert f"http://{MASKED}@127.0.0.1" in said
    digest(folder, "run", "--since", "all", "--json")
    listed = digest(folder, "draft", "list", "--json")
    titles = [row["title"] for row in json.loads(listed)]
    assert len(titles) >= 12, said
    for words in (
        ["feeds", "list"],
        ["feeds", "list", "--json"],
        ["feeds", "check"],
        ["feeds", "check", "--json"],
        ["feeds", "export"],
        ["feeds", "add", site.url("/private/feed.xml", before=site.own)],
        ["feeds", "add", site.url("/some-page", before=site.own)],
        ["doctor"],
        ["doctor", "--json"],
        ["draft", "list"],
        ["draft", "approve", "--all"],
        ["publish", "--anyway"],
        ["search", titles[0], "--mode", "words"],
        ["search", titles[0], "--mode", "words", "--json"],
        ["search", titles[0], "--mode", "words", "--markdown"],
        ["search", titles[0], "--mode", "words", "--in", "entries", "--json"],
        ["search", titles[0], "--mode", "words", "--in", "signals", "--json"],
        ["export", "--in", "entries", "--jsonl"],
        ["export", "--in", "entries", "--csv"],
        ["export", "--in", "signals", "--jsonl"],
        ["export", "--in", "articles", "--jsonl"],
        ["stories", "--json", "--all"],
        ["stories", "--all"],
        ["trends", "--json"],
        ["trends"],
        ["extract", site.url(f"/private/story-1?token={TOKENS['token']}", before=site.own)],
        ["extract", "--json", site.url("/private/story-1", before=site.own)],
        ["extract", site.url(f"/missing?token={TOKENS['token']}", before=site.own)],
        ["similar", site.url("/private/story-1")],
        ["feeds", "check", "--fix"],
        ["backup", str(folder / "kept.zip")],
    ):
        digest(folder, *words, code=None)
    assert "127.0.0.2" in (folder / "feeds.yaml").read_text()

    output = folder / "output"
    assert list((output / "issues").glob("*.html"))
    files = [path for path in output.rglob("*") if path.is_file() and path.name != "archive.db"]
    found = {str(path): secrets for path in files if (secrets := secrets_in(path.read_bytes()))}
    assert not found
    entries = [path.read_text("utf-8") for path in (output / "entries").glob("*.md")]
    assert any(f"({site.url('/private/story-2?id=5')})" in page for page in entries)
    assert any(f"({site.url('/issues/1')})" in page for page in entries)
    assert any(f"({site.url('/far/story-7?page=2', '127.0.0.2')})" in page for page in entries)


def test_a_login_is_sent_to_its_own_site_and_to_no_other(site: Site, folder: Path) -> None:
    digest(folder, "run", "--since", "all")
    given = {(host, urlsplit(path).path): header for host, path, header in site.asked}
    assert given["127.0.0.1", "/private/feed.xml"] == login()
    # The feed's pages of the same site are asked with its login, which none of their addresses has.
    assert given["127.0.0.1", "/private/story-1"] == login()
    assert given["127.0.0.1", "/private/story-4"] == login(OTHER_NAME, OTHER_PASSWORD)
    assert given["127.0.0.1", "/private/behind"] == login(OTHER_NAME, OTHER_PASSWORD)
    assert given["127.0.0.2", "/elsewhere.xml"] == ""
    assert given["127.0.0.2", "/far/other-story"] == ""
    assert given["127.0.0.2", "/far/story-7"] == ""
    assert given["127.0.0.2", "/far/story-8"] == login(OTHER_NAME, OTHER_PASSWORD)
    assert all(header != login() for host, _, header in site.asked if host == "127.0.0.2")


def test_a_moved_feed_keeps_its_login_within_its_site_only(site: Site, folder: Path) -> None:
    digest(folder, "feeds", "check", "--fix", code=1)
    lines = (folder / "feeds.yaml").read_text().splitlines()
    (moved,) = (line for line in lines if "/new.xml" in line)
    (away,) = (line for line in lines if "/elsewhere.xml" in line)
    assert site.own in moved
    assert "@" not in away


def test_feeds_of_two_accounts_are_two_feeds(site: Site, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("settings: {allow_hosts: [127.0.0.0/8], delay_s: 0}\nfeeds: []\n")
    for login in (site.own, site.others):
        digest(tmp_path, "feeds", "add", site.url("/private/feed.xml", before=login))
    assert "there already" in digest(
        tmp_path, "feeds", "add", site.url("/private/feed.xml", before=site.own), code=1
    )
    assert len(json.loads(digest(tmp_path, "feeds", "list", "--json"))) == 2
    # A site's page leads to its feed, which is asked with the login given for the site.
    (tmp_path / "feeds.yaml").write_text("settings: {allow_hosts: [127.0.0.0/8], delay_s: 0}\nfeeds: []\n")
    digest(tmp_path, "feeds", "add", site.url("/some-page", before=site.own))
    digest(tmp_path, "feeds", "check")


def test_an_exported_list_has_secrets_only_when_asked(site: Site, folder: Path) -> None:
    without = typed_apart(folder, "feeds", "export")
    assert without.returncode == 0
    assert not secrets_in(without.stdout)
    assert b"--with-secrets" in without.stderr
    asked = typed_apart(folder, "feeds", "export", "--with-secrets")
    assert asked.returncode == 0
    assert site.own.encode() in asked.stdout
    assert TOKENS["token"].encode() in asked.stdout


def test_archive_pages_reports_and_backups_are_for_their_owner_alone(site: Site, folder: Path) -> None:
    output = folder / "output"
    digest(folder, "run", "--since", "all")
    digest(folder, "draft", "approve", "--all")
    digest(folder, "publish", "--anyway")
    entry = next((output / "entries").glob("*.md"))
    entry.write_text("by hand")
    digest(folder, "publish", next((output / "reports").glob("*.md")).stem, "--anyway")
    digest(folder, "backup", str(folder / "kept.zip"))

    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    private = [
        *output.glob("archive.db*"),
        *(path for path in (output / "pages").rglob("*") if path.is_file()),
        *(output / "reports").glob("*"),
        *output.rglob("*.orig"),
        *output.glob("*.cache"),
        folder / "kept.zip",
    ]
    assert {path.suffix for path in private} >= {".db", ".zst", ".md", ".orig", ".zip"}
    assert {str(path): oct(mode(path)) for path in private if mode(path) & 0o077} == {}
    usual = [entry, output / "index.md", *(output / "issues").glob("*"), *(output / "drafts").rglob("*.md")]
    assert {oct(mode(path)) for path in usual} == {oct(0o644)}
    elsewhere = folder / "elsewhere"
    digest(elsewhere, "restore", str(folder / "kept.zip"))
    assert mode(elsewhere / "output" / "archive.db") == 0o600
    assert mode(next((elsewhere / "output" / "pages").rglob("*.zst"))) == 0o600
    assert mode(next((elsewhere / "output" / "reports").glob("*.md"))) == 0o600


def test_an_archive_that_has_secrets_already_shows_none_and_takes_nothing_in_twice(tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    for seed in ("one", "two", "three"):
        text, title = paragraphs(seed)
        room.write("tarrow", title, text)
    room.run("20261122")
    room.digest("draft", "approve", "--all", "--issue", "20261122")
    room.digest("publish", "20261122", "--anyway")
    plain, secret = "https://tarrow.example/", f"https://{NAME}:{PASSWORD}@tarrow.example/"
    with closing(sqlite3.connect(room.output / "archive.db")) as archive, archive:
        for table, column in archive.execute(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
            " AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND t.name NOT LIKE '%\\_fts\\_%' ESCAPE '\\'"
            " AND c.type IN ('TEXT', 'JSON')"
        ).fetchall():
            archive.execute(f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?)', (plain, secret))
    for path in [
        *room.output.rglob("*.md"),
        *room.output.rglob("*.json"),
        *room.output.rglob("*.html"),
        tmp_path / "feeds.yaml",
    ]:
        path.write_text(path.read_text("utf-8").replace(plain, secret), "utf-8")

    # The same pages are found at addresses without the login now.
    assert room.run("20261129").dropped == ()
    assert room.rows("20261129") == []
    title = paragraphs("one")[1]
    said = [room.all_of("run", "20261129"), room.all_of("publish", "20261122", "--anyway")]
    said += [room.all_of("export", "--in", unit, "--jsonl") for unit in ("entries", "signals", "articles")]
    for more in (
        [],
        ["--json"],
        ["--markdown"],
        ["--in", "entries", "--json"],
        ["--in", "signals", "--json"],
    ):
        said.append(room.all_of("search", title, "--mode", "words", *more))
    assert plain in "".join(said)
    assert not secrets_in("".join(said).encode())
    shown = [path for name in ("entries", "issues") for path in (room.output / name).glob("*")]
    assert len(shown) >= 5
    files = {path.name: secrets_in(path.read_bytes()) for path in shown if not path.name.endswith(".orig")}
    assert not [name for name, secrets in files.items() if secrets]


def test_messages_of_mistakes_say_nothing_secret(tmp_path: Path) -> None:
    for proxy in (f"{NAME}:{PASSWORD}@proxy.example:3128", f"http://{NAME}:{PASSWORD}#x@proxy.example:3128"):
        (tmp_path / "feeds.yaml").write_text(
            f"settings: {{proxy: '{proxy}'}}\nfeeds: ['ftp://{proxy}/feed']\n"
        )
        assert MASKED in digest(tmp_path, "run", code=1)
        digest(tmp_path, "doctor", code=1)
    (tmp_path / "feeds.yaml").write_text(f"settings: {{proxy: 'http://{NAME}:{PASSWORD}@127.0.0.1:1'}}\n")
    assert f"proxy http://{MASKED}@127.0.0.1:1" in digest(tmp_path, "doctor")
