"""Whether sentences still stand on a page: in its article, else anywhere that a reader sees.

White space and quotation marks count for nothing: a new template sets them otherwise.
"""

import re
import unicodedata
from collections.abc import Sequence

from digest.articles.extract import extract
from digest.articles.kind import kind_of
from digest.articles.page_text import clean
from digest.articles.page_tree import keep_seen, parse
from digest.errors import ExtractError
from digest.language.charset import decode
from digest.language.secrecy import shown_addresses
from digest.records import Page

# Cells of a table are read with bars between them, which a page does not have.
_APART = re.compile("[\\s|•\"'`´\u2018-\u201f\u2039\u203a«»]+")


def lost_sentences(cited: Sequence[str], page: Page) -> tuple[tuple[str, ...], str]:
    """Find the sentences that a page has no more; may run in a worker process.

    Args:
        cited: Sentences of the article that the page held once.
        page: As it is now.

    Returns:
        Those that stand nowhere on it, in order, and why it holds no article; empty where it holds one.
    """
    reason, texts = "", []
    try:
        texts.append(extract(page).text)
    except ExtractError as error:
        reason = error.reason
    left = _missing(cited, texts)
    # Sentences move: into a box, or a list that is no longer taken for the article.
    return (_missing(left, [seen_text(page)]) if left else (), reason)


def _missing(cited: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    there = [_bare(text) for text in texts]
    return tuple(each for each in cited if not any(_bare(each) in text for text in there))


def seen_text(page: Page) -> str:
    """Give all words of a page of HTML or plain text that a reader sees; empty for other kinds."""
    kind = kind_of(page.body, page.header("content-type"))
    text = decode(page.body, page.header("content-type")) if kind.name in ("html", "plain") else ""
    tree = parse(text) if kind.name == "html" else None
    if tree is not None:
        keep_seen(tree)
        text = "".join(tree.itertext())
    return shown_addresses(text)


def _bare(text: str) -> str:
    return _APART.sub("", unicodedata.normalize("NFKC", clean(text)))
