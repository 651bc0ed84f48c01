"""Publishing an issue beside many earlier ones, the site included.

Makes two archives of entries from the development texts, of one issue and of n, 40 entries each, and times in
each how long the newest issue takes to publish: again after a change to one of its entries' pages, and the
first time with everything else already there. In one process, one after the other, several times.

    python -m tests.bench.publishing FOLDER [100]
"""

import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from digest.issues.importing import import_pages
from digest.issues.issue_files import write_imported_issues
from digest.issues.publishing import publish
from digest.issues.site.writing import MADE
from digest.records import Entry, Newsletter, Origin, PublishedEntry, Reference, SignalRow
from digest.store import Store
from tests.fakes import FakeEmbedder

DEV_DATA = Path(os.environ["DIGEST_DEV_DATA"])
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = 40
TIMES = 5
NEWSLETTER = Newsletter("The Week")


def made(issues: int) -> Iterator[PublishedEntry]:
    """Entries of so many weekly issues, the newest last."""
    chance = random.Random(20261128)
    gold = {row["id"]: row for row in _rows("gold") if row.get("keywords")}
    articles = [row for row in _rows("articles") if row["id"] in gold]
    ids: list[str] = []
    for at in range(issues):
        name = (date(2026, 11, 22) - timedelta(weeks=issues - 1 - at)).strftime("%Y%m%d")
        for n in range(ENTRIES):
            text = chance.choice(articles)
            said = [" ".join(text["text"][s["start"] : s["end"]].split()) for s in text["sentences"]]
            said = [each[:160].strip() for each in said if len(each) > 30] or ["Nothing was said."]
            entry = Entry(
                title=" ".join((text["title"] or said[0]).split())[:120].strip() + f" {at}.{n}",
                origin=Origin("Site", "https://site.example/"),
                url=f"https://site.example/{at}/{n}",
                summary=" ".join(said[:4]),
                keywords=tuple(dict.fromkeys(gold[text["id"]]["keywords"])),
                themes=tuple(gold[text["id"]]["themes"]),
                signals=tuple(SignalRow(each, "–", "by 2032", "–") for each in said[:3]),
                closest=tuple(Reference("Another", each) for each in chance.sample(ids, min(5, len(ids)))),
            )
            ids.append(f"{at:016x}{n:016x}")
            yield PublishedEntry(ids[-1], name, entry)


def _rows(name: str) -> list[dict[str, Any]]:
    path = DEV_DATA / "signals" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def archive(folder: Path, issues: int) -> Store:
    """Make an archive with all its issues written."""
    store = Store(folder)
    entries = list(made(issues))
    import_pages(entries, store, FakeEmbedder(), now=NOW, progress=lambda done, all_: None)
    write_imported_issues(store, folder, dict.fromkeys(each.issue for each in entries), NEWSLETTER)
    return store


def times(store: Store, folder: Path) -> list[float]:
    """Publish the newest issue again and again, as if for the first time."""
    newest = max(store.drafts.published_issues())
    found = []
    for _ in range(TIMES):
        for path in (folder / "issues").glob(f"{newest}*"):
            path.unlink()
        listed = folder / "site" / MADE
        made_before = json.loads(listed.read_text("utf-8"))
        ids = {row.id for row in store.drafts.drafts(issue=newest)}
        kept = {path: key for path, key in made_before.items() if Path(path).stem not in {newest, *ids}}
        listed.write_text(json.dumps(kept), "utf-8")
        begun = time.perf_counter()
        publish(store, folder, newest, NEWSLETTER, now=NOW)
        found.append(time.perf_counter() - begun)
    return found


def main(folder: str, issues: str = "100") -> None:
    """Measure and print."""
    shutil.rmtree(folder, ignore_errors=True)
    few, many = Path(folder) / "1", Path(folder) / issues
    one, all_ = archive(few, 1), archive(many, int(issues))
    first, last = times(one, few), times(all_, many)
    ratio = statistics.median(last) / statistics.median(first)
    sys.stdout.write(
        f"the first issue of {ENTRIES} entries: {statistics.median(first):.2f} s; "
        f"issue {issues}: {statistics.median(last):.2f} s, {ratio:.2f} times that\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
