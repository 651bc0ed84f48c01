"""Numbers of a text as quantities: value, unit, and how exactly it is meant."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from digest.checks.claim_wording import Wording
from digest.language.counts import ONES, ORDINALS, TENS
from digest.language.relations import root
from digest.language.words import NUMBER_WORDS, Word

SMALL = ONES | TENS | {"dozen": 12.0}
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "k": 1e3, "m": 1e6, "mn": 1e6, "mm": 1e6, "mln": 1e6, "bln": 1e9, "bn": 1e9, "b": 1e9, "tn": 1e12,
    "hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "trillions": 1e12,
}  # fmt: skip
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
    ("about", "around", "roughly", "approximately", "nearly", "almost", "some", "circa", "close", "estimated",
     "~")
)  # fmt: skip
_MORE = frozenset(("over", "above", "exceeding", "beyond"))
_LESS = frozenset(("under", "below", "nearly", "almost"))
_NUMBER = re.compile(
    r"^([€$£¥]?)(\d[\d.,:]*?)(?:[.,:]*)(%|°[CF]?|st|nd|rd|th|bn|tn|[mkxbs])?$", re.IGNORECASE
)


WIDEST = 0.35
"""Share of a value between which and another `same_value` may hold, with room."""


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
    end: int
    """Of its last word, with the unit or noun that follows in the same sentence."""
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


def quantities(wording: Wording) -> list[Quantity]:
    """Find the quantities of a text, in order; digits, written-out numbers, and scale words."""
    found = []
    at = 0
    while at < len(wording.words):
        made = _quantity_at(wording, at)
        if made:
            found.append(made)
        at = made.last + 1 if made else at + 1
    return found


def _quantity_at(wording: Wording, at: int) -> Quantity | None:
    words = wording.words
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
        end=_end(wording, last) if noun else last,
        is_approximate=any(word in _APPROXIMATE for word in before[-2:]),
        bound=_bound(before),
        precision=step / 2,
        is_ordinal=is_ordinal,
        is_word=is_word,
    )


def _end(wording: Wording, last: int) -> int:
    """The word after a number, over a hyphen, if it is in the same sentence; else the number's last."""
    words = wording.words
    after = last + (2 if last + 1 < len(words) and words[last + 1].text in "-‑–" else 1)
    is_inside = after < len(words) and wording.sentence_of[after] == wording.sentence_of[last]
    return after if is_inside else last


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
        return float(ORDINALS[lower]), "", 1.0, True, True
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


def units_conflict(claim: Quantity, document: Quantity) -> bool:
    """Whether two numbers of one value measure different things."""
    if not claim.unit or not document.unit or claim.unit == document.unit:
        # A unit where the document has a bare number is a conflict only if that number counts something else.
        return (
            bool(claim.unit)
            and not document.unit
            and bool(document.noun)
            and is_money(claim.unit) is False
            and (
                claim.noun != document.noun
                and document.noun not in ("to", "and", "or", "")
                and document.value >= 1000
            )
        )
    return True


class Quantities:
    """The quantities of a text, asked for those of a value or of a unit instead of searched end to end."""

    def __init__(self, wording: Wording) -> None:
        self.all = quantities(wording)
        self._by_value = sorted(self.all, key=lambda each: each.value)
        self._values = [each.value for each in self._by_value]
        self._by_kind: dict[tuple[bool, str], list[Quantity]] = {}
        for each in self.all:
            kind = (True, each.unit) if each.unit else (False, each.noun)
            self._by_kind.setdefault(kind, []).append(each)
        self._same: dict[tuple[object, ...], list[Quantity]] = {}
        self._rivals: dict[tuple[object, ...], list[Quantity]] = {}

    def same(self, quantity: Quantity) -> list[Quantity]:
        """Those whose value the quantity's can stand for, in the order of the text."""
        key = (
            quantity.value, quantity.precision, quantity.bound,
            quantity.is_approximate, quantity.is_ordinal,
        )  # fmt: skip
        if key not in self._same:
            reach = WIDEST * abs(quantity.value) + 2 * quantity.precision
            low = bisect_left(self._values, quantity.value - reach)
            high = bisect_right(self._values, quantity.value + reach)
            found = (each for each in self._by_value[low:high] if same_value(quantity, each))
            self._same[key] = sorted(found, key=lambda each: each.first)
        return self._same[key]

    def rivals(self, quantity: Quantity) -> list[Quantity]:
        """Those that measure or count the same, in the order of the text."""
        kind = (True, quantity.unit) if quantity.unit else (False, quantity.noun)
        key = (*kind, quantity.is_ordinal)
        if key not in self._rivals:
            found = self._by_kind.get(kind, ())
            self._rivals[key] = [each for each in found if _are_rivals(quantity, each)]
        return self._rivals[key]


def _are_rivals(claim: Quantity, document: Quantity) -> bool:
    if claim.unit or document.unit:
        return claim.unit == document.unit
    return bool(claim.noun) and claim.noun == document.noun and claim.is_ordinal == document.is_ordinal
