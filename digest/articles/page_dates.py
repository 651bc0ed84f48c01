"""Read a date as pages write it."""

import email.utils
import re
from datetime import UTC, date, datetime

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?(?:[.,]\d+)?\s?(Z|[+-]\d{2}:?\d{2})?)?"
)
_PACKED = re.compile(r"\b((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T|\b)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "|".join(_MONTHS)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+({_MONTH})[a-z]*\.?,?\s+(\d{{4}})\b", re.IGNORECASE
)
_SLASHED = re.compile(r"\b(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b")
EARLIEST = date(1990, 1, 1)


def read_date(text: str) -> date | None:
    """Return the date a text begins with or holds, in UTC where it names a zone.

    All-number dates with the year last are not read: 3/4/2025 is March in one country, April in another.
    """
    text = text.strip()[:100]
    found = _iso(text) or _named(text) or _mail(text)
    return found if found is not None and found >= EARLIEST else None


def _iso(text: str) -> date | None:
    if match := _ISO.search(text):
        year, month, day, hour, minute, zone = match.groups()
        if hour and zone and zone != "Z":
            try:
                return (
                    datetime.fromisoformat(
                        f"{year}-{month:0>2}-{day:0>2}T{hour}:{minute}:00{zone[:3]}:{zone[-2:]}"
                    )
                    .astimezone(UTC)
                    .date()
                )
            except (ValueError, OverflowError):
                return None
        return _date(year, month, day)
    match = _PACKED.match(text) or _SLASHED.search(text)
    return _date(*match.groups()) if match else None


def _named(text: str) -> date | None:
    if match := _MONTH_FIRST.search(text):
        return _date(match[3], str(_MONTHS.index(match[1].lower()) + 1), match[2])
    if match := _DAY_FIRST.search(text):
        return _date(match[3], str(_MONTHS.index(match[2].lower()) + 1), match[1])
    return None


def _mail(text: str) -> date | None:
    try:
        return email.utils.parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
