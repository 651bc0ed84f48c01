"""Word classes by word lists, endings and neighbours: enough to find subjects, verbs and noun phrases.

Tags, one or two letters each:

    D determiner   Q quantifier   # number    P preposition   T "to" before a verb
    C and/or/but   S subordinator W who/which/that/what        R pronoun
    X be/have/do   M modal        V finite verb                VB bare verb after to or a modal
    VG -ing        VN participle  A adverb    J adjective      N noun      NP name     . mark

Not a parser, and its accuracy has not been counted on labelled text. What uses the tags must prefer saying
nothing to saying it wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from digest.english.verbs import verb_forms
from digest.english.wordlists import word_list
from digest.english.words import (
    ADJECTIVES,
    ADVERBS,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    NUMBER_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    QUANTIFIERS,
    SUBORDINATORS,
    WH_WORDS,
    Word,
)

ADJECTIVE_ENDING = re.compile(
    r".{2,}(?:ical|ous|ive|able|ible|ful|less|ish|ary|ian|ese|ior|onal|rial|tial|cial|ural|ntal|eral|inal|imal|"
    r"atic|etic|istic|ific|omic|ogic|onic|ric|tic|ular|free|based|related|like|wide|friendly|driven|led)$"
)
NOT_ADJECTIVES = word_list("not_adjectives")
ED_NOUNS = word_list("ed_nouns")
ING_NOUNS = word_list("ing_nouns")

PLURALS_THAT_MODIFY = word_list("plurals_that_modify")
FIRST_PERSON = word_list("first_person")
SECOND_PERSON = word_list("second_person")
OPENERS_THAT_LEAN = word_list("openers_that_lean")
"""Words that, first in a sentence, point at the one before."""


def tag(words: Sequence[Word], *, is_first_name: bool = False) -> list[Word]:
    """Give each word of one sentence its class.

    Args:
        words: The sentence's words, in order.
        is_first_name: The first word is a name elsewhere in the text, so its capital is not the sentence's.
    """
    tags: list[str] = []
    for at in range(len(words)):
        tags.append(_class_of(words, at, tags, is_first_name=is_first_name))
    _settle_plural_nouns(words, tags)
    _settle_ed_forms(words, tags)
    return [replace(word, tag=kind) for word, kind in zip(words, tags, strict=True)]


def _class_of(words: Sequence[Word], at: int, tags: Sequence[str], *, is_first_name: bool) -> str:
    word = words[at]
    lower = word.lower
    before = tags[-1] if tags else ""
    if not any(c.isalnum() for c in word.text):
        return "C" if word.text == "&" else "."
    if lower[0].isdigit() or (len(lower) > 1 and lower[0] in "€$£¥"):
        return "#"
    if re.search(r"'(?:ve|ll|re|d|m)$", lower):
        return "R"
    if lower.endswith("n't"):
        return (
            "M"
            if lower in ("won't", "can't", "wouldn't", "couldn't", "shouldn't", "needn't", "mustn't")
            else "X"
        )
    # US, IT and WHO are no pronouns.
    is_acronym = len(word.text) > 1 and word.text.isupper() and not words[0].text.isupper()
    closed = "" if is_acronym else _closed_class(words, at, before)
    if closed:
        return closed
    if _is_name(words, at, tags, is_first_name=is_first_name):
        return "NP"
    if lower in NUMBER_WORDS:
        return "#"
    return _open_class(words, at, tags)


def _closed_class(words: Sequence[Word], at: int, before: str) -> str:
    lower = words[at].lower
    after = words[at + 1] if at + 1 < len(words) else None
    if lower == "that":
        return _class_of_that(before, after)
    if lower == "to":
        return "T" if after is not None and _can_be_base(after) else "P"
    if lower == "like":
        return "VB" if before in ("T", "M") else "P"
    if lower in BE | HAVE | DO:
        return "X"
    if lower in MODALS and not (words[at].text == "May" and at > 0):
        return "M"
    if lower in PRONOUNS:
        return "R"
    if lower in DETERMINERS:
        return "D"
    if lower in ("as", "because", "since", "until", "till", "before", "after", "once", "so"):
        return "S"
    if lower in CONJUNCTIONS:
        return "C"
    if lower in QUANTIFIERS:
        return "Q"
    if lower in WH_WORDS:
        return "W"
    if lower in SUBORDINATORS:
        return "S"
    if lower in PREPOSITIONS and words[at].text.islower():
        return "P"
    if lower in PREPOSITIONS and at == 0:
        return "P"
    if lower in ADVERBS and (words[at].text.islower() or at == 0):
        return "J" if lower in ADJECTIVES and before in ("D", "Q", "#") else "A"
    return ""


def _class_of_that(before: str, after: Word | None) -> str:
    if after is not None and not after.text[0].isalnum() and after.text not in ("“", "‘"):
        return "R"
    # "that" after a verb opens a clause, after a noun a relative one; before a noun at the start it points.
    if before in ("N", "NP", "V", "VN", "VB", "X", ".", "A", "J", "VG", "ED"):
        return "W"
    return "D" if after is not None and after.lower not in BE | HAVE | MODALS else "R"


def _can_be_base(word: Word) -> bool:
    kinds = verb_forms().get(word.lower, "")
    return "b" in kinds or word.lower in ("be", "have", "do", "not") or word.lower.endswith("ly")


def _is_name(words: Sequence[Word], at: int, tags: Sequence[str], *, is_first_name: bool) -> bool:
    text = words[at].text
    if not text[0].isupper():
        return len(text) > 1 and any(c.isupper() for c in text[1:]) and text[0].isalpha()
    if len(text) > 1 and text.isupper():
        return True
    if at > 0 and not (tags and words[at - 1].text in ("“", '"', ":", "•", "-", "‘", "—")):
        return True
    if any(c.isupper() for c in text[1:]) or "." in text[1:-1]:
        return True
    # A capital at the sentence's start says little: a name if the text has it elsewhere, or a name follows.
    lower = words[at].lower
    follows = at + 1 < len(words) and words[at + 1].text[:1].isupper() and words[at + 1].text[1:2].islower()
    known = (
        lower in verb_forms() or lower in ADJECTIVES or ADJECTIVE_ENDING.match(lower) or lower.endswith("ly")
    )
    return is_first_name or bool(follows and not known)


def _open_class(words: Sequence[Word], at: int, tags: Sequence[str]) -> str:
    word = words[at]
    lower = word.lower
    before = tags[-1] if tags else ""
    if lower.endswith(("'s", "s'")):
        return "N"
    governed = _governor(words, at, tags)
    kinds = verb_forms().get(lower, "")
    if governed in ("T", "M") and ("b" in kinds or not kinds):
        return "VB" if kinds or lower not in ADJECTIVES else "J"
    if "b" in kinds and governed == "X" and _auxiliary_before(words, at, tags) in DO:
        return "VB"
    if lower.endswith("ly") and lower not in (
        "family",
        "supply",
        "reply",
        "ally",
        "daily",
        "early",
        "only",
        "assembly",
        "anomaly",
        "monopoly",
        "elderly",
        "likely",
        "friendly",
        "weekly",
        "monthly",
        "yearly",
        "july",
        "fly",
        "apply",
        "rely",
        "comply",
    ):
        return "A"
    if lower in ING_NOUNS:
        return "N"
    if "g" in kinds or (lower.endswith("ing") and len(lower) > 5):
        return "VG"
    if "n" in kinds or "d" in kinds or (lower.endswith("ed") and len(lower) > 4 and lower not in ED_NOUNS):
        if governed == "X" or before in ("D", "P"):
            return "VN"
        if "n" not in kinds and "d" in kinds:
            return "V"
        return "VN" if "b" in kinds and before in ("D", "J", "P") else "ED"
    if lower in ADJECTIVES or (ADJECTIVE_ENDING.match(lower) and lower not in NOT_ADJECTIVES):
        return "J"
    if not kinds and lower.endswith("s") and not lower.endswith("ss") and _is_unknown_verb(words, at, before):
        return "V"
    if ("b" in kinds or "s" in kinds) and _is_finite_here(words, at, tags, kinds):
        return "V"
    return "N"


def _is_unknown_verb(words: Sequence[Word], at: int, before: str) -> bool:
    """Whether a word of no list stands like a third person: "this disclosure reaffirms the"."""
    after = words[at + 1].lower if at + 1 < len(words) else ""
    return before in ("N", "NP") and not words[at - 1].lower.endswith("s") and after in DETERMINERS


def _governor(words: Sequence[Word], at: int, tags: Sequence[str]) -> str:
    """The tag of what stands before, adverbs skipped."""
    back = at - 1
    while back >= 0 and tags[back] == "A":
        back -= 1
    return tags[back] if back >= 0 else ""


def _auxiliary_before(words: Sequence[Word], at: int, tags: Sequence[str]) -> str:
    back = at - 1
    while back > 0 and tags[back] == "A":
        back -= 1
    return words[back].lower


def _is_finite_here(words: Sequence[Word], at: int, tags: Sequence[str], kinds: str) -> bool:
    """Tell "prices rise" from "a price rise": by what stands around the word."""
    before = tags[-1] if tags else ""
    after = words[at + 1] if at + 1 < len(words) else None
    if before in ("D", "Q", "J", "#", "P", "VG", "VN", "X", "") or words[at - 1].lower.endswith(("'s", "s'")):
        return False
    opens = after is None or (
        after.lower in DETERMINERS | PREPOSITIONS | QUANTIFIERS | ADVERBS | WH_WORDS | PRONOUNS | NUMBER_WORDS
        or after.lower.endswith("ly")
        or after.text[0].isdigit()
        or after.lower in SUBORDINATORS
        or "g" in verb_forms().get(after.lower, "")
    )
    if before == "R" or before == "W":
        return True
    subject_is_plural = (
        tags[-1] == "N" and words[at - 1].lower.endswith("s") and not words[at - 1].lower.endswith("ss")
    )
    if "b" in kinds:
        # "Lorries queue for", "cities plan to"; not "the data plan".
        if not subject_is_plural or words[at - 1].lower in PLURALS_THAT_MODIFY:
            return False
        return opens or _looks_like_object(after) or lower_case_noun(after)
    if before in ("N", "NP") and not subject_is_plural:
        return opens or _looks_like_object(after)
    return before == "A" and opens


def _looks_like_object(word: Word | None) -> bool:
    return word is not None and (word.lower in ADJECTIVES or word.text[0].isupper())


def lower_case_noun(word: Word | None) -> bool:
    """Whether a word may be a bare object: "technicians manipulate ultrasound"."""
    return word is not None and word.text.islower() and word.lower not in verb_forms()


def _settle_ed_forms(words: Sequence[Word], tags: list[str]) -> None:
    """Decide each -ed form that could be a past or a participle ("ED"), left to right within a clause.

    The first one with a subject before it and no finite verb yet is the clause's verb, unless "by"
    follows and another verb comes after ("files copied by intruders were sold").
    """
    has_verb = False
    has_subject = False
    for at, kind in enumerate(tags):
        if kind in (".", "S", "W") or (kind == "C" and has_verb):
            if kind != "." or words[at].text in ";:—–":
                has_verb = False
            has_subject = (kind == "C" and has_subject) or kind == "W"
        elif kind in ("N", "NP", "R", "#"):
            has_subject = True
        elif kind in ("V", "X", "M"):
            has_verb = True
        elif kind == "ED":
            tags[at] = _past_or_participle(words, at, tags, has_verb=has_verb, has_subject=has_subject)
            has_verb = has_verb or tags[at] == "V"


def _past_or_participle(
    words: Sequence[Word], at: int, tags: Sequence[str], *, has_verb: bool, has_subject: bool
) -> str:
    before = tags[at - 1] if at else ""
    after_word = words[at + 1] if at + 1 < len(words) else None
    if before == "." and after_word is not None and words[at].lower in ("said", "told", "added", "explained"):
        return "V"
    if before in ("J", "X", "VN") or not has_subject:
        return "VN"
    if words[at].lower in (
        "named",
        "called",
        "dubbed",
        "known",
        "based",
        "titled",
        "headed",
        "needed",
        "involved",
        "required",
        "compared",
        "dated",
    ) and before in ("N", "NP"):
        return "VN"
    if before in ("Q", "#") and not _is_year(words[at - 1].text) and tags[at + 1 : at + 2] in (["N"], ["J"]):
        return "VN"
    if before == "C" and at > 1 and tags[at - 2] in ("VN", "V"):
        return tags[at - 2]
    if has_verb:
        # "He left and founded", "the firm, which lost, raised": a second verb after a comma or "and".
        return (
            "V" if before in ("C", "R") or (before == "A" and at > 1 and tags[at - 2] in ("C", "R")) else "VN"
        )
    after = words[at + 1].lower if at + 1 < len(words) else ""
    rest = tags[at + 1 :]
    if after in ("by", "in", "on", "from", "with", "at", "for", "to", "under") and _finite_follows(
        words, at, rest
    ):
        return "VN"
    return "V"


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and text[:2] in ("18", "19", "20")


def _settle_plural_nouns(words: Sequence[Word], tags: list[str]) -> None:
    """Take back a "finite" -s form that another verb follows with no new subject: "land prices in Oslo
    rose"."""
    for at, kind in enumerate(tags):
        may_be_noun = "s" in verb_forms().get(words[at].lower, "") and tags[at - 1] in ("N", "NP", "J")
        if kind != "V" or not may_be_noun:
            continue
        rest = ["V" if later == "ED" else later for later in tags[at + 1 :]]
        if rest[:1] in (["P"], ["V"], ["X"], ["M"], ["VG"]) and _finite_follows(words, at, rest):
            tags[at] = "N"


def _verb_after_comma(words: Sequence[Word], at: int, tags: Sequence[str]) -> bool:
    """Whether a verb stands right after a later comma: "a listing posted on Monday, 3 January, put"."""
    for step in range(at + 2, len(words)):
        joins_names = tags[step] == "C" and tags[step - 1] == "NP"
        if (tags[step] in ("S", "W", "R", "C") and not joins_names) or words[step].text in (";", ":", "—"):
            return False
        if words[step - 1].text == "," and tags[step] in ("V", "X", "M", "ED"):
            return True
    return False


def _finite_follows(words: Sequence[Word], at: int, rest: Sequence[str]) -> bool:
    """Whether a finite verb follows within the same clause."""
    for step, kind in enumerate(rest):
        if kind in ("V", "X", "M"):
            return True
        if kind in ("S", "W", "R", "ED", "C") or (
            kind == "." and words[at + 1 + step].text not in ("’", "'")
        ):
            return False
    return False
