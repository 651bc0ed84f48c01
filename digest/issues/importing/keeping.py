"""Keeping what is imported: articles with their vectors, copies of others marked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from digest.articles.copies import signature_of, text_of
from digest.records import Article
from digest.store import Store
from digest.stories.placing import copies_among


def keep_imported(
    articles: Sequence[Article],
    store: Store,
    embed: Callable[[Sequence[Article]], Mapping[str, NDArray[np.float32]]],
    *,
    model_id: str,
    now: datetime,
) -> int:
    """Keep articles in one transaction, the vectors before it.

    Args:
        articles: At least one.
        store: The archive.
        embed: Gives vectors, shape (d,), L2-normalised, by text hash; asked for those alone that the archive
            lacks, and not at all where it lacks none: asking for nothing would load the model.
        model_id: Of the vectors.
        now: Aware, UTC.

    Returns:
        How many are copies of others.
    """
    known = store.articles.vectors_of((each.text_hash for each in articles), model_id=model_id)
    missing = [each for each in articles if each.text_hash not in known]
    if missing:
        store.articles.save_vectors(embed(missing).items(), model_id=model_id)
    signatures = {each.id: signature_of(each) for each in articles}
    copies = copies_among(store, signatures, {each.id: text_of(each) for each in articles})
    store.articles.add_imported(
        [(each, signatures[each.id], copies.get(each.id, "")) for each in articles], now=now
    )
    return len(copies)
