"""The article as numbered sentences: what a model reads, and what it may cite.

Rules: each sentence is one line, `[n]` with its place in the article from 1. Headings and furniture have
`[-]`, so that they cannot be cited. A number in brackets that the article itself has becomes one in
parentheses, so that no line can pass for two. The markers around it are made anew for each call; where the
text has a marker's words, they are broken up.

Known exceptions: a heading that ends in a full stop is taken for a sentence, and a sentence that a page ends
without one for a heading. Either way a statement that rests on it is checked like any other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from digest.analysis.by_model.orders import orders_among
from digest.analysis.by_model.words import one_line
from digest.analysis.sentence_furniture import BULLET, CLOSERS, is_furniture
from digest.language.words import count_words
from digest.records import Article

FEWEST_WORDS = 3
"""Of a sentence that can be cited: fewer state nothing that a row could rest on; judgement."""
FURNITURE_WORDS = 15
"""Longer sentences with a word of furniture are prose that speaks of newsletters or guides: of 1,952
citations by careful readers 12 were to such (November 2026)."""
HEADING_WORDS = 15
"""A line without a full stop and of so many words at most is a heading; longer ones are list items."""
QUESTION_WORDS = 12
"""A line by itself that asks, in so many words at most, is a heading."""
MIN_MARKER = 8
"""Characters of a marker: shorter ones might stand in a text by chance."""

NUMBER_IN_BRACKETS = re.compile(r"\[(\s*[-\d][\d\s,;–-]*)\]")
END = re.compile(r"[.!?…:;]$")


@dataclass(frozen=True)
class Numbered:
    """An article's sentences, as a model sees them."""

    article: Article
    sentences: tuple[str, ...]
    """Each on one line; place n is number n + 1."""
    citable: frozenset[int]
    """The numbers, from 1, that a statement may rest on."""
    headings: frozenset[int]
    """Numbers of lines that begin a part of the article."""

    @cached_property
    def orders(self) -> frozenset[int]:
        """The numbers of lines that ask, tell somebody to do something, or speak to a model."""
        return frozenset(at + 1 for at in orders_among(self.sentences))

    @cached_property
    def stating(self) -> frozenset[int]:
        """The numbers of sentences that state something: no orders and no questions."""
        return self.citable - self.orders

    @cached_property
    def words(self) -> str:
        """Title and sentences: what the article has, for looking things up."""
        return "\n".join((self.article.title, *self.sentences))

    def text(self, numbers: Sequence[int]) -> str:
        """Give the words of some sentences, in their order in the article."""
        return " ".join(self.sentences[number - 1] for number in sorted(set(numbers)))


def number(article: Article) -> Numbered:
    """Number an article's sentences; what is hidden on the page is in no article, and so in none of them."""
    lines = [article.sentence_text(at) for at in range(len(article.sentences))]
    alone = [_stands_alone(article, at) for at in range(len(lines))]
    headings = {at + 1 for at, line in enumerate(lines) if alone[at] and is_heading(line)}
    citable = {at + 1 for at, line in enumerate(lines) if at + 1 not in headings and _states(line)}
    return Numbered(article, tuple(map(one_line, lines)), frozenset(citable), frozenset(headings))


def _states(line: str) -> bool:
    """Whether a sentence is the article's and long enough to state something."""
    words = count_words(line)
    return words >= FEWEST_WORDS and not (words <= FURNITURE_WORDS and is_furniture(line))


def is_heading(line: str) -> bool:
    """Say whether a line that stands by itself heads what follows rather than states something."""
    text = line.strip()
    if BULLET.match(text):
        return False
    words = count_words(text)
    bare = text.rstrip(CLOSERS).rstrip()
    if bare.endswith("?"):
        return words <= QUESTION_WORDS
    return words <= HEADING_WORDS and not END.search(bare)


def article_lines(numbered: Numbered, numbers: Sequence[int], marker: str) -> str:
    """Write sentences as a prompt has them, a line each.

    Args:
        numbered: The article.
        numbers: Which of its lines, from 1.
        marker: What stands around them; broken up where a line has it.
    """
    return "\n".join(
        f"[{at if at in numbered.citable else '-'}] {as_data(numbered.sentences[at - 1], marker)}"
        for at in numbers
    )


def as_data(text: str, marker: str) -> str:
    """Give a text as it may stand between markers: on one line; it cannot close them or number itself.

    Raises:
        ValueError: the marker is too short.
    """
    return NUMBER_IN_BRACKETS.sub(r"(\1)", sealed(text, marker))


def sealed(text: str, marker: str) -> str:
    """Give a text on one line that cannot close the markers; numbers in brackets stay, as JSON needs them.

    Raises:
        ValueError: the marker is too short.
    """
    if len(marker) < MIN_MARKER:
        raise ValueError(f"expected a marker of {MIN_MARKER} characters or more, got {len(marker)}")
    half = len(marker) // 2
    broken = f"{marker[:half]} {marker[half:]}"
    return re.sub(re.escape(marker), broken, one_line(text), flags=re.IGNORECASE)


def parts_of(numbered: Numbered, characters: int) -> list[list[int]]:
    """Cut a long article into parts of so many characters at most, at headings where there are some.

    Returns:
        The numbers of each part's lines, in order; together all lines of the article. A single line that is
        longer is a part of its own.
    """
    parts: list[list[int]] = [[]]
    size = 0
    for at, line in enumerate(numbered.sentences, 1):
        if parts[-1] and size + len(line) > characters:
            cut = _cut(parts[-1], numbered.headings)
            parts[-1], rest = parts[-1][:cut], parts[-1][cut:]
            parts.append(rest)
            size = sum(len(numbered.sentences[each - 1]) for each in rest)
            if parts[-1] and size + len(line) > characters:
                parts.append([])
                size = 0
        parts[-1].append(at)
        size += len(line)
    return parts


def _cut(part: Sequence[int], headings: frozenset[int]) -> int:
    """Where a full part ends: before its last heading if that leaves over half of it, else at its end."""
    places = [place for place, at in enumerate(part) if at in headings and place > len(part) // 2]
    return places[-1] if places else len(part)


def _stands_alone(article: Article, at: int) -> bool:
    """Whether a sentence is the whole of its line."""
    sentence = article.sentences[at]
    before = article.text[: sentence.start].rpartition("\n")[2]
    after = article.text[sentence.end :].partition("\n")[0]
    return not before.strip() and not after.strip()
