"""Copies are looked for among few articles, and none is missed."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from fakes import NOW
from numpy.typing import NDArray
from old_archives import make_empty

from digest.articles.copies import BANDS, PERMUTATIONS, find_copies
from digest.articles.given import article_of_text
from digest.records import Article
from digest.store import Store
from digest.store.bands import BAND_ROWS, band_keys

Row = NDArray[np.uint32]


def signatures(count: int, seed: int = 7) -> Row:
    return np.random.default_rng(seed).integers(0, 2**31, (count, PERMUTATIONS), dtype=np.uint32)


def like(signature: Row, share: float, seed: int) -> Row:
    """Another signature with so many of the values the same."""
    is_same = np.random.default_rng(seed).random(PERMUTATIONS) < share
    return np.where(is_same, signature, signatures(1, seed)[0]).astype(np.uint32)


def made_article(number: int) -> Article:
    url = f"https://a.example/{number}"
    return article_of_text(id=f"{number:04}", url=url, title="T", text=f"Text {number}.")


def test_bands_are_those_of_dedupe() -> None:
    assert BANDS * BAND_ROWS == PERMUTATIONS


def test_band_keys_never_change() -> None:
    # They are kept in archives: other values need a migration.
    keys = band_keys(np.arange(PERMUTATIONS, dtype=np.uint32)[None])
    assert keys.shape == (1, BANDS)
    assert keys[0, :4].tolist() == [1032868526, -315037435, 379869925, -1508330596]
    same = band_keys(np.zeros((1, PERMUTATIONS), dtype=np.uint32))[0]
    assert len(set(same.tolist())) == BANDS


def test_copies_among_candidates_are_those_among_all(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    old = signatures(300)
    old[200:] = [like(old[at], share, seed=at + 1_000) for at, share in enumerate(np.linspace(0.2, 1, 100))]
    store.articles.add_imported([(made_article(at), row, "") for at, row in enumerate(old)], now=NOW)
    own = np.stack(
        [
            *(like(old[at], share, seed=at + 2_000) for at, share in enumerate(np.linspace(0.2, 1, 150))),
            old[3],
        ]
    )
    fresh = [f"fresh-{at}" for at in range(len(own))]
    ids, near = store.articles.signatures_near(own)
    assert len(ids) < 300
    found = find_copies([*ids, *fresh], np.concatenate([near, own]), set(fresh))
    every_id, every = store.articles.signatures()
    assert found == find_copies([*every_id, *fresh], np.concatenate([every, own]), set(fresh))
    assert len(found) > 40


def test_a_changed_article_is_found_by_its_new_signature_alone(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    first, second = signatures(2)
    store.articles.add(made_article(1), place=1, signature=first, now=NOW)
    store.articles.add(made_article(1), place=1, signature=second, now=NOW)
    assert store.articles.signatures_near(first[None])[0] == []
    assert store.articles.signatures_near(second[None])[0] == ["0001"]
    store.articles.remove("0001")
    assert store.articles.signatures_near(second[None])[0] == []
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM bands").scalar() == 0


def archive_of_schema_4(path: Path, rows: Row) -> None:
    make_empty(path, schema="0004")
    with sqlite3.connect(path) as raw:
        for place, row in enumerate(rows, 1):
            raw.execute(
                "INSERT INTO articles VALUES (?, ?, 'u', 'u', 'u', 'T', '', NULL, 'en', 'a', 0, 'Text.', "
                "'[[0, 5]]', 'h', ?, NULL, '2026-11-01 00:00:00', 0)",
                (place, f"{place:04}", row.tobytes()),
            )
        raw.execute("INSERT INTO vector_blocks VALUES (1, 'm', x'', x'', x'')")


@pytest.mark.sqlite
@pytest.mark.parametrize("count", [0, 3])
def test_an_archive_of_schema_4_gets_its_bands(tmp_path: Path, count: int) -> None:
    rows = signatures(count)
    archive_of_schema_4(tmp_path / "archive.db", rows)
    store = Store(tmp_path)
    assert (tmp_path / "archive.schema-4.db").exists()
    for place, row in enumerate(rows, 1):
        assert store.articles.signatures_near(row[None])[0] == [f"{place:04}"]
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM bands").scalar() == count * BANDS
    store.close()
