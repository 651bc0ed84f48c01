"""The beginning of a sentence as a row, where no clause could be cut: better than an empty table, and
noted."""

import re

from digest.analysis.clauses import Clause, is_imperative
from digest.analysis.reading import Line
from digest.language.words import count_words

MIN_WORDS, MAX_WORDS = 5, 12
BAD_LAST = ("D", "P", "C", "S", "W", "M", "X", "T", "Q", ".", "R", "A", "J", "V", "VB", "VG")


def cut_fragment(line: Line, text: str) -> Clause | None:
    """Cut 5 to 12 words from the sentence's start, at a phrase's end; None where there are too few words."""
    best = None
    for end in range(1, len(line.words) + 1):
        last = line.words[end - 1]
        body = " ".join(text[line.start : last.end].split())
        count = len(body.split())
        if count > MAX_WORDS:
            break
        if count >= MIN_WORDS and last.tag not in BAD_LAST:
            after = line.words[end].tag if end < len(line.words) else "."
            if (
                after not in ("N", "NP", "J", "#", "VG")
                and body.isprintable()
                and not re.search(r"[|<>{}•]", body)
            ):
                best = (last.end, body)
    if best is None:
        return None
    end, body = best
    body = re.sub(r"^[^\w“\"€$£(]+", "", body)
    start = text.find(body.split()[0], line.start) if body else line.start
    if not body or count_words(body) < MIN_WORDS:
        return None
    kept = [word for word in line.words if word.end <= end]
    if is_imperative(line.words) or kept[0].tag in ("P", "S", "W", "T", "R", "A", "C", "V", "VB"):
        return None
    score = -0.3 * (kept[0].tag in ("VG", "VN", "."))
    score -= 0.3 * (not any(word.tag in ("V", "X", "M") for word in kept))
    return Clause(line.index, ((start, end),), body[:1].upper() + body[1:], line.words, score, True)
