"""`digest log` as a person and a script meet it, and what asks a workspace's model."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeEmbedder
from test_commands import typed

from digest.cli import common
from digest.cli.language_models import Asking, asker_of, language_model_of
from digest.errors import AnswerError, BudgetError, ConfigError
from digest.issues.importing import Row, import_articles
from digest.records import ModelRequest, ModelResponse, Usage
from digest.store import Store
from digest.store.model_calls import Asked
from digest.store.soundness import faults_of

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
USER = "Article 1.\nRead https://u:secret@host.example/?token=abc123def\n" + "A long line. " * 100


def request(user: str = USER, key: str = "k") -> ModelRequest:
    return ModelRequest("Say what is new.", user, {}, "row", 50, 20, key=key)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    return tmp_path


@pytest.fixture
def asked(workspace: Path) -> Path:
    store = Store(workspace / "output")
    with_article = {"about": "a1", "prompt": "analyze.v1"}
    for about, purpose in (("a1", "analysis"), ("20261122", "issue"), ("a2", "repair")):
        question = Asked(
            request(), "openai:x", purpose, 25_000_000, "run", NOW, **with_article | {"about": about}
        )
        (call,) = store.model_calls.reserve([question], most_run=10**10, most_month=10**10)
        if purpose == "analysis":
            answer = ModelResponse('{"title": "Kiln"}', Usage(1200, 30), "x-1", "length")
            store.model_calls.keep_answer(call, answer, 1_500_000)
        elif purpose == "issue":
            store.model_calls.keep_failure([call], "openai:x: HTTP 500", may_be_paid=False)
    store.close()
    return workspace


def test_the_log_shows_newest_first_with_tokens_and_price(asked: Path) -> None:
    done = typed(asked, "log")
    repair, issue, analysis = done.stdout.split("\n\n")[:3]
    assert repair.startswith("2026-11-22 06:30 UTC  repair of a2  openai:x (analyze.v1)\n")
    assert "no answer yet, or its run was killed; at most $0.0250" in repair
    assert "no answer: openai:x: HTTP 500; $0.00" in issue
    assert "1,200 + 30 tokens, $0.0015; ended: length" in analysis
    assert '{"title": "Kiln"}' in analysis
    assert "characters more, with --full" in analysis
    assert "Say what is new." not in done.stdout
    assert "3 questions, $0.0265" in done.stderr


def test_the_log_can_be_had_whole_and_of_one_article(asked: Path) -> None:
    done = typed(asked, "log", "--full", "--id", "a1")
    assert done.stdout.count("UTC") == 1
    assert "Say what is new." in done.stdout
    assert "A long line. " * 99 in done.stdout
    (row,) = map(json.loads, typed(asked, "log", "--jsonl", "--id", "a1").stdout.splitlines())
    assert (row["about"], row["dollars"], row["answer"]) == ("a1", 0.0015, '{"title": "Kiln"}')


def test_the_log_of_an_issue_has_its_own_questions(asked: Path) -> None:
    rows = [
        json.loads(line) for line in typed(asked, "log", "--jsonl", "--issue", "20261122").stdout.splitlines()
    ]
    assert [row["purpose"] for row in rows] == ["issue"]


def test_the_log_takes_the_beginning_of_an_id_and_says_what_nothing_stands_for(asked: Path) -> None:
    ids = ["915deacb9276367bcd68fe1d2b00e420", "915dffff9276367bcd68fe1d2b00e420"]
    store = Store(asked / "output")
    rows = [
        Row(each, f"https://{each}.example/", f"The kiln {each[:8]}", f"The kiln {each} closed.", None)
        for each in ids
    ]
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    question = Asked(request(key="n"), "openai:x", "analysis", 1, "run", NOW, about=ids[0], prompt="")
    store.model_calls.reserve([question], most_run=10**10, most_month=10**10)
    store.close()
    for name in ("915deacb", f"https://{ids[0]}.example/"):
        assert "1 question, " in typed(asked, "log", "--id", name).stderr
    assert "0 questions" in typed(asked, "log", "--id", ids[1]).stderr
    assert "stands for 2 articles" in str(typed(asked, "log", "--id", "915d").exception)
    assert "nothing in the archive has this id" in str(typed(asked, "log", "--id", "zzz").exception)
    assert "no issue 20261129" in str(typed(asked, "log", "--issue", "20261129").exception)


@pytest.mark.parametrize("words", [(), ("--full",), ("--jsonl",)])
def test_the_log_shows_no_secrets_of_addresses(asked: Path, words: tuple[str, ...]) -> None:
    said = typed(asked, "log", *words).stdout
    assert "secret" not in said
    assert "abc123def" not in said
    assert "host.example" in said


def test_the_log_of_a_workspace_without_an_archive_says_so(workspace: Path) -> None:
    done = typed(workspace, "log")
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("column", "value"), [("question", b"x"), ("question", "text"), ("state", "lost"), ("finish", "?")]
)
def test_a_damaged_row_is_named_to_its_column(asked: Path, column: str, value: object) -> None:
    path = asked / "output" / "archive.db"
    with closing(sqlite3.connect(path)) as archive:
        archive.execute(f"UPDATE model_calls SET {column} = ? WHERE call = 2", (value,))
        archive.commit()
    (fault,) = faults_of(path)
    assert fault.startswith(f"model_calls, row 2: {column}: ")


# -- what asks -----------------------------------------------------------------------------------------------


def ask(folder: Path, key: str = "k", record: Path | None = None) -> ModelResponse | Exception:
    async def once() -> ModelResponse | Exception:
        store = Store(folder / "output")
        asker = asker_of(folder, common.load(folder), store, Asking(record=record))
        try:
            return await asker.ask(request(), key=key, purpose="analysis")
        except (AnswerError, BudgetError) as error:
            return error
        finally:
            await asker.close()
            store.close()

    return asyncio.run(once())


def test_answers_can_be_recorded_in_the_workspace_and_played_back(workspace: Path) -> None:
    (workspace / "answers").mkdir()
    (workspace / "answers" / "k.json").write_text('{"model": "gpt", "answer": {"title": "Kiln"}}')
    (workspace / "feeds.yaml").write_text("settings: {analyzer: model, language_model: 'recorded:answers'}\n")
    for _ in range(2):
        answer = ask(workspace, record=Path("copies"))
        assert isinstance(answer, ModelResponse)
        assert answer.text == '{"title": "Kiln"}'
    copied = json.loads((workspace / "copies" / "k.json").read_text())
    assert (copied["answer"], copied["model"]) == ({"title": "Kiln"}, "gpt")
    assert isinstance(ask(workspace, key="other"), AnswerError)


def test_the_settings_of_a_workspace_hold_for_its_model(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    (workspace / "feeds.yaml").write_text(
        "settings:\n  language_model: openai:gpt-5-mini\n  budget: {run: 0.0001}\n"
        "  language_model_price: {input: 100, output: 200}\n"
    )
    error = ask(workspace)
    assert isinstance(error, BudgetError)
    assert "$0.0000" not in str(error)
    assert "a question may cost $0.2" in str(error)


def test_a_model_without_a_known_price_is_refused_before_anything_is_asked(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    (workspace / "feeds.yaml").write_text("settings: {language_model: 'openai:nobody-knows-it'}\n")
    with pytest.raises(ConfigError, match="language_model_price"):
        ask(workspace)


def test_a_workspace_without_a_model_is_told_how_to_name_one(workspace: Path) -> None:
    with pytest.raises(ConfigError, match="ollama:qwen3:8b"):
        language_model_of(workspace, common.load(workspace))
