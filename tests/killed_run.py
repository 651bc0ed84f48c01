"""Runs the command line with a fake embedder and kills it (SIGKILL) at a chosen place; not a test itself.

    python killed_run.py PLACE N -- digest's words

PLACE is module:attribute of a function; the process dies just before its Nth call, or just after with a
trailing "+". "none" kills nowhere.

    python killed_run.py serve

does so for each line of standard input, in a process forked off one that has imported everything: a third of
the time of a short command goes into that (see forked.py, which talks to it). Worker processes come from one
server for all of them, as loading the stages for each takes most of a run of few pages.
"""

import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent))

PRELOADED = (
    "digest.cli.app",
    "digest.cli.run",
    "digest.cli.drafts",
    "digest.pipeline",
    "digest.adapters.http",
    "digest.issues.publishing",
    "digest.search.ranking",
    "digest.store",
    "sklearn.linear_model",
)


def main() -> None:
    if sys.argv[1] == "serve":
        serve()
    else:
        type_words(sys.argv[1], int(sys.argv[2]), sys.argv[4:])


def serve() -> None:
    """Run what standard input asks for, one after the other, and say how each ended."""
    for name in PRELOADED:
        importlib.import_module(name)
    from digest.adapters.workers import PRELOADED as OF_WORKERS

    forkserver.set_forkserver_preload([*OF_WORKERS, "loaded_once"])
    # What was imported is no garbage: a process forked off would look through all of it as it ends, which was
    # most of a short command's time (0.6 s of 0.75).
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        forkserver.ensure_running()
        child = os.fork()
        if child == 0:
            share_server()
            os.chdir(asked["cwd"])
            os.environ.clear()
            os.environ.update(asked["environ"])
            for stream, name in enumerate(("stdin", "stdout", "stderr")):
                opened = os.open(asked[name], (os.O_WRONLY if stream else os.O_RDONLY) | os.O_NOCTTY)
                os.dup2(opened, stream)
                os.close(opened)
            type_words(asked["place"], asked["number"], asked["words"])
            sys.exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def share_server() -> None:
    """Have this process's workers come from the server of the process it was forked off, while that lives."""
    server: Any = forkserver._forkserver  # type: ignore[attr-defined]
    shared: int = server._forkserver_pid
    start_own: Callable[[], None] = server.ensure_running

    def ensure_running() -> None:
        # It is no child of this process, so nobody here is told of its end.
        if server._forkserver_pid == shared and psutil.Process(shared).status() != psutil.STATUS_ZOMBIE:
            return
        if server._forkserver_pid == shared:
            server._forkserver_pid = None
        start_own()

    server.ensure_running = ensure_running
    forkserver.ensure_running = ensure_running


def type_words(place: str, number: int, words: list[str]) -> None:
    """Type a command."""
    from fakes import FakeEmbedder

    from digest.cli import machinery

    machinery.embedder_of = lambda config: FakeEmbedder()  # type: ignore[assignment, return-value]
    if place != "none":
        arm(place, number)
    sys.argv = ["digest", *words]
    from digest.cli import main as digest_main

    digest_main()


def arm(place: str, number: int) -> None:
    module_name, _, path = place.removesuffix("+").partition(":")
    owner: Any = importlib.import_module(module_name)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original = getattr(owner, name)
    calls = [0]

    def deadly(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] == number and not place.endswith("+"):
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if calls[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


if __name__ == "__main__":
    main()
