"""Articles whose text is given, not found in a page: imports and lines from standard input."""

from datetime import date

from digest.articles.language import language_of
from digest.articles.sentences import sentences
from digest.language.addresses import host
from digest.language.secrecy import without_login
from digest.records import Article


def article_of_text(*, id: str, url: str, title: str, text: str, published: date | None = None) -> Article:
    """Make an article of a text, which stays character for character as it is: offsets point into it.

    Args:
        id: The id it keeps.
        url: Its address, or what stands for one.
        title: Its title; may be empty.
        text: Its text.
        published: When it appeared; None if unknown.
    """
    language = language_of(text or title)
    return Article(
        id=id,
        url=url,
        canonical_url=without_login(url),
        title=" ".join(title.split()),
        author="",
        published=published,
        language=language,
        text=text,
        sentences=sentences(text, language),
        site=host(url),
    )
