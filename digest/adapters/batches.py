"""Questions handed over together: OpenAI's /batches, Anthropic's /messages/batches; see ports.BatchModel.

Each question is written as the wire format writes it alone, but is not streamed. No address that a server
names for its results is asked: they are fetched below the server's own.
"""

import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ValidationError

from digest.adapters.model_server import ModelServer, json_or_none, said_of_error
from digest.adapters.served_model import NOT_OURS, Answer, Wire, as_response, misfit
from digest.errors import AnswerError
from digest.records import BatchResult, ModelRequest, ModelResponse

STEP_S = 120.0
"""Seconds for one request about a batch; a week's results are some megabytes."""

MAX_RESULT_BYTES = 100_000_000
"""Of one batch's results: a thousand articles take a twentieth."""

NEWEST = 20
"""Batches that `recent` names: more than anybody makes in a day."""

STREAMING = ("stream", "stream_options")


class Line(BaseModel):
    """One result, as either provider writes it."""

    custom_id: str
    response: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    result: dict[str, Any] | None = None


class BatchedModel(ABC):
    """What both providers share.

    Args:
        provider: As in `provider:name`.
        name: The model's.
        wire: How one question is written and its answer read.
        server: Where.
    """

    def __init__(self, provider: str, name: str, wire: Wire, server: ModelServer) -> None:
        self.model_id = f"{provider}:{name}"
        self._name = name
        self._wire = wire
        self._server = server

    @abstractmethod
    async def submit(self, requests: Mapping[str, ModelRequest]) -> str:
        """Hand questions over; see ports.BatchModel."""

    @abstractmethod
    async def collect(self, batch_id: str) -> BatchResult:
        """Ask how far a batch is; see ports.BatchModel."""

    @abstractmethod
    async def recent(self) -> Sequence[str]:
        """Give the newest batches; see ports.BatchModel."""

    async def close(self) -> None:
        """Close all connections."""
        await self._server.close()

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        written = self._wire.body(self._name, request)
        return {name: value for name, value in written.items() if name not in STREAMING}

    async def _fetch(
        self, method: str, path: str, content: bytes | None = None, content_type: str = "application/json"
    ) -> bytes:
        """Send a request and give the whole body of its answer."""
        parts: list[bytes] = []

        async def take(response: httpx2.Response, body: AsyncGenerator[bytes, None]) -> None:
            parts.extend([part async for part in body])

        headers = dict(self._wire.headers(self._server.key.get_secret_value()))
        await self._server.send(
            method,
            path,
            model_id=self.model_id,
            headers=headers | {"content-type": content_type},
            timeout_s=STEP_S,
            take=take,
            max_bytes=MAX_RESULT_BYTES,
            content=content,
        )
        return b"".join(parts)

    async def _object(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        return self._read_object(await self._fetch(method, path, content))

    def _read_object(self, content: bytes) -> dict[str, Any]:
        found = json_or_none(content)
        if not isinstance(found, dict):
            raise AnswerError(self.model_id, f"{NOT_OURS}: expected a JSON object", may_be_paid=True)
        return found

    def _id_in(self, found: Mapping[str, Any], name: str = "id") -> str:
        value = found.get(name)
        if not isinstance(value, str) or not value:
            raise AnswerError(self.model_id, f"{NOT_OURS}: expected {name}", may_be_paid=True)
        return value

    async def _recent(self, path: str) -> Sequence[str]:
        listed = (await self._object("GET", f"{path}?limit={NEWEST}")).get("data")
        batches = listed if isinstance(listed, list) else ()
        return [each["id"] for each in batches if isinstance(each, dict) and isinstance(each.get("id"), str)]

    def _lines(self, content: bytes) -> Iterator[Line]:
        for line in filter(None, map(bytes.strip, content.splitlines())):
            found = _line(line)
            if found is None:
                raise AnswerError(self.model_id, f"{NOT_OURS}: a result that cannot be read")
            yield found

    def _result(self, told: Iterable[tuple[str, dict[str, Any] | None, Any]]) -> BatchResult:
        """Sort results, each with a whole answer or an error, into answers and problems."""
        answers: dict[str, ModelResponse] = {}
        problems: dict[str, str] = {}
        for custom_id, body, error in told:
            answer = Answer()
            if body is None:
                message = said_of_error(error).message if isinstance(error, dict) else str(error)
                problems[custom_id] = self._server.cleaned(message) or "not answered"
            elif wrong := misfit(self._wire, body, answer):
                problems[custom_id] = f"{NOT_OURS}: unexpected {wrong}"
            else:
                answers[custom_id] = as_response(answer, self._name, self._server)
        return BatchResult("done", answers, problems)


class OpenAIBatches(BatchedModel):
    """Batches of OpenAI: a file of questions, and a file of answers."""

    async def submit(self, requests: Mapping[str, ModelRequest]) -> str:
        """Hand questions over; see ports.BatchModel."""
        path = f"/v1{self._wire.path(self._name)}"
        lines = (
            json.dumps({"custom_id": custom_id, "method": "POST", "url": path, "body": self._body(request)})
            for custom_id, request in requests.items()
        )
        boundary = secrets.token_hex(16)
        content = _form(boundary, "\n".join(lines).encode())
        form_type = f"multipart/form-data; boundary={boundary}"
        file_id = self._id_in(self._read_object(await self._fetch("POST", "/files", content, form_type)))
        asked = {"input_file_id": file_id, "endpoint": path, "completion_window": "24h"}
        return self._id_in(await self._object("POST", "/batches", asked))

    async def collect(self, batch_id: str) -> BatchResult:
        """Ask how far a batch is; see ports.BatchModel."""
        batch = await self._object("GET", f"/batches/{quote(batch_id, safe='')}")
        state = batch.get("status")
        if state == "failed":
            errors = batch.get("errors")
            first = (errors.get("data") or [{}]) if isinstance(errors, dict) else [{}]
            problem = self._server.cleaned(said_of_error(first).message)
            return BatchResult("failed", {}, {}, problem or "the provider took none of the questions")
        # What an expired or a cancelled batch had answered is there, and paid.
        if state not in ("completed", "expired", "cancelled"):
            return BatchResult("open", {}, {})
        files = [batch[name] for name in ("output_file_id", "error_file_id") if batch.get(name)]
        content = [await self._fetch("GET", f"/files/{quote(str(each), safe='')}/content") for each in files]
        return self._result(map(_openai_result, self._lines(b"\n".join(content))))

    async def recent(self) -> Sequence[str]:
        """Give the newest batches; see ports.BatchModel."""
        return await self._recent("/batches")


class AnthropicBatches(BatchedModel):
    """Batches of Anthropic."""

    async def submit(self, requests: Mapping[str, ModelRequest]) -> str:
        """Hand questions over; see ports.BatchModel."""
        asked = [{"custom_id": each, "params": self._body(request)} for each, request in requests.items()]
        return self._id_in(await self._object("POST", "/messages/batches", {"requests": asked}))

    async def collect(self, batch_id: str) -> BatchResult:
        """Ask how far a batch is; see ports.BatchModel."""
        path = f"/messages/batches/{quote(batch_id, safe='')}"
        if (await self._object("GET", path)).get("processing_status") != "ended":
            return BatchResult("open", {}, {})
        return self._result(map(_anthropic_result, self._lines(await self._fetch("GET", f"{path}/results"))))

    async def recent(self) -> Sequence[str]:
        """Give the newest batches; see ports.BatchModel."""
        return await self._recent("/messages/batches")


def _line(content: bytes) -> Line | None:
    """Read a line of results; None where it is none."""
    try:
        return Line.model_validate_json(content)
    except ValidationError:
        return None


def _openai_result(line: Line) -> tuple[str, dict[str, Any] | None, Any]:
    response = line.response or {}
    body = response.get("body")
    is_answer = response.get("status_code") == 200 and isinstance(body, dict)
    return line.custom_id, body if is_answer else None, line.error or body or ""


def _anthropic_result(line: Line) -> tuple[str, dict[str, Any] | None, Any]:
    result = line.result or {}
    message = result.get("message")
    is_answer = result.get("type") == "succeeded" and isinstance(message, dict)
    error = result.get("error")
    # The error stands in an envelope of its own.
    inner = error.get("error", error) if isinstance(error, dict) else None
    return (
        line.custom_id,
        message if is_answer else None,
        {"error": inner} if inner else result.get("type", ""),
    )


def _form(boundary: str, lines: bytes) -> bytes:
    """Write the form that uploads a file of questions."""
    purpose = f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="questions.jsonl"\r\n'
        "Content-Type: application/jsonl\r\n\r\n"
    )
    return f"{purpose}{head}".encode() + lines + f"\r\n--{boundary}--\r\n".encode()
