"""Subjects that stand for something named before, and the one name they can stand for."""

import re
from collections.abc import Sequence

from digest.analysis.reading import Line, Reading
from digest.analysis.whole_names import Naming
from digest.language.wordlists import word_list
from digest.language.words import BE, FINITE, TIME_WORDS, Word

PERSONS = frozenset({"he", "she"})
COMPANIES = frozenset({"company", "firm", "agency", "organization", "organisation", "retailer", "startup"})
STANDS_FOR_NOTHING = re.compile(
    r"(?:there (?:is|are|was|were|has|have|will)\b"
    r"|it(?: is| was|'s| has been| will be| remains| seems) (?:\S+ ){0,2}(?:that|to)\b"
    r"|it (?:took|takes|will take) )"
)
POINTING_SUBJECTS = word_list("pointing_subjects")
ROLE_SUBJECTS = (word_list("role_nouns") | COMPANIES | word_list("leaning_nouns")) - {
    "researchers",
    "government",
}


def points_outside(words: Sequence[Word]) -> bool:
    """Whether the subject is a pronoun, or a thing named before ("the company", "this rule")."""
    first = re.split("['’]", words[0].lower)[0]
    if first in ("this", "these", "that", "those") and len(words) > 1 and words[1].lower in TIME_WORDS:
        return _subject_pronoun(words) > 0
    if _is_expletive(words):
        return False
    if first in POINTING_SUBJECTS:
        return True
    if first == "the" and len(words) > 2:
        noun = re.split("['’]", words[1].lower)[0]
        follows = words[2].lower
        is_named = (
            words[1].text[0].isupper()
            or words[1].tag == "NP"
            or (follows == "," and words[3:4] and words[3].tag == "NP")
        )
        return (
            noun in ROLE_SUBJECTS
            and not is_named
            and follows not in ("of", "that", "which", "who", "for", "in", "behind")
        )
    return _subject_pronoun(words) > 0


def _is_expletive(words: Sequence[Word]) -> bool:
    return bool(STANDS_FOR_NOTHING.match(" ".join(word.lower for word in words[:8])))


def _subject_pronoun(words: Sequence[Word]) -> int:
    """The place of the pronoun that is the main clause's subject after an opening phrase ("In May, it said");
    0 where there is none.
    """
    for at, word in enumerate(words[:-1]):
        if word.tag in ("V", "X", "M"):
            return 0
        if word.text == "," and at + 2 < len(words):
            nxt = re.split("['’]", words[at + 1].lower)[0]
            before = {each.lower for each in words[:at]}
            has_name = any(each.tag == "NP" and each.lower not in TIME_WORDS for each in words[:at])
            if nxt in ("it", "he", "she", "they", "this", "we", "i") and not (
                has_name and before & {"by", "at", "for"}
            ):
                return 0 if has_name else at + 1
        if _is_subject(words, at) and not any(_could_be_subject(words, at, i) for i in range(at)):
            return at
    return 0


def _is_subject(words: Sequence[Word], at: int) -> bool:
    """Whether a word is "it", "he" or "she" before its verb, after a phrase of time, place or condition."""
    if not at or words[at].lower not in ("it", *PERSONS) or words[0].tag not in ("P", "S", "W"):
        return False
    if _is_expletive(words[at:]):
        return False
    after = words[at + 1 : at + 3]
    return after[0].tag in FINITE or (after[0].tag == "A" and after[-1].tag in FINITE)


def _could_be_subject(words: Sequence[Word], pronoun: int, at: int) -> bool:
    """Whether the word at a place could be what a pronoun after it stands for."""
    word = words[at]
    if words[pronoun].lower == "it":
        return word.tag in ("N", "NP", "R", "VG") and word.lower not in TIME_WORDS
    # "If confirmed by the Senate, she": whoever does it is not who it is done to.
    is_agent = any(each.lower == "by" for each in words[max(0, at - 3) : at]) and any(
        each.tag == "VN" for each in words[:at]
    )
    return not is_agent and (_could_be_meant(words, at) or word.tag == "N")


def has_nobody(words: Sequence[Word]) -> bool:
    """Whether a pronoun has no noun or name before it that it could stand for."""
    for at, word in enumerate(words):
        spoken = re.split("['’]", word.lower)[0]
        if spoken in ("he", "she", "they", "his", "her", "their", "him", "them", "its"):
            before = words[:at]
            if any(each.text == "," for each in words[at : at + 8]) and at <= 3:
                # "In his book, Roe says": the name comes after.
                comma = next(i for i in range(at, at + 8) if words[i].text == ",")
                return not any(each.tag in ("N", "NP") for each in words[comma + 1 : comma + 3])
            return not any(each.tag in ("N", "NP", "R") and each.lower not in TIME_WORDS for each in before)
    return False


def antecedent(reading: Reading, line: Line, words: Sequence[Word]) -> Naming | None:
    """The one name a pronoun or "the company" as subject can stand for.

    Certain only where the sentence before stands in the same paragraph or right before, opens with a name
    as its subject and has no other name that could be meant; or opens with "the company", and the one before
    it is so.
    """
    words = words[_subject_pronoun(words) :]
    first = words[0].lower
    if first in ("it", "he", "she", "its", "his", "her"):
        count = 1
    elif _is_company(words):
        count = 2
    else:
        return None
    # "It is likely that", "it took six years": the pronoun stands for nothing.
    if first == "it" and (
        len(words) < 3
        or words[1].lower in (*BE, "took", "takes", "remains", "seems", "appears", "turns", "comes")
    ):
        return None
    if line.index == 0:
        return None
    before = reading.lines[line.index - 1]
    if not before.is_prose or line.paragraph - before.paragraph > 2:
        return None
    is_person = first in (*PERSONS, "his", "her")
    name = _only_name(before, is_person=is_person)
    if name is None and not is_person and _is_company(before.words) and before.index > 0:
        above = reading.lines[before.index - 1]
        is_near = above.is_prose and above.paragraph == before.paragraph == line.paragraph
        name = _only_name(above, is_person=False) if is_near else None
        before = above
    if name is None:
        return None
    ending = "’s" if first in ("its", "his", "her") else ""
    whole = " ".join(reading.article.text[slice(*name)].split())
    return Naming(words[0].start, words[count - 1].end, name, before.index, whole, ending)


def _is_company(words: Sequence[Word]) -> bool:
    """Whether a sentence's subject is "the company"."""
    is_one = len(words) > 2 and words[0].lower == "the" and words[1].lower in COMPANIES
    return is_one and words[2].tag in ("V", "X", "M", "A")


def was_introduced(reading: Reading, line: Line, words: Sequence[Word]) -> bool:
    """Whether the subject is "the gunman" of whom an earlier sentence said "a gunman": it needs that one."""
    if (
        words[0].lower != "the"
        or len(words) < 3
        or words[1].tag != "N"
        or words[2].tag not in ("V", "X", "M", "A", "W")
    ):
        return False
    noun = re.compile(
        rf"\b(?:a|an|one|two|three|four|five|some|several)(?: [\w-]+){{0,3}} {re.escape(words[1].lower)}\b",
        re.IGNORECASE,
    )
    return any(noun.search(before.text) for before in reading.lines[: line.index])


def _only_name(before: Line, *, is_person: bool) -> tuple[int, int] | None:
    words = before.words
    at = 1 if words and words[0].lower == "the" else 0
    if at >= len(words) or words[at].tag != "NP" or words[at].lower in TIME_WORDS:
        return None
    end = at
    while end < len(words) and words[end].tag == "NP" and words[end].text[0].isupper():
        end += 1
    if end >= len(words) or words[end].tag not in ("V", "X", "M", "A") or words[end].lower == "and":
        return None
    if any(_could_be_meant(words, i) for i in range(end, len(words))):
        return None
    if is_person and (end - at < 2 or at == 1):
        return None
    if not is_person and end - at > 4:
        return None
    return words[0].start if at == 1 else words[at].start, words[end - 1].end


def _could_be_meant(words: Sequence[Word], at: int) -> bool:
    """Whether a word after the subject is another name or a person; not a place or day ("in Berlin"), and no
    example ("customers including Orrdal").
    """
    word = words[at]
    if word.tag == "R":
        return True
    if word.tag != "NP" or word.lower in TIME_WORDS or any(each.lower == "including" for each in words[:at]):
        return False
    first = at
    while first > 0 and (words[first - 1].tag == "NP" or words[first - 1].text == ","):
        first -= 1
    return words[first - 1].lower not in ("in", "at", "near", "on", "from", "across", "throughout", "outside")
