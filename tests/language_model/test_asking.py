"""Asking a language model: what is kept, what is counted, and what is never sent."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeClock, FakeLanguageModel

from digest.errors import AnswerError, BudgetError
from digest.language_model.asking import Asker, Limits, question_key
from digest.language_model.bounding import storable, tokens_at_most, upper_bound
from digest.records import ModelRequest, ModelResponse, Usage
from digest.store import Store

SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
RICH = Limits(10**12, 10**12, at_once=8, per_minute=1000)


def request(user: str = "The kiln of Lisse is cold.") -> ModelRequest:
    return ModelRequest("Say what is new.", user, SCHEMA, "row", max_tokens=50, timeout_s=60)


def key(text: str, **settings: Any) -> str:
    return question_key(text_hash=text, prompt_hash="p", schema=SCHEMA, settings=settings)


def price(usage: Usage) -> int:
    return usage.input_tokens + 10 * usage.output_tokens


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


def asker(store: Store, model: FakeLanguageModel, limits: Limits = RICH, **more: Any) -> Asker:
    more = {"clock": FakeClock(), "price": price} | more
    return Asker(model, store.model_calls, limits=limits, **more)


def ask(asker: Asker, *names: str) -> list[ModelResponse | BaseException]:
    async def all_of_them() -> list[ModelResponse | BaseException]:
        asked = (asker.ask(request(name), key=key(name), purpose="analysis", about=name) for name in names)
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(all_of_them())


def states(store: Store) -> list[tuple[str, str, int]]:
    return [(call.about, call.state, call.price) for call in store.model_calls.log()][::-1]


# -- kept answers --------------------------------------------------------------------------------------------


def test_a_question_asked_before_is_answered_from_the_archive(store: Store) -> None:
    model = FakeLanguageModel("one", "two")
    assert [each.text for each in ask(asker(store, model), "a")] == ["one"]
    again = asker(store, model)
    (kept,) = ask(again, "a")
    assert (kept.text, kept.usage, kept.model_id) == ("one", Usage(100, 10), "model-1")
    assert (len(model.asked), again.counts.from_cache, again.counts.calls, again.counts.spent) == (1, 1, 0, 0)


def test_articles_with_the_same_text_ask_once_though_they_ask_together(store: Store) -> None:
    model = FakeLanguageModel("one", "two")
    answers = ask(asker(store, model), *["a"] * 5)
    assert {each.text for each in answers} == {"one"}
    assert len(model.asked) == 1


def test_another_model_has_answers_of_its_own(store: Store) -> None:
    ask(asker(store, FakeLanguageModel("one")), "a")
    other = FakeLanguageModel("two")
    other.model_id = "fake:other"
    assert [each.text for each in ask(asker(store, other), "a")] == ["two"]


def test_refreshing_ignores_what_earlier_runs_kept_and_asks_once(store: Store) -> None:
    model = FakeLanguageModel("one", "two", "three")
    ask(asker(store, model), "a")
    answers = ask(asker(store, model, refreshes=True), "a", "a")
    assert [each.text for each in answers] == ["two", "two"]
    assert [each.text for each in ask(asker(store, model), "a")] == ["two"]


def test_whatever_changes_a_question_changes_its_key() -> None:
    keys = {
        key("a"),
        key("b"),
        key("a", language="de"),
        question_key(text_hash="a", prompt_hash="q", schema=SCHEMA, settings={}),
        question_key(text_hash="a", prompt_hash="p", schema={}, settings={}),
    }
    assert len(keys) == 5
    assert key("a", x=1, y=2) == key("a", y=2, x=1)


def test_an_answer_is_kept_as_it_came_cut_or_declined(store: Store) -> None:
    model = FakeLanguageModel(ModelResponse("half \ud83d", Usage(100, 50), "m", "length"))
    (answer,) = ask(asker(store, model), "a")
    (kept,) = ask(asker(store, model), "a")
    assert (kept.text, kept.finish_reason) == (answer.text, "length") == ("half ?", "length")


def test_what_no_archive_holds_is_replaced_in_an_answer() -> None:
    said = ModelResponse("a\0b \ud800", Usage(1, 1), "m\0" * 500, "stop")
    kept = storable(said)
    assert (kept.text, len(kept.model_id), "\0" in kept.model_id) == ("a�b ?", 200, False)


def test_a_question_stands_in_the_log_with_all_that_belongs_to_it(store: Store) -> None:
    ask(asker(store, FakeLanguageModel("one")), "a", "b")
    newest, oldest = store.model_calls.log()
    assert (newest.about, oldest.about) == ("b", "a")
    assert (oldest.system, oldest.user, oldest.answer) == ("Say what is new.", "a", "one")
    assert (oldest.model_id, oldest.answered_by, oldest.purpose) == ("fake:model", "model-1", "analysis")
    assert (oldest.state, oldest.price, oldest.usage) == ("answered", 200, Usage(100, 10))
    assert [call.about for call in store.model_calls.log(abouts=["b", "c"])] == ["b"]
    assert list(store.model_calls.log(abouts=[])) == []


def test_the_log_is_read_whole_however_long(store: Store) -> None:
    names = [str(number) for number in range(120)]
    ask(asker(store, FakeLanguageModel("one")), *names)
    assert [call.about for call in store.model_calls.log()] == names[::-1]


# -- money ---------------------------------------------------------------------------------------------------


def worst() -> int:
    return price(tokens_at_most(request("1")))


def test_a_budget_of_ten_calls_lets_ten_through_and_no_more(store: Store) -> None:
    # As long as the answers cost what they may cost at most.
    model = FakeLanguageModel(ModelResponse("one", Usage(), "m", "stop"))
    names = [chr(0x100 + number) for number in range(60)]
    most = 10 * price(tokens_at_most(request(names[0])))
    # What is not sent takes nobody's turn.
    limits, clock = Limits(most, 10**12, at_once=60, per_minute=10), FakeClock()
    mine = asker(store, model, limits, clock=clock)
    answers = ask(mine, *names)
    assert sum(isinstance(each, ModelResponse) for each in answers) == 10 == len(model.asked)
    assert sum(isinstance(each, BudgetError) for each in answers) == 50
    assert mine.counts.spent == most
    assert len(clock.waits) == 0
    assert (mine.counts.calls, mine.counts.answered, mine.counts.over_budget) == (10, 10, 50)


def test_what_answers_cost_less_than_reserved_is_left_for_others(store: Store) -> None:
    limits = Limits(worst() + 9 * 200, 10**12, at_once=60, per_minute=1000)
    mine = asker(store, FakeLanguageModel("one"), limits)
    answers = ask(mine, *map(str, range(10)))
    assert all(isinstance(each, ModelResponse) for each in answers)
    assert mine.counts.spent == 10 * 200 <= limits.most_run


@pytest.mark.parametrize("of", ["run", "month"])
def test_the_error_names_the_budget_and_what_to_do(store: Store, of: str) -> None:
    limits = Limits(*((100, 10**9) if of == "run" else (10**9, 100)))
    (error,) = ask(asker(store, FakeLanguageModel("one"), limits), "a")
    assert isinstance(error, BudgetError)
    assert error.of == of
    assert f"the budget of this {of} is used up: $0.00 of $0.0000 are spent" in str(error)
    assert f"raise budget.{of}" in str(error)


def test_the_months_budget_counts_all_runs_of_the_month_alone(store: Store) -> None:
    limits = Limits(10**12, worst() + 150, at_once=1)
    clock = FakeClock()
    ask(asker(store, FakeLanguageModel("one"), limits, clock=clock), "a")
    (refused,) = ask(asker(store, FakeLanguageModel("one"), limits, clock=clock), "b")
    assert isinstance(refused, BudgetError)
    clock.seconds += 9 * 24 * 3600  # into December
    (answer,) = ask(asker(store, FakeLanguageModel("one"), limits, clock=clock), "b")
    assert isinstance(answer, ModelResponse)


def test_what_costs_nothing_needs_no_budget(store: Store) -> None:
    (answer,) = ask(asker(store, FakeLanguageModel("one"), Limits(0, 0), price=lambda usage: 0), "a")
    assert isinstance(answer, ModelResponse)


@pytest.mark.parametrize("usage", [Usage(), Usage(100, 0), Usage(0, 10)])
def test_an_answer_without_a_count_of_its_tokens_costs_what_was_reserved(store: Store, usage: Usage) -> None:
    ask(asker(store, FakeLanguageModel(ModelResponse("one", usage, "m", "stop"))), "1")
    assert states(store) == [("1", "answered", worst())]


def test_a_try_that_broke_off_counts_at_its_highest_and_one_that_never_began_nothing(store: Store) -> None:
    broken = AnswerError("fake:model", "broke off", is_retryable=True, may_be_paid=True)
    refused = AnswerError("fake:model", "no connection", is_retryable=True)
    mine = asker(store, FakeLanguageModel(broken, refused, "one"))
    ask(mine, "1")
    assert states(store) == [("1", "failed", worst()), ("1", "failed", 0), ("1", "answered", 200)]
    assert (mine.counts.calls, mine.counts.answered, mine.counts.tries) == (1, 1, 3)
    assert mine.counts.spent == worst() + 200


def test_no_text_has_more_tokens_than_its_bound() -> None:
    for text in ("plain words", "日本語の文章", "🦠🧬" * 40, "\ud83d"):
        assert tokens_at_most(request(text)).input_tokens > len(text.encode("utf-8", "replace"))


def test_the_bound_of_a_run_adds_up_every_call_it_may_make() -> None:
    bound = upper_bound([request("1"), request("22")], price)
    assert (bound.calls, bound.output_tokens) == (4, 200)
    assert bound.price == 4 * worst() + 2


# -- killed runs ---------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Ends a question as the end of its process would: nothing is settled."""


def killed(request: ModelRequest) -> str:
    raise Killed


def test_what_a_killed_run_had_sent_counts_and_is_not_sent_again_unasked(store: Store) -> None:
    ask(asker(store, FakeLanguageModel(killed)), "1")
    assert states(store) == [("1", "asked", worst())]
    model = FakeLanguageModel("one")
    (error,) = ask(asker(store, model, Limits(10**12, 2 * worst())), "1")
    assert isinstance(error, AnswerError)
    assert "--ask-again" in str(error)
    assert not model.asked
    (refused,) = ask(asker(store, model, Limits(10**12, 2 * worst() - 1), asks_again=True), "1")
    assert isinstance(refused, BudgetError)
    (answer,) = ask(asker(store, model, Limits(10**12, 2 * worst()), asks_again=True), "1")
    assert isinstance(answer, ModelResponse)
    # Answered now, whatever became of the first.
    assert isinstance(ask(asker(store, model), "1")[0], ModelResponse)


def test_a_question_that_costs_nothing_is_sent_again_after_a_kill(store: Store) -> None:
    ask(asker(store, FakeLanguageModel(killed), price=lambda usage: 0), "1")
    (answer,) = ask(asker(store, FakeLanguageModel("one"), price=lambda usage: 0), "1")
    assert isinstance(answer, ModelResponse)


# -- tries and turns -----------------------------------------------------------------------------------------


def limited(**more: Any) -> AnswerError:
    return AnswerError("fake:model", "HTTP 429", is_retryable=True, status=429, **more)


def test_a_question_is_sent_three_times_at_most(store: Store) -> None:
    model = FakeLanguageModel(AnswerError("fake:model", "HTTP 500", is_retryable=True, status=500))
    clock = FakeClock()
    (error,) = ask(asker(store, model, clock=clock), "a")
    assert isinstance(error, AnswerError)
    assert len(model.asked) == 3
    assert 1 <= clock.waits[0] <= 2 <= clock.waits[1] <= 4


def test_what_waiting_cannot_mend_is_not_sent_again(store: Store) -> None:
    model = FakeLanguageModel(AnswerError("fake:model", "HTTP 401", status=401))
    (error,) = ask(asker(store, model), "a")
    assert isinstance(error, AnswerError)
    assert len(model.asked) == 1


def test_the_wait_a_provider_asks_for_holds_for_every_question(store: Store) -> None:
    model, clock = FakeLanguageModel(limited(retry_after_s=20), "one"), FakeClock()
    started = clock.seconds
    answers = ask(asker(store, model, Limits(10**12, 10**12, at_once=1), clock=clock), "a", "b")
    assert all(isinstance(each, ModelResponse) for each in answers)
    assert 20 <= clock.seconds - started < 21


def test_no_question_starts_while_the_provider_asks_to_wait(store: Store) -> None:
    clock, times = FakeClock(), []

    def answer(request: ModelRequest) -> str:
        times.append(clock.seconds)
        if len(times) == 1:
            raise limited(retry_after_s=30)
        return "one"

    started = clock.seconds
    ask(asker(store, FakeLanguageModel(answer), Limits(10**12, 10**12, at_once=2), clock=clock), *"abcdef")
    assert len(times) == 7
    # One was on its way already.
    assert all(moment - started >= 29.9 for moment in times[2:])


def test_a_wait_longer_than_there_is_time_is_not_begun(store: Store) -> None:
    model, clock = FakeLanguageModel(limited(retry_after_s=3600)), FakeClock()
    answers = ask(asker(store, model, clock=clock), *"abcdefghijkl")
    assert all(isinstance(each, AnswerError) for each in answers)
    assert clock.waits == []
    assert len(model.asked) <= 8


def test_the_last_try_has_the_time_that_is_left(store: Store) -> None:
    model = FakeLanguageModel(limited(retry_after_s=570), "one")
    ask(asker(store, model), "a")
    assert [each.timeout_s for each in model.asked] == [60, pytest.approx(30)]


def test_no_minute_has_more_starts_than_allowed(store: Store) -> None:
    clock, times = FakeClock(), []

    def answer(request: ModelRequest) -> str:
        times.append(clock.seconds)
        return "one"

    limits = Limits(10**12, 10**12, at_once=60, per_minute=7)
    ask(asker(store, FakeLanguageModel(answer), limits, clock=clock), *map(str, range(30)))
    assert len(times) == 30
    assert all(later - earlier >= 59.9 for earlier, later in zip(times, times[7:], strict=False))
    assert clock.seconds - times[0] < 4 * 61


def test_no_more_questions_are_on_their_way_than_allowed(store: Store) -> None:
    model = FakeLanguageModel("one")
    ask(asker(store, model, Limits(10**12, 10**12, at_once=3)), *map(str, range(20)))
    assert model.most_at_once == 3


def test_failures_that_the_reader_of_answers_finds_are_counted_apart(store: Store) -> None:
    mine = asker(store, FakeLanguageModel("one"))
    mine.count_failures("shape")
    mine.count_failures("support", 3)
    assert (mine.counts.shape_failures, mine.counts.support_failures, mine.counts.tries) == (1, 3, 0)
