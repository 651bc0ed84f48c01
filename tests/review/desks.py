"""A desk that is served on this machine, and a workspace for it."""

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import uvicorn
from browsers import violations
from newsroom import ISSUE, Newsroom, newsroom_with
from playwright.sync_api import Browser, Locator, Page, expect

from digest.cli.desk import workspace_of
from digest.issues.decisions import draft_path
from digest.review.app import make_app
from digest.review.guard import Keys

JSON = {"accept": "application/json"}

TEXTS = {
    "Breach": """The HealthEC breach exposed records of nearly 4.5 million customers in Tarrow on Monday.
Ida Brandt, who leads the company, said that every server will be replaced before winter ends.
Two clinics sent patients home because no doctor could open their records.
The health ministry ordered other networks to check their billing servers within ten days.
Insurers expect that the theft will cost the company about 12 million crowns over three years.
Police have asked patients to report letters that mention their treatment at the clinics.
A union of nurses called the single register a danger it had warned of since spring.""",
    "Eelgrass": """Divers counted twice as many eelgrass plants in Orr bay as in the year before.
Dredging in the bay was stopped six years ago after fishermen complained about the cod.
The meadow now covers 40 hectares, the university of Meridian found in its survey.
Young cod hide in the grass, and the catch of the small boats has risen again.
The council wants to keep the ban for another ten years and will vote in March.
Marine biologists from three countries came to see how quickly the bay recovered.""",
    "Kiln": """A cement maker at Brekke shut its coal kiln and fired an electric one beside the quarry.
The kiln draws 60 megawatts from a dam that was built for an aluminium works in 1968.
Cement from it costs a fifth more, and the road office buys all of the first year.
Neighbours who had complained of dust for decades now hear a hum at night.
The maker plans to convert its two other kilns by 2031 if the grid is strengthened.
Engineers from four countries have asked to see the plant since it was lit.""",
}
FALSE = "The breach exposed records of 45 million customers."


@dataclass
class Served:
    """A desk, its secrets, and a browser's client that was let in."""

    room: Newsroom
    keys: Keys
    client: httpx2.Client

    @property
    def desk(self) -> str:
        return f"/issue/{ISSUE}"

    def id_of(self, title: str) -> str:
        return next(row.id for row in self.room.rows(ISSUE) if row.title == title)

    def path_of(self, title: str) -> Path:
        return draft_path(self.room.output, ISSUE, self.id_of(title))

    def status_of(self, title: str) -> str:
        return self.room.draft(ISSUE, self.id_of(title)).status

    def shown(self) -> list[str]:
        """The marks of the drafts, as the desk's page has them now."""
        return shown_in(self.client.get(self.desk).text)

    def act(self, act: str, *, shown: list[str] | None = None, **fields: str | list[str]) -> httpx2.Response:
        """Decide on what the page has now, or had when `shown` was read of it."""
        marks = self.shown() if shown is None else shown
        data = {"form": self.keys.form, "act": act, "shown": marks, **fields}
        return self.client.post(f"{self.desk}/status", data=data, headers=JSON)

    def publish(self, page: str = "", *, anyway: bool = True) -> str:
        """Publish the issue as its page has it now, or had it when `page` was read; gives the next page."""
        data = {"form": self.keys.form, **publishing_in(page or self.client.get(f"{self.desk}/publish").text)}
        if anyway:
            data["anyway"] = ["yes"]
        return self.client.post(f"{self.desk}/publish", data=data, follow_redirects=True).text

    def section(self, title: str, key: str) -> tuple[str, str]:
        """The text and mark of a section, as its page has them."""
        import html

        page = self.client.get(f"/story/{self.id_of(title)}").text
        found = re.search(
            rf'name="section" value="{key}">\s*<input type="hidden" name="mark" value="(\w+)">.*?'
            r"<textarea[^>]*>\n?(.*?)</textarea>",
            page,
            re.DOTALL,
        )
        assert found, key
        return html.unescape(found[2]), found[1]

    def save(self, title: str, key: str, text: str, mark: str) -> httpx2.Response:
        data = {"form": self.keys.form, "section": key, "text": text, "mark": mark}
        return self.client.post(f"/story/{self.id_of(title)}/save", data=data)


def shown_in(page: str) -> list[str]:
    """The marks of the drafts of a page: id and mark each."""
    return re.findall(r'name="shown" value="([0-9a-f]{32} \w+)"', page)


def publishing_in(page: str) -> dict[str, list[str]]:
    """What the button of an issue's page sends along: the marks of its stories and of its introduction."""
    return {"shown": shown_in(page), "opening": re.findall(r'name="opening" value="(\w+ \w+)"', page)}


def room_of(folder: Path) -> Newsroom:
    """Make a workspace with three drafts, in a thread apart: a browser's loop keeps others from beginning."""
    articles = [("harbour", title, text) for title, text in TEXTS.items()]
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(newsroom_with, folder, *articles).result()


@contextmanager
def serving(room: Newsroom) -> Iterator[Keys]:
    """Serve a desk, as the command does; its token is not used yet."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        keys = Keys(taken.getsockname()[1])
        app = make_app(workspace_of(room.folder, ISSUE), keys)
        config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        try:
            yield keys
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A desk with three drafts, and a client that was let in."""
    room = room_of(tmp_path)
    with serving(room) as keys, httpx2.Client(base_url=f"http://{keys.host}", timeout=60) as client:
        client.get(keys.address)
        yield Served(room, keys, client)


@contextmanager
def desk_page(
    browser: Browser,
    keys: Keys,
    *,
    width: int = 1280,
    scheme: str = "light",
    axe: bool = True,
    refused: str = r"409 \(Conflict\)",
) -> Iterator[Page]:
    """Open a desk as an editor does; fails for requests to other hosts, errors of scripts, and what axe finds
    where the page is left. Chromium calls a refusal an error; `refused` is a pattern of those expected."""
    # A page evaluates axe itself, which the desk's own policy would not let in.
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=axe,
    )
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(keys.address)
    try:
        yield page
        assert [url for url in asked if not url.startswith(f"http://{keys.host}/")] == []
        assert not [
            each for each in errors if not re.fullmatch(f"Failed to load resource: .*(?:{refused})", each)
        ]
        if axe:
            assert violations(page) == []
    finally:
        context.close()


def drag(moved: Locator, to: Locator) -> None:
    """Drag a row to another's place, and again as a hand would: a busy browser loses one now and then."""
    text = moved.locator(".title").inner_text()
    for _ in range(3):
        moved.drag_to(to, steps=5)
        with suppress(AssertionError):
            expect(to.locator(".title")).to_have_text(text, timeout=5_000)
            return
