"""The desk in a real browser: by keyboard alone, and nothing typed is ever lost."""

import re
from pathlib import Path

import pytest
from browsers import SCHEMES, browser, is_too_wide, keep_picture, violations
from desks import FALSE, desk_page, room_of, serving
from fakes import FakeEmbedder
from newsroom import ISSUE, Newsroom
from playwright.sync_api import Browser, Page, expect

from digest.cli import machinery
from digest.issues.decisions import draft_path

__all__ = ["browser"]


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    made = room_of(tmp_path)
    path = path_of(made, "Breach")
    path.write_text(path.read_text("utf-8").replace("## Summary\n\n", f"## Summary\n\n{FALSE} ", 1), "utf-8")
    return made


def path_of(room: Newsroom, title: str) -> Path:
    return draft_path(room.output, ISSUE, next(row.id for row in room.rows(ISSUE) if row.title == title))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.trim()"))


def said(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def test_three_drafts_are_reviewed_and_published_by_keyboard_alone(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        press = page.keyboard.press
        order = page.locator("a.title").all_inner_texts()
        press("j")
        assert focused(page) == order[0]
        for title in order:
            assert focused(page) == title
            press("a")
            said(page, "A approves all the same" if title == "Breach" else f"approved: {title}")
            # The focus stays where the editor is.
            assert focused(page) == title
            if title == "Breach":
                # As with the caps lock on: nothing more than `a`.
                with page.expect_response("**/status"):
                    press("A")
                said(page, "A approves all the same")
                press("Shift+A")
                said(page, "approved: Breach")
            press("j")
        # The filters count what was decided, without the page being loaded anew.
        expect(page.locator('[data-count="approved"]')).to_have_text("3")
        expect(page.locator('[data-count="pending"]')).to_have_text("0")
        press("r")
        expect(page.locator("#why")).to_be_visible()
        press("3")
        said(page, f"rejected: {order[2]}")
        expect(page.locator('[data-count="rejected"]')).to_have_text("1")
        assert focused(page) == order[2]
        press("u")
        said(page, "undone: reject")
        expect(page.get_by_role("link", name=order[2])).to_be_focused()
        expect(page.locator("li.approved")).to_have_count(3)
        press("p")
        expect(page.locator("h1")).to_have_text(f"Publish issue {ISSUE}")
        button = page.get_by_role("button", name="Publish")
        while focused(page).split() != ["Publish", "P"]:
            press("Tab")
        expect(button).to_be_focused()
        press("Enter")
        said(page, f"published: issue {ISSUE}, 3 entries")
    assert (room.output / "issues" / f"{ISSUE}.html").is_file()


def test_the_evidence_of_the_field_with_the_focus_is_lit(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        page.get_by_role("link", name="Kiln").click()
        page.wait_for_url("**/story/*")
        expect(page.locator("h1")).to_have_text("Kiln")
        first = page.locator(".sentences li").first
        first.focus()
        number = first.get_attribute("data-places")
        expect(page.locator(".sentence.lit")).to_have_count(1)
        expect(page.locator(f"#s{number}")).to_have_class("sentence lit")
        page.keyboard.press("Tab")
        expect(page.locator(f"#s{number}")).not_to_have_class("sentence lit")


def test_what_is_typed_survives_reload_and_a_change_by_another_program(
    browser: Browser, room: Newsroom
) -> None:
    path = path_of(room, "Kiln")
    with serving(room) as keys, desk_page(browser, keys) as page:
        page.get_by_role("link", name="Kiln").click()
        page.wait_for_url("**/story/*")
        page.locator("#said").wait_for(state="attached")
        page.locator(".sentences li").first.focus()
        page.keyboard.press("e")
        area = page.locator("#text-summary")
        expect(area).to_be_focused()
        page.keyboard.press("Control+a")
        # Keys are only letters while one types.
        page.keyboard.type("A kiln ran; a dam and jars fed it. ")
        page.reload()
        expect(area).to_have_value("A kiln ran; a dam and jars fed it. ")
        old = path.read_text("utf-8")
        start = old.index("## Summary\n\n") + len("## Summary\n\n")
        path.write_text(f"{old[:start]}Mine. {old[start:]}", "utf-8")
        before = path.read_bytes()
        area.focus()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#theirs")).to_have_value(re.compile("^Mine"))
        expect(page.locator("#mine")).to_have_value(re.compile("^A kiln ran;"))
        expect(page.locator("#mine")).to_be_focused()
        assert path.read_bytes() == before
        assert violations(page) == []
        page.get_by_role("button", name="Save this in its place").click()
        said(page, "saved: summary")
    assert "A kiln ran; a dam and jars fed it." in path.read_text("utf-8")


def test_single_keys_can_be_switched_off(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys) as page:
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        assert violations(page) == []
        page.locator("#single-keys").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator("#said")).to_have_text("")
        expect(page.locator("li.approved")).to_have_count(0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_are_good_to_look_at(
    browser: Browser, room: Newsroom, tmp_path: Path, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    story = next(row.id for row in room.rows(ISSUE) if row.title == "Breach")
    room.digest("draft", "approve", "--all", "--anyway")
    room.digest("draft", "reject", story, "--reason", "not-new")
    pages = {
        "desk": f"/issue/{ISSUE}",
        "story": f"/story/{story}",
        "publish": f"/issue/{ISSUE}/publish",
        "find": "/find?q=kiln&mode=words",
        "like": f"/find?like={story}",
        "missed": "/missed",
    }
    with serving(room) as keys, desk_page(browser, keys, scheme=scheme) as page:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for name, path in pages.items():
                page.goto(f"http://{keys.host}{path}")
                expect(page.locator("h1")).to_be_visible()
                if name == "story":
                    page.locator(".sentences li").nth(1).focus()
                assert not is_too_wide(page), (name, width)
                bar = page.locator("header").first.bounding_box() or {"width": 0}
                assert bar["width"] == width, (name, width)
                assert violations(page) == [], (name, width)
                keep_picture(page, f"desk-{name}-{width}-{scheme}", tmp_path)


def test_nothing_breaks_under_the_pages_own_policy(browser: Browser, room: Newsroom) -> None:
    with serving(room) as keys, desk_page(browser, keys, axe=False) as page:
        page.keyboard.press("j")
        page.keyboard.press("d")
        said(page, "deferred: ")
        page.keyboard.press("Enter")
        page.wait_for_url("**/story/*")
        first = page.url
        page.keyboard.press("j")
        page.wait_for_url(lambda url: "/story/" in url and url != first)
        page.keyboard.press("b")
        expect(page.locator("h1")).to_have_text(f"Issue {ISSUE}")
