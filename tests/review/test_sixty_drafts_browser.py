"""Sixty drafts to a published issue, by keyboard alone."""

import json
import re
from pathlib import Path

from browsers import browser
from desks import desk_page, serving
from many_drafts import many_drafts
from newsroom import ISSUE, Newsroom
from playwright.sync_api import Browser, Page, expect

from digest.issues.decisions import draft_path

__all__ = ["browser"]

DRAFTS = 60
ON_THE_DESK = 45
"""Decided on in the list; the others on pages of their own."""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def said(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def statuses(room: Newsroom) -> dict[str, str]:
    return {row.title: row.status for row in room.rows(ISSUE)}


def decide_on_the_desk(page: Page, titles: list[str]) -> None:
    """Press keys as fast as they go, without a look at what the page says."""
    for title in titles:
        page.keyboard.press("j")
        assert focused(page) == title
        page.keyboard.press("a")
    expect(page.locator("li.approved")).to_have_count(len(titles), timeout=60_000)
    # What came back late took the focus from nobody.
    assert focused(page) == titles[-1]


def title_shown(page: Page, title: str) -> None:
    expect(page.locator("#main h1")).to_have_text(title)
    # It is read out, and Tab goes on from there.
    expect(page.get_by_role("main", name=title)).to_be_focused(timeout=20_000)


def edit_the_summary(page: Page, words: str) -> None:
    page.keyboard.press("e")
    expect(page.locator("#text-summary")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    page.keyboard.press("Escape")
    expect(page.locator("#text-summary")).not_to_be_focused()


def decide_on_their_pages(page: Page, titles: list[str]) -> None:
    """One is edited, three are rejected, the others approved; `j` is pressed before anything is said."""
    for at, title in enumerate(titles):
        if at:
            title_shown(page, title)
        if at == 5:
            edit_the_summary(page, " An editor wrote this.")
        if at in (10, 11, 12):
            page.keyboard.press("r")
            expect(page.locator("#why")).to_be_visible()
            page.keyboard.press("3")
            expect(page.locator("#why")).to_be_hidden()
        else:
            page.keyboard.press("a")
        if at + 1 < len(titles):
            page.keyboard.press("j")
    said(page, f"approved: {titles[-1]}")


def test_sixty_drafts_become_an_issue_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    room = many_drafts(tmp_path, DRAFTS)
    with serving(room) as keys, desk_page(browser, keys) as page:
        titles = page.locator("a.title").all_inner_texts()
        assert len(titles) == DRAFTS
        decide_on_the_desk(page, titles[:ON_THE_DESK])
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/story/*")
        decide_on_their_pages(page, titles[ON_THE_DESK:])
        rejected = titles[ON_THE_DESK + 10 : ON_THE_DESK + 13]
        expected = {each: "rejected" if each in rejected else "approved" for each in titles}
        assert statuses(room) == expected
        page.keyboard.press("b")
        expect(page.locator("li.approved")).to_have_count(DRAFTS - 3)
        page.keyboard.press("p")
        expect(page.locator("h1")).to_have_text(f"Publish issue {ISSUE}")
        page.keyboard.press("Shift+P")
        said(page, f"published: issue {ISSUE}, {DRAFTS - 3} entries")
    made = json.loads((room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))
    assert sorted(each["title"] for each in made["entries"]) == sorted(set(titles) - set(rejected))
    edited = next(row.id for row in room.rows(ISSUE) if row.title == titles[ON_THE_DESK + 5])
    assert "An editor wrote this." in draft_path(room.output, ISSUE, edited).read_text("utf-8")


def test_keys_pressed_while_the_next_story_comes_are_for_that_one(browser: Browser, tmp_path: Path) -> None:
    room = many_drafts(tmp_path, DRAFTS)
    with serving(room) as keys, desk_page(browser, keys) as page:
        titles = page.locator("a.title").all_inner_texts()
        page.locator("a.title").first.click()
        page.wait_for_url("**/story/*")
        for key in ("j", "j", "d", "k", "r"):
            page.keyboard.press(key)
        expect(page.locator("#why")).to_be_visible(timeout=20_000)
        page.keyboard.press("Escape")
        title_shown(page, titles[1])
        expect(page.locator("#stories .status")).to_have_text("pending")
        # The browser's own ways go on working. What the verdict is answered may come late.
        page.go_back()
        title_shown(page, titles[2])
        expect(page.locator("#stories .status")).to_have_text("deferred")
        assert {each for each, status in statuses(room).items() if status != "pending"} == {titles[2]}
        page.go_forward()
        title_shown(page, titles[1])
        page.reload()
        expect(page.locator("#main h1")).to_have_text(titles[1])
        assert re.search(titles[1], page.title())


def test_a_desk_that_is_gone_leaves_the_story_where_it_is(browser: Browser, tmp_path: Path) -> None:
    room = many_drafts(tmp_path, DRAFTS)
    gone = r"409 \(Conflict\)|net::ERR_INTERNET_DISCONNECTED"
    with serving(room) as keys, desk_page(browser, keys, refused=gone) as page:
        page.locator("a.title").first.click()
        page.wait_for_url("**/story/*")
        shown = page.locator("#main h1").inner_text()
        page.context.set_offline(True)
        page.keyboard.press("j")
        said(page, "the desk does not answer")
        assert page.locator("#main h1").inner_text() == shown
        page.context.set_offline(False)
        page.keyboard.press("j")
        expect(page.locator("#main h1")).not_to_have_text(shown)
