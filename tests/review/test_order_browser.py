"""Putting an issue's stories in order by dragging, in a browser."""

from browsers import browser
from desks import Served, desk_page, drag, served, serving
from newsroom import ISSUE
from playwright.sync_api import Browser, expect
from test_issue_page import approve_all, order_of

__all__ = ["browser", "served"]


def test_a_story_is_dragged_to_another_place(browser: Browser, served: Served) -> None:
    approve_all(served)
    first, second, third = order_of(served)
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        rows = page.locator(".ordered.stories > li")
        # What hears of it is there once the page is.
        page.wait_for_load_state()
        drag(rows.filter(has_text=third), rows.nth(0))
        expect(rows.nth(0).locator(".title")).to_have_text(third)
        # What was moved has the focus, from where keys go on.
        expect(rows.nth(0).locator(".title")).to_be_focused()
        page.locator(".scripted").first.wait_for(state="visible")
        page.keyboard.press("Shift+J")
        expect(rows.nth(1).locator(".title")).to_have_text(third)
    assert order_of(served) == [first, third, second]
