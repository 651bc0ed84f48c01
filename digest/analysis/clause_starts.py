"""Where a clause may start, and how its subject leads to its finite verb, by rules on word classes.

With the vectors of the packaged model boundaries.py knows better; these rules serve every other.
"""

from collections.abc import Iterator, Sequence

from digest.analysis.cues import ATTRIBUTIVE, lemmas
from digest.language.verbs import verb_forms
from digest.language.wordlists import word_list
from digest.language.words import NEGATIONS, Word

# Words and marks that a clause with a subject of its own may follow.
BEFORE_CLAUSE = word_list("before_clause")
HEDGING = word_list("hedging")
# Words before a clause that govern it: without them it would say something else.
GOVERNING = word_list("governing") | (NEGATIONS - {"without"})

SUBJECT_PRONOUNS = frozenset({"it", "they", "he", "she", "nobody", "everyone", "everybody", "someone"})
NO_SUBJECT = (".", "P", "C", "S", "W", "T", "X", "M", "V", "VB", "A")


def clause_starts(words: Sequence[Word]) -> Iterator[tuple[int, float]]:
    """Places where a clause may start, with what starting there costs."""
    yield 0, 0.0
    for at in range(1, len(words) - 3):
        before = words[at - 1]
        prefix = words[:at]
        is_governed = any(word.lower in GOVERNING or word.lower.endswith("n't") for word in prefix)
        # A new sentence half ("...; ...") is not governed by the first.
        if is_governed and before.text not in (";", "—"):
            continue
        base = lemmas().get(before.lower, "")
        if before.text in (";", ":"):
            yield at, 0.15
        elif before.text in ("—", "–") or (before.text == "," and _is_introduction(words, at - 1)):
            yield at, 0.1
        elif before.lower == "that" and at > 1 and lemmas().get(words[at - 2].lower, "") in ATTRIBUTIVE:
            yield at, 0.0
        elif (
            before.tag in ("V", "VN")
            and base in ATTRIBUTIVE
            and words[at].tag in ("D", "NP", "N", "#", "Q", "J")
        ):
            yield at, 0.05
        elif before.lower in ("and", "but", "while", "whereas") and (before.tag in ("C", "S")):
            is_list = before.tag == "C" and (
                words[at].tag not in ("D", "NP", "#", "Q")
                or any(word.text == "," for word in words[max(0, at - 8) : at - 2])
            )
            if at > 1 and words[at - 2].text in (",", ";", "—") and not is_list:
                yield at, 0.15


def _is_introduction(words: Sequence[Word], comma: int) -> bool:
    """Whether what stands before a comma leads up to the main clause: "In October,", "When it closed,"."""
    before = words[:comma]
    if not before or before[0].tag not in ("P", "S", "A", "VG", "VN", "T", "J"):
        return False
    has_verb = any(word.tag in ("V", "X", "M") for word in before)
    return not has_verb or before[0].tag == "S"


def clause_subjects(words: Sequence[Word], start: int) -> Iterator[tuple[list[tuple[int, int]], int, float]]:
    """Walk from a start to its finite verb.

    Yields:
        The pieces so far (word indices; the last one open and reaching over the verb), the verb's index,
        and the cost of what was cut between.
    """
    if start >= len(words) or not _opens_subject(words, start):
        return
    pieces: list[tuple[int, int]] = []
    open_from, at, cost = start, start, 0.0
    has_noun, has_infinitive = words[start].tag == "R", False
    relative: int | None = None
    while at < len(words) and at - start < 40:
        word = words[at]
        if word.tag in ("V", "X", "M"):
            if word.tag == "V" and has_infinitive and "b" in verb_forms().get(word.lower, ""):
                # "tools to help teams focus": the verb belongs to the infinitive.
                return
            if has_noun:
                yield [*pieces, (open_from, at + 1)], at, cost
                if relative is not None:
                    # "17 firms which are customers" stay 17; "companies that do so" are not all companies.
                    lost = 0.45 if words[relative].lower == "that" else 0.25
                    yield [*pieces, (open_from, relative), (at, at + 1)], at, cost + lost
            return
        if word.tag in ("N", "NP", "#", "Q", "VG", "D"):
            has_noun = has_noun or word.tag != "D"
            at += 1
        elif word.tag in ("J", "VN", "P", "C", "A", "T", "VB"):
            has_infinitive = has_infinitive or word.tag == "T"
            at += 1
        elif (skip := aside_end(words, at)) is not None and has_noun:
            pieces.append((open_from, at))
            open_from = at = skip
            cost += 0.2
        elif word.tag in ("R", "W") and at > start and words[at - 1].tag in ("N", "NP", "#"):
            relative = at if word.lower in ("which", "who", "that") else None
            at = _past_relative(words, at)
        elif word.text in ("’", "'", "“", "”", '"', "-", "/", "%", "$", "€", "£", "."):
            at += 1
        else:
            return


def _opens_subject(words: Sequence[Word], start: int) -> bool:
    """Whether a word can be the first of a subject."""
    first = words[start]
    if first.tag == "R":
        return first.lower in SUBJECT_PRONOUNS
    if first.tag == "VN":
        return start + 1 >= len(words) or words[start + 1].tag in ("N", "NP", "J")
    if first.tag == "VG":
        return not start
    return first.tag not in NO_SUBJECT or first.lower in ("nearly", "almost", "about", "roughly", "only")


def aside_end(words: Sequence[Word], at: int) -> int | None:
    """Where an aside that opens here closes again with a verb after it; None if this opens none."""
    closing = {",": ",", "—": "—", "–": "–", "(": ")"}.get(words[at].text)
    if closing is None:
        return None
    for end in range(at + 2, min(len(words) - 1, at + 24)):
        if words[end].text == closing:
            after = words[end + 1]
            further = words[end + 2] if end + 2 < len(words) else after
            is_verb = after.tag in ("V", "X", "M") or (after.tag == "A" and further.tag in ("V", "X", "M"))
            inside = words[at + 1 : end]
            is_list = words[at + 1].tag in ("N", "NP", "J") and any(
                w.tag == "C" for w in words[end - 3 : end]
            )
            holds_denial = any(word.lower in NEGATIONS for word in inside) and words[at + 1].tag != "W"
            # "Investors, it seems, had noticed": without it more is claimed.
            holds_denial = holds_denial or any(word.lower in HEDGING for word in inside)
            if is_verb and not holds_denial and not (is_list and closing == "," and words[at + 1].tag == "N"):
                return end + 1
            if closing != ",":
                return None
    return None


def _past_relative(words: Sequence[Word], at: int) -> int:
    """The place after a relative clause's own verb, so that the next verb is the main one."""
    for step in range(at + 1, min(len(words), at + 8)):
        if words[step].tag in ("V", "X", "M"):
            step += 1
            while step < len(words) and words[step].tag in ("X", "VN", "VB", "A", "VG"):
                step += 1
            return step
        if words[step].tag in (".", "W", "S"):
            break
    return len(words)
