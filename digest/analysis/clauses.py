"""Cut a sentence to a clause of 5 to 12 of its own words that still stands alone.

Where a clause starts and ends is learned (boundary_cuts.py) or, with another model's vectors than the
packaged one's, a matter of rules (clause_starts.py, clause_ends.py). A sentence that is short enough is shown
whole. Asides between subject and verb may be cut and are marked "[...]". Never cut: a negation or condition
that governs the clause ("if", "denied that"), the "of" of a noun, the end of a range, what a verb needs.
Numbers and names are never touched; a leading capital may be set. What tells the reader what to do, speaks
to the reader, or has a pronoun for its subject gives no clause. When in doubt no clause is given.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.analysis.boundaries import Boundaries
from digest.analysis.boundary_cuts import Cut, boundary_cuts, statement_cut
from digest.analysis.clause_ends import MAX_WORDS, MIN_WORDS, clause_ends, verb_base
from digest.analysis.clause_starts import clause_starts, clause_subjects
from digest.analysis.reading import Line
from digest.analysis.sentence_furniture import BULLET, is_furniture, is_question
from digest.language.background import rarity
from digest.language.verbs import verb_forms
from digest.language.wordlists import word_list
from digest.language.words import BE, TIME_WORDS, WE, Word

CUT = "[...]"
# What keeping all of a sentence's content is worth, against a change cue's 1.
RETENTION = 0.8
LEANING_SUBJECTS = word_list("leaning_subjects")
VAGUE_SUBJECTS = word_list("vague_subjects")
LEANING_NOUNS = word_list("leaning_nouns")
CONNECTIVES = frozenset({"however", "therefore", "thus", "moreover", "instead", "otherwise", "too", "hence"})
READER = word_list("reader") - WE
KNOWN_SUBJECTS = frozenset({"everyone", "everybody", "nobody"}) | WE
IMPERATIVES = word_list("imperatives")
# They want a "to", "on" or "with" after them.
HANGING = frozenset(
    {"relative", "according", "prior", "compared", "due", "related", "owing", "pursuant", "akin"}
)


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
    is_personal: bool = False
    """Its writer speaks of themselves ("our team")."""


def cut_clauses(line: Line, text: str, boundaries: Boundaries | None = None) -> list[Clause]:
    """Give the clauses a sentence can be cut to, best first; empty where none reads well.

    Args:
        line: The sentence.
        text: The article's text, which offsets point into.
        boundaries: The sentence's learned boundaries; None to go by rules on word classes.
    """
    if is_imperative(line.words):
        return []
    cuts = _rule_cuts(line.words) if boundaries is None else boundary_cuts(boundaries)
    made = [_make(line, text, cut) for cut in cuts]
    found = {clause.spans: clause for clause in made if clause is not None}
    return sorted(found.values(), key=lambda c: (-c.score, c.spans))


def whole_statement(line: Line, text: str, boundaries: Boundaries) -> Clause | None:
    """Give a heading or list item that says something whole: "4. Residential spending is rising".

    None for a title in capitals, a question, an announcement and what has no subject and verb.
    """
    bullet = BULLET.match(line.text)
    first = sum(word.end <= line.start + bullet.end() for word in line.words) if bullet else 0
    words = line.words[first:]
    plain = [word for word in words[1:] if word.text[0].isalpha() and len(word.text) > 3]
    if not plain or is_question(line.text) or line.text.rstrip()[-1] in ":," or is_furniture(line.text):
        return None
    if sum(word.text[0].isupper() for word in plain) > len(plain) / 2 or is_imperative(words):
        return None
    if not words[0].text[0].isupper():
        return None
    cut = statement_cut(boundaries, first)
    return _make(line, text, cut) if cut else None


def _rule_cuts(words: Sequence[Word]) -> Iterator[Cut]:
    for start, penalty in clause_starts(words):
        for pieces, verb, cost in clause_subjects(words, start):
            for end, end_cost in clause_ends(words, pieces, verb):
                whole = (*pieces[:-1], (pieces[-1][0], end))
                yield Cut(whole, verb, penalty + cost + end_cost)


def is_imperative(words: Sequence[Word]) -> bool:
    """Say whether a sentence tells the reader to do something."""
    plain = [word for word in words if word.text[0].isalnum()]
    if len(plain) < 2:
        return False
    first, second = plain[0], plain[1]
    if first.lower in IMPERATIVES and second.lower in ("by", "with"):
        return first.tag != "NP"
    if first.lower in IMPERATIVES:
        return first.tag != "NP" and (
            second.tag not in ("V", "X", "M", "P") or first.lower in ("don't", "be")
        )
    if "b" not in verb_forms().get(first.lower, "") or first.tag == "NP":
        return False
    return second.tag in ("D", "R") or first.lower.endswith(("ate", "ize", "ise", "ify"))


def _make(line: Line, text: str, cut: Cut) -> Clause | None:
    """Build the clause and judge it; None where marks do not pair or it says nothing."""
    words, pieces, verb, cost = line.words, cut.pieces, cut.verb, cut.cost
    kept = [word for first, last in pieces for word in words[first:last]]
    spans = tuple((words[first].start, words[last - 1].end) for first, last in pieces if last > first)
    body = f" {CUT} ".join(" ".join(text[start:end].split()) for start, end in spans)
    body = body.rstrip(" ,;:")
    if not body.isprintable() or not _pairs(body) or re.search(r"[|<>{}•]|\.{3}(?!\])|…|&#?\w+;", body):
        return None
    # The mark of what was cut takes a word's room, but is none.
    if len(body.replace(CUT, "").split()) < MIN_WORDS or len(body.split()) > MAX_WORDS:
        return None
    if any(word.tag != "NP" and word.lower.split("'")[0] in READER for word in kept):
        return None
    is_whole = pieces[-1][1] >= len(words) - (words[-1].tag == ".")
    if is_imperative(kept) or (not is_whole and _hangs(kept)):
        return None
    is_name = kept[0].text.isupper() and len(kept[0].text) > 1  # "IT", "US"
    if kept[0].tag in ("R", "W") and not is_name and kept[0].lower not in KNOWN_SUBJECTS:
        return None
    if verb_base(words[verb]) in (
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
    score = _quality(kept, words, pieces, verb) - cost
    is_leaning = (kept[0].lower in LEANING_SUBJECTS and not is_name) or _leans(kept, words[verb])
    is_personal = any(word.lower in WE and word.text != "US" for word in kept)
    return Clause(line.index, spans, with_capital(body), tuple(kept), score, is_leaning, is_personal)


def _hangs(kept: Sequence[Word]) -> bool:
    """Whether a clause stops before what it announces: "emphasize that models", "15% higher relative",
    "taxes are now"."""
    plain = [word for word in kept if any(letter.isalnum() for letter in word.text)]
    last_but_adverbs = next((word for word in reversed(plain) if word.tag != "A"), plain[-1])
    if plain[-1].lower in HANGING or last_but_adverbs.lower in BE:
        return True
    at = next((at for at in reversed(range(len(kept))) if kept[at].lower in ("that", "whether")), None)
    if at is None or kept[at].tag in ("D", "R"):
        return False
    return not any(word.tag in ("V", "X", "M") for word in kept[at:])


def _leans(kept: Sequence[Word], verb: Word) -> bool:
    """Whether a clause is about something told elsewhere: "15 will retire", "The new one is expected"."""
    subject = [word for word in kept if word.start < verb.start and word.tag != "."]
    if kept[0].tag == "#" and kept[1].tag in ("V", "X", "M"):
        return True
    if not any(word.tag in ("N", "NP", "VG", "R") and word.text != "%" for word in subject):
        return True
    if subject[-1].lower in ("one", "ones"):
        return True
    return any(_points_outside(kept, at) for at in range(1, len(kept)))


def _quality(
    kept: Sequence[Word], words: Sequence[Word], pieces: Sequence[tuple[int, int]], verb: int
) -> float:
    """How well a clause reads alone and how much of its sentence it keeps."""
    count = sum(word.text[0].isalnum() for word in kept)
    score = 0.05 * min(count, 10) - 0.2 * (count < 6)
    score += 0.15 * any(word.tag == "NP" and word.lower not in TIME_WORDS for word in kept)
    subject = "" if kept[0].text.isupper() and len(kept[0].text) > 1 else kept[0].lower
    score -= 2.0 * (subject in LEANING_SUBJECTS) + 0.5 * (subject in VAGUE_SUBJECTS)
    if subject == "the" and kept[1].lower in LEANING_NOUNS and kept[2].tag in ("V", "X", "M", "A"):
        # "The company has ...": which one stands elsewhere.
        score -= 0.6
    if words[verb].lower in BE and not any(
        word.tag in ("VN", "VG", "VB") for word in kept if word.start > words[verb].start
    ):
        # "X is a Y" defines; it does not report.
        score -= 0.5
    elif _tells_past(words, verb):
        score += 0.1
    score -= 0.8 * _leans(kept, words[verb])
    score -= 0.4 * any(word.lower in CONNECTIVES for word in kept)
    score += RETENTION * _retained(kept, words)
    return score + 0.2 * (pieces[0][0] == 0 and pieces[-1][1] >= len(words) - 1)


def _points_outside(words: Sequence[Word], at: int) -> bool:
    """Whether a word stands for something that is told elsewhere."""
    word = words[at]
    if word.lower in ("this", "that", "these", "those") and word.tag in ("D", "R"):
        return at + 1 >= len(words) or words[at + 1].tag not in ("N", "NP", "J", "VN", "VG", "#")
    return word.tag == "R" and word.lower in ("it", "them", "him", "her", "he", "she", "they")


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
