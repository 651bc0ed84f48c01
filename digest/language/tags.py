"""The class of each word of a sentence: enough to find subjects, verbs and noun phrases.

Tags, one or two letters each:

    D determiner   Q quantifier   # number    P preposition   T "to" before a verb
    C and/or/but   S subordinator W who/which/that/what        R pronoun
    X be/have/do   M modal        V finite verb                VB bare verb after to or a modal
    VG -ing        VN participle  A adverb    J adjective      N noun      NP name     . mark

A linear model over hashed features of the word and its neighbours, read twice: the second time with what the
first made of the neighbours. The weights were learned by tests/quality/train_tags.py from what spaCy's
small English model says of 2,188 development texts; over the tenth of them held out in a check 95.1 % of the
words got that model's class (the rules that stood here before: 87.5 % of pages' words and marks; November
2026).
What uses the tags must prefer saying nothing to saying it wrong.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.language.features import Codes, bucket, load_weights, padded_codes
from digest.language.words import Word

TAGS = (
    "D",
    "Q",
    "#",
    "P",
    "T",
    "C",
    "S",
    "W",
    "R",
    "X",
    "M",
    "V",
    "VB",
    "VG",
    "VN",
    "A",
    "J",
    "N",
    "NP",
    ".",
)
TAG_CODES = np.arange(1, len(TAGS) + 2, dtype=np.uint64) * np.uint64(0xD6E8FEB86659FD93)
BITS = 16  # places of weights, as a power of two: size of the file against collisions; judgement

CONTRACTION = re.compile(r"'(?:ve|ll|re|d|m)$")
MODAL_CONTRACTIONS = ("won't", "can't", "wouldn't", "couldn't", "shouldn't", "needn't", "mustn't")


def tag(words: Sequence[Word], *, is_first_name: bool = False) -> list[Word]:
    """Give each word of one sentence its class; see tag_sentences.

    Args:
        words: The sentence's words, in order.
        is_first_name: The first word is a name elsewhere in the text, so its capital is not the sentence's.
    """
    return tag_sentences([words], first_names=[is_first_name])[0]


def tag_sentences(
    sentences: Sequence[Sequence[Word]], *, first_names: Sequence[bool] = ()
) -> list[list[Word]]:
    """Give each word of many sentences its class; none depends on the other sentences.

    Args:
        sentences: The words of each, in order.
        first_names: For each sentence, whether its first word is a name elsewhere in the text.

    Returns:
        The same words with their tags.
    """
    if not any(sentences):
        return [[] for _ in sentences]
    tagged: list[list[Word]] = []
    for row, (words, kinds) in enumerate(zip(sentences, _classes_of(sentences), strict=True)):
        is_name = bool(first_names) and first_names[row]
        tagged.append(
            [
                Word(
                    word.text,
                    word.start,
                    word.end,
                    word.lower,
                    _settled(word, TAGS[kind], is_name=is_name and not place),
                )
                for place, (word, kind) in enumerate(zip(words, kinds, strict=True))
            ]
        )
    return tagged


_found: dict[tuple[str, ...], list[int]] = {}
"""Classes of sentences tagged lately, by their words: a statement and its sentence are looked at by many
rules, each from its own side, and half of all sentences come again."""

MOST_FOUND = 4096
"""Sentences that are remembered, some ten long articles: about 4 MB."""


def _classes_of(sentences: Sequence[Sequence[Word]]) -> list[list[int]]:
    """Class numbers of the words of each sentence, from what was found lately or all others at once."""
    texts = [tuple(word.text for word in words) for words in sentences]
    # Another thread may empty it at any moment.
    made = {text: kinds for text in texts if (kinds := _found.get(text)) is not None}
    new = [text for text in dict.fromkeys(texts) if text and text not in made]
    if new:
        classes = predict(*padded_codes([list(text) for text in new])).tolist()
        at = 0
        for text in new:
            made[text] = classes[at : at + len(text)]
            at += len(text)
        if len(_found) + len(new) > MOST_FOUND:
            _found.clear()
        _found.update((text, made[text]) for text in new[:MOST_FOUND])
    return [made.get(text, []) for text in texts]


def predict(codes: NDArray[np.uint64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Class numbers of the words at `places` among padded codes; shape (words,)."""
    buckets = first_buckets(codes, places)
    guess = load_weights("tags_first").scores(buckets).argmax(axis=1)
    neighbours = second_buckets(codes, places, guess)
    scores = load_weights("tags_second").scores(np.concatenate([buckets, neighbours], axis=1))
    return np.asarray(scores.argmax(axis=1), dtype=np.int64)


def first_buckets(codes: NDArray[np.uint64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Features of each word and its neighbours; shape (words, templates)."""

    def part(column: int, step: int = 0) -> Codes:
        return np.asarray(codes[places + step, column])

    word, four, three, two, begin, shape, kinds = range(7)
    combinations: list[tuple[Codes, ...]] = [
        (part(word),),
        (part(four),),
        (part(three),),
        (part(begin), part(two)),
        (part(shape),),
        (part(kinds), part(two)),
        (part(word, -1),),
        (part(word, 1),),
        (part(word, -2), part(three)),
        (part(word, 2), part(three)),
        (part(three, -1),),
        (part(three, 1),),
        (part(shape, -1), part(shape)),
        (part(shape, 1), part(shape)),
        (part(word, -1), part(word)),
        (part(word), part(word, 1)),
        (part(word, -1), part(word, 1)),
        (part(three, -1), part(three)),
        (part(three), part(three, 1)),
        (part(kinds, -1), part(kinds), part(kinds, 1)),
        (part(word, -1), part(kinds), part(two)),
        (part(word, 1), part(kinds), part(two)),
        (part(two, -2), part(two, -1), part(two)),
        (part(two), part(two, 1), part(two, 2)),
        (part(shape), part(word, -1)),
    ]
    return np.stack([bucket(at, *each, bits=BITS) for at, each in enumerate(combinations)], axis=1)


def second_buckets(
    codes: NDArray[np.uint64], places: NDArray[np.int64], guess: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Features of what the first reading made of the neighbours; shape (words, templates)."""
    tags = np.full(len(codes), TAG_CODES[-1], dtype=np.uint64)
    tags[places] = TAG_CODES[guess]
    near = {step: tags[places + step] for step in (-2, -1, 0, 1, 2)}
    word, three, kinds = codes[places, 0], codes[places, 2], codes[places, 6]
    combinations: list[tuple[Codes, ...]] = [
        (near[0],),
        (near[-1],),
        (near[1],),
        (near[-1], near[1]),
        (near[-2], near[-1]),
        (near[1], near[2]),
        (near[-1], word),
        (near[1], word),
        (near[-1], three),
        (near[1], three),
        (near[-1], near[1], kinds),
        (near[-2], near[-1], near[0]),
        (near[0], near[1], near[2]),
        (near[-1], near[0], near[1]),
    ]
    return np.stack([bucket(100 + at, *each, bits=BITS) for at, each in enumerate(combinations)], axis=1)


def _settled(word: Word, kind: str, *, is_name: bool) -> str:
    """What is certain without a model: marks, numbers, contractions."""
    lower = word.lower
    if word.text.isalpha():
        return "NP" if is_name and kind in ("N", "J") and word.text[0].isupper() else kind
    if not any(c.isalnum() for c in word.text):
        return "C" if word.text == "&" else "."
    if lower[0].isdigit() or (len(lower) > 1 and lower[0] in "€$£¥"):
        return "#"
    if CONTRACTION.search(lower):
        return "R"
    if lower.endswith("n't"):
        return "M" if lower in MODAL_CONTRACTIONS else "X"
    return kind
