"""Draft files as editors leave them: renamed, doubled, deleted, broken; found all the same, or named."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from newsroom import ISSUE, NEXT, TEXTS, Newsroom, newsroom_of
from test_drafts import FIRST

from digest.errors import StoreError
from digest.issues import decisions
from digest.issues.decisions import draft_path
from digest.issues.draft_files import slug
from digest.issues.drafts import read_draft, render_draft
from digest.issues.known_drafts import KnownDrafts
from digest.store import Store


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom_of(tmp_path, *TEXTS)


def listed(room: Newsroom) -> dict[str, dict[str, object]]:
    return {row["title"]: row for row in json.loads(room.digest("draft", "list", "--json"))}


def path_of(room: Newsroom, title: str, issue: str = ISSUE) -> Path:
    return draft_path(room.output, issue, str(listed(room)[title]["id"]))


# -- names ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "start"),
    [
        ("Rivers Freeze Late", "rivers-freeze-late"),
        ("con", "con"),
        ("..", ""),
        ("../../etc/passwd\x00", "etc-passwd"),
        ("C:\\x|y?*<>\"'", "c-x-y"),
        ("Größe & Maß: Łódź", "grosse-mass-lodz"),
        ("Реки замерзают", ""),
        ("河", ""),
        ("It’s it's", "its-its"),
        ("a" * 500, "a" * 40),
        ("word " * 50, "word-word-word-word-word-word-word-word"),
    ],
)
def test_a_slug_is_short_plain_and_never_a_path(title: str, start: str) -> None:
    assert slug(title) == start


def test_names_begin_with_words_of_the_title_and_old_names_stay(room: Newsroom) -> None:
    row = listed(room)["Heat pump"]
    assert row["file"] == f"heat-pump-{row['id']}.md"
    old = path_of(room, "Heat pump").rename(room.output / "drafts" / ISSUE / f"{row['id']}.md")
    room.later(1)
    room.run(ISSUE)
    assert listed(room)["Heat pump"]["file"] == old.name
    assert len(list(old.parent.glob("*.md"))) == len(TEXTS)


# -- found by id ----------------------------------------------------------------------


def test_a_draft_is_found_whatever_its_file_is_called(room: Newsroom) -> None:
    path = path_of(room, "Kiln")
    mine = path.with_name("my favourite.md")
    path.rename(mine)
    mine.write_text(mine.read_text("utf-8").replace("## Keywords", "## Mine\n\nOwn.\n\n## Keywords"), "utf-8")
    room.write("tarrow", "Harbour", "\n".join(f"The harbour wall {n} was raised." for n in range(20)))
    room.run(ISSUE)
    assert listed(room)["Kiln"]["file"] == mine.name
    assert not path.exists()
    assert "Own." in mine.read_text("utf-8")
    room.digest("draft", "approve", str(mine))
    room.digest("publish", ISSUE)
    assert "status: approved" in mine.read_text("utf-8")


def test_files_that_stand_for_no_draft_are_named_by_list_run_and_publish(room: Newsroom) -> None:
    kiln, bus = path_of(room, "Kiln"), path_of(room, "Bus")
    copy = kiln.with_name("copy.md")
    shutil.copy(kiln, copy)
    stranger = kiln.with_name("stranger.md")
    stranger.write_text(bus.read_text("utf-8").replace(str(listed(room)["Bus"]["id"]), "f" * 32), "utf-8")
    room.digest("draft", "approve", str(bus))
    for words in (("draft", "list"), ("run", "--issue", ISSUE), ("publish", ISSUE)):
        text = room.all_of(*words)
        assert f"2 files have the id {listed(room)['Kiln']['id']}" in text, words
        assert "stranger.md: belongs to no draft" in text, words


# -- deleted ----------------------------------------------------------------------


def test_a_deleted_pending_draft_is_rejected_and_said_once(room: Newsroom) -> None:
    path = path_of(room, "Kiln")
    path.unlink()
    assert "rejected by deletion" in room.all_of("run", "--issue", ISSUE)
    assert "rejected by deletion" not in room.all_of("draft", "list")
    assert listed(room)["Kiln"]["status"] == "rejected"
    assert not path.exists()


@pytest.mark.parametrize("lost", [3, 5, 0])
def test_half_of_the_drafts_gone_at_once_rejects_nothing_and_asks(room: Newsroom, lost: int) -> None:
    folder = room.output / "drafts" / ISSUE
    if not lost:
        shutil.rmtree(folder)
    for path in sorted(folder.glob("*.md"))[:lost]:
        path.unlink()
    for words in (("draft", "list"), ("run", "--issue", ISSUE), ("publish", ISSUE)):
        text = room.all_of(*words, code=1)
        assert "nothing was rejected. was that meant?" in text
        assert "digest draft reject --missing" in text
    assert {row.status for row in room.rows(ISSUE)} == {"pending"}
    room.digest("draft", "reject", "--missing", "--issue", ISSUE)
    assert sum(row.status == "rejected" for row in room.rows(ISSUE)) == (lost or 5)
    room.all_of("draft", "list")


def test_a_deleted_published_draft_is_no_dead_end(room: Newsroom) -> None:
    entries = room.publish(ISSUE)
    page = room.output / "issues" / f"{ISSUE}.md"
    before = page.read_bytes()
    path_of(room, "Kiln").unlink()
    room.digest("publish", ISSUE)
    assert page.read_bytes() == before
    shutil.rmtree(room.output / "drafts" / ISSUE)
    room.digest("publish", ISSUE)
    assert page.read_bytes() == before
    assert len(entries) == len(TEXTS)


def test_an_approved_draft_without_a_file_stops_publishing(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    path = path_of(room, "Kiln")
    path.unlink()
    assert "the file of the approved draft" in room.all_of("publish", ISSUE, code=1)
    assert not (room.output / "issues").exists()


def test_the_beginning_of_an_id_and_a_file_stand_for_a_draft(room: Newsroom) -> None:
    rows = listed(room)
    kiln, bus = str(rows["Kiln"]["id"]), path_of(room, "Bus")
    room.digest("draft", "approve", kiln[:8])
    room.digest("draft", "defer", str(bus))
    room.digest("draft", "log", str(bus))
    assert (listed(room)["Kiln"]["status"], listed(room)["Bus"]["status"]) == ("approved", "deferred")
    assert "No such file" in room.all_of("draft", "approve", str(bus.with_name("no.md")), code=1)
    # As the list and the report name it, wherever the command is typed.
    for name in (str(listed(room)["Bus"]["file"]), str(bus.relative_to(room.folder))):
        room.digest("draft", "reject", name)
        assert listed(room)["Bus"]["status"] == "rejected"
        room.digest("undo")
    assert "no.md: not read: No such file" in room.all_of("draft", "approve", "no.md", code=1)
    (room.folder / bus.name).write_bytes(bus.read_bytes())
    assert "stands for 2 files" in room.all_of("draft", "approve", bus.name, code=1)


def test_a_draft_written_before_a_run_was_killed_is_not_written_twice(room: Newsroom) -> None:
    path = path_of(room, "Kiln")
    text = path.read_text("utf-8").replace("## Keywords", "## Mine\n\nOwn.\n\n## Keywords")
    path.write_text(text, "utf-8")
    with closing(sqlite3.connect(room.output / "archive.db")) as raw, raw:
        raw.execute("DELETE FROM drafts WHERE title = 'Kiln'")
    report = room.run(ISSUE)
    assert report.notes == ()
    assert "Own." in path.read_text("utf-8")
    assert len(list(path.parent.glob("*.md"))) == len(TEXTS)


def test_nothing_that_lies_in_the_way_is_written_over(room: Newsroom) -> None:
    bus = path_of(room, "Bus")
    room.digest("draft", "approve", str(path_of(room, "Kiln")))
    room.digest("publish", ISSUE)
    in_the_way = room.output / "drafts" / NEXT / bus.name
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_text("My notes.", "utf-8")
    room.run(NEXT)
    assert in_the_way.read_text("utf-8") == "My notes."
    assert not bus.exists()
    assert len(list(in_the_way.parent.glob("*.md"))) == len(TEXTS)


# -- broken ----------------------------------------------------------------------


def _with_signals(text: str, table: str) -> str:
    head, _, rest = text.partition("## Signals\n")
    return f"{head}## Signals\n\n{table}\n\n## Closest\n{rest.partition('## Closest')[2]}"


BROKEN: dict[str, Callable[[str], bytes] | None] = {
    "no front matter": lambda text: text.encode().partition(b"\n---\n")[2],
    "unknown status": lambda text: text.replace("status: pending", "status: aproved").encode(),
    "another encoding": lambda text: text.replace("## Summary", "## Summary\n\nCafé").encode(
        "latin-1", "replace"
    ),
    "UTF-16": lambda text: text.encode("utf-16"),
    "changed id": lambda text: text.replace("\nid: ", "\nid: 0").replace("id: ", "id: 0", 1).encode(),
    "NUL bytes": lambda text: text.replace("## Summary", "## Sum\0mary").encode(),
    "no title": lambda text: text.replace("\n# ", "\n", 1).encode(),
    "nothing": lambda text: b"",
    "no table row": lambda text: _with_signals(text, "none").encode(),
    "folder": None,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_one_bad_draft_is_named_and_the_others_go_on(room: Newsroom, kind: str) -> None:
    path, bus = path_of(room, "Kiln"), path_of(room, "Bus")
    other = path_of(room, "Mayor")
    make = BROKEN[kind]
    text = path.read_text("utf-8")
    path.unlink()
    if make:
        path.write_bytes(make(text))
        content = path.read_bytes()
    else:
        path.mkdir()
    other.write_text("no draft at all", "utf-8")
    room.write("tarrow", "Harbour", "\n".join(f"The harbour wall {n} was raised." for n in range(20)))
    run = room.all_of("run", "--issue", ISSUE)
    shown = room.all_of("draft", "list")
    for output in (run, shown):
        assert path.name in output
        assert other.name in output
    assert "Harbour" in shown
    assert len(json.loads(room.digest("draft", "list", "--json"))) == len(TEXTS) + 1
    assert not make or path.read_bytes() == content
    room.digest("draft", "approve", str(bus))
    code = 1 if kind == "unknown status" else 0
    assert path.name in room.all_of("publish", ISSUE, code=code)


def test_publish_names_every_bad_approved_draft_before_it_writes(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    bad = [path_of(room, "Kiln"), path_of(room, "Bus")]
    for path in bad:
        path.write_text(path.read_text("utf-8").replace("\n# ", "\n", 1), "utf-8")
    text = room.all_of("publish", ISSUE, code=1)
    assert all(f"{path.name}: line" in text for path in bad)
    assert not (room.output / "issues").exists()
    assert not (room.output / "entries").exists()


# -- carried ----------------------------------------------------------------------


def test_what_a_published_issue_left_undecided_is_carried_and_said(room: Newsroom) -> None:
    kiln, bus = path_of(room, "Kiln"), path_of(room, "Bus")
    bus.write_text(bus.read_text("utf-8").replace("## Keywords", "## Mine\n\nOwn.\n\n## Keywords"), "utf-8")
    room.digest("draft", "approve", str(kiln))
    room.digest("publish", ISSUE)
    room.later(7)
    text = room.all_of("run", "--issue", NEXT)
    assert f"4 undecided drafts of issue {ISSUE}, which is published, carried to issue {NEXT}" in text
    moved = room.output / "drafts" / NEXT / bus.name
    assert "Own." in moved.read_text("utf-8")
    assert not bus.exists()


def test_what_is_written_while_drafts_are_carried_stays_until_the_next_run(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiln, bus = path_of(room, "Kiln"), path_of(room, "Bus")
    room.digest("draft", "approve", str(kiln))
    room.digest("publish", ISSUE)
    room.later(7)
    note_files = decisions.note_files

    def meanwhile(*given: Any, **named: Any) -> None:
        note_files(*given, **named)
        if bus.exists() and "Just now." not in (text := bus.read_text("utf-8")):
            bus.write_text(text.replace("## Keywords", "## Mine\n\nJust now.\n\n## Keywords"), "utf-8")

    def carried() -> list[str]:
        with closing(Store(room.output)) as store:
            known = KnownDrafts(store)
            return decisions.carry_over(store, room.output, to=NEXT, now=room.now, known=known)

    with monkeypatch.context() as patch:
        patch.setattr(decisions, "note_files", meanwhile)
        said, count = carried()
    assert said == f"{bus}: changed just now, and stays until the next run"
    assert "3 undecided drafts" in count
    assert "Just now." in bus.read_text("utf-8")
    assert "1 undecided draft of" in carried()[0]
    assert "Just now." in (room.output / "drafts" / NEXT / bus.name).read_text("utf-8")
    assert not bus.exists()
    assert kiln.exists()
    assert room.run(NEXT).notes == ()


# -- table ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "got"),
    [
        ("| A | B or C | D | E | F |", 5),
        ("| Prices fell | from `5 | 6` | later | cheap power |", 5),
        ("A | B | C | D | E", 5),
        ("| A | B | C |", 3),
        ("a note", 1),
    ],
)
def test_a_row_whose_cells_are_shifted_is_named_with_its_line(row: str, got: int) -> None:
    text = render_draft(FIRST)
    lines = text.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("| Villages"))
    lines[at] = row
    message = rf"^d\.md: line {at + 1}: Signals: expected 4 cells in the row, as in the header, got {got}"
    with pytest.raises(StoreError, match=message):
        read_draft("\n".join(lines), "d.md")


@pytest.mark.parametrize("row", [r"| A \| B | C | D | E |", "| A | | | |", "A | B | C | D", "|||| E |"])
def test_a_row_of_four_cells_is_read(row: str) -> None:
    text = render_draft(FIRST)
    old = next(line for line in text.split("\n") if line.startswith("| Villages"))
    new = row if not row.startswith("||||") else "| A ||| E |"
    assert len(read_draft(text.replace(old, new), "d.md").entry.signals) == 2


def test_the_list_shows_order_kind_and_rows(room: Newsroom) -> None:
    rows = listed(room).values()
    titles = {str(row["id"]): row["title"] for row in rows}
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5]
    assert {row["kind"] for row in rows} == {"article"}
    assert list(listed(room)) == [titles[each] for each in room.publish(ISSUE)]


@pytest.mark.parametrize("name", ["{id}.md", "a-{id}.md", "z-{id}.txt"])
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_what_is_no_file_is_named_and_the_good_file_beside_it_used(
    room: Newsroom, name: str, make: Callable[[Path], object]
) -> None:
    good = path_of(room, "Kiln")
    row = listed(room)["Kiln"]
    odd = good.with_name(name.format(id=row["id"]))
    make(odd)
    assert listed(room)["Kiln"] == row
    assert path_of(room, "Kiln") == good
    assert str(odd) in room.all_of("draft", "list")
    room.digest("draft", "approve", str(row["id"]), "--anyway")
    assert "status: approved" in good.read_text()
    assert "1 entry" in room.digest("publish", ISSUE, "--anyway")
