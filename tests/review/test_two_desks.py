"""Two desks on two machines over one archive: both show the same, and nothing that is written is lost."""

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from archive_engine import SERVER
from desks import JSON, publishing_in, room_of, serving, shown_in
from newsroom import ISSUE
from two_machines import Machine, two_machines

from digest.review.guard import Keys
from digest.store import postgresql

pytestmark = pytest.mark.skipif(
    not SERVER, reason="no PostgreSQL: DIGEST_TEST_ARCHIVE names none; make test-team"
)

DESK = f"/issue/{ISSUE}"


@dataclass
class Desk:
    """A desk, and what a browser of its editor does."""

    machine: Machine
    keys: Keys
    client: httpx2.Client

    def story(self, title: str) -> str:
        return f"/story/{self.machine.id_of(title)}"

    def page(self, title: str) -> str:
        return html.unescape(self.client.get(self.story(title)).text)

    def section(self, title: str, key: str) -> tuple[str, str]:
        """The text and mark of a section, as its page has them."""
        found = re.search(
            rf'name="section" value="{key}">\s*<input type="hidden" name="mark" value="(\w+)">.*?'
            r"<textarea[^>]*>\n?(.*?)</textarea>",
            self.client.get(self.story(title)).text,
            re.DOTALL,
        )
        assert found, key
        return html.unescape(found[2]), found[1]

    def save(self, title: str, key: str, text: str, mark: str) -> httpx2.Response:
        return self.post(f"{self.story(title)}/save", section=key, text=text, mark=mark)

    def shown(self) -> list[str]:
        """The marks of the drafts, as the desk's page has them now."""
        return shown_in(self.client.get(DESK).text)

    def act(self, verdict: str, title: str, shown: list[str] | None = None) -> httpx2.Response:
        """Decide on a draft as the desk's page has it now, or had it when `shown` was read of it."""
        marks = self.shown() if shown is None else shown
        return self.post(f"{DESK}/status", act=f"{verdict} {self.machine.id_of(title)}", shown=marks)

    def publish(self) -> httpx2.Response:
        page = self.client.get(f"{DESK}/publish").text
        return self.post(f"{DESK}/publish", anyway="yes", **publishing_in(page))

    def post(self, address: str, **fields: str | list[str]) -> httpx2.Response:
        return self.client.post(address, data={"form": self.keys.form, **fields}, headers=JSON)


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with ExitStack() as stack:
        machines = stack.enter_context(two_machines(room_of(tmp_path / "one"), tmp_path / "two", "server"))
        desks = []
        for machine in machines:
            keys = stack.enter_context(serving(machine.room))
            client = stack.enter_context(httpx2.Client(base_url=f"http://{keys.host}", timeout=60))
            client.get(keys.address)
            client.get(DESK)
            desks.append(Desk(machine, keys, client))
        yield desks[0], desks[1]


def test_what_is_done_on_one_desk_is_seen_on_the_other(two: tuple[Desk, Desk]) -> None:
    one, other = two
    text, mark = one.section("Kiln", "summary")
    said = "The dam was built for an aluminium works in 1968."
    assert one.save("Kiln", "summary", f"{text} {said}", mark).json()["is_done"]
    assert text in other.section("Kiln", "summary")[0]
    assert said in other.section("Kiln", "summary")[0]
    assert other.act("approve", "Kiln").json()["is_done"]
    assert other.act("approve", "Eelgrass").json()["is_done"]
    one.page("Kiln")
    assert "status: approved" in one.machine.text_of("Kiln")
    moved = one.machine.id_of("Eelgrass")
    assert one.post(f"{DESK}/order", act=f"to 1 {moved}").status_code == 303
    shown = other.client.get(f"{DESK}/publish").text
    first = re.search(r'value="down (\w{32})"', shown)
    assert first
    assert first[1] == moved


def test_the_same_section_saved_on_both_shows_both_texts(two: tuple[Desk, Desk]) -> None:
    one, other = two
    (text, mark), (same, also) = (each.section("Kiln", "summary") for each in two)
    assert (text, mark) == (same, also)
    assert one.save("Kiln", "summary", "Anna wrote this.", mark).status_code == 200
    refused = other.client.post(
        f"{other.story('Kiln')}/save",
        data={"form": other.keys.form, "section": "summary", "text": "Ben wrote that.", "mark": mark},
    )
    assert refused.status_code == 409
    assert "Anna" in refused.text
    assert "Ben wrote that." in html.unescape(refused.text)
    _, now = other.section("Kiln", "summary")
    assert other.save("Kiln", "summary", "Both wrote this.", now).status_code == 200
    assert "Both wrote this." in one.page("Kiln")


def test_a_verdict_on_what_another_editor_changed_says_who_and_what(two: tuple[Desk, Desk]) -> None:
    one, other = two
    before = other.shown()
    text, mark = one.section("Kiln", "summary")
    assert one.save("Kiln", "summary", f"{text} The dam is old.", mark).status_code == 200
    assert other.act("reject", "Kiln", before).json()["said"] == [
        "not rejected: Kiln: changed meanwhile by Anna: summary; look at it, and decide again",
        "summary: new: “The dam is old.”",
    ]
    before = one.shown()
    assert other.act("defer", "Kiln").json()["is_done"]
    said = one.act("approve", "Kiln", before).json()["said"]
    assert said == [
        "not approved: Kiln: changed meanwhile by Ben: it is deferred now; look at it, and decide again"
    ]
    assert "status: deferred" in one.machine.text_of("Kiln")


def test_sections_saved_on_both_at_the_same_time_all_stand(two: tuple[Desk, Desk]) -> None:
    marks = [{key: each.section("Kiln", key) for key in ("summary", "keywords")} for each in two]

    def writes(at: int) -> list[int]:
        desk, key, codes = two[at], ("summary", "keywords")[at], []
        mark = marks[at][key][1]
        for number in range(6):
            text = f"Time {number}." if key == "summary" else f"* time {number}"
            answer = desk.save("Kiln", key, text, mark)
            codes.append(answer.status_code)
            mark = answer.json()["mark"]
        return codes

    with ThreadPoolExecutor(2) as both:
        assert [*both.map(writes, (0, 1))] == [[200] * 6] * 2
    for desk in two:
        assert desk.section("Kiln", "summary")[0] == "Time 5."
        assert desk.section("Kiln", "keywords")[0] == "* time 5"


def test_a_file_edited_here_and_on_the_other_desk_is_told_on_the_page(
    two: tuple[Desk, Desk],
) -> None:
    one, other = two
    other.machine.edit("Kiln", "status: pending", "status: deferred")
    assert one.act("approve", "Kiln").json()["is_done"]
    shown = other.page("Kiln")
    assert "changed here and elsewhere in the same place: see also" in shown
    assert ".orig" in shown
    assert ".orig" not in other.page("Kiln")
    assert "status: approved" in other.machine.text_of("Kiln")


def test_an_introduction_written_on_both_shows_both_texts(two: tuple[Desk, Desk]) -> None:
    one, other = two
    nothing = re.search(
        r'name="section" value="introduction">\s*<input type="hidden" name="mark" value="(\w+)"',
        one.client.get(f"{DESK}/publish").text,
    )
    assert nothing
    written = {"section": "introduction", "mark": nothing[1]}
    assert one.post(f"{DESK}/introduction", text="A week of kilns.", **written).status_code == 200
    refused = other.post(f"{DESK}/introduction", text="A week of buses.", **written)
    assert (refused.status_code, refused.json()["is_conflict"]) == (409, True)
    assert "A week of kilns." in other.client.get(f"{DESK}/publish").text


def test_both_publish_one_after_the_other(two: tuple[Desk, Desk]) -> None:
    one, other = two
    for verdict, desk, title in (("approve", one, "Kiln"), ("approve", other, "Eelgrass")):
        assert desk.act(verdict, title).status_code == 200
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda desk: desk.publish(), two))
    assert [each.status_code for each in answers] == [303, 303]
    for desk in two:
        page = (desk.machine.folder / "output" / "issues" / f"{ISSUE}.md").read_text("utf-8")
        assert "Kiln" in page
        assert "Eelgrass" in page
    with one.machine.store() as store:
        assert {each.entry.title for each in store.drafts.entries(issue=ISSUE)} == {"Kiln", "Eelgrass"}
        assert [each.kind for each in store.history.open_steps()] == []


def test_while_another_machine_is_at_work_the_desk_shows_and_decides_nothing(two: tuple[Desk, Desk]) -> None:
    one, other = two
    text, mark = other.section("Kiln", "summary")
    one.act("approve", "Kiln")
    with one.machine.store() as store:
        engine = store._engine
        with postgresql.exclusive(engine, doing="digest run"):
            other.page("Kiln")
            assert "status: approved" in other.machine.text_of("Kiln")
            refused = other.save("Kiln", "summary", "Lost?", mark)
            assert refused.status_code == 409
            assert "in use by digest run" in str(refused.json()["said"])
    with other.machine.store() as store:
        assert {row.title: row.status for row in store.drafts.drafts(issue=ISSUE)}["Kiln"] == "approved"
    assert other.save("Kiln", "summary", f"{text} Not lost.", mark).status_code == 200
    assert "Not lost." in one.page("Kiln")
