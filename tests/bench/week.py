"""`make bench`: a whole run against the bare libraries, side by side in one go.

Serves the first n development pages on this machine, runs `digest run` on them in a new workspace, then does
what no such program can do without, in one process each: trafilatura over the same pages on both cores, and
one pass of sentence-transformers over the same texts in the same windows and number format. Imports count on
both sides. Prints wall time, the ratio, articles a second and the peak memory of all processes of the run.

    python -m tests.bench.week 30 120 240
"""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

SERVE = Path(os.environ["DIGEST_DEV_DATA"]).parent / "tools" / "serve_week.py"
PORT = 8790

BARE_EXTRACT = """
import gzip, sys
from concurrent.futures import ProcessPoolExecutor
import trafilatura
def one(path): return trafilatura.bare_extraction(gzip.open(path).read()) is not None
with ProcessPoolExecutor(2) as pool: print(sum(pool.map(one, sys.argv[1:], chunksize=4)))
"""

BARE_EMBED = """
import sqlite3, sys
from digest.adapters.sentence_transformers import (
    OVERLAP_TOKENS, has_fast_bfloat16, packaged_model_folder, window_spans)
from sentence_transformers import SentenceTransformer
texts = [row[0] for row in sqlite3.connect(sys.argv[1]).execute("SELECT text FROM articles")]
model = SentenceTransformer(str(packaged_model_folder()), device="cpu", local_files_only=True)
if has_fast_bfloat16(): model = model.bfloat16()
windows = []
for text in texts:
    spans = model.tokenizer(
        text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
    )["offset_mapping"]
    for start, end in window_spans(len(spans), size=model.max_seq_length - 2, overlap=OVERLAP_TOKENS):
        windows.append(text[spans[start][0]:spans[end - 1][1]])
model.encode(windows, batch_size=32, show_progress_bar=False, convert_to_numpy=False)
print(len(windows))
"""


def main() -> None:
    """Measure at each number of pages given, and print a table."""
    counts = [int(word) for word in sys.argv[1:]] or [30, 120, 240]
    lines = [
        "| pages | digest run | extraction + embedding, bare | ratio | second run | articles/s | memory |"
    ]
    lines.append("|---:|---:|---:|---:|---:|---:|---:|")
    for pages in counts:
        lines.append(measure(pages))
        sys.stderr.write(lines[-1] + "\n")
    sys.stdout.write("\n".join(lines) + "\n")


def measure(pages: int) -> str:
    """Give one line of the table."""
    with tempfile.TemporaryDirectory() as name, served(pages) as feeds:
        folder = Path(name)
        (folder / "feeds.yaml").write_text(feeds_yaml(feeds), "utf-8")
        run_s, memory, said = timed([sys.executable, "-m", "digest", "-C", name, "run", "--since", "all"])
        again_s, _, _ = timed([sys.executable, "-m", "digest", "-C", name, "run", "--since", "all"])
        archive = folder / "output" / "archive.db"
        articles = sqlite3.connect(archive).execute("SELECT count(*) FROM articles").fetchone()[0]
        files = sorted((SERVE.parent.parent / "data" / "pages" / "html").glob("*.gz"))[:pages]
        extract_s, _, _ = timed([sys.executable, "-c", BARE_EXTRACT, *map(str, files)])
        embed_s, _, _ = timed([sys.executable, "-c", BARE_EMBED, str(archive)])
    sys.stderr.write(said)
    bare_s = extract_s + embed_s
    return (
        f"| {pages} | {run_s:.1f} s | {extract_s:.1f} + {embed_s:.1f} s | {run_s / bare_s:.2f} | "
        f"{again_s:.1f} s ({again_s / run_s:.0%}) | {articles / run_s:.1f} | {memory / 2**20:,.0f} MiB |"
    )


@contextlib.contextmanager
def served(pages: int) -> Iterator[list[str]]:
    """Serve a week of real pages until the block is left; gives the feeds' addresses."""
    command = [sys.executable, str(SERVE), "--port", str(PORT), "--pages", str(pages)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                answer = urllib.request.urlopen(f"http://127.0.0.1:{PORT}/feeds.txt", timeout=5)
                break
            time.sleep(0.1)
        yield answer.read().decode().split()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def feeds_yaml(feeds: list[str]) -> str:
    """Write the workspace's feeds.yaml."""
    listed = "".join(
        f"  - url: {url}\n    kind: {'roundup' if 'roundup' in url else 'articles'}\n" for url in feeds
    )
    return f"settings:\n  allow_hosts: [127.0.0.0/8]\nfeeds:\n{listed}"


def timed(command: list[str]) -> tuple[float, int, str]:
    """Run a command; give its seconds, the peak memory of all its processes in bytes, and its last lines."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    peak = [0]
    watcher = threading.Thread(target=watch, args=(psutil.Process(process.pid), peak), daemon=True)
    watcher.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{command[:6]} ended {process.returncode}")
    return (
        seconds,
        peak[0],
        "\n".join(line for line in said.splitlines() if re.match(r"  \w+ +in=", line)) + "\n",
    )


def watch(process: psutil.Process, peak: list[int]) -> None:
    """Note the most memory that a process and its children hold together: shared pages counted once."""
    while process.is_running():
        total = 0
        with contextlib.suppress(psutil.Error):
            for each in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    total += each.memory_full_info().pss
        peak[0] = max(peak[0], total)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
