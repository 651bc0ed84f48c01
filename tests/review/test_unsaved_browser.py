"""What is not in the file stops publishing and approving, and is led to; in a browser."""

from browsers import browser
from desks import TEXTS, Served, desk_page, served, serving
from newsroom import ISSUE
from playwright.sync_api import Browser, expect

from digest.store.sqlite import exclusive

__all__ = ["browser", "served"]


def test_an_introduction_that_was_refused_stops_publishing(browser: Browser, served: Served) -> None:
    for title in TEXTS:
        served.act(f"approve {served.id_of(title)}")
    refused = r"422 \(.*\)"
    with serving(served.room) as keys, desk_page(browser, keys, refused=refused) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        field = page.locator("#text-introduction")
        page.keyboard.press("e")
        page.keyboard.type("# A heading")
        page.keyboard.press("Escape")
        page.keyboard.press("Shift+P")
        said = page.locator("#said")
        expect(said).to_contain_text("not published: introduction on this page is not saved")
        expect(said).to_contain_text("not saved: introduction: a heading")
        expect(field).to_be_focused()
        # Where the page says why at the field, and after a reload, it is no less unsaved.
        page.keyboard.press("Control+Enter")
        expect(page.locator("form.refused")).to_be_visible()
        page.locator("button[data-key=P]").click()
        expect(said).to_contain_text("not published: introduction")
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        expect(
            page.get_by_text("brought back: what was typed before and not saved: introduction")
        ).to_be_visible()
        page.locator("button[data-key=P]").click()
        expect(said).to_contain_text("not published: introduction")
        assert not (served.room.output / "site" / "issues" / f"{ISSUE}.html").exists()
        # Mended, it is saved, and nothing speaks of it any more.
        field.fill("A line.")
        field.press("Control+Enter")
        expect(page.locator("#state")).to_have_text("saved")
        expect(said).to_contain_text("saved: introduction")
        expect(page.get_by_text("brought back")).to_have_count(0)
        expect(page.get_by_role("button", name="Drop it")).to_have_count(0)
        page.locator("button[data-key=P]").click()
        expect(said).to_contain_text(f"published: issue {ISSUE}")


def test_text_that_was_brought_back_stops_approving_and_is_led_to(browser: Browser, served: Served) -> None:
    story = served.id_of("Kiln")
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/story/{story}")
        page.locator("#edit-new summary").click()
        page.locator("#text-new").fill("## Ours\n\nText.")
        page.goto(f"http://{keys.host}/story/{story}")
        page.locator("#main").focus()
        page.keyboard.press("Shift+A")
        said = page.locator("#said")
        expect(said).to_contain_text("not approved: new section on this page is not saved")
        expect(page.locator("#text-new")).to_be_focused()
        assert served.status_of("Kiln") == "pending"
        page.get_by_role("button", name="Drop it").click()
        expect(page.get_by_role("button", name="Drop it")).to_have_count(0)
        page.keyboard.press("Shift+A")
        expect(said).to_contain_text("approved")


def test_where_nothing_is_approved_the_key_to_publish_says_what_is_open(
    browser: Browser, served: Served
) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        page.keyboard.press("Shift+P")
        expect(page.locator("#said")).to_contain_text("not published")
        expect(page.locator("#said")).to_contain_text("0 stories approved")
        expect(page.locator("#said")).to_contain_text("still pending")


def test_a_verdict_on_what_others_changed_is_told_and_done_by_the_same_key_again(
    browser: Browser, served: Served
) -> None:
    kiln, eelgrass = served.id_of("Kiln"), served.id_of("Eelgrass")
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        said = page.locator("#said")
        page.goto(f"http://{keys.host}/story/{kiln}")
        with exclusive(served.room.output / "lock", doing="digest run"):
            page.keyboard.press("d")
            expect(said).to_contain_text("in use by digest run")
        # One's own edits and verdicts on the page, however quickly, are no others'.
        page.locator("#cell-1-1").fill("by a half")
        page.keyboard.press("Escape")
        for key in ("d", "r", "0", "Shift+A"):
            page.keyboard.press(key)
        expect(said).to_contain_text("approved: Kiln")
        path = served.path_of("Kiln")
        assert "by a half" in path.read_text("utf-8")
        # Another's is told, with the page as it is by now; the same key does it.
        path.write_text(path.read_text("utf-8").replace("The kiln draws", "The kiln itself draws"), "utf-8")
        page.locator("#cell-1-1").fill("by two thirds")
        page.keyboard.press("Escape")
        page.keyboard.press("d")
        expect(said).to_contain_text("not deferred: Kiln: changed meanwhile")
        expect(page.locator(".draft")).to_contain_text("The kiln itself draws")
        assert served.status_of("Kiln") == "approved"
        page.keyboard.press("d")
        expect(said).to_contain_text("deferred: Kiln")
        # Of those selected, one that was changed stays selected and is done with the next press.
        page.goto(f"http://{keys.host}/issue/{ISSUE}")
        page.locator(f"#d-{kiln} a.title").focus()
        page.keyboard.press("x")
        page.locator(f"#d-{eelgrass} a.title").focus()
        page.keyboard.press("x")
        path.write_text(path.read_text("utf-8").replace("The kiln itself", "The kiln now"), "utf-8")
        page.keyboard.press("Shift+A")
        expect(said).to_contain_text("not approved: Kiln: changed meanwhile")
        expect(page.locator(f"#d-{kiln} [name=ids]")).to_be_checked()
        expect(page.locator(f"#d-{eelgrass}.approved [name=ids]")).not_to_be_checked()
        page.keyboard.press("Shift+A")
        expect(said).to_contain_text("approved: Kiln")
    assert served.status_of("Kiln") == served.status_of("Eelgrass") == "approved"


def test_what_was_refused_is_brought_back_on_a_page_that_told_of_an_earlier_saving(
    browser: Browser, served: Served
) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/story/{served.id_of('Kiln')}")
        page.locator("#row-1").focus()
        page.keyboard.press("Shift+J")
        expect(page.locator("#said")).to_contain_text("saved: signals")
        path = served.path_of("Kiln")
        path.write_text(path.read_text("utf-8").replace("| –      ", "| theirs ", 1), "utf-8")
        page.locator("#cell-1-1").fill("mine, typed for an hour")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#mine")).to_be_visible()
        page.go_back()
        expect(page.locator("#cell-1-1")).to_have_value("mine, typed for an hour")
        expect(page.locator("#state")).to_contain_text("brought back")
        expect(page.locator("#said")).to_be_empty()


def test_letters_that_are_being_composed_are_saved_when_they_are_there(
    browser: Browser, served: Served
) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/story/{served.id_of('Kiln')}")
        page.clock.install()
        page.locator("#cell-1-1").focus()
        page.keyboard.type("from ")
        input_method = page.context.new_cdp_session(page)
        input_method.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
        page.clock.run_for(4_000)
        expect(page.locator("#state")).to_have_text("not saved yet")
        input_method.send("Input.insertText", {"text": "日本"})
        page.clock.run_for(4_000)
        expect(page.locator("#state")).to_have_text("saved")
        expect(page.locator("#cell-1-1")).to_have_value("from 日本")
    assert "from 日本" in served.path_of("Kiln").read_text("utf-8")
