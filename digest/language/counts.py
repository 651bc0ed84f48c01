"""Numbers of things, said in English."""


def counted(count: int, one: str, many: str) -> str:
    """Say a number of things: `1 story`, `2 stories`, `1,200 stories`."""
    return f"{count:,} {one if count == 1 else many}"


def dollars(nanodollars: int) -> str:
    """Say a price: `$12.30`, and what is under ten cents more closely: `$0.0123`."""
    amount = nanodollars / 1e9
    return f"${amount:,.2f}" if amount >= 0.1 or not nanodollars else f"${amount:.4f}"


ONES = {word: float(value) for value, word in enumerate([
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
])}  # fmt: skip
"""The numbers below twenty, by their words, in order."""

TENS = {word: 20.0 + 10 * at for at, word in enumerate([
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
])}  # fmt: skip
"""The tens from there, in order."""

ORDINALS = {word: value for value, word in enumerate([
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
], 1)}  # fmt: skip
"""Places in a row, by their words, in order."""
