"""Drafts of an issue at its destinations, and sending them, as `digest send` and the desk do it.

Nothing is printed here and nobody is asked: who calls says what came of it, and answers for the editor.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli import common, places
from digest.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.issues.sending import Mailing, Posted
    from digest.ports import Platform
    from digest.records import Finding, Letter
    from digest.store import Store
    from digest.workspace.config import Config
    from digest.workspace.destinations import Destination

DOING = "digest send"


@dataclass(frozen=True)
class Wanted:
    """What an editor asks for beyond the usual."""

    again: bool = False
    """Another post, or another mail to those who may have theirs."""
    overwrite: bool = False
    """Replace a draft that was changed at its platform."""


@dataclass(frozen=True)
class Mailed:
    """What became of mails."""

    mailing: "Mailing"
    left: int
    """Mails that were to be sent."""
    draft: Path | None = None
    """The message file that was written, where none of them was sent."""


@contextmanager
def sending(output: Path) -> Iterator[None]:
    """Keep two from sending at once: what one is about to do, the other has not read.

    Raises:
        StoreError: another is at it.
    """
    from digest.store.sqlite import exclusive

    with exclusive(_lock(output), doing=DOING):
        yield


def sender_of(output: Path) -> str:
    """Say who is sending; empty where nobody is."""
    from digest.store.sqlite import holder_of

    return holder_of(_lock(output))


def _lock(output: Path) -> Path:
    return output / "sent" / "lock"


def letter_in(store: "Store", folder: Path, config: "Config", name: str) -> "Letter":
    """Give a published issue in the forms that platforms take.

    Raises:
        DigestError: it is not published.
    """
    from digest.issues.sending import published_letter

    return published_letter(store, places.output_of(folder), name, config.newsletter, now=common.utc_now())


def stop_for(found: "Sequence[Finding]", *, anyway: bool) -> None:
    """Let an issue pass that has nothing serious.

    Raises:
        DigestError: it has.
    """
    if not anyway and any(each.is_serious for each in found):
        raise DigestError(
            "nothing was sent; mend what is serious and publish again, or send it all the same with: --anyway"
        )


def write_file(output: Path, letter: "Letter", config: "Config", *, is_page: bool) -> Path:
    """Write the issue as a message file, or as a page to copy from."""
    from email.policy import SMTP

    from digest.issues.sending import copy_page, draft_message, sent_path
    from digest.workspace.files import write_bytes, write_text

    if is_page:
        path = sent_path(output, letter.issue, ".copy.html")
        write_text(path, copy_page(letter), within=output)
        return path
    path = sent_path(output, letter.issue, ".eml")
    sender = next((each.sender for each in config.settings.send if each.sender), "")
    write_bytes(path, draft_message(letter, sender=sender).as_bytes(policy=SMTP), within=output)
    return path


def key_of(destination: "Destination") -> str:
    """Read a destination's key from the environment.

    Raises:
        ConfigError: it is not there, or is none that could be sent.
    """
    key = os.environ.get(destination.key_variable, "").strip()
    if not key:
        raise ConfigError(
            f"{destination.name}: no key; put it into the environment variable {destination.key_variable}"
        )
    # Libraries name what they cannot send, so that the key would be shown. A mail
    # server's password may have any letters.
    if destination.kind != "smtp" and not (key.isascii() and key.isprintable()):
        raise ConfigError(
            f"{destination.name}: the key in {destination.key_variable} has a character that no key has, "
            "such as a line break or a typographic quotation mark; copy it again"
        )
    return key


def check_key(destination: "Destination", *, really: bool) -> None:
    """See that what is about to be done is not stopped at its end for want of a key.

    Args:
        destination: By which it is sent.
        really: Whether to its readers; of a mail server a draft needs no password.

    Raises:
        ConfigError: its key is not in the environment.
    """
    if destination.kind != "smtp" or (really and destination.user):
        key_of(destination)


def question_of(destination: "Destination", issue: str, left: int = 0) -> str:
    """Say what is asked before anything goes to readers: what goes to whom, from where.

    Args:
        destination: By which.
        issue: Its name.
        left: Mails that are still to be sent.
    """
    from digest.language.counts import counted

    if destination.kind == "smtp":
        to = counted(left, "recipient", "recipients")
        return (
            f"Send issue {issue} to {to} from {destination.sender} through "
            f"{destination.server}:{destination.smtp_port}?"
        )
    if destination.kind == "ghost" and not destination.newsletter:
        return (
            f"Publish issue {issue} on the site {destination.url}? It is mailed to nobody: "
            f"{destination.name} names no newsletter."
        )
    if destination.kind == "ghost":
        readers = f"the readers of the newsletter {destination.newsletter}"
        return f"Publish issue {issue} on the site {destination.url} and mail it to {readers}?"
    if destination.kind == "listmonk":
        lists = f"list{'s' if len(destination.lists) > 1 else ''} {', '.join(map(str, destination.lists))}"
        return f"Send issue {issue} to the readers of {lists} at {destination.url}?"
    return f"Send issue {issue} to all subscribers of {destination.name} at Buttondown?"


def still_to_get(output: Path, destination: "Destination", letter: "Letter", wanted: Wanted) -> "Mailing":
    """Find out who is still to get an issue by mail; nothing is written."""
    import uuid

    from digest.issues.sending import SentFile, mailed

    return mailed(
        SentFile(output, letter.issue),
        letter,
        destination.name,
        destination.recipients,
        again=wanted.again,
        new_key=lambda: str(uuid.uuid4()),
        now=common.utc_now(),
    )


def mail(
    output: Path,
    config: "Config",
    destination: "Destination",
    letter: "Letter",
    wanted: Wanted,
    *,
    confirms: Callable[[int], bool],
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Mailed:
    """Send mails; where they are not to be sent, write the draft.

    Args:
        output: The workspace's output folder.
        config: The workspace's.
        destination: A mail server.
        letter: The issue.
        wanted: What is asked for.
        confirms: Asked with the number of mails whether they are sent.
        advance: Told how many of how many are through.

    Raises:
        ConfigError: there is no key, or a header would be too long.
        SendError: the server cannot be reached, or is gone.
    """
    from digest.adapters.smtp import SmtpServer
    from digest.issues.sending import Envelope, SentFile, mails_of, send_mails

    mailing = still_to_get(output, destination, letter, wanted)
    envelope = Envelope(destination.sender, destination.unsubscribe)
    mails = mails_of(letter, envelope, mailing, written_at=common.utc_now())
    if not mails:
        return Mailed(mailing, 0)
    if not confirms(len(mails)):
        return Mailed(mailing, len(mails), write_file(output, letter, config, is_page=False))
    server = SmtpServer(
        destination.name,
        destination.server,
        destination.smtp_port,
        security=destination.tls,
        user=destination.user,
        password=key_of(destination) if destination.user else "",
        password_variable=destination.key_variable,
    )
    sent = SentFile(output, letter.issue)
    try:
        mailing = send_mails(
            server, sent, mailing, mails, envelope.address, now=common.utc_now, advance=advance
        )
    finally:
        server.close()
    return Mailed(mailing, len(mails))


def faults_of(mailing: "Mailing") -> list[str]:
    """Name those who did not get their mail, and what to do about it."""
    lines = [each.said for each in mailing.sending.deliveries if each.state == "refused"]
    maybe = mailing.addresses("maybe")
    lines += [f"{address}: may have been sent; to send it again: --again" for address in maybe]
    if mailing.addresses("refused"):
        lines.append(
            "mend these addresses in feeds.yaml, or take them out, but for those refused with a number below "
            "500, which is for now; the same command again tries them alone"
        )
    return lines


def summary_of(mailing: "Mailing") -> str:
    """Count what became of the mails, in a line."""
    refused, maybe = mailing.addresses("refused"), mailing.addresses("maybe")
    return (
        f"{mailing.sending.to}: {len(mailing.addresses('accepted'))} sent, {len(refused)} refused, "
        f"{len(maybe)} may have been sent, "
        f"{len(mailing.to_send) - len(set(refused) & set(mailing.to_send))} not tried"
    )


def unsent(mailed: Mailed, how: str = "") -> str:
    """Say that mails were not sent, and where their draft lies; `how` they would be sent."""
    from digest.language.counts import counted

    left = counted(mailed.left, "mail", "mails")
    return f"{left} would be sent{how}; nothing was; the issue as a draft: {mailed.draft}"


async def post(
    output: Path,
    config: "Config",
    destination: "Destination",
    letter: "Letter",
    wanted: Wanted,
    *,
    confirms: Callable[["Posted"], bool],
) -> "Posted":
    """Make a draft at a platform, and send it where that is confirmed.

    Args:
        output: The workspace's output folder.
        config: The workspace's.
        destination: A publishing platform.
        letter: The issue.
        wanted: What is asked for.
        confirms: Asked with the draft whether it goes to readers.

    Raises:
        ConfigError: there is no key.
        SendError: the platform did not do it.
    """
    import uuid

    from digest.issues.sending import SentFile, Wish, put_draft, send_draft

    sent: SentFile = SentFile(output, letter.issue)
    platform = _platform(config, destination)
    try:
        wish = Wish(destination.name, destination.kind, wanted.again, wanted.overwrite)
        posted = await put_draft(
            platform, sent, letter, wish, new_key=lambda: str(uuid.uuid4()), now=common.utc_now
        )
        if confirms(posted):
            posted = await send_draft(platform, sent, posted.sending, now=common.utc_now)
        return posted
    finally:
        await platform.close()


def _platform(config: "Config", destination: "Destination") -> "Platform":
    """Make the platform a destination is."""
    from digest.adapters.buttondown import Buttondown
    from digest.adapters.ghost import Ghost
    from digest.adapters.listmonk import Listmonk
    from digest.adapters.platform_server import PlatformServer
    from digest.workspace.destinations import BUTTONDOWN

    key = key_of(destination)
    server = PlatformServer(
        destination.name,
        destination.url or BUTTONDOWN,
        key=key,
        key_variable=destination.key_variable,
        proxy=config.settings.proxy or None,
    )
    if destination.kind == "ghost":
        return Ghost(server, key, newsletter=destination.newsletter)
    if destination.kind == "listmonk":
        return Listmonk(
            server,
            destination.user,
            key,
            lists=destination.lists,
            template=destination.template,
            sender=destination.sender,
        )
    return Buttondown(server, key)
