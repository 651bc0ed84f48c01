"""How an article was read: kept as headers of its page, and told as notes of its analysis."""

from dataclasses import replace
from datetime import datetime

from digest.language.videos import video_id
from digest.records import (
    COPIED_AT,
    DO_NOT_REPUBLISH,
    NO_TRANSCRIPT,
    TRANSCRIPT_AT,
    Analysis,
    Article,
    Page,
    StoredLink,
)
from digest.store import Store

MAX_PAID_SENTENCES = 2
"""Of an article that somebody's access opened, in its summary: a quotation, no stand-in for the article."""


def page_of_feed_text(stored: StoredLink, *, is_paid: bool, why_no_page: str, now: datetime) -> Page | None:
    """Give the text that a feed carried as the page it stands for; None where nothing is to be known of it.

    Args:
        stored: The link.
        is_paid: Whether somebody's access opened the feed.
        why_no_page: Why the page itself is not there.
        now: When the feed was read.
    """
    if is_paid:
        mark = (DO_NOT_REPUBLISH, "yes")
    elif video_id(stored.link.url):
        mark = (NO_TRANSCRIPT, why_no_page)
    else:
        return None
    headers = (("content-type", "text/html; charset=utf-8"), mark)
    body = stored.link.body_html.encode("utf-8", "replace")
    return Page(stored.link.url, stored.link.url, 200, headers, body, now)


def with_notes(analysis: Analysis, article: Article, store: Store) -> Analysis:
    """Give an analysis with what an editor should know of how its article was read."""
    notes = list(analysis.notes)
    if copied_at := store.pages.header_of(article.url, COPIED_AT):
        notes.append(f"the page is gone: read from a copy of {copied_at} in the Wayback Machine")
    if reason := store.pages.header_of(article.url, NO_TRANSCRIPT):
        is_video = bool(video_id(article.url))
        what = "a video, read from its description" if is_video else "its transcript was not read"
        notes.append(f"{what}: {reason}")
    if store.pages.header_of(article.url, TRANSCRIPT_AT):
        notes.append("read from the transcript of what was said")
    if not store.pages.not_to_republish([article.url]):
        return replace(analysis, notes=tuple(notes))
    notes.append("do not republish: read with a subscription")
    return replace(analysis, summary=analysis.summary[:MAX_PAID_SENTENCES], notes=tuple(notes))
