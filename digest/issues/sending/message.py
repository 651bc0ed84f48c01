"""The mail of an issue as a message: for one recipient, or as a draft for a mail program."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from urllib.parse import quote

from digest.errors import ConfigError
from digest.issues.forms import Mail, mail_message
from digest.records import Letter

DRAFT_HEADER = "X-Unsent"
"""What has mail programs open a message file for writing rather than as one that was received."""

MOST_HEADER = 78
"""Characters of a header's line (RFC 5322, 2.1.1); a longer one is folded, and some programs read no
List-Unsubscribe that is."""

RECIPIENT = "{address}"
"""Stands in the address for unsubscribing where the recipient's own is to stand."""


@dataclass(frozen=True)
class Envelope:
    """What all mails of a newsletter have in common."""

    sender: str
    """`Name <address>`, or an address."""
    unsubscribe: str = ""
    """An https or mailto address, RECIPIENT in it for the recipient's; empty for none."""

    @property
    def address(self) -> str:
        """The sender's address alone."""
        return parseaddr(self.sender)[1]

    def unsubscribe_of(self, to: str) -> str:
        """Give the address at which a recipient unsubscribes; empty for none."""
        return self.unsubscribe.replace(RECIPIENT, quote(to, safe="@"))


def draft_message(letter: Letter, *, sender: str = "") -> EmailMessage:
    """Give an issue as a message to be opened in a mail program, addressed and sent there."""
    message = mail_message(_mail(letter), sender=_sender(sender) if sender else "")
    message[DRAFT_HEADER] = "1"
    return message


def message_to(
    letter: Letter, envelope: Envelope, to: str, *, key: str, written_at: datetime
) -> EmailMessage:
    """Give an issue as a message to one recipient.

    Args:
        letter: The issue.
        envelope: Of the newsletter.
        to: The recipient's address.
        key: Of the sending: a message has the same id however often it is tried.
        written_at: Its date, aware.

    Raises:
        ConfigError: a header would have to be folded.
    """
    message = mail_message(_mail(letter), sender=_sender(envelope.sender), to=to)
    message["Date"] = format_datetime(written_at)
    name = sha256(f"{key} {to.casefold()}".encode("utf-8", "replace")).hexdigest()[:32]
    message["Message-ID"] = f"<{name}@{envelope.address.rpartition('@')[2]}>"
    if address := envelope.unsubscribe_of(to):
        header = f"<{address}>"
        if (length := len(f"List-Unsubscribe: {header}")) > MOST_HEADER:
            raise ConfigError(
                f"unsubscribe: the header for {to} would have {length} characters, and mail programs may "
                f"not read one of more than {MOST_HEADER}; give a shorter address"
            )
        message["List-Unsubscribe"] = header
        if address.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _mail(letter: Letter) -> Mail:
    return Mail(letter.subject, letter.mail_html, letter.mail_text, letter.language)


def _sender(sender: str) -> str:
    name, address = parseaddr(sender)
    return str(Address(name, addr_spec=address))
