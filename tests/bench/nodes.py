"""`make bench-ray`: an intake over a Ray cluster of two nodes, one of them killed, beside the process pool.

Takes n articles in (the development pages, each time with other words in them; from memory, so that no
network is measured): first with the pool of this machine's processes, then with a cluster of two nodes of a
processor each (each in a network namespace of its own where the machine lets it, see tests.ray_nodes), whose
second node is killed (SIGKILL) half-way. Both read, embed and analyze with the packaged model into an archive
on SQLite. Prints the rate of each over the first half, by the clock and by the processor time that it took,
and whether all rows are the same.

What cannot be split is what the run itself does: it writes the archive and hands out work. Its processor time
as a share of everybody's says, by Amdahl, what more nodes would give. Needs the extra `ray`.

    python -m tests.bench.nodes FOLDER [2000]
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from tests.ray_nodes import Cluster

DEV_DATA = Path(os.environ["DIGEST_DEV_DATA"])
NOW = datetime(2026, 11, 22, tzinfo=UTC)
FEED = "https://bench.example/feed"

TABLES = {
    "articles": "id, place, title, text, signature, copy_of",
    "vectors": "text_hash, model_id, vector",
    "analyses": "text_hash, analyzer, record",
}
"""What is compared."""


def main() -> None:
    """Measure both, and compare."""
    from tests.ray_nodes import two_nodes

    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    if len(sys.argv) > 3:
        take_in(folder, count, sys.argv[3])
        return
    for name in ("processes", "ray"):
        shutil.rmtree(folder / name, ignore_errors=True)
    pool = measured("processes", folder, count, dict(os.environ), None)
    with two_nodes() as cluster:
        ray = measured("ray", folder, count, {**cluster.environ, "BENCH_RAY": cluster.address}, cluster)
    one, two = rows(folder / "processes"), rows(folder / "ray")
    same = "the same" if one == two else "NOT the same"
    say(f"articles {len(one['articles'])} and {len(two['articles'])} of {count}, rows {same}")
    say(f"rate of Ray beside the pool, first half: {pool['half_s'] / ray['half_s']:.2f} by the clock")
    own, all_of_it = ray["own_s"], ray["own_s"] + ray["workers_s"]
    share = own / all_of_it
    beside = all_of_it / (pool["own_s"] + pool["workers_s"])
    say(f"processor time of Ray beside the pool, first half: {beside:.2f}")
    say(f"not to be split: {own:.1f} of {all_of_it:.1f} s of processor time, {share:.1%}")
    for nodes in (3, 4, 8, 16):
        gain = speed(share, nodes) / speed(share, 2)
        say(f"{nodes} nodes instead of 2: {gain:.2f} times as fast by Amdahl's law")


def speed(share: float, nodes: int) -> float:
    """Give how many times as fast as one node so many are, where a share cannot be split."""
    return 1 / (share + (1 - share) / nodes)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measured(
    name: str,
    folder: Path,
    count: int,
    environ: dict[str, str],
    cluster: "Cluster | None",
) -> dict[str, float]:
    """Run one of the two; gives seconds to the first half, and processor times up to there."""
    command = [sys.executable, "-m", "tests.bench.nodes", str(folder / name), str(count), name]
    inside = cluster.inside if cluster else []
    process = subprocess.Popen([*inside, *command], env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found: dict[str, float] = {}
    for line in process.stdout:
        found |= json.loads(line)
        if cluster is not None and cluster.other.poll() is None and "half_s" in found:
            cluster.kill_other()
    if process.wait():
        raise SystemExit(f"{name}: ended with {process.returncode}")
    half = count // 2
    say(
        f"{name}: first {half}: {found['half_s']:.0f} s, {half / found['half_s']:.2f} a second; "
        f"processor {found['own_s']:.1f} s of its own, {found['workers_s']:.1f} s of workers; "
        f"all {count}: {found['all_s']:.0f} s"
    )
    return found


# -- in a process of its own ---------------------------------------------------------------------------------


def take_in(folder: Path, count: int, name: str) -> None:
    """Take the articles in, and print times as JSON, a line each."""
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
    from digest.cli import machinery
    from digest.feeds.fetch import Politeness
    from digest.intake import ArticleReader
    from digest.records import Link, Origin
    from digest.store import Store
    from tests.fakes import FakeFetcher

    store, embedder = Store(folder / "output"), SentenceTransformerEmbedder()
    urls = [f"https://site{number % 50}.example/{number}" for number in range(count)]
    links = [Link(url, "", Origin("Bench", ""), FEED, at) for at, url in enumerate(urls)]
    store.links.save_read(FEED, links, title="", etag="", last_modified="", moved_to="", now=NOW)
    answers = {url: page(number) for number, url in enumerate(urls)}
    answers |= {f"https://site{number}.example/robots.txt": b"" for number in range(50)}
    with executor(name) as workers:
        watch = Watch(count)
        reader = ArticleReader(
            store,
            embedder,
            machinery.library_of(folder, embedder, store),
            workers,
            analysis_embedder=None,
            analyzer="bench",
            language="en",
            includes_other_languages=True,
            now=NOW,
            progress=watch.told,
            embedding_workers=workers.allowing if name == "ray" else None,
        )
        pending = store.links.pending(max_tries=3, retry_before=NOW)
        reader.take_in(pending, fetcher=FakeFetcher(answers), politeness=Politeness(delay_s=0))
        told({"all_s": time.perf_counter() - watch.start})
    store.close()


@contextmanager
def executor(name: str) -> Iterator[object]:
    """Give what works for the run."""
    from digest.adapters.ray_workers import ray_workers
    from digest.adapters.workers import worker_processes

    with ray_workers(os.environ["BENCH_RAY"]) if name == "ray" else worker_processes() as workers:
        yield workers


def told(line: dict[str, float]) -> None:
    """Tell the process that measures."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Watch:
    """Notes when half of the articles are analyzed."""

    def __init__(self, count: int) -> None:
        """Begin."""
        self.half = count // 2
        self.start = time.perf_counter()
        self.before_s = others_s()
        self.own_before_s = time.process_time()
        self.is_through = False

    def told(self, stage: str, done: int, total: int) -> None:
        """Take what the intake tells of its progress."""
        if stage == "analyze" and done >= self.half and not self.is_through:
            self.is_through = True
            own_s = time.process_time() - self.own_before_s
            told(
                {
                    "half_s": time.perf_counter() - self.start,
                    "own_s": own_s,
                    "workers_s": others_s() - self.before_s,
                }
            )


def others_s() -> float:
    """Give the processor time of what works for this process: its children, and processes of Ray's."""
    mine = psutil.Process()
    found = set(mine.children(recursive=True))
    if "BENCH_RAY" in os.environ:
        token = os.environ["RAY_AUTH_TOKEN"]
        found |= {each for each in psutil.process_iter() if is_of(each, token) and each.pid != mine.pid}
    total = 0.0
    for each in found:
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def is_of(process: psutil.Process, token: str) -> bool:
    """Tell whether a process belongs to this cluster."""
    try:
        return process.environ().get("RAY_AUTH_TOKEN") == token
    except (psutil.Error, OSError):
        return False


@cache
def real(number: int) -> bytes:
    """Give the HTML of a development page."""
    with (DEV_DATA / "pages" / "articles.jsonl").open(encoding="utf-8") as lines:
        ids = [json.loads(line)["id"] for line in lines]
    return gzip.decompress((DEV_DATA / "pages" / "html" / f"{ids[number % len(ids)]}.html.gz").read_bytes())


def page(number: int) -> bytes:
    """Give a page: of the first round as it is, later ones with other words at the ends of its paragraphs."""
    turn, html = number // 240, real(number % 240)
    if not turn:
        return html
    count = [0]

    def other(found: "re.Match[bytes]") -> bytes:
        count[0] += 1
        mark = hashlib.md5(f"{number} {count[0]}".encode(), usedforsecurity=False).hexdigest()[:6]
        return f" Edition {turn} adds note {mark} here.</p>".encode() if count[0] % 3 == 0 else found[0]

    return re.sub(rb"</p>", other, html)


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Give what is compared of an archive."""
    with closing(sqlite3.connect(folder / "output" / "archive.db")) as archive:
        return {
            table: sorted(archive.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)
            for table, columns in TABLES.items()
        }


if __name__ == "__main__":
    main()
