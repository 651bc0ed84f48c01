"""A language model whose every answer is asked for anew, and kept in the archive with what it did cost."""

import uuid
from dataclasses import replace

from digest.errors import AnswerError
from digest.language_model.asking import Limits, question_key
from digest.language_model.bounding import Price, settled_price, storable, tokens_at_most
from digest.language_model.pacing import Clock
from digest.ports import LanguageModel
from digest.records import ModelRequest, ModelResponse
from digest.store.model_calls import Asked, ModelCalls


class KeptModel:
    """Asks a model within a budget, once a question; unlike `Asker` it takes no kept answer for one.

    Args:
        model: Whom.
        calls: The archive's.
        price: What the model's tokens cost.
        limits: What a run and a month may cost.
        clock: Time.
        purpose: What for, in a word or two; for the log.
    """

    def __init__(
        self,
        model: LanguageModel,
        calls: ModelCalls,
        price: Price,
        limits: Limits,
        clock: Clock,
        *,
        purpose: str,
    ) -> None:
        self._model, self._calls, self._price = model, calls, price
        self._limits, self._clock, self._purpose = limits, clock, purpose
        self._run = uuid.uuid4().hex

    @property
    def model_id(self) -> str:
        """The model that is asked."""
        return self._model.model_id

    async def complete(self, request: ModelRequest) -> ModelResponse:
        """Ask, and keep what came of it.

        Raises:
            BudgetError: it was not sent, for it could cost too much.
            AnswerError: there is no answer.
        """
        key = question_key(
            text_hash=request.user, prompt_hash=self._purpose, schema=request.schema, settings={}
        )
        asked = Asked(
            replace(request, key=key),
            self.model_id,
            self._purpose,
            reserved=self._price(tokens_at_most(request)),
            run=self._run,
            at=self._clock.now(),
        )
        (call,) = self._calls.reserve(
            [asked], most_run=self._limits.most_run, most_month=self._limits.most_month
        )
        try:
            response = storable(await self._model.complete(asked.request))
        except AnswerError as error:
            self._calls.keep_failure([call], str(error), may_be_paid=error.may_be_paid)
            raise
        self._calls.keep_answer(call, response, settled_price(response, self._price, asked.reserved))
        return response

    async def close(self) -> None:
        """Close the model's connections."""
        await self._model.close()
