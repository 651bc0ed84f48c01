"""Where a clause may end: after a whole phrase, with what its verb needs, before nothing that limits it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from digest.analysis.cues import REPORTING, lemmas
from digest.language.wordlists import word_list
from digest.language.words import BE, NEGATIONS, TIME_WORDS, Word

MIN_WORDS, MAX_WORDS = 5, 12
NOUNS = ("N", "NP", "#", "VG")
# Words after a clause that limit it: it may not end right before them.
LIMITING = word_list("limiting")
INTRANSITIVE = word_list("intransitive")
NEEDS_PREPOSITION = word_list("needs_preposition")
# "The first authority in the county to refuse": without what follows it claims another thing.
NEEDS_MORE = word_list("needs_more")

NEEDS_INFINITIVE = word_list("needs_infinitive")
OPENS_CLAUSE = word_list("opens_clause")


def clause_ends(
    words: Sequence[Word], pieces: Sequence[tuple[int, int]], verb: int
) -> Iterator[tuple[int, float]]:
    """Places where the clause may end (exclusive word index), with what ending there costs."""
    if verb + 1 < len(words) and words[verb + 1].text in (",", ":"):
        return
    count = sum(count_shown(words[a:b]) for a, b in pieces)
    for end in range(verb + 1, len(words) + 1):
        if words[end - 1].text[0].isalnum() and end - 1 > verb:
            count += 1
        if count > MAX_WORDS:
            return
        if end > verb + 1 and words[end - 1].text in (";", ":", "(", "—", "–", "“", '"', "•", "?"):
            return
        if count < MIN_WORDS:
            continue
        cost = _end_cost(words, end, verb)
        if cost is not None and _is_complete(words, verb, end):
            yield end, cost


def _end_cost(words: Sequence[Word], end: int, verb: int) -> float | None:
    """What it costs to end before words[end]; None where a clause may not end."""
    last = words[end - 1]
    if last.tag in ("D", "P", "C", "S", "W", "M", "X", "T", "Q", ".", "R") and last.text not in (
        "%",
        "”",
        ")",
    ):
        return None
    if last.tag == "J" and end < len(words) and words[end].tag in (*NOUNS, "J", "VN"):
        return None
    if words[end - 2].text == ",":
        return None
    if last.tag == "VG" and words[end - 2].tag not in ("N", "NP", "J", "V", "VB", "VN", "X"):
        return None
    if end >= len(words):
        return 0.0
    after = words[end]
    if after.text in (".", "!", ";"):
        return 0.0
    if is_limited(words, verb, end):
        return None
    return _cost_before(words, end, verb)


def _cost_before(words: Sequence[Word], end: int, verb: int) -> float | None:
    """The same where words[end] does not limit the clause and is none of its own."""
    last, after = words[end - 1], words[end]
    if after.text in ("—", "–", ":"):
        return 0.1
    following = words[end + 1] if end + 1 < len(words) else None
    if (
        any(word.lower in NEGATIONS or word.lower.endswith("n't") for word in words[verb:end])
        and after.text != ","
    ):
        # "has not been used | on a farm": cut there, it would deny more.
        return None
    if after.text == ",":
        if last.tag == "J" and words[verb].lower not in BE:
            return None
        return None if following is None or _goes_on(words, end, following) else 0.1
    if after.text in (")", "”", '"', "(", "’"):
        return 0.15
    if after.tag == "P":
        return _cost_before_preposition(words, end)
    if after.tag == "T" and any(verb_base(word) in NEEDS_INFINITIVE for word in words[verb:end]):
        return None
    if after.tag == "T":
        return 0.4 if last.tag in ("N", "NP", "#") else None
    if after.tag in ("S", "W"):
        return _cost_before_clause(last, after)
    if after.tag == "C":
        return _cost_before_and(words, end, following)
    if after.tag in ("VG", "VN") and last.tag in ("N", "NP", "#"):
        # "..., the ramp | jammed": after a comma this is another clause's subject.
        return None if any(word.text == "," for word in words[verb:end]) else 0.25
    if after.tag in ("#", "Q") and last.tag in ("N", "NP") and following and following.lower in TIME_WORDS:
        return 0.15
    return None


def _cost_before_preposition(words: Sequence[Word], end: int) -> float | None:
    last, after = words[end - 1], words[end]
    if (last.tag == "N" and words[end - 2].lower in BE) or last.lower in NEEDS_PREPOSITION:
        return None
    if last.tag in ("V", "VB", "J", "A") or (
        after.lower in ("by", "to", "into", "from", "up", "down", "out", "off", "with")
        and last.tag in ("VN", "VG")
    ):
        return None
    cost = 0.35 if after.lower in ("by", "from", "to", "into", "for", "between", "with") else 0.2
    # "can find women | at risk": a bare plural is told apart by what follows it.
    is_bare = last.tag == "N" and words[end - 2].tag in ("V", "VB", "VN", "VG")
    return cost + 0.3 * is_bare


def _cost_before_clause(last: Word, after: Word) -> float | None:
    if after.tag == "S":
        causes = ("because", "while", "when", "after", "since", "although", "whereas")
        return 0.15 if after.lower in causes else None
    tells = after.lower in ("which", "who", "where", "that", "when")
    return 0.2 if last.tag in ("N", "NP", "#") and tells else None


def is_limited(words: Sequence[Word], verb: int, end: int) -> bool:
    """Say whether what follows a clause that ends before words[end] would limit it.

    So do "than", "of", "only" and the like, the rest of a range, what a superlative is of, and what a time is
    counted from.
    """
    if end >= len(words):
        return False
    after, last = words[end], words[end - 1]
    if after.lower in LIMITING or _is_range(words, end) or _leaves_out_the_end(words, verb, end):
        return True
    if after.text not in (",", "—", "–", ":", ".", "!", ";") and any(
        word.lower in NEEDS_MORE for word in words[verb + 1 : end]
    ):
        return True
    return last.lower in TIME_WORDS and after.lower in (
        "after",
        "before",
        "since",
        "when",
        "later",
        "ago",
        "earlier",
    )


def _leaves_out_the_end(words: Sequence[Word], verb: int, end: int) -> bool:
    """Whether "fell from 412 | in 2023 to 231" would be cut between what it fell from and what it fell to."""
    begin = next(
        (at for at in range(verb, end - 1) if words[at].lower == "from" and words[at + 1].tag == "#"), None
    )
    if begin is None or any(word.lower == "to" for word in words[begin:end]):
        return False
    rest = words[end : end + 12]
    return any(word.lower == "to" and after.tag == "#" for word, after in pairwise(rest))


def _cost_before_and(words: Sequence[Word], end: int, following: Word | None) -> float | None:
    if following is None or words[end].lower in ("or", "nor", "but"):
        return None
    if any(word.lower in ("between", "both", "either", "neither") for word in words[max(0, end - 6) : end]):
        return None
    if following.tag in ("V", "X", "M"):
        return 0.1
    return 0.2 if following.tag in ("D", "R") else None


def _goes_on(words: Sequence[Word], end: int, following: Word) -> bool:
    """Whether a comma only separates items of a list or adjectives, so that the phrase is not over."""
    last = words[end - 1]
    if following.tag in ("R", "W", "S", "VG", "D", "VN", "A", "P", "T", "X", "C", "."):
        if following.tag == "C":
            return following.lower in ("or", "nor") or _is_listed(words, end)
        return last.tag == "J" and following.tag == "D"
    if following.tag == "NP" and last.tag == "NP":
        return True
    return following.tag in ("J", "N", "NP", "#", "VB", "V", "Q") and _is_listed(words, end)


def _is_listed(words: Sequence[Word], end: int) -> bool:
    """Whether an "and" or "or" with few words before it follows the comma: the tail of a list."""
    run = 0
    for word in words[end + 1 : end + 12]:
        if word.lower in ("and", "or", "&"):
            return True
        if word.tag in ("V", "X", "M", "W"):
            return False
        run += 1
    return run < 3


def _is_range(words: Sequence[Word], end: int) -> bool:
    """Whether the cut would fall inside "from 212 to 437" or "between 4 and 7" or "up from 5 per cent"."""
    near = [word.lower for word in words[max(0, end - 7) : end]]
    after = words[end].lower
    if after in ("to", "up") and "from" in near:
        return True
    if after == "from" and {"to", "into"} & {word.lower for word in words[end : end + 10]}:
        return True
    if words[end - 1].tag == "#" and words[end].tag in ("#", "N", "J", "VG", "NP", "VN"):
        return True
    return after in ("million", "billion", "trillion", "per", "percent", "%", "times")


def _is_complete(words: Sequence[Word], verb: int, end: int) -> bool:
    """Whether what the verb needs is there."""
    if opens_clause(words, verb, end):
        return False
    rest = _without_marks(words, verb, end)
    main = rest[0]
    tail = rest[1:]
    if not tail:
        return verb_base(main) in INTRANSITIVE
    if main.tag in ("X", "M"):
        content = [word for word in tail if word.tag not in ("X", "A", "D", "Q", "P", "R")]
        if not content:
            return False
        if content[0].tag in ("VB", "VG") or (
            content[0].tag == "VN" and main.lower in ("has", "have", "had")
        ):
            return _has_object(content[0], tail[tail.index(content[0]) + 1 :], tail)
        return True
    return _has_object(main, tail, tail)


def opens_clause(words: Sequence[Word], verb: int, end: int) -> bool:
    """Say whether a clause that opens after the verb has no verb yet: "..., when a technician"."""
    rest = _without_marks(words, verb, end)
    opener = max(
        (at for at, word in enumerate(rest) if word.tag in ("W", "S") and word.lower in OPENS_CLAUSE),
        default=None,
    )
    return bool(opener) and not any(word.tag in ("V", "X", "M") for word in rest[opener:])


def _without_marks(words: Sequence[Word], verb: int, end: int) -> list[Word]:
    return [
        word for word in words[verb:end] if word.tag != "." and not (word.tag == "A" and word.lower != "not")
    ]


def _has_object(verb: Word, tail: Sequence[Word], whole: Sequence[Word]) -> bool:
    if verb_base(verb) in REPORTING and any(word.tag == "W" for word in tail[:2]):
        return any(word.tag in ("V", "X", "M") for word in tail[1:])
    if any(word.lower in ("been", "be", "being") for word in whole):
        return True
    return (
        any(word.tag in (*NOUNS, "J", "VN", "R", "VB", "A") for word in tail)
        or verb_base(verb) in INTRANSITIVE
    )


def verb_base(word: Word) -> str:
    """Give a verb's base form where cues.lemmas knows it, else the word."""
    return lemmas().get(word.lower, word.lower)


def count_shown(words: Sequence[Word]) -> int:
    """Count what a reader takes for words: no lone marks."""
    return sum(word.text[0].isalnum() or len(word.text) > 1 for word in words)
