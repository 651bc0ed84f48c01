"""How common a word is in general: document counts of 8,000 stems.

data/background.json.gz holds {"documents": n, "counts": {stem: documents with it}}, made by counting each
stem (words.stem) once per text over 240 English web pages of 2025 and keeping the 8,000 with the highest
counts; only the counts are kept. It stands in for the archive's own frequencies, which a young archive
does not have.
"""

import gzip
import json
import math
from functools import cache
from importlib.resources import files

from digest.language.words import stem


@cache
def _table() -> tuple[int, dict[str, int]]:
    raw = files("digest.language").joinpath("data/background.json.gz").read_bytes()
    table = json.loads(gzip.decompress(raw))
    return int(table["documents"]), dict(table["counts"])


def counts() -> tuple[int, dict[str, int]]:
    """Give how many texts were counted, and in how many of them each stem stands."""
    return _table()


@cache
def rarity(word: str) -> float:
    """Inverse document frequency of a word's stem, scaled to (0, 1]; 1 for a word never counted."""
    documents, counts = _table()
    return math.log((documents + 1) / (counts.get(stem(word), 0) + 1)) / math.log(documents + 1)
