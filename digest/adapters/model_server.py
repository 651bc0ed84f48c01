"""A server of language models over HTTP: a request sent, its answer read within limits, failures told apart.

The server a setting names is reached wherever it is, and nothing else of this machine or house: redirects are
not followed, and no address that a server sends is ever asked. A key is in no message, log or repr.
"""

import asyncio
import base64
import json
import logging
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

import httpcore2
import httpx2
from pydantic import SecretStr

from digest.adapters.guard import Guard, RefusedError
from digest.adapters.http import LIBRARY_ERRORS, Resolver, connection_reason, guarded_client, resolve
from digest.errors import AnswerError
from digest.language.secrecy import MASK, login_in, shown_url

MAX_ERROR_BYTES = 100_000
"""So much of an error is read; a message of one stands in its beginning."""

MAX_ERROR_CHARS = 300
"""So much of what a server says of an error is shown: it may repeat the whole question."""

KEY_PIECE = 8
"""Characters in a row of a key that give it away: providers show the last 4 of a refused one, and its first
letters are the same for everybody."""

WORD = re.compile(r"[^\s\"'<>,;:()\[\]{}]{4,}")

Bytes = AsyncGenerator[bytes, None]

# At -vv it would log the headers of answers, and a server may repeat the key in one.
logging.getLogger("httpcore2.http11").setLevel(logging.INFO)


class ModelServer:
    """One server, with the key it wants. Belongs to the event loop of its first request; close it there.

    Args:
        base_url: Its address, without a slash at the end; paths are put behind it.
        key: What it knows the caller by; empty for none.
        key_variable: Where that comes from; messages say so.
        is_named: Whether the settings name the address: then it may be one of this machine or house.
        allow_hosts: Further hosts and networks that may be connected to though they are not public.
        proxy: Address of a proxy for what is public.
        resolver: Turns names into addresses.
        backend: Opens the connections; for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str = "",
        key_variable: str = "",
        is_named: bool = False,
        allow_hosts: tuple[str, ...] = (),
        proxy: str | None = None,
        resolver: Resolver = resolve,
        backend: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self.base_url = base_url
        self.key = SecretStr(key)
        self.key_variable = key_variable
        self._secrets = SecretStr("\n".join(_secrets(base_url, key)))
        host = httpx2.URL(base_url).raw_host.decode("ascii")
        self._is_private = is_private(host)
        self._client = guarded_client(
            Guard((*allow_hosts, host) if is_named else allow_hosts),
            headers={"user-agent": "digest", "accept": "*/*"},
            proxy=None if is_named and self._is_private else proxy,
            resolver=resolver,
            backend=backend,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    def cleaned(self, text: str) -> str:
        """Hide the key in what a server sent, and any piece of it long enough to be one."""
        for secret in self._secrets.get_secret_value().split("\n"):
            if secret:
                text = text.replace(secret, MASK)
                text = WORD.sub(partial(masked_word, secret), text)
        return text

    async def send(
        self,
        method: str,
        path: str,
        *,
        model_id: str,
        headers: Mapping[str, str],
        timeout_s: float,
        take: Callable[[httpx2.Response, Bytes], Any],
        max_bytes: int,
        content: bytes | None = None,
    ) -> None:
        """Send a request and have the body of its answer read, all within `timeout_s`.

        Args:
            method: GET or POST.
            path: Put behind the server's address.
            model_id: Whom messages are about.
            headers: Sent besides the usual ones.
            timeout_s: Seconds for everything.
            take: Awaited with the answer, whose status is 200, and its decompressed body.
            max_bytes: Most bytes of body, after decompression.
            content: The request's body.

        Raises:
            AnswerError: no connection, an HTTP status, time out, a body that broke off or is too large; or by
                `take`.
        """
        sent = Sent()
        try:
            async with asyncio.timeout(timeout_s):
                await self._send(method, path, model_id, headers, content, take, max_bytes, sent)
        except TimeoutError as error:
            reason = f"timed out after {round(timeout_s, 1):g} s"
            raise AnswerError(model_id, reason, is_retryable=True, may_be_paid=sent.has_begun) from error
        except RefusedError as error:
            raise AnswerError(model_id, f"refused: {error}") from error
        except LIBRARY_ERRORS as error:
            reason = self.cleaned(connection_reason(error))
            if sent.has_answer:
                reason = f"the answer broke off: {reason}"
            elif not sent.has_begun and self._is_private:
                reason = f"{reason}; is a model server running at {shown_url(self.base_url)}?"
            raise AnswerError(model_id, reason, is_retryable=True, may_be_paid=sent.has_begun) from error

    async def _send(
        self,
        method: str,
        path: str,
        model_id: str,
        headers: Mapping[str, str],
        content: bytes | None,
        take: Callable[[httpx2.Response, Bytes], Any],
        max_bytes: int,
        sent: "Sent",
    ) -> None:
        request = self._client.build_request(
            method,
            self.base_url + path,
            headers=headers,
            content=content,
            extensions={"trace": sent.trace},
        )
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code != 200:
                raise await self._refusal(model_id, response)
            sent.has_answer = True
            async with aclosing(_limited(response, max_bytes, model_id)) as body:
                await take(response, body)
        finally:
            await response.aclose()

    async def _refusal(self, model_id: str, response: httpx2.Response) -> AnswerError:
        """Say what an answer other than 200 means."""
        status = response.status_code
        if 300 <= status < 400:
            where = self.cleaned(response.headers.get("location", "elsewhere"))
            return AnswerError(
                model_id, f"HTTP {status} to {where[:200]}: redirects are not followed", status=status
            )
        content = b""
        async with aclosing(response.aiter_bytes()) as parts:
            async for part in parts:
                content += part
                if len(content) > MAX_ERROR_BYTES:
                    break
        said = said_of_error(json_or_none(content))
        if status in (401, 403):
            # What they say of a key may show parts of it, so their words stay out.
            return AnswerError(model_id, f"HTTP {status}: {self._key_advice()}", status=status)
        passing = (status == 429 and said.kind != "insufficient_quota") or status >= 500
        message = self.cleaned(said.message)
        wait_s = retry_after_s(response.headers.get("retry-after", ""), said.retry_after_s)
        return AnswerError(
            model_id,
            f"HTTP {status}" + (f": {message}" if message else ""),
            is_retryable=passing,
            status=status,
            retry_after_s=wait_s if passing else None,
        )

    def _key_advice(self) -> str:
        if not self.key_variable:
            return "the server wants a key; put it into OPENAI_API_KEY and name the model openai:NAME"
        if not self.key.get_secret_value():
            return f"the server wants a key; set {self.key_variable}"
        return f"the key in {self.key_variable} is not accepted, or may not use this model; set another"


@dataclass
class Sent:
    """How far a request has got."""

    has_begun: bool = False
    """Whether its first byte left, so that the provider may have it."""
    has_answer: bool = False

    async def trace(self, event: str, details: object) -> None:
        """Notice what the library tells of a request."""
        self.has_begun |= event.endswith("send_request_headers.started")


@dataclass(frozen=True)
class Said:
    """What a server says of an error."""

    message: str = ""
    kind: str = ""
    """Its type or code, in the provider's words."""
    code: int = 0
    """An HTTP status in the error itself; 0 for none."""
    retry_after_s: float | None = None


def is_private(host: str) -> bool:
    """Tell whether a host is one of this machine or house, as far as its spelling says."""
    try:
        Guard(()).judge_host(host)
    except RefusedError:
        return True
    return False


def said_of_error(content: Any) -> Said:
    """Read what the providers write about an error: each has an `error`, as an object or a text."""
    if isinstance(content, list) and content:
        content = content[0]
    error = content.get("error", content) if isinstance(content, dict) else ""
    if isinstance(error, str):
        return Said(_short(error))
    if not isinstance(error, dict):
        return Said()
    code = error.get("code")
    kinds = (code, error.get("type"), error.get("status"))
    return Said(
        _short(error.get("message")),
        next((each for each in kinds if isinstance(each, str)), ""),
        code if isinstance(code, int) else 0,
        _google_delay(error.get("details")),
    )


def _google_delay(details: Any) -> float | None:
    """Give the seconds of `retryDelay`, which Google writes in place of the header: '34s'."""
    for each in details if isinstance(details, list) else ():
        delay = each.get("retryDelay") if isinstance(each, dict) else None
        if isinstance(delay, str) and (match := re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,9})?)s", delay)):
            return float(match[1])
    return None


def retry_after_s(header: str, otherwise: float | None = None) -> float | None:
    """Give the seconds that a Retry-After header asks to wait; `otherwise` where it says nothing."""
    value = header.strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return otherwise
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _short(text: Any) -> str:
    return " ".join(text.split())[:MAX_ERROR_CHARS] if isinstance(text, str) else ""


def json_or_none(content: bytes) -> Any:
    """Read JSON; None where it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _secrets(base_url: str, key: str) -> list[str]:
    """List what must not be seen: the key, and a login in the address in the forms it is sent in."""
    login = login_in(base_url)
    user, _, password = unquote(login).partition(":")
    basic = base64.b64encode(f"{user}:{password}".encode()).decode() if login else ""
    return [each for each in (key, password, login.partition(":")[2], basic) if each]


def masked_word(secret: str, word: re.Match[str]) -> str:
    """Hide a word that holds a piece of a secret long enough to give it away."""
    size = min(KEY_PIECE, len(secret))
    pieces = (secret[at : at + size] for at in range(len(secret) - size + 1))
    return MASK if any(piece in word[0] for piece in pieces) else word[0]


async def _limited(response: httpx2.Response, max_bytes: int, model_id: str) -> Bytes:
    got = 0
    async with aclosing(response.aiter_bytes()) as parts:
        async for part in parts:
            got += len(part)
            if got > max_bytes:
                raise AnswerError(model_id, f"an answer larger than {max_bytes:,} bytes", may_be_paid=True)
            yield part
