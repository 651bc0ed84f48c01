"""What is left alone while another process holds the archive, and after a publishing that was killed."""

from pathlib import Path

import pytest
from fakes import NOW
from newsroom import ISSUE, newsroom_of
from two_machines import Machine

from digest.cli import places
from digest.issues.decisions import set_status
from digest.store.drafts import DraftsAndIssues


def published(tmp_path: Path) -> Machine:
    machine = Machine(newsroom_of(tmp_path, "Kiln", "Bus", "Mayor"))
    machine.digest("draft", "approve", machine.id_of("Kiln"), machine.id_of("Bus"))
    machine.digest("publish", ISSUE)
    return machine


def titles(machine: Machine) -> set[str]:
    with machine.store() as store:
        return {each.entry.title for each in store.drafts.entries(issue=ISSUE)}


def test_nothing_is_withdrawn_while_another_process_holds_the_archive(tmp_path: Path) -> None:
    machine = published(tmp_path)
    kiln = machine.id_of("Kiln")
    page = tmp_path / "output" / "entries" / f"{kiln}.md"
    with places.archive(tmp_path, doing="digest draft (rejected)", must_exist=True) as store:
        # As between a rejection and what follows from it.
        set_status(store, tmp_path / "output", [kiln], "rejected", now=NOW)
        assert "withdrawn from" not in machine.digest("draft", "list", "--issue", ISSUE)
        assert titles(machine) == {"Kiln", "Bus"}
        assert "Withdrawn" not in page.read_text("utf-8")
    assert f"withdrawn from issue {ISSUE}: {kiln}" in machine.digest("draft", "list", "--issue", ISSUE)
    assert titles(machine) == {"Bus"}
    # It belongs to the rejection, and is undone with it.
    machine.digest("undo")
    assert titles(machine) == {"Kiln", "Bus"}


def test_what_was_undone_after_a_killed_publishing_can_be_redone(tmp_path: Path) -> None:
    machine = Machine(newsroom_of(tmp_path, "Kiln", "Bus"))
    machine.digest("draft", "approve", machine.id_of("Kiln"))

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DraftsAndIssues, "save_entries", killed)
        machine.digest("publish", ISSUE, code=KILLED)
    machine.digest("draft", "defer", machine.id_of("Bus"))
    machine.digest("undo")
    machine.listed()
    machine.digest("redo")
    assert machine.listed()["Bus"]["status"] == "deferred"
    # It is still to be done whole.
    machine.digest("publish")
    assert titles(machine) == {"Kiln"}


KILLED = 130
"""What a command ends with that was stopped by ctrl-c."""
