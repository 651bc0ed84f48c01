"""Fixtures every test may use, and the guard that keeps tests on loopback."""

import gc
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
import typer.testing
from hypothesis import settings

os.environ.setdefault("HF_HUB_OFFLINE", "1")

# The same examples each time, so that a change is judged by what it changed; `make fuzz` draws new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("drawn", print_blob=True, deadline=None)
settings.load_profile("fixed")

LONGEST = (
    "test_kills.py",
    "test_model_runs.py",
    "test_secrets.py",
    "test_recorded_week.py",
    "test_site.py",
    "test_editing_browser.py",
    "test_foreign_archives.py",
    "test_checked_words.py",
    "test_hostile_inputs.py",
    "test_week.py",
    "test_published_forms.py",
    "test_small_model_attacks.py",
    "test_focus_browser.py",
    "test_analyze_record.py",
    "test_sixty_drafts_browser.py",
    "test_hostile_week.py",
    "test_own_words.py",
    "test_source_checks.py",
    "test_history_machine.py",
    "test_desk_browser.py",
    "test_gate.py",
    "test_wheel.py",
    "test_extract_quality.py",
)
"""Files that take a worker longest, from half a minute to four. They come first: one that begins last is what
the other worker waits for (a quarter of the whole time, before)."""

# The tree of commands is the same each time; making it took 8 ms of every command that a test types.
typer.testing._get_command = cache(typer.testing._get_command)

# What a file needs to outlive a power cut, no test can see; a process that is killed loses nothing without
# it. test_files.py looks at when it is asked for, and lays its own over this one.
os.fsync = lambda handle: None  # type: ignore[assignment]

COLLECTED_AFTER = 20_000
"""New objects after which Python looks for garbage, as in the commands themselves; by default 700."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin first; the others keep their order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))
    if os.environ.get("DIGEST_TEST_ARCHIVE"):
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason="looks into a file of SQLite"))


def pytest_collection_finish() -> None:
    """Take what was imported and collected for no garbage.

    Looking through it was a fifth of the time of issues/test_publishing.py: 24.7 s, and 20.2 without.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


@pytest.fixture
def dev_data() -> Path:
    """Give the folder of real development data, or skip where it is absent."""
    folder = os.environ.get("DIGEST_DEV_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("development data absent: DIGEST_DEV_DATA names no folder")
    return Path(folder)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(sock: socket.socket, address: object) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("localhost", "::1")):
                raise AssertionError(f"a test tried to connect to {host}")
        connect(sock, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def archive_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let archives lie on PostgreSQL where DIGEST_TEST_ARCHIVE names a server."""
    if not os.environ.get("DIGEST_TEST_ARCHIVE"):
        yield
        return
    from archive_engine import use_server

    with ExitStack() as stack:
        use_server(monkeypatch, stack)
        yield
