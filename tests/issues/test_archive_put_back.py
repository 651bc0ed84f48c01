"""An archive of two machines that was put back to an earlier state: newer words in their files stay."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from archive_engine import SERVER, made
from fakes import FakeEmbedder
from newsroom import ISSUE
from sqlalchemy import delete, func, select
from two_machines import ENGINES, MINE, Machine, Two, drafted_on_two
from typer.testing import CliRunner

from digest.articles.copies import signature_of
from digest.cli.app import app
from digest.records import Vectors
from digest.search import Searcher, search_index
from digest.store import Store, moving
from digest.store.schema import draft_versions
from digest.store.sqlite import for_writing
from digest.stories import vector_index
from digest.stories.nearest import Index
from digest.workspace.config import load_config

SUMMARY = "Ben wrote this summary after the backup."


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture(params=ENGINES)
def two(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Two]:
    with drafted_on_two(tmp_path, request.param, "Kiln", "Bus") as found:
        for each in found:
            each.listed()
        yield found


@pytest.fixture
def on_server(two: Two) -> Iterator[Two]:
    """Two machines over PostgreSQL, where a backup goes into the same address."""
    with two[0].store() as store:
        if store.is_file:
            pytest.skip("a file is put back with all that lies beside it")
    yield two
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'test_machines%before_restore%'"
        for (name,) in connection.execute(query).fetchall():
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')


def summarise(machine: Machine, title: str, words: str) -> None:
    section = machine.text_of(title).split("## Summary\n\n")[1].split("\n")[0]
    machine.edit(title, section, words)


def written(machine: Machine, title: str) -> str:
    """All that lies in a machine's folder of a draft."""
    kept = machine.folder.glob("output/drafts/*/*.orig*")
    return machine.text_of(title) + "".join(path.read_text("utf-8") for path in kept)


def introduction(machine: Machine) -> Path:
    return machine.folder / "output" / "drafts" / ISSUE / "introduction.md"


def restore(tmp_path: Path) -> None:
    """Put the archive back, from a folder of neither machine."""
    folder, file = tmp_path / "third", tmp_path / "b.zip"
    done = CliRunner().invoke(app, ["-C", str(folder), "restore", str(file), "--anyway"])
    assert done.exit_code == 0, done.output


def test_words_of_a_version_that_the_archive_lost_are_offered(two: Two) -> None:
    """Whatever it counts by now: a server that took over may be behind, and written to since."""
    one, other = two
    summarise(other, "Kiln", SUMMARY)
    other.listed()
    kiln = one.id_of("Kiln")
    with one.store() as store, for_writing(store._engine).begin() as connection:
        newest = select(func.max(draft_versions.c.version)).where(draft_versions.c.id == kiln)
        last = connection.execute(newest).scalar_one()
        is_last = (draft_versions.c.id == kiln) & (draft_versions.c.version == last)
        connection.execute(delete(draft_versions).where(is_last))
    assert "what was written here is offered" in other.digest("draft", "list")
    assert f"> {SUMMARY}" in other.text_of("Kiln")
    one.listed()
    assert f"> {SUMMARY}" in one.text_of("Kiln")


def test_words_newer_than_a_backup_that_was_restored_are_offered(on_server: Two, tmp_path: Path) -> None:
    one, other = on_server
    one.digest("backup", str(tmp_path / "b.zip"))
    summarise(other, "Kiln", SUMMARY)
    other.edit("Kiln", "## Keywords", MINE)
    other.listed()
    one.listed()
    restore(tmp_path)
    assert "what was written here is offered" in other.digest("draft", "list")
    assert f"> {SUMMARY}" in other.text_of("Kiln")
    assert "My *own* words." in written(other, "Kiln")
    one.listed()
    assert f"> {SUMMARY}" in one.text_of("Kiln")


def test_introductions_of_before_and_after_a_restore_both_stay(on_server: Two, tmp_path: Path) -> None:
    one, other = on_server
    introduction(one).write_text("First.\n", "utf-8")
    one.listed()
    other.listed()
    one.digest("backup", str(tmp_path / "b.zip"))
    introduction(other).write_text("Second, by the other.\n", "utf-8")
    other.listed()
    restore(tmp_path)
    one.listed()
    # Of the same number as the one that is lost.
    introduction(one).write_text("Written by one after the restore.\n", "utf-8")
    one.listed()
    introduction(other).write_text("Second, by the other, changed once more.\n", "utf-8")
    other.listed()
    one.listed()
    assert "Written by one after the restore." in introduction(one).read_text("utf-8")
    kept = other.folder.glob("output/drafts/*/introduction.md*")
    assert "changed once more" in "".join(path.read_text("utf-8") for path in kept)


def test_an_archive_is_another_one_once_it_was_restored_or_moved(on_server: Two, tmp_path: Path) -> None:
    one, _ = on_server
    before = epoch(one)
    one.digest("draft", "approve", one.id_of("Kiln"))
    assert epoch(one) == before != ""
    one.digest("backup", str(tmp_path / "b.zip"))
    restore(tmp_path)
    assert epoch(one) != before
    epochs = set()
    source = load_config(one.folder).settings.archive
    moving.move(source, str(tmp_path / "archive.db"), progress=lambda *_: None)
    for _ in range(2):
        with made(f"test_machines_{os.getpid()}_moved") as address:
            moving.move(str(tmp_path / "archive.db"), address, progress=lambda *_: None)
            store = Store(tmp_path / "moved", archive=address)
            epochs.add(store.state().epoch)
            store.close()
    assert len(epochs) == 2


def epoch(machine: Machine) -> str:
    with machine.store() as store:
        return store.state().epoch


def test_an_archive_of_before_gets_its_epoch(on_server: Two) -> None:
    one, other = on_server
    with one.store() as store, for_writing(store._engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE archive_state DROP COLUMN epoch")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0019'")
    assert epoch(one) == epoch(other) != ""


def test_files_for_searching_are_of_the_archive_that_was_restored(
    on_server: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article that was changed after the backup has as many versions of its words as before."""
    monkeypatch.setattr(search_index, "MIN_CACHED", 1)
    monkeypatch.setattr(vector_index, "MIN_FILED", 1)
    one, other = on_server
    one.digest("backup", str(tmp_path / "b.zip"))
    with other.store() as store:
        before = searched(store)
        changed = store.articles.get([one.id_of("Kiln")])[one.id_of("Kiln")]
        changed = replace(changed, text="Zeppelins everywhere. " * 20, sentences=())
        store.articles.replace(changed, signature=signature_of(changed))
        vector = np.full((1, before[1].shape[1]), 0.25, dtype=np.float32)
        store.articles.save_vectors([(changed.text_hash, vector[0])], model_id=MODEL)
        vectors = searched(store)[1]
        assert not np.array_equal(vectors, before[1])
    restore(tmp_path)
    with other.store() as store:
        words, vectors = searched(store)
    assert words == before[0]
    assert np.array_equal(vectors, before[1])
    assert list(other.folder.glob("output/search*.cache"))
    assert list(other.folder.glob("output/vectors*.cache"))


MODEL = FakeEmbedder().model_id


def searched(store: Store) -> tuple[list[str], Vectors]:
    """What is found, and by which vectors."""
    found = Searcher(store, model_id=MODEL).plain("cement maker", mode="words", limit=3)
    index = vector_index.open_index(store, model_id=MODEL, is_whole=True)
    assert isinstance(index, Index)
    return [each.title for each in found], np.array(index.vectors[np.argsort(index.places)])
