"""Measure when two signals can be told to be one: precision and recall over pairs of news sentences.

Run: python tests/quality/recurring.py DATA, where DATA is the folder of development data. The first sentences
of texts on one event stand for a signal that is seen again. Prints a row for each pair of thresholds.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.articles.sentences import sentences
from digest.stories import recur

MAX_WORDS = 14


def beginnings(path: Path) -> dict[str, str]:
    """Give the story of each different first sentence of at least five words."""
    story_of: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found = (row["text"][each.start : each.end].split() for each in sentences(row["text"], "en"))
        first = next((words for words in found if 5 <= len(words) <= 30), [])
        if first:
            story_of.setdefault(" ".join(first[:MAX_WORDS]), row["story"])
    return story_of


def main(data: Path) -> None:
    """Print precision and recall."""
    story_of = beginnings(data / "stories" / "ecbplus.jsonl")
    texts, stories = list(story_of), list(story_of.values())
    vectors = SentenceTransformerEmbedder().encode(texts)
    words = [recur._words(text) for text in texts]
    rarity = recur._rarity(words)
    pairs = []
    for row in range(len(texts)):
        near = vectors[:row] @ vectors[row]
        for other in np.flatnonzero(near >= 0.55):
            shared = recur._shared(words[other], words[row], rarity)
            pairs.append((near[other], shared, stories[other] == stories[row]))
    table = np.array(pairs)
    positives = sum(count * (count - 1) // 2 for count in Counter(stories).values())
    for similarity in (0.6, 0.65, 0.7, 0.75, 0.8):
        for share in (0.0, 0.2, 0.25, 0.3, 0.4):
            right = table[(table[:, 0] >= similarity) & (table[:, 1] >= share), 2]
            sys.stdout.write(
                f"cosine {similarity:.2f} words {share:.2f}: {len(right):4} pairs, "
                f"precision {right.mean():.3f}, recall {right.sum() / positives:.3f}\n"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
