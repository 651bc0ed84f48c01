"""listmonk (listmonk.app/docs/apis/campaigns): a campaign as a draft.

A campaign's words are a template there, and links that end in a certain word are counted: what an issue
says is neither.
"""

from collections.abc import Mapping
from typing import Any

import lxml.html

from digest.adapters.platform_server import PlatformServer, is_id
from digest.errors import SendError
from digest.records import Letter, Post

API = "/api/campaigns"


class Listmonk:
    """Implements ports.Platform.

    Args:
        server: Where it runs.
        user: Name of the API user.
        key: Its token.
        lists: Ids of the lists a campaign goes to.
        template: Id of the template round it; 0 for the default one.
        sender: `Name <address>`; empty for the server's own.
    """

    def __init__(
        self,
        server: PlatformServer,
        user: str,
        key: str,
        *,
        lists: tuple[int, ...],
        template: int = 0,
        sender: str = "",
    ) -> None:
        self._server = server
        self._settings: dict[str, Any] = {"lists": list(lists)}
        self._settings |= {"template_id": template} if template else {}
        self._settings |= {"from_email": sender} if sender else {}
        self._headers = lambda: {"authorization": f"token {user}:{key}"}

    async def find(self, letter: Letter, key: str) -> Post | None:
        """Look for it by a tag of its own."""
        path = f"{API}?no_body=true&per_page=all&order_by=created_at&order=DESC&tags={_tag(key)}"
        found = await self._server.ask("GET", path, headers=self._headers)
        held = found.get("data") if isinstance(found, Mapping) else None
        results = held.get("results") if isinstance(held, Mapping) else None
        # An older server knows no filter by tags and gives all of them.
        ours = [each for each in results or () if _tag(key) in (each.get("tags") or ())]
        return self._post("GET", {"data": ours[0]}) if ours else None

    async def create(self, letter: Letter, key: str) -> Post:
        """Make a draft: a campaign is one until it is started."""
        return await self._ask("POST", API, self._words(letter, key))

    async def read(self, post_id: str) -> Post | None:
        """Say how a campaign is now."""
        try:
            found = await self._server.ask("GET", f"{API}/{post_id}?no_body=true", headers=self._headers)
        except SendError as error:
            # One that is gone is a fault of the request there, and no 404.
            if error.status == 400 and "not found" in error.reason.casefold():
                return None
            raise
        return None if found is None else self._post("GET", found)

    async def update(self, post: Post, letter: Letter, key: str) -> Post:
        """Give a draft other words."""
        return await self._ask("PUT", f"{API}/{post.id}", self._words(letter, key))

    async def send(self, post: Post) -> Post:
        """Start a campaign."""
        return await self._ask("PUT", f"{API}/{post.id}/status", {"status": "running"})

    async def close(self) -> None:
        """Close all connections."""
        await self._server.close()

    def _words(self, letter: Letter, key: str) -> dict[str, Any]:
        return {
            **self._settings,
            "name": plain(letter.subject),
            "subject": plain(letter.subject),
            "type": "regular",
            "content_type": "html",
            "messenger": "email",
            "body": harmless(inner_html(letter.mail_html)),
            "altbody": plain(letter.mail_text),
            "tags": ["digest", _tag(key)],
        }

    async def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> Post:
        found = await self._server.ask(method, path, headers=self._headers, body=body)
        return self._post(method, found)

    def _post(self, method: str, found: Any) -> Post:
        campaign = found.get("data") if isinstance(found, Mapping) else None
        if not isinstance(campaign, Mapping) or not is_id(campaign.get("id")):
            raise self._server.not_ours(method)
        status = str(campaign.get("status", ""))
        return Post(
            str(campaign["id"]),
            status,
            status == "draft",
            str(campaign.get("updated_at") or ""),
            f"{self._server.base_url}/admin/campaigns/{campaign['id']}",
        )


def inner_html(page: str) -> str:
    """Give what stands in the body of a page, with its styles: the platform's template is the page."""
    root = lxml.html.document_fromstring(page)
    parts = [*root.xpath("/html/head/style"), *root.body]
    return "".join(lxml.html.tostring(each, encoding="unicode") for each in parts)


def harmless(html: str) -> str:
    """Write HTML so that the server finds no template and no link to count in it; readers see the same."""
    return html.replace("{{", "{&#123;").replace("@TrackLink", "&#64;TrackLink")


def plain(text: str) -> str:
    """Write a text so that the server finds no template and no link to count in it."""
    while "{{" in text:
        text = text.replace("{{", "{ {")
    return text.replace("@TrackLink", "@ TrackLink")


def _tag(key: str) -> str:
    return f"digest-{key}"
