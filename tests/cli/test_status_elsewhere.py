"""Status over an archive on PostgreSQL, whose lock another machine holds."""

import os
import socket
from pathlib import Path

import pytest
from archive_engine import SERVER
from fakes import NOW
from newsroom import ISSUE, TEXTS, Newsroom
from two_machines import two_machines

from digest.cli import places

pytestmark = pytest.mark.skipif(
    not SERVER, reason="no PostgreSQL: DIGEST_TEST_ARCHIVE names none; make test-team"
)


@pytest.fixture(autouse=True)
def archive_engine() -> None:
    """Here archives lie where the test says."""


def test_a_run_on_another_machine_is_at_work(tmp_path: Path) -> None:
    news = Newsroom(tmp_path / "one")
    news.write("tarrow", "Kiln", "\n".join(TEXTS["Kiln"].format(line) for line in range(12)))
    news.run(ISSUE)
    with two_machines(news, tmp_path / "two", "server") as (one, two):
        with places.archive(one.folder, doing="digest run") as store:
            store.drafts.start_run(ISSUE, now=NOW)
            told = two.digest("status")
            assert f"in use     by digest run ({socket.gethostname()[:20]}, process {os.getpid()})" in told
            assert f"issue {ISSUE}: at work" in told
            assert "stuck      nothing" in told
        told = two.digest("status")
        assert "in use     by nobody" in told
        assert f"issue {ISSUE}: stopped before its end" in told
        with places.archive(one.folder, doing="digest publish"):
            told = two.digest("status")
        assert "in use     by digest publish (" in told
        assert f"issue {ISSUE}: stopped before its end" in told
        assert "did not end: digest run goes on from there" in told
