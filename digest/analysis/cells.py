"""Change, horizon and driving force where the article itself says them.

Each finder looks at one sentence and gives words of it, cut and never reworded ("observed"), or a "From X
to Y" put together from its words ("inferred"). They are strict: a cell that does not read well alone is
worse than a suggested one, which says of itself that it is.
"""

import re
from collections.abc import Sequence
from datetime import date

from digest.analysis.cues import REPORTING, lemmas
from digest.analysis.imperatives import is_imperative
from digest.analysis.phrases import (
    MAX_WORDS,
    Found,
    is_phrase,
    make_found,
    phrase_end,
    reads_well,
    slice_of,
    stands,
)
from digest.analysis.reading import Line
from digest.analysis.reasons import find_force
from digest.language.wordlists import word_list
from digest.language.words import TIME_WORDS, Word, count_words

__all__ = ["Found", "find_change", "find_force", "find_horizon"]

# Without a date of its own an article is taken to be from this year; a horizon lies at least this far ahead.
DEFAULT_YEAR = 2026
YEARS_AHEAD = 3  # nearer is a plan, no horizon; judgement
LAST_YEAR = 2125  # further is hardly a date that anybody means; judgement

HORIZON = re.compile(
    r"\b(?:by|until|before|from|beyond|through|after)\s+"
    r"(?:the\s+(?:end|middle|start)\s+of\s+|the\s+(?:early|mid|late)[- ]?|early\s+|late\s+|mid-)?"
    r"(?P<year>20\d\d|2100)s?\b"
    r"|\b(?:over|in|within|during|for)\s+the\s+(?:next|coming)\s+(?:(?:few\s+|two\s+|three\s+)?decades?|(?:ten|fifteen|twenty|thirty|1\d|[2-5]0)\s+years)\b"
    r"|\bwithin\s+(?:a\s+(?:decade|generation)|(?:ten|fifteen|twenty|1\d|[2-5]0)\s+years)\b"
    r"|\b(?:a|two)\s+decades?\s+from\s+now\b",
    re.I,
)
MOVES = word_list("moves")


IRREGULAR_MOVES = {
    form: base
    for base, forms in {
        "rise": "rose risen rising",
        "fall": "fell fallen",
        "grow": "grew grown",
        "shrink": "shrank shrunk",
        "go": "went gone going",
        "slide": "slid",
        "swing": "swung",
    }.items()
    for form in forms.split()
}
SHIFTS = word_list("shifts")
SHARES = frozenset(("percent", "per", "%", "million", "billion"))
"""What follows a number that is measured twice."""


def find_horizon(line: Line, text: str, published: date | None) -> Found | None:
    """Words that say how things will be ten years or so from now; None where the sentence says nothing of
    it."""
    for match in HORIZON.finditer(line.text):
        if match["year"]:
            ahead = int(match["year"]) - (published.year if published else DEFAULT_YEAR)
            if ahead < YEARS_AHEAD or int(match["year"]) > LAST_YEAR:
                continue
        start, end = line.start + match.start(), line.start + match.end()
        found = _clause_around(line, text, start, end)
        if found is not None and (match["year"] or any(word.tag == "M" for word in line.words)):
            return found
    return None


def find_change(line: Line, text: str) -> Found | None:
    """A "from X to Y" of the sentence, or one put together from "fell to Y from X", "instead of", "up from"
    or "replaces X with Y"."""
    finders = (_from_to, _to_from, _instead, _up_from, _replaces, _then_and_now)
    return next((found for finder in finders if (found := finder(line, text)) is not None), None)


def _from_to(line: Line, text: str) -> Found | None:
    words = line.words
    for at, word in enumerate(words):
        if word.lower != "from" or at + 3 >= len(words):
            continue
        to = next((i for i in range(at + 2, min(len(words) - 1, at + 9)) if words[i].lower == "to"), None)
        if to is None or not is_phrase(words[at + 1 : to]):
            continue
        end = phrase_end(words, to + 1, limit=8)
        if end <= to + 1 or not is_phrase(words[to + 1 : end]):
            continue
        if not is_move(words, at, to, end):
            continue
        found = make_found(text, "observed", [(word.start, words[end - 1].end)])
        if found is not None and count_words(found.text) >= 4:
            return found
    return None


def _to_from(line: Line, text: str) -> Found | None:
    """ "fell to 41,800 last year from 59,300 in 2012": from the old amount to the new one."""
    words = line.words
    for at in range(1, len(words) - 3):
        if words[at].lower != "to" or _stem_of_move(words[at - 1].lower) not in MOVES:
            continue
        new_end = _amount_end(words, at + 1)
        back = next(
            (i for i in range(new_end, min(len(words), new_end + 4)) if words[i].lower == "from"), None
        )
        if back is None or any(word.tag == "." for word in words[new_end:back]):
            continue
        old_end = _amount_end(words, back + 1)
        if new_end > at + 1 and old_end > back + 1:
            return _composed(text, words[back + 1 : old_end], words[at + 1 : new_end])
    return None


def _amount_end(words: Sequence[Word], start: int) -> int:
    """Where an amount ends that begins here: "€41,800", "4.9 per cent"; `start` where none does."""
    end = phrase_end(words, start, limit=4)
    part = words[start:end]
    is_amount = bool(part) and part[0].tag == "#" and is_phrase(part) and not _is_year(part[0])
    if not is_amount:
        return start
    # "last year" is when, not how much.
    return next((i for i in range(start + 1, end) if words[i].lower in ("last", "this", "in")), end)


def _is_year(word: Word) -> bool:
    return re.fullmatch(r"(1[89]|20)\d\d", word.text) is not None


def is_move(words: Sequence[Word], at: int, to: int, end: int) -> bool:
    """Tell a change from a stretch of time, a way between places or a list ("from cats to dogs")."""
    x, y = words[at + 1 : to], words[to + 1 : end]
    before = [word for word in words[max(0, at - 6) : at] if word.tag != "."]
    if any(
        word.lower
        in ("range", "ranges", "ranged", "ranging", "anything", "everything", "anywhere", "vary", "varies")
        for word in before
    ):
        return False
    is_time = [
        any(word.lower in TIME_WORDS or re.fullmatch(r"(1[89]|20)\d\d", word.text) for word in part)
        for part in (x, y)
    ]
    has_number = [any(word.tag == "#" for word in part) for part in (x, y)]
    if (any(is_time) and not _is_duration(x)) or all(word.tag == "NP" for word in x):
        return False
    if any(word.lower in ("you", "your") for word in words):
        return False
    if all(has_number):
        return any(_stem_of_move(word.lower) in MOVES for word in before)
    near = words[max(0, at - 3) : at]
    is_place = any(word.lower == "the" for word in (x[0], y[0]))
    shifted = any(_stem_of_move(word.lower) in SHIFTS for word in near) and not any(
        word.text == "," for word in near
    )
    return shifted and not any(has_number) and not is_place


def _is_duration(words: Sequence[Word]) -> bool:
    """ "six days", "nine minutes": times that are amounts."""
    return (
        len(words) >= 2 and words[0].tag == "#" and words[-1].lower in TIME_WORDS and not _is_year(words[0])
    )


def _stem_of_move(word: str) -> str:
    if word in IRREGULAR_MOVES:
        return IRREGULAR_MOVES[word]
    for ending in ("ing", "ed", "es", "d", "s"):
        if word.endswith(ending):
            for base in (word[: -len(ending)], word[: -len(ending)] + "e", word[: -len(ending) - 1]):
                if base in MOVES:
                    return base
    return word


def _instead(line: Line, text: str) -> Found | None:
    """ "X instead of Y", "X rather than Y", "replaced Y with X": from Y to X."""
    words = line.words
    if any(word.tag == "M" for word in words):
        # "would win by 14 points instead of 10": supposed, and nothing moved.
        return None
    for at in range(1, len(words) - 2):
        pair = f"{words[at].lower} {words[at + 1].lower}"
        if pair not in ("instead of", "rather than"):
            continue
        begin = _phrase_start(words, at, limit=5)
        end = phrase_end(words, at + 2, limit=6)
        new, old = words[begin:at], words[at + 2 : end]
        # Most of some 25 pairs found without this were advice or contrast ("quartz instead of marble").
        both_numbers = all(any(word.tag == "#" for word in part) for part in (new, old))
        if both_numbers and is_phrase(new) and is_phrase(old) and _same_sort(new, old):
            return _composed(text, old, new)
    return None


def _up_from(line: Line, text: str) -> Found | None:
    """ "is $17,280, up from $16,810": from the old amount to the new one."""
    words = line.words
    for at in range(2, len(words) - 2):
        if words[at].lower not in ("up", "down") or words[at + 1].lower != "from":
            continue
        before = at - 1 if words[at - 1].text == "," else at
        begin = next((i for i in range(before - 1, max(-1, before - 5), -1) if words[i].tag == "#"), None)
        end = phrase_end(words, at + 2, limit=5)
        # "by 2035, up from 31,000": the amount stands before the date.
        new = words[begin:before] if begin is not None else []
        # "the lowest in two years and down from 8.9 percent": a span of time is no amount here.
        is_time = any(word.lower in TIME_WORDS for word in new) or words[before - 1].tag == "C"
        if begin is None or _is_year(words[begin]) or is_time or not is_phrase(new):
            continue
        if any(word.tag == "#" for word in words[at + 2 : end]) and is_phrase(words[at + 2 : end]):
            return _composed(text, words[at + 2 : end], words[begin:before])
    return None


def _replaces(line: Line, text: str) -> Found | None:
    """ "replaces manual spreadsheets with automated workflows": from the one to the other."""
    words = line.words
    if is_imperative(words) or any(word.lower in ("you", "your") for word in words):
        return None
    for at in range(1, len(words) - 3):
        if words[at].lower not in ("replaces", "replaced", "replacing"):
            continue
        between = next(
            (i for i in range(at + 2, min(len(words) - 1, at + 7)) if words[i].lower == "with"), None
        )
        if between is None or not is_phrase(words[at + 1 : between]):
            continue
        end = phrase_end(words, between + 1, limit=6)
        if is_phrase(words[between + 1 : end]):
            return _composed(text, words[at + 1 : between], words[between + 1 : end])
    return None


def _then_and_now(line: Line, text: str) -> Found | None:
    """ "In 2013, 37 percent was spent in-house; by 2017, that had risen to 43 percent": two years' shares."""
    words = line.words
    years = [at for at, word in enumerate(words) if _is_year(word)]
    shares = [at for at, word in enumerate(words[:-1]) if word.tag == "#" and words[at + 1].lower in SHARES]
    if len(years) != 2 or len(shares) != 2 or int(words[years[0]].text) >= int(words[years[1]].text):
        return None
    old, new = shares
    is_parted = any(words[at].text in (";", ",") for at in range(old, new))
    if not is_parted or words[new - 1].lower != "to" or _stem_of_move(words[new - 2].lower) not in MOVES:
        return None
    # The years stand on the same side of their shares.
    if (years[0] < old) != (years[1] < new) or years[1] < old or words[old + 1].lower != words[new + 1].lower:
        return None
    return _composed(text, words[old : old + 2], words[new : new + 2])


def _same_sort(new: Sequence[Word], old: Sequence[Word]) -> bool:
    numbers = [any(word.tag == "#" for word in part) for part in (new, old)]
    return (
        numbers[0] == numbers[1]
        and len(new) + len(old) >= 3
        and new[0].tag not in ("VG", "A")
        and old[0].tag not in ("VG", "A")
    )


def _composed(text: str, old: Sequence[Word], new: Sequence[Word]) -> Found | None:
    spans = ((old[0].start, old[-1].end), (new[0].start, new[-1].end))
    body = f"From {slice_of(text, *spans[0])} to {slice_of(text, *spans[1])}"
    if not reads_well(body):
        return None
    return Found(body, "inferred", spans)


def _phrase_start(words: Sequence[Word], end: int, *, limit: int) -> int:
    at = end
    while (
        at > 0
        and end - at < limit
        and (words[at - 1].tag in ("D", "Q", "#", "J", "N", "NP") or words[at - 1].lower == "of")
    ):
        at -= 1
        if words[at].tag == "D":
            break
    return at


def _clause_around(line: Line, text: str, start: int, end: int) -> Found | None:
    """The part of the sentence between clause marks that holds an offset span, if it has a subject and a
    verb."""
    words = line.words
    if line.text.count("“") != line.text.count("”") or is_imperative(words):
        return None
    first = next(i for i, word in enumerate(words) if word.end > start)
    last = max(i for i, word in enumerate(words) if word.start < end)
    stops = [
        i
        for i, word in enumerate(words)
        if word.text in (".", ";", ":", "—", "–", "“", "”", "?", "!", "(", ")")
    ]
    begin = max([i + 1 for i in stops if i < first], default=0)
    finish = min([i for i in stops if i > last], default=len(words))
    commas = [i for i in range(begin, finish) if words[i].text == ","]
    options = []
    for a in [begin, *[i + 1 for i in commas if i < first]]:
        for b in [*[i for i in commas if i > last], finish]:
            piece = words[a:b]
            tail = words[max([a, *[c + 1 for c in commas if last < c < b]]) : b]
            is_attribution = a < b and any(
                lemmas().get(word.lower, "") in REPORTING for word in tail if tail != piece
            )
            if (
                stands(piece)
                and not is_attribution
                and count_words(text[piece[0].start : piece[-1].end]) <= MAX_WORDS
            ):
                options.append((b - a, -a, piece))
    if not options:
        return None
    piece = max(options, key=lambda option: option[:2])[2]
    return make_found(text, "observed", [(piece[0].start, piece[-1].end)])
