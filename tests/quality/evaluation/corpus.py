"""The labelled data that figures are measured on: pages with their text, entries with reference signals."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digest.articles.given import article_of_text
from digest.errors import DigestError
from digest.records import Article

PAGES = Path("pages", "articles.jsonl")
ENTRIES = Path("entries")
MEASURED_ON = (
    "pages/articles.jsonl",
    "entries/*.json",
    "keyphrases/*.jsonl",
    "faithfulness/**/*.jsonl",
    "stories/*.jsonl",
    "signals/*",
    "search/scifact/*.jsonl",
    "search/scifact/qrels/train.tsv",
)
"""All files that figures are measured on, as patterns below the data folder."""


@dataclass(frozen=True)
class ReferenceEntry:
    """An article whose signals someone else has written down."""

    article: Article
    signals: tuple[str, ...]


@dataclass(frozen=True)
class Corpus:
    """What is measured on."""

    folder: Path
    pages: tuple[Article, ...]
    entries: tuple[ReferenceEntry, ...]
    limit: int | None = None
    """At most so many pages and labelled texts of a set were asked for."""

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles of pages and entries, in this order."""
        return (*self.pages, *(entry.article for entry in self.entries))


def load_corpus(folder: Path, *, limit: int | None = None) -> Corpus:
    """Read pages and entries.

    Args:
        folder: Holds pages/articles.jsonl and entries/*.json.
        limit: At most so many pages, spread evenly over the file; None for all.

    Raises:
        DigestError: the folder or a file is missing or is not what it should be.
    """
    if not folder.is_dir():
        raise DigestError(f"{folder}: no such folder; give the labelled data with --data or DIGEST_DEV_DATA")
    if not (folder / PAGES).is_file():
        raise DigestError(f"{folder}: holds no {PAGES}; expected a folder of labelled data")
    pages = [_page(row, folder / PAGES) for row in _lines(folder / PAGES)]
    if limit is not None and limit < len(pages):
        pages = [pages[at * len(pages) // limit] for at in range(limit)]
    entries = [_entry(path) for path in sorted((folder / ENTRIES).glob("*.json"))]
    return Corpus(folder, tuple(pages), tuple(entry for entry in entries if entry is not None), limit)


def corpus_files(folder: Path) -> list[Path]:
    """Give the files a corpus is read from, sorted: what a pinned figure holds for."""
    return sorted(path for pattern in MEASURED_ON for path in folder.glob(pattern))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    # Not splitlines(): a text may hold separators that JSON leaves as they are (U+2028).
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line:
            continue
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            raise DigestError(f"{path}: line {number}: not JSON: {error.msg}") from error


def _page(row: dict[str, Any], path: Path) -> Article:
    try:
        return article_of_text(
            id=row["id"],
            url=row["url"],
            title=row["title"],
            text=row["text"],
            published=_date(row.get("published")),
        )
    except KeyError as error:
        raise DigestError(f"{path}: a line without {error}") from error


def _entry(path: Path) -> ReferenceEntry | None:
    """Read an entry; None for one whose article's text is not known."""
    row = json.loads(path.read_text(encoding="utf-8"))
    if not row.get("article_text"):
        return None
    article = article_of_text(
        id=path.stem, url=row["url"], title=row["title"], text=row["article_text"], published=None
    )
    return ReferenceEntry(article, tuple(signal["Signal"] for signal in row["signals"]))


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
