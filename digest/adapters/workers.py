"""Worker processes for extraction and analysis: each is owned by one thread and reached over one pipe.

concurrent.futures.ProcessPoolExecutor shares its queues and their locks among the workers. When one of them
is killed it takes the pool with it, and in Python 3.11 a process that is started at that very moment is never
ended: of 79 runs in which pages killed their workers 8 hung at exit, and 5 lost the server process. Here a
worker shares nothing, so its death costs the call it was at and no other.
"""

import multiprocessing
import os
import queue
import resource
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import ForkingPickler
from typing import Any, Protocol

from digest.adapters.sentence_transformers import usable_cores
from digest.errors import NotStartedError, SetAsideError
from digest.language.screen import guard

# A run's main process embeds while these work; more of them than cores would only take its time.
MAX_WORKERS = 4

MAX_CALL_S = 60.0
"""A call that takes longer is given up and its process killed: the slowest page known takes 2 s."""

MAX_START_S = 30.0
"""A process that is not ready by then is given up. The first one takes 3 s: the stages are loaded for it."""

MAX_STARTS = 3
"""So many processes may be lost before they are ready, each for no fault of the call."""

MAX_MEMORY_BYTES = 1_500_000_000
"""Of address space, for each process. After 120 real pages it is 340 MB, with 10 MB of tags 530 MB
(November 2026); more comes of what was made to hurt, and would take the memory of the whole machine."""

PRELOADED = ["digest.intake", "digest.articles.main_text", "trafilatura", "feedparser", "py3langid"]
"""Loaded once, by the process that the workers are copies of."""

PATIENCE_S = 5.0
"""A process that was told to end has so long before it is killed."""


@contextmanager
def worker_processes(
    *,
    most: int = MAX_WORKERS,
    max_call_s: float = MAX_CALL_S,
    max_start_s: float = MAX_START_S,
    max_memory_bytes: int = MAX_MEMORY_BYTES,
) -> Iterator["Workers"]:
    """Give an executor whose processes start with the first page, and end with the block.

    They come from a server process that has imported the stages and nothing of the main process:
    forking the main one would copy its threads' locks in whatever state they are.

    A future fails with BrokenExecutor where its process died, with TimeoutError where it took longer than
    `max_call_s` seconds, with MemoryError where it wanted too much; the calls after it go to another process.
    With NotStartedError, which is no fault of the call, where no process can be had. What is not done when
    the block is left is given up.

    Args:
        most: Processes at once; never more than processor cores.
        max_call_s: Seconds a call may take, with sending it and its result.
        max_start_s: Seconds a process may take to be ready.
        max_memory_bytes: Address space of a process, where the system can limit it.
    """
    limits = Limits(max_call_s, max_start_s, max_memory_bytes)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    workers = Workers(min(usable_cores(), most), limits, lambda: _Process(context, limits))
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Limits:
    """Of a worker: seconds for a call and until it is ready, and bytes of memory."""

    call_s: float
    start_s: float
    memory_bytes: int


@dataclass(frozen=True)
class Call:
    """What to call, how long it may take, and where the result goes."""

    future: Future[Any]
    max_s: float
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    is_handed_on: bool = False
    """Whether a thread took it that could start no worker."""
    deaths: int = 0
    """Of workers, at this call."""


class Worker(Protocol):
    """What makes calls, one at a time, in a process of its own."""

    is_busy: bool
    """Whether it is being started or at a call; so it stays where it was lost."""

    def wait_until_ready(self, max_s: float) -> None:
        """Wait until it takes calls.

        Raises:
            NotStartedError: it does not, and the process is no more.
        """
        ...

    def call(self, call: Call) -> Any:
        """Have a call made and wait for its result, or raise what it raised.

        Raises:
            LostError: the process is no more, and `reason` says why.
        """
        ...

    def end(self) -> None:
        """End the process, which is at no call."""
        ...

    def kill(self) -> None:
        """End the process at once; whoever waits for it sees its end."""
        ...


class Workers(Executor):
    """Threads that hand calls to their process. They start with the calls: most runs find nothing new."""

    def __init__(self, most: int, limits: Limits, make: Callable[[], Worker], *, tries: int = 1) -> None:
        """Take calls.

        Args:
            most: Workers at once.
            limits: Of each.
            make: Starts one, or raises `NotStartedError`.
            tries: How many workers a call may kill; with more than one, what it kills last fails with
                `SetAsideError`.
        """
        self.most = most
        """Workers at once."""
        self._limits = limits
        self._make = make
        self._tries = tries
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._processes: set[Worker] = set()
        self._is_closed = False
        """Whether no call may come any more: who waits for the last one would wait for good."""
        self._is_over = False
        """Whether all is given up."""

    @property
    def at_work(self) -> int:
        """How many workers there are."""
        with self._lock:
            return len(self._processes)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call in a worker process."""
        return self._submit(self._limits.call_s, fn, args, kwargs)

    def within(self, max_call_s: float) -> Executor:
        """Give the same processes with another limit for a call, in seconds."""
        return _Within(self, max_call_s)

    def allowing(self, more_s: float) -> Executor:
        """Give the same processes with so many seconds more for a call."""
        return _Within(self, self._limits.call_s + more_s)

    def _submit(
        self, max_s: float, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Future[Any]:
        if len(self._threads) < self.most:
            thread = threading.Thread(target=self._serve, name="worker", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                # The system gives no more threads; those that there are do.
                if not self._threads:
                    raise NotStartedError(f"no worker process became ready: {error}") from error
            else:
                self._threads.append(thread)
        future: Future[Any] = Future()
        self._calls.put(Call(future, max_s, fn, args, kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the worker processes, after the calls that are left unless those are to be given up."""
        while cancel_futures:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                break
            if call:
                call.future.cancel()
        with self._lock:
            self._is_closed, self._is_over = True, cancel_futures
            busy = [process for process in self._processes if process.is_busy] if cancel_futures else []
        for process in busy:
            process.kill()
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _serve(self) -> None:
        """Work calls off in a process of this thread's own, in a new one where that was lost."""
        # Ctrl-C is the main thread's. What this one starts inherits that: the server process would end with a
        # traceback otherwise, as it can be told to ignore Ctrl-C only once it has loaded the stages.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        process: Worker | None = None
        while (call := self._calls.get()) is not None:
            if not call.is_handed_on and not call.future.set_running_or_notify_cancel():
                continue
            try:
                process = process or self._started()
            except BaseException as error:
                if isinstance(error, NotStartedError) and self._hand_on(call):
                    return
                call.future.set_exception(error)
            else:
                process = self._make_call(call, process)
        if process:
            try:
                process.end()
            finally:
                self._forget(process)

    def _make_call(self, call: Call, process: Worker) -> Worker | None:
        """Have a call made; give the worker that is left for the next one."""
        while True:
            try:
                result = process.call(call)
            except LostError as error:
                self._forget(process)
                call = replace(call, deaths=call.deaths + 1)
                if not isinstance(error.reason, BrokenExecutor) or self._tries == 1:
                    call.future.set_exception(error.reason)
                    return None
                if call.deaths == self._tries:
                    call.future.set_exception(SetAsideError(f"killed its worker {self._tries} times"))
                    return None
            except BaseException as error:
                call.future.set_exception(error)
                if not process.is_busy:
                    return process
                # It was not the call that raised this, and nobody knows what the process is at.
                self._give_up(process)
                return None
            else:
                call.future.set_result(result)
                return process
            try:
                process = self._started()
            except BaseException as error:
                if not isinstance(error, NotStartedError) or not self._hand_on(call):
                    call.future.set_exception(error)
                return None

    def _hand_on(self, call: Call) -> bool:
        """Leave a call to the other threads where one has a worker: a cluster may have lost a node for good.

        Says whether it was.
        """
        with self._lock:
            if self._is_closed or not self._processes:
                return False
            self._calls.put(replace(call, is_handed_on=True))
            return True

    def _started(self) -> Worker:
        """Start a process, another one where that is lost before it is ready.

        Raises:
            NotStartedError: it was lost each time.
            BrokenExecutor: all is to end.
        """
        for _ in range(MAX_STARTS):
            try:
                return self._ready(self._make())
            except NotStartedError as error:
                problem = error
        if self._is_over:
            raise BrokenExecutor("given up before it began")
        raise NotStartedError(f"no worker process became ready: {problem}") from problem

    def _ready(self, process: Worker) -> Worker:
        with self._lock:
            if self._is_over:
                process.kill()
                raise BrokenExecutor("given up before it began")
            self._processes.add(process)
        try:
            process.wait_until_ready(self._limits.start_s)
        except NotStartedError:
            self._forget(process)
            raise
        except BaseException:
            self._give_up(process)
            raise
        return process

    def _give_up(self, process: Worker) -> None:
        self._forget(process)
        with suppress(Exception):
            process.kill()

    def _forget(self, process: Worker | None) -> None:
        with self._lock:
            self._processes -= {process}


class _Within(Executor):
    """Workers with another limit for a call."""

    def __init__(self, workers: Workers, max_call_s: float) -> None:
        self._workers = workers
        self._max_call_s = max_call_s

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call in a worker process."""
        return self._workers._submit(self._max_call_s, fn, args, kwargs)


class LostError(Exception):
    """The process is no more."""

    def __init__(self, reason: Exception) -> None:
        """Say why, as the call's future is told."""
        super().__init__(str(reason))
        self.reason = reason


class _Process:
    """One worker process.

    Whatever it is waited for, its end ends the waiting: so a limit of time is a timer that kills it. That
    holds too where it was stopped (SIGSTOP) and neither takes a page in nor gives the rest of its answer.
    """

    def __init__(self, context: ForkServerContext, limits: Limits) -> None:
        with ExitStack() as stack:
            # RuntimeError where the system gives no thread for the timer.
            try:
                self._pipe, theirs = context.Pipe()
                stack.callback(self._pipe.close)
                with theirs:
                    self._process = context.Process(
                        target=_work, args=(theirs, limits.memory_bytes), name="worker", daemon=True
                    )
                    with _AtMost(limits.start_s, _kill_server):
                        self._process.start()
            except (EOFError, OSError, RuntimeError) as error:
                raise NotStartedError(f"it could not be started: {error}") from error
            stack.pop_all()
        self.is_busy = True

    def wait_until_ready(self, max_s: float) -> None:
        """Wait until the stages are loaded, which is not the first call's time."""
        timer = _AtMost(max_s, self.kill)
        try:
            with timer:
                self._pipe.recv()
        except (EOFError, OSError) as ended:
            self._lost()
            raise NotStartedError(str(_why(timer, max_s))) from ended
        self.is_busy = False

    def call(self, call: Call) -> Any:
        """Have a call made and wait for its result, or raise what it raised.

        Raises:
            LostError: the process died, or was killed because it took too long or all is to end.
        """
        request = ForkingPickler.dumps((call.function, call.args, call.kwargs))
        self.is_busy = True
        timer = _AtMost(call.max_s, self.kill)
        try:
            with timer:
                self._pipe.send_bytes(request)
                result, error = self._pipe.recv()
        except (EOFError, OSError) as ended:
            self._lost()
            raise LostError(_why(timer, call.max_s)) from ended
        self.is_busy = False
        if timer.has_struck:
            self._lost()
            raise LostError(_why(timer, call.max_s))
        if isinstance(error, MemoryError):
            self._lost()
            raise LostError(error)
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """End the process: it waits for calls, and sees that none will come."""
        self._pipe.close()
        self._process.join(PATIENCE_S)
        self._lost()

    def kill(self) -> None:
        """Kill the process; whoever waits for it sees its end."""
        self._process.kill()

    def _lost(self) -> None:
        self._pipe.close()
        self._process.kill()
        # The server tells of its end, unless it was stopped.
        with _AtMost(PATIENCE_S, _kill_server):
            self._process.join()


class _AtMost:
    """Does something unless the block is left within some seconds; strikes no more once it is left."""

    def __init__(self, max_s: float, strike: Callable[[], None]) -> None:
        self.has_struck = False
        self._strike = strike
        self._timer = threading.Timer(max_s, self._late)
        self._timer.daemon = True

    def _late(self) -> None:
        self.has_struck = True
        self._strike()

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()


def _why(timer: _AtMost, max_s: float) -> Exception:
    if timer.has_struck:
        return TimeoutError(f"took longer than {max_s:g} s")
    return BrokenExecutor("a worker process died")


def _kill_server() -> None:
    """Kill the process that starts workers, which answers no more: the next start has a new one made."""
    pid = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)
    if pid is not None:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            # Until it has ended, the next start would still go to it and be refused.
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def _work(pipe: Connection, max_memory_bytes: int) -> None:
    """Make the calls that come, in the worker process, until the pipe is closed."""
    # Ctrl-C reaches the whole group; the main process ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard()
    _end_with_parent()
    use_one_core()
    limit_memory(max_memory_bytes)
    pipe.send(None)
    with suppress(EOFError):
        while True:
            pipe.send_bytes(response_of(*pipe.recv(), max_memory_bytes=max_memory_bytes))


def response_of(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, max_memory_bytes: int
) -> bytes:
    """Make a call in the worker: its result and None, or None and what it raised, pickled."""
    result: Any = None
    error: BaseException | None = None
    try:
        result = function(*args, **kwargs)
    except MemoryError:
        # Without its traceback, which holds what there is no room for.
        result, error = None, MemoryError(f"took more than {max_memory_bytes // 10**6:,} MB of memory")
    except BaseException as failure:
        failure.add_note(traceback.format_exc())
        error = failure
    try:
        return bytes(ForkingPickler.dumps((result, error)))
    except Exception as failure:
        # What cannot be sent is told of.
        return bytes(ForkingPickler.dumps((None, RuntimeError(f"{error or failure!r} of {function}"))))


def limit_memory(max_bytes: int) -> None:
    """Limit this process's address space, where the system can; a stricter limit of the user's stands."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))


def use_one_core() -> None:
    """Have no threads for products of matrices: each core has a worker, whose products are small.

    Threads that wait for one another took a third more of the processor's time, and on a busy machine an
    analysis took twice as long (November 2026).
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)


def _end_with_parent() -> None:
    """End this worker when the run is killed, even where it is busy and does not look at its pipe."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
