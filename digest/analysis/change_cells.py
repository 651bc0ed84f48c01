"""The change of a row, from the article: both ends where its sentence has them, else the end that is told.

Both ends are found by their wording (cells.py, both_ends.py). One end is told by a clause of the sentence
whose verb is one of change: an amount that moved ("had risen to 43 percent", "reaching 255 million"), or a
turn, where the clause is much shorter than its row. A clause is shown from its verb on, whole.

Tried and left out (November 2026, readers' tables): a regression that chooses a piece of the sentence finds
the readers' change in one row of ten if most cells are filled, and most such pieces only repeat their row.
An empty cell is no fault.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from digest.analysis.both_ends import find_both_ends
from digest.analysis.cells import MOVES, find_change
from digest.analysis.change_places import LIMITING, change_starts, is_past, other_verbs, pieces_from
from digest.analysis.change_wording import main_verb
from digest.analysis.cues import REPORTING, cue_weight, lemmas
from digest.analysis.one_end import find_marked_end
from digest.analysis.phrases import Found, make_found
from digest.analysis.reading import Line
from digest.analysis.spans import (
    POINTERS,
    Piece,
    cuts_a_range,
    goes_on_with_verb,
    is_one_clause,
)
from digest.language.wordlists import word_list
from digest.language.words import NEGATIONS, TIME_WORDS, Word, stem

REACHING = word_list("reaching")
MOVED = frozenset(stem(word) for word in MOVES) | word_list("moved")
MOVE_STEMS = MOVED | REACHING
AMOUNT = re.compile(r"\d")
NO_AMOUNT = re.compile(r"(?:1[89]|20)\d\ds?|\d0s|\d+(?:st|nd|rd|th)")
MOST_OF_IT = {"amount": 0.85, "turn": 0.5}
"""A clause that is more of its row than this only repeats it."""
FEWEST = {"amount": 3, "turn": 5}
"""Words of a cell."""
SURE = 0.95
"""cue_weight of a verb that in hardly any sense tells less than a change."""
DONE_BY = frozenset(("was", "were", "has", "have", "been"))
TOLD = frozenset(("will", "would"))
"""Modals with which a turn is still told."""
NO_TURN = frozenset(("force", "turn", "discover", "switch"))
"""Verbs that say little without all that follows them."""
WAYS = frozenset(("to", "from", "up", "down"))
GOING = frozenset(("go", "goes", "going", "went", "gone"))
"""Only with the words above these move an amount."""
WHO = frozenset(("he", "she", "it", "they", "i", "we"))
"""A clause with one of these is another's, or goes on into another."""
ALMOST = frozenset(("almost", "nearly", "but", "hardly", "barely", "failed"))
NEAR_BEFORE = 3
"""How many words before a clause are looked at: "never" and "all but" there turn it round."""
MARKED = word_list("marked_levels")
LENGTHS = frozenset(
    (
        "ft",
        "feet",
        "foot",
        "metres",
        "meters",
        "m",
        "km",
        "kilometres",
        "kilometers",
        "miles",
        "yards",
        "yard",
        "runs",
        "balls",
        "points",
    )
)
"""Who "fell 2,000 feet" did not become less."""
NEAR_VERB = 8
"""How many words behind the verb an amount may stand."""


def find_two_ends(line: Line, text: str, spans: Sequence[tuple[int, int]]) -> Found | None:
    """Give what was and what is, where a row's sentence says both.

    Args:
        line: The sentence.
        text: The article's.
        spans: What of the sentence the row shows: the words of the cell lie within one of them.

    Returns:
        Words of the sentence ("observed"), or two of its phrases put together ("inferred"); None where the
        sentence does not tell both.
    """
    both = find_change(line, text)
    if both is not None and all(_lies_in(span, spans) for span in both.spans):
        return both
    return find_both_ends(line, text, spans)


def find_one_end(line: Line, text: str, spans: Sequence[tuple[int, int]]) -> Found | None:
    """Give what was, or what is, in words of a row's sentence that are fewer than the row's; else None."""
    return find_end(line, text, spans) or find_marked_end(line, text, spans)


def find_end(line: Line, text: str, spans: Sequence[tuple[int, int]]) -> Found | None:
    """Give the clause of a row's sentence that tells how things are now: an amount first, else a turn."""
    words = line.words
    found = [
        (sort, piece)
        for start in change_starts(words)
        for piece in pieces_from(words, start, text)
        for sort in ("amount", "turn")
        if _tells(words, piece, sort, spans)
    ]
    found += [
        ("amount", piece)
        for start in other_verbs(words)
        for piece in pieces_from(words, start, text)
        if _tells(words, piece, "amount", spans)
    ]
    if not found:
        return None
    _, best = min(
        found,
        key=lambda each: (each[0] != "amount", _only_reaches(words, each[1]), each[1].first, each[1].count),
    )
    return make_found(text, "observed", [(words[best.first].start, words[best.end - 1].end)])


def _is_marked(words: Sequence[Word]) -> bool:
    """Whether a level is told as one that differs: a record, a forecast, the first."""
    return any(word.lower in MARKED for word in words)


def _only_reaches(words: Sequence[Word], piece: Piece) -> bool:
    """Whether a clause tells how much there is, and not by how much it moved."""
    part = words[piece.first : piece.first + 5]
    return not any(word.lower in ("up", "down") or stem(word.lower) in MOVED for word in part)


def _tells(words: Sequence[Word], piece: Piece, sort: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a piece is one whole clause that tells a change of a sort, and less than its row."""
    part = words[piece.first : piece.end]
    start, end = part[0].start, part[-1].end
    whole = sum(last - first for first, last in spans)
    if not _lies_in((start, end), spans) or end - start > MOST_OF_IT[sort] * whole:
        return False
    if lemmas().get(part[0].lower, "") in REPORTING or (
        part[0].tag in ("A", "J") and part[0].lower not in ("up", "down")
    ):
        return False
    if piece.count < FEWEST[sort] or part[0].lower in POINTERS or not is_one_clause(part):
        return False
    if cuts_a_range(words, piece.end) or any(word.lower in WHO for word in part):
        return False
    before = {word.lower for word in words[max(0, piece.first - NEAR_BEFORE) : piece.first]}
    if _goes_on(words, piece.end) or before & (NEGATIONS | ALMOST):
        return False
    if sort == "turn":
        return _turns(part)
    return _moves_an_amount(part) and (not _only_reaches(words, piece) or _is_marked(words))


def _goes_on(words: Sequence[Word], end: int) -> bool:
    """Whether what limits a piece, or the rest of its list, stands behind it."""
    behind = [word.lower for word in words[end : end + 3] if word.text != ","]
    return bool(set(behind[:2]) & LIMITING) or (
        end < len(words)
        and words[end].tag == "C"
        and "and" in behind[:1]
        and not goes_on_with_verb(words[end : end + 5])
    )


def _moves_an_amount(part: Sequence[Word]) -> bool:
    """ "had risen to 43 percent", "growing at 10.3 %", "up 138 %": a verb of moving, then how much."""
    if part[0].lower in ("up", "down"):
        verb = 0
    else:
        found = (at for at, word in enumerate(part[:5]) if _is_moving(word))
        verb = next(found, len(part))
    comma = next((at for at, word in enumerate(part) if word.text == "," and at > verb), len(part))
    if verb == len(part) or _only_goes(part[verb : verb + 2]):
        return False
    near = part[verb + 1 : min(comma, verb + 1 + NEAR_VERB)]
    return any(_is_amount(word, part[at : at + 4]) for at, word in enumerate(near, verb + 2))


def _only_goes(pair: Sequence[Word]) -> bool:
    """ "went through four directors", "went 11 rounds", "falls into the 32% bracket": nothing grew."""
    verb, behind = pair[0].lower, pair[-1].lower
    return behind in ("through", "into") or (verb in GOING and behind not in WAYS)


def _is_moving(word: Word) -> bool:
    is_verb = word.tag[0] == "V" and lemmas().get(word.lower, "") not in NO_TURN
    return is_verb and (stem(word.lower) in MOVE_STEMS or word.lower in REACHING)


def _is_amount(word: Word, behind: Sequence[Word]) -> bool:
    """Whether a word is a number of something: no year, decade, rank, or span of time."""
    if word.tag != "#" or NO_AMOUNT.fullmatch(word.text):
        return False
    if re.fullmatch(r"[\d,.]+(?:ft|m|km)", word.text):
        return False
    # "86 - yard", "2, 000ft"
    following = [each.lower for each in behind if each.text not in ("-", "–", ",") and each.tag != "#"]
    if not following:
        return bool(AMOUNT.search(word.text))
    return following[0] not in TIME_WORDS | LENGTHS


def _turns(part: Sequence[Word]) -> bool:
    """Whether a clause's own verb, not one further on, is a strong word of change that is told as done."""
    verb = main_verb(part)
    if verb is None or verb > 3 or lemmas().get(part[verb].lower, "") in NO_TURN:
        return False
    group = part[:verb]
    # "can be suspended", "cannot be switched", "doesn't replace"; "food expands when it freezes"
    if any(word.lower in NEGATIONS or (word.tag == "M" and word.lower not in TOLD) for word in group):
        return False
    if part[verb].tag == "V" and not is_past(part[verb]):
        return False
    if part[verb].tag == "VN" and any(word.lower in DONE_BY for word in group):
        # "were severely disrupted": with its auxiliary a participle is as sure as a finite verb.
        return cue_weight(replace(part[verb], tag="V")) >= SURE
    return cue_weight(part[verb]) >= SURE


def _lies_in(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
