"""What keywords are measured against: tf-idf, YAKE and KeyBERT, each with its usual settings.

YAKE and KeyBERT come with the extra `eval`; where one is not installed its `make_...` raises ImportError.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from digest.ports import Embedder

Extract = Callable[[str], list[str]]
"""Text -> keywords, best first."""

LONGEST = 3
"""Words of a phrase, in all three."""


def make_tfidf(texts: Sequence[str], *, top: int) -> Extract:
    """Terms of 1 to 3 words by tf-idf, with scikit-learn's English stop words; rarity from `texts`."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, LONGEST), stop_words="english", sublinear_tf=False)
    vectorizer.fit(texts)
    terms = vectorizer.get_feature_names_out()

    def extract(text: str) -> list[str]:
        row = vectorizer.transform([text])
        order = np.lexsort((row.indices, -row.data))[:top]
        return [str(terms[row.indices[at]]) for at in order]

    return extract


def make_yake(*, top: int) -> Extract:
    """YAKE (Campos et al., 2020) with the package's defaults.

    Raises:
        ImportError: yake is not installed.
    """
    import yake

    extractor = yake.KeywordExtractor(lan="en", n=LONGEST, top=top)

    def extract(text: str) -> list[str]:
        return [str(keyword) for keyword, _ in extractor.extract_keywords(text)]

    return extract


def make_keybert(embedder: Embedder, *, top: int) -> Extract:
    """KeyBERT (Grootendorst, 2020), phrases of 1 to 3 words, with the same model.

    Raises:
        ImportError: keybert is not installed.
    """
    from keybert import KeyBERT
    from keybert.backend import BaseEmbedder

    class Backend(BaseEmbedder):  # type: ignore[misc]
        def embed(self, documents: Any, verbose: bool = False) -> Any:
            return embedder.encode([str(document) for document in documents])

    extractor = KeyBERT(model=Backend())

    def extract(text: str) -> list[str]:
        found = extractor.extract_keywords(
            text, keyphrase_ngram_range=(1, LONGEST), stop_words="english", top_n=top
        )
        return [str(keyword) for keyword, _ in found]

    return extract
