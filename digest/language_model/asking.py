"""Asking a language model, so that no answer is paid for twice and no budget is overrun.

1. A kept answer to the same question is the answer. What a killed run had sent, and nobody knows what became
   of it, may be paid for: it is not sent again unless somebody says so.
2. Otherwise the question waits for its turn (`pacing`), its highest price is written into the archive, and
   only then it is sent. What it did cost takes the place of that, in the transaction that keeps the answer.
3. A question that got no answer is sent again if waiting may help, three times in all, within a total time.
   Each try has a row and a price of its own: one that broke off after it began counts at its highest.

The tries are an own loop and not stamina's: money is settled between two of them, a pause that one provider
asks for holds for all its questions, and a wait beyond the total time is not begun.
"""

import asyncio
import hashlib
import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from digest.errors import AnswerError, BudgetError
from digest.language_model.batches import Batches
from digest.language_model.bounding import Price, settled_price, storable, tokens_at_most
from digest.language_model.pacing import Clock, Pace
from digest.ports import LanguageModel
from digest.records import ModelCounts, ModelRequest, ModelResponse, Nanodollars
from digest.store.model_calls import Asked, ModelCalls

MAX_TRIES = 3
"""Times a question is sent at most, while nothing but the way to the model is to blame."""

BACKOFF_S = 2.0
"""Most of a wait after the first try, where the provider names none; doubles with each further one."""

TOO_MANY = 429
"""The HTTP status of a rate limit: it is one for all questions."""

AT_ONCE = ("repair",)
"""Purposes of questions that are never handed over in a batch: whoever asks has an answer to go on with."""

Copy = Callable[[ModelRequest, ModelResponse, str, str], None]
"""Keeps an answer elsewhere too: question, answer, purpose, prompt."""


@dataclass(frozen=True)
class Limits:
    """What asking is held to."""

    most_run: Nanodollars
    """A run may cost at most; likewise a calendar month."""
    most_month: Nanodollars
    at_once: int = 4
    per_minute: int = 50
    deadline_s: float = 600.0
    """Seconds from a question's turn: tries and waits between them. A long answer of a slow model takes two
    minutes; a provider that asks for a longer wait than this is not waited for."""


def question_key(
    *, text_hash: str, prompt_hash: str, schema: Mapping[str, Any], settings: Mapping[str, Any]
) -> str:
    """Name a question by all that its answer depends on but the model: that is kept beside it.

    So answers of any model can be recorded under this name, and played back.

    Args:
        text_hash: Of what the model is shown: the article, or for a repair what failed.
        prompt_hash: Of the prompt file.
        schema: Of the answer.
        settings: What else changes the question; never the marks that are made fresh for each call.

    Returns:
        A SHA-256 in hexadecimal.
    """
    parts = [text_hash, prompt_hash, schema, settings]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Asker:
    """Asks one model, for one run. Belongs to the event loop of its first question.

    Args:
        model: Whom.
        calls: The archive's.
        price: What the model's tokens cost.
        limits: What asking is held to.
        clock: Time.
        refreshes: Whether answers kept by earlier runs do not count.
        asks_again: Whether questions are sent again that a killed run may have paid for.
        copy: Is given every answer, kept ones too.
        batches: Where the model takes any: those of earlier runs are asked after before the first question.
        hands_over: Whether new questions wait to be handed over together.
    """

    def __init__(
        self,
        model: LanguageModel,
        calls: ModelCalls,
        price: Price,
        limits: Limits,
        clock: Clock,
        *,
        refreshes: bool = False,
        asks_again: bool = False,
        copy: Copy | None = None,
        batches: Batches | None = None,
        hands_over: bool = False,
    ) -> None:
        self.run = uuid.uuid4().hex
        """Names the run in the archive, whose budget is counted by it."""
        self._model, self._calls, self._price = model, calls, price
        self._limits, self._clock = limits, clock
        self._pace = Pace(clock, at_once=limits.at_once, per_minute=limits.per_minute)
        self._refreshes, self._asks_again, self._copy = refreshes, asks_again, copy
        self._batches, self._hands_over = batches, hands_over
        self._waiting: dict[str, Asked] = {}
        self._opening = asyncio.Lock()
        self._has_collected = False
        self._counts: Counter[str] = Counter()
        self._keys: dict[str, asyncio.Lock] = {}
        self._unsettled = 0
        self._settled = asyncio.Event()

    @property
    def model_id(self) -> str:
        """The model that is asked."""
        return self._model.model_id

    @property
    def counts(self) -> ModelCounts:
        """What was asked so far."""
        return ModelCounts(**self._counts, spent=self._calls.spent(run=self.run))

    async def close(self) -> None:
        """Close the model's connections."""
        await self._model.close()
        if self._batches:
            await self._batches.close()

    def count_failures(self, what: Literal["shape", "support"], number: int = 1) -> None:
        """Count what whoever asked found wrong with an answer."""
        self._counts[f"{what}_failures"] += number

    async def ask(
        self, request: ModelRequest, *, key: str, purpose: str, about: str = "", prompt: str = ""
    ) -> ModelResponse:
        """Give the answer to a question: a kept one, or ask for it and keep it.

        Args:
            request: The question.
            key: Its `question_key`.
            purpose: What for, in a word or two.
            about: Id of the article, or name of the issue; for the log.
            prompt: Name and version of the prompt file; for the log.

        Raises:
            BudgetError: it was not sent, for it could cost too much.
            AnswerError: there is no answer.
        """
        asked = Asked(
            replace(request, key=key),
            self.model_id,
            purpose,
            reserved=self._price(tokens_at_most(request)),
            run=self.run,
            at=self._clock.now(),
            about=about,
            prompt=prompt,
        )
        self._counts["questions"] += 1
        await self._collect()
        # Articles with the same text ask the same: the second finds the answer to the first.
        async with self._keys.setdefault(key, asyncio.Lock()):
            response = self._calls.answer_to(key, self.model_id, run=self.run if self._refreshes else None)
            if response:
                self._counts["from_cache"] += 1
            else:
                response = await self._new_answer(asked)
        if self._copy:
            self._copy(asked.request, response, purpose, prompt)
        return response

    async def hand_over(self) -> None:
        """Hand over what waits for it; the answers come with a later run.

        Raises:
            AnswerError: it was not taken.
        """
        waiting, self._waiting = list(self._waiting.values()), {}
        if self._batches and waiting:
            sent, left = await self._batches.hand_over(
                waiting, most_run=self._limits.most_run, most_month=self._limits.most_month
            )
            self._counts["handed_over"] += sent
            self._counts["over_budget"] += left

    async def _collect(self) -> None:
        """Take the answers of earlier runs' batches, once; what cannot be had now comes another time."""
        async with self._opening:
            if self._batches and not self._has_collected:
                with suppress(AnswerError):
                    await self._batches.collect()
                self._has_collected = True

    async def _new_answer(self, asked: Asked) -> ModelResponse:
        if not self._asks_again and self._calls.is_open(asked.request.key, asked.model_id):
            raise AnswerError(
                asked.model_id,
                "asked before, in a batch that is not done or by a killed run, and perhaps paid for; "
                "asked again only with: digest run --ask-again",
            )
        if self._batches and self._hands_over and asked.purpose not in AT_ONCE:
            self._waiting[asked.request.key] = asked
            raise AnswerError(asked.model_id, "handed over in a batch; its answer comes with a later run")
        async with self._pace.slots:
            until = self._clock.monotonic() + self._limits.deadline_s
            for tries in range(1, MAX_TRIES + 1):
                try:
                    return await self._try(asked, until, is_first=tries == 1)
                except AnswerError as error:
                    wait_s = self._wait_s(error, tries)
                    is_late = self._clock.monotonic() + wait_s > until
                    if not error.is_retryable or tries == MAX_TRIES or is_late:
                        raise
                    await self._clock.sleep(wait_s)
            raise AssertionError("the last try returns or raises")

    def _wait_s(self, error: AnswerError, tries: int) -> float:
        """Say how long to wait after a try; others wait too where it is for all."""
        wait_s = error.retry_after_s
        if wait_s is None:
            wait_s = BACKOFF_S * 2 ** (tries - 1) * random.uniform(0.5, 1)
        if error.retry_after_s is not None or error.status == TOO_MANY:
            self._pace.pause(wait_s)
        return wait_s

    async def _try(self, asked: Asked, until: float, *, is_first: bool) -> ModelResponse:
        """Have a question's price reserved, send it when its turn has come, and settle its price."""
        call = await self._reserved(asked)
        try:
            if not await self._pace.turn(until=until):
                reason = "the provider asked for a longer wait than there is time"
                raise AnswerError(asked.model_id, reason)
            self._counts["calls"] += is_first
            self._counts["tries"] += 1
            left_s = max(1.0, until - self._clock.monotonic())
            request = replace(asked.request, timeout_s=min(asked.request.timeout_s, left_s))
            response = storable(await self._model.complete(request))
            self._calls.keep_answer(call, response, settled_price(response, self._price, asked.reserved))
        except AnswerError as error:
            self._calls.keep_failure([call], str(error), may_be_paid=error.may_be_paid)
            raise
        finally:
            self._unsettled -= 1
            self._settled.set()
            self._settled = asyncio.Event()
        self._counts["answered"] += 1
        return response

    async def _reserved(self, asked: Asked) -> int:
        """Have a question's price reserved; what others have reserved may turn out to be too much."""
        while True:
            try:
                (call,) = self._calls.reserve(
                    [replace(asked, at=self._clock.now())],
                    most_run=self._limits.most_run,
                    most_month=self._limits.most_month,
                )
            except BudgetError:
                if not self._unsettled:
                    self._counts["over_budget"] += 1
                    raise
                await self._settled.wait()
            else:
                self._unsettled += 1
                return call
