"""Dates as feeds write them -> moments. Reads a date whole or not at all.

- A date is a day of a month of a year; whatever names less ("2026", "26 November") is no date, and neither is
  one of which a word is left over that nobody understood. Nothing is filled in but the time of day.
- A day without a time, or with a time in a zone nobody knows, is a day: it may be any moment of it.
- Without a zone a time is UTC, as the formats want it.
- Of numbers alone, a year in front makes it year, month, day; dots make it day, month, year. With slashes or
  hyphens either may be meant ("05/11/2026"): what the feed's other dates show is then taken
  (`day_comes_first`), dotted ones too; where they show nothing, or both, the date is not understood.
- A number of nine, ten, thirteen or sixteen digits counts (milli-, micro-) seconds from 1970.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
# No date is longer; the rest of a text that is no date need not be looked at.
_MAX_CHARACTERS = 100

_ISO = re.compile(r"\d{4}-\d\d-\d\d|\d{8}(?=$|T)|\d{4}-?W\d\d-?\d")
_DAY_OF_YEAR = re.compile(r"(\d{4})-?(\d{3})")
_COMPACT = re.compile(r"(\d{8})(\d\d)(\d\d)(\d\d)?")
# Ten digits that begin with 20 are rather a year, month, day and hour, or another number altogether.
_EPOCH = re.compile(r"(\d{9}|(?!20)\d{10}|\d{13}|\d{16})(?:\.\d+)?")
_UNITS = {9: 1, 10: 1, 13: 1_000, 16: 1_000_000}
_COMMENT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CLOCK = r"(?P<hour>\d{1,2})(?:[:h](?P<minute>\d\d?)(?::(?P<second>\d\d?)(?:[.,]\d+)?)?)"
_HALF = r"(?:\s*(?P<half>[ap])\.?m\b\.?)?"
_OFFSET = r"[+-]\s?\d{1,2}(?::?\d\d)?(?!\d)"
_ZONE = rf"(?:\s*(?P<zone>[Zz]\b|{_OFFSET}(?:\s(?:UTC|GMT))?|(?-i:[A-Z]{{1,5}})(?:{_OFFSET})?(?![\w-])))?"
_TIME = re.compile(rf"(?<![\d.:]){_CLOCK}{_HALF}{_ZONE}", re.IGNORECASE)
_HOUR = re.compile(rf"(?<![\d.:/-])(?P<hour>\d{{1,2}})\s*(?P<half>[ap])\.?m\b\.?{_ZONE}", re.IGNORECASE)
_DOTTED = re.compile(r"(?<=\s)(?P<hour>\d{1,2})\.(?P<minute>\d\d)(?:\.(?P<second>\d\d))?$")
_NUMBERS = re.compile(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?")
_EAST_ASIAN = re.compile(r"(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]")
_WORD = re.compile(r"(\d+)(?:st|nd|rd|th|er|[ºª°])?(?![^\W\d_])|([^\W\d_]+)")
_BETWEEN = re.compile(r"[\s,.;/|·–-]*")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?\d{4}(?!\d)")

# In the larger languages of western Europe, without accents.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar januari janv janvier gen gennaio ene enero",
            "feb february februar februari fevr fevrier febbraio febrero",
            "mar march mars marz maerz mrz marts maart mrt marzo",
            "apr april avr avril aprile abr abril",
            "may mai mei maj mag maggio mayo",
            "jun june juni juin giu giugno junio",
            "jul july juli juil juillet lug luglio julio",
            "aug august augustus augusti aou aout ago agosto",
            "sep sept september septembre septiembre settembre set sett",
            "oct october oktober okt octobre octubre ottobre ott",
            "nov november novembre noviembre",
            "dec december decembre dez dezember dic diciembre dicembre des desember",
        ),
        1,
    )
    for name in names.split()
}
_DAY_NAMES = re.compile(
    r"(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?"
    r"|(?:mon|diens|mitt|donners|frei|sams|sonn)(?:tag|woch|abend)?|mo|di|mi|do|fr|sa|so|die|mit|don|fre|sam|son"
    r"|(?:lun|mar|mer|jeu|ven|vendre|same|dim)(?:di|edi|credi|anche)?|mercredi|vendredi|dimanche"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo|mie|jue|vie|sab|dom"
    r"|(?:lune|marte|mercole|giove|vener)di|sabato|domenica|gio"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag|ma|di|wo|vr|za|zo"
    r"|(?:man|tis|tirs|ons|tors|fre|lor|son)(?:dag)?|lordag|sondag"
)
_FILLERS = frozenset(
    """
    at um om kl uhr de del of the den le el a am on dne t hrs hr h
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
# Hours from UTC. Of an abbreviation with several meanings, the one that feeds use most.
_ZONES = {
    name: hours
    for hours, names in {
        -10.0: "hst",
        -9.0: "akst",
        -8.0: "akdt pst",
        -7.0: "mst pdt",
        -6.0: "cst mdt",
        -5.0: "est cdt",
        -4.0: "ast edt",
        -3.5: "nst",
        -3.0: "adt art brt",
        0.0: "z ut utc gmt wet",
        1.0: "cet mez bst west wat",
        2.0: "cest mesz eet cat sast",
        3.0: "eest msk eat trt",
        4.0: "gst",
        5.0: "pkt",
        5.5: "ist",
        7.0: "wib ict",
        8.0: "hkt sgt awst",
        9.0: "jst kst",
        9.5: "acst",
        10.0: "aest",
        11.0: "aedt",
        12.0: "nzst",
        13.0: "nzdt",
    }.items()
    for name in names.split()
}


@dataclass(frozen=True)
class FeedDate:
    """A date as far as it was understood."""

    moment: datetime
    """Aware, UTC; the day's first where only the day is known."""
    is_whole_day: bool = False
    """It may be any moment of a day from there."""


def read_date(text: str, *, day_first: bool | None = None) -> FeedDate | None:
    """Read a date; None where it was not understood whole, or cannot be meant.

    Args:
        text: As the feed has it.
        day_first: How "05/11/2026" is read; None where that is not known.
    """
    text = " ".join(unicodedata.normalize("NFKC", text[: 2 * _MAX_CHARACTERS]).split())
    if not text or len(text) > _MAX_CHARACTERS or not re.search(r"\d", text):
        return None
    try:
        found = _counted(text) or _iso(text) or _written(text, day_first)
    except (ValueError, OverflowError):
        return None
    if found is None or not _EARLIEST <= found.moment < _LATEST:
        return None
    # Feeds that give fractions give them in one place and not in the other.
    return FeedDate(found.moment.replace(microsecond=0), found.is_whole_day)


def day_comes_first(texts: Iterable[str], language: str = "") -> bool | None:
    """Say how a feed means "05/11/2026", from its other dates, else from its language.

    Args:
        texts: All its dates, its own too.
        language: As the feed names it, "en-US".

    Returns:
        None where they show nothing, or both.
    """
    shown = {
        int(match[1]) > int(match[3])
        for text in texts
        for match in _YEAR_LAST.finditer(unicodedata.normalize("NFKC", text[:_MAX_CHARACTERS]))
        if max(int(match[1]), int(match[3])) > 12 >= min(int(match[1]), int(match[3]))
    }
    if shown:
        return shown.pop() if len(shown) == 1 else None
    language = language.strip().lower().replace("_", "-")
    if language in ("", "en"):
        return None
    return language != "en-us"


def _counted(text: str) -> FeedDate | None:
    """Read seconds from 1970, or digits in one piece."""
    if match := _EPOCH.fullmatch(text):
        return FeedDate(datetime.fromtimestamp(float(text) / _UNITS[len(match[1])], UTC))
    if match := _COMPACT.fullmatch(text):
        day = datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC)
        hour, minute, second = (int(part or 0) for part in match.groups()[1:])
        return FeedDate(_at(day.date(), hour, minute, second, 0.0))
    return None


def _iso(text: str) -> FeedDate | None:
    """Read ISO 8601 with day and month, or with the day of the week or of the year."""
    if match := _DAY_OF_YEAR.fullmatch(text):
        day = date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)
        return _whole_day(day) if day.year == int(match[1]) else None
    if not _ISO.match(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if re.fullmatch(r"[\dW-]+", text):
        return _whole_day(found.date())
    return FeedDate(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))


def _written(text: str, day_first: bool | None) -> FeedDate | None:
    """Read a date in words or numbers, with or without a time."""
    text = _COMMENT.sub(" ", text).strip()
    # "2026-11-26T23:22" in all its near misses; a T between digits stands for nothing else.
    text = re.sub(r"(?<=\d)[Tt](?=\d)", " ", text)
    text = _EAST_ASIAN.sub(r"\1-\2-\3 ", text)
    time = _TIME.search(text) or _HOUR.search(text) or _DOTTED.search(text)
    zone = time.groupdict().get("zone") or "" if time else ""
    is_zone = not zone or _named(zone)[0] == "unknown"
    if time:
        end = time.end() if is_zone else time.start("zone")
        text = f"{text[: time.start()]} {text[end:]}"
    day = _day(" ".join(text.split()).strip(" ,;"), day_first)
    if day is None:
        return None
    if time is None:
        return _whole_day(day)
    parts = time.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    hours = _hours(zone) if is_zone else 0.0
    return FeedDate(_at(day, hour, minute, second, hours or 0.0), is_whole_day=hours is None)


def _day(text: str, day_first: bool | None) -> date | None:
    """Read a day; None unless every word of the text was understood."""
    for match in _NUMBERS.finditer(text):
        others = f"{text[: match.start()]} {text[match.end() :]}"
        if any(kind != "filler" for kind, _ in _words(others)):
            return None
        return _numbered(match, day_first)
    found = _words(text)
    numbers = [value for kind, value in found if kind == "number"]
    months = [value for kind, value in found if kind == "month"]
    # "mar" is March, and Tuesday in three languages; as a day it stands before everything else.
    if len(months) == 2 and found[0][0] == "month" and text.lower().startswith("mar"):
        months = months[1:]
    if len(numbers) != 2 or len(months) != 1 or any(kind == "unknown" for kind, _ in found):
        return None
    return _with_year(numbers, int(months[0]))


def _words(text: str) -> list[tuple[str, str]]:
    """Give the words of a text with their kinds; all as one of kind unknown where a sign is left over."""
    found: list[tuple[str, str]] = []
    position = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    while position < len(text):
        match = _WORD.match(text, position)
        if match is None:
            return [("unknown", text)]
        found.append(("number", match[1]) if match[1] else _named(match[2]))
        position = _BETWEEN.match(text, match.end()).end()  # type: ignore[union-attr]
    return found


def _named(word: str) -> tuple[str, str]:
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(sign)
    )
    if plain in _MONTHS:
        return "month", str(_MONTHS[plain])
    if plain in _FILLERS or _DAY_NAMES.fullmatch(plain):
        return "filler", plain
    return "unknown", plain


def _with_year(numbers: list[str], month: int) -> date | None:
    """Tell day and year apart: the year has four digits, or two and then stands last as in RFC 822."""
    first, last = numbers
    if len(first) == 4 and len(last) <= 2:
        return date(int(first), month, int(last))
    if len(first) <= 2 and len(last) in (2, 4):
        return date(int(last) + (0 if len(last) == 4 else 2000), month, int(first))
    return None


def _numbered(match: re.Match[str], day_first: bool | None) -> date | None:
    first, sign, second, last = match.groups()
    if len(first) == 4 and len(last) <= 2:
        return date(int(first), int(second), int(last))
    if len(first) > 2 or len(last) not in (2, 4):
        return None
    if sign == ".":
        return date(int(last) + (0 if len(last) == 4 else 2000), int(second), int(first))
    if len(last) == 2:
        return None
    one, two = int(first), int(second)
    if one == two or one > 12:
        return date(int(last), two, one)
    if two > 12:
        return date(int(last), one, two)
    if day_first is None:
        return None
    return date(int(last), two, one) if day_first else date(int(last), one, two)


def _hours(zone: str) -> float | None:
    """Give a zone's distance from UTC; None where nobody knows it."""
    zone = re.sub(r"(?<=\d)\s(?:UTC|GMT)$", "", zone, flags=re.IGNORECASE)
    match = re.fullmatch(r"([A-Za-z]*)\s?(?:([+-])\s?(\d{1,2}):?(\d\d)?)?", zone.strip())
    if match is None or (match[1] and match[1].lower() not in _ZONES):
        return None
    if not match[2]:
        return _ZONES[match[1].lower()] if match[1] else 0.0
    hours = int(match[3]) + int(match[4] or 0) / 60
    if hours >= 24:
        return None
    return -hours if match[2] == "-" else hours


def _at(day: date, hour: int, minute: int, second: int, hours: float) -> datetime:
    # A leap second, and midnight as the end of a day, are moments that datetime cannot write.
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(hours=hours)))
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second > 0):
        raise ValueError(f"no time of day: {hour}:{minute}:{second}")
    return (midnight + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))).astimezone(UTC)


def _whole_day(day: date) -> FeedDate:
    return FeedDate(datetime(day.year, day.month, day.day, tzinfo=UTC), is_whole_day=True)
