"""The sentences of the article that a statement rests on, for an editor to judge by.

Each is shown whole, with the words that were used in bold, its place in the article, and what was left out:

    * sentence 3 of 41: In a notice, the firm said **an unknown actor accessed its systems** in July.
    * left out: “In a notice, the firm said”, “in July.”
"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from digest.records import Article, Evidence
from digest.stages.render.admit import admit
from digest.stages.render.markdown import fill

WORD = re.compile(r"\S+")
NOT_LETTERS = re.compile(r"[\W_]+")

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
    places: dict[int, str] = {}
    lines: list[str] = []
    for each in found:
        covered = _covered(each, article)
        places |= {place: each.quote for place in covered if place not in places}
        if not covered and admit(each.quote):
            lines.append(fill("* “{}” *(not found in the article)*", admit(each.quote)))
    for place in sorted(places):
        lines += _sentence_lines(place, statement, places[place], article)
    return list(dict.fromkeys(lines))


def nearest_lines(statement: str, article: Article | None) -> list[str]:
    """Write the sentence that has most of the words of what an editor wrote; nothing where none has many."""
    said = {word for word in map(_key, WORD.findall(statement)) if word}
    if article is None or not said:
        return []
    shares = [
        len(said & {_key(word) for word in WORD.findall(article.sentence_text(place))}) / len(said)
        for place in range(len(article.sentences))
    ]
    best = max(shares, default=0.0)
    return _sentence_lines(shares.index(best), statement, "", article) if best >= MIN_USED else []


def _covered(each: Evidence, article: Article) -> list[int]:
    """Find the sentences that a piece of evidence lies in, by its offsets, else by its words."""
    start, end = each.start, each.end
    if article.text[start:end] != each.quote:
        start = article.text.find(each.quote) if each.quote else -1
        end = start + len(each.quote)
    if start < 0:
        return []
    return [
        place
        for place, sentence in enumerate(article.sentences)
        if sentence.start < end and start < sentence.end
    ]


def _sentence_lines(place: int, statement: str, quote: str, article: Article) -> list[str]:
    sentence = admit(article.sentence_text(place))
    where = f"sentence {place + 1} of {len(article.sentences)}"
    runs = _runs(sentence, statement) or _runs(sentence, admit(quote)) or [(False, sentence)]
    template = "".join(f"**{{}}**{gap}" if is_used else f"{{}}{gap}" for is_used, _, gap in _spaced(runs))
    fields = [text for _, text, _ in _spaced(runs)]
    try:
        shown = fill(f"* {where}: {template}", *fields)
    except ValueError:
        # Bold cannot begin or end everywhere; the whole sentence counts for more.
        shown = fill(f"* {where}: {{}}", sentence)
    left_out = [text for is_used, text in runs if not is_used and _key(text)]
    if not left_out or not any(is_used for is_used, _ in runs):
        return [shown]
    said = ", ".join(["“{}”"] * len(left_out))
    return [shown, fill(f"* left out: {said}", *left_out)]


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


def _spaced(runs: list[tuple[bool, str]]) -> Iterator[tuple[bool, str, str]]:
    for at, (is_used, text) in enumerate(runs, 1):
        yield is_used, text, " " if at < len(runs) else ""


def _key(word: str) -> str:
    return NOT_LETTERS.sub("", word).casefold()
