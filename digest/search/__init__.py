"""Search the archive by words and by meaning. Loads no model itself: a query's vector is given or asked for.

The words of a query and its meaning give every article a score each (ranking.py); the two are brought
together, and only then filters, phrases and exclusions take rows out, so that a filtered search gives the
best under the filter and not the filtered best. Where a database finds what is near, it is told what is
allowed before it looks (candidates.py). query.py says what may be typed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.errors import DigestError
from digest.language.secrecy import secretless_url
from digest.ports import Embedder
from digest.records import FoundArticle, Hit, SearchFilter, SearchMode, SearchQuestion, Vectors
from digest.search import candidates, passages, ranking
from digest.search import signal_search as signals
from digest.search.query import MAX_PARTS, Asked, parse
from digest.search.ranking import Scores, best
from digest.search.search_index import Index, open_index
from digest.store import Store
from digest.store.tokenizer import word_hash
from digest.stories.nearest import Index as VectorIndex

MIN_SHARE = 0.34
"""Share of the query's weight an article's words must have to be shown ..."""

MIN_SIMILARITY = 0.3
"""... or the cosine it must have; what has neither is not shown, so that ten asked for may give three. Over
SciFact's train queries 98 of 100 articles that answer pass, and 250 of 5,183 articles a query (middle query,
November 2026). Not for `plain`, which measures."""

MATCHES_KEPT = 2 * MAX_PARTS
"""Phrases and prefixes whose matches are remembered; a bit over a query's worth."""

LOOKED_THROUGH = 5
"""Results looked at for each one shown, so that copies and stories can be left out."""


@dataclass(frozen=True)
class Ranked:
    """Scores of all articles for a query."""

    asked: Asked
    scores: Scores
    by_words: Scores
    """Zeros where only meaning was asked for."""
    by_meaning: Scores | None
    vector: Vectors | None
    weights: dict[str, float]
    """Of each word of the query, in this archive."""
    allowed: NDArray[np.bool_]
    """Shape (n,): what has a score, lies under the filter, and holds what is required, nothing excluded."""
    enough_words: NDArray[np.bool_] | None
    """Shape (n,): what may be shown for its words alone; None where nothing is shown."""
    is_cut: bool = False
    """Whether of the allowed only the best were looked at, and one of the others might be shown."""


class Searcher:
    """An archive opened for searching."""

    def __init__(
        self, store: Store, *, model_id: str, make_embedder: Callable[[], Embedder] | None = None
    ) -> None:
        """Take the archive.

        Args:
            store: The archive.
            model_id: Whose vectors are searched.
            make_embedder: Gives the model when a query must be embedded; None where none may be loaded.
        """
        self._store = store
        self._model_id = model_id
        self._make_embedder = make_embedder
        self._matched: dict[str, NDArray[np.bool_]] = {}

    @cached_property
    def index(self) -> Index:
        """The archive's words and vectors."""
        return open_index(self._store, model_id=self._model_id)

    @cached_property
    def _embedder(self) -> Embedder | None:
        return self._make_embedder() if self._make_embedder else None

    def rank(
        self,
        query: str,
        *,
        mode: SearchMode,
        vector: Vectors | None = None,
        under: NDArray[np.bool_] | None = None,
        is_shown: bool = False,
        is_of_rows: bool = False,
        times: int = 1,
    ) -> Ranked:
        """Score every article, or those that may be the best.

        Args:
            query: As typed.
            mode: By what.
            vector: The query's, shape (d,), where it is known already.
            under: The articles under a filter; None for all.
            is_shown: Whether only what is above the floor is wanted.
            is_of_rows: Whether phrases and exclusions are asked of signal rows, and not of articles.
            times: How many times as many as usual are looked at, where not all are.
        """
        asked = parse(query, self._store.search.words)
        weights = self._weights(asked.words)
        nothing = Asked(asked.text, ())
        by_words = self._word_scores(nothing if mode == "meaning" else asked)
        allowed = np.ones(len(self.index.places), dtype=bool) if under is None else under
        enough = self._enough_words(weights, by_words) if is_shown else None
        is_by_words = mode == "words" or not asked.text
        if not is_of_rows:
            allowed = allowed & self._held(asked, by_words if is_by_words else None)
        if is_by_words:
            return Ranked(asked, by_words, by_words, None, None, weights, allowed, enough)
        vector = self.vectors([query])[0] if vector is None else vector
        is_cut, vectors = False, self.index.vectors
        if isinstance(vectors, VectorIndex):
            by_meaning = ranking.similarities(self.index, vectors, vector)
        else:
            worded = by_words > 0 if enough is None or mode == "meaning" else enough
            looked = candidates.look(
                self.index, vectors, vector, by_words, allowed=allowed, worded=worded, times=times
            )
            allowed, by_meaning = looked.rows, looked.cosines
            is_cut = looked.are_words_cut or looked.farthest >= (MIN_SIMILARITY if is_shown else -1)
        weight = 0.0 if mode == "meaning" else sum(weights.values())
        scores = ranking.fuse(by_words, by_meaning, weight)
        return Ranked(asked, scores, by_words, by_meaning, vector, weights, allowed, enough, is_cut)

    def plain(self, query: str, *, mode: SearchMode, limit: int, vector: Vectors | None = None) -> list[Hit]:
        """Give the plain ranking, for measuring: no floor, no collapsing, copies included."""
        times = math.ceil(LOOKED_THROUGH * limit / candidates.NEAREST)
        ranked = self.rank(query, mode=mode, vector=vector, times=times)
        rows = best(self.index, ranked.scores, allowed=ranked.allowed, limit=limit)
        places = self.index.places[rows].tolist()
        listed = self._store.search.listed(places)
        return [
            Hit(*listed[place], score=round(float(ranked.scores[row]), 6), passage="")
            for row, place in zip(rows, places, strict=True)
        ]

    def search(self, question: SearchQuestion, *, limit: int, newer_than: int = 0) -> list[Hit]:
        """Find what a person wants to see: above a floor, copies left out, one of a story, with passages.

        Args:
            question: What is looked for, and where.
            limit: At most this many.
            newer_than: Only articles whose words have a higher version; 0 for all.

        Raises:
            DigestError: nothing is looked for, only exclusions.
        """
        if parse(question.query, self._store.search.words).is_empty:
            raise DigestError(f"{question.query}: nothing to look for; give a word that results shall hold")
        under = self._under_filter(question)
        if newer_than:
            under &= self.index.versions > newer_than
        if question.unit == "signals":
            ranked = self.rank(question.query, mode=question.mode, under=under, is_of_rows=True)
            return self._signals(ranked, under, question, limit)
        ranked, shown = self._ranked_and_shown(question, under, limit)
        is_entry = question.unit == "entries"
        of = [article for _, article, _ in shown]
        texts = self._passages(of, ranked, self._embedder_in(question), prefers_entry=is_entry)
        return [
            Hit(
                id=article.id,
                title=(article.draft_title if is_entry else "") or article.title,
                url=secretless_url((article.entry_url if is_entry else "") or article.url),
                score=round(float(ranked.scores[row]), 6),
                passage=passage,
                published=article.published,
                site=article.site,
                others=others,
            )
            for (row, article, others), passage in zip(shown, texts, strict=True)
        ]

    def _ranked_and_shown(
        self, question: SearchQuestion, under: NDArray[np.bool_], limit: int
    ) -> tuple[Ranked, list[tuple[int, FoundArticle, int]]]:
        """Rank, and choose what is shown; looked at further down while that is too little."""
        times, vector = 1, None
        while True:
            ranked = self.rank(
                question.query, mode=question.mode, vector=vector, under=under, is_shown=True, times=times
            )
            allowed = ranked.allowed & self._above_floor(ranked, question.mode)
            shown = self._shown(ranked, allowed, limit)
            if not ranked.is_cut or len(shown) >= limit:
                return ranked, shown
            times, vector = 4 * times, ranked.vector

    def _embedder_in(self, question: SearchQuestion) -> Embedder | None:
        return None if question.mode == "words" else self._embedder

    def vectors(self, queries: Sequence[str]) -> list[Vectors]:
        """Embed queries, for `rank` and `plain`; shape (d,) each."""
        if self._embedder is None:
            raise DigestError("searching by meaning needs the embedding model; use --mode words without it")
        texts = [parse(query, self._store.search.words).text for query in queries]
        return list(self._embedder.encode(texts))

    def _weights(self, words: Sequence[str]) -> dict[str, float]:
        count = len(self.index.places)
        holding = {
            word: sum(len(part.postings(word_hash(word))[0]) for part in self.index.parts) for word in words
        }
        return {word: ranking.word_weight(count, number) for word, number in holding.items()}

    def _word_scores(self, asked: Asked) -> Scores:
        scores = ranking.word_scores(self.index, [word_hash(word) for word in asked.words])
        # A phrase or prefix counts once more, like a word that stands in the articles it matches.
        for group in asked.required:
            for part in group:
                if part.is_phrase or part.is_prefix:
                    rows = self._rows_matching(part.expression)
                    scores[rows] += ranking.word_weight(len(scores), int(rows.sum()))
        return scores

    def _under_filter(self, question: SearchQuestion) -> NDArray[np.bool_]:
        in_entries = question.unit == "entries"
        if question.filter == SearchFilter() and not in_entries:
            return np.ones(len(self.index.places), dtype=bool)
        places = self._store.search.places_under(question.filter, in_entries=in_entries)
        return self.index.mask_of(places)

    def _held(self, asked: Asked, by_words: Scores | None) -> NDArray[np.bool_]:
        """Mark the rows that hold what is required and nothing excluded; and any word, where these count."""
        held = np.ones(len(self.index.places), dtype=bool)
        for group in asked.required:
            held &= np.logical_or.reduce([self._rows_matching(part.expression) for part in group])
        if asked.exclusion:
            held &= ~self._rows_matching(asked.exclusion)
        if by_words is not None:
            held &= by_words > 0
        return held

    def _rows_matching(self, expression: str) -> NDArray[np.bool_]:
        # Kept while one query is answered, which asks for a phrase to score it and to require it.
        if expression not in self._matched:
            if len(self._matched) > MATCHES_KEPT:
                self._matched.clear()
            self._matched[expression] = self.index.mask_of(self._store.search.matching(expression))
        return self._matched[expression]

    def _enough_words(self, weights: dict[str, float], by_words: Scores) -> NDArray[np.bool_]:
        total = sum(weights.values())
        held = np.zeros(len(self.index.places), dtype=np.float32)
        at = 0
        for part in self.index.parts:
            for word, weight in weights.items():
                held[at : at + len(part.places)][part.postings(word_hash(word))[0]] += weight
            at += len(part.places)
        enough: NDArray[np.bool_] = (held >= MIN_SHARE * total) & (by_words > 0)
        return enough

    def _above_floor(self, ranked: Ranked, mode: SearchMode) -> NDArray[np.bool_]:
        assert ranked.enough_words is not None
        if ranked.by_meaning is None:
            return ranked.enough_words
        by_meaning: NDArray[np.bool_] = ranked.by_meaning >= MIN_SIMILARITY
        return by_meaning if mode == "meaning" else ranked.enough_words | by_meaning

    def _shown(
        self, ranked: Ranked, allowed: NDArray[np.bool_], limit: int
    ) -> list[tuple[int, FoundArticle, int]]:
        """Choose (row, article, how many others of its story) of what is shown, best first."""
        shown: dict[str, tuple[int, FoundArticle, int]] = {}
        looked_through = limit * LOOKED_THROUGH
        while True:
            rows = best(self.index, ranked.scores, allowed=allowed, limit=looked_through)
            found = self._store.search.found_articles(self.index.places[rows].tolist())
            shown.clear()
            for row in rows:
                article = found[int(self.index.places[row])]
                if article.story_id in shown:
                    first, lead, others = shown[article.story_id]
                    shown[article.story_id] = (first, lead, others + 1)
                else:
                    shown[article.story_id] = (row, article, 0)
            if len(shown) >= limit or len(rows) < looked_through:
                return list(shown.values())[:limit]
            looked_through *= 4

    def _signals(
        self, ranked: Ranked, allowed: NDArray[np.bool_], question: SearchQuestion, limit: int
    ) -> list[Hit]:
        """Find signal rows of the allowed articles: phrases and exclusions are asked of the row itself."""
        search, asked = self._store.search, ranked.asked
        matching = dict(search.signals_matching(signals.expression_of(asked)))
        embedder = self._embedder_in(question)
        near: list[int] = []
        if embedder and ranked.by_meaning is not None and not asked.required and not asked.exclusion:
            nearest = best(self.index, ranked.by_meaning, allowed=ranked.allowed, limit=signals.NEAR_ARTICLES)
            near = search.signals_of(self.index.places[nearest].tolist())
        found = search.found_signals([*dict.fromkeys([*matching, *near])])
        allowed_places = set(self.index.places[allowed].tolist())
        rows = [row for row in (*matching, *near) if row in found and found[row].place in allowed_places]
        rows = list(dict.fromkeys(rows))
        if not rows:
            return []
        highest = max(matching.values(), default=1.0)
        texts = [signals.row_text(found[row]) for row in rows]
        shares = self.shares(texts, ranked)
        scores = {row: matching.get(row, 0.0) / highest for row in rows}
        is_shown = {row: share >= MIN_SHARE for row, share in zip(rows, shares, strict=True)}
        if embedder and ranked.vector is not None:
            vectors = signals.row_vectors(texts[: signals.MAX_ROWS], self._store, embedder)
            for row, cosine in zip(rows, (vectors @ ranked.vector).tolist(), strict=False):
                scores[row] = cosine + (scores[row] if question.mode == "hybrid" else 0.0)
                is_shown[row] |= cosine >= MIN_SIMILARITY
        rows = sorted((row for row in rows if is_shown[row]), key=lambda row: (-scores[row], row))[:limit]
        cells = self.marked([passages.plain(cell) for row in rows for cell in found[row].cells], ranked)
        return [
            signals.hit_of(found[row], cells[4 * at : 4 * at + 4], scores[row]) for at, row in enumerate(rows)
        ]

    def _passages(
        self,
        articles: Sequence[FoundArticle],
        ranked: Ranked,
        embedder: Embedder | None,
        *,
        prefers_entry: bool,
    ) -> list[str]:
        texts = passages.best_spans(
            articles,
            lambda sentences: self.shares(sentences, ranked),
            vector=ranked.vector,
            embed=embedder.encode if embedder else None,
            prefers_entry=prefers_entry,
        )
        return [passages.fit(text) for text in self.marked(texts, ranked)]

    def shares(self, texts: Sequence[str], ranked: Ranked) -> list[float]:
        """Say of each text which share of the query's weight its words have, 0 to 1."""
        total = sum(ranked.weights.values()) or 1.0
        return [
            sum(weight for word, weight in ranked.weights.items() if word in words) / total
            for words in self._store.search.words_in(texts)
        ]

    def marked(self, texts: Sequence[str], ranked: Ranked) -> list[str]:
        """Put marks around the words looked for."""
        return self._store.search.marked(
            texts, passages.marking(ranked.asked), start=passages.START_MARK, end=passages.END_MARK
        )
