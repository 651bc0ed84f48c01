"""The words of a claim or a document: roots, classes, sentences, speakers, and where each root stands."""

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from digest.language.background import rarity
from digest.language.relations import root, synonyms
from digest.language.tags import tag_sentences
from digest.language.wordlists import word_list
from digest.language.words import NUMBER_WORDS, STOP_WORDS, Word, split_words

TELLING = frozenset(root(word) for word in word_list("telling"))
"""Words a claim has for the text itself and for what people say in it; no text need have them."""

NEIGHBOUR_REACH = 7
"""Neighbours: content words at most so many words away, in the same sentence."""

BESIDE_REACH = 5
"""Words before or after a figure among which what it is of is looked for."""

_ENDS = frozenset(".!?…")
_ABBREVIATIONS = frozenset(
    ("mr", "mrs", "ms", "dr", "prof", "st", "vs", "no", "inc", "co", "corp", "e.g", "i.e", "jr")
)
_MAX_SPEAKER_WORDS = 4
"""Words before a colon that may name who speaks; judgement."""

Neighbour = tuple[str, float, int]
"""Root, weight and side of a content word near another: -1 before it, 1 after."""


class Places(dict[str, list[int]]):
    """Where a root or one that may say the same stands, ascending; worked out when it is asked for."""

    def __init__(self, positions: dict[str, list[int]]) -> None:
        super().__init__()
        self._positions = positions

    def __missing__(self, of: str) -> list[int]:
        found = sorted(at for each in synonyms(of) for at in self._positions.get(each, ()))
        self[of] = found
        return found


@dataclass(frozen=True)
class Wording:
    """The words of a text, read once; what takes work is worked out when it is first asked for."""

    text: str
    words: tuple[Word, ...]
    """Words and marks in order, untagged."""
    roots: tuple[str, ...]
    """Root of each word; empty for marks."""
    spans: tuple[tuple[int, int], ...]
    """Word positions of each sentence, end exclusive."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Split a text into words and sentences."""
        words = tuple(split_words(text))
        roots = tuple(
            root(word.text) if word.text[0].isalnum() or word.text[0] in "€$£¥" else "" for word in words
        )
        return cls(text, words, roots, tuple(_sentence_spans(text, words)))

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Where each root stands, ascending."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(self.roots):
            if each:
                found[each].append(at)
        return dict(found)

    @cached_property
    def places(self) -> Places:
        """Where each root or one that may say the same stands, ascending."""
        return Places(self.positions)

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each word."""
        return [word.start for word in self.words]

    def word_at(self, offset: int) -> int:
        """Give the word that stands at an offset, or the last before it."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    @cached_property
    def sentence_of(self) -> list[int]:
        """Sentence of each word."""
        return [number for number, (start, end) in enumerate(self.spans) for _ in range(start, end)]

    @cached_property
    def weights(self) -> list[float]:
        """How much each word says: its rarity; 0 for marks, numbers and words of the closed classes."""
        return [
            0.0 if not each or word.lower in STOP_WORDS else max(rarity(word.lower), 0.05)
            for word, each in zip(self.words, self.roots, strict=True)
        ]

    @cached_property
    def own_weights(self) -> list[float]:
        """The same, and 0 for words that only say that something is said."""
        return [
            0.0 if each in TELLING else weight for each, weight in zip(self.roots, self.weights, strict=True)
        ]

    @cached_property
    def around(self) -> list[list[Neighbour]]:
        """Of each word the content words around it in its sentence; the further off, the lighter."""
        return [self._around(at, start, end) for start, end in self.spans for at in range(start, end)]

    def _around(self, at: int, start: int, end: int) -> list[Neighbour]:
        own, roots, weights = self.roots[at], self.roots, self.weights
        return [
            (roots[near], weights[near] / (1 + 0.2 * abs(near - at)), -1 if near < at else 1)
            for near in range(max(start, at - NEIGHBOUR_REACH), min(end, at + NEIGHBOUR_REACH + 1))
            if weights[near] and roots[near] != own
        ]

    @cached_property
    def tagged(self) -> tuple[Word, ...]:
        """The words with their classes, sentence by sentence."""
        inner = {
            word.text
            for start, end in self.spans
            for word in self.words[start + 1 : end]
            if word.text[:1].isupper()
        }
        sentences = [self.words[start:end] for start, end in self.spans]
        firsts = [bool(words) and words[0].text in inner for words in sentences]
        return tuple(word for words in tag_sentences(sentences, first_names=firsts) for word in words)

    @cached_property
    def turns(self) -> list[tuple[int, int]]:
        """Of each word that names the speaker of a turn ("Ann: ..."): the turn, as word positions.

        Returns:
            For every word, (position, position + 1), or for a speaker's name the whole turn.
        """
        spans = [(at, at + 1) for at in range(len(self.words))]
        for start, colon, end in self.labels:
            for at in range(start, colon):
                spans[at] = (start, end)
        return spans

    @cached_property
    def labels(self) -> list[tuple[int, int, int]]:
        """Of each turn ("Ann: ..."): where its speaker's name starts, the colon, and where the turn ends."""
        labels: list[tuple[int, int]] = []
        for start, end in self.spans:
            colon = next(
                (
                    at
                    for at in range(start, min(end, start + _MAX_SPEAKER_WORDS + 1))
                    if self.words[at].text == ":"
                ),
                None,
            )
            if colon is not None and colon > start and self.words[start].text[0].isupper():
                labels.append((start, colon))
        ends = [start for start, _ in labels[1:]] + [len(self.words)]
        return [(start, colon, end) for (start, colon), end in zip(labels, ends, strict=False)]

    @cached_property
    def lower_text(self) -> str:
        """The text in small letters."""
        return self.text.lower()

    @cached_property
    def plain_text(self) -> str:
        """The text's words alone, in small letters between single spaces, for comparing what is verbatim."""
        return f" {plain(self.text)} "

    @cached_property
    def lowers(self) -> frozenset[str]:
        """Every word in small letters."""
        return frozenset(word.lower for word in self.words)

    def quote(self, first: int, last: int) -> tuple[str, int, int]:
        """Give the words from `first` to `last` (inclusive) as written, with their offsets."""
        start, end = self.words[first].start, self.words[last].end
        return self.text[start:end], start, end


def words_beside(wording: Wording, start: int, end: int) -> list[tuple[int, str]]:
    """Give side and root of the nearest content word before and after a stretch of the text, in its
    sentence."""
    first = bisect_right(wording.starts, start) - 1
    last = bisect_right(wording.starts, max(end - 1, start)) - 1
    if first < 0:
        return []
    begin, finish = wording.spans[wording.sentence_of[first]]
    found = []
    for side, places in (
        (-1, range(first - 1, max(begin, first - BESIDE_REACH) - 1, -1)),
        (1, range(last + 1, min(finish, last + BESIDE_REACH))),
    ):
        near = next(
            (at for at in places if wording.weights[at] and wording.words[at].text[0].isalpha()), None
        )
        if near is not None:
            found.append((side, wording.roots[near]))
    return found


def _sentence_spans(text: str, words: tuple[Word, ...]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else None
        if following is None or _ends_here(text, words, at, word, following):
            spans.append((start, at + 1))
            start = at + 1
    return spans


def _ends_here(text: str, words: tuple[Word, ...], at: int, word: Word, following: Word) -> bool:
    gap = text[word.end : following.start]
    if "\n" in gap:
        return True
    if word.text not in _ENDS or not gap:
        # A closing quote or bracket after the full stop belongs to the sentence that ends.
        closes = word.text in "”\"')" and at > 0 and words[at - 1].text in _ENDS
        return bool(closes and gap and following.text[0].isupper())
    if word.text == "." and at and words[at - 1].lower in _ABBREVIATIONS:
        return False
    return following.text[0].isupper() or not following.text[0].isalpha() or word.text != "."


def is_content(word: Word) -> bool:
    """Whether a word says something of its own: no mark, number or word of the closed classes."""
    return word.text[0].isalpha() and word.lower not in STOP_WORDS and word.lower not in NUMBER_WORDS


def plain(text: str) -> str:
    """Reduce a text to its words: small letters, single spaces, no marks."""
    return " ".join(re.findall(r"\w+", text.lower()))
