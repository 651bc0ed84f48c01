"""Cut a sentence to a clause of 5 to 12 of its own words that still stands alone.

A clause starts where a subject can start (the sentence, after a comma, after "said that"), has a finite
verb, and ends where a phrase ends. Asides between subject and verb may be cut and are marked "[...]".
Never cut: a negation or condition that governs the clause ("if", "denied that"), the "of" of a noun, the
end of a range, what a verb needs. Numbers and names are never touched; a leading capital may be set. When
in doubt no clause is given.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.english.background import rarity
from digest.english.verbs import verb_forms
from digest.english.wordlists import word_list
from digest.english.words import BE, NEGATIONS, TIME_WORDS, Word
from digest.stages.analyze.clause_ends import MAX_WORDS, MIN_WORDS, clause_ends, verb_base
from digest.stages.analyze.cues import ATTRIBUTIVE, change_score, lemmas
from digest.stages.analyze.reading import Line

CUT = "[...]"
# What keeping all of a sentence's content is worth, against a change cue's 1.
RETENTION = 0.8
# Words before a clause that govern it: without them it would say something else.
GOVERNING = word_list("governing") | (NEGATIONS - {"without"})
LEANING_SUBJECTS = word_list("leaning_subjects")
VAGUE_SUBJECTS = word_list("vague_subjects")
READER = word_list("reader")
IMPERATIVES = word_list("imperatives")


@dataclass(frozen=True)
class Clause:
    """Words of one sentence, in order, with what was left out between them marked."""

    line: int
    """Index of the sentence."""
    spans: tuple[tuple[int, int], ...]
    """Offsets of its contiguous pieces."""
    text: str
    words: tuple[Word, ...]
    score: float
    """How well it reads and how much of the change it keeps; higher is better."""
    is_leaning: bool
    """Its subject points outside ("Its campus", "This rule")."""


def cut_clauses(line: Line, text: str) -> list[Clause]:
    """Give the clauses a sentence can be cut to, best first; empty where none reads well.

    Args:
        line: The sentence.
        text: The article's text, which offsets point into.
    """
    if is_imperative(line.words):
        return []
    found: list[Clause] = []
    for start, penalty in _starts(line.words):
        for pieces, verb, cost in _subjects(line.words, start):
            for end, end_cost in clause_ends(line.words, pieces, verb):
                clause = _make(
                    line, text, [*pieces[:-1], (pieces[-1][0], end)], verb, penalty + cost + end_cost
                )
                if clause is not None:
                    found.append(clause)
    return sorted(found, key=lambda c: (-c.score, c.spans))


def is_imperative(words: Sequence[Word]) -> bool:
    """Say whether a sentence tells the reader to do something."""
    plain = [word for word in words if word.text[0].isalnum()]
    if len(plain) < 2:
        return False
    first, second = plain[0], plain[1]
    if first.lower in IMPERATIVES:
        return first.tag != "NP" and (
            second.tag not in ("V", "X", "M", "P") or first.lower in ("don't", "be")
        )
    if "b" not in verb_forms().get(first.lower, "") or first.tag == "NP":
        return False
    return second.tag in ("D", "R") or first.lower.endswith(("ate", "ize", "ise", "ify"))


def _starts(words: Sequence[Word]) -> Iterator[tuple[int, float]]:
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


def _subjects(words: Sequence[Word], start: int) -> Iterator[tuple[list[tuple[int, int]], int, float]]:
    """Walk from a start to its finite verb.

    Yields:
        The pieces so far (word indices; the last one open and reaching over the verb), the verb's index,
        and the cost of what was cut between.
    """
    first = words[start] if start < len(words) else None
    if first is None or (
        first.tag in (".", "P", "C", "S", "W", "T", "X", "M", "V", "VB", "A")
        and first.lower not in ("nearly", "almost", "about", "roughly", "only")
    ):
        return
    if first.tag == "R" and first.lower not in (
        "it",
        "they",
        "he",
        "she",
        "nobody",
        "everyone",
        "everybody",
        "someone",
    ):
        return
    if start and first.tag == "VG":
        return
    if first.tag == "VN" and words[start + 1 : start + 2] and words[start + 1].tag not in ("N", "NP", "J"):
        return
    pieces: list[tuple[int, int]] = []
    open_from, at, cost = start, start, 0.0
    has_noun, has_infinitive = first.tag == "R", False
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
        elif (skip := _aside_end(words, at)) is not None and has_noun:
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


def _aside_end(words: Sequence[Word], at: int) -> int | None:
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


def _make(line: Line, text: str, pieces: Sequence[tuple[int, int]], verb: int, cost: float) -> Clause | None:
    """Build the clause and judge it; None where marks do not pair or it says nothing."""
    words = line.words
    kept = [word for first, last in pieces for word in words[first:last]]
    spans = tuple((words[first].start, words[last - 1].end) for first, last in pieces if last > first)
    body = f" {CUT} ".join(" ".join(text[start:end].split()) for start, end in spans)
    body = body.rstrip(" ,;:")
    if not body.isprintable() or not _pairs(body) or re.search(r"[|<>{}•]|\.{3}(?!\])|…", body):
        return None
    count = len(body.replace(CUT, "").split())
    if not MIN_WORDS <= count <= MAX_WORDS:
        return None
    if any(word.tag != "NP" and word.lower.split("'")[0] in READER for word in kept):
        return None
    if is_imperative(kept):
        return None
    subject = kept[0].lower
    main = verb_base(words[verb])
    if main in (
        "say",
        "tell",
        "think",
        "believe",
        "know",
        "mean",
        "ask",
        "feel",
        "hope",
        "wish",
        "love",
        "let",
    ):
        return None
    score = change_score(kept) - cost
    score += 0.05 * min(count, 10) / 10
    score += 0.15 * any(word.tag == "NP" and word.lower not in TIME_WORDS for word in kept)
    is_leaning = subject in LEANING_SUBJECTS
    score -= 1.0 * is_leaning + 0.5 * (subject in VAGUE_SUBJECTS)
    if words[verb].lower in BE and not any(
        word.tag in ("VN", "VG", "VB") for word in kept if word.start > words[verb].start
    ):
        # "X is a Y" defines; it does not report.
        score -= 0.5
    elif _tells_past(words, verb):
        score += 0.3 if change_score(kept) >= 0.5 else 0.1
    score -= 0.4 * any(word.tag == "R" and word.lower in ("it", "them", "him", "her") for word in kept[1:])
    score += RETENTION * _retained(kept, words)
    if pieces[0][0] == 0 and pieces[-1][1] >= len(words) - 1:
        score += 0.2
    return Clause(line.index, spans, with_capital(body), tuple(kept), score, is_leaning)


def _tells_past(words: Sequence[Word], verb: int) -> bool:
    """Whether the finite verb says that something has happened: rose, was closed, has completed."""
    word = words[verb]
    if word.tag == "X":
        return word.lower in ("was", "were", "has", "have", "had", "did", "been")
    return word.tag == "V" and ("d" in verb_forms().get(word.lower, "") or word.lower.endswith("ed"))


def _retained(kept: Sequence[Word], words: Sequence[Word]) -> float:
    """The part of the sentence's content, by rarity, that the clause keeps, 0 to 1.

    No more is asked than twelve words hold, about 5 on the rarity scale.
    """
    content = [
        rarity(word.lower) for word in words if word.tag in ("N", "NP", "#", "V", "VN", "VB", "J", "VG")
    ]
    here = [rarity(word.lower) for word in kept if word.tag in ("N", "NP", "#", "V", "VN", "VB", "J", "VG")]
    return min(1.0, sum(here) / max(1e-6, min(sum(content), 5.0)))


def _pairs(text: str) -> bool:
    return (
        text.count("“") == text.count("”")
        and text.count("(") == text.count(")")
        and text.count('"') % 2 == 0
        and text.count("‘") <= text.count("’")
    )


def with_capital(text: str) -> str:
    """Set a leading capital, but leave names like iPhone and eBay alone."""
    first = text.split(" ", 1)[0]
    return text if any(c.isupper() for c in first) else text[:1].upper() + text[1:]
