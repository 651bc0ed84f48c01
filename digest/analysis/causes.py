"""The driving force of a row, from the article: the cause that its own sentence states.

Only wording that says a cause counts: "because", "due to", "driven by", "amid", "in response to", "in an
effort to"; "as" before something that grows or shrinks; "for" or "after" where somebody was fined,
dismissed, sued for it. Tried and left out (November 2026, 1,631 causes that careful readers found, five
folds): a regression over every clause of the sentences around a row finds the readers' cause in 13 of 100
rows, one over whole sentences with their vectors finds the right sentence in 40 (news) and 30 (pages); one
over phrases behind thirty wordings of cause anywhere in the article fills 2 of 245 rows of pages and 3 of 174
of news where it is surer than even. Sentences elsewhere that repeat the row's event with a plain cause are 10
for 1,618 rows, a third of them cited. An empty cell is no fault, a wrong one is.
"""

import re
from collections.abc import Iterator, Sequence

from digest.analysis.cause_cuts import VAGUE, cut_cause
from digest.analysis.occasions import find_occasion
from digest.analysis.phrases import Found
from digest.analysis.reading import Line
from digest.analysis.reasons import AMID, GROWING, find_force
from digest.analysis.spans import POINTERS
from digest.language.wordlists import word_list
from digest.language.words import NEGATIONS, SECOND_PERSON, Word, has_verb

CUES = re.compile(
    r"\b(?:because of|due to|owing to|thanks to|on account of|as an? (?:\w+ )?result of|in response to|"
    r"in reaction to|in the wake of|under pressure from|in anticipation of|in the hopes? of|"
    r"(?:driven|fuell?ed|spurred|prompted|caused|triggered|sparked|propelled|brought about|motivated|"
    r"heightened|worsened|exacerbated|deepened|hindered|hampered|compounded|boosted) by|"
    r"attribut(?:ed|able) to|blamed on|stem(?:s|med|ming)? from|reflect(?:s|ed|ing)|"
    rf"{AMID}|"
    r"(?:dies|died|dying|dead)(?: (?:on|early|late|last|night|morning|suddenly|peacefully|\w+day))* of|"
    r"(?:in order|in an? (?:effort|attempt|bid|move)|so as|"
    r"as part of (?:an?|its|their|his|the) (?:\w+ )?(?:efforts?|plans?|drive|push|bid)|"
    r"with the (?:aim|goal|hope) of)(?= to\b|(?<= of) )|because)\s+",
    re.I,
)
REACTIONS = re.compile(
    r"\b(?:fined|banned|fired|sacked|dismissed|arrested|charged|suspended|sentenced|jailed|convicted|sued|"
    r"criticised|criticized|penalized|penalised|disqualified|investigated|recalled|imposed|resigned|withdrew|"
    r"withdrawn|halted|cancelled|canceled|evacuated|apologised|apologized"
    r"|launched an investigation)\b",
    re.I,
)
CONCEDING = frozenset(("while", "although", "though", "despite", "unlike", "if", "whereas"))
"""A sentence that opens with one of these says its own behind the comma."""
REACH = 12
"""How many words before a participle the clause that it may belong to begins."""
NO_CAUSE = frozenset(("just", "such", "same", "so", "as", "well", "even"))
"""Before "as": "just as", "such as" compare."""


def find_cause(line: Line, text: str) -> Found | None:
    """Give the cause that a row's sentence states for itself, in its own words; None where it states none."""
    if any(word.lower in SECOND_PERSON for word in line.words):
        return None
    found = find_force(line, text) or _told(line, text) or find_occasion(line, text)
    if found is None or _is_of_another(line.words, found):
        return None
    commas = [word.start for word in line.words if word.text == ","]
    if commas and line.words[0].lower in CONCEDING and found.spans[0][0] < commas[0]:
        return None
    start = next(at for at, word in enumerate(line.words) if word.start >= found.spans[0][0])
    return None if _is_in_passing(line.words, start) else found


def _is_of_another(words: Sequence[Word], found: Found) -> bool:
    """Whether a cause is that of a clause about somebody in the sentence: ", who was jailed for stealing".

    Such a clause ends at its second comma, or with the sentence.
    """
    who = next((at for at, word in enumerate(words) if word.lower in ("who", "whose")), None)
    if who is None or found.spans[0][0] < words[who].start:
        return False
    end = next((word.start for word in words[who:] if word.text == ","), words[-1].end)
    return found.spans[0][0] < end


def _told(line: Line, text: str) -> Found | None:
    """What stands behind a word that says a cause: "because", "driven by", "as" before what grows."""
    words = line.words
    for start in _starts(line):
        if start >= len(words) or words[start].lower in VAGUE | POINTERS:
            continue
        before = {word.lower for word in words[max(0, start - 4) : start]}
        # "due to appear in court" says when.
        if before & NEGATIONS or (words[start].tag == "VB" and words[start - 2].lower == "due"):
            continue
        made = cut_cause(words, start, text)
        if made is not None:
            return made
    return None


def _is_in_passing(words: Sequence[Word], start: int) -> bool:
    """ "a drug that could prevent itching caused by cats": a participle told of a noun in another clause."""
    if start < 3 or words[start - 1].lower != "by" or words[start - 2].tag not in ("VN", "V"):
        return False
    before = words[: start - 2]
    if before[-1].text == "," or before[-1].tag in ("X", "A"):
        return False
    return any(word.tag == "W" or word.lower == "that" for word in before[-REACH:])


def _starts(line: Line) -> Iterator[int]:
    """Where a cause begins, the plainest wording first."""
    words = line.words
    for match in CUES.finditer(line.text):
        yield next(
            (at for at, word in enumerate(words) if word.start >= line.start + match.end()), len(words)
        )
    for at, word in enumerate(words[:-3]):
        is_plain = word.lower == "as" and word.tag in ("S", "P") and words[at - 1].lower not in NO_CAUSE
        if is_plain and at > 3 and _grows(words[at + 1 : at + 12]):
            yield at + 1
        # "has since banned" is when, not why.
        if (
            word.lower == "since"
            and word.tag == "S"
            and at
            and has_verb(words[at + 1 : at + 10])
            and (words[at - 1].text == "," or _is_going_on(words[at + 1 : at + 8]))
        ):
            yield at + 1
    reacted = REACTIONS.search(line.text)
    if reacted and reacted.start():
        after = [at for at, word in enumerate(words) if word.start >= line.start + reacted.end()]
        for at in after[:12]:
            is_for = words[at].lower == "for" and at + 1 < len(words) and words[at + 1].tag == "VG"
            # "famed for wandering"
            is_known_for = words[at - 1].tag in ("VN", "J") and not REACTIONS.search(words[at - 1].text)
            if is_for and not is_known_for:
                yield at + 1
            if (
                words[at].lower == "after"
                and words[at].tag in ("S", "P")
                and has_verb(_clause(words[at + 1 : at + 9]))
            ):
                yield at + 1


def _is_going_on(clause: Sequence[Word]) -> bool:
    """ "is hindered since media are taking part": in the present progressive "since" says why."""
    verb = next((at for at, word in enumerate(clause) if word.tag in ("V", "X", "M")), 0)
    is_now = 0 < verb < len(clause) - 1 and clause[verb].lower in ("is", "are")
    return is_now and not any(word.text == "," for word in clause[:verb])


def _grows(words: Sequence[Word]) -> bool:
    """Whether a clause says that something grows, shrinks or changes, with a subject of its own."""
    stop = next((at for at, word in enumerate(words) if word.text in (",", ";")), len(words))
    clause = words[:stop]
    verb = next((at for at, word in enumerate(clause) if word.tag in ("V", "X", "M")), None)
    if not verb or clause[0].lower in POINTERS:
        return False
    told = [word.lower for word in clause[max(0, verb - 2) : verb + 4]]
    if "up" in told:
        # "as Daisy was growing up" says when.
        return False
    if verb > 7 or any(word.tag in ("W", "S", "T") for word in clause[:verb]):
        return False
    return any(_stem(word) in GROWING or word in MORE - {"struggle", "face"} for word in told)


MORE = word_list("moving_verbs")


def _clause(words: Sequence[Word]) -> Sequence[Word]:
    """Words up to where another clause begins."""
    return words[
        : next((at for at, word in enumerate(words) if word.tag == "C" or word.text == ","), len(words))
    ]


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending):
            base = word[: -len(ending)]
            return base if base in GROWING else base + "e"
    return word
