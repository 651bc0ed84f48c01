"""A sentence as a row shows it: the article's own words, whole enough to be true.

A sentence of up to WHOLE_WORDS words stays as it is, less an opening "However". A longer one loses only
what can be dropped without changing what is claimed: who said it, at either end; asides in brackets,
between dashes or commas; a second statement after "and" or a semicolon. Nothing that limits the claim is
dropped: no condition, exception, negation, hedge, number of whom or where. A pronoun as subject is replaced
by the name it stands for, in square brackets, only where the sentence before has a single candidate; else
the sentence gives no row. When in doubt, more is kept, or another sentence is taken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from digest.analysis.cues import ATTRIBUTIVE, HEDGES, lemmas
from digest.analysis.faults import BIOGRAPHY, ON_THE_PAGE, is_whole
from digest.analysis.imperatives import is_imperative
from digest.analysis.reading import Line, Reading
from digest.analysis.sentence_furniture import BULLET, is_furniture, is_question
from digest.analysis.standing import LEANING_PHRASE
from digest.language.wordlists import word_list
from digest.language.words import BE, FIRST_PERSON, NEGATIONS, SECOND_PERSON, TIME_WORDS, Word, count_words

LEAST_WORDS, WHOLE_WORDS, MOST_WORDS = 5, 25, 45
"""Fewer words say too little; up to the second a sentence is never cut; above the third it gives no row."""

SEVERAL = re.compile(
    r"(?!\b(?:Corp|Sept|Calif|Mass|Minn|Penn|Tenn|Wash|Conn|Prof"
    r"|Capt)\.)\b[A-Za-z]*[a-z]{4,}[.?!] [“\"']?[A-Z]"
)
"""A full stop inside: what was not divided is more than one sentence."""
OPENER = re.compile(
    r"(?:however|additionally|moreover|furthermore|also|but|and|so|yet|meanwhile|in addition|besides|"
    r"in fact|indeed|of course|as a result|therefore|thus|consequently|for example|for instance|notably|"
    r"importantly|interestingly|specifically|similarly|likewise|overall|still|nevertheless|nonetheless|"
    r"at the same time|on the other hand|what's more|what’s more|plus|then|now|well),?\s+",
    re.I,
)
# Without the comma these are part of the claim ("Still waters", "Now the city").
NEEDS_COMMA = word_list("openers_with_comma")
NAMED = re.compile(r"^(?:[\w’'&/+.-]+ ){0,4}[\w’'&/+.-]+: (?=[A-Z])")
"""What a paragraph is named before it speaks: "The solution: Caterers ..."."""
LABEL = re.compile(r"^[A-Z][A-Za-z.,’' /-]{2,40}\s*(?:\([A-Z]{2,12}(?:[ /][A-Z]{2,12})?\))?\s*(?:--|—|–)\s+")
"""A news agency's place line: "NEW JERSEY (WABC) -- "."""
FREE_OPENING = re.compile(
    r"(?:instead of|if|following|when|while|now an?|according to|one of the|two|three|four|five|six"
    r"|some|many|most|"
    r"both|no|as|after|before|since|with|among|under|all|only|more|for|among|of|second-?|during|in|on|at|by|from)\s",
    re.I,
)
"""What opens many a sentence that needs none before it; standing.py is stricter, for summaries."""
LIMITS = NEGATIONS | HEDGES | word_list("limits")
"""Words that may limit a claim: an aside that has one of them stays."""
ENDING = frozenset(".!…")
QUOTES = frozenset(('"', "“", "”"))
NO_ASIDES = word_list("limiting_participles")
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


@dataclass(frozen=True)
class Statement:
    """What a row says, and where it stands."""

    line: int
    """Index of the sentence."""
    text: str
    spans: tuple[tuple[int, int], ...]
    """The article's words in it, in the order of `text`, but for the name in brackets."""
    name: tuple[int, int] | None = None
    """The name that stands in square brackets for a pronoun."""
    attribution: tuple[int, int] | None = None
    """Who said it, where that was left out."""
    is_cut: bool = False
    """Something but an opening word was left out."""


def make_statement(reading: Reading, line: Line, *, is_whole: bool = False) -> Statement | None:
    """Say a sentence as a row shows it; None where it cannot stand alone."""
    text = reading.article.text
    words = _spoken(line)
    if not words or not _is_sayable(line, words):
        return None
    name: tuple[int, int] | None = None
    words, opened = _without_opener(line, words)
    if len(words) < LEAST_WORDS:
        return None
    replaced = 0
    if words[0].lower in TIME_WORDS and words[1].text == ",":
        # "Sunday, according to ...": the end of what was divided at "a.m.".
        return None
    if points_outside(words):
        found = antecedent(reading, line, words)
        if found is None:
            return None
        name, replaced = found
    elif not opened and _leans_still(line, words):
        return None
    pieces, attribution = shorten(words, WHOLE_WORDS if not is_whole else MOST_WORDS)
    shown = sum(count_words(text[first.start : last.end]) for first, last in pieces)
    if not LEAST_WORDS <= shown <= MOST_WORDS:
        return None
    is_cut = len(pieces) > 1 or attribution is not None or pieces[-1][1] != _stripped(words)[-1]
    return _put_together(line, text, words, pieces, name, replaced, attribution, is_cut)


def whole_statement(reading: Reading, line: Line) -> Statement | None:
    """Say a sentence with nothing left out but an opening word; None where it is too long or leans."""
    made = make_statement(reading, line, is_whole=True)
    return None if made is None or made.name is not None else made


def _put_together(
    line: Line,
    text: str,
    words: Sequence[Word],
    pieces: Sequence[tuple[Word, Word]],
    name: tuple[int, int] | None,
    replaced: int,
    attribution: tuple[int, int] | None,
    is_cut: bool,
) -> Statement | None:
    spans = [(first.start, last.end) for first, last in pieces]
    bracket = ""
    if name is not None:
        if spans[0][0] != words[0].start:
            return None
        possessive = words[0].lower in ("its", "his", "her") and replaced == 1
        bracket = f"[{' '.join(text[slice(*name)].split())}{'’s' if possessive else ''}] "
        spans[0] = (words[replaced].start, spans[0][1])
    # A full stop or quotation mark at the end belongs to the sentence, not to the row.
    parts = [" ".join(text[start:end].split()) for start, end in spans]
    body = ""
    for part in parts:
        gap = "" if not body or part[0] in ",;.:" else " "
        body += gap + part
    body = re.sub(r"\s+([,;.])", r"\1", bracket + body).strip().rstrip(",;:—–- ")
    body = (
        body[:-1]
        if body.endswith(".") and not re.search(r"(?:\b[A-Z]|\b(?:Inc|Ltd|Co|Corp|Jr|Sr))\.$", body)
        else body
    )
    body = body[:1].upper() + body[1:] if not bracket else body
    if not _is_balanced(body):
        return None
    return Statement(line.index, body, tuple(spans), name, attribution, is_cut)


def _is_sayable(line: Line, words: Sequence[Word]) -> bool:
    """Whether a line says something a row may say, whatever it needs from around it."""
    text = line.text
    if not line.is_prose and not _is_statement(line, words):
        return False
    if is_question(text) or is_furniture(text):
        return False
    if "http" in text or "|" in text or "\t" in text or text.count(" : ") > 1:
        return False
    if is_imperative(words) or ON_THE_PAGE.search(text) or BIOGRAPHY.search(text):
        return False
    if SEVERAL.search(text) or _speaks_of_self(words) or _points_at(words):
        return False
    # "... costs $328 a month before you add storage" speaks to nobody.
    return not any(word.lower in SECOND_PERSON for word in words[: max(8, len(words) * 2 // 3)])


def _is_statement(line: Line, words: Sequence[Word]) -> bool:
    """Whether a heading, a list item or a sentence with odd marks says something whole all the same."""
    text = line.text.rstrip()
    plain = [word for word in words[1:] if word.text[0].isalpha() and len(word.text) > 3]
    is_titled = sum(word.text[0].isupper() for word in plain) > len(plain) / 2 if plain else True
    if "\n" in text or is_titled or text[-1] in ":,?" or not words[0].text[0].isupper():
        return False
    # "Sales of heat pumps doubled": a past tense is sometimes taken for a participle.
    is_past = text[-1] == "." and any(word.tag == "VN" and word.lower.endswith("ed") for word in words[2:])
    if not is_past and not (any(word.tag in ("V", "X", "M") for word in words) and is_whole(line)):
        return False
    return text[-1] in ".!”\"'" or line.count <= WHOLE_WORDS


def _speaks_of_self(words: Sequence[Word]) -> bool:
    """Whether the writer speaks of "I" or "we" in the first half, and nobody is quoted."""
    is_quoted = any(word.text in ("“", '"') for word in words)
    half = words[: max(6, len(words) // 2)]
    return not is_quoted and any(word.lower in FIRST_PERSON for word in half)


def _points_at(words: Sequence[Word]) -> bool:
    """Whether "this" or "those" stands alone, or early before a noun that was named in another sentence."""
    for at, (word, after) in enumerate(pairwise(words)):
        if word.lower not in ("this", "these", "those") and not (word.lower == "that" and word.tag == "D"):
            continue
        if after.lower in TIME_WORDS or after.lower in ("who", "that", "which", "with", "of", "in", "from"):
            continue
        if after.tag not in ("N", "NP", "J", "#", "VG", "VN", "Q") or 0 < at < 5:
            return True
    return False


def _spoken(line: Line) -> list[Word]:
    """The sentence's words from the first that is spoken on, without a place line or list mark."""
    label = LABEL.match(line.text)
    start = line.start + (label.end() if label else 0)
    name = NAMED.match(line.text)
    start = max(start, line.start + name.end()) if name else start
    bullet = BULLET.match(line.text)
    start = max(start, line.start + bullet.end()) if bullet else start
    words = [word for word in line.words if word.start >= start]
    while words and not words[0].text[0].isalnum() and words[0].text not in "“‘'$€£(":
        words = words[1:]
    return words


def _without_opener(line: Line, words: list[Word]) -> tuple[list[Word], bool]:
    """Leave out "However," and its like; whether one was left out."""
    offset = words[0].start - line.start
    match = OPENER.match(line.text, offset)
    if not match:
        return words, False
    said = match.group().strip()
    if said.rstrip(",").lower() in NEEDS_COMMA and not said.endswith(","):
        return words, False
    rest = [word for word in words if word.start >= line.start + match.end()]
    return (rest, True) if len(rest) >= LEAST_WORDS else (words, False)


def points_outside(words: Sequence[Word]) -> bool:
    """Whether the subject is a pronoun, or a thing named before ("the company", "this rule")."""
    first = re.split("['’]", words[0].lower)[0]
    if first in ("this", "these", "that", "those") and len(words) > 1 and words[1].lower in TIME_WORDS:
        return False
    if STANDS_FOR_NOTHING.match(" ".join(word.lower for word in words[:8])):
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
    return _subject_pronoun(words)


def _subject_pronoun(words: Sequence[Word]) -> bool:
    """Whether the subject of the main clause, after an opening phrase, is a pronoun: "In May, it said"."""
    for at, word in enumerate(words[:-1]):
        if word.tag in ("V", "X", "M"):
            return False
        if word.text == "," and at + 2 < len(words):
            nxt = re.split("['’]", words[at + 1].lower)[0]
            before = {each.lower for each in words[:at]}
            has_name = any(each.tag == "NP" and each.lower not in TIME_WORDS for each in words[:at])
            if nxt in ("it", "he", "she", "they", "this", "we", "i") and not (
                has_name and before & {"by", "at", "for"}
            ):
                return not has_name
    return False


def _leans_still(line: Line, words: Sequence[Word]) -> bool:
    """Whether it needs the sentence before: it opens by pointing at that, or has a pronoun for nobody in
    it."""
    if has_nobody(words):
        return True
    return not FREE_OPENING.match(line.text[words[0].start - line.start :]) and bool(
        LEANING_PHRASE.match(line.text)
    )


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


def antecedent(reading: Reading, line: Line, words: Sequence[Word]) -> tuple[tuple[int, int], int] | None:
    """The one name a pronoun or "the company" can stand for, and how many words it replaces.

    Certain only where the sentence before stands in the same paragraph or right before, opens with a name
    as its subject and has no other name that could be meant.
    """
    first = words[0].lower
    if first in ("it", "he", "she", "its", "his", "her"):
        count = 1
    elif first == "the" and words[1].lower in COMPANIES and words[2].tag in ("V", "X", "M", "A"):
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
    return _only_name(before, is_person=first in (*PERSONS, "his", "her"), count=count)


def _only_name(before: Line, *, is_person: bool, count: int) -> tuple[tuple[int, int], int] | None:
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
    return (words[0].start if at == 1 else words[at].start, words[end - 1].end), count


def _could_be_meant(words: Sequence[Word], at: int) -> bool:
    """Whether a word after the subject is another name or a person; not a place or day: "in Berlin"."""
    word = words[at]
    if word.tag == "R":
        return True
    if word.tag != "NP" or word.lower in TIME_WORDS:
        return False
    first = at
    while first > 0 and (words[first - 1].tag == "NP" or words[first - 1].text == ","):
        first -= 1
    return words[first - 1].lower not in ("in", "at", "near", "on", "from", "across", "throughout", "outside")


def shorten(
    words: Sequence[Word], most: int = WHOLE_WORDS
) -> tuple[list[tuple[Word, Word]], tuple[int, int] | None]:
    """Leave out what can go, piece by piece, until `most` words are left or nothing more can go.

    Returns:
        First and last word of each piece that stays, and where it says who said it, if that went.
    """
    words = _stripped(words)
    kept = [True] * len(words)
    attribution: tuple[int, int] | None = None

    def count() -> int:
        return sum(
            keep and any(c.isalnum() for c in word.text) for keep, word in zip(kept, words, strict=True)
        )

    def drop(start: int, end: int) -> None:
        for at in range(start, end):
            kept[at] = False

    if count() > most:
        found = _attribution(words)
        if found is not None:
            drop(*found)
            attribution = (words[found[0]].start, words[found[1] - 1].end)
    for start, end in _asides(words):
        if count() <= most:
            break
        if all(kept[start:end]) and not (start == 0 and end == len(words)):
            drop(start, end)
    return _pieces(words, kept), attribution


def _stripped(words: Sequence[Word]) -> Sequence[Word]:
    end = len(words)
    while end and words[end - 1].text in ENDING:
        end -= 1
    marks = [at for at, word in enumerate(words[:end]) if word.text in QUOTES]
    if (
        marks
        and marks[-1] >= end - 2
        and len(marks) % 2
        and all(words[at].text in QUOTES for at in range(marks[-1], end))
    ):
        # A quotation mark that opens the next sentence.
        end = marks[-1]
        while end and (words[end - 1].text in ENDING or words[end - 1].text in QUOTES):
            end -= 1
    return words[:end]


def _pieces(words: Sequence[Word], kept: Sequence[bool]) -> list[tuple[Word, Word]]:
    found: list[tuple[Word, Word]] = []
    is_open = False
    for word, keep in zip(words, kept, strict=True):
        if keep and is_open:
            found[-1] = (found[-1][0], word)
        elif keep:
            found.append((word, word))
        is_open = keep
    return found


def _attribution(words: Sequence[Word]) -> tuple[int, int] | None:
    """Who said it, at the start or the end of a sentence, as a range of words."""
    marks = [at for at, word in enumerate(words) if word.text == ","]
    quotes = any(word.text in '“”"' for word in words)
    # At the end: ", the ministry said on Friday", ", according to the report".
    if marks and not quotes:
        at = marks[-1]
        tail = words[at + 1 :]
        lows = [word.lower for word in tail]
        is_said = 1 <= len(tail) <= 14 and any(lemmas().get(low, "") in ATTRIBUTIVE for low in lows)
        no_limit = not set(lows) & (LIMITS - {"about", "first", "last", "most", "some"})
        has_subject = bool(tail) and tail[0].tag in ("D", "NP", "N", "R", "J", "#", "V")
        if is_said and has_subject and no_limit and sum(w.tag == "V" for w in tail) <= 1:
            return at, len(words)
        if lows[:2] == ["according", "to"] and no_limit:
            return at, len(words)
    # Without a comma: "... according to the report".
    for at in range(len(words) - 3, max(3, len(words) - 16), -1):
        if (
            words[at].lower == "according"
            and words[at + 1].lower == "to"
            and not any(word.text == "," for word in words[at:])
        ):
            return at, len(words)
    # At the start: "According to the report, ...", "The ministry said that ...".
    if words[0].lower == "according" and marks and marks[0] <= 14:
        return 0, marks[0] + 1
    for at, word in enumerate(words[1:12], 1):
        if word.tag == "V":
            is_said = lemmas().get(word.lower, "") in ATTRIBUTIVE
            rest = words[at + 1 :]
            if (
                is_said
                and rest
                and rest[0].lower == "that"
                and len(rest) > 6
                and rest[1].tag in ("D", "NP", "N", "#", "J")
            ):
                return 0, at + 2
            return None
    return None


def _asides(words: Sequence[Word]) -> list[tuple[int, int]]:
    """What may go, the safest first: brackets, dashes, what is told of a name, a second statement."""
    return [
        *_bracketed(words),
        *_between_dashes(words),
        *_told_of(words),
        *_second_statement(words),
        *_opening_phrase(words),
    ]


def _is_free(words: Sequence[Word]) -> bool:
    """Whether an aside has nothing that may limit the claim."""
    return not any(word.lower in LIMITS or word.lower.endswith("n't") for word in words)


def _bracketed(words: Sequence[Word]) -> list[tuple[int, int]]:
    found = []
    for at, word in enumerate(words):
        if word.text in ("(", "["):
            close = {"(": ")", "[": "]"}[word.text]
            end = next((i for i in range(at + 1, len(words)) if words[i].text == close), None)
            if end is not None and _is_free(words[at:end]):
                found.append((at, end + 1))
    return found


def _between_dashes(words: Sequence[Word]) -> list[tuple[int, int]]:
    # A hyphen with spaces around it may be one of "16 - year - old".
    marks = [at for at, word in enumerate(words) if word.text in ("—", "–")]
    if len(marks) == 2 and _is_free(words[marks[0] : marks[1]]):
        return [(marks[0], marks[1] + 1)]
    return []


def _told_of(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Relative clauses and appositions between commas."""
    commas = [at for at, word in enumerate(words) if word.text == ","]
    found = []
    for at, start in enumerate(commas):
        end = commas[at + 1] if at + 1 < len(commas) else len(words)
        inside = words[start + 1 : end]
        if len(inside) < 2 or not _is_free(inside) or words[start - 1].tag not in ("N", "NP", "#"):
            continue
        is_last = end == len(words)
        # "Apple, Google, and others": a list, not an aside.
        after = words[end + 1] if end + 1 < len(words) else None
        before = words[max(0, start - 1)]
        in_list = any(word.lower in ("and", "or") for word in words[start + 1 : start + 2]) or (
            after is not None and after.lower in ("and", "or")
        )
        relative = inside[0].lower in ("which", "who", "whose", "where") and any(
            word.tag in ("V", "X", "M") for word in inside
        )
        apposition = (
            inside[0].lower in ("a", "an", "the")
            and not any(word.tag in ("V", "X", "M") for word in inside)
            and before.tag == "NP"
            and after is not None
            and after.tag in ("V", "X", "M", "A")
        )
        if (
            relative
            and (is_last or (after is not None and after.tag in ("V", "X", "M", "A", "P")))
            and not in_list
        ):
            found.append((start, end if is_last else end + 1))
        elif apposition and not is_last:
            found.append((start, end + 1))
    return found


def _second_statement(words: Sequence[Word]) -> list[tuple[int, int]]:
    """What follows a whole statement: another one after "and", "while", a semicolon; what else the subject
    did; a closing "-ing" phrase or "with ..."."""
    found = []
    for at in range(len(words) - 3, 5, -1):
        word, after, rest = words[at], words[at + 1], words[at + 1 :]
        if not any(each.tag in ("V", "X", "M") for each in words[:at]):
            break
        if not _is_free(rest[1:]) or (after.lower in LIMITS and after.lower != "while"):
            continue
        # "osmotic, lignotoxin, and ethanol stress": a list, not a second statement.
        is_listed = any(each.text == "," for each in words[max(0, at - 4) : at])
        if _ends_statement(word, rest, is_listed=is_listed) or _goes_on(words[:at], word, rest):
            found.append((at, len(words)))
    return found


def _ends_statement(word: Word, rest: Sequence[Word], *, is_listed: bool) -> bool:
    """Whether a mark ends what is claimed, and more is told after it."""
    if word.text == ";":
        return True
    if word.text != ",":
        return False
    first = rest[0].lower
    if first in ("and", "while", "as") and _opens_statement(rest[1:]):
        return not is_listed
    if rest[0].tag == "VG" and first not in NO_ASIDES:
        return not any(each.text == "," for each in rest[:-1])
    return first == "with" and any(each.tag in ("VG", "VN") for each in rest)


def _goes_on(before: Sequence[Word], word: Word, rest: Sequence[Word]) -> bool:
    """ "... and has sued the firm": the same subject did more."""
    if word.lower != "and" or len(before) < 8:
        return False
    verb = next((each for each in rest[:2] if each.tag != "A"), None)
    return (
        verb is not None
        and verb.tag in ("V", "X", "M")
        and not any(each.tag in ("W", "S") for each in before)
    )


def _opening_phrase(words: Sequence[Word]) -> list[tuple[int, int]]:
    """What an "-ing" or "with" phrase tells before the subject."""
    comma = next((at for at, word in enumerate(words[:16]) if word.text == ","), None)
    if comma is None or comma < 3 or comma + 5 > len(words) or not _is_free(words[:comma]):
        return []
    opens = words[0].lower == "with" or (words[0].tag in ("VG", "VN") and words[0].lower not in NO_ASIDES)
    return [(0, comma + 1)] if opens and _opens_statement(words[comma + 1 :]) else []


def _opens_statement(words: Sequence[Word]) -> bool:
    """Whether words begin with a subject and its verb."""
    verb = next((at for at, word in enumerate(words[:9]) if word.tag in ("V", "X", "M")), None)
    if not verb:
        return False
    subject = words[:verb]
    return subject[0].tag in ("D", "NP", "N", "R", "J", "#", "Q") and not any(
        word.text == "," or word.tag in ("W", "S", "T") for word in subject
    )


def _is_balanced(body: str) -> bool:
    pairs = (("(", ")"), ("“", "”"))
    return all(body.count(a) == body.count(b) for a, b in pairs) and body.count('"') % 2 == 0
