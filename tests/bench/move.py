"""`archive move` of a large archive: from SQLite to PostgreSQL and back, killed half-way both times.

Makes an archive of n articles as `tests.bench.archive` does, weighed and grouped. Then, each in a process of
its own: `digest archive move` there, killed (SIGKILL) once half of the articles are over, and the same again;
then back into another file. In the end every row of every table of the two files is compared, and what other
files there are. Needs PostgreSQL (apt: postgresql), which it starts.

    python -m tests.bench.move FOLDER [100000]
"""

import hashlib
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.store import Store
from digest.stories.placing import group_imported
from digest.stories.weighing import weigh_new
from tests.bench.archive import BATCH, claims, extend, say, texts, vectors_of
from tests.bench.servers import measured_server

POLL_S = 0.2
"""Seconds between two looks at how far a move is."""


def main() -> None:
    """Make the archive where it is missing, move it there and back, and compare."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    first, back = folder / "output" / "archive.db", folder / "back" / "archive.db"
    made(folder, count)
    back.parent.mkdir(exist_ok=True)
    for left in back.parent.glob("archive*"):
        left.unlink()
    with closing(sqlite3.connect(first)) as archive:
        # One file, so that its size is all of it.
        archive.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = other_files(folder)
    say(f"{count} articles, {sum(rows_of(first).values())} rows, {first.stat().st_size / 1e6:.0f} MB")
    with measured_server() as address:
        killed_and_gone_on("there", str(first), address, lambda: there(address), count // 2)
        say(f"in PostgreSQL {size(address) / 1e6:.0f} MB")
        moving = back.with_name("archive.moving.db")
        killed_and_gone_on("back", address, str(back), lambda: here(moving), count // 2)
    one, other = digests(first), digests(back)
    differ = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    say(f"tables {len(one)}, of these not the same: {', '.join(differ) or 'none'}")
    say(f"other files {len(before)}, {'the same' if other_files(folder) == before else 'NOT the same'}")
    if differ:
        raise SystemExit(1)


def made(folder: Path, count: int) -> None:
    """Make an archive of so many articles, weighed and grouped; one that is there is used again."""
    embedder = SentenceTransformerEmbedder()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "vectors.npy").exists():
        np.save(folder / "vectors.npy", embedder.encode([*(title for title, _ in texts()), *claims()]))
    store = Store(folder / "output")
    for at in range(len(store.articles.known_ids()), count, BATCH):
        extend(store, at, min(BATCH, count - at), vectors_of(folder)[0], embedder.model_id)
    if store.likeness.missing(model_id=embedder.model_id):
        weigh_new(store, embedder.model_id)
        group_imported(store, embedder.model_id)
    store.close()


def killed_and_gone_on(name: str, source: str, target: str, done: Callable[[], int], half: int) -> None:
    """Move an archive, with a kill once half of its articles are over."""
    command = [sys.executable, "-m", "digest", "archive", "move", source, target]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and done() < half:
        time.sleep(POLL_S)
    process.send_signal(signal.SIGKILL)
    if process.wait() != -signal.SIGKILL:
        raise SystemExit(f"{name}: ended with {process.returncode} before it could be killed")
    kept, first_s = done(), time.perf_counter() - start
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    then_s = time.perf_counter() - start
    say(f"{name}: killed after {first_s:.0f} s with {kept} articles; again: {then_s:.0f} s to the end")


def there(address: str) -> int:
    """Count the articles in a database; 0 before there is an archive."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('articles')").fetchone() == (None,):
            return 0
        (found,) = connection.execute("SELECT count(*) FROM articles").fetchone() or (0,)
        return int(found)


def here(path: Path) -> int:
    """Count the articles in a file; 0 before there is an archive."""
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as archive:
            return int(archive.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def size(address: str) -> int:
    """Give the bytes of a database."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        (found,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        return int(found)


def tables_of(archive: sqlite3.Connection) -> list[str]:
    """Name the tables of an archive, and the full-text indexes, whose rows are the texts."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    return [name for (name,) in archive.execute(query)]


def rows_of(path: Path) -> dict[str, int]:
    """Count the rows of each table."""
    with closing(sqlite3.connect(path)) as archive:
        names = tables_of(archive)
        return {name: archive.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def digests(path: Path) -> dict[str, str]:
    """Give a hash of all rows of each table, whatever their order.

    What the full-text index keeps for itself depends on how texts came; what it finds does not.
    """
    found = {}
    with closing(sqlite3.connect(path)) as archive:
        for name in tables_of(archive):
            if "_text_" in name:
                continue
            total, rows = 0, 0
            for row in archive.execute(f'SELECT * FROM "{name}"'):
                total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:16])
                rows += 1
            found[name] = f"{rows} {total:x}"
    return found


def other_files(folder: Path) -> dict[str, str]:
    """Give a hash of each file of a workspace that is not the archive's."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("archive"))
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name != "lock"
    }


if __name__ == "__main__":
    main()
