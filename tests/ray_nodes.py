"""A Ray cluster of two nodes on this machine's loopback network, of one processor each."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import takewhile


@contextmanager
def two_nodes() -> Iterator[tuple[str, dict[str, str], "subprocess.Popen[str]"]]:
    """Start the cluster; gives its address, what its users need in the environment, and the second node."""
    token = {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    environ = {**os.environ, **token}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    with ExitStack() as stack:
        # Its sockets lie there, and their paths must be short.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="r", ignore_cleanup_errors=True))
        head = ["--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder}"]
        stack.enter_context(node(environ, *head))
        yield address, environ, stack.enter_context(node(environ, f"--address={address}"))


@contextmanager
def node(environ: dict[str, str], *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A node of one processor, in a group of processes of its own; it has joined when it is given."""
    small = ["--num-cpus=1", "--object-store-memory=80000000", "--node-ip-address=127.0.0.1"]
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *small, *options]
    process = subprocess.Popen(
        command,
        env=environ,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = list(takewhile(lambda line: "Ray runtime started" not in line, process.stdout))
        assert process.poll() is None, "".join(said)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
