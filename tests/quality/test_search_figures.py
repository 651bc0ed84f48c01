"""Figures of searching, on a folder of three documents."""

import json
from pathlib import Path

import pytest
from fakes import NOW, FakeEmbedder

from digest.issues.importing import import_articles
from digest.store import Store
from tests.quality.evaluation.search import documents, fuse_ranks, load_judged, measure_search, ndcg

DOCUMENTS = {
    "d1": "Heat pumps replace boilers.",
    "d2": "Robots lift patients.",
    "d3": "Tides drive turbines.",
}
QUERIES = {"q1": "heat pumps", "q2": "robots in hospitals", "unjudged": "nothing"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "qrels").mkdir()
    rows = [{"_id": name, "title": "A title", "text": text} for name, text in DOCUMENTS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    asked = [{"_id": name, "text": text} for name, text in QUERIES.items()]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (tmp_path / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\nq2\td2\t1\nq1\td1\t1\n")
    return tmp_path


def test_gain_falls_with_the_place_and_is_one_at_best() -> None:
    assert ndcg(["a", "b"], {"a": 1, "b": 1}) == 1
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg([f"x{at}" for at in range(10)] + ["a"], {"a": 1}) == 0


def test_ranks_are_fused_by_their_sum() -> None:
    assert fuse_ranks(["a", "b", "c"], ["c", "b"]) == ["c", "b", "a"]


def test_all_ways_are_measured_over_the_judged_queries(folder: Path) -> None:
    judged = load_judged(folder)
    assert list(judged.queries) == ["q2", "q1"], "in the order of the judgements"
    store = Store(folder, in_memory=True)
    rows = documents(folder, judged)
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    first, others = measure_search(store, judged, FakeEmbedder())
    assert (first.queries, others.queries) == (2, 0)
    assert (first.both, first.words, first.meaning, first.ranks) == (1, 1, 1, 1)
    assert first.mean_ms > 0


def test_of_a_few_queries_the_answers_stay_and_few_others(folder: Path) -> None:
    judged = load_judged(folder, limit=1)
    assert list(judged.queries) == ["q2"]
    assert [row.id for row in documents(folder, judged, limit=1)] == ["d1", "d2"]
