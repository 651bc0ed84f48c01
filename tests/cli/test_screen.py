"""Nothing from outside steers the terminal: every command's output, on a real one and elsewhere."""

import io
import json
import os
import pty
import re
import sys
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from few_patterns import write_few_patterns
from forked import typed_apart, typed_between
from hypothesis import given
from hypothesis import strategies as st

from digest.cli.printing import progress_bars, say, show_table
from digest.language.screen import as_text, guard, in_json, in_xml, on_one_line, visible

HOSTILE = "\x1b[8mGONE\x1b]0;title\x07 \x9b2J \u202eevil\u2066 \u200bx\ufeff \x7f \u2028digest: all is well"
OWN_STYLES = re.compile(r"\x1b\[(?:[0-9;]*m|\d*[AK]|\?25[hl])|\r")
ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Hostile(BaseHTTPRequestHandler):
    """Feeds and pages whose every word would steer a terminal."""

    def do_GET(self) -> None:
        raw = HOSTILE.replace("\u2028", "").encode().decode("latin-1")
        if self.path == "/robots.txt":
            self._send(b"")
        elif self.path == "/feed":
            odd = HOSTILE.replace("\x1b", "&amp;#27;").replace("\x07", "").replace("\x9b", "&#155;")
            self._send(
                (
                    f"<rss version='2.0'><channel><title>Feed {odd}</title><link>http://a.example/</link>"
                    f"<item><title>Story {odd}</title><link>http://127.0.0.1:{self.server.server_port}/page"
                    f"?q=\u202e\x9b</link><description>{odd}</description></item></channel></rss>"
                ).encode(),
                "application/rss+xml",
            )
        elif self.path.startswith("/page"):
            words = "".join(f"<p>The {noun} of Tarrow closed in {year}.</p>" for noun, year in WORDS)
            self._send(f"<html><title>Page {HOSTILE}</title><article>{words}</article>".encode(), "text/html")
        else:
            self.send_response_only(302, f"Moved {raw}")
            self.send_header("Location", f"ftp://{raw}/x" if self.path == "/away" else f"/more{raw}")
            self.end_headers()

    def _send(self, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


NOUNS = [
    "harbour",
    "bridge",
    "kiln",
    "bakery",
    "orchard",
    "tram",
    "clinic",
    "school",
    "library",
    "meadow",
    "quarry",
    "ferry",
    "market",
    "museum",
]
WORDS = [(noun, 1900 + at) for at, noun in enumerate(NOUNS * 6)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    served = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def workspace(server: str, tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(
        "settings: {allow_hosts: [127.0.0.0/8], delay_s: 0}\n"
        f"feeds: ['{server}/feed', '{server}/away', '{server}/round']\n"
    )
    write_few_patterns(tmp_path)
    return tmp_path


def on_a_terminal(folder: Path, *words: str) -> str:
    """Run a command on a terminal of its own; gives all it wrote."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "400", "PYTHONUTF8": "1"}
    out: list[bytes] = []

    def read() -> None:
        with suppress(OSError):  # how Linux says that the other end is closed
            while True:
                out.append(os.read(ours, 65536))

    reader = threading.Thread(target=read)
    reader.start()
    screen = Path(os.ttyname(theirs))
    paths = {"stdin": Path(os.devnull), "stdout": screen, "stderr": screen}
    typed_between(paths, folder, *words, environ=environment)
    os.close(theirs)
    reader.join()
    os.close(ours)
    return b"".join(out).decode("utf-8")


def elsewhere(folder: Path, *words: str) -> tuple[str, str]:
    """Run a command whose output goes to a file or another program."""
    done = typed_apart(folder, *words, environ={**os.environ, "PYTHONUTF8": "1"})
    return done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def check_quiet(out: str) -> None:
    # Ours never hide words.
    assert "\x1b[8m" not in out
    assert not ODD.search(OWN_STYLES.sub("", out)), out
    assert "Traceback" not in out


@pytest.mark.slow
def test_no_command_lets_a_server_steer_the_terminal(server: str, workspace: Path) -> None:
    for words in (
        ("run", "--since", "all"),
        ("-v", "run", "--since", "all"),
        ("feeds", "check"),
        ("feeds", "list"),
        ("extract", f"{server}/away"),
        ("extract", f"{server}/page"),
        ("draft", "list"),
        ("search", "harbour"),
        ("search", "harbour", "--json"),
        ("export", "--in", "articles", "--csv"),
        ("draft", "list", "--issue", HOSTILE),
        ("feeds", "add", f"{server}/away"),
        ("extract", f"no such file {HOSTILE}"),
        (HOSTILE,),
    ):
        out = on_a_terminal(workspace, *words)
        assert out.strip(), words
        check_quiet(out)
    out, said = elsewhere(workspace, "feeds", "check")
    check_quiet(out + said)
    assert r"\x1b[8mGONE" in out + said
    assert r"\u202e" in out + said
    for path in (workspace / "output").rglob("*.md"):
        assert not STEERING.search(path.read_text("utf-8")), path


@pytest.mark.slow
def test_names_of_imported_files_are_shown(workspace: Path) -> None:
    pages = workspace / "pages"
    pages.mkdir()
    (pages / "a\x1b[8mGONE\u202e\ndigest: all is well.md").write_text("# no page")
    out = on_a_terminal(workspace, "import", str(pages))
    check_quiet(out)
    assert r"a\x1b[8mGONE\u202e\ndigest: all is well.md" in out.replace("\r\n", "")
    assert "\ndigest: all is well" not in out
    out = on_a_terminal(workspace, "import", str(pages / "a\x1b[8mGONE\u202e\ndigest: all is well.md"))
    check_quiet(out)


@pytest.mark.slow
def test_our_own_colours_stay_on_a_terminal(workspace: Path) -> None:
    out = on_a_terminal(workspace, "--help")
    assert "\x1b[1;36m" in out
    out = on_a_terminal(workspace, "feeds", "list")
    assert "\x1b[1m" in out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_columns(count: int, monkeypatch: pytest.MonkeyPatch, *rows: tuple[str, ...]) -> list[str]:
    """Show a table as `draft list` has it on a terminal of so many columns; gives its lines, plain."""
    written = Terminal()
    monkeypatch.setenv("COLUMNS", str(count))
    monkeypatch.setattr(sys, "stdout", written)
    show_table(("no", "id", "status", "failed", "title", "file"), rows, spare="file")
    return [line.rstrip() for line in OWN_STYLES.sub("", written.getvalue()).splitlines()]


def test_a_table_on_a_narrow_terminal_cuts_titles_and_leaves_a_status_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = (
        "12",
        "915deacb9276367bcd68fe1d2b00e420",
        "approved",
        "0",
        "A fifth of schools" * 9,
        "a-fifth" * 11,
    )
    head, line = on_columns(80, monkeypatch, row)
    assert head.split() == ["no", "id", "status", "failed", "title"]
    assert line.split()[:4] == ["12", "915deacb", "approved", "0"]
    assert line.endswith("…")
    assert len(line) == 80
    assert on_columns(400, monkeypatch, row)[1].endswith(row[-1])
    # Where titles would be lost, the names of columns are cut before what is in them.
    head, line = on_columns(44, monkeypatch, row)
    assert head.split()[:4] == ["no", "id", "status", "fail…"]
    assert line.split()[:4] == ["12", "915deacb", "approved", "0"]
    # Without a row there is nothing to measure by.
    assert on_columns(10, monkeypatch)


@pytest.mark.slow
def test_bars_move_on_a_terminal_and_what_is_said_meanwhile_does_not_steer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stderr", written)
    guard()
    with progress_bars() as advance:
        advance("fetch", 1, 3)
        say("moved to \x1b[31m")
    out = written.getvalue()
    assert "\x1b[2K" in out
    assert out.count(r"\x1b[") == out.count(r"moved to \x1b[31m") == 1


# -- texts ---------------------------------------------------------------------------------------------


@given(st.text(st.characters()))
def test_any_text_is_shown_without_what_steers(text: str) -> None:
    shown = visible(text)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]", shown
    )
    assert visible(shown) == shown
    assert "\n" not in on_one_line(text)
    shown.encode("utf-8")


@given(
    st.recursive(st.text(st.characters()), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_json_says_the_same_and_steers_nothing(value: object) -> None:
    for written in (json.dumps(value, ensure_ascii=False), json.dumps(value, ensure_ascii=False, indent=1)):
        safe = in_json(written)
        assert json.loads(safe) == value
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", safe)


@pytest.mark.parametrize(
    "text",
    [
        "👩‍🚀 and 🏳️‍🌈",
        "می‌خواهم",
        "क्‍ष",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "é",
        "שלום\tعالم\n",
    ],
)
def test_letters_and_emoji_stay_what_they_are(text: str) -> None:
    assert visible(text) == in_json(text) == in_xml(text) == as_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\x9b\x7f\x00", r"a\x9b\x7f\x00"),
        ("\u202ea\u2066", r"\u202ea\u2066"),
        ("a\u200db", r"a\u200db"),
        ("\ud800", r"\ud800"),
        ("a\r\nb\rc", "a\\x0d\nb\\x0dc"),
        ("a\u200b\ufeff\u2028", r"a\u200b\ufeff\u2028"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_steers_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_data_without_escapes_keeps_all_that_is_text() -> None:
    assert as_text("a\u200b\u200e\ufeff,b\r\n\x1b\u202e\r") == "a\u200b\u200e\ufeff,b\r\n\\x1b\\u202e\\x0d"


def test_xml_says_the_same() -> None:
    written = "<a b='\u202e\x9b\u200b'>\u2066é‍</a>"
    root = ElementTree.fromstring(in_xml(written))
    assert (root.get("b"), root.text) == ("\u202e\x9b\u200b", "\u2066é‍")
    assert not ODD.search(in_xml(written))
