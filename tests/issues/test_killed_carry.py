"""A run that was killed while it carried undecided drafts on: whatever is written next, nobody's words go."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from newsroom import ISSUE, NEXT, Newsroom, newsroom_of
from two_machines import ENGINES, MINE, Machine, Two, drafted_on_two

from digest.issues import decisions
from digest.issues.known_drafts import KnownDrafts
from digest.records import DraftRow


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture(params=ENGINES)
def two(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Two]:
    with drafted_on_two(tmp_path, request.param, "Kiln", "Bus") as found:
        for each in found:
            each.listed()
        found[0].digest("draft", "approve", found[0].id_of("Kiln"))
        yield found


def carry_killed(machine: Machine, where: str) -> None:
    """Run until the draft is to be written, or its row."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    save = KnownDrafts.save

    def killed_there(self: KnownDrafts, row: DraftRow, **options: object) -> None:
        if row.issue == NEXT:
            raise KeyboardInterrupt
        save(self, row, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        if where == "file":
            patch.setattr(decisions, "write_text", killed)
        else:
            patch.setattr(KnownDrafts, "save", killed_there)
        with pytest.raises(KeyboardInterrupt):
            machine.run(NEXT)


def text_in(machine: Machine, issue: str, draft_id: str) -> str:
    return decisions.draft_path(machine.folder / "output", issue, draft_id).read_text("utf-8")


@pytest.mark.parametrize("where", ["file", "row"])
@pytest.mark.parametrize("status", ["pending", "deferred"])
def test_a_folder_that_is_behind_reverts_nothing(two: Two, where: str, status: str) -> None:
    one, other = two
    bus = one.id_of("Bus")
    if status == "deferred":
        one.digest("draft", "defer", bus)
    one.edit("Bus", "## Keywords", MINE)
    one.listed()
    one.digest("publish", ISSUE)
    carry_killed(one, where)
    other.digest("draft", "list", "--issue", ISSUE)
    assert "My *own* words." in text_in(other, ISSUE, bus)
    one.digest("draft", "list", "--issue", ISSUE)
    one.run(NEXT)
    for each in two:
        each.digest("draft", "list", "--issue", NEXT)
        assert "My *own* words." in text_in(each, NEXT, bus)
        assert not decisions.draft_path(each.folder / "output", ISSUE, bus).exists()


def test_what_is_written_on_either_machine_since_is_carried(two: Two) -> None:
    one, other = two
    bus = one.id_of("Bus")
    one.digest("publish", ISSUE)
    carry_killed(one, "row")
    other.edit("Bus", "## Keywords", MINE)
    other.digest("draft", "list", "--issue", ISSUE)
    one.run(NEXT)
    other.digest("draft", "list", "--issue", NEXT)
    assert "My *own* words." in text_in(one, NEXT, bus)
    assert "My *own* words." in text_in(other, NEXT, bus)


def test_where_files_are_the_truth_the_file_that_was_written_since_counts(tmp_path: Path) -> None:
    machine = Machine(newsroom_of(tmp_path, "Kiln", "Bus"))
    bus = begun(machine)
    machine.edit("Bus", "## Keywords", MINE)
    machine.digest("draft", "list", "--issue", ISSUE)
    machine.run(NEXT)
    assert "My *own* words." in text_in(machine, NEXT, bus)


@pytest.mark.parametrize("is_both", [False, True])
def test_what_was_written_into_the_carried_file_stays(tmp_path: Path, is_both: bool) -> None:
    machine = Machine(newsroom_of(tmp_path, "Kiln", "Bus"))
    bus = begun(machine)
    path = decisions.draft_path(machine.folder / "output", NEXT, bus)
    path.write_text(path.read_text("utf-8").replace("## Keywords", MINE), "utf-8")
    if is_both:
        machine.edit("Bus", "## Keywords", MINE.replace("own", "other"))
    machine.run(NEXT)
    if not is_both:
        assert "My *own* words." in text_in(machine, NEXT, bus)
        return
    assert "My *other* words." in text_in(machine, NEXT, bus)
    assert "My *own* words." in path.with_name(f"{path.name}.orig").read_text("utf-8")


def begun(machine: Machine) -> str:
    """Have a run killed that carried a draft, and give that."""
    room: Newsroom = machine.room
    machine.listed()
    bus = machine.id_of("Bus")
    room.digest("draft", "approve", machine.id_of("Kiln"))
    room.digest("publish", ISSUE)
    carry_killed(machine, "row")
    return bus
