"""The sentences of the article that a statement rests on, for an editor to judge by.

Each is shown whole, with the words that were used in bold, its place in the article, and what was left out:

    * sentence 3 of 41: In a notice, the firm said **an unknown actor accessed its systems** in July.
    * left out: “In a notice, the firm said”, “in July.”
"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from urllib.parse import urldefrag

from digest.issues.pages.admit import admit
from digest.issues.pages.inert import may_lead_to
from digest.issues.pages.markdown import Address, fill
from digest.language.addresses import is_web_address
from digest.records import Article, Evidence

Span = tuple[int, int]

WORD = re.compile(r"\S+")
MARKS = ".,;:!?…“”„\"'‘’()[]*_"
"""What may stand around a word without being part of it; signs and currencies are part."""

MIN_USED = 0.5
"""Share of a statement's words that a sentence must have for them to be marked in it, or for it to be taken
for the source of what an editor wrote; with less, other sentences have about as many in common."""


def source_lines(statement: str, evidence: Iterable[Evidence], article: Article | None) -> list[str]:
    """Write what a statement rests on as bullets.

    Args:
        statement: The words of the draft.
        evidence: Where they come from.
        article: The article; without it only the quotes are written.
    """
    found = list(evidence)
    if article is None:
        quotes = filter(None, dict.fromkeys(admit(each.quote) for each in found))
        return [fill("* “{}”", quote) for quote in quotes]
    spans: dict[int, Span] = {}
    lines: list[str] = []
    for each in found:
        start, end = _span(each, article)
        covered = _covered(start, end, article)
        for place in covered:
            first, last = spans.get(place, (start, end))
            spans[place] = (min(first, start), max(last, end))
        if not covered and admit(each.quote):
            where = "not found in the article" if start < 0 else "in the article, outside its sentences"
            lines.append(fill(f"* “{{}}” *({where})*", admit(each.quote)))
    for place in sorted(spans):
        lines += _sentence_lines(place, statement, article, spans[place])
    return list(dict.fromkeys(lines))


def nearest_lines(statement: str, article: Article | None) -> list[str]:
    """Write the sentence that has most of the words of what an editor wrote; nothing where none has many."""
    place = nearest_place(statement, article) if article else None
    return [] if article is None or place is None else _sentence_lines(place, statement, article)


def nearest_place(statement: str, article: Article) -> int | None:
    """Find the sentence that has most of the words of a statement; None where none has many."""
    said = {word for word in map(_key, WORD.findall(statement)) if word}
    if not said:
        return None
    shares = [
        len(said & {_key(word) for word in WORD.findall(article.sentence_text(place))}) / len(said)
        for place in range(len(article.sentences))
    ]
    best = max(shares, default=0.0)
    return shares.index(best) if best >= MIN_USED else None


def places_of(evidence: Iterable[Evidence], article: Article) -> list[int]:
    """Find the sentences of an article, 0 first, that pieces of evidence lie in."""
    return sorted({place for each in evidence for place in _covered(*_span(each, article), article)})


def _span(each: Evidence, article: Article) -> Span:
    """Give where a piece of evidence stands, by its offsets, else by its words; (-1, -1) where nowhere."""
    if article.text[each.start : each.end] == each.quote:
        return each.start, each.end
    start = article.text.find(each.quote) if each.quote else -1
    return (start, start + len(each.quote)) if start >= 0 else (-1, -1)


def _covered(start: int, end: int, article: Article) -> list[int]:
    """Find the sentences that a span lies in."""
    return [
        place
        for place, sentence in enumerate(article.sentences)
        if sentence.start < end and start < sentence.end
    ]


def _sentence_lines(place: int, statement: str, article: Article, span: Span | None = None) -> list[str]:
    """Write a sentence with the words of a statement in bold, looked for within the span if there is one."""
    sentence = article.sentences[place]
    page, link = _page(article, sentence.start)
    where = f"sentence {place + 1} of {len(article.sentences)}{page}"
    start, end = span or (sentence.start, sentence.end)
    before, inside, after = (
        admit(article.text[first:last])
        for first, last in (
            (sentence.start, max(start, sentence.start)),
            (max(start, sentence.start), min(end, sentence.end)),
            (min(end, sentence.end), sentence.end),
        )
    )
    # Words that are put together, not cut, are marked where they come from.
    marked = _runs(inside, statement) or [(span is not None, inside)]
    runs = _joined([(False, before), *marked, (False, after)])
    template = "".join(f"**{{}}**{gap}" if is_used else f"{{}}{gap}" for is_used, _, gap in _spaced(runs))
    fields = [text for _, text, _ in _spaced(runs)]
    try:
        shown = fill(f"* {where}: {template}", *link, *fields)
    except ValueError:
        # Bold cannot begin or end everywhere; the whole sentence counts for more.
        shown = fill(f"* {where}: {{}}", *link, admit(article.sentence_text(place)))
    left_out = [text for is_used, text in runs if not is_used and _key(text)]
    if not left_out or not any(is_used for is_used, _ in runs):
        return [shown]
    said = ", ".join(["“{}”"] * len(left_out))
    return [shown, fill(f"* left out: {said}", *left_out)]


def _page(article: Article, offset: int) -> tuple[str, list[str]]:
    """Name the page of a PDF that a place in its text is on, as template and fields; nothing for all else."""
    page = article.page_at(offset)
    address = f"{urldefrag(article.canonical_url)[0]}#page={page}"
    # A file that was attached to a mail has no address that leads anywhere.
    if page is None or not (is_web_address(address) and may_lead_to(address)):
        return (f", page {page}" if page else ""), []
    return f", [page {page}]({{}})", [Address(address)]


def _runs(sentence: str, statement: str) -> list[tuple[bool, str]]:
    """Cut a sentence into runs of words that the statement has, in its order, and others.

    Returns:
        (is used, text); empty where the statement has too few of its words here.
    """
    words, said = WORD.findall(sentence), WORD.findall(statement)
    keys = [_key(word) for word in words]
    blocks = SequenceMatcher(None, keys, list(map(_key, said)), autojunk=False).get_matching_blocks()
    used = {at for block in blocks for at in range(block.a, block.a + block.size)}
    if len(used) < MIN_USED * max(1, min(len(said), len(words))):
        return []
    runs: list[tuple[bool, list[str]]] = []
    for at, word in enumerate(words):
        if runs and runs[-1][0] == (at in used):
            runs[-1][1].append(word)
        else:
            runs.append((at in used, [word]))
    return [(is_used, " ".join(run)) for is_used, run in runs]


def _joined(runs: Iterable[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Join neighbouring runs of a kind; one that begins with a mark goes with what stands before it."""
    out: list[tuple[bool, str]] = []
    for is_used, text in runs:
        if not text:
            continue
        if out and not _key(text):
            before, said = out.pop()
            out.append((before, said + text))
        elif out and out[-1][0] == is_used:
            out.append((is_used, f"{out.pop()[1]} {text}"))
        else:
            out.append((is_used, text))
    return out


def _spaced(runs: list[tuple[bool, str]]) -> Iterator[tuple[bool, str, str]]:
    for at, (is_used, text) in enumerate(runs, 1):
        yield is_used, text, " " if at < len(runs) else ""


def _key(word: str) -> str:
    return word.strip(MARKS).casefold()
