"""The cuts of a sentence that learned boundaries allow.

boundaries.py says where a clause can start and end; boundary_limits.py where it may not end all the same, and
what is here where it may not start, because the words left out would have changed what it claims.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.analysis.boundaries import Boundaries
from digest.analysis.boundary_limits import CONDITIONS, changes_claim, is_open
from digest.analysis.clause_ends import MAX_WORDS, MIN_WORDS, count_shown
from digest.analysis.clause_starts import BEFORE_CLAUSE, GOVERNING, aside_end
from digest.analysis.cues import ATTRIBUTIVE, REPORTING, lemmas
from digest.language.wordlists import word_list
from digest.language.words import NEGATIONS, OPENERS_THAT_LEAN, TIME_WORDS, Word

MIN_START, MIN_END = 0.5, 0.45
"""From these chances on a place is a boundary; boundaries.py says how often that is right. Lower ends give
more rows to choose from, and cost."""
MIN_STATEMENT = 0.8
"""A heading is seldom a statement: more is asked of it."""
ASIDE_COST = 0.2
DOUBT_COST = 1.5
"""What a boundary costs that is none for sure."""
# After these the clause is not claimed, or is about another time or thing than it says.
NOT_CLAIMED = word_list("not_claimed")
TIME_OPENERS = word_list("time_openers")
NOW = word_list("now")
POINTERS = word_list("row_pointers")
LINKING = word_list("linking")
MAX_INTRODUCTION = 7


@dataclass(frozen=True)
class Cut:
    """A clause as places among a sentence's words."""

    pieces: tuple[tuple[int, int], ...]
    """Contiguous pieces, ends exclusive."""
    verb: int
    """Its finite verb."""
    cost: float
    """What is wrong with it, 0 for nothing."""


def boundary_cuts(boundaries: Boundaries) -> Iterator[Cut]:
    """Give the cuts that leave 5 to 12 words."""
    words = boundaries.words
    whole = _whole(boundaries)
    if whole is not None:
        yield whole
    for verb, word in enumerate(words):
        if word.tag not in ("V", "X", "M") or _goes_on(words, verb):
            continue
        for first in range(max(0, verb - 25), verb):
            if not _may_start(words, first) or not _is_subject(words, first, verb):
                continue
            chance = boundaries.start(first, verb)
            if chance < MIN_START:
                continue
            for pieces, cost in _openings(words, first, verb):
                for end, end_chance in _ends(boundaries, pieces, verb):
                    kept = (*pieces[:-1], (pieces[-1][0], end))
                    yield Cut(kept, verb, cost + DOUBT_COST * (1 - chance * end_chance))


def _goes_on(words: Sequence[Word], verb: int) -> bool:
    """Whether a verb only goes on with the group of another: "been" in "has not been"."""
    before = (word for word in reversed(words[:verb]) if word.tag != "A" and word.lower not in NEGATIONS)
    return next((word.tag in ("X", "M") for word in before), False)


def _whole(boundaries: Boundaries) -> Cut | None:
    """Give a sentence of 5 to 12 words as it stands, but for an opener that leans on what came before."""
    words = boundaries.words
    end = len(words) - (words[-1].tag == ".")
    first = _after_opener(words)
    if first is None or words[end - 1].tag in ("C", "P", "D", "S", "W", "T"):
        return None
    if not MIN_WORDS <= count_shown(words[first:end]) <= MAX_WORDS:
        return None
    if any(word.text in (";", ":", "“", '"', "?") or _is_contracted_pointer(word) for word in words):
        return None
    for verb in range(first + 1, end):
        if words[verb].tag not in ("V", "X", "M"):
            continue
        start = next(
            (at for at in range(first, verb) if boundaries.start(at, verb) >= MIN_START),
            None,
        )
        if start is None:
            continue
        if words[first].tag == "S" and words[start - 1].text != ",":
            # The main clause is still to come; "Because it is so." has none.
            continue
        return None if _is_pointer(words[start]) else Cut(((first, end),), verb, 0.0)
    return None


def _is_contracted_pointer(word: Word) -> bool:
    return "'" in word.lower and word.lower in POINTERS


def _after_opener(words: Sequence[Word]) -> int | None:
    """Where a sentence begins after "But" or "However,"; None where it leans on another in other ways."""
    if words[0].tag == "P" and len(words) > 1 and words[1].lower in LINKING:
        return None
    if words[0].lower not in OPENERS_THAT_LEAN or words[0].tag in ("D", "R", "Q"):
        return 0
    if len(words) > 1 and words[1].text == ",":
        return 2
    return 1 if words[0].tag == "C" else None


def _is_pointer(word: Word) -> bool:
    """Whether a subject stands for something told elsewhere; "IT" does not."""
    return word.lower in POINTERS and not word.text.isupper()


def _may_start(words: Sequence[Word], first: int) -> bool:
    if not first:
        return words[0].tag not in (".", "W", "C")
    before = words[first - 1]
    is_reporting = lemmas().get(before.lower, "") in REPORTING
    if before.lower not in BEFORE_CLAUSE and not is_reporting:
        return False
    if before.lower in NOT_CLAIMED or words[first].tag in (".", "W", "C"):
        return False
    if _is_pointer(words[first]):
        return False
    if before.lower == "as" and first > 1 and words[first - 2].lower in ("such", "as", "well"):
        return False
    # "throughput and | scalability is ...": without a verb before it, "and" only joins subjects.
    if before.tag == "C" and first > 1 and not any(w.tag in ("V", "X", "M") for w in words[: first - 1]):
        return False
    # "while" and the like at the front say what the main clause is set against: it is claimed all the same.
    prefix = words[:first]
    if before.text not in (";", "—") and any(
        word.lower in GOVERNING or word.lower in CONDITIONS or word.lower.endswith("n't") for word in prefix
    ):
        return False
    if is_reporting:
        return lemmas()[before.lower] in ATTRIBUTIVE
    if before.lower == "that":
        return first > 1 and lemmas().get(words[first - 2].lower, "") in ATTRIBUTIVE
    return True


def _is_subject(words: Sequence[Word], first: int, verb: int) -> bool:
    """Whether the words before a verb can be its subject, whatever the learned boundaries say."""
    subject = words[first:verb]
    if any(word.text in (":", ";") for word in subject) or sum(word.text in "—–" for word in subject) % 2:
        return False
    if not any(word.tag in ("N", "NP", "#", "Q", "R", "VG") for word in subject):
        # "instantly | became", "widely used | will".
        return False
    if first and subject[0].tag == "VG" and any(word.tag in ("V", "X", "M") for word in words[: first - 1]):
        return False
    wh = next((at for at in range(len(subject) - 1, 0, -1) if subject[at].tag == "W"), None)
    if wh is not None and not any(word.tag in ("V", "X", "M") for word in subject[wh:]):
        # "The bit that | turned": the verb is the relative clause's.
        return False
    if len(subject) > 1 and _is_pointer(_last_plain(subject)):
        # "A year later, they | began".
        return False
    commas = [at for at, word in enumerate(subject) if word.text == ","]
    # "The largest fair, CES | starts", "Dallas, Texas, | was".
    return len(commas) != 1 or any(word.tag == "C" for word in subject[commas[0] :])


def _last_plain(words: Sequence[Word]) -> Word:
    """The last word that is no adverb or mark, else the first."""
    return next((word for word in reversed(words) if word.tag not in ("A", ".")), words[0])


def _openings(
    words: Sequence[Word], first: int, verb: int
) -> Iterator[tuple[tuple[tuple[int, int], ...], float]]:
    """Give the pieces up to the verb: whole, without an aside, and with the time it opens with."""
    if first and words[first - 1].text == "," and _is_time(words[: first - 1]):
        yield ((0, verb + 1),), 0.0
    yield ((first, verb + 1),), 0.0
    for at in range(first + 1, verb):
        close = aside_end(words, at)
        if close is not None and close <= verb:
            yield ((first, at), (close, verb + 1)), ASIDE_COST
            return


def _is_time(words: Sequence[Word]) -> bool:
    """Whether words before a comma say when: "In recent years", "Since 2019", "Today"."""
    if not 1 <= len(words) <= MAX_INTRODUCTION or any(word.tag in ("V", "X", "M", "R") for word in words):
        return False
    if len(words) == 1:
        return words[0].lower in NOW
    says_when = any(
        word.lower in TIME_WORDS or word.lower == "pandemic" or (word.tag == "#" and len(word.text) == 4)
        for word in words
    )
    return words[0].lower in TIME_OPENERS and says_when


def _ends(
    boundaries: Boundaries, pieces: Sequence[tuple[int, int]], verb: int
) -> Iterator[tuple[int, float]]:
    """Give the places where the clause may end, with how likely that is right."""
    words = boundaries.words
    count = sum(count_shown(words[start:end]) for start, end in pieces)
    for end in range(verb + 1, len(words) + 1):
        last = words[end - 1]
        count += count_shown((last,)) if end > verb + 1 else 0
        if count > MAX_WORDS or last.text in (";", ":", "(", "—", "–", "•", "?"):
            return
        if count < MIN_WORDS or last.tag == ".":
            continue
        chance = boundaries.end(verb, end)
        if chance < MIN_END or is_open(words, verb, end) or changes_claim(words, pieces, verb, end):
            continue
        if _is_spliced(boundaries, verb, end):
            continue
        yield end, chance


def _is_spliced(boundaries: Boundaries, verb: int, end: int) -> bool:
    """Whether a second clause with a subject of its own follows a comma without a joint."""
    words = boundaries.words
    commas = [at for at in range(verb + 1, end - 1) if words[at].text == ","]
    if any(words[comma + 1].tag in ("V", "X", "M") for comma in commas):
        return True
    return any(
        boundaries.start(comma + 1, later) >= MIN_START
        for comma in commas
        for later in range(comma + 2, end)
        if words[later].tag in ("V", "X", "M") and words[comma + 1].tag not in ("C", "S", "W")
    )


def statement_cut(boundaries: Boundaries, first: int) -> Cut | None:
    """Give a heading or list item from a word on as one cut; None where it is no whole statement."""
    words = boundaries.words
    end = len(words)
    while end > first and words[end - 1].tag == ".":
        end -= 1
    for verb in range(first + 1, end):
        if (
            words[verb].tag in ("V", "X", "M")
            and (chance := boundaries.start(first, verb, is_front=True)) >= MIN_STATEMENT
        ):
            return Cut(((first, end),), verb, DOUBT_COST * (1 - chance))
    return None
