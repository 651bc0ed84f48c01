"""A publishing platform's interface over HTTP: one request, its JSON answer, and what an error means.

Redirects are not followed, and no address that a server sends is ever asked. A key is in no message, log or
repr. Only where a platform says that it did nothing yet (429) is a request repeated; of one that got no
answer nobody knows whether it was done, and it is said so.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

import httpcore2
import httpx2
from pydantic import SecretStr

from digest.adapters.guard import Guard, RefusedError
from digest.adapters.http import LIBRARY_ERRORS, Resolver, connection_reason, guarded_client, resolve
from digest.adapters.model_server import WORD, Sent, is_private, json_or_none, masked_word, retry_after_s
from digest.errors import SendError
from digest.language.secrecy import MASK, shown_url

MAX_ANSWER_BYTES = 20_000_000
"""A post with its contents has a hundredth of that; it keeps a server that never ends from filling memory."""

MAX_SAID = 300
"""Characters shown of what a platform says of an error: it may repeat the whole post."""

TIMEOUT_S = 60.0
"""Seconds for a request with its answer: a platform may render a post before it answers."""

MOST_WAITS, LONGEST_WAIT_S = 3, 30.0
"""How often and how many seconds each a platform that is busy is waited for; beyond, an editor is told."""

MAX_ID = 100
"""Characters of a platform's own id."""

AGAIN = "the same command again looks for it first"


class PlatformServer:
    """A platform's interface. Belongs to the event loop of its first request; close it there.

    Args:
        to: Whom messages are about: the destination's name.
        base_url: Its address, without a slash at the end. The settings name it, so it may be one of this
            machine or house.
        key: What is secret: no message shows it, nor a piece of it.
        key_variable: Where the key comes from; messages say so.
        proxy: Address of a proxy for what is public.
        timeout_s: Seconds for a request with its answer.
        sleep: Waits so many seconds.
        resolver: Turns names into addresses.
        backend: Opens the connections; for tests.
    """

    def __init__(
        self,
        to: str,
        base_url: str,
        *,
        key: str,
        key_variable: str,
        proxy: str | None = None,
        timeout_s: float = TIMEOUT_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        resolver: Resolver = resolve,
        backend: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self.to, self.base_url, self.key_variable = to, base_url, key_variable
        self._key = SecretStr(key)
        self._timeout_s, self._sleep = timeout_s, sleep
        host = httpx2.URL(base_url).raw_host.decode("ascii")
        self._client = guarded_client(
            Guard((host,)),
            headers={"user-agent": "digest", "accept": "application/json"},
            proxy=None if is_private(host) else proxy,
            resolver=resolver,
            backend=backend,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Callable[[], Mapping[str, str]],
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send a request and read the JSON of its answer.

        Args:
            method: GET asks for something; all others change something.
            path: Put behind the server's address.
            headers: Gives those of the request, anew for each try: a token may end meanwhile.
            body: Sent as JSON.

        Returns:
            What the answer holds; None where a GET finds nothing (404).

        Raises:
            SendError: anything else.
        """
        for waited in range(MOST_WAITS + 1):
            status, retry, answer = await self._once(method, path, headers(), body)
            wait_s = retry_after_s(retry, 1.0) or 0.0
            if status != 429 or waited == MOST_WAITS or wait_s > LONGEST_WAIT_S:
                break
            await self._sleep(wait_s)
        if 200 <= status < 300:
            if answer is None:
                raise self._unclear(method, f"HTTP {status}, and an answer that is not JSON")
            return answer
        if status == 404 and method == "GET":
            return None
        raise self._refusal(method, status, wait_s, answer)

    async def _once(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> tuple[int, str, Any]:
        """Ask once; gives the status, how long to wait in the server's words, and the JSON or None."""
        sent = Sent()
        try:
            async with asyncio.timeout(self._timeout_s):
                request = self._client.build_request(
                    method,
                    self.base_url + path,
                    headers={**headers, "content-type": "application/json"} if body else headers,
                    content=json.dumps(body).encode() if body else None,
                    extensions={"trace": sent.trace},
                )
                response = await self._client.send(request, stream=True)
                try:
                    content = await self._read(method, response)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            reason = f"no answer within {round(self._timeout_s, 1):g} s"
            raise self._unclear(method, reason, has_begun=sent.has_begun) from error
        except RefusedError as error:
            raise SendError(self.to, f"refused before connecting: {error}; give another url") from error
        except LIBRARY_ERRORS as error:
            reason = self.cleaned(connection_reason(error))
            raise self._unclear(method, reason, has_begun=sent.has_begun) from error
        return response.status_code, response.headers.get("retry-after", ""), json_or_none(content)

    async def _read(self, method: str, response: httpx2.Response) -> bytes:
        content = bytearray()
        async with aclosing(response.aiter_bytes()) as parts:
            async for part in parts:
                content += part
                if len(content) > MAX_ANSWER_BYTES:
                    raise self._unclear(method, f"an answer larger than {MAX_ANSWER_BYTES:,} bytes")
        return bytes(content)

    def _unclear(self, method: str, reason: str, *, has_begun: bool = True) -> SendError:
        """Say that something went wrong, and whether what was asked may have been done."""
        if method == "GET" or not has_begun:
            where = shown_url(self.base_url)
            return SendError(self.to, f"{reason}; nothing was changed at {where}; try again later")
        return SendError(self.to, f"{reason}; it may have been done all the same: {AGAIN}", may_be_done=True)

    def _refusal(self, method: str, status: int, wait_s: float, answer: Any) -> SendError:
        """Say what an answer that is none means, and what to do."""
        said = self.cleaned(said_of_error(answer))
        what = f"HTTP {status}" + (f": {said}" if said else "")
        if status in (401, 403):
            # What they say of a key may show parts of it, so their words stay out.
            step = f"the key in {self.key_variable} is not accepted, or may not do this; set another"
            return SendError(self.to, f"HTTP {status}: {step}", status=status)
        if status >= 500 and method != "GET":
            return SendError(
                self.to,
                f"{what}; it may have been done all the same: {AGAIN}",
                status=status,
                may_be_done=True,
            )
        if 300 <= status < 400:
            step = "it answers with a redirect, which is not followed; give the address it leads to as url"
        elif status == 429:
            step = f"too many requests; try again in {max(1, round(wait_s))} s"
        elif status >= 500:
            step = "nothing was changed; try again later"
        elif status == 404:
            step = "nothing is there under this address; look at url in feeds.yaml"
        elif status == 409:
            step = "it was changed there at the same moment; try again"
        else:
            step = "nothing was changed; mend what it names and try again"
        return SendError(self.to, f"{what}; {step}", status=status)

    def cleaned(self, text: str) -> str:
        """Hide the key in what a server sent, and any piece of it long enough to be one."""
        for secret in self._key.get_secret_value().split(":"):
            if len(secret) > 3:
                text = WORD.sub(partial(masked_word, secret), text.replace(secret, MASK))
        return text

    def not_ours(self, method: str) -> SendError:
        """Say that an answer is not one of this kind of platform."""
        return self._unclear(method, "an answer that is not one of this kind of platform; look at url")


def said_of_error(content: Any) -> str:
    """Read what the platforms write about an error; empty where it is none of their forms.

    Ghost has `errors`, each with message and context; Buttondown `detail`, a sentence or a list of faults by
    field; listmonk `message`.
    """
    if not isinstance(content, dict):
        return ""
    errors = content.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        found = [errors[0].get("message"), errors[0].get("context")]
    elif isinstance(content.get("detail"), list):
        found = [_fault(each) for each in content["detail"] if isinstance(each, dict)]
    else:
        found = [content.get("detail"), content.get("message")]
    words = " ".join(each.strip() for each in found if isinstance(each, str))
    return " ".join(words.split())[:MAX_SAID].rstrip(".")


def _fault(each: Mapping[str, Any]) -> str:
    place = each.get("loc")
    where = ".".join(str(part) for part in place[1:]) if isinstance(place, list) else ""
    return f"{where}: {each.get('msg', '')}".strip(": ")


def is_id(value: Any) -> bool:
    """Tell whether something can be a platform's id: it becomes part of a path."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    text = str(value)
    return 0 < len(text) <= MAX_ID and text.replace("-", "").replace("_", "").isalnum() and text.isascii()
