"""An article made ready for analysis: its sentences with words, classes and vectors, judged once for all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.analysis.sentence_furniture import is_prose
from digest.language.tags import tag_sentences
from digest.language.words import Word, count_words, plain, split_words, stem
from digest.records import Article, TokenVectors, Vectors

LEAD_SENTENCES = 4
"""The start of an article, which says its subject plainest; as many as a summary has. Judgement."""
TITLE = -1
"""Stands for the title where a sentence's index is asked for."""
MAX_SENTENCES = 600
"""Sentences looked at; what comes after is an appendix, and the pairwise matrix stays under 2 MB."""


@dataclass(frozen=True)
class Line:
    """One sentence as the analysis sees it."""

    index: int
    """Place among the article's sentences that are looked at; row of `Reading.vectors`."""
    start: int
    end: int
    text: str
    words: tuple[Word, ...]
    paragraph: int
    """Number of the line of text it stands in."""
    opens_paragraph: bool
    count: int
    """Words in it."""
    is_prose: bool
    """A whole sentence of running text: no heading, list item, question or furniture."""


@dataclass(frozen=True, eq=False)
class Reading:
    """An article's sentences and vectors; each equals itself only, so that what is told of it can be kept."""

    article: Article
    tokens: TokenVectors
    lines: tuple[Line, ...]

    @cached_property
    def centrality(self) -> Vectors:
        """Shape (n,): cosine of each line to the whole text."""
        return np.asarray(self.vectors @ self.vector, dtype=np.float32)

    def pool(self, spans: Sequence[tuple[int, int]]) -> Vectors:
        """Pool token vectors over character spans, as TokenVectors.pool does, but summing the tokens only
        once.

        An analysis pools four times, and each summing took 14 ms under a profiler (November 2026).
        """
        starts, ends = self.tokens.starts, self.tokens.ends
        at = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
        first = np.searchsorted(ends, at[:, 0], side="right")
        last = np.maximum(np.searchsorted(starts, at[:, 1], side="left"), first)
        means = (self._sums[last] - self._sums[first]) / np.maximum(last - first, 1)[:, None]
        norms = np.linalg.norm(means, axis=1, keepdims=True)
        return np.asarray(means / np.where(norms > 0, norms, 1), dtype=np.float32)

    @cached_property
    def _sums(self) -> NDArray[np.float64]:
        width = self.tokens.vectors.shape[1] if self.tokens.vectors.ndim == 2 else 0
        sums = np.zeros((len(self.tokens.starts) + 1, width), dtype=np.float64)
        # Widened first: summing while widening takes twice as long.
        np.cumsum(self.tokens.vectors.astype(np.float64), axis=0, out=sums[1:])
        return sums

    @cached_property
    def vectors(self) -> Vectors:
        """One row a line, L2-normalised; zeros where a line holds no token."""
        return self.pool([(line.start, line.end) for line in self.lines])

    @cached_property
    def vector(self) -> Vectors:
        """Shape (d,): the whole text, L2-normalised."""
        return np.asarray(self.pool([(0, len(self.article.text))])[0], dtype=np.float32)

    @cached_property
    def lead(self) -> Vectors:
        """Shape (d,): the mean of the first LEAD_SENTENCES lines of prose, L2-normalised; zeros without
        any."""
        rows = [line.index for line in self.prose[:LEAD_SENTENCES]]
        mean = self.vectors[rows].sum(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)

    @cached_property
    def capitalised(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Where each capitalised word stands, without its possessive: line and place in it, in order."""
        found: dict[str, list[tuple[int, int]]] = {}
        for line in self.lines:
            for at, word in enumerate(line.words):
                if word.text[0].isupper():
                    found.setdefault(plain(word), []).append((line.index, at))
        return found

    @cached_property
    def title_words(self) -> tuple[Word, ...]:
        """The words of the title with their classes, and their offsets in it."""
        split = split_words(self.article.title)
        return tuple(tag_sentences([split])[0]) if split else ()

    @cached_property
    def stems(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Where each stem stands in title and prose, in order: line, or TITLE, and place in it."""
        found: dict[str, list[tuple[int, int]]] = {}
        lines = [(TITLE, self.title_words), *((line.index, line.words) for line in self.prose)]
        for index, words in lines:
            for at, word in enumerate(words):
                found.setdefault(stem(re.split("['’]", word.lower)[0]), []).append((index, at))
        return found

    @cached_property
    def prose(self) -> tuple[Line, ...]:
        """The lines that are running text."""
        return tuple(line for line in self.lines if line.is_prose)


def read(article: Article, tokens: TokenVectors) -> Reading:
    """Prepare an article.

    Args:
        article: With its sentences; offsets outside the text are left out.
        tokens: Token vectors of `article.text`.

    Returns:
        The sentences in order, at most MAX_SENTENCES of them.
    """
    text = article.text
    breaks = [m.start() for m in re.finditer("\n", text)]
    names = _names_inside(text)
    spans = [_trim(text, max(0, each.start), min(len(text), each.end)) for each in article.sentences]
    spans = [(start, end) for start, end in spans if start < end][:MAX_SENTENCES]
    split = [split_words(text[start:end], offset=start) for start, end in spans]
    tagged = tag_sentences(split, first_names=[bool(words) and words[0].text in names for words in split])
    lines: list[Line] = []
    last_paragraph = -1
    for (start, end), words in zip(spans, tagged, strict=True):
        paragraph = int(np.searchsorted(breaks, start))
        quote = text[start:end]
        lines.append(
            Line(
                index=len(lines),
                start=start,
                end=end,
                text=quote,
                words=tuple(words),
                paragraph=paragraph,
                opens_paragraph=paragraph != last_paragraph,
                count=count_words(quote),
                is_prose="\n" not in quote and is_prose(quote, words),
            )
        )
        last_paragraph = paragraph
    return Reading(article, tokens, tuple(lines))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _names_inside(text: str) -> frozenset[str]:
    """Capitalised words that also stand within sentences, after a lower-case word or comma."""
    return frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w’'&.-]*\w", text))
