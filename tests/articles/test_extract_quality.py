"""The 240 real pages: text against its reference, title and refusals."""

import gzip
import json
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from digest.articles.extract import extract
from digest.errors import ExtractError
from digest.records import Page

# Measured .962 in November 2026; trafilatura's own defaults give .941.
MIN_MEAN_F1 = 0.945
MIN_TITLES = 0.8
# Its text is not in its markup; only teasers of other articles are.
WITHOUT_ARTICLE = {"0310"}


def extracted(body: bytes, url: str) -> tuple[str, str]:
    try:
        article = extract(Page(url, url, 200, (), body, datetime(2026, 11, 22, tzinfo=UTC)))
    except ExtractError:
        return "", ""
    return article.title, article.text


def word_f1(ours: str, reference: str) -> float:
    first, second = (Counter(re.findall(r"\w+", text.lower())) for text in (ours, reference))
    shared = sum((first & second).values())
    return 2 * shared / (sum(first.values()) + sum(second.values())) if shared else 0.0


def squashed(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", (text or "").lower())


@pytest.mark.slow
def test_real_pages_keep_their_text(dev_data: Path) -> None:
    lines = (dev_data / "pages" / "articles.jsonl").read_text(encoding="utf-8").strip().split("\n")
    rows = [json.loads(line) for line in lines]
    bodies = [
        gzip.decompress((dev_data / "pages" / "html" / f"{row['id']}.html.gz").read_bytes()) for row in rows
    ]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(extracted, bodies, [row["url"] for row in rows], chunksize=8))
    scores = {row["id"]: word_f1(text, row["text"]) for row, (_, text) in zip(rows, found, strict=True)}
    assert {row["id"] for row, (_, text) in zip(rows, found, strict=True) if not text} <= WITHOUT_ARTICLE
    assert sum(scores.values()) / len(scores) >= MIN_MEAN_F1
    titles = [squashed(title) == squashed(row["title"]) for row, (title, _) in zip(rows, found, strict=True)]
    assert sum(titles) / len(titles) >= MIN_TITLES
