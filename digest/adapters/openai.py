"""The wire format of OpenAI's /chat/completions, which llama.cpp, vLLM, LM Studio and many others speak."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from digest.adapters.served_model import AS_OBJECT, Answer, Count
from digest.records import FinishReason, ModelRequest

OPENAI_URL = "https://api.openai.com/v1"

FINISH: Mapping[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "refused"}


class Message(BaseModel):
    """A piece of an answer, or a whole one."""

    content: str | None = None
    refusal: str | None = None


class Choice(BaseModel):
    """One answer of several; only one is asked for."""

    index: int | None = None
    delta: Message | None = None
    message: Message | None = None
    finish_reason: str | None = None


class Tokens(BaseModel):
    """What the provider counts."""

    prompt_tokens: Count = None
    completion_tokens: Count = None


class Chunk(BaseModel):
    """An event of a stream, or a whole answer."""

    choices: list[Choice] | None = None
    usage: Annotated[Tokens | None, AS_OBJECT] = None
    model: str | None = None


class OpenAIWire:
    """Implements served_model.Wire.

    Args:
        is_openai: Whether the server is OpenAI's own, whose newer models take the limit of tokens under
            another name than all others know.
        is_local: Whether it may be asked for its most likely answer; hosted reasoning models refuse that.
    """

    framing: Literal["sse", "lines"] = "sse"

    def __init__(self, *, is_openai: bool = True, is_local: bool = False) -> None:
        self._limit = "max_completion_tokens" if is_openai else "max_tokens"
        self._sampling = {"temperature": 0} if is_local else {}

    def path(self, name: str) -> str:
        """Give the path of questions, the same for every model."""
        return "/chat/completions"

    def headers(self, key: str) -> Mapping[str, str]:
        """Give the headers; the key's where there is one."""
        return {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})

    def body(self, name: str, request: ModelRequest) -> dict[str, Any]:
        """Write a question."""
        return {
            "model": name,
            "messages": [
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.user},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": request.schema_name, "strict": True, "schema": request.schema},
            },
            self._limit: request.max_tokens,
            **self._sampling,
            "stream": True,
            "stream_options": {"include_usage": True},
        }

    def take(self, event: Any, answer: Answer) -> None:
        """Add an event."""
        chunk = Chunk.model_validate(event)
        for choice in [each for each in chunk.choices or [] if not each.index][:1]:
            said = choice.delta or choice.message or Message()
            answer.parts.append(said.content or "")
            if said.refusal:
                answer.finish_reason = "refused"
            elif choice.finish_reason and answer.finish_reason is None:
                answer.finish_reason = FINISH.get(choice.finish_reason, "other")
        if chunk.usage:
            answer.input_tokens = chunk.usage.prompt_tokens or 0
            answer.output_tokens = chunk.usage.completion_tokens or 0
        answer.model_id = chunk.model or answer.model_id
