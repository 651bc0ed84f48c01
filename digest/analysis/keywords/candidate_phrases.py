"""Phrases of an article that may be keywords, as written, and where they stand.

Candidates are noun phrases: runs of adjectives, participles, nouns and names that end in a noun, a name or
a noun made of a verb, up to four words; names keep their "of" and "for" ("Office for Civil Rights"), and two
noun phrases joined by "of" are one ("rate of convergence"). The word classes err where English is
ambiguous ("performance measures", "computer aided design"), so readings that are only possible are taken
too and marked loose; the ranking decides.

Known limits: a phrase that the text only has in pieces ("acid and alkaline soils") is not put together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from digest.analysis.reading import Line
from digest.analysis.sentence_furniture import is_furniture
from digest.language.verbs import verb_forms
from digest.language.wordlists import entries, word_list
from digest.language.words import ABSTRACT_NOUNS, NUMBER_WORDS, STOP_WORDS, TIME_WORDS, Word, stem

MAX_WORDS = 4
"""Of a phrase without a name; longer ones are clauses. Judgement."""
MAX_NAME_WORDS = 6
"""Office for Civil Rights, Centers for Disease Control and Prevention."""
MIN_LETTERS = 3
"""Shorter words ("ad", "km") tell nothing unless in capitals ("EU"). Judgement."""
SURE = 100
"""A form within a sentence outweighs any number at its start or in headings."""

TITLES = word_list("titles")
UNITS = word_list("units")
LINKS = word_list("links")
CALENDAR = word_list("calendar")
GENERIC_MODIFIERS = word_list("generic_modifiers")
HARDLY_NOUNS = word_list("hardly_nouns")
SINGULARS = dict(pair.split("/") for pair in entries("irregular_plurals"))
JOINTS = LINKS | {"and", "&"}
"""What may stand inside a phrase and not at its ends."""

NEVER = NUMBER_WORDS | CALENDAR | TITLES | UNITS | STOP_WORDS | HARDLY_NOUNS
CODE = re.compile(
    r"_|\w\.\w+\.\w|^(?:[a-z]+|[A-Z][a-z]+)(?:[A-Z][a-z]+){2,}$|^[a-z]{3,}[A-Z][a-z]+$|(\w)\1{3}"
)
"""Names of a programming language's things; addresses."""
TAILS = re.compile(r"-(?:based|like|led|free|old|related|made|style|largest|biggest)$")


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
    forms: dict[str, int] = field(default_factory=dict)
    """How it is written, with weights: within running text SURE, where capitals are set for other reasons
    1."""

    @property
    def form(self) -> str:
        """The form with the most weight; of several the last in the alphabet, which is the one in lower
        case."""
        return max(self.forms.items(), key=lambda item: (item[1], item[0]))[0]


@dataclass(frozen=True)
class Run:
    """Neighbouring words that may form noun phrases."""

    words: tuple[Word, ...]
    is_loose: tuple[bool, ...]
    """Whether each is read against its class."""


def candidates(lines: Iterable[Line]) -> list[Candidate]:
    """Collect the noun phrases of all lines but furniture, in order of first place."""
    lines = [line for line in lines if line.is_prose or not is_furniture(line.text)]
    common = frozenset(stem(word.text) for line in lines for word in line.words if word.text.islower())
    found: dict[tuple[str, ...], Candidate] = {}
    for line in lines:
        for run in _runs(_without_title_case(line, common)):
            count = len(run.words)
            stems = [stem(SINGULARS.get(word.lower, word.lower)) for word in run.words]
            for first in range(count):
                for last in range(first + 1, min(count, first + _longest(run.words, first)) + 1):
                    if not _splits_name(run.words, first, last):
                        is_sure = line.is_prose and run.words[first].start > line.start
                        _add(found, run, stems, (first, last), SURE if is_sure else 1)
    return sorted(found.values(), key=lambda candidate: candidate.spans[0])


def _without_title_case(line: Line, common: frozenset[str]) -> Sequence[Word]:
    """The words of a line; in one set in title case those that the text also has in lower case are no
    names."""
    if line.is_prose:
        return line.words
    long = [word for word in line.words if len(word.text) > MIN_LETTERS and word.text.isalpha()]
    if len(long) < 2 or sum(word.text[0].isupper() for word in long) < 0.7 * len(long):
        return line.words
    words: list[Word] = []
    for is_name, group in groupby(line.words, key=lambda word: word.tag == "NP"):
        neighbours = list(group)
        # All or none: "CodeStack academy" is written by nobody.
        if is_name and all(word.text[1:].islower() and stem(word.lower) in common for word in neighbours):
            neighbours = [replace(word, text=word.lower, tag="N") for word in neighbours]
        words.extend(neighbours)
    return words


def _longest(run: Sequence[Word], first: int) -> int:
    # A name may be longer than four words when joined by "of": Office for Civil Rights, Bank of New England.
    return MAX_NAME_WORDS if any(word.lower in JOINTS for word in run[first:]) else MAX_WORDS


def _runs(words: Sequence[Word]) -> Iterable[Run]:
    """Longest runs that may form a noun phrase."""
    run: list[Word] = []
    loose: list[bool] = []
    for at, word in enumerate(words):
        joins = _joins(words, at, run)
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


def _joins(words: Sequence[Word], at: int, run: Sequence[Word]) -> bool:
    """Whether a joint holds a name together, or "of" two noun phrases."""
    word = words[at]
    if word.lower not in JOINTS or not run or at + 1 >= len(words):
        return False
    before, after = words[at - 1], words[at + 1]
    if after.lower in NEVER or after.lower in TIME_WORDS or before.lower.endswith(("'s", "s'")):
        return False
    if before.tag == "NP" and after.tag == "NP":
        # "Centers for Disease Control and Prevention", but "Oslo and Bergen".
        return word.lower != "and" or any(each.lower == "for" for each in run)
    return word.lower == "of" and before.tag == "N" and after.tag in ("N", "J", "NP")


def _reading(words: Sequence[Word], at: int, is_inside: bool) -> str:
    """How a word may belong to a noun phrase: "strict", "loose" or "" for not at all."""
    word = words[at]
    if word.tag not in ("J", "N", "NP", "VG", "VN", "V"):
        return ""
    low = word.lower.removesuffix("'s")
    if low in NEVER or len(low) < 2 or CODE.search(word.text) or not any(c.isalpha() for c in low):
        return ""
    if "-" in low and all(part in NUMBER_WORDS for part in low.split("-")):
        return ""
    if word.tag in ("VG", "VN") and "-" not in word.text:
        return "strict" if _is_modifier(words, at, is_inside) else "loose"
    if word.tag != "V":
        return "strict"
    return "loose" if is_inside and low.endswith("s") and "s" in verb_forms().get(low, "") else ""


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
    if last < len(run) and all(word.tag == "NP" or word.lower in JOINTS for word in run[last - 1 : last + 1]):
        return True
    if (
        not first
        or run[first].tag != "NP"
        or (run[first - 1].tag != "NP" and run[first - 1].lower not in JOINTS)
    ):
        return False
    return not (first + 1 < len(run) and run[first + 1].lower in JOINTS)


def _add(
    found: dict[tuple[str, ...], Candidate],
    run: Run,
    stems: Sequence[str],
    place: tuple[int, int],
    weight: int,
) -> None:
    first, last = place
    words = run.words[first:last]
    is_loose = any(run.is_loose[first:last])
    if not _may_be_keyword(words, is_loose=is_loose):
        return
    key = tuple(stems[first:last])
    candidate = found.get(key)
    if candidate is None:
        is_name = all(word.tag == "NP" or word.lower in JOINTS for word in words)
        candidate = found[key] = Candidate(key, words, is_name)
    candidate.spans.append((words[0].start, words[-1].end))
    candidate.wholes += last - first == len(run.words)
    candidate.loose += is_loose
    form = written(words)
    candidate.forms[form] = candidate.forms.get(form, 0) + weight


def _may_be_keyword(words: Sequence[Word], *, is_loose: bool) -> bool:
    first, last = words[0], words[-1]
    if len(words) == 1:
        return not is_loose and first.tag in ("N", "NP", "VG") and _may_stand_alone(first)
    if first.lower in JOINTS or last.lower in JOINTS or not _ends_like_noun(words):
        return False
    is_mixed = any(word.tag in ("N", "J") and word.text.islower() for word in words[:-1])
    if is_mixed and last.tag == "NP" and last.text[1:].islower():
        # "yeast company Lactive" is a noun and a name, not one phrase; "standard BEM" and "Irish Sea" are.
        return False
    lowers = [word.lower.removesuffix("'s") for word in words]
    if "of" in lowers and (lowers[0] in ABSTRACT_NOUNS or lowers[0] in TIME_WORDS):
        return False
    # "waiting time", "critical success factors" and "information systems" are terms, "long time", "same
    # result" and "people problem" are none.
    if lowers[-1] not in ABSTRACT_NOUNS and lowers[-1] not in TIME_WORDS:
        return True
    return not (lowers[0] in ABSTRACT_NOUNS or lowers[0] in TIME_WORDS or lowers[0] in GENERIC_MODIFIERS)


def _ends_like_noun(words: Sequence[Word]) -> bool:
    last = words[-1]
    if last.tag in ("N", "NP", "V"):
        return True
    return last.tag == "VG" and words[-2].tag in ("N", "J", "NP")


def _may_stand_alone(word: Word) -> bool:
    low = word.lower.removesuffix("'s")
    if low in ABSTRACT_NOUNS or low in TIME_WORDS:
        return False
    if "-" in low and TAILS.search(low):
        return False
    if len(low) < MIN_LETTERS and not word.text.isupper():
        return False
    return not (word.tag == "N" and low.endswith("ly"))


def written(words: Sequence[Word]) -> str:
    """The phrase as it stands, without a closing possessive, with a sentence's capital lowered."""
    parts: list[str] = []
    for at, word in enumerate(words):
        text = word.text
        if at == len(words) - 1:
            text = re.sub(r"[’']s?$", "", text)
        if at == 0 and word.tag != "NP" and text[:1].isupper() and text[1:].islower():
            # "Billable Rate" has the capitals of a heading, not of a sentence.
            is_headed = len(words) > 1 and words[1].text[:1].isupper() and words[1].text[1:].islower()
            text = text if is_headed else text[0].lower() + text[1:]
        parts.append(text)
    return " ".join(parts)
