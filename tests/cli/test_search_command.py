"""`digest search` as a person or a script meets it; by words, so that no model is loaded."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW, FakeEmbedder
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from digest.cli import common
from digest.cli.app import app
from digest.issues.importing import Row, import_articles
from digest.store import Store

TEXTS = {
    "a1": ("Heat pumps & *boilers*", "Heat pumps sell better than gas boilers. Installers are scarce."),
    "a2": ("Gas prices fall", "Natural gas became cheaper in spring. Storage is <b>full</b>."),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    take_in(tmp_path, TEXTS)
    return tmp_path


def take_in(folder: Path, texts: dict[str, tuple[str, str]]) -> None:
    store = Store(folder / "output")
    rows = [Row(name, f"https://{name}.example/", *each, None) for name, each in texts.items()]
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    store.close()


def search(folder: Path, *words: str, stdin: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["-C", str(folder), "search", *words], input=stdin)
    error = str(done.exception) if done.exception and done.exit_code == 1 else done.stderr
    return done.exit_code, done.stdout, error


def words_of(folder: Path, *words: str) -> dict[str, object]:
    code, out, error = search(folder, "--mode", "words", "--json", *words)
    assert code == 0, error
    found: dict[str, object] = json.loads(out)
    return found


def ids(found: dict[str, object]) -> list[str]:
    return [hit["id"] for hit in found["results"]]  # type: ignore[attr-defined]


def test_json_gives_passages_with_the_offsets_of_the_marked_words(workspace: Path) -> None:
    found = words_of(workspace, "gas")
    assert ids(found) == ["a2", "a1"]
    hit = found["results"][1]  # type: ignore[index]
    assert [hit["passage"][start:end] for start, end in hit["marks"]] == ["gas"]


@pytest.mark.parametrize("words", [("gas", "-boilers"), ("-boilers", "gas"), ("gas", "-boilers", "-k2")])
def test_a_word_with_a_minus_is_excluded_though_options_begin_so(
    workspace: Path, words: tuple[str, ...]
) -> None:
    assert set(ids(words_of(workspace, "gas"))) == {"a1", "a2"}
    found = words_of(workspace, *words)
    assert ids(found) == ["a2"]
    assert "\0" not in found["query"]  # type: ignore[operator]


def test_options_of_one_letter_are_still_options(workspace: Path) -> None:
    assert len(ids(words_of(workspace, "gas", "-k1"))) == 1
    assert ids(words_of(workspace, "gas", "--feed", "-storage")) == []
    assert words_of(workspace, "below", "-5", "gas")["query"] == "below -5 gas"
    for word, said in (
        ("-v", "goes before the command"),
        ("-x", "No such option"),
        ("-help", "No such option"),
    ):
        code, _, error = search(workspace, "gas", word)
        assert code == 2
        assert said in error


def test_a_line_each_where_there_is_no_terminal(workspace: Path) -> None:
    code, out, _ = search(workspace, "--mode", "words", "boilers")
    assert code == 0
    assert len(out.splitlines()) == 2
    assert "**boilers**" in out.splitlines()[1]


def test_markdown_shows_texts_as_they_are_and_only_the_marks_in_bold(workspace: Path) -> None:
    _, out, _ = search(workspace, "--mode", "words", "--markdown", "storage gas OR boilers")
    html = MarkdownIt("js-default").render(out)
    assert "Heat pumps &amp; *boilers*</a>" in html
    assert "<strong>gas</strong>" in html
    assert "&lt;b&gt;full&lt;/b&gt;" in html


def test_a_saved_search_tells_what_came_since_the_last_time(workspace: Path) -> None:
    code, _, said = search(workspace, "--mode", "words", "gas", "--save", "gas")
    assert code == 0
    assert "digest search @gas --new" in said
    assert ids(words_of(workspace, "@gas", "--new")) == []
    take_in(
        workspace,
        {
            "a3": (
                "Harbour ferry burns gas",
                "The ferry to the islands runs on gas. Passengers like the quiet.",
            )
        },
    )
    assert ids(words_of(workspace, "@gas", "--new")) == ["a3"]
    code, out, said = search(workspace, "@gas", "--new")
    assert (code, out) == (0, "")
    assert re.fullmatch(r"nothing came since [-0-9]{10} [:0-9]{5} \(UTC\) for: gas --mode words\n", said)
    assert set(ids(words_of(workspace, "@gas"))) == {"a1", "a2", "a3"}
    assert ids(words_of(workspace, "@gas", "--feed", "a3.example")) == ["a3"]
    # About three things, or they would be shown as one story.
    texts = (
        "Bakers tried gas ovens and wept.",
        "Mars has gas over its poles.",
        "Dentists store gas for children.",
    )
    take_in(workspace, {f"b{at}": (text.split()[0], text) for at, text in enumerate(texts)})
    _, _, said = search(workspace, "@gas", "--new", "-k", "2")
    assert "more than 2 came" in said
    assert set(ids(words_of(workspace, "@gas", "--new"))) == {"b0", "b1", "b2"}
    code, _, said = search(workspace, "--mode", "words", "oil", "--save", "gas")
    assert (code, "@gas was another search, which this replaces: gas --mode words" in said) == (0, True)
    _, listed, _ = search(workspace, "--saved")
    assert "@gas" in listed
    assert "--mode words" in listed
    assert search(workspace, "--mode", "words", "oil", "--save", "@oil")[0] == 0
    assert search(workspace, "--forget", "@oil")[0] == search(workspace, "--forget", "gas")[0] == 0
    assert json.loads(search(workspace, "--saved", "--json")[1]) == []


def test_a_span_that_is_kept_reaches_back_from_the_day_it_is_asked_on(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "utc_now", lambda: NOW)
    _, _, said = search(workspace, "--mode", "words", "gas", "--since", "30d", "--save", "gas")
    assert "saved" in said
    assert ids(words_of(workspace, "@gas")) == ["a2", "a1"]
    assert words_of(workspace, "@gas")["filter"]["since"] == f"{NOW - timedelta(days=30):%Y-%m-%d}"  # type: ignore[index]
    assert "--since 30d" in search(workspace, "--saved")[1]
    monkeypatch.setattr(common, "utc_now", lambda: NOW + timedelta(days=31))
    assert ids(words_of(workspace, "@gas")) == []
    # A day takes its place, and another span too.
    assert ids(words_of(workspace, "@gas", "--since", "2020-01-01")) == ["a2", "a1"]
    assert ids(words_of(workspace, "@gas", "--since", "60d")) == ["a2", "a1"]


@pytest.mark.parametrize("asked", [("-k", "1"), ("--new", "--feed", "a1.example")])
def test_what_a_saved_search_did_not_show_stays_new(workspace: Path, asked: tuple[str, ...]) -> None:
    assert search(workspace, "--mode", "words", "gas", "--save", "gas")[0] == 0
    take_in(workspace, {"a3": ("Dentists", "Dentists store gas for children.")})
    assert "a3" not in ids(words_of(workspace, "@gas", *asked))
    assert ids(words_of(workspace, "@gas", "--new")) == ["a3"]


def test_queries_are_answered_in_order_and_mistakes_in_their_place(workspace: Path) -> None:
    lines = '{"id": "q1", "query": "gas\u2028"}\nnot json\n{"id": "q3"}\n\n{"id": "q4", "query": "boilers"}\n'
    code, out, _ = search(workspace, "--mode", "words", "-k", "1", "--queries", "-", stdin=lines)
    assert code == 0
    first, second, third, fourth = map(json.loads, out.split("\n")[:4])
    assert first["id"] == "q1"
    assert set(first["results"][0]) == {"id", "title", "url", "score"}
    assert "not JSON" in second["error"]
    assert third == {"id": "q3", "error": 'line 3: expected {"id", "query"}'}
    assert [hit["id"] for hit in fourth["results"]] == ["a1"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "give a query"),
        (("x", "--saved"), 2, "give a query, or one of"),
        (("x", "--mode", "fuzzy"), 2, "--mode"),
        (("x", "--since", "soon"), 2, "expected a date such as 2026-11-22"),
        (("x", "--new"), 2, "--new goes with a saved search"),
        (("x", "--save", "a/b"), 2, "a name has letters"),
        (("x", "--save", "@"), 2, "a name has letters"),
        (("x", "--json", "--markdown"), 2, "not both"),
        (("@none",), 1, "no saved search has this name; there are: none yet"),
        (("--forget", "none"), 1, "no saved search has this name"),
        (("--queries", "x", "--theme", "Energy"), 2, "goes with --mode and -k alone"),
        (("--queries", "nowhere.jsonl"), 1, "nowhere.jsonl: cannot be read: No such file or directory"),
        (("--mode", "words", "--", "-x"), 1, "nothing to look for"),
        (("--mode", "words", "zzzqqq"), 0, "nothing in the archive answers: zzzqqq"),
        (("--theme", "No such", "gas", "--mode", "words"), 0, "answers: gas --theme 'No such' --mode words"),
    ],
)
def test_mistakes_get_an_answer(workspace: Path, words: tuple[str, ...], code: int, said: str) -> None:
    got, out, error = search(workspace, *words)
    assert got == code
    assert said in " ".join((out + error).replace("│", " ").split())


def test_searching_by_words_loads_no_model(workspace: Path) -> None:
    before = "torch" in sys.modules
    assert ids(words_of(workspace, "gas"))
    assert ("torch" in sys.modules) == before


def test_without_an_archive_it_says_how_to_make_one(tmp_path: Path) -> None:
    code, _, said = search(tmp_path, "x")
    assert code == 1
    assert "no archive yet; make one with: digest run" in said
