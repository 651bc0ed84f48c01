"""Where in a sentence a clause may begin that tells a change, and where it may end."""

from collections.abc import Sequence

from digest.analysis.change_wording import main_verb
from digest.analysis.cues import REPORTING, lemmas
from digest.analysis.spans import MARKS, Piece, in_list, pieces
from digest.language.verbs import verb_forms
from digest.language.words import FINITE, Word

LIMITING = frozenset(
    ("if", "unless", "except", "until", "but", "only", "when", "depending", "though", "although", "even")
)
SUBORDINATE = LIMITING | frozenset(
    ("as", "while", "because", "since", "once", "whereas", "given", "now", "after", "before")
)
"""A sentence that opens with one of these has its main verb behind a comma."""


def change_starts(words: Sequence[Word]) -> list[int]:
    """Where a clause that tells a change may begin: at the main verb, at an "-ing" phrase told on, at "up"
    and "down"."""
    verb = main_verb(words)
    group = verb if verb is not None else len(words)
    while group > 1 and words[group - 1].tag in ("X", "M", "A", "T"):
        group -= 1
    while group < len(words) and words[group].tag == "A":
        group += 1
    comma = next((at for at, word in enumerate(words) if word.text == ","), len(words))
    is_below = bool(words) and words[0].lower in SUBORDINATE and group < comma
    # "the star, whose skills launched a genre, has died"
    is_below = is_below or any(word.tag == "W" for word in words[1:group])
    found = []
    for at, word in enumerate(words[1:], 1):
        before = words[at - 1]
        is_told_on = word.tag == "VG" and before.text == "," and at > group
        is_amount = word.lower in ("up", "down") and before.text == ","
        if (
            (at == group and not is_below and before.lower not in ("that", "which", "who"))
            or is_told_on
            or is_amount
        ):
            found.append(at)
    return found


def other_verbs(words: Sequence[Word]) -> list[int]:
    """Where a verb group begins behind the first: after a mark, or told by somebody."""
    found: list[int] = []
    first = next((at for at, word in enumerate(words) if word.tag in FINITE), len(words))
    for at in range(first + 1, len(words)):
        if words[at].tag not in FINITE or words[at - 1].tag in ("X", "M", "W", "T"):
            continue
        mark = max((i for i in range(at) if words[i].text in MARKS), default=-1)
        between = words[max(mark, first) + 1 : at]
        is_told = mark > first or lemmas().get(words[first].lower, "") in REPORTING
        if is_told and between and not any(each.tag in ("S", "W", "C") for each in between):
            found.append(at)
    return found


def pieces_from(words: Sequence[Word], start: int, text: str) -> list[Piece]:
    """The pieces that begin at a word, also those that end before what is said beside: ", the second"."""
    beside = next((at for at in range(start + 1, len(words) - 1) if _is_beside(words, at)), None)
    found = pieces(words, [start], text)
    return found if beside is None else [*pieces(words, [start], text, last=beside), *found]


def _is_beside(words: Sequence[Word], at: int) -> bool:
    """Whether a comma stands before an apposition or a quotation, and in no list."""
    behind = words[at + 1]
    return words[at].text == "," and (behind.tag == "D" or behind.text in '“"') and not in_list(words, at)


def is_past(word: Word) -> bool:
    """Whether a finite verb tells of what happened, by its form."""
    return "d" in verb_forms().get(word.lower, "") or word.lower.endswith("ed")
