"""The archives that stories, hubs and search are measured on: labelled data, imported as any other."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.errors import DigestError
from digest.issues.importing import Row, article_of, embedded, import_articles
from digest.ports import Embedder
from digest.records import Vectors
from digest.store import Store
from tests.quality.evaluation.corpus import PAGES
from tests.quality.evaluation.kept_vectors import KeptVectors

NEWS = Path("stories", "ecbplus.jsonl")

PLAIN_TOKENS = 254
"""What all-MiniLM-L6-v2 reads of a text by itself: 256 less the marks of beginning and end."""

PLAIN_CHARACTERS = 2_000
"""Surely more than PLAIN_TOKENS have."""

BATCH = 200
"""Texts embedded before their vectors are written: what a kill can cost."""


@dataclass(frozen=True)
class ArchiveMaker:
    """What making an archive takes."""

    open_store: Callable[[], AbstractContextManager[Store]]
    """Gives a new, empty one, which is gone afterwards."""
    embedder: Embedder
    kept: KeptVectors
    now: datetime
    progress: Callable[[str, int, int], None]

    @contextmanager
    def made(self, rows: Sequence[Row], *, name: str) -> Iterator[Store]:
        """Import articles into a new archive.

        Args:
            rows: As `digest import` reads them.
            name: What progress is told of.
        """
        with self.open_store() as store:
            store.articles.save_vectors(self._vectors_of(rows, name).items(), model_id=self.embedder.model_id)
            import_articles(
                rows,
                store,
                self.embedder,
                now=self.now,
                progress=lambda done, total: self.progress(f"{name}: import", done, total),
            )
            yield store

    def _vectors_of(self, rows: Sequence[Row], name: str) -> dict[str, NDArray[np.float32]]:
        """Embed what is not kept yet, as the import would."""
        articles = {article.text_hash: article for article in map(article_of, rows)}
        missing = [article for each, article in articles.items() if each not in self.kept.known]
        for at in range(0, len(missing), BATCH):
            batch = missing[at : at + BATCH]
            self.kept.add(embedded(batch, self.embedder))
            self.kept.write()
            self.progress(f"{name}: embed", at + len(batch), len(missing))
        return {each: self.kept.known[each] for each in articles}

    def plain_vectors(self, texts: Sequence[str]) -> Vectors:
        """Embed texts as the model does by itself: what comes after its first window is not read.

        Returns:
            Shape (n, d), rows L2-normalised.
        """
        keys = [hashlib.sha256(f"first window\0{text}".encode()).hexdigest() for text in texts]
        for done, (key, text) in enumerate(zip(keys, texts, strict=True), 1):
            if key not in self.kept.known:
                tokens = self.embedder.encode_tokens([text[:PLAIN_CHARACTERS]])[0]
                end = int(tokens.ends[:PLAIN_TOKENS][-1]) if len(tokens.ends) else 0
                self.kept.add({key: self.embedder.encode([text[:end]])[0]})
            self.progress("plain vectors", done, len(texts))
        self.kept.write()
        return np.stack([self.kept.known[key] for key in keys])


@dataclass(frozen=True)
class News:
    """Labelled news texts."""

    rows: tuple[Row, ...]
    story_of: Mapping[str, str]
    """Labelled story by id."""


def load_news(data: Path, *, limit: int | None = None) -> News:
    """Read the texts of ECB+ with the story each is labelled with.

    Args:
        data: The folder of labelled data.
        limit: At most so many texts, the first of the file: whole stories.

    Raises:
        DigestError: the file is missing.
    """
    found = rows_of(data / NEWS)[:limit]
    rows = tuple(Row.of({"url": f"id:{row['id']}", **row}) for row in found)
    return News(rows, {row["id"]: row["story"] for row in found})


def load_pages(data: Path, *, limit: int | None = None) -> tuple[Row, ...]:
    """Read the real pages as rows of an import."""
    return tuple(Row.of(row) for row in rows_of(data / PAGES)[:limit])


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines.

    Raises:
        DigestError: there is no such file.
    """
    if not path.is_file():
        raise DigestError(f"{path}: not found; leave out the parts that need it with --only")
    # Not splitlines: texts may hold other line separators than the newline.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
