"""Learned weights: what is written is what is loaded, and only for the model they were learned from."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from digest.analysis.carriers import CarrierWeights
from digest.analysis.keywords.ranker import KeywordWeights
from digest.analysis.kinds import KindWeights
from digest.analysis.learned import Learned, rounded, shipped, write_learned
from digest.analysis.summary_scores import SummaryWeights
from digest.records import TokenVectors

KINDS = (CarrierWeights, KeywordWeights, KindWeights, SummaryWeights)


@pytest.mark.parametrize("kind", KINDS)
def test_writing_what_is_shipped_gives_the_same_arrays(kind: type[Learned], tmp_path: Path) -> None:
    weights = shipped(kind)
    with np.load(write_learned(weights, tmp_path), allow_pickle=False) as arrays:
        assert str(arrays["model_id"]) == weights.model_id
        assert set(arrays.files) == {field.name for field in dataclasses.fields(kind)}
        for name in set(arrays.files) - {"model_id"}:
            np.testing.assert_array_equal(arrays[name], getattr(weights, name))


def test_rounded_weights_take_two_bytes_and_others_lose_nothing(tmp_path: Path) -> None:
    plain = np.array([0.1, 1 / 3])
    weights = KindWeights("some-model", kinds=rounded(plain), strengths=plain)
    with np.load(write_learned(weights, tmp_path)) as arrays:
        assert arrays["kinds"].dtype == np.float16
        np.testing.assert_array_equal(arrays["kinds"], rounded(plain))
        np.testing.assert_array_equal(arrays["strengths"], plain)


def test_weights_fit_the_vectors_of_their_model_however_texts_are_cut_into_windows() -> None:
    weights = KindWeights("some-model", *[np.zeros(1)] * 2)
    vectors = TokenVectors(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros((0, 2), np.float32))
    assert weights.fits(dataclasses.replace(vectors, model_id="some-model/windows-32"))
    assert not weights.fits(dataclasses.replace(vectors, model_id="other-model/windows-32"))
    assert not weights.fits(vectors)
