"""Buttondown, Ghost and listmonk on loopback, as their documentation has them: what they demand, what they
answer, how they refuse. Each can be told to fail in a certain way next."""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Any]

GHOST_KEY = "6748592f4b9b7700010f6564:" + "b1b5b9c1d4e5f6a7b8c9d0e1f2a3b4c5" * 2
LISTMONK_USER, LISTMONK_TOKEN = "digest", "nR3kTq81vXw0Zb6LmYc2"
BUTTONDOWN_KEY = "4f1c9b2e-77aa-4d0e-9c1e-5b6f7a8c9d01"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Platform:
    """What all have in common: posts by id, what was asked, and how the next requests fail."""

    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    """`429 SECONDS`, `500` (before anything is done), `drop` and `silent` (after it is done); each once, of
    requests that change something."""
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    ticks: int = 0
    busy: ClassVar[Any] = {}
    base: ClassVar[str] = ""
    """Where its interface begins; nothing is elsewhere."""

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def writes(self) -> list[Asked]:
        return [each for each in self.asked if each.method != "GET"]

    def stamp(self) -> str:
        """Another moment each time."""
        self.ticks += 1
        return f"2026-11-22T05:{self.ticks // 60:02}:{self.ticks % 60:02}.000Z"


class Buttondown(Platform):
    keys: dict[str, Answer]
    base = "/v1/emails"
    busy = {"detail": "Request was throttled."}  # noqa: RUF012

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Token {BUTTONDOWN_KEY}":
            return 401, {"detail": f"Invalid token {BUTTONDOWN_KEY[:12]}."}
        if "x-api-version" not in asked.headers:
            return 400, {"code": "api_version_missing", "detail": "No version."}
        match asked.method, asked.path.removeprefix("/v1/emails").strip("/"):
            case "GET", "":
                page = 2 * int(asked.query.get("page", ["1"])[0]) - 2
                found = list(self.posts.values())[page : page + 2]
                return (200, {"results": found}) if found or not page else (404, {"detail": "Not found."})
            case "GET", post_id:
                return (
                    (200, self.posts[post_id]) if post_id in self.posts else (404, {"detail": "Not found."})
                )
            case "POST", "":
                return self._create(asked)
            case "PATCH", post_id:
                self.posts[post_id] |= {**asked.body, "modification_date": self.stamp()}
                return 200, self.posts[post_id]
        return 405, {"detail": "Method not allowed."}

    def _create(self, asked: Asked) -> Answer:
        self.keys = getattr(self, "keys", {})
        key = asked.headers.get("x-idempotency-key", "")
        if key in self.keys:
            return self.keys[key]
        if not asked.body.get("subject"):
            fault = {"type": "missing", "loc": ["body", "subject"], "msg": "Field required"}
            return 422, {"detail": [fault]}
        if asked.body["subject"] == "taken":
            return 400, {"code": "email_duplicate", "detail": "An email like this already exists."}
        made = {
            "status": "about_to_send",
            **asked.body,
            "id": f"em_{len(self.posts) + 1}",
            "modification_date": self.stamp(),
        }
        self.posts[made["id"]] = made
        self.keys[key] = 201, made
        return 201, made


class Ghost(Platform):
    base = "/ghost/api/admin/posts/"
    busy = {"errors": [{"message": "Too many requests.", "type": "TooManyRequestsError"}]}  # noqa: RUF012

    def answer(self, asked: Asked) -> Answer:
        if fault := self._fault_of_token(asked.headers.get("authorization", "")):
            return 401, _ghost_error("Invalid token", fault, "INVALID_JWT")
        path = asked.path.removeprefix("/ghost/api/admin/posts").strip("/")
        if asked.method == "POST":
            return self._save(asked, {"id": f"{len(self.posts) + 1:024x}"}, 201)
        by = "slug" if path.startswith("slug/") else "id"
        post = next((each for each in self.posts.values() if each[by] == path.removeprefix("slug/")), None)
        if post is None:
            return 404, _ghost_error("Resource not found error, cannot read post.", "Post not found.")
        if asked.method == "GET":
            return 200, {"posts": [post]}
        if asked.body["posts"][0].get("updated_at") != post["updated_at"]:
            message = "Saving failed! Someone else is editing this post."
            return 409, _ghost_error(message, None, "UPDATE_COLLISION")
        if asked.body["posts"][0].get("status") == "published":
            post["mailed_by"] = asked.query.get("newsletter", [""])[0]
        return self._save(asked, post, 200)

    def _save(self, asked: Asked, post: dict[str, Any], status: int) -> Answer:
        given = dict(asked.body["posts"][0])
        if len(given.get("title", "x")) > 255 or not given.get("title", "x"):
            what = "Value in [posts.title] exceeds maximum length of 255 characters."
            return 422, _ghost_error("Validation error, cannot save post.", what)
        html = given.pop("html", None)
        if html is not None and asked.query.get("source") == ["html"]:
            given["html"] = _as_ghost_keeps(html)
        if "slug" in given:
            given["slug"] = re.sub("-+", "-", given["slug"]).strip("-")
        taken = {each["slug"] for each in self.posts.values() if each is not post}
        if given.get("slug") in taken:
            given["slug"] += "-2"
        post |= {"status": post.get("status", "draft"), **given, "updated_at": self.stamp()}
        self.posts[post["id"]] = post
        return status, {"posts": [post]}

    def _fault_of_token(self, header: str) -> str:
        """Check a JSON Web Token by the book."""
        name, secret = GHOST_KEY.split(":")
        try:
            head, claims, signature = header.removeprefix("Ghost ").split(".")
            expected = hmac.digest(bytes.fromhex(secret), f"{head}.{claims}".encode(), hashlib.sha256)
            said_head, said = json.loads(_decoded(head)), json.loads(_decoded(claims))
        except ValueError:
            return "not a token"
        if said_head != {"alg": "HS256", "typ": "JWT", "kid": name} or _decoded(signature) != expected:
            return "wrong signature"
        if said["aud"] != "/admin/" or not 0 < said["exp"] - said["iat"] <= 300:
            return "wrong claims"
        return "" if said["iat"] - 5 <= time.time() < said["exp"] else "expired"


class Listmonk(Platform):
    base = "/api/campaigns"
    busy = {"message": "Too many requests"}  # noqa: RUF012

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"token {LISTMONK_USER}:{LISTMONK_TOKEN}":
            return 403, {"message": "invalid session"}
        path = asked.path.removeprefix("/api/campaigns").strip("/")
        if asked.method == "GET" and not path:
            tags = set(asked.query.get("tags", ()))
            found = [each for each in self.posts.values() if tags <= set(each["tags"])]
            return 200, {"data": {"results": found, "total": len(found), "page": 1}}
        if asked.method == "POST":
            return self._save(asked, {"id": len(self.posts) + 1, "status": "draft"})
        post_id = path.split("/")[0]
        if post_id not in self.posts:
            return 400, {"message": "Campaign not found"}
        if asked.method == "PUT":
            return self._save(asked, self.posts[post_id])
        return 200, {"data": self.posts[post_id]}

    def _save(self, asked: Asked, post: dict[str, Any]) -> Answer:
        if "lists" in asked.body and not asked.body["lists"]:
            return 400, {"message": "Invalid `lists` field."}
        whole = {**post, **asked.body, "updated_at": self.stamp()}
        for name in ("body", "altbody", "subject"):
            if "{{" in whole.get(name, "") or re.search(r"https?://\S+@TrackLink", whole.get(name, "")):
                return 400, {"message": f"Error compiling campaign: {name}: function not defined"}
        self.posts[str(post["id"])] = post | whole
        return 200, {"data": post | whole}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    platform: Platform

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, json.loads(content or b"{}"))
        platform = self.platform
        platform.asked.append(asked)
        trouble = platform.trouble.pop(0) if platform.trouble and asked.method != "GET" else ""
        if trouble.startswith("429"):
            self._write(429, platform.busy, {"retry-after": trouble.split()[1]})
        elif trouble == "500":
            self._write(500, {})
        else:
            answer = platform.answer(asked) if asked.path.startswith(platform.base) else (404, {})
            if trouble == "silent":
                platform.released.wait(10)
            if trouble in ("drop", "silent"):
                self.close_connection = True
                return
            self._write(*answer)

    do_GET = do_POST = do_PUT = do_PATCH = _serve  # noqa: N815

    def _write(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(make: Callable[[], Platform]) -> Iterator[Any]:
    """Run a platform on loopback."""
    platform = make()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"platform": platform}))
    platform.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        platform.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _ghost_error(message: str, context: str | None, code: str = "") -> dict[str, Any]:
    return {"errors": [{"message": message, "context": context, "type": "Error", "code": code}]}


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _as_ghost_keeps(html: str) -> str:
    """Outside of an HTML card, Ghost knows no tables."""
    cards = re.split(r"(<!--kg-card-begin: html-->.*?<!--kg-card-end: html-->)", html, flags=re.DOTALL)
    return "".join(
        part if part.startswith("<!--kg-card-begin") else re.sub(r"</?(?:table|tr|td|th)[^>]*>", "", part)
        for part in cards
    )
