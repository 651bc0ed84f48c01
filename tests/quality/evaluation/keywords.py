"""Keywords against keys that people gave: F1 and precision of the first ten, with the time a text takes.

Both sides are lower-cased, split at white space and reduced to Porter stems; a keyword is right where its
stems are exactly a key's. Keys and keywords that become the same are one. Means are over texts.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.analysis.keywords import choose_keywords
from digest.analysis.reading import read
from digest.articles.given import article_of_text
from digest.ports import Embedder
from tests.quality.evaluation.keyword_baselines import Extract, make_keybert, make_tfidf, make_yake

TOP = 10


@dataclass(frozen=True)
class Score:
    """How well one list of keywords fits, or the mean over several."""

    f1: float
    """0 to 1, higher is better."""
    precision: float
    """0 to 1, of at most TOP keywords."""


@cache
def _stem(word: str) -> str:
    import snowballstemmer

    return str(snowballstemmer.stemmer("porter").stemWord(word))


def stemmed(phrase: str) -> str:
    """Bring a key or keyword into the form in which they are compared."""
    return " ".join(map(_stem, phrase.lower().split()))


def gold_keys(keys: Iterable[str]) -> frozenset[str]:
    """The keys of a text as they are compared."""
    return frozenset(map(stemmed, keys)) - {""}


def score_keywords(keywords: Iterable[str], gold: frozenset[str]) -> Score:
    """Score the first TOP keywords, best first, against a text's keys."""
    shown = list(dict.fromkeys(map(stemmed, keywords)))[:TOP]
    right = sum(each in gold for each in shown)
    precision = right / len(shown) if shown else 0.0
    recall = right / len(gold) if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return Score(f1, precision)


def mean_score(scores: Sequence[Score]) -> Score:
    """The mean over texts; zeros for none."""
    count = max(1, len(scores))
    return Score(sum(each.f1 for each in scores) / count, sum(each.precision for each in scores) / count)


SETS = ("Inspec", "SemEval2017", "500N-KPCrowd-v1.1")
OURS = "digest"
METHODS = (OURS, "tf-idf", "YAKE", "KeyBERT")
KEYBERT_TEXTS = 20
"""KeyBERT embeds each of a text's hundreds of phrases by itself, which takes seconds a text."""


@dataclass(frozen=True)
class LabelledText:
    """A text with the keys people gave it."""

    id: str
    text: str
    gold: frozenset[str]


@dataclass(frozen=True)
class KeywordRow:
    """One method on one set."""

    set_name: str
    method: str
    texts: int
    """0 where the method could not run."""
    score: Score
    ms_per_text: float
    """Everything from the text to the keywords, an embedding of it too; fitting to the set left out."""
    note: str = ""
    """Why it could not run."""


def labelled_texts(data: Path, set_name: str, *, limit: int | None = None) -> list[LabelledText]:
    """Read a set of the data folder, the first `limit` texts of it."""
    path = data / "keyphrases" / f"{set_name}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:limit]]
    return [LabelledText(row["id"], row["text"], gold_keys(row["keys"])) for row in rows]


def evaluate_keywords(
    data: Path, embedder: Embedder, *, limit: int | None = None, methods: Sequence[str] = METHODS
) -> list[KeywordRow]:
    """Score each method on each set.

    Args:
        data: Folder of the development data.
        embedder: For our keywords and for KeyBERT.
        limit: Texts of each set, all where None; KEYBERT_TEXTS at most for KeyBERT.
        methods: Of METHODS.

    Returns:
        Set by set, methods in the order given. A method whose package is not installed has no texts and says
        so.
    """
    rows = []
    for set_name in SETS:
        texts = labelled_texts(data, set_name, limit=limit)
        for method in methods:
            most = KEYBERT_TEXTS if method == "KeyBERT" else None
            rows.append(_evaluate(method, set_name, texts[:most], embedder))
    return rows


def _evaluate(method: str, set_name: str, texts: Sequence[LabelledText], embedder: Embedder) -> KeywordRow:
    try:
        extract = _extractor(method, [each.text for each in texts], embedder)
    except ImportError as error:
        return KeywordRow(set_name, method, 0, mean_score(()), 0.0, f"not installed: {error.name}")
    scores = []
    began = time.perf_counter()
    for each in texts:
        scores.append(score_keywords(extract(each.text), each.gold))
    spent = time.perf_counter() - began
    return KeywordRow(set_name, method, len(texts), mean_score(scores), 1000 * spent / max(1, len(texts)))


def _extractor(method: str, texts: Sequence[str], embedder: Embedder) -> Extract:
    if method == OURS:
        return lambda text: our_keywords(text, embedder)
    if method == "tf-idf":
        return make_tfidf(texts, top=TOP)
    if method == "YAKE":
        return make_yake(top=TOP)
    if method == "KeyBERT":
        return make_keybert(embedder, top=TOP)
    raise ValueError(f"no such method: {method}; known: {', '.join(METHODS)}")


def our_keywords(text: str, embedder: Embedder) -> list[str]:
    """The keywords the default analyzer gives a bare text, best first."""
    article = article_of_text(id="text", url="id:text", title="", text=text)
    tokens = embedder.encode_tokens([text])[0]
    return [each.keyword for each in choose_keywords(read(article, tokens))]
