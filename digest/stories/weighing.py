"""Weighing new articles: what they are compared by is made once and kept, with their nearest neighbours."""

import numpy as np

from digest.store import Store
from digest.stories.measure import Frequencies, Profiles
from digest.stories.nearest import Places
from digest.stories.smoothing import MIN_NEIGHBOUR, NEIGHBOURS, Smoothed, nearest_of
from digest.stories.terms import TERMS_VERSION, Terms, terms_of
from digest.stories.vector_index import AnyIndex, open_index

BATCH = 400
"""Articles weighed in one transaction: what a kill can cost, a few seconds of work."""

COARSE = 50
"""Articles nearest by vector that are compared in full to find the NEIGHBOURS nearest. On ECB+ 99 of 100
neighbours found among all are among them."""

MOST_ASKED = 10_000
"""Articles whose nearest a database is asked for, where it has an index: of more at once, an import's, all
vectors are read and compared in one product, which takes less in the end."""

Neighbours = dict[int, list[tuple[int, float]]]


def open_frequencies(store: Store) -> Frequencies:
    """Load in how many articles each term stands."""
    known = store.likeness.frequencies(version=TERMS_VERSION)
    return Frequencies(*known) if known else Frequencies.empty()


def open_smoothed(
    store: Store, model_id: str, index: AnyIndex, frequencies: Frequencies, places: Places
) -> Smoothed:
    """Load articles with their neighbours, ready to be compared."""
    neighbours = store.likeness.neighbours_at(places.tolist(), model_id=model_id)
    wanted = {*places.tolist(), *(other for found in neighbours.values() for other, _ in found)}
    terms = store.likeness.terms_at(sorted(wanted))
    rows = index.rows_of(sorted(terms))
    involved = index.places_at(rows)
    vectors = index.vectors_at(rows)
    profiles = Profiles(vectors, [terms[each] for each in involved.tolist()], frequencies)
    return Smoothed(involved, profiles, neighbours, places)


def weigh_new(store: Store, model_id: str) -> int:
    """Weigh every article that has a vector and was not weighed yet; returns how many."""
    store.likeness.drop_outdated(version=TERMS_VERSION)
    missing = store.likeness.missing(model_id=model_id)
    if not missing:
        return 0
    store.likeness.index_vectors(model_id=model_id)
    everything = open_index(store, model_id=model_id, is_whole=len(missing) > MOST_ASKED)
    frequencies = open_frequencies(store)
    for at in range(0, len(missing), BATCH):
        batch = missing[at : at + BATCH]
        terms = {place: terms_of(text) for place, text in store.likeness.texts(batch)}
        # An article is weighed against those weighed before it, and with it.
        index = everything.without(missing[at + BATCH :])
        # Under another model the terms are there already, and counted.
        uncounted = set(batch) - store.likeness.terms_at(batch).keys()
        frequencies = frequencies.plus([terms[place] for place in batch if place in uncounted])
        store.likeness.save(
            model_id=model_id,
            version=TERMS_VERSION,
            counted=(frequencies.documents, frequencies.counts),
            terms_of=terms,
            neighbours_of=_neighbours(store, model_id, index, frequencies, terms),
        )
    return len(missing)


def _neighbours(
    store: Store,
    model_id: str,
    index: AnyIndex,
    frequencies: Frequencies,
    terms: dict[int, Terms],
) -> Neighbours:
    """Find the neighbours of new articles (by place), and the older ones whose neighbours they become."""
    places = np.array(sorted(terms), dtype=np.int64)
    new_rows = index.rows_of(places)
    near = index.nearest(index.vectors_at(new_rows), count=COARSE)
    rows = np.unique(np.concatenate([near.ravel(), new_rows]))
    places_there = index.places_at(rows).tolist()
    known = store.likeness.terms_at(places_there) | terms
    rows = rows[[place in known for place in places_there]]
    involved = index.places_at(rows)
    vectors = index.vectors_at(rows)
    profiles = Profiles(vectors, [known[place] for place in involved.tolist()], frequencies)
    kept = store.likeness.neighbours_at(involved.tolist(), model_id=model_id)
    # All pairs in one go: a call for each article would take longer to begin than to end.
    at = np.searchsorted(rows, near).clip(max=len(rows) - 1)
    is_known = rows[at] == near
    counts = is_known.sum(axis=1)
    others, own = at[is_known], np.repeat(np.searchsorted(rows, new_rows), counts)
    parts = np.cumsum(counts)[:-1]
    pairs = zip(np.split(others, parts), np.split(profiles.pairs(own, others), parts), strict=True)
    found: Neighbours = {}
    for place, (its_others, its_similarities) in zip(places.tolist(), pairs, strict=True):
        candidates = involved[its_others].tolist()
        found[place] = nearest_of(candidates, its_similarities, without=place)
        for other, similarity in zip(candidates, its_similarities.tolist(), strict=True):
            if other in kept and other not in terms and similarity >= MIN_NEIGHBOUR:
                nearest = sorted([*kept[other], (place, similarity)], key=lambda each: -each[1])[:NEIGHBOURS]
                if any(each == place for each, _ in nearest):
                    kept[other] = found[other] = nearest
    return found
