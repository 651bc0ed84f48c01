"""Who is let in: one browser on this machine, with a cookie that a one-time token was exchanged for."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"

OPEN = "/open"
"""Where the token is exchanged."""

SECRET_BYTES = 32
"""Of tokens and cookies; 256 random bits cannot be guessed."""

STATIC = "/static/"
KEEP = "private, max-age=86400, immutable"
"""What browsers may do with what the desk's pages are shown with, which says nothing of a newsletter."""

SAFE = ("GET", "HEAD")

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    # With `no-referrer` browsers would send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

CLOSED = "the desk opens once, with the address that `digest review` gave; for another, start it anew"


@dataclass
class Keys:
    """The secrets of one desk; none of them is kept anywhere, and none is shown when this is printed."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(SECRET_BYTES), repr=False)
    """Worth one cookie; empty afterwards."""
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(SECRET_BYTES), repr=False)
    form: str = field(default_factory=lambda: secrets.token_urlsafe(SECRET_BYTES), repr=False)
    """In every form: another site's page cannot know it."""

    @property
    def host(self) -> str:
        """The only `Host` that is answered."""
        return f"{HOST}:{self.port}"

    @property
    def cookie_name(self) -> str:
        """Cookies know no ports; two desks on one machine must not take each other's."""
        return f"digest-desk-{self.port}"

    @property
    def address(self) -> str:
        """What opens the desk, once."""
        return f"http://{self.host}{OPEN}?token={self.token}"

    def take_token(self, offered: str) -> bool:
        """Tell whether this is the token; it is worth nothing afterwards."""
        if not self.token or not same(offered, self.token):
            return False
        self.token = ""
        return True


def same(one: str, other: str) -> bool:
    """Compare secrets in a time that tells nothing of them."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


class Guard:
    """Refuses what is not the editor's own browser, before anything else sees it."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    # A preview brings a stricter policy, with the hash of its own style sheet.
                    if name != "content-security-policy" or name not in headers:
                        headers[name] = value
                if message["status"] == 200 and scope["path"].startswith(STATIC) and scope["query_string"]:
                    # Its address has a hash of it.
                    headers["cache-control"] = KEEP
            await send(message)

        answer = self._refused(scope, Headers(scope=scope))
        await (answer or self._app)(scope, receive, send_guarded)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        if headers.getlist("host") != [self._keys.host]:
            return PlainTextResponse(f"expected the host {self._keys.host}, got another", 421)
        if scope["path"] == OPEN:
            return self._opened(scope)
        cookie = cookie_parser(headers.get("cookie", "")).get(self._keys.cookie_name, "")
        if not same(cookie, self._keys.cookie):
            return PlainTextResponse(CLOSED, 403)
        if scope["method"] not in SAFE and (wrong := _other_site(headers, f"http://{self._keys.host}")):
            return PlainTextResponse(wrong, 403)
        return None

    def _opened(self, scope: Scope) -> Response:
        from urllib.parse import parse_qs

        offered = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] != "GET" or not self._keys.take_token(offered):
            return PlainTextResponse(CLOSED, 403)
        answer = RedirectResponse("/", 303)
        name = self._keys.cookie_name
        answer.set_cookie(name, self._keys.cookie, httponly=True, samesite="strict", path="/")
        return answer


def _other_site(headers: Mapping[str, str], own: str) -> str:
    """Say why a request that changes something is not from a page of the desk; empty where it may be."""
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return "expected a form of the desk itself, got one of another site"
    if headers.get("origin", own) != own:
        return "expected a form of the desk itself, got one of another origin"
    return ""
