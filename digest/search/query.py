"""What a person typed: plain words, "phrases", prefixes*, -exclusions, and OR between two of them.

Rules: plain words are ranked by and none is required, so that a question may be asked in a sentence. A phrase
or a prefix must occur; of parts joined by OR, one must. What follows a minus must not occur (before a digit
the minus is the number's). Anything that is not well-formed (a quote without its partner, OR at an end, a
lone minus) is read as plain words, so that no query is an error.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from digest.language.wordlists import word_list

FUNCTION_WORDS = (
    *("determiners", "quantifiers", "pronouns", "prepositions", "subordinators", "conjunctions"),
    *("wh_words", "be", "have", "do", "modals", "negations"),
)
"""Sections of the word lists whose words are not ranked by. In a large archive their weight is nothing anyhow
(SciFact nDCG@10 the same to .001); in one of fifty articles chance would weigh them."""

MAX_PARTS = 32
"""Phrases, prefixes and exclusions a query may have; what goes beyond is read as plain words. Guards against
a pasted text: SQLite gives up on expressions of some hundred parts."""

MAX_WORDS = 200
"""Words of a query that count, the first ones; ranking time grows with each."""

_PART = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]+)"|(?P<word>[^\s"]+))(?P<star>\*)?')


@dataclass(frozen=True)
class Part:
    """A phrase, a prefix or a word."""

    text: str
    is_prefix: bool = False
    is_phrase: bool = False

    @property
    def expression(self) -> str:
        """Say it as FTS5 does, quoted, so that nothing in it has a meaning of its own."""
        quoted = '"' + self.text.replace('"', '""') + '"'
        return quoted + "*" if self.is_prefix else quoted


@dataclass(frozen=True)
class Asked:
    """A query taken apart."""

    text: str
    """All that is looked for, in the order typed, without signs and exclusions: what is embedded."""
    words: tuple[str, ...]
    """Different words to rank by, stemmed; those of phrases too, those of prefixes not."""
    required: tuple[tuple[Part, ...], ...] = ()
    """Of each group one must occur."""
    excluded: tuple[Part, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return not self.words and not self.required

    @property
    def constraint(self) -> str:
        """What results must hold, as an FTS5 expression; empty where nothing is required."""
        return " AND ".join(f"({_any_of(group)})" for group in self.required)

    @property
    def exclusion(self) -> str:
        """What results must not hold, as an FTS5 expression; empty where nothing is excluded."""
        return _any_of(self.excluded)

    @property
    def written(self) -> list[str]:
        """The different words looked for, as typed, without function words."""
        words = list(dict.fromkeys(re.findall(r"\w+", self.text.lower())))[:MAX_WORDS]
        return [word for word in words if word not in function_words()] or words


def parse(query: str, stems: Callable[[str], Sequence[str]]) -> Asked:
    """Take a query apart. Never raises.

    Args:
        query: As typed.
        stems: Gives the words of a text in order, as the index has them.
    """
    query = "".join(character if character.isprintable() else " " for character in query)
    required: list[tuple[Part, ...]] = []
    excluded: list[Part] = []
    texts: list[str] = []
    ranked: list[str] = []
    joins = False
    last_is_bare = False
    for found in _PART.finditer(query):
        part = _part(found)
        if found["word"] == "OR" and not found["minus"] and texts and not joins:
            joins = True
            continue
        if not any(character.isalnum() for character in part.text):
            continue
        if len(required) + len(excluded) >= MAX_PARTS:
            part = Part(part.text)
        elif found["minus"] and _excludes(query, found.start()):
            excluded.append(part)
            joins = False
            continue
        elif joins:
            before = (Part(texts[-1]),) if last_is_bare else required.pop()
            required.append((*before, part))
        elif part.is_phrase or part.is_prefix:
            required.append((part,))
        last_is_bare = not (joins or part.is_phrase or part.is_prefix)
        joins = False
        texts.append(part.text)
        if not part.is_prefix:
            ranked.append(part.text)
    words = tuple(dict.fromkeys(stems(_telling(" ".join(ranked)))))[:MAX_WORDS]
    return Asked(" ".join(texts), words, tuple(required), tuple(excluded))


@cache
def function_words() -> frozenset[str]:
    """English words that tell nothing of what is looked for."""
    return frozenset().union(*map(word_list, FUNCTION_WORDS))


def _telling(text: str) -> str:
    """Take function words out of a text, unless nothing else is left."""
    words = re.findall(r"\w+", text)
    return " ".join(word for word in words if word.lower() not in function_words()) or text


def _part(found: re.Match[str]) -> Part:
    if found["phrase"]:
        return Part(found["phrase"].strip(), is_prefix=bool(found["star"]), is_phrase=True)
    word = found["word"]
    stem = word.rstrip("*")
    # One letter and a star stands for a tenth of all words.
    return Part(stem, is_prefix=word.endswith("*") and len(stem) > 1)


def _excludes(query: str, at: int) -> bool:
    """Whether a minus excludes: as in 'heat -pump', not in 'heat-pump', nor in 'below -5 degrees'."""
    return (at == 0 or query[at - 1].isspace()) and not query[at + 1].isdigit()


def _any_of(parts: Sequence[Part]) -> str:
    return " OR ".join(part.expression for part in parts)
