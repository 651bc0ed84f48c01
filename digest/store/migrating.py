"""Bringing an archive to a schema, within a transaction of somebody else's."""

from pathlib import Path

from sqlalchemy import Connection


def migrate(connection: Connection, version: str) -> None:
    """Run the migrations up to a version.

    Args:
        connection: In a transaction, which keeps all of it or nothing.
        version: A revision, or "head".
    """
    # alembic takes a quarter of a second to import and is needed once in an archive's life.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, version)
