"""What is asked of the archive: one Protocol a group of questions, and Store, which has them all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from digest.records import (
    Analysis,
    Article,
    ArticleKey,
    DraftChecks,
    DraftRow,
    Dropped,
    FeedState,
    FoundArticle,
    FoundSignal,
    Link,
    Page,
    PublishedEntry,
    SavedSearch,
    SearchFilter,
    SearchQuestion,
    StoredLink,
    VectorRows,
    Vectors,
)


class LinkStore(Protocol):
    """What the archive knows of feeds and links."""

    def state(self, feed_url: str) -> FeedState:
        """Give what is known of a feed; an empty state for one never asked."""
        ...

    def moved_to(self, feed_url: str) -> str | None:
        """Say where a feed led when it was last read; empty for nowhere else, None if it was never read."""
        ...

    def known_title(self, feed_url: str) -> str:
        """Give the title a feed had when it was last read."""
        ...

    def save_read(
        self,
        feed_url: str,
        found: Sequence[Link],
        *,
        title: str,
        etag: str,
        last_modified: str,
        moved_to: str,
        now: datetime,
        too_old: Sequence[Link] = (),
        too_many: Sequence[Link] = (),
    ) -> int:
        """Keep a feed's links and validators at once, and what is left out; returns how many are new."""
        ...

    def unseen(self, feed_url: str, found: Sequence[Link]) -> list[Link]:
        """Give the links that are known neither as such nor as left out of this feed."""
        ...

    def left_out(
        self, feed_url: str, *, since: datetime | None, limit: int | None, is_roundup: bool
    ) -> list[Link]:
        """Give the links left out by date that a window reaches, the newest entries up to a limit."""
        ...

    def take_left_out(
        self, feed_url: str, *, since: datetime | None, limit: int | None, is_roundup: bool
    ) -> int:
        """Make links of them; returns how many."""
        ...

    def count_left_out(self, feed_url: str) -> int:
        """Count the links that wait for a wider window."""
        ...

    def losses_since(self, moment: datetime) -> list[Dropped]:
        """Give the links lost in fetching or extracting from a moment on."""
        ...

    def aliases_since(self, moment: datetime) -> list[tuple[str, str]]:
        """Give the addresses fetched from a moment on that turned out to be another article, and its id."""
        ...

    def save_unchanged(self, feed_url: str, *, moved_to: str, now: datetime) -> None:
        """Note that a feed could be read and had nothing new."""
        ...

    def save_broken(self, feed_url: str, problem: str, *, now: datetime) -> datetime:
        """Note that a feed could not be read, and give since when."""
        ...

    def pending(self, *, max_tries: int, retry_before: datetime) -> list[StoredLink]:
        """Give links to work on, in order of being seen."""
        ...

    def links_of(self, ids: Iterable[str]) -> dict[str, StoredLink]:
        """Give the stored links of these entries, by id."""
        ...

    def known_keys(self) -> dict[str, tuple[int, str]]:
        """Give place and id of the link under each address key."""
        ...

    def save_kept(self, link_id: str) -> None:
        """Note that a link became an article."""
        ...

    def save_dropped(
        self, link_id: str, *, stage: str, reason: str, is_retryable: bool, now: datetime
    ) -> None:
        """Note where and why a link was lost."""
        ...

    def resolve(self, name: str) -> list[str]:
        """Find the entries that an id, the beginning of one, or an address stands for."""
        ...

    def save_alias(self, link_id: str, *, of: str) -> None:
        """Note that a link leads to the article of another."""
        ...


class PageStore(Protocol):
    """The kept pages."""

    def save(self, page: Page) -> None:
        """Keep a page."""
        ...

    def get(self, url: str) -> Page | None:
        """Give the kept page of an address, or None."""
        ...


class ArticleStore(Protocol):
    """Articles, vectors and analyses."""

    def add(self, article: Article, *, place: int, signature: NDArray[np.uint32], now: datetime) -> None:
        """Keep an article."""
        ...

    def get(self, ids: Iterable[str]) -> dict[str, Article]:
        """Give whole articles by id."""
        ...

    def listing(self) -> list[ArticleKey]:
        """List all articles without their texts, in order of being seen."""
        ...

    def add_imported(self, rows: Sequence[tuple[Article, NDArray[np.uint32], str]], *, now: datetime) -> None:
        """Keep articles that came by import: (article, signature, id of the one it copies or empty)."""
        ...

    def known_ids(self) -> set[str]:
        """Give the ids of all articles."""
        ...

    def taken_since(self, moment: datetime) -> list[str]:
        """Give the ids of articles taken in from a moment on, but imported ones, in order of being seen."""
        ...

    def keys_of(self, ids: Iterable[str]) -> dict[str, ArticleKey]:
        """Give these articles without their texts, by id."""
        ...

    def keys_at(self, places: Iterable[int]) -> dict[int, ArticleKey]:
        """Give the articles at these places without their texts, by place."""
        ...

    def matrix(self, *, model_id: str) -> tuple[list[str], Vectors]:
        """Give ids in order of being seen, and their vectors, shape (n, d)."""
        ...

    def known_among(self, ids: Iterable[str]) -> set[str]:
        """Say which of these ids are articles."""
        ...

    def under(self, canonical_keys: Iterable[str]) -> list[ArticleKey]:
        """List the articles with these canonical addresses without their texts, in order of being seen."""
        ...

    def signatures(self, ids: Iterable[str] | None = None) -> tuple[list[str], NDArray[np.uint32]]:
        """Give ids (these or all) in order of being seen and their signatures, shape (n, 128)."""
        ...

    def signatures_near(self, signatures: NDArray[np.uint32]) -> tuple[list[str], NDArray[np.uint32]]:
        """Give the same of the articles whose text may be near to one of these signatures'."""
        ...

    def save_copy(self, article_id: str, *, of: str) -> None:
        """Note that an article repeats another's text."""
        ...

    def remove(self, article_id: str) -> None:
        """Take out an article that turned out to be another under a second address."""
        ...

    def save_vectors(self, rows: Iterable[tuple[str, NDArray[np.float32]]], *, model_id: str) -> None:
        """Keep vectors by the hash of their text."""
        ...

    def vectors_of(self, text_hashes: Iterable[str], *, model_id: str) -> dict[str, NDArray[np.float32]]:
        """Give known vectors by text hash."""
        ...

    def save_analysis(self, article: Article, analysis: Analysis) -> None:
        """Keep an analysis under the text and the analyzer it comes from."""
        ...

    def analyses_of(self, text_hashes: Iterable[str], *, analyzer: str) -> dict[str, Analysis]:
        """Give known analyses by text hash."""
        ...

    def analyses_for(self, ids: Iterable[str]) -> dict[str, Analysis]:
        """Give the newest analysis of each article, by id."""
        ...


class LikenessStore(Protocol):
    """What articles are compared by; articles are named by their place in the archive."""

    @property
    def cache_path(self) -> Path | None:
        """Where a file may lie that can always be made again; None for nowhere."""
        ...

    def drop_outdated(self, *, version: str) -> None:
        """Drop everything if its terms were made in another way."""
        ...

    def missing(self, *, model_id: str) -> list[int]:
        """Give the places of articles that have a vector and were not weighed yet, in order."""
        ...

    def texts(self, places: Iterable[int]) -> list[tuple[int, str]]:
        """Give place and title with text of articles, in order of being seen."""
        ...

    def packed(self, *, model_id: str, after: int = 0, late: Sequence[int] = ()) -> VectorRows:
        """Give the vectors of articles beyond a version of words, and of other ones that got one late."""
        ...

    def terms_at(self, places: Iterable[int]) -> dict[int, NDArray[np.uint32]]:
        """Give the terms of weighed articles by place."""
        ...

    def neighbours_at(self, places: Iterable[int], *, model_id: str) -> dict[int, list[tuple[int, float]]]:
        """Give (place, similarity) of the nearest of weighed articles, nearest first, by place."""
        ...

    def frequencies(self, *, version: str) -> tuple[int, NDArray[np.uint32]] | None:
        """Give how many articles were counted, and in how many each term stands."""
        ...

    def copies(self) -> set[int]:
        """Give the places of articles that repeat another's text."""
        ...

    def save(
        self,
        *,
        model_id: str,
        version: str,
        counted: tuple[int, NDArray[np.uint32]],
        terms_of: Mapping[int, NDArray[np.uint32]],
        neighbours_of: Mapping[int, Sequence[tuple[int, float]]],
    ) -> None:
        """Keep what was made of new articles, and the neighbours of older ones that changed, at once."""
        ...


class DraftStore(Protocol):
    """Stories, drafts, issues and runs."""

    def story_ids(self) -> dict[str, str]:
        """Give the story of each article that was grouped."""
        ...

    def stories_of(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the story of these articles, as far as they were grouped."""
        ...

    def members_of(self, story_ids: Iterable[str]) -> dict[str, list[str]]:
        """Give the articles of these stories, without copies."""
        ...

    def unplaced(self) -> list[str]:
        """Give originals that are in no story yet and were not imported, in order of being seen."""
        ...

    def ungrouped_imports(self) -> list[str]:
        """Give imported originals that are in no story yet, in order of being seen."""
        ...

    def stories_by_hand(self) -> set[str]:
        """Give the ids of articles that an editor put into their story."""
        ...

    def save_stories(self, story_of: Mapping[str, str], *, is_by_hand: bool = False) -> None:
        """Note the story of these articles."""
        ...

    def save_draft(self, row: DraftRow, *, now: datetime) -> None:
        """Note a draft's issue, status and title."""
        ...

    def fingerprints(self) -> dict[str, tuple[str, str]]:
        """Give, by draft, the hashes of all it was last made from and of the file last written."""
        ...

    def save_fingerprint(self, draft_id: str, *, made_from: str, file_hash: str) -> None:
        """Note what a draft was last generated from, and what its file then held."""
        ...

    def checks_of(self, ids: Iterable[str]) -> dict[str, DraftChecks]:
        """Give what the checks found in drafts, and what was accepted."""
        ...

    def save_checks(self, checks: Mapping[str, DraftChecks]) -> None:
        """Note, by draft, what the checks found and what was accepted."""
        ...

    def drafts(self, *, issue: str | None = None, ids: Iterable[str] | None = None) -> list[DraftRow]:
        """List drafts in order of their articles being seen."""
        ...

    def issues(self) -> list[tuple[str, datetime | None]]:
        """Give (name, when published or None) of each issue, newest first."""
        ...

    def open_issue(self, name: str) -> None:
        """Note that an issue is being edited."""
        ...

    def evidence_of(self, ids: Iterable[str]) -> dict[str, str | None]:
        """Give the Evidence that drafts were last given; None where that is not known."""
        ...

    def save_evidence(self, draft_id: str, evidence: str) -> None:
        """Note the Evidence that a draft is given."""
        ...

    def save_published(self, name: str, *, now: datetime) -> None:
        """Note that an issue was published."""
        ...

    def save_entries(self, published: Sequence[PublishedEntry]) -> None:
        """Keep entries as they were published."""
        ...

    def add_entries(self, published: Sequence[PublishedEntry]) -> None:
        """Keep entries that were published before entries were kept."""
        ...

    def withdraw_entries(self, ids: Iterable[str]) -> None:
        """Forget that entries were published; what is searched follows their analyses again."""
        ...

    def not_kept(self) -> list[DraftRow]:
        """List approved drafts of issues that were published without their entries being kept."""
        ...

    def add_imported_entries(
        self, rows: Sequence[PublishedEntry], published: Mapping[str, datetime], *, now: datetime
    ) -> None:
        """Keep entries that another archive published, with when each of their issues was."""
        ...

    def entries(self, *, issue: str | None = None) -> list[PublishedEntry]:
        """Give the published entries of an issue, or all; by issue, then in order of being seen."""
        ...

    def last_run(self) -> tuple[datetime, datetime | None] | None:
        """Give when the last run started and ended, or None before the first."""
        ...

    def interrupted_since(self) -> datetime | None:
        """Give when the first of the runs started that were interrupted after the last one that ended."""
        ...

    def start_run(self, issue: str, *, now: datetime) -> int:
        """Note that a run began; returns its number."""
        ...

    def finish_run(self, run: int, report: Any, *, now: datetime) -> None:
        """Note that a run ended, and what it did."""
        ...


class FileStore(Protocol):
    """What publishing wrote."""

    def hashes_of(self, path: str) -> set[str]:
        """Give the SHA-256 of everything that was ever written to a file below the output folder."""
        ...

    def save_hash(self, path: str, sha256: str) -> None:
        """Note what a file is about to hold."""
        ...


class SearchStore(Protocol):
    """What searching asks; expressions are SQLite's full-text ones."""

    @property
    def cache_path(self) -> Path | None:
        """Where a file may lie that can always be made again; None for nowhere."""
        ...

    def words(self, text: str) -> list[str]:
        """Give the words of a text in order, stemmed as in the index."""
        ...

    def words_in(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """Give the different words of each text, stemmed as in the index."""
        ...

    def marked(self, texts: Sequence[str], expression: str, *, start: str, end: str) -> list[str]:
        """Put marks around what an expression matches in each text."""
        ...

    def fill_words(self) -> int:
        """Count the words of articles that were kept without; returns how many."""
        ...

    def versions(self, *, up_to: int) -> int:
        """Count the articles whose words have a version up to this one."""
        ...

    def word_rows(self, *, after: int) -> tuple[NDArray[np.int64], NDArray[np.int64], list[bytes]]:
        """Give versions, places and packed words of articles beyond a version, by place."""
        ...

    def matching(self, expression: str) -> NDArray[np.int64]:
        """Give the places of the articles an expression matches, ascending."""
        ...

    def places_under(self, asked: SearchFilter, *, in_entries: bool) -> NDArray[np.int64]:
        """Give the places of the articles a filter lets through, ascending."""
        ...

    def found_articles(self, places: Sequence[int]) -> dict[int, FoundArticle]:
        """Give what a result shows of the articles at these places."""
        ...

    def listed(self, places: Sequence[int]) -> dict[int, tuple[str, str, str]]:
        """Give id, title and address of the articles at these places."""
        ...

    def signals_matching(self, expression: str) -> list[tuple[int, float]]:
        """Give (row, BM25) of the signal rows an expression matches, best first."""
        ...

    def signals_of(self, places: Iterable[int]) -> list[int]:
        """Give the signal rows of the articles at these places."""
        ...

    def found_signals(self, rows: Sequence[int]) -> dict[int, FoundSignal]:
        """Give signal rows with the articles they stand in."""
        ...

    def save_search(self, name: str, asked: SearchQuestion, *, seen_version: int, now: datetime) -> None:
        """Keep a question under a name."""
        ...

    def save_seen(self, name: str, *, version: int, now: datetime) -> None:
        """Note that all articles up to a version were shown under a kept question."""
        ...

    def remove_search(self, name: str) -> None:
        """Forget a kept question."""
        ...

    def saved(self) -> list[SavedSearch]:
        """List the kept questions by name."""
        ...


class Store(Protocol):
    """The archive, its questions in groups."""

    @property
    def links(self) -> LinkStore:
        """Feeds and links."""
        ...

    @property
    def pages(self) -> PageStore:
        """Kept pages."""
        ...

    @property
    def articles(self) -> ArticleStore:
        """Articles, vectors, analyses."""
        ...

    @property
    def likeness(self) -> LikenessStore:
        """What articles are compared by."""
        ...

    @property
    def drafts(self) -> DraftStore:
        """Stories, drafts, issues, runs."""
        ...

    @property
    def files(self) -> FileStore:
        """What publishing wrote."""
        ...

    @property
    def search(self) -> SearchStore:
        """Words, filters, kept questions."""
        ...
