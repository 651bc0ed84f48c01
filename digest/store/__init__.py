"""The archive: everything ever taken in. One SQLite file, or a PostgreSQL database, and the kept pages."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from digest.store.articles import Articles
from digest.store.bodies import Bodies, PagesIn
from digest.store.drafts import DraftsAndIssues
from digest.store.feeds import FeedsAndLinks
from digest.store.history import History
from digest.store.kept_pages import KeptPages
from digest.store.likeness import Likeness
from digest.store.model_calls import ModelCalls
from digest.store.published_files import PublishedFiles
from digest.store.published_issues import PublishedIssues
from digest.store.search import Search
from digest.store.shared_files import SharedFiles
from digest.store.shown_issues import ShownIssues
from digest.store.snapshots import Snapshots
from digest.store.sqlite import connect as connect_sqlite
from digest.store.working_copy import ArchiveState, DraftsIn, WorkingCopy


def connect(path: Path | None, address: str) -> Engine:
    """Open the archive at an address of PostgreSQL, or in a file (None: in memory) where none is given."""
    if not address:
        return connect_sqlite(path)
    from digest.store import postgresql

    return postgresql.connect(address)


class Store:
    """The archive of a workspace, its questions in groups."""

    def __init__(
        self,
        output: Path,
        *,
        in_memory: bool = False,
        archive: str = "",
        pages: PagesIn = "folder",
        drafts: DraftsIn = "files",
    ) -> None:
        """Open the archive in a workspace's output folder, making or migrating it where needed.

        Args:
            output: Kept pages and files that can always be made again lie there, and archive.db.
            in_memory: Nothing is kept (tests).
            archive: Where the archive is if it is no file there: `postgresql://user@host/database`.
            pages: Where bodies of pages and snapshots are kept; those kept before are found in either place.
            drafts: Whether draft files are the truth, or the archive's versions of them.

        Raises:
            StoreError: it cannot be opened, is no archive, or was made by a newer digest.
        """
        self._engine = connect(None if in_memory else output / "archive.db", archive)
        cache = None if in_memory else output
        # What is remembered of one archive says nothing of another.
        mark = f".{hashlib.sha256(archive.encode()).hexdigest()[:8]}" if archive else ""
        self.links: FeedsAndLinks = FeedsAndLinks(self._engine)

        def bodies(name: str) -> Bodies:
            return Bodies(self._engine, output / name, in_archive=pages == "archive")

        self.pages: KeptPages = KeptPages(self._engine, bodies("pages"))
        self.snapshots: Snapshots = Snapshots(self._engine, bodies("snapshots"))
        self.articles: Articles = Articles(self._engine)
        self.likeness: Likeness = Likeness(self._engine, cache and cache / f"vectors{mark}.cache")
        self.history: History = History(self._engine)
        if drafts == "archive":
            self.history.copy = WorkingCopy(output / f"drafts{mark}.db")
        self.texts: SharedFiles = SharedFiles(self._engine)
        self.drafts: DraftsAndIssues = DraftsAndIssues(self._engine, self.history)
        self.files: PublishedFiles = PublishedFiles(self._engine)
        self.published: PublishedIssues = PublishedIssues(self._engine, self.history)
        self.shown: ShownIssues = ShownIssues(self._engine)
        self.model_calls: ModelCalls = ModelCalls(self._engine)
        self.search: Search = Search(self._engine, cache and cache / f"search{mark}.cache")
        self.commits = 0
        """What was written through this store: transactions that were committed."""
        self.when_closed: list[Callable[[], None]] = []
        """Called once each, when the file was let go of."""
        event.listen(self._engine, "commit", self._count)

    @property
    def is_file(self) -> bool:
        """Whether the archive is a file, and no database that others may write to from elsewhere."""
        return self._engine.dialect.name == "sqlite"

    def state(self) -> ArchiveState:
        """Say which archive this is, and how often it was written to; nothing of a file, which has stamps."""
        if self.is_file:
            return ArchiveState("", 0)
        from digest.store import postgresql

        return ArchiveState(*postgresql.state(self._engine))

    def writes(self) -> int:
        """Count what was ever written to an archive that is no file; 0 for a file."""
        return self.state().writes

    def server(self) -> tuple[str, list[str]]:
        """Name the server of an archive that is no file, and what is not there as digest makes it."""
        from digest.store import postgresql_vectors
        from digest.store.postgresql import server_version
        from digest.store.postgresql_schema import faults

        with self._engine.connect() as connection:
            said = f"{server_version(connection)}, {postgresql_vectors.described(connection)}"
            return said, faults(connection)

    @contextmanager
    def exclusive(self, *, doing: str, is_brief: bool = False, waits: bool = True) -> Iterator[None]:
        """Keep other machines out of an archive that is no file; a file lies in a folder, which is locked.

        Args:
            doing: What for.
            is_brief: Whether it will soon be over: others then wait for it.
            waits: Whether to wait for one that will soon be over.

        Raises:
            StoreError: another process holds it.
        """
        if self.is_file:
            yield
            return
        from digest.store import postgresql

        with postgresql.exclusive(self._engine, doing=doing, is_brief=is_brief, waits=waits):
            yield

    def holder(self) -> str:
        """Say who keeps others out of an archive that is no file, on whatever machine; empty for nobody."""
        if self.is_file:
            return ""
        from digest.store import postgresql

        return postgresql.holder_of(self._engine)

    def close(self) -> None:
        """Let go of the file."""
        if self.history.copy:
            self.history.copy.close()
        self._engine.dispose()
        told, self.when_closed = self.when_closed, []
        for each in told:
            each()

    def _count(self, connection: Connection) -> None:
        self.commits += 1
