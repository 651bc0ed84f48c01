"""What a run calls in its workers, lost where the address says so; quick, so that a short limit is enough."""

import os
import signal
from typing import Any

from digest.articles.copies import signature_of
from digest.feeds.reading import FeedReading
from digest.intake_calls import Completed
from digest.records import Analysis, Article, Feed, FeedState, Page, StoredLink


def read_answer(
    feed: Feed, state: FeedState, page: Page, config: object, *, since: object, more: object = ()
) -> FeedReading:
    lose(feed.url)
    return FeedReading(feed, state, None, entries=3)


def read_page(page: Page, stored: StoredLink) -> Any:
    lose(stored.link.url)
    return read_page_unharmed(page, stored)


def read_page_unharmed(page: Page, stored: StoredLink) -> Any:
    article = article_of(stored.id, stored.link.url)
    return article, signature_of(article), 0.0


def analyze_article(article: Article, *rest: object, **options: object) -> Completed:
    lose(article.url)
    return Completed(analysis=Analysis(article.id, article.title, (), (), (), (), analyzer="test"))


def extract(page: Page, *, id: str = "") -> Article:
    lose(page.url)
    return article_of(id, page.url)


def article_of(id: str, url: str) -> Article:
    text = f"The board of {url} approved a plan on Monday."
    return Article(id, url, url, url, "", None, "en", text, ())


def lose(url: str) -> None:
    if url.endswith("stopped"):
        os.kill(os.getpid(), signal.SIGSTOP)
    if url.endswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    while url.endswith("loop"):
        pass
