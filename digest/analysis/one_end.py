"""One end of a change, where a wording of the row's sentence marks it: what was, or what is now.

"Instead of tutoring for the masses" and "once devoured hours" tell what was; "has become a staple", "is now
third", "a 50 percent increase", "the first since 2010", "more than ever" tell what is now. The piece is shown
as it stands, from the wording to where its clause ends. A verb of change alone ("opened", "lost") mostly
repeats its row, and marks none (read on the readers' articles, November 2026).
"""

import re
from collections.abc import Iterator, Sequence

from digest.analysis.cause_cuts import runs_on
from digest.analysis.cues import REPORTING, lemmas
from digest.analysis.imperatives import is_imperative
from digest.analysis.phrases import Found, make_found
from digest.analysis.reading import Line
from digest.analysis.spans import MARKS, POINTERS, Piece, cuts_a_range, is_one_clause, pieces
from digest.language.words import FINITE, NEGATIONS, SECOND_PERSON, Word

MOST_OF_ROW = 0.85
"""A piece that is more of its row than this only repeats it."""
FEWEST_WORDS = 3
"""Words of a piece."""
NEAR_NOUN = 6
"""How many words from a noun of change its amount may stand."""


def _pattern(wording: str) -> re.Pattern[str]:
    return re.compile(wording, re.IGNORECASE)


BECOMING = _pattern(
    r"\b(?:becom(?:e|es|ing)|became|(?:evolv|turn|morph|grow|develop)\w* into|emerg(?:ed|es|ing) as)\b"
)
NOW = _pattern(r"\b(?:is|are|can|has|have|will)\s+now\b|\bno longer\b(?! than\b)")
INTO = _pattern(
    r"\b(?:expand|turn|transform|convert|combin|merg|split|upgrad)(?:e[sd]?|ed|s|ing)?\b"
    r"(?=\s[^.,;:?!]{3,60}?\sinto\s)"
)
MOVING = frozenset(("now", "will", "begin", "start", "switch", "turn", "shift", "move", "change", "become"))
"""With one of these "instead of" tells what was; without, what somebody else does, or nobody."""
INSTEAD = _pattern(r"\binstead of\s+(?!being\b)(?=\w)")
ONCE = _pattern(r"(?<!have )\b(?:once|previously|formerly)\s+(?!(?:known|called|named)\b)(?=\w)")
RANKED = _pattern(
    r"\b(?:the|its|their|his|her|a)\s+(?:first|second|third|highest|lowest|largest|biggest|fastest|worst|best"
    r"|sharpest|fewest|strongest|record)\b(?=[^.,;:?!]{0,60}?\b(?:since|ever"
    r"|in (?:the )?(?:\w+ ){0,2}(?:decade|year|month)s?|in history|in as many|in less than an?)\b)"
)
THAN_BEFORE = _pattern(
    r"\b(?:more|less|fewer|better|worse|[a-z]{3,}er)\b(?=[^.,;:?!]{0,60}?\bthan "
    r"(?:ever|before|previously|a year (?:ago|earlier)|last (?:year|month)|in (?:19|20)\d\d)\b)"
)
CHANGE_NOUN = _pattern(
    r"\b(?:increases?|decreases?|rises?|drops?|declines?|reductions?|jumps?|surges?|upticks?|gains?|growth)\b"
)


def find_marked_end(line: Line, text: str, spans: Sequence[tuple[int, int]]) -> Found | None:
    """Give the piece of a row's sentence that a wording marks as one end of a change.

    Args:
        line: The sentence.
        text: The article's.
        spans: What of the sentence the row shows: the piece lies within one of them.

    Returns:
        The piece, "observed"; None where no wording marks one.
    """
    words = line.words
    # "If it needs to change, add to it rather than ...": advice.
    if is_imperative(words) or words[0].lower == "if":
        return None
    if any(word.lower in SECOND_PERSON for word in words):
        return None
    for start, through in _starts(line):
        if _is_denied(words, start):
            continue
        last = _phrase_end(words, start, through)
        reaching = [each for each in pieces(words, [start], text, last=last) if each.end > through]
        found = [each for each in reaching if _is_whole(words, each) and _fits(words, each, spans)]
        if found:
            best = max(found, key=lambda piece: piece.count)
            return make_found(text, "observed", [(words[best.first].start, words[best.end - 1].end)])
    return None


def _starts(line: Line) -> Iterator[tuple[int, int]]:
    """Where a piece begins, and the word it must reach, plainest wording first."""
    words = line.words
    for at, end in _matches(line, ONCE):
        # "Once the water boils" is when.
        if at and words[at - 1].text not in MARKS and end < len(words) and words[end].tag in ("V", "VN"):
            yield at, end
    # "would win by 14 points instead of 10": supposed, and nothing moved.
    is_supposed = any(word.lower in ("would", "could", "should", "might") for word in words)
    # "Shops boarded up windows instead of replacing the glass": two things side by side, and nothing was so.
    is_moving = any(word.lower in MOVING or lemmas().get(word.lower, "") in MOVING for word in words)
    for pattern in (INSTEAD, RANKED) if is_moving and not is_supposed else (RANKED,):
        yield from _matches(line, pattern)
    yield from _change_nouns(line)
    for pattern in (INTO, BECOMING, NOW, THAN_BEFORE):
        for at, end in _matches(line, pattern):
            first = _group_start(words, at)
            # "helps it become", "to turn it into" tell what is wanted.
            if words[first].tag in FINITE and not _is_below(words, first):
                yield first, end


def _matches(line: Line, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(line.text):
        start, end = line.start + match.start(), line.start + match.end()
        at = next((i for i, word in enumerate(line.words) if word.start >= start), None)
        behind = next((i for i, word in enumerate(line.words) if word.start >= end), len(line.words))
        if at is not None:
            yield at, behind


def _change_nouns(line: Line) -> Iterator[tuple[int, int]]:
    """ "may see a decrease of 24%", "a 50 percent increase": from the verb before, else from the phrase's
    start."""
    words = line.words
    for at, _ in _matches(line, CHANGE_NOUN):
        near = range(max(0, at - NEAR_NOUN), min(len(words), at + NEAR_NOUN + 1))
        amounts = [i for i in near if words[i].tag == "#" and _is_share(words, i)]
        if not amounts or words[at].tag not in ("N", "NP"):
            continue
        first = min(at, *amounts)
        while first > 0 and words[first - 1].tag in ("D", "J", "#", "Q", "VG", "A", "N"):
            first -= 1
        yield _group_start(words, first), max(at, *amounts) + 1


def _is_share(words: Sequence[Word], at: int) -> bool:
    """Whether an amount is a share or multiple: "24%", "50 percent", "six-fold"."""
    behind = words[at + 1].lower if at + 1 < len(words) else ""
    is_multiple = behind == "fold" or "fold" in words[at].lower
    return is_multiple or words[at].text.endswith("%") or behind in ("%", "percent", "per")


def _group_start(words: Sequence[Word], at: int) -> int:
    """Where the verb group begins that stands at a word or right before it; the word itself without one."""
    first = at
    while first > 0 and words[first - 1].tag in ("X", "M", "A", "T", "V", "VB", "VN", "VG"):
        first -= 1
        if words[first].tag == "V":
            break
    if lemmas().get(words[first].lower, "") in REPORTING - {"see", "show", "find"}:
        return at
    while first < at and words[first].tag in ("A", "VN", "VG", "T"):
        first += 1
    return first


def _is_below(words: Sequence[Word], at: int) -> bool:
    """Whether a verb is of a clause below the main one, or tells what may be: "as it grows", "can become"."""
    comma = max((i for i in range(at) if words[i].text == ","), default=-1)
    before = words[comma + 1 : at]
    is_only_possible = words[at].tag == "M" and words[at].lower != "will" and words[at + 1].lower != "now"
    return is_only_possible or any(
        word.tag in ("S", "W") or word.lower.startswith("help") or (word.tag == "M" and word.lower != "will")
        for word in before
    )


def _is_denied(words: Sequence[Word], at: int) -> bool:
    return any(word.lower in NEGATIONS - {"no"} for word in words[max(0, at - 3) : at + 2])


def _phrase_end(words: Sequence[Word], start: int, through: int) -> int | None:
    """Where what is no clause ends at the latest: "rather than cable money, he is expected"."""
    if words[start].tag in FINITE:
        return None
    commas = (at for at in range(through, len(words) - 1) if words[at].text == ",")
    # "since July 30, 2008"
    return next((at for at in commas if words[at + 1].tag != "#"), None)


def _is_whole(words: Sequence[Word], piece: Piece) -> bool:
    """Whether a piece is one clause, and stops at no verb and within no range of numbers."""
    if runs_on(words, piece, has_own_verb=True) or not is_one_clause(words[piece.first : piece.end]):
        return False
    return not cuts_a_range(words, piece.end)


def _fits(words: Sequence[Word], piece: Piece, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a piece lies in what the row shows, leaves some of it out, and points at nothing."""
    part = words[piece.first : piece.end]
    start, end = part[0].start, part[-1].end
    shown = sum(last - first for first, last in spans)
    is_inside = any(first <= start and end <= last for first, last in spans)
    is_clean = not any(word.lower in POINTERS for word in part)
    return is_inside and is_clean and end - start <= MOST_OF_ROW * shown and piece.count >= FEWEST_WORDS
