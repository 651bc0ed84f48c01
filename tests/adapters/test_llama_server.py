"""The compatible wire format against a real server: llama.cpp with a model of 135 million weights."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import jsonschema
import pytest
from llama_server import llama_server

from digest.adapters.language_models import language_model_named
from digest.errors import AnswerError
from digest.ports import LanguageModel
from digest.records import ModelRequest, ModelResponse

pytestmark = pytest.mark.model

SCHEMA = {
    "type": "object",
    "properties": {
        "has_change": {"type": "boolean"},
        "steep": {"type": "string", "enum": ["society", "technology", "economy"]},
    },
    "required": ["has_change", "steep"],
    "additionalProperties": False,
}
ARTICLE = "[1] A bridge opened in Lisse on Monday.\n[2] It cost 3 million euros.\n[3] Nurses cross it daily."


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with llama_server() as url:
        yield url


def question(**more: Any) -> ModelRequest:
    asked: dict[str, Any] = {
        "system": "You are a friendly poet. Answer in plain prose, never in JSON.",
        "user": f"Write a little story about this.\n{ARTICLE}",
        "schema": SCHEMA,
        "schema_name": "analysis",
        "max_tokens": 200,
        "timeout_s": 60.0,
    }
    return ModelRequest(**(asked | more))


def with_model(url: str, use: Callable[[LanguageModel], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        model = language_model_named("local:smollm2", base_url=url, environ={})
        try:
            return await use(model)
        finally:
            await model.close()

    return asyncio.run(run())


def ask(url: str, **more: Any) -> ModelResponse:
    answer: ModelResponse = with_model(url, lambda model: model.complete(question(**more)))
    return answer


def test_an_answer_is_to_the_schema_whatever_the_prompt_wants(server: str) -> None:
    answer = ask(server)
    jsonschema.validate(json.loads(answer.text), SCHEMA)
    assert answer.finish_reason == "stop"
    assert answer.usage.input_tokens > 50
    assert 5 < answer.usage.output_tokens <= 200
    assert answer.model_id


def test_the_same_question_has_the_same_answer(server: str) -> None:
    assert ask(server).text == ask(server).text


def test_an_answer_at_its_limit_is_told_as_cut(server: str) -> None:
    answer = ask(server, max_tokens=4)
    assert answer.finish_reason == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


LONG = {
    "system": "Write a story of ten thousand words.",
    "schema": {
        "type": "object",
        "properties": {"words": {"type": "array", "items": {"type": "string"}, "minItems": 500}},
        "required": ["words"],
    },
    "max_tokens": 7000,
}


def test_a_question_that_takes_too_long_is_given_up_and_the_next_one_is_answered(server: str) -> None:
    started = time.monotonic()
    with pytest.raises(AnswerError) as caught:
        ask(server, **LONG, timeout_s=1.0)
    assert time.monotonic() - started < 5
    assert (caught.value.is_retryable, caught.value.may_be_paid) == (True, True)
    # The server has one place: it is free only if it noticed.
    assert ask(server, timeout_s=20.0).finish_reason == "stop"


def test_a_cancelled_question_frees_the_server(server: str) -> None:
    async def cancel(model: LanguageModel) -> None:
        task = asyncio.create_task(model.complete(question(**LONG)))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with_model(server, cancel)
    assert ask(server, timeout_s=20.0).finish_reason == "stop"


def test_a_question_longer_than_the_window_is_refused_for_good(server: str) -> None:
    with pytest.raises(AnswerError) as caught:
        ask(server, user="bridge " * 20_000)
    assert (caught.value.is_retryable, caught.value.status) == (False, 400)
    assert "context" in str(caught.value)


def test_a_schema_the_server_does_not_take_is_told_with_its_words(server: str) -> None:
    with pytest.raises(AnswerError) as caught:
        ask(server, schema={"type": "no such type"})
    assert (caught.value.is_retryable, caught.value.status) == (False, 400)
    assert "HTTP 400: " in str(caught.value)
