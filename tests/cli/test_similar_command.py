"""`digest similar` as a person or a script meets it, with a fake embedder."""

import json
from pathlib import Path

import pytest
from fakes import NOW, FakeEmbedder
from readers import no_library
from typer.testing import CliRunner

from digest.cli import machinery
from digest.cli.app import app
from digest.errors import DigestError
from digest.issues.importing import Row, import_articles
from digest.store import Store

HACK = (
    "Hackers stole records of patients at the Medlinea network on Monday. Medlinea shut its prescription "
    "servers in Tarrow and pharmacists wrote prescriptions by hand. Two clinics sent patients home, as no "
    "doctor could open their records, and the ministry ordered other networks to look at their own billing "
    "servers within ten days. Insurers expect that the theft will cost the network twelve million crowns."
)
KILN = "A cement maker closed its last coal kiln at Brekke and started an electric one beside the quarry."
TEXTS = {
    "hack": HACK,
    "kiln": KILN,
    "copy": HACK,
    "late": "The Medlinea network in Tarrow has opened its prescription servers again, weeks after.",
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    store = Store(tmp_path / "output")
    rows = [Row(name, f"https://{name}.example/", name.title(), text, None) for name, text in TEXTS.items()]
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    store.close()
    return tmp_path


def similar(folder: Path, *words: str, stdin: str = "") -> str:
    done = CliRunner().invoke(app, ["-C", str(folder), "similar", *words], input=stdin)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_a_file_with_the_text_of_an_article_is_that_article(workspace: Path) -> None:
    path = workspace / "hack.txt"
    path.write_text(HACK, "utf-8")
    found = [each["id"] for each in json.loads(similar(workspace, str(path), "--json"))]
    assert not {"hack", "copy"} & set(found)
    assert found == [each["id"] for each in json.loads(similar(workspace, "hack", "--json"))]


def test_queries_are_answered_in_order_and_mistakes_in_their_place(workspace: Path) -> None:
    asked = f'{{"id": "hack"}}\n{{"id": "none"}}\nnot json\n{{"id": "x", "text": "{KILN}"}}\n'
    first, unknown, broken, text = map(
        json.loads, similar(workspace, "-k", "2", "--queries", "-", stdin=asked).splitlines()
    )
    assert first["id"] == "hack"
    assert first["results"][0]["id"] == "copy"
    assert set(first["results"][0]) == {"id", "title", "similarity", "relation", "reason"}
    assert unknown == {"id": "none", "error": "none: nothing in the archive has this id"}
    assert broken == {"id": 3, "error": "line 3: not JSON: Expecting value"}
    assert (text["id"], len(text["results"]), text["results"][0]["id"]) == ("x", 2, "kiln")


def test_the_plain_ranking_leaves_out_the_query_alone(workspace: Path) -> None:
    (line,) = similar(workspace, "-k", "50", "--queries", "-", stdin='{"id": "kiln"}\n').splitlines()
    assert {each["id"] for each in json.loads(line)["results"]} == {"hack", "copy", "late"}


@pytest.fixture
def bare_library(monkeypatch: pytest.MonkeyPatch) -> None:
    library = no_library()
    monkeypatch.setattr(machinery, "library_of", lambda folder, embedder, store: lambda: library)


HEADLINES = [
    "Hackers stole records of patients at the Medlinea network",
    "\ufeff Hackers stole records of patients at the Medlinea network \r\n",
    "Hackers stole records of patients < at the Medlinea network",
]


@pytest.mark.usefixtures("bare_library")
@pytest.mark.parametrize("headline", HEADLINES)
def test_a_headline_alone_finds_its_story(workspace: Path, headline: str) -> None:
    found = json.loads(similar(workspace, "-", "--json", stdin=headline))
    assert [each["id"] for each in found][:1] == ["hack"]
    path = workspace / "headline.txt"
    path.write_text(headline, "utf-8")
    assert json.loads(similar(workspace, str(path), "--json")) == found


@pytest.mark.usefixtures("bare_library")
@pytest.mark.parametrize("given", ["", " \n", "!!!", "<p>Hackers stole records</p>", '{"a": 1}', "%PDF-1.7"])
def test_what_is_neither_article_nor_headline_is_said_so(workspace: Path, given: str) -> None:
    done = CliRunner().invoke(app, ["-C", str(workspace), "similar", "-"], input=given)
    assert isinstance(done.exception, DigestError)
