"""A week of 240 pages, half of them faulty, on PostgreSQL and Ray, killed at ten points.

It ends as an undisturbed run on SQLite and the process pool: every page once, and none asked for again that
was kept before a kill.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from archive_engine import SERVER, made
from few_patterns import few_patterns
from forked import typed_apart
from test_kills import state

from digest.store import moving
from digest.workspace.prompt_files import PATTERNS_FILE, default_files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SERVER, reason="DIGEST_TEST_ARCHIVE names no PostgreSQL; make test-team"),
    pytest.mark.skipif(find_spec("ray") is None, reason="the extra ray is not installed: make test-team"),
]

PAGES = 240

RUN = ("run", "--issue", "20261122", "--since", "all")

# Each run after a kill does the rest of the work: these are places within what is left by then.
KILLS = (
    ("digest.store.postgresql_schema:make_schema+", 1),
    ("digest.store.feeds:FeedsAndLinks.save_read", 4),
    ("digest.store.kept_pages:KeptPages.save+", 20),
    ("digest.store.kept_pages:KeptPages.save", 40),
    ("digest.store.articles:Articles.add", 15),
    ("digest.store.postgresql_texts:keep_texts+", 20),
    ("digest.store.articles:Articles.save_vectors+", 10),
    ("digest.store.articles:Articles.save_analysis", 30),
    ("digest.store.feeds:FeedsAndLinks.save_dropped+", 5),
    ("digest.store.drafts:DraftsAndIssues.save_draft", 12),
)


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here each archive lies where the test says."""


@pytest.fixture(autouse=True)
def python_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actors are to find what these tests put in the place of parts of a run."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def key_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"


class Week:
    """The served week, and what was asked of it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=10) as answer:
            return bytes(answer.read())

    def asked(self) -> Counter[str]:
        """Count how often each page was asked for, by its host and path."""
        hits = json.loads(self.get("__stats"))["hits"]
        return Counter({key: times for key, times in hits.items() if re.search("/[0-9]{4}/", key)})

    def faulty(self) -> set[str]:
        return {key_of(url) for url in json.loads(self.get("__stats"))["faults"]}


@contextmanager
def served(data: Path, port: int) -> Iterator[Week]:
    """Serve the week from its beginning: some pages are faulty only when they are first asked for."""
    options = ["--port", str(port), "--pages", str(PAGES), "--faults", "0.5", "--date", "2026-11-22"]
    command = [sys.executable, str(data.parent / "tools" / "serve_week.py"), *options, "--latency-ms", "1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    week = Week(port)
    try:
        for _ in range(100):
            with suppress(OSError):
                week.get("feeds.txt")
                break
            time.sleep(0.1)
        yield week
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def workspace(folder: Path, week: Week, **settings: str) -> Path:
    for name, text in default_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(few_patterns() if name == PATTERNS_FILE else text, "utf-8")
    given = {"allow_hosts": "[127.0.0.0/8]", "delay_s": "0.05", "timeout_s": "10", **settings}
    lines = "".join(f"  {name}: {value}\n" for name, value in given.items())
    feeds = "".join(
        f"  - {{url: '{url}', kind: {'roundup' if 'roundup' in url else 'articles'}}}\n"
        for url in week.get("feeds.txt").decode().split()
    )
    (folder / "feeds.yaml").write_text(f"settings:\n{lines}feeds:\n{feeds}", "utf-8")
    return folder


def run(folder: Path, place: str = "none", number: int = 0) -> int:
    done = typed_apart(folder, *RUN, place=place, number=number)
    assert done.returncode in (0, -9), done.stderr.decode()
    return done.returncode


def kept_pages(address: str) -> set[str]:
    with psycopg.connect(address) as connection:
        if connection.execute("SELECT to_regclass('pages')").fetchone() == (None,):
            return set()
        return {key_of(url) for (url,) in connection.execute("SELECT url FROM pages")}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.timeout(3600)
def test_a_faulty_week_killed_at_ten_places_ends_as_undisturbed_on_one_machine(
    tmp_path: Path, dev_data: Path
) -> None:
    port = free_port()
    with served(dev_data, port) as week:
        here = workspace(tmp_path / "here", week)
        assert run(here) == 0
        assert_asked_once(week, week.asked())
    with served(dev_data, port) as week, made(f"test_faulty_{os.getpid()}") as address:
        there = workspace(tmp_path / "there", week, archive=f"'{address}'", executor="ray")
        for place, number in (*KILLS, ("none", 0)):
            kept, before = kept_pages(address), week.asked()
            assert run(there, place, number) == (0 if place == "none" else -9), place
            asked = week.asked() - before
            assert not set(asked) & kept
            assert_asked_once(week, asked)
        moving.move(address, str(there / "output" / "archive.db"), progress=lambda *_: None)
    one, other = without_speed(state(here)), without_speed(state(there))
    assert len(one["articles"]) > PAGES / 2
    for name, rows in one.items():
        assert other[name] == rows, name


def without_speed(rows: dict[str, Any]) -> dict[str, Any]:
    """Leave out why a page could not be fetched: an endless one is given up by its time or by its size."""
    links = [(*link[:5], "" if link[4] == "fetch" else link[5]) for link in rows["links"]]
    return {**rows, "links": links}


def assert_asked_once(week: Week, asked: Counter[str]) -> None:
    """Of pages that answer at once, none is asked for twice by one run."""
    faulty = week.faulty()
    assert [page for page, times in asked.items() if times > 1 and page not in faulty] == []
