"""Phrases of an article that may be keywords, as written, and where they stand.

Candidates are noun phrases: runs of adjectives, participles, nouns and names that end in a noun, a name or
a noun made of a verb, up to four words; names keep their "of" and "for" ("Office for Civil Rights"), and two
noun phrases joined by "of" are one ("rate of convergence"). The word classes err where English is
ambiguous ("performance measures", "computer aided design"), so readings that are only possible are taken
too and marked loose; the ranking decides.

Known limits: a phrase that the text only has in pieces ("acid and alkaline soils") is not put together.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.english.verbs import verb_forms
from digest.english.wordlists import word_list
from digest.english.words import ABSTRACT_NOUNS, NUMBER_WORDS, STOP_WORDS, TIME_WORDS, Word, stem
from digest.stages.analyze.furniture import is_furniture
from digest.stages.analyze.reading import Line

MAX_WORDS = 4
MIN_LETTERS = 3

TITLES = word_list("titles")
UNITS = word_list("units")
LINKS = word_list("links")
CALENDAR = word_list("calendar")
GENERIC_MODIFIERS = word_list("generic_modifiers")


@dataclass
class Candidate:
    """A phrase and where it stands."""

    key: tuple[str, ...]
    """Stems of its words."""
    words: tuple[Word, ...]
    """As at its first place."""
    is_name: bool
    spans: list[tuple[int, int]] = field(default_factory=list)
    wholes: int = 0
    """How often it is a whole run and not a piece of a longer one."""
    loose: int = 0
    """How often one of its words is read against its class."""
    forms: Counter[str] = field(default_factory=Counter)

    @property
    def form(self) -> str:
        """The form it has most often; of several the first in the alphabet."""
        return min(self.forms.items(), key=lambda item: (-item[1], item[0]))[0]


@dataclass(frozen=True)
class Run:
    """Neighbouring words that may form noun phrases."""

    words: tuple[Word, ...]
    is_loose: tuple[bool, ...]
    """Whether each is read against its class."""


def candidates(lines: Iterable[Line]) -> list[Candidate]:
    """Collect the noun phrases of all lines but furniture, in order of first place."""
    found: dict[tuple[str, ...], Candidate] = {}
    for line in lines:
        if is_furniture(line.text):
            continue
        for run in _runs(line.words):
            count = len(run.words)
            for first in range(count):
                for last in range(first + 1, min(count, first + _longest(run.words, first)) + 1):
                    if not _splits_name(run.words, first, last):
                        _add(found, run, first, last)
    return sorted(found.values(), key=lambda candidate: candidate.spans[0])


def _longest(run: Sequence[Word], first: int) -> int:
    # A name may be longer than four words when joined by "of": Office for Civil Rights, Bank of New England.
    return 5 if any(word.lower in LINKS for word in run[first:]) else MAX_WORDS


def _runs(words: Sequence[Word]) -> Iterable[Run]:
    """Longest runs that may form a noun phrase."""
    run: list[Word] = []
    loose: list[bool] = []
    for at, word in enumerate(words):
        joins = _joins(words, at, bool(run))
        reading = "strict" if joins else _reading(words, at, bool(run))
        if reading:
            run.append(word)
            loose.append(reading == "loose")
        # "the county's heating company": owner and owned are two phrases.
        if run and (not reading or (not joins and word.lower.endswith(("'s", "s'")))):
            yield Run(tuple(run), tuple(loose))
            run, loose = [], []
    if run:
        yield Run(tuple(run), tuple(loose))


def _joins(words: Sequence[Word], at: int, is_inside: bool) -> bool:
    """Whether "of" or "for" holds a name together, or "of" two noun phrases."""
    word = words[at]
    if word.lower not in LINKS or not is_inside or at + 1 >= len(words):
        return False
    before, after = words[at - 1], words[at + 1]
    if after.lower in TIME_WORDS or before.lower.endswith(("'s", "s'")):
        return False
    if before.tag == "NP" and after.tag == "NP":
        return True
    return word.lower == "of" and before.tag == "N" and after.tag in ("N", "J", "NP")


def _reading(words: Sequence[Word], at: int, is_inside: bool) -> str:
    """How a word may belong to a noun phrase: "strict", "loose" or "" for not at all."""
    word = words[at]
    if word.tag in ("VG", "VN") and "-" not in word.text:
        return "strict" if _is_modifier(words, at, is_inside) else "loose"
    if word.tag in ("J", "N", "NP", "VG", "VN"):
        return "strict"
    is_plural = "s" in verb_forms().get(word.lower, "") and word.lower.endswith("s")
    return "loose" if word.tag == "V" and is_plural and is_inside else ""


def _is_modifier(words: Sequence[Word], at: int, is_inside: bool) -> bool:
    """Whether a participle stands like an adjective ("leaked data", "image processing") and not like a
    verb."""
    word = words[at]
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    if word.tag == "VG":
        follows = after is None or after.tag in ("N", ".", "P", "C", "V", "X", "M", "VG")
        return follows and (before is None or before.tag not in ("X", "NP", "T", "M", "R"))
    opens = before is None or before.tag in ("D", "P", "J", "Q", "C", ".", "#")
    return not is_inside and opens and after is not None and after.tag in ("N", "J")


def _splits_name(run: Sequence[Word], first: int, last: int) -> bool:
    """Whether a piece of a run begins or ends inside a name; "Services | Office for Civil Rights" is let
    pass."""
    if last < len(run) and all(word.tag == "NP" or word.lower in LINKS for word in run[last - 1 : last + 1]):
        return True
    if (
        not first
        or run[first].tag != "NP"
        or (run[first - 1].tag != "NP" and run[first - 1].lower not in LINKS)
    ):
        return False
    return not (first + 1 < len(run) and run[first + 1].lower in LINKS)


def _add(found: dict[tuple[str, ...], Candidate], run: Run, first: int, last: int) -> None:
    words = run.words[first:last]
    is_loose = any(run.is_loose[first:last])
    if not _may_be_keyword(words, is_loose=is_loose):
        return
    key = tuple(stem(word.lower) for word in words)
    is_name = all(word.tag == "NP" or word.lower in LINKS for word in words)
    candidate = found.setdefault(key, Candidate(key, words, is_name))
    candidate.spans.append((words[0].start, words[-1].end))
    candidate.wholes += last - first == len(run.words)
    candidate.loose += is_loose
    candidate.forms[written(words, is_name=is_name)] += 1


def _may_be_keyword(words: Sequence[Word], *, is_loose: bool) -> bool:
    first, last = words[0], words[-1]
    if first.lower in LINKS or last.lower in LINKS or not _ends_like_noun(words):
        return False
    lowers = [word.lower.removesuffix("'s") for word in words]
    if any(low in NUMBER_WORDS or low in CALENDAR or low in TITLES or low in UNITS for low in lowers):
        return False
    if any(low in STOP_WORDS and low not in LINKS for low in lowers):
        return False
    if last.tag == "NP" and last.text[1:].islower() and any(word.tag in ("N", "J") for word in words[:-1]):
        # "yeast company Lactive" is a noun and a name, not one phrase; "standard BEM" is one.
        return False
    if any(not re.search(r"[^\W\d_]", low) or len(low) < 2 for low in lowers):
        return False
    if any(all(part in NUMBER_WORDS for part in low.split("-")) for low in lowers):
        return False
    if len(words) == 1:
        return not is_loose and _may_stand_alone(first)
    if "of" in lowers and (lowers[0] in ABSTRACT_NOUNS or lowers[0] in TIME_WORDS):
        return False
    # "waiting time", "critical success factors" and "information systems" are terms, "long time", "same
    # result" and "people problem" are none.
    vague = [low in ABSTRACT_NOUNS or low in TIME_WORDS for low in lowers]
    return not (vague[-1] and (vague[0] or lowers[0] in GENERIC_MODIFIERS))


def _ends_like_noun(words: Sequence[Word]) -> bool:
    last = words[-1]
    if last.tag in ("N", "NP", "V"):
        return True
    return last.tag == "VG" and (len(words) == 1 or words[-2].tag in ("N", "J", "NP"))


def _may_stand_alone(word: Word) -> bool:
    low = word.lower.removesuffix("'s")
    if low in ABSTRACT_NOUNS or low in TIME_WORDS:
        return False
    if re.search(r"-(?:based|like|led|free|old|related|made|style|largest|biggest)$", low):
        return False
    if len(low) < MIN_LETTERS and not word.text.isupper():
        return False
    return not (word.tag == "N" and low.endswith("ly"))


def written(words: Sequence[Word], *, is_name: bool) -> str:
    """The phrase as it stands, without a closing possessive, with a sentence's capital lowered."""
    parts: list[str] = []
    for at, word in enumerate(words):
        text = word.text
        if at == len(words) - 1:
            text = re.sub(r"[’']s?$", "", text)
        if at == 0 and word.tag != "NP" and text[:1].isupper() and text[1:].islower():
            text = text[0].lower() + text[1:]
        parts.append(text)
    return " ".join(parts)
