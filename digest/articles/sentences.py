"""Split a text into sentences with exact offsets."""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from digest.records import Sentence

# List markers and table bars belong to the line, not to its sentence.
_MARKER = re.compile(r"(?:[-*•‣▪●·–—]\s+|\|\s*)+")
# "6. Secure your network": the number belongs to what it numbers.
_NUMBER = re.compile(
    r"(?:step |part |chapter |day |section |sec\. |article |art\. |§ ?)?"
    r"[(#]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,4})[.)]",
    re.IGNORECASE,
)
# "The 3. Liga": an ordinal that is written with a full stop belongs to its noun.
_ORDINAL = re.compile(
    r"\b(?:the|a|his|her|their|its|der|die|das|dem|den|am|im|vom|zum)\s+\d{1,2}\.$", re.IGNORECASE
)
# "9 a.m. Sunday", "5 p.m. ET": what tells the hour more closely goes on; anything else begins a sentence.
_HOUR = re.compile(r"\b[ap]\. ?m\.$", re.IGNORECASE)
_OF_THE_HOUR = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?"
    r"|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|[A-Z]{2,4}T"
    r"|ET|CT|MT|PT|GMT|UTC|Eastern|Central|Mountain|Pacific|Greenwich|local)\b"
)
# Most lines are one sentence or a heading: only the others are worth splitting.
_MAY_END = re.compile(r"[.!?…:;][\"'”’»)\]]*\s|[^\x00-\u058f]")
_HAS_WORD = re.compile(r"\w")

# sentencex breaks after these before a capital (measured on 240 pages, November 2026).
_NO_END = re.compile(
    r"(?:^|[\s(“\"‘'])(?:U\.S|U\.K|E\.U|U\.N|D\.C|St|Mt|Ft|No|Nos|vs|approx|est|Fig|Figs|Eq|Sec|Ch|Vol|pp"
    r"|p|cf|ca|al|Art|Abs|Nr|[A-Z](?:\.[A-Z])+|"
    r"Dr|Mr|Mrs|Ms|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Rev|Hon|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov"
    r"|Dec|[A-Z])\.$"
)
# A title is followed by a name, whatever that is: "Dr. No", "Mr. Most".
_TITLE = re.compile(r"(?:^|[\s(“\"‘'])(?:Dr|Mr|Mrs|Ms|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Rev|Hon)\.$")
# After "U.S.", "J.D.", "Feb.", "vitamin C." and an answer "No." these begin a new sentence; other capitals
# continue a name ("U.S. Senate"), and so do initials ("J. A. Smith").
_STARTERS = re.compile(
    r"(?:The|This|That|These|Those|There|Here|He|She|It|They|We|I|You|His|Her|Its|Their|Our|My|But|And|So|Then"
    r"|In|On|At|For|As|To|By|From|With|After|Before|Since|If|When|While|However|A|An|No|Not|Nobody|Some|Many"
    r"|Most|Several|Both|One|What|Who|Why|How|Now|Today|Yesterday|Last|Next)\b(?!\.)"
)
# It does not break here: a closing bracket or quote after the full stop, then a capital.
_MISSED = re.compile(r"(?<=[a-z0-9]{2}[.!?][)\]”\"])\s+(?=[(“\"‘]?[A-Z][a-z]*\s)")

WINDOW = 5_000
"""Characters of a line that are split at once. A sentence that is longer than half of it may be cut there."""
LOOK = 40
"""Characters on either side of a gap that tell whether the sentence goes on."""

_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")


def sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """Split a text into sentences, line by line, because sentencex does not break at newlines.

    Args:
        text: Lines are never joined: a heading or a list item is a sentence of its own.
        language: ISO 639-1; one that is not known is split by general rules.

    Returns:
        Sentences in order, trimmed of white space and list markers, each holding a word; empty for empty.
    """
    found: list[Sentence] = []
    offset = 0
    for line in text.split("\n"):
        if line:
            found += _of_line(text, offset, offset + len(line), language)
        offset += len(line) + 1
    return tuple(found)


def _of_line(text: str, start: int, end: int, language: str) -> Iterator[Sentence]:
    marker = _MARKER.match(text, start, end)
    if marker:
        start = marker.end()
    if not _MAY_END.search(text, start, end):
        yield from _trimmed(text, start, end)
        return
    for first, last in _joined(text, _split(text[start:end], start, language)):
        yield from _trimmed(text, first, last)


def _split(line: str, offset: int, language: str) -> Iterator[tuple[int, int]]:
    """Give the spans sentencex finds, divided where it misses an end."""
    # It panics over white space of several bytes before a mark, such as a no-break space; one for one, so
    # that offsets stay.
    plain = _WIDE_SPACE.sub(" ", line)
    for start, end in _segments(plain, language or "en"):
        before = start
        for gap in _MISSED.finditer(line, start, end):
            yield offset + before, offset + gap.start()
            before = gap.end()
        yield offset + before, offset + end


def _segments(line: str, language: str) -> Iterator[tuple[int, int]]:
    """Give the spans of sentencex window by window, because its time grows as the square of a line."""
    import sentencex

    at = 0
    while at < len(line):
        window = line[at : at + WINDOW]
        ends = list(accumulate(len(part) for part in sentencex.segment(language, window)))
        if not ends or ends[-1] != len(window):
            ends = [len(window)]  # it promises lossless parts; should it not keep that, all stays whole
        if at + len(window) < len(line) and len(ends) > 1 and ends[-2] >= WINDOW // 2:
            ends.pop()  # may go on behind the window
        yield from pairwise([at, *(at + end for end in ends)])
        at += ends[-1]


def _joined(text: str, spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join spans that were divided after an abbreviation, or before a small letter."""
    held: tuple[int, int] | None = None
    for start, end in spans:
        # Neither side is needed whole, and a sentence may be joined of thousands of parts.
        if held is not None and _goes_on(
            text[max(held[0], held[1] - LOOK) : held[1]], text[start : min(end, start + LOOK)]
        ):
            held = (held[0], end)
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def _goes_on(before: str, after: str) -> bool:
    """Whether two parts of a line are one sentence."""
    if before[-1:] == "." and after[:1].isascii() and after[:1].isalnum():
        return True  # "System.Net", "example.com": no space, no end; Chinese and Japanese need none
    before, after = before.rstrip(), after.lstrip()
    if not before or not after or _NUMBER.fullmatch(before):
        return True
    if after[0].islower() and before.endswith("."):
        # "e.g. this", "vs. that"; but iPhone and eBay begin sentences.
        return not (len(after) > 1 and after[1].isupper())
    if _HOUR.search(before):
        return _OF_THE_HOUR.match(after) is not None
    if _ORDINAL.search(before) and after[0].isupper() and not _STARTERS.match(after):
        return True
    if not before.endswith(".") or not _NO_END.search(before[-12:]):
        return False
    is_start = _STARTERS.match(after) and not _TITLE.search(before[-12:])
    return not is_start and not after.startswith(("“", '"'))


def _trimmed(text: str, start: int, end: int) -> Iterator[Sentence]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "|"):
        end -= 1
    if start < end and _HAS_WORD.search(text, start, end):
        yield Sentence(start, end)
