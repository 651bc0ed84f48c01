"""An entry as readers may have it: no login and no secret parameter in its addresses, whoever put it there.

What an editor wrote in sections of the editor's own stays as written.
"""

import re
from dataclasses import replace

from digest.language.secrecy import secretless_url
from digest.records import Entry, Origin, Part, Reference

_MADE = ("Head", "Closest", "Sources")
"""Parts whose addresses come from feeds, though an editor may have changed the words."""

_ADDRESS = re.compile(r"https?://[^\s<>\"()]+", re.IGNORECASE)


def public_entry(entry: Entry) -> Entry:
    """Leave secrets out of an entry's addresses; one without any comes back as it is."""
    return replace(
        entry,
        title=_public_text(entry.title),
        url=secretless_url(entry.url),
        origin=Origin(_public_text(entry.origin.title), secretless_url(entry.origin.url)),
        closest=tuple(map(_public_reference, entry.closest)),
        sources=tuple(map(_public_reference, entry.sources)),
        parts=tuple(
            Part(part.name, part.heading, _public_text(part.text)) if part.name in _MADE else part
            for part in entry.parts
        ),
    )


def _public_reference(reference: Reference) -> Reference:
    return Reference(_public_text(reference.title), secretless_url(reference.target))


def _public_text(text: str) -> str:
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda match: secretless_url(match[0]), text)
