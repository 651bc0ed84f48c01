"""What a run knows of issues and drafts: asked for once, and true to the archive whatever it does."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW
from newsroom import ISSUE, NEXT, TEXTS, Newsroom

from digest import pipeline
from digest.issues import draft_files
from digest.issues.known_drafts import KnownDrafts
from digest.store import Store
from digest.store.drafts import DraftsAndIssues


def newsroom_with(tmp_path: Path, *titles: str) -> tuple[Newsroom, list[str]]:
    news = Newsroom(tmp_path)
    ids = [
        news.write("tarrow", title, "\n".join(TEXTS[title].format(line) for line in range(12)))
        for title in titles
    ]
    return news, ids


def counted(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, calls: Counter[str]) -> None:
    """Count calls by name, and by file where the first argument is one."""
    real: Callable[..., Any] = getattr(owner, name)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        calls[f"{name} {args[0]}" if isinstance(args[0], Path) else name] += 1
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, wrapper)


def test_a_run_asks_for_issues_and_drafts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news, (kiln, _, bus) = newsroom_with(tmp_path, "Kiln", "Mayor", "Bus")
    news.run(ISSUE)
    news.digest("draft", "defer", kiln)
    news.publish(ISSUE)
    news.digest("draft", "reject", bus)
    news.later(7)
    fresh = news.write("harbour", "Eelgrass", "\n".join(TEXTS["Eelgrass"].format(at) for at in range(12)))
    calls: Counter[str] = Counter()
    for name in ("issues", "drafts"):
        counted(monkeypatch, DraftsAndIssues, name, calls)
    counted(monkeypatch, draft_files, "read_draft_text", calls)
    report = news.run(NEXT)
    assert {draft_id for draft_id, _ in report.drafts} >= {fresh}
    assert (calls["issues"], calls["drafts"]) == (1, 1)
    # Before anything is written, and as it stands then.
    reads = {name: count for name, count in calls.items() if name.startswith("read_draft_text ")}
    assert len(reads) >= 4
    assert max(reads.values()) <= 2


def test_what_a_run_knows_in_the_end_is_what_the_archive_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []

    def finish(report: Any, output: Path) -> None:
        archive = Store(output)
        (known,) = made
        assert known.issues == dict(archive.drafts.issues())
        assert list(known.issues) == [name for name, _ in archive.drafts.issues()]
        assert list(known.rows.values()) == archive.drafts.drafts()
        archive.close()
        checked.append(report.issue)

    class Watched(KnownDrafts):
        def __init__(self, store: Store) -> None:
            super().__init__(store)
            made.append(self)

    made: list[KnownDrafts] = []
    monkeypatch.setattr(pipeline, "KnownDrafts", Watched)
    monkeypatch.setattr(pipeline, "keep_report", finish)
    news, (kiln, mayor, bus) = newsroom_with(tmp_path, "Kiln", "Mayor", "Bus")
    news.run(ISSUE)
    news.digest("draft", "defer", kiln)
    news.digest("draft", "reject", bus)
    made.clear()
    news.run(ISSUE)
    news.publish(ISSUE)
    news.later(7)
    news.write("harbour", "Eelgrass", "\n".join(TEXTS["Eelgrass"].format(at) for at in range(12)))
    for draft in (news.output / "drafts" / ISSUE).iterdir():
        if mayor in (text := draft.read_text("utf-8")):
            draft.write_text(text.replace("status: approved", "status: rejected"), "utf-8")
    made.clear()
    news.run(NEXT)
    assert checked == [ISSUE, ISSUE, NEXT]
    (known,) = made
    assert known.rows[kiln].issue == NEXT
    assert known.rows[mayor].status == "rejected"


def test_issues_stay_newest_first(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    known = KnownDrafts(store)
    for name in ("20260102", "20260301", "20260201"):
        known.open_issue(name)
    store.drafts.save_published("20260201", now=NOW)
    assert list(known.issues) == [name for name, _ in store.drafts.issues()]
    assert known.open == {"20260102", "20260301", "20260201"}
    assert KnownDrafts(store).published == {"20260201"}
