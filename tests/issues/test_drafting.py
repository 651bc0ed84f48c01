"""Making drafts from an archive: what is made anew, and when."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW, FakeEmbedder, FakeFetcher
from readers import reader_of

from digest.feeds.fetch import Politeness
from digest.issues.decisions import draft_path
from digest.issues.drafting import write_drafts
from digest.records import Link, Origin
from digest.store import Store
from digest.stories.neighbours import Archive
from digest.stories.placing import group_new, place_new

ISSUE = "20261120"
TOPICS = {
    "kiln": "A cement maker at Brekke shut coal kiln {} and fired an electric one beside the quarry.",
    "bay": "Divers counted eelgrass meadow {} in Orr bay six years after dredging stopped for good.",
    "vote": "Voters of ward {} in Lisse chose a mayor, Ida Brandt, who promised cheaper trams.",
}


def page(name: str) -> bytes:
    text = "".join(f"<p>{TOPICS[name].format(line)}</p>" for line in range(12))
    return f"<html><title>The {name}</title><article><h1>The {name}</h1>{text}</article>".encode()


def take_in(store: Store, *names: str) -> None:
    urls = [f"https://{name}.example/" for name in names]
    links = [Link(url, "", Origin("A feed", ""), "https://a.example/rss", at) for at, url in enumerate(urls)]
    store.links.save_read(
        "https://a.example/rss", links, title="", etag="", last_modified="", moved_to="", now=NOW
    )
    answers = {url: page(name) for url, name in zip(urls, names, strict=True)}
    answers |= {f"{url}robots.txt": b"" for url in urls}
    with ThreadPoolExecutor(1) as workers:
        reader = reader_of(store, workers)
        pending = store.links.pending(max_tries=3, retry_before=NOW)
        reader.take_in(pending, fetcher=FakeFetcher(answers), politeness=Politeness(delay_s=0))
    fresh = place_new(store, language="en", drafts_all=False)
    group_new(store, FakeEmbedder.model_id, fresh.originals)


def write(store: Store, folder: Path, *, min_similarity: float = 0.3) -> list[str]:
    """Write drafts; gives the titles of those whose file was written."""
    rows = write_drafts(
        store, folder, ISSUE, model_id=FakeEmbedder.model_id, min_similarity=min_similarity, now=NOW
    )
    return [row.title for row in rows]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path, in_memory=True)
    take_in(made, "kiln", "bay")
    return made


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names the articles that were compared with the archive."""
    found: list[str] = []

    class Watched(Archive):
        def closest_to(self, article_id: str, **settings: Any) -> Any:
            found.append(article_id)
            return super().closest_to(article_id, **settings)

    monkeypatch.setattr("digest.issues.drafting.Archive", Watched)
    return found


def test_without_news_no_draft_is_made_anew(store: Store, tmp_path: Path, compared: list[str]) -> None:
    assert write(store, tmp_path) == ["The kiln", "The bay"]
    assert len(compared) == 2
    assert write(store, tmp_path) == []
    assert len(compared) == 2


def test_news_makes_every_pending_draft_anew(store: Store, tmp_path: Path, compared: list[str]) -> None:
    write(store, tmp_path)
    take_in(store, "vote")
    # "The vote" is one more that Closest of the others might have named: they say of how many.
    assert write(store, tmp_path) == ["The kiln", "The bay", "The vote"]
    assert len(compared) == 2 + 3


def test_other_settings_make_drafts_anew(store: Store, tmp_path: Path, compared: list[str]) -> None:
    write(store, tmp_path)
    assert write(store, tmp_path, min_similarity=0.9) == ["The kiln", "The bay"]
    assert len(compared) == 4


def test_a_lost_or_edited_file_is_made_anew(store: Store, tmp_path: Path, compared: list[str]) -> None:
    write(store, tmp_path)
    paths = {row.title: draft_path(tmp_path, ISSUE, row.id) for row in store.drafts.drafts()}
    lost, edited = paths["The kiln"], paths["The bay"]
    before = lost.read_text("utf-8")
    lost.unlink()
    edited.write_text(edited.read_text("utf-8").replace("The bay", "The bay is green"), "utf-8")
    compared.clear()
    assert write(store, tmp_path) == ["The kiln", "The bay"]
    assert len(compared) == 2
    assert lost.read_text("utf-8") == before
    assert "The bay is green" in edited.read_text("utf-8")


def test_what_a_person_writes_while_drafts_are_made_is_not_written_over(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, tmp_path)
    take_in(store, "vote")
    path = next(
        draft_path(tmp_path, ISSUE, row.id) for row in store.drafts.drafts() if row.title == "The kiln"
    )

    class Interrupted(Archive):
        def closest_to(self, article_id: str, **settings: Any) -> Any:
            text = path.read_text("utf-8")
            if "Just now." not in text:
                path.write_text(text.replace("## Evidence", "## Mine\n\nJust now.\n\n## Evidence"), "utf-8")
            return super().closest_to(article_id, **settings)

    monkeypatch.setattr("digest.issues.drafting.Archive", Interrupted)
    assert write(store, tmp_path) == ["The bay", "The vote"]
    assert "Just now." in path.read_text("utf-8")
    # The next time it is made anew around what was written.
    assert write(store, tmp_path) == ["The kiln"]
    assert "Just now." in path.read_text("utf-8")
