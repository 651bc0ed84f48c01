"""What of a draft is held against its article, statement by statement.

Every sentence outside own sections, every signal, other cells that are observed or an editor's, and a title
that an editor gave; not a suggestion in italics, which states nothing. Of words that are no sentence (a
keyword, a heading, a remark beside a link) only those that name an amount or a date, and of these nothing
but that: what an article is about is the editor's to say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.articles.sentences import sentences
from digest.issues.drafts.prose import Prose, without_marks
from digest.issues.suggestions import ideas_of
from digest.language.words import NUMBER_WORDS
from digest.records import CELLS, Analysis

FEWEST_WORDS = 6
"""From so many words on a bullet is read as a sentence, also without a full stop. Labels of themes have three
at most."""

END = re.compile(r"[.!?…][\"'”’»)\]]*$")
AMOUNT = re.compile(r"(?<![\w-])(?!\d[A-Z]\b)\d|[%€$£¥₹]")
"""Not the figures of 5G, Web3 and COVID-19."""
AMOUNT_KINDS = frozenset({"number", "date", "comparison"})


@dataclass(frozen=True)
class Statement:
    """Something a draft says."""

    text: str
    kinds: frozenset[str] | None = None
    """The problems that count; None for all."""
    with_title: bool = False
    """What only the page's title says bears it out, too: it was written from that, or has a name from it in
    brackets."""


def statements_of(
    prose: Sequence[Prose], analysis: Analysis | None, language: str, *, title: str
) -> Iterator[Statement]:
    """Give the statements of a draft, in order; one that comes again is given once.

    Args:
        prose: What its page says.
        analysis: What was made for it; its bullets and cells that are judgement need no evidence.
        language: ISO 639-1, of the article.
        title: The title, if an editor gave it; else empty.
    """
    known: set[str] = set()
    for each in _all(prose, analysis, language or "en", title):
        if (key := statement_key(each.text)) not in known:
            known.add(key)
            yield each


def statement_key(text: str) -> str:
    """Give what the same sentence has in common in a text and in a table: all but its end."""
    return re.sub(r"[\s.!?…;:,]+$", "", text).casefold()


def judgement(analysis: Analysis) -> set[tuple[str, str]]:
    """Give the cells that are judgement, not observed: they need not be in the article."""
    return {
        (name, without_marks(getattr(signal, name)))
        for signal in analysis.signals
        for name in CELLS
        if getattr(signal.basis, name) not in ("observed", "editor")
    }


def offered(analysis: Analysis) -> set[str]:
    """Give the ideas that may stand in italics without being anybody's statement."""
    return set(map(without_marks, ideas_of([analysis])))


def _all(prose: Sequence[Prose], analysis: Analysis | None, language: str, title: str) -> Iterator[Statement]:
    unclaimed = judgement(analysis) if analysis else set()
    made = _bullets(analysis) if analysis else set()
    ideas = offered(analysis) if analysis else set()
    for each in prose:
        if each.kind == "title":
            yield from [Statement(without_marks(title), with_title=True)] if title else []
        elif each.kind == "cell" and each.column:
            if each.is_italic and each.column != "signal" and each.text in ideas:
                continue
            if each.column == "signal" or (each.column, each.text) not in unclaimed:
                yield Statement(each.text, with_title=each.column == "signal" and "[" in each.text)
        elif each.kind in ("item", "label"):
            yield from () if each.text in made else _of_words(each.text, language)
        else:
            yield from _of_text(each, analysis, language)


def _bullets(analysis: Analysis) -> set[str]:
    keywords = (each.keyword for each in analysis.keywords)
    return set(map(without_marks, (*keywords, *(each.theme for each in analysis.themes))))


def _of_text(each: Prose, analysis: Analysis | None, language: str) -> Iterator[Statement]:
    left = each.text
    if each.section == "Summary" and analysis:
        for sentence in analysis.summary:
            text = without_marks(sentence.text)
            if text and text in left:
                # A break keeps what stood around it from being read as one sentence.
                left = left.replace(text, "\n", 1)
                yield Statement(text)
    yield from (Statement(left[found.start : found.end]) for found in sentences(left, language))


def _of_words(text: str, language: str) -> Iterator[Statement]:
    words = text.split()
    if len(words) >= FEWEST_WORDS or (len(words) > 2 and END.search(text)):
        yield from (Statement(text[found.start : found.end]) for found in sentences(text, language))
    elif AMOUNT.search(text) or any(word.strip(".,;:").casefold() in NUMBER_WORDS for word in words):
        yield Statement(text, AMOUNT_KINDS)
