"""Where an issue can be sent from the desk, and what went where.

What is done there is done as `digest send` does it: the command line hands it over. The words alone are the
desk's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import DigestError
from digest.issues.sending import SentFile, without_mended
from digest.language.counts import counted
from digest.records import Finding, Letter, PostState, Sending
from digest.review.shown import mark_of
from digest.store import Store
from digest.workspace.destinations import FILE, Destination

STATES: Mapping[PostState, str] = {
    "begun": "a draft was begun, and may be there; made again, it is looked for first",
    "draft": "a draft is there",
    "sending": "may be on its way to its readers",
    "sent": "sent to its readers",
}
"""How far a post is, in words."""


@dataclass(frozen=True)
class Ready:
    """A published issue before it goes out."""

    letter: Letter
    found: Sequence[Finding]
    addresses: Sequence[str]
    """That it leads to."""
    asks: bool
    """Whether a dead one is serious, so that they must be asked."""


@dataclass(frozen=True)
class Outlets:
    """Sending, as the command line hands it over."""

    destinations: Callable[[], Sequence[Destination]]
    has_key: Callable[[Destination], bool]
    """Whether the key it needs is in the environment."""
    check: Callable[[str, bool], None]
    """Raises a DigestError where a destination is unknown, or has no key for a draft or, if so said, sending
    it."""
    ready: Callable[[Store, str, Mapping[str, str] | None], Ready]
    """Looks through an issue, with what is known of its addresses; asks nobody."""
    dead_of: Callable[[Sequence[str]], Mapping[str, str]]
    """Asks addresses why they lead nowhere; takes long."""
    draft: Callable[[Letter, str], list[str]]
    """Makes a draft at a destination, or the message file; gives what to say. Takes long."""
    send: Callable[[Letter, str, Callable[[int, int], None]], list[str]]
    """Sends it to its readers, and tells how many mails of how many are through. Takes long."""
    question: Callable[[Letter, str], tuple[str, Sequence[str] | None]]
    """What is asked before that, and the recipients of mails that are still to be sent; None of a post."""
    copy_page: Callable[[Letter], str]
    holder: Callable[[], str]
    """Who is sending just now; empty where nobody is."""


@dataclass(frozen=True)
class Outlet:
    """A destination on the page."""

    name: str
    kind: str
    went: str
    """What of the issue went there, in words; empty where nothing did."""
    at: str
    """When that was."""
    address: str
    """Where an editor sees it; empty where that is no web address."""
    lines: tuple[str, ...]
    """Who did not get a mail, and why."""
    missing_key: str
    """The variable of the environment that its key would be in, where it is not."""
    is_known: bool = True
    """Whether it stands in the settings."""
    can_send: bool = False
    """Whether there is something to send to readers."""
    state: PostState | None = None
    """How far a post is; None where there is none, and of mails."""

    @property
    def draft_button(self) -> str:
        """What the button says that makes a draft, or does to the one that is there what is left to do; empty
        where nothing is."""
        if not self.is_known or self.state == "sent" or (self.missing_key and self.kind != "smtp"):
            return ""
        if self.kind == FILE:
            return "Write it"
        if self.kind == "smtp":
            return "Write it as a message file"
        if self.state in ("draft", "sending"):
            return f"Update the draft at {self.name}"
        return f"Make a draft at {self.name}"


@dataclass(frozen=True)
class Question:
    """What is asked before an issue goes to its readers."""

    to: str
    text: str
    mark: str
    """Of what was asked about: issue and recipients. An answer is good for these alone."""
    is_open: bool = True
    """Whether anybody is left to get it."""


def outlets_of(outlets: Outlets, output: Path, issue: str) -> tuple[list[Outlet], str]:
    """Give the destinations of an issue; and why it is not known what went where, where it is not."""
    try:
        sendings, wrong = list(SentFile(output, issue).known.sendings), ""
    except DigestError as error:
        sendings, wrong = [], str(error)
    last = {(each.to, each.kind): each for each in sendings}
    known = []
    for each in outlets.destinations():
        missing = "" if outlets.has_key(each) else each.key_variable
        sending = last.pop((each.name, each.kind), None)
        if sending and each.kind == "smtp":
            sending = without_mended(sending, each.recipients)
        known.append(_outlet(each.name, each.kind, sending, missing))
    file = Outlet(FILE, FILE, "", "", "", (), "")
    gone = [_outlet(to, kind, sending, "", is_known=False) for (to, kind), sending in last.items()]
    return [*known, file, *gone], wrong


def question_of(outlets: Outlets, letter: Letter, to: str) -> Question:
    """Say what is asked before an issue goes to readers."""
    text, recipients = outlets.question(letter, to)
    mark = mark_of(to, text, letter.content, *(recipients or ()))
    return Question(to, text, mark, is_open=recipients is None or bool(recipients))


def _outlet(
    name: str, kind: str, sending: Sending | None, missing_key: str, *, is_known: bool = True
) -> Outlet:
    if sending is None:
        can_send = is_known and kind == "smtp"
        return Outlet(name, kind, "", "", "", (), missing_key, is_known, can_send)
    is_web = sending.address.startswith(("http://", "https://"))
    return Outlet(
        name,
        kind,
        _mails(sending) if kind == "smtp" else STATES[sending.state],
        f"{sending.at:%Y-%m-%d %H:%M} UTC",
        sending.address if is_web else "",
        _faults(sending),
        missing_key,
        is_known,
        is_known and (kind == "smtp" or sending.state in ("draft", "sending")),
        None if kind == "smtp" else sending.state,
    )


def _mails(sending: Sending) -> str:
    counts = {
        state: sum(each.state == state for each in sending.deliveries)
        for state in ("accepted", "refused", "maybe")
    }
    said = f"{counted(counts['accepted'], 'mail', 'mails')} sent"
    if counts["refused"]:
        said += f", {counts['refused']} refused"
    return said + (f", {counts['maybe']} may have been sent" if counts["maybe"] else "")


def _faults(sending: Sending) -> tuple[str, ...]:
    return tuple(
        each.said or f"{each.address}: may have been sent"
        for each in sending.deliveries
        if each.state != "accepted"
    )
