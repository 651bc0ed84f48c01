"""Bands of signatures, by which copies are found; vectors kept once, no longer packed a second time."""

import numpy as np
import sqlalchemy as sa
from alembic import op

from digest.store.bands import band_keys

revision = "0005"
down_revision = "0004"

AT_ONCE = 200_000
"""Rows inserted in one go."""


def upgrade() -> None:
    """Make the table of bands and fill it from the signatures; drop the packed vectors."""
    op.create_table(
        "bands",
        sa.Column("key", sa.Integer(), nullable=False, comment="store.bands.band_keys"),
        sa.Column("place", sa.Integer(), nullable=False, comment="of the article"),
        sa.PrimaryKeyConstraint("key", "place"),
        sqlite_with_rowid=False,
    )
    op.drop_table("vector_blocks")
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT place, signature FROM articles ORDER BY place")).all()
    if not rows:
        return
    signatures = np.frombuffer(b"".join(row.signature for row in rows), dtype=np.uint32)
    keys = band_keys(signatures.reshape(len(rows), -1))
    places = np.repeat(np.array([row.place for row in rows], dtype=np.int64), keys.shape[1])
    # In order of the table, which is then written once from end to end.
    order = np.lexsort((places, keys.ravel()))
    for at in range(0, len(order), AT_ONCE):
        part = order[at : at + AT_ONCE]
        values = list(zip(keys.ravel()[part].tolist(), places[part].tolist(), strict=True))
        connection.exec_driver_sql("INSERT OR IGNORE INTO bands VALUES (?, ?)", values)
