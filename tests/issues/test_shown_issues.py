"""What pages about everything need of each issue is kept, and never in place of what was published."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from digest.issues import shown_issues
from digest.issues.importing import import_pages
from digest.issues.issue_files import IssueFiles, write_imported_issues
from digest.issues.published import published_entries
from digest.issues.publishing import publish, withdraw_rejected
from digest.issues.shown_issues import Shown, shown_archive, shown_of
from digest.records import Entry, Newsletter, Origin, PublishedEntry, Reference, SignalRow
from digest.store import Store

NEWSLETTER = Newsletter("The Week")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = ("20261025", "20261101", "20261108", "20261115", "20261122")


def entry(number: int, issue: str) -> PublishedEntry:
    made = Entry(
        title=f"Ferries replace ice road {number}",
        origin=Origin("Gazette", "https://gazette.example/"),
        url=f"https://harbour{number % 3}.example/{number}?token=secret",
        summary=f"The town voted. Ice roads of the Orr melt; harbour masters wait for batch {number}.",
        keywords=("Ferries", "ice road", f"batch {number}", "a keyword of more than six words indeed"),
        themes=("Shipping", ("Schools", "Soil & <water>", "土壌")[number % 3]),
        signals=(SignalRow("Ferries start at Orrmouth", "–", "by 2031", "Warm autumns"),),
        closest=(Reference("Another", f"{number - 1:032x}"),) if number else (),
    )
    return PublishedEntry(f"{number:032x}", issue, made)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    made = [entry(4 * at + n, name) for at, name in enumerate(NAMES) for n in range(4)]
    import_pages(made, store, FakeEmbedder(), now=NOW, progress=lambda done, all_: None)
    write_imported_issues(store, tmp_path, NAMES, NEWSLETTER, now=NOW)
    return store


def state(shown: Shown) -> object:
    return [
        (
            issue.name,
            *(
                (
                    *(each.id, each.key, each.title, list(each.themes), list(each.keywords)),
                    *(list(each.signals), list(each.ahead), list(each.closest), each.counted.id),
                    *(list(each.counted.publishers), list(each.counted.themes), list(each.counted.keywords)),
                    each.counted.words.tolist(),
                )
                for each in issue.entries
            ),
        )
        for issue in shown.issues
    ]


def fresh(store: Store, output: Path) -> object:
    return state(shown_of(published_entries(store, output)))


def tree(output: Path) -> dict[str, str]:
    files = [each for each in output.rglob("*") if each.is_file() and not each.name.startswith("archive.db")]
    return {
        each.relative_to(output).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in files
        if each.suffix not in (".cache", ".orig")
    }


def test_an_issue_that_did_not_change_is_not_read_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = state(shown_archive(store, tmp_path))
    read: list[str] = []
    real = shown_issues.entries_of_rows

    def noted(output: Path, rows: list) -> list[PublishedEntry]:  # type: ignore[type-arg]
        read.append(rows[0].issue)
        return real(output, rows)

    monkeypatch.setattr(shown_issues, "entries_of_rows", noted)
    assert state(shown_archive(store, tmp_path)) == first == fresh(store, tmp_path)
    assert read == []
    changed = store.drafts.entries(issue=NAMES[1])[0]
    store.drafts.save_entries([replace(changed, entry=replace(changed.entry, title="Bridges"))])
    assert state(shown_archive(store, tmp_path)) == fresh(store, tmp_path)
    assert read == [NAMES[1]]


def test_what_changes_the_order_or_the_issue_is_noticed(store: Store, tmp_path: Path) -> None:
    shown_archive(store, tmp_path)
    row = store.drafts.drafts(issue=NAMES[2])[-1]
    store.drafts.save_draft(replace(row, worth=900), now=NOW)
    assert state(shown_archive(store, tmp_path)) == fresh(store, tmp_path)
    store.drafts.save_draft(replace(row, status="rejected"), now=NOW)
    store.drafts.withdraw_entries([row.id])
    assert state(shown_archive(store, tmp_path)) == fresh(store, tmp_path)
    assert row.id not in shown_archive(store, tmp_path).places


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE shown_issues SET record = '[[1, 2]]'",
        "UPDATE shown_issues SET record = 'no JSON'",
        "UPDATE shown_issues SET words = x'0102'",
        "UPDATE shown_issues SET words = x''",
        "UPDATE shown_issues SET record = '[]'",
        "UPDATE shown_issues SET record = replace(record, '\"', '')",
        "DELETE FROM shown_issues",
    ],
)
def test_what_was_kept_and_is_spoilt_is_made_again(store: Store, tmp_path: Path, harm: str) -> None:
    expected = state(shown_archive(store, tmp_path))
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
        raw.execute(harm)
        raw.commit()
    assert state(shown_archive(store, tmp_path)) == expected


@pytest.mark.sqlite
def test_hostile_words_that_were_kept_are_text_on_every_page(store: Store, tmp_path: Path) -> None:
    shown_archive(store, tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
        bad = json.dumps("</script><img src=x onerror=alert(1)>")[1:-1]
        raw.execute("UPDATE shown_issues SET record = replace(record, 'Ferries', ?)", (bad,))
        raw.commit()
    publish(store, tmp_path, NAMES[-1], NEWSLETTER, now=NOW)
    pages = [each for each in (tmp_path / "site").rglob("*") if each.suffix in (".html", ".js")]
    assert not [each for each in pages if "<img src=x" in each.read_text("utf-8")]


@pytest.mark.sqlite
def test_what_is_written_is_what_would_be_written_without_anything_kept(store: Store, tmp_path: Path) -> None:
    def unkept() -> dict[str, str]:
        with closing(sqlite3.connect(tmp_path / "archive.db")) as raw:
            raw.execute("DELETE FROM shown_issues")
            raw.commit()
        writer = IssueFiles(store, tmp_path, NEWSLETTER, now=now)
        (tmp_path / "site" / "made.json").unlink()
        writer.write_index(shown_of(published_entries(store, tmp_path)))
        return tree(tmp_path)

    now = NOW
    publish(store, tmp_path, NAMES[-1], NEWSLETTER, now=now)
    assert tree(tmp_path) == unkept()
    for day, name in enumerate((NAMES[1], NAMES[-1], NAMES[3]), start=1):
        now = NOW + timedelta(days=day)
        changed = store.drafts.entries(issue=name)[0]
        told = replace(changed.entry, title=f"Bridges {day}", themes=("Bridges", "Shipping"))
        store.drafts.save_entries([replace(changed, entry=told)])
        publish(store, tmp_path, name, NEWSLETTER, now=now)
        assert tree(tmp_path) == unkept()
    row = store.drafts.drafts(issue=NAMES[2])[0]
    store.drafts.save_draft(replace(row, status="rejected"), now=now)
    assert withdraw_rejected(store, tmp_path, NEWSLETTER, now=now)
    publish(store, tmp_path, NAMES[-1], NEWSLETTER, now=now)
    assert tree(tmp_path) == unkept()
