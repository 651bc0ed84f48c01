"""Worker processes for extraction and analysis: each is owned by one thread and reached over one pipe.

concurrent.futures.ProcessPoolExecutor shares its queues and their locks among the workers. When one of them
is killed it takes the pool with it, and in Python 3.11 a process that is started at that very moment is never
ended: of 79 runs in which pages killed their workers 8 hung at exit, and 5 lost the server process. Here a
worker shares nothing, so its death costs the call it was at and no other.
"""

import multiprocessing
import os
import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import ForkingPickler
from typing import Any

from digest.adapters.sentence_transformers import usable_cores
from digest.screen import guard

# A run's main process embeds while these work; more of them than cores would only take its time.
MAX_WORKERS = 4

MAX_CALL_S = 300.0
"""A call that takes longer is given up and its process killed: the slowest page known takes 2 s."""

LOOK_S = 0.5
"""So often a thread that waits for its process looks whether all is to end."""

PATIENCE_S = 5.0
"""A process that was told to end has so long before it is killed."""


@contextmanager
def worker_processes(*, max_call_s: float = MAX_CALL_S) -> Iterator[Executor]:
    """Give an executor whose processes start with the first page, and end with the block.

    They come from a server process that has imported the stages and nothing of the main process:
    forking the main one would copy its threads' locks in whatever state they are.

    A future fails with BrokenExecutor where its process died, with TimeoutError where it took longer than
    `max_call_s` seconds; the calls after it go to another process. What is not done when the block is left
    is given up.
    """
    workers = _Workers(min(usable_cores(), MAX_WORKERS), max_call_s)
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Call:
    """What to call, and where the result goes."""

    future: Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class _Workers(Executor):
    """Threads that hand calls to their process. They start with the calls: most runs find nothing new."""

    def __init__(self, most: int, max_call_s: float) -> None:
        self._most = most
        self._max_call_s = max_call_s
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["digest.intake", "digest.stages.extract.main_text"])
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._is_over = threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call in a worker process."""
        future: Future[Any] = Future()
        self._calls.put(_Call(future, fn, args, kwargs))
        if len(self._threads) < self._most:
            thread = threading.Thread(target=self._serve, name="worker", daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the worker processes, after the calls that are left unless those are to be given up."""
        if cancel_futures:
            self._is_over.set()
        while cancel_futures:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                break
            if call:
                call.future.cancel()
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _serve(self) -> None:
        """Work calls off in a process of this thread's own, in a new one where that was lost."""
        # Ctrl-C is the main thread's. What this one starts inherits that: the server process would end with a
        # traceback otherwise, as it can be told to ignore Ctrl-C only once it has loaded the stages.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        process: _Process | None = None
        while (call := self._calls.get()) is not None:
            if not call.future.set_running_or_notify_cancel():
                continue
            try:
                process = process or _Process(self._context)
                result = process.call(call, self._max_call_s, self._is_over)
            except _LostError as error:
                process = None
                call.future.set_exception(error.reason)
            except BaseException as error:
                call.future.set_exception(error)
            else:
                call.future.set_result(result)
        if process:
            process.end()


class _LostError(Exception):
    """The process is no more."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


class _Process:
    """One worker process."""

    def __init__(self, context: ForkServerContext) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), name="worker", daemon=True)
        self._process.start()
        theirs.close()
        # Starting loads the stages, which is not the first call's time.
        with suppress(EOFError, OSError):
            self._pipe.recv()

    def call(self, call: _Call, max_call_s: float, is_over: threading.Event) -> Any:
        """Have a call made and wait for its result, or raise what it raised.

        Raises:
            _LostError: the process died, or was killed because it took too long or all is to end.
        """
        request = ForkingPickler.dumps((call.function, call.args, call.kwargs))
        try:
            self._pipe.send_bytes(request)
            given_up = time.monotonic() + max_call_s
            while not self._pipe.poll(LOOK_S):
                if is_over.is_set():
                    raise EOFError
                if time.monotonic() > given_up:
                    self._kill()
                    raise _LostError(TimeoutError(f"took longer than {max_call_s:.0f} s"))
            result, error = self._pipe.recv()
        except (EOFError, OSError) as ended:
            self._kill()
            raise _LostError(BrokenExecutor("a worker process died")) from ended
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """End the process: it waits for calls, and sees that none will come."""
        self._pipe.close()
        self._process.join(PATIENCE_S)
        self._kill()

    def _kill(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join()


def _work(pipe: Connection) -> None:
    """Make the calls that come, in the worker process, until the pipe is closed."""
    # Ctrl-C reaches the whole group; the main process ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard()
    _end_with_parent()
    pipe.send(None)
    with suppress(EOFError):
        while True:
            function, args, kwargs = pipe.recv()
            try:
                result, error = function(*args, **kwargs), None
            except BaseException as failure:
                failure.add_note(traceback.format_exc())
                result, error = None, failure
            try:
                response = ForkingPickler.dumps((result, error))
            except Exception as failure:
                # What cannot be sent is told of.
                response = ForkingPickler.dumps((None, RuntimeError(f"{error or failure!r} of {function}")))
            pipe.send_bytes(response)


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
