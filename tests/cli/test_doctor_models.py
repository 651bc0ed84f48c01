"""What `digest doctor` says of language models."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from fake_language_models import (
    FakeLanguageModels,
    Reply,
    failed,
    good,
    not_to_schema,
    prose,
    refusal,
    too_many,
)
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from digest.adapters.local_servers import USUAL, Usual
from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.numbered import number
from digest.analysis.by_model.support import judge
from digest.cli.app import app
from digest.cli.diagnosis import Finding, diagnose
from digest.cli.model_probe import NAMES
from digest.cli.probe_article import KNOWN, NOT_ROWS, article, grade
from digest.errors import BudgetError
from digest.store import Store

SETTINGS = "feeds: []\nsettings:\n  language_model: {}\n"


def found(folder: Path, usual: list[Usual], what: str) -> list[Finding]:
    return [each for each in diagnose(folder, usual=usual) if each.what == what]


def at(fake: FakeLanguageModels, program: str) -> Usual:
    usual = next(each for each in USUAL if each.program == program)
    return Usual(program, usual.provider, fake.port, usual.models, usual.path)


@pytest.mark.parametrize(
    ("program", "model", "path"),
    [
        ("Ollama", "ollama:qwen3:8b", ""),
        ("LM Studio", "local:qwen3:8b", "/v1"),
        ("vLLM", "local:qwen3:8b", "/v1"),
    ],
)
def test_a_program_on_this_machine_is_named_with_what_to_write(
    tmp_path: Path, program: str, model: str, path: str
) -> None:
    with FakeLanguageModels(models=["qwen3:8b", *"abcdef"]) as fake:
        [finding] = found(tmp_path, [at(fake, program)], program)
    says = finding.says.splitlines()
    assert finding.is_fine
    url = f"http://127.0.0.1:{fake.port}{path}"
    assert says[0] == f"answers at {url} with qwen3:8b, a, b, c, d and 2 more; in feeds.yaml's settings:"
    assert YAML(typ="safe").load("\n".join(says[1:])) == {"language_model": model, "language_model_url": url}


def test_the_lines_are_yaml_whatever_a_model_is_called(tmp_path: Path) -> None:
    name = 'my: "odd" #model'
    with FakeLanguageModels(models=[name]) as fake:
        [finding] = found(tmp_path, [at(fake, "vLLM")], "vLLM")
    written = YAML(typ="safe").load("\n".join(finding.says.splitlines()[1:]))
    assert written["language_model"] == f"local:{name}"


def test_where_none_answers_one_quiet_line_says_so(tmp_path: Path) -> None:
    with FakeLanguageModels() as fake:
        gone = at(fake, "vLLM")
    assert found(tmp_path, [gone], "local language models") == [
        Finding("local language models", True, "none answers on its usual port")
    ]


def test_a_model_of_the_settings_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.endswith("_API_KEY")]:
        monkeypatch.delenv(name)
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text("feeds: []\n")
    assert found(tmp_path, [], "language model") == []
    feeds.write_text(SETTINGS.format("openai:gpt-5-mini"))
    [finding] = found(tmp_path, [], "language model")
    assert not finding.is_fine
    assert "set OPENAI_API_KEY" in finding.says
    monkeypatch.setenv("OPENAI_API_KEY", "sk-Quartz7f3Basalt9c1")
    [finding] = found(tmp_path, [], "language model")
    assert finding.is_fine
    assert "openai:gpt-5-mini" in finding.says
    assert "Quartz" not in finding.says


# digest doctor --model


def row(numbers: list[int], signal: str, **more: Any) -> dict[str, Any]:
    return {
        "sentences": numbers, "signal": signal, "kind": "event", "steep": "environment",
        "claim_strength": "done", "change_sentences": [], "change": "", "change_basis": "none",
        "force_sentences": [], "driving_force": "", "force_basis": "none",
        "horizon_sentences": [], "horizon_10y": "", **more,
    }  # fmt: skip


def answer(summary: list[tuple[list[int], str]], *rows: dict[str, Any]) -> str:
    return json.dumps(
        {
            "title": "Ostervik heats its school with old batteries",
            "summary": [{"sentences": numbers, "text": text} for numbers, text in summary],
            "keywords": ["ferries"],
            "themes": [],
            "new_theme": "",
            "signals": list(rows),
        }
    )


SUMMARY = [
    ([1], "Ostervik has begun to heat its school with batteries taken out of old ferries."),
    ([3], "The school now buys 62 percent less oil than it did last winter."),
]
ROWS = [
    row([1], "Ostervik has begun to heat its school with batteries out of old ferries"),
    row([3], "The school now buys 62 percent less oil than last winter"),
    row([7], "Sundline replaced the batteries of four ferries in March",
        force_sentences=[7], driving_force="They had lost a fifth of their capacity", force_basis="observed"),
    row([10], "The town council decided to set aside 1.2 million euros for a second store"),
    row([11], "Sundline said it would hand over the batteries of nine more ferries by 2029"),
]  # fmt: skip
INVENTED = [
    row([1], "Ostervik has closed its school"),
    row([3], "The school buys 26 percent less oil", change_sentences=[3], change="from oil to gas",
        change_basis="observed"),
    row([11], "Norlag said it would hand over 90 ferries by 2039"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "word", "says"),
    [
        (answer(SUMMARY, *ROWS), "good", "5 of 5 known rows, 0 rows of no change, 0 of 8 statements"),
        (f"Here you are:\n```json\n{answer(SUMMARY, *ROWS)}\n```", "good", "5 of 5 known rows"),
        (answer(SUMMARY, *ROWS[:2]), "fair", "2 of 5 known rows"),
        (answer(SUMMARY, *ROWS[:4], row([12], "Norlag refuses to cover"), row([14], "Pupils wrote a song")),
         "fair", "2 rows of no change"),
        (answer(SUMMARY), "poor", "0 of 5 known rows"),
        (answer(SUMMARY, *INVENTED), "poor", "that the checks refuse"),
        (answer([([99], SUMMARY[0][1]), ([4], SUMMARY[1][1])], *ROWS), "fair",
         "2 of 8 statements with wrong sentence numbers"),
        ("A bridge was opened.", "no answer to be used", "use another model"),
    ],
)  # fmt: skip
def test_an_answer_about_the_known_article_is_graded(text: str, word: str, says: str) -> None:
    finding = grade(text)
    assert finding.says.startswith(word), finding.says
    assert says in finding.says
    assert finding.is_fine == (word in ("good", "fair"))


def test_what_the_probe_knows_of_its_article_is_so() -> None:
    numbered = number(article())
    assert frozenset().union(*KNOWN) | NOT_ROWS == numbered.citable
    assert all(judge(Said(text, tuple(numbers)), numbered).state == "supported" for numbers, text in SUMMARY)


HARBOUR = '{"kestrels": 3, "is_by_the_sea": true, "tide": "ebb"}'


def workspace(folder: Path, fake: FakeLanguageModels, more: str = "") -> Path:
    settings = f"  language_model: local:fake\n  language_model_url: {fake.url('openai')}\n{more}"
    (folder / "feeds.yaml").write_text(f"feeds: []\nsettings:\n{settings}")
    return folder


def doctor(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["-C", str(folder), "doctor", "--model", *words])


def test_a_good_model_is_probed_with_three_questions(tmp_path: Path) -> None:
    with FakeLanguageModels(good('{"is_ready": true}'), good(HARBOUR), good(answer(SUMMARY, *ROWS))) as fake:
        done = doctor(workspace(tmp_path, fake, "  language_model_price: {input: 1, output: 10}\n"))
    assert done.exit_code == 0, done.output
    said = done.stdout.splitlines()
    assert [line.split(": ")[0] for line in said] == [f"ok     {each}" for each in [*NAMES, "price"]]
    assert "answered as fake" in said[0]
    assert "enforced" in said[1]
    assert "good: 5 of 5 known rows" in said[2]
    assert "$0.0013 for 360 tokens of questions and 90 of answers" in said[3]
    assert len(fake.calls) == 3
    assert "kestrels" not in fake.calls[1].system + fake.calls[1].user
    assert "Ostervik" in fake.calls[2].user
    assert not (tmp_path / "output").exists()


def test_an_archive_that_is_there_keeps_what_a_probe_did_cost(tmp_path: Path) -> None:
    more = "  language_model_price: {input: 1, output: 10}\n  budget: {run: 2, month: 20}\n"
    with FakeLanguageModels(good('{"is_ready": true}'), failed(400), good(answer(SUMMARY, *ROWS))) as fake:
        folder = workspace(tmp_path, fake, more)
        Store(tmp_path / "output").close()
        doctor(folder)
        log = CliRunner().invoke(app, ["-C", str(folder), "log", "--jsonl"]).stdout.splitlines()
        kept = [json.loads(line) for line in log]
        assert {each["purpose"] for each in kept} == {"probe"}
        assert sorted(each["state"] for each in kept) == ["answered", "answered", "failed"]
        assert sum(each["dollars"] for each in kept) == pytest.approx(2 * (120 + 300) / 1e6)
        # No answer is taken from the archive: what counts is how the model is now.
        doctor(folder)
        assert len(fake.calls) == 6


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (prose(), "not enforced: answered with prose"),
        (Reply("```json\n{}\n```"), "not enforced: answered with a block of Markdown"),
        (not_to_schema(), "not enforced: answered with JSON of other fields"),
        (good('{"kestrels": "3", "is_by_the_sea": true, "tide": "ebb"}'), "JSON of other fields"),
        (good('{"kestrels": 3, "is_by_the_sea": true, "tide": "high"}'), "JSON of other fields"),
        (Reply("{", finish="length"), "cut after 30 tokens"),
        (refusal(), "declined to answer"),
        (failed(400, "response_format is not supported"), "HTTP 400: response_format is not supported"),
    ],
)
def test_a_schema_that_is_not_heeded_is_found(tmp_path: Path, reply: Reply, says: str) -> None:
    with FakeLanguageModels(good("yes, I am"), reply, good(answer(SUMMARY, *ROWS))) as fake:
        done = doctor(workspace(tmp_path, fake))
    assert done.exit_code == 1
    [line] = [each for each in done.stdout.splitlines() if "schema: " in each]
    assert line.startswith("WRONG")
    assert says in line
    assert len(fake.calls) == 3


def test_a_model_that_is_not_there_is_asked_no_more(tmp_path: Path) -> None:
    with FakeLanguageModels(failed(404, "no such model")) as fake:
        done = doctor(workspace(tmp_path, fake), "--json")
    assert done.exit_code == 1
    [found] = json.loads(done.stdout)
    assert (found["what"], found["is_fine"]) == ("reachable", False)
    assert "HTTP 404: no such model" in found["says"]
    assert len(fake.calls) == 1


def test_a_probe_waits_as_long_as_a_server_asks_for_but_not_for_ever(tmp_path: Path) -> None:
    with FakeLanguageModels(
        too_many("0"), good('{"is_ready": true}'), good(HARBOUR), too_many("0"), good(answer(SUMMARY, *ROWS))
    ) as fake:
        done = doctor(workspace(tmp_path, fake))
    assert done.exit_code == 0, done.output
    assert len(fake.calls) == 5
    with FakeLanguageModels(too_many("9999")) as fake:
        done = doctor(workspace(tmp_path, fake))
    assert done.exit_code == 1
    assert len(fake.calls) == 1


def test_a_probe_that_could_cost_more_than_a_run_may_is_not_sent(tmp_path: Path) -> None:
    more = "  language_model_price: {input: 1000, output: 1000}\n  budget: {run: 0.5}\n"
    with FakeLanguageModels() as fake:
        done = doctor(workspace(tmp_path, fake, more))
    assert isinstance(done.exception, BudgetError)
    assert not fake.asked


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("", "settings.language_model: missing"),
        ("settings:\n  language_model: recorded:answers\n", "there is no model to ask"),
        ("settings:\n  language_model: local:x\n", "set language_model_url"),
    ],
)
def test_without_a_model_to_ask_doctor_says_what_to_set(tmp_path: Path, settings: str, says: str) -> None:
    (tmp_path / "feeds.yaml").write_text(f"feeds: []\n{settings}")
    assert says in str(doctor(tmp_path).exception)
