"""The files that publishing wrote, by their hashes: what differs from them was changed by a person."""

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from digest.store.schema import published_files
from digest.store.sqlite import for_writing


class PublishedFiles:
    """Questions about what was written below the output folder."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)

    def hashes_of(self, path: str) -> set[str]:
        """Give the SHA-256 of everything that was ever written to a file."""
        query = select(published_files.c.sha256).where(published_files.c.path == path)
        with self._read.connect() as connection:
            return set(connection.execute(query).scalars())

    def save_hash(self, path: str, sha256: str) -> None:
        """Note what a file is about to hold."""
        with self._write.begin() as connection:
            connection.execute(
                insert(published_files).values(path=path, sha256=sha256).on_conflict_do_nothing()
            )
