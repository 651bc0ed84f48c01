"""What a language model is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
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
