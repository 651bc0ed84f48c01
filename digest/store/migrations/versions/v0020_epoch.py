"""Which archive on PostgreSQL this is: another after it was put back from a backup, or moved there anew."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Name it at random; a file needs no name, for what is remembered of it lies beside it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE archive_state "
            "ADD COLUMN epoch text NOT NULL DEFAULT md5(random()::text || clock_timestamp()::text)"
        )
