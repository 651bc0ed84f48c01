"""What stands where a file should, and what stands in one: named at once, and the rest goes on."""

import gzip
import io
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import process_time

import pytest
from fakes import FakeEmbedder
from newsroom import Newsroom
from typer.testing import CliRunner

from digest.cli import machinery
from digest.cli.app import app
from digest.errors import ConfigError, DigestError, StoreError
from digest.issues.drafts.front_matter import parse
from digest.issues.importing import Row, article_of
from digest.workspace.config import load_config
from digest.workspace.files import MOST_TEXT, FileError, is_plain_name, read_bytes, write_text
from digest.workspace.json_text import JsonError, json_lines, read_json

AT_ONCE_S = 3.0
"""Of the processor: far more than any of it takes, far less than reading to the end would. Who waits for what
never comes is ended by the limit of each test."""


def _large(path: Path) -> None:
    path.touch()
    os.truncate(path, 3_000_000_000)


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pipe": (lambda path: os.mkfifo(path), "expected a file, got a named pipe"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "expected a file, got a device"),
    "a folder": (lambda path: path.mkdir(), "expected a file, got a folder"),
    "a circle": (lambda path: path.symlink_to(path.absolute()), "its links lead round in a circle"),
    "a large file": (_large, "larger than"),
}

FILES: dict[str, tuple[str, ...]] = {
    "page.html": ("extract", "{}"),
    "claim.txt": ("check", "It grew.", "--in", "{}"),
    "feeds.opml": ("feeds", "import", "{}"),
    "rows.jsonl": ("import", "{}"),
    "page.md": ("import", "{}"),
    "asked.jsonl": ("search", "--queries", "{}", "--mode", "words"),
    "same.jsonl": ("similar", "--queries", "{}"),
    "kept.zip": ("restore", "{}", "--anyway"),
    "feeds.yaml": ("feeds", "list"),
    "prompts/themes.yaml": ("analyze", "article.txt"),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = Newsroom(tmp_path_factory.mktemp("room"))
    room.write("harbour", "Kiln", "\n".join(f"The kiln of Lisse changed again in {n}." for n in range(12)))
    room.run("20261122")
    (room.folder / "article.txt").write_text("The kiln of Lisse changed again this year. " * 20)
    return room.folder


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_file_is_refused_at_once(
    name: str, odd: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (name, odd) in {("rows.jsonl", "a folder"), ("page.md", "a folder")}:
        pytest.skip("a folder of entry pages can be imported")
    if (name, odd) == ("kept.zip", "a large file"):
        pytest.skip("a backup may have any size")
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    path = Path(name)
    kept = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True)
    make, reason = ODD[odd]
    try:
        make(path)
        began = process_time()
        done = CliRunner().invoke(app, [word.format(name) for word in FILES[name]])
        assert process_time() - began < AT_ONCE_S
    finally:
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        if kept is not None:
            path.write_bytes(kept)
    assert done.exit_code == 1
    # Entry pages that cannot be read are listed beside those that can.
    assert isinstance(done.exception, DigestError | SystemExit), done.exception
    said = str(done.exception) if isinstance(done.exception, DigestError) else done.output
    is_named_otherwise = odd == "a circle" and FILES[name][0] in ("import", "check")
    assert reason in said or is_named_otherwise, said
    assert path.name in said


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_draft_is_named_and_the_others_go_on(odd: str, tmp_path: Path) -> None:
    room = Newsroom(tmp_path)
    room.write("harbour", "Kiln", "\n".join(f"The kiln of Lisse changed again in {n}." for n in range(12)))
    room.write("tarrow", "Bus", "\n".join(f"A bus without driver went to Tarrow {n}." for n in range(12)))
    room.run("20261122")
    path, other = sorted((room.output / "drafts" / "20261122").glob("*.md"))
    path.unlink()
    make, reason = ODD[odd]
    make(path)
    said = room.all_of("draft", "list")
    assert path.name in said
    assert reason in said or odd == "a folder"
    room.all_of("draft", "approve", str(other), "--anyway")
    assert room.all_of("run", "--issue", "20261122")


def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(socket.socket(socket.AF_UNIX)) as found:
        found.bind("x")
        with pytest.raises(FileError, match="expected a file, got a socket"):
            read_bytes(Path("x"))


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "half \ud800"])
def test_what_no_file_can_be_called_is_not_read(name: str) -> None:
    with pytest.raises(FileError):
        read_bytes(Path(name))


def test_nothing_but_a_file_is_written_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for name in ("pipe", "null", "round"):
        with pytest.raises(StoreError, match="not written"):
            write_text(tmp_path / name, "a text")
    assert Path("/dev/null").is_char_device()


def test_a_small_packed_page_does_not_become_a_large_one(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(b"a" * 120_000_000, compresslevel=1))
    done = CliRunner().invoke(app, ["extract", str(path)])
    assert "unpacked larger than 100 MB" in str(done.exception)
    path.write_bytes(path.read_bytes()[:1000])
    done = CliRunner().invoke(app, ["extract", str(path)])
    assert "damaged, or no gzip" in str(done.exception)


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("0cc175b9c0f1b6a831c399e269772661", True),
        ("MED-10", True),
        ("a.b_c", True),
        *(
            (name, False)
            for name in ("", ".", "..", ".x", "x.", "a/b", "/x", "a\\b", "a\0", "a\n", "a:b", "é")
        ),
        *((name, False) for name in ("é", "nul", "CON", "com1.md", "x" * 121, "../../../x", " x", "x ")),
    ],
)
def test_a_name_in_a_path_is_plain(name: str, is_good: bool) -> None:
    assert is_plain_name(name) == is_good


# -- what stands in them ------------------------------------------------------------------------------------

BOMB = "a0: &a0 [x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)

YAML = {
    "brackets": ("x: " + "[" * 3000, "nested deeper than 50 levels"),
    "closed brackets": ("x: " + "[" * 3000 + "]" * 3000, "nested deeper than 50 levels"),
    "braces": ("x: " + "{a: " * 3000, "nested deeper than 50 levels"),
    "dashes": ("- " * 3000 + "x", "nested deeper than 50 levels"),
    "bomb": (BOMB, "aliases (*) that stand for more than 10,000 values"),
    "circle": ("a: &a [*a]", "an alias (*) that repeats what holds it"),
    "no anchor": ("a: *b", "undefined alias"),
    "tab": ("a:\n\t- b", "cannot start any token"),
    "twice": ("a: 1\na: 2", "twice|duplicate"),
    "NUL": ("a: b\0c", "not allowed"),
}


@pytest.mark.parametrize("kind", YAML)
def test_front_matter_that_cannot_be_read_is_told_at_once(kind: str) -> None:
    text, reason = YAML[kind]
    began = process_time()
    with pytest.raises(StoreError) as raised:
        parse(f"---\n{text}\n---\nbody", "draft.md")
    assert process_time() - began < AT_ONCE_S
    assert any(each in str(raised.value) for each in reason.split("|")), raised.value
    assert str(raised.value).startswith("draft.md: line ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", YAML)
def test_feeds_yaml_that_cannot_be_read_is_told_at_once(kind: str, tmp_path: Path) -> None:
    text, reason = YAML[kind]
    (tmp_path / "feeds.yaml").write_text(text, "utf-8")
    began = process_time()
    with pytest.raises(ConfigError) as raised:
        load_config(tmp_path, environ={})
    assert process_time() - began < AT_ONCE_S
    assert any(each in str(raised.value) for each in reason.split("|")), raised.value
    assert str(raised.value).startswith("feeds.yaml:")


def test_a_few_aliases_are_no_bomb(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(
        "feeds:\n- url: https://a.example/\n  tags: &t [x, y]\n- url: https://b.example/\n  tags: *t\n"
    )
    assert [feed.tags for feed in load_config(tmp_path, environ={}).feeds] == [("x", "y")] * 2


@pytest.mark.parametrize(
    "value", ["9" * 5000, "0x" + "f" * 5000, "2026-13-45", "!!int x", "!!bool x", "!!float x", "!!set [1]"]
)
def test_a_value_that_is_none_is_told_with_its_line(value: str) -> None:
    with pytest.raises(StoreError, match=r"^draft\.md: line [0-9]+: front matter") as raised:
        parse(f"---\nid: a\nnote: {value}\n---\n", "draft.md")
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("value", ["9" * 60, "1" * 99, "0x" + "f" * 5000, ".nan", "1e999"])
def test_a_number_beyond_reason_is_refused(value: str, tmp_path: Path) -> None:
    for key in ("max_bytes", "articles_per_feed_first_run", "timeout_s"):
        (tmp_path / "feeds.yaml").write_text(f"settings: {{{key}: {value}}}\n")
        with pytest.raises(ConfigError, match=key):
            load_config(tmp_path, environ={})


JSON = {
    "[" * 3000: "nested deeper than 100 levels",
    "[" * 500 + "]" * 500: "nested deeper than 100 levels",
    '{"a": 1, "a": 2}': "'a' is given twice",
    "9" * 5000: "a number of 5000 digits",
    '{"a": NaN}': "expected a number, got NaN",
    "-Infinity": "expected a number, got -Infinity",
    "1e999": "expected a number, got 1e999",
    '{"a": "\\ud83d"}': "half of a surrogate pair, '\\ud83d'",
    '{"\\udc00": 1}': "half of a surrogate pair",
    '"a\0b"': "Invalid control character",
    '"a\tb"': "Invalid control character",
    "": "Expecting value",
}


@pytest.mark.parametrize("text", JSON)
def test_json_that_no_record_could_hold_is_refused(text: str) -> None:
    with pytest.raises(JsonError) as raised:
        read_json(text)
    assert JSON[text] in str(raised.value)


def test_json_in_order_is_read() -> None:
    assert read_json('{"a": ["\\ud83d\\ude00", 1, 2.5, null, true]}') == {
        "a": ["\U0001f600", 1, 2.5, None, True]
    }


def test_each_line_stands_for_itself() -> None:
    found = list(json_lines(io.BytesIO(b'\xef\xbb\xbf{"a": 1}\r\n\n\xff\n"\xe2\x80\xa8"\n[')))
    assert [(number, str(value)[:14]) for number, value in found] == [
        (1, "{'a': 1}"),
        (3, "expected UTF-8"),
        (4, "\u2028"),
        (5, "not JSON: Expe"),
    ]


def rows() -> Iterator[bytes]:
    good = {"url": "https://a.example/1", "title": "T", "text": "Kilns were shut in Lisse."}
    yield json.dumps(good).encode()
    yield json.dumps(good | {"text": "half \ud800"}).encode()
    yield b'{"url": "https://a.example/2", "title": "caf\xe9", "text": "x"}'
    yield b"[" * 3000
    yield json.dumps(good | {"title": "a\0b"}).encode()
    yield json.dumps(good | {"published": "2026-02-30"}).encode()
    yield json.dumps(good | {"id": "x" * 501}).encode()
    for id in ("../../../pwn", "/etc/pwn", ".hidden", "a/b", "con", "a b", "x" * 121, "a\nb"):
        yield json.dumps(good | {"id": id}).encode()
    for url in ("javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:", "", "u", "//"):
        yield json.dumps(good | {"url": url}).encode()
    yield json.dumps(good | {"url": "ftp://h/x", "id": "a"}).encode()
    yield json.dumps(good | {"url": "http://h/a b"}).encode()
    yield json.dumps(good | {"url": "file:notes.txt", "title": "V"}).encode()
    yield json.dumps(good | {"url": "https://a.example/2", "title": "U"}).encode()


def test_good_rows_are_imported_and_bad_ones_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"\n".join(rows()))
    done = CliRunner().invoke(app, ["-C", str(tmp_path), "import", str(path)])
    assert done.exit_code == 1
    assert "3 articles imported" in done.output
    *bad, more, last = str(done.exception).split("\n")
    assert [line.split(":")[1] for line in bad] == [str(number) for number in range(2, 22)]
    assert [line.split(":")[2] for line in bad[5:]] == [" id"] * 9 + [" url"] * 6
    assert more == "and 3 more"
    assert last == "the other lines were imported"


def test_an_address_that_cannot_be_imported_is_named_without_its_secrets() -> None:
    with pytest.raises(DigestError) as caught:
        Row.of({"url": "http://n:SEKRET x@h/", "title": "T", "text": "x"})
    assert str(caught.value) == "url: expected an http(s) address, got 'http://***@h/'"
    row = Row.of({"url": "https://h/", "title": "T", "text": "x", "author": "http://n:S@h", "site": "n:S@h"})
    article = article_of(row)
    assert (article.author, article.site) == ("http://***@h", "***@h")


def test_a_pipe_of_lines_answers_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        b'{"id": "a", "document": "It grew by 5.", "claim": "It grew by 5."}',
        b'{"id": "b", "document": "\\ud800", "claim": "x"}',
        b"\xff",
        b"[" * 3000,
        b'{"id": "e", "document": "It grew by 5.", "claim": "It grew by 5."}',
    ]
    done = CliRunner().invoke(app, ["check", "--jsonl"], input=b"\n".join(asked))
    assert done.exit_code == 0, done.exception
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in each for each in answers] == [False, True, True, True, False]


def test_a_page_of_a_pipe_may_have_any_name(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "path": "no\0name"},
        {"id": "b", "path": "x" * 5000},
        {"id": "c", "path": "x", "url": 5},
        {"id": "d", "path": "/dev/zero"},
    ]
    done = CliRunner().invoke(app, ["extract", "--jsonl"], input="\n".join(map(json.dumps, lines)))
    assert done.exit_code == 0, done.exception
    assert ["error" in json.loads(line) for line in done.stdout.splitlines()] == [True] * 4


def test_a_text_of_any_length_is_no_name_of_a_file(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    done = CliRunner().invoke(app, ["similar", "The kiln of Lisse " * 500])
    assert "neither in the archive" in str(done.exception)


def test_what_a_person_writes_has_a_size(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("# x\n" * (MOST_TEXT // 4 + 1))
    with pytest.raises(ConfigError, match="cannot be read: larger than 5 MB"):
        load_config(tmp_path, environ={})


def test_an_odd_page_among_others_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    (pages := tmp_path / "pages").mkdir()
    good = Path(__file__).parent / "data" / "render" / "entry_second.md"
    (pages / "good.md").write_bytes(good.read_bytes())
    os.mkfifo(pages / "pipe.md")
    (pages / "device.md").symlink_to("/dev/zero")
    (pages / "round.md").symlink_to("round.md")
    os.mkfifo(pages / "pipe.txt")
    done = CliRunner().invoke(app, ["-C", str(tmp_path), "import", str(pages)])
    assert done.exit_code == 1
    assert "1 entry page imported" in done.output
    for name, reason in (("pipe", "a named pipe"), ("device", "a device"), ("round", "in a circle")):
        assert any(f"{name}.md" in line and reason in line for line in done.output.splitlines()), done.output


@pytest.mark.parametrize(
    "words",
    [
        ("draft", "log", "\udcff"),
        ("draft", "approve", "\udcff"),
        ("search", "kiln", "--mode", "words", "--theme", "\udcff"),
        ("similar", "\udcff"),
        ("story", "merge", "\udcff", "x"),
        ("search", "kiln", "--mode", "words", "-k", "9" * 30),
        ("search", "kiln", "--mode", "words", "--since", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_words_that_nobody_types_give_no_traceback(
    words: tuple[str, ...], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 or isinstance(done.exception, DigestError), done.exception
