"""What the desk knows of drafts holds until a file or the archive is another, whoever changed it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import room_of
from newsroom import ISSUE, Newsroom

from digest.cli.desk import workspace_of
from digest.issues.decisions import draft_path
from digest.review.handlers import Desk
from digest.review.lines import Overview, overview
from digest.workspace import stamps
from digest.workspace.stamps import TICK_NS


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return room_of(tmp_path)


@pytest.fixture
def desk(room: Newsroom) -> Desk:
    made = Desk(workspace_of(room.folder, ISSUE), "x")
    seen(made)
    later()
    seen(made)
    return made


def later() -> None:
    """Wait until what was just written would show a second writing."""
    time.sleep(2 * TICK_NS / 1e9)


def seen(desk: Desk) -> Overview:
    with desk.workspace.reading() as store:
        return desk.views.of(store, ISSUE, now=desk.workspace.now())


def anew(desk: Desk) -> Overview:
    with desk.workspace.reading() as store:
        return overview(store, desk.workspace.output, ISSUE, now=desk.workspace.now())


def said(view: Overview) -> tuple[object, ...]:
    texts = {each: (draft.row, draft.text) for each, draft in view.files.found.items()}
    return view.lines, dict(view.checks), texts, view.files.problems


def shown(desk: Desk) -> dict[str, str]:
    """The marks of the page that was shown last."""
    return {line.id: line.mark for line in desk.views.kept[ISSUE].view.lines}


def path_of(room: Newsroom, title: str) -> Path:
    return draft_path(room.output, ISSUE, next(row.id for row in room.rows(ISSUE) if row.title == title))


def test_what_did_not_change_is_not_read_again(desk: Desk) -> None:
    assert seen(desk) is seen(desk)


@pytest.mark.parametrize("keeps_time", [False, True])
def test_what_another_program_wrote_is_seen(desk: Desk, room: Newsroom, keeps_time: bool) -> None:
    path = path_of(room, "Kiln")
    before = path.stat()
    text = path.read_text("utf-8")
    path.write_text(text.replace("Kiln", "Klin"), "utf-8")
    if keeps_time:
        # As long as before, and with the time of the last change set back.
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
    assert "Klin" in [line.draft.title for line in seen(desk).lines]


def test_what_is_written_twice_within_a_tick_of_the_clock_is_seen(
    desk: Desk, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "TICK_NS", 10**12)
    path = path_of(room, "Kiln")
    text = path.read_text("utf-8")
    path.write_text(text.replace("Kiln", "Klin"), "utf-8")
    first = os.stat(path)
    seen(desk)
    assert seen(desk) is seen(desk)
    path.write_text(text.replace("Kiln", "Klni"), "utf-8")
    # The file system says what it said before, as it does where both fall into one tick.
    found = os.scandir

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self._entry = entry.name, entry

        def stat(self) -> os.stat_result:
            return first if self.name == path.name else self._entry.stat()

    class Listing:
        def __init__(self, folder: Path) -> None:
            self._found = found(folder)

        def __enter__(self) -> Iterator[Entry]:
            return iter([Entry(each) for each in self._found])

        def __exit__(self, *error: object) -> None:
            self._found.close()

    monkeypatch.setattr(stamps.os, "scandir", Listing)
    assert "Klni" in [line.draft.title for line in seen(desk).lines]


def test_files_that_come_and_go_are_seen(desk: Desk, room: Newsroom) -> None:
    path = path_of(room, "Kiln")
    path.with_name("stray.md").write_text("no draft", "utf-8")
    assert any("stray.md" in line for line in seen(desk).files.lines())
    path.with_name("stray.md").unlink()
    assert not seen(desk).files.lines()
    path.unlink()
    assert next(line for line in seen(desk).lines if line.draft.title == "Kiln").draft.status == "rejected"


def test_what_another_command_decided_is_seen(desk: Desk, room: Newsroom) -> None:
    story = next(row.id for row in room.rows(ISSUE) if row.title == "Kiln")
    room.digest("draft", "defer", story)
    assert seen(desk).count("deferred") == 1


def test_after_a_verdict_all_is_as_if_read_anew(desk: Desk, room: Newsroom) -> None:
    ids = [row.id for row in room.rows(ISSUE)]
    for verdict in ("reject", "reopen", "approve-over", "defer"):
        desk.decide(ids[:1], verdict, "", shown(desk))
        known = desk.views.kept[ISSUE].view
        assert said(known) == said(anew(desk)), verdict
        assert seen(desk).count("pending") == (3 if verdict == "reopen" else 2)
    desk.decide(ids, "defer", "", shown(desk))
    assert seen(desk).count("deferred") == 3


def test_what_another_program_wrote_before_a_verdict_is_not_taken_for_known(
    desk: Desk, room: Newsroom
) -> None:
    path = path_of(room, "Eelgrass")
    story = next(row.id for row in room.rows(ISSUE) if row.title == "Kiln")
    path.write_text(path.read_text("utf-8").replace("Eelgrass", "Seagrass"), "utf-8")
    desk.decide([story], "defer", "", shown(desk))
    assert sorted(line.draft.title for line in seen(desk).lines) == ["Breach", "Kiln", "Seagrass"]


def test_a_verdict_is_not_undone_by_what_is_remembered(desk: Desk, room: Newsroom) -> None:
    story = next(row.id for row in room.rows(ISSUE) if row.title == "Kiln")
    desk.decide([story], "defer", "", shown(desk))
    desk.go("undo")
    assert seen(desk).count("pending") == 3
    desk.go("redo")
    assert seen(desk).count("deferred") == 1
