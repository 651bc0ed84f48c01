"""Every version is kept, and the last decision or edit can be undone and done again."""

import json
import tarfile
from pathlib import Path

import pytest
from forked import typed_apart
from newsroom import ISSUE, NEXT, TEXTS, Newsroom, newsroom_of

from digest.issues.decisions import draft_path
from digest.issues.drafts import read_draft

TESTS = Path(__file__).parents[1]
MINE = "## Why it matters\n\nMy *own* words.\n\n## Keywords"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.setenv("DIGEST_EDITOR", "Anna")
    return newsroom_of(tmp_path, "Kiln", "Bus", "Mayor")


def ids(room: Newsroom) -> list[str]:
    return [row.id for row in room.rows(ISSUE)]


def path_of(room: Newsroom, draft_id: str) -> Path:
    return draft_path(room.output, ISSUE, draft_id)


def log(room: Newsroom, draft_id: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(room.digest("draft", "log", draft_id, "--json"))
    return found


def kinds(room: Newsroom, draft_id: str) -> list[object]:
    return [each["kind"] for each in log(room, draft_id)]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def files(room: Newsroom) -> dict[str, bytes]:
    """Every file of the output but the archive's own."""
    found = (path for path in room.output.rglob("*") if path.is_file())
    names = {path.relative_to(room.output).as_posix(): path for path in found}
    own = ("archive", "lock", "vectors.", "search.")
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(own)}


def test_every_version_says_who_when_why_and_what_changed(room: Newsroom) -> None:
    one = ids(room)[0]
    edit(path_of(room, one), "## Keywords", MINE)
    room.digest("draft", "reject", one, "--reason", "off-topic")
    found = log(room, one)
    assert [(each["version"], each["kind"], each["who"], each["reason"]) for each in found] == [
        (1, "run", "test", ""),
        (2, "edit", "Anna", ""),
        (3, "reject", "Anna", "off-topic"),
    ]
    assert [each["sections"] for each in found] == [[], ["own section “Why it matters”"], ["status"]]
    assert [each["status"] for each in found] == ["pending", "pending", "rejected"]
    assert "edit by Anna: own section" in room.digest("draft", "log", one)


def test_the_name_of_the_editor_comes_from_settings_before_who_is_logged_in(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DIGEST_EDITOR")
    monkeypatch.setenv("USER", "root")
    first, second, _ = ids(room)
    room.digest("draft", "approve", first)
    edit(room.folder / "feeds.yaml", "feeds:", "settings: {editor: Ben}\nfeeds:")
    room.digest("draft", "approve", second)
    assert [log(room, each)[-1]["who"] for each in (first, second)] == ["root", "Ben"]


def test_an_edit_in_a_program_is_one_step_undone_and_redone(room: Newsroom) -> None:
    one, two, _ = ids(room)
    path = path_of(room, one)
    before = path.read_bytes()
    edit(path, "## Keywords", MINE)
    edit(path, "status: pending", "status: approved")
    edited = path.read_bytes()
    room.digest("draft", "list")
    edit(path_of(room, two), "## Keywords", MINE)
    assert "undone: edit by Anna" in room.digest("undo")
    assert b"My *own*" not in path_of(room, two).read_bytes()
    assert path.read_bytes() == edited
    said = room.digest("undo")
    assert "status, own section “Why it matters”" in said
    assert path.read_bytes() == before
    assert {row.status for row in room.rows(ISSUE)} == {"pending"}
    room.digest("redo")
    assert path.read_bytes() == edited
    assert room.rows(ISSUE)[0].status == "approved"
    room.digest("redo")
    assert "nothing to redo" in room.all_of("redo", code=1)


def test_nothing_is_undone_before_anything_was_decided(room: Newsroom) -> None:
    assert "nothing to undo" in room.all_of("undo", code=1)


def test_verdicts_are_undone_one_by_one_and_a_new_one_ends_redo(room: Newsroom) -> None:
    one, two, three = ids(room)
    room.digest("draft", "approve", one, two)
    room.digest("draft", "reject", three)
    room.digest("undo")
    room.digest("undo")
    assert {row.status for row in room.rows(ISSUE)} == {"pending"}
    assert "approved" not in path_of(room, one).read_text("utf-8").split("---")[1]
    room.digest("redo")
    assert [row.status for row in room.rows(ISSUE)] == ["approved", "approved", "pending"]
    room.digest("draft", "defer", three)
    assert "nothing to redo" in room.all_of("redo", code=1)


def test_a_deleted_file_comes_back_with_every_word(room: Newsroom) -> None:
    one = ids(room)[0]
    path = path_of(room, one)
    edit(path, "## Keywords", MINE)
    room.digest("draft", "list")
    text = path.read_bytes()
    path.unlink()
    room.digest("draft", "list")
    assert room.rows(ISSUE)[0].status == "rejected"
    room.digest("undo")
    assert path.read_bytes() == text
    assert room.rows(ISSUE)[0].status == "pending"
    room.digest("redo")
    assert not path.exists()


def test_a_file_broken_by_hand_comes_back_whole_and_what_it_held_is_kept(room: Newsroom) -> None:
    one = ids(room)[0]
    path = path_of(room, one)
    good = path.read_text("utf-8")
    broken = good.replace("status: pending", "status: [pending").replace("## Keywords", MINE)
    path.write_text(broken, "utf-8")
    room.digest("draft", "restore", one, "--to", "1")
    assert path.read_text("utf-8") == good
    assert kinds(room, one) == ["run", "edit", "restore"]
    assert "My *own* words" in room.digest("draft", "diff", one, "1", "2")
    room.digest("undo")
    assert path.read_text("utf-8") == broken
    room.digest("redo")
    assert path.read_text("utf-8") == good


def test_undo_takes_nothing_from_a_file_of_which_no_draft_can_be_read(room: Newsroom) -> None:
    one, *_ = ids(room)
    room.digest("draft", "approve", "--all")
    path = path_of(room, one)
    edit(path, "status: approved", "status: [approved")
    edit(path, "## Keywords", MINE)
    written = path.read_bytes()
    before = files(room)
    said = room.all_of("undo", code=1)
    assert f"{path}: no draft can be read of it; mend it" in said
    assert path.read_bytes() == written
    assert files(room) == before
    path.write_text(path.read_text("utf-8").replace("[approved", "approved"), "utf-8")
    assert "undone: edit by Anna" in room.digest("undo")


def test_undo_changes_no_draft_where_the_file_of_one_cannot_be_read(room: Newsroom) -> None:
    one, *_ = ids(room)
    room.digest("draft", "approve", "--all")
    path_of(room, one).write_bytes(b"\xff\xfe broken")
    before = files(room)
    room.all_of("undo", code=1)
    assert files(room) == before


def test_a_draft_whose_file_holds_another_comes_back_beside_it(room: Newsroom) -> None:
    one, two, _ = ids(room)
    other = path_of(room, two).read_bytes()
    path = path_of(room, one)
    path_of(room, two).replace(path)
    room.digest("draft", "restore", one, "--to", "1")
    assert path.read_bytes() == other
    assert path_of(room, one) != path
    assert room.draft(ISSUE, one).id == one


def test_the_beginning_of_two_ids_is_named_as_such(room: Newsroom) -> None:
    number = 0
    while len({each[0] for each in ids(room)}) == len(ids(room)):
        number += 1
        room.write("harbour", f"Kiln {number}", f"Divers counted {number} seals off Lisse. " * 30)
        room.run(ISSUE)
    first = [each[0] for each in ids(room)]
    same = next(each for each in first if first.count(each) > 1)
    said = room.all_of("draft", "log", same, code=1)
    assert f"{same}: stands for {first.count(same)} drafts: " in said


def test_a_status_written_into_the_file_is_that_decision(room: Newsroom) -> None:
    one, two, three = ids(room)
    edit(path_of(room, one), "status: pending", "status: rejected")
    edit(path_of(room, two), "status: pending", "status: approved")
    edit(path_of(room, three), "## Keywords", MINE)
    room.digest("draft", "list")
    assert [kinds(room, each)[-1] for each in (one, two, three)] == ["reject", "approve", "edit"]
    for _ in range(3):
        room.digest("undo")
    assert {row.status for row in room.rows(ISSUE)} == {"pending"}


def test_undo_of_a_publication_brings_every_file_back_and_redo_too(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    before = files(room)
    room.digest("publish", ISSUE, "--blind-spots")
    published = files(room)
    assert "issue 20261122" in room.digest("undo")
    assert files(room) == before
    assert '"is_published": true' not in room.digest("export", "--in", "entries", "--jsonl")
    room.digest("redo")
    assert files(room) == published
    assert room.digest("export", "--in", "entries", "--jsonl").count('"is_published": true') == 3
    room.digest("undo")
    room.digest("publish", ISSUE, "--blind-spots")
    entries = {name for name in published if name.startswith("entries/")}
    assert {name: files(room)[name] for name in entries} == {name: published[name] for name in entries}


def test_undo_of_a_carried_over_draft_s_edit_leaves_it_in_the_issue_it_is_of(room: Newsroom) -> None:
    one, *others = ids(room)
    edit(path_of(room, one), "## Keywords", MINE)
    room.digest("draft", "approve", *others)
    room.digest("publish", ISSUE)
    room.digest("draft", "defer", one)
    later = "20261129"
    room.run(later)
    assert [row.id for row in room.rows(later)] == [one]
    for verb in ("undo", "redo", "undo", "undo"):
        room.digest(verb)
        room.digest("draft", "list", "--issue", later)
        assert [(row.id, row.status != "rejected") for row in room.rows(later)] == [(one, True)]


def test_undo_and_redo_leave_a_carried_over_draft_as_it_was(room: Newsroom) -> None:
    one, *others = ids(room)
    room.digest("draft", "defer", one)
    room.digest("draft", "approve", *others)
    room.digest("publish", ISSUE)
    later = "20261129"
    room.run(later)
    assert [(row.id, row.status) for row in room.rows(later)] == [(one, "pending")]
    for verb in ("undo", "undo", "undo", "redo", "redo", "redo"):
        room.digest(verb)
    assert [(row.id, row.status) for row in room.rows(later)] == [(one, "pending")]


def test_redo_of_a_publication_refuses_what_publishing_would(room: Newsroom) -> None:
    one, *_ = ids(room)
    room.publish(ISSUE)
    room.digest("undo")
    edit(path_of(room, one), "status: approved", "status: approoved")
    said = room.all_of("redo", code=1)
    assert str(path_of(room, one)) in said
    assert "nothing was published" in said
    assert not list((room.output / "issues").glob("*"))
    edit(path_of(room, one), "status: approoved", "status: approved")
    room.digest("redo")
    assert (room.output / "issues" / f"{ISSUE}.md").exists()


def test_undo_of_a_publication_keeps_what_was_written_into_its_files(room: Newsroom) -> None:
    room.publish(ISSUE)
    path = room.output / "issues" / f"{ISSUE}.md"
    mine = path.read_bytes() + b"A line by hand.\n"
    path.write_bytes(mine)
    said = room.all_of("undo")
    assert "published files removed, index and feeds among them" in said
    assert f"{path}: was changed by hand; what it held is now in {ISSUE}.md.orig" in said
    assert not path.exists()
    assert path.with_name(f"{ISSUE}.md.orig").read_bytes() == mine
    assert len(list(room.output.rglob("*.orig"))) == 1


def test_the_log_names_locks_and_files_deleted_and_one_version_is_not_compared(room: Newsroom) -> None:
    one = ids(room)[0]
    assert "version 1: compared with itself" in room.all_of("draft", "diff", one)
    room.digest("draft", "lock", one, "--section", "summary")
    room.digest("draft", "lock", one)
    path_of(room, one).unlink()
    room.digest("draft", "list")
    log = room.digest("draft", "log", one)
    assert "lock by" in log
    assert "lock on summary" in log
    assert "lock on all" in log
    assert "file deleted" in log


def test_undo_of_a_second_publication_leaves_the_first(room: Newsroom) -> None:
    room.publish(ISSUE)
    first = files(room)
    edit(path_of(room, ids(room)[0]), "## Keywords", MINE)
    room.digest("publish", ISSUE)
    assert b"My *own* words" in files(room)[f"issues/{ISSUE}.md"]
    corrected = files(room)
    room.digest("undo")
    now = files(room)
    assert {name for name in now if now[name] != first.get(name)} == {
        f"drafts/{ISSUE}/{path_of(room, ids(room)[0]).name}"
    }
    room.digest("redo")
    assert files(room) == corrected


def test_an_issue_undone_stays_out_of_the_feeds_made_after_it(room: Newsroom) -> None:
    room.publish(ISSUE)
    text = "\n".join(TEXTS["Heat pump"].format(number) for number in range(12))
    room.later(3)
    pump = room.write("tarrow", "Heat pump", text)
    room.run(NEXT)
    room.publish(NEXT)
    room.digest("undo")
    assert NEXT not in (room.output / "feed.xml").read_text("utf-8")
    assert NEXT not in (room.output / "index.md").read_text("utf-8")
    assert not (room.output / "entries" / f"{pump}.md").exists()
    assert not list((room.output / "issues").glob(f"{NEXT}*"))


def test_a_rejection_after_publishing_is_undone_with_the_withdrawal(room: Newsroom) -> None:
    room.publish(ISSUE)
    published = files(room)
    room.digest("draft", "reject", ids(room)[1])
    gone = files(room)
    assert b"Withdrawn" in gone[f"entries/{ids(room)[1]}.md"]
    room.digest("undo")
    assert files(room) == published
    room.digest("draft", "list", "--issue", ISSUE)
    assert files(room) == published
    room.digest("redo")
    assert files(room) == gone
    room.digest("undo")
    edit(path_of(room, ids(room)[0]), "status: approved", "status: rejected")
    room.digest("draft", "list", "--issue", ISSUE)
    assert b"Withdrawn" in files(room)[f"entries/{ids(room)[0]}.md"]
    room.digest("undo")
    assert files(room) == published


def test_an_edit_is_undone_though_the_draft_was_renewed_since(room: Newsroom) -> None:
    one = ids(room)[0]
    path = path_of(room, one)
    edit(path, "## Keywords", MINE)
    edit(path, "* quarry", "* quarries of Brekke")
    room.later(1)
    text = "\n".join(TEXTS["Heat pump"].format(number) for number in range(12))
    room.write("tarrow", "Heat pump", text)
    room.run(ISSUE)
    assert kinds(room, one) == ["run", "edit", "run"]
    room.digest("undo")
    found = read_draft(path.read_text("utf-8"), path)
    assert found.edited == ()
    assert "My *own* words" not in path.read_text("utf-8")
    assert "quarry" in found.entry.keywords


def test_a_version_or_a_section_of_one_is_brought_back_and_no_run_renews_it(room: Newsroom) -> None:
    one = ids(room)[0]
    path = path_of(room, one)
    edit(path, "## Summary\n\nA cement", "## Summary\n\nMine: a cement")
    room.digest("draft", "list")
    edit(path, "Mine: a cement", "Ours: a cement")
    edit(path, "* quarry", "* quarries")
    room.digest("draft", "approve", one)
    room.digest("draft", "restore", one, "--to", "2", "--section", "summary")
    text = path.read_text("utf-8")
    assert "Mine: a cement" in text
    assert "* quarries" in text
    assert read_draft(text, path).status == "approved"
    room.digest("draft", "restore", one, "--to", "1")
    assert "quarries" not in path.read_text("utf-8")
    assert read_draft(path.read_text("utf-8"), path).status == "approved"
    assert kinds(room, one)[-2:] == ["restore", "restore"]
    room.digest("undo")
    room.digest("undo")
    assert "Ours: a cement" in path.read_text("utf-8")
    assert "1 to" in room.all_of("draft", "restore", one, "--to", "99", code=1)
    said = room.all_of("draft", "restore", one, "--to", "1", "--section", "weather", code=1)
    assert "no such section" in said


def test_undo_keeps_the_words_of_a_file_that_cannot_be_read(room: Newsroom) -> None:
    one = ids(room)[0]
    path = path_of(room, one)
    edit(path, "status: pending", "status: pending\nnote: first")
    room.digest("draft", "list")
    edit(path, "note: first", "note: first\nnote: second")
    written = path.read_bytes()
    assert "mend it" in room.all_of("undo", code=1)
    assert path.read_bytes() == written
    # Brought back by hand, what the file said is a version.
    room.digest("draft", "restore", one, "--to", "1")
    assert "note" not in path.read_text("utf-8").split("---")[1]
    count = len(log(room, one))
    assert any("note: second" in room.digest("draft", "diff", one, "1", str(at)) for at in range(2, count))


def test_a_deleted_draft_is_restored_as_a_file(room: Newsroom) -> None:
    one = ids(room)[0]
    path = path_of(room, one)
    text = path.read_text("utf-8")
    room.digest("draft", "reject", one)
    path.unlink()
    room.digest("draft", "restore", one, "--to", "1")
    assert path.read_text("utf-8") == text.replace("status: pending", "status: rejected")


def test_a_diff_shows_words_by_section_and_row(room: Newsroom) -> None:
    one = ids(room)[0]
    path = path_of(room, one)
    edit(path, "* quarry\n", "* quarry of Brekke\n")
    edit(path, "| –        | –             |", "| From coal to power | –             |")
    shown = room.digest("draft", "diff", one)
    assert "keywords:\n" in shown
    assert "{+of Brekke+}" in shown
    assert "signals row “A cement maker" in shown
    assert "{+From coal to power+}" in shown
    found = json.loads(room.digest("draft", "diff", one, "1", "2", "--json"))
    assert (found["from"], found["to"]) == (1, 2)
    assert {each["name"].split(" ")[0] for each in found["parts"]} == {"keywords", "signals"}
    assert json.loads(room.digest("draft", "diff", one, "2", "2", "--json"))["parts"] == []
    assert "no version 7" in room.all_of("draft", "diff", one, "7", code=1)


def test_a_row_in_other_words_is_one_row_and_only_what_is_near_a_change_is_shown(room: Newsroom) -> None:
    one = ids(room)[0]
    edit(path_of(room, one), "| A cement maker", "| The cement maker")
    shown = room.digest("draft", "diff", one)
    assert shown.count("signals row") == 1
    assert "[-A-] {+The+} cement maker" in shown
    assert "### Sentences of the summary" not in shown


def test_a_lock_and_its_end_are_steps(room: Newsroom) -> None:
    one = ids(room)[0]
    room.digest("draft", "lock", one, "--section", "summary")
    assert "locked:\n- summary\n" in path_of(room, one).read_text("utf-8")
    room.digest("undo")
    assert "locked" not in path_of(room, one).read_text("utf-8")
    said = room.all_of("draft", "lock", one, "--section", "evidence", code=1)
    assert "no section that a run renews" in said


def test_an_offer_that_is_not_there_is_named(room: Newsroom) -> None:
    for verb in ("take", "dismiss"):
        assert "there is no offer 1; the draft has no offers" in room.all_of(
            "draft", verb, ids(room)[0], "1", code=1
        )


def test_an_unknown_reason_is_refused_with_those_there_are(room: Newsroom) -> None:
    said = room.all_of("draft", "reject", ids(room)[0], "--reason", "boring", code=1)
    assert "--reason: expected one of not-new, no-change" in said
    assert room.rows(ISSUE)[0].status == "pending"
    (room.folder / "prompts" / "reasons.yaml").write_text(
        "version: 1\nreasons:\n  - {reason: boring, description: Nobody would read it.}\n"
    )
    room.digest("draft", "reject", ids(room)[0], "--reason", "boring")
    assert log(room, ids(room)[0])[-1]["reason"] == "boring"


def test_the_report_says_what_was_kept_edited_and_dropped(room: Newsroom) -> None:
    one, two, three = ids(room)
    edit(path_of(room, one), "## Summary\n\nA cement", "## Summary\n\nMine: a cement")
    lines = path_of(room, one).read_text("utf-8").split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("|:-")) + 1
    path_of(room, one).write_text("\n".join([*lines[:at], "| Mine | – | – | – |", *lines[at:]]), "utf-8")
    room.digest("draft", "approve", one, "--anyway")
    room.digest("draft", "reject", two, "--reason", "not-new")
    found = json.loads(room.digest("report", "--editing", "--json"))[0]
    parts = {each["name"]: (each["whole"], each["edited"], each["dropped"]) for each in found["parts"]}
    assert (found["issue"], found["drafts"], found["rows_added"]) == (ISSUE, 2, 1)
    assert parts["summary"] == (0, 1, 1)
    assert parts["keywords"] == (1, 0, 1)
    assert parts["signals, by row"] == (1, 0, 1)
    assert found["rejects"] == [["not-new", 1]]
    assert "rejected: not-new 1" in room.digest("report", "--editing", "--issue", ISSUE)
    room.digest("undo")
    assert json.loads(room.digest("report", "--editing", "--json"))[0]["rejects"] == []
    assert log(room, three)[-1]["kind"] == "run"


def test_a_row_in_other_words_counts_as_edited_and_reasons_of_approvals_are_told(room: Newsroom) -> None:
    one = next(each for each in ids(room) if "|:-" in path_of(room, each).read_text("utf-8"))
    path = path_of(room, one)
    lines = path.read_text("utf-8").split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("|:-")) + 1
    first, *others = lines[at].split(" | ")
    lines[at] = " | ".join([f"{first} by hand", *("–" for _ in others[:-1]), "– |"])
    path.write_text("\n".join(lines), "utf-8")
    room.digest("draft", "approve", one, "--anyway", "--reason", "missed-signal")
    found = json.loads(room.digest("report", "--editing", "--json"))[0]
    rows = next(each for each in found["parts"] if each["name"] == "signals, by row")
    assert (rows["edited"], rows["dropped"], found["rows_added"]) == (1, 0, 0)
    assert "approved: missed-signal 1" in room.digest("report", "--editing")


@pytest.mark.sqlite
@pytest.mark.parametrize("place", ["os.replace", "os.replace+"])
def test_a_decision_killed_at_its_write_is_no_edit(room: Newsroom, place: str) -> None:
    one = ids(room)[0]
    at = f"digest.workspace.files:{place}"
    done = typed_apart(room.folder, "draft", "approve", one, place=at, number=1)
    assert done.returncode == -9, done.err
    is_written = place.endswith("+")
    assert kinds(room, one) == (["run", "approve"] if is_written else ["run"])
    room.digest("draft", "list")
    assert room.rows(ISSUE)[0].status == ("approved" if is_written else "pending")
    assert kinds(room, one) == (["run", "approve"] if is_written else ["run"])


@pytest.mark.sqlite
def test_a_publication_killed_half_way_is_undone_whole(room: Newsroom) -> None:
    room.digest("draft", "approve", "--all")
    before = files(room)
    at = "digest.workspace.files:os.replace"
    done = typed_apart(room.folder, "publish", ISSUE, place=at, number=6)
    assert done.returncode == -9, done.err
    left = list(room.output.rglob(".*.tmp"))
    assert files(room) != before
    room.digest("undo")
    for path in left:
        path.unlink(missing_ok=True)
    assert files(room) == before


@pytest.mark.parametrize(
    "packed", sorted((TESTS / "data" / "workspaces").glob("*.tar.xz")), ids=lambda p: p.name
)
def test_drafts_of_an_earlier_archive_get_a_version_before_history(packed: Path, tmp_path: Path) -> None:
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path, filter="data")
    room = Newsroom.__new__(Newsroom)
    room.folder = tmp_path / "week"
    listed = json.loads(room.digest("draft", "list", "--json"))
    drafts = [each for each in listed if each["file"]]
    assert drafts
    for each in drafts:
        own = [found for found in log(room, each["id"]) if found["version"]]
        assert [found["kind"] for found in own] == ["before history"]
    path = next((tmp_path / "week" / "output" / "drafts").rglob(drafts[0]["file"]))
    edit(path, "## Keywords", MINE)
    room.digest("undo")
    assert "My *own* words" not in path.read_text("utf-8")
