"""Headers of mails, whatever state they are in: who, when, what about, and what tells one from another."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import Header, decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime

from digest.language.charset import decode

MAX_HEADER_BYTES = 200_000
"""How far headers are read; the longest of real mails, with all their signatures, take a tenth of it."""

MAX_VALUE = 2_000
"""Characters of one header's value: longer than any subject or list of names that is shown."""

_IN_ANGLES = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def headers_of(raw: bytes) -> Message:
    """Read the headers of a mail; what is none of them is left out."""
    head = re.split(rb"\r?\n\r?\n", raw[:MAX_HEADER_BYTES], maxsplit=1)[0]
    try:
        return BytesHeaderParser().parsebytes(head + b"\n\n")
    except (MessageError, ValueError):
        return Message()


def header(message: Message, name: str) -> str:
    """Give the first header of a name as text on one line, its encoded words decoded; empty without one."""
    raw = _raw(message, name)
    try:
        parts = decode_header(raw)
        text = "".join(
            part if isinstance(part, str) else decode(part, f"text/plain; charset={charset or 'utf-8'}")
            for part, charset in parts
        )
    except (HeaderParseError, ValueError, LookupError):
        text = raw
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_CONTROLS.sub(" ", text).split())


def _raw(message: Message, name: str) -> str:
    """Give the first header of a name as it stands; bytes beyond ASCII are what they seem to be."""
    value = message.get(name)
    if isinstance(value, Header):  # such bytes are in it, which no standard allows and many mails have
        pieces = (piece for piece, _ in decode_header(value))
        value = "".join(each if isinstance(each, str) else decode(each) for each in pieces)
    return str(value or "")[:MAX_VALUE]


def sender_of(message: Message) -> tuple[str, str]:
    """Give the sender's name, and the address in lower case; each may be empty."""
    raw = " ".join(_raw(message, "from").split())
    try:
        name, address = parseaddr(raw)
    except (ValueError, IndexError):
        name = address = ""
    if "@" not in address and (found := _IN_ANGLES.search(raw)):
        # A name that should have been quoted, as it has a comma or brackets.
        name, address = raw[: found.start()].strip(' "'), found[1]
    spare = Message()
    spare["from"] = _CONTROLS.sub(" ", name)
    return header(spare, "from"), _CONTROLS.sub("", address).lower()


def sent_at(message: Message) -> datetime | None:
    """Give when a mail was sent, according to itself; None where it says nothing readable."""
    try:
        moment = parsedate_to_datetime(str(message.get("date") or ""))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def mail_key(message: Message) -> str:
    """Name a mail by its headers.

    The id alone would not do: whoever knows that of another's mail could send one under it, so that the other
    is taken for known.
    """
    parts = (str(message.get(name) or "").strip() for name in ("message-id", "from", "date", "subject"))
    given = "\n".join(" ".join(part.split()) for part in parts).encode("utf-8", "replace")
    return f"mail:{hashlib.md5(given, usedforsecurity=False).hexdigest()}"


def is_from(address: str, senders: Sequence[str]) -> bool:
    """Say whether an address is one of the senders: an address, or a domain with all below it."""
    domain = address.rpartition("@")[2]
    return not senders or any(
        address == each if "@" in each.lstrip("@") else f".{domain}".endswith(f".{each.lstrip('@')}")
        for each in map(str.lower, senders)
    )
