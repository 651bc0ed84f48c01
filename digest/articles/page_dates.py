"""Read a date as pages write it."""

import email.utils
import re
from datetime import UTC, date, datetime

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?(?:[.,]\d+)?\s?(Z|[+-]\d{2}:?\d{2})?)?"
)
_PACKED = re.compile(r"\b((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:T|\b)")
# In languages that write day and month side by side. A word is a month if it is one of these, or their first
# three letters: "Top 10 Marketing 2025" holds no tenth of March.
_MONTHS = tuple(
    names.split("/")
    for names in (
        "january/januar/janvier/enero/gennaio/janeiro/januari",
        "february/februar/février/fevrier/febrero/febbraio/fevereiro/februari",
        "march/märz/maerz/mars/marzo/março/maart/marts",
        "april/avril/abril/aprile",
        "may/mai/mayo/maggio/maio/mei/maj",
        "june/juni/juin/junio/giugno/junho",
        "july/juli/juillet/julio/luglio/julho",
        "august/août/aout/agosto/augustus/augusti",
        "september/septembre/septiembre/settembre/setembro",
        "october/oktober/octobre/octubre/ottobre/outubro",
        "november/novembre/noviembre/novembro",
        "december/dezember/décembre/decembre/diciembre/dicembre/dezembro",
    )
)
_SHORT = frozenset(("sept", "janv", "févr", "fevr", "juil", "sett"))
_WORD = r"[^\W\d_]{3,10}"
_MONTH_FIRST = re.compile(rf"\b({_WORD})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b")
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|º)?\.?\s+(?:of\s+|de\s+)?({_WORD})\.?,?\s+(?:de\s+)?(\d{{4}})\b"
)
_CHINESE = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
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
    if match := _CHINESE.search(text):
        return _date(*match.groups())
    for match in _MONTH_FIRST.finditer(text):
        if month := _month(match[1]):
            return _date(match[3], month, match[2])
    for match in _DAY_FIRST.finditer(text):
        if month := _month(match[2]):
            return _date(match[3], month, match[1])
    return None


def _month(word: str) -> str:
    """Give the number of the month that a word names or shortens; empty where it is none, or may be two."""
    lower = word.lower()
    is_short = lower in _SHORT or (len(lower) == 3 and lower != "out")
    found = [
        at
        for at, names in enumerate(_MONTHS, 1)
        if any(name == lower or (is_short and name.startswith(lower)) for name in names)
    ]
    return str(found[0]) if len(found) == 1 else ""


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
