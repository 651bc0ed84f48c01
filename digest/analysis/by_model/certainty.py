"""Whether a statement says for certain what the sentences it rests on leave open.

Rules, by verbs:

- A verb that stands in the sentences after "may", "might" or "could" and nowhere without, or after "plans
  to", "is expected to" and the like, wants a word of caution before it in the statement too; for a plan
  "will" does.
- "Will" wants more than "may", "might" or "could" in the sentences.

Known exceptions: doubt in other words ("some hold that ..."), and a verb that the statement has another word
for. Read by tests/analysis/test_certainty.py.
"""

from collections.abc import Iterator, Sequence, Set

from digest.language.relations import root
from digest.language.tags import tag_sentences
from digest.language.wordlists import word_list
from digest.language.words import ADVERBS, BE, HAVE, Word, split_words
from digest.records import Problem

MAY = frozenset(("may", "might", "could"))
PLANNING = word_list("planning")
"""Words that a verb with "to" follows: what is meant to be."""
CAUTIOUS = word_list("hedges") | PLANNING | word_list("doubt")
WILL = frozenset(("will", "'ll", "shall", "going", "won't"))
FOR_PLANS = WILL | {"to"}
"""Words that say of a plan what it is; "to" as headlines have it: "Kiln to close"."""
BETWEEN = 4
"""Words that may stand between "may" and its verb: "may not have even been seen"."""
BEFORE = 6
"""Words before a verb among which caution counts for it."""
PLAN_BEFORE = 3
"""Words before "to" among which the plan stands: "plans next year to"."""
VERBS = ("V", "VB", "VN", "VG")


def made_certain(statement: str, text: str, *, plans: bool = True) -> Iterator[Problem]:
    """Find what a statement says for certain and a text leaves open; at most one problem.

    Args:
        statement: A model's.
        text: The sentences it rests on.
        plans: Whether what is planned there counts as left open.
    """
    (said,) = tag_sentences([split_words(statement)])
    (there,) = tag_sentences([split_words(text)])
    words = [word.lower for word in said]
    doubted = [word for word in there if _is_may(word)]
    known = {word.lower for word in there}
    certain = [at for at, word in enumerate(said) if word.lower in WILL]
    if certain and doubted and not known & WILL and not any(map(is_cautious, said)):
        yield Problem("certainty", said[certain[0]].text, doubted[0].text)
        return
    opened = _open_verbs(there, PLANNING if plans else frozenset())
    for at in certain:
        for verb in _verb_after(said, at):
            hedge = opened.get(root(said[verb].text))
            if hedge and _is_may(hedge):
                yield Problem("certainty", said[at].text, hedge.text)
                return
    # What a change begins with is what was to be: "From a law that lapses next year to ...".
    start = words.index("to") if words[:1] == ["from"] and "to" in words else 0
    for at, word in enumerate(said):
        if at < start:
            continue
        hedge = opened.get(root(word.text)) if word.tag in (*VERBS, "J") else None
        is_will_enough = hedge is not None and not _is_may(hedge)
        before = range(max(0, at - BEFORE), at)
        is_enough = any(
            is_cautious(said[one]) or (is_will_enough and words[one] in FOR_PLANS) for one in before
        )
        if hedge and not is_enough:
            yield Problem("certainty", word.text, hedge.text)
            return


def _is_may(word: Word) -> bool:
    """Tell "may" from the month."""
    return word.lower in MAY and word.tag == "M"


def is_cautious(word: Word) -> bool:
    """Say whether a tagged word leaves something open."""
    return word.lower in CAUTIOUS and (word.lower not in MAY or word.tag == "M")


def _open_verbs(words: Sequence[Word], planning: Set[str]) -> dict[str, Word]:
    """Give the roots of verbs that a text leaves open wherever it has them, each with the word that does."""
    found: dict[int, Word] = {}
    for at, word in enumerate(words):
        if _is_may(word):
            found |= dict.fromkeys(_verb_after(words, at), word)
        elif word.lower == "to" and at + 1 < len(words) and words[at + 1].tag == "VB":
            plans = [each for each in words[max(0, at - PLAN_BEFORE) : at] if each.lower in planning]
            found |= {verb: plans[-1] for verb in _verb_after(words, at) if plans}
    plain = {root(word.text) for at, word in enumerate(words) if word.tag in VERBS and at not in found}
    opened = {root(words[at].text): word for at, word in found.items()}
    return {verb: word for verb, word in opened.items() if verb not in plain}


def _verb_after(words: Sequence[Word], at: int) -> list[int]:
    """Give the position of the verb that a modal or "to" belongs to; nothing where none is near."""
    for place in range(at + 1, min(at + 2 + BETWEEN, len(words))):
        word = words[place]
        is_passed = word.lower in BE | HAVE | ADVERBS or word.lower == "not" or word.tag in ("A", "R")
        if not is_passed:
            return [place] if word.text[0].isalpha() else []
    return []
