"""The file of vectors beside the archive: nothing in it that the archive has not, nothing missing."""

from pathlib import Path

import numpy as np
import pytest
from fakes import NOW

from digest.articles.given import article_of_text
from digest.records import Article
from digest.store import Store
from digest.stories import vector_index
from digest.stories.nearest import rounded
from digest.stories.vector_index import open_index

SIGNATURE = np.arange(128, dtype=np.uint32)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(vector_index, "MIN_FILED", 4)
    monkeypatch.setattr(vector_index, "MAX_TAIL", 0.5)
    made = Store(tmp_path)
    for place in range(1, 9):
        keep(made, place)
    return made


def made_article(place: int, text: str = "") -> Article:
    return article_of_text(
        id=f"article-{place}", url=f"https://a.example/{place}", title="T", text=text or f"Text {place}."
    )


def keep(store: Store, place: int, text: str = "", *, has_vector: bool = True) -> Article:
    article = made_article(place, text)
    store.articles.add(article, place=place, signature=SIGNATURE, now=NOW)
    if has_vector:
        save_vector(store, article)
    return article


def save_vector(store: Store, article: Article) -> None:
    seed = int(article.text_hash[:8], 16)
    vector = np.random.default_rng(seed).standard_normal(16).astype(np.float32)
    store.articles.save_vectors([(article.text_hash, vector / np.linalg.norm(vector))], model_id="m")


def check(store: Store, places: list[int]) -> None:
    """Check an opened index against the articles' own vectors, asked for one by one."""
    index = open_index(store, model_id="m", is_rounded=False)
    assert index.places.tolist() == places
    by_place = store.articles.keys_at(places)
    known = store.articles.vectors_of([key.text_hash for key in by_place.values()], model_id="m")
    expected = np.stack([known[by_place[place].text_hash] for place in places])
    assert np.allclose(index.vectors, expected, atol=1e-6)
    compared = open_index(store, model_id="m")
    assert compared.places.tolist() == places
    assert np.array_equal(compared.vectors, rounded(index.vectors))


def test_the_file_gives_what_the_archive_gives(store: Store, tmp_path: Path) -> None:
    check(store, list(range(1, 9)))
    assert (tmp_path / "vectors.cache").exists()
    check(store, list(range(1, 9)))


def test_what_came_since_stands_beside_the_file_until_it_is_written_again(
    store: Store, tmp_path: Path
) -> None:
    check(store, list(range(1, 9)))
    before = (tmp_path / "vectors.cache").stat().st_ino
    keep(store, 12)
    keep(store, 10)
    check(store, [*range(1, 9), 10, 12])
    assert (tmp_path / "vectors.cache").stat().st_ino == before
    for place in range(20, 40):
        keep(store, place)
    check(store, [*range(1, 9), 10, 12, *range(20, 40)])
    assert (tmp_path / "vectors.cache").stat().st_ino != before


def test_an_article_that_gets_its_vector_after_the_file_was_written_is_found(store: Store) -> None:
    late = keep(store, 9, has_vector=False)
    keep(store, 10)
    check(store, [*range(1, 9), 10])
    save_vector(store, late)
    check(store, list(range(1, 11)))


def test_a_changed_and_a_removed_article_are_not_found_as_they_were(store: Store) -> None:
    check(store, list(range(1, 9)))
    keep(store, 3, "Another text altogether.")
    check(store, list(range(1, 9)))
    keep(store, 4, "One that has no vector yet.", has_vector=False)
    check(store, [1, 2, 3, 5, 6, 7, 8])
    store.articles.remove("article-5")
    check(store, [1, 2, 3, 6, 7, 8])


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x40\0\0\0\0\0\0\0" + b"{}".ljust(64)])
def test_a_file_that_is_none_is_made_again(store: Store, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vectors.cache").write_bytes(content)
    check(store, list(range(1, 9)))
    (tmp_path / "vectors.cache").write_bytes((tmp_path / "vectors.cache").read_bytes()[:-1])
    check(store, list(range(1, 9)))


def test_another_model_has_vectors_of_its_own(store: Store) -> None:
    check(store, list(range(1, 9)))
    assert not len(open_index(store, model_id="other"))


def test_a_folder_that_cannot_be_written_is_no_error(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(store.likeness, "cache_path", tmp_path / "none" / "vectors.cache")
    check(store, list(range(1, 9)))
