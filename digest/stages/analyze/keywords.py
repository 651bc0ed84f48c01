"""Ten phrases of an article, as written.

Candidates are noun phrases: runs of adjectives, participles, nouns and names that end in a noun or name,
up to four words; names keep their "of" and "for" ("Office for Civil Rights"). They are ranked by how
often and how early they stand, how rare their words are in general, and how near they are to the
article's vector, and then taken one by one, leaving out near-repeats.

Known limits: a phrase that the text only has in pieces ("acid and alkaline soils") is not put together.
"""

import bisect
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.english.background import rarity
from digest.english.tags import PLURALS_THAT_MODIFY
from digest.english.verbs import verb_forms
from digest.english.wordlists import word_list
from digest.english.words import ABSTRACT_NOUNS, NUMBER_WORDS, STOP_WORDS, TIME_WORDS, Word, stem
from digest.records import Keyword
from digest.stages.analyze.furniture import is_furniture
from digest.stages.analyze.reading import Line, Reading

HOW_MANY = 10
MAX_WORDS = 4
MIN_LETTERS = 3
FOREIGN_LETTERS = 5

# Exponents of the score's factors, read off sweeps of one at a time over every second text of Inspec,
# SemEval2017 and 500N-KPCrowd (November 2026). Single ones moved F1@10 by .01 to .06; run the sweep again
# before changing one.
FREQUENCY = 0.6
RARITY = 0.7
PLACE = 0.4
MEANING = 0.7
LENGTH = 0.5
NAME = 0.15

TITLES = word_list("titles")
UNITS = word_list("units")
LINKS = word_list("links")


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
    forms: Counter[str] = field(default_factory=Counter)


def choose_keywords(reading: Reading) -> tuple[Keyword, ...]:
    """Choose up to ten keywords.

    F1@10, Porter stems, exact, 300 texts each, the sweep's among them (November 2026): Inspec .286,
    SemEval2017 .329, 500N-KPCrowd .111 (precision .282).

    Returns:
        Best first; fewer than ten only where the text has fewer phrases.
    """
    found = candidates(reading.lines)
    if not reading.article.language.startswith("en"):
        # The word lists are English; elsewhere short words are mostly articles and pronouns.
        found = [c for c in found if all(len(word.text) >= FOREIGN_LETTERS for word in c.words)]
    ranked = _with_fuller_forms(rank(found, reading), reading.article.title)
    return tuple(
        Keyword(form, round(score, 4)) for form, score in _without_repeats(ranked, reading)[:HOW_MANY]
    )


def candidates(lines: Iterable[Line]) -> list[Candidate]:
    """Collect the noun phrases of all lines but furniture, in order of first place."""
    found: dict[tuple[str, ...], Candidate] = {}
    for line in lines:
        if is_furniture(line.text):
            continue
        for run in _runs(line.words):
            for first in range(len(run)):
                for last in range(first + 1, min(len(run), first + _longest(run, first)) + 1):
                    if not _splits_name(run, first, last):
                        _add(found, run[first:last], is_whole=last - first == len(run))
    return list(found.values())


def _longest(run: Sequence[Word], first: int) -> int:
    # A name may be longer than four words when joined by "of": Office for Civil Rights, Bank of New England.
    return 5 if any(word.lower in LINKS for word in run[first:]) else MAX_WORDS


def _runs(words: Sequence[Word]) -> Iterable[tuple[Word, ...]]:
    """Longest runs that may form a noun phrase."""
    run: list[Word] = []
    for at, word in enumerate(words):
        joins = (
            word.lower in LINKS
            and run
            and run[-1].tag == "NP"
            and at + 1 < len(words)
            and words[at + 1].tag == "NP"
            and words[at + 1].lower not in TIME_WORDS
        )
        if joins or word.tag in ("J", "N", "NP", "VG", "VN"):
            if word.tag in ("VN", "VG") and "-" not in word.text and not _is_modifier(words, at, bool(run)):
                if run:
                    yield tuple(run)
                run = []
                continue
            run.append(word)
            if word.lower.endswith(("'s", "s'")) and not joins:
                # "the county's heating company": owner and owned are two phrases.
                yield tuple(run)
                run = []
        elif run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


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


def _add(found: dict[tuple[str, ...], Candidate], words: tuple[Word, ...], *, is_whole: bool) -> None:
    if not _may_be_keyword(words):
        return
    key = tuple(stem(word.lower) for word in words)
    is_name = all(word.tag == "NP" or word.lower in LINKS for word in words)
    candidate = found.setdefault(key, Candidate(key, words, is_name))
    candidate.spans.append((words[0].start, words[-1].end))
    candidate.wholes += is_whole
    candidate.forms[written(words, is_name=is_name)] += 1


def _may_be_keyword(words: Sequence[Word]) -> bool:
    first, last = words[0], words[-1]
    if last.tag not in ("N", "NP") and not (
        last.tag == "VG" and len(words) > 1 and words[-2].tag in ("N", "J")
    ):
        return False
    if first.lower in LINKS or last.lower in LINKS or (first.tag == "VG" and len(words) == 1):
        return False
    lowers = [word.lower.removesuffix("'s") for word in words]
    if any(low in NUMBER_WORDS or low in TIME_WORDS or low in TITLES or len(low) < 2 for low in lowers):
        return False
    if any(low in STOP_WORDS and low not in LINKS for low in lowers):
        return False
    if words[-1].tag == "NP" and any(word.tag in ("N", "J", "VG", "VN") for word in words[:-1]):
        # "yeast company Lactive" is a noun and a name, not one phrase.
        return False
    if any(low in UNITS or all(part in NUMBER_WORDS for part in low.split("-")) for low in lowers):
        return False
    if len(words) == 1 and re.search(
        r"-(?:based|like|led|free|old|related|made|style|largest|biggest)$", lowers[0]
    ):
        return False
    if lowers[0] in ABSTRACT_NOUNS or lowers[-1] in ABSTRACT_NOUNS:
        return False
    if len(words) == 1 and (len(lowers[0]) < MIN_LETTERS and not first.text.isupper()):
        return False
    if any(re.search(r"[/+]|\d{3,}", low) for low in lowers):
        return False
    return not (len(words) == 1 and first.tag == "N" and first.lower.endswith("ly"))


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


def rank(found: Sequence[Candidate], reading: Reading) -> list[tuple[Candidate, float]]:
    """Score every candidate, best first; ties in order of first place."""
    if not found:
        return []
    length = max(1, len(reading.article.text))
    vectors = reading.pool([candidate.spans[0] for candidate in found])
    nearness = vectors @ reading.vector
    title = {stem(word) for word in re.findall(r"\w[\w’'-]*", reading.article.title.lower())}
    inside = _times_inside_longer(found)
    scored = []
    for row, candidate in enumerate(found):
        score = _score(candidate, float(nearness[row]), length, inside[row])
        if title and all(part in title for part in candidate.key):
            score *= 1.3
        scored.append((candidate, score))
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].spans[0]))


def _with_fuller_forms(
    ranked: Sequence[tuple[Candidate, float]], title: str
) -> list[tuple[Candidate, float]]:
    """Put a recurring longer form in front of its bare head: "data breach" before "breach".

    Only where the text or the title has the longer form too often to be chance: twice, and in one place in
    four of the head's.
    """
    heading = title.lower()
    order = list(ranked)
    for at, (head, score) in enumerate(ranked[: 2 * HOW_MANY]):
        if len(head.key) > 1 or head.is_name:
            continue
        for fuller, other in ranked[at + 1 :]:
            form = fuller.forms.most_common(1)[0][0]
            often = len(fuller.spans) >= max(2, len(head.spans) / 4) or form.lower() in heading
            if len(fuller.key) == 2 and fuller.key[1] == head.key[0] and often and other >= score / 3:
                order = [pair for pair in order if pair[0] is not fuller]
                order.insert(next(i for i, pair in enumerate(order) if pair[0] is head), (fuller, score))
                break
    return order


def _score(candidate: Candidate, nearness: float, length: int, inside: float) -> float:
    times = len(candidate.spans)
    # C-value (Frantzi and Ananiadou, 1998): what stands only inside longer phrases counts for little.
    alone = max(times - inside, 0.25)
    rare = [
        rarity(part) for part in candidate.forms.most_common(1)[0][0].lower().split() if part not in LINKS
    ]
    mean_rarity = sum(rare) / len(rare) if rare else 0.1
    first = candidate.spans[0][0] / length
    score: float = (1 + math.log(1 + alone)) ** (2 * FREQUENCY)
    score *= max(mean_rarity, 0.05) ** RARITY
    score *= (1 / (1 + 3 * first)) ** PLACE
    score *= max(nearness, 0.05) ** MEANING
    score *= min(len(candidate.key), 3) ** LENGTH
    score *= _noun_likeness(candidate)
    return float(score * (1 + NAME * candidate.is_name))


def _noun_likeness(candidate: Candidate) -> float:
    """Less than 1 where the first word looks like a verb that was taken for a noun: "enhances
    personalization"."""
    first = candidate.words[0]
    if len(candidate.words) < 2 or first.tag == "NP":
        return 1.0
    kinds = verb_forms().get(first.lower, "")
    if "s" in kinds and first.lower not in PLURALS_THAT_MODIFY:
        return 0.5
    if "b" in kinds and first.lower.endswith(("ate", "ize", "ise", "ify")) and first.tag != "J":
        return 0.5
    return 0.8 if first.tag == "VG" and first.lower.endswith("ing") else 1.0


def _times_inside_longer(found: Sequence[Candidate]) -> list[float]:
    """For each candidate, how many of its places lie within a longer candidate that is whole somewhere."""
    cover: dict[int, tuple[int, int]] = {}
    for candidate in (c for c in found if c.wholes):
        for start, end in candidate.spans:
            if start not in cover or end > cover[start][1]:
                cover[start] = (start, end)
    spans = sorted(cover.values())
    starts = [span[0] for span in spans]
    counts = []
    for candidate in found:
        inside = 0.0
        for start, end in candidate.spans:
            at = bisect.bisect_right(starts, start) - 1
            if at >= 0 and spans[at][1] >= end and spans[at] != (start, end):
                inside += 1
        counts.append(inside)
    return counts


def _without_repeats(ranked: Sequence[tuple[Candidate, float]], reading: Reading) -> list[tuple[str, float]]:
    """Take phrases best first, leaving out what repeats one taken: same stems, or one inside the other."""
    taken: list[tuple[frozenset[str], bool]] = []
    chosen: list[tuple[str, float]] = []
    for candidate, score in ranked:
        stems = frozenset(candidate.key)
        if any(_repeats(stems, candidate.is_name, other, other_name) for other, other_name in taken):
            continue
        form = min(candidate.forms.items(), key=lambda item: (-item[1], item[0]))[0]
        taken.append((stems, candidate.is_name))
        chosen.append((form, score))
        if len(chosen) == HOW_MANY:
            break
    return chosen


def _repeats(stems: frozenset[str], is_name: bool, other: frozenset[str], other_is_name: bool) -> bool:
    shared = len(stems & other)
    if not shared:
        return False
    if stems <= other or other <= stems:
        # "university" may stand beside "City University of Hong Kong", "HealthEC" not beside "HealthEC LLC".
        small_is_name, large_is_name = (
            (is_name, other_is_name) if len(stems) < len(other) else (other_is_name, is_name)
        )
        return not (shared == 1 and not small_is_name and large_is_name and len(stems | other) >= 3)
    return shared / len(stems | other) >= 0.6
