"""Every action of the desk in a browser without script."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsers import browser
from desks import FALSE, room_of, serving
from fakes import FakeEmbedder
from newsroom import ISSUE, Newsroom
from playwright.sync_api import Browser, Page, expect

from digest.cli import machinery
from digest.issues.decisions import draft_path
from digest.records import SignalRow

__all__ = ["browser"]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    return room_of(tmp_path)


@contextmanager
def plain(browser: Browser, room: Newsroom) -> Iterator[Page]:
    with serving(room) as keys:
        context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(keys.address)
        try:
            yield page
        finally:
            context.close()


def id_of(room: Newsroom, title: str) -> str:
    return next(row.id for row in room.rows(ISSUE) if row.title == title)


def status(room: Newsroom, title: str) -> str:
    return next(row.status for row in room.rows(ISSUE) if row.title == title)


def rows(room: Newsroom) -> tuple[SignalRow, ...]:
    return room.draft(ISSUE, id_of(room, "Kiln")).entry.signals


def said(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def press(page: Page, name: str, *, within: str = "main") -> None:
    page.locator(within).get_by_role("button", name=re.compile(f"^{name}")).first.click()


def test_the_desk(browser: Browser, room: Newsroom) -> None:
    with plain(browser, room) as page:
        kiln, breach = f"#d-{id_of(room, 'Kiln')}", f"#d-{id_of(room, 'Breach')}"
        page.locator("#q").fill("kiln")
        page.locator("#by").select_option("place")
        press(page, "Show")
        expect(page.locator("a.title")).to_have_text(["Kiln"])
        press(page, "Approve", within=kiln)
        said(page, "approved: Kiln")
        # Where one was, with the same search.
        expect(page.locator("#q")).to_have_value("kiln")
        press(page, "Undo", within="header")
        said(page, "undone: approve")
        press(page, "Redo", within="header")
        said(page, "redone: approve")
        page.get_by_role("navigation", name="Filter by status").get_by_role("link", name="All").click()
        page.locator("#q").fill("")
        press(page, "Show")
        expect(page.locator("a.title")).to_have_count(3)
        page.locator("#reason").select_option(index=1)
        press(page, "Reject", within=breach)
        said(page, "rejected: Breach")
        for each in (kiln, breach):
            page.locator(f"{each} [name=ids]").check()
        press(page, "Back to pending", within=".many")
        said(page, "pending: 2 stories")
        for each in (kiln, breach):
            page.locator(f"{each} [name=ids]").check()
        press(page, "Merge", within=".many")
        said(page, "merged: one story of 2 articles")
        press(page, "Undo", within="header")
        said(page, "undone: merge")
        for verb in ("Approve", "Defer"):
            page.locator(f"{kiln} [name=ids]").check()
            press(page, verb, within=".many")
            said(page, "Kiln")
        assert status(room, "Kiln") == "deferred"


def test_a_story(browser: Browser, room: Newsroom) -> None:
    with plain(browser, room) as page:
        page.get_by_role("link", name="Kiln", exact=True).click()
        page.get_by_role("link", name="Next").or_(page.get_by_role("link", name="Previous")).first.click()
        page.goto(f"{page.url.rpartition('/')[0]}/{id_of(room, 'Kiln')}")
        table = rows(room)
        page.locator("#cell-1-1").fill("coal to power")
        page.locator("#cell-new-0").fill("A row of mine")
        press(page, "Save", within="#signals tr.new")
        said(page, "saved: signals")
        assert [each.signal for each in rows(room)] == [*(each.signal for each in table), "A row of mine"]
        assert rows(room)[0].change == "coal to power"
        press(page, "Move row 1 down", within="#row-1")
        press(page, "Move row 2 up", within="#row-2")
        press(page, "Delete", within=f"#row-{len(table) + 1}")
        assert [each.signal for each in rows(room)] == [each.signal for each in table]
        for name, words in (("summary", "Mine alone."), ("new", "## What we think\n\nIt lasts.")):
            page.locator(f"#edit-{name} summary").click()
            page.locator(f"#text-{name}").fill(words)
            press(page, "Save", within=f"#edit-{name}")
            said(page, f"saved: {name}")
        for name in ("keywords", "themes"):
            page.locator(f"#add-{name}").fill("Energy")
            page.locator(f"#add-{name} + button").click()
            said(page, f"saved: {name}")
            press(page, f"Remove {name[:-1]} Energy")
            said(page, f"saved: {name}")
        page.locator("#keep-1").uncheck()
        press(page, "Save which are shown")
        said(page, "saved: closest")
        for act in ("Make this a signal", "Add to the summary", "Cite it in this row"):
            page.get_by_role("link", name="Use sentence 4").click()
            page.locator(".chosen").get_by_role("button", name=act).click()
            said(page, "saved: ")
        page.locator("#stories select").select_option(index=1)
        press(page, "Reject", within="#stories")
        said(page, "rejected: Kiln")
        press(page, "Approve", within="#stories")
        said(page, "approved: Kiln")
    text = draft_path(room.output, ISSUE, id_of(room, "Kiln")).read_text("utf-8")
    assert "Mine alone." in text
    assert "It lasts." in text
    assert len(rows(room)) == len(table) + 1


def test_warnings_and_conflicts(browser: Browser, room: Newsroom) -> None:
    path = draft_path(room.output, ISSUE, id_of(room, "Breach"))
    path.write_text(path.read_text("utf-8").replace("## Summary\n\n", f"## Summary\n\n{FALSE} ", 1), "utf-8")
    with plain(browser, room) as page:
        page.get_by_role("link", name="Breach", exact=True).click()
        press(page, "Approve")
        said(page, "not approved")
        page.get_by_role("button", name="Accept: ").first.click()
        said(page, "accepted: ")
        page.locator("#edit-summary summary").click()
        page.locator("#text-summary").fill("Mine alone.")
        path.write_text(path.read_text("utf-8").replace(FALSE, "Theirs."), "utf-8")
        press(page, "Save", within="#edit-summary")
        expect(page.locator("#theirs")).to_have_value(re.compile("^Theirs"))
        expect(page.locator("#mine")).to_have_value("Mine alone.")
        press(page, "Save this in its place")
        said(page, "saved: summary")


def test_the_issue_the_archive_and_what_was_missed(browser: Browser, room: Newsroom) -> None:
    room.digest("draft", "approve", "--all", "--issue", ISSUE)
    with plain(browser, room) as page:
        page.get_by_role("link", name="Issue p").click()
        titles = page.locator(".ordered a.title")
        # Without a script each press is a new page, which comes when it comes.
        expect(titles).to_have_count(3)
        first, second, third = titles.all_inner_texts()
        press(page, f"Move down: {first}")
        expect(titles).to_have_text([second, first, third])
        press(page, f"Move up: {first}")
        said(page, f"1 of 3: {first}")
        links = page.locator(".forms a").evaluate_all("all => all.map(each => each.href)")
        press(page, "Publish")
        said(page, f"published: issue {ISSUE}, 3 entries")
        page.get_by_role("link", name="the published page").click()
        expect(page.locator("h1")).to_be_visible()
        page.go_back()
        for each in links:
            answer = page.request.get(each)
            assert answer.status == 200, each
        press(page, "Undo", within="header")
        said(page, "undone: publish")
        page.get_by_role("link", name="Archive").click()
        page.locator("#q").fill("kiln")
        page.locator("#q").press("Enter")
        expect(page.locator("main")).to_contain_text("Kiln")
        page.get_by_role("link", name="What was missed").click()
        expect(page.locator("h1")).to_be_visible()
    assert not (room.output / "issues" / f"{ISSUE}.json").exists()
