"""The driving force where the article itself says it: a cause, a purpose, a growing need."""

import re
from collections.abc import Sequence

from digest.analysis.cues import cue_weight
from digest.analysis.imperatives import is_imperative
from digest.analysis.phrases import (
    MAX_WORDS,
    PHRASE_TAGS,
    POINTERS,
    Found,
    is_phrase,
    make_found,
    stands,
)
from digest.analysis.reading import Line
from digest.language.wordlists import word_list
from digest.language.words import TIME_WORDS, Word

AMID = (
    r"amid(?:st)?(?=\s+(?:grow|ris|mount|fall|declin|increas|wors|deepen|shrink|soar|wan|weak|dwindl)\w*\b)"
)
"""What happens "amid heavy fighting" has it beside it; "amid falling demand" has it as a cause."""
FORCES = re.compile(
    r"\b(?P<cue>because\s+of|due\s+to|owing\s+to|driven\s+by|fuel+ed\s+by|spurred\s+by|prompted\s+by|thanks\s+to|"
    rf"{AMID}|"
    r"in\s+response\s+to|as\s+a\s+result\s+of|caused\s+by|under\s+pressure\s+from)\s+",
    re.I,
)
PURPOSES = re.compile(
    r"\b(?P<cue>in\s+order\s+to|in\s+an?\s+(?:effort|attempt|bid)\s+to|so\s+as\s+to)\s+|"
    rf"(?P<bare>\bto\s+(?=(?:{'|'.join(sorted(word_list('purpose_verbs')))})\s))",
    re.I,
)
GROWING = word_list("growing")
DRIVING = word_list("driving")
VAGUE = frozenset(("factors", "reasons", "things", "circumstances", "issues"))
NEEDS_TO = word_list("needs_to")
AGENTS = word_list("agents")
"""Who drives a thing, rather than what."""
ASKING, ACTING = word_list("asking_verbs"), word_list("acting_verbs")


def find_force(line: Line, text: str) -> Found | None:
    """Words that say why; None where the sentence gives no reason."""
    if is_imperative(line.words):
        return None
    for match in FORCES.finditer(line.text):
        found = _noun_phrase(line, text, line.start + match.end())
        if found is not None:
            return found
    found = _cause(line, text) or _driver(line, text)
    if found is not None:
        return found
    for match in PURPOSES.finditer(line.text):
        # "to" is kept: a purpose without it reads as an order.
        to = line.text.lower().rfind("to", 0, match.end())
        found = _purpose(line, text, line.start + to, is_plain=bool(match["bare"]))
        if found is not None:
            return found
    return None


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
    if not phrase or any(word.lower in POINTERS or word.lower in VAGUE for word in phrase):
        return None
    # "due to the spout": a part of the thing spoken of, not a cause a reader knows.
    if phrase[0].lower == "the" and not any(word.lower == "of" for word in phrase):
        return None
    # "due to foreign materials | entering": the cause is what comes after.
    if at < len(words) and words[at].tag == "VG":
        return None
    if sum(word.tag in ("N", "NP", "J", "VG", "VN") for word in phrase) < 2 or all(
        word.lower in TIME_WORDS or word.tag in ("D", "#") for word in phrase
    ):
        return None
    return make_found(text, "observed", [(phrase[0].start, phrase[-1].end)])


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
    # "urged the government to stop": what is asked, and no purpose.
    if is_plain and any(word.lower in ASKING for word in before[-7:]):
        return None
    # A purpose of something that did not change is an instruction ("in order to make bread").
    if (is_plain and before[-1].lower in NEEDS_TO) or cue_weight_of_verbs(before) < 0.5:
        return None
    at = 1
    while at < len(words) and words[at].text not in (",", ";", ":", "—", "–", "(", "!", "”", "“"):
        # "110 b. Euro": a full stop inside ends no sentence.
        if words[at].text == "." and at + 2 >= len(words):
            break
        if (words[at].tag in ("W", "S", "M", "R") or words[at].lower == "by") and at > 2:
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
    return make_found(text, "observed", [(phrase[0].start, phrase[-1].end)])


def cue_weight_of_verbs(words: Sequence[Word]) -> float:
    """The strongest change that the verbs among some words report; what somebody does counts as one."""
    told = [word for word in words if word.tag in ("V", "VN", "VB", "VG")]
    return max((1.0 if word.lower in ACTING else cue_weight(word) for word in told), default=0.0)


def _cause(line: Line, text: str) -> Found | None:
    """ "As demand continues to grow, ...": a clause that tells of something growing or shrinking."""
    words = line.words
    for at, word in enumerate(words[:-3]):
        is_start = at == 0 or words[at - 1].text in (",", "—", "–", ";")
        if word.lower not in ("as", "because") or not (is_start or word.lower == "because"):
            continue
        end = next(
            (
                i
                for i in range(at + 1, len(words))
                if words[i].text in (",", ".", ";", ":", "—", "–", "!", "(")
            ),
            len(words),
        )
        clause = words[at + 1 : end]
        verb = next((i for i, each in enumerate(clause) if each.tag in ("V", "X", "M")), None)
        # A guide's "because" mostly explains a product; a clause that moves explains a change.
        if not verb or not stands(clause) or any(each.lower in ("you", "your", "can") for each in clause):
            continue
        if not any(_stem(each.lower) in GROWING for each in clause[verb : verb + 4]):
            continue
        if clause[0].lower != "the" or {each.lower for each in clause[:verb]} & {"of", "in", "for"}:
            found = make_found(text, "observed", [(clause[0].start, clause[-1].end)])
            if found is not None:
                return found
    return None


def _driver(line: Line, text: str) -> Found | None:
    """ "Rising costs are driving ...": the subject."""
    words = line.words
    for at in range(2, len(words) - 1):
        if words[at].lower not in DRIVING or words[at - 1].lower not in ("is", "are", "been"):
            continue
        end = at - 2 if words[at - 1].lower == "been" else at - 1
        begin = max((i + 1 for i in range(end) if words[i].tag in (".", "S", "W", "C")), default=0)
        subject = words[begin:end]
        content = sum(word.tag in ("N", "NP", "J", "VG", "VN") for word in subject)
        if is_phrase(subject) and content >= 2 and subject[-1].lower not in AGENTS:
            return make_found(text, "observed", [(subject[0].start, subject[-1].end)])
    return None


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and (base := word[: -len(ending)]) in GROWING:
            return base
        if word.endswith(ending) and word[: -len(ending)] + "e" in GROWING:
            return word[: -len(ending)] + "e"
    return word
