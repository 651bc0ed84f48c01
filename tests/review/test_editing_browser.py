"""Editing in a real browser: it saves by itself, in order, and nothing typed is ever lost."""

import re
from pathlib import Path

import pytest
from browsers import SCHEMES, browser, is_too_wide, keep_picture, violations
from desks import TEXTS, desk_page, room_of, serving
from newsroom import ISSUE, Newsroom
from playwright.sync_api import Browser, Page, expect

from digest.issues.decisions import draft_path

__all__ = ["browser"]


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return room_of(tmp_path)


def path_of(room: Newsroom, title: str = "Kiln") -> Path:
    return draft_path(room.output, ISSUE, id_of(room, title))


def id_of(room: Newsroom, title: str = "Kiln") -> str:
    return next(row.id for row in room.rows(ISSUE) if row.title == title)


def table(room: Newsroom) -> list[tuple[str, str, str, str]]:
    rows = room.draft(ISSUE, id_of(room)).entry.signals
    return [(row.signal, row.change, row.horizon_10y, row.driving_force) for row in rows]


def open_story(page: Page, title: str = "Kiln") -> None:
    page.get_by_role("link", name=title, exact=True).first.click()
    page.wait_for_url("**/story/*")
    page.locator(".scripted").first.wait_for(state="visible")


def saved(page: Page) -> None:
    expect(page.locator("#state")).to_have_text("saved")


def test_a_table_is_edited_by_keyboard_and_saves_by_itself(browser: Browser, room: Newsroom) -> None:
    before = table(room)
    with serving(room) as keys, desk_page(browser, keys) as page:
        press = page.keyboard.press
        open_story(page)
        cell = page.locator("#cell-1-1")
        cell.focus()
        # Keys are only letters while one types.
        page.keyboard.type("from coal to power; jam")
        expect(page.locator("#state")).to_have_text("not saved yet")
        saved(page)
        assert table(room)[0][1] == "from coal to power; jam"
        # The focus is where it was, and what is typed on goes on there.
        expect(cell).to_be_focused()
        page.keyboard.type(" too")
        press("Tab")
        expect(page.locator("#cell-1-2")).to_be_focused()
        page.keyboard.type("by 2035")
        saved(page)
        assert table(room)[0][1:3] == ("from coal to power; jam too", "by 2035")
        expect(page.locator("#cell-1-2")).to_be_focused()
        press("Escape")
        expect(page.locator("#row-1")).to_be_focused()
        press("Shift+J")
        expect(page.locator("#said")).to_contain_text("saved: signals")
        expect(page.locator("#row-2")).to_be_focused()
        assert table(room)[1][2] == "by 2035"
        press("Delete")
        expect(page.locator("#why")).to_contain_text("Why is the row deleted?")
        press("Escape")
        expect(page.locator("#row-2")).to_be_focused()
        press("Delete")
        press("5")
        expect(page.locator("tr[data-row]")).to_have_count(len(before) - 1)
        expect(page.locator("#said")).to_contain_text("saved: signals")
        assert table(room) == before[1:]
        page.locator("#cell-new-0").fill("A row of mine")
        saved(page)
        assert table(room)[-1][0] == "A row of mine"
        # There is another to fill in.
        expect(page.locator("#cell-new-0")).to_have_value("")
        page.keyboard.press("Escape")
        press("u")
        expect(page.locator("#said")).to_contain_text("undone: edit")
        assert table(room) == before[1:]


def test_a_sentence_is_made_a_signal_by_keys(browser: Browser, room: Newsroom) -> None:
    before = table(room)
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        page.keyboard.press("s")
        expect(page.get_by_label("Use sentence 1")).to_be_focused()
        for _ in range(5):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#use")).to_be_visible()
        assert violations(page) == []
        sentence = TEXTS["Kiln"].split("\n")[5]
        expect(page.locator(".use-text")).to_have_text(sentence)
        page.keyboard.press("1")
        expect(page.locator("#said")).to_contain_text("saved: signals")
        assert table(room)[len(before)][0] == sentence.removesuffix(".")
        expect(page.locator(f"#row-{len(before) + 1}")).to_be_focused()
        # With the pointer, cited in the row that had the focus last.
        page.locator("#cell-2-0").focus()
        page.locator("#s5").click()
        page.get_by_role("button", name="Cite it in this row").click()
        expect(page.locator("#row-2")).to_be_focused()
        assert re.search(r"cited:[^#]*\b5\b", path_of(room).read_text("utf-8"))


def test_reload_in_the_middle_of_typing_keeps_the_text(browser: Browser, room: Newsroom) -> None:
    before = path_of(room).read_bytes()
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        page.locator("#cell-2-1").focus()
        page.keyboard.type("half a tho")
        page.reload()
        expect(page.locator("#cell-2-1")).to_have_value("half a tho")
        expect(page.locator("#state")).to_contain_text("brought back")
        page.locator("#cell-2-1").focus()
        page.keyboard.press("End")
        page.keyboard.type("ught")
        saved(page)
        assert table(room)[1][1] == "half a thought"
        # Dropped, it is gone.
        page.locator("#cell-2-1").fill("not this")
        page.reload()
        page.get_by_role("button", name="Drop it").click()
        expect(page.locator("#cell-2-1")).to_have_value("half a thought")
    assert path_of(room).read_bytes() != before


def test_what_was_typed_over_a_table_with_other_rows_is_shown_beside_it(
    browser: Browser, room: Newsroom
) -> None:
    path = path_of(room)
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        page.locator("#cell-2-1").fill("half a thought")
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"(\| A cement .*\n)", r"\1| Theirs | – | – | – |\n", text), "utf-8")
        page.reload()
        expect(page.locator("#theirs")).to_have_value(re.compile("Theirs"))
        expect(page.locator("#mine")).to_have_value(re.compile("half a thought"))
        page.get_by_role("button", name="Save this in its place").click()
        expect(page.locator("#said")).to_contain_text("saved: signals")
        assert [row[1] for row in table(room)] == ["–", "half a thought"]
        expect(page.locator("#state")).to_have_text("")


def test_two_browsers_on_one_draft_overwrite_nothing(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        other = page.context.new_page()
        other.goto(page.url)
        page.locator("#cell-1-1").fill("mine")
        saved(page)
        other.locator("#cell-1-1").fill("yours")
        expect(other.locator("#theirs")).to_have_value(re.compile(r"\| mine"))
        expect(other.locator("#mine")).to_have_value(re.compile(r"\| yours"))
        assert violations(other) == []
        assert table(room)[0][1] == "mine"
        other.get_by_role("link", name="Keep what the file says").click()
        expect(other.locator("#cell-1-1")).to_have_value("mine")
        # The first goes on, and so can the other.
        other.locator("#cell-1-2").fill("by 2035")
        saved(other)
        assert table(room)[0][1:3] == ("mine", "by 2035")
        other.close()


def test_a_file_changed_by_an_editor_program_is_shown_beside_what_is_typed(
    browser: Browser, room: Newsroom
) -> None:
    path = path_of(room)
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        page.locator(".sentences li").first.focus()
        page.keyboard.press("e")
        area = page.locator("#text-summary")
        expect(area).to_be_focused()
        path.write_text(path.read_text("utf-8").replace("## Summary\n\n", "## Summary\n\nTheirs. "), "utf-8")
        before = path.read_bytes()
        area.fill("Mine alone.")
        expect(page.locator("#theirs")).to_have_value(re.compile("^Theirs"))
        expect(page.locator("#mine")).to_have_value("Mine alone.")
        assert path.read_bytes() == before


def test_what_cannot_be_saved_says_so_and_is_kept(browser: Browser, room: Newsroom) -> None:
    path = path_of(room)
    before = path.read_bytes()
    refused = r"422 \(.*\)|net::ERR_INTERNET_DISCONNECTED"
    with serving(room) as keys, desk_page(browser, keys, refused=refused) as page:
        open_story(page)
        page.locator('[data-section="keywords"] summary').click()
        page.locator("#text-keywords").fill("no bullets here")
        expect(page.locator("#state")).to_contain_text("not saved: ")
        page.reload()
        expect(page.locator("#text-keywords")).to_have_value("no bullets here")
        assert path.read_bytes() == before
        page.locator("#text-keywords").fill("* kilns")
        saved(page)
        # What is shown is what was saved.
        expect(page.locator("#shown-keywords .chips li")).to_have_count(1)
        page.context.set_offline(True)
        page.locator("#text-keywords").fill("* dams")
        expect(page.locator("#state")).to_contain_text("the desk does not answer")
        page.context.set_offline(False)
        page.reload()
        expect(page.locator("#text-keywords")).to_have_value("* dams")


def test_keys_pressed_before_it_is_saved_lose_nothing(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        page.locator("#cell-1-1").fill("typed last")
        page.keyboard.press("Escape")
        page.keyboard.press("k")
        page.wait_for_url(lambda url: id_of(room) not in url)
        assert table(room)[0][1] == "typed last"


def test_a_verdict_is_undone_after_the_desk_was_started_anew(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        page.keyboard.press("j")
        page.keyboard.press("d")
        expect(page.locator("#said")).to_contain_text("deferred: ")
        expect(page.locator("li.deferred")).to_have_count(1)
    with serving(room) as keys, desk_page(browser, keys) as page:
        expect(page.locator("li.deferred")).to_have_count(1)
        page.keyboard.press("u")
        expect(page.locator("#said")).to_contain_text("undone: defer")
        expect(page.locator("li.deferred")).to_have_count(0)
    assert {row.status for row in room.rows(ISSUE)} == {"pending"}


def test_two_stories_are_merged_by_keys(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        for key in ("j", "m"):
            page.keyboard.press(key)
        expect(page.locator("#said")).to_contain_text("press m there")
        page.keyboard.press("m")
        expect(page.locator("#said")).to_contain_text("not merged")
        for key in ("m", "j", "m"):
            page.keyboard.press(key)
        expect(page.locator("#said")).to_contain_text("merged: one story of 2 articles")
        expect(page.locator("li.rejected")).to_have_count(1)
        assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_editing_is_good_to_look_at(browser: Browser, room: Newsroom, tmp_path: Path, scheme: str) -> None:
    path = path_of(room)
    text = path.read_text("utf-8").replace(
        "## Summary\n\n", "## Summary\n\nThe kiln draws 600 megawatts. ", 1
    )
    path.write_text(re.sub(r"(\| A cement [^|]*)\| –", r"\1| *coal to power* ", text), "utf-8")
    with serving(room) as keys, desk_page(browser, keys, scheme=scheme) as page:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"http://{keys.host}/story/{id_of(room)}?sentence=3")
            page.locator("#cell-1-1").focus()
            assert not is_too_wide(page), width
            assert violations(page) == [], width
            keep_picture(page, f"desk-editing-{width}-{scheme}", tmp_path)


def test_nothing_of_it_breaks_under_the_pages_own_policy(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys, axe=False) as page:
        open_story(page)
        page.locator("#cell-1-1").fill("typed")
        saved(page)
        page.keyboard.press("Escape")
        page.keyboard.press("Shift+K")
        expect(page.locator("#said")).to_contain_text("nothing to save")
        expect(page.locator("#row-1")).to_be_focused()
        page.locator("#add-themes").fill("Energy")
        page.keyboard.press("Enter")
        expect(page.locator("#add-themes")).to_be_focused()
        expect(page.locator("#shown-themes .chips")).to_contain_text("Energy")
        page.locator("#keep-1").uncheck()
        saved(page)
        expect(page.locator("#keep-1")).to_be_focused()
    assert len(room.draft(ISSUE, id_of(room)).entry.closest) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_issue_is_put_in_order_by_keys_and_looked_at(
    browser: Browser, room: Newsroom, tmp_path: Path, scheme: str
) -> None:
    room.digest("draft", "approve", "--all", "--issue", ISSUE)
    with serving(room) as keys, desk_page(browser, keys, scheme=scheme) as page:
        page.keyboard.press("p")
        expect(page.locator("h1")).to_have_text(f"Publish issue {ISSUE}")
        titles = page.locator(".ordered a.title")
        expect(titles).to_have_count(3)
        first, second, third = titles.all_inner_texts()
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.get_by_role("link", name=second, exact=True)).to_be_focused()
        page.keyboard.press("Shift+J")
        expect(page.locator("#said")).to_contain_text(f"3 of 3: {second}")
        expect(page.get_by_role("link", name=second, exact=True)).to_be_focused()
        expect(titles).to_have_text([first, third, second])
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert not is_too_wide(page), width
            assert violations(page) == [], width
            keep_picture(page, f"desk-issue-{width}-{scheme}", tmp_path)
        page.keyboard.press("u")
        expect(page.locator("#said")).to_contain_text("undone: order")
        expect(titles).to_have_text([first, second, third])


def test_the_page_is_looked_at_with_its_own_style_and_nothing_else(browser: Browser, room: Newsroom) -> None:
    room.digest("draft", "approve", "--all", "--issue", ISSUE)
    with serving(room) as keys, desk_page(browser, keys, axe=False) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/preview/page")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
