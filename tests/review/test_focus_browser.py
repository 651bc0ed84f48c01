"""Where the keyboard is: on something with a name after every page, and its evidence beside it."""

import re
from pathlib import Path

import pytest
from browsers import SCHEMES, browser, is_too_wide, keep_picture, violations
from desks import desk_page, room_of, serving
from newsroom import ISSUE, Newsroom
from playwright.sync_api import Browser, Page, expect

__all__ = ["browser"]

GONE = r"net::ERR_\w+"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return room_of(tmp_path)


def id_of(room: Newsroom, title: str = "Kiln") -> str:
    return next(row.id for row in room.rows(ISSUE) if row.title == title)


def open_story(page: Page, title: str = "Kiln") -> None:
    page.get_by_role("link", name=title, exact=True).first.click()
    page.wait_for_url("**/story/*")
    page.locator(".scripted").first.wait_for(state="visible")


def said(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def lit(page: Page) -> list[str]:
    return [str(each.get_attribute("id"))[1:] for each in page.locator(".sentence.lit").all()]


def places(page: Page, selector: str) -> list[str]:
    return (page.locator(selector).get_attribute("data-places") or "").split()


def test_a_story_that_is_opened_has_the_focus_under_its_title(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        expect(page.locator("#main")).to_be_focused()
        expect(page.locator("#main")).to_have_accessible_name("Kiln")
        page.keyboard.press("b")
        expect(page.get_by_role("link", name="Kiln")).to_be_focused()


def test_undo_and_redo_leave_the_focus_where_it_was(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        press = page.keyboard.press
        # Of the desk without a story that has it: its title.
        press("j")
        press("d")
        said(page, "deferred: ")
        first = page.locator("a.title").first
        press("u")
        said(page, "undone: defer")
        expect(first).to_be_focused()
        press("Shift+U")
        said(page, "redone: defer")
        expect(first).to_be_focused()
        open_story(page)
        page.locator("#cell-2-1").focus()
        page.keyboard.type("by a third")
        press("Control+Enter")
        said(page, "saved: signals")
        press("Escape")
        expect(page.locator("#row-2")).to_be_focused()
        press("u")
        said(page, "undone: edit")
        expect(page.locator("#row-2")).to_be_focused()
        press("Shift+U")
        said(page, "redone: edit")
        expect(page.locator("#row-2")).to_be_focused()
        page.locator(".sentences li").nth(1).focus()
        press("u")
        said(page, "undone: edit")
        expect(page.locator(".sentences li").nth(1)).to_be_focused()


def test_what_was_published_has_the_focus_under_its_title(browser: Browser, room: Newsroom) -> None:
    room.digest("draft", "approve", "--all", "--anyway")
    with serving(room) as keys, desk_page(browser, keys) as page:
        page.keyboard.press("p")
        expect(page.locator("#main")).to_be_focused()
        page.keyboard.press("Shift+P")
        said(page, f"published: issue {ISSUE}")
        assert page.evaluate("document.activeElement !== document.body")
        page.keyboard.press("u")
        said(page, "undone: publish")
        assert page.evaluate("document.activeElement !== document.body")


def test_each_field_with_the_focus_shows_its_evidence_in_sight(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        page.set_viewport_size({"width": 1280, "height": 420})
        open_story(page)
        for number in range(1, page.locator("tr[data-row]").count() + 1):
            page.locator(f"#row-{number}").focus()
            assert lit(page) == places(page, f"#row-{number}") != [], number
            page.locator(f"#cell-{number}-0").focus()
            assert lit(page) == places(page, f"td:has(#cell-{number}-0)"), number
            expect(page.locator(".sentence.lit").first).to_be_in_viewport()
        for each in page.locator(".sentences li").all():
            each.focus()
            assert lit(page) == (each.get_attribute("data-places") or "").split()
            expect(page.locator(".sentence.lit").first).to_be_in_viewport()
        # What rests on nothing lights nothing.
        page.locator("#add-keywords").focus()
        assert lit(page) == []
        # The summary as a whole: the sentence that the caret is in.
        page.locator(".sentences li").first.focus()
        page.keyboard.press("e")
        page.keyboard.press("Control+Home")
        assert lit(page) == places(page, ".sentences li:first-child")
        page.keyboard.press("Control+End")
        assert lit(page) == places(page, ".sentences li:last-child")


def test_a_desk_that_is_gone_takes_no_page_away(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys, axe=False, refused=GONE) as page:
        open_story(page)
        story = page.url
        page.locator("#cell-1-1").fill("held by the page")
        page.context.set_offline(True)
        page.keyboard.press("Control+Enter")
        said(page, "not saved: the desk does not answer; kept in this browser")
        expect(page.locator("#cell-1-1")).to_be_focused()
        page.keyboard.press("Escape")
        for key in ("u", "a", "Delete"):
            page.locator("#said").evaluate("each => each.replaceChildren()")
            page.keyboard.press(key)
            if key == "Delete":
                page.keyboard.press("0")
            said(page, "not done: the desk does not answer")
            assert page.url == story
            expect(page.locator("#cell-1-1")).to_have_value("held by the page")
        page.context.set_offline(False)
        page.locator("#cell-1-1").focus()
        page.keyboard.press("Control+Enter")
        said(page, "saved: signals")
    assert room.draft(ISSUE, id_of(room)).entry.signals[0].change == "held by the page"


def test_two_tables_can_be_read_side_by_side_and_copied(
    browser: Browser, room: Newsroom, tmp_path: Path
) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        open_story(page)
        other = page.context.new_page()
        other.goto(page.url)
        page.locator("#cell-1-1").fill("from coal to power")
        page.keyboard.press("Control+Enter")
        said(page, "saved: signals")
        other.locator("#cell-1-1").fill("from coal to water")
        other.keyboard.press("Control+Enter")
        theirs, mine = (
            other.get_by_role("table", name=name) for name in ("What the file says now", "What you wrote")
        )
        expect(theirs.locator("td.changed")).to_have_text(["from coal to power"])
        expect(mine.locator("td.changed")).to_have_text(["from coal to water"])
        expect(theirs.locator("mark")).to_have_text(["power"])
        expect(mine.locator("mark")).to_have_text(["water"])
        assert theirs.locator("tbody tr").count() == mine.locator("tbody tr").count() > 1
        for name, word in (("Copy what the file says", "power"), ("Copy what you wrote", "water")):
            other.get_by_role("button", name=name).click()
            expect(other.locator("#said")).to_contain_text("copied: ")
            assert f"from coal to {word}" in other.evaluate("navigator.clipboard.readText()")
        for width in (1280, 390):
            other.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                other.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                assert not is_too_wide(other), width
                assert violations(other) == [], (width, scheme)
                keep_picture(other, f"desk-conflict-{width}-{scheme}", tmp_path)
        other.close()


def test_a_verdict_on_those_selected_is_for_them_all(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        press = page.keyboard.press
        for _ in range(2):
            press("j")
            press("x")
        press("j")
        focused = page.evaluate("document.activeElement.innerText")
        press("a")
        said(page, "approved: 2 stories")
        expect(page.locator("li.approved")).to_have_count(2)
        expect(page.locator("input[name=ids]:checked")).to_have_count(0)
        assert page.evaluate("document.activeElement.innerText") == focused
        expect(page.locator("li.pending a.title")).to_have_text([focused])
        # Without any that is selected: the one with the focus.
        press("d")
        said(page, f"deferred: {focused}")


def test_what_is_of_no_use_has_no_button(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        open_story(page)
        approve = page.get_by_role("button", name=re.compile("^Approve"))
        expect(approve).to_have_count(1)
        approve.focus()
        page.keyboard.press("Enter")
        said(page, "approved: Kiln")
        expect(approve).to_have_count(0)
        expect(page.locator("#main")).to_be_focused()
        page.reload()
        expect(approve).to_have_count(0)
        page.keyboard.press("r")
        expect(page.locator("#why")).to_contain_text("not-new")
        expect(page.locator("#why")).not_to_contain_text("missed-signal")


@pytest.mark.parametrize("width", [1280, 900, 700])
def test_nothing_that_is_gone_to_lies_under_the_bars(browser: Browser, room: Newsroom, width: int) -> None:
    with serving(room) as keys, desk_page(browser, keys, width=width, axe=False) as page:
        page.set_viewport_size({"width": width, "height": 420})
        open_story(page)
        # What is said covers neither, nor is it covered.
        page.keyboard.press("d")
        said(page, "deferred: Kiln")
        page.locator(".draft summary").last.focus()
        for each in (page.locator("#said p"), page.get_by_role("button", name="Reject")):
            each.click(timeout=5_000)
            page.keyboard.press("Escape")
        fields = page.locator(".draft :is(li[tabindex], textarea:visible, summary)")
        for way in (range(fields.count()), reversed(range(fields.count()))):
            for at in way:
                fields.nth(at).focus()
                is_free = fields.nth(at).evaluate(
                    "each => { const box = each.getBoundingClientRect();"
                    " const y = Math.min(box.top + 9, innerHeight - 2);"
                    " return each.contains(document.elementFromPoint(box.left + 9, y)) }"
                )
                assert is_free, fields.nth(at).get_attribute("id")
