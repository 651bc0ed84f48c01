"""Sending an issue: what is sent, where it went, and what was found before it went."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

PostState = Literal["begun", "draft", "sending", "sent"]
"""How far a post at a platform is, as this workspace knows.

`begun`: it was about to be made, and may be there; `sending`: it was about to be sent out, and may be.
"""

DeliveryState = Literal["maybe", "accepted", "refused"]
"""What became of one mail; `maybe`: its server was about to get it, and never said whether it has."""

FindingKind = Literal[
    "size",
    "dead-link",
    "picture-without-text",
    "relative-address",
    "private-address",
    "told-twice",
    "italics",
    "failed-check",
    "opted-out",
    "missing-section",
    "unreadable",
]


@dataclass(frozen=True)
class Letter:
    """An issue in the forms that platforms take."""

    issue: str
    """Its name, 20261122."""
    subject: str
    """One line; also the title of a post."""
    slug: str
    """The subject as part of an address: small Latin letters, digits and hyphens."""
    language: str
    """ISO 639-1."""
    mail_html: str
    """A whole page as mail programs show it, styles in its elements."""
    mail_text: str
    """The same as plain text."""
    html: str
    """Clean HTML without head, body or styles, with tables."""
    markdown: str
    """The same as Markdown."""

    @property
    def content(self) -> str:
        """SHA-256 of all of it, hexadecimal: tells whether what was sent is still the same."""
        parts = (self.subject, self.mail_html, self.mail_text, self.html, self.markdown)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Post:
    """What a platform says of a post, email or campaign."""

    id: str
    status: str
    """In the platform's own word."""
    is_draft: bool
    """Whether nobody but its editors has seen it, and nothing is on its way."""
    stamp: str = ""
    """When it last changed there, as the platform writes it: another stamp, another content."""
    address: str = ""
    """Where an editor sees it."""


@dataclass(frozen=True)
class Delivery:
    """One mail to one recipient."""

    address: str
    state: DeliveryState
    at: datetime
    said: str = ""
    """Why it was refused, in the server's words."""


@dataclass(frozen=True)
class Sending:
    """What went to one destination."""

    to: str
    """The destination's name in the settings."""
    kind: str
    """smtp, buttondown, ghost, listmonk."""
    key: str
    """Random; the platform is told it, so that what was made with it is found again."""
    state: PostState
    content: str
    """Hash of what was sent; see `Letter.content`. Empty where an update got no answer."""
    at: datetime
    """When the state last changed, UTC."""
    id: str = ""
    """The platform's own; empty until it is known."""
    stamp: str = ""
    """See `Post`."""
    address: str = ""
    """See `Post`."""
    deliveries: tuple[Delivery, ...] = ()
    """Of mails: one a recipient."""

    def delivered(self, delivery: Delivery) -> "Sending":
        """Give this with one recipient's mail as it is now."""
        others = tuple(each for each in self.deliveries if each.address != delivery.address)
        return replace(self, deliveries=(*others, delivery), at=delivery.at)


@dataclass(frozen=True)
class SentIssue:
    """Everything that was sent of an issue."""

    issue: str
    sendings: tuple[Sending, ...] = ()
    """Oldest first; of a destination the last one counts."""


@dataclass(frozen=True)
class Finding:
    """Something that an editor should know before an issue goes out."""

    kind: FindingKind
    file: str
    """Where to mend it, as seen from the workspace."""
    line: int
    """Of the file, from 1; 0 where it is about all of it."""
    what: str
    """In a sentence, without file and line."""
    is_serious: bool = False
    """Whether it keeps the issue from going out unless asked for."""
    entry: str = ""
    """Id of the story it is about; empty where it is about none."""
    section: str = ""
    """Of the draft, in small letters; empty where it is about none."""
    mark: str = ""
    """Of a failed check: by which the desk knows its warning."""
