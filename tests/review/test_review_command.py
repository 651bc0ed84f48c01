"""`digest review` as it is typed: it prints an address that opens once, and ends with Ctrl-C."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx2
from desks import room_of
from newsroom import ISSUE


def test_the_address_is_printed_and_said_nowhere_else(tmp_path: Path) -> None:
    room_of(tmp_path)
    log = tmp_path / "said.txt"
    with log.open("w") as said_to:
        started = subprocess.Popen(
            [sys.executable, "-m", "digest", "-v", "-C", str(tmp_path), "review", "--no-open"],
            stdout=subprocess.PIPE,
            stderr=said_to,
            text=True,
        )
    try:
        assert started.stdout is not None
        address = started.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with httpx2.Client(follow_redirects=True) as client:
            assert f"Issue {ISSUE}" in client.get(address).text
            assert client.get(address).status_code == 403
    finally:
        started.send_signal(signal.SIGINT)
        rest, _ = started.communicate(timeout=60)
    said = log.read_text("utf-8")
    assert rest == ""
    assert address.partition("token=")[2] not in said
    assert "Traceback" not in said
    assert started.returncode in (0, 130, -signal.SIGINT)
