"""A verdict is good for what the page showed: what was changed meanwhile is told, and decided on again."""

from contextlib import closing

import pytest
from desks import JSON, Served, served, shown_in
from newsroom import ISSUE

from digest.errors import StoreError
from digest.issues.decisions import read_statuses, set_status
from digest.store import Store

__all__ = ["served"]


def change(served: Served, title: str, old: str, new: str) -> None:
    path = served.path_of(title)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_what_was_written_meanwhile_is_told_and_decided_on_with_one_more_step(served: Served) -> None:
    before = served.shown()
    kiln = served.id_of("Kiln")
    change(served, "Kiln", "The kiln draws 60 megawatts", "The kiln itself draws 60 megawatts")
    for act, what in (("approve", "approved"), ("reject", "rejected"), ("defer", "deferred")):
        answer = served.act(f"{act} {kiln}", shown=before).json()
        assert (answer["is_done"], answer["left"]) == (False, [kiln])
        said = "\n".join(answer["said"])
        assert f"not {what}: Kiln: changed meanwhile, in another window or program: summary" in said
        assert "summary: new: “itself”" in said
        assert served.status_of("Kiln") == "pending"
    again = served.act(f"approve {kiln}", shown=shown_in(answer["lines"][kiln])).json()
    assert again["said"] == ["approved: Kiln"]
    # And so on, by what the answer has.
    again = served.act(f"reject {kiln}", shown=shown_in(again["lines"][kiln])).json()
    assert again["said"] == ["rejected: Kiln"]


def test_another_verdict_meanwhile_is_told_and_the_same_one_is_not(served: Served) -> None:
    before = served.shown()
    kiln, eelgrass = served.id_of("Kiln"), served.id_of("Eelgrass")
    served.room.digest("draft", "reject", kiln)
    served.room.digest("draft", "defer", eelgrass)
    answer = served.act(f"approve {kiln}", shown=before).json()
    assert not answer["is_done"]
    assert "it is rejected now" in answer["said"][0]
    assert served.status_of("Kiln") == "rejected"
    assert served.act(f"defer {eelgrass}", shown=before).json()["is_done"]


def test_of_those_selected_what_is_as_shown_is_decided_and_the_rest_named(served: Served) -> None:
    before = served.shown()
    change(served, "Kiln", "The kiln draws", "The kiln eats")
    change(served, "Breach", "Two clinics", "Three clinics")
    form = {"form": served.keys.form, "page": "desk", "act": "reject", "shown": before}
    form |= {"ids": [served.id_of(each) for each in ("Kiln", "Eelgrass", "Breach")]}
    shown = served.client.post(f"{served.desk}/status", data=form, follow_redirects=True).text
    assert "rejected: Eelgrass" in shown
    for each in ("Kiln", "Breach"):
        assert f"not rejected: {each}: changed meanwhile" in shown
        assert served.status_of(each) == "pending"
    # The page that says so is the one that is decided on next.
    form |= {"shown": shown_in(shown)}
    served.client.post(f"{served.desk}/status", data=form)
    assert [served.status_of(each) for each in ("Kiln", "Breach")] == ["rejected"] * 2


def test_stories_are_not_merged_over_what_was_changed(served: Served) -> None:
    before = served.shown()
    change(served, "Kiln", "status: pending", "status: deferred")
    ids = [served.id_of("Kiln"), served.id_of("Breach")]
    form = {"form": served.keys.form, "act": "merge", "page": "desk", "ids": ids, "shown": before}
    answer = served.client.post(f"{served.desk}/status", data=form, headers=JSON).json()
    assert (
        "not merged: Kiln: changed meanwhile, in another window or program: it is deferred now"
        in (answer["said"][0])
    )
    assert [served.status_of(each) for each in ("Kiln", "Breach")] == ["deferred", "pending"]


def test_what_no_verdict_is_about_asks_for_nothing_and_a_form_without_marks_decides_nothing(
    served: Served,
) -> None:
    before = served.shown()
    change(served, "Kiln", "status: pending", 'status: pending\nnote: "call Anna"\nplace: 2')
    change(served, "Kiln", "## Evidence", "## Evidence\n\nMore.")
    kiln, eelgrass = served.id_of("Kiln"), served.id_of("Eelgrass")
    answer = served.act(f"approve {kiln}", shown=[]).json()
    assert "not approved: Kiln: changed meanwhile" in answer["said"][0]
    assert served.act(f"approve {kiln}", shown=before).json()["said"] == ["approved: Kiln"]
    served.path_of("Eelgrass").unlink()
    answer = served.act(f"defer {eelgrass}", shown=before).json()
    assert "it is rejected now, its file is gone" in answer["said"][0]


def save(served: Served, text: str, mark: str, shown: str) -> dict[str, str]:
    form = {"form": served.keys.form, "section": "summary", "text": text, "mark": mark, "shown": shown}
    return dict(served.client.post(f"/story/{served.id_of('Kiln')}/save", data=form, headers=JSON).json())


def test_what_one_saved_on_the_page_asks_for_nothing_and_hides_no_others_change(served: Served) -> None:
    kiln = served.id_of("Kiln")
    (shown,) = shown_in(served.client.get(f"/story/{kiln}").text)
    text, mark = served.section("Kiln", "summary")
    # A place in the order is no matter.
    change(served, "Kiln", "status: pending", "status: pending\nplace: 3")
    saved = save(served, f"{text} More.", mark, shown)
    own = f"{kiln} {saved['shown']}"
    change(served, "Kiln", "## Themes\n", "## Themes\n\n* Dams\n")
    saved = save(served, f"{text} More, and more.", saved["mark"], own)
    assert saved["is_done"]
    assert saved["shown"] == ""
    answer = served.act(f"approve {kiln}", shown=[own]).json()
    assert not answer["is_done"]
    assert "themes" in answer["said"][0]


def test_what_is_written_while_a_verdict_is_given_is_not_written_over(served: Served) -> None:
    kiln, output = served.id_of("Kiln"), served.room.output
    with closing(Store(output)) as store:
        files = read_statuses(store, output, ISSUE, now=served.room.now)
        change(served, "Kiln", "The kiln draws", "The kiln itself draws")
        with pytest.raises(StoreError, match="changed just now"):
            set_status(store, output, [kiln], "approved", now=served.room.now, files=files)
    assert "The kiln itself draws" in served.path_of("Kiln").read_text("utf-8")
    assert served.status_of("Kiln") == "pending"


def test_what_readers_have_is_told_by_its_title_and_how_it_is_taken_back(served: Served) -> None:
    for title in ("Kiln", "Eelgrass"):
        served.act(f"approve {served.id_of(title)}")
    served.publish()
    kiln = served.id_of("Kiln")
    answer = served.act("defer", ids=[kiln, served.id_of("Breach")]).json()
    assert answer["said"] == [
        "deferred: Breach",
        "not deferred: Kiln: readers have it; to take it back, reject it",
    ]
    answer = served.act(f"reject {kiln}").json()
    assert answer["said"] == ["rejected: Kiln", f"withdrawn from issue {ISSUE}: Kiln"]
