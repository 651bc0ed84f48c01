"""The wire format of Google's generateContent."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel

from digest.adapters.served_model import AS_OBJECT, Answer, Count
from digest.records import FinishReason, ModelRequest

GOOGLE_URL = "https://generativelanguage.googleapis.com/v1beta"

FINISH: Mapping[str, FinishReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    **dict.fromkeys(
        ("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"),
        "refused",
    ),
}


class Part(BaseModel):
    """A piece of text."""

    text: str | None = None
    thought: bool | None = None
    """Whether it is thinking, which is no part of the answer."""


class Content(BaseModel):
    """What the model wrote."""

    parts: list[Part] | None = None


class Candidate(BaseModel):
    """One answer of several; only one is asked for."""

    content: Content | None = None
    finishReason: str | None = None  # noqa: N815 (the provider's spelling, as below)


class Feedback(BaseModel):
    """Why a question is not answered at all."""

    blockReason: str | None = None  # noqa: N815


class Tokens(BaseModel):
    """What the provider counts; thinking stands apart, and is paid."""

    promptTokenCount: Count = None  # noqa: N815
    candidatesTokenCount: Count = None  # noqa: N815
    thoughtsTokenCount: Count = None  # noqa: N815


class Chunk(BaseModel):
    """An event of a stream, or a whole answer."""

    candidates: list[Candidate] | None = None
    promptFeedback: Feedback | None = None  # noqa: N815
    usageMetadata: Annotated[Tokens | None, AS_OBJECT] = None  # noqa: N815
    modelVersion: str | None = None  # noqa: N815


class GoogleWire:
    """Implements served_model.Wire."""

    framing: Literal["sse", "lines"] = "sse"

    def path(self, name: str) -> str:
        """Give the path at which a model is asked."""
        return f"/models/{quote(name.removeprefix('models/'), safe='')}:streamGenerateContent?alt=sse"

    def headers(self, key: str) -> Mapping[str, str]:
        """Give the headers; the key in one, as an address is logged."""
        return {"content-type": "application/json"} | ({"x-goog-api-key": key} if key else {})

    def body(self, name: str, request: ModelRequest) -> dict[str, Any]:
        """Write a question."""
        return {
            "systemInstruction": {"parts": [{"text": request.system}]},
            "contents": [{"role": "user", "parts": [{"text": request.user}]}],
            "generationConfig": {
                "responseMimeType": "application/json",
                "responseJsonSchema": request.schema,
                "maxOutputTokens": request.max_tokens,
            },
        }

    def take(self, event: Any, answer: Answer) -> None:
        """Add an event."""
        chunk = Chunk.model_validate(event)
        for candidate in (chunk.candidates or [])[:1]:
            parts = (candidate.content and candidate.content.parts) or []
            answer.parts.extend(part.text or "" for part in parts if not part.thought)
            if candidate.finishReason:
                answer.finish_reason = FINISH.get(candidate.finishReason, "other")
        if chunk.promptFeedback and chunk.promptFeedback.blockReason:
            answer.finish_reason = "refused"
        if usage := chunk.usageMetadata:
            answer.input_tokens = usage.promptTokenCount or 0
            answer.output_tokens = (usage.candidatesTokenCount or 0) + (usage.thoughtsTokenCount or 0)
        answer.model_id = chunk.modelVersion or answer.model_id
