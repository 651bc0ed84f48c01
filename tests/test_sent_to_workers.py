"""What a run hands to workers, which may be on other machines: no login, cookie or variable of a feed."""

import pickle
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from fakes import FakeEmbedder, FakeFetcher
from newsroom import ISSUE, TEXTS, Newsroom
from readers import no_library

from digest.pipeline import Options, Ports, run
from digest.records import Page
from digest.store import Store
from digest.workspace.config import load_config

PRIVATE = "https://nina:SEKRET@tarrow.example/feed?token=SEKRET"
FEEDS = f"""
newsletter: {{title: Week}}
feeds:
- {PRIVATE}
- url: https://meridian.example/feed
  cookie: env:VAR_OF_MERIDIAN
- url: https://harbour.example/feed
  headers: {{X-Key: env:VAR_OF_HARBOUR}}
"""


class Sending(ThreadPoolExecutor):
    """Workers that keep what was sent to them, as it would go over a network."""

    def __init__(self) -> None:
        super().__init__(1)
        self.sent: list[tuple[str, bytes]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.sent.append((fn.__name__, pickle.dumps((args, kwargs))))
        return super().submit(fn, *args, **kwargs)


class Setting(FakeFetcher):
    """Answers that set a cookie."""

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        page = await super().get(url, headers=headers, max_bytes=max_bytes, timeout_s=timeout_s)
        return replace(page, headers=(*page.headers, ("set-cookie", "session=SEKRET")))


def test_nothing_secret_of_a_feed_is_sent(tmp_path: Path) -> None:
    news = Newsroom(tmp_path)
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    kiln, _, _ = (
        news.write(site, title, "\n".join(TEXTS[title].format(line) for line in range(12)))
        for site, title in (("tarrow", "Kiln"), ("meridian", "Mayor"), ("harbour", "Bus"))
    )
    answers = dict(news._fetcher().answers)
    answers["https://tarrow.example/feed?token=SEKRET"] = answers.pop("https://tarrow.example/feed")
    environ = {"VAR_OF_MERIDIAN": "id=SEKRET", "VAR_OF_HARBOUR": "SEKRET"}
    store, embedder = Store(news.output), FakeEmbedder()
    library = no_library(embedder.encode(["size"]).shape[1])
    with Sending() as workers:
        ports = Ports(
            store, lambda: Setting(answers), embedder, workers, "test", lambda: library, environ=environ
        )
        config = load_config(tmp_path, options={"delay_s": 0})
        options = Options(ISSUE, None)
        report = run(
            config, ports, news.output, options, now=news.now, progress=lambda stage, done, total: None
        )
    assert {name for name, _ in workers.sent} >= {"read_answer", "read_page"}
    for name, sent in workers.sent:
        for secret in (b"SEKRET", b"nina", b"VAR_OF", b"set-cookie"):
            assert secret not in sent, name
    assert [feed.status for feed in report.feeds] == ["ok"] * 3
    assert len(report.drafts) == 3
    # What came back is of the feed as it stands in feeds.yaml.
    assert store.links.links_of([kiln])[kiln].link.feed_url == PRIVATE
    store.close()
