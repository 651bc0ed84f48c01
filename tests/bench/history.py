"""The history of many drafts: how long listing and the log take, and how much the archive grows.

Makes a workspace of n drafts of the development texts, edits a sentence of each so many times, as an editor
does in a program, and types `draft list` and `draft log` as whole commands.

    python -m tests.bench.history FOLDER [500] [40]
"""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsroom import ISSUE, Newsroom

from digest.issues.decisions import read_statuses
from digest.issues.draft_files import find_drafts
from digest.store import Store

DEV_DATA = Path(os.environ["DIGEST_DEV_DATA"])
TIMES = 3


def workspace(folder: Path, drafts: int) -> Newsroom:
    shutil.rmtree(folder, ignore_errors=True)
    room = Newsroom(folder)
    lines = (DEV_DATA / "signals" / "articles.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line) for line in lines]
    for number in range(drafts):
        text = texts[number % len(texts)]["text"]
        room.write("harbour", f"Report {number}", f"{text}\nThe {number} of {number * 7} was new.")
    feeds = (folder / "feeds.yaml").read_text()
    (folder / "feeds.yaml").write_text(feeds + f"settings: {{articles_per_feed_first_run: {drafts}}}\n")
    room.run(ISSUE)
    return room


def edit(room: Newsroom, versions: int) -> tuple[int, int]:
    """Edit every draft so many times; gives how many versions there are and the bytes of changed sections."""
    count = changed = 0
    with closing(Store(room.output)) as store:
        paths = [each.path for each in find_drafts(store, room.output, ISSUE).found.values()]
        for version in range(1, versions):
            for path in paths:
                text = path.read_text("utf-8")
                head, mark, rest = text.partition("## Summary\n\n")
                summary, gap, after = rest.partition("\n")
                words = summary.split(" ")
                words[version % len(words)] = f"word{version}"
                path.write_text(f"{head}{mark}{' '.join(words)}{gap}{after}", "utf-8")
                changed += len(summary.encode())
                count += 1
            read_statuses(store, room.output, ISSUE, now=room.now + timedelta(minutes=version))
    return count, changed


def seconds(room: Newsroom, *words: str) -> float:
    """Time a whole command, the best of some."""
    command = [sys.executable, "-m", "digest", "-C", str(room.folder), *words]
    took = []
    for _ in range(TIMES):
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
    room = workspace(folder, drafts)
    before = size(room)
    rows = room.rows(ISSUE)
    say(f"{len(rows)} drafts made in {time.perf_counter() - start:.0f} s")
    start = time.perf_counter()
    count, changed = edit(room, versions)
    took = time.perf_counter() - start
    grown = size(room) - before
    say(f"{count} edits kept in {took:.0f} s, {1000 * took / count:.1f} ms each")
    say(f"archive: {grown / count:.0f} bytes a version; sections changed: {changed / count:.0f} bytes")
    say(f"draft list: {seconds(room, 'draft', 'list', '--issue', ISSUE):.2f} s")
    say(f"draft log:  {seconds(room, 'draft', 'log', rows[0].id):.2f} s")
    say(f"draft diff: {seconds(room, 'draft', 'diff', rows[0].id):.2f} s")


if __name__ == "__main__":
    main()
