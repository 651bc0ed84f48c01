"""Records leave the archive whole, for spreadsheets and for other programs."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW, FakeEmbedder
from typer.testing import CliRunner

from digest.articles.copies import signature_of
from digest.cli import places
from digest.cli.app import app
from digest.issues.decisions import draft_path
from digest.issues.drafts import render_draft
from digest.issues.exporting import Unit, export_rows, write_csv, write_json_lines
from digest.issues.importing import Row, import_articles, import_pages, read_pages
from digest.language.addresses import entry_id
from digest.records import (
    Analysis,
    Article,
    Draft,
    DraftRow,
    Entry,
    Evidence,
    Keyword,
    Origin,
    Reference,
    Signal,
    SignalBasis,
    SignalRow,
)
from digest.records.plain_values import from_json
from digest.store import Store
from digest.workspace.files import write_text

PAGE = Path(__file__).parents[1] / "data" / "render" / "entry_second.md"
TEXT = "A town stores heat in sand. It pays off, says the mayor."
URL = "https://a.example/sand"
ID = entry_id(URL)
SIGNAL = Signal(
    "A town stores heat in sand",
    "From gas to sand",
    "Sand everywhere",
    "Cheap power",
    SignalBasis(change="observed"),
    (Evidence(0, 27, TEXT[:27], "signal"), Evidence(28, 39, TEXT[28:39], "change")),
    kind="trend",
    steep="technology",
)
ENTRY = Entry(
    "=HYPERLINK(1)",
    Origin("A Feed", "https://feed.example/"),
    URL,
    "A town stores heat in sand.",
    ("sand", "-5 degrees"),
    ("Energy",),
    (SignalRow(SIGNAL.signal, "Edited", SIGNAL.horizon_10y, SIGNAL.driving_force),),
    (Reference("Other", "0" * 32),),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An archive of one draft and one imported entry."""
    made = Store(tmp_path, in_memory=True)
    row = Row.of(
        {"url": URL, "title": "Sand", "text": TEXT, "published": "2026-11-20", "author": "A. Writer"}
    )
    import_articles([row], made, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    analysis = Analysis(ID, "Sand", (), (Keyword("sand", 1.0),), (), (SIGNAL,), "default-1")
    made.articles.save_analysis(made.articles.get([ID])[ID], analysis)
    made.drafts.open_issue("20261122")
    made.drafts.save_draft(DraftRow(ID, "20261122", "pending", "Sand"), now=NOW)
    draft = Draft(ID, "20261122", "pending", ENTRY, analysis)
    write_text(draft_path(tmp_path, "20261122", ID), render_draft(draft))
    pages = read_pages([PAGE], folder=PAGE.parent)
    import_pages(pages.entries, made, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    return made


def rows(store: Store, folder: Path, unit: Unit) -> list[dict[str, Any]]:
    file = io.StringIO()
    write_json_lines(export_rows(store, folder, unit), file)
    return [json.loads(line) for line in file.getvalue().splitlines()]


def table(store: Store, folder: Path, unit: Unit) -> list[dict[str, str]]:
    file = io.StringIO()
    write_csv(export_rows(store, folder, unit), file)
    return list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))


def test_entries_of_every_status_have_all_their_fields(store: Store, tmp_path: Path) -> None:
    drafted, imported = rows(store, tmp_path, "entries")
    assert (drafted["status"], drafted["is_published"], drafted["is_imported"]) == ("pending", False, False)
    assert from_json(Entry, drafted) == ENTRY
    assert (imported["issue"], imported["is_published"], imported["is_imported"]) == ("20250511d", True, True)
    assert from_json(Entry, imported) == store.drafts.entries()[0].entry
    assert imported["tables"][0]["name"] == "Concerns"


def test_a_signal_says_what_it_rests_on_and_which_cell_an_editor_changed(
    store: Store, tmp_path: Path
) -> None:
    made, *imported = rows(store, tmp_path, "signals")
    assert made["id"] == ID
    assert made["change"] == "Edited"
    assert made["basis"] == {
        "signal": "observed",
        "change": "editor",
        "horizon_10y": "suggested",
        "driving_force": "suggested",
    }
    assert [each["quote"] for each in made["evidence"]] == ["A town stores heat in sand."]
    assert (made["kind"], made["steep"]) == ("trend", "technology")
    assert [(each["row"], each["description"], each["relevancy"], each["kind"]) for each in imported] == [
        (1, "A store.", "4", ""),
        (2, "D", "5", ""),
    ]


def test_a_row_an_editor_wrote_anew_rests_on_nothing(store: Store, tmp_path: Path) -> None:
    path = draft_path(tmp_path, "20261122", ID)
    entry = replace(ENTRY, signals=(SignalRow("Mine", "My own", "My guess", "My reason"),))
    analysis = store.articles.analyses_for([ID])[ID]
    write_text(path, render_draft(Draft(ID, "20261122", "pending", entry, analysis)))
    made = rows(store, tmp_path, "signals")[0]
    assert (set(made["basis"].values()), made["evidence"]) == ({"editor"}, [])


def test_exported_articles_can_be_imported_again(store: Store, tmp_path: Path) -> None:
    exported = rows(store, tmp_path, "articles")
    other = Store(tmp_path / "other", in_memory=True)
    done = import_articles(
        [Row.of(each) for each in exported], other, FakeEmbedder(), now=NOW, progress=lambda done, total: None
    )
    assert done.added == 2
    ids = [each["id"] for each in exported]
    assert other.articles.get(ids) == store.articles.get(ids)
    assert rows(other, tmp_path / "other", "articles") == exported
    assert from_json(Article, exported[0]).author == "A. Writer"


def test_of_lines_with_one_id_the_first_is_kept_and_another_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    given = {"id": "a", "url": URL, "title": "Sand", "text": TEXT}
    other = {**given, "title": "Bread https://b.example/?token=SEKRET", "text": "Bakers of Lisse strike."}
    done = import_articles(
        [Row.of(each) for each in (given, given, other)],
        store,
        FakeEmbedder(),
        now=NOW,
        progress=lambda done, total: None,
    )
    assert (done.added, done.known, [name for name, _ in done.lost]) == (1, 1, ["a"])
    assert store.articles.get(["a"])["a"].title == "Sand"
    assert "SEKRET" not in done.lost[0][1]


def test_what_was_approved_since_its_issue_came_out_is_not_exported_as_published(
    store: Store, tmp_path: Path
) -> None:
    store.drafts.save_published("20261122", now=NOW)
    store.drafts.save_draft(DraftRow(ID, "20261122", "approved", "Sand"), now=NOW)
    made = {each["id"]: each for each in rows(store, tmp_path, "entries")}
    assert (made[ID]["status"], made[ID]["is_published"]) == ("approved", False)


def test_articles_are_exported_without_secrets_in_any_short_field(store: Store, tmp_path: Path) -> None:
    secret = "http://me:SEKRET@h.example/a?token=SEKRET"
    article = replace(
        store.articles.get([ID])[ID],
        **dict.fromkeys(("title", "author", "site"), f"By {secret}"),
        canonical_url=secret,
    )
    store.articles.add(article, place=1, signature=signature_of(article), now=NOW)
    (row,) = (each for each in rows(store, tmp_path, "articles") if each["id"] == ID)
    assert row["site"] == row["title"] == row["author"] == "By http://***@h.example/a?token=***"
    assert "SEKRET" not in json.dumps(row)


def test_a_table_has_every_field_and_no_formula(store: Store, tmp_path: Path) -> None:
    drafted, imported = table(store, tmp_path, "entries")
    assert drafted["title"] == "'=HYPERLINK(1)"
    assert drafted["keywords"] == "sand; -5 degrees"
    assert drafted["origin.title"] == "A Feed"
    assert json.loads(drafted["closest"]) == [{"title": "Other", "target": "0" * 32}]
    assert list(drafted) == list(imported)
    (signal, *_) = table(store, tmp_path, "signals")
    assert signal["basis.change"] == "editor"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        *(
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-5", "-5"),
            ("+3.5", "+3.5"),
            ("-5 %", "'-5 %"),
            ("a=b", "a=b"),
        ),
        *(("-1e-5", "-1e-5"), ("-.5", "-.5"), ("-inf", "'-inf"), ("-1_0", "'-1_0"), ("-", "'-"), ("", "")),
        *((" =1+1", "' =1+1"), ("\u00a0@x", "'\u00a0@x"), ("\ufeff=1", "'\ufeff=1"), (" a=1", " a=1")),
        *(('"=1"', '\'"=1"'), ("'=1", "''=1"), ("\" '+x", "'\" '+x"), ('"quoted"', '"quoted"')),
        *(("\tx", "'\tx"), ("\rx", "'\rx"), ("\nx", "'\nx"), (" \t-5", "' \t-5"), ("\uff1d1", "'\uff1d1")),
    ],
)
def test_only_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str, cell: str) -> None:
    file = io.StringIO()
    assert write_csv([{"a": text, "b": -1}], file) == 1
    assert list(csv.reader(io.StringIO(file.getvalue(), newline="")))[1] == [cell, "-1"]


def test_a_byte_order_mark_comes_when_asked_and_before_all_else(tmp_path: Path) -> None:
    with places.archive(tmp_path) as store:
        row = Row.of({"url": URL, "title": "Über Sand", "text": TEXT})
        import_articles([row], store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)

    def export(*words: str, code: int = 0) -> bytes:
        done = CliRunner().invoke(app, ["-C", str(tmp_path), "export", "--in", "articles", *words])
        assert done.exit_code == code
        return done.stdout_bytes

    bare, marked = export("--csv"), export("--csv", "--bom")
    assert marked == b"\xef\xbb\xbf" + bare
    assert bare.startswith(b"id,url,")
    assert "Über Sand".encode() in bare
    assert bare.endswith(b"\r\n")
    export("--jsonl", "--bom", code=2)


def test_an_archive_of_nothing_gives_nothing(tmp_path: Path) -> None:
    file = io.StringIO()
    assert write_csv(export_rows(Store(tmp_path, in_memory=True), tmp_path, "entries"), file) == 0
    assert file.getvalue() == ""
