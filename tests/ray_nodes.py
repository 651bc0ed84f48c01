"""A Ray cluster of two nodes of one processor each, on networks of their own or on the loopback network.

Where the machine lets it (Linux, as root, with iproute2) each node stands in a network namespace, and a pair
of virtual Ethernet devices joins the two: neither sees the other's loopback network, and the link can be cut.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile

HOSTS = ("198.18.19.1", "198.18.19.2")
"""Addresses of the range for benchmarks (RFC 2544), which no network outside has."""


@dataclass(frozen=True, slots=True)
class Network:
    """Where a node stands: its address, and the namespace, empty for this machine's own."""

    host: str = "127.0.0.1"
    namespace: str = ""

    @property
    def inside(self) -> list[str]:
        """The beginning of a command that is to run there."""
        return ["ip", "netns", "exec", self.namespace] if self.namespace else []

    def cut(self) -> None:
        """Take the link down: from now on nothing arrives, and nothing says so."""
        ip("-n", self.namespace, "link", "set", "digest", "down")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two nodes: what their users need, and the second, which can be lost."""

    address: str
    environ: dict[str, str]
    inside: list[str]
    other: "subprocess.Popen[str]"
    other_network: Network

    def kill_other(self) -> None:
        """End all processes of the second node at once."""
        os.killpg(self.other.pid, signal.SIGKILL)


@contextmanager
def two_nodes() -> Iterator[Cluster]:
    """Start the cluster; its users run where its head does (`Cluster.inside`)."""
    token = {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    environ = {**os.environ, **token}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ExitStack() as stack:
        first, second = stack.enter_context(two_networks())
        address = f"{first.host}:{port}"
        # Its sockets lie there, and their paths must be short.
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="r", ignore_cleanup_errors=True))
        head = ["--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder}"]
        stack.enter_context(node(first, environ, *head))
        other = stack.enter_context(node(second, environ, f"--address={address}"))
        yield Cluster(address, environ, first.inside, other, second)


@contextmanager
def node(network: Network, environ: dict[str, str], *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A node of one processor, in a group of processes of its own; it has joined when it is given."""
    small = ["--num-cpus=1", "--object-store-memory=80000000", f"--node-ip-address={network.host}"]
    start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *small, *options]
    process = subprocess.Popen(
        [*network.inside, *start],
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


# -- networks ------------------------------------------------------------------------------------------------


@contextmanager
def two_networks() -> Iterator[tuple[Network, Network]]:
    """Two namespaces joined by a link; the loopback network twice, where there can be none."""
    if not can_have_networks():
        yield Network(), Network()
        return
    mark = secrets.token_hex(4)
    first, second = (Network(host, f"digest-{mark}-{host[-1]}") for host in HOSTS)
    try:
        for network in (first, second):
            ip("netns", "add", network.namespace)
        ends = ["digest", "netns", first.namespace, "type", "veth", "peer", "name", "digest"]
        ip("link", "add", *ends, "netns", second.namespace)
        for network in (first, second):
            ip("-n", network.namespace, "addr", "add", f"{network.host}/30", "dev", "digest")
            for device in ("lo", "digest"):
                ip("-n", network.namespace, "link", "set", device, "up")
        yield first, second
    finally:
        for network in (first, second):
            subprocess.run(["ip", "netns", "delete", network.namespace], check=False, capture_output=True)


def can_have_networks() -> bool:
    """Tell whether this machine lets us make a network namespace."""
    if shutil.which("ip") is None:
        return False
    name = f"digest-{secrets.token_hex(4)}"
    made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True)
    if made.returncode:
        return False
    ip("netns", "delete", name)
    return True


def ip(*words: str) -> None:
    """Run a command of iproute2."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
