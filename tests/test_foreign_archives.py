"""What lies where the archive should, or was changed by somebody else: refused in one line, and untouched."""

import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fakes import FakeEmbedder
from newsroom import Newsroom
from store.old_archives import make_empty
from tampered import STATEMENTS, break_pages, tamper
from typer.testing import CliRunner

from digest.cli import machinery
from digest.cli.app import app
from digest.errors import DigestError
from digest.store import Store
from digest.store.schema import SCHEMA_HASH, SCHEMA_VERSION
from digest.store.soundness import faults_of, hash_of, schema_of

ISSUE = "20261122"


def _sqlite(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as made:
        for each in statements:
            made.execute(each)
        made.commit()


def _in_a_log(path: Path) -> None:
    """Leave a database of which all stands in its log, as a program that was killed does."""
    other = path.with_name("other.db")
    with closing(sqlite3.connect(other)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE songs (title)")
        made.commit()
        for suffix in ("", "-wal"):
            shutil.copy(f"{other}{suffix}", f"{path}{suffix}")
    for each in path.parent.glob("other.db*"):
        each.unlink()


ALEMBIC = "CREATE TABLE alembic_version"

FOREIGN: dict[str, Callable[[Path], object]] = {
    "an empty file": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_bytes(b"Dear diary. " * 400),
    "half a header": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "a link that leads nowhere": lambda path: path.symlink_to(path.with_name("nowhere")),
    "a link that leads round": lambda path: path.symlink_to(path),
    "a database of something else": lambda path: _sqlite(path, "CREATE TABLE songs (title)"),
    "a database without tables": lambda path: _sqlite(path, "PRAGMA user_version = 3"),
    "a database with a log": _in_a_log,
    "one of another program": lambda path: _sqlite(
        path, "PRAGMA application_id = 77", "CREATE TABLE alembic_version (version_num)"
    ),
    "one that alembic keeps": lambda path: _sqlite(
        path,
        "CREATE TABLE alembic_version (version_num)",
        "INSERT INTO alembic_version VALUES ('ae1027a6acf')",
    ),
    "one with our number": lambda path: _sqlite(
        path, f"{ALEMBIC} (version_num)", "INSERT INTO alembic_version VALUES ('0003')"
    ),
    "a view for the schema": lambda path: _sqlite(
        path, "CREATE VIEW alembic_version AS SELECT '0009' version_num"
    ),
}

OPENING = (
    ("run",),
    ("run", "--dry-run"),
    ("draft", "list"),
    ("draft", "approve", "--all"),
    ("publish", ISSUE),
    ("search", "kiln", "--mode", "words"),
    ("similar", "kiln"),
    ("stories",),
    ("trends",),
    ("export", "--in", "entries", "--jsonl"),
    ("backup", "kept.zip"),
    ("import", "rows.jsonl"),
    ("doctor",),
)


def typed(folder: Path, *words: str) -> tuple[int, str]:
    """Type a command; returns its code and all it said."""
    done = CliRunner().invoke(app, ["-C", str(folder), *words])
    error = done.exception
    if error is not None and not isinstance(error, DigestError | SystemExit):
        raise error
    if isinstance(error, DigestError):
        # Files that belong to no draft any more are asked about, title by title.
        assert "\n" not in str(error) or "was that meant?" in str(error)
    return done.exit_code, f"{done.output}{error or ''}"


def state(folder: Path) -> dict[str, bytes | str]:
    """Give all there is below a folder, but locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else str(path.lstat().st_mode)
        for path in folder.rglob("*")
        if path.name != "lock"
    }


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_no_archive_is_refused_and_untouched(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    (tmp_path / "feeds.yaml").write_text("feeds: [http://127.0.0.1:9/feed]\n")
    (tmp_path / "rows.jsonl").write_text('{"url": "https://a.example/", "title": "T", "text": "Text."}\n')
    (tmp_path / "output").mkdir()
    FOREIGN[kind](tmp_path / "output" / "archive.db")
    before = state(tmp_path)
    for words in OPENING:
        code, said = typed(tmp_path, *words)
        assert code == 1, (words, said)
        assert "archive.db" in said, words
        assert state(tmp_path) == before, words


def test_an_archive_whose_making_was_killed_is_made(tmp_path: Path) -> None:
    from digest.store.foreign import make_empty as begin

    begin(tmp_path / "archive.db")
    Store(tmp_path).close()
    assert faults_of(tmp_path / "archive.db") == []


@pytest.mark.parametrize("version", ["0001", "0005", SCHEMA_VERSION])
def test_every_archive_has_the_schema_that_the_migrations_make(version: str, tmp_path: Path) -> None:
    make_empty(tmp_path / "archive.db", schema=version)
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
        assert hash_of(schema_of(raw)) == SCHEMA_HASH
    assert faults_of(tmp_path / "archive.db") == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """An archive with one issue that is published, and one that is not."""
    room = Newsroom(tmp_path_factory.mktemp("deep") / "in" / "mine")
    text = "\n".join(f"The kiln of Lisse changed again in year {number}." for number in range(12))
    room.write("harbour", "Kiln", text)
    room.run(ISSUE)
    room.publish(ISSUE)
    text = "\n".join(f"A driverless bus went to Tarrow with {number} people." for number in range(12))
    room.write("tarrow", "Bus", text)
    room.run("20261129")
    return room


@pytest.fixture
def room(sound: Newsroom, tmp_path: Path) -> Newsroom:
    folder = tmp_path / "deep" / "in" / "mine"
    shutil.copytree(sound.folder, folder)
    return _room_at(folder)


def _room_at(folder: Path) -> Newsroom:
    text = (folder / "feeds.yaml").read_text()
    made = Newsroom(folder)
    (folder / "feeds.yaml").write_text(text)
    return made


def test_a_sound_archive_is_found_sound(room: Newsroom) -> None:
    assert faults_of(room.output / "archive.db") == []
    assert "as digest makes it" in typed(room.folder, "doctor")[1]


@pytest.mark.parametrize("kind", [*STATEMENTS, "broken pages"])
def test_a_tampered_archive_is_told_in_one_line_and_nothing_is_written_outside(
    kind: str, room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    (room.folder / "feeds.yaml").write_text("feeds: [http://127.0.0.1:9/feed]\n")
    archive = room.output / "archive.db"
    (tmp_path / "rows.jsonl").write_text('{"url": "https://a.example/", "title": "T", "text": "Text."}\n')
    break_pages(archive) if kind == "broken pages" else tamper(archive, kind)
    tampered = archive.read_bytes()
    code, said = typed(room.folder, "doctor")
    assert code == 1
    assert "WRONG  archive" in said
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(room.folder)}
    draft = next((room.output / "drafts" / "20261129").glob("*.md"))
    for words in (
        ("draft", "approve", str(draft), "--anyway"),
        ("publish", "20261129", "--anyway"),
        ("publish", ISSUE, "--anyway"),
        ("search", "kiln"),
        ("import", str(tmp_path / "rows.jsonl")),
    ):
        code, said = typed(room.folder, *words)
        assert code in (0, 1), (words, said)
        archive.write_bytes(tampered)
        for suffix in ("-wal", "-shm"):
            archive.with_name(f"archive.db{suffix}").unlink(missing_ok=True)
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(room.folder)} == before


@pytest.mark.parametrize("kind", [kind for kind in STATEMENTS if "trigger" in kind or "view" in kind])
def test_a_schema_that_is_not_ours_stops_every_command(kind: str, room: Newsroom) -> None:
    tamper(room.output / "archive.db", kind)
    for words in (("draft", "list"), ("stories",), ("export", "--in", "articles", "--jsonl")):
        code, said = typed(room.folder, *words)
        assert (code, "not as digest makes it" in said) == (1, True), (words, said)


def test_names_of_issues_that_are_none_are_not_offered(room: Newsroom) -> None:
    for words in (("publish", "20261120"), ("draft", "list", "--issue", "20261120")):
        assert typed(room.folder, *words)[1].endswith("no issue 20261120; known: 20261129, 20261122")
    with closing(sqlite3.connect(room.output / "archive.db")) as raw, raw:
        raw.execute("UPDATE issues SET name = '../../../../pwn' WHERE name = '20261122'")
    assert typed(room.folder, "publish", "20261120")[1].endswith("known: 20261129")
    with closing(sqlite3.connect(room.output / "archive.db")) as raw, raw:
        raw.execute("UPDATE issues SET name = name || '/pwn', published_at = '2026-11-30 00:00:00.000000'")
    for words in (("publish", "20261120"), ("publish",)):
        code, said = typed(room.folder, *words)
        assert (code, "pwn" in said, "digest doctor" in said) == (1, False, words[1:] == ("20261120",)), said


def test_what_was_typed_is_quoted_where_there_is_nothing_to_see(room: Newsroom) -> None:
    for name in ("", " "):
        said = typed(room.folder, "draft", "approve", name)[1]
        assert said.endswith(f"{name!r}: nothing in the archive has this id or address")


def test_an_error_of_the_program_is_not_laid_to_a_sound_archive(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistake(*_: object, **__: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("digest.issues.stories_by_hand.list_stories", mistake)
    with pytest.raises(KeyError, match="a bug"):
        typed(room.folder, "stories")


@pytest.mark.parametrize("name", ["drafts/20261129", "entries", "issues", "index.md"])
def test_nothing_is_written_through_a_link_that_leads_out(name: str, room: Newsroom, tmp_path: Path) -> None:
    typed(room.folder, "draft", "approve", "--all", "--issue", "20261129")
    outside, inside = tmp_path / "elsewhere", room.output / name
    shutil.move(inside, outside)
    inside.symlink_to(outside)
    before = state(outside) if outside.is_dir() else {"": outside.read_bytes()}
    code, said = typed(room.folder, "publish", "20261129", "--anyway")
    assert code == 1, said
    assert "leads out of" in said
    assert (state(outside) if outside.is_dir() else {"": outside.read_bytes()}) == before


def test_an_output_folder_may_be_a_link(room: Newsroom, tmp_path: Path) -> None:
    shutil.move(room.output, tmp_path / "large disk")
    room.output.symlink_to(tmp_path / "large disk")
    typed(room.folder, "draft", "approve", "--all", "--issue", "20261129")
    assert typed(room.folder, "publish", "20261129", "--anyway")[0] == 0


def test_a_page_is_read_and_deleted_only_under_a_hash(room: Newsroom, tmp_path: Path) -> None:
    (victim := room.folder.parent / "victim.zst").write_bytes(b"no page")
    with closing(sqlite3.connect(room.output / "archive.db")) as raw, raw:
        raw.execute("UPDATE pages SET sha256 = '../../../victim'")
        (url,) = raw.execute("SELECT url FROM pages LIMIT 1").fetchone()
    store = Store(room.output)
    with pytest.raises(DigestError, match="no page has the hash"):
        store.pages.get(url)
    store.close()
    assert victim.exists()


@pytest.mark.parametrize("link", ["lock", "archive.db-wal", "archive.db"])
def test_no_link_has_another_file_emptied(link: str, room: Newsroom, tmp_path: Path) -> None:
    (other := tmp_path / "other").write_text("mine")
    (room.output / link).unlink(missing_ok=True)
    (room.output / link).symlink_to(other)
    code, said = typed(room.folder, "publish", ISSUE)
    assert (code, "expected a file, got a link" in said or "leads out of" in said) == (1, True), said
    assert other.read_text() == "mine"


@pytest.mark.parametrize(
    "asides",
    [
        '{"output": "../../stolen"}',
        '{"../x": "../x.before-restore"}',
        '["output"]',
        "[" * 3000,
        "\xff",
        "{}x",
    ],
)
def test_a_journal_that_no_restore_wrote_moves_nothing(asides: str, room: Newsroom) -> None:
    (room.folder / ".restore" / "new" / "output").mkdir(parents=True)
    (room.folder / ".restore" / "journal.json").write_text(asides, "latin-1")
    before = state(room.folder)
    code, said = typed(room.folder, "draft", "list")
    assert (code, "not what a restore leaves" in said) == (1, True), said
    assert {each for each in state(room.folder) if each != ".restore.lock"} == before.keys()


def test_a_backup_of_a_tampered_archive_is_refused_both_ways(room: Newsroom, tmp_path: Path) -> None:
    import zipfile

    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    assert typed(room.folder, "backup", str(good))[0] == 0
    tamper(room.output / "archive.db", "a trigger")
    code, said = typed(room.folder, "backup", str(bad))
    assert (code, "the trigger 'mine'" in said, bad.exists()) == (1, True, False)
    import hashlib

    archive = (room.output / "archive.db").read_bytes()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["files"]["output/archive.db"] = hashlib.sha256(archive).hexdigest()
        for name in old.namelist():
            content = archive if name == "output/archive.db" else old.read(name)
            new.writestr(name, json.dumps(manifest) if name == "manifest.json" else content)
    code, said = typed(tmp_path / "new", "restore", str(bad))
    assert (code, "the trigger 'mine'" in said) == (1, True), said
    assert not (tmp_path / "new" / "output" / "archive.db").exists()


def test_a_socket_is_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(socket.socket(socket.AF_UNIX)) as found:
        found.bind("archive.db")
        with pytest.raises(DigestError, match="expected a file, got a socket"):
            Store(Path())


@pytest.mark.parametrize("name", ["search.cache", "vectors.cache"])
def test_a_cache_that_is_none_is_passed_over(
    name: str, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    path = room.output / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    assert typed(room.folder, "search", "kiln")[0] == 0
    path.unlink()
    model = "" if name == "search.cache" else FakeEmbedder.model_id
    for arrays in ("[" * 3000, "7", "{}", '{"state": ["O", [1], 0]}', '{"state": ["<i8", [2], 0]}'):
        header = f'{{"format": 3, "model_id": "{model}", "arrays": {arrays}, "bytes": 16}}\n'.encode()
        path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 16)
        assert typed(room.folder, "search", "kiln")[0] == 0, arrays
