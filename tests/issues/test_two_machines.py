"""Drafts of one archive on two machines: what is done on one is seen on the other, and nothing is lost."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import NOW
from forked import typed_apart
from newsroom import ISSUE, NEXT, TEXTS
from two_machines import ENGINES, MINE, Two, drafted_on_two
from typer.testing import CliRunner

from digest.cli import places
from digest.cli.app import app
from digest.errors import StoreError
from digest.issues import drafting
from digest.issues.decisions import set_status
from digest.issues.draft_files import find_drafts
from digest.store.schema import draft_versions
from digest.store.shared_files import SharedFile
from digest.store.sqlite import for_writing
from digest.store.working_copy import ArchiveState


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture(params=ENGINES)
def two(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Two]:
    with drafted_on_two(tmp_path, request.param, "Kiln", "Bus", "Mayor", "Eelgrass") as found:
        # Hers was in use before.
        found[0].listed()
        yield found


def same(two: Two) -> bool:
    """Whether both folders hold the same drafts, once both were read."""
    texts = []
    for each in two:
        titles = each.listed()
        texts.append({title: each.text_of(title) for title in titles})
    return texts[0] == texts[1]


def test_a_new_folder_gets_the_drafts_and_both_hold_the_same(two: Two) -> None:
    one, other = two
    assert not list(other.folder.glob("output/drafts/*/*.md"))
    assert other.listed().keys() == one.listed().keys() == {"Kiln", "Bus", "Mayor", "Eelgrass"}
    assert same(two)
    assert "no drafts without a file" in other.digest("draft", "reject", "--missing")
    assert {row["status"] for row in one.listed().values()} == {"pending"}


def test_decisions_order_and_edits_are_seen_on_the_other_machine(two: Two) -> None:
    one, other = two
    one.digest("draft", "approve", one.id_of("Kiln"))
    other.listed()
    assert "status: approved" in other.text_of("Kiln")
    other.digest("draft", "reject", other.id_of("Bus"), "--reason", "off-topic")
    assert {title: row["status"] for title, row in one.listed().items()} == {
        "Kiln": "approved", "Bus": "rejected", "Mayor": "pending", "Eelgrass": "pending",
    }  # fmt: skip
    one.edit("Mayor", "## Keywords", MINE)
    one.listed()
    other.listed()
    assert "My *own* words." in other.text_of("Mayor")
    assert other.log_of("Mayor")[-1] == ("edit", "Anna")
    assert other.log_of("Bus")[-1] == ("reject", "Ben")
    assert same(two)


def test_edits_of_different_places_in_files_both_stand(two: Two) -> None:
    one, other = two
    other.listed()
    one.edit("Kiln", "## Keywords", MINE)
    other.edit("Kiln", "status: pending", "status: approved")
    one.listed()
    assert other.listed()["Kiln"]["status"] == "approved"
    assert one.listed()["Kiln"]["status"] == "approved"
    assert "My *own* words." in other.text_of("Kiln")
    assert same(two)
    assert other.log_of("Kiln")[-2:] == [("edit", "Anna"), ("approve", "Ben")]


def test_edits_of_one_section_in_files_are_both_kept_and_shown(two: Two) -> None:
    one, other = two
    other.listed()
    first = next(line for line in one.text_of("Kiln").split("\n") if line.startswith("A cement maker"))
    one.edit("Kiln", first, "Anna wrote this summary of the kiln.")
    other.edit("Kiln", first, "Ben wrote another summary of the kiln.")
    one.listed()
    said = other.digest("draft", "list")
    assert "summary: changed here and elsewhere: what was written here is offered" in said
    for each in two:
        each.listed()
        text = each.text_of("Kiln")
        assert "\nAnna wrote this summary of the kiln.\n" in text
        assert "> Ben wrote another summary of the kiln." in text
    assert same(two)
    one.digest("draft", "take", one.id_of("Kiln"), "1")
    other.listed()
    assert "\nBen wrote another summary of the kiln.\n" in other.text_of("Kiln")
    assert "Offered" not in other.text_of("Kiln")


def test_what_cannot_be_offered_is_kept_beside(two: Two) -> None:
    one, other = two
    one.listed()
    other.listed()
    one.edit("Bus", "status: pending", "status: approved")
    one.listed()
    other.edit("Bus", "status: pending", "status: deferred")
    assert "see also" in other.digest("draft", "list")
    assert other.listed()["Bus"]["status"] == "approved"
    kept = list(other.folder.glob("output/drafts/*/*.orig"))
    assert len(kept) == 1
    assert "status: deferred" in kept[0].read_text("utf-8")


@pytest.mark.parametrize("command", ["undo", "approve", "merge"])
def test_every_command_that_finds_a_file_changed_on_both_says_so(two: Two, command: str) -> None:
    one, other = two
    other.listed()
    one.edit("Bus", "status: pending", "status: rejected")
    one.listed()
    other.edit("Bus", "status: pending", "status: deferred")
    bus, kiln = one.id_of("Bus"), one.id_of("Kiln")
    words = {"undo": ["undo"], "approve": ["draft", "approve", bus], "merge": ["story", "merge", bus, kiln]}
    assert "see also" in other.digest(*words[command])
    assert "see also" not in other.digest("draft", "list")


def test_a_file_deleted_on_one_machine_is_rejected_on_both(two: Two) -> None:
    one, other = two
    other.listed()
    one.path_of("Eelgrass").unlink()
    assert "rejected by deletion" in one.digest("draft", "list")
    assert other.listed()["Eelgrass"]["status"] == "rejected"
    assert not other.path_of("Eelgrass").exists()
    one.digest("undo")
    other.listed()
    assert "status: pending" in other.text_of("Eelgrass")
    assert same(two)


def test_a_file_deleted_here_and_changed_there_is_there_again(two: Two) -> None:
    one, other = two
    other.listed()
    one.edit("Eelgrass", "## Keywords", MINE)
    one.listed()
    other.path_of("Eelgrass").unlink()
    assert "it is there again" in other.digest("draft", "list")
    assert "My *own* words." in other.text_of("Eelgrass")
    assert other.listed()["Eelgrass"]["status"] == "pending"


def test_a_file_rejected_by_deletion_there_and_edited_here_counts_as_edited(two: Two) -> None:
    one, other = two
    other.listed()
    one.path_of("Eelgrass").unlink()
    one.listed()
    other.edit("Eelgrass", "## Keywords", MINE)
    assert "what was written here counts" in other.digest("draft", "list")
    assert one.listed()["Eelgrass"]["status"] == "pending"
    assert "My *own* words." in one.text_of("Eelgrass")
    assert same(two)


def test_a_text_put_back_by_hand_is_an_edit_and_not_taken_for_an_old_file(two: Two) -> None:
    one, other = two
    one.digest("draft", "approve", one.id_of("Kiln"))
    one.edit("Kiln", "status: approved", "status: pending")
    assert one.listed()["Kiln"]["status"] == "pending"
    assert other.listed()["Kiln"]["status"] == "pending"


def test_a_decision_of_one_editor_is_undone_on_the_other_machine(two: Two) -> None:
    one, other = two
    other.listed()
    one.digest("draft", "approve", one.id_of("Kiln"), one.id_of("Bus"))
    assert "undone: approve by Anna" in other.digest("undo")
    assert {row["status"] for row in one.listed().values()} == {"pending"}
    other.digest("redo")
    assert one.listed()["Bus"]["status"] == "approved"
    assert same(two)


def test_what_was_undone_and_is_written_into_a_file_again_is_an_edit(two: Two) -> None:
    one, other = two
    other.listed()
    one.digest("draft", "approve", one.id_of("Kiln"))
    one.digest("undo")
    other.listed()
    other.edit("Kiln", "status: pending", "status: approved")
    one.edit("Kiln", "## Keywords", MINE)
    one.listed()
    assert other.listed()["Kiln"]["status"] == "approved"
    assert other.log_of("Kiln")[-1] == ("approve", "Ben")
    assert same(two)


def test_files_renamed_on_one_machine_keep_their_names_there(two: Two) -> None:
    one, other = two
    other.listed()
    path = one.path_of("Kiln")
    path.rename(path.with_name("kiln.md"))
    one.digest("draft", "approve", one.id_of("Kiln"))
    assert other.listed()["Kiln"]["status"] == "approved"
    other.digest("draft", "reject", other.id_of("Kiln"))
    assert one.listed()["Kiln"]["status"] == "rejected"
    assert path.with_name("kiln.md").exists()
    assert not path.exists()
    for each in (*two, *two):
        each.listed()
    with one.store() as store:
        writes = store.writes()
    for each in two:
        each.listed()
    with one.store() as store:
        assert store.writes() == writes


def test_a_folder_that_was_lost_comes_back(two: Two) -> None:
    one, other = two
    other.listed()
    before = other.text_of("Kiln")
    shutil.rmtree(other.folder / "output" / "drafts")
    for path in (other.folder / "output").glob("drafts*.db"):
        path.unlink()
    assert other.listed()["Kiln"]["status"] == "pending"
    assert other.text_of("Kiln") == before
    assert {row["status"] for row in one.listed().values()} == {"pending"}


def test_files_that_came_from_nobody_knows_where_lose_no_word(two: Two) -> None:
    one, other = two
    one.digest("draft", "approve", one.id_of("Kiln"))
    folder = other.folder / "output" / "drafts" / ISSUE
    folder.mkdir(parents=True)
    # An old version, and one into which somebody wrote.
    for title in ("Kiln", "Bus"):
        text = one.text_of(title).replace("status: approved", "status: pending")
        text = text.replace("A night bus 0", "Somebody wrote of bus 0")
        (folder / one.path_of(title).name).write_text(text, "utf-8")
    assert "what was written here is offered" in other.digest("draft", "list")
    assert other.listed()["Kiln"]["status"] == "approved"
    assert "> Somebody wrote of bus 0" in other.text_of("Bus")


def test_introductions_are_shared_and_both_texts_are_kept(two: Two) -> None:
    one, other = two
    first, second = (each.folder / "output" / "drafts" / ISSUE / "introduction.md" for each in two)
    one.listed()
    other.listed()
    first.write_text("A week of kilns.\n\nAnd of buses.\n", "utf-8")
    one.listed()
    other.listed()
    assert second.read_text("utf-8") == "A week of kilns.\n\nAnd of buses.\n"
    first.write_text("A week of hot kilns.\n\nAnd of buses.\n", "utf-8")
    second.write_text("A week of kilns.\n\nAnd of night buses.\n", "utf-8")
    one.listed()
    other.listed()
    one.listed()
    assert (
        first.read_text("utf-8")
        == second.read_text("utf-8")
        == "A week of hot kilns.\n\nAnd of night buses.\n"
    )
    first.write_text("A week of Anna.\n", "utf-8")
    second.write_text("A week of Ben.\n", "utf-8")
    one.listed()
    assert "see also introduction.md.orig" in other.digest("draft", "list")
    one.listed()
    assert first.read_text("utf-8") == second.read_text("utf-8") == "A week of Anna.\n"
    assert second.with_name("introduction.md.orig").read_text("utf-8") == "A week of Ben.\n"
    first.unlink()
    assert "introduction.md: was deleted here and is there again" in one.digest("draft", "list")
    other.listed()
    assert first.read_text("utf-8") == second.read_text("utf-8") == "A week of Anna.\n"
    first.write_text("", "utf-8")
    one.listed()
    other.listed()
    assert second.read_text("utf-8") == ""


def test_a_folder_that_is_cleared_takes_nothing_from_the_others(two: Two) -> None:
    one, other = two
    one.digest("draft", "approve", one.id_of("Kiln"), one.id_of("Bus"))
    written = one.folder / "output" / "drafts" / ISSUE / "introduction.md"
    written.write_text("A week of kilns.\n", "utf-8")
    one.digest("publish", ISSUE)
    other.digest("draft", "list", "--issue", ISSUE)
    shutil.rmtree(other.folder / "output" / "issues")
    (other.folder / "output" / "drafts" / ISSUE / "introduction.md").unlink()
    said = other.digest("draft", "list", "--issue", ISSUE)
    assert "1 file of a published issue (.opening.json) deleted here and there again" in said
    assert "there again" not in other.digest("draft", "list", "--issue", ISSUE)
    one.digest("draft", "reject", one.id_of("Bus"))
    for each in two:
        opening = each.folder / "output" / "issues" / f"{ISSUE}.opening.json"
        assert "A week of kilns." in opening.read_text("utf-8")
    assert written.read_text("utf-8") == "A week of kilns.\n"
    assert "A week of kilns." in (one.folder / "output" / "issues" / f"{ISSUE}.md").read_text("utf-8")


def test_what_is_published_and_taken_back_goes_on_both(two: Two) -> None:
    one, other = two
    one.digest("draft", "approve", one.id_of("Kiln"))
    (one.folder / "output" / "drafts" / ISSUE / "introduction.md").write_text("A week of kilns.\n", "utf-8")
    one.digest("publish", ISSUE)
    other.digest("draft", "list", "--issue", ISSUE)
    openings = [each.folder / "output" / "issues" / f"{ISSUE}.opening.json" for each in two]
    assert [each.exists() for each in openings] == [True, True]
    one.digest("undo")
    said = other.digest("draft", "list", "--issue", ISSUE)
    assert "there again" not in said
    assert [each.exists() for each in openings] == [False, False]
    one.digest("redo")
    other.digest("draft", "list", "--issue", ISSUE)
    assert [each.exists() for each in openings] == [True, True]


def test_either_machine_publishes_and_the_one_that_did_takes_it_back(two: Two) -> None:
    one, other = two
    other.digest("draft", "approve", other.id_of("Kiln"))
    (other.folder / "output" / "drafts" / ISSUE / "introduction.md").write_text("Hot.\n", "utf-8")
    other.digest("publish", ISSUE)
    one.digest("draft", "approve", one.id_of("Bus"))
    said = one.digest("publish", ISSUE)
    assert "2 entries" in said
    page = (one.folder / "output" / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert "Hot." in page
    assert "wrote files on another machine: undo it there" in other.digest("undo", code=1)
    one.digest("undo")
    other.digest("publish", ISSUE)
    made = (other.folder / "output" / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert "Hot." in made
    with other.store() as store:
        assert len(store.drafts.entries(issue=ISSUE)) == 2


def test_a_writing_over_what_another_machine_wrote_meanwhile_is_refused(two: Two) -> None:
    one, other = two
    other.listed()
    kiln = one.id_of("Kiln")
    output = one.folder / "output"
    before = one.text_of("Kiln")
    with places.opened_store(one.folder) as store:
        assert store.history.copy
        # As where the server let go of a lock that this process thinks it holds.
        store.history.copy.may_renew = True
        files = find_drafts(store, output, ISSUE)
        other.digest("draft", "reject", kiln)
        with pytest.raises(StoreError, match="changed meanwhile, on another machine; nothing was written"):
            set_status(store, output, [kiln], "approved", now=NOW, files=files)
    assert one.text_of("Kiln") == before
    assert one.listed()["Kiln"]["status"] == "rejected"
    assert same(two)


def test_a_decision_killed_before_its_file_was_written_is_done_on_both(two: Two) -> None:
    one, other = two
    other.listed()
    killed = typed_apart(
        one.folder,
        "draft",
        "approve",
        one.id_of("Kiln"),
        place="digest.issues.decisions:write_text",
        number=1,
    )
    assert killed.returncode == -9
    assert "status: pending" in one.text_of("Kiln")
    assert other.listed()["Kiln"]["status"] == "approved"
    assert one.listed()["Kiln"]["status"] == "approved"
    assert same(two)
    other.digest("undo")
    assert one.listed()["Kiln"]["status"] == "pending"


def test_an_archive_that_was_put_back_takes_no_newer_words_from_files(two: Two) -> None:
    one, _ = two
    with one.store() as store:
        assert store.history.copy
        store.history.copy.follow(ArchiveState("", 1_000_000))
    one.edit("Kiln", "## Keywords", MINE)
    said = one.digest("draft", "list")
    assert "see also" in said
    kept = list(one.folder.glob("output/drafts/*/*.orig"))
    assert "My *own* words." in kept[0].read_text("utf-8")


def test_status_and_doctor_say_how_drafts_and_pages_are_kept(two: Two) -> None:
    one, other = two
    for machine in (one, other):
        told = machine.digest("status")
        assert "pages      in the archive" in told
        assert "drafts     as the archive has them" in told
    found = json.loads(one.digest("status", "--json"))
    assert (found["pages"], found["drafts"]) == ("archive", "archive")
    doctor = CliRunner().invoke(app, ["-C", str(one.folder), "doctor"])
    assert "pages kept in it, drafts as it has them" in doctor.output


def told(title: str) -> str:
    return "\n".join(TEXTS[title].format(number) for number in range(12))


def test_a_run_on_one_machine_keeps_what_was_written_on_the_other(two: Two) -> None:
    one, other = two
    other.listed()
    one.edit("Kiln", "## Keywords", MINE)
    other.room.write("tarrow", "Heat pump", told("Heat pump"))
    # What one wrote was not read by any command yet.
    assert len(other.run().drafts) >= 1
    assert "Heat pump" in one.listed()
    assert "My *own* words." in one.text_of("Kiln")
    other.listed()
    assert same(two)
    one.digest("draft", "approve", one.id_of("Kiln"))
    one.digest("publish", ISSUE)
    other.run(NEXT)
    moved = one.id_of("Kiln"), one.path_of("Kiln")
    assert moved[1].exists()
    with one.store() as store:
        rows = {row.title: (row.issue, row.status) for row in store.drafts.drafts()}
    assert rows["Bus"] == (NEXT, "pending")
    one.digest("draft", "list", "--issue", NEXT)
    one.listed()
    for machine in two:
        folders = {path.parent.name for path in machine.folder.glob("output/drafts/*/bus-*.md")}
        assert folders == {NEXT}


def test_a_run_killed_before_a_draft_was_written_is_done_by_the_other(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    other.listed()
    for machine in two:
        machine.room.write("tarrow", "Heat pump", told("Heat pump"))

    def killed(path: Path, text: str, *, within: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drafting, "write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            other.run()
    assert "Heat pump" not in other.listed()
    one.run()
    assert one.listed()["Heat pump"]["status"] == "pending"
    other.listed()
    assert same(two)


def test_a_draft_whose_text_is_not_in_the_archive_yet_is_not_taken_for_deleted(two: Two) -> None:
    one, other = two
    kiln, path = one.id_of("Kiln"), one.path_of("Kiln")
    with one.store() as store, for_writing(store._engine).begin() as connection:
        connection.execute(draft_versions.delete().where(draft_versions.c.id == kiln))
    for database in (one.folder / "output").glob("drafts*.db"):
        database.unlink()
    assert "read the drafts on the machine that has it" in other.digest("draft", "list")
    assert other.listed()["Kiln"]["status"] == "pending"
    assert path.exists()
    one.listed()
    other.listed()
    assert same(two)


def test_a_shared_file_is_kept_only_over_the_version_it_was_made_from(two: Two) -> None:
    name = f"drafts/{ISSUE}/introduction.md"
    with two[0].store() as one, two[1].store() as other:
        assert one.texts.save(name, "first", after=0)
        assert not other.texts.save(name, "also first", after=0)
        assert other.texts.save(name, "second", after=1)
        assert not one.texts.save(name, "also second", after=1)
        assert one.texts.text_of(name) == "second"
        assert one.texts.save(name, None, after=2)
        assert other.texts.text_of(name) is None
        assert other.texts.all()[name] == SharedFile(3, "")


def test_what_was_withdrawn_on_one_machine_leaves_the_pages_of_the_other(two: Two) -> None:
    one, other = two
    one.digest("draft", "approve", one.id_of("Kiln"), one.id_of("Bus"))
    one.digest("publish", ISSUE)
    other.listed()
    kiln = one.id_of("Kiln")
    page = one.folder / "output" / "entries" / f"{kiln}.md"
    issue = one.folder / "output" / "issues" / f"{ISSUE}.md"
    assert kiln in issue.read_text("utf-8")
    other.digest("draft", "reject", kiln)
    told = f"withdrawn from issue {ISSUE}, elsewhere and now here: {kiln}"
    assert told in one.digest("draft", "list", "--issue", ISSUE)
    assert "*Withdrawn on " in page.read_text("utf-8")
    assert kiln not in issue.read_text("utf-8")
    assert kiln not in (one.folder / "output" / "index.md").read_text("utf-8")
    for each in two:
        assert "withdrawn from" not in each.digest("draft", "list", "--issue", ISSUE)
    one.digest("publish", ISSUE)
    assert "*Withdrawn on " in page.read_text("utf-8")
