"""Dates: each of the claim's has to be in the document, among the same words.

Relative ones of the document ("yesterday", "last year") are resolved against the day of publication.
"""

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from digest.checks.claim_dates import DatePart
from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, finding
from digest.checks.fit import MAX_PLACES, fit

_RELATIVE_DAYS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_SHORT_YEAR = re.compile(
    r"\b(?:FY|fy|[HQ]\d[ -]?)?((?:19|20)\d\d)[-–/](\d\d)\b|\b(?:FY|fy)[ ']?(\d\d)\b"
    r"|[’'](\d\d)\b|((?:19|20)\d\d)"
)
MIN_RIVAL_FIT = 0.3
"""As for other figures (find_numbers): so much of a date's neighbourhood has a rival; judgement."""


def find_dates(claim: ReadText, document: ReadText, published: date | None) -> Iterator[Finding]:
    """Give the dates of the claim that the document does not have, or has elsewhere."""
    there = document.dates
    known = there.of_value.keys() | _resolved(document, published) | _two_digit_years(document)
    missing_months: set[int] = set()
    for part in claim.dates.all:
        said = claim.quote(part.first, part.last)[0]
        if (part.kind, part.value) in known:
            yield from _elsewhere(claim, document, part)
            continue
        if part.kind == "day" and part.value[0] in missing_months:
            continue
        if part.kind == "month":
            missing_months.add(part.value[0])
        yield finding("date", "date", said, document, _counterpart(claim, document, part))


def _counterpart(claim: ReadText, document: ReadText, part: DatePart) -> tuple[int, int] | None:
    """The document's date that the claim most likely means: among the same words, and near in time."""
    around = claim.around[part.first]
    best: tuple[float, DatePart] | None = None
    for each in islice(document.dates.of_kind.get(part.kind, ()), MAX_PLACES):
        gap = sum(abs(a - b) for a, b in zip(each.value, part.value, strict=True))
        value = fit(around, document, [each.first])[0] + 0.5 / (1 + gap)
        if best is None or value > best[0]:
            best = (value, each)
    return document.dates.whole(best[1]) if best else None


def _elsewhere(claim: ReadText, document: ReadText, part: DatePart) -> Iterator[Finding]:
    """A date the document has, among words where it has another one."""
    around = claim.around[part.first]
    own, _ = fit(
        around, document, (each.first for each in document.dates.of_value.get((part.kind, part.value), ()))
    )
    others = (each for each in document.dates.of_kind.get(part.kind, ()) if each.value != part.value)
    rivals = {each.first: each for each in islice(others, MAX_PLACES)}
    best, place = fit(around, document, rivals)
    if own and best >= MIN_RIVAL_FIT and best > own:
        said = claim.quote(part.first, part.last)[0]
        where = (rivals[place].first, rivals[place].last)
        yield finding("date_elsewhere", "date", said, document, where, min(best - own, 1.0))


def _two_digit_years(document: ReadText) -> set[tuple[str, tuple[int, ...]]]:
    """Years written short or inside another number: FY21, '21, 2020-21, 2020/21, Q4-21."""
    found: set[tuple[str, tuple[int, ...]]] = set()
    for match in _SHORT_YEAR.finditer(document.text):
        found |= {
            ("year", (int(each) if len(each) == 4 else 2000 + int(each),)) for each in match.groups() if each
        }
    return found


def _resolved(document: ReadText, published: date | None) -> set[tuple[str, tuple[int, ...]]]:
    """What relative dates of the document mean, seen from the day it was published."""
    if published is None:
        return set()
    days = [published]
    lowers = [word.lower for word in document.words]
    days += [published + timedelta(days=step) for name, step in _RELATIVE_DAYS.items() if name in lowers]
    for part in document.dates.all:
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
