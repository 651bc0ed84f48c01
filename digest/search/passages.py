"""The sentences of an article that answer a query, with the words asked for marked."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.records import FoundArticle, Vectors
from digest.search.query import Asked, Part

START_MARK, END_MARK = "\x01", "\x02"
"""Stand around marked words until they are printed; no text holds them (control characters are taken out)."""

MAX_CHARACTERS = 320
"""Length of a passage from which it is cut around its marks."""

ENOUGH = 160
"""A best sentence shorter than this takes a neighbour along."""

MAX_SENTENCES = 40
"""Sentences of one article embedded to find the nearest; its first ones."""

MIN_TOLD = 0.4
"""Share of the query's weight the words of the best sentence must have; below it the nearest sentence by
meaning is shown, if a model is there to say which."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z0-9\"'“])")
_MARKED = re.compile(f"{START_MARK}(.*?){END_MARK}")

Weigh = Callable[[Sequence[str]], list[float]]
"""Gives, for texts, the share (0 to 1) of the query's weight that their words have."""
Embed = Callable[[Sequence[str]], Vectors]


def best_spans(
    articles: Sequence[FoundArticle],
    weigh: Weigh,
    *,
    vector: Vectors | None,
    embed: Embed | None,
    prefers_entry: bool = False,
) -> list[str]:
    """Choose the passage of each article: its best sentence by words, else by meaning, and a neighbour.

    Where its published entry holds more of what is asked for than any of its sentences, the entry's is shown.

    Args:
        articles: The articles of the results.
        weigh: Says how much of the query a text's words hold.
        vector: The query's, shape (d,), where it was embedded.
        embed: The model, where one is loaded.
        prefers_entry: Whether the entry's is shown too where it holds as much.
    """
    sentences = [_sentences(article) for article in articles]
    published = [_published(article) for article in articles]
    shares = iter(
        weigh([text for both in zip(sentences, published, strict=True) for each in both for text in each])
    )
    by_words, by_entry = [], []
    for own, others in zip(sentences, published, strict=True):
        by_words.append(np.array([next(shares) for _ in own]))
        by_entry.append([next(shares) for _ in others])
    chosen = [int(each.argmax()) if len(each) else 0 for each in by_words]
    if vector is not None and embed is not None:
        weak = [row for row, each in enumerate(by_words) if len(each) and each.max() < MIN_TOLD]
        for row in weak:
            nearness = embed(sentences[row][:MAX_SENTENCES]) @ vector
            # Both count: of two near sentences the one that names what was asked for.
            chosen[row] = int((nearness + by_words[row][: len(nearness)]).argmax())
    found = [
        _with_neighbour(each, shares_of, at) if each else ""
        for each, shares_of, at in zip(sentences, by_words, chosen, strict=True)
    ]
    for row, (shares_of, entry_shares) in enumerate(zip(by_words, by_entry, strict=True)):
        most, told = max(entry_shares, default=0.0), shares_of.max(initial=0.0)
        if most > told or (prefers_entry and most == told > 0):
            found[row] = published[row][entry_shares.index(most)]
    return found


def marking(asked: Asked) -> str:
    """Make the FTS5 expression of what is marked: phrases, prefixes, and the words that tell something."""
    parts = [part for group in asked.required for part in group]
    parts += [Part(word) for word in asked.written]
    return " OR ".join(dict.fromkeys(part.expression for part in parts))


def fit(marked: str) -> str:
    """Cut a marked passage to MAX_CHARACTERS around its first marks, at spaces."""
    if len(marked) <= MAX_CHARACTERS:
        return marked
    first = marked.find(START_MARK)
    start = 0 if first < MAX_CHARACTERS * 2 // 3 else marked.rfind(" ", 0, first - 60) + 1
    end = start + MAX_CHARACTERS
    if end < len(marked):
        end = max(marked.rfind(" ", start, end), start + MAX_CHARACTERS // 2)
    piece = marked[start:end].strip()
    # A cut may fall inside a mark.
    if piece.count(START_MARK) > piece.count(END_MARK):
        piece += END_MARK
    return ("… " if start else "") + piece + (" …" if end < len(marked) else "")


def plain(text: str) -> str:
    """Take control characters and runs of white space out."""
    return " ".join(_CONTROL.sub(" ", text).split())


def with_marks(text: str, start: str, end: str) -> str:
    """Replace the marks by what a form of output has for them."""
    return _MARKED.sub(lambda found: f"{start}{found[1]}{end}", text)


def cut_at_marks(text: str) -> tuple[tuple[str, bool], ...]:
    """Cut a marked text into pieces without marks, each with whether it was marked."""
    pieces = _MARKED.split(text)
    return tuple((piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece)


def _sentences(article: FoundArticle) -> list[str]:
    found = (plain(article.text[each.start : each.end]) for each in article.sentences)
    return [sentence for sentence in found if sentence] or [plain(article.text)[: 2 * MAX_CHARACTERS]]


def _published(article: FoundArticle) -> list[str]:
    """Give the sentences and cells of its published entry, without the title, which is shown above."""
    lines = article.entry_text.split("\n")[1:]
    return [sentence for line in lines for sentence in _SENTENCE_END.split(plain(line)) if sentence]


def _with_neighbour(sentences: Sequence[str], shares: NDArray[np.float64], at: int) -> str:
    if len(sentences[at]) >= ENOUGH:
        return sentences[at]
    beside = [row for row in (at + 1, at - 1) if 0 <= row < len(sentences)]
    beside = [row for row in beside if len(sentences[at]) + len(sentences[row]) < MAX_CHARACTERS]
    if not beside:
        return sentences[at]
    other = max(beside, key=lambda row: (shares[row], row == at + 1))
    return " ".join(sentences[row] for row in sorted((at, other)))
