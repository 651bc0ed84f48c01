"""Statements compiled once in a process, whichever archive they are for.

SQLAlchemy keeps what it compiled with each engine, and the desk opens an archive anew for each request: a
third of the time that a verdict takes the processor went into compiling the same statements again.
"""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

DRIVER = "sqlite+archive"
"""What an address begins with whose engine shares compiled statements with others of its kind."""

MOST_KEPT = 500
"""Statements; by default SQLAlchemy keeps as many for each engine."""

OPTIONS: dict[str, Any] = {"compiled_cache": LRUCache(MOST_KEPT)}
"""Of an engine for DRIVER."""


class ArchiveDialect(SQLiteDialect_pysqlite):
    """SQLite's own dialect, one equal to the other: a process has one SQLite, and asks each archive alike."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        """Whether it is one of these."""
        return isinstance(other, ArchiveDialect)

    def __hash__(self) -> int:
        """Give the same for all."""
        return hash(ArchiveDialect)


registry.register("sqlite.archive", __name__, ArchiveDialect.__name__)
