"""Quotations: what the claim puts between quotation marks has to be in the document word for word."""

import re
from collections.abc import Iterator
from functools import lru_cache

from digest.checks.claim_reading import Reading
from digest.checks.claim_wording import plain
from digest.checks.finding import Finding, finding

_QUOTED = re.compile(r"“([^“”]{2,600})”|(?<!\w)\"([^\"]{2,600})\"(?!\w)|‘([^‘’]{2,400})’(?!\w)")
_EXACT = re.compile(r"\w+|[$€£¥₹₩%‰°<>≤≥~±½¼¾⅓⅔²³⁶]|(?<=\d)[.,:/'’](?=\d)|[-−–—](?=\s?[\d$€£¥])")
_DASHES = str.maketrans("−–—’", "---'")


def is_verbatim(claim: Reading, document: str) -> bool:
    """Whether the document has every sentence of the claim word for word; it need not be read for that."""
    whole = f" {_exact(document)} "
    for start, end in claim.spans:
        words = _exact(claim.text[claim.words[start].start : claim.words[end - 1].end])
        if words and f" {words} " not in whole:
            return False
    return True


def find_quotes(claim: Reading, document: Reading) -> Iterator[Finding]:
    """Give the quotations of the claim that the document does not have so."""
    for match in _QUOTED.finditer(claim.text):
        quoted = next(filter(None, match.groups()))
        # An ellipsis leaves words out: each part counts by itself.
        parts = [plain(part) for part in re.split(r"\[?(?:\.\.\.|…)\]?", quoted)]
        if all(f" {part} " in document.plain_text for part in parts if part):
            continue
        yield finding("quote", "quote", quoted, document, _closest_sentence(quoted, document))


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


@lru_cache(maxsize=64)
def _exact(text: str) -> str:
    """Reduce a text to its words and the marks that change a figure: currencies, minus, ranges, points."""
    return " ".join(_EXACT.findall(text.lower())).translate(_DASHES)
