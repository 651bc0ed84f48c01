"""Causes that a row's sentence states with plainer words than "because": what moved, what happened before.

"As weather averages change", "with the rise in demand", "was benched after losses", "arrested on suspicion
of fraud", "high winds meant the fire spread", "is designed to cut waste". Each wording also says other
things ("as he walked in", "the day after", "the firm improves"), so each has its own conditions. They were
set by reading what they fill, and what readers cite (November 2026): of sentences that a row cites, "as"
with a verb states the reader's cause in 44 of 100, "after" in 22, a plain "to" in 15.
"""

import re
from collections.abc import Sequence

from digest.analysis.cause_cuts import VAGUE, cut_cause
from digest.analysis.cues import REPORTING, lemmas
from digest.analysis.imperatives import is_imperative
from digest.analysis.phrases import Found, make_found
from digest.analysis.reading import Line
from digest.analysis.spans import MARKS, POINTERS
from digest.language.verbs import verb_forms
from digest.language.wordlists import word_list
from digest.language.words import FINITE, NEGATIONS, TIME_WORDS, Word, has_verb

COMPARING = frozenset(("such", "just", "well", "same", "far", "soon", "long", "much", "many", "so", "as"))
"""Before "as": no cause follows."""
SPANS = word_list("spans_of_time")
"""Before "after" these say when, and so do:"""
SOON = frozenset(("shortly", "soon", "long", "immediately", "even", "right", "just"))
HARM = re.compile(
    r"\b(?:kill\w*|injur\w*|died|dead|trapped|damaged|destroyed|wounded|hurt|stranded|derailed|crashed)\b"
    r"[^.;,]*?\bwhen\s+(?=\w+ )",
    re.IGNORECASE,
)
"""Of harm "when" says how it came."""
NOW_THAT = re.compile(r"\bnow that\s+", re.IGNORECASE)
CAUSING = word_list("causing_verbs")
AGENTS = word_list("agents")
"""What does a thing, rather than bringing it about: "firms drive" names who, not why."""
OUTCOMES, OUTCOMES_OF_DOING = word_list("outcomes"), word_list("outcomes_of_doing")
"""What comes after an event, and what comes after doing something oneself ("after undergoing surgery")."""
OCCASIONS = word_list("occasions")
RISING = word_list("rising_things")
# The suspicion is the cause; what somebody is suspected of is not yet so.
CHARGES = re.compile(
    r"\b(?:arrest(?:ed)?|held|detained|in custody|sued|cited|raided)\b[^.;]{0,80}?"
    r"\bon (?=(?:suspicion|charges) of\b)",
    re.IGNORECASE,
)
AIMS = re.compile(r"\b(?:designed|aim(?:s|ed|ing)?|intended|meant)\s+(?=to\s)", re.IGNORECASE)
WHICH_IS_WHY = re.compile(r",? (?:and that|which) is why ", re.IGNORECASE)
NO_START = ("P", "S", "W", "C", "T", "VB")
"""Classes of words that begin no subject."""
SUBJECT_WORDS = 9
"""Words of a subject at most: a longer one is seldom one phrase."""
BEFORE_OUTCOME = 14
"""How many words before "after" the outcome may stand."""


def find_occasion(line: Line, text: str) -> Found | None:
    """Give what a row's sentence says it came of; None where it says nothing of it, or not surely."""
    if is_imperative(line.words):
        return None
    finders = (_which_is_why, _marked, _as_clause, _rising, _after, _aim, _subject)
    return next((found for finder in finders if (found := finder(line, text)) is not None), None)


def _which_is_why(line: Line, text: str) -> Found | None:
    """ "It began one mile down, which is why it was felt": the clause before."""
    match = WHICH_IS_WHY.search(line.text)
    if match is None:
        return None
    words = [word for word in line.words if word.end <= line.start + match.start()]
    verb = next((at for at, word in enumerate(words) if word.tag in FINITE), 0)
    if verb and lemmas().get(words[verb].lower, "") in REPORTING:
        words = words[verb + 1 :]
    words = words[1:] if words and words[0].lower == "that" else words
    if len(words) < 4 or words[0].lower in POINTERS or not has_verb(words):
        return None
    return make_found(text, "observed", [(words[0].start, words[-1].end)])


def _as_clause(line: Line, text: str) -> Found | None:
    """ "as averages change", "as schools have closed": a clause in the present, with a subject of its own."""
    words = line.words
    for at, word in enumerate(words[:-3]):
        if word.lower != "as" or word.tag not in ("S", "P"):
            continue
        if at and (words[at - 1].lower in COMPARING or words[at - 1].tag in ("VN", "J")):
            continue
        clause = words[at + 1 : at + 12]
        comma = next((i for i, each in enumerate(clause) if each.text in MARKS), len(clause))
        verb = next((i for i, each in enumerate(clause[:comma]) if each.tag in FINITE), None)
        if not verb or not _is_subject(clause[:verb]) or not _is_present(clause[verb]):
            continue
        # "as New Orleans prepares for its game": when.
        if at and all(each.tag in ("NP", "D") for each in clause[:verb]):
            continue
        if any(lemmas().get(each.lower, "") in REPORTING - {"show"} for each in clause[verb : verb + 2]):
            continue
        # "As fans are glad, some wonder": beside it, not because of it.
        if (
            clause[verb].lower in ("is", "are")
            and clause[verb + 1 : verb + 2]
            and clause[verb + 1].tag != "VG"
        ):
            continue
        found = cut_cause(words, at + 1, text)
        if found is not None and found.spans[0][1] > clause[verb].end:
            return found
    return None


def _is_subject(words: Sequence[Word]) -> bool:
    return (
        words[0].lower not in POINTERS | VAGUE
        and any(word.tag in ("N", "NP") and word.lower not in TIME_WORDS for word in words)
        and not any(word.tag in ("S", "W", "T", ".") for word in words)
    )


def _is_present(word: Word) -> bool:
    """Whether a finite verb tells of now: in the past "as" says when."""
    if word.tag == "X":
        return word.lower in ("is", "are", "has", "have", "'ve", "'s")
    forms = verb_forms().get(word.lower, "")
    return word.tag == "V" and "d" not in forms and not word.lower.endswith("ed") and bool(forms)


def _rising(line: Line, text: str) -> Found | None:
    """ "With the rise in demand, ...": a phrase that opens the sentence."""
    words = line.words
    if len(words) < 8 or words[0].lower not in ("with", "amid", "given"):
        return None
    comma = next((at for at, word in enumerate(words) if word.text == ","), 0)
    phrase = words[1:comma]
    if len(phrase) < 3 or not has_verb(words[comma:]) or phrase[0].lower in POINTERS | VAGUE:
        return None
    if not any(word.lower in RISING for word in phrase[:4]) and not _is_absolute(phrase):
        return None
    return cut_cause(words, 1, text)


def _is_absolute(phrase: Sequence[Word]) -> bool:
    """ "with half of spending shifting to the cloud": a noun, then what it does."""
    at = next((at for at, word in enumerate(phrase) if word.tag in ("VG", "VN")), 0)
    return at > 1 and phrase[at - 1].tag in ("N", "NP", "A") and not phrase[at].lower.startswith("includ")


def _marked(line: Line, text: str) -> Found | None:
    """ "arrested on suspicion of fraud", "killed when a roof fell", "now that costs have doubled"."""
    for pattern in (CHARGES, HARM, NOW_THAT):
        match = pattern.search(line.text)
        start = _place(line.words, line.start + match.end()) if match else len(line.words)
        if start < len(line.words) - 1 and line.words[start].lower not in POINTERS | VAGUE:
            found = cut_cause(line.words, start, text)
            if found is not None:
                return found
    return None


def _place(words: Sequence[Word], start: int) -> int:
    return next((at for at, word in enumerate(words) if word.start >= start), len(words))


def _after(line: Line, text: str) -> Found | None:
    """ "was benched after losses to Green Bay": what came before an outcome."""
    words = line.words
    for at, word in enumerate(words[:-2]):
        if word.lower not in ("after", "following") or at < 3:
            continue
        before = {each.lower for each in words[max(0, at - BEFORE_OUTCOME) : at]}
        last, behind = words[at - 1], words[at + 1 :]
        # "days after", "shortly after": when.
        is_date = at > 3 and words[at - 2].lower in ("this", "last", "each", "every")
        is_when = (
            (last.lower.rstrip("s") in SPANS and not is_date)
            or last.lower in SOON
            or last.tag in ("P", "C", "W", "S")
        )
        if word.lower == "following" and last.tag == "D":
            continue
        if is_when or before & NEGATIONS:
            continue
        if behind[0].lower in POINTERS | VAGUE or not _is_event(behind, before):
            continue
        found = cut_cause(words, at + 1, text)
        if found is not None and len(found.text.split()) > 2:
            return found
    return None


def _is_event(behind: Sequence[Word], before: set[str]) -> bool:
    """Whether what follows "after" happened, and what stands before it may come of that."""
    stop = next((at for at, word in enumerate(behind) if word.text in MARKS), len(behind))
    clause = behind[: min(stop, 10)]
    if behind[0].tag == "VG":
        return bool(before & OUTCOMES_OF_DOING)
    if not before & OUTCOMES:
        return False
    verb = next((at for at, word in enumerate(clause) if word.tag in FINITE), None)
    if verb and not any(word.tag in ("C", "W", "S") for word in clause[:verb]):
        return lemmas().get(clause[verb].lower, "") not in REPORTING
    return any(word.lower in OCCASIONS for word in clause[:6])


def _aim(line: Line, text: str) -> Found | None:
    """ "is designed to cut waste": what for."""
    match = AIMS.search(line.text)
    if match is None:
        return None
    words, at = line.words, _place(line.words, line.start + match.end())
    before = words[: at - 1]
    if not has_verb(words[:at]) or any(word.lower in NEGATIONS for word in before[-4:]):
        return None
    # "killed as police fought protesters at cuts designed to ...": of something in passing.
    if any(word.tag in ("S", "W") or word.lower == "that" for word in before) or (
        words[at - 1].lower in ("intended", "meant")
        and before[-1].tag in ("N", "NP", "R")
        and words[at - 1].tag == "V"
    ):
        return None
    return cut_cause(words, at, text)


def _subject(line: Line, text: str) -> Found | None:
    """ "High winds meant the fire spread": a thing that does what the row tells."""
    words = line.words
    for at, word in enumerate(words):
        if word.tag not in FINITE or (at and words[at - 1].tag in ("X", "M", "W")):
            continue
        subject = words[_clause_start(words, at) : at]
        if _is_beside_another(words, at - len(subject)):
            continue
        while len(subject) > 1 and subject[0].tag == "A":
            subject = subject[1:]
        while subject and subject[-1].tag == "A":
            subject = subject[:-1]
        if 0 < len(subject) <= SUBJECT_WORDS and _causes(words, at) and _is_thing(subject):
            found = make_found(text, "observed", [(subject[0].start, subject[-1].end)])
            if found is not None:
                return found
    return None


def _is_beside_another(words: Sequence[Word], first: int) -> bool:
    """Whether a subject stands beside the sentence's: ", whose years at sea led to", ", the largest, has"."""
    if first == 0:
        return False
    is_apposition = (
        words[first - 1].text == "," and not has_verb(words[:first]) and words[0].tag in ("N", "NP", "D", "J")
    )
    return is_apposition or words[first - 1].tag == "W"


def _clause_start(words: Sequence[Word], at: int) -> int:
    """Where the clause begins whose finite verb stands at a place; "robotics and AI" begin none."""
    for i in range(at - 1, -1, -1):
        if (
            words[i].text in MARKS
            or words[i].tag in ("S", "W")
            or (words[i].tag == "C" and has_verb(words[:i]))
        ):
            return i + 1
    return 0


def _causes(words: Sequence[Word], at: int) -> bool:
    """Whether a finite verb is one of causing, with something that it acts on."""
    verb = at
    while verb + 1 < len(words) and words[verb].tag in ("X", "M", "A") and words[verb + 1].tag != ".":
        verb += 1
    behind = words[verb + 1 :]
    if any(word.lower in NEGATIONS for word in words[at : verb + 1]) or not behind:
        return False
    if words[verb].lower in ("lead", "leads", "led", "leading"):
        return behind[0].lower == "to"
    if words[verb].tag == "VN" and words[at].lower not in ("has", "have", "had"):
        return False
    return words[verb].lower in CAUSING and words[verb].tag[0] == "V" and _has_object(behind)


def _has_object(words: Sequence[Word]) -> bool:
    return bool(words) and words[0].tag in ("D", "Q", "N", "NP", "J", "#", "W")


def _is_thing(subject: Sequence[Word]) -> bool:
    """Whether a subject names something that is no person, company or other doer."""
    while subject and subject[0].tag == "A":
        subject = subject[1:]
    if not subject or subject[0].lower in POINTERS | VAGUE or subject[0].tag in NO_START:
        return False
    if any(word.text in MARKS or word.tag in ("S", "W", "T", *FINITE) for word in subject):
        return False
    # "the issue" was named elsewhere; "research suggesting fasting" is two phrases.
    if (len(subject) < 3 and subject[0].lower == "the") or any(word.tag == "VG" for word in subject[1:]):
        return False
    inner = next((at for at, word in enumerate(subject) if word.tag == "P"), len(subject))
    head = next((word for word in reversed(subject[:inner]) if word.tag in ("N", "NP", "VG")), None)
    return head is not None and head.tag == "N" and head.lower not in AGENTS | TIME_WORDS


__all__ = ["find_occasion"]
