"""A cause cut out of its sentence: from a given word to where a phrase or clause ends."""

import re
from collections.abc import Sequence

from digest.analysis.phrases import Found, make_found
from digest.analysis.spans import Piece, in_list, pieces
from digest.language.wordlists import word_list
from digest.language.words import FINITE, TIME_WORDS, Word, has_verb

VAGUE = word_list("vague_causes")


FINITE_OR_ADVERB = (*FINITE, "A")
SELF = frozenset(("i", "we", "our", "my", "us"))
OF_ANOTHER = frozenset(("its", "their", "his", "her"))
"""What begins with these is known only with the sentence."""
BEFORE_CLAUSES = frozenset(("because", "as", "since", "after", "following", "when", "that", "amid"))
"""Behind these a cause may have a verb of its own."""


def cut_cause(words: Sequence[Word], start: int, text: str) -> Found | None:
    """The longest piece that begins here, lies before the main clause, and names something."""
    last = _aside_end(words, start)
    for piece in sorted(pieces(words, [start], text, last=last), key=lambda each: -each.count):
        part = words[piece.first : piece.end]
        is_cut = _parts_a_date(words, piece) or "''" in text[part[0].start : part[-1].end]
        if _names(part) and not is_cut and not runs_on(words, piece):
            return make_found(text, "observed", [(part[0].start, part[-1].end)])
    return None


def _parts_a_date(words: Sequence[Word], piece: Piece) -> bool:
    """ "on Sunday, February 1 | , 2009"."""
    behind = words[piece.end : piece.end + 2]
    return (
        len(behind) == 2
        and words[piece.end - 1].tag == "#"
        and behind[0].text == ","
        and re.fullmatch(r"(?:19|20)\d\d", behind[1].text) is not None
    )


def _names(part: Sequence[Word]) -> bool:
    """Whether a piece names something that a reader of nothing else knows."""
    lowers = {word.lower for word in part}
    if lowers & (VAGUE - {"that", "which", "so", "far"}) or lowers & SELF:
        return False
    if part[0].tag == "#" and len(part) > 1 and part[1].lower in TIME_WORDS:
        return False
    if part[0].tag in ("C", "W", "X", "M", "V") or part[0].lower in OF_ANOTHER:
        return False
    content = [word for word in part if word.tag in ("N", "NP", "J", "VG", "VN", "V", "VB")]
    is_purpose = part[0].lower == "to" and len(part) > 2 and part[1].tag == "VB"
    return len(content) >= (1 if is_purpose else 2) and not all(
        word.lower in TIME_WORDS or word.tag in ("D", "#") for word in part
    )


def runs_on(words: Sequence[Word], piece: Piece, *, has_own_verb: bool = False) -> bool:
    """Whether a piece goes on into another statement, or ends before the verb of its last words."""
    part = words[piece.first : piece.end]
    # "disaster that devastated Japan, industry bodies said"
    if any(word.text == "," for word in part) and part[-1].tag == "V":
        return True
    if piece.end < len(words) and words[piece.end].tag in FINITE:
        return True
    behind = words[piece.end : piece.end + 2]
    if (
        len(behind) == 2
        and part[-1].tag == "J"
        and behind[0].text == ","
        and behind[1].tag in ("J", "VN", "N")
    ):
        # "prefer concise, focused meetings"
        return True
    for at, word in enumerate(part[:-1]):
        # "cell contact but could be restored", "a shortage and has sued"
        if word.tag == "C" and part[at + 1].tag in FINITE_OR_ADVERB and has_verb(part[at + 1 : at + 3]):
            return True
    if has_own_verb:
        return False
    is_clause = piece.first > 0 and words[piece.first - 1].lower in BEFORE_CLAUSES
    verb = next((at for at, word in enumerate(part) if word.tag in FINITE), None)
    # "to unseat a strongman appeared to meet resistance"
    return (
        verb is not None
        and not is_clause
        and not any(word.tag in ("W", "S") or word.lower == "that" for word in part[:verb])
    )


def _aside_end(words: Sequence[Word], start: int) -> int:
    """Where a cause ends that stands before the main clause, or inside it, between commas.

    "In a bid to remove hazards, buildings are ...", "The council, amid mounting debts, did not ...": behind
    its comma the main clause begins, or goes on with its verb. "Drunk driving, the team's second arrest",
    "surging demand, as reported": so much is said beside the cause.
    """
    is_fronted = not has_verb(words[:start])
    for at in range(start + 1, len(words)):
        if words[at].text != ",":
            continue
        behind = words[at + 1 : at + 3]
        if has_verb(behind[:1]) or (not in_list(words, at) and (is_fronted or _is_told_beside(behind))):
            return at
    return len(words)


def _is_told_beside(behind: Sequence[Word]) -> bool:
    if len(behind) == 2 and behind[0].tag == "C" and behind[1].tag in FINITE:
        # "after losses to both, and has left"
        return True
    # ", adding to evidence that": what comes of it.
    is_beside = ("D", "#", "VG")
    return bool(behind) and (behind[0].tag in is_beside or behind[0].lower in ("as", "according", "said"))
