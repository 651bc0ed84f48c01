"""Two editors over one archive, which a file stands in for: what is done one after the other."""

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from desks import room_of, serving
from newsroom import ISSUE
from test_two_desks import DESK, Desk
from two_machines import two_machines

from digest.cli import places
from digest.errors import StoreError
from digest.issues.history.asking import find_draft
from digest.review.saving import find_section, save_section
from digest.store.history import History

Two = tuple[Desk, Desk]


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with ExitStack() as stack:
        room = room_of(tmp_path / "one")
        desks = []
        for machine in stack.enter_context(two_machines(room, tmp_path / "two", "file")):
            machine.listed()
            keys = stack.enter_context(serving(machine.room))
            client = stack.enter_context(httpx2.Client(base_url=f"http://{keys.host}", timeout=60))
            client.get(keys.address)
            desks.append(Desk(machine, keys, client))
        yield desks[0], desks[1]


def typed(desk: Desk, words: str) -> None:
    """Save as the desk's script does while one types."""
    _, mark = desk.section("Kiln", "summary")
    fields = {"section": "summary", "text": words, "mark": mark, "field": "text-summary"}
    assert desk.post(f"{desk.story('Kiln')}/save", **fields).status_code == 200


def go(desk: Desk, way: str) -> str:
    data = {"form": desk.keys.form, "issue": ISSUE, "page": "desk"}
    return desk.client.post(f"/{way}", data=data, follow_redirects=True).text


def test_what_was_typed_and_taken_back_leaves_the_others_version(two: Two) -> None:
    anna, ben = two
    _, mark = ben.section("Kiln", "summary")
    assert ben.save("Kiln", "summary", "Ben wrote for an hour.", mark).status_code == 200
    text, _ = anna.section("Kiln", "summary")
    for words in (f"{text} x", text, "Anna wrote instead."):
        typed(anna, words)
    kiln = anna.machine.id_of("Kiln")
    with anna.machine.store() as store:
        steps = store.history.steps(each.step for each in store.history.versions_of(kiln))
        said = {
            steps[each.step].who: store.history.text_of(kiln, each.version) or ""
            for each in store.history.versions_of(kiln)
        }
    assert "Ben wrote for an hour." in said["Ben"]
    assert "Anna wrote instead." in said["Anna"]
    go(anna, "undo")
    assert anna.section("Kiln", "summary")[0] == ben.section("Kiln", "summary")[0] == text


@pytest.mark.parametrize("error", [StoreError("server closed the connection"), KeyboardInterrupt()])
def test_a_saving_that_is_cut_keeps_what_was_typed_before(
    two: Two, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    anna, ben = two
    folder, kiln = anna.machine.folder, anna.machine.id_of("Kiln")

    def save(words: str, goes_on: int = 0) -> int:
        with places.archive(folder, doing="digest review", must_exist=True) as store:
            text = find_draft(store, folder / "output", kiln, now=anna.machine.room.now).text
            mark, now = find_section(text, "summary").mark, anna.machine.room.now
            output = folder / "output"
            saved = save_section(store, output, kiln, "summary", words, mark=mark, now=now, goes_on=goes_on)
            return saved.step

    step = save("Anna typed a while.")

    def lost(*given: object, **named: object) -> int:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(History, "add_version", lost)
        with pytest.raises(type(error)):
            save("Anna typed a while, and more.", step)
    for desk in two:
        assert "Anna typed a while." in desk.section("Kiln", "summary")[0]
    assert save("Anna typed a while, and on.", step) == step
    assert ben.section("Kiln", "summary")[0] == "Anna typed a while, and on."


def test_an_introduction_that_is_undone_is_gone_on_both(two: Two) -> None:
    anna, ben = two
    files = [desk.machine.folder / "output" / "drafts" / ISSUE / "introduction.md" for desk in two]
    mark = re.search(
        r'name="section" value="introduction">\s*<input type="hidden" name="mark" value="(\w+)"',
        anna.client.get(f"{DESK}/publish").text,
    )
    assert mark
    written = {"section": "introduction", "text": "A week of kilns.", "mark": mark[1]}
    assert anna.post(f"{DESK}/introduction", **written).status_code == 200
    ben.client.get(DESK)
    assert [each.exists() for each in files] == [True, True]
    go(anna, "undo")
    ben.client.get(DESK)
    assert "there again" not in anna.client.get(DESK).text
    assert [each.exists() for each in files] == [False, False]


def test_undo_and_redo_say_whose_step_it_was(two: Two) -> None:
    anna, ben = two
    anna.act("approve", "Kiln")
    assert "another editor's: approve by Anna: Kiln; once more undoes that" in html.unescape(go(ben, "undo"))
    assert "undone: approve by Anna" in go(ben, "undo")
    assert "redone: approve by Anna" in go(anna, "redo")


def test_what_became_of_a_file_is_told_whatever_page_finds_it(two: Two) -> None:
    anna, ben = two
    seen = ben.shown()
    for title, status, do in (
        ("Kiln", "approved", lambda: go(ben, "undo")),
        ("Eelgrass", "rejected", lambda: ben.act("defer", "Eelgrass", seen) and ben.page("Eelgrass")),
        ("Breach", "approved", lambda: ben.client.get(f"{DESK}/publish").text),
    ):
        ben.machine.listed()
        anna.machine.edit(title, "status: pending", f"status: {status}")
        anna.machine.listed()
        ben.machine.edit(title, "status: pending", "status: deferred")
        shown = do()
        assert "changed here and elsewhere in the same place: see also" in shown, title
        assert "see also" not in ben.page(title)
