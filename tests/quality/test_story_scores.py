"""The figures of stories and closest lists, on cases small enough to count by hand."""

from pathlib import Path

import numpy as np
import pytest
from fakes import NOW, FakeEmbedder

from digest.issues.importing import Row, import_articles
from digest.store import Store
from tests.quality.evaluation.hubs import score_hubs
from tests.quality.evaluation.stories import (
    mean_average_precision,
    pair_f1,
    score_archive,
    score_tf_idf,
    score_vectors,
)

GOLD = {"a": "1", "b": "1", "c": "2", "d": "2"}
TEXTS = {
    "a": "Hackers hit Medlinea in Tarrow on Monday and pharmacists wrote by hand.",
    "b": "Pharmacists in Tarrow wrote by hand when hackers hit Medlinea on Monday.",
    "c": "A kiln at Brekke burns no coal any more, says Halden.",
    "d": "No coal any more: Halden shuts the kiln at Brekke.",
}


def test_pair_f1_counts_pairs_said_and_labelled() -> None:
    assert pair_f1(GOLD, GOLD) == 1
    assert pair_f1(dict.fromkeys(GOLD, "x"), GOLD) == pytest.approx(2 * 2 / (6 + 2))
    assert pair_f1({each: each for each in GOLD}, GOLD) == 0
    assert pair_f1({}, {"a": "1"}) == 1


def test_average_precision_counts_where_each_wanted_is_found() -> None:
    assert mean_average_precision({"a": ["b", "c", "d"]}, GOLD) == 1
    assert mean_average_precision({"a": ["c", "b"], "c": ["a", "b", "d"]}, GOLD) == pytest.approx(
        (1 / 2 + 1 / 3) / 2
    )
    assert mean_average_precision({"a": []}, {"a": "1"}) == 0


def test_archive_and_baselines_are_scored_alike(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    rows = [Row(each, f"https://a.example/{each}", "", text, None) for each, text in TEXTS.items()]
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    own = score_archive(store, GOLD, model_id=FakeEmbedder.model_id)
    assert (own.pair_f1, own.mean_average_precision) == (1, 1)
    words = score_tf_idf(list(TEXTS), list(TEXTS.values()), GOLD)
    assert (words.pair_f1, words.mean_average_precision) == (1, 1)
    blind = score_vectors("blind", list(TEXTS), np.eye(4, dtype=np.float32), GOLD)
    assert blind.mean_average_precision < 1
    hubs = score_hubs(store, model_id=FakeEmbedder.model_id, min_similarity=0)
    assert (hubs.articles, hubs.naming_themselves, hubs.naming_copies, hubs.naming_a_story_twice) == (
        4,
        0,
        0,
        0,
    )
