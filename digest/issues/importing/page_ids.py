"""Ids of entry pages, and how to mend those that lost a letter.

Some archives were renamed by a program that took eight digits and a "d" for a date and dropped the "d", also
inside ids: they have 31 characters then. Putting a "d" behind any eight digits gives what the id can have
been; which of these it was is told by the address of the page, or by another page that knows the whole id.
"""

import re
from collections.abc import Collection

from digest.language.addresses import entry_id

WHOLE = re.compile(r"[0-9a-f]{32}")
SHORT = re.compile(r"[0-9a-f]{31}")


def is_whole(name: str) -> bool:
    """Tell whether a name is an id."""
    return bool(WHOLE.fullmatch(name))


def is_short(name: str) -> bool:
    """Tell whether a name is an id that lost a letter."""
    return bool(SHORT.fullmatch(name))


def candidates(short: str) -> list[str]:
    """Give what an id of 31 characters can have been: a "d" put in behind any eight digits, each once."""
    places = (at for at in range(8, len(short) + 1) if short[at - 8 : at].isdigit())
    return list(dict.fromkeys(short[:at] + "d" + short[at:] for at in places))


def mended(short: str, known: Collection[str], *, url: str = "") -> str:
    """Find the whole id of one that lost a letter.

    Args:
        short: The id as found, 31 characters.
        known: Whole ids seen elsewhere.
        url: The address of the page, where known: it decides by itself.

    Returns:
        The id; empty where nothing confirms one, or several.
    """
    possible = candidates(short)
    if url and (own := entry_id(url)) in possible:
        return own
    found = [each for each in possible if each in known]
    return found[0] if len(found) == 1 else ""
