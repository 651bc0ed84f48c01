"""The closest articles of the archive, for one article or for measuring. Loads no model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.errors import DigestError
from digest.records import Analysis, Article, ArticleKey, ClosestEntry
from digest.store import Store
from digest.stories.closest import Candidate, Relatable, choose, describe, reach
from digest.stories.measure import Floats, Profiles, shown
from digest.stories.nearest import Places
from digest.stories.smoothing import Smoothed
from digest.stories.terms import Terms, terms_of
from digest.stories.vector_index import open_index
from digest.stories.weighing import open_frequencies, open_smoothed, weigh_new

SMALL = 4_000
"""In an archive of at most so many every article is compared in full; in a larger one CANDIDATES are."""

CANDIDATES = 400
"""Articles nearest by vector that are compared in full. On ECB+ the 100 nearest by vector hold 99 of 100
reports of the same event."""

ROUND = 16
"""Candidates looked at for hubs at once; enough for most lists of an entry."""

OPENED = 256
"""Candidates whose story is looked up at most: with one a story, enough for 50 closest."""


@dataclass(frozen=True)
class Query:
    """What an article is compared by."""

    vector: NDArray[np.float32]
    """Shape (d,), L2-normalised."""
    terms: Terms
    place: int = -1
    """Of an article of the archive; -1 for another."""


@dataclass(frozen=True)
class Comparison:
    """Articles compared in full with a query."""

    places: Places
    """Shape (n,), nearest first, ties in order of being seen; the query itself left out."""
    similarities: Floats
    """Shape (n,), not yet on the scale people see."""


class Archive:
    """The archive, for comparing articles with it."""

    def __init__(self, store: Store, *, model_id: str) -> None:
        """Open the archive; articles that were not weighed yet are, once."""
        weigh_new(store, model_id)
        self._store = store
        self._model_id = model_id
        self._index = open_index(store, model_id=model_id)
        self.frequencies = open_frequencies(store)
        self._keys: dict[int, ArticleKey] = {}

    def resolve(self, name: str) -> list[str]:
        """Find the articles that an id, the beginning of one, or an address stands for."""
        return self._store.links.resolve(name)

    def query_of(self, article_id: str) -> Query:
        """Give what an article of the archive is compared by.

        Raises:
            DigestError: it is not in the archive, or has no vector of the model.
        """
        key = self._store.articles.keys_of([article_id]).get(article_id)
        if key is None:
            raise DigestError(f"{article_id}: nothing in the archive has this id")
        rows = self._index.rows_of([key.place])
        if not len(rows):
            raise DigestError(f"{article_id}: the archive has no vector of it by the model {self._model_id}")
        terms = self._store.likeness.terms_at([key.place])
        return Query(self._index.vectors_at(rows)[0], terms[key.place], key.place)

    def query_of_text(self, title: str, text: str, vector: NDArray[np.float32]) -> Query:
        """Give what an article is compared by that is not in the archive."""
        return Query(vector, terms_of(f"{title}\n{text}" if title else text))

    def compared(self, query: Query) -> Comparison:
        """Compare the query with the articles nearest to it; in a small archive with all."""
        if not len(self._index):
            return Comparison(np.zeros(0, dtype=np.int64), np.zeros(0))
        if len(self._index) <= SMALL:
            smoothed = self._all
        else:
            rows = np.sort(self._index.nearest(query.vector[None], count=CANDIDATES)[0])
            smoothed = self._smoothed(self._index.places_at(rows))
        own = Profiles(query.vector[None], [query.terms], self.frequencies)
        candidates, similarities = smoothed.chosen, smoothed.compared(own, query.place)
        order = np.argsort(-similarities, kind="stable")
        order = order[candidates[order] != query.place]
        return Comparison(candidates[order], similarities[order])

    def ranked(self, query: Query, without: str, *, limit: int) -> list[ClosestEntry]:
        """Give the plain ranking: no floor, no collapsing, copies included, only `without` left out."""
        found = self.compared(query)
        keys = self._keys_at(found.places[: limit + 1].tolist())
        entries = [
            ClosestEntry(key.id, key.title, round(shown(similarity), 6), "related", "")
            for place, similarity in zip(found.places.tolist(), found.similarities.tolist(), strict=True)
            if (key := keys.get(place)) and key.id != without
        ]
        return entries[:limit]

    def earlier_than(self, article: ArticleKey, *, without: set[int], limit: int) -> list[tuple[int, float]]:
        """Give (place, similarity) of the nearest originals seen before an article, nearest first."""
        found = self.compared(self.query_of(article.id))
        unfit = without | self._copies
        return [
            (place, shown(similarity))
            for place, similarity in zip(found.places.tolist(), found.similarities.tolist(), strict=True)
            if place < article.place and place not in unfit
        ][:limit]

    def terms_at(self, places: Sequence[int]) -> dict[int, Terms]:
        """Give the terms of articles by place."""
        return self._store.likeness.terms_at(places)

    def article(self, article_id: str) -> Article:
        """Give an article of the archive."""
        return self._store.articles.get([article_id])[article_id]

    def closest_to(
        self, article_id: str, *, min_similarity: float, limit: int, among: set[str] | None = None
    ) -> list[ClosestEntry]:
        """Find what is closest to an article of the archive.

        Args:
            article_id: Of an article; in place of a copy stands its original.
            min_similarity: Floor, on the scale people see.
            limit: At most this many.
            among: The articles that may be named; None for all.
        """
        key = self._store.articles.keys_of([article_id]).get(article_id)
        article_id = key.copy_of or article_id if key else article_id
        query = self.query_of(article_id)
        article = self._relatables([article_id])[article_id]
        return self._closest(article, query, min_similarity=min_similarity, limit=limit, among=among)

    def closest_to_text(
        self,
        article: Article,
        analysis: Analysis,
        vector: NDArray[np.float32],
        *,
        min_similarity: float,
        limit: int,
    ) -> list[ClosestEntry]:
        """Find what is closest to an article that is not in the archive."""
        relatable = Relatable(
            id=article.id,
            title=analysis.title,
            published=article.published,
            story_id=article.id,
            keywords=tuple(each.keyword for each in analysis.keywords),
            themes=tuple(each.theme for each in analysis.themes),
            text=article.text,
        )
        query = self.query_of_text(article.title, article.text, vector)
        return self._closest(relatable, query, min_similarity=min_similarity, limit=limit)

    def _closest(
        self,
        article: Relatable,
        query: Query,
        *,
        min_similarity: float,
        limit: int,
        among: set[str] | None = None,
    ) -> list[ClosestEntry]:
        found = choose(
            self._candidates(query, min_similarity, among),
            without_story=article.story_id,
            min_similarity=min_similarity,
            max_rank=reach(len(self._index)),
            limit=limit,
        )
        keys = self._store.articles.keys_at([each.place for each in found])
        others = self._relatables([keys[each.place].id for each in found])
        return [describe(article, others[keys[each.place].id], each.similarity) for each in found]

    def _candidates(self, query: Query, min_similarity: float, among: set[str] | None) -> Iterator[Candidate]:
        """Give originals nearest first, each with what tells hubs and the merely usual."""
        found = self.compared(query)
        is_near = np.array(
            [shown(each) >= min_similarity for each in found.similarities.tolist()], dtype=bool
        )
        is_near &= ~np.isin(found.places, list(self._copies))
        if among is not None:
            wanted = [key.place for key in self._store.articles.keys_of(among).values()]
            is_near &= np.isin(found.places, wanted)
        places, similarities = found.places[is_near][:OPENED], found.similarities[is_near]
        keys = self._store.articles.keys_at(places.tolist())
        stories = self._store.drafts.stories_of(key.id for key in keys.values())
        level = self._index.level_of(query.vector, is_among=query.place >= 0)
        for at in range(0, len(places), ROUND):
            part = places[at : at + ROUND]
            names = [stories.get(keys[place].id, keys[place].id) for place in part.tolist()]
            ranks, margins = self._seen_from(part, names, query, level)
            for row, (place, name) in enumerate(zip(part.tolist(), names, strict=True)):
                yield Candidate(
                    place, name, shown(float(similarities[at + row])), float(margins[row]), int(ranks[row])
                )

    def _seen_from(
        self, places: Places, story_ids: Sequence[str], query: Query, level: float
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Say at which rank the query stands for each candidate, its own story not counted."""
        rows = self._index.rows_of(places)
        members = self._store.drafts.members_of(set(story_ids))
        ids = {each for its_members in members.values() for each in its_members}
        place_of = {key.id: key.place for key in self._store.articles.keys_of(ids).values()}
        # As near as itself: whether its own row counts would hang on the last bit of two products.
        own = [
            self._index.rows_of(
                [query.place, *(place_of[each] for each in members.get(story_id, ()) if each in place_of)]
            )
            for story_id in story_ids
        ]
        ranks, margins = self._index.ranks_from(rows, query.vector, level, uncounted=own)
        neighbours = self._store.likeness.neighbours_at(places.tolist(), model_id=self._model_id)
        for at, place in enumerate(places.tolist()):
            if any(other == query.place for other, _ in neighbours.get(place, ())):
                ranks[at] = 0
        return ranks, margins

    def _keys_at(self, places: Sequence[int]) -> dict[int, ArticleKey]:
        self._keys |= self._store.articles.keys_at(each for each in places if each not in self._keys)
        return self._keys

    @cached_property
    def _copies(self) -> set[int]:
        return self._store.likeness.copies()

    @cached_property
    def _all(self) -> Smoothed:
        return self._smoothed(self._index.places_at(np.arange(len(self._index))))

    def _smoothed(self, places: Places) -> Smoothed:
        return open_smoothed(self._store, self._model_id, self._index, self.frequencies, places)

    def _relatables(self, ids: Sequence[str]) -> dict[str, Relatable]:
        analyses = self._store.articles.analyses_for(ids)
        articles = self._store.articles.get(ids)
        keys = self._store.articles.keys_of(ids)
        stories = self._store.drafts.stories_of(ids)
        return {
            each: _relatable(keys[each], stories.get(each, each), analyses.get(each), articles[each])
            for each in ids
        }


def _relatable(key: ArticleKey, story_id: str, analysis: Analysis | None, article: Article) -> Relatable:
    return Relatable(
        id=key.id,
        title=analysis.title if analysis else key.title,
        published=key.published,
        story_id=story_id,
        keywords=tuple(each.keyword for each in analysis.keywords) if analysis else (),
        themes=tuple(each.theme for each in analysis.themes) if analysis else (),
        text=article.text,
    )
