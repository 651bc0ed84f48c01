"""Figures of a text as measures: value, unit, sign, bound, whether about; and whether two say the same.

Read off the text, not its words, because signs, codes, marks and spaces inside a figure carry its meaning.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from digest.language.counts import ONES, TENS

SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6,
          "mm": 1e6,
          "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "trn": 1e12, "tn": 1e12,
          "lakh": 1e5, "crore": 1e7, "dozen": 12.0}  # fmt: skip
PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
         "ninth": 9, "tenth": 10}  # fmt: skip
GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
MULTIPLES = {
    "twice": 2.0,
    "thrice": 3.0,
    "halv": 0.5,
    "doubl": 2.0,
    "tripl": 3.0,
    "trebl": 3.0,
    "quadrupl": 4.0,
}

_CURRENCIES = {
    "dollar": "$ dollar dollars usd us$", "euro": "€ eur euro euros", "sterling": "£ gbp sterling",
    "yen": "¥ jpy yen", "franc": "chf franc francs", "crown": "crown crowns krone kroner krona kronor",
    "sek": "sek", "nok": "nok", "dkk": "dkk", "yuan": "yuan cny rmb renminbi", "rupee": "₹ inr rupee rupees",
    "cad": "cad c$ ca$", "aud": "aud a$ au$", "won": "₩ krw won", "rouble": "rub rouble roubles ruble rubles",
    "cent": "cent cents", "pence": "pence",
}  # fmt: skip
MONEY = {word: name for name, words in _CURRENCIES.items() for word in words.split()}

_UNITS = """
share:0.01 % percent pct percentage
points:1 points pp
points:0.01 bps
length:0.000001 µm μm micron microns micrometre micrometres micrometer micrometers
length:0.000000001 nm nanometre nanometres nanometer nanometers
length:0.001 mm millimetre millimetres millimeter millimeters
length:0.01 cm centimetre centimetres centimeter centimeters
length:1 m metre metres meter meters
length:1000 km kilometre kilometres kilometer kilometers
length:1609.344 mile miles
length:0.3048 ft foot feet
length:0.0254 inch inches
length:0.9144 yard yards
mass:1 g gram grams
mass:0.001 mg milligram milligrams
mass:0.000001 µg μg mcg microgram micrograms
mass:28.349523125 oz ounce ounces
mass:1000 kg kilogram kilograms kilo kilos
mass:1000000 t tonne tonnes ton tons
mass:453.59237 lb lbs
volume:1 l litre litres liter liters
volume:0.000001 µl μl microlitre microlitres microliter microliters
volume:0.001 ml millilitre millilitres
volume:3.785411784 gallon gallons
volume:158.987 barrel barrels
area:1 ha hectare hectares
area:0.40468564 acre acres
power:0.001 watt watts
power:1 kw kilowatt kilowatts
power:1000 mw megawatt megawatts
power:1000000 gw gigawatt gigawatts
energy:1 kwh
energy:1000 mwh
energy:1000000 gwh
data:0.001 kb kilobyte kilobytes
data:1 mb megabyte megabytes
data:1000 gb gigabyte gigabytes
data:1000000 tb terabyte terabytes
bits:0.001 kbit kilobit kilobits
bits:1 mbit megabit megabits
bits:1000 gbit gigabit gigabits
bits:1000000 tbit terabit terabits
rate:0.001 kbps kbit/s
rate:1 mbps mbit/s
rate:1000 gbps gbit/s
speed:1 km/h kph kmh
speed:1.609344 mph
speed:3.6 m/s
speed:1.852 knot knots
time:0.001 ms millisecond milliseconds
time:0.000001 µs μs microsecond microseconds
time:1 second seconds sec secs
time:60 minute minutes min mins
time:3600 hour hours hr hrs
time:86400 day days
time:604800 week weeks
span:1 month months
span:12 year years yr yrs
span:120 decade decades
span:1200 century centuries
celsius:1 °c
fahrenheit:1 °f
degree:1 ° degree degrees
"""
UNITS: dict[str, tuple[str, float]] = {}
for _line in _UNITS.split("\n"):
    if _line:
        _head, *_words = _line.split()
        _family, _, _factor = _head.partition(":")
        UNITS |= dict.fromkeys(_words, (_family, float(_factor)))

CASED = {"Kb": "kbit", "kb": "kbit", "Mb": "mbit", "Gb": "gbit", "Tb": "tbit", "mW": "milliwatt"}
"""Units of which small letters and capitals are two: bits and bytes."""
UNITS["milliwatt"] = UNITS["milliwatts"] = ("power", 1e-6)

_LONG = [
    (r"per\s?-?cent\b", ("share", 0.01)),
    (r"(?:percentage|%)[ -]?points?\b", ("points", 1.0)),
    (r"basis points?\b", ("points", 0.01)),
    (r"(?:degrees?|°)\s?(?:celsius|centigrade|c\b)", ("celsius", 1.0)),
    (r"(?:degrees?|°)\s?(?:fahrenheit|f\b)", ("fahrenheit", 1.0)),
    (r"kilomet(?:re|er)s?(?:\s(?:an|per)\s|/)h(?:our)?\b|km per hour\b|km an hour\b", ("speed", 1.0)),
    (r"miles?(?:\s(?:an|per)\s)hour\b", ("speed", 1.609344)),
    (r"met(?:re|er)s?\s(?:a|per)\ssecond\b", ("speed", 3.6)),
    (r"(?:square\s(?:kilomet(?:re|er)s?)|sq\.? ?km|km²|km2)(?!\w)", ("area", 100.0)),
    (r"(?:square\smiles?|sq\.? ?mi)\b", ("area", 258.9988)),
    (r"(?:square\s(?:met(?:re|er)s?)|sq\.? ?m|m²|m2)(?!\w)", ("area", 0.0001)),
    (r"(?:square\sf(?:ee|oo)t|sq\.? ?ft)\b", ("area", 9.290304e-6)),
    (r"cubic\smet(?:re|er)s?|m³", ("volume", 1000.0)),
    (r"times\b|-?fold\b|x\b", ("times", 1.0)),
    (r"swiss francs?\b", ("franc", 1.0)),
    (r"(?:us|u\.s\.|american) dollars?\b", ("dollar", 1.0)),
    (r"canadian dollars?\b", ("cad", 1.0)),
    (r"australian dollars?\b", ("aud", 1.0)),
    (r"swedish (?:kron(?:a|or)|crowns?)\b", ("sek", 1.0)),
    (r"norwegian (?:kroner?|crowns?)\b", ("nok", 1.0)),
    (r"danish (?:kroner?|crowns?)\b", ("dkk", 1.0)),
    (r"(?:british pounds?(?: sterling)?|pounds? sterling)\b", ("sterling", 1.0)),
    (r"chinese (?:yuan|renminbi)\b", ("yuan", 1.0)),
    (r"japanese yen\b", ("yen", 1.0)),
    (r"indian rupees?\b", ("rupee", 1.0)),
    (r"(?:south )?korean won\b", ("won", 1.0)),
    (r"russian rou?bles?\b", ("rouble", 1.0)),
]
_AFTER = [(re.compile(rf"[\s-]?(?:{pattern})", re.IGNORECASE), unit) for pattern, unit in _LONG]
_DIGITS = (
    r"\d{1,3}(?:[   ]\d{3})+(?![\d.,]*\d)|\d{1,3}(?:['’]\d{3})+(?!\d)|\d{1,3}(?:,\d{2,3})+(?:\.\d+)?(?!\d)"
    r"|\d+\.\d+(?!\.?\d)|\d+"
)
_PARTS = "half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth"
_WORDS = "|".join(sorted([*ONES, *TENS], key=len, reverse=True))
_SIGNS = r"(?:US|A|AU|C|CA)?\$|[€£¥₹₩]"
_CODES = "|".join(
    word.upper() for word in MONEY if len(word) == 3 and word.isalpha() and word not in ("won", "yen")
)
_SCALE = "|".join(sorted((each for each in SCALES if len(each) > 2 and each != "mln"), key=len, reverse=True))
FIGURE = re.compile(
    rf"(?P<sign>(?:(?<!or\s)\bminus\s|\bnegative\s|(?<![\w.%°)])[-−–](?=\S)))?"
    rf"(?:(?P<money>(?:{_SIGNS})\s?|\b(?:{_CODES})\s?)(?P<sign2>[-−])?)?"
    rf"(?<![\w.,])(?<![A-Za-z][-−–])(?:(?P<of>(?:{_WORDS}|\d+)\s(?:in|out of)\s(?:every\s)?(?P<whole>{_WORDS}|\d+)\b(?!\s(?:\d{{4}}|million|per)))"  # noqa: E501
    rf"|(?P<parts>(?:an?|one|two|three|four|five|nine|seven)[\s-](?P<part>half|third|quarter|fifth|sixth|seventh|eighth|"
    rf"tenth)s?)(?=\s(?:of|more|less|fewer|lower|higher|larger|smaller|to|from|in|by|since|cheaper)\b|\s?[,.;:]|$)"
    rf"|(?P<byparts>(?<=\bby\s)(?:an?|one|two|three|four|five)[\s-](?P<bypart>{_PARTS})s?\b)"
    rf"|(?P<halfas>half(?=\sas\s|\sthe\s(?:size|length|height|width|weight|price|cost|speed|rate|level|pace|value)\b))"
    rf"|(?P<half>half(?:\sof|\sthe)(?!\syear)|(?:(?<=\bby\s)|(?<=\bin\s))half\b(?!\s(?:an?|past)\b|-))"
    rf"|(?P<halfscale>half\sa(?=\s(?:million|billion|trillion|dozen)\b))"
    rf"|(?P<slash>\d+/\d+(?=\s(?:of|the)\b))|(?P<glyph>\d*[½¼¾⅓⅔])"
    rf"|(?P<digits>{_DIGITS})(?P<suffix>(?:bn|tn|mln|mn|mm|[kKMmBb])(?![\w/²³])|(?:st|nd|rd|th)\b)?"
    rf"|(?P<word>(?:{'|'.join(TENS)})(?:\s?-\s?|\s)(?:{'|'.join(list(ONES)[1:10])})\b|\b(?:{_WORDS})\b|\ba(?=\s(?:hundred|thousand|million|"
    rf"billion|trillion|dozen)\b)))"
    rf"(?P<andhalf>\sand\sa\s(?:half|quarter))?(?P<scale>(?:[\s-](?:{_SCALE}|mln|bn|tn)\b)*)",
    re.IGNORECASE,
)  # fmt: skip
_MULTIPLE = re.compile(
    r"\b(?:(twice|thrice)|(halv|doubl|tripl|trebl|quadrupl)(?:es?|ed|ing)\b)", re.IGNORECASE
)
_AND_A_HALF = re.compile(
    r"\b(?:an?\s(?P<unit>[a-z]+)\sand\sa\s(?P<part>half|quarter)|half\san?\s(?P<half>[a-z]+))\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?|(?<![\d:.])(\d{1,2}):(\d{2})(?![:\d])|"  # noqa: E501
                    r"\b(noon|midnight)\b", re.IGNORECASE)  # fmt: skip
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|nearly|almost|some|circa|close to|an estimated|~)\s?$", re.I
)
_MORE = re.compile(r"(?:more than|greater than|higher than|at least|over|above|"
                   r"as (?:little|few|low) as|exceed(?:ing|s|ed)?|(?:a )?minimum of|>|≥)\s?$",
                   re.I)  # fmt: skip
_LESS = re.compile(r"(?:less than|fewer than|lower than|at most|up to|under|below|"
                   r"as (?:much|many|long|high|far) as|(?:a )?maximum of|<|≤)\s?$", re.I)  # fmt: skip
_NO_MORE = re.compile(r"\b(?:no|not|never)\s(more|less|fewer) than\s?$", re.I)
_LESS_ROUND = re.compile(r"(?:nearly|almost|just under)\s?$", re.I)
_DIMENSION = re.compile(r"\s?(?:long|tall|wide|deep|high|thick|away|below|above)\b", re.I)


@dataclass(frozen=True)
class Measure:
    """A figure with what it measures."""

    value: float
    """In the base of its family, for families of units; else as said."""
    family: str
    """Of the unit, or a currency's name; empty for a bare count."""
    start: int
    end: int
    slack: float
    """Half of what its last digit stands for."""
    is_about: bool
    bound: int
    """1 for at least, -1 for at most."""
    is_word: bool = False
    is_ordinal: bool = False
    scale: float = 1.0
    """What a word for a large number made of it: a million for "3 million"."""
    factor: float = 1.0
    """What its unit is in the base of its family."""
    range_end: int = 0
    """-1 for the lower end of a range, 1 for the upper one: "3-5 years"."""


def measures(text: str) -> tuple[Measure, ...]:
    """Find the measures of a text, in order."""
    found = [made for match in FIGURE.finditer(text) if (made := _measure(text, match))]
    for match in _MULTIPLE.finditer(text):
        value = MULTIPLES[(match[1] or match[2]).lower()]
        found.append(Measure(value, "times", match.start(), match.end(), 0.0, False, 0, is_word=True))
    found += [each for match in _AND_A_HALF.finditer(text) if (each := _and_a_half(match))]
    clocks = [each for match in _CLOCK.finditer(text) if (each := _clock(match))]
    taken = {at for each in clocks for at in range(each.start, each.end)}
    kept = [each for each in found if each.start not in taken and math.isfinite(each.value)]
    return tuple(sorted(kept + clocks, key=lambda each: each.start))


def _and_a_half(match: re.Match[str]) -> Measure | None:
    """ "A year and a half", "half a mile"; of a number's scale ("half a million") FIGURE knows."""
    word = (match["unit"] or match["half"]).lower()
    if word not in UNITS or len(word) < 3:
        return None
    family, factor = UNITS[word]
    value = (0.5 if match["half"] else 1.5 if match["part"].lower() == "half" else 1.25) * factor
    return Measure(value, family, match.start(), match.end(), 0.05 * factor, False, 0, is_word=True)


def _clock(match: re.Match[str]) -> Measure | None:
    if match[6]:
        value = 720.0 if match[6].lower() == "noon" else 0.0
    else:
        hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
        if match[3]:
            hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
        if hour > 24 or minute > 59:
            return None
        value = hour % 24 * 60.0 + minute
    return Measure(value, "clock", match.start(), match.end(), 0.0, False, 0)


def _measure(text: str, match: re.Match[str]) -> Measure | None:
    value, step, family = _value(match)
    factor = 1.0
    suffix = (match["suffix"] or "").lower()
    money = MONEY.get((match["money"] or "").strip().lower(), "")
    scale = math.prod(SCALES[each.lower()] for each in re.findall(r"\w+", match["scale"] or ""))
    end = match.end()
    is_metre = suffix in ("m", "mm") and not money and _DIMENSION.match(text, end)
    if is_metre or (suffix == "mm" and not money):
        family, factor = UNITS[suffix]
    elif suffix in SCALES:
        scale *= SCALES[suffix]
    if not family:
        family, factor, end = (money, 1.0, end) if money else _unit(text, end)
    if not family and text[match.end() : match.end() + 2].lower() == " m" and match["digits"]:
        family, factor = "length", 1.0
    before = text[max(match.start() - 24, 0) : match.start()]
    # "75 -85%" is a range.
    is_range = before.rstrip()[-1:].isdigit() or before.rstrip().endswith("%")
    is_minus = (bool(match["sign"] or match["sign2"]) and not is_range) or bool(
        re.match(r"\s(?:degrees\s)?below zero", text[end : end + 24])
    )
    value, step = value * scale * factor * (-1 if is_minus else 1), step * scale * factor
    bound = _bound(before)
    if re.match(r"\sor (?:more|over|above)\b|\+", text[end : end + 24]):
        bound = 1
    if re.match(r"\sor (?:less|fewer|under|below)\b", text[end : end + 24]):
        bound = -1
    is_ordinal = suffix in ("st", "nd", "rd", "th")
    start = match.end("sign") if match["sign"] and is_range else match.start()
    return Measure(value, family, start, end, step / 2, bool(_ABOUT.search(before)), bound,
                   match["word"] is not None, is_ordinal, scale, factor)  # fmt: skip


def _bound(before: str) -> int:
    if turned := _NO_MORE.search(before):
        return -1 if turned[1].lower() == "more" else 1
    return 1 if _MORE.search(before) else -1 if _LESS.search(before) or _LESS_ROUND.search(before) else 0


def _value(match: re.Match[str]) -> tuple[float, float, str]:
    """Value, what its last digit stands for, and the family that the spelling itself gives."""
    if match["of"]:
        top = re.split(r"\s", match["of"])[0].lower()
        under = _plain_number(match["whole"])
        return (_plain_number(top) / under if under else 0.0), 0.005, "share"
    if match["parts"]:
        count = re.split(r"[\s-]", match["parts"])[0].lower()
        return (ONES.get(count, 1.0)) / PARTS[match["part"].lower()], 0.01, "share"
    if match["byparts"]:
        count = re.split(r"[\s-]", match["byparts"])[0].lower()
        return ONES.get(count, 1.0) / PARTS[match["bypart"].lower()], 0.01, "share"
    if match["halfas"]:
        return 0.5, 0.01, "times"
    if match["half"]:
        return 0.5, 0.01, "share"
    if match["halfscale"]:
        return 0.5, 0.1, ""
    if match["slash"]:
        above, _, below = match["slash"].partition("/")
        return (float(above) / float(below) if float(below) else 0.0), 0.01, "share"
    if match["glyph"]:
        whole = float(match["glyph"][:-1] or 0)
        return whole + GLYPHS[match["glyph"][-1]], 0.01, "" if whole else "share"
    if match["word"]:
        value = sum(_plain_number(part) for part in re.split(r"[\s-]+", match["word"].lower()))
        step = 1.0
    else:
        digits = re.sub(r"[   '’,]", "", match["digits"])
        value, decimals = float(digits), len(digits.partition(".")[2])
        zeros = len(digits) - len(digits.rstrip("0")) if not decimals else 0
        step = 10.0**-decimals if decimals else min(10.0**zeros, max(value * 0.05, 1.0))
    if match["andhalf"]:
        value, step = value + (0.5 if match["andhalf"].lower().endswith("half") else 0.25), 0.1
    return value, step, ""


def _plain_number(word: str) -> float:
    lower = word.lower()
    return ONES.get(lower, TENS.get(lower, 1.0 if lower == "a" else float(lower) if lower.isdigit() else 0.0))


def _unit(text: str, end: int) -> tuple[str, float, int]:
    """The family and factor of the unit behind a figure, and where it ends."""
    for pattern, (family, factor) in _AFTER:
        if match := pattern.match(text, end):
            return family, factor, match.end()
    match = re.compile(r"[\s-]?([$€£¥%°]|[A-Za-zµμ]+(?:/[A-Za-z]+)?)").match(text, end)
    if match:
        word = CASED.get(match[1], match[1].lower())
        if word in ("pound", "pounds"):
            return "pound", 1.0, match.end()
        if word in MONEY:
            return MONEY[word], 1.0, match.end()
        if word in UNITS and (len(word) > 1 or word in "%°" or match[0][0] == " "):
            return (*UNITS[word], match.end())
    return "", 1.0, end


ALIKE = {("pound", "sterling"), ("pound", "mass"), ("degree", "celsius"), ("degree", "fahrenheit"),
         ("dollar", "cad"), ("dollar", "aud"), ("crown", "sek"), ("crown", "nok"),
         ("crown", "dkk")}  # fmt: skip


def same_family(claim: Measure, document: Measure) -> bool:
    """Whether two figures can measure the same; a bare one can stand for money and for a count."""
    one, other = claim.family, document.family
    if one == other or (one, other) in ALIKE or (other, one) in ALIKE:
        return True
    money = set(MONEY.values()) | {"pound"}
    return (not one and other in money) or (not other and one in money)


def same_value(claim: Measure, document: Measure) -> bool:
    """Whether one value can be said for the other: equal, or one is the other rounded."""
    gap, largest = abs(claim.value - document.value), max(abs(claim.value), abs(document.value))
    if gap <= 1e-6 * largest:
        return True
    if claim.value * document.value < 0:
        return False
    if claim.family == document.family == "share" and gap <= 0.0034 and _is_third(claim, document):
        return True
    if (document.is_about and document.slack > claim.slack) or (
        claim.is_about and claim.slack > document.slack
    ):
        return gap <= max(0.05 * largest, claim.slack, document.slack)
    if (
        document.bound
        and document.slack > claim.slack
        and (claim.value - document.value) * document.bound > 0
    ):
        return gap <= 0.1 * largest
    if claim.bound and claim.slack > document.slack and (document.value - claim.value) * claim.bound > 0:
        return gap <= 0.25 * largest
    # "Two" is no round way to say two and a half.
    if gap > 0.1 * largest:
        return False
    has_scale = claim.slack > 0.5 or claim.slack < 0.5 or largest >= 1000
    return has_scale and claim.slack > document.slack and gap <= claim.slack * 1.0001


def _is_third(claim: Measure, document: Measure) -> bool:
    """Whether one of them is in thirds, which no round per cent hits."""
    return any(abs(3 * each.value - round(3 * each.value)) < 1e-9 for each in (claim, document))


class Figures:
    """The measures of a document, by value: asked for a neighbourhood, not searched from end to end."""

    def __init__(self, found: Sequence[Measure]) -> None:
        # Each once: a text may say one figure a thousand times.
        told = {(m.value, m.family, m.bound, m.slack, m.is_about): m for m in reversed(found)}
        self.all = sorted(told.values(), key=lambda each: each.value)
        self._values = [each.value for each in self.all]
        self._equal: dict[float, list[Measure]] = {}
        for each in found:
            self._equal.setdefault(round(each.value, 9), []).append(each)

    def equal(self, value: float) -> Sequence[Measure]:
        """All of a value, whatever their unit, in the order of the text."""
        return self._equal.get(round(value, 9), ())

    def near(self, claim: Measure) -> list[Measure]:
        """Those whose value the claim's can stand for, whatever their unit."""
        reach = 0.34 * abs(claim.value) + claim.slack
        low, high = (
            bisect_left(self._values, claim.value - reach),
            bisect_right(self._values, claim.value + reach),
        )
        return [each for each in self.all[low:high] if same_value(claim, each)]
