"""Sending from the desk's page on an issue: drafts, the question before readers get anything, copying."""

import html
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import fake_platforms
import httpx2
import pytest
from browsers import SCHEMES, browser, is_too_wide, keep_picture
from desks import TEXTS, Served, desk_page, served, serving
from fake_platforms import GHOST_KEY
from mail_servers import Kept, mail_server
from newsroom import ISSUE
from playwright.sync_api import Browser, expect

from digest.cli.desk import workspace_of
from digest.store import Store

__all__ = ["browser", "served"]

READERS = ("reader0@mail.example", "reader1@mail.example", "reader2@mail.example")


HEAR = """new MutationObserver(() => console.log(
  `${document.getElementById("said").textContent}; ` +
  `open: ${document.querySelectorAll("#sending button:enabled").length}`
)).observe(document.getElementById("said"), {childList: true})"""
"""Has a page tell what it says while it waits, and how many buttons of sending can be pressed."""


def settings(served: Served, text: str) -> None:
    path = served.room.folder / "feeds.yaml"
    given = path.read_text("utf-8")
    path.write_text(re.sub(r"\nsettings:.*", "", given, flags=re.DOTALL) + f"\nsettings:\n{text}", "utf-8")


def publish(served: Served) -> None:
    for title in TEXTS:
        served.act(f"approve {served.id_of(title)}")
    served.room.digest("publish", ISSUE)


@pytest.fixture
def ghost(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("GHOST_ADMIN_API_KEY", GHOST_KEY)
    publish(served)
    with fake_platforms.served(fake_platforms.Ghost) as there:
        settings(served, f"  send:\n    - {{name: blog, kind: ghost, url: '{there.url}'}}\n")
        yield there


@pytest.fixture
def letters(served: Served) -> Iterator[Kept]:
    publish(served)
    with mail_server() as kept:
        letters_to(served, kept, READERS)
        yield kept


def letters_to(served: Served, kept: Kept, readers: tuple[str, ...]) -> None:
    given = (
        f"name: letters, kind: smtp, server: 127.0.0.1, port: {kept.port}, tls: none, "
        f"sender: anna@letters.example, recipients: [{', '.join(readers)}]"
    )
    settings(served, f"  send:\n    - {{{given}}}\n")


def page_of(served: Served, query: str = "") -> str:
    answer = served.client.get(f"{served.desk}/publish{query}")
    assert GHOST_KEY.split(":")[1] not in answer.text
    return html.unescape(answer.text)


def send(served: Served, act: str, code: int = 200, **fields: str) -> str:
    data = {"form": served.keys.form, "act": act, **fields}
    answer = served.client.post(f"{served.desk}/send", data=data, follow_redirects=True)
    assert answer.status_code == code, answer.text
    return html.unescape(answer.text)


def mark_in(page: str) -> str:
    (mark,) = re.findall(r'name="mark" value="(\w{64})">\s*<button [^>]*>Yes, send it', page)
    return mark


def sendings(served: Served) -> list[dict[str, Any]]:
    path = served.room.output / "sent" / f"{ISSUE}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["sendings"] if path.exists() else []
    return found


def test_a_draft_is_made_once_and_the_page_says_where_it_is(served: Served, ghost: Any) -> None:
    assert "Make a draft at blog" in page_of(served)
    assert "Send it to its readers" not in page_of(served)
    assert "blog: a draft was made" in send(served, "draft blog")
    assert "a draft of this very issue is there" in send(served, "draft blog")
    (post,) = ghost.posts.values()
    assert post["status"] == "draft"
    page = page_of(served)
    assert "a draft is there" in page
    assert "Update the draft at blog" in page
    assert "Make a draft at blog" not in page
    assert f'href="{sendings(served)[0]["address"]}"' in page
    # The command knows of it, too.
    assert "a draft of this very issue is there" in served.room.all_of(
        "send", ISSUE, "--to", "blog", "--no-links"
    )


def test_nothing_goes_to_readers_before_that_very_question_is_answered(served: Served, ghost: Any) -> None:
    send(served, "draft blog")
    (post,) = ghost.posts.values()
    for mark in ({}, {"mark": "0" * 64}):
        assert "nothing was sent" in send(served, "send blog", 409, **mark)
    asked = page_of(served, "?ask=blog")
    assert f"Publish issue {ISSUE} on the site {ghost.url}? It is mailed to nobody" in asked
    mark = mark_in(asked)
    # The issue is another by now.
    served.act(f"reject {served.id_of('Kiln')}")
    served.room.digest("publish", ISSUE)
    assert "others than you were asked about" in send(served, "send blog", 409, mark=mark)
    assert post["status"] == "draft"
    said = send(served, "send blog", mark=mark_in(page_of(served, "?ask=blog")))
    assert "blog: sent to its readers" in said
    assert post["status"] == "published"
    assert "Kiln" not in json.dumps(post)
    assert "?ask=blog" not in page_of(served)
    assert "the draft at blog" not in page_of(served)
    # Asked for once more, it says how another would be made.
    said = send(served, "draft blog", 409)
    assert f"on the command line: digest send {ISSUE} --to blog --again" in said
    assert len(ghost.posts) == 1


def test_mails_are_counted_in_the_question_and_each_goes_out_once(served: Served, letters: Kept) -> None:
    said = send(served, "draft letters")
    assert "3 mails would be sent; nothing was" in said
    assert (served.room.output / "sent" / f"{ISSUE}.eml").exists()
    asked = page_of(served, "?ask=letters")
    assert (
        f"Send issue {ISSUE} to 3 recipients from anna@letters.example through 127.0.0.1:{letters.port}?"
        in asked
    )
    letters_to(served, letters, (*READERS, "another@mail.example"))
    assert "others than you were asked about" in send(served, "send letters", 409, mark=mark_in(asked))
    assert not letters.mails
    letters_to(served, letters, READERS)
    letters.refused = READERS[1:2]
    said = send(served, "send letters", mark=mark_in(asked))
    assert "letters: 2 sent, 1 refused" in said
    assert f"{READERS[1]}: refused: 550" in said
    letters.refused = ()
    page = page_of(served, "?ask=letters")
    assert "2 mails sent, 1 refused" in page
    assert f"Send issue {ISSUE} to 1 recipient from" in page
    send(served, "send letters", mark=mark_in(page))
    assert sorted(to for _, to, _ in letters.mails) == sorted(READERS)
    page = page_of(served, "?ask=letters")
    assert "Nobody is left" in page
    assert "Yes, send it" not in page
    letters_to(served, letters, (*READERS, "more0@mail.example", "more1@mail.example"))
    outlets, far = workspace_of(served.room.folder, ISSUE).outlets, list[tuple[int, int]]()
    with closing(Store(served.room.output)) as store:
        letter = outlets.ready(store, ISSUE, None).letter
    outlets.send(letter, "letters", lambda *counts: far.append(counts))
    assert far == [(1, 2), (2, 2)]


def test_without_a_key_the_page_names_its_variable(
    served: Served, ghost: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No key" not in page_of(served)
    monkeypatch.delenv("GHOST_ADMIN_API_KEY")
    assert "No key: put it into the environment variable GHOST_ADMIN_API_KEY" in page_of(served)
    assert 'value="draft blog"' not in page_of(served)
    # Told before the checklist, which may ask a great many addresses.
    path = served.room.folder / "feeds.yaml"
    given = path.read_text("utf-8")
    path.write_text(f"{given}  opt_out: [harbour.example]\n", "utf-8")
    said = send(served, "draft blog", 409).partition("No draft was made")[2].partition("</div>")[0]
    assert "settings.opt_out" not in said
    path.write_text(given, "utf-8")
    assert "blog: no key; put it into the environment variable GHOST_ADMIN_API_KEY" in said
    monkeypatch.setenv("GHOST_ADMIN_API_KEY", GHOST_KEY.replace("b1", "c2"))
    said = send(served, "draft blog", 409)
    assert re.search(r"<p>blog: [^<]*GHOST_ADMIN_API_KEY[^<]*</p>", said)
    assert not ghost.posts


def test_what_is_serious_stops_it_unless_it_is_to_go_anyway(served: Served, ghost: Any) -> None:
    path = served.room.folder / "feeds.yaml"
    path.write_text(path.read_text("utf-8") + "  opt_out: [harbour.example]\n", "utf-8")
    said = send(served, "draft blog", 409)
    assert "harbour.example is on the list settings.opt_out" in said
    assert "Make the draft all the same" in said
    assert not ghost.asked
    answer = served.client.get(f"{served.desk}/copy")
    assert answer.status_code == 409
    assert f'href="{served.desk}/copy?anyway=yes"' in answer.text
    assert served.client.get(f"{served.desk}/copy?anyway=yes").status_code == 200
    assert "a draft was made" in send(served, "draft blog", anyway="yes")


def test_only_what_was_published_is_sent(served: Served) -> None:
    page = page_of(served)
    assert "Publish it first" in page
    assert "Message file" not in page
    assert "not published yet" in send(served, "draft eml", 409)
    assert served.client.get(f"{served.desk}/copy").status_code == 409
    publish(served)
    assert "Message file" in page_of(served)
    assert f"{ISSUE}.eml" in send(served, "draft eml")
    assert "no destination 'nowhere'" in send(served, "draft nowhere", 409)
    assert "no destination 'eml'" in send(served, "send eml", 409)
    send(served, "explode blog", 404)
    assert not sendings(served)


def test_a_file_of_what_was_sent_that_cannot_be_read_is_named_and_nothing_is_sent(
    served: Served, ghost: Any
) -> None:
    path = served.room.output / "sent" / f"{ISSUE}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text("{", "utf-8")
    assert "not as digest writes it" in page_of(served)
    assert "not as digest writes it" in send(served, "draft blog", 409)
    assert not ghost.posts


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_cannot_send(served: Served, ghost: Any, headers: dict[str, str]) -> None:
    data = {"form": served.keys.form, "act": "draft blog"}
    assert served.client.post(f"{served.desk}/send", data=data, headers=headers).status_code == 403
    data["form"] = "x"
    assert served.client.post(f"{served.desk}/send", data=data).status_code == 403
    assert not ghost.asked


def test_the_desk_goes_on_while_a_platform_takes_its_time(served: Served, ghost: Any) -> None:
    ghost.trouble = ["silent"]
    answers: list[str] = []

    def slowly() -> None:
        data = {"form": served.keys.form, "act": "draft blog"}
        with httpx2.Client(base_url=served.client.base_url, cookies=served.client.cookies) as client:
            answers.append(client.post(f"{served.desk}/send", data=data, timeout=60).text)

    sending = threading.Thread(target=slowly)
    sending.start()
    try:
        while not ghost.writes():
            time.sleep(0.01)
        # Verdicts and pages are answered; another sending is told of this one.
        assert "begun" in page_of(served)
        assert "Just now: blog: it is being written to" in page_of(served)
        far = served.client.get(f"{served.desk}/sending").json()
        assert far == {"said": "blog: it is being written to"}
        assert served.act(f"reject {served.id_of('Kiln')}").status_code == 200
        assert "in use by digest send" in send(served, "draft blog", 409)
        assert "a sending is under way" in send(served, "send blog", 409, mark="0" * 64)
        assert not answers
    finally:
        ghost.released.set()
        sending.join()
    assert answers
    assert "Just now" not in page_of(served)
    send(served, "draft blog")
    assert len(ghost.posts) == 1


def test_by_keyboard_a_draft_is_made_and_sent_after_a_question(
    browser: Browser, served: Served, ghost: Any
) -> None:
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        # A key leads there, however often it is pressed; while it is at it the page says so.
        for _ in range(2):
            page.keyboard.press("Shift+S")
            expect(page.locator("#sending-title")).to_be_focused()
            page.keyboard.press("Tab")
        make = page.get_by_role("button", name="Make a draft at blog")
        expect(make).to_be_focused()
        ghost.trouble = ["silent"]
        # A locator would wait until the next page is there.
        page.evaluate(HEAR)
        with page.expect_console_message(lambda said: "blog: it is being written to; open: 0" in said.text):
            page.keyboard.press("Enter")
        ghost.released.set()
        expect(page.get_by_role("heading", name="No draft was made: blog")).to_be_visible()
        make = page.get_by_role("button", name="at blog")
        make.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("blog: the draft that was begun before is there")
        page.get_by_role("link", name="Send it to its readers").focus()
        page.keyboard.press("Enter")
        # The question has the focus, its answer comes next.
        expect(page.locator("#question")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("blog: sent to its readers")
    (post,) = ghost.posts.values()
    assert post["status"] == "published"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_sending_is_good_to_look_at(
    browser: Browser, served: Served, ghost: Any, tmp_path: Path, scheme: str
) -> None:
    given = f"{{name: blog, kind: ghost, url: '{ghost.url}'}}"
    more = "{name: weekly, kind: buttondown}"
    settings(served, f"  send:\n    - {given}\n    - {more}\n")
    send(served, "draft blog")
    for width in (1280, 390):
        with serving(served.room) as keys, desk_page(browser, keys, width=width, scheme=scheme) as page:
            page.goto(f"http://{keys.host}/issue/{ISSUE}/publish?ask=blog#question")
            expect(page.locator("#question")).to_be_visible()
            keep_picture(page, f"desk-sending-{width}-{scheme}", tmp_path)
            assert not is_too_wide(page)


def test_the_page_to_copy_from_copies(browser: Browser, served: Served) -> None:
    publish(served)
    answer = served.client.get(f"{served.desk}/copy")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<table" not in answer.text
    with serving(served.room) as keys, desk_page(browser, keys, axe=False) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"http://{keys.host}/issue/{ISSUE}/copy")
        page.get_by_role("button", name="Copy the issue").click()
        expect(page.locator("output")).to_contain_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert all(title in copied for title in TEXTS)
