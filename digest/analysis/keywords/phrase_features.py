"""What the ranking looks at in each candidate: one row of numbers a phrase.

Three groups: where and how often a phrase stands, what it is made of, and how near its vector is to the
article's. The text itself is described too, by its register: what a phrase's length or rarity is worth
differs between news, best told by single nouns and names, and abstracts, by terms of several words.
"""

import bisect
import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from digest.analysis.keywords.candidate_phrases import GENERIC_MODIFIERS, JOINTS, Candidate
from digest.analysis.learned import Matrix
from digest.analysis.reading import Reading
from digest.language.background import rarity
from digest.language.verbs import verb_forms
from digest.language.wordlists import word_list
from digest.language.words import ABSTRACT_NOUNS, TIME_WORDS, split_words, stem

PLURALS_THAT_MODIFY = word_list("plurals_that_modify")

MAX_HEADING = 160
"""Letters."""

NAMES = tuple(
    """
    times times_alone whole loose first first_log first_line spread lines once
    holders in_title word_times
    rarity rarity_min rarity_last one two three four name name_one has_name acronym hyphen of
    adjective_first ing_first participle_first ing_last vague_last vague_first time_word generic_first
    s_last s_first noun_likeness letters digit verb_last
    near_article near_lead
    """.split()  # noqa: SIM905 -- a list of these would fill a screen
)
"""The columns of phrase_features."""


def text_features(reading: Reading) -> Matrix:
    """Describe the text's register: length, names, tenses, pronouns, quotations. Shape (k,)."""
    words = [word for line in reading.lines for word in line.words]
    count = max(1, len(words))
    tags = Counter(word.tag for word in words)
    quotes = sum(word.text in ("“", '"', "‘") for word in words)
    pasts = sum(word.tag == "V" and "d" in verb_forms().get(word.lower, "") for word in words)
    long = sum(len(word.text) > 9 for word in words)
    capitals = sum(word.tag == "NP" and word.text[1:].islower() for word in words)
    return np.array(
        [
            math.log(min(count, 1500)),
            capitals / count,
            pasts / count,
            tags["R"] / count,
            quotes / count,
            tags["#"] / count,
            long / count,
            tags["J"] / count,
            (tags["NP"] - capitals) / count,
        ]
    )


def heading(reading: Reading) -> str:
    """The article's title; without one the text's first line, where it looks like a title."""
    if reading.article.title:
        return reading.article.title
    # A tab carries a line on: abstracts are often wrapped so.
    first, _, rest = re.sub(r"\n\t", " ", reading.article.text).partition("\n")
    return first if rest and len(first) <= MAX_HEADING and not first.rstrip().endswith(".") else ""


def title_stems(reading: Reading) -> set[str]:
    """Give the stems of the title's words; none without a title."""
    return {stem(word.lower) for word in split_words(heading(reading))}


def phrase_features(found: Sequence[Candidate], reading: Reading) -> Matrix:
    """Describe every candidate. Shape (n, len(NAMES)), in the order of NAMES."""
    if not found:
        return np.zeros((0, len(NAMES)))
    end = max(1, reading.lines[-1].end)
    title = title_stems(reading)
    counts = Counter(stem(word.lower) for line in reading.lines for word in line.words)
    inside, holders = _times_inside_longer(found), _holders(found)
    starts = [line.start for line in reading.lines]
    rows = [
        [
            *_places(candidate, inside[at], end, starts),
            math.log1p(holders[at]),
            title.issuperset(candidate.key),
            sum(math.log(counts[part] or 1) for part in candidate.key) / len(candidate.key),
            *_make_up(candidate),
        ]
        for at, candidate in enumerate(found)
    ]
    vectors = reading.pool([candidate.spans[0] for candidate in found])
    near = np.stack([vectors @ reading.vector, vectors @ reading.lead], axis=1)
    return np.hstack([np.asarray(rows, dtype=np.float64), near])


def _places(candidate: Candidate, inside: float, end: int, starts: Sequence[int]) -> list[float]:
    times = len(candidate.spans)
    alone = max(times - inside, 0.25)
    first, last = candidate.spans[0][0], candidate.spans[-1][0]
    lines = len({bisect.bisect_right(starts, start) for start, _ in candidate.spans})
    return [
        math.log(times),
        # C-value (Frantzi and Ananiadou, 1998): what stands only inside longer phrases counts for little.
        math.log(alone),
        candidate.wholes / times,
        candidate.loose / times,
        first / end,
        math.log1p(first / 50),
        len(starts) < 2 or first < starts[1],
        (last - first) / end,
        lines / max(1, len(starts)),
        times == 1,
    ]


def _make_up(candidate: Candidate) -> list[float]:
    words = [word for word in candidate.words if word.lower not in JOINTS]
    first, last = words[0], words[-1]
    rare = [rarity(word.lower) for word in words]
    count = len(candidate.key)
    return [
        sum(rare) / len(rare),
        min(rare),
        rare[-1],
        count == 1,
        count == 2,
        count == 3,
        count >= 4,
        candidate.is_name,
        candidate.is_name and count == 1,
        any(word.tag == "NP" for word in words),
        any(len(word.text) > 1 and word.text.isupper() for word in words),
        any("-" in word.text for word in words),
        len(words) < count,
        first.tag == "J",
        first.tag == "VG",
        first.tag == "VN",
        last.tag == "VG",
        last.lower in ABSTRACT_NOUNS,
        first.lower in ABSTRACT_NOUNS,
        any(word.lower in TIME_WORDS for word in words),
        first.lower in GENERIC_MODIFIERS,
        last.lower.endswith("s"),
        first.lower.endswith(("s", "'s")) and count > 1,
        _noun_likeness(candidate),
        sum(len(word.text) for word in words) / len(words) / 10,
        any(any(c.isdigit() for c in word.text) for word in words),
        "b" in verb_forms().get(last.lower, "") or "s" in verb_forms().get(last.lower, ""),
    ]


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


def _holders(found: Sequence[Candidate]) -> list[int]:
    """For each candidate, how many other candidates hold all its words side by side."""
    pieces: Counter[tuple[str, ...]] = Counter()
    for candidate in found:
        key = candidate.key
        pieces.update(
            {key[i:j] for i in range(len(key)) for j in range(i + 1, len(key) + 1) if j - i < len(key)}
        )
    return [pieces[candidate.key] for candidate in found]
