"""Pieces of a sentence that a cell may show: between the places where a phrase or clause begins and ends.

Nothing here judges whether a piece says a change or a cause; it only never tears a phrase apart in the
middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.language.wordlists import word_list
from digest.language.words import TIME_WORDS, Word, count_words, has_verb

FEWEST, MOST = 2, 15
"""Words of a cell."""
MARKS = frozenset((",", ";", ":", "—", "–", "(", ")", ".", "!", "?", "“", "”", '"', "[", "]", "…"))
GOES_ON = frozenset(("because", "while", "although", "as", "since", "whereas", "after"))
"""What begins another thought; "if" and "unless" belong to the one before."""
HARD_END_TAGS = ("D", "P", "C", "S", "T", "W", "M", "X", "Q")
"""A piece does not end with one of these."""
POINTERS = word_list("pointing_words")


@dataclass(frozen=True)
class Piece:
    """Some words in a row of a sentence."""

    first: int
    """Place of the first word among the sentence's."""
    end: int
    """Exclusive."""
    count: int
    """Words, as a person counts them."""


def pieces(
    words: Sequence[Word], starts: Sequence[int], text: str, *, last: int | None = None
) -> list[Piece]:
    """Give the pieces that begin at some places and end where a phrase or clause ends.

    Args:
        words: The sentence.
        starts: Where they may begin.
        text: What the words' offsets point into.
        last: Exclusive end of what may be used; None for the whole sentence.
    """
    stop = len(words) if last is None else last
    ends = [at for at in range(1, stop + 1) if _ends(words, at, stop)]
    found = []
    for start in starts:
        for end in ends:
            if end <= start + 1:
                continue
            part = words[start:end]
            count = count_words(text[part[0].start : part[-1].end])
            if count > MOST:
                break
            if count >= FEWEST and part[-1].tag not in HARD_END_TAGS and is_whole_piece(part):
                found.append(Piece(start, end, count))
    return found


def is_whole_piece(part: Sequence[Word]) -> bool:
    """Whether brackets and quotation marks are closed, and no mark stands at either end."""
    texts = [word.text for word in part]
    if texts[0] in MARKS or texts[-1] in MARKS:
        return False
    if texts.count("(") != texts.count(")") or texts.count("“") != texts.count("”"):
        return False
    if ")" in texts and "(" not in texts[: texts.index(")")]:
        return False
    return not any(mark in texts for mark in ('"', "[", "]", "…", "?", "|", "..."))


def _ends(words: Sequence[Word], at: int, stop: int) -> bool:
    """Whether a clause or phrase may end before the word `at`."""
    if at == stop:
        return True
    word, before = words[at], words[at - 1]
    if word.text == ",":
        # "Ford, Chevrolet, and Tesla": not in the middle of a list.
        after = words[at + 1] if at + 1 < stop else None
        goes_on = after is not None and (
            after.tag in ("S", "W", "R", "VG", "VN", "P", "A", "T") or after.lower in ("but", "while")
        )
        is_clause = after is not None and after.tag in ("D", "NP") and has_verb(words[at + 1 : at + 6])
        return before.text not in MARKS and (goes_on or is_clause) and not in_list(words, at)
    if word.text == ".":
        # "Sgt. Mourad": not the end of the sentence.
        return at == stop - 1 and before.text not in MARKS
    if word.text in MARKS:
        return before.text not in MARKS and word.text not in ("“", '"', "(", "[")
    if word.tag == "S":
        # "two years after the crash": when, and no new thought.
        return word.lower in GOES_ON and not (word.lower == "after" and before.lower in TIME_WORDS)
    # "... and has sued": another statement begins.
    return (
        word.tag == "C"
        and at + 1 < stop
        and (
            words[at + 1].tag in ("V", "X", "M", "R")
            or (words[at + 1].tag in ("D", "NP") and has_verb(words[at + 1 : at + 8]))
        )
    )


def in_list(words: Sequence[Word], at: int) -> bool:
    """Tell whether a comma stands in a list: another one close by, and "and" or "or" after it."""
    near = words[at + 1 : at + 7]
    return any(word.text == "," for word in near[:-1]) and any(
        word.lower in ("and", "or") and near[i - 1].text == "," for i, word in enumerate(near) if i
    )


def is_one_clause(part: Sequence[Word]) -> bool:
    """Whether nothing in a piece begins another clause or leaves this one."""
    if any(word.text in MARKS and word.text != "," for word in part):
        return False
    for at, word in enumerate(part):
        behind = part[at + 1 : at + 6]
        if word.text == "," and (
            not behind or behind[0].lower in ("and", "but", "or") or goes_on_with_verb(behind)
        ):
            return False
        if word.lower in ("and", "but", "so") and at and goes_on_with_verb(behind):
            return False
    return True


def goes_on_with_verb(words: Sequence[Word]) -> bool:
    """Whether a verb comes before the next mark."""
    return has_verb(
        words[: next((at for at, word in enumerate(words) if word.text in (",", ";", ":")), None)]
    )


def cuts_a_range(words: Sequence[Word], end: int) -> bool:
    """Whether a piece that ends here leaves out the second number: "for 5–20 minutes", "after 06 : 00"."""
    behind = words[end : end + 2]
    return len(behind) == 2 and behind[0].text in "–-:" and behind[1].tag == "#"
