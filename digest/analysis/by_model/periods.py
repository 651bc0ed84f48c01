"""Whether a statement says when, for how long and how often as the sentences it rests on have it.

Rules: a word for a length of time ("weekly", "hours"), or for a number of many ("millions"), of which the
text has no form, but another such word; "this year" where the text has only "last year"; "until 2009" where
it has "since".

Known exceptions: "annual" is the same as "a year", and where the text has no word of the kind a statement may
count for itself: "a decade" for two dates. Read by tests/analysis/test_limits.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from digest.language.words import split_words
from digest.records import Problem


def _named_by_first(*lines: str) -> dict[str, str]:
    return {word: line.split()[0] for line in lines for word in line.split()}


LENGTHS: Mapping[str, str] = _named_by_first(
    "hour hours hourly",
    "minute minutes",
    "day days daily",
    "night nights nightly overnight",
    "week weeks weekly",
    "month months monthly",
    "year years yearly annual annually",
    "decade decades",
    "century centuries",
)
SCALES: Mapping[str, str] = _named_by_first(
    "dozen dozens",
    "hundred hundreds",
    "thousand thousands",
    "million millions",
    "billion billions",
    "trillion trillions",
)
WORD = re.compile(r"[a-z]+")
RATE = re.compile(r"(?i)\b(?:per|each|every) (minute|hour|day|night|week|month|year)\b")
SHORT_SCALE = re.compile(r"(?i)\d\s?(?:k|m|mn|bn|tn|t)\b|\d,\d{3}|\d{4}")
"""Figures that may be said with a word of scale which the text has not."""
TURNED = re.compile(
    r"(?i)\b(?P<which>last|this|next|past|previous|coming)"
    r" (?P<what>week|month|year|quarter|season|summer|winter|spring|autumn|decade|century|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september"
    r"|october|november|december)\b"
)
WHICH = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1, "coming": 1}
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
DATE = rf"(?:\d{{1,2}} )?(?:{MONTHS})(?: \d{{1,2}}\b)?|(?:19|20)\d\d\b(?!\s?[-–]\s?\d)"
DATED = re.compile(rf"(?i)\b(?P<how>in|on|by|since|from|until|till|before|after|during) (?P<date>{DATE})")
HOW = {
    "in": "in", "on": "in", "during": "in", "by": "by", "since": "since", "from": "since",
    "until": "until", "till": "until", "before": "before", "after": "after",
}  # fmt: skip
AS_GOOD = frozenset(
    (
        ("in", "since"), ("since", "in"), ("by", "until"), ("until", "by"), ("before", "by"),
        ("by", "before"), ("before", "until"), ("until", "before"),
    )
)  # fmt: skip
"""What may be said of a date for what the text has: from then on, and up to then."""
ANY_DATE = re.compile(rf"(?i)\b(?:{DATE})")


def of_another_time(statement: str, text: str) -> Iterator[Problem]:
    """Find lengths of time, numbers of many and dates of a statement that the text has otherwise.

    Args:
        statement: A model's.
        text: The sentences it rests on.
    """
    yield from _words(statement, text, LENGTHS, "date")
    yield from _rates(statement, text)
    if not SHORT_SCALE.search(text):
        yield from _words(statement, text, SCALES, "number")
    yield from _turned(statement, text)
    yield from _dated(statement, text)


def _words(statement: str, text: str, known: Mapping[str, str], kind: str) -> Iterator[Problem]:
    there = [word for word in WORD.findall(text.lower()) if word in known]
    forms = {known[word] for word in there}
    for word in split_words(statement):
        parts = word.lower.split("-")
        of_part = {known[part] for part in parts if part in known}
        if there and of_part - forms and "old" not in parts:
            yield Problem(kind, word.text, there[0])
            return


def _rates(statement: str, text: str) -> Iterator[Problem]:
    """Find "per year" where the text has "per day"; other sentences may speak of years."""
    known = {found[1].lower(): found[0] for found in RATE.finditer(text)}
    for found in RATE.finditer(statement):
        if known and found[1].lower() not in known:
            yield Problem("date", found[0], next(iter(known.values())))
            return


def _turned(statement: str, text: str) -> Iterator[Problem]:
    known: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for found in TURNED.finditer(text):
        known[found["what"].lower()].setdefault(WHICH[found["which"].lower()], found[0])
    for found in TURNED.finditer(statement):
        there = known[found["what"].lower()]
        if there and WHICH[found["which"].lower()] not in there:
            yield Problem("date", found[0], next(iter(there.values())))
            return


def _dated(statement: str, text: str) -> Iterator[Problem]:
    known: defaultdict[str, dict[str, str]] = defaultdict(dict)
    places = [found.lower() for found in ANY_DATE.findall(text)]
    told = [(found["date"].lower(), HOW[found["how"].lower()], found[0]) for found in DATED.finditer(text)]
    for date, how, words in told:
        known[date].setdefault(how, words)
    for found in DATED.finditer(statement):
        date, how = found["date"].lower(), HOW[found["how"].lower()]
        is_told = sum(each == date for each, _, _ in told) == places.count(date)
        if is_told and known[date] and not any(how == each or (how, each) in AS_GOOD for each in known[date]):
            yield Problem("date", found[0], next(iter(known[date].values())))
            return
