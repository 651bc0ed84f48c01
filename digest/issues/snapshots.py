"""Snapshots at approval: which sentences an entry rests on, and its source's page kept for good with them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from digest.articles.sentences import sentences
from digest.issues.drafts.same_row import same_row
from digest.issues.drafts.sources import nearest_place, places_of
from digest.issues.pages.admit import admit
from digest.records import (
    CELLS,
    DO_NOT_REPUBLISH,
    EMPTY,
    Analysis,
    Article,
    Entry,
    Evidence,
    Page,
    SignalRow,
    Snapshot,
    StoredLink,
)
from digest.store import Store


def take_snapshots(store: Store, entries: Mapping[str, Entry], *, now: datetime) -> None:
    """Keep for good what approved entries rest on; asks nobody.

    One whose snapshot says the same already is left alone; so is one of which no page was kept.

    Args:
        store: The archive.
        entries: As they are approved, by their ids.
        now: Aware, UTC.
    """
    if not entries:
        return
    articles = store.articles.get(entries)
    analyses = store.articles.analyses_for(articles)
    links = store.links.links_of(articles)
    known = store.snapshots.of(articles)
    for entry_id, article in articles.items():
        cited = cited_sentences(entries[entry_id], analyses.get(entry_id), article)
        if _is_kept(store, known.get(entry_id), cited):
            continue
        page = _source_of(store, article, links.get(entry_id), now=now)
        if page is not None:
            store.snapshots.take(entry_id, page, cited, is_feed_text=article.is_from_feed, now=now)


def _is_kept(store: Store, known: Snapshot | None, cited: tuple[str, ...]) -> bool:
    return known is not None and known.cited == cited and store.snapshots.is_kept(known)


def _source_of(store: Store, article: Article, stored: StoredLink | None, *, now: datetime) -> Page | None:
    """Give the page an article was read from; of one from a feed, the text that the feed carried."""
    page = store.pages.get(article.url)
    if not article.is_from_feed:
        return page
    if stored is None or not stored.link.body_html:
        return None
    body = stored.link.body_html.encode("utf-8", "replace")
    headers = [("content-type", "text/html; charset=utf-8")]
    if page is not None and not page.may_be_republished:
        headers.append((DO_NOT_REPUBLISH, "yes"))
    return Page(article.url, article.url, 200, tuple(headers), body, page.fetched_at if page else now)


# -- what is cited -------------------------------------------------------------------------------------------


def cited_sentences(entry: Entry, analysis: Analysis | None, article: Article) -> tuple[str, ...]:
    """Give the sentences of an article that an entry's summary and rows rest on, in the article's order.

    What was made names its sentences; what an editor wrote rests on the one that has most of its words, as
    the draft's Evidence shows it.

    Args:
        entry: As it is approved.
        analysis: What it was made from; None where nothing is known of that.
        article: Whose sentences they are.

    Returns:
        Each once; words outside all sentences after them.
    """
    places: set[int] = set()
    loose: dict[str, None] = {}
    for found in (_of_summary(entry, analysis, article), _of_rows(entry.signals, analysis, article)):
        for each in found:
            if isinstance(each, int):
                places.add(each)
                continue
            covered = places_of([each], article)
            places.update(covered)
            if not covered and each.quote in article.text:
                loose[each.quote] = None
    ordered = [article.sentence_text(place) for place in sorted(places)]
    return tuple(text for text in dict.fromkeys((*ordered, *loose)) if text.strip())


def _of_summary(entry: Entry, analysis: Analysis | None, article: Article) -> Iterator[Evidence | int]:
    left = entry.summary
    for sentence in analysis.summary if analysis else ():
        text = admit(sentence.text)
        if text and text in left:
            left = left.replace(text, "\n", 1)
            yield from sentence.evidence
    for part in filter(None, map(str.strip, left.split("\n"))):
        for span in sentences(part, article.language):
            place = nearest_place(part[span.start : span.end], article)
            if place is not None:
                yield place


def _of_rows(
    rows: tuple[SignalRow, ...], analysis: Analysis | None, article: Article
) -> Iterator[Evidence | int]:
    free = list(analysis.signals) if analysis else []
    for row in rows:
        signal = same_row(row, free)
        if signal:
            free.remove(signal)
        for name in CELLS:
            text = getattr(row, name)
            if signal and text == admit(getattr(signal, name)) and name not in row.suggested:
                yield from (each for each in signal.evidence if (each.field or "signal") == name)
            elif name == "signal" and text != EMPTY and (place := nearest_place(text, article)) is not None:
                yield place
