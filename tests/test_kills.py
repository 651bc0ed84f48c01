"""A run killed at any moment loses nothing: the next one ends as if nothing had happened."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from few_patterns import few_patterns
from forked import typed_apart

from digest.demo import Served, serve
from digest.demo.__main__ import feeds_yaml
from digest.workspace.prompt_files import PATTERNS_FILE, default_files

pytestmark = pytest.mark.slow

ISSUE = "20261120"
RUN = ("run", "--issue", ISSUE, "--since", "all")

# (where, at which call). At least two in each stage; a trailing + means just after the call.
KILLS = [
    ("digest.store.feeds:FeedsAndLinks.save_read", 1),
    ("digest.store.feeds:FeedsAndLinks.save_read+", 3),
    ("digest.store.kept_pages:KeptPages.save", 5),
    ("digest.store.kept_pages:KeptPages.save+", 9),
    ("digest.workspace.files:os.replace", 3),
    ("digest.workspace.files:os.fsync", 8),
    ("digest.store.articles:Articles.add", 2),
    ("digest.store.articles:Articles.add+", 11),
    ("digest.store.feeds:FeedsAndLinks.save_kept", 6),
    ("digest.store.feeds:FeedsAndLinks.save_dropped+", 1),
    ("fakes:FakeEmbedder.encode_tokens", 4),
    ("digest.store.articles:Articles.save_vectors+", 9),
    ("digest.intake:ArticleReader._start_analysis", 7),
    ("digest.store.articles:Articles.save_analysis", 12),
    ("digest.store.articles:Articles.save_analysis+", 20),
    ("digest.store.articles:Articles.save_copy", 1),
    ("digest.store.articles:Articles.save_copy+", 1),
    ("digest.stories.placing:group", 1),
    ("digest.store.drafts:DraftsAndIssues.save_stories+", 2),
    ("digest.issues.drafting:write_text", 4),
    ("digest.issues.drafting:write_text+", 9),
    ("digest.store.drafts:DraftsAndIssues.save_draft", 12),
    ("digest.pipeline:keep_report", 1),
    ("alembic.op:create_table", 7),
]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve() as week:
        yield week


def workspace(folder: Path, served: Served) -> Path:
    for name, text in default_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(few_patterns() if name == PATTERNS_FILE else text, "utf-8")
    (folder / "feeds.yaml").write_text(feeds_yaml(served), "utf-8")
    return folder


def run(folder: Path, place: str = "none", number: int = 0) -> int:
    done = typed_apart(folder, *RUN, place=place, number=number)
    assert done.returncode in (0, -9), done.stderr.decode()
    return done.returncode


def state(folder: Path) -> dict[str, Any]:
    """Everything a run leaves behind but when it did so."""
    output = folder / "output"
    rows: dict[str, Any] = {}
    database = sqlite3.connect(output / "archive.db")
    for table, columns in {
        "links": "key, id, place, state, stage, reason",
        "addresses": "url, id, link_id",
        "pages": "url, final_url, sha256",
        "articles": "id, place, title, text, signature, copy_of",
        "vectors": "text_hash, model_id, vector",
        "analyses": "text_hash, analyzer, record",
        "stories": "article_id, story_id",
        "drafts": "id, issue, status, title",
    }.items():
        rows[table] = sorted(database.execute(f"SELECT {columns} FROM {table}").fetchall())
    database.close()
    rows["files"] = {
        path.relative_to(output).as_posix(): path.read_bytes()
        for folder_name in ("drafts", "pages")
        for path in (output / folder_name).rglob("*")
        if path.is_file()
    }
    return rows


def kept_pages(folder: Path) -> set[str]:
    path = folder / "output" / "archive.db"
    database = sqlite3.connect(path)
    try:
        return {url for (url,) in database.execute("SELECT url FROM pages")}
    except sqlite3.OperationalError:
        return set()
    finally:
        database.close()


@pytest.fixture(scope="module")
def undisturbed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = workspace(tmp_path_factory.mktemp("undisturbed"), served)
    assert run(folder) == 0
    return state(folder)


@pytest.mark.parametrize(("place", "number"), KILLS)
def test_the_run_after_a_kill_ends_as_an_undisturbed_one(
    served: Served, undisturbed: dict[str, Any], tmp_path: Path, place: str, number: int
) -> None:
    folder = workspace(tmp_path, served)
    assert run(folder, place, number) == -9
    kept, asked = kept_pages(folder), dict(served.stats)
    assert run(folder) == 0
    again = {url for url, times in served.stats.items() if times != asked.get(url, 0)}
    assert not again & kept
    found = state(folder)
    for name, rows in undisturbed.items():
        assert found[name] == rows, name
