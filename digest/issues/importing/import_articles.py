"""Taking articles into the archive that come from elsewhere than a feed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.articles.given import article_of_text
from digest.errors import DigestError, ItemError
from digest.issues.importing.keeping import keep_imported
from digest.language.addresses import entry_id, is_web_address
from digest.language.secrecy import shown_addresses, shown_given, shown_text
from digest.ports import Embedder
from digest.records import Article
from digest.store import Store
from digest.stories.placing import group_imported
from digest.workspace.files import is_plain_name

OWN_SCHEMES = ("id:", "file:")
"""What this program itself gives a text for an address that came without one."""

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
                raise DigestError(f"{name}: expected text, got {_shown(value.get(name))}")
        if not value["text"].strip() and not value["title"].strip():
            raise DigestError("text: expected some words, got none")
        if not _is_address(value["url"]):
            raise DigestError(f"url: expected an http(s) address, got {_shown(value['url'])}")
        identifier = value.get("id") or entry_id(value["url"])
        if not isinstance(identifier, str):
            raise DigestError(f"id: expected text, got {_shown(identifier)}")
        if not is_plain_name(identifier):
            raise DigestError(
                "id: expected letters, digits, dots, hyphens and underscores, 120 at most, "
                f"got {_shown(identifier)}"
            )
        for name, each in (*value.items(), ("id", identifier)):
            if isinstance(each, str) and "\0" in each:
                raise DigestError(f"{name}: expected text, got a NUL character in it")
        for name in ("author", "site"):
            if not isinstance(value.get(name) or "", str):
                raise DigestError(f"{name}: expected text, got {_shown(value[name])}")
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
    lost: tuple[tuple[str, str], ...] = ()
    """(id, reason) of rows that could not be made articles, or have the id of another."""


def import_articles(
    rows: Sequence[Row],
    store: Store,
    embedder: Embedder,
    *,
    now: datetime,
    progress: Callable[[int, int], None],
    make: "Callable[[Row], Article] | None" = None,
) -> Imported:
    """Keep articles with their vectors; copies of others are marked, and every row is kept.

    Of lines with one id the first counts; one that says something else is lost, and named.

    Args:
        rows: The lines.
        store: The archive.
        embedder: Gives the vectors.
        now: Aware, UTC.
        progress: Told how many are kept, of how many.
        make: Gives a row's article, or raises ItemError: the row is named then, and the others are kept.
    """
    make = make or article_of
    taken = store.articles.known_among(row.id for row in rows)
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.id, row)
    new = [row for row in first.values() if row.id not in taken]
    other = [row for row in rows if row.id not in taken and row != first[row.id]]
    copies = 0
    lost: list[tuple[str, str]] = []
    for at in range(0, len(new), BATCH):
        batch: list[Article] = []
        for row in new[at : at + BATCH]:
            try:
                batch.append(make(row))
            except ItemError as error:
                lost.append((row.id, error.reason))
        if batch:
            copies += keep_imported(
                batch, store, lambda missing: embedded(missing, embedder), model_id=embedder.model_id, now=now
            )
        progress(min(at + BATCH, len(new)), len(new))
    group_imported(store, embedder.model_id)
    named = [
        (row.id, f"has the id of an earlier line, and says something else: {_shown(row.title)}")
        for row in other
    ]
    return Imported(len(new) - len(lost), copies, len(rows) - len(new) - len(other), (*lost, *named))


def embedded(articles: Sequence[Article], embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    """Give the vector of each article's whole text, shape (d,), L2-normalised, by its text hash."""
    texts = [each.text or each.title for each in articles]
    tokens = embedder.encode_tokens(texts)
    return {
        each.text_hash: vectors.whole(text)
        for each, text, vectors in zip(articles, texts, tokens, strict=True)
    }


def article_of(row: Row) -> Article:
    """Give the article that a row is imported as."""
    made = article_of_text(id=row.id, url=row.url, title=row.title, text=row.text, published=row.published)
    return replace(
        made,
        title=shown_addresses(made.title),
        author=shown_addresses(row.author),
        site=shown_text(row.site) or made.site,
    )


def _is_address(url: str) -> bool:
    return is_web_address(url) or (url.startswith(OWN_SCHEMES) and url.isprintable())


def _shown(value: Any) -> str:
    shown = repr(shown_given(value) if isinstance(value, str) else value)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."


def _date(value: Any) -> date | None:
    if value is None or value == "":
        return None
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise DigestError(f"published: expected a date such as 2026-11-22, got {_shown(value)}") from error
