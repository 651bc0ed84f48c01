"""Archives of earlier schemas, to be brought up to the newest."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import digest.store


def make_empty(path: Path, *, schema: str) -> None:
    """Make an archive without articles, of a schema such as "0001"."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        folder = Path(digest.store.__file__).parent / "migrations"
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
    engine.dispose()
