"""The whole names that words of a sentence are short for: "Bhatt" is "Asha Bhatt", "the museum" the "Orrdal
Museum".

A row stands by itself, so such words give way to the whole name, in square brackets, wherever they stand in
it. Certain only where the sentences before have one such name and nothing else that could be meant; else the
words stay. Of people the role stands with the name where it stands beside it at one place: "Asha Bhatt, a
nurse in Lisse". Known limit: what nobody has been called by its whole name before stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.analysis.reading import TITLE, Line, Reading
from digest.analysis.standing import PEOPLE
from digest.language.background import rarity
from digest.language.wordlists import word_list
from digest.language.words import FINITE, TIME_WORDS, Word, plain, stem

COURTESY = frozenset(("mr", "mrs", "ms", "miss", "dr", "prof", "mr.", "mrs.", "ms.", "dr.", "prof."))
TITLES = word_list("titles")
JOBS = (word_list("job_nouns") | PEOPLE) - word_list("kin_nouns")
"""Nouns that say what somebody is, to everybody."""
KINDS = word_list("named_kinds")
"""Nouns that a name of something ends in, or begins with before "of": "the Lisse Museum"."""
COMPANIES = word_list("company_nouns")
SAYS = word_list("said")
OTHERS = word_list("other_names")
"""What makes another name of a name: Sudan is not South Sudan."""
SHARED = word_list("shared_names")
"""What many names end in: "the House" is not the White House."""
SUFFIXES = frozenset(("inc", "inc.", "corp", "corp.", "ltd", "ltd.", "llc", "plc", "co.", "gmbh", "ag"))
GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
SURNAME = re.compile(r"(?:Mc|Mac|De|Del|La|Le|Di|Du|Van|Fitz|O['’]|D['’])?[A-Z][^\W\d_A-Z]{2,}")
"""A word with more capitals is a product's name, or an abbreviation."""
HE_OR_SHE = re.compile(r"\b(?:he|she|his|her)\b")
PART = re.compile(r"[A-Z]\.?|(?:[OD]['’])?[A-Z][\w.-]*\w\.?")
MOST_NAME_WORDS = 4
"""Words before a surname that may belong to its name; judgement."""
MOST_OWN_WORDS = 12
"""Words of a sentence up to which "his" or "her" is its subject's; judgement."""
MOST_ROLE_WORDS = 9
"""Words of what somebody is, behind the name, that are still read in passing; judgement."""
RARE = 0.75
"""From this rarity on a word is hardly known but as a name: four in 240 pages have it at most."""


@dataclass(frozen=True)
class Naming:
    """Words of a sentence, and the whole name they are short for."""

    start: int
    end: int
    """Offsets of the words."""
    name: tuple[int, int]
    """Where the whole name stands, in an earlier sentence or in the title."""
    line: int
    """Index of that sentence; TITLE where it is the title."""
    whole: str
    """The whole name."""
    ending: str = ""
    """What a possessive has behind the name."""


def namings(
    reading: Reading, line: Line, words: Sequence[Word], *, also: Iterable[list[Naming]] = ()
) -> list[Naming]:
    """Find the whole names of words of a sentence, in order; all of them stand in one other sentence, or in
    the title.

    That of the subject comes first: where it stands elsewhere than the others, these are left out. `also`
    gives what else words may be short for, and where that stands.
    """
    own = [each for each in _candidates(reading, line, words) if each]
    starts = {each[0].start for each in own}
    found = sorted([*own, *(each for each in also if each[0].start not in starts)], key=lambda g: g[0].start)
    if not found:
        return []
    first = found[0] if found[0][0].start == words[0].start else None
    homes = {each.line for group in ([first] if first else found) for each in group if each.line != TITLE}

    def at_home(home: int) -> list[Naming]:
        own = ({each.line: each for each in group} for group in found)
        return [each.get(home) or each[TITLE] for each in own if home in each or TITLE in each]

    def worth(own: Sequence[Naming]) -> tuple[int, int]:
        return len(own), sum(each.name[1] - each.name[0] for each in own)

    return max((at_home(home) for home in sorted(homes or {TITLE})), key=worth)


def _candidates(reading: Reading, line: Line, words: Sequence[Word]) -> Iterator[list[Naming]]:
    """For each place that is short for a name, where that name stands; nothing for a name said before."""
    own = [plain(word).lower() for word in words]
    at = 0
    while at < len(words):
        length, names = _name_at(reading, line, words, at)
        if names and not _is_said(names, own, set(own[:at])):
            last = words[at + length - 1]
            ending = last.text[len(plain(last)) :]
            yield [
                make_naming(reading, (words[at].start, last.end), home, shown, ending)
                for home, name in names
                for shown in [_shown(reading, home, name, words[at + length :], owns=bool(ending))]
            ]
        at += length


def make_naming(
    reading: Reading, short: tuple[int, int], home: int, name: tuple[int, int], ending: str = ""
) -> Naming:
    """Say what words are short for: `name` are offsets in the sentence `home`, or in the title."""
    text = reading.article.title if home == TITLE else reading.article.text
    return Naming(*short, name, home, " ".join(text[slice(*name)].split()), ending)


def words_at(reading: Reading, index: int) -> Sequence[Word]:
    """Give the words of a sentence, or of the title."""
    return reading.title_words if index == TITLE else reading.lines[index].words


def _shown(
    reading: Reading, home: int, name: Sequence[Word], rest: Sequence[Word], *, owns: bool
) -> tuple[int, int]:
    """Where a name stands, with the role beside it unless the row tells more of it itself."""
    is_told = bool(rest) and rest[0].text in (",", "(", "’", "'s")
    bare = (name[0].start, name[-1].start + len(plain(name[-1])))
    role = bare if is_told or name[0].lower == "the" else _role_of(reading, home, name)
    # "[Asha Bhatt, a nurse's] sentence" would be the nurse's.
    return bare if owns and role[1] > bare[1] else role


Found = tuple[int, Sequence[Word]]
"""A whole name, and the sentence it stands in."""


def _is_said(names: Sequence[Found], own: Sequence[str], before: set[str]) -> bool:
    """Whether the row gives the whole name itself, or has had the short one."""
    firsts = {plain(name[1 if name[0].lower == "the" else 0]).lower() for _, name in names}
    return bool(firsts & set(own)) or plain(names[0][1][-1]).lower() in before


def is_one_of_several(reading: Reading, line: Line, words: Sequence[Word]) -> bool:
    """Whether the subject is a common word that names before have, and nobody knows which is meant.

    "Police said ...", after "Oregon State Police Lt. Hastings".
    """
    short = plain(words[0])
    is_word = is_short(words, 0) and re.search(rf"\b{re.escape(short.lower())}\b", reading.article.text)
    if not is_word:
        return False
    before = (
        (reading.lines[index].words, at) for index, at in reading.capitalised[short] if index < line.index
    )
    return any(at > 0 and _goes_into(each[at - 1]) for each, at in before)


def _name_at(reading: Reading, line: Line, words: Sequence[Word], at: int) -> tuple[int, list[Found]]:
    """How many words stand for a whole name, and where that stands; 1 and nothing where they do not."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    if word.lower in COURTESY and after is not None and is_short(words, at + 1):
        return 2, _of_one(reading, line, plain(after))
    if word.lower == "the" and after is not None:
        if is_short(words, at + 1):
            if plain(after).lower() in SHARED or not is_bare_noun(words, at + 1):
                return 2, []
            return 2, _only(_whole_names(reading, line, plain(after), with_article=True))
        if after.tag == "N" and is_bare_noun(words, at + 1):
            return 2, _named_thing(reading, line, words, at + 1)
    if is_short(words, at) and (at == 0 or words[at - 1].lower not in ("the", "a", "an")):
        names = _of_one(reading, line, plain(word))
        if names and _is_person(reading, names, plain(word)):
            return 1, names
    return 1, []


def is_short(words: Sequence[Word], at: int) -> bool:
    """Whether a name of one word stands there, no part of a longer one."""
    word = words[at]
    around = [words[i] for i in (at - 1, at + 1) if 0 <= i < len(words)]
    if at > 1 and words[at - 1].text == "." and len(words[at - 2].text) == 1:
        # "Ada C. Berg"
        return False
    spoken = plain(word)
    owns = spoken != word.text
    if owns and (at + 1 >= len(words) or words[at + 1].tag not in ("N", "J", "NP", "VG", "#", "A")):
        # "Spicher’s, which opened in May": a shop is called so.
        return False
    return (
        (word.tag == "NP" or (at > 0 and word.tag in ("N", "V", "VB")))
        and bool(SURNAME.fullmatch(spoken))
        and word.lower not in TIME_WORDS
        and not any(
            (each.text[0].isupper() and each.tag in ("NP", "N", "J") and each.lower not in COURTESY)
            or each.text in ("-", "&", "/")
            for each in around
        )
    )


def is_bare_noun(words: Sequence[Word], at: int) -> bool:
    """Whether a noun stands there that nothing tells more of: "the museum of glass" is another one."""
    if at + 1 >= len(words):
        return True
    after = words[at + 1]
    return after.tag not in ("N", "NP", "#", "VN", "VG") and after.lower not in (
        "of", "that", "which", "who", "for", "in", "at", "to", "behind", "-", "called", "named", "where",
    )  # fmt: skip


def _of_one(reading: Reading, line: Line, short: str) -> list[Found]:
    """Where the one bearer of a surname is called by the whole name, who is before the bare one is said.

    A whole name that comes after the bare one is as often a father's. That of the title is the one meant,
    unless another bearer is named first.
    """
    before = list(_whole_names(reading, line, short, with_article=False))
    titled = _in_title(reading, short)
    if titled:
        own = [each for each in before if plain(each[1][0]) == plain(titled[0])]
        return [*own, (TITLE, titled)] if before[:1] == own[:1] else []
    found = _only(before)
    first = next((each for each in reading.capitalised[short] if reading.lines[each[0]].is_prose), None)
    if not found or first is None or reading.lines[first[0]].words[first[1]] is not found[0][1][-1]:
        return []
    called = {plain(word) for _, name in found for word in name}
    others = re.findall(rf"([A-Z][\w.’'-]*) {re.escape(short)}\b", reading.article.title)
    return found if called.issuperset(others) else []


def _in_title(reading: Reading, short: str) -> Sequence[Word]:
    """The whole name in the title that ends in a word; nothing where it is not plain where it begins."""
    words = reading.title_words
    long = [word for word in words if len(word.text) > MOST_NAME_WORDS and word.text.isalpha()]
    in_capitals = sum(word.text[0].isupper() for word in long) > len(long) / 2
    for end, word in enumerate(words):
        if plain(word) != short or not end:
            continue
        first = end
        while first and end - first < (1 if in_capitals else 2) and _begins_name(words[first - 1]):
            first -= 1
        if end - first > 1 and rarity(words[first].lower) < RARE:
            # "the American Asha Bhatt"
            first += 1
        behind = words[end + 1] if end + 1 < len(words) else None
        goes_on = (
            behind is not None and behind.text[0].isupper() and behind.lower.rstrip(".") not in GENERATIONS
        )
        is_known = _is_known_word(reading, words[first]) and not (
            behind is not None and behind.lower.rstrip(".") in GENERATIONS
        )
        if first < end and not (goes_on and not in_capitals) and not (in_capitals and is_known):
            before = words[first - 1] if first else None
            return () if before is not None and before.lower in ("and", "&") else words[first : end + 1]
    return ()


def _is_known_word(reading: Reading, word: Word) -> bool:
    """Whether a capitalised word of a headline in capitals may be something else than a first name."""
    is_used = re.search(rf"\b{re.escape(word.lower)}s?\b", reading.article.text)
    return bool(is_used) or rarity(word.lower) < RARE or word.lower in KINDS | JOBS | SAYS


def _begins_name(word: Word) -> bool:
    small = word.lower.rstrip(".")
    return (
        bool(SURNAME.fullmatch(word.text))
        and small not in COURTESY | TITLES | JOBS | TIME_WORDS | OTHERS
        and (word.tag == "NP" or rarity(small) >= RARE)
    )


def _whole_names(reading: Reading, line: Line, short: str, *, with_article: bool) -> Iterator[Found]:
    """The names before that end in a word."""
    for index, end in reading.capitalised.get(short, ()):
        if index >= line.index:
            return
        words = reading.lines[index].words
        first = _first_of(words, end)
        while first < end and words[first].lower.rstrip(".") in COURTESY | TITLES | JOBS:
            first += 1
        if first >= end or not reading.lines[index].is_prose or not (with_article or _is_first(words[first])):
            continue
        before = words[first - 1] if first else None
        behind = words[end + 1] if end + 1 < len(words) else None
        if behind is not None and behind.tag in ("N", "NP") and behind.lower.rstrip(".") not in GENERATIONS:
            continue
        is_thing = before is not None and before.lower == "the"
        if is_thing is with_article or not with_article:
            # "the Orrdal Museum" is no person, "Bill and Ada Berg" are two: as another name each.
            yield index, words[first - (is_thing and with_article) : end + 1]
        is_joined = before is not None and before.lower in ("and", "or", "&")
        if is_joined and first > 1 and words[first - 2].tag == "NP":
            yield index, words[first - 2 : end + 1]


def _only(names: Iterable[Found]) -> list[Found]:
    """The places of the one name there is; none where several end so."""
    found = list(names)
    own = [name[1:] if name[0].lower == "the" else name for _, name in found]
    if len({plain(name[0]) for name in own}) != 1 or any(
        len(name) == 2 and name[0].lower in OTHERS for name in own
    ):
        return []
    longest = max(len(name) for _, name in found)
    return [each for each in found if len(each[1]) == longest or len(each[1]) > 1]


def _is_name_part(word: Word) -> bool:
    """Whether a word may be part of a name: capitalised, nobody's possessive."""
    is_name = word.tag == "NP" and word.lower not in TIME_WORDS
    return is_name and bool(PART.fullmatch(plain(word))) and not re.search("[a-z]-[a-z]", word.text)


def _first_of(words: Sequence[Word], end: int) -> int:
    """Where the name begins that ends there: "Ada C. Berg" has a mark in it, and "Berg & Roe Group"."""
    is_of_thing = words[end].lower in KINDS
    first = end
    while first and end - first < MOST_NAME_WORDS:
        if _goes_into(words[first - 1]):
            first -= 1
        elif (
            first > 2
            and words[first - 1].text == "."
            and len(words[first - 2].text) == 1
            and _goes_into(words[first - 3])
        ):
            first -= 3
        elif is_of_thing and first > 1 and words[first - 1].text == "&" and _goes_into(words[first - 2]):
            first -= 2
        else:
            break
    return first


def _goes_into(word: Word) -> bool:
    return _is_name_part(word) and plain(word) == word.text


def _is_first(word: Word) -> bool:
    """Whether a name may begin so: no abbreviation, no "O"."""
    return (
        len(word.text) > 1 and plain(word) == word.text and not (word.text.isupper() and "." not in word.text)
    )


def _is_person(reading: Reading, names: Sequence[Found], short: str) -> bool:
    """Whether a name is somebody's, by what stands beside it; or by a last word that is nothing else."""
    if any(word.lower == "the" for index, name in names for word in _word_before(reading, index, name)):
        return False
    if any(stem(plain(word)) in KINDS or word.lower in KINDS for _, name in names for word in name):
        return False
    around = [
        (words[at - 1].lower if at else "", *(word.lower for word in words[at + 1 : at + 3]), "", "")
        for index, at in reading.capitalised.get(short, ())
        for words in [reading.lines[index].words]
    ]
    if any(before == "in" for before, *_ in around):
        # "in Aceh": a place.
        return False
    bare = ((name[0].start, name[-1].start + len(plain(name[-1]))) for _, name in names)
    if any(_role_of(reading, *each) != span for each, span in zip(names, bare, strict=True)):
        return True
    if any(
        before in COURTESY or after in SAYS or (after == "," and second.isdigit())
        for before, after, second, *_ in around
    ):
        return True
    if any(index == TITLE for index, _ in names) and _acts(reading, short):
        return True
    if any(_has_own(reading, index, name) for index, name in names):
        return True
    is_word = re.search(rf"\b{short.lower()}s?\b", reading.article.text)
    return rarity(short.lower()) >= RARE and not is_word


def _has_own(reading: Reading, index: int, name: Sequence[Word]) -> bool:
    """Whether a sentence begins with a name and goes on with "his" or "her": "Ada Berg wrote in her book"."""
    words = words_at(reading, index)
    own = next((at for at, word in enumerate(words) if word.lower in ("his", "her")), 0)
    others = words[len(name) : own]
    is_alone = not any(word.tag == "NP" and word.lower not in TIME_WORDS for word in others)
    return words[0] is name[0] and is_alone and 0 < own <= MOST_OWN_WORDS


def is_somebodys(reading: Reading, short: str) -> bool:
    """Whether a word is the surname of somebody whose whole name stands anywhere in a text or its title."""
    titled = _in_title(reading, short)
    names: list[Found] = [(TITLE, titled)] if titled else []
    for index, end in reading.capitalised.get(short, ()):
        words = reading.lines[index].words
        first = _first_of(words, end)
        if first < end and _is_first(words[first]) and words[first].lower not in OTHERS:
            names.append((index, words[first : end + 1]))
    return bool(names) and _is_person(reading, names, short)


def _acts(reading: Reading, short: str) -> bool:
    """Whether a bare surname does something at two places of a text that has a "he" or "she"."""
    after = [
        words[at + 1].tag
        for index, at in reading.capitalised.get(short, ())
        for words in [reading.lines[index].words]
        if at + 1 < len(words)
    ]
    return sum(tag in FINITE for tag in after) > 1 and bool(HE_OR_SHE.search(reading.article.text))


def _word_before(reading: Reading, index: int, name: Sequence[Word]) -> Sequence[Word]:
    words = words_at(reading, index)
    at = words.index(name[0])
    return words[max(0, at - 1) : at]


def _ranks(word: Word) -> bool:
    """Whether a word before "engineer" belongs to what somebody is: "chief", "bridge"."""
    return word.tag == "N" or word.lower in JOBS or word.lower in ("former", "senior", "assistant", "lead")


def _role_of(reading: Reading, index: int, name: Sequence[Word]) -> tuple[int, int]:
    """Where a name stands with what its bearer is, right before or behind it; else the name alone."""
    words = words_at(reading, index)
    first, last = words.index(name[0]), words.index(name[-1])
    if first and words[first - 1].lower in JOBS and words[first - 1].tag in ("N", "NP"):
        start = first - 1
        while start and _ranks(words[start - 1]) and first - start < MOST_NAME_WORDS:
            start -= 1
        return words[start].start, name[-1].start + len(plain(name[-1]))
    rest = words[last + 1 : last + MOST_ROLE_WORDS + 3]
    if len(rest) > 3 and rest[0].text == ",":
        end = next((at for at, word in enumerate(rest[1:], 1) if word.text in (",", ".", ";")), 0)
        inside = rest[1:end]
        if (
            inside
            and any(word.lower in JOBS for word in inside)
            and not any(word.tag in (*FINITE, "W", "VG") for word in inside)
            and inside[0].tag in ("D", "N", "J", "NP")
        ):
            return name[0].start, inside[-1].end
    return name[0].start, name[-1].start + len(plain(name[-1]))


def _named_thing(reading: Reading, line: Line, words: Sequence[Word], at: int) -> list[Found]:
    """The one name that "the museum" or "the company" stands for."""
    noun = plain(words[at]).lower()
    before = reading.lines[: line.index]
    if noun in COMPANIES:
        found = list(_companies(before))
    elif noun in KINDS:
        found = list(_of_kind(reading, line, noun.capitalize()))
    else:
        return []
    names = {" ".join(word.text for word in name if word.lower != "the") for _, name in found}
    others = re.compile(
        rf"\b(?:an?|another|one|two|three|other|every|each|some) (?:[\w-]+ ){{0,3}}{noun}s?\b", re.I
    )
    if len(names) != 1 or (noun not in COMPANIES and any(others.search(each.text) for each in before)):
        return []
    return found


def _of_kind(reading: Reading, line: Line, noun: str) -> Iterator[Found]:
    """Names of things of a kind: "the Orrdal Museum", "University of Lisse"."""
    for index, at in reading.capitalised.get(noun, ()):
        if index >= line.index:
            return
        words = reading.lines[index].words
        first, last = _first_of(words, at), at
        while (
            last + 2 < len(words)
            and words[last + 1].lower in ("of", "for")
            and _is_name_part(words[last + 2])
        ):
            last += 2
            while last + 1 < len(words) and _is_name_part(words[last + 1]):
                last += 1
        if last == at and at + 1 < len(words) and _is_name_part(words[at + 1]):
            continue
        if first == last or not reading.lines[index].is_prose:
            continue
        has_article = first > 0 and words[first - 1].lower == "the"
        yield index, words[first - has_article : last + 1]


def _companies(before: Sequence[Line]) -> Iterator[Found]:
    """Names that are said to be companies: "Orrdal Ltd", "Orrdal, a maker of butter"."""
    for line in before:
        words = line.words
        for at, word in enumerate(words):
            if not line.is_prose or not _is_name_part(word) or (at and _is_name_part(words[at - 1])):
                continue
            last = at
            while last + 1 < len(words) and _is_name_part(words[last + 1]):
                last += 1
            rest = words[last + 1 : last + 10]
            end = next((i for i, each in enumerate(rest[1:], 1) if each.text in (",", ".")), 0)
            is_told = (
                len(rest) > 3
                and rest[0].text == ","
                and rest[1].lower in ("a", "an", "the")
                and any(
                    each.lower in COMPANIES | {"maker", "manufacturer", "provider"} for each in rest[1:end]
                )
            )
            if words[last].lower in SUFFIXES or is_told:
                yield line.index, words[at : last + 1]
