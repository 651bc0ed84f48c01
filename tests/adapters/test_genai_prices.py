"""What models cost: list prices known offline, or what the editor wrote."""

import socket
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.adapters.genai_prices import price_of
from digest.errors import ConfigError
from digest.records import Usage

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MILLION = Usage(1_000_000, 1_000_000)
DOLLAR = 10**9


def cost(model_id: str, usage: Usage = MILLION, **more: Any) -> int:
    return price_of(model_id, now=NOW, **more)(usage)


def test_hosted_models_have_their_list_price() -> None:
    assert cost("openai:gpt-5-mini") == 2_250_000_000
    assert cost("anthropic:claude-haiku-4-5") == 6 * DOLLAR
    assert cost("google:gemini-2.5-flash") == 2_800_000_000


def test_long_questions_cost_what_the_list_says_of_them() -> None:
    short, long = Usage(100_000, 0), Usage(300_000, 0)
    assert cost("google:gemini-2.5-pro", long) > 3 * cost("google:gemini-2.5-pro", short)


def test_parts_of_the_smallest_coin_are_rounded_up() -> None:
    assert cost("openai:gpt-5-mini", Usage(1, 0)) == 250
    assert cost("x:y", Usage(1, 0), own=(0.0001, 0)) == 1
    assert cost("x:y", Usage(0, 0), own=(0.0001, 0)) == 0


def test_a_price_of_the_editors_stands_before_the_list() -> None:
    assert cost("openai:gpt-5-mini", own=(0.1, 0.2)) == 300_000_000
    assert cost("openai:nobody-knows-it", own=(1, 2)) == 3 * DOLLAR


def test_batches_cost_half() -> None:
    assert cost("openai:gpt-5-mini", is_batch=True) == cost("openai:gpt-5-mini") / 2
    assert cost("openai:x", own=(1, 2), is_batch=True) == 1_500_000_000


@pytest.mark.parametrize("model_id", ["ollama:qwen3:8b", "local:anything", "recorded:answers"])
def test_a_model_of_ones_own_costs_nothing(model_id: str) -> None:
    assert cost(model_id) == 0


def test_a_compatible_server_has_the_price_of_its_owner() -> None:
    assert cost("openai:mistral-small-latest", url="https://api.mistral.ai/v1") > 0


def test_a_way_to_the_provider_has_the_providers_price() -> None:
    assert cost("openai:gpt-5-mini", url="http://127.0.0.1:4000/v1") == cost("openai:gpt-5-mini")


@pytest.mark.parametrize(
    ("model_id", "url"),
    [
        ("openai:nobody-knows-it", ""),
        ("nobody:gpt-5-mini", ""),
        ("openai:nobody-knows-it", "https://models.example/v1"),
        ("openai:qwen3", "http://127.0.0.1:8080/v1"),
    ],
)
def test_a_model_without_a_price_is_refused_with_what_to_write(model_id: str, url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        price_of(model_id, now=NOW, url=url)
    assert model_id in str(raised.value)
    assert "language_model_price: {input: 0.25, output: 2.00}" in str(raised.value)


def test_prices_are_known_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert cost("openai:gpt-5-mini") > 0
