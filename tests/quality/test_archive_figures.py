"""Sections on archives: made by the import from a small folder of labelled data, embedded once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW, FakeEmbedder

from digest.errors import DigestError
from digest.store import Store
from tests.quality.evaluation.archive_figures import measure_hubs, measure_searching, measure_stories
from tests.quality.evaluation.archives import PLAIN_TOKENS, ArchiveMaker
from tests.quality.evaluation.figures import Section
from tests.quality.evaluation.kept_vectors import KeptVectors

NEWS = {
    "a": ("1", "Hackers hit Medlinea in Tarrow on Monday and pharmacists wrote by hand."),
    "b": ("1", "Pharmacists in Tarrow wrote by hand when hackers hit Medlinea on Monday."),
    "c": ("2", "A kiln at Brekke burns no coal any more, says Halden."),
    "d": ("2", "No coal any more: Halden shuts the kiln at Brekke."),
}
PAGES = {"p": "Divers counted twice the eelgrass in Orr bay.", "q": "Voters in Lisse chose a mayor."}


def lines(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    news = [{"id": each, "story": story, "title": "", "text": text} for each, (story, text) in NEWS.items()]
    lines(tmp_path / "stories" / "ecbplus.jsonl", *news)
    pages = [
        {"id": each, "url": f"https://{each}.example/", "title": each, "text": text, "published": None}
        for each, text in PAGES.items()
    ]
    lines(tmp_path / "pages" / "articles.jsonl", *pages)
    scifact = tmp_path / "search" / "scifact"
    documents = [{"_id": each, "title": each, "text": text} for each, (_, text) in NEWS.items()]
    lines(scifact / "corpus.jsonl", *documents)
    lines(scifact / "queries.jsonl", {"_id": "x", "text": "coal kiln"}, {"_id": "y", "text": "pharmacists"})
    (scifact / "qrels").mkdir()
    (scifact / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\nx\tc\t1\nx\td\t1\ny\ta\t1\n")
    return tmp_path


@contextmanager
def in_memory() -> Iterator[Store]:
    yield Store(Path(), in_memory=True)


def maker(folder: Path, embedder: FakeEmbedder) -> ArchiveMaker:
    kept = KeptVectors(folder, model_id=embedder.model_id)
    return ArchiveMaker(in_memory, embedder, kept, NOW, lambda name, done, total: None)


def values(section: Section) -> dict[str, float]:
    return {figure.key: figure.value for figure in section.figures}


def test_stories_are_scored_on_an_archive_beside_both_baselines(data: Path) -> None:
    section = measure_stories(data, maker(data / "kept", FakeEmbedder()))
    assert values(section) == {"pair_f1": 1, "map": 1}
    for figure in section.figures:
        assert [each.name for each in figure.baselines] == ["tf-idf", "plain fake-1"]
        assert figure.holds


def test_lists_of_pages_and_news_together_are_looked_at(data: Path) -> None:
    section = measure_hubs(data, maker(data / "kept", FakeEmbedder()))
    assert "all 6 pages and news texts" in section.says
    found = values(section)
    assert (found["themselves"], found["copies"], found["a_story_twice"]) == (0, 0, 0)


def test_searches_are_scored_beside_words_meaning_and_ranks(data: Path) -> None:
    section = measure_searching(data, maker(data / "kept", FakeEmbedder()))
    first, time = section.figures
    assert (first.key, time.key, time.is_pinned) == ("first", "query_ms", False)
    assert [each.name for each in first.baselines] == ["words (BM25)", "meaning", "reciprocal rank"]
    assert first.value > 0.8


def test_what_was_embedded_once_is_not_embedded_again(data: Path) -> None:
    one, other = FakeEmbedder(), FakeEmbedder()
    first = [measure(data, maker(data / "kept", one)) for measure in (measure_stories, measure_hubs)]
    again = [measure(data, maker(data / "kept", other)) for measure in (measure_stories, measure_hubs)]
    assert first == again
    assert one.calls > 0
    assert other.calls == 0


def test_another_model_or_a_broken_file_has_nothing_kept(data: Path) -> None:
    measure_stories(data, maker(data / "kept", FakeEmbedder()))
    assert KeptVectors(data / "kept", model_id=FakeEmbedder.model_id).known
    assert not KeptVectors(data / "kept", model_id="another").known
    (path,) = (data / "kept").iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert not KeptVectors(data / "kept", model_id=FakeEmbedder.model_id).known
    embedder = FakeEmbedder()
    assert values(measure_stories(data, maker(data / "kept", embedder)))["map"] == 1
    assert embedder.calls > 0


def test_a_plain_vector_ends_with_the_models_window(data: Path) -> None:
    words = [f"word{at}" for at in range(PLAIN_TOKENS)]
    long, short = maker(data, FakeEmbedder()).plain_vectors([" ".join([*words, "more"]), " ".join(words)])
    assert long.tolist() == short.tolist()


def test_a_missing_set_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DigestError, match=r"ecbplus\.jsonl: not found; leave out .* --only"):
        measure_stories(tmp_path, maker(tmp_path / "kept", FakeEmbedder()))
