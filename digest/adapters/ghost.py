"""Ghost's Admin API (docs.ghost.org/admin-api): a post as a draft, its HTML in one card that is kept."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from digest.adapters.platform_server import PlatformServer, is_id
from digest.errors import SendError
from digest.records import Letter, Post

API = "/ghost/api/admin"
VERSION = "v5.0"
"""Least version of Ghost whose answers are understood; newer ones take it."""

TOKEN_S = 300
"""Seconds that a token holds: Ghost takes none that holds longer than five minutes."""

BEGIN, END = "<!--kg-card-begin: html-->", "<!--kg-card-end: html-->"

MOST_TITLE = 255
"""Characters of a title that Ghost takes."""

KEY_CHARS = 8
"""Of the sending's key at the end of a draft's address: so it is found again where no answer came."""


class Ghost:
    """Implements ports.Platform.

    Args:
        server: The site.
        key: Of a custom integration: `id:secret`, the secret in hexadecimal.
        newsletter: By which a post is mailed when it is sent; empty: it only appears on the site.
        clock: Gives the seconds since 1970.
    """

    def __init__(
        self,
        server: PlatformServer,
        key: str,
        *,
        newsletter: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        name, _, secret = key.partition(":")
        if not re.fullmatch(r"[0-9a-f]+", name) or not re.fullmatch(r"(?:[0-9a-f]{2})+", secret):
            raise SendError(
                server.to,
                f"the key in {server.key_variable} is none of Ghost's Admin API, which has the form "
                "id:secret; copy it from Settings, Integrations",
            )
        self._server, self._newsletter = server, newsletter
        self._headers = lambda: {
            "authorization": f"Ghost {token(name, bytes.fromhex(secret), now=clock())}",
            "accept-version": VERSION,
        }

    async def find(self, letter: Letter, key: str) -> Post | None:
        """Look for it by the address it was made with."""
        path = f"{API}/posts/slug/{_slug(letter, key)}/"
        found = await self._server.ask("GET", path, headers=self._headers)
        return None if found is None else self._post("GET", found)

    async def create(self, letter: Letter, key: str) -> Post:
        """Make a draft."""
        post = {**_words(letter), "slug": _slug(letter, key), "status": "draft"}
        return await self._ask("POST", f"{API}/posts/?source=html", post)

    async def read(self, post_id: str) -> Post | None:
        """Say how a post is now."""
        found = await self._server.ask("GET", f"{API}/posts/{post_id}/", headers=self._headers)
        return None if found is None else self._post("GET", found)

    async def update(self, post: Post, letter: Letter, key: str) -> Post:
        """Give a draft other words; Ghost takes them only with the time of its last change."""
        changed = {**_words(letter), "updated_at": post.stamp}
        return await self._ask("PUT", f"{API}/posts/{post.id}/?source=html", changed)

    async def send(self, post: Post) -> Post:
        """Publish a draft, and mail it where a newsletter is named."""
        query = f"?newsletter={self._newsletter}" if self._newsletter else ""
        changed = {"status": "published", "updated_at": post.stamp}
        return await self._ask("PUT", f"{API}/posts/{post.id}/{query}", changed)

    async def close(self) -> None:
        """Close all connections."""
        await self._server.close()

    async def _ask(self, method: str, path: str, post: Mapping[str, Any]) -> Post:
        found = await self._server.ask(method, path, headers=self._headers, body={"posts": [post]})
        return self._post(method, found)

    def _post(self, method: str, found: Any) -> Post:
        posts = found.get("posts") if isinstance(found, Mapping) else None
        post = posts[0] if isinstance(posts, list) and posts else None
        if not isinstance(post, Mapping) or not is_id(post.get("id")):
            raise self._server.not_ours(method)
        status = str(post.get("status", ""))
        return Post(
            post["id"],
            status,
            status == "draft",
            str(post.get("updated_at") or ""),
            f"{self._server.base_url}/ghost/#/editor/post/{post['id']}",
        )


def token(key_id: str, secret: bytes, *, now: float) -> str:
    """Sign a JSON Web Token for the Admin API (RFC 7519, HS256).

    Args:
        key_id: Of the integration's key.
        secret: Its secret half.
        now: Seconds since 1970.
    """
    at = int(now)
    head = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    claims = {"iat": at, "exp": at + TOKEN_S, "aud": "/admin/"}
    signed = ".".join(_base64(json.dumps(each).encode()) for each in (head, claims))
    return f"{signed}.{_base64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def card(html: str) -> str:
    """Wrap clean HTML as one card: elsewhere Ghost has no tables. Nothing in it ends the card or is filled in
    for a reader."""
    # Clean HTML has no comments; text that looks like a placeholder of Ghost's mails is none.
    inside = html.replace("<!--", "&lt;!--").replace("%%{", "%&#37;{")
    return f"{BEGIN}\n{inside}\n{END}"


def _words(letter: Letter) -> dict[str, Any]:
    return {"title": letter.subject[:MOST_TITLE], "html": card(letter.html)}


def _slug(letter: Letter, key: str) -> str:
    # Ghost makes one hyphen of two.
    return f"{letter.slug.rstrip('-')}-{key.replace('-', '')[:KEY_CHARS]}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
