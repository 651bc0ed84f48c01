"""What a language model is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

FinishReason = Literal["stop", "length", "refused", "other"]
"""Why an answer ended: it was done, cut at its limit, declined by the provider or the model, or else."""


@dataclass(frozen=True)
class ModelRequest:
    """One question to a language model: no conversation, no tools."""

    system: str
    """What the model is to do: the project's and the editor's words only."""
    user: str
    """What it is to do it with: an article's text is here, and is data."""
    schema: Mapping[str, Any]
    """JSON schema of the answer: flat, every field required, no limits on numbers or lengths."""
    schema_name: str
    """Letters and underscores; some providers want a name beside a schema."""
    max_tokens: int
    """At most so many tokens of answer."""
    timeout_s: float
    """Seconds for one try, from the connection to the last byte."""
    key: str = ""
    """Names the question, as `language_model.asking.question_key` makes it. No model is shown it: recorded
    answers are found by it, and a batch gives it back beside each answer."""


@dataclass(frozen=True)
class Usage:
    """Tokens as the provider counts them; 0 where it says nothing."""

    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class ModelResponse:
    """The answer to a ModelRequest, not yet read: it may be anything."""

    text: str
    usage: Usage
    model_id: str
    """The model that answered, according to the provider."""
    finish_reason: FinishReason


BatchState = Literal["open", "done", "failed"]
"""Where questions handed over together are: still being answered, answered, or given up by the provider as a
whole."""


@dataclass(frozen=True)
class BatchResult:
    """What has become of questions handed over together, each named by its custom id."""

    state: BatchState
    answers: Mapping[str, ModelResponse]
    """Of those that were answered, once the batch is done."""
    problems: Mapping[str, str]
    """Why others were not. What is in neither was never answered, and is not paid for."""
    problem: str = ""
    """Why the batch as a whole failed."""


CallState = Literal["asked", "answered", "failed"]
"""What became of a question: nothing yet (or its run was killed), an answer, or none."""

Nanodollars = int
"""Billionths of a US dollar: whole numbers add up exactly, and the cheapest token costs several."""


@dataclass(frozen=True)
class ModelCall:
    """A question that was sent to a language model, and what came back, as the archive keeps both."""

    call: int
    """Its number; grows."""
    key: str
    """As in ModelRequest."""
    model_id: str
    """The model that was asked."""
    purpose: str
    """What for, in a word or two: `analysis`, `repair`."""
    about: str
    """Id of the article, or name of the issue; may be empty."""
    prompt: str
    """Name and version of the prompt file; may be empty."""
    system: str
    user: str
    answer: str
    """Empty until there is one."""
    answered_by: str
    """The model that answered, according to the provider."""
    finish_reason: FinishReason
    usage: Usage
    price: Nanodollars
    """Of an unanswered question the most it may cost."""
    state: CallState
    problem: str
    """Why there is no answer."""
    batch: str
    """The batch it was sent in; empty for none."""
    at: datetime


@dataclass(frozen=True)
class ModelCounts:
    """What a run asked of a language model."""

    questions: int = 0
    """All that were to be asked."""
    from_cache: int = 0
    """Questions whose answer was kept."""
    calls: int = 0
    """Questions sent, several tries counted once."""
    answered: int = 0
    """Calls that gave an answer, whatever it was worth."""
    tries: int = 0
    """Times something was sent."""
    handed_over: int = 0
    """Questions in a batch, whose answers come with a later run."""
    over_budget: int = 0
    """Questions not sent, for their price."""
    shape_failures: int = 0
    """Answers that were not to the schema, cut or declined."""
    support_failures: int = 0
    """Statements in answers that their sentences did not bear out."""
    spent: Nanodollars = 0
    """By this run, with the most that unanswered questions may cost."""


@dataclass(frozen=True)
class PriceBound:
    """What questions may cost at most, before any is sent."""

    calls: int
    input_tokens: int
    output_tokens: int
    price: Nanodollars
