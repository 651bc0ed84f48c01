"""Two desks in two processes, each with a browser, over one archive on PostgreSQL: nothing is lost."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from archive_engine import SERVER
from browsers import browser
from desks import desk_page, room_of
from newsroom import ISSUE
from playwright.sync_api import Browser, Page, expect
from test_killed_desk_browser import free_port, process
from two_machines import Machine, two_machines

__all__ = ["browser"]

pytestmark = pytest.mark.skipif(
    not SERVER, reason="no PostgreSQL: DIGEST_TEST_ARCHIVE names none; make test-team"
)


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture
def two(browser: Browser, tmp_path: Path) -> Iterator[tuple[tuple[Machine, Page], tuple[Machine, Page]]]:
    with ExitStack() as stack:
        machines = stack.enter_context(two_machines(room_of(tmp_path / "one"), tmp_path / "two", "server"))
        found = []
        for machine in machines:
            served = stack.enter_context(process(machine.room, free_port()))
            page = stack.enter_context(desk_page(browser, served, axe=False))  # type: ignore[arg-type]
            found.append((machine, page))
        yield found[0], found[1]


def open_story(machine: Machine, page: Page, title: str) -> None:
    page.goto(re.sub(r"(http://[^/]+).*", rf"\1/story/{machine.id_of(title)}", page.url))


def save(page: Page) -> None:
    page.keyboard.press("Control+Enter")


def test_what_two_editors_write_into_one_cell_is_shown_to_the_second_and_kept(
    two: tuple[tuple[Machine, Page], tuple[Machine, Page]],
) -> None:
    (one, hers), (other, his) = two
    for machine, page in two:
        open_story(machine, page, "Kiln")
    hers.locator("#cell-1-1").fill("from coal to power")
    save(hers)
    expect(hers.locator("#said")).to_contain_text("saved: signals")
    # His page was loaded before.
    his.locator("#cell-1-1").fill("from a kiln to a hum")
    save(his)
    expect(his.locator("#mine")).to_have_value(re.compile("from a kiln to a hum"))
    expect(his.locator("body")).to_contain_text("from coal to power")
    his.get_by_role("button", name="Save this in its place").click()
    expect(his.locator("#said")).to_contain_text("saved: signals")
    hers.reload()
    expect(hers.locator("#cell-1-1")).to_have_value("from a kiln to a hum")
    # Another section, written on a page that is behind.
    hers.locator("#cell-1-1").fill("from coal to a dam")
    save(hers)
    expect(hers.locator("#said")).to_contain_text("saved: signals")
    open_story(other, his, "Kiln")
    expect(his.locator("#cell-1-1")).to_have_value("from coal to a dam")
    his.keyboard.press("Escape")
    his.locator("body").press("a")
    expect(his.locator("body")).to_contain_text("approved")
    hers.reload()
    expect(hers.locator("body")).to_contain_text("approved")
    texts = []
    for machine in (one, other):
        machine.listed()
        texts.append(machine.text_of("Kiln"))
    assert texts[0] == texts[1]
    with one.store() as store:
        kept = store.history.texts_of(one.id_of("Kiln")).values()
        rows = {row.title: row.status for row in store.drafts.drafts(issue=ISSUE)}
    assert rows["Kiln"] == "approved"
    for words in ("from coal to power", "from a kiln to a hum", "from coal to a dam"):
        assert any(words in (text or "") for text in kept), words
