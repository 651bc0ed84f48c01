"""What a draft says and its article does not bear out is named wherever an editor looks, whoever wrote it."""

import json
from pathlib import Path

import pytest
from newsroom import Newsroom, newsroom_with

from digest.issues.decisions import draft_path

ISSUE = "20261122"
TEXT = """The HealthEC breach exposed records of nearly 4.5 million customers in Tarrow on Monday.
Ida Brandt, who leads the company, said that every server will be replaced before winter ends.
Two clinics sent patients home because no doctor could open their records.
The health ministry ordered other networks to check their billing servers within ten days.
Insurers expect that the theft will cost the company about 12 million crowns over three years.
Police have asked patients to report letters that mention their treatment at the clinics.
A union of nurses called the single register a danger it had warned of since spring."""
OTHER = """Divers counted twice as many eelgrass plants in Orr bay as in the year before.
Dredging in the bay was stopped six years ago after fishermen complained about the cod.
The meadow now covers 40 hectares, the university of Meridian found in its survey.
Young cod hide in the grass, and the catch of the small boats has risen again.
The council wants to keep the ban for another ten years and will vote in March.
Marine biologists from three countries came to see how quickly the bay recovered."""
FALSE = "The breach exposed records of 45 million customers."
ROW = "| Records of 45 million customers were exposed | – | – | – |"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return room_of(tmp_path)


def room_of(folder: Path) -> Newsroom:
    """Make a workspace with two drafts."""
    return newsroom_with(folder, ("tarrow", "Breach", TEXT), ("harbour", "Eelgrass", OTHER))


def path_of(room: Newsroom, title: str) -> Path:
    return draft_path(room.output, ISSUE, next(row.id for row in room.rows(ISSUE) if row.title == title))


def say(room: Newsroom, text: str, *, title: str = "Breach") -> Path:
    """Write a sentence into the summary of a draft, as an editor does."""
    path = path_of(room, title)
    old = path.read_text("utf-8")
    path.write_text(old.replace("## Summary\n\n", f"## Summary\n\n{text} ", 1), "utf-8")
    return path


@pytest.mark.parametrize("status", ["pending", "approved"])
def test_a_failed_check_is_seen_in_five_places(room: Newsroom, status: str) -> None:
    path = say(room, FALSE)
    path.write_text(path.read_text("utf-8").replace("status: pending", f"status: {status}"), "utf-8")
    shown = room.run(ISSUE).failed_checks
    line = path.read_text("utf-8")[: path.read_text("utf-8").index(FALSE)].count("\n") + 1
    expected = (
        f"{path.name}: line {line}: “{FALSE}”: "
        "number: 45 million customers; article has 4.5 million customers"
    )
    assert expected in shown
    report = (room.output / "reports" / f"{ISSUE}.md").read_text("utf-8")
    assert "## Failed checks" in report
    assert "number: 45 million customers; article has 4.5 million customers" in report
    assert f"failed check: {expected}" in room.all_of("run", "--issue", ISSUE)
    assert expected in room.all_of("draft", "list")
    assert expected in room.all_of("draft", "approve", str(path), code=1)
    path.write_text(path.read_text("utf-8").replace("status: pending", "status: approved"), "utf-8")
    assert expected in room.all_of("publish", ISSUE, code=1)
    assert not (room.output / "issues").exists()


def test_rows_of_signals_that_an_editor_wrote_are_checked(room: Newsroom) -> None:
    path = path_of(room, "Breach")
    head, _, rest = path.read_text("utf-8").partition("## Signals\n")
    table = f"| Signal | Change | 10y horizon | Driving force |\n|:--|:--|:--|:--|\n{ROW}"
    end = rest[rest.index("## Closest") :]
    path.write_text(f"{head}## Signals\n\n{table}\n\n{end}", "utf-8")
    rows = {row["title"]: row for row in json.loads(room.digest("draft", "list", "--json"))}
    assert (rows["Breach"]["failed"], rows["Breach"]["signals"]) == (1, 1)
    assert "Records of 45 million customers were exposed”: number" in room.all_of("draft", "list")


def test_what_is_approved_anyway_is_remembered_and_only_what_is_newer_is_asked_about(room: Newsroom) -> None:
    path = say(room, FALSE)
    room.digest("draft", "approve", "--all", code=1)
    assert {row.title: row.status for row in room.rows(ISSUE)} == {
        "Breach": "pending",
        "Eelgrass": "approved",
    }
    assert FALSE in room.all_of("draft", "approve", str(path), "--anyway")
    room.digest("publish", ISSUE)
    say(room, "It cost the company about 99 million crowns.")
    said = room.all_of("publish", ISSUE, code=1)
    assert "99 million" in said
    assert FALSE not in said
    room.digest("publish", ISSUE, "--anyway")
    room.digest("publish", ISSUE)
    assert "99 million" in (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")


def test_what_the_article_says_is_not_named(room: Newsroom) -> None:
    say(room, "Nearly 4.5 million customers had their records exposed.")
    assert room.run(ISSUE).failed_checks == ()
    room.publish(ISSUE)
