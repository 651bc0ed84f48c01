"""The index of vectors: products over parts, the nearest, and what is left out."""

import numpy as np
import pytest

from digest.records import Vectors
from digest.stories.nearest import BLOCKS, FEW, Index, rounded


def vectors(count: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, 16)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


WHOLE = vectors(1_500)
PLACES = np.arange(1_500) * 2
IN_PARTS = Index(PLACES, [WHOLE[:700], WHOLE[700:701], WHOLE[701:]])


def test_parts_are_one_index() -> None:
    assert np.array_equal(IN_PARTS.vectors, WHOLE)
    rows = np.array([1_499, 0, 700, 700, 3])
    assert np.array_equal(IN_PARTS.vectors_at(rows), WHOLE[rows])
    assert np.allclose(IN_PARTS.cosines(WHOLE[5]), WHOLE @ WHOLE[5], atol=1e-6)
    assert np.allclose(IN_PARTS.levels, Index(PLACES, WHOLE).levels, atol=1e-6)


@pytest.mark.parametrize("asked", [1, FEW, FEW + 1, 300])
@pytest.mark.parametrize("count", [1, 10, 1_500 // BLOCKS + 1, 1_499])
def test_the_nearest_are_the_highest_of_all_cosines(asked: int, count: int) -> None:
    found = IN_PARTS.nearest(WHOLE[:asked], count=count)
    expected = np.argsort(-(WHOLE[:asked] @ WHOLE.T), axis=1, kind="stable")[:, :count]
    assert found.shape == (asked, count)
    assert (np.sort(found, axis=1) == np.sort(expected, axis=1)).all()


def test_equal_cosines_leave_enough_nearest() -> None:
    index = Index(np.arange(640), np.repeat(vectors(2), 320, axis=0))
    found = index.nearest(vectors(2), count=10)
    assert [len(set(row)) for row in found.tolist()] == [10, 10]
    assert (found[0] < 320).all()
    assert (found[1] >= 320).all()


@pytest.mark.parametrize("gone", [[], [0], [2_998], [0, 700, 1_400, 2_998], PLACES[5:], PLACES])
def test_what_is_left_out_is_gone_and_the_rest_stands(gone: list[int]) -> None:
    kept = ~np.isin(PLACES, gone)
    left = IN_PARTS.without(gone)
    assert left.places.tolist() == PLACES[kept].tolist()
    assert np.array_equal(left.vectors.reshape(-1, 16), WHOLE[kept])


def test_an_end_that_is_left_out_copies_nothing() -> None:
    assert np.shares_memory(IN_PARTS.without(PLACES[900:]).parts[-1], WHOLE)


def test_late_articles_stand_at_their_place() -> None:
    index = Index(PLACES[10:], WHOLE[10:]).plus(PLACES[:10], WHOLE[:10])
    assert index.places.tolist() == PLACES.tolist()
    assert np.array_equal(index.vectors, WHOLE)


def test_rounding_moves_no_cosine_far() -> None:
    close = rounded(WHOLE)
    assert 0 < np.abs(close @ close.T - WHOLE @ WHOLE.T).max() < 0.02
    assert np.array_equal(rounded(WHOLE[3:4]), close[3:4])
