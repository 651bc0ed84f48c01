"""What questions may cost at most, before they are sent, and what an answer did cost."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

from digest.records import ModelRequest, ModelResponse, Nanodollars, PriceBound, Usage

Price = Callable[[Usage], Nanodollars]
"""Says what so many tokens cost with one model."""

OVERHEAD_TOKENS = 1_000
"""For what providers put round a question: marks of roles, and some hundred tokens about a schema."""

LONGEST_NAME = 200
"""Characters of what a server calls its model; the longest have a third."""


def tokens_at_most(request: ModelRequest) -> Usage:
    """Give the most tokens a question and its answer may have, whatever the model's tokenizer.

    No token stands for less than a byte. Most stand for four; half the bytes would still be too few for
    texts made to be so, and a budget that such a text can break is none.
    """
    texts = (request.system, request.user, json.dumps(request.schema))
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    return Usage(size + OVERHEAD_TOKENS, request.max_tokens)


def upper_bound(requests: Iterable[ModelRequest], price: Price, *, calls_each: int = 2) -> PriceBound:
    """Add up what questions may cost at most.

    Tries whose answer broke off come on top: they are rare, and the budget holds for them too.

    Args:
        requests: The questions.
        price: Of the model that would be asked.
        calls_each: How often each may be asked: the question, and one that has its answer mended.
    """
    bounds = [tokens_at_most(request) for request in requests]
    return PriceBound(
        calls=calls_each * len(bounds),
        input_tokens=calls_each * sum(bound.input_tokens for bound in bounds),
        output_tokens=calls_each * sum(bound.output_tokens for bound in bounds),
        price=calls_each * sum(price(bound) for bound in bounds),
    )


def settled_price(response: ModelResponse, price: Price, reserved: Nanodollars) -> Nanodollars:
    """Say what an answer did cost; one without a count of its tokens counts at its highest."""
    usage = response.usage
    is_told = usage.input_tokens > 0 and (usage.output_tokens > 0 or not response.text)
    return price(usage) if is_told else reserved


def storable(response: ModelResponse) -> ModelResponse:
    """Replace what JSON can spell and an archive cannot hold: halves of characters, and NUL."""
    text, model_id = (
        each.encode("utf-8", "replace").decode("utf-8").replace("\0", "�")
        for each in (response.text, response.model_id[:LONGEST_NAME])
    )
    return replace(response, text=text, model_id=model_id)
