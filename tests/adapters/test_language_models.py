"""Each provider's adapter against a server that speaks its format: answers, failures, secrets, the guard."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from fake_language_models import (
    PROSE,
    FakeLanguageModels,
    Format,
    Reply,
    cut,
    failed,
    good,
    not_to_schema,
    prose,
    refusal,
    silent,
    stops,
    too_many,
)

from digest.adapters.language_models import PROVIDERS, language_model_named
from digest.errors import AnswerError, ConfigError
from digest.records import ModelRequest, ModelResponse

KEY = "sk-Quartz7f3Basalt9c1Granite5e8"
KEYS = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY, "GEMINI_API_KEY": KEY}
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}},
    "required": ["title"],
    "additionalProperties": False,
}
ROW = '{"title": "Eine Brücke, 3\u2028Tage früher"}'
FORMATS: tuple[Format, ...] = ("openai", "anthropic", "google", "ollama")
WITH_KEYS = tuple(each for each in FORMATS if each != "ollama")

every_format = pytest.mark.parametrize("format", FORMATS)
every_keyed = pytest.mark.parametrize("format", WITH_KEYS)


def question(**more: Any) -> ModelRequest:
    asked = {
        "system": "Read the article.",
        "user": "[1] A bridge opens.",
        "schema": SCHEMA,
        "schema_name": "analysis",
        "max_tokens": 900,
        "timeout_s": 10.0,
    }
    return ModelRequest(**(asked | more))


def ask(
    fake: FakeLanguageModels, format: Format, request: ModelRequest | None = None, **more: Any
) -> ModelResponse:
    """Ask a fake server once."""

    async def run() -> ModelResponse:
        name = more.pop("name", f"{format}:fake")
        model = language_model_named(name, **({"base_url": fake.url(format), "environ": KEYS} | more))
        try:
            return await model.complete(request or question())
        finally:
            await model.close()

    return asyncio.run(run())


def refused(fake: FakeLanguageModels, format: Format, **more: Any) -> AnswerError:
    with pytest.raises(AnswerError) as caught:
        ask(fake, format, **more)
    return caught.value


@every_format
def test_a_streamed_answer_is_read_whole(format: Format) -> None:
    with FakeLanguageModels(good(ROW, thought="Let me think about bridges", output_tokens=31)) as fake:
        answer = ask(fake, format)
    assert (answer.text, answer.finish_reason, answer.model_id) == (ROW, "stop", "fake")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (120, 31)


@every_format
def test_an_answer_in_one_piece_is_read_though_a_stream_was_asked_for(format: Format) -> None:
    with FakeLanguageModels(Reply(ROW, whole=True)) as fake:
        answer = ask(fake, format)
    assert (answer.text, answer.finish_reason, answer.usage.input_tokens) == (ROW, "stop", 120)


@every_format
def test_a_question_is_sent_with_schema_and_limit(format: Format) -> None:
    with FakeLanguageModels() as fake:
        ask(fake, format)
    [call] = fake.calls
    assert (call.system, call.user, call.model) == ("Read the article.", "[1] A bridge opens.", "fake")
    assert (call.schema, call.max_tokens, call.is_streamed) == (SCHEMA, 900, True)


@every_format
@pytest.mark.parametrize(
    ("reply", "text", "finish"),
    [
        (prose(), PROSE, "stop"),
        (not_to_schema(), not_to_schema().text, "stop"),
        (cut('{"title": "A br'), '{"title": "A br', "length"),
        (Reply("", finish="something_new"), "", "other"),
    ],
)
def test_an_answer_that_is_of_no_use_is_an_answer(
    format: Format, reply: Reply, text: str, finish: str
) -> None:
    with FakeLanguageModels(reply) as fake:
        answer = ask(fake, format)
    assert (answer.text, answer.finish_reason) == (text, finish)


@every_keyed
@pytest.mark.parametrize("is_whole", [False, True])
def test_a_refusal_is_told_as_one(format: Format, is_whole: bool) -> None:
    with FakeLanguageModels(Reply("", finish="refused", whole=is_whole), refusal()) as fake:
        assert ask(fake, format).finish_reason == "refused"
        assert ask(fake, format).finish_reason == "refused"


@every_format
@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_what_may_pass_is_retryable_and_costs_nothing(format: Format, status: int) -> None:
    with FakeLanguageModels(failed(status, headers={"retry-after": "7"}), good(ROW)) as fake:
        error = refused(fake, format)
        assert ask(fake, format).text == ROW
    assert (error.is_retryable, error.status, error.retry_after_s, error.may_be_paid) == (
        True,
        status,
        7,
        False,
    )
    assert f"{format}:fake: HTTP {status}: something went wrong" in str(error)
    assert len(fake.calls) == 2


@every_format
@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_what_is_wrong_with_the_question_is_not_tried_again(format: Format, status: int) -> None:
    with FakeLanguageModels(failed(status, "no such model", headers={"retry-after": "7"})) as fake:
        error = refused(fake, format)
    assert (error.is_retryable, error.status, error.retry_after_s) == (False, status, None)
    assert "no such model" in str(error)


def test_a_quota_that_is_used_up_does_not_fill_by_waiting() -> None:
    with FakeLanguageModels(failed(429, "you exceeded your quota", error_type="insufficient_quota")) as fake:
        error = refused(fake, "openai")
    assert (error.is_retryable, error.status) == (False, 429)


@every_format
def test_a_server_may_say_until_when_to_wait(format: Format) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    with FakeLanguageModels(too_many(until), too_many("1.5"), too_many("soon"), too_many()) as fake:
        waits = [refused(fake, format).retry_after_s for _ in range(4)]
    assert 85 < (waits[0] or 0) <= 90
    assert waits[1:] == [1.5, None, None]


@every_keyed
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_its_variable(format: Format, status: int) -> None:
    with FakeLanguageModels(failed(status, f"Incorrect API key provided: {KEY[:9]}...{KEY[-4:]}")) as fake:
        error = refused(fake, format)
    assert PROVIDERS[format].keys[0] in str(error)
    assert not error.is_retryable
    assert KEY[:9] not in str(error)


@every_format
def test_the_whole_answer_has_a_time_limit(format: Format) -> None:
    drip = Reply(" ".join(["word"] * 100), pause_between_s=0.05)
    with FakeLanguageModels(silent(5), drip) as fake:
        for _ in range(2):
            started = time.monotonic()
            error = refused(fake, format, request=question(timeout_s=0.4))
            assert time.monotonic() - started < 2
            assert (error.is_retryable, error.may_be_paid) == (True, True)
            assert "timed out after 0.4 s" in str(error)


@every_format
@pytest.mark.parametrize("ends_early", [False, True])
def test_a_stream_that_stops_is_no_answer_and_may_be_paid(format: Format, ends_early: bool) -> None:
    with FakeLanguageModels(Reply(ROW, stops_after=2, ends_early=ends_early), stops(ROW, after=0)) as fake:
        for _ in range(2):
            error = refused(fake, format)
            assert (error.is_retryable, error.may_be_paid, error.status) == (True, True, None)


@every_format
def test_an_error_within_a_stream_is_no_answer(format: Format) -> None:
    kind = {"anthropic": "overloaded_error", "google": "UNAVAILABLE"}.get(format, "server_error")
    with FakeLanguageModels(Reply(ROW, error_after=2, message="overloaded", error_type=kind)) as fake:
        error = refused(fake, format)
    assert (error.is_retryable, error.may_be_paid) == (True, True)
    assert "overloaded" in str(error)


@every_format
def test_an_answer_that_never_ends_is_cut_off(format: Format) -> None:
    with FakeLanguageModels(good("word " * 40_000)) as fake:
        error = refused(fake, format, request=question(max_tokens=10, timeout_s=60))
    assert "larger than 2,010,000 bytes" in str(error)
    assert error.may_be_paid


@every_format
@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("text/html", b"<html>log in</html>", "web page"),
        ("application/json", b"it works!", "expected JSON"),
        ("text/plain", b"it works!", "not an answer of this kind of server"),
        ("application/json", b'"it works!"', "unexpected"),
        ("application/json", b"[" * 100_000, "expected JSON"),
        ("application/json", b"{}", "stopped before its end"),
        ("application/json", b'{"choices": 3, "content": 3, "candidates": 3, "message": 3}', "unexpected"),
    ],
)
def test_what_is_not_of_the_format_is_no_answer(format: Format, kind: str, body: bytes, says: str) -> None:
    with FakeLanguageModels(Reply(raw=body, headers={"content-type": kind})) as fake:
        assert says in str(refused(fake, format))


def openai_whole(usage: str, index: int = 0) -> bytes:
    """An answer of OpenAI's in one piece, with whatever stands for its counts."""
    choice = f'{{"index": {index}, "message": {{"content": "{{}}"}}, "finish_reason": "stop"}}'
    return f'{{"choices": [{choice}], "usage": {usage}}}'.encode()


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ('{"prompt_tokens": 7, "completion_tokens": "3"}', (7, 3)),
        ('{"prompt_tokens": 6.5, "completion_tokens": 3.0}', (7, 3)),
        (f'{{"prompt_tokens": {10**30}, "completion_tokens": -3}}', (0, 0)),
        ('{"prompt_tokens": NaN, "completion_tokens": true}', (0, 0)),
        ('{"prompt_tokens": "many", "completion_tokens": [3]}', (0, 0)),
        ("[7, 3]", (0, 0)),
        ('"few"', (0, 0)),
        ("null", (0, 0)),
    ],
)
def test_a_count_that_is_none_costs_no_answer(usage: str, counts: tuple[int, int]) -> None:
    reply = Reply(raw=openai_whole(usage), headers={"content-type": "application/json"})
    with FakeLanguageModels(reply) as fake:
        response = ask(fake, "openai")
    assert (response.text, response.usage.input_tokens, response.usage.output_tokens) == ("{}", *counts)


def test_a_mark_of_byte_order_and_a_second_choice_change_no_answer() -> None:
    events = [
        {"choices": [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "delta": {"content": "{"}}]},
        {"choices": [{"delta": {"content": "}"}, "finish_reason": "stop"}]},
    ]
    body = "\ufeff" + "".join(f"data: {json.dumps(each)}\n\n" for each in events) + "data: [DONE]\n\n"
    reply = Reply(raw=body.encode(), headers={"content-type": "text/event-stream"})
    with FakeLanguageModels(reply) as fake:
        assert ask(fake, "openai").text == "{}"


def test_an_error_that_calls_itself_one_is_told_whatever_its_status() -> None:
    body = b'{"object": "error", "message": "no such model", "type": "NotFoundError"}'
    with FakeLanguageModels(Reply(raw=body, headers={"content-type": "application/json"})) as fake:
        error = refused(fake, "openai")
    assert "no such model" in str(error)
    assert not error.is_retryable


@pytest.mark.parametrize(
    "header", ["-5", "1e9", "NaN", "10, 20", "0 0 0", "Thu, 1 Jan 2026 00:00:00 +99999999999999999999"]
)
def test_a_wait_that_nobody_can_read_is_none(header: str) -> None:
    with FakeLanguageModels(too_many(header)) as fake:
        error = refused(fake, "openai")
    assert (error.is_retryable, error.retry_after_s) == (True, None)


@every_format
def test_no_server_is_told_so(format: Format) -> None:
    with FakeLanguageModels() as fake:
        url = fake.url(format)
    error = refused(fake, format, base_url=url)
    assert (error.is_retryable, error.may_be_paid) == (True, False)
    assert f"connection refused; is a model server running at {url}" in str(error)


# Secrets


@every_keyed
@pytest.mark.parametrize(
    "reply",
    [
        failed(400, f"bad header Authorization: Bearer {KEY}"),
        failed(500, f"key {KEY[3:15]}*** failed, or '{KEY}'"),
        too_many("1", f"organisation of {KEY} has no tokens"),
        failed(401, KEY),
        failed(403, KEY),
        failed(302, "", headers={"location": f"https://example.com/?k={KEY}"}),
        Reply(ROW, error_after=1, message=f"lost {KEY}", error_type="server_error"),
        Reply(raw=KEY.encode(), headers={"content-type": "application/json"}),
        Reply(raw=json.dumps({"choices": KEY, "content": KEY, "candidates": KEY}).encode(),
              headers={"content-type": "application/json"}),
        stops(KEY, 1),
    ],
)  # fmt: skip
def test_a_key_is_in_no_message_log_or_repr(
    format: Format, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeLanguageModels(reply) as fake:
        error = refused(fake, format)
    assert KEY in str(dict(fake.calls[0].headers)), "the server did get it"
    assert KEY not in fake.calls[0].path
    chain = [error, error.__cause__, error.__context__]
    seen = "".join([*(f"{each!r} {each}" for each in chain), caplog.text])
    assert not [KEY[at : at + 8] for at in range(len(KEY) - 7) if KEY[at : at + 8] in seen]


@every_keyed
def test_a_key_that_an_answer_repeats_is_not_kept(format: Format) -> None:
    with FakeLanguageModels(good(f'{{"title": "{KEY}"}}')) as fake:
        assert ask(fake, format).text == '{"title": "***"}'


@every_keyed
def test_a_model_does_not_show_its_key(format: Format) -> None:
    model = language_model_named(f"{format}:fake", environ=KEYS)
    shown = f"{model!r} {vars(model)!r} {vars(model._server)!r} {vars(model._wire)!r}"
    assert KEY not in shown


@every_keyed
@pytest.mark.parametrize("key", ["sk-one\nsk-two7f3", "sk two7f3", "sk-två7f3", "sk-\x007f3"])
def test_a_key_that_cannot_be_one_is_refused_and_not_shown(format: Format, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        language_model_named(f"{format}:fake", environ=dict.fromkeys(KEYS, key))
    assert PROVIDERS[format].keys[0] in str(caught.value)
    assert "7f3" not in str(caught.value)


def test_a_login_in_the_address_is_used_and_not_shown() -> None:
    with FakeLanguageModels(failed(400, "who is wren pw-Quartz7f3?"), good(ROW)) as fake:
        url = fake.url("openai").replace("//", "//wren:pw-Quartz7f3@")
        error = refused(fake, "openai", name="local:fake", base_url=url)
        assert ask(fake, "openai", name="local:fake", base_url=url).text == ROW
    assert fake.calls[1].headers["authorization"].startswith("Basic ")
    assert "Quartz" not in str(error)


# Where it goes


@pytest.mark.parametrize("format", FORMATS)
def test_a_redirect_is_not_followed(format: Format) -> None:
    with FakeLanguageModels() as other:
        moved = failed(307, headers={"location": other.url(format)})
        with FakeLanguageModels(moved) as fake:
            error = refused(fake, format)
    assert "redirects are not followed" in str(error)
    assert not error.is_retryable
    assert not other.asked


@every_keyed
def test_a_provider_that_leads_into_the_house_is_refused(format: Format) -> None:
    asked: list[str] = []

    async def lead_home(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with FakeLanguageModels() as fake:
        error = refused(fake, format, base_url="", resolver=lead_home)
    assert "refused: 127.0.0.1 is not a public address" in str(error)
    assert not error.is_retryable
    assert asked
    assert not error.may_be_paid


def test_a_named_server_is_reached_by_name_at_its_port_alone() -> None:
    asked: list[tuple[str, int]] = []

    async def lead_home(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    with FakeLanguageModels(good(ROW)) as fake:
        url = f"http://models.lan:{fake.port}/v1/"
        assert ask(fake, "openai", name="local:fake", base_url=url, resolver=lead_home).text == ROW
    assert asked == [("models.lan", fake.port)]
    assert fake.asked == ["POST /v1/chat/completions"]


def test_a_server_in_the_house_is_not_asked_through_the_proxy() -> None:
    with FakeLanguageModels(good(ROW)) as fake:
        assert ask(fake, "openai", name="local:fake", proxy="http://127.0.0.1:1").text == ROW


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_a_server_is_asked_at_the_usual_path_however_it_is_named(path: str) -> None:
    with FakeLanguageModels(good(ROW)) as fake:
        url = f"HTTP://127.0.0.1:{fake.port}{path}"
        assert ask(fake, "openai", name="local:fake", base_url=url).text == ROW


@pytest.mark.parametrize("host", ["[::1]", "localhost", "127.1", "my-nas", "models.lan", "192.168.1.7"])
def test_a_key_may_go_over_http_within_the_house(host: str) -> None:
    assert (
        language_model_named("openai:x", base_url=f"http://{host}:8080", environ=KEYS).model_id == "openai:x"
    )


# Names and keys


@pytest.mark.parametrize(
    ("name", "more", "says"),
    [
        ("gpt-5-mini", {}, "expected provider:name"),
        ("openai:", {}, "expected provider:name"),
        ("openai:a\x1bb", {}, "expected provider:name"),
        ("opnai:gpt-5-mini", {}, "did you mean openai:gpt-5-mini?"),
        ("mistral:large", {}, "unknown provider 'mistral'; known: "),
        ("mistral:large", {}, "a server that speaks OpenAI's format is openai:NAME or local:NAME"),
        ("openai:gpt-5-mini", {}, "set OPENAI_API_KEY in the environment"),
        ("local:qwen", {}, "set language_model_url"),
        ("local:qwen", {"base_url": "127.0.0.1:8080"}, "expected the http(s) address"),
        ("local:qwen", {"base_url": "http://127.0.0.1:99999"}, "expected the http(s) address"),
        ("local:qwen", {"base_url": "http://127.0.0.1:8080/v1?key=a1b2c3d4e5"}, "key=***"),
        ("openai:x", {"base_url": "http://api.example.com/v1", "environ": KEYS}, "expected an https address"),
    ],
)
def test_a_name_that_cannot_be_asked_says_what_to_set(name: str, more: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        language_model_named(name, **({"environ": {}} | more))
    assert says in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_compatible_server_needs_no_key_and_is_told_none_that_is_not_its_own() -> None:
    with FakeLanguageModels(good(ROW)) as fake:
        ask(fake, "openai", name="local:fake", environ=KEYS)
        ask(fake, "openai", environ={})
        ask(fake, "openai", environ=KEYS)
    assert [call.headers.get("authorization") for call in fake.calls] == [None, None, f"Bearer {KEY}"]


@pytest.mark.parametrize("variables", [("GEMINI_API_KEY",), ("GOOGLE_API_KEY",)])
def test_googles_key_may_stand_under_either_name(variables: tuple[str, ...]) -> None:
    with FakeLanguageModels(good(ROW)) as fake:
        ask(fake, "google", environ=dict.fromkeys(variables, KEY))
    assert fake.calls[0].headers["x-goog-api-key"] == KEY


def test_a_question_that_google_blocks_is_refused() -> None:
    blocked = (
        b'{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}'
    )
    with FakeLanguageModels(Reply(raw=blocked, headers={"content-type": "application/json"})) as fake:
        answer = ask(fake, "google")
    assert (answer.text, answer.finish_reason, answer.usage.input_tokens) == ("", "refused", 9)


def test_google_says_in_the_error_how_long_to_wait() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}]
    body = json.dumps([{"error": {"code": 429, "message": "slow down", "details": details}}]).encode()
    with FakeLanguageModels(Reply(status=429, raw=body)) as fake:
        error = refused(fake, "google")
    assert (error.retry_after_s, error.is_retryable) == (34.5, True)


def test_a_models_name_stays_in_its_place_of_an_address() -> None:
    wire = language_model_named("google:../files?x=1", environ=KEYS)._wire
    assert wire.path("../files?x=1") == "/models/..%2Ffiles%3Fx%3D1:streamGenerateContent?alt=sse"


@pytest.mark.parametrize(
    ("characters", "most", "size"), [(100, 900, 4096), (20_000, 1000, 8192), (90_000, 2000, 32768)]
)
def test_ollama_is_given_a_window_that_holds_the_question(characters: int, most: int, size: int) -> None:
    with FakeLanguageModels(good(ROW)) as fake:
        ask(fake, "ollama", request=question(user="a" * characters, max_tokens=most))
    [call] = fake.calls
    assert call.body["options"] == {"num_ctx": size, "num_predict": most, "temperature": 0}
    assert call.body["think"] is False


@pytest.mark.parametrize(
    ("name", "think"), [("qwen3:8b", False), ("gpt-oss:20b", "low"), ("me/gpt-oss", "low")]
)
def test_ollama_is_told_to_think_as_little_as_the_model_can(name: str, think: object) -> None:
    with FakeLanguageModels(good(ROW)) as fake:
        ask(fake, "ollama", name=f"ollama:{name}")
    assert (fake.calls[0].model, fake.calls[0].body["think"]) == (name, think)


def test_ollama_is_found_by_the_address_other_programs_want() -> None:
    with FakeLanguageModels(good(ROW)) as fake:
        for path in ("", "/", "/v1", "/api/"):
            ask(fake, "ollama", base_url=f"http://127.0.0.1:{fake.port}{path}")
    assert set(fake.asked) == {"POST /api/chat"}


def test_what_anthropic_has_in_its_cache_is_counted() -> None:
    usage = {
        "input_tokens": 3,
        "cache_read_input_tokens": 40,
        "cache_creation_input_tokens": 5,
        "output_tokens": 7,
    }
    thought = {"type": "thinking", "thinking": "hm"}
    body = {"type": "message", "model": "m", "content": [thought, {"type": "text", "text": ROW}],
            "stop_reason": "end_turn", "usage": usage}  # fmt: skip
    with FakeLanguageModels(
        Reply(raw=json.dumps(body).encode(), headers={"content-type": "application/json"})
    ) as fake:
        answer = ask(fake, "anthropic")
    assert (answer.text, answer.usage.input_tokens, answer.usage.output_tokens) == (ROW, 48, 7)


def test_only_openai_itself_is_told_the_limit_under_its_new_name() -> None:
    bodies: list[Callable[..., dict[str, Any]]] = [
        language_model_named("openai:gpt-5-mini", environ=KEYS)._wire.body,
        language_model_named("openai:x", base_url="https://api.example.com/v1", environ=KEYS)._wire.body,
    ]
    own, other = (body("x", question()) for body in bodies)
    assert "max_completion_tokens" in own
    assert "max_tokens" not in own
    assert "max_tokens" in other
    assert "max_completion_tokens" not in other
