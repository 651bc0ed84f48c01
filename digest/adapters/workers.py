"""Worker processes for extraction and analysis, through concurrent.futures."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

from digest.adapters.sentence_transformers import usable_cores

# A run's main process embeds while these work; more of them than cores would only take its time.
MAX_WORKERS = 4


@contextmanager
def worker_processes() -> Iterator[Executor]:
    """Give an executor whose processes start with the first page, and end with the block.

    They come from a server process that has imported the stages and nothing of the main process:
    forking the main one would copy its threads' locks in whatever state they are.
    """
    workers = _LazyWorkers()
    try:
        yield workers
    finally:
        workers.shutdown(cancel_futures=True)


class _LazyWorkers(Executor):
    """A process pool that costs nothing until it is used: most runs find nothing new."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call in a worker process; in new ones, where the last were lost (BrokenExecutor)."""
        if self._pool is not None:
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except (BrokenExecutor, OSError):
                # OSError ("handle is closed") where a process died a moment ago and the pool is just closing
                # its pipes.
                self._pool.shutdown(wait=False)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["digest.intake", "digest.stages.extract.main_text"])
        self._pool = ProcessPoolExecutor(
            min(usable_cores(), MAX_WORKERS), mp_context=context, initializer=_end_with_parent
        )
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the worker processes."""
        if self._pool is not None:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)


def _end_with_parent() -> None:
    """End this worker when the run is killed: it waits for work on a pipe that its siblings keep open."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
