"""Taking entry pages of an existing archive into this one, as entries of issues that are published.

The page is all there is: its summary and what its signals say was observed stand for the article's text,
unless the archive has the article itself. What the page does not say (evidence, kind of signal) stays open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from digest.articles.given import article_of_text
from digest.issues.importing.import_articles import BATCH
from digest.issues.importing.keeping import keep_imported
from digest.issues.issue_names import issue_day
from digest.ports import Embedder
from digest.records import (
    Analysis,
    Article,
    Entry,
    Keyword,
    PublishedEntry,
    Signal,
    SignalBasis,
    SignalRow,
    SummarySentence,
    Theme,
)
from digest.store import Store
from digest.stories.placing import group_imported

ANALYZER = "imported entry page"

PUBLISHED = SignalBasis("editor", "editor", "editor", "editor")
"""A page does not say who wrote a cell; somebody published it, and stands for it."""


@dataclass(frozen=True)
class ImportedPages:
    """What an import of entry pages did."""

    added: tuple[PublishedEntry, ...]
    known: int
    """Entries the archive had."""
    refused: tuple[PublishedEntry, ...]
    """Those of issues that are being edited here."""


def import_pages(
    entries: Sequence[PublishedEntry],
    store: Store,
    embedder: Embedder,
    *,
    now: datetime,
    progress: Callable[[int, int], None],
) -> ImportedPages:
    """Keep entries with their articles, vectors and analyses; what the archive has is left alone."""
    drafted = {row.id for row in store.drafts.drafts()}
    is_open = store.drafts.open_issues()
    new = [each for each in entries if each.id not in drafted]
    refused = tuple(each for each in new if each.issue in is_open)
    wanted = [each for each in new if each.issue not in is_open]
    for at in range(0, len(wanted), BATCH):
        _keep(wanted[at : at + BATCH], store, embedder, now=now)
        progress(min(at + BATCH, len(wanted)), len(wanted))
    group_imported(store, embedder.model_id)
    return ImportedPages(tuple(wanted), len(entries) - len(new), refused)


def _basis(row: SignalRow) -> SignalBasis:
    """Somebody stands for what is printed, but not for what stands in italics."""
    return replace(PUBLISHED, **dict.fromkeys(row.suggested, "suggested"))  # type: ignore[arg-type]


def entry_text(entry: Entry) -> str:
    """Give the text that stands for an imported entry's article: what was reported, no projections."""
    rows = (f"{row.signal}: {row.description}" if row.description else row.signal for row in entry.signals)
    return "\n\n".join(filter(None, (entry.summary, "\n".join(filter(None, rows)))))


def entry_analysis(each: PublishedEntry) -> Analysis:
    """Give the analysis that an imported entry shows; keywords and themes fall in score as on the page."""
    entry = each.entry
    keywords = [Keyword(text, _falling(place, entry.keywords)) for place, text in enumerate(entry.keywords)]
    themes = [Theme(text, _falling(place, entry.themes)) for place, text in enumerate(entry.themes)]
    return Analysis(
        id=each.id,
        title=entry.title,
        summary=(SummarySentence(entry.summary, (), "editor"),) if entry.summary else (),
        keywords=tuple(keywords),
        themes=tuple(themes),
        signals=tuple(
            Signal(row.signal, row.change, row.horizon_10y, row.driving_force, _basis(row), ())
            for row in entry.signals
        ),
        analyzer=ANALYZER,
    )


def _falling(place: int, of: Sequence[str]) -> float:
    return 1 - place / len(of)


def _keep(batch: Sequence[PublishedEntry], store: Store, embedder: Embedder, *, now: datetime) -> None:
    known = store.articles.get(each.id for each in batch)
    made = {each.id: _article(each, now) for each in batch if each.id not in known}
    if made:
        keep_imported(
            list(made.values()),
            store,
            lambda missing: _embedded(missing, embedder),
            model_id=embedder.model_id,
            now=now,
        )
    for each in batch:
        store.articles.save_analysis(known.get(each.id) or made[each.id], entry_analysis(each))
    days = {each.issue: _day(each, now) for each in batch}
    store.drafts.add_imported_entries(batch, days, now=now)


def _embedded(articles: Sequence[Article], embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    """Embed texts that are short many at once.

    The vectors are those of whole texts, as token by token: cosine over .9995 (eight summaries).
    """
    vectors = embedder.encode([each.text or each.title for each in articles])
    return {each.text_hash: vector for each, vector in zip(articles, vectors, strict=True)}


def _day(each: PublishedEntry, now: datetime) -> datetime:
    """Give the day of an entry's issue; today for one that lies ahead, as nothing was published there yet."""
    return min(issue_day(each.issue) or now, now)


def _article(each: PublishedEntry, now: datetime) -> Article:
    """Make the article of an entry; it counts as of its issue's day, the last it can be of."""
    entry = each.entry
    return article_of_text(
        id=each.id,
        url=entry.url,
        title=entry.title,
        text=entry_text(entry),
        published=_day(each, now).date(),
    )
