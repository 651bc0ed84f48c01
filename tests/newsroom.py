"""A workspace over several weeks: pages from a table, a fake embedder, the commands an editor types."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fakes import NOW, FakeEmbedder, FakeFetcher
from readers import no_library
from typer.testing import CliRunner

from digest.cli.app import app
from digest.cli.run import summary_of
from digest.errors import DigestError
from digest.issues.decisions import draft_path
from digest.issues.drafts import DraftFile, read_draft
from digest.language.addresses import entry_id
from digest.pipeline import Options, Ports, run
from digest.ports import Embedder
from digest.records import DraftRow, RunReport
from digest.store import Store
from digest.workspace.config import load_config
from digest.workspace.files import write_text
from digest.workspace.prompt_files import default_files

SITES = ("tarrow", "meridian", "harbour")

ISSUE, NEXT = "20261122", "20261129"

TEXTS = {
    "Kiln": "A cement maker at Brekke shut coal kiln {} and fired an electric one beside the quarry.",
    "Eelgrass": "Divers counted eelgrass meadow {} in Orr bay six years after dredging stopped for good.",
    "Mayor": "Voters of ward {} in Lisse chose a mayor, Ida Brandt, who promised cheaper trams.",
    "Heat pump": "The river pump {} at Lindhafen now warms homes that burned gas until this autumn.",
    "Bus": "A night bus {} without a driver carried nurses home through Tarrow for the first time.",
}
"""Articles that are no story together: a sentence of each, told a dozen times with another number."""


@dataclass
class Newsroom:
    """A workspace whose feeds, one of each site, carry what was written so far."""

    folder: Path
    now: datetime = NOW
    pages: dict[str, tuple[str, str, datetime]] = field(default_factory=dict)
    """Title, text and date by address."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    """Pages that are written otherwise than from these, by address."""
    embedder: Callable[[], Embedder] = FakeEmbedder
    ports: dict[str, Any] = field(default_factory=dict)
    """More of `pipeline.Ports` than there is by default."""

    def __post_init__(self) -> None:
        for name, text in default_files().items():
            write_text(self.folder / name, text)
        feeds = "".join(f"  - https://{site}.example/feed\n" for site in SITES)
        write_text(self.folder / "feeds.yaml", f"newsletter: {{title: Week}}\nfeeds:\n{feeds}")

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def write(self, site: str, title: str, text: str, *, day: int = 0) -> str:
        """Put an article into a site's feed, so many days from today; returns its id."""
        url = f"https://{site}.example/{title.lower().replace(' ', '-')}"
        self.pages[url] = (title, text, self.now + timedelta(days=day))
        return entry_id(url)

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    def run(self, issue: str, *, since: datetime | None = None) -> RunReport:
        """Run the batch with everything outside it faked."""
        store = Store(self.output)
        embedder = self.embedder()
        library = no_library(embedder.encode(["size"]).shape[1])
        try:
            with ThreadPoolExecutor(1) as workers:
                ports = Ports(store, self._fetcher, embedder, workers, "test", lambda: library, **self.ports)
                config = load_config(self.folder, options={"delay_s": 0})
                return run(
                    config,
                    ports,
                    self.output,
                    Options(issue, since),
                    now=self.now,
                    progress=lambda stage, done, total: None,
                )
        finally:
            store.close()

    def digest(self, *words: str, code: int = 0) -> str:
        """Type a command; returns what it printed."""
        done = CliRunner().invoke(app, ["-C", str(self.folder), *words])
        assert done.exit_code == code, (done.output, done.exception)
        return done.stdout

    def all_of(self, *words: str, code: int = 0) -> str:
        """Type a command; returns all it said, on both streams. `run` also gives its report's text."""
        if words[0] == "run":
            if code:
                with pytest.raises(DigestError) as caught:
                    self.run(words[-1])
                return str(caught.value)
            report = self.run(words[-1])
            page = (self.output / "reports" / f"{report.issue}.md").read_text("utf-8")
            return f"{summary_of(report, self.output)}\n{page}"
        done = CliRunner().invoke(app, ["-C", str(self.folder), *words])
        assert done.exit_code == code, (done.output, done.exception)
        if not isinstance(done.exception, DigestError | SystemExit | None):
            raise done.exception
        # The program's own frame prints the error.
        return f"{done.output}{done.exception or ''}"

    def rows(self, issue: str) -> list[DraftRow]:
        """Give the drafts of an issue as the archive has them."""
        store = Store(self.output)
        try:
            return store.drafts.drafts(issue=issue)
        finally:
            store.close()

    def publish(self, issue: str) -> list[str]:
        """Approve what is pending and publish; returns the ids of the issue's entries."""
        self.digest("draft", "approve", "--all", "--issue", issue)
        self.digest("publish", issue)
        made = json.loads((self.output / "issues" / f"{issue}.json").read_text("utf-8"))
        return [entry["id"] for entry in made["entries"]]

    def draft(self, issue: str, draft_id: str) -> DraftFile:
        path = draft_path(self.output, issue, draft_id)
        return read_draft(path.read_text("utf-8"), path)

    def draft_text(self, issue: str, draft_id: str) -> str:
        return draft_path(self.output, issue, draft_id).read_text("utf-8")

    def _fetcher(self) -> FakeFetcher:
        answers = {f"https://{site}.example/feed": self._feed(site) for site in SITES}
        answers |= {f"https://{site}.example/robots.txt": b"" for site in SITES}
        answers |= {url: _page(*page) for url, page in self.pages.items()} | self.bodies
        return FakeFetcher(answers)

    def _feed(self, site: str) -> bytes:
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{url}</link>"
            f"<pubDate>{format_datetime(published)}</pubDate></item>"
            for url, (title, _, published) in self.pages.items()
            if url.startswith(f"https://{site}.")
        )
        head = f"<title>The {site.title()} Post</title><link>https://{site}.example/</link>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _page(title: str, text: str, published: datetime) -> bytes:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    return (
        f"<html><head><title>{escape(title)}</title>"
        f'<meta property="article:published_time" content="{published.isoformat()}"></head>'
        f"<body><article><h1>{escape(title)}</h1>{paragraphs}</article></body></html>"
    ).encode()


@cache
def _drafted(articles: tuple[tuple[str, str, str], ...]) -> tuple[Newsroom, TemporaryDirectory[str]]:
    folder = TemporaryDirectory(prefix="newsroom-")
    made = Newsroom(Path(folder.name))
    for site, title, text in articles:
        made.write(site, title, text)
    made.run(ISSUE)
    return made, folder


def newsroom_with(folder: Path, *articles: tuple[str, str, str]) -> Newsroom:
    """Make a workspace with a draft of each article (site, title, text) in ISSUE: a run is made once, and
    what it left is copied."""
    made, _ = _drafted(articles)
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    return Newsroom(folder, made.now, dict(made.pages))


def newsroom_of(folder: Path, *titles: str) -> Newsroom:
    """Make a workspace with a draft of each of some articles of TEXTS in ISSUE."""
    texts = {title: "\n".join(TEXTS[title].format(number) for number in range(12)) for title in titles}
    return newsroom_with(folder, *(("harbour", title, text) for title, text in texts.items()))
