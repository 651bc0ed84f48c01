"""What an editor holds against a sentence of a summary, whatever it says; read off the sentence alone."""

import re
from collections.abc import Sequence
from itertools import takewhile

from digest.analysis.imperatives import is_imperative
from digest.analysis.reading import Line
from digest.analysis.sentence_furniture import QUOTE_OPENERS
from digest.analysis.titles import squeezed
from digest.language.verbs import verb_forms
from digest.language.words import FINITE, FIRST_PERSON, SECOND_PERSON, Word

LONG, SHORT = 42, 9  # words of a sentence that is hard to read, or that says too little; judgement
# What faults take away, times summary.FAULTS. Set by reading some 120 summaries (November 2026).
CALLS_READER = 1.0
ATTRIBUTED_TO_NOBODY = 0.10  # "he said", and the name is elsewhere
SPEAKS_TO_READER = 0.13  # "you"
SPEAKS_OF_SELF = 0.15  # "I" and "we"; less where the whole text is told so
QUOTES = 0.08  # opens with a quotation
IS_OPEN = 0.35  # a quotation that is not closed
HAS_BRACKET = 1.0  # the same of a bracket
LISTS = 0.2  # a label before a colon, or who somebody is
EXCLAIMS = 0.12  # an exclamation mark
CITES = 0.06  # a reference in brackets
BAD_LENGTH = 0.12  # over LONG, under SHORT
VAGUE = 0.08  # "there is", "it is" and the like as subject
LAYOUT = 0.2  # "below", "Figure 2": where it stands on the page
ADVERTISES = 0.15  # names the site that it stands on
ATTRIBUTED = re.compile(
    r"\b(?:he|she|they|I) (?:said|says|noted|notes|added|adds|pointed|explained|told|admitted|warned)\b"
)
LABEL = re.compile(r"(?:[\w’'&/+.,$€£%–-]+\s+){0,7}[\w’'&/+.,$€£%–-]+\s?(?::\s|\s[-–—]\s(?=[A-Z]))")
BIOGRAPHY = re.compile(
    r"\b(?:mother|father|mom|dad) of (?:one|two|three|four)\b|\blives in [A-Z]|\bis the author of\b"
    r"|\bis an? (?:freelance|staff|senior|contributing|certified|registered) \w+|\bfor over \d+ years\b",
    re.IGNORECASE,
)
CITATION = re.compile(r"\([^()]*\b(?:\d{4}|pp?\.|page|Ch\.|Fig\.|Table)[^()]*\)|\[\d+\]")
# What only means something on the page.
ON_THE_PAGE = re.compile(
    r"^(?:below|above|here)\b|\b(?:figure|fig\.|table|step|chapter) \d|"
    r"\bthe following\b|\b(?:tips|list|table|chart|steps|guide|options|examples|picks"
    r"|links?|section|article|form)\s+(?:below|above)\b|\bbelow[.,)]|\b(?:mentioned|listed|shown|described)\s+"
    r"(?:above|below|here)\b|\bwe(?:'|’)?(?:ve| have|ll| will)\s+(?:cover|rounded|gathered|compiled|listed"
    r"|put|tested|picked)|\b(?:each|every|all)\s+(?:\w+\s+){1,2}here\b",
    re.IGNORECASE,
)
# Disclaimers, grants, author lists, and what only announces what is to come.
STRUCK = re.compile(
    r"\b(?:(?:is|are) not (?:intended (?:as|to)|a substitute for|meant (?:as|to be|to replace))"
    r"|(?:does|do) not (?:constitute|necessarily (?:reflect|represent))"
    r"|should not be (?:taken|construed|considered) as|for (?:informational|educational|general information)"
    r"|(?:consult|speak (?:to|with)|talk (?:to|with)|ask) (?:with )?(?:a|an|your) (?:\w+ )?(?:doctor"
    r"|physician|lawyer|attorney|professional|healthcare|provider|advisor|adviser|accountant)"
    r"|this (?:\w+ )?(?:work|research|study|project|publication) (?:was|is|has been) (?:\w+ )?(?:supported"
    r"|funded|financed)|under (?:the )?(?:grant|award|contract)|grant (?:no|nos|numbers?|agreement)\b"
    r"|(?:special|many|big) thank(?:s| you)\b"
    r"|(?:i|we)(?:['’]d| would)? (?:like to |want to )?(?:thank|acknowledge)"
    r"|conflicts? of interest|competing interests|corresponding author"
    r"|authors? (?:declare|contributed|wish to thank|thank|are grateful)|co-?authors? (?:are|include|of the)"
    r"|opinions expressed|views expressed|no responsibility|not (?:liable|responsible) for|at your own risk"
    r"|(?:my|free) newsletters?|without (?:prior )?notice|subject to change)\b"
    r"|\bas (?:(?:we|i)(?:['’]ve)? )?(?:\w+ed|saw|seen|said|shown) (?:in|earlier|above|before|last)\b"
    r"|\b(?:in|from) (?:the|my|our|a) (?:previous|last|next|earlier) (?:post|part|article"
    r"|section|chapter|essay)"
    r"|\bvol(?:ume|\.) \d+,|[a-z]\.\d{1,3}\s+[A-Z]"  # a note's number, and another sentence
    r"|^(?:here(?:['’]s| is| are)|let(?:['’]s| us)|below (?:is|are)|read on|keep reading|scroll)\b"
    r"|\b(?:here (?:are|is) (?:the|some|a|our|my|\w+ of)|(?:are|is) (?:as follows|listed)|listed"
    r" (?:here|below)"
    r"|let['’]s (?:\w+ )?(?:look|dive|explore|start|begin|get|see|break|take|go|talk|find))\b",
    re.IGNORECASE,
)
RELATIVE = ("who", "whom", "whose", "which")
CONTRACTED = re.compile(r"['’](?:s|re|ve|ll|m|d|t)$")
NO_SENTENCE = re.compile(r"(?:how to|what to|where to|when to|why)\b", re.IGNORECASE)
EMPTY_SUBJECTS = ("Nobody ", "Nothing ", "There is no ", "There’s ", "There's ")


def weigh_faults(line: Line, *, self_weight: float) -> float:
    """Sum up what an editor holds against a sentence.

    Args:
        line: The sentence.
        self_weight: What speaking of "I" or "we" takes away: up to SPEAKS_OF_SELF, less in an essay told so.

    Returns:
        0 for a sentence without fault; summary.FAULTS says what 1 takes away.
    """
    lowers, text = lowers_of(line), line.text
    faults = (
        (self_weight, bool(lowers & FIRST_PERSON)),
        (SPEAKS_TO_READER, bool(lowers & SECOND_PERSON)),
        (CALLS_READER, _calls(line)),
        (ATTRIBUTED_TO_NOBODY, bool(ATTRIBUTED.search(text))),
        (QUOTES, text[0] in QUOTE_OPENERS),
        (IS_OPEN, text.count("“") != text.count("”") or (text.count('"') + text.count("''")) % 2 > 0),
        (HAS_BRACKET, text.count("(") != text.count(")")),
        (LISTS, bool(LABEL.match(text))),
        (EXCLAIMS, "!" in text),
        (CITES, bool(CITATION.search(text))),
        (BAD_LENGTH, line.count < SHORT or line.count > LONG),
        (VAGUE, text.startswith(EMPTY_SUBJECTS)),
        (LISTS, bool(BIOGRAPHY.search(text))),
        (LAYOUT, bool(ON_THE_PAGE.search(text))),
    )
    return sum(weight for weight, is_so in faults if is_so)


def is_struck(line: Line) -> bool:
    """Say whether an editor would strike a sentence: it tells of nothing, but of the page and its makers."""
    return bool(STRUCK.search(line.text))


def names_site(line: Line, site: str) -> bool:
    """Say whether a sentence speaks of the site it stands on, its name or host."""
    name = squeezed(site.rsplit(".", 1)[0])
    return len(name) > 5 and name in squeezed(line.text)


def _calls(line: Line) -> bool:
    """Whether a sentence tells the reader to do something, also after an opening phrase or clause."""
    if line.words[0].tag == "W" or is_imperative(line.words) or _orders(line.words):
        return True
    commas = [at for at, word in enumerate(line.words[:16]) if word.text == ","]
    is_clause = line.words[0].tag in ("S", "W")
    return any(
        is_imperative(line.words[at + 1 :]) or (is_clause and _orders(line.words[at + 1 :])) for at in commas
    )


def _orders(words: Sequence[Word]) -> bool:
    """Whether a clause begins with a bare verb and has no other before it ends."""
    words = [word for word in words if word.tag != "." or word.text == ","]
    at = 1 if len(words) > 1 and words[0].tag == "A" else 0
    if not words or "b" not in verb_forms().get(words[at].lower, "") or words[at].tag in ("NP", "X"):
        return False
    clause = takewhile(lambda word: word.tag not in ("S", "W") and word.text != ",", words[at + 1 :])
    return not any(word.tag in FINITE for word in clause)


def is_whole(line: Line) -> bool:
    """Say whether a sentence has a verb of its own: outside brackets, beside those of relative clauses.

    "My profile (so it knows who I am)." and "Thoughts from a traveller who never paid." have none.
    """
    first = line.words[0]
    # "Saves the list to a file.": a line of a list of what something does.
    has_no_subject = first.lower.endswith("s") and (
        first.tag == "V" or (first.tag == "N" and line.words[1].tag == "D")
    )
    if NO_SENTENCE.match(line.text) or has_no_subject:
        return False
    inside = verbs = relatives = 0
    is_after_verb = False
    for word in line.words:
        inside += (word.text in ("(", "[")) - (word.text in (")", "]"))
        if inside > 0:
            continue
        is_verb = word.tag in FINITE or bool(CONTRACTED.search(word.text))
        verbs += is_verb and not is_after_verb
        is_after_verb = is_verb or (is_after_verb and word.tag == "A")
        # "Doctor Who" is a name.
        relatives += word.text in RELATIVE
    return verbs > relatives


def lowers_of(line: Line) -> set[str]:
    """Give the words of a sentence, lower-cased, with straight apostrophes."""
    return {word.lower.replace("’", "'") for word in line.words}
