"""`digest trends` and `digest export` as a person meets them, over a made archive."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from archive_pages import MadeArchive, Wave
from fakes import NOW, FakeEmbedder
from forked import Typed, typed_apart
from typer.testing import CliRunner

from digest.cli.app import app
from digest.cli.trends import ordinal
from digest.issues.decisions import draft_path
from digest.issues.drafts import render_draft
from digest.issues.importing import import_pages
from digest.issues.publishing import publish
from digest.records import Analysis, Article, Draft, DraftRow, Newsletter, SignalRow
from digest.store import Store
from digest.workspace.files import write_text

WAVES = [
    Wave("sand battery", "Energy", (1, 2, 4)),
    Wave("heat pump", "Energy", (4, 4, 4)),
    Wave("gene editing", "Health", (0, 1, 3)),
    Wave("bird flu", "Health", (3, 1, 1)),
    Wave("smart glasses", "Work", (2, 2, 1)),
]


def workspace(folder: Path, waves: list[Wave]) -> Path:
    """Make a workspace whose archive holds a made archive."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "feeds.yaml").write_text("feeds: []\n")
    store = Store(folder / "output")
    entries = MadeArchive(waves).entries
    import_pages(entries, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    store.close()
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workspace(tmp_path_factory.mktemp("trends"), WAVES)


def digest(folder: Path, *words: str) -> Typed:
    return typed_apart(folder, *words)


def test_the_table_shows_standing_counts_and_growth(folder: Path) -> None:
    done = digest(folder, "trends")
    assert done.returncode == 0, done.err
    assert "3 issues, 33 entries, 20250115 to 20250316 in 3 periods" in done.out
    assert "; the archive's growth is +13% a period" in done.out
    (row,) = [line for line in done.out.splitlines() if line.startswith("sand battery")]
    # Growth is (4.5 / 1.5) ** .5 - 1; the archive's, with 10 and 13 entries, (13.5 / 10.5) ** .5 - 1.
    # Of its seven articles four, two and one are of a publisher: 1 - (16 + 4 + 1) / 49.
    said = "sand battery strong signal 7 ▂▄█ +73% +53% 3 0.57 20250115 20250316"
    assert row.split() == said.split()


def test_trends_for_machines_hold_everything(folder: Path) -> None:
    found = json.loads(digest(folder, "trends", "--name", "Sand Batteries", "--json").out)
    (line,) = found["lines"]
    assert (line["name"], line["entries"]) == ("sand battery", [1, 2, 4])
    assert line["diffusion"]["standing"] == line["visibility"]["standing"] == "strong signal"
    assert [period["entries"] for period in found["periods"]] == [10, 10, 13]


def test_what_is_new_is_listed(folder: Path) -> None:
    done = digest(folder, "trends", "--new")
    assert [line.split() for line in done.out.splitlines()[1:]] == [
        ["20250214", "keyword", "gene", "editing", "4"]
    ]


def test_the_map_is_written_and_printed(folder: Path, tmp_path: Path) -> None:
    assert digest(folder, "trends", "--svg", str(tmp_path / "map.svg")).returncode == 0
    drawn = (tmp_path / "map.svg").read_text("utf-8")
    assert drawn.startswith("<svg")
    assert digest(folder, "trends", "--svg", "-").out == drawn


def test_too_little_history_is_said_in_words(tmp_path: Path) -> None:
    short = workspace(tmp_path, [Wave("sand battery", "Energy", (2, 2))])
    done = digest(short, "trends")
    assert done.returncode == 0
    assert "2 published issues in 2 periods: growth and emergence need at least 3 periods" in done.err
    assert "sand battery" in done.out
    done = digest(short, "trends", "--svg", "-")
    assert (done.returncode, done.out) == (1, "")
    assert "no map: 2 published issues in 2 periods" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--name", "nothing"), 1, "nothing: no theme or keyword of enough entries has this name"),
        (("--new", "--svg", "-"), 2, "give one of --new, --signals and --svg"),
        (("--by", "week"), 2, "'week' is not one of"),
        (("--min", "30", "--svg", "-"), 1, "no map: it needs 5 themes or keywords"),
    ],
)
def test_what_is_typed_wrong_is_answered(words: tuple[str, ...], code: int, said: str, folder: Path) -> None:
    done = digest(folder, "trends", *words)
    assert done.returncode == code
    assert said in " ".join(done.err.replace("│", " ").split())


def test_an_archive_without_a_published_issue_says_what_to_do(tmp_path: Path) -> None:
    empty = workspace(tmp_path, [Wave("x", "y", (0,))])
    done = digest(empty, "trends")
    assert done.returncode == 1
    assert "nothing is published yet; publish an issue (digest publish)" in done.err


def test_the_archive_is_exported_as_a_table_and_as_lines(folder: Path) -> None:
    done = digest(folder, "export", "--in", "signals", "--csv")
    assert done.returncode == 0, done.err
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert len(rows) == 33
    assert rows[0]["basis.signal"] == "editor"
    lines = digest(folder, "export", "--in", "articles", "--jsonl").out.splitlines()
    assert len(lines) == 33
    assert "text" in json.loads(lines[0])


def test_an_issue_published_with_enough_history_shows_the_map(tmp_path: Path) -> None:
    output = workspace(tmp_path, WAVES) / "output"
    store = Store(output)
    own = MadeArchive([Wave("heat pump", "Energy", (0, 0, 0, 1))]).entries[0]
    article = Article(own.id, own.entry.url, own.entry.url, "T", "", None, "en", "Text.", ())
    signature = store.articles.signatures()[1][0]
    store.articles.add(article, place=999, signature=signature, now=NOW)
    analysis = Analysis(own.id, "T", (), (), (), (), "a")
    draft = Draft(own.id, "20250601", "approved", own.entry, analysis)
    write_text(draft_path(output, "20250601", own.id), render_draft(draft))
    store.drafts.open_issue("20250601")
    store.drafts.save_draft(DraftRow(own.id, "20250601", "approved", "T"), now=NOW)
    publish(store, output, "20250601", Newsletter("T"), now=NOW, anyway=True)
    drawn = (output / "issues" / "20250601.trends.svg").read_text("utf-8")
    assert "20250115 to 20250601, 4 periods" in drawn
    assert drawn in (output / "issues" / "20250601.html").read_text("utf-8")
    assert [each.issue for each in store.drafts.entries()][-1] == "20250601"
    store.close()


@pytest.mark.model
def test_signals_that_came_up_again_are_one_line(tmp_path: Path) -> None:
    texts = (
        "Finnish town heats homes with a sand battery",
        "Sand battery heats homes in a second Finnish town",
        "Third Finnish town heats its homes with a sand battery",
    )
    waves = [Wave("sand battery", "Energy", (1, 1, 1)), Wave("bird flu", "Health", (1, 1, 1))]
    made = MadeArchive(waves).entries
    told = iter(texts)
    entries = [
        replace(each, entry=replace(each.entry, signals=(SignalRow(next(told), "", "", ""),)))
        if "sand battery" in each.entry.keywords
        else each
        for each in made
    ]
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    store = Store(tmp_path / "output")
    import_pages(entries, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    store.close()
    done = CliRunner().invoke(app, ["-C", str(tmp_path), "trends", "--signals"])
    assert "first seen in 20250115, third time in 20250316" in done.stdout
    done = CliRunner().invoke(app, ["-C", str(tmp_path), "trends", "--signals", "--json"])
    found = json.loads(done.stdout)
    (line,) = [each for each in found if "sand" in each["signals"][0]["signal"].lower()]
    assert [each["signal"] for each in line["signals"]] == list(texts)
    assert line["times"] == 3


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "first"), (3, "third"), (10, "tenth"), (11, "11th"), (21, "21st"), (112, "112th")],
)
def test_places_are_said_in_words(number: int, words: str) -> None:
    assert ordinal(number) == words
