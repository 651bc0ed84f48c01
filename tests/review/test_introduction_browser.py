"""The introduction on the issue's page, by keyboard, in a browser."""

import pytest
from browsers import browser
from desks import Served, desk_page, served, serving
from newsroom import ISSUE
from playwright.sync_api import Browser, expect
from test_introduction_page import SUGGESTED, file_of

__all__ = ["browser", "served"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_typed_saves_by_itself_and_takes_a_suggestion_by_its_key(
    browser: Browser, served: Served, scheme: str
) -> None:
    ids = {"breach": served.id_of("Breach"), "eelgrass": served.id_of("Eelgrass")}
    file_of(served).write_text(SUGGESTED.format(**ids), "utf-8")
    with serving(served.room) as keys, desk_page(browser, keys, scheme=scheme) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        page.keyboard.press("e")
        expect(page.locator("#text-introduction")).to_be_focused()
        page.keyboard.press("Control+End")
        page.keyboard.type(" Typed j k 1.")
        page.keyboard.press("Escape")
        expect(page.locator("#introduction-title")).to_be_focused()
        expect(page.locator("#state")).to_have_text("saved")
        assert "*Clinics lost their records.* Typed j k 1." in file_of(served).read_text("utf-8")
        # While what was saved is shown anew, too.
        page.keyboard.press("1")
        expect(page.locator("#text-introduction")).to_have_value("Clinics lost their records. Typed j k 1.")
        expect(page.locator("#text-introduction")).to_be_focused()
        expect(page.locator("[data-idea]")).to_have_count(1)


def test_what_the_file_says_meanwhile_is_shown_beside_what_was_typed(
    browser: Browser, served: Served
) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        page.keyboard.press("e")
        page.keyboard.type("Mine.")
        file_of(served).write_text("Theirs.\n", "utf-8")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#theirs")).to_have_value("Theirs.")
        expect(page.locator("#mine")).to_have_value("Mine.")
        assert file_of(served).read_text("utf-8") == "Theirs.\n"
        page.get_by_role("button", name="Save this in its place").click()
        expect(page.locator("#text-introduction")).to_have_value("Mine.")
        assert file_of(served).read_text("utf-8") == "Mine.\n"
