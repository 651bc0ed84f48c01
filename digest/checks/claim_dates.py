"""Dates: months, days, years, weekdays, and relative ones resolved against the day of publication."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from digest.checks.claim_reading import Reading
from digest.checks.finding import Finding, finding
from digest.checks.fit import MAX_PLACES, fit, neighbours

_MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_DAY_NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = {name: number for number, name in enumerate(_DAY_NAMES)}
WEEKDAYS |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thurs": 3, "fri": 4, "tgif": 4}
QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_AMBIGUOUS = frozenset(("may", "march", "mar", "mon", "wed", "dec", "sun", "sat", "jan", "fri"))
_RELATIVE_DAYS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_SHORT_YEAR = re.compile(
    r"\b(?:FY|fy|[HQ]\d[ -]?)?((?:19|20)\d\d)[-–/](\d\d)\b|\b(?:FY|fy)[ ']?(\d\d)\b"
    r"|[’'](\d\d)\b|((?:19|20)\d\d)"
)
MIN_RIVAL_FIT = 0.3


@dataclass(frozen=True)
class DatePart:
    """A month, weekday, year, or day of a month, where it is named."""

    kind: str
    """month, weekday, year, quarter, day (of a month)."""
    value: tuple[int, ...]
    """(month,), (weekday,), (year,), (quarter,), or (month, day)."""
    first: int
    last: int


def date_parts(reading: Reading) -> list[DatePart]:
    """Find what a text names of dates, in order; a day with its month also gives the month."""
    cached: list[DatePart] | None = reading.__dict__.get("_date_parts")
    if cached is None:
        numeric = list(_numeric(reading))
        taken = {at for part in numeric for at in range(part.first, part.last + 1)}
        cached = numeric + [
            part for at in range(len(reading.words)) if at not in taken for part in _parts_at(reading, at)
        ]
        cached.sort(key=lambda part: part.first)
        reading.__dict__["_date_parts"] = cached
    return cached


def date_words(reading: Reading) -> set[int]:
    """Positions of the words that are part of a date, so that no number among them is taken for a count."""
    return {at for part in date_parts(reading) for at in range(part.first, part.last + 1)}


_NUMERIC = re.compile(
    r"(?<![\d/.-])(?:(?P<year>(?:19|20)\d\d)[-/](?P<month>\d\d)[-/](?P<day>\d\d)"
    r"|(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<last>(?:19|20)\d\d))(?![\d/-])"
)


def _numeric(reading: Reading) -> Iterator[DatePart]:
    """Dates in figures: 2031-03-31, 31/03/2031, 3/31/2031, 31.3.2031.

    Where day and month could be either, only the year is taken: nobody can say which is meant.
    """
    starts = [word.start for word in reading.words]
    for match in _NUMERIC.finditer(reading.text):
        first = bisect_right(starts, match.start()) - 1
        last = bisect_right(starts, match.end() - 1) - 1
        year = int(match["year"] or match["last"])
        yield DatePart("year", (year,), first, last)
        if match["year"]:
            month, day = int(match["month"]), int(match["day"])
        else:
            day, month = int(match["one"]), int(match["two"])
            if day <= 12 and month <= 12 and day != month:
                continue
            if month > 12:
                day, month = month, day
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield DatePart("month", (month,), first, last)
            yield DatePart("day", (month, day), first, last)


def _parts_at(reading: Reading, at: int) -> Iterator[DatePart]:
    words = reading.words
    word = words[at]
    month = _month(reading, at)
    if month:
        yield DatePart("month", (month,), at, at)
        yield from _days_of(reading, at, month)
        return
    if word.lower in WEEKDAYS and (word.text[0].isupper() or len(word.text) > 5 or word.lower == "tgif"):
        if word.lower not in _AMBIGUOUS:
            yield DatePart("weekday", (WEEKDAYS[word.lower],), at, at)
        return
    quarter = _quarter(reading, at)
    if quarter:
        yield quarter
    if (
        len(word.text) == 4
        and word.text.isdigit()
        and 1800 <= int(word.text) <= 2100
        and _is_year(reading, at)
    ):
        yield DatePart("year", (int(word.text),), at, at)


def _quarter(reading: Reading, at: int) -> DatePart | None:
    """A quarter of a year: "Q2", "the second quarter", "second-quarter"."""
    lower = reading.words[at].lower
    if len(lower) == 2 and lower[0] == "q" and lower[1] in "1234":
        return DatePart("quarter", (int(lower[1]),), at, at)
    for name, number in QUARTERS.items():
        if lower == f"{name}-quarter":
            return DatePart("quarter", (number,), at, at)
        if lower == name and at + 1 < len(reading.words) and reading.roots[at + 1] == "quarter":
            return DatePart("quarter", (number,), at, at + 1)
    return None


def _is_year(reading: Reading, at: int) -> bool:
    """Four digits are a year unless they count something: "2,000 patients" has a comma, "1900 patients" a
    noun."""
    following = reading.words[at + 1] if at + 1 < len(reading.words) else None
    before = reading.words[at - 1] if at else None
    if before is not None and before.text in "€$£¥#":
        return False
    if (
        following is None
        or not following.text[0].isalpha()
        or following.lower in ("in", "and", "to", "on", "at")
    ):
        return True
    previous = before.lower if before is not None else ""
    is_dated = previous in (
        "in",
        "since",
        "by",
        "of",
        "from",
        "until",
        "to",
        "during",
        "before",
        "after",
        "early",
        "late",
        "mid",
    )
    return is_dated or previous in MONTHS or previous.rstrip("0123456789") == ","


def _month(reading: Reading, at: int) -> int:
    word = reading.words[at]
    number = MONTHS.get(word.lower, 0)
    if not number or not word.text[0].isupper():
        return 0
    if word.lower in _AMBIGUOUS:
        near = [each.text for each in reading.words[max(at - 1, 0) : at + 2] if each is not word]
        before = reading.words[at - 1].lower if at else ""
        is_dated = any(text[0].isdigit() for text in near)
        return (
            number
            if is_dated
            or before in ("in", "since", "by", "of", "last", "until", "from", "to", "late", "early", "next")
            else 0
        )
    return number


def _days_of(reading: Reading, at: int, month: int) -> Iterator[DatePart]:
    """The days that stand with a month: "14 July", "July 14 and 23", "14-23 July", "the 14th of July"."""
    words = reading.words
    for step in (1, -1):
        place = at + step
        for _ in range(5):
            if not 0 <= place < len(words):
                break
            text = words[place].lower
            digits = text.rstrip("stndrh")
            if digits.isdigit() and 1 <= int(digits) <= 31 and len(digits) <= 2:
                if not _is_counted(reading, place, step):
                    yield DatePart("day", (month, int(digits)), min(at, place), max(at, place))
            elif text not in ("-", "–", "to", "and", "of", "the", "until", "through"):
                break
            place += step


def _is_counted(reading: Reading, place: int, step: int) -> bool:
    after = reading.words[place + 1] if place + 1 < len(reading.words) else None
    return (
        step > 0
        and after is not None
        and after.lower in ("people", "percent", "million", "billion", "thousand")
    )


class _Dates:
    """The document's dates, asked for those of a kind or value instead of searched end to end."""

    def __init__(self, there: list[DatePart]) -> None:
        self.of_kind: dict[str, list[DatePart]] = {}
        self.of_value: dict[tuple[str, tuple[int, ...]], list[DatePart]] = {}
        self._days: dict[int, list[DatePart]] = {}
        for each in there:
            self.of_kind.setdefault(each.kind, []).append(each)
            self.of_value.setdefault((each.kind, each.value), []).append(each)
            if each.kind == "day":
                for at in range(each.first, each.last + 1):
                    self._days.setdefault(at, []).append(each)

    def whole(self, part: DatePart) -> tuple[int, int]:
        """Give the words of a date with the day that stands by its month."""
        days = [each for each in self._days.get(part.first, ()) if part.last <= each.last]
        whole = min(days, key=lambda each: each.last - each.first, default=part)
        return whole.first, whole.last


def find_dates(claim: Reading, document: Reading, published: date | None) -> Iterator[Finding]:
    """Give the dates of the claim that the document does not have, or has elsewhere."""
    parts = date_parts(document)
    there = _Dates(parts)
    known = there.of_value.keys() | _resolved(document, parts, published) | _two_digit_years(document)
    missing_months: set[int] = set()
    for part in date_parts(claim):
        said = claim.quote(part.first, part.last)[0]
        if (part.kind, part.value) in known:
            yield from _elsewhere(claim, document, part, there)
            continue
        if part.kind == "day" and part.value[0] in missing_months:
            continue
        if part.kind == "month":
            missing_months.add(part.value[0])
        yield finding("date", "date", said, document, _counterpart(claim, document, part, there))


def _counterpart(claim: Reading, document: Reading, part: DatePart, there: _Dates) -> tuple[int, int] | None:
    """The document's date that the claim most likely means: among the same words, and near in time."""
    around = neighbours(claim, part.first)
    best: tuple[float, DatePart] | None = None
    for each in islice(there.of_kind.get(part.kind, ()), MAX_PLACES):
        gap = sum(abs(a - b) for a, b in zip(each.value, part.value, strict=True))
        value = fit(around, document, [each.first])[0] + 0.5 / (1 + gap)
        if best is None or value > best[0]:
            best = (value, each)
    return there.whole(best[1]) if best else None


def _elsewhere(claim: Reading, document: Reading, part: DatePart, there: _Dates) -> Iterator[Finding]:
    """A date the document has, among words where it has another one."""
    around = neighbours(claim, part.first)
    own, _ = fit(around, document, (each.first for each in there.of_value.get((part.kind, part.value), ())))
    others = (each for each in there.of_kind.get(part.kind, ()) if each.value != part.value)
    rivals = {each.first: each for each in islice(others, MAX_PLACES)}
    best, place = fit(around, document, rivals)
    if own and best >= MIN_RIVAL_FIT and best > own:
        said = claim.quote(part.first, part.last)[0]
        where = (rivals[place].first, rivals[place].last)
        yield finding("date_elsewhere", "date", said, document, where, min(best - own, 1.0))


def _two_digit_years(document: Reading) -> set[tuple[str, tuple[int, ...]]]:
    """Years written short or inside another number: FY21, '21, 2020-21, 2020/21, Q4-21."""
    found: set[tuple[str, tuple[int, ...]]] = set()
    for match in _SHORT_YEAR.finditer(document.text):
        found |= {
            ("year", (int(each) if len(each) == 4 else 2000 + int(each),)) for each in match.groups() if each
        }
    return found


def _resolved(
    document: Reading, there: list[DatePart], published: date | None
) -> set[tuple[str, tuple[int, ...]]]:
    """What relative dates of the document mean, seen from the day it was published."""
    if published is None:
        return set()
    days = [published]
    lowers = [word.lower for word in document.words]
    days += [published + timedelta(days=step) for name, step in _RELATIVE_DAYS.items() if name in lowers]
    for part in there:
        if part.kind == "weekday":
            back = (published.weekday() - part.value[0]) % 7
            days += [published - timedelta(days=back), published + timedelta(days=7 - back)]
        if part.kind == "month":
            # A month without a year is the nearest one, before or after.
            days += [
                date(published.year + step, part.value[0], 1)
                for step in (-1, 0)
                if 1 <= published.year + step <= 9999
            ]
    found: set[tuple[str, tuple[int, ...]]] = set()
    for day in days:
        found |= {("year", (day.year,))}
    exact = [day for day in days if day.day != 1 or day == published]
    for day in exact:
        found |= {("month", (day.month,)), ("day", (day.month, day.day)), ("weekday", (day.weekday(),))}
    found |= _relative_spans(lowers, published)
    return found


def _relative_spans(lowers: list[str], published: date) -> set[tuple[str, tuple[int, ...]]]:
    """ "Last year", "next month" and the like."""
    found: set[tuple[str, tuple[int, ...]]] = set()
    steps = {"last": -1, "previous": -1, "this": 0, "next": 1, "coming": 1}
    for first, second in itertools.pairwise(lowers):
        step = steps.get(first)
        if step is None:
            continue
        if second == "year":
            found.add(("year", (published.year + step,)))
        elif second == "month":
            months = published.year * 12 + published.month - 1 + step
            found |= {("month", (months % 12 + 1,)), ("year", (months // 12,))}
    return found
