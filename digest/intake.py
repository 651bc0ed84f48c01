"""Links to analysed articles: fetch, extract, embed and analyze, overlapped so that neither core waits.

Pages are fetched in a thread of their own; worker processes extract and analyze them; vectors are made here,
one article at a time, and everything is kept as soon as it is there. What becomes of an article never
depends on which others came before it, so a run that was killed goes on where it stopped and ends the same.
"""

import queue
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from digest.analysis import Library
from digest.analysis.by_model.conversation import Analyst, why_by_rules
from digest.analysis.themes import Nearness
from digest.articles.transcripts import why_no_transcript
from digest.errors import ExtractError, ItemError, SetAsideError
from digest.feeds.credentials import Credentials
from digest.feeds.fetch import Politeness
from digest.feeds.fetch_thread import FetchThread
from digest.intake_calls import (
    Completed,
    Read,
    analyze_article,
    complete_article,
    embedding_s,
    read_feed_text,
    read_page,
)
from digest.intake_marks import page_of_feed_text, with_notes
from digest.language_model.loop import AskingThread
from digest.ports import Embedder, Fetcher, Videos
from digest.records import (
    NO_TRANSCRIPT,
    Analysis,
    Article,
    Dropped,
    ModelCounts,
    Page,
    StageTime,
    StoredLink,
    TokenVectors,
)
from digest.store import Store

Part = Literal["vectors", "analysis"]
PARTS: tuple[Part, ...] = ("vectors", "analysis")
"""What an article is completed with."""

Progress = Callable[[str, int, int], None]
"""Told (stage, done, total) whenever something is done."""


@dataclass(frozen=True)
class ModelAnalyzer:
    """A language model that analyzes articles, while pages are fetched and vectors made."""

    analyst: Analyst
    thread: AskingThread
    name: str
    """Provider and model."""
    rules: str
    """Name of the rules' analyzer, whose analyses stand in for the model's."""
    counts: Callable[[], ModelCounts]
    """What was asked so far."""
    finish: Callable[[], str] = lambda: ""
    """Hands over what waits for that; says what went wrong, empty where nothing did."""


@dataclass
class Intake:
    """What came in and what was lost, with the seconds each stage was at work."""

    dropped: list[Dropped] = field(default_factory=list)
    unanalyzed: set[str] = field(default_factory=set)
    """Ids of articles that wait for the next run: their analysis was lost."""
    fetched: int = 0
    asked: int = 0
    extracted: int = 0
    read: int = 0
    embedded: int = 0
    vectors: int = 0
    """Of those embedded, how many had none."""
    analyzed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    by_rules: Counter[str] = field(default_factory=Counter)
    """Of analyses that the rules made in a model's place: how many for which reason."""
    problem: str = ""
    """Why questions could not be handed over to a model."""

    def stages(self) -> list[StageTime]:
        """Give the lines of the report."""
        return [
            self._stage("fetch", self.asked, self.fetched),
            self._stage("extract", self.read, self.extracted),
            self._stage("embed", self.embedded, self.embedded),
            self._stage("analyze", self.analyzed, self.analyzed),
        ]

    def _stage(self, name: str, taken: int, kept: int) -> StageTime:
        return StageTime(name, taken, kept, taken - kept, round(self.seconds.get(name, 0.0), 2))


class ArticleReader:
    """Takes in links: see the module's docstring."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        library: Callable[[], Library],
        workers: Executor,
        *,
        analysis_embedder: Embedder | None = None,
        analyzer: str,
        language: str,
        includes_other_languages: bool,
        now: datetime,
        progress: Progress,
        model: ModelAnalyzer | None = None,
        embedding_workers: Callable[[float], Executor] | None = None,
    ) -> None:
        self._store, self._model = store, model
        self._embedding_workers = embedding_workers
        self._embedder = embedder
        self._analysis_embedder = analysis_embedder or embedder
        self._library_of = library
        self._library: Library | None = None
        self._workers = workers
        self._analyzer = analyzer
        self._language = language
        self._includes_other_languages = includes_other_languages
        self._now = now
        self._progress = progress
        self.intake = Intake()
        self._events: queue.Queue[Callable[[], None]] = queue.Queue()
        self._make_room: Callable[[], None] = lambda: None
        self._waiting: list[Article] = []
        self._died: set[str] = set()
        self._anew: frozenset[str] = frozenset()
        self._parts: frozenset[Part] = frozenset(PARTS)
        self._to_read_alone: list[tuple[StoredLink, Page]] = []
        self._open = 0
        self._total = 0
        self._access: Mapping[str, Credentials] = {}

    def take_in(
        self,
        links: Sequence[StoredLink],
        *,
        fetcher: Fetcher,
        politeness: Politeness,
        access: Mapping[str, Credentials] | None = None,
        takes_copies: bool = False,
        videos: Videos | None = None,
    ) -> None:
        """Turn links into articles with vectors and analyses; what fails is noted, the rest goes on.

        Args:
            links: The links.
            fetcher: Asks for their pages.
            politeness: Limits and delays.
            access: What paid feeds and their articles are asked with, by the feeds' addresses.
            takes_copies: Whether copies in the Wayback Machine stand in for pages that are gone.
            videos: Gives transcripts of videos; None for none.
        """
        self._access = access or {}
        kept = {
            stored.id: page
            for stored in links
            if (page := self._store.pages.get(stored.link.url))
            # What one feed's access opened is not for the links of others.
            and (page.may_be_republished or stored.link.feed_url in self._access)
        }
        to_fetch = [stored for stored in links if stored.id not in kept]
        self._total = len(links)
        self.intake.asked = len(to_fetch)
        for stored in links:
            if stored.id in kept:
                self._submit(stored, kept[stored.id])
        fetching = FetchThread(
            to_fetch,
            fetcher=fetcher,
            politeness=politeness,
            access=self._access,
            takes_copies=takes_copies,
            videos=videos,
            why_no_transcript=why_no_transcript,
            tell=lambda stored, outcome: self._events.put(partial(self._fetched, stored, outcome)),
            fail=lambda error: self._events.put(partial(_raise, error)),
        )
        self._make_room = fetching.make_room
        self._open += len(to_fetch)
        fetching.start()
        try:
            self._work_off()
        except BaseException:
            fetching.stop()
            raise
        finally:
            fetching.join()
            self.intake.seconds["fetch"] = fetching.seconds

    def complete(
        self, articles: Sequence[Article], *, anew: Collection[str] = (), parts: Collection[Part] = PARTS
    ) -> None:
        """Make what is missing of articles that are there already: vectors and analyses.

        Args:
            articles: The articles.
            anew: Ids of those that are analyzed again though an analysis is there.
            parts: What of it is wanted.
        """
        self._anew, self._parts = frozenset(anew), frozenset(parts)
        self._waiting.extend(articles)
        self._total = len(articles)
        self._work_off()
        # Links that are taken in afterwards become whole articles.
        self._anew, self._parts = frozenset(), frozenset(PARTS)

    def _work_off(self) -> None:
        """Do what has come in; embed and analyze while nothing has."""
        while self._open or self._waiting or self._to_read_alone or not self._events.empty():
            if self._to_read_alone and not self._open:
                self._submit(*self._to_read_alone.pop(0))
            try:
                event = self._events.get(block=not self._waiting)
            except queue.Empty:
                self._finish(self._waiting.pop(0))
            else:
                event()

    def _fetched(self, stored: StoredLink, outcome: Page | ItemError) -> None:
        self._open -= 1
        self._progress("fetch", self._total - self._open, self._total)
        if isinstance(outcome, ItemError):
            self._lost(stored, outcome, stage="fetch")
            return
        self.intake.fetched += 1
        self._store.pages.save(outcome)
        self._submit(stored, outcome)

    def _submit(self, stored: StoredLink, page: Page) -> None:
        self._open += 1
        self.intake.read += 1
        future = self._workers.submit(read_page, page.to_be_read, stored.to_be_read)
        future.add_done_callback(lambda done: self._events.put(lambda: self._extracted(stored, page, done)))

    def _extracted(self, stored: StoredLink, page: Page, done: "Future[Read]") -> None:
        self._open -= 1
        self._make_room()
        try:
            article, its_signature, seconds = done.result()
        except BrokenExecutor as error:
            self._read_again(stored, page, error)
            return
        except (TimeoutError, MemoryError) as error:
            self._lost(stored, ExtractError(stored.link.url, f"its extraction {error}"), stage="extract")
            return
        except ItemError as error:
            if reason := page.header(NO_TRANSCRIPT):
                error = ExtractError(
                    stored.link.url, f"{error.reason}; its transcript was not read: {reason}"
                )
            self._lost(stored, error, stage="extract")
            return
        self._add_seconds("extract", seconds)
        self.intake.extracted += 1
        self._keep(stored, article, its_signature)

    def _read_again(self, stored: StoredLink, page: Page, error: BrokenExecutor) -> None:
        """A page's worker process died; the page may not be why, so it has another try.

        That one comes when nothing else is at work, lest it was want of memory.
        """
        if stored.id in self._died or isinstance(error, SetAsideError):
            reason = "killed the process twice" if stored.id in self._died else str(error)
            reason = f"its extraction {reason}"
            self._lost(stored, ExtractError(stored.link.url, reason), stage="extract")
            return
        self.intake.read -= 1
        self._died.add(stored.id)
        self._to_read_alone.append((stored, page))

    def _keep(self, stored: StoredLink, article: Article, its_signature: NDArray[np.uint32]) -> None:
        self._store.articles.add(article, place=stored.place, signature=its_signature, now=self._now)
        self._store.links.save_kept(stored.id)
        self._waiting.append(article)

    def _lost(self, stored: StoredLink, error: ItemError, *, stage: str) -> None:
        """Use the text the feed carried, where the page will not be had; else note the loss."""
        if not stored.link.body_html or error.is_retryable:
            self._drop(stored, error, stage=stage)
            return
        self._open += 1
        future = self._workers.submit(read_feed_text, stored.to_be_read)
        future.add_done_callback(
            lambda done: self._events.put(lambda: self._feed_text_read(stored, error, stage, done))
        )

    def _feed_text_read(self, stored: StoredLink, error: ItemError, stage: str, done: "Future[Read]") -> None:
        self._open -= 1
        try:
            article, its_signature, _ = done.result()
        except (ItemError, BrokenExecutor, TimeoutError, MemoryError):
            self._drop(stored, error, stage=stage)
        else:
            is_paid = stored.link.feed_url in self._access
            page = page_of_feed_text(stored, is_paid=is_paid, why_no_page=error.reason, now=self._now)
            if page:
                self._store.pages.save(page)
            self._keep(stored, article, its_signature)

    def _drop(self, stored: StoredLink, error: ItemError, *, stage: str) -> None:
        self._store.links.save_dropped(
            stored.id, stage=stage, reason=error.reason, is_retryable=error.is_retryable, now=self._now
        )
        self.intake.dropped.append(Dropped(stored.link.url, stage, error.reason, error.is_retryable))

    def _finish(self, article: Article) -> None:
        """Embed and analyze one article, unless that was done before."""
        model_id = self._embedder.model_id
        analyzer = self._analyzer
        is_wanted = self._includes_other_languages or article.language == self._language
        needs_analysis = (is_wanted and "analysis" in self._parts) and (
            article.id in self._anew
            or not self._store.articles.analyses_of([article.text_hash], analyzer=analyzer)
        )
        known = self._store.articles.vectors_of([article.text_hash], model_id=model_id)
        needs_vector = not known and "vectors" in self._parts
        if not needs_vector and not needs_analysis:
            return
        self.intake.embedded += 1
        if self._embedding_workers:
            library = self._known_library() if needs_analysis else None
            self._complete_in_worker(self._embedding_workers, article, library, needs_vector=needs_vector)
            return
        started = perf_counter()
        tokens = None
        if needs_vector:
            tokens = self._embedder.encode_tokens([article.text])[0]
            self._keep_vector(article, tokens.whole(article.text))
        if needs_analysis and (tokens is None or self._analysis_embedder is not self._embedder):
            tokens = self._analysis_embedder.encode_tokens([article.text])[0]
        self._add_seconds("embed", perf_counter() - started)
        if needs_analysis and tokens is not None:
            self._start_analysis(article, tokens)

    def _complete_in_worker(
        self,
        workers: Callable[[float], Executor],
        article: Article,
        library: Library | None,
        *,
        needs_vector: bool,
    ) -> None:
        """Have a worker embed an article, and analyze it with a library: on a cluster there is more than this
        machine. What an analysis comes to does not touch the vector, which is made by itself then."""
        self._open += 1
        future = workers(embedding_s(article)).submit(
            complete_article,
            article,
            self._embedder if needs_vector else None,
            self._analysis_embedder,
            library,
            self._rules,
            with_nearness=self._model is not None,
        )
        vector_alone = partial(self._complete_in_worker, workers, article, None, needs_vector=True)
        if_lost = vector_alone if needs_vector and library is not None else None
        future.add_done_callback(
            lambda done: self._events.put(lambda: self._completed(article, done, if_lost))
        )

    def _keep_vector(self, article: Article, vector: NDArray[np.float32]) -> None:
        self._store.articles.save_vectors([(article.text_hash, vector)], model_id=self._embedder.model_id)
        self.intake.vectors += 1

    def _known_library(self) -> Library:
        if self._library is None:
            self._library = self._library_of()
        return self._library

    @property
    def _rules(self) -> str:
        """The analyzer that workers run: a language model's answers come later."""
        return self._model.rules if self._model else self._analyzer

    def _start_analysis(self, article: Article, tokens: TokenVectors) -> None:
        """Have a worker analyze an article, so that this process goes on embedding."""
        library = self._known_library()
        self._open += 1
        future = self._workers.submit(
            analyze_article, article, tokens, library, self._rules, with_nearness=self._model is not None
        )
        future.add_done_callback(lambda done: self._events.put(lambda: self._completed(article, done)))

    def _completed(
        self, article: Article, done: "Future[Completed]", if_lost: Callable[[], None] | None = None
    ) -> None:
        self._open -= 1
        try:
            made = done.result()
        except (BrokenExecutor, TimeoutError, MemoryError) as error:
            if article.id in self.intake.unanalyzed:
                return  # Told of already.
            if self._has_another_try(article, error):
                # Its vectors went with the process.
                self._waiting.append(article)
                return
            self._unanalyzed(article, error)
            if if_lost:
                if_lost()
            return
        self._add_seconds("embed", made.embedding_s)
        if made.vector is not None:
            self._keep_vector(article, made.vector)
        if made.analysis is None:
            return
        self._add_seconds("analyze", made.analyzing_s)
        if self._model:
            self._ask_model(self._model, article, made.analysis, made.nearness)
        else:
            self._keep_analysis(article, made.analysis)

    def _ask_model(
        self, model: ModelAnalyzer, article: Article, rules: Analysis, nearness: Nearness | None
    ) -> None:
        """Have a language model analyze an article; what the rules made stands where it fails."""
        self._open += 1
        future = model.thread.submit(model.analyst.analyze(article, rules, nearness))
        future.add_done_callback(lambda done: self._events.put(lambda: self._answered(article, done)))

    def _answered(self, article: Article, done: "Future[Analysis]") -> None:
        self._open -= 1
        try:
            analysis = done.result()
        except (BrokenExecutor, TimeoutError, MemoryError) as error:
            # The answer is kept: the next run needs not ask again.
            self._unanalyzed(article, error)
            return
        if reason := why_by_rules(analysis):
            self.intake.by_rules[reason] += 1
        self._keep_analysis(article, analysis)

    def _keep_analysis(self, article: Article, analysis: Analysis) -> None:
        self._store.articles.save_analysis(article, with_notes(analysis, article, self._store))
        self.intake.analyzed += 1
        self._progress("analyze", self.intake.analyzed, self._total)

    def _has_another_try(self, article: Article, error: Exception) -> bool:
        """Say whether an article is tried again: once where its process was lost, and then by the next run.

        What took too long or too much would do so again.
        """
        if article.id in self._died or isinstance(error, SetAsideError | TimeoutError | MemoryError):
            return False
        self._died.add(article.id)
        return True

    def _unanalyzed(self, article: Article, error: Exception) -> None:
        self.intake.unanalyzed.add(article.id)
        self.intake.dropped.append(Dropped(article.url, "analyze", str(error), is_retryable=True))

    def _add_seconds(self, stage: str, seconds: float) -> None:
        self.intake.seconds[stage] = self.intake.seconds.get(stage, 0.0) + seconds


def _raise(error: BaseException) -> Any:
    raise error
