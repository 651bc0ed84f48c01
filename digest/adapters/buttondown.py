"""Buttondown (docs.buttondown.com): an email as a draft, made with an idempotency key.

Its bodies are Markdown with templates in them: what an issue says is never one. A body is told to be Markdown
by a marker, which also keeps it from beginning with what could be taken for front matter.
"""

import re
from collections.abc import Mapping
from typing import Any

from digest.adapters.platform_server import PlatformServer, is_id
from digest.records import Letter, Post

VERSION = "2026-04-01"
"""Of the interface; since this one a post without a status is a draft, and so it is told twice."""

MARKER = "<!-- buttondown-editor-mode: plaintext -->\n"

MOST_PAGES = 20
"""Pages of emails made by programs that are looked through for one that may have been made: some years of a
weekly newsletter, in whatever order they come. Its idempotency key holds a second one back besides."""

TEMPLATE = re.compile(r"\{(?=[{%#])")
"""Begins a variable, a tag or a comment of its templates."""

ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\?" + TEMPLATE.pattern)
"""The same in Markdown, where a backslash may stand before it."""

READY = "about_to_send"


class Buttondown:
    """Implements ports.Platform."""

    def __init__(self, server: PlatformServer, key: str) -> None:
        self._server = server
        self._signed = {"authorization": f"Token {key}", "x-api-version": VERSION}

    def _headers(self) -> Mapping[str, str]:
        return self._signed

    async def find(self, letter: Letter, key: str) -> Post | None:
        """Look for it among the emails made by programs, by the key in its metadata."""
        for page in range(1, MOST_PAGES + 1):
            path = f"/v1/emails?source=api&page={page}"
            found = await self._server.ask("GET", path, headers=self._headers)
            results = found.get("results") if isinstance(found, dict) else None
            if not results:
                return None
            for each in results:
                metadata = each.get("metadata") if isinstance(each, dict) else None
                if isinstance(metadata, dict) and metadata.get("digest") == key:
                    return self._post("GET", each)
        return None

    async def create(self, letter: Letter, key: str) -> Post:
        """Make a draft; a second request with the same key gives the same one."""
        body = {**_words(letter, key), "status": "draft"}
        headers = {**self._signed, "x-idempotency-key": key}
        found = await self._server.ask("POST", "/v1/emails", headers=lambda: headers, body=body)
        return self._post("POST", found)

    async def read(self, post_id: str) -> Post | None:
        """Say how an email is now."""
        found = await self._server.ask("GET", f"/v1/emails/{post_id}", headers=self._headers)
        return None if found is None else self._post("GET", found)

    async def update(self, post: Post, letter: Letter, key: str) -> Post:
        """Give a draft other words; its status is none of them."""
        path = f"/v1/emails/{post.id}"
        found = await self._server.ask("PATCH", path, headers=self._headers, body=_words(letter, key))
        return self._post("PATCH", found)

    async def send(self, post: Post) -> Post:
        """Queue a draft for sending."""
        path = f"/v1/emails/{post.id}"
        found = await self._server.ask("PATCH", path, headers=self._headers, body={"status": READY})
        return self._post("PATCH", found)

    async def close(self) -> None:
        """Close all connections."""
        await self._server.close()

    def _post(self, method: str, found: Any) -> Post:
        if not isinstance(found, Mapping) or not is_id(found.get("id")):
            raise self._server.not_ours(method)
        status = str(found.get("status", ""))
        return Post(
            found["id"],
            status,
            status == "draft",
            str(found.get("modification_date") or ""),
            f"https://buttondown.com/emails/{found['id']}",
        )


def _words(letter: Letter, key: str) -> dict[str, Any]:
    return {
        "subject": TEMPLATE.sub("{ ", letter.subject),
        "body": MARKER + without_templates(letter.markdown),
        "metadata": {"digest": key, "issue": letter.issue},
    }


def without_templates(text: str) -> str:
    """Write what would begin a template in Markdown so that readers see it as it is."""
    return ESCAPED.sub(r"\1&#123;", text)
