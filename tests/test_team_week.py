"""A week on PostgreSQL: the rows and drafts of an undisturbed run on SQLite, also where runs were killed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_engine import SERVER, made
from test_kills import run, state, workspace

from digest.demo import Served, serve
from digest.store import moving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SERVER, reason="DIGEST_TEST_ARCHIVE names no PostgreSQL; make test-team"),
]

KILLS = (
    ("digest.store.postgresql_schema:make_schema+", 1),
    ("digest.store.feeds:FeedsAndLinks.save_read", 2),
    ("digest.store.kept_pages:KeptPages.save+", 5),
    ("digest.store.articles:Articles.add", 3),
    ("digest.store.postgresql_texts:keep_texts+", 6),
    ("digest.store.articles:Articles.save_vectors+", 4),
    ("digest.store.articles:Articles.save_analysis", 9),
    ("digest.store.articles:Articles.save_copy+", 1),
    ("digest.store.drafts:DraftsAndIssues.save_stories+", 1),
    ("digest.store.drafts:DraftsAndIssues.save_draft", 12),
)


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve() as week:
        yield week


def on_server(folder: Path, served: Served, address: str) -> Path:
    feeds = workspace(folder, served) / "feeds.yaml"
    feeds.write_text(
        feeds.read_text("utf-8").replace("settings:\n", f"settings:\n  archive: {address}\n", 1), "utf-8"
    )
    return folder


def test_a_week_killed_at_ten_places_ends_as_undisturbed_on_sqlite(tmp_path: Path, served: Served) -> None:
    here = workspace(tmp_path / "here", served)
    assert run(here) == 0
    with made(f"test_week_{os.getpid()}") as address:
        there = on_server(tmp_path / "there", served, address)
        killed = [run(there, place, number) for place, number in KILLS]
        assert killed == [-9] * len(KILLS)
        assert run(there) == 0
        assert not (there / "output" / "archive.db").exists()
        moving.move(address, str(there / "output" / "archive.db"), progress=lambda *_: None)
    assert state(there) == state(here)
