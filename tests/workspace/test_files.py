"""Files are written whole or not at all."""

import os
import sys
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.workspace.files import new_private, read_text, write_bytes, write_text


def test_a_text_is_written_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "draft.md"
    write_text(path, "a\r\né\n")
    assert path.read_bytes() == "a\r\né\n".encode()
    assert read_text(path) == "a\r\né\n"
    assert os.listdir(path.parent) == ["draft.md"]


def test_an_existing_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_readable_as_others_are(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_text(tmp_path / "written", "")
    assert (tmp_path / "written").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_private_file_is_its_owners_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.md"
    path.write_text("as an earlier version wrote it")
    path.chmod(0o644)
    modes = []
    sync = os.fsync

    def look(descriptor: int) -> None:
        modes.append(os.fstat(descriptor).st_mode & 0o077)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    before = os.umask(0)
    try:
        write_text(path, "new", is_private=True)
        new_private(tmp_path / "archive.db")
    finally:
        os.umask(before)
    assert modes[0] == 0
    assert {each.name: oct(each.stat().st_mode & 0o777) for each in tmp_path.iterdir()} == {
        "report.md": "0o600",
        "archive.db": "0o600",
    }


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "draft.md"
    path.write_text("old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen" if call == "write" else call, fail)
    with pytest.raises(
        StoreError, match=r"draft\.md: not written: No space left on device; nothing was changed"
    ):
        write_text(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["draft.md"]


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "draft.md").mkdir()
    with pytest.raises(StoreError, match=r"draft\.md: not written"):
        write_bytes(tmp_path / "draft.md", b"new")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="not written"):
        write_bytes(tmp_path / "file" / "below", b"new")
    assert sorted(os.listdir(tmp_path)) == ["draft.md", "file"]


def test_long_names_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250)
    write_text(path, "a")
    assert path.read_text() == "a"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"gone\.md: not read: No such file"):
        read_text(tmp_path / "gone.md")
    (tmp_path / "latin.md").write_bytes("é".encode("latin-1"))
    with pytest.raises(StoreError, match=r"latin\.md: not read: expected UTF-8, got byte 0"):
        read_text(tmp_path / "latin.md")


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be opened there")
def test_file_and_folder_are_synced_before_and_after_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    fsync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (calls.append("sync"), fsync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *names: (calls.append("rename"), rename(*names))[1])
    write_text(tmp_path / "draft.md", "a")
    assert calls == ["sync", "rename", "sync"]
