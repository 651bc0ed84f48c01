"""Which single keys of the desk are which: `settings.desk_keys` of feeds.yaml, as `{a: y}`."""

from collections.abc import Mapping

from digest.workspace.config_check import expected

DESK_KEYS = (*"jkaArdxmuU/pPSb?esJK", "Delete")
"""The keys that can be others; numbers, Enter, Escape and those held with Ctrl stay."""


def checked_keys(given: Mapping[str, str]) -> Mapping[str, str]:
    """Take over what each key is to be.

    Raises:
        PydanticCustomError: It is no key of the desk, nothing that is typed alone, or stands for two.
    """
    if wrong := [each for each in given if each not in DESK_KEYS]:
        raise expected(f"a key of the desk ({' '.join(DESK_KEYS)}), got {wrong[0][:20]!r}")
    for old, new in given.items():
        is_one = len(new) == 1 and new.isascii() and new.isprintable()
        if new != old and (not is_one or new.isdigit() or new == " "):
            raise expected(f"one letter or sign for {old}, no number")
    made = [given.get(each, each) for each in DESK_KEYS]
    if twice := [each for each in made if made.count(each) > 1]:
        raise expected(f"another key for each: {twice[0]} would stand for two")
    return given
