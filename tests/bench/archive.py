"""`make bench-archive`: a large archive against its limits.

Makes an archive of n articles from the development texts (SciFact, ECB+ and pages): each has the title of one
text and sentences of two; its vector is a real title's, with noise. Weighs and groups them. Then times, in
one process and without the query's embedding, searches by words, by meaning and by both with SciFact's
claims, with a phrase, a filter; and, each in a process of its own, opening, importing 500 more articles from
first to last (their vectors given) and whole commands. Beside the time stand the processor's and the highest
memory. The archive is kept in the folder given and used again.

    python -m tests.bench.archive FOLDER [100000]
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.articles.copies import signature_of
from digest.issues.importing import Row, import_articles
from digest.records import Article, SearchFilter, SearchMode, SearchQuestion, Sentence, TokenVectors, Vectors
from digest.search import Searcher
from digest.store import Store
from digest.stories.neighbours import Archive
from digest.stories.placing import group_imported
from digest.stories.weighing import weigh_new

DEV_DATA = Path(os.environ["DIGEST_DEV_DATA"])
BATCH = 2_000
NOISE = 0.04
"""Added to each of the 384 coordinates; the vector keeps a cosine of about .8 to the one it came from."""
NOW = datetime(2026, 11, 22, tzinfo=UTC)

FIRST_IMPORTED = 1_000_000
"""Articles imported while measuring have numbers from here on."""


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
    store.articles.save_vectors(((each.text_hash, row) for each, row in batch), model_id=model_id)
    rows = [(article, signature_of(article), "") for article, _ in batch]
    store.articles.add_imported(rows, now=NOW)


class Given:
    """An embedder that knows the vectors of some made articles."""

    def __init__(self, made: list[tuple[Article, np.ndarray]], model_id: str) -> None:
        """Take the articles with their vectors."""
        self.model_id = model_id
        self._known = {article.text: vector for article, vector in made}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give the vectors."""
        return np.stack([self._known[text] for text in texts])

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Give each text one token that has the text's vector."""
        return [
            TokenVectors(np.zeros(1, np.int32), np.array([len(text)], np.int32), self._known[text][None])
            for text in texts
        ]


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
    say(f"{name:50} {middle * 1000:9.1f} {mean * 1000:9.1f} {slow * 1000:9.1f} ms")


def main() -> None:
    """Make the archive where it is missing, and measure."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    if len(sys.argv) > 3:
        step(sys.argv[3], folder)
        return
    embedder = SentenceTransformerEmbedder()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "vectors.npy").exists():
        np.save(folder / "vectors.npy", embedder.encode([*(title for title, _ in texts()), *claims()]))
    store = Store(folder / "output")
    have = len(store.articles.known_ids())
    for at in range(have, count, BATCH):
        extend(store, at, min(BATCH, count - at), vectors_of(folder)[0], embedder.model_id)
    is_weighed = not store.likeness.missing(model_id=embedder.model_id)
    store.close()
    say(f"{max(have, count)} articles")
    own = (sys.executable, "-m", "tests.bench.archive", str(folder), str(count))
    for name in () if is_weighed else ("weigh", "group"):
        show_process(name, *own, name)
    show_process("open for searching, files made anew or brought up", *own, "search")
    for name in ("search", "similar"):
        show_process(f"open for {name}", *own, name, times=3)
    store = Store(folder / "output")
    say(f"{'':50} {'median':>9} {'mean':>9} {'of 20':>9}")
    measure(opened(store, embedder.model_id), claims(), vectors_of(folder)[1])
    store.close()
    show_process("import 500 more, vectors given", *own, "import", times=3)
    show_process("open for search, after that", *own, "search")
    for words in (("search", "--mode", "words", "gene therapy"), ("similar", f"{7:032x}")):
        command = (sys.executable, "-m", "digest", "-C", str(folder), *words)
        show_process(f"digest {' '.join(words)[:40]}", *command, times=7)


def claims() -> list[str]:
    """Give a hundred of SciFact's claims, which the archive is asked for."""
    with (DEV_DATA / "search/scifact/queries.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, 100)]


def vectors_of(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Give the vectors of the titles, and of the claims."""
    every = np.load(folder / "vectors.npy")
    return every[:-100], every[-100:]


def step(name: str, folder: Path) -> None:
    """Do one thing to the archive; a process of its own shows what memory it takes."""
    store, model_id = Store(folder / "output"), SentenceTransformerEmbedder().model_id
    if name == "weigh":
        weigh_new(store, model_id)
    elif name == "group":
        group_imported(store, model_id)
    elif name == "search":
        opened(store, model_id)
    elif name == "similar":
        Archive(store, model_id=model_id)
    elif name == "import":
        first = FIRST_IMPORTED + len(store.articles.known_ids())
        new = list(made(first, 500, vectors_of(folder)[0]))
        rows = [Row(each.id, each.url, each.title, each.text, each.published) for each, _ in new]
        import_articles(rows, store, Given(new, model_id), now=NOW, progress=lambda done, total: None)


def show_process(name: str, *command: str, times: int = 1) -> None:
    """Run a process; print its time (median and least), its processor time and its highest memory."""
    walls, busy, memory = [], [], []
    for _ in range(times):
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        ended, highest = 0, 0.0
        while not ended:
            time.sleep(0.005)
            # Asked of the running process: what it is said to have used at its end counts this one's memory.
            highest = max(highest, highest_memory(child.pid))
            ended, status, used = os.wait4(child.pid, os.WNOHANG)
        walls.append(time.perf_counter() - start)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)}: ended with {child.returncode}")
        busy.append(used.ru_utime + used.ru_stime)
        memory.append(highest)
    say(
        f"{name:50} {statistics.median(walls):7.2f} s  least {min(walls):7.2f} s  "
        f"processor {statistics.median(busy):7.2f} s  memory {max(memory):5.0f} MB"
    )


def highest_memory(process: int) -> float:
    """Give the most memory a running process has had, in MB; 0 once it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if "VmHWM" in line), 0.0)


def opened(store: Store, model_id: str) -> Searcher:
    """Open the archive for searching."""
    searcher = Searcher(store, model_id=model_id)
    assert len(searcher.index.vectors)
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
