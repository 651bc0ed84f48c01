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

from digest.analysis.antecedents import antecedent, has_nobody, points_outside, was_introduced
from digest.analysis.faults import BIOGRAPHY, ON_THE_PAGE, is_whole
from digest.analysis.imperatives import is_imperative
from digest.analysis.introduced import introductions, is_alone
from digest.analysis.reading import TITLE, Line, Reading
from digest.analysis.sentence_furniture import BULLET, is_furniture, is_question
from digest.analysis.shortening import shorten, stripped
from digest.analysis.standing import LEANING_PHRASE
from digest.analysis.whole_names import Naming, is_one_of_several, namings
from digest.language.wordlists import word_list
from digest.language.words import FINITE, FIRST_PERSON, SECOND_PERSON, TIME_WORDS, Word, count_words

LEAST_WORDS, WHOLE_WORDS, MOST_WORDS = 5, 25, 45
"""Fewer words say too little; up to the second a sentence is never cut; above the third it gives no row."""
MOST_NAMED_WORDS = MOST_WORDS + 4
"""Words of a row with the names in brackets."""
SEVERAL = re.compile(
    r"(?!\b(?:Corp|Sept|Calif|Mass|Minn|Penn|Tenn|Wash|Conn|Prof"
    r"|Capt)\.)\b[A-Za-z]*[a-z]{4,}[.?!] [“\"']?[A-Z]"
)
"""A full stop inside: what was not divided is more than one sentence."""
GLUED = re.compile(
    r"(?:[a-z]{3}|\d) (?:Since|On|In|The|This|While|When|For|At|As|But|And|It|He|She|They|We|There|If|After"
    r"|Before) [a-z0-9]"
)
"""A heading that was not divided from its sentence: "A second benefit Since 1976, ..."."""
SUPPOSED = re.compile(r"^(?:If|Had|Without|Were)\b.*\bwould(?:n['’]t)?(?: \w+){0,3} have\b", re.S)
"""Says how things would be now, had something been otherwise: nothing changed."""
TEASER = re.compile(r"\bthere(?: is|'s|’s) (?:\w+ )?news\b|\bstay tuned\b", re.I)
"""Says that something happened, and not what."""
OFFER = re.compile(
    r"""\b(?:\d+\s?(?:%|per\s?cent)\s+off\b(?!\s+(?:[\w’'-]+\s+){0,4}(?:peaks?|highs?|lows?|records?|levels?|pace)\b)
      |(?:extra|additional)\s+\d+\s?%\s+discount
      |(?:codes?|discounts?|coupons?|gifts?)\b.{0,40}\bat\s+checkout
      |(?:discounts?|gifts?|coupons?|promotions?|sale)\s+(?:(?:and|or)\s+\w+\s+)?
       (?:is|are|will\s+be)\s+(?:only\s+|not\s+)?(?:valid|non-?transferable)
      |(?:may|can)\s?not\s+be\s+(?:combined|redeemed)
      |may\s+be\s+(?:suspended|terminated|revoked)\b.{0,30}\bat\s+any\s+time
      |qualifying[”"’']?\s+orders?
      |(?:enter|use|with|apply)\s+(?:the\s+)?(?:promo|promotional|discount|coupon)\s+codes?\b
      |while\s+(?:supplies|stocks?)\s+lasts?\b)""",
    re.I | re.X,
)
"""What a shop offers, and on which terms; not "30% off its peak". Of 44 such sentences that
careful readers read they took none for a signal."""
OPENER = re.compile(
    r"(?:however|additionally|moreover|furthermore|also|but|and|so|yet|meanwhile|in addition|besides|"
    r"in fact|indeed|of course|as a result|therefore|thus|consequently|for example|for instance|notably|"
    r"importantly|interestingly|specifically|similarly|likewise|overall|still|nevertheless|nonetheless|"
    r"at the same time|on the other hand|what's more|what’s more|plus|then|now|well|instead),?\s+"
    r"(?!(?:of|to|as|with)\b)",
    re.I,
)
# Without the comma these are part of the claim ("Still waters", "Now the city").
NEEDS_COMMA = word_list("openers_with_comma")
NAMED = re.compile(r"^(?:[\w’'&/+.-]+ ){0,4}[\w’'&/+.-]+: (?=[A-Z])")
"""What a paragraph is named before it speaks: "The solution: Caterers ..."."""
LABEL = re.compile(r"^[A-Z][A-Za-z.,’' /-]{2,40}\s*(?:\([A-Z]{2,12}(?:[ /][A-Z]{2,12})?\))?\s*(?:--|—|–)\s+")
"""A news agency's place line: "NEW JERSEY (WABC) -- "."""
HANGING = frozenset(("because", "although", "though", "while", "whereas", "unless", "which", "whose"))
FREE_OPENING = re.compile(
    r"(?:instead of|if|following|when|while|now an?|according to|one of the|two|three|four|five|six"
    r"|some|many|most|"
    r"both|no|as|after|before|since|with|among|under|all|only|more|for|among|of|second-?|during|in|on|at|by|from)\s",
    re.I,
)
"""What opens many a sentence that needs none before it; standing.py is stricter, for summaries."""


@dataclass(frozen=True)
class Statement:
    """What a row says, and where it stands."""

    line: int
    """Index of the sentence."""
    text: str
    spans: tuple[tuple[int, int], ...]
    """The article's words in it, in the order of `text`, but for the names in brackets."""
    names: tuple[tuple[int, int], ...] = ()
    """The names that stand in square brackets for pronouns, surnames and the like."""
    attribution: tuple[int, int] | None = None
    """Who said it, where that was left out."""
    is_cut: bool = False
    """Something but an opening word was left out."""
    is_titled: bool = False
    """A name in brackets is the title's."""
    is_alone: bool = True
    """A reader of nothing else knows of whom and what it speaks."""


def make_statement(reading: Reading, line: Line, *, is_whole: bool = False) -> Statement | None:
    """Say a sentence as a row shows it; None where it cannot stand alone."""
    text = reading.article.text
    words = _spoken(line)
    if not words or not _is_sayable(line, words):
        return None
    words, opened = without_opener(line, words)
    if len(words) < LEAST_WORDS:
        return None
    if words[0].lower in TIME_WORDS and words[1].text == ",":
        # "Sunday, according to ...": the end of what was divided at "a.m.".
        return None
    names = namings(reading, line, words, also=introductions(reading, line.index, words))
    if not names or names[0].start != words[0].start:
        if was_introduced(reading, line, words) or is_one_of_several(reading, line, words):
            return None
        if points_outside(words):
            found = antecedent(reading, line, words)
            if found is None:
                return None
            names = [found, *(each for each in names if each.line in (found.line, TITLE))]
        elif (not opened and _leans_still(line, words)) or _is_half(words):
            return None
    pieces, attribution = shorten(words, WHOLE_WORDS if not is_whole else MOST_WORDS)
    shown = sum(count_words(text[first.start : last.end]) for first, last in pieces)
    if not LEAST_WORDS <= shown <= MOST_WORDS:
        return None
    is_cut = len(pieces) > 1 or attribution is not None or pieces[-1][1] != stripped(words)[-1]
    whole_spans = spans = [(first.start, last.end) for first, last in pieces]
    kept = _that_fit(text, names, MOST_NAMED_WORDS - shown)
    made = _put_together(text, spans, kept)
    if made is None or (names and names[0].start == words[0].start and spans[0][0] != words[0].start):
        return None
    body, spans, used = made
    shown_words = [word for word in words if any(start <= word.start < end for start, end in whole_spans)]
    alone = is_alone(reading, line.index, shown_words, used)
    shown_names = tuple(each.name for each in used if each.line != TITLE)
    is_titled = len(shown_names) < len(used)
    return Statement(line.index, body, tuple(spans), shown_names, attribution, is_cut, is_titled, alone)


def whole_statement(reading: Reading, line: Line) -> Statement | None:
    """Say a sentence with nothing left out but an opening word; None where it is too long or leans."""
    made = make_statement(reading, line, is_whole=True)
    return None if made is None or made.names or made.is_titled else made


def _that_fit(text: str, names: Sequence[Naming], most: int) -> list[Naming]:
    """Those of the names, in order, that make a row at most so many words longer."""
    kept: list[Naming] = []
    for each in names:
        most -= count_words(each.whole) - count_words(text[each.start : each.end])
        if most < 0:
            break
        kept.append(each)
    return kept


def _put_together(
    text: str, pieces: Sequence[tuple[int, int]], names: Sequence[Naming]
) -> tuple[str, list[tuple[int, int]], list[Naming]] | None:
    """Join pieces of a text, with names in brackets for what is short for them.

    Returns:
        The row's words, where those stand that are not in brackets, and the names; None where marks have no
        partner.
    """
    body, spans, used = "", [], []
    for start, end in pieces:
        at = start
        for each in (each for each in names if start <= each.start and each.end <= end):
            is_first = not body and at == each.start
            whole = f"{each.whole[0].upper()}{each.whole[1:]}" if is_first else _in_midst(each.whole)
            body = _joined(body, text[at : each.start]) if at < each.start else body
            spans += [(at, each.start)] if text[at : each.start].strip() else []
            body = _joined(body, f"[{whole}{each.ending}]")
            used.append(each)
            at = each.end
        body = _joined(body, text[at:end])
        spans += [(at, end)] if text[at:end].strip() else []
    # A full stop or quotation mark at the end belongs to the sentence, not to the row.
    body = re.sub(r"\s+([,;.])", r"\1", body).strip().rstrip(",;:—–- ")
    if body.endswith(".") and not re.search(r"(?:\b[A-Z]|\b(?:Inc|Ltd|Co|Corp|Jr|Sr))\.$", body):
        body = body[:-1]
    body = body[:1].upper() + body[1:]
    return (body, [_trimmed(text, *each) for each in spans], used) if _is_balanced(body) else None


def _in_midst(phrase: str) -> str:
    """Give a phrase as it stands within a sentence: "A fire" is "a fire" there, "Ada Berg" is not "ada"."""
    is_article = phrase.split(" ", 1)[0] in ("A", "An")
    return f"{phrase[0].lower()}{phrase[1:]}" if is_article else phrase


def _joined(body: str, part: str) -> str:
    part = " ".join(part.split())
    is_close = not body or not part or part[0] in ",;.:)’'" or body[-1] in "(“"
    return f"{body}{part}" if is_close else f"{body} {part}"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


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
    if (
        SEVERAL.search(text)
        or TEASER.search(text)
        or SUPPOSED.search(text)
        or OFFER.search(text)
        or GLUED.search(text)
        or text.count("''") % 2
        or '""' in text
        or _speaks_of_self(words)
        or _points_at(words)
    ):
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


def without_opener(line: Line, words: list[Word]) -> tuple[list[Word], bool]:
    """Leave out "However," and its like, and say whether one was left out."""
    offset = words[0].start - line.start
    match = OPENER.match(line.text, offset)
    if not match:
        return words, False
    said = match.group().strip()
    if said.rstrip(",").lower() in NEEDS_COMMA and not said.endswith(","):
        return words, False
    rest = [word for word in words if word.start >= line.start + match.end()]
    return (rest, True) if len(rest) >= LEAST_WORDS else (words, False)


def _leans_still(line: Line, words: Sequence[Word]) -> bool:
    """Whether it needs the sentence before: it opens by pointing at that, or has a pronoun for nobody in
    it."""
    if has_nobody(words):
        return True
    return not FREE_OPENING.match(line.text[words[0].start - line.start :]) and bool(
        LEANING_PHRASE.match(line.text)
    )


def _is_half(words: Sequence[Word]) -> bool:
    """ "Because the model is shifting.": a clause that hangs on another sentence's."""
    if words[0].lower not in HANGING:
        return False
    if words[1].text == ",":
        return True
    comma = next((at for at, word in enumerate(words) if word.text in (",", "—", "–")), len(words))
    if words[comma + 1 : comma + 2] and words[comma + 1].tag == "VG" and words[comma + 2].tag not in FINITE:
        # "While tools fill the web, making it poorer"
        return not any(word.text == "," for word in words[comma + 1 :])
    return not any(word.tag in ("V", "X", "M") for word in words[comma:])


def _is_balanced(body: str) -> bool:
    pairs = (("(", ")"), ("“", "”"))
    return all(body.count(a) == body.count(b) for a, b in pairs) and body.count('"') % 2 == 0
