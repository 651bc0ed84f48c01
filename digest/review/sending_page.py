"""What the desk's page on an issue does about sending: drafts, the question before readers get it, copying.

A platform or mail server may take long to answer: other requests go on meanwhile, and another sending waits
its turn or is told of this one.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from digest.errors import DigestError
from digest.issues.sending.copy_page import SCRIPT
from digest.records import Finding, Letter
from digest.review.guard import same
from digest.review.handlers import Answer, Desk, NotFound
from digest.review.issue_pages import show_issue
from digest.review.outlets import question_of
from digest.review.previews import Preview, policy_of

COPY = "copy"
ACTS = {"draft": "Make the draft all the same", "send": "Send it all the same", COPY: "Show it all the same"}
"""What is asked for, and what the button says that asks for it over what is serious."""

BY_COMMAND = ("--again", "--overwrite")
"""What the desk has no button for: it makes a second post, or takes what somebody wrote."""


@dataclass(frozen=True)
class Unsent:
    """Why something was not sent."""

    lines: tuple[str, ...]
    act: str
    to: str
    mark: str = ""
    all_the_same: str = ""
    """What the button says that asks for it over what is serious; empty where that is not why."""


class Serious(DigestError):  # noqa: N818 - an answer, not a fault
    """The checklist keeps an issue from going out."""


def send(desk: Desk, issue: str, act: str, to: str, *, mark: str, anyway: bool) -> Answer:
    """Make a draft at a destination, or send it to its readers.

    Args:
        desk: The desk.
        issue: Its name.
        act: `draft` or `send`.
        to: The destination's name.
        mark: Of the question that was answered by yes; see `Question`.
        anyway: Whether what is serious stops nothing.
    """
    if act not in ("draft", "send"):
        raise NotFound(f"{act[:40]!r}: expected draft or send")
    try:
        desk.workspace.outlets.check(to, act == "send")
        with _under_way(desk) as tell:
            tell(f"{to}: the issue is looked through")
            letter = _passed(desk, issue, anyway=anyway)
            tell(f"{to}: it is being written to")
            said = _sent(desk, letter, act, to, mark, tell)
    except NotFound:
        raise
    except DigestError as error:
        return _told(desk, issue, error, act, to, mark)
    with desk.alone:
        return 303, f"/issue/{issue}/publish?said={desk.keep(said)}#sending-title"


def show_copy(desk: Desk, issue: str, query: Mapping[str, str]) -> Preview | Answer:
    """Show the page to copy a published issue from, as `digest send --copy` writes it."""
    try:
        letter = _passed(desk, issue, anyway=query.get("anyway") == "yes")
    except NotFound:
        raise
    except DigestError as error:
        return _told(desk, issue, error, COPY, "", "")
    text = desk.workspace.outlets.copy_page(letter)
    script = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"{policy_of(text)}; script-src 'sha256-{script}'"
    return Preview(text, "text/html", {"content-security-policy": policy})


@contextmanager
def _under_way(desk: Desk) -> Iterator[Callable[[str], None]]:
    key = object()
    try:
        yield lambda said: desk.sending.update({key: said})
    finally:
        desk.sending.pop(key, None)


def _sent(desk: Desk, letter: Letter, act: str, to: str, mark: str, tell: Callable[[str], None]) -> list[str]:
    outlets = desk.workspace.outlets
    if act == "draft":
        return outlets.draft(letter, to)
    # Of a sending that is under way, what is left is another with each mail.
    if holder := outlets.holder():
        raise DigestError(
            f"nothing was sent by this: a sending is under way ({holder}); look again when it has ended"
        )
    if not same(question_of(outlets, letter, to).mark, mark):
        raise DigestError(
            "nothing was sent: the issue or its readers are others than you were asked about; look again"
        )
    return outlets.send(letter, to, lambda done, total: tell(f"{to}: {done} of {total} mails are sent"))


def _passed(desk: Desk, issue: str, *, anyway: bool) -> Letter:
    """Give a published issue that the checklist lets out.

    Raises:
        DigestError: it is not published.
        Serious: it has something serious.
    """
    workspace = desk.workspace
    with desk.alone, desk.reading() as store:
        desk.check_known(store, issue)
        ready = workspace.outlets.ready(store, issue, None)
    if ready.asks and not anyway:
        dead = workspace.outlets.dead_of(ready.addresses)
        with desk.alone, desk.reading() as store:
            ready = workspace.outlets.ready(store, issue, dead)
    if not anyway and (lines := [_line(each) for each in ready.found if each.is_serious]):
        lines.append("nothing was sent; mend what is serious and publish again")
        raise Serious("\n".join(lines))
    return ready.letter


def _line(finding: Finding) -> str:
    place = f"{finding.file}, line {finding.line}" if finding.line else finding.file
    return f"{place}: {finding.what}" if place else finding.what


def _told(desk: Desk, issue: str, error: DigestError, act: str, to: str, mark: str) -> Answer:
    lines = str(error).split("\n")
    if options := [each for each in BY_COMMAND if each in str(error)]:
        lines.append(f"on the command line: digest send {issue} --to {to} {options[0]}")
    button = ACTS[act] if isinstance(error, Serious) else ""
    with desk.alone:
        return show_issue(desk, issue, {}, unsent=Unsent(tuple(lines), act, to, mark, button))
