"""A server on loopback that speaks the providers' wire formats and answers as a script says.

    with FakeLanguageModels(too_many(retry_after="2"), good('{"title": "A bridge opens"}')) as fake:
        model = language_model_named("local:fake", base_url=fake.url("openai"), environ={})
        ...
    assert len(fake.calls) == 2 and "bridge" in fake.calls[0].user

The script's replies are given in the order of the calls, over all formats; the last one is repeated. In the
place of a Reply a script may hold a function of the Call, for answers that depend on what was asked:

    FakeLanguageModels(lambda call: good(json.dumps(row_of(call.user))))

It is a real HTTP server in threads of its own, so that a test may ask it from a process it starts. What it
speaks (`url` gives the address that belongs into `language_model_url`):

- openai: /v1/chat/completions (server-sent events or whole, as asked), /v1/models, /v1/files, /v1/batches
- anthropic: /v1/messages (server-sent events or whole), /v1/messages/batches
- google: /v1beta/models/NAME:streamGenerateContent?alt=sse and :generateContent
- ollama: /api/chat (a JSON object a line, or whole), /api/tags

A batch is answered by the same script, a reply a question in order, and is done when it has been asked after
`batch_rounds` times; `calls` has each of its questions with `batch` set, and `batches_made` counts them. A
reply of the error type `expired` is to a question that was not answered in time; `batch_ends="failed"` gives up
each batch as a whole (OpenAI).
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Format = Literal["openai", "anthropic", "google", "ollama"]
Finish = Literal["stop", "length", "refused"]

WORDS = {
    "openai": {"stop": "stop", "length": "length", "refused": "content_filter"},
    "anthropic": {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"},
    "google": {"stop": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"},
    "ollama": {"stop": "stop", "length": "length", "refused": "stop"},
}
"""How each format says why an answer ended; Ollama knows no refusals."""

PROSE = "Certainly! Here is what the article says: a bridge was opened, and people liked it."


@dataclass(frozen=True)
class Call:
    """A question as it arrived."""

    format: Format
    path: str
    headers: Mapping[str, str]
    """By lower-case names."""
    body: Mapping[str, Any]
    model: str
    system: str
    user: str
    schema: Mapping[str, Any] | None
    max_tokens: int
    is_streamed: bool
    batch: str = ""
    """The batch it came in; empty for none."""
    custom_id: str = ""


@dataclass(frozen=True)
class Reply:
    """What the server does with one call."""

    text: str = ""
    finish: Finish | str = "stop"
    """One of `Finish`, or the provider's own word."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    """What an error says, or a refusal."""
    error_type: str = ""
    pause_s: float = 0.0
    """Seconds of silence before anything is sent."""
    pause_between_s: float = 0.0
    """Seconds between two pieces of a stream."""
    stops_after: int | None = None
    """Close the connection after so many pieces of text."""
    ends_early: bool = False
    """With `stops_after`: whether the answer ends there as if it were whole, rather than being cut off."""
    error_after: int | None = None
    """Send the error in the stream, after so many pieces of text."""
    whole: bool = False
    """Answer with one JSON object though a stream was asked for."""
    raw: bytes | None = None
    """Send this body instead, with `headers`."""
    input_tokens: int = 120
    output_tokens: int = 30
    thought: str = ""
    """Thinking that is sent beside the answer and is no part of it."""


Script = Reply | Callable[[Call], Reply]


def good(text: str, **more: Any) -> Reply:
    """Answer with this text, which is done."""
    return Reply(text, **more)


def prose() -> Reply:
    """Answer with status 200 and prose, whatever the schema."""
    return Reply(PROSE)


def not_to_schema() -> Reply:
    """Answer with JSON of other fields."""
    return Reply('{"answer": ["a bridge"], "confidence": "high"}')


def cut(text: str) -> Reply:
    """Answer with a text that ended at the limit of tokens."""
    return Reply(text, finish="length")


def refusal() -> Reply:
    """Decline, as the format says it."""
    return Reply("", finish="refused", message="I cannot help with that.")


def too_many(retry_after: str = "", message: str = "rate limit reached") -> Reply:
    """Answer 429, with the header where it is given."""
    headers = {"retry-after": retry_after} if retry_after else {}
    return Reply(status=429, headers=headers, message=message, error_type="rate_limit_error")


def failed(status: int = 500, message: str = "something went wrong", **more: Any) -> Reply:
    """Answer with an error."""
    return Reply(status=status, message=message, **more)


def silent(seconds: float) -> Reply:
    """Say nothing for so long, then answer."""
    return Reply("{}", pause_s=seconds)


def stops(text: str, after: int = 1) -> Reply:
    """Close the connection in the midst of a stream."""
    return Reply(text, stops_after=after)


class FakeLanguageModels:
    """Listens on a free port of 127.0.0.1 while it is entered."""

    def __init__(
        self,
        *script: Script,
        models: Sequence[str] = ("fake",),
        batch_rounds: int = 1,
        batch_ends: str = "completed",
    ) -> None:
        self.script = list(script) or [good("{}")]
        self.models = tuple(models)
        self.batch_rounds = batch_rounds
        self.batch_ends = batch_ends
        self.calls: list[Call] = []
        """Every question, in order of arrival."""
        self.asked: list[str] = []
        """Method and path of every request, questions or not."""
        self.batches_made = 0
        self.given_up = 0
        """Streams whose reader went away."""
        self.peak = 0
        """Most calls at once."""
        self._now = 0
        self._lock = threading.Lock()
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, Batch] = {}
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        assert self._server, "enter it first"
        return int(self._server.server_address[1])

    def url(self, format: Format | None = None) -> str:
        """Give the address a format is spoken at, as a setting has it."""
        paths = {"openai": "/v1", "anthropic": "", "google": "/v1beta", "ollama": "", None: ""}
        return f"http://127.0.0.1:{self.port}{paths[format]}"

    def __enter__(self) -> "FakeLanguageModels":
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fake._get(self)

            def do_POST(self) -> None:
                fake._post(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        # A silent call must not hold up the end of a test.
        self._server.block_on_close = False
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server
        self._server.shutdown()
        self._server.server_close()

    def _next(self, call: Call) -> Reply:
        with self._lock:
            script = self.script[min(len(self.calls), len(self.script) - 1)]
            self.calls.append(call)
        return script(call) if callable(script) else script

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        content = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        self.asked.append(f"POST {handler.path}")
        path = handler.path.partition("?")[0]
        headers = {name.lower(): value for name, value in handler.headers.items()}
        if path == "/v1/files":
            return _whole(handler, 200, self._keep_file(content))
        if path in ("/v1/batches", "/v1/messages/batches"):
            return _whole(handler, 200, self._make_batch(path, headers, json.loads(content)))
        call = _call(path, headers, json.loads(content))
        if call is None:
            return _whole(handler, 404, {"error": {"message": f"no such path: {path}"}})
        with self._lock:
            self._now += 1
            self.peak = max(self.peak, self._now)
        try:
            _play(handler, call, self._next(call))
        except OSError:
            self.given_up += 1
            handler.close_connection = True
        finally:
            with self._lock:
                self._now -= 1

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"GET {handler.path}")
        path = handler.path.partition("?")[0]
        if path == "/v1/models":
            return _whole(handler, 200, {"object": "list", "data": [{"id": name} for name in self.models]})
        if path == "/api/tags":
            return _whole(handler, 200, {"models": [{"name": name} for name in self.models]})
        if match := re.fullmatch(r"/v1/files/([\w-]+)/content", path):
            return _send(handler, 200, {"content-type": "application/octet-stream"}, self._files[match[1]])
        if path in ("/v1/batches", "/v1/messages/batches"):
            listed = [self._state(each, asks=False) for each in reversed(self._batches.values())]
            return _whole(handler, 200, {"data": listed, "has_more": False})
        if match := re.fullmatch(r"/v1/(?:messages/)?batches/([\w-]+)(/results)?", path):
            batch = self._batches.get(match[1])
            if batch is None:
                return _whole(handler, 404, {"error": {"message": "no such batch"}})
            if match[2]:
                return _send(handler, 200, {"content-type": "application/x-jsonl"}, batch.lines())
            return _whole(handler, 200, self._state(batch))
        return _whole(handler, 404, {"error": {"message": f"no such path: {path}"}})

    def _keep_file(self, content: bytes) -> dict[str, Any]:
        """Take the file out of a multipart body."""
        name = f"file-{len(self._files) + 1}"
        part = next(each for each in content.split(b"\r\n--") if b'name="file"' in each)
        self._files[name] = part.partition(b"\r\n\r\n")[2]
        return {"id": name, "object": "file", "purpose": "batch"}

    def _make_batch(self, path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        name = f"batch_{len(self._batches) + 1}"
        batch = Batch(name, "anthropic" if "messages" in path else "openai")
        if batch.format == "openai":
            lines = [json.loads(line) for line in self._files[body["input_file_id"]].splitlines() if line]
            asked = [(line["custom_id"], line["url"], line["body"]) for line in lines]
        else:
            asked = [(each["custom_id"], "/v1/messages", each["params"]) for each in body["requests"]]
        for custom_id, question_path, question in asked:
            call = _call(question_path, headers, question)
            assert call, f"a batch asks {question_path}"
            call = replace(call, batch=name, custom_id=custom_id)
            batch.answers.append((call, self._next(call)))
        self._batches[name] = batch
        self.batches_made += 1
        return self._state(batch)

    def _state(self, batch: "Batch", *, asks: bool = True) -> dict[str, Any]:
        is_done = batch.asked > self.batch_rounds
        batch.asked += asks
        if batch.format == "anthropic":
            state = "ended" if is_done else "in_progress"
            # Not to be asked: it is not the server's own.
            results = f"http://127.0.0.2:{self.port}/v1/messages/batches/{batch.name}/results"
            return {
                "id": batch.name,
                "type": "message_batch",
                "processing_status": state,
                "results_url": results,
            }
        if is_done:
            self._files[f"{batch.name}-out"] = batch.lines()
        return {
            "id": batch.name,
            "object": "batch",
            "status": self.batch_ends if is_done else "in_progress",
            "errors": {"data": [{"code": "x", "message": "line 1 is wrong"}]}
            if self.batch_ends == "failed"
            else None,
            "output_file_id": f"{batch.name}-out" if is_done else None,
            "error_file_id": None,
        }


@dataclass
class Batch:
    """Questions handed over together, with the replies they will have."""

    name: str
    format: Format
    answers: list[tuple[Call, Reply]] = field(default_factory=list)
    asked: int = 0

    def lines(self) -> bytes:
        """Write the results, last question first: their order means nothing."""
        results = [_result(call, reply) for call, reply in reversed(self.answers)]
        return b"".join(json.dumps(result).encode() + b"\n" for result in results)


def _result(call: Call, reply: Reply) -> dict[str, Any]:
    if reply.error_type == "expired":
        if call.format == "anthropic":
            return {"custom_id": call.custom_id, "result": {"type": "expired"}}
        expired = {"code": "batch_expired", "message": "not executed within the window"}
        return {"custom_id": call.custom_id, "response": None, "error": expired}
    body = _whole_answer(call, reply) if reply.status == 200 else _error(call.format, reply)
    if call.format == "openai":
        answer = {"status_code": reply.status, "body": body}
        return {"id": f"r-{call.custom_id}", "custom_id": call.custom_id, "response": answer, "error": None}
    result = (
        {"type": "succeeded", "message": body} if reply.status == 200 else {"type": "errored", "error": body}
    )
    return {"custom_id": call.custom_id, "result": result}


def _call(path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Call | None:
    """Read a question; None where nothing is asked at that path."""
    if path == "/v1/chat/completions":
        said = {each["role"]: each["content"] for each in body["messages"]}
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        most = body.get("max_completion_tokens", body.get("max_tokens", 0))
        return Call("openai", path, headers, body, body["model"], said.get("system", ""), said["user"],
                    schema, most, bool(body.get("stream")))  # fmt: skip
    if path == "/v1/messages":
        schema = body.get("output_config", {}).get("format", {}).get("schema")
        return Call("anthropic", path, headers, body, body["model"], body.get("system", ""),
                    body["messages"][0]["content"], schema, body["max_tokens"],
                    bool(body.get("stream")))  # fmt: skip
    if match := re.fullmatch(r"/v1beta/models/([^/:]+):(stream)?[gG]enerateContent", path):
        config = body["generationConfig"]
        return Call("google", path, headers, body, match[1], body["systemInstruction"]["parts"][0]["text"],
                    body["contents"][0]["parts"][0]["text"], config.get("responseJsonSchema"),
                    config["maxOutputTokens"], bool(match[2]))  # fmt: skip
    if path == "/api/chat":
        said = {each["role"]: each["content"] for each in body["messages"]}
        return Call("ollama", path, headers, body, body["model"], said.get("system", ""), said["user"],
                    body.get("format"), body["options"]["num_predict"],
                    bool(body.get("stream", True)))  # fmt: skip
    return None


def _play(handler: BaseHTTPRequestHandler, call: Call, reply: Reply) -> None:
    time.sleep(reply.pause_s)
    if reply.raw is not None:
        return _send(handler, reply.status, reply.headers, reply.raw)
    if reply.status != 200:
        return _whole(handler, reply.status, _error(call.format, reply), reply.headers)
    if reply.whole or not call.is_streamed:
        return _whole(handler, 200, _whole_answer(call, reply), reply.headers)
    is_lines = call.format == "ollama"
    handler.send_response(200)
    handler.send_header("content-type", "application/x-ndjson" if is_lines else "text/event-stream")
    handler.send_header("transfer-encoding", "chunked")
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    for event in _stream(call, reply):
        if event is None:
            handler.close_connection = True
            return
        name = f"event: {event['type']}\n" if call.format == "anthropic" else ""
        written = f"{json.dumps(event)}\n" if is_lines else f"{name}data: {json.dumps(event)}\n\n"
        _chunk(handler, written.encode())
        time.sleep(reply.pause_between_s)
    if call.format == "openai" and not reply.ends_early and reply.error_after is None:
        _chunk(handler, b"data: [DONE]\n\n")
    handler.wfile.write(b"0\r\n\r\n")


def _stream(call: Call, reply: Reply) -> Iterator[dict[str, Any] | None]:
    """Give the events of an answer; None where the connection is closed on it."""
    parts = re.findall(r"\s*\S+|\s+", reply.text)
    yield from STARTS[call.format](call, reply)
    if reply.thought:
        yield THOUGHTS[call.format](call, reply.thought)
    for number, part in enumerate(parts):
        if number == reply.stops_after:
            if not reply.ends_early:
                yield None
            return
        if number == reply.error_after:
            break
        yield PARTS[call.format](call, part)
    if reply.error_after is not None:
        yield _error(call.format, reply)
    elif reply.stops_after is not None:
        yield None
    else:
        yield from ENDS[call.format](call, reply)


def _word(call: Call, reply: Reply) -> str:
    return WORDS[call.format].get(reply.finish, reply.finish)


def _choice(call: Call, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "model": call.model, "choices": [choice]}


def _openai_usage(reply: Reply) -> dict[str, int]:
    return {
        "prompt_tokens": reply.input_tokens,
        "completion_tokens": reply.output_tokens,
        "total_tokens": reply.input_tokens + reply.output_tokens,
    }


def _openai_start(call: Call, reply: Reply) -> Iterator[dict[str, Any]]:
    yield _choice(call, {"role": "assistant", "content": None})
    if reply.finish == "refused" and reply.message:
        yield _choice(call, {"refusal": reply.message})


def _openai_end(call: Call, reply: Reply) -> Iterator[dict[str, Any]]:
    yield _choice(call, {}, _word(call, reply))
    yield {"id": "c1", "model": call.model, "choices": [], "usage": _openai_usage(reply)}


def _anthropic_start(call: Call, reply: Reply) -> Iterator[dict[str, Any]]:
    usage = {"input_tokens": reply.input_tokens, "output_tokens": 1}
    message = {"id": "m1", "type": "message", "role": "assistant", "model": call.model, "content": [],
               "stop_reason": None, "usage": usage}  # fmt: skip
    yield {"type": "message_start", "message": message}
    yield {"type": "ping"}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}


def _anthropic_delta(delta: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": delta}


def _anthropic_end(call: Call, reply: Reply) -> Iterator[dict[str, Any]]:
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": _word(call, reply), "stop_sequence": None},
        "usage": {"output_tokens": reply.output_tokens},
    }
    yield {"type": "message_stop"}


def _google(call: Call, parts: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "index": 0, **more}
    return {"candidates": [candidate], "modelVersion": call.model}


def _google_end(call: Call, reply: Reply) -> Iterator[dict[str, Any]]:
    thoughts = len(reply.thought.split())
    yield _google(call, [{"text": ""}], finishReason=_word(call, reply)) | {
        "usageMetadata": {
            "promptTokenCount": reply.input_tokens,
            "candidatesTokenCount": reply.output_tokens - thoughts,
            "thoughtsTokenCount": thoughts,
        }
    }


def _ollama(call: Call, message: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": call.model, "created_at": "2026-11-22T06:00:00Z",
            "message": {"role": "assistant", "content": "", **message}, "done": False, **more}  # fmt: skip


def _ollama_end(call: Call, reply: Reply) -> Iterator[dict[str, Any]]:
    yield _ollama(
        call,
        {},
        done=True,
        done_reason=_word(call, reply),
        prompt_eval_count=reply.input_tokens,
        eval_count=reply.output_tokens,
    )


Events = Callable[[Call, Reply], Iterator[dict[str, Any]]]
Piece = Callable[[Call, str], dict[str, Any]]

STARTS: dict[str, Events] = {
    "openai": _openai_start,
    "anthropic": _anthropic_start,
    "google": lambda call, reply: iter(()),
    "ollama": lambda call, reply: iter(()),
}
PARTS: dict[str, Piece] = {
    "openai": lambda call, part: _choice(call, {"content": part}),
    "anthropic": lambda call, part: _anthropic_delta({"type": "text_delta", "text": part}),
    "google": lambda call, part: _google(call, [{"text": part}]),
    "ollama": lambda call, part: _ollama(call, {"content": part}),
}
THOUGHTS: dict[str, Piece] = {
    "openai": lambda call, thought: _choice(call, {"reasoning_content": thought}),
    "anthropic": lambda call, thought: _anthropic_delta({"type": "thinking_delta", "thinking": thought}),
    "google": lambda call, thought: _google(call, [{"text": thought, "thought": True}]),
    "ollama": lambda call, thought: _ollama(call, {"thinking": thought}),
}
ENDS: dict[str, Events] = {
    "openai": _openai_end,
    "anthropic": _anthropic_end,
    "google": _google_end,
    "ollama": _ollama_end,
}


def _whole_answer(call: Call, reply: Reply) -> dict[str, Any]:
    word = _word(call, reply)
    if call.format == "openai":
        message = {"role": "assistant", "content": reply.text}
        if reply.finish == "refused" and reply.message:
            message["refusal"] = reply.message
        choice = {"index": 0, "message": message, "finish_reason": word}
        return {"id": "c1", "object": "chat.completion", "model": call.model, "choices": [choice],
                "usage": _openai_usage(reply)}  # fmt: skip
    if call.format == "anthropic":
        usage = {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens}
        content = [{"type": "text", "text": reply.text}]
        return {"id": "m1", "type": "message", "model": call.model, "content": content, "stop_reason": word,
                "usage": usage}  # fmt: skip
    [end] = ENDS[call.format](call, reply)
    if call.format == "google":
        end["candidates"][0]["content"]["parts"] = [{"text": reply.text}]
    else:
        end["message"]["content"] = reply.text
    return end


def _error(format: Format, reply: Reply) -> dict[str, Any]:
    kind = reply.error_type
    if format == "openai":
        return {"error": {"message": reply.message, "type": kind, "param": None, "code": kind or None}}
    if format == "anthropic":
        return {"type": "error", "error": {"type": kind or "api_error", "message": reply.message}}
    if format == "google":
        return {"error": {"code": reply.status, "message": reply.message, "status": kind or "INTERNAL"}}
    return {"error": reply.message}


def _whole(
    handler: BaseHTTPRequestHandler, status: int, body: object, headers: Mapping[str, str] | None = None
) -> None:
    _send(
        handler, status, {"content-type": "application/json"} | dict(headers or {}), json.dumps(body).encode()
    )


def _send(handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _chunk(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
    handler.wfile.flush()
