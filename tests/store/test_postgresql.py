"""An archive on a real PostgreSQL beside one on SQLite: the same answers; moving between the two."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

import pytest
from archive_engine import SERVER, made
from fakes import NOW, FakeEmbedder
from forked import typed_apart
from sqlalchemy import text
from typer.testing import CliRunner

from digest.cli.app import app
from digest.errors import StoreError
from digest.issues.importing import Row, import_articles
from digest.records import Analysis, DraftRow, Keyword, Page, SearchFilter, Signal, SignalBasis, Theme
from digest.store import Store, moving, postgresql
from digest.store.schema import metadata
from digest.store.soundness import faults_of

pytestmark = pytest.mark.skipif(
    not SERVER, reason="no PostgreSQL: DIGEST_TEST_ARCHIVE names none; make test-team"
)

LONG = " ".join(["The tide came in."] * 300) + " Then a heron stood on one leg."
"""Some words more often than a tsvector has places for, and a phrase behind them."""

TEXTS = {
    "a1": ("Heat pumps sell", "Heat pumps sell better than gas boilers. Installers of pumps are scarce."),
    "a2": ("Gas prices fall", "Natural gas became cheaper in spring. Größe und Maß: 20 % more."),
    "a3": ("Tides", LONG),
    "a4": ("Pump", "Heat. Pumps it's said don't heat."),
}

EXPRESSIONS = (
    '"gas"', '"heat pumps"', '"pump"*', '"he"*', '"heat pu"*', '("gas" OR "heron")', '("heat" ) AND ("gas")',
    '"one leg"', '"leg one"', '"grosse"', '"größe"', '"it\'s said"', '"tide came in then"',
    '"a ""quoted"" word"', '"in then a heron"', '"sell heat"',
)  # fmt: skip


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture
def address() -> Iterator[str]:
    with made(f"test_own_{os.getpid()}") as found:
        yield found


def signal(words: str) -> Signal:
    basis = SignalBasis(change="observed", horizon_10y="none", driving_force="observed")
    return Signal(words, f"from coal to {words}", "", "prices", basis, ())


def fill(store: Store) -> None:
    rows = [Row(name, f"https://{name}.example/", *each, None) for name, each in TEXTS.items()]
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    for at, article in enumerate(store.articles.get(TEXTS).values()):
        for analyzer in ("default/1", "default/2", "default/1"):
            analysis = Analysis(
                id=article.id,
                title=article.title,
                summary=(),
                keywords=(Keyword("Tidal Power", 1.0), Keyword("tidal power", 0.5)),
                themes=(Theme(("Energy", "energy", "Sea", "Ärger")[at], 0.5),),
                signals=(signal(article.title), signal("tidal turbines")),
                analyzer=analyzer,
            )
            store.articles.save_analysis(article, analysis)
    store.drafts.open_issue("20261122")
    store.drafts.save_draft(DraftRow("a1", "20261122", "pending", "Pumps", 3, ""), now=NOW)
    killed = store.drafts.start_run("20261122", now=NOW)
    assert store.drafts.start_run("20261122", now=NOW) == killed + 1


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as archive:
        rows = {each: archive.execute(f'SELECT * FROM "{each}"').fetchall() for each in metadata.tables}
        rows["age"] = archive.execute("SELECT rowid, * FROM analyses").fetchall()
        rows["version"] = archive.execute("SELECT seq FROM sqlite_sequence").fetchall()
    return {name: sorted(each, key=repr) for name, each in rows.items()}


@pytest.fixture
def stores(tmp_path: Path, address: str) -> Iterator[tuple[Store, Store]]:
    here, there = Store(tmp_path), Store(tmp_path, archive=address)
    fill(here)
    fill(there)
    yield here, there
    here.close()
    there.close()


def test_both_engines_find_the_same_articles_rows_and_labels(stores: tuple[Store, Store]) -> None:
    here, there = (each.search for each in stores)
    found = {each: here.matching(each).tolist() for each in EXPRESSIONS}
    assert {each: there.matching(each).tolist() for each in EXPRESSIONS} == found
    assert found['"one leg"'] == found['"in then a heron"'] == [3]
    for each in ('"turbine"', '"tide" OR "pump"', '("tidal"*) NOT ("gas")'):
        assert there.signals_matching(each) == here.signals_matching(each)
        assert here.signals_matching(each)
    assert there.frequent_labels("theme", most=9) == here.frequent_labels("theme", most=9)
    for theme in ("ENERGY", "ärger", "Ärger"):
        asked = SearchFilter(theme=theme)
        places = here.places_under(asked, in_entries=False).tolist()
        assert there.places_under(asked, in_entries=False).tolist() == places


def test_both_engines_keep_the_same_rows_under_the_same_numbers(
    stores: tuple[Store, Store], tmp_path: Path, address: str
) -> None:
    for each in stores:
        each.close()
    moving.move(address, str(tmp_path / "back.db"), progress=lambda *_: None)
    assert rows_of(tmp_path / "back.db") == rows_of(tmp_path / "archive.db")


def test_an_archive_moved_there_and_back_is_the_same_and_sound(tmp_path: Path, address: str) -> None:
    store = Store(tmp_path)
    fill(store)
    found = {each: store.search.matching(each).tolist() for each in EXPRESSIONS}
    store.close()
    before = rows_of(tmp_path / "archive.db")
    rows = moving.move(str(tmp_path / "archive.db"), address, progress=lambda *_: None)
    assert rows["articles"] == len(TEXTS)
    moved = Store(tmp_path, archive=address)
    assert {each: moved.search.matching(each).tolist() for each in EXPRESSIONS} == found
    moved.close()
    moving.move(address, str(tmp_path / "back.db"), progress=lambda *_: None)
    assert rows_of(tmp_path / "back.db") == before
    assert rows_of(tmp_path / "archive.db") == before
    assert faults_of(tmp_path / "back.db") == []


@pytest.mark.parametrize("goes_there", [True, False])
def test_a_move_killed_at_any_table_goes_on(tmp_path: Path, address: str, goes_there: bool) -> None:
    store = Store(tmp_path)
    fill(store)
    store.close()
    source, target = str(tmp_path / "archive.db"), address
    if not goes_there:
        moving.move(source, target, progress=lambda *_: None)
        source, target = address, str(tmp_path / "back.db")
    for number in (9, 20):
        killed = typed_apart(
            tmp_path, "archive", "move", source, target, place="digest.store.moving:_copy", number=number
        )
        assert killed.returncode == -9
    if goes_there:
        with pytest.raises(StoreError, match="did not end; go on with: digest archive move"):
            Store(tmp_path, archive=address)
    else:
        assert not (tmp_path / "back.db").exists()
    done = typed_apart(tmp_path, "archive", "move", source, target)
    assert done.returncode == 0, done.stderr
    assert f"{len(TEXTS)} articles; compared" in done.stdout.decode()
    again = typed_apart(tmp_path, "archive", "move", source, target)
    assert again.returncode == 1
    assert b"is there already" in again.stderr


def test_a_move_killed_within_a_table_goes_on_and_sees_what_changed_meanwhile(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    fill(store)
    monkeypatch.setattr(moving, "AT_ONCE", 2)

    def stop(name: str, done: int, total: int) -> None:
        if name == "articles":
            assert (done, total) == (2, len(TEXTS))
            raise KeyboardInterrupt

    source = str(tmp_path / "archive.db")
    with pytest.raises(KeyboardInterrupt):
        moving.move(source, address, progress=stop)
    store.articles.save_copy("a1", of="a2")
    store.close()
    with pytest.raises(StoreError, match=r"articles, row 1: not what is in the archive"):
        moving.move(source, address, progress=lambda *_: None)


@pytest.mark.parametrize("goes_there", [True, False])
def test_a_move_that_goes_on_after_the_source_got_a_row_before_the_others_is_refused_in_words(
    tmp_path: Path, address: str, goes_there: bool
) -> None:
    store = Store(tmp_path)
    fill(store)
    store.links.save_broken("https://m.example/feed", "HTTP 404", now=NOW)
    store.close()
    source, target = str(tmp_path / "archive.db"), address
    if not goes_there:
        moving.move(source, target, progress=lambda *_: None)
        source, target = address, str(tmp_path / "back.db")

    def stop(name: str, done: int, total: int) -> None:
        if name == "feeds":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.move(source, target, progress=stop)
    store = Store(tmp_path, archive="" if goes_there else address)
    store.links.save_broken("https://a.example/feed", "HTTP 404", now=NOW)
    store.close()
    empty = "empty the database" if goes_there else "delete back.moving.db"
    with pytest.raises(StoreError, match=rf"feeds: .*since the move began; {empty} and move again"):
        moving.move(source, target, progress=lambda *_: None)


def test_a_file_that_somebody_has_open_becomes_no_archive_before_all_of_it_is_in_it(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "LOG_WAIT_S", 0.1)
    store = Store(tmp_path)
    fill(store)
    store.close()
    before = rows_of(tmp_path / "archive.db")
    moving.move(str(tmp_path / "archive.db"), address, progress=lambda *_: None)
    target, beside = tmp_path / "back.db", tmp_path / "back.moving.db"
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM articles'); "
    code += "print('open', flush=True); input()"
    looking: list[subprocess.Popen[str]] = []

    def look(name: str, done: int, total: int) -> None:
        if name == "articles" and not looking:
            command = [sys.executable, "-c", code, str(beside)]
            looking.append(subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True))
            assert looking[0].stdout is not None
            assert looking[0].stdout.readline() == "open\n"

    with pytest.raises(StoreError, match=r"another process has it open .*the same command again goes on"):
        moving.move(address, str(target), progress=look)
    assert not target.exists()
    looking[0].communicate("\n")
    moving.move(address, str(target), progress=lambda *_: None)
    # The file alone is the archive.
    copy = tmp_path / "copy" / "archive.db"
    copy.parent.mkdir()
    shutil.copyfile(target, copy)
    assert rows_of(copy) == before


def test_a_log_that_was_left_where_the_archive_goes_is_told(tmp_path: Path, address: str) -> None:
    Store(tmp_path, archive=address).close()
    (tmp_path / "back.db-wal").write_bytes(b"of another")
    with pytest.raises(StoreError, match=r"back\.db-wal: is there already"):
        moving.move(address, str(tmp_path / "back.db"), progress=lambda *_: None)


def test_relative_paths_of_a_move_are_those_of_the_workspace(tmp_path: Path, address: str) -> None:
    store = Store(tmp_path / "output")
    fill(store)
    store.close()
    for source, target in (("output/archive.db", address), (address, "output/back.db")):
        invoked = CliRunner().invoke(app, ["-C", str(tmp_path), "archive", "move", source, target])
        assert invoked.exit_code == 0, invoked.exception
    assert rows_of(tmp_path / "output" / "back.db") == rows_of(tmp_path / "output" / "archive.db")


def test_a_second_machine_reads_the_pages_of_an_archive_that_was_moved(tmp_path: Path, address: str) -> None:
    def page(url: str, body: bytes) -> Page:
        return Page(url, url, 200, (), body, NOW)

    store = Store(tmp_path, pages="archive")
    store.pages.save(page("https://a.example/", b"first"))
    store.close()
    rows = moving.move(str(tmp_path / "archive.db"), address, progress=lambda *_: None)
    assert rows["page_bodies"] == 1
    there = Store(tmp_path / "two", archive=address, pages="archive")
    there.pages.save(page("https://b.example/", b"of the second"))
    assert there.pages.get("https://a.example/") == page("https://a.example/", b"first")
    there.close()
    (tmp_path / "back").mkdir()
    moving.move(address, str(tmp_path / "back" / "archive.db"), progress=lambda *_: None)
    back = Store(tmp_path / "back")
    assert back.pages.get("https://b.example/") == page("https://b.example/", b"of the second")
    back.close()
    assert not list(tmp_path.rglob("*.zst"))


def test_whoever_writes_keeps_other_machines_out_and_is_named(
    stores: tuple[Store, Store], address: str
) -> None:
    _, there = stores
    other = postgresql.connect(address)
    with (
        there.exclusive(doing="digest run"),
        pytest.raises(StoreError, match=rf"in use by digest run \(.*process {os.getpid()}\)"),
        postgresql.exclusive(other, doing="digest publish"),
    ):
        pytest.fail("both hold it")
    with postgresql.exclusive(other, doing="digest publish"):
        pass
    other.dispose()


def test_a_reader_sees_one_moment_and_the_count_of_writings_tells_of_a_change(
    stores: tuple[Store, Store],
) -> None:
    _, there = stores
    before = there.writes()
    assert there.articles.known_ids() == set(TEXTS)
    assert there.writes() == before
    there.articles.save_copy("a1", of="a2")
    assert there.writes() == before + 1


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path, address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE customers (name text)")
        with pytest.raises(StoreError, match=r"tables of something else \(customers\); nothing was changed"):
            Store(tmp_path, archive=address)
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchone()
    assert tables == (1,)


def test_an_archive_of_a_newer_digest_is_refused(tmp_path: Path, address: str) -> None:
    Store(tmp_path, archive=address).close()
    engine = postgresql.connect(address)
    with postgresql.for_writing(engine).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="made by a newer digest"):
        Store(tmp_path, archive=address)


def test_a_trigger_of_somebody_else_is_told_by_the_doctor(stores: tuple[Store, Store], address: str) -> None:
    import psycopg

    _, there = stores
    server, faults = there.server()
    assert server.startswith("PostgreSQL ")
    assert faults == []
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER TABLE links ADD COLUMN mine text")
        connection.execute(
            "CREATE TRIGGER theirs BEFORE DELETE ON links FOR EACH ROW "
            "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
    assert there.server()[1] == ["links.mine: not digest's", "trigger theirs: not digest's"]


def test_commands_use_the_archive_that_the_settings_name(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feeds.yaml").write_text(f"settings:\n  archive: {address}\nfeeds:\n- https://a.example/\n")
    invoked = CliRunner().invoke(app, ["-C", str(tmp_path), "search", "--mode", "words", "gas"])
    assert "no archive yet" in str(invoked.exception)
    store = Store(tmp_path / "output", archive=address)
    fill(store)
    store.close()
    invoked = CliRunner().invoke(app, ["-C", str(tmp_path), "search", "--mode", "words", "gas"])
    assert invoked.exit_code == 0
    assert len(invoked.stdout.splitlines()) == 1 + 2
    assert not (tmp_path / "output" / "archive.db").exists()
    told = CliRunner().invoke(app, ["-C", str(tmp_path), "status"])
    assert ": 4 articles, PostgreSQL " in told.stdout
    assert "vector" in told.stdout


def test_a_server_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9/none: cannot be used as an archive: connection"):
        Store(tmp_path, archive="postgresql://nobody@127.0.0.1:9/none")


def test_what_to_install_is_said_where_the_driver_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'digest\[team\]'"):
        Store(tmp_path, archive="postgresql://nobody@127.0.0.1/none")
