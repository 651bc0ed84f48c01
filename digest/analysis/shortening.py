"""A sentence made shorter: only what can go without changing what is claimed.

Who said it, at either end; asides in brackets, between dashes or commas; a second statement after "and" or a
semicolon. Nothing that limits the claim is dropped: no condition, exception, negation, hedge, number of whom
or where.
"""

from collections.abc import Sequence
from itertools import pairwise

from digest.analysis.cues import ATTRIBUTIVE, HEDGES, REPORTING, lemmas
from digest.language.wordlists import word_list
from digest.language.words import NEGATIONS, Word

LIMITS = NEGATIONS | HEDGES | word_list("limits")
"""Words that may limit a claim: an aside that has one of them stays."""
ENDING = frozenset(".!…")
QUOTES = frozenset(('"', "“", "”"))
CALLING = frozenset(("called", "described", "urged", "praised", "criticised", "criticized", "named"))
NO_ASIDES = word_list("limiting_participles")
NAMELESS = frozenset(("source", "sources", "insider", "insiders", "rumours", "rumors"))
"""Who says so and gives no name: what they say is not known to be so without them."""
CONNECTIVES = frozenset(
    (
        *("however", "meanwhile", "moreover", "furthermore", "therefore", "consequently", "additionally"),
        *("in contrast", "by contrast", "in turn", "in addition", "for example", "for instance"),
        "on the other hand",
    )
)
"""What links a sentence to the one before, and says nothing of it."""


def shorten(words: Sequence[Word], most: int) -> tuple[list[tuple[Word, Word]], tuple[int, int] | None]:
    """Leave out what can go, piece by piece, until `most` words are left or nothing more can go.

    Returns:
        First and last word of each piece that stays, and where it says who said it, if that went.
    """
    words = stripped(words)
    kept = [True] * len(words)
    attribution: tuple[int, int] | None = None

    def count() -> int:
        return sum(
            keep and any(c.isalnum() for c in word.text) for keep, word in zip(kept, words, strict=True)
        )

    def drop(start: int, end: int) -> None:
        for at in range(start, end):
            kept[at] = False

    for start, end in _connectives(words):
        drop(start, end)
    found = _attribution(words) if count() > most else _told_by_pronoun(words)
    if found is not None:
        drop(*found)
        attribution = (words[found[0]].start, words[found[1] - 1].end)
    for start, end in _asides(words):
        if count() <= most:
            break
        if all(kept[start:end]) and not (start == 0 and end == len(words)):
            drop(start, end)
    return _pieces(words, kept), attribution


def stripped(words: Sequence[Word]) -> Sequence[Word]:
    """Leave out what ends a sentence: its full stop, and a quotation mark that opens the next."""
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


HEARSAY = frozenset(("report",))
"""Verbs of those who were told: who says so stays, in front and behind."""


def _told_by_pronoun(words: Sequence[Word]) -> tuple[int, int] | None:
    """Who said it, where that is no more than ", he said" at the end: it tells nobody who."""
    marks = [at for at, word in enumerate(words) if word.text == ","]
    tail = words[marks[-1] + 1 :] if marks else []
    is_bare = len(tail) == 2 and tail[0].lower in ("he", "she", "they", "it")
    return _attribution(words) if is_bare else None


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
        # ", EW.com reported": it may not be so; ", reported on Tuesday in a journal" says where it stands.
        is_said = is_said and not any(lemmas().get(low, "") in HEARSAY for low in lows[1:])
        no_limit = not set(lows) & (LIMITS | NAMELESS) - {"about", "first", "last", "most", "some"}
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
            is_said = lemmas().get(word.lower, "") in ATTRIBUTIVE - HEARSAY
            rest = words[at + 1 :]
            if (
                is_said
                and rest
                and rest[0].lower == "that"
                and len(rest) > 6
                and rest[1].tag in ("D", "NP", "N", "#", "J")
                and not _says_more(rest)
            ):
                return 0, at + 2
            return None
    return None


def _says_more(words: Sequence[Word]) -> bool:
    """ "... that it may grow, and called it low": the speaker goes on, and would be missed."""
    for at, word in enumerate(words[:-2]):
        if word.lower in ("and", "but"):
            verb = next((each for each in words[at + 1 : at + 3] if each.tag != "A"), None)
            is_said = verb is not None and (
                verb.lower in CALLING or lemmas().get(verb.lower, "") in REPORTING
            )
            if verb is not None and verb.tag == "V" and is_said:
                return True
    return False


def _connectives(words: Sequence[Word]) -> list[tuple[int, int]]:
    """What only links a sentence to the one before, between commas in its midst: ", in contrast,"."""
    commas = [at for at, word in enumerate(words) if word.text == ","]
    return [
        (start, end + 1)
        for start, end in pairwise(commas)
        if " ".join(word.lower for word in words[start + 1 : end]) in CONNECTIVES
        # "..., and, however, ..." would lose a comma that it needs.
        and words[start - 1].tag in ("N", "NP", "VN", "V", "M", "X", "A")
    ]


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
    return not any(word.lower in LIMITS | NAMELESS or word.lower.endswith("n't") for word in words)


def _bracketed(words: Sequence[Word]) -> list[tuple[int, int]]:
    found = []
    for at, word in enumerate(words):
        if word.text in ("(", "["):
            close = {"(": ")", "[": "]"}[word.text]
            end = next((i for i in range(at + 1, len(words)) if words[i].text == close), None)
            if end is not None and _is_free(words[at:end]) and not _is_in_name(words, at, end):
                found.append((at, end + 1))
    return found


def _is_in_name(words: Sequence[Word], start: int, end: int) -> bool:
    """ "Regulatory Reform (Fire Safety) Order": a bracket that is part of a name."""
    before, after = words[start - 1] if start else None, words[end + 1] if end + 1 < len(words) else None
    around = [each for each in (before, *words[start + 1 : end], after) if each is not None]
    return after is not None and all(each.text[0].isupper() for each in around)


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
        # "in Miami; Chicago; Atlanta": a list goes on.
        return _opens_statement(rest) or (rest[0].lower in ("however", "and") and _opens_statement(rest[1:]))
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
