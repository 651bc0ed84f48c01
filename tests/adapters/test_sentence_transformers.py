"""The embedding model itself."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.adapters import sentence_transformers as adapter
from digest.adapters.sentence_transformers import SentenceTransformerEmbedder, window_spans
from digest.errors import ModelError


@given(st.integers(0, 5000), st.integers(40, 300))
def test_windows_cover_every_token_overlap_and_fit(count: int, size: int) -> None:
    spans = window_spans(count, size=size, overlap=32)
    covered = {at for start, end in spans for at in range(start, end)}
    assert covered == set(range(count))
    assert all(end - start <= size for start, end in spans)
    assert all(later[0] <= earlier[1] - 32 for earlier, later in pairwise(spans))


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


LONG = " ".join(f"Sentence {number} of a long text on tides, harbours and eelgrass." for number in range(60))


@pytest.mark.model
def test_offsets_point_at_the_words(embedder: SentenceTransformerEmbedder) -> None:
    text = "The harbour at Skarnes — 4.5 million € — was dredged."
    tokens = embedder.encode_tokens([text])[0]
    words = [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    assert words[:3] == ["The", "harbour", "at"]
    assert "€" in words


@pytest.mark.model
def test_a_long_text_is_read_to_its_end(embedder: SentenceTransformerEmbedder) -> None:
    tokens = embedder.encode_tokens([LONG])[0]
    assert len(tokens.starts) > 600
    assert int(tokens.ends[-1]) == len(LONG)
    assert not np.allclose(tokens.whole(LONG), tokens.pool([(0, 1000)])[0], atol=1e-3)


@pytest.mark.model
def test_a_text_gets_the_same_vector_in_any_company(embedder: SentenceTransformerEmbedder) -> None:
    alone = embedder.encode_tokens([LONG])[0]
    among = embedder.encode_tokens(["Short.", LONG, "Another one, a little longer."])[1]
    assert (alone.vectors == among.vectors).all()


@pytest.mark.model
def test_like_texts_are_nearer_than_others(embedder: SentenceTransformerEmbedder) -> None:
    vectors = embedder.encode(["A dog barks in the yard.", "The hound is barking.", "Interest rates fell."])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]
    assert embedder.encode([]).shape == (0, 384)
    assert embedder.encode_tokens(["", "  "])[0].vectors.shape == (0, 384)


@pytest.mark.model
def test_the_model_id_is_known_before_anything_is_loaded() -> None:
    assert SentenceTransformerEmbedder().model_id.startswith("all-MiniLM-L6-v2@53aa5117")


def test_weights_that_are_not_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PACKAGED_SHA256", hashlib.sha256(b"other").hexdigest())
    with pytest.raises(ModelError, match="expected SHA-256"):
        adapter.packaged_model_folder()


@pytest.mark.model
def test_of_an_endless_text_the_beginning_is_read(
    embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "MAX_TOKENS", 50)
    monkeypatch.setattr(adapter, "MAX_CHARACTERS", 2_000)
    for text in (LONG, "潮" * 5_000, "a" * 5_000):
        tokens = embedder.encode_tokens([text])[0]
        assert 0 < len(tokens.starts) <= 50
        assert np.isclose(np.linalg.norm(tokens.whole(text)), 1)
    assert embedder.encode(["潮" * 5_000]).shape == (1, 384)
