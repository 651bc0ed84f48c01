"""A mail server over SMTP (RFC 5321), with TLS whose certificate is checked; one mail a recipient.

The steps of a mail are taken one by one, so that it is known which of them failed: before DATA nothing was
handed over; from then on, without an answer, nobody knows.
"""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from pydantic import SecretStr

from digest.errors import SendError
from digest.language.secrecy import MASK

Security = Literal["starttls", "tls", "none"]

TIMEOUT_S = 60.0
"""Seconds for one answer; RFC 5321 asks for minutes, which a person does not wait."""

MAX_SAID = 200
"""Characters shown of what a server says."""


class SmtpServer:
    """Implements ports.MailServer; connects when the first mail comes, and anew when a connection is lost.

    Args:
        to: Whom messages are about: the destination's name.
        host: Of the server.
        port: Of the server.
        security: How the connection is made safe.
        user: The login; empty for none.
        password: For it.
        password_variable: Where that comes from; messages say so.
        timeout_s: Seconds for one answer.
        context: Judges certificates; None for the system's.
    """

    def __init__(
        self,
        to: str,
        host: str,
        port: int,
        *,
        security: Security,
        user: str = "",
        password: str = "",
        password_variable: str = "",
        timeout_s: float = TIMEOUT_S,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._to, self._host, self._port, self._security = to, host, port, security
        self._user, self._password, self._variable = user, SecretStr(password), password_variable
        self._timeout_s = timeout_s
        self._context = context or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None
        self._taken = 0

    def send(self, sender: str, to: str, message: bytes, *, before: Callable[[], None]) -> None:
        """Hand one mail over; see the port."""
        has_taken = self._taken
        try:
            connection = self._addressed(sender, to)
        except SendError:
            # Many servers end a connection after some mails; nothing of this one was handed over.
            if self._connection is not None or not has_taken:
                raise
            connection = self._addressed(sender, to)
        before()
        try:
            self._expect(connection.data(message), to)
        except smtplib.SMTPDataError as error:
            # What it answers to the very word DATA; it has not seen the mail.
            self._expect((error.smtp_code, _bytes(error.smtp_error)), to)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise self._lost(error, may_be_done=True, to=to) from error
        self._taken += 1

    def _addressed(self, sender: str, to: str) -> smtplib.SMTP:
        """Begin a mail: the server takes its sender and its recipient."""
        connection = self._connected()
        try:
            code, said = connection.mail(sender)
            if code >= 400 and code != 421:
                # It is not this recipient's: the next would fare no better.
                words = f"{code} {self._cleaned(said)}".rstrip()
                raise SendError(self._to, f"sender {sender}: refused: {words}; look at sender and user")
            self._expect((code, said), f"sender {sender}")
            self._expect(connection.rcpt(to), to)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise self._lost(error) from error
        return connection

    def close(self) -> None:
        """Take leave."""
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._connection = None

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        try:
            self._connection, self._taken = self._connect(), 0
        except smtplib.SMTPAuthenticationError as error:
            raise SendError(
                self._to, f"the server does not take the login; look at user and {self._variable}"
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            step = "tls" if self._security == "starttls" else "another"
            raise SendError(self._to, f"{self._where()}: {error}; nothing was sent; try {step}") from error
        except ssl.SSLCertVerificationError as error:
            raise SendError(
                self._to,
                f"{self._where()}: its certificate is not accepted: {error.verify_message}; nothing was "
                "sent; look at server",
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._lost(error) from error
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        connection: smtplib.SMTP
        if self._security == "tls":
            connection = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout_s, context=self._context
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            if self._security == "starttls":
                connection.starttls(context=self._context)
            connection.ehlo_or_helo_if_needed()
            if self._user:
                connection.login(self._user, self._password.get_secret_value())
        except BaseException:
            connection.close()
            raise
        return connection

    def _expect(self, answer: tuple[int, bytes], what: str) -> None:
        """Take a server's consent.

        Raises:
            SendError: it refuses, or is about to close the connection.
        """
        code, said = answer
        if 200 <= code < 300:
            return
        words = self._cleaned(said)
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.rset()
        if code == 421 or code < 0:
            self._drop()
            raise SendError(self._to, f"{self._where()}: {words or 'is going away'}; try again later")
        raise SendError(self._to, f"{what}: refused: {code} {words}".rstrip(), status=code)

    def _lost(self, error: Exception, *, may_be_done: bool = False, to: str = "") -> SendError:
        self._drop()
        # The library tells a connection that was given up as one that was closed.
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            what = f"no answer within {self._timeout_s:g} s"
        elif isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
            what = "the connection was lost" if not isinstance(error, ConnectionRefusedError) else "refused"
        else:
            what = self._cleaned(str(error).encode())
        if may_be_done:
            step = f"the mail to {to} may have been sent, and is not sent again without --again"
        else:
            step = "look at server and port, or try again later"
        return SendError(self._to, f"{self._where()}: {what}; {step}", may_be_done=may_be_done)

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
        self._connection = None

    def _where(self) -> str:
        return f"{self._host} port {self._port}"

    def _cleaned(self, said: bytes) -> str:
        words = " ".join(said.decode("utf-8", "replace").split())[:MAX_SAID]
        password = self._password.get_secret_value()
        return words.replace(password, MASK) if password else words


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
