"""Mail servers on loopback: a real one that keeps what it takes, and one that drops the line at a step."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "body", "answer")
"""Where the line is dropped: the last two within the mail, and after all of it without an answer."""


@dataclass
class Kept:
    """What a server took."""

    refused: Sequence[str] = ()
    """Recipients it does not take."""
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Sender, recipient and content of each."""
    port: int = 0
    sender_refused: str = ""
    """With which words any sender is refused; empty where none is."""
    most: int = 1_000
    """Mails of one connection, which is then ended."""

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        session.begun = getattr(session, "begun", 0) + 1
        if session.begun > self.most:
            return "421 4.7.0 enough, closing connection"
        if self.sender_refused:
            return self.sender_refused
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:
        if to in self.refused:
            return f"550 5.1.1 no mailbox {to} here"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (to,) = envelope.rcpt_tos
        self.mails.append((envelope.mail_from, to, envelope.original_content))
        return "250 OK"

    def to(self, address: str) -> bytes:
        """The one mail that a recipient got."""
        (content,) = [content for _, to, content in self.mails if to == address]
        return content


class _Controller(Controller):
    def __init__(self, *args: Any, **options: Any) -> None:
        self.smtp_options = options.pop("smtp_options", {})
        super().__init__(*args, **options)

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="mail.example", **self.smtp_options)


@contextmanager
def mail_server(refused: Sequence[str] = (), **smtp_options: Any) -> Iterator[Kept]:
    """Run a real server."""
    kept = Kept(refused, port=free_port())
    controller = _Controller(kept, hostname="127.0.0.1", port=kept.port, smtp_options=smtp_options)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


def login_of(user: str, password: str) -> dict[str, Any]:
    """Options of a server that wants this login."""

    def judge(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        is_right = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=is_right, handled=False)

    return {"authenticator": judge, "auth_required": True, "auth_require_tls": False}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def dropping_server(step: str, *, after: int = 0) -> Iterator[Kept]:
    """Run a server that drops the line at a step, once so many mails have gone well."""
    kept = Kept()
    listening = socket.create_server(("127.0.0.1", 0))
    kept.port = listening.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                _talk(connection, step, after, kept)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _talk(connection: socket.socket, step: str, after: int, kept: Kept) -> None:
    def drops(at: str) -> bool:
        return at == step and len(kept.mails) >= after

    if drops("connect"):
        return
    file = connection.makefile("rwb")

    def say(words: str) -> None:
        file.write(words.encode() + b"\r\n")
        file.flush()

    say("220 here")
    to = ""
    while line := file.readline():
        verb = line[:4].decode().strip().lower()
        if drops(verb):
            return
        if verb == "rcpt":
            to = line.decode().partition("<")[2].partition(">")[0]
        if verb == "quit":
            say("221 bye")
            return
        if verb != "data":
            say("250 OK")
            continue
        say("354 go on")
        if drops("body"):
            file.read(100)
            return
        content = b""
        while not content.endswith(b"\r\n.\r\n"):
            content += file.readline()
        kept.mails.append(("", to, content))
        if step == "answer" and len(kept.mails) > after:
            return
        say("250 taken")
