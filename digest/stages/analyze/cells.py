"""Change, horizon and driving force where the article itself says them.

Each finder looks at one sentence and gives words of it, cut and never reworded ("observed"), or a "From X
to Y" put together from its words ("inferred"). They are strict: a cell that does not read well alone is
worse than a suggested one, which says of itself that it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from digest.english.wordlists import word_list
from digest.english.words import TIME_WORDS, Word, count_words
from digest.records import Basis
from digest.stages.analyze.clauses import is_imperative
from digest.stages.analyze.cues import REPORTING, cue_weight, lemmas
from digest.stages.analyze.reading import Line

MIN_WORDS, MAX_WORDS = 2, 15
# Without a date of its own an article is taken to be from this year; a horizon lies at least this far ahead.
DEFAULT_YEAR = 2026
YEARS_AHEAD = 3
LAST_YEAR = 2125

POINTERS = word_list("pointers")
PHRASE_TAGS = ("D", "Q", "#", "J", "N", "NP", "VN", "VG", "A")
HORIZON = re.compile(
    r"\b(?:by|until|before|from|beyond|through|after)\s+"
    r"(?:the\s+(?:end|middle|start)\s+of\s+|the\s+(?:early|mid|late)[- ]?|early\s+|late\s+|mid-)?"
    r"(?P<year>20\d\d|2100)s?\b"
    r"|\b(?:over|in|within|during|for)\s+the\s+(?:next|coming)\s+(?:(?:few\s+|two\s+|three\s+)?decades?|(?:ten|fifteen|twenty|thirty|1\d|[2-5]0)\s+years)\b"
    r"|\bwithin\s+(?:a\s+(?:decade|generation)|(?:ten|fifteen|twenty|1\d|[2-5]0)\s+years)\b"
    r"|\b(?:a|two)\s+decades?\s+from\s+now\b",
    re.I,
)
FORCES = re.compile(
    r"\b(?P<cue>because\s+of|due\s+to|owing\s+to|driven\s+by|fuel+ed\s+by|spurred\s+by|prompted\s+by|triggered\s+by|amid|thanks\s+to|"
    r"in\s+response\s+to|as\s+a\s+result\s+of|caused\s+by|under\s+pressure\s+from)\s+",
    re.I,
)
PURPOSES = re.compile(
    r"\b(?P<cue>in\s+order\s+to|in\s+an?\s+(?:effort|attempt|bid)\s+to|so\s+as\s+to)\s+|"
    r"(?P<bare>\bto\s+(?=(?:cut|avoid|reduce|prevent|protect|save|meet|comply|tackle|curb|combat|limit|boost|ease|fight|address|"
    r"attract|counter|offset|safeguard|preserve|strengthen|lower)\s))",
    re.I,
)
MOVES = word_list("moves")


IRREGULAR_MOVES = {
    form: base
    for base, forms in {
        "rise": "rose risen rising",
        "fall": "fell fallen",
        "grow": "grew grown",
        "shrink": "shrank shrunk",
        "go": "went gone going",
        "slide": "slid",
        "swing": "swung",
    }.items()
    for form in forms.split()
}
SHIFTS = word_list("shifts")


@dataclass(frozen=True)
class Found:
    """A cell's words and where they stand."""

    text: str
    basis: Basis
    spans: tuple[tuple[int, int], ...]


def find_horizon(line: Line, text: str, published: date | None) -> Found | None:
    """Words that say how things will be ten years or so from now; None where the sentence says nothing of
    it."""
    for match in HORIZON.finditer(line.text):
        if match["year"]:
            ahead = int(match["year"]) - (published.year if published else DEFAULT_YEAR)
            if ahead < YEARS_AHEAD or int(match["year"]) > LAST_YEAR:
                continue
        start, end = line.start + match.start(), line.start + match.end()
        found = _clause_around(line, text, start, end)
        if found is not None and (match["year"] or any(word.tag == "M" for word in line.words)):
            return found
    return None


def find_force(line: Line, text: str) -> Found | None:
    """Words that say why; None where the sentence gives no reason."""
    if is_imperative(line.words):
        return None
    for match in FORCES.finditer(line.text):
        found = _noun_phrase(line, text, line.start + match.end())
        if found is not None:
            return found
    for match in PURPOSES.finditer(line.text):
        # "to" is kept: a purpose without it reads as an order.
        to = line.text.lower().rfind("to", 0, match.end())
        found = _purpose(line, text, line.start + to, is_plain=bool(match["bare"]))
        if found is not None:
            return found
    return None


def find_change(line: Line, text: str) -> Found | None:
    """A "from X to Y" of the sentence, or one put together from "instead of" or "replaced by"."""
    return _from_to(line, text) or _instead(line, text)


def _from_to(line: Line, text: str) -> Found | None:
    words = line.words
    for at, word in enumerate(words):
        if word.lower != "from" or at + 3 >= len(words):
            continue
        to = next((i for i in range(at + 2, min(len(words) - 1, at + 9)) if words[i].lower == "to"), None)
        if to is None or not _is_phrase(words[at + 1 : to]):
            continue
        end = _phrase_end(words, to + 1, limit=8)
        if end <= to + 1 or not _is_phrase(words[to + 1 : end]):
            continue
        if not _is_move(words, at, to, end):
            continue
        found = _found(text, "observed", [(word.start, words[end - 1].end)])
        if found is not None and count_words(found.text) >= 4:
            return found
    return None


def _is_move(words: Sequence[Word], at: int, to: int, end: int) -> bool:
    """Tell a change from a stretch of time, a way between places or a list ("from cats to dogs")."""
    x, y = words[at + 1 : to], words[to + 1 : end]
    before = [word for word in words[max(0, at - 6) : at] if word.tag != "."]
    if any(
        word.lower
        in ("range", "ranges", "ranged", "ranging", "anything", "everything", "anywhere", "vary", "varies")
        for word in before
    ):
        return False
    is_time = [
        any(word.lower in TIME_WORDS or re.fullmatch(r"(1[89]|20)\d\d", word.text) for word in part)
        for part in (x, y)
    ]
    has_number = [any(word.tag == "#" for word in part) for part in (x, y)]
    if (any(is_time) and not _is_duration(x)) or all(word.tag == "NP" for word in x):
        return False
    if any(word.lower in ("you", "your") for word in words):
        return False
    if all(has_number):
        return any(_stem_of_move(word.lower) in MOVES for word in before)
    near = words[max(0, at - 3) : at]
    is_place = any(word.lower == "the" for word in (x[0], y[0]))
    shifted = any(_stem_of_move(word.lower) in SHIFTS for word in near) and not any(
        word.text == "," for word in near
    )
    return shifted and not any(has_number) and not is_place


def _is_duration(words: Sequence[Word]) -> bool:
    """ "six days", "nine minutes": times that are amounts."""
    return (
        len(words) >= 2
        and words[0].tag == "#"
        and words[-1].lower in TIME_WORDS
        and not re.fullmatch(r"(1[89]|20)\d\d", words[0].text)
    )


def _stem_of_move(word: str) -> str:
    if word in IRREGULAR_MOVES:
        return IRREGULAR_MOVES[word]
    for ending in ("ing", "ed", "es", "d", "s"):
        if word.endswith(ending):
            for base in (word[: -len(ending)], word[: -len(ending)] + "e", word[: -len(ending) - 1]):
                if base in MOVES:
                    return base
    return word


def _instead(line: Line, text: str) -> Found | None:
    """ "X instead of Y", "X rather than Y", "replaced Y with X": from Y to X."""
    words = line.words
    for at in range(1, len(words) - 2):
        pair = f"{words[at].lower} {words[at + 1].lower}"
        if pair not in ("instead of", "rather than"):
            continue
        begin = _phrase_start(words, at, limit=5)
        end = _phrase_end(words, at + 2, limit=6)
        new, old = words[begin:at], words[at + 2 : end]
        # Most of some 25 pairs found without this were advice or contrast ("quartz instead of marble").
        both_numbers = all(any(word.tag == "#" for word in part) for part in (new, old))
        if both_numbers and _is_phrase(new) and _is_phrase(old) and _same_sort(new, old):
            return _composed(text, old, new)
    return None


def _same_sort(new: Sequence[Word], old: Sequence[Word]) -> bool:
    numbers = [any(word.tag == "#" for word in part) for part in (new, old)]
    return (
        numbers[0] == numbers[1]
        and len(new) + len(old) >= 3
        and new[0].tag not in ("VG", "A")
        and old[0].tag not in ("VG", "A")
    )


def _composed(text: str, old: Sequence[Word], new: Sequence[Word]) -> Found | None:
    spans = ((old[0].start, old[-1].end), (new[0].start, new[-1].end))
    body = f"From {_slice(text, *spans[0])} to {_slice(text, *spans[1])}"
    if not _reads_well(body):
        return None
    return Found(body, "inferred", spans)


def _phrase_end(words: Sequence[Word], start: int, *, limit: int) -> int:
    """Exclusive end of the noun phrase that starts here, "of" phrases included."""
    at = start
    while at < len(words) and at - start < limit:
        word = words[at]
        if word.tag == "D" and at > start and word.lower not in ("a", "an"):
            # "to execution | this year", but "to €9 a day"
            break
        if (
            word.tag in PHRASE_TAGS
            or (word.lower in ("of", "per", "and", "%") and at > start)
            or word.text in ("-", "%", "/", "$", "€", "£", "’")
        ):
            at += 1
        else:
            break
    while at > start and words[at - 1].tag not in ("N", "NP", "#", "VG") and words[at - 1].text != "%":
        at -= 1
    cut_inside = at < len(words) and words[at].tag in PHRASE_TAGS and at - start >= limit
    return start if cut_inside else at


def _phrase_start(words: Sequence[Word], end: int, *, limit: int) -> int:
    at = end
    while (
        at > 0
        and end - at < limit
        and (words[at - 1].tag in ("D", "Q", "#", "J", "N", "NP") or words[at - 1].lower == "of")
    ):
        at -= 1
        if words[at].tag == "D":
            break
    return at


def _is_phrase(words: Sequence[Word]) -> bool:
    if not words or words[0].tag in ("P", "C", "X", "M", "W", "T", "A", "."):
        return False
    if any(word.lower in POINTERS for word in words) or any(
        word.tag in ("V", "X", "M", "T", "W") for word in words
    ):
        return False
    return any(word.tag in ("N", "NP", "#") for word in words)


def _noun_phrase(line: Line, text: str, start: int) -> Found | None:
    """The noun phrase from an offset on, with "of", "in", "for" phrases, ending at a boundary."""
    words = [word for word in line.words if word.start >= start]
    if not words or words[0].lower in POINTERS or words[0].tag in ("T", "VB", "W", "R", "A", "."):
        return None
    if words[0].tag == "VG" and (len(words) < 2 or words[1].tag not in ("N", "NP")):
        return None
    at = 0
    while at < len(words) and at < MAX_WORDS:
        word = words[at]
        if (
            word.tag in PHRASE_TAGS
            or word.tag == "C"
            or word.text in ("-", "%", "’", "'", "/", "$", "€", "£")
            or (
                word.tag == "P"
                and word.lower
                in ("of", "in", "for", "on", "from", "between", "among", "with", "per", "about", "to")
            )
        ):
            at += 1
        else:
            break
    is_whole = (
        at >= len(words)
        or words[at].text in (".", ",", ";", "—", "–", ")", "!", ":")
        or words[at].tag in ("W", "S", "V", "M", "X")
    )
    if not is_whole or (
        at < len(words) and words[at].tag in ("V", "M", "X") and any(w.tag == "C" for w in words[:at])
    ):
        return None
    while at > 0 and words[at - 1].tag not in ("N", "NP", "#") and words[at - 1].text != "%":
        at -= 1
    phrase = words[:at]
    if not phrase or any(word.lower in POINTERS for word in phrase):
        return None
    if sum(word.tag in ("N", "NP", "J", "VG", "VN") for word in phrase) < 2 or all(
        word.lower in TIME_WORDS or word.tag in ("D", "#") for word in phrase
    ):
        return None
    return _found(text, "observed", [(phrase[0].start, phrase[-1].end)])


def _purpose(line: Line, text: str, start: int, *, is_plain: bool) -> Found | None:
    """ "to keep the budget balanced": up to the next boundary."""
    words = [word for word in line.words if word.start >= start]
    before = [word for word in line.words if word.end <= start and word.tag != "."]
    if len(words) < 3 or words[0].lower != "to" or not before:
        return None
    # "plans to cut", "able to avoid", "how to save": the verb before needs it, so it is no purpose.
    if is_plain and (
        before[-1].tag not in ("N", "NP", "#") or not any(word.tag in ("V", "X") for word in before)
    ):
        return None
    if is_plain and (before[-1].lower in NEEDS_TO or cue_weight_of_verbs(before) < 0.5):
        return None
    at = 1
    while at < len(words) and words[at].text not in (".", ",", ";", ":", "—", "–", "(", "!", "”", "“"):
        if words[at].tag in ("W", "S", "M", "R") and at > 2:
            break
        at += 1
    if at < len(words) and (words[at].text in ("(", "“", "”") or words[at].tag == "R"):
        return None
    phrase = words[:at]
    while phrase and (
        phrase[-1].tag in ("D", "P", "C", "S", "W", "M", "X", "T", "Q", "A", ".")
        or (len(phrase) > 2 and phrase[-2].tag == "C" and phrase[-1].tag.startswith("V"))
    ):
        phrase.pop()
    if (
        len(phrase) < 3
        or any(word.lower in POINTERS for word in phrase)
        or any(word.tag in ("V", "X") for word in phrase[2:])
    ):
        return None
    return _found(text, "observed", [(phrase[0].start, phrase[-1].end)])


NEEDS_TO = word_list("needs_to")


def cue_weight_of_verbs(words: Sequence[Word]) -> float:
    """The strongest change that the verbs among some words report."""
    return max((cue_weight(word) for word in words if word.tag in ("V", "VN", "VB")), default=0.0)


def _clause_around(line: Line, text: str, start: int, end: int) -> Found | None:
    """The part of the sentence between clause marks that holds an offset span, if it has a subject and a
    verb."""
    words = line.words
    if line.text.count("“") != line.text.count("”") or is_imperative(words):
        return None
    first = next(i for i, word in enumerate(words) if word.end > start)
    last = max(i for i, word in enumerate(words) if word.start < end)
    stops = [
        i
        for i, word in enumerate(words)
        if word.text in (".", ";", ":", "—", "–", "“", "”", "?", "!", "(", ")")
    ]
    begin = max([i + 1 for i in stops if i < first], default=0)
    finish = min([i for i in stops if i > last], default=len(words))
    commas = [i for i in range(begin, finish) if words[i].text == ","]
    options = []
    for a in [begin, *[i + 1 for i in commas if i < first]]:
        for b in [*[i for i in commas if i > last], finish]:
            piece = words[a:b]
            tail = words[max([a, *[c + 1 for c in commas if last < c < b]]) : b]
            is_attribution = a < b and any(
                lemmas().get(word.lower, "") in REPORTING for word in tail if tail != piece
            )
            if (
                _stands(piece)
                and not is_attribution
                and count_words(text[piece[0].start : piece[-1].end]) <= MAX_WORDS
            ):
                options.append((b - a, -a, piece))
    if not options:
        return None
    piece = max(options, key=lambda option: option[:2])[2]
    return _found(text, "observed", [(piece[0].start, piece[-1].end)])


def _stands(words: Sequence[Word]) -> bool:
    if (
        len(words) < 4
        or words[0].tag in ("C", "W", "S", "VN", "VG", "T", "V", "X", "M")
        or words[-1].tag in ("D", "P", "C", "W", "T")
    ):
        return False
    verb = next((i for i, word in enumerate(words) if word.tag in ("V", "X", "M")), None)
    if verb is None or verb == len(words) - 1 or lemmas().get(words[verb].lower) in ("say", "tell"):
        return False
    if any(word.lower in POINTERS for word in words):
        return False
    subject = words[:verb]
    if any(word.lower in POINTERS for word in subject) or any(word.tag in ("W", "S") for word in words):
        return False
    return any(word.tag in ("N", "NP") and word.lower not in TIME_WORDS for word in subject)


def _found(text: str, basis: Basis, spans: Sequence[tuple[int, int]]) -> Found | None:
    body = " ".join(_slice(text, *span) for span in spans)
    body = body[:1].upper() + body[1:]
    return Found(body, basis, tuple(spans)) if _reads_well(body) else None


def _reads_well(body: str) -> bool:
    return (
        MIN_WORDS <= count_words(body) <= MAX_WORDS
        and body.count("“") == body.count("”")
        and body.count("(") == body.count(")")
        and not re.search(r"[|<>{}•\"]|…|\.\.\.|[,;:]$", body)
        and body.isprintable()
        and any(c.isalpha() for c in body)
    )


def _slice(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())
