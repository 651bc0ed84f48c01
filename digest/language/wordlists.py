"""The word lists in data/words.txt and data/verbs.txt, by section."""

from functools import cache
from importlib.resources import files


@cache
def _sections() -> dict[str, tuple[str, ...]]:
    sections: dict[str, tuple[str, ...]] = {}
    for name in ("words.txt", "verbs.txt"):
        text = files("digest.language").joinpath("data", name).read_text(encoding="utf-8")
        section = ""
        for line in text.splitlines():
            if line.startswith("["):
                section = line.strip("[] ")
                sections[section] = ()
            elif line and not line.startswith("# "):
                sections[section] += tuple(line.split())
    return sections


def word_list(section: str) -> frozenset[str]:
    """Give the words of a section.

    Raises:
        KeyError: there is no such section.
    """
    return frozenset(_sections()[section])


def entries(section: str) -> tuple[str, ...]:
    """Give a section's entries in the file's order, such as "arise/arose/arisen"."""
    return _sections()[section]
