"""`digest send` and `digest publish --check` as an editor types them, also killed at any step."""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fake_platforms
import pytest
from fake_platforms import BUTTONDOWN_KEY, GHOST_KEY, LISTMONK_TOKEN, served
from forked import typed_apart
from mail_servers import Kept, mail_server
from newsroom import ISSUE, newsroom_of
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from digest.cli.app import app
from digest.cli.checklist import unreachable
from digest.workspace.config import load_config

KEYS = {
    "GHOST_ADMIN_API_KEY": GHOST_KEY,
    "LISTMONK_API_TOKEN": LISTMONK_TOKEN,
    "BUTTONDOWN_API_KEY": BUTTONDOWN_KEY,
}
READERS = tuple(f"reader{at}@mail.example" for at in range(4))


@cache
def _published() -> tuple[Path, TemporaryDirectory[str]]:
    folder = TemporaryDirectory(prefix="sending-")
    room = newsroom_of(Path(folder.name), "Kiln", "Mayor")
    room.publish(ISSUE)
    return room.folder, folder


@dataclass
class Office:
    """A workspace with a published issue and a destination."""

    folder: Path
    there: Any = None

    def type(self, *words: str, code: int = 0, typed: str | None = None) -> str:
        """Type a command; gives all it said."""
        done = CliRunner().invoke(app, ["-C", str(self.folder), *words], input=typed)
        said = f"{done.output}{done.exception or ''}"
        assert done.exit_code == code, (said, done.exception)
        return said

    def send(self, to: str, *words: str, code: int = 0, typed: str | None = None) -> str:
        return self.type("send", ISSUE, "--to", to, "--no-links", *words, code=code, typed=typed)

    def killed(self, place: str, number: int, to: str, *words: str) -> int:
        """Type it in a process of its own that is killed at a place; see killed_run.py."""
        typed = ("send", ISSUE, "--to", to, "--no-links", *words)
        return typed_apart(self.folder, *typed, place=place, number=number).returncode

    def set(self, text: str) -> None:
        path = self.folder / "feeds.yaml"
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    def sent(self) -> list[dict[str, Any]]:
        path = self.folder / "output" / "sent" / f"{ISSUE}.json"
        found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["sendings"] if path.exists() else []
        return found


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    shutil.copytree(_published()[0], tmp_path / "office")
    return Office(tmp_path / "office")


@pytest.fixture
def ghost(office: Office) -> Iterator[Office]:
    with served(fake_platforms.Ghost) as there:
        office.there = there
        office.set(f"settings:\n  send:\n    - name: blog\n      kind: ghost\n      url: {there.url}\n")
        yield office


@pytest.fixture
def letters(office: Office) -> Iterator[Office]:
    with mail_server() as kept:
        office.there = kept
        office.set(smtp_settings(kept))
        yield office


def smtp_settings(kept: Kept) -> str:
    return (
        "settings:\n  send:\n    - name: letters\n      kind: smtp\n      server: 127.0.0.1\n"
        f"      port: {kept.port}\n      tls: none\n      sender: Anna <anna@letters.example>\n"
        f"      recipients: [{', '.join(READERS)}]\n"
    )


def test_a_draft_is_made_and_only_a_confirmed_send_goes_to_readers(ghost: Office) -> None:
    said = ghost.send("blog")
    assert "blog: a draft was made" in said
    assert f"{ghost.there.url}/ghost/#/editor/post/" in said
    (post,) = ghost.there.posts.values()
    assert post["status"] == "draft"
    assert "nothing was sent" in ghost.send("blog", "--send", code=1, typed="n\n")
    assert "nothing was sent" in ghost.send("blog", "--send", code=1, typed="\n")
    assert post["status"] == "draft"
    assert "sent to its readers" in ghost.send("blog", "--send", typed="y\n")
    assert post["status"] == "published"
    assert "--again" in ghost.send("blog", "--send", "--yes", code=1)
    assert len(ghost.there.posts) == 1


def test_without_its_key_a_platform_is_not_asked(ghost: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GHOST_ADMIN_API_KEY")
    # Told first: no address is asked, and no checklist gone through, for what cannot be done.
    ghost.set("  opt_out: [harbour.example]\n")
    said = ghost.send("blog", code=1)
    assert "blog: no key; put it into the environment variable GHOST_ADMIN_API_KEY" in said
    assert "opted-out" not in said
    assert not ghost.there.asked


def test_mails_are_sent_only_with_send_and_once(letters: Office) -> None:
    said = letters.send("letters")
    assert "4 mails would be sent with --send; nothing was" in said
    assert (letters.folder / "output" / "sent" / f"{ISSUE}.eml").exists()
    assert "nothing was sent" in letters.send("letters", "--send", code=1, typed="n\n")
    assert not letters.there.mails
    assert "letters: 4 sent, 0 refused" in letters.send("letters", "--send", typed="y\n")
    assert "letters: 4 sent, 0 refused" in letters.send("letters", "--send", "--yes")
    assert sorted(to for _, to, _ in letters.there.mails) == sorted(READERS)


def test_the_question_names_who_gets_what_from_where(letters: Office) -> None:
    said = letters.send("letters", "--send", code=1, typed="n\n")
    asked = f"Send issue {ISSUE} to 4 recipients from Anna <anna@letters.example> through 127.0.0.1:"
    assert f"{asked}{letters.there.port}?" in said
    # With nobody to answer, the next step is said, too.
    assert "nothing was sent; without questions: --send --yes" in letters.send(
        "letters", "--send", code=1, typed=""
    )


@pytest.mark.parametrize("key", ["a\nb", "k\u201cy", "\u00fcb"])
def test_a_key_that_no_request_carries_is_told_before_and_never_shown(
    ghost: Office, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("GHOST_ADMIN_API_KEY", key)
    said = ghost.send("blog", code=1)
    assert "the key in GHOST_ADMIN_API_KEY has a character that no key has" in said
    assert key not in said
    assert repr(key) not in said
    assert not ghost.there.asked


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ("kind: ghost", "on the site {url}? It is mailed to nobody: blog names no newsletter."),
        (
            "kind: ghost, newsletter: weekly",
            "on the site {url} and mail it to the readers of the newsletter weekly",
        ),
        ("kind: listmonk, user: digest, lists: [3, 4]", "to the readers of lists 3, 4 at {url}?"),
        ("kind: buttondown", "to all subscribers of blog at Buttondown?"),
    ],
)
def test_the_question_says_what_a_platform_does(office: Office, more: str, asked: str) -> None:
    kind = more.split(",")[0].removeprefix("kind: ")
    with served(getattr(fake_platforms, kind.capitalize())) as there:
        office.set(f"settings:\n  send:\n    - {{name: blog, url: '{there.url}', {more}}}\n")
        said = office.send("blog", "--send", code=1, typed="n\n")
    assert asked.format(url=there.url) in said


def test_recipients_who_are_refused_are_named(letters: Office) -> None:
    letters.there.refused = READERS[1:2]
    said = letters.send("letters", "--send", "--yes", code=1)
    assert f"\n{READERS[1]}: refused: 550 5.1.1 no mailbox" in f"\n{said}"
    assert "the same command again tries them alone" in said
    assert "letters: 3 sent, 1 refused, 0 may have been sent, 0 not tried" in said


@pytest.mark.parametrize(
    ("place", "number", "posts"),
    [
        ("digest.issues.sending.sent_file:SentFile.keep", 1, 0),
        ("digest.issues.sending.sent_file:SentFile.keep+", 1, 0),
        ("digest.adapters.platform_server:PlatformServer._once+", 1, 0),
        ("digest.adapters.ghost:Ghost._post", 1, 1),
        ("digest.issues.sending.sent_file:SentFile.keep", 2, 1),
        ("digest.issues.sending.sent_file:SentFile.keep+", 2, 1),
    ],
)
def test_killed_at_any_step_and_typed_again_there_is_one_post(
    ghost: Office, place: str, number: int, posts: int
) -> None:
    assert ghost.killed(place, number, "blog") == -9
    assert len(ghost.there.posts) == posts
    ghost.send("blog")
    assert len(ghost.there.posts) == 1
    (sending,) = ghost.sent()
    assert sending["state"] == "draft"
    assert ghost.there.posts[sending["id"]]["status"] == "draft"


@pytest.mark.parametrize("number", [3, 4])
def test_killed_while_it_is_sent_it_is_sent_once_or_asked_about(ghost: Office, number: int) -> None:
    place = "digest.issues.sending.sent_file:SentFile.keep"
    assert ghost.killed(place, number, "blog", "--send", "--yes") == -9
    (post,) = ghost.there.posts.values()
    was_sent = post["status"] == "published"
    assert was_sent == (number == 4)
    said = ghost.send("blog", "--send", "--yes", code=1 if was_sent else 0)
    assert ("--again" in said) == was_sent
    assert post["status"] == "published"
    publishing = [each for each in ghost.there.writes() if each.body["posts"][0].get("status") == "published"]
    assert len(publishing) == 1


@pytest.mark.parametrize(
    ("place", "number", "got", "maybe"),
    [
        ("smtplib:SMTP.rcpt", 2, 1, 0),
        ("digest.issues.sending.sent_file:SentFile.keep", 3, 1, 0),
        ("smtplib:SMTP.data", 2, 1, 1),
        ("smtplib:SMTP.data+", 2, 2, 1),
        ("digest.issues.sending.sent_file:SentFile.keep+", 4, 2, 0),
    ],
)
def test_killed_at_any_step_of_a_mail_nobody_gets_two(
    letters: Office, place: str, number: int, got: int, maybe: int
) -> None:
    assert letters.killed(place, number, "letters", "--send", "--yes") == -9
    assert len(letters.there.mails) == got
    said = letters.send("letters", "--send", "--yes", code=1 if maybe else 0)
    assert f"{maybe} may have been sent" in said
    assert (f"{READERS[1]}: may have been sent; to send it again: --again" in said) == bool(maybe)
    recipients = [to for _, to, _ in letters.there.mails]
    assert len(recipients) == len(set(recipients))
    assert set(READERS) - set(recipients) <= ({READERS[1]} if maybe else set())


def test_the_copy_page_and_the_message_file_need_no_destination(office: Office) -> None:
    path = office.folder / "output" / "sent"
    assert str(path / f"{ISSUE}.copy.html") in office.type("send", "--copy", "--no-links")
    page = (path / f"{ISSUE}.copy.html").read_text("utf-8")
    assert "Kiln" in page
    assert "<table" not in page
    assert str(path / f"{ISSUE}.eml") in office.send("eml")
    assert (path / f"{ISSUE}.eml").read_bytes().startswith(b"Subject: Week, 22 November 2026\r\n")
    assert not office.sent()


def readme(kind: str) -> tuple[str, str, list[str]]:
    """What the README says of a platform: its settings, the variable of its key, the command."""
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (settings,) = re.findall(rf"`(\{{name: \w+, kind: {kind}\b.*?\}})`", text)
    part = text.partition(settings)[2]
    (variable, *_), (command, *_) = (
        re.findall(pattern, part) for pattern in ("`export (\\w+)=", "`digest (send .*?)`")
    )
    return settings, variable, command.split()


@pytest.mark.parametrize("kind", ["buttondown", "ghost", "listmonk"])
def test_the_three_lines_of_the_readme_make_a_draft(
    office: Office, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, variable, command = readme(kind)
    for name in KEYS:
        monkeypatch.delenv(name)
    monkeypatch.setenv(variable, KEYS[variable])
    with served(getattr(fake_platforms, kind.capitalize())) as there:
        given = re.sub(r"(, url: [^,}]+)?\}$|, url: [^,}]+", "", settings).rstrip("}")
        office.set(f"settings:\n  send:\n    - {given}, url: {there.url}}}\n")
        office.type(*command, "--no-links")
        (post,) = there.posts.values()
        assert post["status"] == "draft"


def test_the_three_lines_of_the_readme_send_mails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, variable, command = readme("smtp")
    assert variable == "SMTP_PASSWORD"
    monkeypatch.setenv(variable, "right-horse")
    with mail_server() as kept:
        given = re.sub(
            r"server: [\w.]+, user: \w+", f"server: 127.0.0.1, port: {kept.port}, tls: none", settings
        )
        office.set(f"settings:\n  send:\n    - {given}\n")
        office.type(*command, "--no-links", typed="y\n")
        assert [to for _, to, _ in kept.mails] == ["ada@one.example"]
        assert b"List-Unsubscribe: <https://example.org/leave?who=ada@one.example>\r\n" in kept.mails[0][2]


def test_what_cannot_be_sent_says_why(office: Office) -> None:
    said = office.send("nowhere", code=1)
    assert "feeds.yaml: settings.send: no destination 'nowhere'; known: eml" in said
    assert "give a destination, or --copy" in office.type("send", code=2).replace("│", " ")
    for words in (("--copy",), ("--to", "eml")):
        said = office.type("send", *words, "--send", "--yes", code=2).replace("│", " ")
        assert "only for a destination of settings.send" in " ".join(said.split())
    assert "no issue 20250101; known: 20261122" in office.type("send", "20250101", "--copy", code=1)
    office.type("undo")
    assert "not published yet" in office.type("send", ISSUE, "--copy", code=1)


def test_what_is_serious_stops_a_sending_unless_it_is_to_go_anyway(ghost: Office) -> None:
    ghost.set("  opt_out: [harbour.example]\n")
    said = ghost.send("blog", code=1)
    assert "opted-out: harbour.example is on the list settings.opt_out" in said
    assert "nothing was sent; mend what is serious" in said
    assert not ghost.there.asked
    ghost.set("  serious: [failed-check]\n")
    assert "a draft was made" in ghost.send("blog")
    ghost.send("blog", "--anyway")


def test_the_checklist_leaves_with_1_where_something_is_serious(office: Office) -> None:
    office.set("settings:\n  opt_out: [harbour.example]\n")
    said = office.type("publish", "--check", ISSUE, "--no-links", code=1)
    assert "serious  output/drafts/20261122/kiln-" in said
    found = json.loads(
        office.type("publish", "--check", ISSUE, "--no-links", "--json", code=1).removesuffix("1")
    )["findings"]
    of_kiln = next(each for each in found if each["kind"] == "opted-out" and "kiln" in each["file"])
    line = (office.folder / of_kiln["file"]).read_text("utf-8").split("\n")[of_kiln["line"] - 1]
    assert "https://harbour.example/kiln" in line
    assert of_kiln["is_serious"]
    office.set("  serious: []\n")
    office.type("publish", "--check", ISSUE, "--no-links")


def test_links_are_asked_as_politely_as_a_run_asks(office: Office, httpserver: HTTPServer) -> None:
    robots = "User-agent: *\nDisallow: /private"
    for path, status, body in (
        ("/robots.txt", 200, robots),
        ("/fine", 200, "here"),
        ("/large", 200, "x" * 400_000),
        ("/gone", 404, ""),
        ("/forbidden", 403, ""),
        ("/broken", 500, ""),
        ("/private", 404, ""),
    ):
        httpserver.expect_request(path).respond_with_data(body, status=status)
    office.set("settings: {allow_hosts: [127.0.0.1, localhost], delay_s: 0}\n")
    paths = ("/fine", "/large", "/gone", "/forbidden", "/broken", "/private")
    addresses = {httpserver.url_for(path): path for path in paths}
    dead = asyncio.run(unreachable(load_config(office.folder), list(addresses)))
    assert {addresses[each]: reason for each, reason in dead.items()} == {
        "/gone": "HTTP 404",
        "/broken": "HTTP 500",
    }
    assert "/private" not in [request.path for request, _ in httpserver.log]


@pytest.mark.parametrize("kind", ["buttondown", "ghost", "listmonk"])
def test_no_key_is_in_any_log(office: Office, kind: str) -> None:
    settings, variable, command = readme(kind)
    with served(getattr(fake_platforms, kind.capitalize())) as there:
        there.trouble = ["429 0", "500"]
        given = re.sub(r", url: [^,}]+", "", settings).rstrip("}")
        office.set(f"settings:\n  send:\n    - {given}, url: {there.url}}}\n")
        done = typed_apart(office.folder, "-vv", *command, "--no-links")
    assert done.returncode == 1
    said = (done.stdout + done.stderr).decode()
    assert "HTTP 500" in said
    assert not [each for each in KEYS[variable].split(":") if each in said]
