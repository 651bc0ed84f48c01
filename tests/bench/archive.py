"""`make bench-archive`: search in a large archive.

Makes an archive of n articles from the development texts (SciFact, ECB+ and pages): each has the title of one
text and sentences of two; its vector is a real title's, with noise. Then times, in one process and without
the query's embedding, searches by words, by meaning and by both with SciFact's claims, with a phrase, a
filter; opening; taking 500 more in; and whole commands. The archive is kept in the folder given and used
again.

    python -m tests.bench.archive FOLDER [100000]
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import psutil

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.records import Article, SearchFilter, SearchMode, SearchQuestion, Sentence
from digest.searching import Searcher
from digest.store import Store

DEV_DATA = Path(os.environ["DIGEST_DEV_DATA"])
BATCH = 2_000
NOISE = 0.04
"""Added to each of the 384 coordinates; the vector keeps a cosine of about .8 to the one it came from."""
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@cache
def texts() -> list[tuple[str, list[str]]]:
    """Give (title, sentences) of all development texts."""
    out = []
    for name in ("search/scifact/corpus.jsonl", "stories/ecbplus.jsonl", "pages/articles.jsonl"):
        for line in (DEV_DATA / name).open(encoding="utf-8"):
            row = json.loads(line)
            sentences = row["text"].replace("\n", " ").split(". ")
            out.append((row.get("title") or row["text"][:60], sentences))
    return out


def made(first: int, count: int, vectors: np.ndarray) -> Iterator[tuple[Article, np.ndarray]]:
    """Make articles and their vectors, the same for the same number."""
    real = texts()
    for number in range(first, first + count):
        chance = random.Random(number)
        title, own = real[number % len(real)]
        other = real[chance.randrange(len(real))][1]
        chosen = [*own[::2], *chance.sample(other, k=(len(other) + 1) // 2)]
        text = ". ".join(chosen)
        noise = np.random.default_rng(number).standard_normal(vectors.shape[1]) * NOISE
        vector = vectors[number % len(real)] + noise
        yield (
            Article(
                id=f"{number:032x}",
                url=f"https://site{number % 500}.example/{number}",
                canonical_url=f"https://site{number % 500}.example/{number}",
                title=title,
                author="",
                published=date(2016, 1, 1) + timedelta(days=number % 3_900),
                language="en",
                text=text,
                sentences=(Sentence(0, len(text)),),
                site=f"site{number % 500}.example",
            ),
            (vector / np.linalg.norm(vector)).astype(np.float32),
        )


def extend(store: Store, first: int, count: int, vectors: np.ndarray, model_id: str) -> None:
    """Take made articles into an archive."""
    batch = list(made(first, count, vectors))
    signatures = np.random.default_rng(first).integers(0, 2**32, (count, 128), dtype=np.uint32)
    store.articles.save_vectors(((each.text_hash, row) for each, row in batch), model_id=model_id)
    rows = [(article, row, "") for (article, _), row in zip(batch, signatures, strict=True)]
    store.articles.add_imported(rows, now=NOW)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def timed(call: Callable[[], object]) -> float:
    """Give seconds taken."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def show(name: str, *seconds: float) -> None:
    """Print milliseconds: the middle, and the slowest of twenty."""
    ordered = sorted(seconds)
    slow = ordered[int(len(ordered) * 0.95)]
    middle, mean = statistics.median(ordered), statistics.mean(ordered)
    say(f"{name:42} {middle * 1000:9.1f} {mean * 1000:9.1f} {slow * 1000:9.1f} ms")


def main() -> None:
    """Make the archive where it is missing, and measure."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    embedder = SentenceTransformerEmbedder()
    kept = folder / "vectors.npy"
    folder.mkdir(parents=True, exist_ok=True)
    with (DEV_DATA / "search/scifact/queries.jsonl").open(encoding="utf-8") as lines:
        queries = [json.loads(line)["text"] for line in islice(lines, 100)]
    if not kept.exists():
        np.save(kept, embedder.encode([*(title for title, _ in texts()), *queries]))
    every = np.load(kept)
    vectors, asked = every[: -len(queries)], every[-len(queries) :]
    store = Store(folder / "output")
    have = len(store.articles.known_ids())
    for at in range(have, count, BATCH):
        extend(store, at, min(BATCH, count - at), vectors, embedder.model_id)
    have = max(have, count)
    say(f"{have} articles; median, mean, 95th percentile")
    show("opening, file made anew or brought up", timed(lambda: opened(store, embedder.model_id)))
    show("opening", *(timed(lambda: opened(store, embedder.model_id)) for _ in range(3)))
    measure(opened(store, embedder.model_id), queries, asked)
    show("taking 500 more in", timed(lambda: extend(store, have, 500, vectors, embedder.model_id)))
    show("opening after that", timed(lambda: opened(store, embedder.model_id)))
    say(f"memory {psutil.Process().memory_info().rss / 2**20:.0f} MB")
    store.close()
    for words in (("search", "--mode", "words", "gene therapy"), ("similar", f"{7:032x}")):
        command = [sys.executable, "-m", "digest", "-C", str(folder), *words]
        run = lambda command=command: subprocess.run(command, check=True, capture_output=True)  # noqa: E731
        show(f"digest {' '.join(words)[:34]}", *(timed(run) for _ in range(3)))


def opened(store: Store, model_id: str) -> Searcher:
    """Open the archive for searching."""
    searcher = Searcher(store, model_id=model_id)
    assert len(searcher.index.places)
    return searcher


def measure(searcher: Searcher, queries: list[str], vectors: np.ndarray) -> None:
    """Time searches."""

    def each(mode: SearchMode, change: Callable[[str], str] = str) -> list[float]:
        return [
            timed(lambda: searcher.plain(change(query), mode=mode, limit=10, vector=vector))  # noqa: B023
            for query, vector in zip(queries, vectors, strict=True)
        ]

    each("hybrid")
    show("by words, a claim of 12 words", *each("words"))
    show("by words, its first 2 words", *each("words", lambda query: " ".join(query.split()[:2])))
    show("by words, a phrase", *each("words", lambda query: '"cell line" ' + query))
    show("by words, a prefix and an exclusion", *each("words", lambda query: query + " inhib* -mice"))
    show("by meaning", *each("meaning"))
    show("by both", *each("hybrid"))
    under = SearchFilter(since=date(2020, 1, 1), until=date(2021, 1, 1))
    times = [
        timed(lambda: searcher.search(SearchQuestion(query, "words", filter=under), limit=10))  # noqa: B023
        for query in queries
    ]
    show("by words under a filter, with passages", *times)


if __name__ == "__main__":
    main()
