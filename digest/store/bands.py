"""Where two signatures may be near: both have a band of values in common.

A signature's values are cut into bands; every band is kept as a hash with the article's place. Which articles
share a band with a new one is then a few look-ups, however large the archive is. Whether their texts are near
is for others to say (`articles.copies`): here nothing is missed, and about one article in
fifty of 100,000 is named though it shares only a hash.
"""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from digest.store import schema
from digest.store.statements import listed

bands = schema.bands

BAND_ROWS = 4
"""Values in a band: dedupe's 128 in 32 bands."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def band_keys(signatures: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Hash the bands of signatures.

    The keys are kept in archives: other values here need a migration.

    Args:
        signatures: Shape (n, b * BAND_ROWS).

    Returns:
        Shape (n, b).
    """
    count, width = signatures.shape
    parts = signatures.reshape(count, width // BAND_ROWS, BAND_ROWS).astype(np.uint64)
    # Two bands of equal values at different places are no band in common.
    mixed = np.tile(np.arange(1, parts.shape[1] + 1, dtype=np.uint64) * _FACTOR, (count, 1))
    for at in range(BAND_ROWS):
        mixed = (mixed ^ parts[:, :, at]) * _FACTOR
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32).view(np.int32)


def add_bands(connection: Connection, places: list[int], signatures: NDArray[np.uint32]) -> None:
    """Keep the bands of articles, within the transaction that keeps them."""
    if not places:
        return
    keys = band_keys(signatures)
    rows = np.stack([keys.ravel().astype(np.int64), np.repeat(np.array(places), keys.shape[1])], axis=1)
    # In order: neighbouring rows lie on one page of the table.
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))].tolist()
    connection.execute(
        insert(bands).on_conflict_do_nothing(), [{"key": key, "place": place} for key, place in ordered]
    )


def drop_bands(connection: Connection, place: int, signature: bytes) -> None:
    """Forget the bands of an article that is changed or taken out."""
    keys = band_keys(np.frombuffer(signature, dtype=np.uint32)[None])[0].tolist()
    connection.execute(delete(bands).where(bands.c.key.in_(keys), bands.c.place == place))


def sharing_a_band(connection: Connection, signatures: NDArray[np.uint32]) -> list[int]:
    """Give the places of articles that share a band with any of these signatures, ascending."""
    keys = np.unique(band_keys(signatures)).tolist()
    query = select(bands.c.place).where(bands.c.key.in_(listed(keys))).distinct()
    return sorted(connection.execute(query).scalars())
