"""Where a clause may not stop though the learned boundaries say so, and what may not be left out after it.

They take a phrase for over too often where the next words are short, and they know nothing of claims.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.analysis.clause_ends import (
    INTRANSITIVE,
    NEEDS_INFINITIVE,
    is_limited,
    opens_clause,
    verb_base,
)
from digest.language.verbs import verb_forms
from digest.language.wordlists import word_list
from digest.language.words import BE, NEGATIONS, TIME_WORDS, Word

TIME_PREPOSITIONS = word_list("time_prepositions")
LEADING = word_list("leading")
TURNING = word_list("turning")
NEEDS_TO = word_list("needs_to") | {"trend", "ability", "time"}
VERBS = ("V", "VN", "VB", "VG")
# These want a second half that a cut may have left out.
PAIRED = {"either": "or", "neither": "nor", "between": "and", "both": "and", "whether": "or"}
CONDITIONS = word_list("conditions")
PROHIBITING = word_list("prohibiting")


@dataclass(frozen=True)
class Stop:
    """A place where the clause of a verb would stop, with words left out after it."""

    words: Sequence[Word]
    verb: int
    end: int
    """The first word left out."""
    last: Word
    before_last: Word
    after: Word
    following: Word | None
    """The one after the first left out."""


def is_open(words: Sequence[Word], verb: int, end: int) -> bool:
    """Say whether the clause would stop amid a phrase."""
    last, before_last = words[end - 1], words[end - 2]
    if opens_clause(words, verb, end) or (before_last.tag == "C" and last.tag == "A"):
        return True
    if before_last.tag == "." and last.tag in ("A", "VN", "VG"):
        # "..., but now | ", "..., driven | by".
        return True
    if end >= len(words):
        return False
    following = words[end + 1] if end + 1 < len(words) else None
    stop = Stop(words, verb, end, last, before_last, words[end], following)
    return any(rule(stop) for rule in (_wants_more, _leaves_the_verb_bare, _is_told_closer, _is_in_a_row))


def _wants_more(stop: Stop) -> bool:
    """Whether the last word needs the next: a particle, an infinitive, an object."""
    last, after = stop.last, stop.after
    if after.lower in TURNING or last.lower in LEADING or after.lower in ("one", "ones"):
        # "view it | as", "turned it | into", "along | with", "replaced by an evening | one".
        return True
    is_infinitive = stop.before_last.lower == "to" and "b" in verb_forms().get(last.lower, "")
    if is_infinitive and last.lower not in INTRANSITIVE and (after.tag != "." or after.text == ","):
        # "gain a right to demand | the figures", "... |, within 14 days, the figures".
        return True
    if last.tag == "VG" and stop.before_last.tag == "P" and after.tag != ".":
        # "by supplementing | (but not replacing) classes".
        return True
    return after.tag == "T" and (
        last.tag == "J"
        or last.lower in NEEDS_TO
        or any(verb_base(word) in NEEDS_INFINITIVE for word in stop.words[stop.verb : stop.end])
    )


def _leaves_the_verb_bare(stop: Stop) -> bool:
    """Whether the clause would stop right after a verb that says how, where or from what next."""
    words, last, after, end = stop.words, stop.last, stop.after, stop.end
    if last.tag not in VERBS:
        return False
    if last.tag == "V" and end - 1 > stop.verb and stop.before_last.tag == "R":
        # "have realized they need |".
        return True
    if any(word.lower == "from" for word in words[end : end + 5]):
        # "has grown | over the years from a kiosk into a store".
        return True
    return after.tag == "T" or (after.tag == "P" and not _opens_time(words, end))


def _is_told_closer(stop: Stop) -> bool:
    """Whether what follows says which, how much or so what of the last word."""
    last, after, following = stop.last, stop.after, stop.following
    if last.tag in ("J", "A", "VN") and after.tag in ("S", "W") and stop.before_last.lower in ("so", "too"):
        # "became so energetic | that they danced".
        return True
    if following is not None and after.tag == "P" and following.tag == "W":
        # "a point | at which".
        return True
    if last.tag not in ("N", "NP", "VG", "J"):
        return False
    # "make recycling | more efficient", "beer | so popular".
    is_measured = following is not None and following.tag in ("J", "A") and after.tag in ("A", "Q")
    return after.tag == "J" or is_measured


def _is_in_a_row(stop: Stop) -> bool:
    """Whether the last word is one of several: adjectives, items of a list, parts of a date, an aside."""
    words, last, after, following = stop.words, stop.last, stop.after, stop.following
    commas = [at for at in range(stop.verb, stop.end) if words[at].text == ","]
    if commas and after.text == "," and words[commas[-1] + 1].tag in ("P", "A"):
        # "gain a right to demand, within 14 days |, the figures".
        return True
    if following is None:
        return False
    if last.tag == "J" and after.text == "," and following.tag in ("J", "N", "NP", "VN", "VG"):
        return True
    if after.text == "," and following.tag == "C" and commas:
        return True
    if after.tag == "C" and following.tag in ("N", "NP", "J", "#", "VN", "Q", "P"):
        return True
    # "January 1 |, 2026", "May 18 | -21".
    return last.tag == "#" and (following.tag == "#" or after.tag == "#")


def changes_claim(words: Sequence[Word], pieces: Sequence[tuple[int, int]], verb: int, end: int) -> bool:
    """Say whether what is left out after `end` limits or turns what is kept."""
    if is_limited(words, verb, end):
        return True
    kept = [word.lower for start, stop in (*pieces[:-1], (pieces[-1][0], end)) for word in words[start:stop]]
    rest = words[end:]
    for word in rest:
        if word.text == ";":
            break
        if word.lower in CONDITIONS:
            return True
    if any(opener in kept and second not in kept for opener, second in PAIRED.items()):
        return True
    if "not" in kept and ("only" in kept or "just" in kept) and any(word.lower == "but" for word in rest):
        return True
    # "This does not mean that ..." turns what comes before; a bare denial may be limited by what follows.
    if not rest or rest[0].tag == ".":
        return False
    if any(word.lower in PROHIBITING for word in words[verb:end]):
        # "Landlords will be forbidden to set rents | with software that ...".
        return True
    is_denied = any(word.lower in NEGATIONS or word.lower.endswith("n't") for word in words[verb:end])
    return is_denied and words[verb].lower not in BE


def _opens_time(words: Sequence[Word], at: int) -> bool:
    """Whether a preposition opens a time: "in 2020", "during the third quarter"."""
    return words[at].lower in TIME_PREPOSITIONS and any(
        word.lower in TIME_WORDS or (word.tag == "#" and len(word.text) == 4)
        for word in words[at + 1 : at + 5]
    )
