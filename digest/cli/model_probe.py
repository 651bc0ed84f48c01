"""`digest doctor --model`: three small questions to the language model that settings name.

Is it there; is a schema really enforced, which a server may accept and then answer with prose; how good are
its answers, on an article whose rows are known. An archive that is there keeps what was asked and what it did
cost (`digest log`); no article of it is shown.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from digest.cli.diagnosis import Finding
from digest.errors import AnswerError, BudgetError
from digest.language.counts import dollars
from digest.records import ModelRequest, ModelResponse, Nanodollars, Usage

if TYPE_CHECKING:
    from digest.ports import LanguageModel

Price = Callable[[Usage], Nanodollars]

PROBE_S = 120.0
"""Seconds for one question: a local model may have to be loaded from the disk first."""

PROBE_TOKENS = 1_000
"""Of an answer that needs 30: models that think do so within it."""


MAX_TRIES, RETRY_S, LONGEST_WAIT_S = 3, 1.0, 60.0
"""Times a question is asked, and seconds between where the server names none and that are waited at most:
somebody sits before the screen. Judgement."""

NAMES = ("reachable", "schema", "quality")
"""What each question is for."""


class Ready(BaseModel):
    """The answer to the first question."""

    model_config = ConfigDict(strict=True, extra="forbid")

    is_ready: bool


class Harbour(BaseModel):
    """The answer to the second: names that nobody would hit on."""

    model_config = ConfigDict(strict=True, extra="forbid")

    kestrels: int
    is_by_the_sea: bool
    tide: Literal["ebb", "flood", "slack"]


def schema_of(answer: type[BaseModel]) -> dict[str, object]:
    """Give the schema of an answer, as plain as providers want it."""
    fields = answer.model_json_schema()["properties"]
    kept = {
        name: {key: field[key] for key in ("type", "enum") if key in field} for name, field in fields.items()
    }
    return {"type": "object", "properties": kept, "required": list(kept), "additionalProperties": False}


REACHED = ModelRequest(
    "You check a connection.", "Are you ready?", schema_of(Ready), "ready", PROBE_TOKENS, PROBE_S
)
ENFORCED = ModelRequest(
    "You are a poet. You write flowing prose of two or three sentences, and nothing else.",
    "Tell me about an evening in a small harbour.",
    schema_of(Harbour),
    "harbour",
    PROBE_TOKENS,
    PROBE_S,
)


def probe(
    model: "LanguageModel",
    price: Price,
    quality: ModelRequest,
    grade: Callable[[str], Finding],
    *,
    most: Nanodollars,
) -> Iterator[Finding]:
    """Ask the three questions, one after another; a model that is not reached is asked no more.

    Args:
        model: Whom.
        price: What its tokens cost.
        quality: The third question.
        grade: Says what the answer to it is worth.
        most: What the questions may cost together.

    Raises:
        BudgetError: They could cost more.
    """
    from digest.language_model.bounding import upper_bound

    questions = ((REACHED, reached), (ENFORCED, enforced), (quality, lambda answer: grade(answer.text)))
    bound = upper_bound([request for request, _ in questions], price, calls_each=1)
    if bound.price > most:
        raise BudgetError(model.model_id, of="run", spent=0, most=most, price=bound.price)
    used: list[Usage] = []
    with asyncio.Runner() as runner:
        try:
            for number, (request, judge) in enumerate(questions):
                started = time.monotonic()
                try:
                    answer = runner.run(_answer_to(request, model))
                except AnswerError as error:
                    yield Finding(NAMES[number], False, str(error))
                    if number == 0:
                        return
                    continue
                used.append(answer.usage)
                found = judge(answer)
                yield Finding(found.what, found.is_fine, f"{found.says} ({time.monotonic() - started:.1f} s)")
            yield Finding("price", True, _spent(used, price))
        finally:
            runner.run(model.close())


async def _answer_to(request: ModelRequest, model: "LanguageModel") -> ModelResponse:
    """Ask, again where waiting may help: as long as the server asks for, within LONGEST_WAIT_S."""
    for tries in range(1, MAX_TRIES + 1):
        try:
            return await model.complete(request)
        except AnswerError as error:
            wait_s = RETRY_S if error.retry_after_s is None else error.retry_after_s
            if not error.is_retryable or tries == MAX_TRIES or wait_s > LONGEST_WAIT_S:
                raise
            await asyncio.sleep(wait_s)
    raise AssertionError("the last try returns or raises")


def reached(answer: ModelResponse) -> Finding:
    """Say who answered."""
    return Finding(NAMES[0], True, f"answered as {answer.model_id}")


def enforced(answer: ModelResponse) -> Finding:
    """Say whether an answer is to a schema of which the question says nothing."""
    if answer.finish_reason == "refused":
        return Finding(NAMES[1], False, "declined to answer")
    try:
        Harbour.model_validate_json(answer.text)
    except ValidationError as error:
        if answer.finish_reason == "length":
            says = (
                f"cut after {answer.usage.output_tokens or PROBE_TOKENS} tokens; a model that thinks first?"
            )
        elif answer.text.lstrip().startswith("```"):
            says = "not enforced: answered with a block of Markdown"
        elif error.errors(include_url=False)[0]["type"] == "json_invalid":
            says = "not enforced: answered with prose; the server takes a schema and does not heed it"
        else:
            says = "not enforced: answered with JSON of other fields"
        return Finding(NAMES[1], False, f"{says}; use another server or model")
    return Finding(NAMES[1], True, "enforced")


def _spent(used: list[Usage], price: Price) -> str:
    tokens_in = sum(each.input_tokens for each in used)
    tokens_out = sum(each.output_tokens for each in used)
    if not tokens_in and not tokens_out:
        return "the server counts no tokens, so what it costs is not known"
    cost = dollars(sum(map(price, used)))
    return f"{cost} for {tokens_in:,} tokens of questions and {tokens_out:,} of answers"
