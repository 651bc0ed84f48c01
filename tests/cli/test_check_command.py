"""`digest check` as a person or a script meets it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from digest.cli.app import app
from digest.errors import DigestError

TEXT = "The council approved the plan on Monday.\nThe fee rises from 2 to 4 euros a day.\n"


def digest(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=stdin)


def written(folder: Path) -> str:
    path = folder / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_a_false_claim_is_a_result_and_says_where_the_text_differs(tmp_path: Path) -> None:
    done = digest("check", "The council rejected the plan on Monday.", "--in", written(tmp_path))
    assert done.exit_code == 0
    first, *problems = done.stdout.splitlines()
    assert first.startswith("not supported (score 0.")
    assert problems == ["* opposite: the claim has “rejected”, the text “approved” (line 1)"]


def test_a_true_claim_is_said_to_be_supported(tmp_path: Path) -> None:
    done = digest("check", "The plan was approved by the council.", "--in", written(tmp_path))
    assert (done.exit_code, done.stdout.splitlines()[0][:17]) == (0, "supported (score ")


def test_the_claim_and_the_text_may_come_from_standard_input(tmp_path: Path) -> None:
    assert digest("check", "-", "--in", written(tmp_path), stdin="The fee falls.").exit_code == 0
    assert digest("check", "The council approved the plan on Monday.", "--in", "-", stdin=TEXT).exit_code == 0
    assert digest("check", "-", "--in", "-", stdin=TEXT).exit_code == 2


@pytest.mark.parametrize("charset", ["utf-16", "cp1252", "utf-8-sig"])
def test_a_text_is_read_in_its_own_charset(tmp_path: Path, charset: str) -> None:
    text = "Café prices in Malmö rose by 12 percent on Monday, the city’s statistics office said."
    (tmp_path / "a.TXT").write_bytes(text.encode(charset))
    (tmp_path / "b.txt").write_text(text, encoding="utf-8")
    claim = "Café prices in Malmö rose by 12 percent."
    first, second = (
        digest("check", claim, "--in", str(tmp_path / each)).stdout for each in ("a.TXT", "b.txt")
    )
    assert first == second
    assert first.startswith("supported")


def test_a_text_without_a_word_is_no_text_that_does_not_say_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n")
    for source, stdin in ((str(tmp_path / "a.txt"), ""), ("-", "")):
        done = digest("check", "The fee falls.", "--in", source, stdin=stdin)
        assert done.exit_code == 1
        assert "the text is empty" in str(done.exception)


def test_json_has_the_records_fields_with_offsets(tmp_path: Path) -> None:
    done = digest("check", "The fee rises to 9 euros a day.", "--in", written(tmp_path), "--json")
    row = json.loads(done.stdout)
    assert (set(row), row["supported"]) == ({"score", "supported", "problems"}, False)
    (problem,) = row["problems"]
    assert problem["kind"] == "number"
    assert TEXT[problem["start"] : problem["end"]] == problem["document"]


def test_what_is_typed_wrong_gets_an_answer_that_helps(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert digest("check").exit_code == 2
    assert digest("check", "A claim.").exit_code == 2
    assert digest("check", "A claim.", "--jsonl").exit_code == 2
    for words, message in (
        (("check", "A claim.", "--in", "missing.txt"), "missing.txt: neither a file nor an article"),
        (("check", " ", "--in", path), "the claim is empty"),
        (("check", "A claim.", "--in", path, "--published", "soon"), "expected a date such as 2026-11-22"),
    ):
        error = digest(*words).exception
        assert isinstance(error, DigestError)
        assert message in str(error)


def test_lines_are_answered_in_order_and_failures_say_why() -> None:
    asked = [
        {"id": "a", "document": TEXT, "claim": "The council approved the plan on Monday."},
        {"id": "b", "document": TEXT},
        {
            "id": "c",
            "document": TEXT,
            "claim": "The plan was approved on August 9.",
            "published": "2026-11-26",
        },
        {"id": "d", "document": TEXT, "claim": "The plan was approved.", "published": "soon"},
    ]
    done = digest("check", "--jsonl", stdin="".join(json.dumps(row) + "\n" for row in asked))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    assert set(rows[0]) == {"id", "supported", "score", "problems"}
    assert rows[0]["supported"]
    assert rows[1]["error"] == "claim: expected text, got None"
    assert {"kind", "claim", "document"} <= set(rows[2]["problems"][0])
    assert "expected a date" in rows[3]["error"]
