"""The vectors shipped for the packaged prompt files are all there and are the model's."""

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis import library_texts
from digest.analysis.library import phrasing_texts
from digest.analysis.shipped_vectors import shipped_vectors, write_shipped
from digest.cli.machinery import encode_known, library_of
from digest.workspace.prompt_files import load_patterns, load_themes

MODEL_ID = SentenceTransformerEmbedder().model_id


class NoModel(FakeEmbedder):
    """Claims to be the packaged model and must not be asked."""

    model_id = MODEL_ID

    def encode(self, texts: object) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        raise AssertionError(f"asked to embed {texts!r}")


def test_every_packaged_text_is_shipped(tmp_path: Path) -> None:
    library = library_of(tmp_path, NoModel(), None)()
    assert len(library.phrasing_means) == len(library.patterns)
    assert np.allclose(np.linalg.norm(library.wording_vectors, axis=1), 1, atol=1e-3)
    assert np.allclose(np.linalg.norm(library.pattern_vectors, axis=1), 1, atol=1e-3)


def test_another_model_gets_nothing_shipped() -> None:
    assert shipped_vectors(["anything"], model_id="other@1") == {}


def test_a_text_of_the_editor_s_own_is_embedded_and_the_rest_is_not(tmp_path: Path) -> None:
    asked: list[str] = []

    class Counting(FakeEmbedder):
        model_id = MODEL_ID

        def encode(self, texts: list[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
            asked.extend(texts)
            return np.eye(384, dtype=np.float32)[: len(texts)]

    shipped = phrasing_texts(load_patterns(tmp_path))[0]
    vectors = encode_known([shipped, "a phrasing nobody shipped"], Counting(), None)
    assert asked == ["a phrasing nobody shipped"]
    assert vectors[1, 0] == 1
    assert vectors.shape == (2, 384)


def test_what_is_written_is_near_what_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = np.random.default_rng(1).normal(size=(20, 384)).astype(np.float32)
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    texts = [f"text {n}" for n in range(20)]
    write_shipped(tmp_path / "v.npz", texts, given, model_id="m")
    with np.load(tmp_path / "v.npz") as arrays:
        levels, scales, keys = arrays["levels"], arrays["scales"], arrays["keys"]
    assert list(keys) == sorted(keys)
    kept = levels * scales[:, None]
    best = (kept / np.linalg.norm(kept, axis=1, keepdims=True)) @ given.T
    assert best.max(axis=1).min() > 0.9999


@pytest.mark.model
def test_shipped_vectors_are_the_model_s(tmp_path: Path) -> None:
    themes, patterns = load_themes(tmp_path), load_patterns(tmp_path)
    texts = [*library_texts(themes, patterns)[0][:8], *phrasing_texts(patterns)[:40]]
    shipped = shipped_vectors(texts, model_id=MODEL_ID)
    made = SentenceTransformerEmbedder().encode(texts)
    assert min(float(shipped[text] @ vector) for text, vector in zip(texts, made, strict=True)) > 0.995
