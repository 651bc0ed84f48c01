"""The change of a row, from the article: both ends where a sentence has them, else the end that is told.

Both ends are found by their wording ("from X to Y", "X instead of Y"; cells.py). Else the cell is a piece of the
row's own sentence: which piece tells what changed, and whether any does, is learned from the tables of careful
readers. Below the learned threshold the cell stays empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.english.words import NEGATIONS, Word
from digest.stages.analyze.change import main_verb
from digest.stages.analyze.cues import HEDGES, REPORTING, change_score, lemmas
from digest.stages.analyze.learned import Learned, Matrix, logistic, shipped
from digest.stages.analyze.phrases import Found, make_found
from digest.stages.analyze.reading import Line
from digest.stages.analyze.spans import POINTERS, Piece, pieces

OPENING_PREPOSITIONS = frozenset("from to by into after instead without for with as than against over".split())
MOST_OF_IT = 0.85
"""A piece that is more of its row than this only repeats it."""
START_TAGS = ("V", "X", "M", "VN", "VG", "VB", "T", "P", "D", "#", "J", "N", "NP", "R")
TELLING = ("from", "to", "than", "instead", "no", "first", "new", "up", "down", "by", "will", "into", "after", "more", "most")


@dataclass(frozen=True)
class ChangePieceWeights(Learned):
    """What was learned."""

    NAME = "change_pieces"

    weights: Matrix
    """Shape (n + 1,): for the columns of piece_columns, then the constant."""
    threshold: Matrix
    """Shape (1,): the least chance of a piece that is shown."""


def change_starts(words: Sequence[Word]) -> list[int]:
    """Where a piece that tells a change may begin: at a clause, at its verb, at "from" or an "-ing" phrase."""
    found = []
    for at, word in enumerate(words):
        before = words[at - 1] if at else None
        opens_clause = before is None or before.text in (",", ";", ":", "—", "–") or before.tag == "S"
        opens = (
            (opens_clause and word.tag in ("D", "NP", "N", "J", "#", "Q", "VG") and _has_verb(words[at : at + 12]))
            or (
                before is not None
                and word.tag in ("V", "X", "M")
                and before.tag not in ("X", "M", "A", "W", "R", "T")
                and lemmas().get(word.lower, "") not in REPORTING
            )
            or (word.lower == "from" and before is not None and before.tag in ("V", "VN", "VG", "N", "NP"))
            or (word.tag == "VG" and before is not None and before.text in (",", "by", "and"))
        )
        if opens:
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
    found = [piece for piece in change_pieces(words, text) if is_shown_well(words, piece) and _is_part(words, piece, spans)]
    if not found:
        return None
    columns = np.array([piece_columns(words, piece) for piece in found], dtype=np.float64)
    chances = logistic(columns @ weights.weights[:-1] + weights.weights[-1])
    best = int(chances.argmax())
    if chances[best] < weights.threshold[0]:
        return None
    part = words[found[best].first : found[best].end]
    return make_found(text, "observed", [(part[0].start, part[-1].end)])


def _is_part(words: Sequence[Word], piece: Piece, spans: Sequence[tuple[int, int]]) -> bool:
    start, end = words[piece.first].start, words[piece.end - 1].end
    within = any(first <= start and end <= last for first, last in spans)
    return within and end - start < MOST_OF_IT * sum(last - first for first, last in spans)


def is_shown_well(words: Sequence[Word], piece: Piece) -> bool:
    """Whether a piece reads well alone: it is no pronoun's clause and begins with no lone "of"."""
    first = words[piece.first]
    return first.lower not in POINTERS and first.lower not in ("of", "and", "or", "but") and first.text[0].isalnum() or first.text[0] in "$€£"
