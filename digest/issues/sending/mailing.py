"""One mail a recipient, however often a command is given and wherever it was killed.

A recipient's mail is written down as one that may have been sent just before the server gets it, and again
when the server has answered. Where no answer was written down nobody knows, so nothing more goes there unless
an editor asks for it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.policy import SMTP

from digest.errors import SendError
from digest.issues.sending.message import Envelope, message_to
from digest.issues.sending.sent_file import SentFile
from digest.ports import MailServer
from digest.records import Delivery, Letter, Sending


@dataclass(frozen=True)
class Mailing:
    """Who is to get an issue, and who has it."""

    sending: Sending
    to_send: tuple[str, ...]
    """Recipients whose mail was not taken by the server yet."""

    def addresses(self, state: str) -> list[str]:
        """Name the recipients whose mail is in a state."""
        return [each.address for each in self.sending.deliveries if each.state == state]


def mailed(
    sent: SentFile,
    letter: Letter,
    to: str,
    recipients: Collection[str],
    *,
    again: bool,
    new_key: Callable[[], str],
    now: datetime,
) -> Mailing:
    """Find out who is still to get an issue; nothing is written.

    Args:
        sent: What of the issue went where.
        letter: The issue.
        to: The destination's name in the settings.
        recipients: Addresses; one that stands there twice gets one mail.
        again: Whether those who may have it get it again.
        new_key: Draws a random key.
        now: Aware, UTC.
    """
    before = sent.last(to, "smtp") or Sending(to, "smtp", new_key(), "begun", letter.content, now)
    states = {each.address.casefold(): each.state for each in before.deliveries}
    done = {"accepted"} if again else {"accepted", "maybe"}
    each_once: dict[str, str] = {}
    for each in recipients:
        each_once.setdefault(each.casefold(), each)
    left = [each for key, each in each_once.items() if states.get(key) not in done]
    return Mailing(replace(without_mended(before, recipients), content=letter.content), tuple(left))


def without_mended(sending: Sending, recipients: Iterable[str]) -> Sending:
    """Give a sending without the refusals of addresses that were mended, or taken out, since.

    Who has a mail, or may have it, is remembered.
    """
    known = {each.casefold() for each in recipients}
    left = (
        each for each in sending.deliveries if each.state != "refused" or each.address.casefold() in known
    )
    return replace(sending, deliveries=tuple(left))


def mails_of(
    letter: Letter, envelope: Envelope, mailing: Mailing, *, written_at: datetime
) -> dict[str, bytes]:
    """Give the mails that are still to be sent, by recipient, as they go over the wire.

    Raises:
        ConfigError: a header of one would have to be folded.
    """
    return {
        to: message_to(letter, envelope, to, key=mailing.sending.key, written_at=written_at).as_bytes(
            policy=SMTP
        )
        for to in mailing.to_send
    }


def send_mails(
    server: MailServer,
    sent: SentFile,
    mailing: Mailing,
    mails: dict[str, bytes],
    sender: str,
    *,
    now: Callable[[], datetime],
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Mailing:
    """Hand mails over one by one; what becomes of each is written down.

    One that the server refuses is named, and the others go on. A server that is gone ends it.

    Args:
        server: Takes them.
        sent: What of the issue went where.
        mailing: Who is to get it.
        mails: See `mails_of`.
        sender: Its address alone.
        now: Gives the time, UTC.
        advance: Told how many of how many are through.

    Returns:
        The mailing as it is now.

    Raises:
        SendError: the server cannot be reached, or is gone; what was sent before is written down.
    """
    sending = mailing.sending
    for at, (to, message) in enumerate(mails.items()):

        def begin(to: str = to) -> None:
            nonlocal sending
            sending = sending.delivered(Delivery(to, "maybe", now()))
            sent.keep(sending)

        try:
            server.send(sender, to, message, before=begin)
        except SendError as error:
            if not error.may_be_done:
                sending = _without(sending, to, error, now())
                sent.keep(sending)
            if error.status is None:
                raise
        else:
            sending = sending.delivered(Delivery(to, "accepted", now()))
            sent.keep(sending)
        advance(at + 1, len(mails))
    sending = _closed(sending, mailing.to_send, now())
    sent.keep(sending)
    return Mailing(sending, tuple(to for to in mailing.to_send if not _has(sending, to)))


def _without(sending: Sending, to: str, error: SendError, at: datetime) -> Sending:
    """Note that a mail was not taken: refused, or never handed over."""
    if error.status is not None:
        return sending.delivered(Delivery(to, "refused", at, error.reason))
    left = tuple(each for each in sending.deliveries if each.address != to)
    return replace(sending, deliveries=left, at=at)


def _closed(sending: Sending, recipients: Sequence[str], at: datetime) -> Sending:
    is_done = all(_has(sending, to) for to in recipients)
    return replace(sending, state="sent" if is_done else "sending", at=at)


def _has(sending: Sending, to: str) -> bool:
    return any(each.address == to and each.state == "accepted" for each in sending.deliveries)
