"""A backup of an archive on PostgreSQL: a dump, which goes into a database without losing what is there."""

import hashlib
import json
import os
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
from archive_engine import SERVER, made
from forked import typed_apart
from newsroom import Newsroom
from typer.testing import CliRunner

from digest.cli.app import app
from digest.store import Store, moving, postgresql_vectors

pytestmark = pytest.mark.skipif(
    not SERVER, reason="no PostgreSQL: DIGEST_TEST_ARCHIVE names none; make test-team"
)

ISSUE = "20261122"


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture
def address() -> Iterator[str]:
    with made(f"backup_{os.getpid()}") as found:
        yield found


@pytest.fixture
def other() -> Iterator[str]:
    """Give an empty schema beside it; what a restore moves aside there goes, too."""
    name = f"restore_{os.getpid()}"
    with made(name) as found, made(f"{name}_before_restore"):
        pass
    with made(name) as found:
        yield found
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'DROP SCHEMA IF EXISTS "{name}_before_restore" CASCADE')


@pytest.fixture
def room(tmp_path: Path, address: str) -> Newsroom:
    """Make a workspace with a published issue, whose archive was moved to the server."""
    news = Newsroom(tmp_path / "mine")
    for title in ("Kiln", "Mayor", "Eelgrass"):
        text = "\n".join(f"The {title} of Lisse changed again in year {number}." for number in range(12))
        news.write("harbour", title, text)
    news.run(ISSUE)
    news.publish(ISSUE)
    # What lists show of drafts is kept when they are first listed; it is below, too.
    news.digest("draft", "list", "--issue", ISSUE)
    file = news.output / "archive.db"
    moving.move(str(file), address, progress=lambda *_: None)
    file.unlink()
    feeds = news.folder / "feeds.yaml"
    feeds.write_text(f"settings: {{archive: '{address}'}}\n{feeds.read_text('utf-8')}", "utf-8")
    return news


def typed(folder: Path, *words: str, archive: str = "") -> tuple[int, str]:
    environ = {"DIGEST_ARCHIVE": archive} if archive else {}
    done = CliRunner().invoke(app, ["-C", str(folder), *words], env=environ)
    return done.exit_code, f"{done.output}\n{done.exception}"


def files(folder: Path) -> dict[str, bytes]:
    kept = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".cache")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept if path.name != "lock"}


def rows(address: str, folder: Path) -> list[str]:
    """Give all rows of an archive, read through a file that it is moved to."""
    file = folder / f"{len(list(folder.iterdir()))}.rows" / "archive.db"
    file.parent.mkdir(parents=True)
    moving.move(address, str(file), progress=lambda *_: None)
    with closing(sqlite3.connect(file)) as archive:
        # Of these the one says what is the next number, the other where archives come from.
        others = ('INSERT INTO "sqlite_sequence"', 'INSERT INTO "alembic_version"')
        lines = (line for line in archive.iterdump() if line.startswith('INSERT INTO "'))
        return [line for line in lines if not line.startswith(others) and "_text_" not in line[:40]]


def backup_of(room: Newsroom, tmp_path: Path) -> Path:
    file = tmp_path / "b.zip"
    code, said = typed(room.folder, "backup", str(file))
    assert code == 0, said
    assert "3 articles; read back and found whole" in said
    return file


def test_an_address_is_taken_as_the_readme_writes_it(room: Newsroom, tmp_path: Path, address: str) -> None:
    """With a schema whose = is written as it is."""
    plain = unquote(address)
    assert "options=-csearch_path=" in plain
    code, said = typed(room.folder, "backup", str(tmp_path / "b.zip"), archive=plain)
    assert code == 0, said
    # With a second option behind it.
    code, said = typed(room.folder, "backup", str(tmp_path / "c.zip"), archive=f"{plain}+-cwork_mem=8MB")
    assert code == 0, said


def test_a_backup_goes_into_another_folder_and_database(
    room: Newsroom, tmp_path: Path, address: str, other: str
) -> None:
    file, there = backup_of(room, tmp_path), tmp_path / "there"
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    code, said = typed(there, "restore", str(file), archive=other)
    assert code == 0, said
    assert files(there) == files(room.folder)
    assert rows(other, tmp_path) == rows(address, tmp_path)
    code, said = typed(there, "search", "--mode", "words", "mayor of Lisse", archive=other)
    assert (code, "Mayor" in said) == (0, True)
    assert not (there / ".restore").exists()


@pytest.mark.slow
def test_a_backup_is_of_one_moment_while_somebody_writes(
    room: Newsroom, tmp_path: Path, address: str, other: str
) -> None:
    before = rows(address, tmp_path)
    with psycopg.connect(address) as writer:
        writer.execute("UPDATE drafts SET title = 'half done'")
        file = backup_of(room, tmp_path)
        writer.rollback()
    assert typed(tmp_path / "there", "restore", str(file), archive=other)[0] == 0
    assert rows(other, tmp_path) == before


def test_an_archive_that_is_there_is_replaced_only_when_asked_and_kept_then(
    room: Newsroom, tmp_path: Path, address: str, other: str
) -> None:
    file, there = backup_of(room, tmp_path), tmp_path / "there"
    backed_up = rows(address, tmp_path)
    assert typed(there, "restore", str(file), archive=other)[0] == 0
    with psycopg.connect(other, autocommit=True) as connection:
        connection.execute("UPDATE drafts SET title = 'since'")
        connection.execute("UPDATE archive_state SET writes = 5000")
        connection.execute("SELECT setval('article_words_version_seq', 700)")
    # An empty folder does not mean an empty database.
    code, said = typed(tmp_path / "empty", "restore", str(file), archive=other)
    assert code == 1
    assert "an archive is there already; put the backup in its place with --anyway" in said
    assert not (tmp_path / "empty" / "output" / "index.md").exists()
    code, said = typed(there, "restore", str(file), "--anyway", archive=other)
    assert code == 0, said
    aside = f"restore_{os.getpid()}_before_restore"
    assert f'what was there is now in the schema "{aside}"' in said
    assert rows(other, tmp_path) == backed_up
    with psycopg.connect(other) as connection:
        kept = connection.execute(f'SELECT DISTINCT title FROM "{aside}".drafts').fetchall()
        assert kept == [("since",)]
        # Caches on other machines know numbers up to these: none is given again.
        assert connection.execute("SELECT writes > 5000 FROM archive_state").fetchone() == (True,)
        assert connection.execute("SELECT nextval('article_words_version_seq')").fetchone() == (701,)


def test_it_asks_which_of_two_databases_is_meant(
    room: Newsroom, tmp_path: Path, address: str, other: str
) -> None:
    file = backup_of(room, tmp_path)
    feeds = room.folder / "feeds.yaml"
    feeds.write_text(feeds.read_text("utf-8").replace(address, other), "utf-8")
    code, said = typed(room.folder, "restore", str(file), "--anyway")
    assert code == 1
    assert "say which database the archive goes into: DIGEST_ARCHIVE=" in said
    assert other in feeds.read_text("utf-8")


# -- what is installed ---------------------------------------------------------------------------------------


def program(folder: Path, name: str, version: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n", "utf-8")
    path.chmod(0o755)


def test_without_pg_dump_it_says_what_to_install(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = typed(room.folder, "backup", str(tmp_path / "b.zip"))
    assert code == 1
    assert "pg_dump: not found" in said
    assert "apt-get install postgresql-client" in said
    assert not (tmp_path / "b.zip").exists()


def test_a_program_that_is_too_old_is_named(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    file, old = backup_of(room, tmp_path), tmp_path / "old"
    for name in ("pg_dump", "pg_restore"):
        program(old, name, "9.6.24")
    monkeypatch.setenv("PATH", str(old))
    code, said = typed(room.folder, "backup", str(tmp_path / "c.zip"))
    assert code == 1
    assert "pg_dump of version 9 cannot read it; install PostgreSQL's client programs of version" in said
    code, said = typed(tmp_path / "there", "restore", str(file), archive=other)
    assert code == 1
    assert "pg_restore: is of version 9, which does not read what pg_dump" in said
    assert files(tmp_path / "there") == {}


# -- damages and kills ---------------------------------------------------------------------------------------


def altered(file: Path, target: Path, *, dump: bytes = b"", **archive: object) -> Path:
    """Copy a backup with another dump, or other words on it, its manifest right about that."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["archive"] |= archive
        for name in manifest["files"]:
            content = dump if dump and name == "output/archive.dump" else old.read(name)
            manifest["files"][name] = hashlib.sha256(content).hexdigest()
            new.writestr(name, content)
        new.writestr("manifest.json", json.dumps(manifest))
    return target


@pytest.mark.slow
def test_what_is_no_whole_dump_is_refused_and_changes_nothing(
    room: Newsroom, tmp_path: Path, other: str
) -> None:
    file, there = backup_of(room, tmp_path), tmp_path / "there"
    with zipfile.ZipFile(file) as made_file:
        dump = made_file.read("output/archive.dump")
        said_rows = json.loads(made_file.read("manifest.json"))["archive"]["rows"]
    for number, (change, reason) in enumerate(
        [
            ({"dump": dump[: len(dump) * 3 // 4]}, "pg_restore"),
            ({"dump": b"hello"}, "pg_restore failed"),
            ({"rows": said_rows | {"links": 77}}, "links: expected 77 rows, got 3"),
            ({"rows": said_rows | {"others": 1}}, "table others is not digest's"),
            ({"rows": "many"}, "no backup"),
            ({"schema": "0001"}, "of an older digest (schema 1, this one has"),
            ({"schema": "9999"}, "made by a newer digest"),
        ]
    ):
        bad = altered(file, tmp_path / f"{number}.zip", **change)  # type: ignore[arg-type]
        code, said = typed(there, "restore", str(bad), archive=other)
        assert (code, reason in said) == (1, True), said
        assert files(there) == {}
    assert rows(other, tmp_path) == []


@pytest.mark.slow
def test_nothing_that_stands_in_a_dump_is_run(
    room: Newsroom, tmp_path: Path, address: str, other: str
) -> None:
    file, there, foreign = backup_of(room, tmp_path), tmp_path / "there", tmp_path / "foreign.dump"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        )
        connection.execute("CREATE TRIGGER theirs BEFORE INSERT ON drafts EXECUTE FUNCTION theirs()")
        schema = connection.execute("SELECT current_schema()").fetchone()
    assert schema is not None
    command = ["pg_dump", "-Fc", f"--dbname={SERVER}", f"--schema={schema[0]}", f"--file={foreign}"]
    subprocess.run(command, check=True)
    code, said = typed(room.folder, "backup", str(tmp_path / "c.zip"))
    assert (code, "trigger theirs: not digest's" in said) == (1, True)
    bad = altered(file, tmp_path / "bad.zip", dump=foreign.read_bytes())
    code, said = typed(there, "restore", str(bad), archive=other)
    assert code == 0, said
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT to_regproc('theirs')").fetchone() == (None,)


PARTS = ("feeds.yaml", "prompts", "output")

KILLS = (
    ("digest.store.dumping:_move_aside+", 1, "old"),
    ("digest.store.dumping:_copy_in+", 9, "old"),
    ("digest.workspace.restore:write_text", 1, "old"),
    # The journal stands, and the database knows of nothing.
    ("digest.workspace.restore:write_text+", 1, "old"),
    ("digest.workspace.restore:finish_restore", 1, "new"),
    ("digest.workspace.restore:os.replace+", 3, "new"),
)


@pytest.mark.slow
@pytest.mark.parametrize(("place", "number", "left"), KILLS)
def test_a_restore_killed_anywhere_leaves_the_old_or_the_new(
    room: Newsroom, tmp_path: Path, address: str, other: str, place: str, number: int, left: str
) -> None:
    file, there = backup_of(room, tmp_path), tmp_path / "there"
    assert typed(there, "restore", str(file), archive=other)[0] == 0
    new = files(there), rows(other, tmp_path)
    (there / "output" / "index.md").write_text("since", "utf-8")
    with psycopg.connect(other, autocommit=True) as connection:
        connection.execute("UPDATE drafts SET title = 'since'")
    old = files(there), rows(other, tmp_path)
    environ = {**os.environ, "DIGEST_ARCHIVE": other}
    words = ("restore", str(file), "--anyway")
    assert typed_apart(there, *words, place=place, number=number, environ=environ).returncode == -9
    # Any command puts right what was left half done.
    assert typed(there, "draft", "list", "--issue", ISSUE, archive=other)[0] == 0
    kept = {name: text for name, text in files(there).items() if name.split("/")[0] in PARTS}
    assert rows(other, tmp_path) == (old if left == "old" else new)[1]
    assert kept == (old if left == "old" else new)[0]
    # What a kill left of a restore that was not decided goes with the next one.
    assert left == "new" or typed(there, *words, archive=other)[0] == 0
    assert rows(other, tmp_path) == new[1]
    assert not (there / ".restore").exists()
    assert (there / "output.before-restore" / "index.md").read_text("utf-8") == "since"


def test_kept_pages_in_the_database_come_along(
    room: Newsroom, tmp_path: Path, address: str, other: str
) -> None:
    feeds = room.folder / "feeds.yaml"
    feeds.write_text(feeds.read_text("utf-8").replace("{archive:", "{pages: archive, archive:", 1), "utf-8")
    code, said = typed(room.folder, "archive", "pages")
    assert code == 0, said
    file = tmp_path / "b.zip"
    code, said = typed(room.folder, "backup", "--without-pages", str(file))
    assert code == 0, said
    assert "kept pages are in the database, and so in its dump" in said
    code, said = typed(tmp_path / "there", "restore", str(file), archive=other)
    assert code == 0, said
    with psycopg.connect(address) as one, psycopg.connect(other) as two:
        kept = "SELECT sha256, md5(body) FROM page_bodies ORDER BY sha256"
        bodies = one.execute(kept).fetchall()
        assert bodies
        assert two.execute(kept).fetchall() == bodies


def test_an_index_of_vectors_stays_behind_and_is_made_anew(
    room: Newsroom, tmp_path: Path, address: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_vectors, "MIN_INDEXED", 2)

    def indexed(archive: str) -> bool:
        with psycopg.connect(archive) as connection:
            (model_id,) = connection.execute("SELECT model_id FROM vectors LIMIT 1").fetchone() or ("",)
        store = Store(tmp_path / "apart", archive=archive)
        store.likeness.index_vectors(model_id=model_id)
        found = store.likeness.indexed(model_id=model_id) is not None
        store.close()
        return found

    if not indexed(address):
        pytest.skip("this server has no pgvector")
    code, said = typed(tmp_path / "there", "restore", str(backup_of(room, tmp_path)), archive=other)
    assert code == 0, said
    assert indexed(other)
