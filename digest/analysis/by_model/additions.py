"""What a statement has beyond the sentences it rests on, where the checks of claims let it pass.

Those weigh a claim as a whole: three words that no sentence has cost a short phrase, or a long sentence that
is otherwise the article's own, too little to be refused. Rules:

- Too few of its words stand there, by weight: "Cheaper batteries" beside a sentence on schools.
- Words before or after a stretch of the sentences' own words are mostly of none: "The kiln was shut, as costs
  fall". So are the last content words of a statement, where they are two or more.
- A change that runs from what it came to.
- "First", "only", "never" and the like, where the sentences have nothing of the kind.

Known exceptions: an addition of common words alone, "and so on", and one in words that the sentences have of
something else; tests/analysis/test_additions.py says how often.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from digest.analysis.by_model.judgement import GENERAL
from digest.checks.claim_reading import ReadText, read
from digest.checks.claim_wording import is_content
from digest.checks.quotes import is_verbatim
from digest.checks.support import Support, support_of
from digest.records import Problem

LEAST_OF_PHRASE, LEAST_OF_SENTENCE = 0.25, 0.35
"""Share of a statement's content, by weight, that its sentences must have in some form."""
LEAST_OF_TITLE, LEAST_IN_SENTENCES = 0.6, 0.5
"""The same of a title in its article, and in the best few sentences of it."""
LEAST_ELSEWHERE = 0.6
"""The same of a phrase in sentences that were not cited for it."""
SHORT = 3
"""Content words of a phrase of which half must not be strange: one is soon found anywhere, as in "Growing
demand for" whatever the article is about. Of 316 such phrases filled with a word of the article 235 are
refused, 199 by the other rules alone; of 816 cells by careful readers one more is (November 2026)."""
OWN_RUN = 5
"""Words in a row that are the sentences' own, whatever stands around them."""
MOSTLY = 0.5
"""Share of what stands around them, by weight, from which on it is an addition; judgement."""
FROM_REACH = 3
"""Words after "from" or "to" among which its figure stands: "from some 8.9 percent"."""
OF_ABSOLUTE, NEAR_ABSOLUTE = 4, 8
"""Words around "first" or "all" that it is said of, and words of the text among which one of them stands
beside such a word; judgement."""
LAST_STRANGE = 2
"""Content words at the end of a statement of which the sentences have none."""
ABSOLUTES = tuple(
    frozenset(line.split())
    for line in (
        "first initial initially debut debuts debuted inaugural maiden 1st",
        "ever never before previously unprecedented",
        "only sole solely alone just merely exclusively exclusive single",
        "never no not nobody none nothing without cannot neither nor",
        "always all every each any entire entirely whole everyone everybody both everything throughout",
        "forever permanently permanent indefinitely lasting",
    )
)
"""Words that leave no exception; each with what may stand for it in the sentences."""
ASKED_FOR = frozenset(
    (
        "first", "inaugural", "maiden", "1st", "ever", "never", "unprecedented", "only", "sole", "solely",
        "exclusively", "exclusive", "nobody", "nothing", "always", "all", "every", "entire", "entirely",
        "whole", "everyone", "everybody", "everything", "throughout", "forever", "permanently", "permanent",
        "indefinitely",
    )
)  # fmt: skip
"""Of these those that a statement must not have of its own; the others say it of something small too, and
denials are checked by themselves."""


def additions(
    statement: str, text: str, *, is_sentence: bool = True, is_cited: bool = True
) -> Iterator[Problem]:
    """Find what a statement has beyond a text.

    Args:
        statement: A model's.
        text: The sentences it rests on, with the title where that is tried.
        is_sentence: Not a phrase, such as "From coal to electric".
        is_cited: Whether the sentences are those that it was said to rest on.
    """
    said, there = read(statement), read(text)
    if is_sentence and is_verbatim(said, text):
        return
    support = support_of(said, there)
    strange = strange_words(said, there, support)
    # Of a phrase with a figure the checks have found that one: it is of these sentences.
    is_known = not is_sentence and any(each.text[0].isdigit() for each in said.words)
    is_general = not is_sentence and bool(strange) and _is_of_anything(said, strange)
    least = _least(said, is_sentence=is_sentence, is_cited=is_cited)
    if not is_known and (is_general or share_found(said, support, strange) < least):
        yield Problem("unrelated", statement, "")
        return
    yield from _turned(said, there)
    if not is_sentence:
        # A phrase that is the sentence's own words but for "first" or "all" says what the sentence does not.
        if _own_words(said, there) >= OWN_RUN and (added := _absolute(said, there)):
            yield Problem("added", added, "")
        return
    added = _around(said, there, support, strange) or _last(said, support, strange)
    if added := added or _absolute(said, there):
        yield Problem("added", added, "")


def _is_of_anything(said: ReadText, strange: Set[int]) -> bool:
    """Say whether what a text has of a phrase is too little to be of it: words that fit anything ("Growing
    demand"), or half of few."""
    content = [at for at, word in enumerate(said.words) if is_content(word)]
    found = [at for at in content if at not in strange]
    if all(said.roots[at] in GENERAL for at in found):
        return True
    return len(content) <= SHORT and 2 * len(found) <= len(content)


def _least(said: ReadText, *, is_sentence: bool, is_cited: bool) -> float:
    if is_sentence:
        return LEAST_OF_SENTENCE
    return LEAST_OF_PHRASE if is_cited else LEAST_ELSEWHERE


def is_of_no_sentence(title: str, text: str) -> bool:
    """Say whether no few sentences of a text have most of what a title says.

    Of 374 signals by careful readers, read as titles of their articles, 1 is taken for one; of 42 general
    titles that the other checks let stand, 28 (November 2026).
    """
    said, there = read(title), read(text)
    support = support_of(said, there)
    share = share_found(said, support, strange_words(said, there, support))
    return share < LEAST_OF_TITLE or min(support.best, default=0.0) < LEAST_IN_SENTENCES


def _turned(said: ReadText, there: ReadText) -> Iterator[Problem]:
    """Find a figure that the statement begins a change with and the text ends it with, or the other way
    round: "From 8.8 to 8.9 percent" of what fell "to 8.8 percent, from 8.9 percent"."""
    own, known = _ends_of(said), _ends_of(there)
    turned = [
        figure
        for figure, ends in own.items()
        if len(ends) == len(known.get(figure, ())) == 1 and ends != known[figure]
    ]
    # One alone may be another's end: "from 110 MW wanted", of who asked for up to 110.
    if len({next(iter(own[figure])) for figure in turned}) > 1:
        figure = turned[0]
        yield Problem("role", f"{next(iter(own[figure]))} {figure}", f"{next(iter(known[figure]))} {figure}")


def absolutes(statement: str, text: str) -> Iterator[Problem]:
    """Find a word that leaves no exception, where a text has nothing that may stand for it."""
    if added := _absolute(read(statement), read(text)):
        yield Problem("added", added, "")


def _ends_of(text: ReadText) -> dict[str, set[str]]:
    """Give the figures of a text that stand soon after "from" or "to", each with these words."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for at, word in enumerate(text.words):
        if word.text[-1].isdigit() or word.text[-1] == "%":
            before = [each.lower for each in text.words[max(0, at - FROM_REACH) : at]]
            if ends := [each for each in before if each in ("from", "to")]:
                found[word.lower.rstrip("%")].add(ends[-1])
    return found


def strange_words(said: ReadText, there: ReadText, support: Support) -> set[int]:
    """Give the positions of content words that a text has in no form, names among them."""
    named = {at for name in said.names for at in range(name.first, name.last + 1)}
    names = {at for at in named if is_content(said.words[at]) and not there.places[said.roots[at]]}
    return {*support.novel, *names}


def share_found(said: ReadText, support: Support, strange: Set[int]) -> float:
    """Give the share of a statement's content that a text has, by weight, 0..1; 0 for one without any."""
    content = [at for at, word in enumerate(said.words) if is_content(word)]
    total = sum(support.weights[at] for at in content)
    return 1 - sum(support.weights[at] for at in strange) / total if total else 0.0


def _around(said: ReadText, there: ReadText, support: Support, strange: Set[int]) -> str:
    """Give what stands around a stretch of the text's own words and is mostly of none; before it only what a
    comma parts from it, as a name may stand there for "it"."""
    start, end = longest_run([word.lower for word in said.words], [word.lower for word in there.words])
    if _own_words(said, there) < OWN_RUN:
        return ""
    before = start if start and said.words[start - 1].text == "," else 0
    for first, past in ((0, before), (end, len(said.words))):
        content = [at for at in range(first, past) if is_content(said.words[at])]
        unknown = sum(support.weights[at] for at in content if at in strange)
        if unknown and unknown >= MOSTLY * sum(support.weights[at] for at in content):
            return said.text[said.words[first].start : said.words[past - 1].end].strip(" ,.")
    return ""


def _own_words(said: ReadText, there: ReadText) -> int:
    """Count the most words in a row that are the text's own."""
    start, end = longest_run([word.lower for word in said.words], [word.lower for word in there.words])
    return sum(word.text[0].isalnum() for word in said.words[start:end])


def longest_run(words: Sequence[str], there: Sequence[str]) -> tuple[int, int]:
    """Give the first and the past position of the most words in a row that stand so elsewhere."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(there):
        places[word].append(at)
    best, lengths = (0, 0), dict[int, int]()
    for at, word in enumerate(words):
        lengths = {place: lengths.get(place - 1, 0) + 1 for place in places.get(word, ())}
        if lengths and (longest := max(lengths.values())) > best[1] - best[0]:
            best = (at + 1 - longest, at + 1)
    return best


def _last(said: ReadText, support: Support, strange: Set[int]) -> str:
    """Give the last words of a statement where the text has none of them."""
    content = [at for at, word in enumerate(said.words) if is_content(word) and support.weights[at]]
    last = content[-LAST_STRANGE:]
    if len(content) <= LAST_STRANGE or not strange >= set(last):
        return ""
    return said.text[said.words[last[0]].start : said.words[last[-1]].end]


def _absolute(said: ReadText, there: ReadText) -> str:
    """Give a word that leaves no exception, where the text has nothing that may stand for it near what it is
    said of."""
    for at, word in enumerate(said.words):
        groups = [group for group in ABSOLUTES if word.lower in group and word.lower in ASKED_FOR]
        if not groups:
            continue
        near = range(max(0, at - OF_ABSOLUTE), min(at + OF_ABSOLUTE + 1, len(said.words)))
        of = {said.roots[each] for each in near if each != at and is_content(said.words[each])}
        places = [
            place for place, each in enumerate(there.words) if any(each.lower in group for group in groups)
        ]
        is_near = not of or any(
            not of.isdisjoint(there.roots[max(0, place - NEAR_ABSOLUTE) : place + NEAR_ABSOLUTE + 1])
            for place in places
        )
        if not places or not is_near:
            return word.text
    return ""
