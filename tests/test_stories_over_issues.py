"""Stories from issue to issue: carried before, updated, split and merged by hand, and remembered."""

import json
from pathlib import Path

import pytest
from newsroom import Newsroom

from digest.issues.decisions import draft_path

FIRST, SECOND, THIRD = "20261122", "20261129", "20261206"

# Two reports of one event in different words, a third that came a day later, and other events.
HACK = """Hackers stole the records of 90,000 patients from the Medlinea network in Tarrow on Monday.
Medlinea shut its prescription servers at noon, and pharmacists in Tarrow wrote prescriptions by hand.
The attackers had entered through an old billing server, says Ida Brandt, who leads the network.
Brandt said that Medlinea will replace every server of that kind before the end of the winter.
Two clinics in Tarrow sent patients home because no doctor could open their records.
The health ministry ordered other networks to check their billing servers within ten days.
Insurers expect that the theft will cost Medlinea about 12 million crowns over three years.
Police in Tarrow have asked patients to report letters that mention their treatment.
A union of nurses called the network's single register a danger it had warned of since spring.
Patients can ask from Thursday on which of their records were among those stolen."""
HACK_TOLD_AGAIN = """Pharmacists across Tarrow filled in forms with pens when the Medlinea network went dark.
Ida Brandt of Medlinea confirmed that records of 90,000 patients were taken by hackers.
An old billing server stood open to the internet, and the attackers walked in through it on Monday.
In Tarrow two clinics closed their doors because doctors had no records to work with.
Medlinea promises new servers by the end of winter, and Brandt wants the old ones scrapped.
Insurers speak of 12 million crowns, most of it for letters to patients and for lawyers.
Ten days is what the health ministry gives other networks to look at their own billing servers.
Nurses had told Medlinea in spring that one register for all was asking for trouble.
The police ask whoever gets a letter about a treatment to come forward.
On Thursday Medlinea opens a line where patients learn which records are gone."""
HACK_LATE = """What Tarrow learned from the hackers who took 90,000 records at Medlinea was told on Tuesday.
The Medlinea servers for prescriptions are still shut, and pharmacists still write by hand.
Ida Brandt, head of the Medlinea network, answered questions of the health ministry for two hours.
The billing server that the attackers used was due to be scrapped years ago, Brandt admitted.
Two Tarrow clinics that sent patients home have opened again with records on paper.
Insurers of Medlinea hold to their guess of 12 million crowns, records and letters included.
Nurses in Tarrow asked again that the single register be cut into parts.
Police have forty letters in hand that mention treatments of patients of the network.
Other networks found nine billing servers of the same make within a day.
Patients still wait until Thursday to hear which records the hackers hold."""
KILN = """A cement maker closed its last coal kiln at Brekke and started an electric one beside the quarry.
The electric kiln needs forty megawatts, which a new line brings from the dam above the valley.
Halden, who runs the works, says that a tonne of cement now costs a tenth more than before.
Builders in the valley have signed contracts for five years at the higher price.
The coal came by barge for eighty years, and the quay will be turned into a harbour for boats.
Sixty stokers were trained as electricians, and eleven took an early pension.
Engineers needed four winters to make bricks that endure the heat of the arcs.
The works will sell heat from the clinker to greenhouses that grow tomatoes near the quarry.
Two other kilns in the country burn coal, and both are to close before 2031.
A museum has asked for the old kiln's door, which was cast in 1911."""
KILN_TOLD_AGAIN = """The end of coal at Brekke came at night, when Halden had the last fire raked out.
Beside the quarry arcs now heat the limestone, fed by a line from the dam.
Forty megawatts go into the kiln, as much as the town of Brekke used to burn in a winter evening.
Cement from Halden's works is a tenth dearer, and builders have agreed to that for five years.
Of the stokers sixty learned to be electricians, the eldest went home with a pension.
Four winters of trials went into bricks that stand the arcs.
Tomatoes will grow in greenhouses that the clinker warms, a mile from the quarry.
The quay where barges brought coal becomes a harbour.
Only two coal kilns are left in the country, and both must shut by 2031.
A door cast in 1911 goes to the museum."""
EELGRASS = """Divers counted twice the eelgrass in Orr bay six years after dredging stopped for good.
The meadows reach nine metres down, two more than in any survey before.
Seahorses came back first, then young cod, which hide among the blades.
Fishers who had fought the ban now pay for a warden of their own.
The survey used a sled with cameras that was pulled along ninety lines.
Sand that used to cloud the water is held by roots, says Maro Lind of the marine station.
The ferry company moved its berth by two hundred metres to spare the meadow.
Lind expects that the eelgrass will reach the northern mole in five summers.
Schools in the bay sow shoots in trays and plant them with divers in May.
The station will count again in two years, with the same sled and the same lines."""


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


def stories(room: Newsroom) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for line in room.digest("stories", "--jsonl").splitlines():
        row = json.loads(line)
        found.setdefault(row["story"], set()).add(row["id"])
    return list(found.values())


def reasons(report: object) -> list[str]:
    return [dropped.reason for dropped in report.dropped]  # type: ignore[attr-defined]


def test_a_story_of_a_published_issue_is_not_carried_again(room: Newsroom) -> None:
    first = room.write("tarrow", "Hackers empty Medlinea", HACK)
    room.run(FIRST)
    room.publish(FIRST)
    room.later(1)
    again = room.write("meridian", "Pens return to the pharmacies", HACK_TOLD_AGAIN)
    report = room.run(SECOND)
    assert stories(room) == [{first, again}]
    assert reasons(report) == [f"already carried in issue {FIRST}: 'Hackers empty Medlinea'"]
    assert not (room.output / "drafts" / SECOND).exists()


def test_what_came_of_a_story_days_later_is_an_update_of_its_issue(room: Newsroom) -> None:
    first = room.write("tarrow", "Hackers empty Medlinea", HACK)
    room.run(FIRST)
    room.publish(FIRST)
    room.later(7)
    second = room.write("meridian", "Medlinea answers for the theft", HACK_TOLD_AGAIN)
    other = room.write("harbour", "Eelgrass doubles in Orr bay", EELGRASS)
    room.run(SECOND)
    assert stories(room) == [{first}, {second}, {other}]
    note = f"Update of issue {FIRST}: Hackers empty Medlinea ({first})"
    assert note in room.draft_text(SECOND, second)
    assert "follow-up" in room.draft_text(SECOND, second)
    assert "Update of issue" not in room.draft_text(SECOND, other)


def test_stories_are_listed_with_publishers_and_where_their_entry_is(room: Newsroom) -> None:
    first = room.write("tarrow", "Hackers empty Medlinea", HACK)
    second = room.write("meridian", "Pens return to the pharmacies", HACK_TOLD_AGAIN)
    alone = room.write("harbour", "Eelgrass doubles in Orr bay", EELGRASS)
    room.run(FIRST)
    listed = room.digest("stories")
    (line,) = [line for line in listed.splitlines() if "Hackers" in line]
    assert line.split() == ["2026-11-22", "2", "2", "Hackers", "empty", "Medlinea", FIRST, "pending", first]
    assert "Eelgrass" not in listed
    assert "Eelgrass" in room.digest("stories", "--all")
    rows = json.loads(room.digest("stories", "--json"))
    assert {row["id"]: row["story"] for row in rows} == {first: first, second: first, alone: alone}


def test_what_is_split_off_gets_its_own_draft_and_stays_apart(room: Newsroom) -> None:
    first = room.write("tarrow", "Hackers empty Medlinea", HACK)
    second = room.write("meridian", "Pens return to the pharmacies", HACK_TOLD_AGAIN)
    room.run(FIRST)
    assert len(room.draft(FIRST, first).entry.sources) == 2
    room.digest("story", "split", second)
    late = room.write("harbour", "What Tarrow learned", HACK_LATE, day=1)
    room.run(FIRST)
    assert stories(room) in ([{first, late}, {second}], [{first}, {second, late}])
    found = stories(room)
    assert room.draft(FIRST, second).status == "pending"
    sources = [room.draft(FIRST, each).entry.sources for each in (first, second)]
    assert sorted(map(len, sources)) == [0, 2]
    room.run(FIRST)
    assert stories(room) == found


def two_stories(room: Newsroom) -> tuple[str, str]:
    """Two reports of one event that lie too far apart to be one story by themselves."""
    first = room.write("tarrow", "Hackers empty Medlinea", HACK, day=-6)
    second = room.write("meridian", "Pens return to the pharmacies", HACK_TOLD_AGAIN)
    room.run(FIRST)
    assert stories(room) == [{first}, {second}]
    return first, second


def test_two_pending_drafts_of_merged_stories_become_one_with_both_sources(room: Newsroom) -> None:
    first, second = two_stories(room)
    said = room.digest("story", "merge", second, first)
    assert f"draft {second}: rejected, its story has another" in said
    late = room.write("harbour", "What Tarrow learned", HACK_LATE, day=-5)
    room.run(FIRST)
    assert stories(room) == [{first, second, late}]
    assert room.draft(FIRST, second).status == "rejected"
    assert len(room.draft(FIRST, first).entry.sources) == 3
    assert room.publish(FIRST) == [first]
    assert not (room.output / "entries" / f"{second}.md").exists()


def test_a_merge_said_again_is_one_story_already(room: Newsroom) -> None:
    first, second = two_stories(room)
    room.digest("story", "merge", first, second)
    decided = {each: room.draft(FIRST, each).status for each in (first, second)}
    for names in ((first, second), (second, first), (second[:8], first)):
        assert room.digest("story", "merge", *names) == f"story {first}: one story already, 2 articles\n"
    assert {each: room.draft(FIRST, each).status for each in (first, second)} == decided
    room.digest("story", "merge", first, code=2)


def test_a_merge_is_undone_and_redone_with_the_draft_it_rejected(room: Newsroom) -> None:
    first, second = two_stories(room)
    room.digest("story", "merge", second, first)
    assert "2 articles are of the stories they were of" in room.all_of("undo")
    assert stories(room) == [{first}, {second}]
    assert room.draft(FIRST, second).status == "pending"
    room.run(FIRST)
    assert stories(room) == [{first}, {second}]
    room.digest("story", "merge", second, first)
    room.digest("undo")
    room.digest("redo")
    assert stories(room) == [{first, second}]
    assert room.draft(FIRST, second).status == "rejected"


def test_a_split_is_undone_and_redone(room: Newsroom) -> None:
    first, second = two_stories(room)
    room.digest("story", "merge", first, second)
    room.digest("story", "split", second)
    assert stories(room) == [{first}, {second}]
    room.digest("undo")
    assert stories(room) == [{first, second}]
    room.digest("redo")
    assert stories(room) == [{first}, {second}]


def test_the_approved_draft_of_merged_stories_stays_whichever_came_first(room: Newsroom) -> None:
    first, second = two_stories(room)
    room.digest("draft", "approve", second)
    room.digest("story", "merge", first, second)
    room.run(FIRST)
    assert (room.draft(FIRST, first).status, room.draft(FIRST, second).status) == ("rejected", "approved")
    assert room.publish(FIRST) == [second]


def test_an_approval_typed_into_the_file_counts_in_a_merge(room: Newsroom) -> None:
    first, second = two_stories(room)
    path = draft_path(room.output, FIRST, second)
    path.write_text(path.read_text("utf-8").replace("status: pending", "status: approved"), "utf-8")
    room.digest("story", "merge", first, second)
    assert (room.draft(FIRST, first).status, room.draft(FIRST, second).status) == ("rejected", "approved")


def test_a_draft_broken_by_hand_stops_a_merge_before_anything_is_merged(room: Newsroom) -> None:
    first, second = two_stories(room)
    draft_path(room.output, FIRST, second).write_text("no draft at all", "utf-8")
    room.digest("story", "merge", first, second, code=1)
    assert stories(room) == [{first}, {second}]


def test_of_two_approved_drafts_of_merged_stories_one_is_shown(room: Newsroom) -> None:
    first, second = two_stories(room)
    room.digest("draft", "approve", "--all")
    room.digest("story", "merge", first, second)
    assert (room.draft(FIRST, first).status, room.draft(FIRST, second).status) == ("approved", "rejected")
    assert room.publish(FIRST) == [first]


def test_a_pending_draft_stays_rather_than_a_deferred_one(room: Newsroom) -> None:
    first, second = two_stories(room)
    room.digest("draft", "defer", first)
    room.digest("story", "merge", first, second)
    assert (room.draft(FIRST, first).status, room.draft(FIRST, second).status) == ("rejected", "pending")
    assert room.publish(FIRST) == [second]
    room.later(7)
    room.write("harbour", "Eelgrass doubles in Orr bay", EELGRASS)
    room.run(SECOND)
    assert not draft_path(room.output, SECOND, first).exists()


def test_what_is_merged_with_a_published_story_is_not_carried_again(room: Newsroom) -> None:
    first = room.write("tarrow", "Hackers empty Medlinea", HACK)
    room.run(FIRST)
    room.publish(FIRST)
    page = (room.output / "entries" / f"{first}.md").read_bytes()
    room.later(7)
    second = room.write("meridian", "Pens return to the pharmacies", HACK_TOLD_AGAIN)
    other = room.write("harbour", "Eelgrass doubles in Orr bay", EELGRASS)
    room.run(SECOND)
    room.digest("story", "merge", first, second)
    assert room.draft(SECOND, second).status == "rejected"
    late = room.write("harbour", "What Tarrow learned", HACK_LATE, day=-1)
    report = room.run(SECOND)
    assert stories(room) == [{first, second, late}, {other}]
    assert reasons(report) == [f"already carried in issue {FIRST}: 'Hackers empty Medlinea'"]
    assert room.publish(SECOND) == [other]
    assert (room.output / "entries" / f"{first}.md").read_bytes() == page


def test_a_story_merged_and_published_counts_as_carried_though_its_other_draft_was_rejected(
    room: Newsroom,
) -> None:
    first, second = two_stories(room)
    room.digest("story", "merge", first, second)
    room.publish(FIRST)
    room.later(1)
    room.write("harbour", "What Tarrow learned", HACK_LATE, day=-1)
    assert reasons(room.run(SECOND)) == [f"already carried in issue {FIRST}: 'Hackers empty Medlinea'"]


def test_what_joins_a_story_that_was_turned_down_is_named_as_lost(room: Newsroom) -> None:
    first = room.write("tarrow", "Hackers empty Medlinea", HACK)
    room.run(FIRST)
    room.digest("draft", "reject", first)
    room.write("meridian", "Pens return to the pharmacies", HACK_TOLD_AGAIN)
    assert reasons(room.run(FIRST)) == [f"its story was rejected in issue {FIRST}: 'Hackers empty Medlinea'"]


def test_stories_of_different_events_can_be_merged_and_split_again(room: Newsroom) -> None:
    kiln = room.write("tarrow", "Last coal kiln goes out", KILN)
    bay = room.write("harbour", "Eelgrass doubles in Orr bay", EELGRASS)
    room.run(FIRST)
    room.digest("story", "merge", bay, kiln)
    room.run(FIRST)
    assert len(room.draft(FIRST, kiln).entry.sources) == 2
    room.digest("story", "split", bay)
    told = room.write("meridian", "Arcs in the night", KILN_TOLD_AGAIN)
    room.run(FIRST)
    assert stories(room) == [{kiln, told}, {bay}]
    assert len(room.draft(FIRST, kiln).entry.sources) == 2


def test_what_is_split_off_a_published_story_gets_a_draft_in_the_next_issue(room: Newsroom) -> None:
    first = room.write("tarrow", "Hackers empty Medlinea", HACK)
    second = room.write("meridian", "Pens return to the pharmacies", HACK_TOLD_AGAIN)
    room.run(FIRST)
    assert room.publish(FIRST) == [first]
    room.digest("story", "split", second)
    room.run(SECOND)
    assert room.draft(SECOND, second).status == "pending"
    assert room.publish(SECOND) == [second]
