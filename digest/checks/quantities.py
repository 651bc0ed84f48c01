"""Numbers of a text as quantities: value, unit, and how exactly it is meant."""

import re
from dataclasses import dataclass

from digest.checks.claim_reading import Reading
from digest.language.counts import ONES, TENS
from digest.language.relations import root
from digest.language.words import NUMBER_WORDS, Word

SMALL = ONES | TENS | {"dozen": 12.0}
ORDINALS = {
    word: float(value)
    for value, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mm": 1e6,
    "mln": 1e6,
    "bln": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "tn": 1e12,
    "hundreds": 1e2,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
    "trillions": 1e12,
}
_SUFFIXES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "tn": 1e12}

# Words that mean one unit; the key is what two quantities are compared by.
_UNIT_WORDS = {
    "percent": "% percent percentage pct per-cent",
    "percentage point": "point points pp",
    "dollar": "$ dollar dollars usd buck bucks",
    "euro": "€ euro euros eur",
    "pound sterling": "£ gbp sterling",
    "yen": "¥ yen jpy",
    "cent": "cent cents",
    "second": "second seconds sec secs",
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "quarter": "quarter quarters",
    "year": "year years yr yrs",
    "decade": "decade decades",
    "century": "century centuries",
    "kilometre": "km kilometre kilometres kilometer kilometers",
    "metre": "metre metres meter meters",
    "centimetre": "cm centimetre centimetres centimeter centimeters",
    "mile": "mile miles",
    "foot": "foot feet ft",
    "inch": "inch inches",
    "yard": "yard yards",
    "tonne": "tonne tonnes ton tons",
    "kilogram": "kg kilogram kilograms kilo kilos",
    "gram": "gram grams",
    "pound": "lb lbs",
    "litre": "litre litres liter liters",
    "gallon": "gallon gallons",
    "barrel": "barrel barrels",
    "hectare": "hectare hectares",
    "acre": "acre acres",
    "megawatt": "mw megawatt megawatts",
    "gigawatt": "gw gigawatt gigawatts",
    "kilowatt": "kw kilowatt kilowatts",
    "degree": "degree degrees °c °f °",
}
UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
POUNDS = frozenset(("pound", "pounds"))

_APPROXIMATE = frozenset(
    [
        "about",
        "around",
        "roughly",
        "approximately",
        "nearly",
        "almost",
        "some",
        "circa",
        "close",
        "estimated",
        "~",
    ]
)
_MORE = frozenset(("over", "above", "exceeding", "beyond"))
_LESS = frozenset(("under", "below", "nearly", "almost"))
_NUMBER = re.compile(
    r"^([€$£¥]?)(\d[\d.,:]*?)(?:[.,:]*)(%|°[CF]?|st|nd|rd|th|bn|tn|[mkxbs])?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Quantity:
    """A number with what it counts."""

    value: float
    unit: str
    """A key of the units known; empty where the number counts something else, or nothing."""
    noun: str
    """Root of the word after it; empty at a sentence's end."""
    first: int
    """Word position where it begins (a currency sign included)."""
    last: int
    """Of its last word, the unit left out."""
    is_approximate: bool
    bound: int
    """1 for "more than", -1 for "less than" (or "nearly"), 0 for neither."""
    precision: float
    """Half of what its last digit stands for: 4.5 million gives 50,000."""
    is_ordinal: bool = False
    is_word: bool = False
    """Written out: "four"."""

    @property
    def is_year(self) -> bool:
        """Whether it can be a year."""
        return (
            1500 <= self.value <= 2100
            and self.value == int(self.value)
            and not self.unit
            and not self.is_word
        )


def quantities(reading: Reading) -> list[Quantity]:
    """Find the quantities of a text, in order; digits, written-out numbers, and scale words."""
    cached: list[Quantity] | None = reading.__dict__.get("_quantities")
    if cached is None:
        cached = []
        at = 0
        while at < len(reading.words):
            made = _quantity_at(reading, at)
            if made:
                cached.append(made)
            at = made.last + 1 if made else at + 1
        reading.__dict__["_quantities"] = cached
    return cached


def _quantity_at(reading: Reading, at: int) -> Quantity | None:
    words = reading.words
    parsed = _number(words[at])
    if parsed is None:
        return None
    value, unit, step, is_ordinal, is_word = parsed
    last = at
    # "twenty five", "two hundred", "4.5 million", "$3 billion".
    while last + 1 < len(words) and not is_ordinal:
        following = words[last + 1].lower
        if following in SCALES and (
            len(following) > 2 or words[last].end == words[last + 1].start or is_money(unit)
        ):
            value, step = value * SCALES[following], step * SCALES[following]
        elif (
            following == "point" and last + 2 < len(words) and 0 <= SMALL.get(words[last + 2].lower, -1) < 10
        ):
            last, value, step = last + 1, value + SMALL[words[last + 2].lower] / 10, 0.1
        elif following == "-" and _is_small_after(words, last, value):
            last += 1
            value += SMALL[words[last + 1].lower]
        elif is_word and following in SMALL and SMALL[following] < 10 <= value % 100 and value % 10 == 0:
            value += SMALL[following]
        else:
            break
        last += 1
    unit, noun = _unit_after(words, last, unit)
    if is_money(unit) and is_word and (cents := _cents_after(words, last + 2)):
        # "Twelve euros fifty".
        value, step, last = value + SMALL[words[cents].lower] / 100, 0.1, cents
    before = [word.lower for word in words[max(at - 3, 0) : at]]
    first = at - 1 if at and words[at - 1].text in "€$£¥" else at
    if first < at:
        unit = UNITS.get(words[first].text, "pound sterling")
    return Quantity(
        value=value,
        unit=unit,
        noun=noun,
        first=first,
        last=last,
        is_approximate=any(word in _APPROXIMATE for word in before[-2:]),
        bound=_bound(before),
        precision=step / 2,
        is_ordinal=is_ordinal,
        is_word=is_word,
    )


def _cents_after(words: tuple[Word, ...], at: int) -> int:
    """The place of a number of cents from 10 up, over "and"; 0 for none."""
    if at < len(words) and words[at].lower == "and":
        at += 1
    return at if at < len(words) and SMALL.get(words[at].lower, 0) >= 10 else 0


def _is_small_after(words: tuple[Word, ...], last: int, value: float) -> bool:
    """Whether "twenty - five" goes on: transcripts put spaces around the hyphen."""
    return (
        last + 2 < len(words)
        and 20 <= value < 100
        and value % 10 == 0
        and 0 < SMALL.get(words[last + 2].lower, 0) < 10
    )


def is_money(unit: str) -> bool:
    """Whether a unit is a currency."""
    return unit in ("dollar", "euro", "pound sterling", "yen")


def _number(word: Word) -> tuple[float, str, float, bool, bool] | None:
    """Parse one word: value, unit, what the last digit stands for, whether ordinal, whether written out."""
    lower = word.lower
    if lower in SMALL:
        return SMALL[lower], "", 1.0, False, True
    if lower in ORDINALS and lower != "second":
        return ORDINALS[lower], "", 1.0, True, True
    if lower in NUMBER_WORDS and lower in SCALES:
        return (SCALES[lower], "", SCALES[lower], False, True) if not lower.endswith("s") else None
    if "-" in lower:
        return _hyphened(lower)
    match = _NUMBER.match(word.text)
    if not match:
        return None
    sign, digits, ending = match[1], match[2], (match[3] or "").lower()
    digits = digits.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits) else digits
    digits = digits.replace(",", ".").replace(":", ".")
    if digits.count(".") > 1:
        return None
    scale = _SUFFIXES.get(ending, 1.0)
    decimals = len(digits.partition(".")[2])
    whole = digits.rstrip("0") if not decimals else digits
    step = 10.0**-decimals if decimals else 10.0 ** (len(digits) - len(whole) if len(whole) else 0)
    # A round number such as 4,500,000 may be rounded; 20 and 300 are as likely exact.
    step = min(step, max(float(digits) * 0.05, 1.0)) if not decimals else step
    unit = {"%": "percent"}.get(
        ending,
        "degree" if ending.startswith("°") else UNITS.get(sign, "pound sterling" if sign == "£" else ""),
    )
    return float(digits) * scale, unit, step * scale, ending in ("st", "nd", "rd", "th"), False


def _hyphened(lower: str) -> tuple[float, str, float, bool, bool] | None:
    left, _, right = lower.partition("-")
    if left in SMALL and right in SMALL and SMALL[left] >= 20 and SMALL[right] < 10:
        return SMALL[left] + SMALL[right], "", 1.0, False, True
    if left in SMALL and right in UNITS:
        return SMALL[left], UNITS[right], 1.0, False, True
    return None


def _unit_after(words: tuple[Word, ...], last: int, unit: str) -> tuple[str, str]:
    """Read the unit behind a number, over a hyphen and "per": "30-minute", "5 percentage points"."""
    at = last + 1
    if at < len(words) and words[at].text in "-‑–":
        at += 1
    if at >= len(words):
        return unit, ""
    lower = words[at].lower
    if lower == "per" and at + 1 < len(words) and words[at + 1].lower == "cent":
        return "percent", "percent"
    if (
        lower in ("percentage", "percent", "basis")
        and at + 1 < len(words)
        and words[at + 1].lower.startswith("point")
    ):
        return f"{lower} point", "point"
    noun = root(words[at].text) if words[at].text[0].isalpha() else ""
    if unit:
        return unit, noun
    if lower in POUNDS:
        return "pound", noun
    found = UNITS.get(lower, "")
    return ("" if found == "percentage point" or (found == "second" and lower == "second") else found), noun


def _bound(before: list[str]) -> int:
    pair = " ".join(before[-2:])
    if pair in ("more than", "greater than", "higher than", "at least") or (
        before[-1:] and before[-1] in _MORE
    ):
        return 1
    if pair in ("less than", "fewer than", "lower than", "at most", "up to") or (
        before[-1:] and before[-1] in _LESS
    ):
        return -1
    return 0


def same_value(claim: Quantity, document: Quantity) -> bool:
    """Whether the claim's number can stand for the document's: equal, or rounded as the claim's words
    allow."""
    if claim.value == document.value:
        return True
    gap = abs(claim.value - document.value)
    if claim.is_ordinal != document.is_ordinal:
        return False
    largest = max(abs(claim.value), abs(document.value))
    is_rounder = claim.precision > document.precision
    if claim.is_approximate and is_rounder and largest >= 10:
        return gap <= max(0.05 * largest, claim.precision)
    if claim.bound and is_rounder and (document.value > claim.value) == (claim.bound > 0):
        return gap <= 0.25 * largest
    has_scale = claim.precision > 1 or claim.precision < 0.5 or largest >= 1000
    return has_scale and is_rounder and gap <= claim.precision * 1.0001
