"""What reads articles in tests: with a fake embedder, and a library of no themes and no patterns."""

from concurrent.futures import Executor
from typing import Any

import numpy as np
from fakes import NOW, FakeEmbedder

from digest.analysis import Library
from digest.intake import ArticleReader
from digest.store import Store


def no_library(dimensions: int = FakeEmbedder.dimensions) -> Library:
    """Make a library with nothing in it."""
    nothing = np.zeros((0, dimensions), np.float32)
    return Library((), nothing, nothing, nothing, (), nothing, nothing, "none")


def reader_of(
    store: Store, workers: Executor, *, embedder: FakeEmbedder | None = None, **options: Any
) -> ArticleReader:
    """Make a reader of English articles; `options` are those of ArticleReader."""
    library = no_library()
    made = {"analyzer": "test", "language": "en", "includes_other_languages": False, "now": NOW}
    made |= {"progress": lambda *_: None, **options}
    return ArticleReader(store, embedder or FakeEmbedder(), lambda: library, workers, **made)
