"""Runs the command line with a fake embedder and kills it (SIGKILL) at a chosen place; not a test itself.

    python killed_run.py PLACE N -- digest's words

PLACE is module:attribute of a function; the process dies just before its Nth call, or just after with a
trailing "+". "none" kills nowhere.
"""

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))


def main() -> None:
    place, number = sys.argv[1], int(sys.argv[2])
    from fakes import FakeEmbedder

    from digest.cli import common

    common.embedder_of = lambda config: FakeEmbedder()  # type: ignore[assignment, return-value]
    if place != "none":
        arm(place, number)
    sys.argv = ["digest", *sys.argv[4:]]
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
