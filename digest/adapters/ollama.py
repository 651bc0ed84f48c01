"""The wire format of Ollama's own /api/chat: its compatible one takes neither a window's size nor `think`."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

from digest.adapters.served_model import Answer, Count
from digest.records import FinishReason, ModelRequest

OLLAMA_URL = "http://127.0.0.1:11434"

LEAST_WINDOW = 4_096
"""Tokens a model is loaded for at least: the default. What is longer than the window is cut off at the
front without a word."""

BYTES_A_PROMPT_TOKEN = 3
"""UTF-8 bytes of text that a token stands for at worst: English has 4 to 5, Chinese about 3."""

MESSAGE_TOKENS = 64
"""What a chat's form and the schema's grammar add to a prompt, at most."""

FINISH: Mapping[str, FinishReason] = {"stop": "stop", "length": "length"}


class Message(BaseModel):
    """A piece of an answer; thinking stands beside `content`."""

    content: str | None = None


class Chunk(BaseModel):
    """A line of a stream, or a whole answer."""

    message: Message | None = None
    done: bool | None = None
    done_reason: str | None = None
    prompt_eval_count: Count = None
    eval_count: Count = None
    model: str | None = None


class OllamaWire:
    """Implements served_model.Wire."""

    framing: Literal["sse", "lines"] = "lines"

    def path(self, name: str) -> str:
        """Give the path of questions, the same for every model."""
        return "/api/chat"

    def headers(self, key: str) -> Mapping[str, str]:
        """Give the headers; Ollama knows no keys of its own."""
        return {"content-type": "application/json"}

    def body(self, name: str, request: ModelRequest) -> dict[str, Any]:
        """Write a question."""
        return {
            "model": name,
            "messages": [
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.user},
            ],
            "format": request.schema,
            # This family knows no off, and gives nothing at all when told so.
            "think": "low" if "gpt-oss" in name else False,
            "stream": True,
            "options": {
                "num_ctx": window(request),
                "num_predict": request.max_tokens,
                "temperature": 0,
            },
        }

    def take(self, event: Any, answer: Answer) -> None:
        """Add a line."""
        chunk = Chunk.model_validate(event)
        answer.parts.append((chunk.message and chunk.message.content) or "")
        answer.model_id = chunk.model or answer.model_id
        if chunk.done:
            answer.finish_reason = FINISH.get(chunk.done_reason or "stop", "other")
            answer.input_tokens = chunk.prompt_eval_count or 0
            answer.output_tokens = chunk.eval_count or 0


def window(request: ModelRequest) -> int:
    """Give the size of window, in tokens, that holds a question and its answer.

    A power of two: each other size has the model loaded anew, which takes longer than an answer.
    """
    prompt = len((request.system + request.user).encode("utf-8", "replace"))
    needed = prompt // BYTES_A_PROMPT_TOKEN + MESSAGE_TOKENS + request.max_tokens
    size = LEAST_WINDOW
    while size < needed:
        size *= 2
    return size
