"""The history of many drafts: how long listing and the log take, and how much the archive grows.

Makes a workspace of drafts of the development texts, has them again under other ids until there are n, keeps
so many versions of each with a word of the summary changed, and types `draft list`, `draft log` and
`draft diff` as whole commands.

    python -m tests.bench.history FOLDER [500] [40]
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsroom import ISSUE, Newsroom

from digest.issues.decisions import draft_path
from digest.issues.history.keeping import one_step
from digest.records import DraftRow
from digest.store import Store

DEV_DATA = Path(os.environ["DIGEST_DEV_DATA"])
TIMES = 3
MADE = 20
"""Drafts that a run makes; the others are these again."""

UNIQUE = ("key", "url", "canonical_key", "text_hash")
"""Columns of which no two rows may have the same."""


def workspace(folder: Path) -> Newsroom:
    shutil.rmtree(folder, ignore_errors=True)
    room = Newsroom(folder)
    lines = (DEV_DATA / "signals" / "articles.jsonl").read_text("utf-8").splitlines()
    for number, line in enumerate(lines[:MADE]):
        room.write("harbour", f"Report {number}", json.loads(line)["text"])
    room.run(ISSUE)
    return room


def multiply(room: Newsroom, drafts: int, issue: str = ISSUE) -> list[str]:
    """Have every draft of an issue again under other ids, until there are so many."""
    rows = room.rows(issue)
    ids = [row.id for row in rows]
    with closing(sqlite3.connect(room.output / "archive.db")) as archive, archive:
        for number in range(len(rows), drafts):
            old, new = rows[number % len(rows)].id, f"d{issue}{number:023x}"
            ids.append(new)
            for table, key in (
                ("articles", "id"),
                ("drafts", "id"),
                ("analyses", "article_id"),
                ("links", "id"),
            ):
                if table == "articles":
                    _again_vectors(archive, old, number)
                columns = [row[1] for row in archive.execute(f"PRAGMA table_info({table})")]
                kept = [each for each in columns if each not in ("place", key, *UNIQUE)]
                values = ", ".join([*kept, *(f"{each} || '{number}'" for each in UNIQUE if each in columns)])
                names = ", ".join([*kept, *(each for each in UNIQUE if each in columns)])
                archive.execute(
                    f"INSERT INTO {table} ({names}, {key}) SELECT {values}, ? FROM {table} WHERE {key} = ?",
                    (new, old),
                )
            path = draft_path(room.output, issue, old)
            path.with_name(f"again-{new}.md").write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return ids


def _again_vectors(archive: sqlite3.Connection, old: str, number: int) -> None:
    archive.execute(
        "INSERT OR IGNORE INTO vectors SELECT text_hash || ?, model_id, vector FROM vectors "
        "WHERE text_hash = (SELECT text_hash FROM articles WHERE id = ?)",
        (str(number), old),
    )


def edit(room: Newsroom, ids: list[str], versions: int) -> tuple[int, int]:
    """Keep so many versions of each draft; gives how many there are and the bytes of changed sections."""
    count = changed = 0
    with closing(Store(room.output)) as store:
        for draft_id in ids:
            path = draft_path(room.output, ISSUE, draft_id)
            text = path.read_text("utf-8")
            row = DraftRow(draft_id, ISSUE, "pending", "")
            for version in range(1, versions):
                head, mark, rest = text.partition("## Summary\n\n")
                summary, gap, after = rest.partition("\n")
                words = summary.split(" ")
                words[version % len(words)] = f"word{version}"
                text = f"{head}{mark}{' '.join(words)}{gap}{after}"
                with one_step(store, room.output, "edit", now=room.now + timedelta(minutes=version)):
                    name = path.relative_to(room.output).as_posix()
                    store.history.add_version(
                        draft_id, text, path=name, status=row.status, issue=ISSUE, sections=["summary"]
                    )
                changed += len(summary.encode())
                count += 1
            path.write_text(text, "utf-8")
    return count, changed


def seconds(room: Newsroom, *words: str, times: int = TIMES) -> float:
    """Time a whole command, the best of some."""
    command = [sys.executable, "-m", "digest", "-C", str(room.folder), *words]
    took = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        took.append(time.perf_counter() - start)
    return min(took)


def size(room: Newsroom) -> int:
    with closing(Store(room.output)) as store, store.history._read.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return (room.output / "archive.db").stat().st_size


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    folder = Path(sys.argv[1])
    drafts, versions = (int(each) for each in (*sys.argv[2:], *("500", "40")[len(sys.argv) - 2 :]))
    start = time.perf_counter()
    room = workspace(folder)
    ids = multiply(room, drafts)
    before = size(room)
    say(f"{len(ids)} drafts made in {time.perf_counter() - start:.0f} s")
    start = time.perf_counter()
    count, changed = edit(room, ids, versions)
    took = time.perf_counter() - start
    grown = size(room) - before
    say(f"{count} edits kept in {took:.0f} s, {1000 * took / count:.1f} ms each")
    say(f"archive: {grown / count:.0f} bytes a version; sections changed: {changed / count:.0f} bytes")
    first = seconds(room, "draft", "list", "--issue", ISSUE, times=1)
    then = seconds(room, "draft", "list", "--issue", ISSUE)
    say(f"draft list: {first:.2f} s the first time, then {then:.2f} s")
    say(f"draft log:  {seconds(room, 'draft', 'log', ids[-1]):.2f} s")
    say(f"draft diff: {seconds(room, 'draft', 'diff', ids[-1]):.2f} s")


if __name__ == "__main__":
    main()
