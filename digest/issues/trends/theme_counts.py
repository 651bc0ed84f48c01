"""Which entries have which theme or keyword.

An entry has a theme that it lists. It has a keyword that it lists or whose words stand in its title, summary
or signals: what one editor calls a keyword another leaves to the text.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digest.issues.trends.periods import publishers
from digest.records import CountedEntry, PublishedEntry

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
PLURAL = re.compile(r"^(\w+(?:ch|sh|x|ss))es$|^(\w{3,})ies$|^(\w{3,}[^\Wsiu])s$")

MAX_WORDS = 6
"""Longer keywords are found where they are listed, and not looked for in texts."""

MARK_BYTES = 8
"""Of a word's mark. An archive of a million runs of words and ten thousand keywords takes one for another by
chance once in two billion archives."""

FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Makes the mark of a run of words from theirs: any large odd number keeps their order in it."""

SIEVE = np.uint64(0xFFFFF)
"""The bits of a mark that are looked at first: a table of a million fits into the processor's cache, and lets
one run of words in a hundred through in vain."""


@dataclass(frozen=True)
class Occurrences:
    """A name and the entries that have it."""

    name: str
    kind: Literal["theme", "keyword"]
    entries: tuple[tuple[CountedEntry, int], ...]
    """With how often it is said in each, at least once; in the order given."""


def counted_entry(each: PublishedEntry) -> CountedEntry:
    """Give what of an entry is counted."""
    entry = each.entry
    rows = (text for row in entry.signals for text in (row.signal, row.description))
    marks: list[int] = []
    for text in (entry.title, *re.split(r"[.!?;:]\s", entry.summary), *rows):
        marks += (*map(_mark, folded(text).split()), 0)
    words = np.array(marks, dtype=np.uint64)
    return CountedEntry(
        each.id, each.issue, publishers(each), _plain(entry.themes), _plain(entry.keywords), words
    )


def occurrences(entries: Sequence[CountedEntry]) -> list[Occurrences]:
    """Find every theme and keyword and the entries that have it; themes first, in order of appearance."""
    return [*_themes(entries), *_keywords(entries)]


def folded(text: str) -> str:
    """Give the words of a text in lower case, in the singular, separated by single spaces."""
    return " ".join(map(_singular, WORD.findall(text.casefold())))


def name_key(name: str) -> str:
    """What names that are one have in common: words in lower case and the singular; one of no words (`..`, an
    emoji) is the same only as itself."""
    return folded(name.replace("’", "'")) or name.strip().casefold()


def _themes(entries: Sequence[CountedEntry]) -> Iterable[Occurrences]:
    written, found = _listed(entries, "themes")
    for plain, having in found.items():
        times = tuple((entries[row], len(entries[row].publishers)) for row in having)
        yield Occurrences(_usual(written[plain]), "theme", times)


def _keywords(entries: Sequence[CountedEntry]) -> Iterable[Occurrences]:
    written, listed = _listed(entries, "keywords")
    times: dict[str, dict[int, int]] = {plain: dict.fromkeys(rows, 1) for plain, rows in listed.items()}
    for plain, row, count in _said(entries, list(listed)):
        times[plain][row] = count
    for plain, having in times.items():
        found = tuple((entries[row], having[row]) for row in sorted(having))
        yield Occurrences(_usual(written[plain]), "keyword", found)


def _listed(
    entries: Sequence[CountedEntry], field: Literal["themes", "keywords"]
) -> tuple[dict[str, Counter[str]], dict[str, list[int]]]:
    """Give, by folded name, how it is written how often, and the rows of the entries that list it."""
    written: dict[str, Counter[str]] = {}
    rows: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(entries):
        names: Sequence[tuple[str, str]] = getattr(each, field)
        for plain, name in names:
            if plain not in written:
                written[plain] = Counter()
            written[plain][name] += 1
            rows[plain].append(row)
    return written, rows


def _plain(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Give names that are one once, folded and as the first of them is written."""
    found = {folded(name): name for name in reversed(names)}
    return tuple((plain, name) for plain, name in found.items() if plain)


def _usual(names: Counter[str]) -> str:
    """Give the commonest writing; of equally common ones the first in the alphabet."""
    return min(names, key=lambda name: (-names[name], name))


# -- keywords in texts ---------------------------------------------------------------------------------------


def _said(entries: Sequence[CountedEntry], keywords: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Give (keyword, row of an entry, times it is said there) for keywords that stand in texts.

    All texts at once, as the marks of their words: an archive has a million runs of words. No run goes over a
    sentence's end.
    """
    if not entries:
        return
    marks = np.concatenate([each.words for each in entries])
    rows = np.repeat(np.arange(len(entries)), [len(each.words) for each in entries])
    pairs = []
    runs = marks
    for length, wanted in enumerate(_by_length(keywords), start=1):
        if length > 1:
            runs = runs[:-1] * FACTOR + marks[length - 1 :]
        if wanted:
            at, keys = _found(runs, wanted)
            pairs.append(keys * len(entries) + rows[at])
    found, counts = np.unique(np.concatenate(pairs or [rows[:0]]), return_counts=True)
    for pair, count in zip(found.tolist(), counts.tolist(), strict=True):
        keyword, row = divmod(pair, len(entries))
        yield keywords[keyword], row, count


def _by_length(keywords: Sequence[str]) -> list[dict[int, int]]:
    """Give the marks of keywords, with their places, by their number of words."""
    found: list[dict[int, int]] = [{} for _ in range(MAX_WORDS)]
    for place, plain in enumerate(keywords):
        words = plain.split(" ")
        if len(words) <= MAX_WORDS:
            run = 0
            for word in words:
                run = (run * int(FACTOR) + _mark(word)) & 0xFFFF_FFFF_FFFF_FFFF
            found[len(words) - 1][run] = place
    return found


def _found(
    runs: NDArray[np.uint64], wanted: Mapping[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give where runs of words are keywords, and the places of those."""
    known = np.array(sorted(wanted), dtype=np.uint64)
    places = np.array([wanted[int(run)] for run in known], dtype=np.int64)
    sieve = np.zeros(int(SIEVE) + 1, dtype=bool)
    sieve[known & SIEVE] = True
    at = np.flatnonzero(sieve[runs & SIEVE])
    near = np.minimum(np.searchsorted(known, runs[at]), len(known) - 1)
    same = known[near] == runs[at]
    return at[same], places[near[same]]


@lru_cache(maxsize=100_000)
def _mark(word: str) -> int:
    """Give a number that stands for a word, the same for good; none is 0, which ends a sentence."""
    made = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=MARK_BYTES).digest()
    return int.from_bytes(made, "little") or 1


@lru_cache(maxsize=100_000)
def _singular(word: str) -> str:
    match = PLURAL.match(word)
    if not match or word.isdigit():
        return word
    return f"{match[2]}y" if match[2] else match[1] or match[3]
