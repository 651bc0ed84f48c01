"""What the stages need from outside, as Protocols. Adapters and the store implement them; tests fake them."""

from digest.ports.embedder import Embedder
from digest.ports.fetcher import Fetcher
from digest.ports.store import (
    ArticleStore,
    DraftStore,
    FileStore,
    LikenessStore,
    LinkStore,
    PageStore,
    SearchStore,
    Store,
)

__all__ = [
    "ArticleStore",
    "DraftStore",
    "Embedder",
    "Fetcher",
    "FileStore",
    "LikenessStore",
    "LinkStore",
    "PageStore",
    "SearchStore",
    "Store",
]
