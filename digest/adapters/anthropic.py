"""The wire format of Anthropic's /v1/messages."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from digest.adapters.served_model import AS_OBJECT, Answer, Count
from digest.records import FinishReason, ModelRequest

ANTHROPIC_URL = "https://api.anthropic.com/v1"
VERSION = "2023-06-01"
"""Of the wire format; the one there has been since then."""

FINISH: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
}


class Block(BaseModel):
    """A piece of an answer; thinking has no `text`."""

    type: str = ""
    text: str | None = None
    stop_reason: str | None = None
    """In a `message_delta`."""


class Tokens(BaseModel):
    """What the provider counts; what was read from its cache stands apart."""

    input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_read_input_tokens: Count = None
    output_tokens: Count = None

    def add_to(self, answer: Answer) -> None:
        """Write down what is told; later events tell what has changed."""
        read = (self.input_tokens, self.cache_creation_input_tokens, self.cache_read_input_tokens)
        answer.input_tokens = sum(filter(None, read)) or answer.input_tokens
        answer.output_tokens = self.output_tokens or answer.output_tokens


class Message(BaseModel):
    """A whole answer, or the beginning of a streamed one."""

    content: list[Block] | None = None
    model: str | None = None
    stop_reason: str | None = None
    usage: Annotated[Tokens | None, AS_OBJECT] = None


class Event(Message):
    """An event of a stream, or a whole answer."""

    message: Message | None = None
    delta: Block | None = None


class AnthropicWire:
    """Implements served_model.Wire."""

    framing: Literal["sse", "lines"] = "sse"

    def path(self, name: str) -> str:
        """Give the path of questions, the same for every model."""
        return "/messages"

    def headers(self, key: str) -> Mapping[str, str]:
        """Give the headers; the key's where there is one."""
        fixed = {"content-type": "application/json", "anthropic-version": VERSION}
        return fixed | ({"x-api-key": key} if key else {})

    def body(self, name: str, request: ModelRequest) -> dict[str, Any]:
        """Write a question."""
        return {
            "model": name,
            "max_tokens": request.max_tokens,
            "system": request.system,
            "messages": [{"role": "user", "content": request.user}],
            "output_config": {"format": {"type": "json_schema", "schema": request.schema}},
            "stream": True,
        }

    def take(self, event: Any, answer: Answer) -> None:
        """Add an event."""
        read = Event.model_validate(event)
        for message in filter(None, (read.message, read)):
            answer.model_id = message.model or answer.model_id
            for block in message.content or ():
                answer.parts.append(block.text or "")
            _end(message.stop_reason, answer)
            if message.usage:
                message.usage.add_to(answer)
        if read.delta:
            answer.parts.append(read.delta.text or "")
            _end(read.delta.stop_reason, answer)


def _end(reason: str | None, answer: Answer) -> None:
    if reason:
        answer.finish_reason = FINISH.get(reason, "other")
