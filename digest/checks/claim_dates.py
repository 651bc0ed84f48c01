"""What a text names of dates: months, days, years, weekdays, quarters."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from digest.checks.claim_wording import Wording

_MONTH_NAMES = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_DAY_NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = {name: number for number, name in enumerate(_DAY_NAMES)}
WEEKDAYS |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thurs": 3, "fri": 4, "tgif": 4}
QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_AMBIGUOUS = frozenset(("may", "march", "mar", "mon", "wed", "dec", "sun", "sat", "jan", "fri"))


@dataclass(frozen=True)
class DatePart:
    """A month, weekday, year, or day of a month, where it is named."""

    kind: str
    """month, weekday, year, quarter, day (of a month)."""
    value: tuple[int, ...]
    """(month,), (weekday,), (year,), (quarter,), or (month, day)."""
    first: int
    last: int


def date_parts(wording: Wording) -> list[DatePart]:
    """Find what a text names of dates, in order; a day with its month also gives the month."""
    numeric = list(_numeric(wording))
    taken = {at for part in numeric for at in range(part.first, part.last + 1)}
    words = [part for at in range(len(wording.words)) if at not in taken for part in _parts_at(wording, at)]
    return sorted(numeric + words, key=lambda part: part.first)


_NUMERIC = re.compile(
    r"(?<![\d/.-])(?:(?P<year>(?:19|20)\d\d)[-/](?P<month>\d\d)[-/](?P<day>\d\d)"
    r"|(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<last>(?:19|20)\d\d))(?![\d/-])"
)


def _numeric(wording: Wording) -> Iterator[DatePart]:
    """Dates in figures: 2031-03-31, 31/03/2031, 3/31/2031, 31.3.2031.

    Where day and month could be either, only the year is taken: nobody can say which is meant.
    """
    for match in _NUMERIC.finditer(wording.text):
        first = bisect_right(wording.starts, match.start()) - 1
        last = bisect_right(wording.starts, match.end() - 1) - 1
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


def _parts_at(wording: Wording, at: int) -> Iterator[DatePart]:
    words = wording.words
    word = words[at]
    month = _month(wording, at)
    if month:
        yield DatePart("month", (month,), at, at)
        yield from _days_of(wording, at, month)
        return
    if word.lower in WEEKDAYS and (word.text[0].isupper() or len(word.text) > 5 or word.lower == "tgif"):
        if word.lower not in _AMBIGUOUS:
            yield DatePart("weekday", (WEEKDAYS[word.lower],), at, at)
        return
    quarter = _quarter(wording, at)
    if quarter:
        yield quarter
    if (
        len(word.text) == 4
        and word.text.isdigit()
        and 1800 <= int(word.text) <= 2100
        and _is_year(wording, at)
    ):
        yield DatePart("year", (int(word.text),), at, at)


def _quarter(wording: Wording, at: int) -> DatePart | None:
    """A quarter of a year: "Q2", "the second quarter", "second-quarter"."""
    lower = wording.words[at].lower
    if len(lower) == 2 and lower[0] == "q" and lower[1] in "1234":
        return DatePart("quarter", (int(lower[1]),), at, at)
    for name, number in QUARTERS.items():
        if lower == f"{name}-quarter":
            return DatePart("quarter", (number,), at, at)
        if lower == name and at + 1 < len(wording.words) and wording.roots[at + 1] == "quarter":
            return DatePart("quarter", (number,), at, at + 1)
    return None


def _is_year(wording: Wording, at: int) -> bool:
    """Four digits are a year unless they count something: "2,000 patients" has a comma, "1900 patients" a
    noun."""
    following = wording.words[at + 1] if at + 1 < len(wording.words) else None
    before = wording.words[at - 1] if at else None
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
        "in", "since", "by", "of", "from", "until", "to", "during", "before", "after", "early", "late", "mid",
    )  # fmt: skip
    return is_dated or previous in MONTHS or previous.rstrip("0123456789") == ","


def _month(wording: Wording, at: int) -> int:
    word = wording.words[at]
    number = MONTHS.get(word.lower, 0)
    if not number or not word.text[0].isupper():
        return 0
    if word.lower in _AMBIGUOUS:
        near = [each.text for each in wording.words[max(at - 1, 0) : at + 2] if each is not word]
        before = wording.words[at - 1].lower if at else ""
        is_dated = any(text[0].isdigit() for text in near)
        return (
            number
            if is_dated
            or before in ("in", "since", "by", "of", "last", "until", "from", "to", "late", "early", "next")
            else 0
        )
    return number


def _days_of(wording: Wording, at: int, month: int) -> Iterator[DatePart]:
    """The days that stand with a month: "14 July", "July 14 and 23", "14-23 July", "the 14th of July"."""
    words = wording.words
    for step in (1, -1):
        place = at + step
        for _ in range(5):
            if not 0 <= place < len(words):
                break
            text = words[place].lower
            digits = text.rstrip("stndrh")
            if digits.isdigit() and 1 <= int(digits) <= 31 and len(digits) <= 2:
                if not _is_counted(wording, place, step):
                    yield DatePart("day", (month, int(digits)), min(at, place), max(at, place))
            elif text not in ("-", "–", "to", "and", "of", "the", "until", "through"):
                break
            place += step


def _is_counted(wording: Wording, place: int, step: int) -> bool:
    after = wording.words[place + 1] if place + 1 < len(wording.words) else None
    return (
        step > 0
        and after is not None
        and after.lower in ("people", "percent", "million", "billion", "thousand")
    )


class Dates:
    """The dates of a text, asked for those of a kind or value instead of searched end to end."""

    def __init__(self, wording: Wording) -> None:
        self.all = date_parts(wording)
        self.words = {at for part in self.all for at in range(part.first, part.last + 1)}
        """Positions of their words, so that no number among them is taken for a count."""
        self.of_kind: dict[str, list[DatePart]] = {}
        self.of_value: dict[tuple[str, tuple[int, ...]], list[DatePart]] = {}
        self._days: dict[int, list[DatePart]] = {}
        for each in self.all:
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
