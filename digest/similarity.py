"""The closest articles of the archive, for one article or for measuring. Loads no model."""

from collections.abc import Sequence
from functools import cached_property

from digest.errors import DigestError
from digest.ports import Store
from digest.records import Analysis, Article, ArticleKey, ClosestEntry, Vectors
from digest.stages.relate import Relatable, describe, nearest, ranking

LEAD_CHARACTERS = 1_000
"""How much of a text is looked through for keywords where its own are not known."""


class Archive:
    """The archive's vectors, with what is needed to say why two articles are close."""

    def __init__(self, store: Store, *, model_id: str) -> None:
        self._store = store
        self._model_id = model_id
        self._ids, self._matrix = store.articles.matrix(model_id=model_id)
        self._row_of = {article_id: row for row, article_id in enumerate(self._ids)}
        self._story_of = store.drafts.story_ids()

    def resolve(self, name: str) -> list[str]:
        """Find the articles that an id, the beginning of one, or an address stands for."""
        return self._store.links.resolve(name)

    def vector_of(self, article_id: str) -> Vectors:
        """Give the vector of an article, shape (d,).

        Raises:
            DigestError: it is not in the archive.
        """
        if article_id not in self._row_of:
            raise DigestError(f"{article_id}: nothing in the archive has this id")
        vector: Vectors = self._matrix[self._row_of[article_id]]
        return vector

    def ranked(self, vector: Vectors, without: str, *, limit: int) -> list[ClosestEntry]:
        """Give the plain ranking: no floor, no collapsing, copies included, only `without` left out."""
        found: list[tuple[int, float]] = []
        for row, similarity in ranking(vector, self._matrix):
            if self._ids[row] != without:
                found.append((row, similarity))
            if len(found) == limit:
                break
        titles = self._keys
        return [
            ClosestEntry(self._ids[row], titles[self._ids[row]].title, round(similarity, 6), "related", "")
            for row, similarity in found
        ]

    def closest_to(self, article_id: str, *, min_similarity: float, limit: int) -> list[ClosestEntry]:
        """Find what is closest to an article of the archive."""
        key = self._keys.get(article_id)
        article_id = key.copy_of or article_id if key else article_id
        vector = self.vector_of(article_id)
        article = self._relatables([article_id])[article_id]
        return self._closest(article, vector, min_similarity=min_similarity, limit=limit)

    def closest_to_text(
        self, article: Article, analysis: Analysis, vector: Vectors, *, min_similarity: float, limit: int
    ) -> list[ClosestEntry]:
        """Find what is closest to an article that is not in the archive."""
        return self._closest(
            Relatable(
                id=article.id,
                title=analysis.title,
                published=article.published,
                story_id=article.id,
                keywords=tuple(each.keyword for each in analysis.keywords),
                themes=tuple(each.theme for each in analysis.themes),
            ),
            vector,
            min_similarity=min_similarity,
            limit=limit,
        )

    def _closest(
        self, article: Relatable, vector: Vectors, *, min_similarity: float, limit: int
    ) -> list[ClosestEntry]:
        keys = self._keys
        rows = [row for row, each in enumerate(self._ids) if not keys[each].copy_of]
        own = self._row_of.get(article.id)
        found = nearest(
            vector,
            self._matrix[rows],
            [self._story_id(self._ids[row]) for row in rows],
            own_row=rows.index(own) if own in rows else None,
            without_story=article.story_id,
            min_similarity=min_similarity,
            limit=limit,
        )
        others = self._relatables([self._ids[rows[at]] for at, _ in found])
        return [describe(article, others[self._ids[rows[at]]], similarity) for at, similarity in found]

    @cached_property
    def _keys(self) -> dict[str, ArticleKey]:
        return {key.id: key for key in self._store.articles.listing()}

    def _story_id(self, article_id: str) -> str:
        return self._story_of.get(article_id, article_id)

    def _relatables(self, ids: Sequence[str]) -> dict[str, Relatable]:
        analyses = self._store.articles.analyses_for(ids)
        articles = self._store.articles.get(each for each in ids if each not in analyses)
        return {each: self._relatable(each, analyses.get(each), articles.get(each)) for each in ids}

    def _relatable(self, article_id: str, analysis: Analysis | None, article: Article | None) -> Relatable:
        key = self._keys[article_id]
        return Relatable(
            id=article_id,
            title=analysis.title if analysis else key.title,
            published=key.published,
            story_id=self._story_id(article_id),
            keywords=tuple(each.keyword for each in analysis.keywords) if analysis else (),
            themes=tuple(each.theme for each in analysis.themes) if analysis else (),
            text=article.text[:LEAD_CHARACTERS] if article else "",
        )
