"""The next story is asked for before its key is pressed, and is never an old one for long."""

import re
from pathlib import Path

import pytest
from browsers import browser
from desks import Served, desk_page, served, serving
from playwright.sync_api import Browser, Page, Response, Route, expect

__all__ = ["browser", "served"]


def is_story(response: Response) -> bool:
    return bool(re.search("/story/[0-9a-f]{32}$", response.url))


@pytest.fixture
def titles(served: Served) -> list[str]:
    """In the order of the desk."""
    return re.findall(r'class="title"[^>]*>([^<]*)<', served.client.get(served.desk).text)


def begin(page: Page, host: str, served: Served, title: str) -> None:
    """Open a story and wait until the next one was asked for."""
    with page.expect_response(lambda each: is_story(each) and served.id_of(title) not in each.url) as ahead:
        page.goto(f"http://{host}/story/{served.id_of(title)}")
    ahead.value.finished()


def write(path: Path, words: str) -> None:
    path.write_text(path.read_text("utf-8").replace("## Summary\n\n", f"## Summary\n\n{words} ", 1), "utf-8")


def test_the_next_story_is_shown_without_being_waited_for(
    browser: Browser, served: Served, titles: list[str]
) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        begin(page, keys.host, served, titles[0])
        # No story comes from the desk any more.
        page.context.route("**/story/*", lambda route: None)
        known = page.locator("#known-keywords option").count()
        page.keyboard.press("j")
        expect(page.locator("h1")).to_have_text(titles[1])
        # What fields are completed from came along.
        expect(page.locator("#known-keywords option")).to_have_count(known)
        assert known
        page.context.unroute_all(behavior="ignoreErrors")


def test_what_its_file_says_by_then_is_shown(browser: Browser, served: Served, titles: list[str]) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        begin(page, keys.host, served, titles[0])
        write(served.path_of(titles[1]), "Written in another program.")
        page.keyboard.press("j")
        expect(page.locator("h1")).to_have_text(titles[1])
        expect(page.locator("#shown-summary")).to_contain_text("Written in another program.")
        # The focus is where it was, and the next story is ahead again.
        expect(page.locator("#main")).to_be_focused()
        page.keyboard.press("j")
        expect(page.locator("h1")).to_have_text(titles[2])


def test_what_is_typed_meanwhile_is_kept_beside_what_the_file_says(
    browser: Browser, served: Served, titles: list[str]
) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        begin(page, keys.host, served, titles[0])
        write(served.path_of(titles[1]), "Written in another program.")
        page.keyboard.press("j")
        expect(page.locator("h1")).to_have_text(titles[1])
        page.keyboard.press("e")
        page.keyboard.type("Mine. ")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#theirs")).to_have_value(re.compile("Written in another program"))
        expect(page.locator("#mine")).to_have_value(re.compile("Mine. "))
    assert "Mine." not in served.path_of(titles[1]).read_text("utf-8")


def test_a_verdict_that_is_answered_late_is_shown_where_its_story_came_back(
    browser: Browser, served: Served, titles: list[str]
) -> None:
    held: list[Route] = []
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        begin(page, keys.host, served, titles[0])
        page.context.route("**/status", lambda route: held.append(route))
        page.keyboard.press("d")
        page.keyboard.press("j")
        expect(page.locator("h1")).to_have_text(titles[1])
        page.keyboard.press("k")
        expect(page.locator("h1")).to_have_text(titles[0])
        expect(page.locator("#stories .status")).to_have_text("pending")
        held[0].continue_()
        expect(page.locator("#stories .status")).to_have_text("deferred")
        assert served.status_of(titles[0]) == "deferred"
