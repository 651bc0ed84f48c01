"""Answers in files: written by their question's key, read and mended by people, played back."""

import asyncio
import json
from pathlib import Path

import pytest

from digest.adapters.recorded import RecordedAnswers
from digest.cli.language_models import language_model_of
from digest.errors import AnswerError, ConfigError, StoreError
from digest.records import ModelRequest, ModelResponse, Usage
from digest.workspace.config import load_config

KEY = "ab" * 32


def request(key: str = KEY) -> ModelRequest:
    return ModelRequest("s", "u", {}, "row", max_tokens=10, timeout_s=10, key=key)


def read(folder: Path, key: str = KEY) -> ModelResponse:
    return asyncio.run(RecordedAnswers(folder).complete(request(key)))


@pytest.mark.parametrize(
    "text", ['{"title": "Ölpreis", "rows": [{"signal": "x"}]}', "prose", "[1]", "", "{cut"]
)
def test_what_is_written_comes_back(tmp_path: Path, text: str) -> None:
    answers = RecordedAnswers(tmp_path / "new" / "answers")
    for finish in ("length", "stop"):
        answers.keep(request(), ModelResponse(text, Usage(5, 5), "gpt", finish), "analysis", "analyze.v1")
        found = read(tmp_path / "new" / "answers")
        assert (found.finish_reason, found.model_id, found.usage) == (finish, "gpt", Usage())
        assert found.text == text or json.loads(found.text) == json.loads(text)
    assert [path.name for path in (tmp_path / "new" / "answers").iterdir()] == [f"{KEY}.json"]


def test_a_file_can_be_read_and_written_by_people(tmp_path: Path) -> None:
    RecordedAnswers(tmp_path).keep(
        request(), ModelResponse('{"title": "Über"}', Usage(), "gpt", "stop"), "analysis", "analyze.v1"
    )
    text = (tmp_path / f"{KEY}.json").read_text("utf-8")
    assert json.loads(text) == {
        "model": "gpt",
        "purpose": "analysis",
        "prompt": "analyze.v1",
        "answer": {"title": "Über"},
    }
    assert '\n    "title": "Über"\n' in text
    (tmp_path / f"{KEY}.json").write_text('{"answer": {"title": "Mine"}}')
    found = read(tmp_path)
    assert (json.loads(found.text), found.model_id) == ({"title": "Mine"}, f"recorded:{tmp_path.name}")


def test_a_question_without_a_file_has_no_answer(tmp_path: Path) -> None:
    with pytest.raises(AnswerError, match=f"no recorded answer {KEY}.json"):
        read(tmp_path)
    with pytest.raises(AnswerError, match="no recorded answer"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '"a"', "[" * 100_000, "\xff"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / f"{KEY}.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(AnswerError, match=f"{KEY}.json: expected a recorded answer"):
        read(tmp_path)


def test_a_key_leads_nowhere_else(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a question's key"):
        read(tmp_path / "a", "../../secret")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answers = RecordedAnswers(tmp_path / "file")
    with pytest.raises(StoreError, match="cannot be written"):
        answers.keep(request(), ModelResponse("{}", Usage(), "gpt", "stop"), "analysis", "analyze.v1")


def test_a_folder_is_named_in_short_and_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "elsewhere/answers").mkdir(parents=True)
    feeds = tmp_path / "workspace/feeds.yaml"
    text = (
        "newsletter: {{title: Week}}\nsettings: {{language_model: 'recorded:{}'}}\nfeeds: [https://e.org/]\n"
    )
    feeds.write_text(text.format(tmp_path / "elsewhere/answers"), "utf-8")
    found = language_model_of(feeds.parent, load_config(feeds.parent))
    assert found.model_id == "recorded:answers"
    feeds.write_text(text.format("nothing"), "utf-8")
    with pytest.raises(ConfigError, match="recorded:nothing: no folder of that name"):
        language_model_of(feeds.parent, load_config(feeds.parent))
