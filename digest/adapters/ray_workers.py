"""Workers on a Ray cluster: a run's heavy calls on as many machines as there are.

Each processor of the cluster has an actor, which makes one call at a time and keeps what it has loaded. Calls
and results are records: an actor reaches neither feeds nor the archive, and nothing that the caller holds.
Threads hand calls to actors as they do to processes of this machine (see workers); a node that is lost costs
the calls that were made there another try.

Ray lets whoever reaches one of its ports run code, so it is started and joined with its token alone.
"""

import importlib
import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, nullcontext, suppress
from time import monotonic
from typing import Any

from digest import __version__
from digest.adapters.sentence_transformers import usable_cores
from digest.adapters.workers import (
    MAX_CALL_S,
    PRELOADED,
    Call,
    Limits,
    LostError,
    Workers,
    limit_memory,
    response_of,
    use_one_core,
)
from digest.errors import ConfigError, NotStartedError

MAX_START_S = 120.0
"""An actor that is not ready by then is given up: its node may first have to load all of Ray."""

MAX_ANSWER_S = 30.0
"""A node that has not begun a task of nothing by then is taken for lost: Ray itself notices only after more
than a minute that a node's network is gone, which is longer than a call may take."""

LOOK_S = 5.0
"""How often the cluster is asked whether there is room for an actor that is not ready."""

TRIES = 3
"""A call that killed so many workers is set aside."""

MAX_MEMORY_BYTES = 4_000_000_000
"""Of address space beyond what an actor has at its start: for the embedding model with torch and for what
`workers.MAX_MEMORY_BYTES` allows."""

STORE_BYTES = 200_000_000
"""Of memory that a local cluster shares for results: a call's is one analysis or one page's text."""

TOKEN_BYTES = 32
"""Of the token of a local cluster."""

REACHABLE = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
"""Whether a node has an address for others; with 0 it has 127.0.0.1, on Linux too, and all its processes
listen there alone. `_node_ip_address` cannot say so: Ray puts one in its place that others reach."""


@contextmanager
def ray_workers(
    address: str = "",
    *,
    max_call_s: float = MAX_CALL_S,
    max_start_s: float = MAX_START_S,
    max_memory_bytes: int = MAX_MEMORY_BYTES,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Workers]:
    """Give an executor whose calls are made on a cluster. Futures fail as those of `worker_processes` do, and
    with SetAsideError where a call killed its worker three times.

    Args:
        address: Of the cluster's head, host:port; empty for a cluster on this machine, made for the block.
        max_call_s: Seconds a call may take.
        max_start_s: Seconds an actor may take to be ready.
        max_memory_bytes: Address space of an actor beyond what it starts with.
        environ: Where the token's mode is looked up.

    Raises:
        ConfigError: Ray is not installed, the cluster cannot be reached, or it asks for no token and stands
            on another machine.
    """
    ray = _joined(address, environ)
    limits = Limits(max_call_s, max_start_s, max_memory_bytes)
    actor = ray.remote(num_cpus=1, max_restarts=0)(Caller)

    def start() -> _Actor:
        return _Actor(ray, actor, limits, lambda: workers.at_work <= _processors(ray))

    workers = Workers(max(_processors(ray), 1), limits, start, tries=TRIES)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)
        ray.shutdown()


def _joined(address: str, environ: Mapping[str, str]) -> Any:
    """Start a cluster on this machine or join one; gives the module."""
    if address and environ.get("RAY_AUTH_MODE") != "token" and not _is_here(address):
        raise ConfigError(
            f"settings.ray: {address}: whoever reaches a Ray cluster without a token can run code on it: "
            "start every node with RAY_AUTH_MODE=token, and set RAY_AUTH_MODE and RAY_AUTH_TOKEN here too"
        )
    # Read when Ray is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not address:
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(TOKEN_BYTES))
    with _unreachable() if not address else nullcontext():
        return _initialized(address)


@contextmanager
def _unreachable() -> Iterator[None]:
    """Have a cluster that is started in the block listen on 127.0.0.1 alone; no other one is touched."""
    before = os.environ.get(REACHABLE)
    os.environ[REACHABLE] = "0"
    try:
        yield
    finally:
        del os.environ[REACHABLE]
        if before is not None:
            os.environ[REACHABLE] = before


def _initialized(address: str) -> Any:
    try:
        import ray
    except ImportError as error:
        raise ConfigError(
            "settings.executor: ray needs the extra ray: pip install 'digest[ray]'; "
            "or executor: processes, for this machine alone"
        ) from error
    local = {} if address else {"num_cpus": usable_cores(), "object_store_memory": STORE_BYTES}
    try:
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level="CRITICAL",
            **local,
        )
    except (ray.exceptions.RayError, ConnectionError, RuntimeError, ValueError, OSError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise ConfigError(f"settings.ray: {address or 'a local cluster'}: {first}") from error
    # Ray prints of each process that died on standard output, which is for results; no option keeps it still.
    ray._private.worker._worker_logs_enabled = False
    return ray


def _processors(ray: Any) -> int:
    return int(ray.cluster_resources().get("CPU", 0))


def _is_here(address: str) -> bool:
    """Say whether an address is this machine's as it is written; a forwarded port may lead elsewhere."""
    host = address.rpartition(":")[0].strip("[]")
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class Caller:
    """The actor: makes calls in its process."""

    def __init__(self, max_memory_bytes: int) -> None:
        """Load the stages, then limit the memory."""
        for name in PRELOADED:
            importlib.import_module(name)
        use_one_core()
        limit_memory(_address_space() + max_memory_bytes)
        self._max_memory_bytes = max_memory_bytes

    def where(self) -> tuple[str, str]:
        """Say which version of the project is there, and which node that is."""
        import ray

        return __version__, ray.get_runtime_context().get_node_id()

    def call(self, request: bytes) -> bytes:
        """Make a pickled call; gives its pickled result."""
        import pickle

        return response_of(*pickle.loads(request), max_memory_bytes=self._max_memory_bytes)


def _nothing() -> None:
    """Is done as soon as a node is at hand."""


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _why_not_started(error: Exception) -> str:
    """Give the error that an actor's start ended with, of the many lines that Ray says of it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
    return (raised or lines[:1] or [repr(error)])[-1]


class _Actor:
    """One actor; see `workers.Worker`."""

    def __init__(self, ray: Any, actor: Any, limits: Limits, has_room: Callable[[], bool]) -> None:
        self._ray = ray
        self._has_room = has_room
        self._node = ""
        self.is_busy = True
        try:
            self._handle = actor.remote(limits.memory_bytes)
        except (ray.exceptions.RayError, RuntimeError, OSError) as error:
            # The two last where the cluster's head is gone.
            raise NotStartedError(f"no actor could be started: {error}") from error

    def wait_until_ready(self, max_s: float) -> None:
        where = self._handle.where.remote()
        try:
            until = monotonic() + max_s
            while not self._ray.wait([where], timeout=LOOK_S)[0]:
                # A node is gone with its processors; Ray would wait for another one.
                if not self._has_room():
                    raise NotStartedError("the cluster has no processor for it")
                if monotonic() > until:
                    raise NotStartedError(f"it took longer than {max_s:g} s")
            found, self._node = self._ray.get(where)
            if found != __version__:
                raise NotStartedError(
                    f"a node of the cluster has version {found} of digest, not {__version__}"
                )
        except self._ray.exceptions.RayError as error:
            self.kill()
            raise NotStartedError(_why_not_started(error)) from error
        except NotStartedError:
            self.kill()
            raise
        self.is_busy = False

    def call(self, call: Call) -> Any:
        import pickle

        request = pickle.dumps((call.function, call.args, call.kwargs))
        self.is_busy = True
        try:
            result, error = pickle.loads(self._ray.get(self._handle.call.remote(request), timeout=call.max_s))
        except self._ray.exceptions.GetTimeoutError as late:
            self.kill()
            if not self._node_answers():
                raise LostError(BrokenExecutor("its node does not answer")) from late
            raise LostError(TimeoutError(f"took longer than {call.max_s:g} s")) from late
        except self._ray.exceptions.RayTaskError as failed:
            # What was asked for could not be read there, so the actor is as good as before.
            self.is_busy = False
            raise failed.cause from None
        except self._ray.exceptions.RayError as lost:
            self.kill()
            raise LostError(BrokenExecutor("a worker process died")) from lost
        self.is_busy = False
        if isinstance(error, MemoryError):
            self.kill()
            raise LostError(error)
        if error is not None:
            raise error
        return result

    def _node_answers(self) -> bool:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(self._node, soft=False)
        task = self._ray.remote(num_cpus=0, max_retries=0)(_nothing)
        with suppress(self._ray.exceptions.RayError):
            answer = task.options(scheduling_strategy=there).remote()
            if self._ray.wait([answer], timeout=MAX_ANSWER_S)[0]:
                self._ray.get(answer)
                return True
        return False

    def end(self) -> None:
        self.kill()

    def kill(self) -> None:
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(self._handle)
