"""What is typed into one field in one go and saved by itself meanwhile is one step to undo."""

from datetime import timedelta

import pytest
from browsers import browser
from desks import JSON, Served, desk_page, served, serving
from newsroom import ISSUE
from playwright.sync_api import Browser, expect

from digest.review import typed

__all__ = ["browser", "served"]


def save(served: Served, words: str, field: str = "text-summary") -> None:
    """Save as the desk's script does while one types."""
    _, mark = served.section("Kiln", "summary")
    data = {"form": served.keys.form, "section": "summary", "text": words, "mark": mark, "field": field}
    answer = served.client.post(f"/story/{served.id_of('Kiln')}/save", data=data, headers=JSON)
    assert answer.json()["is_done"], answer.text


def go(served: Served, way: str) -> str:
    data = {"form": served.keys.form, "issue": ISSUE, "page": "desk"}
    return served.client.post(f"/{way}", data=data, follow_redirects=True).text


def said(served: Served) -> str:
    return served.section("Kiln", "summary")[0]


def test_several_savings_of_one_field_are_undone_and_redone_at_once(served: Served) -> None:
    text = served.path_of("Kiln").read_text("utf-8")
    for words in ("One", "One kiln", "One kiln was lit."):
        save(served, words)
    last = served.path_of("Kiln").read_text("utf-8")
    assert "undone: edit" in go(served, "undo")
    assert served.path_of("Kiln").read_text("utf-8") == text
    go(served, "redo")
    assert served.path_of("Kiln").read_text("utf-8") == last
    # Whoever goes on after an undo begins another step.
    save(served, "Two kilns.")
    go(served, "undo")
    assert said(served) == "One kiln was lit."


def test_what_was_done_in_between_begins_another_step(served: Served) -> None:
    save(served, "One.")
    served.act(f"defer {served.id_of('Eelgrass')}")
    save(served, "One two.")
    go(served, "undo")
    assert said(served) == "One."
    assert served.status_of("Eelgrass") == "deferred"
    path = served.path_of("Kiln")
    save(served, "One two.")
    path.write_text(path.read_text("utf-8").replace("One two.", "One two, by hand."), "utf-8")
    save(served, "One two three.")
    go(served, "undo")
    assert said(served) == "One two, by hand."
    go(served, "undo")
    assert said(served) == "One two."


@pytest.mark.parametrize("field", ["", "text-keywords"])
def test_another_field_or_none_begins_another_step(served: Served, field: str) -> None:
    save(served, "One.")
    save(served, "One two.", field)
    go(served, "undo")
    assert said(served) == "One."


def test_after_a_rest_another_step_begins(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed, "ONE_GO", timedelta(0))
    save(served, "One.")
    save(served, "One two.")
    go(served, "undo")
    assert said(served) == "One."


def test_typed_back_to_what_it_was_there_is_nothing_to_undo(served: Served) -> None:
    before = said(served)
    served.act(f"defer {served.id_of('Kiln')}")
    save(served, "One.")
    save(served, before)
    assert "undone: defer" in go(served, "undo")


def test_typed_back_another_step_begins_and_what_was_before_stays(served: Served) -> None:
    save(served, "Words of an hour ago.", "")
    served.act(f"defer {served.id_of('Kiln')}")
    for words in ("Words of an hour ago. x", "Words of an hour ago.", "Other words."):
        save(served, words)
    assert "undone: edit" in go(served, "undo")
    assert said(served) == "Words of an hour ago."
    assert "undone: defer" in go(served, "undo")


def test_in_a_browser_what_is_typed_in_one_go_is_undone_by_one_key(browser: Browser, served: Served) -> None:
    before = said(served)
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/story/{served.id_of('Kiln')}")
        page.locator("[data-section=summary]").get_by_text("Edit summary").click()
        page.locator("#text-summary").focus()
        for words in ("First. ", "Second. ", "Third. "):
            page.keyboard.type(words)
            expect(page.locator("#state")).to_have_text("not saved yet")
            expect(page.locator("#state")).to_have_text("saved")
        assert "Third." in said(served)
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        expect(page.locator("#said")).to_contain_text("undone: edit")
    assert said(served) == before
