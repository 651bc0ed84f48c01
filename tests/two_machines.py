"""Two workspaces, as on two machines, over one archive that holds their drafts and pages."""

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from archive_engine import SERVER, made
from newsroom import ISSUE, Newsroom, newsroom_of
from readers import no_library

import digest.store
from digest.cli import places
from digest.issues.decisions import draft_path
from digest.pipeline import Options, Ports, run
from digest.records import RunReport
from digest.store import Store, moving
from digest.workspace.config import load_config

ENGINES = ("file", "server")
"""What both are over: one file, which stands in for a server where what is done one after the other does not
depend on the engine, or PostgreSQL."""

MINE = "## Why it matters\n\nMy *own* words.\n\n## Keywords"
"""What an editor writes of their own above the keywords."""

_numbers = count()


@dataclass
class Machine:
    """One of them."""

    room: Newsroom

    @property
    def folder(self) -> Path:
        return self.room.folder

    def digest(self, *words: str, code: int = 0) -> str:
        return self.room.all_of(*words, code=code)

    def listed(self) -> dict[str, dict[str, Any]]:
        """The drafts by title, as `draft list` has them, which reads the files."""
        found = json.loads(self.room.digest("draft", "list", "--json", "--issue", ISSUE))
        return {row["title"]: row for row in found}

    def id_of(self, title: str) -> str:
        with self.store() as store:
            return next(row.id for row in store.drafts.drafts(issue=ISSUE) if row.title == title)

    def path_of(self, title: str, issue: str = ISSUE) -> Path:
        return draft_path(self.room.output, issue, self.id_of(title))

    def text_of(self, title: str) -> str:
        return self.path_of(title).read_text("utf-8")

    def edit(self, title: str, old: str, new: str) -> None:
        """Write into a file, as an editor does in any program."""
        path = self.path_of(title)
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def log_of(self, title: str) -> list[tuple[str, str]]:
        found = json.loads(self.room.digest("draft", "log", self.id_of(title), "--json"))
        return [(each["kind"], each["who"]) for each in found]

    def run(self, issue: str = ISSUE) -> RunReport:
        """Run the batch with everything outside it faked, as `digest run` opens the archive."""
        embedder = self.room.embedder()
        library = no_library(embedder.encode(["size"]).shape[1])
        config = load_config(self.folder, options={"delay_s": 0})
        with (
            places.archive(self.folder, doing="digest run") as store,
            ThreadPoolExecutor(1) as workers,
        ):
            ports = Ports(store, self.room._fetcher, embedder, workers, "test", lambda: library)
            return run(
                config,
                ports,
                self.room.output,
                Options(issue, None),
                now=self.room.now,
                progress=lambda stage, done, total: None,
            )

    @contextmanager
    def store(self) -> Iterator[Store]:
        with places.opened_store(self.folder) as store:
            yield store


Two = tuple[Machine, Machine]


@contextmanager
def two_machines(room: Newsroom, beside: Path, engine: str) -> Iterator[tuple[Machine, Machine]]:
    """Have what a newsroom has become the archive of two machines, of which the other's folder is new."""
    other = Newsroom(beside, room.now, dict(room.pages))
    for name in ("prompts", "feeds.yaml"):
        if (room.folder / name).is_dir():
            shutil.copytree(room.folder / name, beside / name, dirs_exist_ok=True)
    own = room.output / "archive.db"
    if engine == "file":
        other.output.mkdir(parents=True)
        place = other.output / "archive.db"
        place.touch()
        connect = digest.store.connect
        _set(room, other, "")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                digest.store, "connect", lambda path, to: connect(own if path == place else path, to)
            )
            yield Machine(room), Machine(other)
        return
    with made(f"test_machines_{os.getpid()}_{next(_numbers)}") as address:
        moving.move(str(own), address, progress=lambda *_: None)
        own.unlink()
        _set(room, other, address)
        yield Machine(room), Machine(other)


@contextmanager
def drafted_on_two(folder: Path, engine: str, *titles: str) -> Iterator[Two]:
    """Two machines over a week's drafts with these titles; skips the test where there is no server for it."""
    if skipped(engine):
        pytest.skip("no PostgreSQL: DIGEST_TEST_ARCHIVE names none; make test-team")
    with two_machines(newsroom_of(folder / "one", *titles), folder / "two", engine) as found:
        yield found


def skipped(engine: str) -> bool:
    """Whether there is no server for it."""
    return engine == "server" and not SERVER


def _set(one: Newsroom, two: Newsroom, address: str) -> None:
    for room, editor in ((one, "Anna"), (two, "Ben")):
        path = room.folder / "feeds.yaml"
        settings = {"archive": address, "drafts": "archive", "pages": "archive", "editor": editor}
        path.write_text(f"settings: {json.dumps(settings)}\n{path.read_text('utf-8')}", "utf-8")
