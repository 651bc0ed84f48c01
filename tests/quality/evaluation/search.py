"""How well the archive is searched: nDCG@10 on a BEIR folder, beside words, meaning and ranks alone."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.issues.importing import Row
from digest.ports import Embedder
from digest.records import SearchMode, Vectors
from digest.search import Searcher
from digest.store import Store
from tests.quality.evaluation.archives import rows_of

FIRST = 300
"""Queries in the order of their judgements that the choices were made on; the rest is for checking."""

DEPTH = 10

RANK_CONSTANT = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009)."""

RANKS_FUSED = 1_000


@dataclass(frozen=True)
class SearchFigures:
    """nDCG@10 over some queries, 0 to 1, higher is better, and the time a query takes."""

    queries: int
    both: float
    words: float
    meaning: float
    ranks: float
    """Words and meaning by reciprocal rank: the usual way, for comparison."""
    mean_ms: float
    """Mean time of a search by both without the query's embedding."""


@dataclass(frozen=True)
class Judged:
    """Queries with the documents that answer them."""

    queries: Mapping[str, str]
    """Text by id, in the order of the judgements."""
    relevant: Mapping[str, Mapping[str, int]]
    """Gain by document, by query."""


def load_judged(folder: Path, split: str = "train", *, limit: int | None = None) -> Judged:
    """Read queries and judgements of a folder in BEIR's layout; at most so many queries.

    Raises:
        DigestError: there is no such folder.
    """
    relevant: dict[str, dict[str, int]] = {}
    texts = {row["_id"]: row["text"] for row in rows_of(folder / "queries.jsonl")}
    lines = (folder / "qrels" / f"{split}.tsv").read_text(encoding="utf-8").split("\n")
    for line in filter(None, lines[1:]):
        query, document, gain = line.split("\t")
        relevant.setdefault(query, {})[document] = int(gain)
    names = list(relevant)[:limit]
    return Judged({each: texts[each] for each in names}, {each: relevant[each] for each in names})


def documents(folder: Path, judged: Judged, *, limit: int | None = None) -> list[Row]:
    """Read the documents of a BEIR folder as rows of an import.

    Args:
        folder: In BEIR's layout.
        judged: The queries.
        limit: At most so many documents that answer none of the queries; None for all.

    Raises:
        DigestError: there is no such folder.
    """
    answers = {each for found in judged.relevant.values() for each in found}
    rows = rows_of(folder / "corpus.jsonl")
    others = [row["_id"] for row in rows if row["_id"] not in answers]
    wanted = answers | set(others[:limit])
    return [
        Row(row["_id"], f"https://scifact.example/{row['_id']}", row.get("title", ""), row["text"], None)
        for row in rows
        if row["_id"] in wanted
    ]


def measure_search(store: Store, judged: Judged, embedder: Embedder) -> tuple[SearchFigures, SearchFigures]:
    """Measure on an archive that holds the documents, and no others.

    Returns:
        Figures of the first queries, which the choices were made on, and of the others.
    """
    searcher = Searcher(store, model_id=embedder.model_id, make_embedder=lambda: embedder)
    names = list(judged.queries)
    vectors = dict(zip(names, searcher.vectors(list(judged.queries.values())), strict=True))
    first, others = names[:FIRST], names[FIRST:]
    return _figures(searcher, judged, vectors, first), _figures(searcher, judged, vectors, others)


def ndcg(ranked: Sequence[str], gains: Mapping[str, int]) -> float:
    """Give the discounted gain of the first ten over the best there could be; 0 without any to find."""
    best = sorted(gains.values(), reverse=True)[:DEPTH]
    ideal = sum(gain / math.log2(place + 2) for place, gain in enumerate(best))
    found = sum(gains.get(each, 0) / math.log2(place + 2) for place, each in enumerate(ranked[:DEPTH]))
    return found / ideal if ideal else 0.0


def fuse_ranks(*rankings: Sequence[str]) -> list[str]:
    """Bring rankings together by reciprocal rank; ties in the order first met."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, each in enumerate(ranking, 1):
            scores[each] = scores.get(each, 0.0) + 1 / (RANK_CONSTANT + place)
    return sorted(scores, key=lambda each: -scores[each])


def _figures(
    searcher: Searcher, judged: Judged, vectors: Mapping[str, Vectors], names: Sequence[str]
) -> SearchFigures:
    sums = {"hybrid": 0.0, "words": 0.0, "meaning": 0.0, "ranks": 0.0}
    taken = 0.0
    for name in names:
        gains = judged.relevant[name]

        def ranked(mode: SearchMode, limit: int, name: str = name) -> list[str]:
            hits = searcher.plain(judged.queries[name], mode=mode, limit=limit, vector=vectors[name])
            return [hit.id for hit in hits]

        started = time.perf_counter()
        both = ranked("hybrid", DEPTH)
        taken += time.perf_counter() - started
        words, meaning = ranked("words", RANKS_FUSED), ranked("meaning", RANKS_FUSED)
        sums["hybrid"] += ndcg(both, gains)
        sums["words"] += ndcg(words, gains)
        sums["meaning"] += ndcg(meaning, gains)
        sums["ranks"] += ndcg(fuse_ranks(words, meaning), gains)
    count = max(len(names), 1)
    return SearchFigures(
        queries=len(names),
        both=sums["hybrid"] / count,
        words=sums["words"] / count,
        meaning=sums["meaning"] / count,
        ranks=sums["ranks"] / count,
        mean_ms=1000 * taken / count,
    )
