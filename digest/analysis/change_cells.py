"""The change of a row, from the article: both ends where a sentence has them, else the end that is told.

Both ends are found by their wording ("from X to Y", "X instead of Y"; cells.py). Else the cell is a piece
of the row's own sentence: which piece tells what changed, and whether any does, is learned from the tables
of careful readers. Below the learned threshold the cell stays empty.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from digest.analysis.cells import is_move
from digest.analysis.change_wording import main_verb
from digest.analysis.cues import HEDGES, REPORTING, change_score, lemmas
from digest.analysis.learned import Learned, Matrix, logistic, shipped
from digest.analysis.phrases import Found, make_found
from digest.analysis.reading import Line
from digest.analysis.spans import POINTERS, Piece, pieces
from digest.language.words import NEGATIONS, TIME_WORDS, Word

LIMITING = frozenset(
    ("if", "unless", "except", "until", "but", "only", "when", "depending", "though", "although")
)
RANGES = frozenset(("range", "ranges", "ranged", "ranging", "anything", "anywhere", "varied", "voted"))
"""Words that make "from X to Y" a stretch, or "371 to 204" a count."""
RELATIVE = frozenset(("that", "which", "who"))
YEAR = re.compile(r"(?:1[89]|20)\d\ds?")
CHANGES = 0.8
"""change_score of a piece that says by itself that something is different from before."""
MOST_OF_IT = 0.85
"""A piece that is more of its row than this only repeats it."""
START_TAGS = ("V", "X", "M", "VN", "VG", "VB", "T", "P", "D", "#", "J", "N", "NP", "R")
TELLING = (
    "from",
    "to",
    "than",
    "instead",
    "no",
    "first",
    "new",
    "up",
    "down",
    "by",
    "will",
    "into",
    "after",
    "more",
    "most",
)


@dataclass(frozen=True)
class ChangePieceWeights(Learned):
    """What was learned."""

    NAME = "change_pieces"

    weights: Matrix
    """Shape (n + 1,): for the columns of piece_columns, then the constant."""
    threshold: Matrix
    """Shape (1,): the least chance of a piece that is shown."""


def change_starts(words: Sequence[Word]) -> list[int]:
    """Where a piece that tells a change may begin: at the main verb, at "from", an "-ing" phrase, a "that"
    clause."""
    verb = main_verb(words)
    group = verb if verb is not None else len(words)
    while group > 1 and words[group - 1].tag in ("X", "M", "A", "T"):
        group -= 1
    if group < len(words) and words[group].tag == "A":
        group += 1
    found = []
    for at, word in enumerate(words[1:], 1):
        before = words[at - 1]
        is_verb = at == group and verb is not None and lemmas().get(words[verb].lower, "") not in REPORTING
        is_said = before.lower == "that" and before.tag == "S" and _has_verb(words[at : at + 12])
        is_told_on = word.tag == "VG" and before.text == "," and at > group
        is_from = word.lower == "from" and any(each.lower == "to" for each in words[at + 2 : at + 9])
        if is_verb or is_said or is_told_on or is_from:
            found.append(at)
    return found


def _has_verb(words: Sequence[Word]) -> bool:
    stop = next((at for at, word in enumerate(words) if word.text in (",", ";", ":")), len(words))
    return any(word.tag in ("V", "X", "M") for word in words[:stop]) or words[0].tag == "VG"


def change_pieces(words: Sequence[Word], text: str) -> list[Piece]:
    """The pieces of a sentence that may tell its change."""
    return pieces(words, change_starts(words), text)


def piece_columns(words: Sequence[Word], piece: Piece) -> list[float]:
    """Describe a piece within its sentence; every column about 0 to 1."""
    part = words[piece.first : piece.end]
    lowers = {word.lower for word in part}
    numbers = [at for at, word in enumerate(words) if word.tag == "#"]
    inside = [at for at in numbers if piece.first <= at < piece.end]
    verb = main_verb(words)
    has_main = verb is not None and piece.first <= verb < piece.end
    first = part[0]
    return [
        piece.count / 15,
        (piece.count / 15) ** 2,
        piece.count / max(1, len(words)),
        *(float(first.tag == tag) for tag in START_TAGS),
        float(piece.first == 0),
        float(piece.end >= len(words) - 1),
        float(has_main),
        float(has_main and piece.first == verb),
        float(has_main and verb is not None and piece.first < verb - 1),
        change_score(part) / 2,
        change_score(words) / 2,
        float(bool(inside)),
        len(inside) / max(1, len(numbers)) if numbers else 0.5,
        *(float(word in lowers) for word in TELLING),
        float(bool(lowers & POINTERS)),
        float(bool(lowers & NEGATIONS)),
        float(bool(lowers & HEDGES)),
        sum(word.tag in ("N", "NP") for word in part) / 8,
        sum(word.tag == "NP" for word in part) / 8,
        float(any(word.tag in ("V", "X", "M") for word in part)),
        float(any(word.text == "," for word in part)),
        min(len(words), 45) / 45,
        piece.first / max(1, len(words)),
    ]


def find_end(
    line: Line, text: str, spans: Sequence[tuple[int, int]], weights: ChangePieceWeights | None = None
) -> Found | None:
    """The piece of a row's sentence that tells what changed; None where none is likely to.

    Args:
        line: The sentence.
        text: The article's.
        spans: What of the sentence the row shows: a piece lies within one of them, and is not all of it.
        weights: Those of the package where None.
    """
    weights = weights or shipped(ChangePieceWeights)
    words = line.words
    found = [
        piece
        for piece in change_pieces(words, text)
        if is_shown_well(words, piece) and _is_part(words, piece, spans) and _tells(words, piece)
    ]
    if not found:
        return None
    columns = np.array([piece_columns(words, piece) for piece in found], dtype=np.float64)
    chances = logistic(columns @ weights.weights[:-1] + weights.weights[-1])
    best = int(chances.argmax())
    if chances[best] < weights.threshold[0]:
        return None
    part = words[found[best].first : found[best].end]
    return make_found(text, "observed", [(part[0].start, part[-1].end)])


def _tells(words: Sequence[Word], piece: Piece) -> bool:
    """Whether a piece has a word of change, and does not end where a condition begins."""
    part = words[piece.first : piece.end]
    after = words[piece.end].lower if piece.end < len(words) else ""
    later = words[piece.end + 1].lower if piece.end + 1 < len(words) else ""
    if {after, later} & LIMITING or (after == "," and later in LIMITING):
        return False
    lowers = {word.lower for word in part}
    commas = [at for at, word in enumerate(part) if word.text == ","]
    if any(
        part[at + 1].lower == "and" and not _has_verb(part[at + 2 :]) for at in commas if at + 2 < len(part)
    ):
        # "... to New Amsterdam, and by the 18th century": the beginning of something else.
        return False
    if part[0].tag == "VG" and commas:
        return False
    if part[0].lower == "from":
        # "from 2025 to 2030" is when, and "from the old script" no change at all.
        ends = [word for word in part[1:] if word.tag in ("N", "NP", "#") and word.lower != "to"]
        is_time = all(YEAR.fullmatch(word.text) or word.lower in TIME_WORDS for word in ends)
        to = next((at for at in range(piece.first + 1, piece.end) if words[at].lower == "to"), None)
        return to is not None and not is_time and is_move(words, piece.first, to, piece.end)
    if lowers & RANGES or _is_in_condition(words, piece) or _is_two_clauses(words, piece):
        return False
    return change_score(part) >= CHANGES or bool(lowers & {"from", "than", "instead"})


def _is_in_condition(words: Sequence[Word], piece: Piece) -> bool:
    """ "If 90 people a night are using it by June, ...": what is only supposed is no change."""
    if words[0].lower not in LIMITING:
        return False
    comma = next((at for at, word in enumerate(words) if word.text == ","), len(words))
    return piece.first < comma


def _is_two_clauses(words: Sequence[Word], piece: Piece) -> bool:
    """ "(an amendment that) would have exempted landlords failed by three votes": a clause within another,
    and the other's end."""
    if not piece.first or words[piece.first - 1].lower not in RELATIVE:
        return False
    verbs = [at for at in range(piece.first, piece.end) if words[at].tag in ("V", "X", "M")]
    return any(later - at > 3 for at, later in pairwise(verbs))


def _is_part(words: Sequence[Word], piece: Piece, spans: Sequence[tuple[int, int]]) -> bool:
    start, end = words[piece.first].start, words[piece.end - 1].end
    within = any(first <= start and end <= last for first, last in spans)
    return within and end - start < MOST_OF_IT * sum(last - first for first, last in spans)


def is_shown_well(words: Sequence[Word], piece: Piece) -> bool:
    """Whether a piece reads well alone: it is no pronoun's clause and begins with no lone "of"."""
    first = words[piece.first]
    if first.lower in POINTERS or first.lower in ("of", "and", "or", "but"):
        return False
    return first.text[0].isalnum() or first.text[0] in "$€£"
