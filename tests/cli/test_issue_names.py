"""What is no issue's name gets one answer everywhere, and the default is never an issue far ahead."""

from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW, FakeEmbedder
from newsroom import Newsroom
from typer.testing import CliRunner

from digest.cli import common, machinery
from digest.cli.app import app
from digest.issues.decisions import issue_for_run
from digest.issues.issue_names import issue_day
from digest.issues.pages import render_entry
from digest.records import Entry, Origin
from digest.store import Store

ISSUE = "20261122"

NAMED = [
    ("run", "--issue"),
    ("run", "--dry-run", "--issue"),
    ("draft", "list", "--issue"),
    ("draft", "approve", "--all", "--issue"),
    ("draft", "reject", "--all", "--issue"),
    ("draft", "reject", "--missing", "--issue"),
    ("draft", "defer", "--all", "--issue"),
    ("publish",),
    ("search", "kiln", "--mode", "words", "--issue"),
    ("import", "pages", "--issue"),
]
KNOWN = [words for words in NAMED if words[0] not in ("run", "import")]
NO_NAMES = [
    "May",
    "2026-11-22",
    "20261399",
    "20261122B",
    "20261122bb",
    " 20261122",
    "../20261122",
    "２０２６１１２２",
    "",
]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    made = Newsroom(tmp_path)
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    monkeypatch.setattr(common, "utc_now", lambda: made.now)
    return made


def typed(room: Newsroom, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["-C", str(room.folder), *words], env={"COLUMNS": "300"})
    said = f"{done.output} {done.exception or ''}"
    return done.exit_code, " ".join(said.replace("│", " ").split())


def filled(room: Newsroom) -> Newsroom:
    room.write("harbour", "Kiln", "The last coal kiln at Brekke was shut on Monday. " * 20)
    room.run(ISSUE)
    return room


@pytest.mark.parametrize("words", NAMED, ids=" ".join)
@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_date_gets_one_answer_everywhere(
    room: Newsroom, words: tuple[str, ...], name: str
) -> None:
    code, said = typed(room, *words, name)
    assert code == 2
    assert f"expected a date such as 20221122, got {name!r}" in said
    assert not room.output.exists()


@pytest.mark.parametrize("words", KNOWN, ids=" ".join)
def test_an_issue_that_is_not_there_gets_one_answer_everywhere(
    room: Newsroom, words: tuple[str, ...]
) -> None:
    code, said = typed(filled(room), *words, "20200101")
    assert code == 1
    assert said.endswith(f"no issue 20200101; known: {ISSUE}")


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_run_of_a_published_issue_stops_before_anything_is_asked(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    filled(room).publish(ISSUE)
    monkeypatch.setattr(machinery, "fetcher_of", lambda config: pytest.fail("asked"))
    code, said = typed(room, "run", "--issue", ISSUE, *more)
    assert code == 1
    assert f"issue {ISSUE} was published on" in said


def imported(room: Newsroom, day: str) -> str:
    entry = Entry("Sand", Origin(day, ""), f"https://a.example/{day}", "A town stores heat.", (), (), (), ())
    folder = room.folder / f"old-{day}"
    folder.mkdir()
    (folder / "a.md").write_text(render_entry(entry), "utf-8")
    code, said = typed(room, "import", str(folder))
    assert code == 0, said
    return said


@pytest.mark.parametrize("day", ["20290101", "20271128", "99991231b"])
def test_a_page_of_the_future_makes_no_default_issue(room: Newsroom, day: str) -> None:
    said = imported(filled(room), day)
    assert f"worked on only where they are named: {day}" in said
    assert f"1 draft in {room.output / 'drafts' / ISSUE}" in typed(room, "draft", "list")[1]
    room.publish(ISSUE)
    # All are published now: the list shows the newest, which is none of the future.
    assert f"1 draft in {room.output / 'drafts' / ISSUE}" in typed(room, "draft", "list")[1]
    assert "every issue is published" in typed(room, "publish")[1]
    assert f"1 draft in {room.output / 'drafts' / day}" in typed(room, "draft", "list", "--issue", day)[1]
    store = Store(room.output)
    published = dict(store.drafts.issues())
    entries = [store.articles.get([each.id])[each.id] for each in store.drafts.entries(issue=day)]
    store.close()
    assert published[day] == room.now
    assert [each.published for each in entries] == [room.now.date()]


def test_with_issues_of_the_future_alone_there_is_no_default(room: Newsroom) -> None:
    imported(room, "20290101")
    code, said = typed(room, "draft", "list")
    assert code == 1
    assert "no issue but 20290101, far ahead; name one with --issue" in said


def test_an_open_issue_of_the_future_is_worked_on_only_where_it_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)

    def chosen(wanted: str = "") -> str:
        return issue_for_run(dict(store.drafts.issues()), wanted, time_zone="UTC", now=NOW)

    store.drafts.open_issue("20290101")
    assert chosen() == ISSUE
    assert chosen("20290101") == "20290101"
    store.drafts.open_issue(soon := f"{NOW + timedelta(days=30):%Y%m%d}")
    store.drafts.open_issue("20261115")
    assert chosen() == soon


def test_nothing_is_published_by_default_that_lies_far_ahead(room: Newsroom) -> None:
    filled(room).publish(ISSUE)
    store = Store(room.output)
    store.drafts.open_issue("20290101")
    store.close()
    for words in (("publish",), ("draft", "approve", "--all")):
        code, said = typed(room, *words)
        assert code == 1
        assert "every issue but 20290101, far ahead, is published; name one" in said


@pytest.mark.parametrize(
    ("name", "is_one"), [("20261122", True), ("20261122b", True), ("20240229", True), ("20260229", False)]
)
def test_an_issue_is_named_by_a_day_of_the_calendar(name: str, is_one: bool) -> None:
    assert bool(issue_day(name)) == is_one
