"""Batches: handed over once, asked after later, found again after a kill; at a real server too."""

import asyncio
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_language_models import FakeLanguageModels, good
from fakes import FakeClock, FakeLanguageModel

from digest.adapters.language_models import batch_model_named
from digest.errors import AnswerError
from digest.language_model.asking import Asker, Limits, question_key
from digest.language_model.batches import LISTED_WITHIN, Batches
from digest.language_model.bounding import tokens_at_most
from digest.ports import BatchModel
from digest.records import BatchResult, ModelRequest, ModelResponse, Usage
from digest.store import Store

RICH = Limits(10**12, 10**12)


def request(name: str) -> ModelRequest:
    schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    return ModelRequest("Say what is new.", f"Article {name}.", schema, "row", max_tokens=50, timeout_s=20)


def key(name: str) -> str:
    return question_key(text_hash=name, prompt_hash="p", schema={}, settings={})


def price(usage: Usage) -> int:
    return usage.input_tokens + 10 * usage.output_tokens


class FakeBatches:
    """Batches in memory; `fails` is raised once a batch was made, or before."""

    model_id = "fake:model"

    def __init__(self) -> None:
        self.made: dict[str, Mapping[str, ModelRequest]] = {}
        self.open: set[str] = set()
        self.fails_before: AnswerError | None = None
        self.fails_after: BaseException | None = None

    async def submit(self, requests: Mapping[str, ModelRequest]) -> str:
        if self.fails_before:
            raise self.fails_before
        batch = f"batch-{len(self.made) + 1}"
        self.made[batch] = dict(requests)
        if self.fails_after:
            raise self.fails_after
        return batch

    async def collect(self, batch_id: str) -> BatchResult:
        if batch_id in self.open:
            return BatchResult("open", {}, {})
        answers = {each: ModelResponse("{}", Usage(100, 10), "m", "stop") for each in self.made[batch_id]}
        return BatchResult("done", answers, {})

    async def recent(self) -> Sequence[str]:
        return list(self.made)[::-1]

    async def close(self) -> None:
        pass

    @property
    def asked(self) -> list[str]:
        return [each.user for requests in self.made.values() for each in requests.values()]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    Store(folder).close()
    return folder / "archive.db"


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copy(empty, tmp_path)
    store = Store(tmp_path)
    yield store
    store.close()


def run(
    store: Store,
    batches: BatchModel,
    *names: str,
    limits: Limits = RICH,
    clock: FakeClock | None = None,
    hands_over: bool = True,
    **more: Any,
) -> tuple[Asker, list[str]]:
    """One run; gives what asked, and each question's answer or what there was instead."""
    clock = clock or FakeClock()
    model = FakeLanguageModel("live")
    model.model_id = batches.model_id

    async def all_of_it() -> tuple[Asker, list[str]]:
        asker = Asker(
            model,
            store.model_calls,
            price,
            limits,
            clock,
            batches=Batches(batches, store.model_calls, lambda usage: -(-price(usage) // 2), clock),
            hands_over=hands_over,
            **more,
        )
        asked = (asker.ask(request(name), key=key(name), purpose="analysis", about=name) for name in names)
        found = await asyncio.gather(*asked, return_exceptions=True)
        await asker.hand_over()
        await asker.close()
        return asker, [each.text if isinstance(each, ModelResponse) else str(each) for each in found]

    return asyncio.run(all_of_it())


def states(store: Store) -> list[tuple[str, str, str]]:
    return [(call.about, call.state, call.batch) for call in store.model_calls.log()][::-1]


def test_questions_are_handed_over_once_and_answered_in_a_later_run(store: Store) -> None:
    batches = FakeBatches()
    asker, answers = run(store, batches, "a", "b", "a")
    assert all("handed over in a batch" in each for each in answers)
    assert (asker.counts.handed_over, asker.counts.tries) == (2, 0)
    asker, answers = run(store, batches, "a", "b")
    assert answers == ["{}", "{}"]
    assert (asker.counts.from_cache, asker.counts.spent, len(batches.asked)) == (2, 0, 2)
    assert [call.price for call in store.model_calls.log()] == [100, 100]


def test_a_batch_that_is_not_done_is_waited_for_whoever_asks(store: Store) -> None:
    batches = FakeBatches()
    run(store, batches, "a")
    batches.open.add("batch-1")
    for hands_over in (True, False):
        _, (said,) = run(store, batches, "a", hands_over=hands_over)
        assert "in a batch that is not done" in said
    assert batches.asked == ["Article a."]
    batches.open.clear()
    assert run(store, batches, "a", hands_over=False)[1] == ["{}"]


def test_a_batch_takes_what_the_budget_allows_and_counts_until_it_is_settled(store: Store) -> None:
    half = -(-price(tokens_at_most(request("a"))) // 2)
    limits = Limits(10**12, 2 * half + 1)
    asker, _ = run(store, FakeBatches(), "a", "b", "c", limits=limits)
    assert (asker.counts.handed_over, asker.counts.over_budget, asker.counts.spent) == (2, 1, 2 * half)


def test_a_batch_that_was_not_taken_costs_nothing_and_is_handed_over_again(store: Store) -> None:
    batches = FakeBatches()
    batches.fails_before = AnswerError("fake:model", "HTTP 400", status=400)
    with pytest.raises(AnswerError, match="HTTP 400"):
        run(store, batches, "a")
    assert store.model_calls.spent(since=FakeClock().now() - timedelta(days=1)) == 0
    batches.fails_before = None
    run(store, batches, "a")
    assert run(store, batches, "a")[1] == ["{}"]


@pytest.mark.parametrize(
    "lost", [KeyboardInterrupt(), AnswerError("fake:model", "timed out", may_be_paid=True)]
)
def test_a_batch_whose_id_was_lost_is_found_by_its_questions(store: Store, lost: BaseException) -> None:
    batches = FakeBatches()
    batches.fails_after = lost
    with pytest.raises(type(lost)):
        run(store, batches, "a", "b")
    assert [batch for _, _, batch in states(store)] == ["?", "?"]
    batches.fails_after = None
    batches.open.add("batch-1")
    assert "in a batch that is not done" in run(store, batches, "a")[1][0]
    batches.open.clear()
    assert run(store, batches, "a", "b")[1] == ["{}", "{}"]
    assert states(store) == [("a", "answered", "batch-1"), ("b", "answered", "batch-1")]
    assert len(batches.asked) == 2


def test_questions_that_no_batch_has_were_never_handed_over(store: Store) -> None:
    batches, clock = FakeBatches(), FakeClock()
    batches.fails_before = AnswerError("fake:model", "broke off", may_be_paid=True)
    with pytest.raises(AnswerError):
        run(store, batches, "a", clock=clock)
    batches.fails_before = None
    run(store, batches, "a", clock=clock)
    # A provider may list it late.
    assert not batches.made
    clock.seconds += LISTED_WITHIN.total_seconds() + 1
    run(store, batches, "a", clock=clock)
    assert run(store, batches, "a", clock=clock)[1] == ["{}"]
    assert batches.asked == ["Article a."]


def test_what_a_batch_left_out_is_asked_again_and_not_paid_for(store: Store) -> None:
    class Partly(FakeBatches):
        async def collect(self, batch_id: str) -> BatchResult:
            return BatchResult("done", {}, {key("a"): "overloaded"})

    batches = Partly()
    run(store, batches, "a", "b")
    assert run(store, batches, "a", "b", hands_over=False)[1] == ["live", "live"]
    problems = [(call.about, call.problem, call.price) for call in store.model_calls.log() if call.problem]
    assert sorted(problems) == [("a", "overloaded", 0), ("b", "its batch ended without an answer", 0)]


def test_a_provider_that_cannot_be_asked_leaves_a_batch_for_another_run(store: Store) -> None:
    class Away(FakeBatches):
        async def collect(self, batch_id: str) -> BatchResult:
            raise AnswerError(self.model_id, "no connection", is_retryable=True)

    batches = Away()
    run(store, batches, "a")
    assert "in a batch that is not done" in run(store, batches, "a")[1][0]
    assert states(store) == [("a", "asked", "batch-1")]


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_server_is_handed_a_batch_and_answers_it(store: Store, provider: Any) -> None:
    variable = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}[provider]

    def batches() -> BatchModel:
        return batch_model_named(
            f"{provider}:x", base_url=fake.url(provider), environ={variable: "sk-0123456789"}
        )

    with FakeLanguageModels(good('{"n": 1}'), good('{"n": 2}'), batch_rounds=1) as fake:
        run(store, batches(), "a", "b")
        assert "not done" in run(store, batches(), "a")[1][0]
        assert run(store, batches(), "a", "b")[1] == ['{"n": 1}', '{"n": 2}']
    assert fake.batches_made == 1
    assert [call.price for call in store.model_calls.log()] == [(120 + 300) // 2] * 2
