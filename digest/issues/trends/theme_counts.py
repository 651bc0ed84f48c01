"""Which entries have which theme or keyword.

An entry has a theme that it lists. It has a keyword that it lists or whose words stand in its title, summary
or signals: what one editor calls a keyword another leaves to the text.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digest.issues.trends.periods import publishers
from digest.records import CountedEntry, PublishedEntry

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+|(?:\+{1,2}|#)(?!\w))?")
"""With what ends a name that would be another's without it: C++, C#, Disney+."""
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


Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Names and the entries that have them, as pairs of both, by name and then by row."""

    names: Sequence[tuple[str, Literal["theme", "keyword"]]]
    name: Places
    """Of each pair, its place in `names`."""
    row: Places
    """Of each pair, the place of the entry among those given."""
    times: Places
    """How often the name is said in the entry, at least once; of a theme, the entry's articles."""

    def first(self) -> Places:
        """Give the place of the first pair of each name, and the number of pairs at the end."""
        return np.searchsorted(self.name, np.arange(len(self.names) + 1))


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


def occurrences(entries: Sequence[CountedEntry]) -> Occurrences:
    """Find every theme and keyword and the entries that have it; themes first, in order of appearance."""
    themes, themed = _listed(entries, "themes")
    keywords, listed = _listed(entries, "keywords")
    articles = np.array([len(each.publishers) for each in entries], dtype=np.int64)
    said, counts = _said(entries, list(keywords))
    # Asked for counts as well, numpy sorts; else it takes ten times as long.
    pairs, _ = np.unique(np.concatenate([listed, said]), return_counts=True)
    times = np.ones(len(pairs), dtype=np.int64)
    times[np.searchsorted(pairs, said)] = counts
    of = max(len(entries), 1)
    rows = np.concatenate([themed % of, pairs % of])
    return Occurrences(
        [
            *((usual(written), "theme") for written in themes.values()),
            *((usual(written), "keyword") for written in keywords.values()),
        ],
        np.concatenate([themed // of, pairs // of + len(themes)]),
        rows,
        np.concatenate([articles[themed % of], times]),
    )


def folded(text: str) -> str:
    """Give the words of a text in lower case, in the singular, separated by single spaces; letters and
    apostrophes that look the same are."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return " ".join(map(_singular, WORD.findall(plain)))


def name_key(name: str) -> str:
    """What names that are one have in common: words in lower case and the singular; one of no words (`..`, an
    emoji) is the same only as itself."""
    return folded(name) or name.strip().casefold()


def _listed(
    entries: Sequence[CountedEntry], field: Literal["themes", "keywords"]
) -> tuple[dict[str, Counter[str]], Places]:
    """Give, by folded name in order of appearance, how it is written how often; and the pairs of names and
    rows of entries that list them, as name * entries + row, in order."""
    having: list[Sequence[tuple[str, str]]] = [getattr(each, field) for each in entries]
    written: dict[str, Counter[str]] = {}
    # Counted as pairs first: of a large archive, one by one takes four times as long.
    for (plain, name), count in Counter(chain.from_iterable(having)).items():
        written.setdefault(plain, Counter())[name] += count
    place = {plain: at for at, plain in enumerate(written)}
    listed = np.array([place[plain] for names in having for plain, _ in names], dtype=np.int64)
    rows = np.repeat(np.arange(len(entries)), [len(names) for names in having])
    return written, np.sort(listed * len(entries) + rows)


def _plain(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Give names that are one once, folded and as the first of them is written."""
    found = {folded(name): name for name in reversed(names)}
    return tuple((plain, name) for plain, name in found.items() if plain)


def usual(names: Counter[str]) -> str:
    """Give the commonest writing; of equally common ones the first in the alphabet."""
    return min(names, key=lambda name: (-names[name], name))


# -- keywords in texts ---------------------------------------------------------------------------------------


def _said(entries: Sequence[CountedEntry], keywords: Sequence[str]) -> tuple[Places, Places]:
    """Find keywords in texts: pairs as `_listed` gives them, and how often each is said there.

    All texts at once, as the marks of their words: an archive has a million runs of words. No run goes over a
    sentence's end.
    """
    marks = np.concatenate([np.empty(0, dtype=np.uint64), *(each.words for each in entries)])
    rows = np.repeat(np.arange(len(entries)), [len(each.words) for each in entries])
    pairs = [np.empty(0, dtype=np.int64)]
    runs = marks
    for length, wanted in enumerate(_by_length(keywords), start=1):
        if length > 1:
            runs = runs[:-1] * FACTOR + marks[length - 1 :]
        if wanted:
            at, keys = _found(runs, wanted)
            pairs.append(keys * len(entries) + rows[at])
    found, counts = np.unique(np.concatenate(pairs), return_counts=True)
    return found, counts.astype(np.int64)


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
