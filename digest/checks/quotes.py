"""Quotations: what the claim puts between quotation marks has to be in the document word for word."""

import re
from collections.abc import Iterator

from digest.checks.claim_reading import Reading, plain
from digest.checks.finding import Finding, finding

_QUOTED = re.compile(r"“([^“”]{2,600})”|(?<!\w)\"([^\"]{2,600})\"(?!\w)|‘([^‘’]{2,400})’(?!\w)")


def find_quotes(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Give the quotations of the claim that the document does not have so."""
    document_plain = _plain_of(document)
    for match in _QUOTED.finditer(claim.text):
        quoted = next(filter(None, match.groups()))
        # An ellipsis leaves words out: each part counts by itself.
        parts = [plain(part) for part in re.split(r"\[?(?:\.\.\.|…)\]?", quoted)]
        if all(f" {part} " in document_plain for part in parts if part):
            continue
        yield finding("quote", "quote", quoted, document, _closest_sentence(quoted, document))


def _plain_of(document: Reading) -> str:
    cached: str | None = document.__dict__.get("_plain")
    if cached is None:
        cached = f" {plain(document.text)} "
        document.__dict__["_plain"] = cached
    return cached


def _closest_sentence(quoted: str, document: Reading) -> tuple[int, int] | None:
    """The sentence that has most of the quotation's words, if it has half of them."""
    words = set(plain(quoted).split())
    best, span = 0.5, None
    for start, end in document.spans:
        inside = {word.lower for word in document.words[start:end]}
        share = len(words & inside) / len(words) if words else 0.0
        if share > best:
            best, span = share, (start, end - 1)
    return span
