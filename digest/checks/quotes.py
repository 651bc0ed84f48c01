"""Quotations: what the claim puts between quotation marks has to be in the document word for word."""

import re
from collections.abc import Iterator
from functools import lru_cache

from digest.checks.claim_reading import ReadText
from digest.checks.claim_wording import plain
from digest.checks.finding import Finding, finding

QUOTED = re.compile(r"“([^“”]{2,600})”|(?<!\w)\"([^\"]{2,600})\"(?!\w)|‘([^‘’]{2,400})’(?!\w)")
_EXACT = re.compile(
    r"\w+|[$€£¥₹₩%‰°<>≤≥~±½¼¾⅓⅔²³⁶]|(?<=\d)[.,:/'’](?=\d)|[-−–—](?=\s?[\d$€£¥])"
    r"|(?<=[a-z])/(?=[a-z])|[µμ]"
)
_BITS = re.compile(r"(?<=\d)(\s?[KkMGT])b\b")
"""Bits, which small letters would make bytes."""
_PER = re.compile(
    r"/ |per |(?:an|a) (?:hour|second|minute|day|week|month|year|litre|liter|gallon|barrel|head)\b"
)
_DASHES = str.maketrans("−–—’", "---'")


def is_verbatim(claim: ReadText, document: str) -> bool:
    """Whether the document has every sentence of the claim word for word; it need not be read for that."""
    whole = f" {_exact(document)} "
    for start, end in claim.spans:
        words = _exact(claim.text[claim.words[start].start : claim.words[end - 1].end])
        if words and not _stands_in(words, whole):
            return False
    return True


def _stands_in(words: str, whole: str) -> bool:
    """Whether the words stand there and do not end before what their last figure is per: "120 km" in "120 km
    per hour"."""
    at = whole.find(f" {words} ")
    while at >= 0:
        if not _PER.match(whole, at + len(words) + 2):
            return True
        at = whole.find(f" {words} ", at + 1)
    return False


def find_quotes(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the quotations of the claim that the document does not have so."""
    for match in QUOTED.finditer(claim.text):
        quoted = next(filter(None, match.groups()))
        # An ellipsis leaves words out: each part counts by itself.
        parts = [plain(part) for part in re.split(r"\[?(?:\.\.\.|…)\]?", quoted)]
        if all(f" {part} " in document.plain_text for part in parts if part):
            continue
        yield finding("quote", "quote", quoted, document, _closest_sentence(quoted, document))


def _closest_sentence(quoted: str, document: ReadText) -> tuple[int, int] | None:
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
    text = _BITS.sub(r"\1 bits ", text)
    return " ".join(_EXACT.findall(text.lower())).translate(_DASHES)
