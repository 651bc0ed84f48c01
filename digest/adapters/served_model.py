"""A model of a server, behind the port: writes the question, reads the answer as it streams.

What differs between providers (paths, bodies, what an event says) is a `Wire`, one small file each.
"""

import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from math import ceil
from typing import Annotated, Any, Literal, Protocol

import httpx2
from pydantic import BeforeValidator, ValidationError

from digest.adapters.model_server import Bytes, ModelServer, json_or_none, said_of_error
from digest.errors import AnswerError
from digest.language.secrecy import MASK
from digest.records import FinishReason, ModelRequest, ModelResponse, Usage

MAX_ANSWER_BYTES = 2_000_000
"""Least limit of an answer as it is sent, after decompression: some hundred times a usual one. It keeps a
server that never ends from filling the memory."""

BYTES_A_TOKEN = 1_000
"""What a token may take on its way: the providers wrap each in 100 to 400 bytes of JSON."""

MOST_TOKENS = 1_000_000_000
"""Of a question or an answer: no window holds a thousandth of it, and archives hold no number much longer."""


def _count(value: object) -> object:
    """Take what is no count of tokens for none: the answer beside it is paid for whatever stands there."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
        return int(value)
    is_count = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return ceil(value) if is_count and isinstance(value, int | float) else None


def _object(value: object) -> object:
    return value if isinstance(value, Mapping) else None


Count = Annotated[int | None, BeforeValidator(_count)]
"""Tokens as a provider counts them; None for nothing that could be counted with, which then counts as the
most the question may cost."""

AS_OBJECT = BeforeValidator(_object)
"""What a provider tells of its counts, where it tells an object."""

RETRYABLE_TYPES = re.compile(
    "overloaded|rate_limit|server_error|api_error|timeout|unavailable|internal", re.IGNORECASE
)
"""Words of errors within a stream, whose status is 200, that waiting may mend."""

NOT_OURS = "not an answer of this kind of server"

STREAMS = ("text/event-stream", "application/x-ndjson", "application/json")
"""Kinds of content in which an answer that has not begun was cut off, rather than being something else."""

Texts = AsyncGenerator[str, None]


@dataclass
class Answer:
    """An answer as far as it has come."""

    parts: list[str] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    model_id: str = ""
    finish_reason: FinishReason | None = None
    """None until the server has said that it is done."""


class Wire(Protocol):
    """One provider's wire format; pure."""

    framing: Literal["sse", "lines"]
    """Server-sent events, or a JSON object a line."""

    def path(self, name: str) -> str:
        """Give the path, below the server's address, at which the model `name` is asked."""
        ...

    def headers(self, key: str) -> Mapping[str, str]:
        """Give the headers of a request; `key` may be empty."""
        ...

    def body(self, name: str, request: ModelRequest) -> dict[str, Any]:
        """Write a question."""
        ...

    def take(self, event: Any, answer: Answer) -> None:
        """Add an event of the stream, or a whole answer, to `answer`.

        Raises:
            ValidationError: It is not of this format.
        """
        ...


class ServedModel:
    """Implements ports.LanguageModel.

    Args:
        provider: As in `provider:name`.
        name: The model's, as the server knows it.
        wire: How it is asked.
        server: Where.
    """

    def __init__(self, provider: str, name: str, wire: Wire, server: ModelServer) -> None:
        self.model_id = f"{provider}:{name}"
        self._name = name
        self._wire = wire
        self._server = server

    async def complete(self, request: ModelRequest) -> ModelResponse:
        """Ask once and read the whole answer; see ports.LanguageModel.

        Raises:
            AnswerError: no answer.
        """
        answer = Answer()

        async def take(response: httpx2.Response, body: Bytes) -> None:
            await self._read(response, body, answer)

        await self._server.send(
            "POST",
            self._wire.path(self._name),
            model_id=self.model_id,
            headers=self._wire.headers(self._server.key.get_secret_value()),
            timeout_s=request.timeout_s,
            take=take,
            max_bytes=MAX_ANSWER_BYTES + request.max_tokens * BYTES_A_TOKEN,
            content=json.dumps(self._wire.body(self._name, request), default=dict).encode(),
        )
        return as_response(answer, self._name, self._server)

    async def close(self) -> None:
        """Close all connections."""
        await self._server.close()

    async def _read(self, response: httpx2.Response, body: Bytes, answer: Answer) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/html":
            reason = "answered with a web page; is the address that of a model server?"
            raise AnswerError(self.model_id, reason)
        is_whole = kind == "application/json" and self._wire.framing != "lines"
        framed = _whole(body) if is_whole else FRAMINGS[self._wire.framing](body)
        has_ended, has_begun, broken = False, False, ""
        async with aclosing(framed) as events:
            async for event in events:
                # What is no JSON was cut where nothing follows it, and is another protocol elsewhere.
                if broken:
                    break
                if event == "[DONE]":
                    has_ended = True
                    break
                has_begun = True
                broken = "" if self._take(event, answer) else event
        if broken and (event != broken or not answer.parts):
            raise AnswerError(self.model_id, f"{NOT_OURS}: expected JSON", may_be_paid=True)
        if not (has_begun or has_ended) and kind not in STREAMS:
            raise AnswerError(self.model_id, f"{NOT_OURS}: expected a stream, got {kind or 'nothing'}")
        if answer.finish_reason is None and not has_ended:
            reason = "the answer stopped before its end"
            raise AnswerError(self.model_id, reason, is_retryable=True, may_be_paid=True)

    def _take(self, text: str, answer: Answer) -> bool:
        """Take an event in; returns whether it is JSON."""
        event = json_or_none(text.encode())
        if event is None:
            return False
        if isinstance(event, dict) and (event.get("error") or event.get("object") == "error"):
            said = said_of_error(event)
            is_passing = said.code == 429 or said.code >= 500 or bool(RETRYABLE_TYPES.search(said.kind))
            raise AnswerError(
                self.model_id,
                f"the answer broke off: {self._server.cleaned(said.message) or 'the server failed'}",
                # An error without a kind is the server's own.
                is_retryable=is_passing or not (said.code or said.kind),
                retry_after_s=said.retry_after_s,
                may_be_paid=True,
            )
        if wrong := misfit(self._wire, event, answer):
            raise AnswerError(self.model_id, f"{NOT_OURS}: unexpected {wrong}", may_be_paid=True)
        return True


def as_response(answer: Answer, name: str, server: ModelServer) -> ModelResponse:
    """Make the record of an answer to the model `name`; a key that it repeats stays out."""
    key = server.key.get_secret_value()
    text, model_id = "".join(answer.parts), answer.model_id or name
    if key:
        text, model_id = text.replace(key, MASK), model_id.replace(key, MASK)
    usage = Usage(max(0, answer.input_tokens), max(0, answer.output_tokens))
    return ModelResponse(text, usage, model_id, answer.finish_reason or "other")


def misfit(wire: Wire, event: Any, answer: Answer) -> str:
    """Have an event taken in; says where it is not of the format, and nothing of what it holds."""
    try:
        wire.take(event, answer)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        return ".".join(map(str, found["loc"])) or "JSON"
    return ""


async def _lines(body: Bytes) -> Texts:
    """Cut a body into lines, at the ends of line of servers alone: JSON may hold others as they are."""
    rest = b""
    async for part in body:
        whole, end, rest = (rest + part).rpartition(b"\n")
        for line in (whole + end).splitlines():
            yield line.decode("utf-8", "replace")
    for line in rest.splitlines():
        yield line.decode("utf-8", "replace")


async def _json_lines(body: Bytes) -> Texts:
    async for line in _lines(body):
        if line.strip():
            yield line


async def _server_sent_events(body: Bytes) -> Texts:
    """Give what each event holds; its name, number and comments say nothing that it does not."""
    held: list[str] = []
    async for line in _lines(body):
        # A mark of the byte order may open a stream.
        name, _, value = line.removeprefix("\ufeff").partition(":")
        if name == "data":
            held.append(value.removeprefix(" "))
        elif not line and held:
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


async def _whole(body: Bytes) -> Texts:
    """Give an answer that was sent in one piece, as some servers do whatever they are asked."""
    yield b"".join([part async for part in body]).decode("utf-8", "replace")


FRAMINGS = {"sse": _server_sent_events, "lines": _json_lines}
