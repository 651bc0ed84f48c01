"""What limits a sentence and is gone from a statement that rests on it: said of all, for sure, or as a must.

Rules, each by closed lists of words, and only where the text limits the thing wherever it has it:

- A figure that stands there behind "up to", "more than" or "nearly" wants a bound in the statement too; in a
  phrase only behind those without which it says too much.
- A word that stands there behind "alleged", "partial" or "likely" wants caution, or the word itself.
- What is "one of the largest", or the "second-largest", is not the largest.
- "Must" and "ordered" want something that compels.
- What holds "if" or "unless" something else does is not said by itself.
- What "will" be has not been, and what has been will not be.

Known exceptions: "about" and "some" before a figure may go, as careful readers drop them; bounds in other
words ("exceeded 300") count for the statement, not for the text. Read by tests/analysis/test_limits.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from digest.analysis.by_model.certainty import BEFORE as CAUTION_NEAR
from digest.analysis.by_model.certainty import CAUTIOUS, VERBS, WILL, is_cautious
from digest.language.relations import root
from digest.language.tags import tag_sentences
from digest.language.words import ADVERBS, BE, HAVE, STOP_WORDS, Word, split_words
from digest.records import Problem

FIGURE = re.compile(
    r"(?i)(?<![\w.,-])(?:[$€£¥]?\d[\d,]*(?:\.\d+)?(?!\d|[.,]\d)"
    r"|(?:half|thirds?|quarters?|fifths?|all|every|twice|doubled?|tripled?|dozens?|hundreds?|thousands?|millions?"
    r"|billions?)\b)"
)
YEAR = re.compile(r"(?:19|20)\d\d")
BOUND = re.compile(
    r"(?i)\b(?P<bound>up to|as (?:many|much|few|little|high|low|long) as|at (?:the )?(?:least|most)"
    r"|(?:more|less|fewer|greater|higher|lower) than|nearly|almost|close to|just (?:over|under|shy of)"
    r"|upwards of|over|under|below|above|(?:an )?estimated|(?:an )?expected|projected)"
    r"\s(?:(?:an?|the|its|their|another|one|two|three|four)[\s-])?[$€£¥]?\s?$"
)
"""What bounds the figure behind it."""
SAYS_LESS = re.compile(r"(?i)at (?:the )?least|(?:more|greater|higher) than|upwards|over|above|just over")
"""Bounds without which a statement says too little rather than too much."""
BOUND_BEHIND = re.compile(
    r"(?i)^(?:\s?\+|[^,.;]{0,25}?\b(?:or (?:more|less|fewer|so|higher|lower|over|older|younger|above|below)"
    r"|and (?:over|above|older|up|more)|at (?:least|most)|plus)\b)"
)
BOUND_LOOSELY = re.compile(
    r"(?i)\b(?:than|up to|over|under|above|below|least|most|nearly|almost|about|around|roughly|some"
    r"|approximately|exceed\w*|top(?:s|ped|ping)|surpass\w*|estimated|close|beyond|within|max\w*|min\w*|between"
    r"|limit\w*|cap(?:s|ped)?|as|from)\b[^.;]{0,15}$"
)
"""What may do the same in a statement, whose words need not be the text's."""
REACH = 40
"""Characters before a figure among which its bound stands."""

MODIFIERS = frozenset(
    (
        "alleged", "allegedly", "reportedly", "purported", "purportedly", "suspected", "attempted",
        "proposed", "planned", "potential", "potentially", "possible", "possibly", "probable", "probably",
        "likely", "apparent", "apparently", "supposed", "supposedly", "tentative", "tentatively", "partial",
        "partially", "partly", "temporary", "temporarily", "preliminary", "provisional", "provisionally",
        "would-be", "so-called", "unconfirmed", "presumably", "prospective", "perhaps", "seemingly",
        "interim",
    )
)  # fmt: skip
"""Words that limit the one behind them."""
AS_CAUTIOUS = CAUTIOUS | MODIFIERS | frozenset(("charged", "accused", "suspect", "over", "for"))
"""What says of a statement that a thing is not certain; "charged with murder over a shooting" does."""
NOUNS = ("N", "NP", "A", "J")

SOME_OF = re.compile(
    r"(?i)\b(?:among(?:st)?|(?:one|some|two|three|four|five|many|several|few|part) of)"
    r" (?:the|its|their|his|her|our|[A-Z][\w’']*[’']s) (?:[\w’'-]+ ){0,2}?"
    r"(?P<most>most [\w-]+|\w{2,}est|best|worst|first|last|leading|top)\b"
)
NEXT_TO = re.compile(
    r"(?i)\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)[- ]"
    r"(?P<most>most[- ]\w+|\w{2,}est|best|worst)\b"
)
SOME = re.compile(
    r"(?i)\b(?:one|two|three|four|five|some|many|several|few|among|amongst|part|an?|no|2nd|3rd|[4-9]th|10th|second"
    r"|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b[^.;]{0,40}$"
)
"""What says of a superlative that others have it too."""

MUST = frozenset(
    ("must", "forced", "ordered", "obliged", "compelled", "mandatory", "compulsory", "obligatory")
)
COMPELS = re.compile(
    r"(?i)\b(?:must|shall|needs?|needed|ha(?:s|ve|d|ving) to|got to|should|ought|forc\w+|order\w*|oblig\w+"
    r"|compel\w*|requir\w+|mandat\w+|compuls\w+|laws?|legal\w*|rules?|ruling|ruled|bans?|banned|demand\w*"
    r"|make[sd]?|made|instruct(?:s|ed)|commanded|told|essential|necessar\w+|crucial|cannot|can[’']t|prohibit\w*"
    r"|forbid\w*|regulat\w+|court|decree\w*|impos\w+|conditions?|expected|supposed|is to|are to|was to)\b"
)
"""What may be said as a must."""

IF = re.compile(r"(?i)\b(?:if|unless|provided that|as long as|so long as|on condition that)\b")
NO_CONDITION = re.compile(
    r"(?i)(?:\b(?:as|even|what|only|ask\w*|see|know\w*|wonder\w*|decid\w*|check\w*|sure|doubt\w*)|,)\s*$"
)
"""Before "if" where it is none: "even if", "asked if"; behind a comma it may be an aside."""
CONDITIONAL = frozenset(
    ("when", "where", "once", "without", "whether", "except", "until", "subject", "even", "any")
)
OF_MAIN = 0.7
"""Share of a statement's content that the clause an "if" belongs to has, from which on it is that clause;
judgement."""
PAST = frozenset(("was", "were", "had", "has", "have", "did"))
VERB_REACH = 6
"""Words behind "will" among which its verb stands."""


def unlimited(
    statement: str, text: str, *, is_sentence: bool = True, plans_count: bool = False
) -> Iterator[Problem]:
    """Find what a statement drops that limits what a text says.

    Args:
        statement: A model's.
        text: The sentences it rests on.
        is_sentence: Not a phrase, such as "From coal to electric".
        plans_count: Whether what is to come may be said as if it were.
    """
    yield from (
        each for each in _figures(statement, text) if is_sentence or not SAYS_LESS.match(each.document)
    )
    yield from _superlatives(statement, text)
    (said,) = tag_sentences([split_words(statement)])
    (there,) = tag_sentences([split_words(text)])
    yield from _modified(said, there)
    yield from _obliged(said, text)
    if is_sentence:
        yield from _conditional(said, statement, text)
    if is_sentence and not plans_count:
        yield from _of_another_time(said, there)


def _figures(statement: str, text: str) -> Iterator[Problem]:
    known: defaultdict[str, list[str]] = defaultdict(list)
    for found in FIGURE.finditer(text):
        bound = BOUND.search(text, max(0, found.start() - REACH), found.start())
        behind = BOUND_BEHIND.search(text[found.end() :])
        known[_bare(found[0])].append(bound["bound"] if bound else behind[0].strip() if behind else "")
    for found in FIGURE.finditer(statement):
        bounds = known.get(_bare(found[0]), [])
        is_bound = BOUND_LOOSELY.search(statement[: found.start()]) or BOUND_BEHIND.search(
            statement[found.end() :]
        )
        if bounds and all(bounds) and not is_bound and not YEAR.fullmatch(found[0]):
            yield Problem("certainty", found[0], bounds[0])


def _bare(figure: str) -> str:
    return figure.lower().replace(",", "").lstrip("$€£¥")


def _superlatives(statement: str, text: str) -> Iterator[Problem]:
    for limited in (SOME_OF, NEXT_TO):
        places = defaultdict(list)
        for found in limited.finditer(text):
            places[found["most"].lower().replace("-", " ")].append(found[0])
        for most, limits in places.items():
            word = re.compile(rf"(?i)\b{re.escape(most)}\b")
            said = word.search(statement.replace("-", " "))
            is_limited = len(word.findall(text.replace("-", " "))) == len(limits)
            if said and is_limited and not SOME.search(statement.replace("-", " ")[: said.start()]):
                yield Problem("certainty", said[0], " ".join(limits[0].split()[:2]))


def _modified(said: Sequence[Word], there: Sequence[Word]) -> Iterator[Problem]:
    """Find words that the text limits by the one before, wherever it has them."""
    limited: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for at, word in enumerate(there[1:], 1):
        before = there[at - 1].lower
        if before in MODIFIERS and word.text[0].isalpha() and word.lower not in STOP_WORDS:
            limited[root(word.text)].append((at, before))
    known: defaultdict[str, int] = defaultdict(int)
    for word in there:
        known[root(word.text)] += 1
    own = {root(word.text) for word in said}
    for at, word in enumerate(said):
        places = limited.get(root(word.text), [])
        if not places or len(places) < known[root(word.text)] or own & {root(limit) for _, limit in places}:
            continue
        near = said[max(0, at - CAUTION_NEAR) : at + 2]
        is_alike = (word.tag in NOUNS) == (there[places[0][0]].tag in NOUNS)
        if is_alike and not any(each.lower in AS_CAUTIOUS for each in near):
            yield Problem("certainty", word.text, places[0][1])
            return


def _obliged(said: Sequence[Word], text: str) -> Iterator[Problem]:
    must = next((word.text for word in said if word.lower in MUST), "")
    if must and not COMPELS.search(text):
        yield Problem("added", must, "")


def _conditional(said: Sequence[Word], statement: str, text: str) -> Iterator[Problem]:
    """Find a clause that the text has on a condition."""
    if IF.search(statement) or any(word.lower in CONDITIONAL or is_cautious(word) for word in said):
        return
    own = content_roots(statement)
    for found in IF.finditer(text):
        start = max(text.rfind(f"{end} ", 0, found.start()) for end in ".?!") + 1
        end = text.find(". ", found.end())
        whole = text[start : end if end >= 0 else len(text)]
        place = found.start() - start
        if NO_CONDITION.search(whole[:place]):
            continue
        is_first = not whole[:place].strip()
        main = whole[found.end() - start :].partition(",")[2] if is_first else whole[:place]
        if own and len(own & content_roots(main)) >= OF_MAIN * len(own):
            yield Problem("certainty", statement, found[0])
            return


def content_roots(text: str) -> set[str]:
    """Give the roots of a text's words, those of the closed classes left out."""
    words = split_words(text)
    return {root(word.text) for word in words if word.lower not in STOP_WORDS and word.text[0].isalnum()}


def _of_another_time(said: Sequence[Word], there: Sequence[Word]) -> Iterator[Problem]:
    """Find what the text says of what is to come and the statement of what is past, or the other way."""
    coming = _coming(there)
    plain = {root(word.text) for at, word in enumerate(there) if word.tag in VERBS and at not in coming}
    opened = {root(there[at].text) for at in coming} - plain
    open_words = WILL | CAUTIOUS | {"to", "would"}
    for at, word in enumerate(said):
        before = [each.lower for each in said[max(0, at - VERB_REACH) : at]]
        is_past = word.tag == "V" or (word.tag == "VN" and not PAST.isdisjoint(before))
        if is_past and root(word.text) in opened and open_words.isdisjoint(before):
            yield Problem("certainty", word.text, "will")
            return
    if any(word.lower in open_words for word in there):
        return
    for at in sorted(_coming(said)):
        places = [place for place, word in enumerate(there) if root(word.text) == root(said[at].text)]
        if places and all(_is_past(there, place) for place in places):
            yield Problem("date", f"will {said[at].text}", there[places[0]].text)
            return


def _coming(words: Sequence[Word]) -> Set[int]:
    """Give the places of verbs that belong to "will"."""
    found = set()
    for at, word in enumerate(words):
        if word.lower in WILL - {"going"}:
            passed = BE | HAVE | ADVERBS | {"not"}
            verb = next(
                (
                    place
                    for place in range(at + 1, min(at + VERB_REACH, len(words)))
                    if words[place].lower not in passed and words[place].tag not in ("A", "R")
                ),
                -1,
            )
            found |= {verb} if verb >= 0 and words[verb].tag in VERBS else set()
    return found


def _is_past(words: Sequence[Word], at: int) -> bool:
    before = [word.lower for word in words[max(0, at - 3) : at]]
    word = words[at]
    return (word.tag == "VN" and not PAST.isdisjoint(before)) or (
        word.tag == "V" and word.lower.endswith("ed")
    )
