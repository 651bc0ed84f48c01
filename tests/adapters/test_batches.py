"""Questions handed over together, against a server that speaks both providers' batch formats."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fake_language_models import FakeLanguageModels, Format, Reply, cut, failed, good, refusal

from digest.adapters.language_models import batch_model_named
from digest.errors import AnswerError, ConfigError
from digest.ports import BatchModel
from digest.records import BatchResult, ModelRequest

KEY = "sk-Quartz7f3Basalt9c1Granite5e8"
KEYS = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY}
SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
FORMATS: tuple[Format, ...] = ("openai", "anthropic")
IDS = ["a" * 64, "b" * 64, "c" * 64, "d" * 64]

every_format = pytest.mark.parametrize("format", FORMATS)


def questions(count: int = 4) -> dict[str, ModelRequest]:
    return {
        each: ModelRequest("Read.", f"Article {number}\r\n--x\n“é”", SCHEMA, "analysis", 900, 10.0)
        for number, each in enumerate(IDS[:count])
    }


def with_batches(
    fake: FakeLanguageModels, format: Format, use: Callable[[BatchModel], Awaitable[Any]]
) -> Any:
    async def run() -> Any:
        model = batch_model_named(f"{format}:fake", base_url=fake.url(format), environ=KEYS)
        try:
            return await use(model)
        finally:
            await model.close()

    return asyncio.run(run())


def submit(fake: FakeLanguageModels, format: Format, count: int = 4) -> str:
    batch: str = with_batches(fake, format, lambda model: model.submit(questions(count)))
    return batch


def collect(fake: FakeLanguageModels, format: Format, batch: str) -> BatchResult:
    result: BatchResult = with_batches(fake, format, lambda model: model.collect(batch))
    return result


@every_format
def test_a_batch_is_asked_after_until_it_is_done_and_answers_have_their_ids(format: Format) -> None:
    script = [good('{"title": "é"}', output_tokens=31), cut('{"ti'), refusal(), failed(500, "overloaded")]
    with FakeLanguageModels(*script, batch_rounds=2) as fake:
        batch = submit(fake, format)
        states = [collect(fake, format, batch).state for _ in range(2)]
        result = collect(fake, format, batch)
    assert states == ["open", "open"]
    assert (result.state, set(result.answers)) == ("done", set(IDS[:3]))
    first = result.answers[IDS[0]]
    assert (first.text, first.finish_reason, first.model_id) == ('{"title": "é"}', "stop", "fake")
    assert (first.usage.input_tokens, first.usage.output_tokens) == (120, 31)
    assert [result.answers[each].finish_reason for each in IDS[1:3]] == ["length", "refused"]
    assert result.problems == {IDS[3]: "overloaded"}
    assert fake.batches_made == 1


@every_format
def test_each_question_is_sent_as_it_would_be_alone_but_not_streamed(format: Format) -> None:
    with FakeLanguageModels() as fake:
        submit(fake, format)
    asked = questions()
    assert [call.custom_id for call in fake.calls] == IDS
    for call in fake.calls:
        assert (call.user, call.system, call.schema) == (asked[call.custom_id].user, "Read.", SCHEMA)
        assert (call.max_tokens, call.is_streamed) == (900, False)


@every_format
def test_a_question_that_was_not_answered_in_time_is_a_problem(format: Format) -> None:
    with FakeLanguageModels(good("{}"), Reply(error_type="expired"), batch_rounds=0) as fake:
        result = collect(fake, format, submit(fake, format, 2))
    assert set(result.answers) == {IDS[0]}
    assert list(result.problems) == [IDS[1]]
    assert result.problems[IDS[1]]


def test_a_batch_that_is_given_up_says_why() -> None:
    with FakeLanguageModels(batch_rounds=0, batch_ends="failed") as fake:
        result = collect(fake, "openai", submit(fake, "openai", 1))
    assert (result.state, result.problem, result.answers) == ("failed", "line 1 is wrong", {})


def test_what_an_expired_batch_had_answered_is_read() -> None:
    with FakeLanguageModels(batch_rounds=0, batch_ends="expired") as fake:
        result = collect(fake, "openai", submit(fake, "openai", 1))
    assert (result.state, set(result.answers)) == ("done", {IDS[0]})


@every_format
def test_a_batch_whose_id_was_lost_is_found_among_the_newest(format: Format) -> None:
    with FakeLanguageModels(batch_rounds=0) as fake:
        made = [submit(fake, format, 1) for _ in range(2)]
        assert with_batches(fake, format, lambda model: model.recent()) == made[::-1]


@every_format
@pytest.mark.parametrize("batch", ["nowhere", "../files/file-1", "x?y=1#z"])
def test_a_batch_that_there_is_not_is_told(format: Format, batch: str) -> None:
    with FakeLanguageModels() as fake:
        submit(fake, format, 1)
        with pytest.raises(AnswerError) as caught:
            collect(fake, format, batch)
    assert caught.value.status == 404
    assert "batches/" in fake.asked[-1]


@every_format
def test_a_key_that_a_result_repeats_is_not_kept(format: Format) -> None:
    with FakeLanguageModels(
        good(json.dumps({"title": KEY})), failed(500, f"lost {KEY}"), batch_rounds=0
    ) as fake:
        result = collect(fake, format, submit(fake, format, 2))
    assert KEY not in repr(result)
    assert result.answers[IDS[0]].text == '{"title": "***"}'


@pytest.mark.parametrize("name", ["ollama:qwen3:8b", "local:x", "google:gemini-2.5-flash"])
def test_who_takes_no_batches_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match="no batches there; expected one of openai or anthropic"):
        batch_model_named(name, environ=KEYS)
