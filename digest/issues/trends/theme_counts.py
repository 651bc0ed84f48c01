"""Which entries have which theme or keyword.

An entry has a theme that it lists. It has a keyword that it lists or whose words stand in its title, summary
or signals: what one editor calls a keyword another leaves to the text.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from digest.issues.trends.periods import publishers
from digest.records import PublishedEntry

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
PLURAL = re.compile(r"^(\w+(?:ch|sh|x|ss))es$|^(\w{3,})ies$|^(\w{3,}[^\Wsiu])s$")

MAX_WORDS = 6
"""Longer keywords are found where they are listed, and not looked for in texts."""


@dataclass(frozen=True)
class Occurrences:
    """A name and the entries that have it."""

    name: str
    kind: Literal["theme", "keyword"]
    entries: tuple[tuple[PublishedEntry, int], ...]
    """With how often it is said in each, at least once; in the order given."""


def occurrences(entries: Sequence[PublishedEntry]) -> list[Occurrences]:
    """Find every theme and keyword and the entries that have it; themes first, in order of appearance."""
    return [*_themes(entries), *_keywords(entries)]


def folded(text: str) -> str:
    """Give the words of a text in lower case, in the singular, separated by single spaces."""
    return " ".join(map(_singular, WORD.findall(text.casefold())))


def name_key(name: str) -> str:
    """What names that are one have in common: words in lower case and the singular; one of no words (`..`, an
    emoji) is the same only as itself."""
    return folded(name.replace("’", "'")) or name.strip().casefold()


def _themes(entries: Sequence[PublishedEntry]) -> Iterable[Occurrences]:
    written, found = _listed(entries, "themes")
    for plain, having in found.items():
        times = tuple((entries[row], len(publishers(entries[row]))) for row in having)
        yield Occurrences(_usual(written[plain]), "theme", times)


def _keywords(entries: Sequence[PublishedEntry]) -> Iterable[Occurrences]:
    written, listed = _listed(entries, "keywords")
    times: dict[str, dict[int, int]] = {plain: dict.fromkeys(rows, 1) for plain, rows in listed.items()}
    # Looked for by their first words: an archive has many times as many runs of words as keywords.
    lengths: dict[str, set[int]] = defaultdict(set)
    for plain in listed:
        if (count := plain.count(" ") + 1) <= MAX_WORDS:
            lengths[plain.partition(" ")[0]].add(count)
    for row, each in enumerate(entries):
        said = Counter(phrase for phrase in _phrases(each, lengths) if phrase in times)
        for plain, count in said.items():
            times[plain][row] = count
    for plain, having in times.items():
        found = tuple((entries[row], having[row]) for row in sorted(having))
        yield Occurrences(_usual(written[plain]), "keyword", found)


def _listed(
    entries: Sequence[PublishedEntry], field: Literal["themes", "keywords"]
) -> tuple[dict[str, Counter[str]], dict[str, list[int]]]:
    """Give, by folded name, how it is written how often, and the rows of the entries that list it."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    rows: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(entries):
        names: tuple[str, ...] = getattr(each.entry, field)
        for plain, name in {folded(name): name for name in reversed(names)}.items():
            if plain:
                written[plain][name] += 1
                rows[plain].append(row)
    return written, rows


def _usual(names: Counter[str]) -> str:
    """Give the commonest writing; of equally common ones the first in the alphabet."""
    return min(names, key=lambda name: (-names[name], name))


def _phrases(each: PublishedEntry, lengths: Mapping[str, Collection[int]]) -> Iterable[str]:
    """Give the runs of words in an entry that begin as a keyword does and are as long. No run goes over a
    sentence's end."""
    entry = each.entry
    rows = (text for row in entry.signals for text in (row.signal, row.description))
    for text in (entry.title, *re.split(r"[.!?;:]\s", entry.summary), *rows):
        words = folded(text).split()
        for at, word in enumerate(words):
            for length in lengths.get(word, ()):
                if at + length <= len(words):
                    yield " ".join(words[at : at + length])


@lru_cache(maxsize=100_000)
def _singular(word: str) -> str:
    match = PLURAL.match(word)
    if not match or word.isdigit():
        return word
    return f"{match[2]}y" if match[2] else match[1] or match[3]
