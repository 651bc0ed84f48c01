"""The main text of a page: trafilatura first, other readings where it gives too little, then mended."""

import logging
from collections.abc import Sequence

from lxml.html import HtmlElement

from digest.articles.page_blocks import Block, words
from digest.articles.refine import Line, lines_of, refine

# The quick reading leaves out trafilatura's comparison with two other algorithms, a third of its time. It is
# enough where it has so many words and so large a share of the page's prose: then no other reading can have
# twice as much, which is what the comparison looks for. 207 of 240 pages (November 2026), with no page losing
# more than .01; over all pages the mean rises by .001, since the comparison is wrong too at times.
ENOUGH_WORDS = 120
ENOUGH_SHARE = 0.8  # measured together with ENOUGH_WORDS

# A reading that favours recall is tried where the thorough one has less than this share of the prose: six
# pages, one of which had nothing and comes out whole. On all pages it would gain .002, and cost .7 on four.
SCANT_SHARE = 0.45

# A reading of fewer words than this counts as scant below ENOUGH_SHARE: a few words less on one page of cards
# (footnote marks, a hidden box) tipped it to a third of its text. Three pages of 240 (November 2026).
SHORT_WORDS = 240

# A paragraph of this many words, mostly not links, is prose; shorter ones are as often menus.
PROSE_WORDS = 12

# Another reading wins when it is this much longer and holds nearly all of the first.
MIN_GAIN = 1.3
MIN_OVERLAP = 0.8  # of the first's words; judgement

_FAILURES = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError, AssertionError)


def main_text(tree: HtmlElement, blocks: Sequence[Block], *, titles: Sequence[str], body: str) -> list[Line]:
    """Find the main text of a page.

    Args:
        tree: The page without scripts; not changed.
        blocks: Its leaf blocks.
        titles: Wordings of the page's title.
        body: The article as JSON-LD has it; empty where it does not.

    Returns:
        Lines of text in order; empty where there is none.
    """
    text = _reading(tree, prose_words(blocks))
    if body and len(body.split()) > 2 * len(text.split()):
        return lines_of(body)
    return refine(text, blocks, titles=titles)


def _reading(tree: HtmlElement, prose: int) -> str:
    """Read quickly, and more thoroughly where that gives too little of the page's prose."""
    text = _trafilatura(tree, fast=True)
    if (size := len(text.split())) >= ENOUGH_WORDS and size >= ENOUGH_SHARE * prose:
        return text
    text = _trafilatura(tree)
    size = len(text.split())
    share = ENOUGH_SHARE if size < SHORT_WORDS else SCANT_SHARE
    if size >= ENOUGH_WORDS and size >= share * prose:
        return text
    return _better(text, _trafilatura(tree, favor_recall=True))


def prose_words(blocks: Sequence[Block]) -> int:
    """Count the words of blocks long enough to be prose, tables and code left out."""
    sizes = (block.text.count(" ") + 1 for block in blocks if block.tag not in ("tr", "pre"))
    return sum(size for size in sizes if size >= PROSE_WORDS)


def _better(first: str, second: str) -> str:
    """Return the second reading where it is the first with more to it."""
    ours, theirs = words(first), words(second)
    if len(theirs) < MIN_GAIN * len(ours):
        return first
    known = set(theirs)
    overlap = sum(word in known for word in ours)
    return second if overlap >= MIN_OVERLAP * len(ours) else first


def _trafilatura(tree: HtmlElement, *, fast: bool = False, favor_recall: bool = False) -> str:
    """Return trafilatura's main text, empty where it finds none or breaks."""
    import trafilatura  # 0.5 s to import

    _silence()
    try:
        found = trafilatura.bare_extraction(
            tree, include_comments=False, fast=fast, favor_recall=favor_recall
        )
    except _FAILURES:
        # It walks trees of any shape with recursion and asserts: a page that breaks it has no text from it.
        return ""
    return (getattr(found, "text", None) or "") if found is not None else ""


def _silence() -> None:
    # It logs a warning for every page without text, which the caller reports in its own words.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
