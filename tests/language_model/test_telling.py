"""What a report says of a language model."""

from digest.language_model.telling import notes_of, told_bound
from digest.records import ModelCounts, PriceBound


def test_a_run_that_asked_nothing_says_nothing() -> None:
    assert notes_of(ModelCounts(), "openai:x") == ()


def test_a_report_tells_tries_failures_and_money_apart() -> None:
    counts = ModelCounts(70, 12, 48, 46, 55, 3, 10, 1, 5, 420_000_000)
    assert notes_of(counts, "openai:x") == (
        "openai:x: 70 questions, 12 answered before, 46 answered now in 55 tries; $0.42",
        "openai:x: 3 questions handed over in a batch; the answers come with a later digest run",
        "openai:x: 2 questions got no answer",
        "openai:x: 1 answer not as asked for, 5 statements not borne out by what they cite",
        "openai:x: the budget is used up: 10 questions not asked; the rules did the rest",
    )


def test_a_bound_is_told_with_what_the_budget_lets_through() -> None:
    bound = PriceBound(120, 2_000_000, 300_000, 1_100_000_000)
    assert told_bound(bound, "openai:x", most_run=2 * 10**9, left_of_month=500_000_000) == (
        "openai:x: at most 120 questions, 2,000,000 + 300,000 tokens, $1.10; the budget lets through $0.50 "
        "of it ($2.00 a run, $0.50 left of the month)"
    )
