"""Implements ports.Mailboxes: mailboxes in files of the workspace, and on IMAP servers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from digest.adapters.mail_files import Opened, mails_of
from digest.errors import FetchError
from digest.language.counts import counted
from digest.language.mail_headers import MAX_HEADER_BYTES, headers_of, is_from, mail_key, sender_of, sent_at
from digest.records import Feed, MailboxAnswer, RawMail

MAX_MAIL_BYTES = 25_000_000
"""Of one mail; common servers take no larger ones."""

MAX_BYTES = 200_000_000
"""Of all mails of one reading."""

MAX_LOOKED_AT = 20_000
"""Mails whose headers are looked at, the newest."""

_NEWEST = datetime.max.replace(tzinfo=UTC)


class WorkspaceMailboxes:
    """Mailboxes as feeds.yaml names them.

    Args:
        workspace: Paths are relative to it.
        environ: Where passwords are looked up.
        allow_hosts: Servers that may be asked though they are not public.
        may_mark: Whether mails may be marked as seen where feeds.yaml says so.
    """

    def __init__(
        self,
        workspace: Path,
        environ: Mapping[str, str],
        *,
        allow_hosts: Sequence[str] = (),
        may_mark: bool = False,
    ) -> None:
        self._workspace, self._environ = workspace, environ
        self._allow_hosts, self._may_mark = allow_hosts, may_mark

    def read(self, feed: Feed, *, since: datetime | None, most: int, known: frozenset[str]) -> MailboxAnswer:
        """Give the newest mails that are not known."""
        if feed.url.startswith(("imap://", "imaps://")):
            return self._read_server(feed, since=since, most=most, known=known)
        return self._read_files(feed, since=since, most=most, known=known)

    def _read_files(
        self, feed: Feed, *, since: datetime | None, most: int, known: frozenset[str]
    ) -> MailboxAnswer:
        taking = _Taking(known)
        try:
            with mails_of(self._workspace / feed.url) as mails:
                for key, opened in _newest(mails, feed, since, taking)[-most:][::-1]:
                    with opened() as file:
                        taking.take(key, file.read(MAX_MAIL_BYTES + 1))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise FetchError(
                feed.url, f"the mailbox cannot be read: {reason[:1].lower()}{reason[1:]}"
            ) from error
        return taking.answer()

    def _read_server(
        self, feed: Feed, *, since: datetime | None, most: int, known: frozenset[str]
    ) -> MailboxAnswer:
        # imap-tools takes a moment to import, which feeds without mail need not pay.
        from digest.adapters.imap_tools import imap_folder

        marks = feed.marks_seen and self._may_mark
        taking = _Taking(known)
        with imap_folder(
            feed.url, self._password(feed), allow_hosts=self._allow_hosts, may_change=marks
        ) as folder:
            uids = folder.uids(feed.senders, since)[-MAX_LOOKED_AT:]
            taken: list[str] = []
            for uid, head in folder.headers(uids[::-1]):
                if len(taken) == most:
                    break
                key = _wanted(head, feed, since)[1]
                if not key or not taking.is_new(key):
                    continue
                # Its size is asked first: one that is refused need not come over the line.
                if (size := folder.size(uid)) > MAX_MAIL_BYTES:
                    taking.refuse(key, size)
                    continue
                taking.take(key, folder.mail(uid, MAX_MAIL_BYTES + 1))
                taken.append(uid)
            if marks and taken:
                folder.mark_seen(taken)
        return taking.answer()

    def _password(self, feed: Feed) -> str:
        name = feed.password.removeprefix("env:")
        password = self._environ.get(name, "") if name else ""
        if not password:
            raise FetchError(feed.url, f"no password: the environment has no {name or 'variable for it'}")
        return password


class _Taking:
    """What is taken of one mailbox, within limits."""

    def __init__(self, known: frozenset[str]) -> None:
        self._seen = set(known)
        self._mails: list[RawMail] = []
        self._refused: list[tuple[str, int]] = []
        self._left = 0
        self.problems: list[str] = []

    def is_new(self, key: str) -> bool:
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

    def refuse(self, key: str, size: int) -> None:
        self._refused.append((key, size))

    def take(self, key: str, body: bytes) -> None:
        if len(body) > MAX_MAIL_BYTES:
            self.refuse(key, len(body))
        elif len(body) > self._room():
            self._left += 1
        elif body:
            self._mails.append(RawMail(key, body))

    def _room(self) -> int:
        return MAX_BYTES - sum(len(mail.body) for mail in self._mails)

    def answer(self) -> MailboxAnswer:
        if self._refused:
            large = counted(len(self._refused), "mail", "mails")
            self.problems.append(f"{large} larger than {MAX_MAIL_BYTES // 1_000_000} MB left out for good")
        if self._left:
            self.problems.append(f"{counted(self._left, 'mail', 'mails')} left for the next run")
        return MailboxAnswer(tuple(reversed(self._mails)), "; ".join(self.problems), tuple(self._refused))


def _newest(
    mails: Iterator[Opened], feed: Feed, since: datetime | None, taking: "_Taking"
) -> list[tuple[str, Opened]]:
    """Find the mails that are wanted and new, newest last; those without a date count as new."""
    found: list[tuple[datetime, int, str, Opened]] = []
    for place, opened in enumerate(mails):
        if place >= MAX_LOOKED_AT:
            taking.problems.append(f"only the first {MAX_LOOKED_AT:,} mails were looked at")
            break
        try:
            with opened() as file:
                head = file.read(MAX_HEADER_BYTES)
        except FileNotFoundError:
            continue  # another program has moved it meanwhile
        moment, key = _wanted(head, feed, since)
        if key and taking.is_new(key):
            found.append((moment or _NEWEST, place, key, opened))
    return [(key, opened) for *_, key, opened in sorted(found, key=lambda row: row[:2])]


def _wanted(head: bytes, feed: Feed, since: datetime | None) -> tuple[datetime | None, str]:
    """Give date and key of a mail, by its headers; an empty key where it is not wanted."""
    message = headers_of(head)
    moment = sent_at(message)
    is_wanted = is_from(sender_of(message)[1], feed.senders) and not (since and moment and moment < since)
    return moment, mail_key(message) if is_wanted and message.keys() else ""
