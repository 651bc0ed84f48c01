"""A claim or a document as the finders see it: words with roots, sentences, speakers, and where each root
stands."""

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

from digest.language.background import rarity
from digest.language.relations import root, synonyms
from digest.language.tags import tag_sentences
from digest.language.words import NUMBER_WORDS, STOP_WORDS, Word, split_words

_ENDS = frozenset(".!?…")
_ABBREVIATIONS = frozenset(
    ("mr", "mrs", "ms", "dr", "prof", "st", "vs", "no", "inc", "co", "corp", "e.g", "i.e", "jr")
)
_MAX_SPEAKER_WORDS = 4


@dataclass(frozen=True)
class Reading:
    """A text, read once."""

    text: str
    words: tuple[Word, ...]
    """Words and marks in order, untagged."""
    roots: tuple[str, ...]
    """Root of each word; empty for marks."""
    spans: tuple[tuple[int, int], ...]
    """Word positions of each sentence, end exclusive."""

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Where each root stands, ascending."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(self.roots):
            if each:
                found[each].append(at)
        return dict(found)

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each word."""
        return [word.start for word in self.words]

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
    def _places(self) -> dict[str, list[int]]:
        return {}

    def has(self, of: str) -> bool:
        """Whether a root stands anywhere."""
        return of in self.positions

    def places(self, of: str) -> list[int]:
        """Where a root or one that may say the same stands, ascending."""
        found = self._places.get(of)
        if found is None:
            found = sorted(at for each in synonyms(of) for at in self.positions.get(each, ()))
            self._places[of] = found
        return found

    def nearest(self, of: str, at: int) -> int:
        """Words between a position and the nearest place of a root or its synonyms; a large number for
        none."""
        found = self.places(of)
        here = bisect_left(found, at)
        return min((abs(place - at) for place in found[max(here - 1, 0) : here + 1]), default=10_000)

    def quote(self, first: int, last: int) -> tuple[str, int, int]:
        """Give the words from `first` to `last` (inclusive) as written, with their offsets."""
        start, end = self.words[first].start, self.words[last].end
        return self.text[start:end], start, end


@lru_cache(maxsize=16)
def read(text: str) -> Reading:
    """Read a text. The last few are kept, because many claims are checked against one document."""
    words = tuple(split_words(text))
    roots = tuple(
        root(word.text) if word.text[0].isalnum() or word.text[0] in "€$£¥" else "" for word in words
    )
    return Reading(text, words, roots, tuple(_sentence_spans(text, words)))


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


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """Reduce a text to its words, for comparing what is verbatim: small letters, single spaces, no marks."""
    return " ".join(re.findall(r"\w+", text.lower()))


_EXACT = re.compile(r"\w+|[$€£¥₹₩%‰°<>≤≥~±½¼¾⅓⅔²³⁶]|(?<=\d)[.,:/'’](?=\d)|[-−–—](?=\s?[\d$€£¥])")
_DASHES = str.maketrans("−–—’", "---'")


@lru_cache(maxsize=64)
def exact(text: str) -> str:
    """Reduce a text to its words and the marks that change a figure: currencies, minus, ranges, points."""
    return " ".join(_EXACT.findall(text.lower())).translate(_DASHES)
