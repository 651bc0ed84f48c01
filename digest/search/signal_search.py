"""Search the rows of signal tables: by the words of their cells, and by the meaning of the whole row.

Rows have no vectors of their own in the archive: those that share a word with the query, and those of the
articles nearest to it, are embedded when they are first looked at, and kept.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from digest.language.secrecy import secretless_url
from digest.ports import Embedder
from digest.records import FoundSignal, Hit, Vectors
from digest.search.passages import plain
from digest.search.query import Asked, Part
from digest.store import Store

MAX_ROWS = 300
"""Rows compared by meaning: the best by words, then those of the nearest articles. A row is embedded in about
3 ms on one core, so the first search of a kind takes a second at most."""

NEAR_ARTICLES = 40
"""Nearest articles whose rows are compared though they share no word with the query."""


def expression_of(asked: Asked) -> str:
    """Say as FTS5 does which rows match: any word looked for, all that is required, nothing excluded."""
    words = " OR ".join(Part(word).expression for word in asked.written)
    parts = [f"({part})" for part in (words if not asked.required else "", asked.constraint) if part]
    found = " AND ".join(parts)
    return f"({found}) NOT ({asked.exclusion})" if found and asked.exclusion else found


def row_text(signal: FoundSignal) -> str:
    """Give a row as one text, to be embedded."""
    return ". ".join(plain(cell).rstrip(".") for cell in signal.cells if cell)


def row_vectors(texts: Sequence[str], store: Store, embedder: Embedder) -> Vectors:
    """Embed rows, taking from the archive what was embedded before. Shape (n, d)."""
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    known = store.articles.vectors_of(hashes, model_id=embedder.model_id)
    new = {each: text for each, text in zip(hashes, texts, strict=True) if each not in known}
    if new:
        made = dict(zip(new, embedder.encode(list(new.values())), strict=True))
        store.articles.save_vectors(made.items(), model_id=embedder.model_id)
        known |= store.articles.vectors_of(new, model_id=embedder.model_id)
    return np.stack([known[each] for each in hashes])


def hit_of(signal: FoundSignal, marked: Sequence[str], score: float) -> Hit:
    """Make a result of a row whose cells were marked."""
    return Hit(
        id=signal.article_id,
        title=signal.title,
        url=secretless_url(signal.url),
        score=round(score, 6),
        passage=marked[0],
        published=signal.published,
        cells=tuple(marked),
    )
