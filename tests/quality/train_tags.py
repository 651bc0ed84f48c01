"""Learn the weights of digest/language/tags.py from texts that a parser has read.

    python -m tests.quality.train_tags DATA PARSES [--write]

The labels are those of spaCy over the development texts: pages, entries, news stories, key-phrase texts, and
the documents of the SummEdits sets. PARSES is the file that parses.py keeps them in. Holds a tenth of the
texts out and prints how what is learned from the others does on it; with --write it learns from all, and
prints nothing.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.articles.sentences import sentences as split_sentences
from digest.language import tags
from digest.language.features import packed_weights, padded_codes
from digest.language.words import QUANTIFIERS, Word, split_words
from tests.quality.parses import Token, parsed
from tests.quality.training import PACKAGE, json_lines, options, say

OUT = PACKAGE / "language" / "data"
HELD_OUT = 10
"""One text in so many is held out."""
MAX_WORDS = 80
"""Words of a sentence that is learned from."""

WORD_CLASSES = {
    "CD": "#", "CC": "C", "WDT": "W", "WP": "W", "WRB": "W", "WP$": "W", "PRP": "R", "EX": "R", "MD": "M",
    "VBZ": "V", "VBP": "V", "VBD": "V", "VB": "VB", "VBG": "VG", "VBN": "VN", "RB": "A", "RBR": "A",
    "RBS": "A", "UH": "A", "JJ": "J", "JJR": "J", "JJS": "J", "AFX": "J", "NNP": "NP", "NNPS": "NP",
    "NN": "N", "NNS": "N", "FW": "N", "RP": "P", "DT": "D", "PDT": "D", "PRP$": "D",
}  # fmt: skip
POINTING = ("that", "this", "these", "those")


@dataclass(frozen=True)
class Example:
    """One sentence with what the parser says of its words."""

    words: tuple[Word, ...]
    tags: tuple[int, ...]
    """Numbers of tags.TAGS, -1 unknown."""
    is_held_out: bool


def texts(data: Path) -> Iterator[str]:
    """Give the development texts, each once."""
    files = [data / "pages/articles.jsonl", data / "stories/ecbplus.jsonl"]
    files += sorted((data / "keyphrases").glob("*.jsonl"))
    files += sorted((data / "faithfulness").glob("summedits_*.jsonl"))
    rows = [row for file in files for row in json_lines(file)]
    rows += [
        json.loads(file.read_text(encoding="utf-8")) for file in sorted((data / "entries").glob("*.json"))
    ]
    found = (row.get("text") or row.get("article_text") or row.get("doc", "")[:6000] for row in rows)
    yield from dict.fromkeys(filter(None, found))


def word_class(text: str, tag: str, pos: str, dep: str) -> int:
    """The number of the class that a parser's label stands for; -1 for none."""
    lower = text.lower()
    if tag == "IN":
        name = "S" if dep == "mark" else "P"
    elif tag == "TO":
        name = "T" if dep == "aux" else "P"
    elif tag == "DT" and lower in POINTING and dep in ("nsubj", "nsubjpass", "dobj", "pobj", "attr"):
        name = "R"
    elif tag.startswith("VB") and (pos == "AUX" or lower.replace("’", "'") in ("'s", "'re", "'m")):
        name = "X"
    else:
        name = WORD_CLASSES.get(tag, ".")
    if lower in QUANTIFIERS and name in ("D", "J", "Q", "R", "A", "N"):
        name = "Q"
    return tags.TAGS.index(name)


def examples(data: Path, parses: Path) -> Iterator[Example]:
    """Give the sentences of all texts, split as the project splits them."""
    for text, tokens in parsed(texts(data), parses):
        held_out = zlib.crc32(text[:200].encode()) % HELD_OUT == 0
        starts = [token.start for token in tokens]
        for sentence in split_sentences(text, "en"):
            words = split_words(text[sentence.start : sentence.end], offset=sentence.start)
            if 2 <= len(words) <= MAX_WORDS:
                low, high = np.searchsorted(starts, [sentence.start, sentence.end])
                yield aligned(tuple(words), tokens[low:high], text, held_out)


def aligned(words: tuple[Word, ...], tokens: Sequence[Token], text: str, held_out: bool) -> Example:
    """Lay a parser's tokens over words: a word of several tokens is what hangs on the outside."""
    place: dict[int, int] = {}
    inside: list[list[int]] = [[] for _ in words]
    at = 0
    for number, token in enumerate(tokens):
        while at < len(words) and words[at].end <= token.start:
            at += 1
        if at < len(words) and words[at].start <= token.start:
            place[number] = at
            inside[at].append(number)
    classes = []
    for word, numbers in enumerate(inside):
        outer = [n for n in numbers if tokens[n].step == 0 or place.get(n + tokens[n].step) != word]
        outer = [n for n in outer if tokens[n].tag not in ("POS", ".", ",", "HYPH")] or outer or numbers
        if not outer:
            classes.append(-1)
            continue
        start, end, tag, pos, dep, _ = tokens[outer[0]]
        classes.append(word_class(text[start:end], tag, pos, dep))
    return Example(words, tuple(classes), held_out)


def learn(
    buckets: NDArray[np.int64], classes: NDArray[np.int64], count: int, bits: int, *, epochs: int, seed: int
) -> NDArray[np.float32]:
    """Fit a softmax over summed feature weights, by AdaGrad, a seventh of the features left out at random.

    Args:
        buckets: Shape (n, templates).
        classes: Shape (n,), each in [0, count).
        count: Classes.
        bits: Buckets as a power of two.
        epochs: Times all rows are seen; the weights of the last two are averaged.
        seed: Of the order and of what is left out.
    """
    import torch

    drop = 0.15
    weights = torch.zeros(1 << bits, count)
    squares, mean = torch.full_like(weights, 1e-3), torch.zeros_like(weights)
    random, generator = np.random.RandomState(seed), torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        order = random.permutation(len(classes))
        for first in range(0, len(order), 1024):
            rows = order[first : first + 1024]
            x, y = torch.tensor(buckets[rows]), torch.tensor(classes[rows])
            kept = (torch.rand(x.shape, generator=generator) > drop).float() / (1 - drop)
            error = torch.softmax((weights[x] * kept[:, :, None]).sum(1), 1)
            error[torch.arange(len(rows)), y] -= 1
            used, inverse = torch.unique(x.reshape(-1), return_inverse=True)
            gradient = torch.zeros(len(used), count)
            gradient.index_add_(0, inverse, (error[:, None, :] * kept[:, :, None]).reshape(-1, count))
            squares[used] += gradient * gradient / len(rows)
            weights[used] -= 0.15 * gradient / (squares[used].sqrt() * 32)
        mean += weights / 2 if epoch >= epochs - 2 else 0
    return np.asarray(mean.numpy(), dtype=np.float32)


def sums(weights: NDArray[np.float32], buckets: NDArray[np.int64]) -> NDArray[np.float32]:
    """Scores by weights that are not rounded yet."""
    total = np.zeros((len(buckets), weights.shape[1]), dtype=np.float32)
    for column in range(buckets.shape[1]):
        total += weights[buckets[:, column]]
    return total


def learn_tags(found: Sequence[Example], *, epochs: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit both readings; the second sees what halves of the first make of the half they have not seen."""
    codes, places = padded_codes([[word.text for word in example.words] for example in found])
    classes = np.asarray([kind for example in found for kind in example.tags])
    half = np.asarray([row % 2 for row, example in enumerate(found) for _ in example.words])
    buckets, known, count = tags.first_buckets(codes, places), classes >= 0, len(tags.TAGS)
    first = learn(buckets[known], classes[known], count, tags.BITS, epochs=epochs, seed=0)
    guess = np.zeros(len(classes), dtype=np.int64)
    for side in (0, 1):
        rows = known & (half != side)
        other = learn(buckets[rows], classes[rows], count, tags.BITS, epochs=2, seed=1)
        guess[half == side] = sums(other, buckets[half == side]).argmax(axis=1)
    both = np.concatenate([buckets, tags.second_buckets(codes, places, guess)], axis=1)
    second = learn(both[known], classes[known], count, tags.BITS, epochs=epochs, seed=2)
    return first, second


def keep(name: str, weights: NDArray[np.float32]) -> None:
    """Write the weights where the package finds them."""
    (OUT / f"{name}.npz.gz").write_bytes(packed_weights(weights))


def retagged(found: Sequence[Example]) -> list[Example]:
    """The sentences with the tags that tags.py gives them."""
    tagged = tags.tag_sentences([example.words for example in found])
    return [
        Example(tuple(words), example.tags, example.is_held_out)
        for words, example in zip(tagged, found, strict=True)
    ]


def score(found: Sequence[Example]) -> str:
    """Accuracy on sentences, marks and figures left out."""
    right = [
        tags.TAGS.index(word.tag) == kind
        for example in found
        for word, kind in zip(example.words, example.tags, strict=True)
        if word.text[0].isalpha() and kind >= 0
    ]
    return f"tags {np.mean(right):.4f}"


@contextmanager
def weights_put_back() -> Iterator[None]:
    """Put the package's weights back at the end: what is learned is scored as the package loads it."""
    before = {path: path.read_bytes() for path in OUT.glob("*.npz.gz")}
    try:
        yield
    finally:
        for path, content in before.items():
            path.write_bytes(content)


def train(seen: Sequence[Example]) -> None:
    """Learn from sentences and write the weights."""
    first, second = learn_tags(seen, epochs=3)
    keep("tags_first", first)
    keep("tags_second", second)


def main() -> None:
    """See the module's docstring."""
    parser = options(__doc__)
    parser.add_argument("parses", type=Path, help="file of parses; made if it is not there")
    asked = parser.parse_args()
    found = list(examples(asked.data, asked.parses))
    if asked.write:
        train(found)
        return
    with weights_put_back():
        train([example for example in found if not example.is_held_out])
        say(score(retagged([example for example in found if example.is_held_out])))


if __name__ == "__main__":
    main()
