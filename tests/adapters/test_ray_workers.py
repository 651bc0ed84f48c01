"""Workers on a Ray cluster: what is lost, and what is not. Where Ray is not installed they are left out."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from fakes import FakeEmbedder
from ray_nodes import Cluster, can_have_networks, two_nodes
from test_intake import DEADLY, URLS, deadly_read_page, take_in_all

from digest.adapters.ray_workers import ray_workers
from digest.adapters.workers import Workers, worker_processes
from digest.errors import ConfigError, SetAsideError
from digest.language.addresses import entry_id
from digest.store import Store

# Not imported here: it reads once, as it is imported, whether there is a token.
pytestmark = pytest.mark.skipif(
    find_spec("ray") is None, reason="the extra ray is not installed: make test-team"
)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    # Actors are to find the functions of these tests.
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        with ray_workers(max_call_s=20) as found:
            yield found


def kill_worker(marks: Path, most: int) -> int:
    """Kill the worker's process, as often as is asked for; then say how often that was."""
    count = len(list(marks.iterdir()))
    if count < most:
        (marks / str(count)).touch()
        os._exit(11)
    return count


def test_what_dies_is_tried_again_elsewhere_and_set_aside_the_third_time(
    workers: Workers, tmp_path: Path
) -> None:
    assert workers.submit(kill_worker, tmp_path, 2).result(timeout=120) == 2
    with pytest.raises(SetAsideError, match="3 times"):
        workers.submit(os._exit, 11).result(timeout=120)
    assert workers.submit(len, "four").result(timeout=60) == 4


def test_what_takes_too_long_or_too_much_is_given_up(workers: Workers) -> None:
    with pytest.raises(TimeoutError, match="took longer than 2 s"):
        workers.within(2).submit(time.sleep, 60).result(timeout=60)
    with pytest.raises(MemoryError, match="took more than"):
        workers.submit(bytearray, 10**10).result(timeout=60)
    with pytest.raises(ValueError, match="four") as raised:
        workers.submit(int, "four").result(timeout=60)
    assert "in response_of" in raised.value.__notes__[0]


def test_a_function_that_a_node_does_not_have_is_no_death(workers: Workers) -> None:
    def here() -> None: ...

    here.__module__, here.__qualname__ = "only_here", "here"
    with pytest.MonkeyPatch.context() as modules:
        modules.setitem(sys.modules, "only_here", SimpleNamespace(here=here))
        with pytest.raises(ModuleNotFoundError, match="only_here"):
            workers.submit(here).result(timeout=60)


def test_nothing_of_a_worker_that_dies_is_printed(
    workers: Workers, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BrokenExecutor):
        workers.submit(os._exit, 11).result(timeout=120)
    time.sleep(1)
    assert capfd.readouterr() == ("", "")


def test_nothing_of_a_cluster_of_this_machine_listens_beyond_it(workers: Workers) -> None:
    assert workers.submit(len, "four").result(timeout=120) == 4
    here = psutil.Process()
    listening = {
        each.laddr.ip.removeprefix("::ffff:")
        for process in (here, *here.children(recursive=True))
        for each in process.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_articles_are_the_same_as_one_machines(workers: Workers, tmp_path: Path) -> None:
    kept = []
    with worker_processes() as processes:
        for name, executor in (("processes", processes), ("ray", workers)):
            store = Store(tmp_path / name)
            take_in_all(store, executor, embedding_workers=executor.allowing if name == "ray" else None)
            ids, vectors = store.articles.matrix(model_id=FakeEmbedder().model_id)
            kept.append((ids, vectors.tobytes(), store.articles.get(ids), store.articles.analyses_for(ids)))
    assert kept[0] == kept[1]
    assert len(kept[0][0]) == len(URLS)


def test_a_page_that_kills_its_workers_is_set_aside_and_named(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.intake.read_page", deadly_read_page)
    store = Store(tmp_path)
    reader = take_in_all(store, workers, embedding_workers=workers.allowing)
    assert store.articles.known_ids() == {entry_id(url) for url in URLS if url != DEADLY}
    (dropped,) = reader.intake.dropped
    assert (dropped.url, dropped.stage) == (DEADLY, "extract")
    assert dropped.reason == "its extraction killed its worker 3 times"


@pytest.mark.parametrize("address", ["192.0.2.9:6379", "cluster.example:6379"])
def test_a_cluster_that_asks_for_no_token_is_not_joined(address: str) -> None:
    with pytest.raises(ConfigError, match="RAY_AUTH_MODE=token"), ray_workers(address, environ={}):
        pass


# -- nodes ---------------------------------------------------------------------------------------------------

RUN = """
import sys, time
from digest.adapters.ray_workers import ray_workers
with ray_workers(sys.argv[1], max_call_s=10) as workers:
    futures = [workers.submit(time.sleep, .2) for _ in range(100)]
    futures[10].result()
    print("working", workers.most, flush=True)
    for each in futures:
        each.result()
print("through")
"""


@contextmanager
def run_on(cluster: Cluster) -> Iterator["subprocess.Popen[str]"]:
    """A run of a hundred calls that is at work on both nodes."""
    command = [*cluster.inside, sys.executable, "-c", RUN, cluster.address]
    run = subprocess.Popen(command, env=cluster.environ, stdout=subprocess.PIPE, text=True)
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == "working 2\n"
        yield run
    finally:
        run.kill()


def test_a_node_that_is_killed_costs_no_call() -> None:
    with two_nodes() as cluster, run_on(cluster) as run:
        cluster.kill_other()
        rest, _ = run.communicate(timeout=240)
        assert rest == "through\n"


@pytest.mark.skipif(not can_have_networks(), reason="no network namespace can be made here: needs root")
def test_a_node_whose_network_is_cut_costs_no_call() -> None:
    with two_nodes() as cluster, run_on(cluster) as run:
        cluster.other_network.cut()
        rest, _ = run.communicate(timeout=240)
        assert rest == "through\n"
