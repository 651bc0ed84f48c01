"""A real IMAP server on this machine, in a process of its own, with a mailbox in memory."""

import imaplib
import importlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

USER, PASSWORD = "reader@example.net", "hunter2-secret"

START_S = 20.0
"""How long the server may take to answer."""


@contextmanager
def imap_server(mails: Sequence[bytes]) -> Iterator[int]:
    """Run a server whose INBOX holds `mails`; gives its port."""
    # Without it, waiting for the server would only end late.
    importlib.import_module("pymap")
    port = _free_port()
    command = "import sys; from pymap.main import main; sys.exit(main())"
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "--no-service", "admin"]
    demo = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(
        [sys.executable, "-c", command, *options, *demo],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with _connected(port) as client:
            for mail in mails:
                client.append("INBOX", None, None, mail)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _connected(port: int) -> Iterator[imaplib.IMAP4]:
    until = time.monotonic() + START_S
    while True:
        try:
            client = imaplib.IMAP4("127.0.0.1", port)
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    try:
        client.login(USER, PASSWORD)
        yield client
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()


def unseen(port: int) -> int:
    """Count the mails that are not marked as seen."""
    with _connected(port) as client:
        client.select("INBOX", readonly=True)
        return len(client.search(None, "UNSEEN")[1][0].split())


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
