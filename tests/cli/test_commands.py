"""The command line as a person or a script meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from forked import Typed, typed_apart
from typer.main import get_command
from typer.testing import CliRunner, Result

from digest.cli.app import app
from digest.store.sqlite import exclusive

README = Path(__file__).parents[2] / "README.md"


def digest(*words: str, stdin: str = "", folder: Path | None = None) -> Typed:
    return typed_apart(folder, *words, stdin=stdin)


def started(*words: str, stdin: str = "") -> str:
    """Type a command that starts as it does for a person, with the real model."""
    done = subprocess.run(
        [sys.executable, "-m", "digest", *words],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def typed(folder: Path, *words: str) -> Result:
    """Type a command within this process, which loads the model's library once for all of them."""
    return CliRunner().invoke(app, ["-C", str(folder), *words])


def lines(done: Typed) -> list[dict[str, object]]:
    assert done.returncode == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def commands(group: object = None, path: str = "digest") -> list[tuple[str, object]]:
    command = group or get_command(app)
    children = getattr(command, "commands", None)
    if children is None:
        return [(path, command)]
    return [found for name, child in children.items() for found in commands(child, f"{path} {name}")]


@pytest.mark.parametrize("path", [path for path, _ in commands()])
def test_every_command_is_in_the_readme(path: str) -> None:
    assert f"`{path}" in README.read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "command"), commands(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_command_and_option_has_help(path: str, command: object) -> None:
    assert command.help  # type: ignore[attr-defined]
    for parameter in command.params:  # type: ignore[attr-defined]
        if parameter.param_type_name == "option":
            assert parameter.help, f"{path} {parameter.name}"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom digest.cli import main\nsys.argv = ['digest', '--help']\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'torch', 'sklearn', 'numpy', 'trafilatura', 'sqlalchemy', 'pydantic', 'lxml'}\n"
        "    print('loaded:', *heavy & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.strip() == "loaded:"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("frobnicate",), 2, "No such command"),
        (("run", "--limit", "none"), 2, "--limit"),
        (("extract",), 2, "give a file or an address"),
        (("extract", "nowhere.html"), 1, "nowhere.html: cannot be read: No such file or directory"),
        (("similar", "nothing"), 1, "no archive yet; make one with: digest run"),
        (("publish",), 1, "feeds.yaml: not found in"),
        (("draft", "approve"), 2, "give ids, or --all"),
        (("export",), 2, "give either --csv or --jsonl"),
        (("export", "--in", "drafts", "--csv"), 2, "'drafts' is not one of 'entries', 'signals', 'articles'"),
        (("export", "--jsonl"), 1, "no archive yet; make one with: digest run"),
        (("run",), 1, "feeds.yaml: not found in"),
        (("import", "nothing.jsonl"), 1, "nothing.jsonl: cannot be read"),
    ],
)
def test_what_is_typed_wrong_is_answered_in_one_line(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = digest(*words, folder=tmp_path)
    assert done.returncode == code
    assert said in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err
    assert done.out == ""


def test_every_mistake_in_feeds_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(
        "newsletter:\n  time_zone: Mars/Olympus\nfeeds:\n  - url: example.com/rss\n  - ulr: https://a.example/\n"
    )
    done = digest("run", folder=tmp_path)
    assert done.returncode == 1
    assert "feeds.yaml:2: newsletter.time_zone" in done.err
    assert "feeds.yaml:4: feeds[0].url: expected an http(s) URL, got 'example.com/rss'" in done.err
    assert "feeds.yaml:5: feeds[1]" in done.err


def test_a_workspace_is_made_once_and_nothing_in_it_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert digest("init", str(folder)).returncode == 0
    (folder / "feeds.yaml").write_text("feeds: []\n")
    assert digest("init", str(folder)).returncode == 0
    assert (folder / "feeds.yaml").read_text() == "feeds: []\n"
    assert (folder / "prompts" / "patterns.yaml").exists()
    done = digest("init", str(tmp_path / "my week’s"))
    assert f"then: digest -C '{tmp_path}/my week’s' run" in done.err
    (tmp_path / "file").write_text("")
    done = digest("init", str(tmp_path / "file"))
    assert (done.returncode, "expected a folder, or the name of a new one, got a file" in done.err) == (
        1,
        True,
    )


def test_feeds_that_cannot_be_reached_change_nothing_and_name_the_demo(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(
        "settings: {allow_hosts: [127.0.0.0/8]}\nfeeds: [http://127.0.0.1:9/a, http://127.0.0.1:9/b]\n"
    )
    done = digest("run", folder=tmp_path)
    assert done.returncode == 1
    assert done.err.startswith("digest: none of the 2 feeds could be reached")
    assert done.err.strip().endswith("make demo")
    assert not list(tmp_path.rglob("*.db*"))
    assert not list((tmp_path / "output").glob("*/"))


def test_of_two_runs_at_once_the_second_says_so_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: [http://127.0.0.1:9/a]\n")
    with exclusive(tmp_path / "output" / "lock", doing="digest run"):
        done = digest("run", folder=tmp_path)
    assert done.returncode == 1
    assert f"in use by digest run (process {os.getpid()}" in done.err
    assert not list(tmp_path.rglob("*.db*"))


def test_feeds_come_in_as_opml_and_go_out_again(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("# mine\nfeeds:\n  - url: https://a.example/rss # kept\n")
    (tmp_path / "list.opml").write_text(
        '<opml version="2.0"><body><outline type="rss" text="B" xmlUrl="https://b.example/rss"/>'
        '<outline type="rss" text="A" xmlUrl="https://a.example/rss"/></body></opml>'
    )
    done = digest("feeds", "import", str(tmp_path / "list.opml"), folder=tmp_path)
    assert "1 added, 1 known already" in done.out
    assert (
        (tmp_path / "feeds.yaml")
        .read_text()
        .startswith("# mine\nfeeds:\n  - url: https://a.example/rss # kept")
    )
    assert [feed["url"] for feed in json.loads(digest("feeds", "list", "--json", folder=tmp_path).out)] == [
        "https://a.example/rss",
        "https://b.example/rss",
    ]
    with (tmp_path / "feeds.yaml").open("a") as file:
        file.write("  - {kind: mail, url: mail/a.mbox}\n  - {url: 'https://c.example/rss', cookie: env:C}\n")
    done = digest("feeds", "export", folder=tmp_path)
    assert 'xmlUrl="https://b.example/rss"' in done.out
    assert "left out: 1 mailbox, " in done.err
    assert "cookies that 1 feed is asked with have no place here" in done.err


PAGE = (
    "<html><head><title>Tides turn a mill | The Paper</title></head><body><article><h1>Tides turn a mill</h1>"
    + "".join(
        f"<p>The mill at Skelda ground {n} sacks on day {n}, and the miller said more would come.</p>"
        for n in range(1, 12)
    )
    + "</article></body></html>"
)


def test_extract_answers_line_by_line_in_order_and_failures_too(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    asked = [
        {"id": "a", "html": PAGE, "url": "https://paper.example/tides"},
        {"id": "b", "html": "<html><body>Nothing.</body></html>", "url": "https://paper.example/nothing"},
        {"id": "c", "path": str(path), "url": "https://paper.example/tides"},
        {"id": "d"},
    ]
    stdin = "\n".join([*map(json.dumps, asked), "not json"]) + "\n"
    a, b, c, d, e = lines(digest("extract", "--jsonl", stdin=stdin))
    assert a["title"] == "Tides turn a mill"
    assert a["language"] == "en"
    assert str(a["text"]).startswith("The mill at Skelda")
    first = a["sentences"][0]  # type: ignore[index]
    assert str(a["text"])[first["start"] : first["end"]].endswith("more would come.")
    assert (b["id"], "words of main text" in str(b["error"])) == ("b", True)
    assert (c["id"], c["text"]) == ("c", a["text"])
    assert (d["id"], d["error"]) == ("d", "path: expected text, got None")
    assert (e["id"], "not JSON" in str(e["error"])) == (5, True)


STORY = (
    "Port Ansel will charge vehicles by weight from January, the city council decided on Saturday. "
    "The charge replaces a flat fee of €8 that every car paid since 2019. "
    "Councillors voted 31 to 20 for the plan. "
    "Cars below 1,400 kilograms will pay nothing, and lorries will pay up to €46 a day. "
    "The city expects traffic to fall by a fifth because heavy vans deliver in the centre. "
    "Hauliers said they would go to court. The sensors in the road were tested for two years. "
    "Revenue will pay for 46 new trams by 2035."
)


ASKED = json.dumps({"id": "a", "title": "Port Ansel", "text": STORY}) + "\n"


@pytest.fixture(scope="module")
def analyzed() -> str:
    return started("analyze", "--jsonl", stdin=ASKED)


@pytest.mark.model
def test_analyze_answers_in_the_published_shape_with_quotes_at_their_offsets(analyzed: str) -> None:
    row = json.loads(analyzed)
    assert set(row) >= {"id", "title", "summary", "keywords", "themes", "signals"}
    for part in (*row["summary"], *row["signals"]):  # type: ignore[misc]
        for evidence in part["evidence"]:
            assert STORY[evidence["start"] : evidence["end"]] == evidence["quote"]
    signal = row["signals"][0]  # type: ignore[index]
    assert set(signal) >= {
        "signal",
        "change",
        "horizon_10y",
        "driving_force",
        "basis",
        "evidence",
        "problems",
    }
    assert {"keyword", "score"} <= set(row["keywords"][0])  # type: ignore[index]


@pytest.mark.model
def test_an_analysis_is_the_same_whatever_model_the_workspace_is_set_to(
    analyzed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that is not there: nothing may even try to load it.
    monkeypatch.setenv("DIGEST_MODEL", str(tmp_path / "another-model"))
    done = CliRunner().invoke(app, ["analyze", "--jsonl"], input=ASKED, catch_exceptions=False)
    assert done.stdout == analyzed
    assert len(json.loads(analyzed)["keywords"]) == 10


@pytest.mark.model
def test_imported_articles_keep_their_ids_and_can_be_ranked(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    rows = [
        {"id": "tax", "url": "https://a.example/1", "title": "Weight charge", "text": STORY},
        {"id": "copy", "url": "https://b.example/1", "title": "Weight charge", "text": STORY},
        {"id": "kiln", "url": "https://a.example/2", "title": "Kiln", "text": "A cement kiln was shut. " * 9},
        {"url": "https://a.example/3", "title": "Trams", "text": "New trams run in the city centre. " * 9},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "4 articles imported, 1 of them copies" in typed(tmp_path, "import", str(path)).stdout
    again = typed(tmp_path, "import", str(path), "--json").stdout
    assert json.loads(again) == {"articles": 0, "copies": 0, "known": 4}
    (tmp_path / "queries.jsonl").write_text('{"id": "tax"}\n')
    row = json.loads(typed(tmp_path, "similar", "--queries", str(tmp_path / "queries.jsonl")).stdout)
    ranked = [each["id"] for each in row["results"]]
    assert (ranked[0], len(ranked)) == ("copy", 3)
    found = json.loads(typed(tmp_path, "similar", "tax", "--json").stdout)
    assert "copy" not in [each["id"] for each in found]


def test_import_names_every_wrong_line_and_takes_none(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    path = tmp_path / "rows.jsonl"
    path.write_text('{"url": "https://a.example/", "title": "T"}\nnonsense\n[1]\n')
    done = digest("import", str(path), folder=tmp_path)
    assert done.returncode == 1
    assert "rows.jsonl:1: text: expected text, got None" in done.err
    assert "rows.jsonl:2:" in done.err
    assert "rows.jsonl:3: expected an object, got list" in done.err
    assert "nothing was imported" in done.err


@pytest.mark.model
def test_entry_pages_are_imported_and_what_is_wrong_with_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "good.md").write_bytes((Path(__file__).parents[1] / "data/render/entry_second.md").read_bytes())
    (pages / "bad.md").write_text("# Nothing\n")
    done = typed(tmp_path, "import", str(pages))
    assert done.exit_code == 1
    assert "  bad.md: line 1: expected `# __Title__, from ([origin](address).)`" in done.stderr
    assert "1 entry page imported into 1 issue (20250511d); 0 known already; 1 failed" in done.stdout
    assert (tmp_path / "output" / "issues" / "20250511d.html").exists()
    again = json.loads(typed(tmp_path, "import", str(pages), "--json").stdout)
    assert (again["entries"], again["known"]) == ([], 1)
    assert [each["page"] for each in again["failed"]] == ["bad.md"]
    (row,) = json.loads(typed(tmp_path, "draft", "list", "--json", "--issue", "20250511d").stdout)
    (change,) = json.loads(typed(tmp_path, "draft", "log", row["id"], "--json").stdout)
    assert (change["status"], change["issue"]) == ("approved", "20250511d")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere",), 1, "nowhere: cannot be read: no such file or folder"),
        (("empty",), 1, "empty: no entry pages (*.md) in this folder"),
        (("rows.jsonl", "--clean"), 2, "--clean and --issue are for entry pages"),
        (("empty", "--issue", "May"), 2, "--issue: expected a date such as 20221122, got 'May'"),
    ],
)
def test_an_import_that_cannot_be_says_why(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "rows.jsonl").write_text("")
    monkeypatch.chdir(tmp_path)
    done = digest("import", *words, folder=tmp_path)
    assert done.returncode == code
    assert said in " ".join(done.err.replace("│", " ").split())


def test_doctor_says_what_is_wrong(tmp_path: Path) -> None:
    done = digest("doctor", folder=tmp_path)
    assert done.returncode == 1
    assert "WRONG  feeds.yaml: feeds.yaml: not found" in done.out
    assert "weights have the published SHA-256" in done.out
    (tmp_path / "feeds.yaml").write_text("feeds: 5\nfoo: 1\n")
    (tmp_path / "prompts").mkdir()
    for name, text in (("reasons.yaml", "5"), ("issue.v1.md", "no front matter"), ("themes.yaml", "6")):
        (tmp_path / "prompts" / name).write_text(text)
    done = digest("doctor", folder=tmp_path)
    # Every mistake stands there once, and all of them below what they are about.
    wrong = done.out[done.out.index("WRONG  feeds.yaml") : done.out.index("ok     model")].splitlines()
    assert [line[:7] for line in wrong] == ["WRONG  ", "       ", "WRONG  ", "       ", "       "]
    assert "themes.yaml:1" in wrong[2]
    assert "reasons.yaml:1" in wrong[3]
    assert "issue.v1.md:1: expected front matter" in wrong[4]
    assert "digest: 2 of " in done.err
