"""Choose MAX_DISTANCE of stories.group, and say how well it holds on topics it was not chosen on.

    python tests/quality/stories.py DATA

DATA is the folder of the development data. Prints pair F1 of each threshold over all ECB+ texts, then, for
eight halves of the topics, that of the threshold chosen on one half for the other.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.cli.printing import show
from digest.issues.importing import Row, import_articles
from digest.ports import Embedder
from digest.store import Store
from digest.stories.group import group
from digest.stories.vector_index import open_index
from digest.stories.weighing import open_frequencies, open_smoothed
from tests.quality.evaluation.stories import pair_f1, score_archive

THRESHOLDS = np.arange(0.45, 0.7, 0.01)
HALVES = 4
"""Random ways to cut the topics in two; each half is chosen on once."""


def main(data: Path, embedder: Embedder) -> None:
    """Print the table."""
    rows = [json.loads(line) for line in (data / "stories" / "ecbplus.jsonl").open(encoding="utf-8")]
    gold = {row["id"]: row["story"] for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        imports = [Row(row["id"], f"id:{row['id']}", row["title"], row["text"], None) for row in rows]
        import_articles(
            imports,
            store,
            embedder,
            now=datetime(2026, 11, 22, tzinfo=UTC),
            progress=lambda done, total: None,
        )
        show(str(score_archive(store, gold, model_id=embedder.model_id)))
        found = labellings(store, embedder.model_id)
        store.close()
    for threshold, labels in zip(THRESHOLDS, found, strict=True):
        show(f"{threshold:.2f}  {pair_f1(labels, gold):.4f}")
    held_out = cross_validated(rows, gold, found)
    show(f"held out: mean {np.mean(held_out):.4f}, least {min(held_out):.4f}")


def labellings(store: Store, model_id: str) -> list[dict[str, str]]:
    """Group all originals at each threshold; a copy goes with its original."""
    keys = [key for key in store.articles.listing() if not key.copy_of]
    copies = {key.id: key.copy_of for key in store.articles.listing() if key.copy_of}
    places = np.array([key.place for key in keys], dtype=np.int64)
    smoothed = open_smoothed(
        store, model_id, open_index(store, model_id=model_id), open_frequencies(store), places
    )
    similarities = smoothed.pairwise()
    found = []
    for threshold in THRESHOLDS:
        stories = group(keys, similarities, known={}, max_distance=float(threshold))
        labels = {each: story.id for story in stories for each in story.article_ids}
        found.append(labels | {copy: labels[original] for copy, original in copies.items()})
    return found


def cross_validated(
    rows: Sequence[dict[str, Any]], gold: dict[str, str], found: Sequence[dict[str, str]]
) -> list[float]:
    """Give pair F1 on each half of the topics, of the threshold that is best on the other."""
    rng = np.random.default_rng(0)
    topics = sorted({row["topic"] for row in rows})
    out = []
    for _ in range(HALVES):
        half = set(rng.permutation(topics)[: len(topics) // 2].tolist())
        for is_inside in (True, False):
            chosen = {row["id"]: gold[row["id"]] for row in rows if (row["topic"] in half) == is_inside}
            rest = {row["id"]: gold[row["id"]] for row in rows if (row["topic"] in half) != is_inside}
            best = max(found, key=lambda labels: pair_f1(labels, chosen))
            out.append(pair_f1(best, rest))
    return out


if __name__ == "__main__":
    main(Path(sys.argv[1]), SentenceTransformerEmbedder())
