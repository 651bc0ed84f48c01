"""Taking articles into the archive that come from elsewhere than a feed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.addresses import entry_id
from digest.errors import DigestError
from digest.placing import group_imported
from digest.ports import Embedder, Store
from digest.records import Article
from digest.stages.dedupe import find_copies, signature
from digest.stages.extract.given import article_of_text

BATCH = 500
"""Articles kept in one transaction: what a kill can cost."""


@dataclass(frozen=True)
class Row:
    """A line of an import."""

    id: str
    url: str
    title: str
    text: str
    published: date | None
    author: str = ""
    site: str = ""
    """The publisher's name; the address's host where the row names none."""

    @classmethod
    def of(cls, value: Any) -> "Row":
        """Check a line's object.

        Raises:
            DigestError: it is no object, or a field is missing or of the wrong kind.
        """
        if not isinstance(value, dict):
            raise DigestError(f"expected an object, got {type(value).__name__}")
        for name in ("url", "title", "text"):
            if not isinstance(value.get(name), str):
                raise DigestError(f"{name}: expected text, got {value.get(name)!r}")
        if not value["text"].strip() and not value["title"].strip():
            raise DigestError("text: expected some words, got none")
        identifier = value.get("id") or entry_id(value["url"])
        if not isinstance(identifier, str):
            raise DigestError(f"id: expected text, got {identifier!r}")
        for name in ("author", "site"):
            if not isinstance(value.get(name) or "", str):
                raise DigestError(f"{name}: expected text, got {value[name]!r}")
        published, author, site = _date(value.get("published")), value.get("author"), value.get("site")
        return cls(
            identifier, value["url"], value["title"], value["text"], published, author or "", site or ""
        )


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    added: int
    copies: int
    known: int


def import_articles(
    rows: Sequence[Row],
    store: Store,
    embedder: Embedder,
    *,
    now: datetime,
    progress: Callable[[int, int], None],
) -> Imported:
    """Keep articles with their vectors; copies of others are marked, and every row is kept."""
    taken = store.articles.known_among(row.id for row in rows)
    new = [row for row in {row.id: row for row in rows}.values() if row.id not in taken]
    copies = 0
    for at in range(0, len(new), BATCH):
        batch = [article_of(row) for row in new[at : at + BATCH]]
        copies += _keep(batch, store, embedder, now=now)
        progress(min(at + BATCH, len(new)), len(new))
    group_imported(store, embedder.model_id)
    return Imported(len(new), copies, len(rows) - len(new))


def _keep(batch: Sequence[Article], store: Store, embedder: Embedder, *, now: datetime) -> int:
    known = store.articles.vectors_of((each.text_hash for each in batch), model_id=embedder.model_id)
    missing = [each for each in batch if each.text_hash not in known]
    store.articles.save_vectors(embedded(missing, embedder).items(), model_id=embedder.model_id)
    own = np.stack([signature(f"{each.title}\n{each.text}") for each in batch])
    ids, signatures = store.articles.signatures_near(own)
    fresh = [each.id for each in batch]
    copies = find_copies([*ids, *fresh], np.concatenate([signatures, own]), set(fresh))
    store.articles.add_imported(
        [(each, row, copies.get(each.id, "")) for each, row in zip(batch, own, strict=True)], now=now
    )
    return len(copies)


def embedded(articles: Sequence[Article], embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    """Give the vector of each article's whole text, shape (d,), L2-normalised, by its text hash."""
    if not articles:
        return {}  # asking for nothing would load the model
    texts = [each.text or each.title for each in articles]
    tokens = embedder.encode_tokens(texts)
    return {
        each.text_hash: vectors.whole(text)
        for each, text, vectors in zip(articles, texts, tokens, strict=True)
    }


def article_of(row: Row) -> Article:
    """Give the article that a row is imported as."""
    made = article_of_text(id=row.id, url=row.url, title=row.title, text=row.text, published=row.published)
    return replace(made, author=row.author, site=row.site or made.site)


def _date(value: Any) -> date | None:
    if value is None or value == "":
        return None
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise DigestError(f"published: expected a date such as 2026-11-22, got {value!r}") from error
