"""The archive: everything ever taken in. One SQLite file and the kept pages beside it."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, event

from digest.store.articles import Articles
from digest.store.drafts import DraftsAndIssues
from digest.store.feeds import FeedsAndLinks
from digest.store.history import History
from digest.store.kept_pages import KeptPages
from digest.store.likeness import Likeness
from digest.store.model_calls import ModelCalls
from digest.store.published_files import PublishedFiles
from digest.store.published_issues import PublishedIssues
from digest.store.search import Search
from digest.store.shown_issues import ShownIssues
from digest.store.snapshots import Snapshots
from digest.store.sqlite import connect


class Store:
    """The archive of a workspace, its questions in groups."""

    def __init__(self, output: Path, *, in_memory: bool = False) -> None:
        """Open the archive in a workspace's output folder, making or migrating it where needed.

        Raises:
            StoreError: it cannot be opened, is no archive, or was made by a newer digest.
        """
        self._engine = connect(None if in_memory else output / "archive.db")
        self.links: FeedsAndLinks = FeedsAndLinks(self._engine)
        self.pages: KeptPages = KeptPages(self._engine, output / "pages")
        self.snapshots: Snapshots = Snapshots(self._engine, output / "snapshots")
        self.articles: Articles = Articles(self._engine)
        self.likeness: Likeness = Likeness(self._engine, None if in_memory else output / "vectors.cache")
        self.history: History = History(self._engine)
        self.drafts: DraftsAndIssues = DraftsAndIssues(self._engine, self.history)
        self.files: PublishedFiles = PublishedFiles(self._engine)
        self.published: PublishedIssues = PublishedIssues(self._engine, self.history)
        self.shown: ShownIssues = ShownIssues(self._engine)
        self.model_calls: ModelCalls = ModelCalls(self._engine)
        self.search: Search = Search(self._engine, None if in_memory else output / "search.cache")
        self.commits = 0
        """What was written through this store: transactions that were committed."""
        self.when_closed: list[Callable[[], None]] = []
        """Called once each, when the file was let go of."""
        event.listen(self._engine, "commit", self._count)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
        told, self.when_closed = self.when_closed, []
        for each in told:
            each()

    def _count(self, connection: Connection) -> None:
        self.commits += 1
