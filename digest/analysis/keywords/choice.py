"""Which of the ranked phrases are shown: fuller forms before bare heads, and no repeats."""

from collections import Counter
from collections.abc import Sequence

from digest.analysis.keywords.candidate_phrases import Candidate

HOW_MANY = 10
"""By the shape of an entry page."""
SAME_HEAD = 3
"""Phrases that may end in one word: "rococo furniture", "rustic furniture" ..."""

Ranked = Sequence[tuple[Candidate, float]]


def with_fuller_forms(ranked: Ranked, title: str) -> list[tuple[Candidate, float]]:
    """Put a recurring longer form in front of its bare head: "data breach" before "breach".

    Only where the text or the title has the longer form too often to be chance: twice, and in one place in
    four of the head's.
    """
    heading = title.lower()
    pairs: dict[str, list[tuple[Candidate, float]]] = {}
    for candidate, score in ranked:
        if len(candidate.key) == 2:
            pairs.setdefault(candidate.key[1], []).append((candidate, score))
    order: list[tuple[Candidate, float]] = []
    for head, score in ranked[: 2 * HOW_MANY]:
        if len(head.key) == 1 and not head.is_name:
            for fuller, other in pairs.get(head.key[0], ()):
                often = len(fuller.spans) >= max(2, len(head.spans) / 4) or fuller.form.lower() in heading
                if often and score / 3 <= other < score:
                    order.append((fuller, score))
                    break
        order.append((head, score))
    return [*order, *ranked[2 * HOW_MANY :]]


def without_repeats(ranked: Ranked) -> list[tuple[Candidate, float]]:
    """Take phrases best first, at most HOW_MANY, leaving out what repeats one taken: same stems, or one
    inside the other."""
    chosen: list[tuple[Candidate, float]] = []
    heads: Counter[str] = Counter()
    for candidate, score in ranked:
        head = candidate.key[-1]
        if heads[head] < SAME_HEAD and not any(repeats(candidate, other) for other, _ in chosen):
            heads[head] += 1
            chosen.append((candidate, score))
            if len(chosen) == HOW_MANY:
                break
    return chosen


def repeats(one: Candidate, other: Candidate) -> bool:
    """Whether two phrases say the same to a reader of the list."""
    small, large = sorted((one, other), key=lambda candidate: len(candidate.key))
    if len(large.key) == 1 and _share_root(small.key[0], large.key[0]):
        return True
    shared = len(set(small.key) & set(large.key))
    union = len(set(small.key) | set(large.key))
    if not shared:
        return False
    if shared in (len(set(small.key)), len(set(large.key))):
        # "university" may stand beside "City University of Hong Kong", "HealthEC" not beside "HealthEC LLC".
        return not (shared == 1 and not small.is_name and large.is_name and union >= 3)
    return shared / union >= 0.6


def _share_root(one: str, other: str) -> bool:
    """Whether two stems are of a verb in -ate and its noun in -ation: "meditate", "meditation"."""
    return one + "at" == other or other + "at" == one
