"""Types commands in processes of their own, forked off one that has imported the program already."""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

SCRIPT = Path(__file__).with_name("killed_run.py")


@dataclass(frozen=True)
class Typed:
    """How a command ended, and what it said."""

    returncode: int
    """-9 for one that was killed."""
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        return self.stdout.decode("utf-8")

    @property
    def err(self) -> str:
        return self.stderr.decode("utf-8")


def typed_apart(
    folder: Path | None,
    *words: str,
    stdin: str = "",
    place: str = "none",
    number: int = 0,
    environ: Mapping[str, str] | None = None,
) -> Typed:
    """Type a command for a workspace, or where the process is, with a fake embedder; see killed_run.py for
    `place` and `number`."""
    with TemporaryDirectory() as said:
        paths = {name: Path(said) / name for name in ("stdin", "stdout", "stderr")}
        for path in paths.values():
            path.write_text(stdin if path.name == "stdin" else "", "utf-8")
        code = typed_between(paths, folder, *words, place=place, number=number, environ=environ)
        return Typed(code, paths["stdout"].read_bytes(), paths["stderr"].read_bytes())


def typed_between(
    paths: Mapping[str, Path],
    folder: Path | None,
    *words: str,
    place: str = "none",
    number: int = 0,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Type a command whose stdin, stdout and stderr are files or a terminal's; returns how it ended."""
    asked = {
        **{name: str(path) for name, path in paths.items()},
        "cwd": os.getcwd(),
        "environ": dict(os.environ if environ is None else environ),
        "place": place,
        "number": number,
        "words": [*(("-C", str(folder)) if folder else ()), *words],
    }
    server = _server()
    assert server.stdin
    assert server.stdout
    server.stdin.write(json.dumps(asked) + "\n")
    server.stdin.flush()
    code = server.stdout.readline()
    assert code, "the process that forks is gone"
    return int(code)


@cache
def _server() -> "subprocess.Popen[str]":
    words = [sys.executable, str(SCRIPT), "serve"]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(server.kill)
    return server
