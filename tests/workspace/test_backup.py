"""A workspace in one file: made while it is in use, checked, put back without losing what is there."""

import json
import os
import signal
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from forked import typed_apart
from newsroom import Newsroom
from typer.testing import CliRunner

from digest.cli.app import app
from digest.store.sqlite import exclusive
from digest.workspace import backup_file
from digest.workspace.files import write_text

ISSUE = "20261122"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    made = Newsroom(tmp_path / "mine")
    for title in ("Kiln", "Mayor", "Eelgrass"):
        text = "\n".join(f"The {title} of Lisse changed again in year {number}." for number in range(12))
        made.write("harbour", title, text)
    made.run(ISSUE)
    made.publish(ISSUE)
    return made


def typed(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["-C", str(folder), *words])
    return done.exit_code, f"{done.output}\n{done.exception}"


def files(folder: Path) -> dict[str, bytes]:
    kept = (path for path in folder.rglob("*") if path.is_file() and "archive.db" not in path.name)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in kept
        if path.name not in ("lock", "search.cache", "vectors.cache")
    }


def rows(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "output" / "archive.db")) as archive:
        return [line for line in archive.iterdump() if line.startswith("INSERT")]


def test_a_backup_restored_is_the_workspace(room: Newsroom, tmp_path: Path) -> None:
    file, other = tmp_path / "b.zip", tmp_path / "other"
    code, said = typed(room.folder, "backup", str(file))
    assert code == 0, said
    assert "restored once and found whole" in said
    code, said = typed(other, "restore", str(file))
    assert code == 0, said
    assert files(other) == files(room.folder)
    assert rows(other) == rows(room.folder)
    assert typed(other, "draft", "list", "--issue", ISSUE)[0] == 0


def test_a_backup_is_made_while_somebody_writes(room: Newsroom, tmp_path: Path) -> None:
    before = rows(room.folder)
    with (
        exclusive(room.output / "lock", doing="digest run"),
        closing(sqlite3.connect(room.output / "archive.db", isolation_level=None)) as writer,
    ):
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE drafts SET title = 'half done'")
        code, said = typed(room.folder, "backup", str(tmp_path / "b.zip"))
        assert code == 0, said
        writer.execute("ROLLBACK")
    assert typed(tmp_path / "other", "restore", str(tmp_path / "b.zip"))[0] == 0
    assert rows(tmp_path / "other") == before


def test_feeds_and_prompts_that_are_links_are_in_a_backup_with_what_they_lead_to(
    room: Newsroom, tmp_path: Path
) -> None:
    kept = tmp_path / "dotfiles"
    kept.mkdir()
    os.rename(room.folder / "feeds.yaml", kept / "feeds.yaml")
    (room.folder / "feeds.yaml").symlink_to(kept / "feeds.yaml")
    # As Kubernetes mounts a ConfigMap, with a link back that leads round.
    prompts = kept / "prompts"
    os.rename(room.folder / "prompts", prompts)
    (prompts / "themes.yaml").unlink(missing_ok=True)
    (prompts / "..2026").mkdir()
    (prompts / "..2026" / "themes.yaml").write_text("themes")
    (prompts / "..2026" / "round").symlink_to(prompts)
    (prompts / "..data").symlink_to("..2026")
    (prompts / "themes.yaml").symlink_to("..data/themes.yaml")
    (prompts / "gone.md").symlink_to("nowhere")
    (room.folder / "prompts").symlink_to(prompts)
    code, said = typed(room.folder, "backup", str(tmp_path / "b.zip"))
    assert code == 0, said
    assert "prompts/gone.md: left out: a link" in said
    assert "prompts/..2026/round: left out: a link" in said
    assert typed(tmp_path / "other", "restore", str(tmp_path / "b.zip"))[0] == 0
    back = tmp_path / "other"
    assert (back / "feeds.yaml").read_bytes() == (kept / "feeds.yaml").read_bytes()
    assert (back / "prompts" / "themes.yaml").read_text() == "themes"
    assert not (back / "feeds.yaml").is_symlink()


def test_links_among_what_digest_writes_stay_out_of_a_backup_and_are_named(
    room: Newsroom, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("of this machine")
    (room.output / "drafts" / "mine.md").symlink_to(tmp_path / "secret")
    (room.output / "drafts" / "all").symlink_to(tmp_path)
    # The folder itself may lie on another disk.
    os.rename(room.output / "issues", tmp_path / "issues")
    (room.output / "issues").symlink_to(tmp_path / "issues")
    done = CliRunner().invoke(app, ["-C", str(room.folder), "backup", "--json", str(tmp_path / "b.zip")])
    assert json.loads(done.stdout)["left_out"] == ["output/drafts/all", "output/drafts/mine.md"]
    with zipfile.ZipFile(tmp_path / "b.zip") as file:
        names = file.namelist()
    assert not {name for name in names if name.startswith(("output/drafts/all", "output/drafts/mine"))}
    assert any(name.startswith("output/issues/") for name in names)


def test_a_backup_names_the_mailboxes_and_answers_it_has_not(room: Newsroom, tmp_path: Path) -> None:
    (room.folder / "mail").mkdir()
    (room.folder / "mail" / "letters.mbox").write_text("From a\n")
    (room.folder / "answers").mkdir()
    feeds = "feeds: [{kind: mail, url: mail/letters.mbox}, {kind: mail, url: 'imaps://a@b.example/INBOX'}]"
    text = f"settings: {{language_model: 'recorded:answers'}}\n{feeds}\n"
    (room.folder / "feeds.yaml").write_text(text)
    done = CliRunner().invoke(app, ["-C", str(room.folder), "backup", "--json", str(tmp_path / "b.zip")])
    assert json.loads(done.stdout)["left_out"] == ["mail/letters.mbox", "answers"]
    assert "mail/letters.mbox: left out: feeds.yaml names it" in done.stderr
    # What may be needed to mend a workspace is made of one that needs it.
    (room.folder / "feeds.yaml").write_text("feeds: 5\n")
    assert typed(room.folder, "backup", str(tmp_path / "c.zip"))[0] == 0


def test_names_of_files_may_have_blanks_of_all_kinds_and_no_control_characters(
    room: Newsroom, tmp_path: Path
) -> None:
    name = "output/drafts/Screenshot\u00a09.41\u202fAM.png"
    (room.folder / name).write_bytes(b"x")
    assert typed(room.folder, "backup", str(tmp_path / "b.zip"))[0] == 0
    assert typed(tmp_path / "other", "restore", str(tmp_path / "b.zip"))[0] == 0
    assert (tmp_path / "other" / name).read_bytes() == b"x"
    for name, why in (("a\nb", "control characters"), ("a\\b", "a backslash"), ("a\udcff", "no text")):
        odd = room.output / "drafts" / f"{name}.png"
        odd.write_bytes(b"x")
        code, said = typed(room.folder, "backup", str(tmp_path / "c.zip"))
        assert code == 1
        assert f"{f'output/drafts/{name}.png'!r}: a name with" in said
        assert why in said
        assert "rename it; no backup was made" in said
        assert not (tmp_path / "c.zip").exists()
        odd.unlink()
    code, said = typed(room.folder, "backup", str(tmp_path / "caf\udce9" / "c.zip"))
    assert (code, "expected a path in UTF-8" in said) == (1, True)
    assert not (tmp_path / "caf\udce9").exists()


def test_a_backup_among_the_reports_has_nothing_of_its_own_making(room: Newsroom, tmp_path: Path) -> None:
    left = room.output / "reports" / ".backup-killed"
    left.mkdir()
    for path in (left / "archive", room.output / "reports" / ".20261122.md.x1.tmp"):
        path.write_text("half")
    (room.output / "drafts" / "notes.tmp").write_text("an editor's")
    file = room.output / "reports" / "b.zip"
    assert typed(room.folder, "backup", str(file))[0] == 0
    with zipfile.ZipFile(file) as made:
        names = made.namelist()
    assert "output/drafts/notes.tmp" in names
    assert [name for name in names if "/." in name and not name.endswith(".opening.json")] == []


def test_a_backup_that_is_not_as_it_was_written_is_told_as_one_that_was_not_made(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_file, "MOST_NAME", 3)
    code, said = typed(room.folder, "backup", str(tmp_path / "b.zip"))
    assert code == 1
    assert "no backup was made" in said
    assert "restored" not in said
    assert ".backup-" not in said


def test_restoring_overwrites_nothing_unless_asked_and_keeps_it_then(room: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    assert typed(room.folder, "backup", str(file))[0] == 0
    index = room.output / "index.md"
    write_text(index, "mine since")
    code, said = typed(room.folder, "restore", str(file))
    assert code == 1
    assert "there already; put the backup in their place with --anyway" in said
    assert index.read_text("utf-8") == "mine since"
    code, said = typed(room.folder, "restore", str(file), "--anyway")
    assert code == 0, said
    assert index.read_text("utf-8") != "mine since"
    assert (room.folder / "output.before-restore" / "index.md").read_text("utf-8") == "mine since"


def test_a_backup_overwrites_no_file_and_needs_an_archive(room: Newsroom, tmp_path: Path) -> None:
    write_text(tmp_path / "b.zip", "mine")
    code, said = typed(room.folder, "backup", str(tmp_path / "b.zip"))
    assert (code, (tmp_path / "b.zip").read_text("utf-8")) == (1, "mine"), said
    code, said = typed(tmp_path / "empty", "backup", str(tmp_path / "c.zip"))
    assert code == 1
    assert "no archive yet" in said


def test_restoring_is_refused_while_a_run_goes_on(room: Newsroom, tmp_path: Path) -> None:
    assert typed(room.folder, "backup", str(tmp_path / "b.zip"))[0] == 0
    with exclusive(room.output / "lock", doing="digest run"):
        code, said = typed(room.folder, "restore", str(tmp_path / "b.zip"), "--anyway")
    assert code == 1
    assert "in use by digest run" in said


def rewritten(file: Path, target: Path, change: dict[str, bytes]) -> Path:
    """Copy a backup with some of its files changed, the manifest as it was unless it is among them."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in {*old.namelist(), *change}:
            new.writestr(name, change.get(name) or old.read(name))
    return target


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("not a zip", "no backup, or a damaged one"),
        ("no manifest", "expected manifest.json"),
        ("a changed file", "index.md: is damaged"),
        ("a path out of it", "is no part of a workspace"),
        ("a newer archive", "made by a newer digest"),
        ("no archive", "no backup of this program"),
        ("a foreign file", "'hello.txt': is not in its manifest"),
        ("a file twice", "nothing was restored"),
        ("half a file", "no backup, or a damaged one"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(
    room: Newsroom, tmp_path: Path, kind: str, reason: str
) -> None:
    file, bad = tmp_path / "b.zip", tmp_path / "bad.zip"
    if kind == "a newer archive":
        with closing(sqlite3.connect(room.output / "archive.db")) as archive:
            archive.execute("UPDATE alembic_version SET version_num = '9999'")
            archive.commit()
    assert typed(room.folder, "backup", str(file))[0] == 0
    with zipfile.ZipFile(file) as made:
        manifest = json.loads(made.read("manifest.json"))
    if kind == "not a zip":
        write_text(bad, "hello")
    elif kind == "no manifest":
        with zipfile.ZipFile(bad, "w") as made:
            made.writestr("a", "b")
    elif kind == "a changed file":
        rewritten(file, bad, {"output/index.md": b"forged"})
    elif kind == "a path out of it":
        manifest["files"]["output/drafts/../../../x"] = "0"
        rewritten(
            file, bad, {"manifest.json": json.dumps(manifest).encode(), "output/drafts/../../../x": b"x"}
        )
    elif kind == "a foreign file":
        rewritten(file, bad, {"hello.txt": b"hello"})
    elif kind == "a file twice":
        bad.write_bytes(file.read_bytes())
        with zipfile.ZipFile(bad, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("output/index.md", b"forged")
    elif kind == "half a file":
        bad.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif kind == "no archive":
        del manifest["files"]["output/archive.db"]
        rewritten(file, bad, {"manifest.json": json.dumps(manifest).encode()})
    else:
        bad = file
    other = tmp_path / "deep" / "other"
    code, said = typed(other, "restore", str(bad))
    assert code == 1
    assert reason in said
    assert not other.exists()
    assert not (tmp_path / "x").exists()


def killed(folder: Path, place: str, number: int, *words: str) -> int:
    done = typed_apart(folder, *words, place=place, number=number)
    assert done.returncode in (0, -9), done.stderr.decode()
    return done.returncode


KILLS = [
    ("digest.workspace.backup_file:_unpack", 3),
    ("digest.workspace.restore:_sync", 1),
    *(
        (f"digest.workspace.restore:os.replace{after}", number)
        for number in range(1, 8)
        for after in ("", "+")
    ),
    ("digest.workspace.restore:shutil.rmtree", 2),
]


@pytest.mark.slow
@pytest.mark.parametrize(("place", "number"), KILLS)
def test_a_restore_killed_anywhere_leaves_the_old_or_the_new(
    room: Newsroom, tmp_path: Path, place: str, number: int
) -> None:
    file = tmp_path / "b.zip"
    # What lists show of drafts is kept when they are first listed; it is below, too.
    assert typed(room.folder, "draft", "list", "--issue", ISSUE)[0] == 0
    assert typed(room.folder, "backup", str(file))[0] == 0
    new = files(room.folder), rows(room.folder)
    for name in ("feeds.yaml", "prompts/themes.yaml", "output/index.md"):
        path = room.folder / name
        write_text(path, path.read_text("utf-8") + "# since\n")
    with closing(sqlite3.connect(room.output / "archive.db")) as archive:
        archive.execute("UPDATE drafts SET title = 'since'")
        archive.commit()
    old = files(room.folder), rows(room.folder)
    was_killed = killed(room.folder, place, number, "restore", str(file), "--anyway") == -9
    assert was_killed or number > 6
    # Any command puts right what was left half done.
    assert typed(room.folder, "draft", "list", "--issue", ISSUE)[0] in (0, 1)
    names = {"feeds.yaml", "prompts", "output"}
    left = {name: text for name, text in files(room.folder).items() if name.split("/")[0] in names}
    aside = room.folder / "output.before-restore"
    if left == old[0]:
        assert was_killed
        assert rows(room.folder) == old[1]
        assert not aside.exists()
        assert typed(room.folder, "restore", str(file), "--anyway")[0] == 0
    assert {name: text for name, text in files(room.folder).items() if name.split("/")[0] in names} == new[0]
    assert rows(room.folder) == new[1]
    assert (aside / "index.md").read_text("utf-8").endswith("# since\n")
    assert (room.folder / "feeds.yaml.before-restore").read_text("utf-8").endswith("# since\n")
    assert not (room.folder / ".restore").exists()
    assert not (room.folder / ".restore.lock").exists()


@pytest.mark.slow
def test_what_was_written_since_a_restore_was_killed_is_kept(room: Newsroom, tmp_path: Path) -> None:
    file, other = tmp_path / "b.zip", tmp_path / "other"
    assert typed(room.folder, "backup", str(file))[0] == 0
    assert killed(other, "digest.workspace.restore:os.replace+", 1, "restore", str(file)) == -9
    for name in ("feeds.yaml", "prompts/themes.yaml"):
        write_text(other / name, "mine since")
    code, said = typed(other, "draft", "list", "--issue", ISSUE)
    assert (code, "a restore that was interrupted is finished now" in said) == (0, True)
    for name in ("feeds.yaml.before-restore", "prompts.before-restore"):
        assert f"what was there is now in {other / name}" in said
    assert (other / "feeds.yaml.before-restore").read_text("utf-8") == "mine since"
    assert (other / "prompts.before-restore" / "themes.yaml").read_text("utf-8") == "mine since"
    assert files(other / "output") == files(room.output)


def test_a_restore_stopped_by_ctrl_c_changes_nothing_and_says_so(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(*_: object) -> None:
        raise KeyboardInterrupt

    file, before = tmp_path / "b.zip", signal.getsignal(signal.SIGINT)
    assert typed(room.folder, "backup", str(file))[0] == 0
    kept = files(room.folder)
    monkeypatch.setattr(backup_file, "_check_archive", press)
    try:
        code, said = typed(room.folder, "restore", str(file), "--anyway")
        assert (code, "digest: stopped; the workspace is as it was" in said) == (130, True)
        code, said = typed(room.folder, "backup", str(tmp_path / "c.zip"))
        assert (code, f"digest: stopped; {tmp_path / 'c.zip'} was not made" in said) == (130, True)
    finally:
        signal.signal(signal.SIGINT, before)
    assert files(room.folder) == kept
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "mine"]
