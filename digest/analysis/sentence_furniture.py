"""What stands in an article's text and is no prose: subscribe lines, credits, bylines, headings, list
fragments.

Rules, each on one sentence or line: nothing here knows the article's subject.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from digest.language.words import Word, count_words

# Wording that addresses the reader of a site and not of an article. Matched anywhere in a sentence.
CALLS = re.compile(
    r"""\b(?:subscribe|sign[-
    ]?up|newsletter|click\s+(?:here|the|on|below)|tap\s+here|read\s+(?:more|on\s+(?:for|to)|also|next|the\s+full)|read\s+our
      |learn\s+more|find\s+out\s+more|see\s+also|follow\s+us|share\s+this|log\s+in|cookies?\s+(?:policy|settings|preferences)
      |privacy\s+policy|terms\s+(?:of\s+(?:use|service)|and\s+conditions)|all\s+rights\s+reserved|©|copyright\s+\d{4}
      |contact\s+us|get\s+in\s+touch|e-?mail\s+us|call\s+us|visit\s+our|check\s+out|download\s+(?:our|the\s+app|now|free)
      |shop\s+now|buy\s+now|add\s+to\s+cart|free\s+(?:shipping|trial|quote|consultation|demo)|book\s+(?:a|your|now)\s
      |affiliate|amazon\s+(?:links?|website|associates?)|(?<![-\w])sponsored(?=\s+(?:by|content|posts?|links?)|\s*$)|advertisement|commission\s+(?:if|when|from|on)|at\s+no\s+(?:extra|additional)\s+cost
      |this\s+(?:article|post|story|piece)\s+(?:was|is|has|originally|first|may|contains)
      |(?:originally|first)\s+(?:published|appeared)|last\s+(?:updated|modified|reviewed)|reviewed\s+by|edited\s+by|written\s+by
      |(?:photo|image|picture|video)s?\s*(?:by|credit|courtesy|:)|getty\s+images|shutterstock|unsplash|all\s+photos
      |leave\s+a\s+(?:comment|reply)|in\s+the\s+comments|let\s+us\s+know|tell\s+us|stay\s+tuned|join\s+us|disclaimer|disclosure
      |frequently\s+asked|table\s+of\s+contents|related\s+(?:articles|posts|stories|reading)|you\s+(?:may|might)\s+also\s+(?:like|enjoy)
      |thanks?\s+for\s+reading|for\s+more\s+(?:information|details|on)|reach\s+out\s+to\s+(?:us|me|our)|follow\s+(?:me|him|her|them)\s+on
      |(?:monday|friday|sunday|weekly|daily|our)\s+newsletters|our\s+(?:editors|editorial|newsletter|podcast|website|guide|app)|promo\s+code|use\s+code|rsvp|tickets\s+are\s+available
      |for\s+(?:media|press)\s+(?:enquiries|inquiries)|about\s+the\s+author|watch\s+(?:now|the\s+video|below)|press\s+release
      |in\s+this\s+(?:article|guide|post|blog|section|review|roundup|list|tutorial|video|episode)|we(?:'|’)ll\s+(?:explore|cover|look|show|walk|discuss|dive)
      |(?:pictured|seen|shown)\s+(?:above|below|here)|minute\s+read|min\s+read|back\s+to\s+top|skip\s+to)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Bounded: from each letter of a line without spaces the rest of it would be looked through.
ADDRESS = re.compile(r"https?://|www\.|\S@\S{1,250}\.\w|\b\S{1,250}\.(?:com|org|net|io)/\S")
MAX_BYLINE = 300  # characters; bounds the work of BYLINE, whose repeats look through a whole line; judgement
BYLINE = re.compile(
    r"^(?:by|written by|words by|text|photograph|author|source|credit|image)[:\s]\s*"
    r"[A-Z][\w.’'-]+(?:\s+[A-Z][\w.’'-]+)*\W*$",
    re.I,
)
BULLET = re.compile(r"^\s*(?:[•◦▪●*–—✓✔➤➡→-]|\d{1,2}[.)]|[a-z][.)])\s")
CODE = re.compile(r"[{}<>]|=>|==|::|\(\)|;\s*$|^\s*(?:import|def|const|var|npm|pip|sudo|\$)\s|\\\w|__|\s\|\s")
QUOTE_OPENERS = "“\"‘«'„"
CLOSERS = '”"’»)]'
END_MARKS = (".", "!", "…")
MOST_KEPT = 1024
"""Sentences that are remembered: those of a very long article."""


@lru_cache(maxsize=MOST_KEPT)
def is_furniture(sentence: str) -> bool:
    """Say whether a sentence belongs to the site and not to the article.

    What was said lately is kept: an analysis asks it of each sentence up to four times.
    """
    if CALLS.search(sentence) or ADDRESS.search(sentence):
        return True
    line = sentence.strip()
    return len(line) <= MAX_BYLINE and bool(BYLINE.match(line))


def is_prose(sentence: str, words: Sequence[Word]) -> bool:
    """Say whether a line is a whole sentence of running text.

    Not prose: headings and fragments (no verb or no full stop), list items and their announcements (":"),
    questions, code, tables, shouting, and anything under five words.
    """
    text = sentence.strip()
    count = count_words(text)
    bare = text.rstrip(CLOSERS).rstrip()
    if count < 5 or not bare.endswith(END_MARKS) or bare.endswith(("...", "…")):
        return False
    if (
        BULLET.match(text)
        or CODE.search(text)
        or not (text[0].isupper() or text[0].isdigit() or text[0] in QUOTE_OPENERS + "€$£")
    ):
        return False
    if is_question(text) or not any(word.tag in ("V", "X", "M") for word in words):
        return False
    letters = [c for c in text if c.isalpha()]
    shouting = sum(c.isupper() for c in letters) > 0.35 * max(1, len(letters))
    return not shouting and len(letters) > 0.55 * len(text) and not is_furniture(text)


def is_question(text: str) -> bool:
    """Say whether a sentence asks."""
    return "?" in text
