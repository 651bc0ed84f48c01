"""Worker processes that are stopped, killed, in a loop or greedy: each costs the call it was at."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import forkserver
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from digest.adapters import workers as adapter
from digest.adapters.workers import Call, Limits, Workers, worker_processes
from digest.errors import DigestError, NotStartedError

BIG = b"x" * 8_000_000
"""More than a pipe holds."""


def own_pid() -> int:
    return os.getpid()


def stop() -> None:
    """As SIGSTOP from outside does in the middle of a call."""
    os.kill(os.getpid(), signal.SIGSTOP)


def loop() -> None:
    while True:
        pass


def big_answer_of_a_stopped_process() -> Any:
    return _Stops()


class _Stops:
    """Stops the process while its answer is made ready."""

    def __reduce__(self) -> tuple[Any, ...]:
        os.kill(os.getpid(), signal.SIGSTOP)
        return (bytes, (BIG,))


def work_once_stopped(mark: str, at_start: int, *rest: Any) -> None:
    """The worker's own loop, but for the first process, which gets a signal before it is ready."""
    path = Path(mark)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), at_start)
    REAL_WORK(*rest)


REAL_WORK = adapter._work


@pytest.mark.parametrize("call", [stop, loop, big_answer_of_a_stopped_process])
def test_a_process_that_does_not_come_back_is_given_up_within_its_limit(call: Any) -> None:
    with worker_processes(most=1, max_call_s=60) as workers:
        assert workers.submit(len, "four").result(timeout=60) == 4
        lost, after = workers.within(0.5).submit(call), workers.submit(len, BIG)
        with pytest.raises(TimeoutError, match=r"took longer than 0\.5 s"):
            lost.result(timeout=30)
        assert after.result(timeout=60) == len(BIG)


def test_a_call_may_be_allowed_more_than_others() -> None:
    with worker_processes(most=1, max_call_s=0.5) as workers:
        assert workers.allowing(60).submit(sleep, 1).result(timeout=60) is None


def test_a_process_stopped_while_it_waits_takes_in_no_page_and_is_given_up() -> None:
    with worker_processes(most=1, max_call_s=3) as workers:
        os.kill(workers.submit(own_pid).result(timeout=60), signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            workers.submit(len, BIG).result(timeout=30)
        assert workers.submit(len, BIG).result(timeout=60) == len(BIG)


def test_a_process_killed_while_it_waits_costs_one_call() -> None:
    with worker_processes(most=1) as workers:
        os.kill(workers.submit(own_pid).result(timeout=60), signal.SIGKILL)
        with pytest.raises(BrokenExecutor):
            workers.submit(len, BIG).result(timeout=30)
        assert workers.submit(len, BIG).result(timeout=60) == len(BIG)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_lost_before_its_first_answer_costs_nothing(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_work", partial(work_once_stopped, str(tmp_path / "mark"), number))
    with worker_processes(most=1, max_start_s=3) as workers:
        assert workers.submit(len, "four").result(timeout=60) == 4
    assert (tmp_path / "mark").exists()


def test_a_server_of_processes_that_was_stopped_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PATIENCE_S", 0.5)
    with worker_processes(most=1, max_start_s=10) as workers:
        pid = workers.submit(own_pid).result(timeout=60)
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGSTOP)  # type: ignore[attr-defined]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(BrokenExecutor):
            workers.submit(len, "four").result(timeout=60)
        assert workers.submit(len, "four").result(timeout=60) == 4


def test_a_call_that_wants_too_much_memory_fails_alone() -> None:
    with worker_processes(most=1, max_memory_bytes=10**9) as workers:
        with pytest.raises(MemoryError, match="took more than 1,000 MB of memory"):
            workers.submit(bytearray, 2 * 10**9).result(timeout=60)
        assert workers.submit(len, "four").result(timeout=60) == 4


def test_leaving_does_not_wait_for_a_process_that_is_stopped() -> None:
    with worker_processes(most=1, max_call_s=60) as workers:
        call = workers.submit(stop)
        while not call.running():
            pass
        started = monotonic()
    assert monotonic() - started < 30
    assert call.exception() is not None


# -- no process can be had -----------------------------------------------------------------------------------


class FakeWorker:
    """Makes calls in the thread that owns it."""

    is_busy = False

    def wait_until_ready(self, max_s: float) -> None: ...

    def call(self, call: Call) -> Any:
        return call.function(*call.args)

    def end(self) -> None: ...

    def kill(self) -> None: ...


class OfAnotherVersion(FakeWorker):
    def wait_until_ready(self, max_s: float) -> None:
        raise NotStartedError("a node of the cluster has version 0.1 of digest, not 0.2")


def none_to_be_had() -> Any:
    raise NotStartedError("no memory is left for it")


@contextmanager
def made_by(make: Any, most: int = 1) -> Iterator[Workers]:
    workers = Workers(most, Limits(60, 60, 10**9), make, tries=3)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)


def test_calls_fail_with_the_cause_where_no_process_can_be_had() -> None:
    with made_by(none_to_be_had) as workers:
        for _ in range(2):
            with pytest.raises(DigestError, match="no worker process became ready: no memory is left for it"):
                workers.submit(len, "four").result(timeout=60)


def test_a_server_that_starts_no_process_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(process: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.ForkServerProcess.start", refuse)
    with worker_processes(most=1) as workers, pytest.raises(NotStartedError, match="temporarily unavailable"):
        workers.submit(len, "four").result(timeout=60)


@pytest.mark.parametrize("most", [1, 2])
def test_calls_fail_with_the_version_where_nobody_has_a_worker_of_it(most: int) -> None:
    with made_by(OfAnotherVersion, most) as workers:
        for call in [workers.submit(len, "four") for _ in range(4)]:
            with pytest.raises(DigestError, match=r"has version 0\.1 of digest, not 0\.2"):
                call.result(timeout=60)
        assert workers.at_work == 0


def test_who_has_a_worker_makes_the_calls_of_those_who_have_none() -> None:
    kinds = [FakeWorker, *[OfAnotherVersion] * 3]
    with made_by(lambda: kinds.pop(0)(), most=2) as workers:
        assert workers.submit(len, "four").result(timeout=60) == 4
        calls = [workers.submit(len, "four") for _ in range(20)]
        assert [call.result(timeout=60) for call in calls] == [4] * 20


# -- what nobody expected ------------------------------------------------------------------------------------


class Unexpected(FakeWorker):
    """Has something go wrong that is neither the call's fault nor a death."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.is_killed = False

    def wait_until_ready(self, max_s: float) -> None:
        if self.at == "start":
            raise RuntimeError("can't start new thread")

    def call(self, call: Call) -> Any:
        self.is_busy = True
        raise RuntimeError("can't start new thread")

    def kill(self) -> None:
        self.is_killed = True


@pytest.mark.parametrize("at", ["start", "call"])
def test_what_nobody_expected_is_told_and_the_next_call_has_another_worker(at: str) -> None:
    first = Unexpected(at)
    kinds = [first, FakeWorker()]
    with made_by(lambda: kinds.pop(0)) as workers:
        with pytest.raises(RuntimeError, match="new thread"):
            workers.submit(len, "four").result(timeout=60)
        assert workers.submit(len, "four").result(timeout=60) == 4
        assert first.is_killed
        assert workers.at_work == 1


def test_what_making_a_worker_raises_is_told() -> None:
    kinds = [FakeWorker()]
    with made_by(lambda: kinds.pop(0), most=1) as workers:
        kinds.insert(0, None)  # type: ignore[arg-type]
        with pytest.raises(AttributeError):
            workers.submit(len, "four").result(timeout=60)
        assert workers.submit(len, "four").result(timeout=60) == 4


def test_a_result_that_cannot_be_read_here_costs_the_call_alone() -> None:
    with worker_processes(most=1) as workers:
        with pytest.raises(ZeroDivisionError):
            workers.submit(_FailsHere).result(timeout=60)
        assert workers.submit(len, "four").result(timeout=60) == 4


class _FailsHere:
    """Raises where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (divmod, (1, 0))


@pytest.mark.parametrize("lacks", ["files", "threads"])
def test_without_files_or_threads_the_call_says_so(lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with worker_processes(most=1) as workers:
        with monkeypatch.context() as patch:
            if lacks == "files":
                patch.setattr("multiprocessing.context.ForkServerContext.Pipe", _no_more_files)
            else:
                patch.setattr("threading.Timer.start", _no_more_threads)
            with pytest.raises(NotStartedError, match=r"Too many open files|can't start new thread"):
                workers.submit(len, "four").result(timeout=60)
        assert workers.submit(len, "four").result(timeout=60) == 4


def test_a_thread_that_cannot_be_had_costs_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with made_by(FakeWorker, most=2) as workers:
        with monkeypatch.context() as patch:
            patch.setattr("threading.Thread.start", _no_more_threads)
            with pytest.raises(NotStartedError, match="can't start new thread"):
                workers.submit(len, "four")
        assert workers.submit(len, "four").result(timeout=60) == 4
        monkeypatch.setattr("threading.Thread.start", _no_more_threads)
        assert workers.submit(len, "four").result(timeout=60) == 4


def _no_more_files(*_: Any) -> Any:
    raise OSError(24, "Too many open files")


def _no_more_threads(*_: Any) -> Any:
    raise RuntimeError("can't start new thread")
