"""Both ends of a change in one clause: what was, and what is or comes instead, in the article's own words.

The clause is shown as it stands, from where it begins to where it ends; nothing is put together. A clause
qualifies by a wording that names two states ("shifted from X to Y", "X is giving way to Y", "instead of X,
Y", "no longer X", "up from X"), with words of weight on both sides of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.analysis.change_wording import main_verb
from digest.analysis.cues import HEDGES
from digest.analysis.imperatives import is_imperative
from digest.analysis.phrases import Found, make_found
from digest.analysis.reading import Line
from digest.analysis.spans import MARKS, POINTERS, Piece, pieces
from digest.language.wordlists import word_list
from digest.language.words import NEGATIONS, SECOND_PERSON, TIME_WORDS, Word, has_verb, stem

CONTENT = frozenset(("N", "NP", "J", "V", "VB", "VG", "VN", "#"))


@dataclass(frozen=True)
class Wording:
    """A wording that names two states."""

    pattern: re.Pattern[str]
    before: int
    """Words of weight that the clause must have before it."""
    after: int
    """The same after it."""
    opens: bool = False
    """Whether the clause may begin with the wording itself."""


def _wording(pattern: str, before: int, after: int, *, opens: bool = False) -> Wording:
    return Wording(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), before, after, opens)


REMOVED = r"(?:has|have|had|is|are|was|were) (?:been |being )*(?:replaced|superseded|succeeded) by"
BEYOND = r"(?:evolv|mov|go|expand|grow|extend)\w* (?:far |well |much )?beyond(?=\s[^.;:?!]{3,60}?\sto\s)"
# "is used to", "were used to" tell what for, not what was.
FORMERLY = r"(?<!\bis )(?<!\bare )(?<!\bbeen )(?<!\bbe )(?<!\bwas )(?<!\bwere )used to|previously|formerly"
NOT_JUST = (
    r"(?:is|are|was|were)(?:n[’']t| not) (?:just|only|merely|simply)"
    r"(?=[^.;?!]{3,60}(?:[—–,;-] ?(?:it|they|but)\b))"
)
COMPARED = (
    r"(?:increase|decrease|rise|drop|growth|decline|fall|jump|up|down) (?:of [^.;,]{2,20} )?"
    r"(?:compared (?:to|with)|over|on) (?=[^.;,]*(?:19|20)\d\d)"
)
WORDINGS = (
    _wording(r"from(?=\s[^.;:?!]{3,80}?\s(?:to|into)\s)", 0, 2, opens=True),
    _wording(r"giv(?:es?|ing|en) way to|gave way to", 1, 1),
    _wording(REMOVED, 1, 1),
    _wording(r"(?<!which )(?<!that )(?<!who )replac(?:es|ed|ing)", 0, 3, opens=True),
    _wording(BEYOND, 1, 2, opens=True),
    _wording(r"no longer(?! than\b)|any ?more(?! than\b)|any longer(?! than\b)", 1, 2),
    _wording(FORMERLY, 1, 2),
    _wording(NOT_JUST, 1, 3),
    _wording(r"up from|down from", 1, 1),
    _wording(COMPARED, 1, 1),
    _wording(r"(?:double|triple|twice) (?:the (?:number|rate|level|figure|share|amount)|that of|what)", 1, 1),
)
INSTEAD = re.compile(r"^instead of\b", re.IGNORECASE)
MOVING = word_list("shifts") | word_list("moves") | word_list("moved")
MOVES_AS_NOUNS = frozenset(("evolut", "transit", "upgrad", "growth", "expans", "leap", "convers", "return"))
MOVING_STEMS = frozenset(stem(word) for word in MOVING) | MOVES_AS_NOUNS
NOT_MOVES = frozenset(("range", "ranges", "ranged", "ranging", "anything", "everything", "anywhere", "vary"))
REACH = 8
"""How many words before "from" the word stands that says it is a move."""


def find_both_ends(line: Line, text: str, spans: Sequence[tuple[int, int]]) -> Found | None:
    """Give the shortest clause of a row's sentence that names both what was and what is.

    Args:
        line: The sentence.
        text: The article's.
        spans: What of the sentence the row shows: the clause lies within one of them.

    Returns:
        The clause, "observed"; None where none says both.
    """
    words = line.words
    if is_imperative(words) or any(word.lower in SECOND_PERSON for word in words):
        return None
    found = [
        piece
        for at, end, wording in _marked(line)
        for piece in pieces(words, _starts(words, at, wording), text)
        if piece.end > end and _says_both(words, piece, at, end, wording) and _lies_in(words, piece, spans)
    ]
    if not found:
        return None
    best = min(found, key=lambda piece: (not _has_subject_or_move(words, piece), piece.count))
    return make_found(text, "observed", [(words[best.first].start, words[best.end - 1].end)])


def _marked(line: Line) -> Iterator[tuple[int, int, Wording]]:
    """Where a wording stands: its first word, the one behind it, and which."""
    words = line.words
    for wording in WORDINGS:
        for match in wording.pattern.finditer(line.text):
            start, end = line.start + match.start(), line.start + match.end()
            at = next((i for i, word in enumerate(words) if word.start >= start), None)
            behind = next((i for i, word in enumerate(words) if word.start >= end), len(words))
            if at is not None and not _is_denied(words, at):
                yield at, behind, wording
    if INSTEAD.match(line.text) and len(words) > 2:
        yield 0, 2, Wording(INSTEAD, 0, 3, opens=True)


def _is_denied(words: Sequence[Word], at: int) -> bool:
    return any(word.lower in NEGATIONS | HEDGES for word in words[max(0, at - 3) : at])


def _starts(words: Sequence[Word], at: int, wording: Wording) -> list[int]:
    """Where the clause may begin: at the sentence's start, after a mark, at the main verb, at the wording."""
    found = {0, *(i + 1 for i in range(at) if words[i].text in MARKS)}
    verb = main_verb(words)
    if verb is not None and verb < at and words[verb - 1].tag not in ("X", "M", "A"):
        found.add(verb)
    if wording.opens:
        found.add(at)
    return sorted(i for i in found if i <= at)


def _says_both(words: Sequence[Word], piece: Piece, at: int, end: int, wording: Wording) -> bool:
    """Whether a piece has the wording with words of weight on both sides, and stands by itself."""
    first = words[piece.first]
    if not piece.first <= at or first.lower in POINTERS | {"of", "and", "or", "but"}:
        return False
    before, after = words[piece.first : at], words[end : piece.end]
    if _weight(before) < wording.before or _weight(after) < wording.after:
        return False
    marker = words[at].lower
    if marker == "from":
        return _is_moved(words, at, piece)
    if marker == "instead" and at == 0:
        comma = next((i for i in range(2, piece.end) if words[i].text == ","), None)
        return comma is not None and has_verb(words[comma + 1 : piece.end]) and _weight(words[2:comma]) > 0
    if marker in ("up", "down") and end < len(words):
        return any(word.tag == "#" for word in after) and any(word.tag == "#" for word in before)
    if marker.startswith("replac"):
        return _weight(before) > 0 or any(word.lower in ("with", "by") for word in after)
    return not wording.opens or has_verb(words[piece.first : piece.end])


def _is_moved(words: Sequence[Word], at: int, piece: Piece) -> bool:
    """Tell a change "from X to Y" from a way, a stretch of time, a list."""
    to = next((i for i in range(at + 2, piece.end) if words[i].lower in ("to", "into")), None)
    near = words[max(0, at - REACH) : at]
    if to is None or to - at > REACH or any(word.text in MARKS for word in words[at:to]):
        return False
    # "other uses, from care homes to clinics": a list.
    if any(word.lower in NOT_MOVES for word in near) or (near and near[-1].text in MARKS):
        return False
    old, new = words[at + 1 : to], words[to + 1 : piece.end]
    if not _weight(old) or not _weight(new) or _is_time(old):
        return False
    told = [word for word in near if word.tag != "."]
    has_names = all(any(word.tag == "NP" for word in part) for part in (old, new))
    if has_names and "the" in (old[0].lower, new[0].lower):
        # "from the Estelle unit to the Stiles unit": a way.
        return False
    is_move = any(word.lower in MOVING or stem(word.lower) in MOVING_STEMS for word in told)
    return is_move and not all(word.tag == "NP" for word in (*old, new[0]))


def _is_time(words: Sequence[Word]) -> bool:
    content = [word for word in words if word.tag in CONTENT]
    return all(word.lower in TIME_WORDS or re.fullmatch(r"(1[89]|20)\d\ds?", word.text) for word in content)


def _weight(words: Sequence[Word]) -> int:
    return sum(word.tag in CONTENT for word in words)


def _has_subject_or_move(words: Sequence[Word], piece: Piece) -> bool:
    return words[piece.first].lower == "from" or has_verb(words[piece.first : piece.end])


def _lies_in(words: Sequence[Word], piece: Piece, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a piece lies in what the row shows, and leaves some of it out."""
    start, end = words[piece.first].start, words[piece.end - 1].end
    is_less = end - start + 1 < sum(last - first for first, last in spans)
    return is_less and any(first <= start and end <= last for first, last in spans)
