"""What a run's questions to a language model came to, in the words of its report."""

from digest.language.counts import counted, dollars
from digest.records import ModelCounts, Nanodollars, PriceBound


def notes_of(counts: ModelCounts, model_id: str) -> tuple[str, ...]:
    """Say what was asked, what came of it and what it cost; nothing where nothing was asked."""
    if not counts.questions:
        return ()
    asked = f"{model_id}: {counted(counts.questions, 'question', 'questions')}"
    if counts.from_cache:
        asked += f", {counts.from_cache:,} answered before"
    asked += f", {counts.answered:,} answered now in {counted(counts.tries, 'try', 'tries')}"
    asked += f"; {dollars(counts.spent)}"
    notes = [asked]
    if counts.handed_over:
        notes.append(
            f"{model_id}: {counted(counts.handed_over, 'question', 'questions')} handed over in a batch; the "
            "answers come with a later digest run"
        )
    unanswered = counts.calls - counts.answered
    if unanswered:
        notes.append(f"{model_id}: {counted(unanswered, 'question', 'questions')} got no answer")
    if counts.shape_failures or counts.support_failures:
        notes.append(
            f"{model_id}: {counted(counts.shape_failures, 'answer', 'answers')} not as asked for, "
            f"{counted(counts.support_failures, 'statement', 'statements')} not borne out by what they cite"
        )
    if counts.over_budget:
        notes.append(
            f"{model_id}: the budget is used up: {counted(counts.over_budget, 'question', 'questions')} not "
            "asked; the rules did the rest"
        )
    return tuple(notes)


def told_bound(bound: PriceBound, model_id: str, *, most_run: Nanodollars, left_of_month: Nanodollars) -> str:
    """Say what a run may cost at most, before anything is sent."""
    left = max(0, left_of_month)
    return (
        f"{model_id}: at most {counted(bound.calls, 'question', 'questions')}, {bound.input_tokens:,} + "
        f"{bound.output_tokens:,} tokens, {dollars(bound.price)}; the budget lets through "
        f"{dollars(min(bound.price, most_run, left))} of it ({dollars(most_run)} a run, "
        f"{dollars(left)} left of the month)"
    )
