"""Asking a real server, which a test scripts: what is paid for and kept, also by a run that is killed."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_language_models import FakeLanguageModels, Reply, good, too_many
from fakes import FakeClock

from digest.adapters.language_models import language_model_named
from digest.errors import AnswerError, BudgetError
from digest.language_model.asking import Asker, Limits, question_key
from digest.language_model.bounding import tokens_at_most
from digest.records import ModelRequest, ModelResponse, Usage
from digest.store import Store

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def request(name: str) -> ModelRequest:
    schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    return ModelRequest("Say what is new.", f"Article {name}.", schema, "row", 50, 20)


def price(usage: Usage) -> int:
    return usage.input_tokens + 10 * usage.output_tokens


def ask(
    fake: FakeLanguageModels, store: Store, *names: str, limits: Limits | None = None, clock: Any = None
) -> tuple[Asker, list[ModelResponse | BaseException]]:
    async def all_of_them() -> tuple[Asker, list[ModelResponse | BaseException]]:
        asker = Asker(
            language_model_named("openai:x", base_url=fake.url("openai"), environ={"OPENAI_API_KEY": KEY}),
            store.model_calls,
            price,
            limits or Limits(10**12, 10**12, at_once=4, per_minute=1000),
            clock or FakeClock(),
        )
        answers = await asyncio.gather(
            *(
                asker.ask(
                    request(name),
                    key=question_key(text_hash=name, prompt_hash="p", schema={}, settings={}),
                    purpose="analysis",
                    about=name,
                )
                for name in names
            ),
            return_exceptions=True,
        )
        await asker.close()
        return asker, answers

    return asyncio.run(all_of_them())


def test_a_budget_of_ten_calls_lets_a_server_be_asked_ten_times(store: Store) -> None:
    names = [f"{number:02}" for number in range(60)]
    limits = Limits(10 * price(tokens_at_most(request("00"))), 10**12, at_once=8, per_minute=1000)
    with FakeLanguageModels(good("{}", input_tokens=0)) as fake:
        asker, answers = ask(fake, store, *names, limits=limits)
    assert len(fake.calls) == asker.counts.answered == 10
    assert sum(isinstance(each, BudgetError) for each in answers) == 50
    assert asker.counts.spent <= limits.most_run


def test_retry_after_is_heeded_and_the_second_try_answers(store: Store) -> None:
    clock = FakeClock()
    with FakeLanguageModels(too_many(retry_after="17"), good("{}")) as fake:
        asker, (answer,) = ask(fake, store, "a", clock=clock)
    assert isinstance(answer, ModelResponse)
    assert sum(clock.waits) == pytest.approx(17, abs=0.1)
    assert (asker.counts.tries, asker.counts.answered, len(fake.calls)) == (2, 1, 2)


def test_a_key_that_a_server_says_back_is_kept_nowhere(store: Store, tmp_path: Path) -> None:
    said = Reply(text=f'{{"title": "{KEY}"}}')
    refused = Reply(status=400, message=f"Incorrect key: {KEY}")
    with FakeLanguageModels(said, refused) as fake:
        _, (answer, error) = ask(fake, store, "a", "b", limits=Limits(10**12, 10**12, at_once=1))
    assert isinstance(answer, ModelResponse)
    assert isinstance(error, AnswerError)
    assert KEY not in f"{answer}{error}{list(store.model_calls.log())}"
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.iterdir())


# -- killed processes ----------------------------------------------------------------------------------------

KEEPING = "digest.store.model_calls:ModelCalls.keep_answer"


def asked(folder: Path, fake: FakeLanguageModels, place: str = "none", number: int = 0) -> dict[str, str]:
    script = str(Path(__file__).with_name("asked_and_killed.py"))
    done = subprocess.run(
        [sys.executable, script, str(folder), fake.url("openai"), place, str(number)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == (0 if place == "none" else -9), done.stderr
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("place", "lost"),
    [
        ("digest.store.model_calls:ModelCalls.reserve", ""),
        ("digest.store.model_calls:ModelCalls.reserve+", "b"),
        (KEEPING, "b"),
        (f"{KEEPING}+", ""),
    ],
)
def test_a_run_after_a_kill_pays_for_nothing_twice(tmp_path: Path, place: str, lost: str) -> None:
    with FakeLanguageModels(good("{}")) as fake:
        asked(tmp_path, fake, place, 2)
        answers = asked(tmp_path, fake)
    assert max(Counter(call.user for call in fake.calls).values()) == 1
    assert [name for name, answer in answers.items() if answer != "{}"] == list(lost)
    store = Store(tmp_path)
    counted = [(call.about, call.state, call.price > 1000) for call in store.model_calls.log()][::-1]
    store.close()
    open_one = [("b", "asked", True)] if lost else [("b", "answered", False)]
    assert counted == [("a", "answered", False), *open_one, ("c", "answered", False)]
