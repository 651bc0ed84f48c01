"""Kept pages and snapshots in the archive, where every machine finds them."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from fakes import NOW
from newsroom import ISSUE, Newsroom, newsroom_of

from digest.records import Page
from digest.store import Store
from digest.store.soundness import faults_of

BODY = b"<html><p>The kiln at Brekke was lit.</p></html>" * 50


def page(url: str, body: bytes = BODY) -> Page:
    return Page(url, url, 200, (("content-type", "text/html"),), body, NOW)


def body_of(store: Store, url: str) -> bytes | None:
    found = store.pages.get(url)
    return found and found.body


def test_pages_kept_in_the_archive_need_no_folder(tmp_path: Path) -> None:
    store = Store(tmp_path, pages="archive")
    store.pages.save(page("https://a.example/"))
    store.snapshots.take("0" * 32, page("https://a.example/"), ["It was lit."], now=NOW)
    found = store.snapshots.of(["0" * 32])["0" * 32]
    assert not (tmp_path / "pages").exists()
    assert not (tmp_path / "snapshots").exists()
    assert body_of(store, "https://a.example/") == BODY
    assert store.snapshots.is_kept(found)
    assert store.snapshots.path_of(found) is None
    kept = store.snapshots.page_of(found)
    assert kept is not None
    assert kept.body == BODY
    store.close()


def test_pages_are_found_wherever_an_earlier_setting_kept_them(tmp_path: Path) -> None:
    before = Store(tmp_path)
    before.pages.save(page("https://a.example/"))
    before.close()
    now = Store(tmp_path, pages="archive")
    now.pages.save(page("https://b.example/", b"other"))
    assert body_of(now, "https://a.example/") == BODY
    now.close()
    again = Store(tmp_path)
    assert body_of(again, "https://b.example/") == b"other"
    again.close()


@pytest.mark.sqlite
def test_a_damaged_page_is_none_and_can_be_kept_again(tmp_path: Path) -> None:
    store = Store(tmp_path, pages="archive")
    store.pages.save(page("https://a.example/"))
    store.close()
    for damaged in (b"no zstandard", b""):
        with closing(sqlite3.connect(tmp_path / "archive.db")) as raw, raw:
            raw.execute("UPDATE page_bodies SET body = ?", (damaged,))
        store = Store(tmp_path, pages="archive")
        assert store.pages.get("https://a.example/") is None
        store.pages.save(page("https://a.example/"))
        assert body_of(store, "https://a.example/") == BODY
        store.close()
    assert faults_of(tmp_path / "archive.db") == []


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    """A workspace whose pages, kept in its folder, are taken into the archive, with one approved entry."""
    room = newsroom_of(tmp_path / "room", "Kiln", "Bus")
    settings = room.folder / "feeds.yaml"
    refused = room.all_of("archive", "pages", code=1)
    assert "settings.pages: expected archive" in refused
    settings.write_text("settings: {pages: archive}\n" + settings.read_text("utf-8"), "utf-8")
    room.digest("draft", "approve", room.rows(ISSUE)[0].id)
    return room


def test_pages_of_the_folder_are_taken_into_the_archive_and_read_from_there(room: Newsroom) -> None:
    # That of the approved entry came with its snapshot.
    assert json.loads(room.digest("archive", "pages", "--json")) == {"pages": 1, "snapshots": 0}
    assert json.loads(room.digest("archive", "pages", "--json")) == {"pages": 0, "snapshots": 0}
    shutil.rmtree(room.output / "pages")
    assert "2 pages read again, 0 changed" in room.digest("refill", "--what", "text")
    entry = room.rows(ISSUE)[0].id
    assert f"digest entries snapshot {entry} --to FILE" in room.digest("entries", "snapshot", entry)
    to = room.folder / "page.html"
    room.digest("entries", "snapshot", entry, "--to", str(to))
    assert b"coal kiln 7" in to.read_bytes()


@pytest.mark.sqlite
def test_a_backup_holds_the_pages_of_the_archive_unless_told_not_to(room: Newsroom, tmp_path: Path) -> None:
    room.digest("archive", "pages")
    shutil.rmtree(room.output / "pages")
    bodies = {}
    for name, words in (("whole", ()), ("small", ("--without-pages",))):
        room.digest("backup", str(tmp_path / f"{name}.zip"), *words)
        with zipfile.ZipFile(tmp_path / f"{name}.zip") as file:
            assert not [each for each in file.namelist() if each.startswith("output/pages/")]
        room.digest("-C", str(tmp_path / name), "restore", str(tmp_path / f"{name}.zip"))
        with closing(sqlite3.connect(tmp_path / name / "output" / "archive.db")) as raw:
            bodies[name] = raw.execute("SELECT count(*) FROM page_bodies").fetchone()[0]
    # The snapshot of the approved entry stays.
    assert bodies == {"whole": 2, "small": 1}
