"""Things a sentence names as known ("the program"), and how the text named them first.

A row stands by itself, so "the program" gives way to "a pilot program for inmates", in square brackets, where
the title and the sentences before have introduced one such thing, once, and in words that tell more than
the noun. Else the row says less than its sentence, and another sentence is taken. What everybody knows
("the economy") and what its own sentence tells ("the ban on plastic") needs nothing.
"""

from collections.abc import Collection, Iterator, Sequence

from digest.analysis.antecedents import ROLE_SUBJECTS
from digest.analysis.change_wording import main_verb
from digest.analysis.reading import Reading
from digest.analysis.standing import CONTINUES, HE, PEOPLE, is_somewhere_told
from digest.analysis.whole_names import (
    JOBS,
    Naming,
    is_short,
    is_somebodys,
    make_naming,
    words_at,
)
from digest.language.wordlists import word_list
from digest.language.words import DO, FINITE, FIRST_PERSON, TIME_WORDS, Word, plain, stem

KNOWN_TO_ALL = word_list("known_to_all")
"""What there is one of, or what a reader knows without being told which."""
SEASONS = word_list("spans_of_time")
"""Of time, as TIME_WORDS are: "this season" is the one of the day of writing."""
POINTING = frozenset(("this", "these", "those", "such"))
BEFORE_NOUN = frozenset(("J", "N", "VN", "VG", "#", "NP", "A"))
TOLD_ON = CONTINUES | word_list("told_on")
LINKED = frozenset(("of", "in", "for", "on", "at", "near", "with", "against", "called", "named"))
"""What goes on telling of a noun, where it is introduced."""
SEVERAL = word_list("one_of_several")
COLLECTIVES = word_list("collectives")
ORDERING = word_list("ordering")
"""With one of these before it there is one of a thing: "the last ferry"."""
OF_SOME = frozenset(
    ("each", "both", "either", "neither", "all", "none", "several", "others", "another", "most", "few")
)
"""With a verb right behind it, said of those who were named before."""
UNTOLD = frozenset(("it", "this", "that", "these", "those", "they", "he", "she"))
MOST_WORDS = 9
"""Words of how a thing was introduced that are still read in passing; judgement."""
TELLING = 3
"""Words before a noun, the article among them, from which on it tells itself which: "the global plumbing
market"."""


def is_alone(reading: Reading, index: int, words: Sequence[Word], names: Sequence[Naming]) -> bool:
    """Whether a reader of nothing else knows of whom and what a sentence speaks.

    Args:
        reading: The article.
        index: Of the sentence.
        words: Its words, as they are shown.
        names: What stands in brackets.
    """
    covered = {at for at, word in enumerate(words) for each in names if each.start <= word.start < each.end}
    if any(at not in covered and _is_unknown_name(reading, words, at) for at in range(len(words))):
        return False
    if any(_points_back(words, at) for at in range(len(words) - 1)):
        return False
    if _speaks_of_writer(words) or _counts_nobody(words) or _opens_in_midst(words) or _only_does_so(words):
        return False
    if _has_no_person(words, covered) or is_somewhere_told(words):
        return False
    return not any(start not in covered for start, _ in known_things(reading, index, words))


def known_things(reading: Reading, index: int, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Give where a sentence names a thing as known, as the first word and the noun."""
    for at, word in enumerate(words[:-1]):
        if word.lower != "the":
            continue
        head = _head(words, at + 1)
        if head is not None and _needs_telling(reading, index, words, at, head):
            yield at, head


def introductions(reading: Reading, index: int, words: Sequence[Word]) -> Iterator[list[Naming]]:
    """For each thing named as known, how it was introduced; nothing where that is not certain."""
    for at, head in known_things(reading, index, words):
        found = list(_introduced(reading, index, words[at : head + 1]))
        if len(found) == 1 and found[0] and plain(words[head]) == words[head].text:
            home, first, last = found[0]
            yield [make_naming(reading, (words[at].start, words[head].end), home, (first.start, last.end))]


def _head(words: Sequence[Word], at: int) -> int | None:
    """The noun of a phrase that begins behind "the"; None where a name is part of it, or none is there."""
    end = at
    while end < len(words) and (
        (words[end].tag in BEFORE_NOUN and (end == at or words[end].tag != "A"))
        or (words[end].text == "-" and end > at)
    ):
        end += 1
    while end > at and words[end - 1].tag not in ("N", "NP"):
        end -= 1
    if end == at or any(word.tag == "NP" or word.text[0].isupper() for word in words[at:end]):
        return None
    return end - 1


def _needs_telling(reading: Reading, index: int, words: Sequence[Word], at: int, head: int) -> bool:
    """Whether nothing in the sentence says which thing is meant, and it stands where the sentence says what
    it is about: before its verb, or as a thing that is always one named before ("the company")."""
    noun, after = plain(words[head]).lower(), words[head + 1] if head + 1 < len(words) else None
    between = words[at + 1 : head]
    if noun in KNOWN_TO_ALL | TIME_WORDS or any(_is_ordering(word) for word in between):
        return False
    if after is not None and (after.lower in TOLD_ON or after.tag in ("VG", "#", "N") or after.text == "-"):
        return False
    if after is not None and after.text == "," and head + 2 < len(words) and words[head + 2].tag == "NP":
        return False
    own = stem(noun)
    if head - at >= TELLING or any(stem(plain(word).lower()) == own for word in words[:at]):
        return False
    nouns = [each for each in (*between, words[head]) if each.tag == "N"]
    told = any(_was_told(reading, index, stem(plain(each).lower())) for each in nouns)
    has_name = any(word.tag == "NP" and word.lower not in TIME_WORDS for word in words[:at])
    if has_name and (noun in ROLE_SUBJECTS or not told):
        # "Orrdal said the company ...": whose it is was told.
        return False
    verb = main_verb(words)
    is_before = verb is None or at < verb
    if noun in ROLE_SUBJECTS:
        return is_before or told or not any(word.tag in ("N", "NP") for word in words[:at])
    is_subject = at == 0 or words[at - 1].text == "," or (after is not None and after.tag in FINITE)
    return (is_subject and not between and not has_name) or (told and (is_before or is_subject))


def _is_ordering(word: Word) -> bool:
    """ "The best", "the first", "the latest": of all there are."""
    return word.lower in ORDERING or (word.tag == "J" and word.lower.endswith("est"))


def _was_told(reading: Reading, index: int, own: str) -> bool:
    """Whether a stem stands in the title or before a sentence."""
    places = reading.stems.get(own, ())
    return bool(places) and places[0][0] < index


def _points_back(words: Sequence[Word], at: int) -> bool:
    """Whether "these" or "the same" stands before a noun that the sentence has not had, where it says what it
    is about: before its verb, or right behind that; or "that" for what is replaced."""
    word, after = words[at], words[at + 1]
    if word.lower == "such" and after.lower in ("a", "an") and at + 2 < len(words):
        # "denied having bought such a phone", but not "such a large phone"
        thing, had = words[at + 2], {stem(plain(each).lower()) for each in words[:at]}
        return thing.tag == "N" and stem(plain(thing).lower()) not in had
    verb = main_verb(words)
    is_behind = at > 0 and verb is not None and at > verb
    if is_behind and words[at - 1].text != "," and words[at - 1].tag not in ("V", "VB", "VG", "P"):
        return False
    if word.lower in ("that", "this") and after.lower == "with":
        # "replaces that with a fixed rule", but not "the point is that with a rule"
        return at > 0 and words[at - 1].tag == "V"
    if word.lower in ("all", "both") and at == 0:
        return after.tag in ("N", "#") and any(each.tag == "N" for each in words[1:3])
    if word.lower == "the" and after.lower in ("same", "latter", "former") and at + 2 < len(words):
        return words[at + 2].lower not in TIME_WORDS | SEASONS and not any(
            each.lower == "as" for each in words[at + 2 : at + 6]
        )
    if word.lower not in POINTING and not (word.lower == "that" and word.tag == "D"):
        return False
    if after.tag == "NP" and after.lower in TIME_WORDS and at + 2 < len(words) and words[at + 2].tag == "N":
        # "this June analysis", but not "this year", "this June"
        return words[at + 2].lower not in TIME_WORDS | SEASONS
    if after.tag not in ("N", "J", "#") or after.lower in TIME_WORDS | SEASONS:
        return False
    head = _head(words, at + 1)
    had = {stem(plain(each).lower()) for each in words[:at]}
    return head is not None and stem(plain(words[head]).lower()) not in had


def _counts_nobody(words: Sequence[Word]) -> bool:
    """Whether it opens with a share or count, and does not say of whom: "37 per cent had taken leave", "Each
    will be offered first"."""
    if not words:
        return False
    if words[0].lower in OF_SOME:
        # "Each reopened claim": a participle may be taken for a verb, "will" and "are" never.
        return words[1].tag in ("X", "M")
    if words[0].tag != "#":
        return False
    rest = [word for word in words[1:4] if word.lower not in ("per", "cent", "percent", "%")]
    return bool(rest) and rest[0].tag in FINITE


def _only_does_so(words: Sequence[Word]) -> bool:
    """ "Seattle and other places have done so"."""
    verb = main_verb(words)
    if verb is None or verb + 1 >= len(words):
        return False
    return words[verb].lower in DO | {"done"} and words[verb + 1].lower == "so"


def _speaks_of_writer(words: Sequence[Word]) -> bool:
    """Whether "our staff" stands there, and nobody is quoted."""
    is_quoted = any(word.text in ("“", '"') for word in words)
    return not is_quoted and any(word.lower in FIRST_PERSON for word in words)


def _opens_in_midst(words: Sequence[Word]) -> bool:
    """Whether it opens with a quotation that says of nothing what it says ("It's a hard one"), with a time
    told before ("Since then"), or tells of one thing more ("There is also a rule").
    """
    if len(words) > 1 and words[1].lower == "then" and words[0].tag in ("P", "S"):
        return True
    first = next((word for word in words if word.text[0].isalnum()), words[0])
    is_untold = first is not words[0] and plain(first).lower() in UNTOLD
    return is_untold or (first.lower == "there" and any(word.lower == "also" for word in words[1:3]))


def _has_no_person(words: Sequence[Word], covered: Collection[int]) -> bool:
    """Whether a "her" has nobody to stand for, neither before nor shortly behind: "in her book, Roe"."""
    at = next((at for at, word in enumerate(words) if word.lower in HE), None)
    if at is None or at in covered:
        return False
    around = [*range(at), *range(at + 1, min(len(words), at + MOST_WORDS))]
    return not any(
        _may_be_somebody(words, each)
        or words[each].lower in PEOPLE | JOBS | COLLECTIVES
        or words[each].lower.endswith("man")
        for each in around
    )


def _may_be_somebody(words: Sequence[Word], at: int) -> bool:
    """Whether a name may be a person's: not "ABC", and not "the Department of Justice"."""
    word = words[at]
    if word.tag != "NP" or word.lower in TIME_WORDS or (word.text.isupper() and len(word.text) > 1):
        return False
    while at and (words[at - 1].tag == "NP" or words[at - 1].lower in ("of", "for", "&")):
        at -= 1
    return not at or words[at - 1].lower != "the"


def _is_unknown_name(reading: Reading, words: Sequence[Word], at: int) -> bool:
    """Whether a bare surname stands there of somebody whose whole name stands elsewhere."""
    if not is_short(words, at) or (at and words[at - 1].lower in ("the", "a", "an", "in", "at", "of")):
        return False
    short = plain(words[at])
    if any(plain(word) == short for word in words[:at]):
        return False
    return is_somebodys(reading, short)


def _introduced(
    reading: Reading, index: int, phrase: Sequence[Word]
) -> Iterator[tuple[int, Word, Word] | None]:
    """Where a thing is introduced before a sentence, with the first and last word; each time that it is.

    None where that tells no more than the noun, or where there are several of them.
    """
    noun = phrase[-1].lower
    if noun in JOBS | PEOPLE | COLLECTIVES or noun.endswith("man"):
        # Of two people, either may be "the man".
        return
    for home, head in reading.stems.get(stem(noun), ()):
        words = words_at(reading, home)
        if home >= index or words[head].tag not in ("N", "NP"):
            continue
        first = head
        while first and words[first - 1].tag in BEFORE_NOUN and head - first < MOST_WORDS:
            first -= 1
        opener = words[first - 1].lower if first else ""
        if opener in ("a", "an"):
            last = _told_until(words, head)
            is_end = last + 1 >= len(words) or words[last + 1].tag not in ("N", "NP", "C")
            tells = last > head or any(each.tag in ("N", "NP") for each in words[first:head])
            is_same = words[head].lower == noun and tells and is_end
            yield (home, words[first - 1], words[last]) if is_same else None
        elif opener in SEVERAL or words[head].lower != noun:
            yield None


def _told_until(words: Sequence[Word], head: int) -> int:
    """The last word of what tells more of a noun where it is introduced."""
    last, at = head, head + 1
    if at < len(words) and words[at].tag in ("N", "NP"):
        return head
    while at < len(words) and at - head <= MOST_WORDS:
        word = words[at]
        if word.lower in LINKED and words[at - 1].tag in ("N", "NP", "VN", "#"):
            at += 1
            continue
        if word.tag in ("N", "NP", "#"):
            last = at
        elif word.tag not in ("D", "J", "VN") or word.tag in FINITE:
            break
        at += 1
    return last
