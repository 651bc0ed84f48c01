"""Whether a statement puts what its sentences say together in another way: exchanged, turned round or joined.

Rules:

- Two stretches of words that stand in each other's place, all else being as in the sentence: "women than
  men".
- A word's contrary in its place.
- "A because B" of "B because A", by the content words before and behind.
- A subject of one sentence before the verb and what follows it of another, which has a subject of its own: a
  name, or nouns without "the".
- "Because", "caused" and the like where the text has nothing that may stand for it, or has "and" there.

Known exceptions: two names that "is", "and" or "with" join may change places; a sentence whose subject points
back ("it", "the company") may be given the name it stands for. Read by tests/analysis/test_limits.py.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, islice

from digest.analysis.by_model.limits import content_roots
from digest.analysis.by_model.orders import END_OF_SENTENCE
from digest.checks.exchanges import CONVERSES
from digest.language.relations import antonyms, root
from digest.language.tags import tag_sentences
from digest.language.words import BE, DETERMINERS, FINITE, PRONOUNS, STOP_WORDS, Word, split_words
from digest.records import Problem

FEWEST = 5
"""Words of a statement that is laid beside a sentence: fewer agree by chance."""
LEFT_OUT = frozenset(("a", "an", "the", ",", ".", "“", "”", '"'))
MUTUAL = BE | {"and", "or", "with", "&", "vs", "versus", "met", "married", "via", "/"}
"""Words between two that may change places."""
ALIKE = 0.6
"""Share of the words of a side that must stand on the other one; judgement."""
JOINTS = (
    "because", "since", "after", "before", "until", "following", "causing", "leads", "led", "caused",
    "causes",
)  # fmt: skip
"""Words of which it matters what stands before and what behind."""
CAUSE = re.compile(
    r"(?i)\b(?:because|due to|thanks to|owing to|as a result|resulting|resulted|results? in|leads? to|led to"
    r"|leading to|caus(?:e[sd]?|ing)|triggered|prompted|therefore|hence|thus|so that|in response to"
    r"|driven by)\b"
)
BESIDE = frozenset(("and", "or", "but", "while", "whereas", "with", ";", "–", "—"))
"""What only puts two things side by side."""
AS_CAUSE = re.compile(
    r"(?i)\b(?:because|since|due|thanks|owing|result\w*|lead\w*|led|caus\w+|trigger\w*|prompt\w*|therefore|hence"
    r"|thus|so(?! (?:far|much|many|long|called))|respon\w+|driven|driv\w+|drove|forc\w+|mak\w+|made|mean\w*"
    r"|reason\w*|why|amid|after|follow\w*|help\w*|enabl\w+|allow\w*|blam\w+|attribut\w+|given|spark\w*|fuel\w*"
    r"|contribut\w+|behind|creat\w+|push\w*|encourag\w+|effects?|impact\w*|affect\w*|influenc\w+|produc\w+"
    r"|(?<!such )as(?! (?:an?|the|well|many|much|part|soon|long|far|of|for|to|if|though)\b)|bring\w*|brought"
    r"|in order|source|factor\w*|thereby|consequen\w+)\b"
)
"""What may be said as a cause."""
LINKED = re.compile(r"(?i)\b(?:link\w*|associat\w+|correlat\w+|connect\w+ (?:to|with|between))\b")
CAUSED = re.compile(r"(?i)\bcaus(?:e[sd]?|ing)\b")
STRETCH = 4
"""Most words that change places."""
RUN = 5
"""Words in a row, from a verb on, that are another sentence's."""
SUBJECT = 8
"""Most words of a subject."""
POINTING = PRONOUNS | DETERMINERS | frozenset(("both", "another", "one", "there", "who", "which", "here"))
"""Words that a subject begins with which stands for something told before."""


def put_otherwise(statement: str, lines: Sequence[str]) -> Iterator[Problem]:
    """Find what a statement puts together in another way; at most one problem.

    Args:
        statement: A model's.
        lines: The sentences it rests on, or entries of several.
    """
    words = split_words(statement)
    lines = [each for line in lines for each in END_OF_SENTENCE.split(line)]
    found = chain(
        *(_in_each_others_place(words, split_words(line)) for line in lines),
        *(_turned_round(statement, line) for line in lines),
        _of_another_subject(words, lines) if len(lines) > 1 else (),
        _joined(statement, " ".join(lines)),
    )
    yield from islice(found, 1)


def _in_each_others_place(said: Sequence[Word], there: Sequence[Word]) -> Iterator[Problem]:
    """Find what changed places, or stands as a cause in the place of "and"."""
    mine, own = ([word.lower for word in words if word.lower not in LEFT_OUT] for words in (said, there))
    if len(mine) < FEWEST:
        return
    if swapped := _swapped(mine, own):
        yield Problem("role", *swapped)
        return
    replaced = [
        (own[start:end], mine[first:past], end, start)
        for tag, start, end, first, past in SequenceMatcher(None, own, mine, autojunk=False).get_opcodes()
        if tag == "replace"
    ]
    for at, (old, new, end, _) in enumerate(replaced):
        if CAUSE.fullmatch(" ".join(new)) and BESIDE.issuperset(old):
            yield Problem("cause", " ".join(new), " ".join(old))
            return
        if len(old) == len(new) == 1 and _are_contrary(old[0], new[0]):
            yield Problem("opposite", new[0], old[0])
            return
        for other_old, other_new, _, start in replaced[at + 1 :]:
            between = own[end:start]
            if old == other_new and new == other_old and not MUTUAL.issuperset(between):
                yield Problem("role", " ".join(new), " ".join(old))
                return


def _are_contrary(one: str, other: str) -> bool:
    """Say whether a word is another's contrary: "older" and "younger", "joined" and "left"."""
    none = ("", 0)
    key, turn = CONVERSES.get(one, none)
    other_key, other_turn = CONVERSES.get(other, none)
    return bool(turn * other_turn < 0 and key == other_key) or root(other) in antonyms(root(one))


def _swapped(mine: Sequence[str], own: Sequence[str]) -> tuple[str, str] | None:
    """Give the two stretches that changed places in words that are a sentence's, or its first ones."""
    start = next((at for at, pair in enumerate(zip(mine, own, strict=False)) if pair[0] != pair[1]), -1)
    if start < 0:
        return None
    said, there = mine[start:], own[start:]
    for new in range(1, STRETCH + 1):
        for at in range(1, len(there) - new + 1):
            if there[at : at + new] != said[:new]:
                continue
            for old in range(1, min(STRETCH, at) + 1):
                between = there[old:at]
                turned = [*said[:new], *between, *there[:old], *there[at + new :]]
                if turned[: len(said)] == said and len(said) >= new + at and not MUTUAL.issuperset(between):
                    return " ".join(said[:new]), " ".join(there[:old])
    return None


def _turned_round(statement: str, line: str) -> Iterator[Problem]:
    for joint in JOINTS:
        word = re.compile(rf"(?i)\b{joint}\b")
        mine, own = word.split(statement), word.split(line)
        if len(mine) == len(own) == 2:
            before, behind = map(content_roots, mine)
            first, last = map(content_roots, own)
            if (
                before
                and behind
                and len(before & last - first) >= ALIKE * len(before)
                and len(behind & first - last) >= ALIKE * len(behind)
            ):
                yield Problem("role", statement, joint)
                return


def _of_another_subject(said: Sequence[Word], lines: Sequence[str]) -> Iterator[Problem]:
    mine = [word.lower for word in said]
    for line in lines:
        (there,) = tag_sentences([split_words(line)])
        own = [word.lower for word in there]
        match = SequenceMatcher(None, own, mine, autojunk=False).find_longest_match()
        if match.size < RUN or not 0 < match.b <= SUBJECT or there[match.a].tag not in FINITE:
            continue
        before = max((at + 1 for at in range(match.a) if not there[at].text[0].isalnum()), default=0)
        subject = there[before : match.a]
        if not 0 < len(subject) <= SUBJECT or subject[0].lower in POINTING | STOP_WORDS:
            continue
        new = content_roots(" ".join(word.text for word in said[: match.b]))
        old = content_roots(" ".join(word.text for word in subject))
        if new and old and not new & content_roots(line) and not old & content_roots(" ".join(mine)):
            yield Problem(
                "role",
                " ".join(word.text for word in said[: match.b + 1]),
                " ".join(word.text for word in there[before : match.a + 1]),
            )
            return


def _joined(statement: str, text: str) -> Iterator[Problem]:
    if (linked := LINKED.search(text)) and (said := CAUSED.search(statement)) and not CAUSED.search(text):
        yield Problem("cause", said[0], linked[0])
        return
    said = CAUSE.search(statement)
    if said and not AS_CAUSE.search(text):
        yield Problem("cause", statement[said.start() :], "")
