"""What a sentence needs to stand in a summary without the text around it.

Two degrees. A sentence *leans* that opens by pointing at the one before it, or whose pronoun has nobody and
nothing inside the sentence to stand for: it comes only with that one. A sentence *points* that names a thing
as known ("this machine", "The device uses ..."): it is worth less without its neighbour, and never comes
first.

Known limits: a pronoun is taken to mean any noun before it in its sentence, and of two possible ones the
wrong one is not noticed.
"""

import re
from collections.abc import Sequence

from digest.analysis.reading import Line
from digest.language.tags import tag_sentences
from digest.language.wordlists import word_list
from digest.language.words import (
    DO,
    FINITE,
    OPENERS_THAT_LEAN,
    TIME_WORDS,
    Word,
    count_words,
    has_verb,
    split_words,
    stem,
)

POINTING = word_list("pointing")
PEOPLE = word_list("people_nouns")
"""Nouns that "he" or "she" may stand for."""
ROLES = word_list("role_nouns")
"""Nouns that, after a bare "The", mean someone or something named before."""
LEANING_PHRASE = re.compile(
    r"""^[\W_]*(?:
      as\s+(?:a\s+result|such|well|mentioned|noted|with\s+(?:this|that|these|those|all|any)|(?:he|she|they|it)\b)
      |in\s+(?:addition|contrast|turn|fact|essence|short|sum|summary|conclusion|response|particular|comparison|return|reality
        |other\s+words|doing\s+so|that\s+case|this|these|those|that|both|either|the\s+(?:end|meantime|process|same))
      |by\s+(?:then|contrast|comparison|doing|that|this|now|the\s+(?:end|way|time))
      |on\s+(?:the\s+(?:other\s+hand|contrary|flip\s+side|one\s+hand|plus\s+side|whole)|top\s+of|average)
      |at\s+(?:the\s+same\s+time|this|that|first|the\s+time|its|their|his|her)\b
      |(?:after|before|since|until|because\s+of|due\s+to|despite|with|from|of|under|like|given|beyond|among|for|to|through
        |using|following|according\s+to|along\s+with|aside\s+from|apart\s+from|thanks\s+to|without)\s+(?:all\s+)?
        (?:of\s+)?(?:this|that|these|those|them|it|him|her|such|then|his|its|their)\b
      |for\s+(?:example|instance|one|starters|now|many|some|others)\b|to\s+(?:do\s+(?:so|this|that)|this\s+end|that\s+end)
      |that\s+(?:is|said|being)|even\s+(?:so|then|better|worse|though\s+(?:it|they|he|she|this))|so\s+far|so\s+that
      |more\s+(?:importantly|recently|than\s+that)|most\s+importantly|what's\s+more|what’s\s+more|not\s+only\s+that
      |the\s+(?:former|latter|other|others|same|second|third|fourth|next|first|last|final|reason|reasons|result|results|rest
        |answer|idea|point|key|problem|difference|good\s+news|bad\s+news|above|following|latest)\b(?!\s+(?:\w+\s+)?(?:of|for|in|to|time|day)\b)
      |(?:one|two|three|some|many|most|each|all|none|both|any|half|several|much|part)\s+of\s+(?:them|these|those|this|it|its|their|his|her)\b
      |(?:one|two|three|four|five|six)\s+(?:is|was|are|were|has|have)\b|(?:an?)?other(?:s|\s)|the\s+more\b
      |the\s+(?:only|main|biggest|key|big)\s+(?:difference|exception|downside|drawback|catch|caveat)\b
      |(?:well|no|yes|yeah|ok|okay|sure|right|again|simply\s+put|of\s+course|to\s+be\s+(?:fair|clear|sure)|you\s+see|remember|note)\b,?
      |whereas\b|(?:some|other|common|typical)\s+examples?\s|similar\s+|same\b|worse|better\s+yet|why\b|hence|nor\b|not\s+so\b|all\s+(?:this|that|these|those)\b|all\s+in\s+all
      |there,?\s+(?:he|she|they|it)\b|once\s+(?:there|that|this|it|they|he|she)\b|if\s+(?:so|not|it|they|he|she|this|that|those)\b
      |when\s+(?:it|they|he|she|this|that)\b|while\s+(?:it|they|he|she|this|that|these|those)\b
      |although\s+(?:it|they|he|she|this|that|these|those)\b|though\s+(?:it|they|he|she|this|that|these|those)\b
      |because\s+(?:it|they|he|she|this|that|these|those)\b|meanwhile|eventually|additionally|specifically|crucially|notably
      |importantly|interestingly|surprisingly|unfortunately|fortunately|luckily|sadly|alternatively|rather|elsewhere|regardless
      |overall|generally|again|equally|naturally|clearly|obviously|personally|honestly|basically|essentially|combined
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
HE = frozenset(("he", "she", "him", "his", "her", "hers", "himself", "herself"))
THEY = frozenset(("they", "them", "their", "theirs", "themselves"))
IT = frozenset(("it", "its", "itself"))
DEMONSTRATIVES = frozenset(("this", "these", "those", "such"))
# What links a sentence to the one before it, wherever it stands, and pronouns with nothing after them.
LINKS = re.compile(
    r"\b(?:however|on the other hand|therefore|in turn|for (?:example|instance)|instead|nevertheless"
    r"|nonetheless|as mentioned|likewise|the same|though(?=,)|that (?:problem|issue|reason|point|case"
    r"|question|approach|goal|call|program|programme|process|idea|number|figure|trend|change|move|decision))\b"
    r"|\bis another\W*$|\badded that\b"
    r"|\b(?:of|like|do|does|did|doing|for|with|by|about|than|after|before|as) (?:that|this|these|those)"
    r"(?=\s*(?:$|[,.;:!]|too\b|at all\b|as well\b|and\b|but\b|as\b))",
    re.IGNORECASE,
)
ORGANISATIONS = frozenset(
    ("company", "firm", "agency", "organization", "organisation", "group", "startup", "duo")
)
# "This year" points at the day of writing, "those who" at what follows.
NOT_POINTED_AT = TIME_WORDS | frozenset(("who", "that", "which", "with", "of", "in", "from", "kind", "way"))
CONTINUES = frozenset(("of", "in", "for", "that", "which", "who", "to", "with", "on", "at", "from", "behind"))


def leans(line: Line) -> bool:
    """Say whether a sentence cannot stand without the one before it."""
    words = _spoken(line)
    if not words:
        return False
    if opens_on_another(line) or _is_elliptical(words) or is_somewhere_told(words):
        return True
    return bool(LEANING_PHRASE.match(line.text)) or _has_stray_pronoun(line.words)


def leans_alone(text: str) -> bool:
    """Say the same of a sentence by itself, of no reading."""
    words = tuple(tag_sentences([split_words(text)])[0])
    return leans(Line(0, 0, len(text), text, words, 0, False, count_words(text), True))


def opens_on_another(line: Line) -> bool:
    """Say whether a sentence's first words point at another one: "He", "This", "But", "In those", "Two
    were"."""
    words = _spoken(line)
    if not words:
        return False
    first = words[0].lower
    if words[0].tag == "P" and any(word.lower in POINTING for word in words[1:3]):
        return True
    if words[0].tag in ("Q", "#") and len(words) > 1 and words[1].tag in ("V", "X", "M"):
        return True
    return first in OPENERS_THAT_LEAN or re.split("['’]", first)[0] in (
        "he",
        "she",
        "it",
        "they",
        "that",
        "this",
    )


def _is_elliptical(words: Sequence[Word]) -> bool:
    """Whether the sentence leaves out a verb that was said before: "Drivers of cars do not."."""
    plain = [word for word in words[-2:] if word.lower != "not"]
    return bool(plain) and (plain[-1].tag in ("X", "M") or plain[-1].lower in DO)


def is_somewhere_told(words: Sequence[Word]) -> bool:
    """Whether "there" is a place named before: "Twelve children ate there"; not "there are"."""
    return any(
        word.lower == "there" and before.tag != "." and after.tag not in FINITE
        for before, word, after in zip(words, words[1:], [*words[2:], words[-1]], strict=False)
        if before.tag in ("V", "VB", "VN", "VG", "X", "N", "A", "P")
    )


def points(line: Line) -> bool:
    """Say whether a sentence speaks of a thing as known that it does not name itself."""
    if LINKS.search(line.text) or known_thing(line)[1]:
        return True
    words = _spoken(line)
    for at, word in enumerate(words[:-1]):
        following = words[at + 1]
        if word.lower in DEMONSTRATIVES and _is_pointed_at(word, following):
            if following.tag not in ("J", "N", "#", "VN", "VG"):
                return True
            if stem(following.text) not in {stem(each.text) for each in words[:at]}:
                return True
        if word.lower == "the" and not _continues(words, at + 2):
            thing = _owner(following)
            # "Awarded $5,000, the film ...": the subject of the sentence, after an opening phrase.
            is_subject = line.text[: word.start - line.start].endswith(", ") and at < 12 and thing in ROLES
            if (is_subject or thing in ORGANISATIONS) and thing not in {_owner(each) for each in words[:at]}:
                return True
    return False


def _is_pointed_at(word: Word, following: Word) -> bool:
    if word.lower == "such" and following.lower in ("as", "a", "an"):
        return False
    return following.lower not in NOT_POINTED_AT


def _owner(word: Word) -> str:
    return re.split("['’]", word.lower)[0]


def _continues(words: Sequence[Word], at: int) -> bool:
    return at < len(words) and words[at].lower in CONTINUES


def known_thing(line: Line) -> tuple[str, bool]:
    """Give the stem of the thing a sentence opens with as known: "The device uses ...".

    Returns:
        The stem, empty where the sentence does not open so, and whether the noun alone says that it was
        named before ("The company").
    """
    words = _spoken(line)
    if len(words) < 3 or words[0].lower != "the":
        return "", False
    if _owner(words[1]) in ROLES and not _continues(words, 2):
        return stem(_owner(words[1])), True
    at = 1
    while at < len(words) - 1 and words[at].tag in ("J", "N", "VN", "#") and words[at + 1].tag in ("J", "N"):
        at += 1
    head = words[at]
    if head.tag != "N" or _continues(words, at + 1):
        return "", False
    return stem(head.text), head.lower in ROLES


def _has_stray_pronoun(words: Sequence[Word]) -> bool:
    """Whether the sentence's first third-person pronoun has nothing before it to stand for."""
    for at, word in enumerate(words):
        spoken = _owner(word)
        if spoken not in HE | THEY | IT:
            continue
        before = words[:at]
        # "With 20 miles of range, it ...": the phrase before the comma is not what is spoken of.
        is_phrase = bool(before) and before[-1].text == "," and not has_verb(before)
        if (
            is_phrase
            and spoken in ("it", "he", "she")
            and (words[0].tag not in ("S", "W") or words[0].lower == "whether")
        ):
            return True
        if _named_after(words, at):
            return False
        if spoken in HE:
            return not any(_is_person(each) for each in before)
        if spoken == "them" and not any(each.tag in ("S", "C", "W") for each in before):
            # Within one clause it is not the subject: "Firms are well versed in them."
            return sum(map(_is_several, before)) < 2
        if spoken in THEY:
            return not any(_is_several(each) for each in before)
        # "It is clear that ..." as a second clause stands for nothing.
        return spoken != "it" and not any(each.tag in ("N", "NP", "VG", "R") for each in before)
    return False


def _is_person(word: Word) -> bool:
    is_name = word.tag == "NP" and word.lower not in TIME_WORDS
    return is_name or word.lower in PEOPLE or stem(word.text) in PEOPLE


def _is_several(word: Word) -> bool:
    if word.lower in TIME_WORDS:
        return False
    if word.tag in ("NP", "Q", "#", "R"):
        return True
    return word.tag == "N" and (word.lower.endswith("s") or _is_person(word))


def _named_after(words: Sequence[Word], at: int) -> bool:
    """Whether the pronoun opens a phrase whose comma the subject follows: "In his book, Roe says ..."."""
    if at > 4:
        return False
    commas = [place for place in range(at + 1, min(at + 9, len(words))) if words[place].text == ","]
    if not commas or has_verb(words[at : commas[0]]):
        return False
    return any(word.tag in ("N", "NP") for word in words[commas[0] : commas[0] + 5])


def _spoken(line: Line) -> list[Word]:
    return [word for word in line.words if word.text[0].isalnum()]
