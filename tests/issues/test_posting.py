"""One post a platform: whatever fails and whenever, a second try makes no second one and says why."""

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import fake_platforms
import pytest
from fake_platforms import BUTTONDOWN_KEY, GHOST_KEY, LISTMONK_TOKEN, LISTMONK_USER, served
from fakes import NOW
from made_issues import entry, issue_of

from digest.adapters.buttondown import Buttondown
from digest.adapters.ghost import Ghost
from digest.adapters.listmonk import Listmonk
from digest.adapters.platform_server import PlatformServer
from digest.errors import SendError, StoreError
from digest.issues.sending import Posted, SentFile, Wish, letter_of, put_draft, send_draft, sent_path
from digest.ports import Platform
from digest.records import Letter

LETTER = letter_of(issue_of(entry(), site="https://letters.example"), {})
NEWER = letter_of(issue_of(entry("Rivers Freeze Late, Again"), site="https://letters.example"), {})
KINDS = ("buttondown", "ghost", "listmonk")
NAMES = {"buttondown": "Buttondown", "ghost": "Ghost", "listmonk": "Listmonk"}


@dataclass
class Desk:
    """An editor with one platform."""

    kind: str
    there: Any
    output: Path
    key: str
    timeout_s: float = 20.0
    lists: tuple[int, ...] = (3,)
    slept: list[float] = field(default_factory=list)

    def platform(self) -> Platform:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        server = PlatformServer(
            "weekly",
            self.there.url,
            key=self.key,
            key_variable="A_KEY",
            timeout_s=self.timeout_s,
            sleep=sleep,
        )
        if self.kind == "ghost":
            return Ghost(server, self.key, newsletter="weekly-mail")
        if self.kind == "listmonk":
            return Listmonk(server, LISTMONK_USER, self.key, lists=self.lists)
        return Buttondown(server, self.key)

    def put(self, letter: Letter = LETTER, **wish: bool) -> Posted:
        return self._run(
            lambda platform, sent: put_draft(
                platform,
                sent,
                letter,
                Wish("weekly", self.kind, **wish),
                new_key=lambda: str(uuid.uuid4()),
                now=lambda: NOW,
            )
        )

    def put_fails(self, said: str, **wish: bool) -> None:
        with pytest.raises(SendError) as caught:
            self.put(**wish)
        assert said in str(caught.value)

    def send(self, posted: Posted) -> Posted:
        return self._run(lambda platform, sent: send_draft(platform, sent, posted.sending, now=lambda: NOW))

    def _run(self, what: Callable[[Platform, SentFile], Awaitable[Posted]]) -> Posted:
        async def run() -> Posted:
            platform = self.platform()
            try:
                return await what(platform, SentFile(self.output, LETTER.issue))
            finally:
                await platform.close()

        return asyncio.run(run())

    @property
    def state(self) -> str:
        sending = SentFile(self.output, LETTER.issue).last("weekly", self.kind)
        return sending.state if sending else ""

    def status(self) -> list[str]:
        return [each["status"] for each in self.there.posts.values()]


def create(platform: Platform, letter: Letter = LETTER) -> None:
    async def run() -> None:
        try:
            await platform.create(letter, "k" * 36)
        finally:
            await platform.close()

    asyncio.run(run())


KEYS = {"buttondown": BUTTONDOWN_KEY, "ghost": GHOST_KEY, "listmonk": LISTMONK_TOKEN}


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with served(getattr(fake_platforms, NAMES[request.param])) as there:
        yield Desk(request.param, there, tmp_path / "output", KEYS[request.param])


def test_a_draft_is_made_once_and_stays_a_draft(desk: Desk) -> None:
    posted = desk.put()
    assert (desk.status(), posted.said) == (["draft"], "a draft was made")
    assert posted.sending.address.startswith(("http://127.0.0.1", "https://buttondown.com/"))
    again = desk.put()
    assert "a draft of this very issue is there" in again.said
    assert len(desk.there.writes()) == 1
    kept = json.loads(sent_path(desk.output, LETTER.issue, ".json").read_text("utf-8"))
    (sending,) = kept["sendings"]
    assert (sending["to"], sending["state"], sending["id"]) == ("weekly", "draft", posted.sending.id)


def test_what_went_where_is_for_its_owner_alone_and_holds_no_key(desk: Desk) -> None:
    desk.put()
    path = sent_path(desk.output, LETTER.issue, ".json")
    assert path.stat().st_mode & 0o077 == 0
    assert not any(part in path.read_text("utf-8") for part in desk.key.split(":"))


def test_an_issue_published_anew_goes_into_the_same_draft(desk: Desk) -> None:
    desk.put()
    posted = desk.put(NEWER)
    assert "has the issue as it is now" in posted.said
    (post,) = desk.there.posts.values()
    assert "Again" in (post.get("html") or post["body"])
    assert desk.status() == ["draft"]
    assert len(desk.there.writes()) == 2
    assert "is there since" in desk.put(NEWER).said


@pytest.mark.parametrize("trouble", ["drop", "500"])
def test_an_update_without_an_answer_is_told_as_such_and_no_draft_is_taken_for_another(
    desk: Desk, trouble: str
) -> None:
    desk.put()
    desk.there.trouble = [trouble]
    with pytest.raises(SendError, match="may have been done"):
        desk.put(NEWER)
    if trouble == "500":  # and was not
        assert desk.put(NEWER).said == "the draft was there, and has the issue as it is now"
        return
    # What is there now is not the issue as it was first, though that is what it is published as again.
    desk.put_fails("was changed: by an update whose answer never came, or by somebody there")
    assert desk.put(overwrite=True).sending.content == LETTER.content
    (post,) = desk.there.posts.values()
    assert "Again" not in (post.get("html") or post["body"])


def test_words_that_somebody_wrote_at_the_platform_are_not_written_over(desk: Desk) -> None:
    desk.put()
    (post,) = desk.there.posts.values()
    changed = {"updated_at": "later", "modification_date": "later", "title": "Mine"}
    post |= {name: value for name, value in changed.items() if name in post}
    with pytest.raises(SendError, match=r"was changed there since it was made.*--overwrite"):
        desk.put(NEWER)
    assert len(desk.there.writes()) == 1
    desk.put(NEWER, overwrite=True)
    assert len(desk.there.posts) == 1


@pytest.mark.parametrize("trouble", ["drop", "silent", "500"])
def test_without_an_answer_a_second_try_makes_no_second_post(desk: Desk, trouble: str) -> None:
    desk.there.trouble = [trouble]
    desk.timeout_s = 0.5 if trouble == "silent" else 20
    with pytest.raises(SendError, match="may have been done all the same: the same command again") as caught:
        desk.put()
    assert caught.value.may_be_done
    assert desk.state == "begun"
    desk.timeout_s = 20
    posted = desk.put()
    assert len(desk.there.posts) == 1
    assert posted.sending.state == desk.state == "draft"


def test_one_with_a_long_title_is_found_whatever_its_address_was_cut_at(desk: Desk) -> None:
    letter = replace(LETTER, slug=f"{'long' * 14}-by-")
    desk.there.trouble = ["drop"]
    with pytest.raises(SendError):
        desk.put(letter)
    desk.put(letter)
    assert len(desk.there.posts) == 1


def test_one_that_may_be_there_is_found_among_many_others(desk: Desk) -> None:
    for _ in range(5):
        desk.put(again=True)
    desk.there.trouble = ["drop"]
    with pytest.raises(SendError):
        desk.put(again=True)
    if desk.kind == "buttondown":
        # What it remembers of keys is gone by now.
        desk.there.keys.clear()
    desk.put()
    assert len(desk.there.posts) == 6


def test_without_an_answer_an_issue_published_anew_meanwhile_goes_into_that_post(desk: Desk) -> None:
    desk.there.trouble = ["drop"]
    with pytest.raises(SendError):
        desk.put()
    desk.put(NEWER)
    (post,) = desk.there.posts.values()
    assert "Again" in (post.get("html") or post["body"])


def test_a_busy_platform_is_waited_for_as_long_as_it_says(desk: Desk) -> None:
    desk.there.trouble = ["429 7", "429 2"]
    desk.put()
    assert desk.slept == [7.0, 2.0]
    assert len(desk.there.posts) == 1


@pytest.mark.parametrize(("waits", "seconds"), [(["429 3600"], 3600), (["429 1"] * 4, 1)])
def test_one_that_stays_busy_is_told_with_when_to_try_again(
    desk: Desk, waits: list[str], seconds: int
) -> None:
    desk.there.trouble = list(waits)
    with pytest.raises(
        SendError, match=rf"^weekly: HTTP 429.*; too many requests; try again in {seconds} s$"
    ):
        desk.put()
    assert not desk.there.posts
    desk.put()
    assert len(desk.there.posts) == 1


def test_a_wrong_key_is_told_by_the_variable_it_comes_from_and_never_shown(desk: Desk) -> None:
    right = desk.key
    name, _, secret = right.rpartition(":")
    desk.key = f"{name}:{secret[::-1]}" if name else right[::-1]
    with pytest.raises(SendError) as caught:
        desk.put()
    said = str(caught.value)
    assert re.search(r"^weekly: HTTP 40[13]: the key in A_KEY is not accepted, or may not do this", said)
    assert not any(key[at : at + 8] in said for key in (desk.key, right) for at in range(0, len(key) - 8, 4))
    desk.key = right
    desk.put()
    assert len(desk.there.posts) == 1


def test_what_a_platform_finds_wrong_is_told_in_its_words(desk: Desk) -> None:
    said = {
        "buttondown": ("", "HTTP 422: subject: Field required; nothing was changed; mend what it names"),
        "ghost": ("", "HTTP 422: Validation error, cannot save post. Value in [posts.title] exceeds"),
        "listmonk": ("x", "HTTP 400: Invalid `lists` field; nothing was changed; mend what it names"),
    }
    subject, message = said[desk.kind]
    letter = replace(LETTER, subject=subject)
    desk.lists = ()
    with pytest.raises(SendError) as caught:
        desk.put(letter)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not desk.there.posts


def test_a_server_that_is_not_there_or_is_another_is_told(desk: Desk) -> None:
    url = desk.there.url
    desk.there.url = "http://127.0.0.1:9"
    with pytest.raises(SendError, match=r"connection refused; nothing was changed at http://127.0.0.1:9"):
        desk.put()
    desk.there.url = f"{url}/elsewhere"
    desk.put_fails("HTTP 404; nothing is there under this address; look at url in feeds.yaml", again=True)
    assert not desk.there.posts


def test_a_draft_is_sent_once(desk: Desk) -> None:
    posted = desk.put()
    sent = desk.send(posted)
    assert sent.sending.state == desk.state == "sent"
    assert desk.status() in (["about_to_send"], ["published"], ["running"])
    if desk.kind == "ghost":
        assert next(iter(desk.there.posts.values()))["mailed_by"] == "weekly-mail"
    count = len(desk.there.writes())
    with pytest.raises(SendError, match=r"is out there since .*, or on its way.*--again"):
        desk.send(posted)
    with pytest.raises(SendError, match="--again"):
        desk.put()
    with pytest.raises(SendError, match="--again"):
        desk.put(NEWER)
    assert len(desk.there.writes()) == count
    desk.put(again=True)
    assert len(desk.there.posts) == 2


def test_sending_without_an_answer_is_looked_after_before_anything_is_sent_again(desk: Desk) -> None:
    posted = desk.put()
    desk.there.trouble = ["drop"]
    with pytest.raises(SendError, match="may have been done"):
        desk.send(posted)
    assert desk.state == "sending"
    with pytest.raises(SendError, match="is out there since"):
        desk.put()
    assert desk.state == "sent"
    assert len(desk.there.writes()) == 2


def test_sending_that_was_not_done_leaves_a_draft_that_can_be_sent(desk: Desk) -> None:
    posted = desk.put()
    desk.there.trouble = ["500"]
    with pytest.raises(SendError, match="may have been done"):
        desk.send(posted)
    again = desk.put()
    assert again.said == "it was not sent; the draft is there"
    assert desk.send(again).sending.state == "sent"


def test_a_post_that_somebody_removed_is_a_question(desk: Desk) -> None:
    posted = desk.put()
    desk.there.posts.clear()
    with pytest.raises(SendError, match="is gone; if another is to be made, say so with --again"):
        desk.send(posted)
    assert desk.put(again=True).sending.state == "draft"
    assert len(desk.there.posts) == 1


def test_a_file_of_what_was_sent_that_cannot_be_read_stops_everything(desk: Desk) -> None:
    desk.put()
    path = sent_path(desk.output, LETTER.issue, ".json")
    path.write_text('{"issue": "20261122", "sendings": [{"to": 3}]}')
    with pytest.raises(StoreError, match=r"not as digest writes it.*nothing was sent"):
        desk.put()
    assert len(desk.there.posts) == 1


def test_each_platform_gets_its_form() -> None:
    with served(fake_platforms.Buttondown) as there:
        server = PlatformServer("weekly", there.url, key=BUTTONDOWN_KEY, key_variable="A_KEY")
        create(Buttondown(server, BUTTONDOWN_KEY))
        (asked,) = there.asked
        assert asked.headers["x-idempotency-key"] == "k" * 36
        assert asked.body["status"] == "draft"
        assert asked.body["body"].startswith("<!-- buttondown-editor-mode: plaintext -->\n# Weak Signals")
        assert re.search(r"Signal *\|.*\n *\|?:?-+", asked.body["body"])
    with served(fake_platforms.Ghost) as there:
        server = PlatformServer("blog", there.url, key=GHOST_KEY, key_variable="A_KEY")
        create(Ghost(server, GHOST_KEY))
        (post,) = there.posts.values()
        assert post["html"].startswith("<!--kg-card-begin: html-->\n")
        assert post["html"].endswith("\n<!--kg-card-end: html-->")
        assert "<table" in post["html"]
        assert post["title"] == "Weak Signals, 22 November 2026"
    with served(fake_platforms.Listmonk) as there:
        server = PlatformServer("list", there.url, key=LISTMONK_TOKEN, key_variable="A_KEY")
        settings = {"lists": (3, 4), "template": 2, "sender": "a@b.example"}
        create(Listmonk(server, LISTMONK_USER, LISTMONK_TOKEN, **settings))
        (campaign,) = there.posts.values()
        assert campaign["lists"] == [3, 4]
        assert (campaign["template_id"], campaign["from_email"]) == (2, "a@b.example")
        assert campaign["content_type"] == "html"
        assert "<body" not in campaign["body"]
        assert "Rivers Freeze Late" in campaign["altbody"]


def test_a_key_that_ghost_never_gave_is_told_before_anything_is_asked() -> None:
    server = PlatformServer(
        "blog", "http://127.0.0.1:9", key="secretword", key_variable="GHOST_ADMIN_API_KEY"
    )
    with pytest.raises(SendError, match="the key in GHOST_ADMIN_API_KEY is none of Ghost's") as caught:
        Ghost(server, "secretword")
    assert "secretword" not in str(caught.value)
