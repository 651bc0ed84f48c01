"""Making drafts: one of every new story, and the pending ones of the issue renewed."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from digest.addresses import clean_url, host
from digest.checking import checker
from digest.codec import to_json
from digest.drafts import merge_draft
from digest.editions import draft_path
from digest.files import read_text, write_text
from digest.ports import Store
from digest.records import (
    Analysis,
    Article,
    ArticleKey,
    ClosestEntry,
    Draft,
    DraftRow,
    Entry,
    Reference,
    SignalRow,
    StoredLink,
)
from digest.stages.relate import Relatable, describe, nearest
from digest.stages.render import admit

FEW_CLOSEST = 3
"""With fewer the draft says why."""


@dataclass(frozen=True)
class _Archive:
    """What making drafts needs of the archive, read once."""

    keys: dict[str, ArticleKey]
    story_of: dict[str, str]
    rows: dict[str, DraftRow]
    published: set[str]

    def members(self, story_id: str) -> list[str]:
        """Articles of a story and their copies, in order of being seen."""
        return [
            each.id for each in self.keys.values() if self.story_of.get(each.copy_of or each.id) == story_id
        ]


def write_drafts(
    store: Store, output: Path, issue: str, *, model_id: str, min_similarity: float, now: datetime
) -> list[DraftRow]:
    """Make a draft of every story that has none, and renew the pending ones of this issue.

    Returns:
        The drafts whose file was written, in order of their articles being seen.

    Raises:
        StoreError: a draft file was broken by hand; it is left as it is.
    """
    keys = {key.id: key for key in store.articles.listing()}
    archive = _Archive(
        keys,
        store.drafts.story_ids(),
        {row.id: row for row in store.drafts.drafts()},
        {name for name, published_at in store.drafts.issues() if published_at},
    )
    due = _due(archive, issue)
    analyses = store.articles.analyses_for({*due, *_showable(archive, issue)})
    due = [each for each in due if each in analyses]
    if not due:
        return []
    store.drafts.open_issue(issue)
    maker = _DraftMaker(store, archive, analyses, due, issue, model_id, min_similarity)
    fingerprints = store.drafts.fingerprints()
    written = []
    for draft_id in due:
        draft = maker.make(draft_id)
        path = draft_path(output, issue, draft_id)
        old = read_text(path) if path.exists() else None
        made_from = _hash(json.dumps(to_json(draft)))
        if old is not None and fingerprints.get(draft_id) == (made_from, _hash(old)):
            continue
        text = merge_draft(old, draft, path=str(path), check=checker(maker.articles[draft_id]))
        row = DraftRow(draft_id, issue, "pending", draft.entry.title)
        if text != old:
            write_text(path, text)
            written.append(row)
        if archive.rows.get(draft_id) != row:
            store.drafts.save_draft(row, now=now)
        store.drafts.save_fingerprint(draft_id, made_from=made_from, file_hash=_hash(text))
    return written


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _due(archive: _Archive, issue: str) -> list[str]:
    """Ids to draft: the first article of each story without a draft, and pending drafts of this issue."""
    drafted = {archive.story_of.get(row.id, row.id) for row in archive.rows.values()}
    leads: dict[str, str] = {}
    for article_id in archive.keys:
        story_id = archive.story_of.get(article_id, "")
        if story_id and story_id not in drafted:
            leads.setdefault(story_id, article_id)
    pending = {row.id for row in archive.rows.values() if row.issue == issue and row.status == "pending"}
    wanted = {*leads.values(), *pending}
    return [article_id for article_id in archive.keys if article_id in wanted]


def _showable(archive: _Archive, issue: str) -> list[str]:
    """Drafts that Closest may name: published, or in the same issue and not turned down."""
    return [
        row.id
        for row in archive.rows.values()
        if (row.issue in archive.published and row.status == "approved")
        or (row.issue == issue and row.status in ("pending", "approved"))
    ]


class _DraftMaker:
    """Makes drafts of one issue."""

    def __init__(
        self,
        store: Store,
        archive: _Archive,
        analyses: dict[str, Analysis],
        due: Sequence[str],
        issue: str,
        model_id: str,
        min_similarity: float,
    ) -> None:
        self._archive, self._analyses, self._issue = archive, analyses, issue
        self._min_similarity = min_similarity
        members = {each for draft_id in due for each in self._story(draft_id)}
        self._links = store.links.links_of(members)
        shown = sorted(
            {*due, *_showable(archive, issue)} & analyses.keys(), key=lambda each: archive.keys[each].place
        )
        vectors = store.articles.vectors_of(
            (archive.keys[each].text_hash for each in shown), model_id=model_id
        )
        self._others = [each for each in shown if archive.keys[each].text_hash in vectors]
        self._matrix = np.stack([vectors[archive.keys[each].text_hash] for each in self._others])
        self._story_ids = [archive.story_of.get(each, each) for each in self._others]
        self.articles = store.articles.get(due)

    def make(self, draft_id: str) -> Draft:
        """Make one draft."""
        analysis, article = self._analyses[draft_id], self.articles[draft_id]
        closest = self._closest(draft_id)
        entry = self._entry(article, analysis, closest)
        return Draft(
            id=draft_id,
            issue=self._issue,
            status="pending",
            entry=entry,
            analysis=analysis,
            closest=tuple(closest),
            notes=tuple(self._notes(article, closest)),
        )

    def _closest(self, draft_id: str) -> list[ClosestEntry]:
        article = self._relatable(draft_id)
        row = self._others.index(draft_id)
        found = nearest(
            self._matrix[row],
            self._matrix,
            self._story_ids,
            own_row=row,
            without_story=article.story_id,
            min_similarity=self._min_similarity,
        )
        return [describe(article, self._relatable(self._others[at]), similarity) for at, similarity in found]

    def _relatable(self, article_id: str) -> Relatable:
        key, analysis = self._archive.keys[article_id], self._analyses[article_id]
        return Relatable(
            id=article_id,
            title=analysis.title,
            published=key.published,
            story_id=self._archive.story_of.get(article_id, article_id),
            keywords=tuple(each.keyword for each in analysis.keywords),
            themes=tuple(each.theme for each in analysis.themes),
        )

    def _entry(self, article: Article, analysis: Analysis, closest: Sequence[ClosestEntry]) -> Entry:
        stored = self._links[article.id]
        url = clean_url(article.url)
        origin = stored.link.origin
        return Entry(
            title=admit(analysis.title) or admit(article.title) or url,
            origin=replace(origin, title=admit(origin.title) or host(origin.url) or host(url)),
            url=url,
            summary=admit(" ".join(sentence.text for sentence in analysis.summary)),
            keywords=tuple(admit(each.keyword) for each in analysis.keywords),
            themes=tuple(admit(each.theme) for each in analysis.themes),
            signals=tuple(
                SignalRow(
                    admit(row.signal), admit(row.change), admit(row.horizon_10y), admit(row.driving_force)
                )
                for row in analysis.signals
            ),
            closest=tuple(Reference(admit(each.title), each.id) for each in closest),
            sources=self._sources(article.id),
        )

    def _story(self, article_id: str) -> list[str]:
        return self._archive.members(self._archive.story_of.get(article_id, article_id))

    def _sources(self, article_id: str) -> tuple[Reference, ...]:
        """Name every article of a story of several: its entry's own first."""
        members = [article_id, *(each for each in self._story(article_id) if each != article_id)]
        return tuple(self._source(self._links[each]) for each in members) if len(members) > 1 else ()

    def _source(self, stored: StoredLink) -> Reference:
        key = self._archive.keys[stored.id]
        note = ", copy" if key.copy_of else ""
        return Reference(admit(f"{key.title} ({key.site}{note})"), clean_url(stored.link.url))

    def _notes(self, article: Article, closest: Sequence[ClosestEntry]) -> Iterable[str]:
        if article.is_from_feed:
            yield "The text is the one the feed carried; the page itself could not be read."
        if len(closest) < FEW_CLOSEST:
            found = f"only {len(closest)}" if closest else "none"
            yield (
                f"Closest is short: of the {len(self._others) - 1} other entries that are published or in "
                f"this issue, {found} reached a similarity of {self._min_similarity:.2f} and stood out from "
                "the rest."
            )
