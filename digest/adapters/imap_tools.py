"""Mailboxes on IMAP servers over imap-tools, kept to public addresses; read-only unless told otherwise.

As for HTTP, a name is resolved once, every address it has is judged, and the connection goes to the very
address that was judged. `imaps:` is TLS from the start, `imap:` turns to it before the password is sent, but
for servers that `allow_hosts` names.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

import imap_tools

from digest.adapters.guard import Guard, RefusedError, is_host, literal_address
from digest.adapters.http import connection_reason
from digest.errors import FetchError

_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})", re.IGNORECASE)
_PORTS = {"imaps": 993, "imap": 143}

TIMEOUT_S = 60.0
"""For connecting, and for each answer."""


@dataclass(frozen=True)
class Server:
    """Where a mailbox is, read off an address `imaps://user@host:port/folder`."""

    url: str
    is_tls: bool
    host: str
    port: int
    user: str
    folder: str

    @classmethod
    def of(cls, url: str) -> "Server":
        """Read an address; its user and folder may be percent-encoded."""
        parts = urlsplit(url)
        return cls(
            url,
            parts.scheme == "imaps",
            (parts.hostname or "").rstrip("."),
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.path.strip("/")) or "INBOX",
        )


class _Box(imap_tools.BaseMailBox):
    """A mailbox at a judged address."""

    def __init__(self, server: Server, address: str, *, needs_tls: bool) -> None:
        self._server, self._address, self._needs_tls = server, address, needs_tls
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = _Client(self._server, self._address)
        if self._needs_tls and not self._server.is_tls:
            try:
                # The name, not the address, is what the certificate must say.
                client.host = self._server.host
                client.starttls(ssl.create_default_context())
            except BaseException:
                client.shutdown()
                raise
        return client


class _Client(imaplib.IMAP4):
    def __init__(self, server: Server, address: str) -> None:
        self._where = (server, address)
        super().__init__(server.host, server.port, TIMEOUT_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        server, address = self._where
        plain = socket.create_connection((address, server.port), timeout)
        if not server.is_tls:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=server.host)
        except BaseException:
            plain.close()
            raise


class ImapFolder:
    """An open folder of a mailbox."""

    def __init__(self, box: imap_tools.BaseMailBox) -> None:
        self._box = box

    def uids(self, senders: Sequence[str], since: datetime | None) -> list[str]:
        """Find mails, oldest first.

        The server compares days, by its own clock, so one day more is asked for.
        """
        limits = {"date_gte": (since - timedelta(days=1)).date()} if since else {"all": True}
        named = [sender.lstrip("@") for sender in senders if sender.isascii()]
        if named:
            limits.pop("all", None)
            return self._box.uids(imap_tools.AND(imap_tools.OR(from_=named), **limits))
        return self._box.uids(imap_tools.AND(**limits))

    def headers(self, uids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Give the headers of mails."""
        for uid in uids:
            yield uid, self._part(uid, "BODY.PEEK[HEADER]")

    def size(self, uid: str) -> int:
        """Give the bytes of a mail, as the server counts them; 0 where it does not say."""
        state, answers = self._box.client.uid("FETCH", uid, "(RFC822.SIZE)")
        said = b" ".join(answer for answer in answers or () if isinstance(answer, bytes))
        found = _SIZE.search(said)
        return int(found[1]) if state == "OK" and found else 0

    def mail(self, uid: str, max_bytes: int) -> bytes:
        """Give the beginning of a mail; it stays as unread as it was."""
        return self._part(uid, f"BODY.PEEK[]<0.{max_bytes}>")

    def mark_seen(self, uids: Sequence[str]) -> None:
        """Mark mails as read."""
        self._box.flag(list(uids), imap_tools.MailMessageFlags.SEEN, True)

    def _part(self, uid: str, what: str) -> bytes:
        state, answers = self._box.client.uid("FETCH", uid, f"({what})")
        found = [answer[1] for answer in answers or () if isinstance(answer, tuple) and len(answer) > 1]
        return bytes(found[0]) if state == "OK" and found else b""


@contextmanager
def imap_folder(
    url: str, password: str, *, allow_hosts: Sequence[str], may_change: bool
) -> Iterator[ImapFolder]:
    """Open a folder; read-only unless `may_change`.

    Raises:
        FetchError: refused, not reached, login not accepted, no such folder, or the connection broke. Its
            message has no password.
    """
    server = Server.of(url)
    try:
        address, is_inside = _judged(server, allow_hosts)
        box = _Box(server, address, needs_tls=not is_inside)
    except RefusedError as error:
        raise FetchError(url, f"refused: {error}") from error
    except (OSError, imaplib.IMAP4.error, imap_tools.ImapToolsError) as error:
        raise FetchError(url, _reason(error), is_retryable=True) from error
    try:
        try:
            box.login(server.user, password, initial_folder=None)
        except (imaplib.IMAP4.error, imap_tools.ImapToolsError, UnicodeError):
            # What the server says may repeat what it was sent.
            raise FetchError(url, f"login of {server.user} was not accepted") from None
        try:
            box.folder.set(server.folder, readonly=not may_change)
        except (imaplib.IMAP4.error, imap_tools.ImapToolsError) as error:
            raise FetchError(url, f"no folder {server.folder!r}") from error
        yield ImapFolder(box)
    except (OSError, imaplib.IMAP4.error, imap_tools.ImapToolsError) as error:
        raise FetchError(url, _reason(error), is_retryable=True) from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error, imap_tools.ImapToolsError):
            box.logout()


def _judged(server: Server, allow_hosts: Sequence[str]) -> tuple[str, bool]:
    """Give the address to connect to, and whether it is one that only `allow_hosts` lets in."""
    guard = Guard(allow_hosts)
    if not is_host(server.host):
        raise RefusedError(f"{server.host!r} is no host")
    guard.judge_host(server.host)
    literal = literal_address(server.host)
    found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM) if literal is None else []
    addresses = [literal] if literal else list(dict.fromkeys(str(each[4][0]) for each in found))
    guard.judge_addresses(server.host, addresses)
    try:
        Guard(()).judge_addresses(server.host, addresses)
    except RefusedError:
        return addresses[0], True
    return addresses[0], False


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return connection_reason(error)
    return f"the mail server broke off: {type(error).__name__}"
