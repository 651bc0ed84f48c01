"""Questions handed over together, at half the price, and their answers taken when they are there.

A run that hands questions over ends without their answers; a later one finds them kept like any others. What
a batch may cost is written down before it is handed over, and its id as soon as it has one. Where a run was
killed between the two, the provider's newest batches are looked through for the questions, whose keys are the
custom ids: so they are found and not handed over again, or, where none has them, were never taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from digest.errors import AnswerError, BudgetError
from digest.language_model.bounding import Price, settled_price, storable, tokens_at_most
from digest.language_model.pacing import Clock
from digest.ports import BatchModel
from digest.records import BatchResult, Nanodollars
from digest.store.model_calls import Asked, ModelCalls

UNNAMED = "?"
"""The batch of questions whose own is not known yet."""

LISTED_WITHIN = timedelta(minutes=10)
"""A provider may be so slow to list a new batch: until then, one that is not listed may still be there."""


class Batches:
    """The batches of one model."""

    def __init__(self, model: BatchModel, calls: ModelCalls, price: Price, clock: Clock) -> None:
        self._model, self._calls, self._price, self._clock = model, calls, price, clock

    async def hand_over(
        self, asked: Sequence[Asked], *, most_run: Nanodollars, most_month: Nanodollars
    ) -> tuple[int, int]:
        """Hand questions over, as many as the budget allows; gives how many were, and how many it did not.

        Raises:
            AnswerError: the batch was not taken, or nobody knows.
        """
        taken: dict[int, Asked] = {}
        for each in asked:
            reserved = self._price(tokens_at_most(each.request))
            waiting = replace(each, reserved=reserved, batch=UNNAMED, at=self._clock.now())
            try:
                (call,) = self._calls.reserve([waiting], most_run=most_run, most_month=most_month)
            except BudgetError:
                continue
            taken[call] = waiting
        if taken:
            await self._submit(taken)
        return len(taken), len(asked) - len(taken)

    async def _submit(self, taken: Mapping[int, Asked]) -> None:
        try:
            batch = await self._model.submit({each.request.key: each.request for each in taken.values()})
        except AnswerError as error:
            if not error.may_be_paid:
                self._calls.keep_failure(list(taken), str(error), may_be_paid=False)
            raise
        self._calls.keep_batch(list(taken), batch)

    async def collect(self) -> None:
        """Keep the answers that are there, and why others are not.

        Raises:
            AnswerError: the provider cannot be asked.
        """
        waiting = self._calls.in_batches(self._model.model_id)
        unnamed = waiting.pop(UNNAMED, {})
        for batch, questions in waiting.items():
            self._settle(questions, await self._model.collect(batch))
        if unnamed:
            await self._find(unnamed, known=waiting)

    async def _find(self, unnamed: dict[str, int], *, known: Mapping[str, object]) -> None:
        """Look for questions whose batch is not known among the newest ones."""
        is_sure = True
        for batch in await self._model.recent():
            if batch in known or self._calls.has_batch(batch):
                continue
            result = await self._model.collect(batch)
            is_sure &= result.state != "open"
            found = {
                key: call for key, call in unnamed.items() if key in {**result.answers, **result.problems}
            }
            self._calls.keep_batch(list(found.values()), batch)
            self._settle(found, result)
            unnamed = {key: call for key, call in unnamed.items() if key not in found}
        if is_sure:
            old = self._calls.asked_before(self._clock.now() - LISTED_WITHIN, list(unnamed.values()))
            self._calls.keep_failure(old, "no batch has it: it was never handed over", may_be_paid=False)

    def _settle(self, questions: Mapping[str, int], result: BatchResult) -> None:
        """Keep what became of the questions of a batch; what is in neither list was never answered."""
        if result.state == "open":
            return
        for key, call in questions.items():
            if answer := result.answers.get(key):
                reserved = self._calls.reserved_for(call)
                self._calls.keep_answer(call, storable(answer), settled_price(answer, self._price, reserved))
            else:
                problem = result.problems.get(key) or result.problem or "its batch ended without an answer"
                self._calls.keep_failure([call], problem, may_be_paid=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._model.close()
