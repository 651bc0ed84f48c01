"""The desk's server killed in the middle of a save: what was said to be saved is, what was typed too."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsers import browser
from desks import desk_page, room_of
from newsroom import ISSUE, Newsroom
from playwright.sync_api import Browser, Page, expect

from digest.review.serving import port_of

__all__ = ["browser"]

KILLED = Path(__file__).parents[1] / "killed_run.py"
WRITING = "digest.review.saving:write_text"
GONE = r"net::ERR_\w+|403 \(Forbidden\)|409 \(Conflict\)"


@dataclass(frozen=True)
class Opened:
    """What `desks.desk_page` needs to know of a desk."""

    address: str
    host: str


@contextmanager
def process(room: Newsroom, port: int, *, place: str = "none", number: int = 0) -> Iterator[Opened]:
    """Serve a desk in a process of its own, which dies at a place; see killed_run.py."""
    words = ["-C", str(room.folder), "review", ISSUE, "--no-open", "--port", str(port)]
    command = [sys.executable, str(KILLED), place, str(number), "--", *words]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert started.stdout
        address = started.stdout.readline().strip()
        assert address.startswith("http://")
        yield Opened(address, f"127.0.0.1:{port}")
    finally:
        started.kill()
        started.communicate()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def story_of(room: Newsroom) -> str:
    return next(row.id for row in room.rows(ISSUE) if row.title == "Kiln")


LEAST_BROKEN_PX = 110
"""Of the bar: it has two lines, of 35 pixels, where a message stands below the links."""


def cells(room: Newsroom) -> list[str]:
    row = room.draft(ISSUE, story_of(room)).entry.signals[0]
    return [row.change, row.horizon_10y]


def state(page: Page, words: str) -> None:
    expect(page.locator("#state")).to_contain_text(words)


@pytest.mark.parametrize("when", ["", "+"], ids=["before it is written", "after it is written"])
def test_no_word_is_lost_when_the_server_is_killed_in_the_middle_of_a_save(
    browser: Browser, tmp_path: Path, when: str
) -> None:
    room, port = room_of(tmp_path), free_port()
    story = f"http://127.0.0.1:{port}/story/{story_of(room)}"
    with (
        process(room, port, place=WRITING + when, number=2) as opened,
        desk_page(browser, opened, axe=False, refused=GONE) as page,  # type: ignore[arg-type]
    ):
        page.goto(story)
        page.locator("#cell-1-1").fill("said to be saved")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#said")).to_contain_text("saved: signals")
        assert cells(room)[0] == "said to be saved"
        page.locator("#cell-1-2").fill("held by the page")
        state(page, "not saved: the desk does not answer; kept in this browser")
        # From here the page goes on with another server, at the same address.
        with process(room, port) as again:
            page.locator("#cell-1-2").fill("held by the page, and more")
            state(page, "the desk was started anew")
            # However long, it takes the links beside it no room.
            assert page.locator("header.bar").bounding_box()["height"] < LEAST_BROKEN_PX  # type: ignore[index]
            page.goto(again.address)
            page.goto(story)
            assert cells(room) == ["said to be saved", "held by the page" if when else "–"]
            expect(page.locator("#cell-1-1")).to_have_value("said to be saved")
            if when:
                # Over what the killed server had still written.
                expect(page.locator("#cell-1-2")).to_have_value("held by the page, and more")
                page.locator("#cell-1-2").focus()
                page.keyboard.press("Control+Enter")
                expect(page.locator("#mine")).to_have_value(re.compile("held by the page, and more"))
                page.get_by_role("button", name="Save this in its place").click()
            else:
                expect(page.locator("#cell-1-2")).to_have_value("held by the page, and more")
                page.locator("#cell-1-2").focus()
                page.keyboard.press("Control+Enter")
            expect(page.locator("#said")).to_contain_text("saved: signals")
            assert cells(room) == ["said to be saved", "held by the page, and more"]


def test_a_workspaces_desk_has_the_same_port_each_time(tmp_path: Path) -> None:
    assert port_of(tmp_path) == port_of(tmp_path)
    assert len({port_of(tmp_path / name) for name in "abcdefgh"}) > 1
    assert all(49_152 <= port_of(tmp_path / name) < 65_536 for name in "abcdefgh")
