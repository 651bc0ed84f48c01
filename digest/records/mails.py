"""Mails of newsletters, and the links in them."""

from dataclasses import dataclass
from datetime import datetime

ATTACHED = "attached/"
"""How the addresses of PDFs attached to mails begin: a draft may link there, no page that is published."""


@dataclass(frozen=True)
class RawMail:
    """A mail as a mailbox holds it."""

    key: str
    """`mail:` and 32 hexadecimal digits, made of its headers: the same in every mailbox."""
    body: bytes
    """Headers and all."""


@dataclass(frozen=True)
class MailboxAnswer:
    """What a mailbox gave."""

    mails: tuple[RawMail, ...]
    """Newest last."""
    problem: str = ""
    """What was left out and why; empty if nothing."""
    refused: tuple[tuple[str, int], ...] = ()
    """Keys and sizes in bytes of mails that are too large ever to be read."""


@dataclass(frozen=True)
class MailLink:
    """An address in a mail that may be an article's."""

    url: str
    """As the mail gives it, wrappers opened."""
    title: str
    """Its anchor's text, or what stands before it in plain text; may be empty."""
    is_tracked: bool
    """A click tracker, that only its owner can read: where it leads has to be asked."""


@dataclass(frozen=True)
class MailAttachment:
    """A PDF attached to a mail."""

    name: str
    """Of the file, ending in .pdf, fit for an address; others of the same mail have other names."""
    title: str
    """What its sender called it, without its ending."""
    body: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says."""

    key: str
    sender: str
    """The sender's name; the address where none is given."""
    subject: str
    published: datetime | None
    url: str
    """Where it can be read on the web by anyone; empty where that is not known."""
    own_hosts: frozenset[str]
    """Hosts of the newsletter itself."""
    links: tuple[MailLink, ...]
    """In order; buttons, images and the newsletter's own pages are left out as far as the mail tells."""
    text: str
    """What a reader sees, plain."""
    pdfs: tuple[MailAttachment, ...] = ()
    """Attached PDFs, those of attached mails included; each is an article of its own."""
