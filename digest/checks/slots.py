"""The place a name has in its sentence: what it does there, what stands beside it, what is said of it.

Roles compare the place a claim gives a name with the places the document gives it. Heads and tags are guesses
(85 and 95 % right), so every answer is a hint that is weighed, not a fact.
"""

from dataclasses import dataclass

from digest.checks.claim_names import Name
from digest.checks.claim_reading import Reading
from digest.language.heads import Head
from digest.language.words import BE

VERB_TAGS = frozenset(("V", "VB", "VG", "VN", "X", "M"))
PLACES = frozenset(("at", "in", "into", "on", "near", "inside", "outside"))
COMPANY = frozenset(("with", "to", "by", "between"))
NAMING = frozenset(("called", "named", "titled", "dubbed"))
HONORIFICS = frozenset(("mr", "mrs", "ms", "dr", "prof", "professor", "sir", "miss"))
GREETINGS = frozenset(
    ("dear", "hi", "hello", "hey", "thanks", "ok", "morning", "afternoon", "bye", "sincerely")
)
DETERMINERS = frozenset(("the", "a", "an", "this", "their", "our", "its", "his", "her", "my", "your"))

KINDS = (
    "subject", "object", "acts", "place", "company", "origin", "of", "about", "naming",
    "modifies", "modified", "owns", "listed", "determined", "counted", "honoured", "explained",
)  # fmt: skip
"""What can be said of a name's place, each true or false."""


@dataclass(frozen=True)
class Slot:
    """A name's place."""

    kinds: frozenset[str]
    """Some of KINDS."""
    frame: str
    """The preposition or title before it."""
    verb: int
    """Where the verb stands that the name is subject or object of; -1 for none."""


def slot_of(reading: Reading, name: Name) -> Slot:
    """Describe the place of a name in a sentence of a claim or a document."""
    sentence = reading.sentence_of[name.last]
    start, end = reading.spans[sentence]
    heads = reading.heads([sentence])[sentence]
    before = _before(reading, name.first, start)
    frame = reading.words[before].lower.rstrip(".") if before >= start else ""
    kinds = set(_beside(reading, name, start, end))
    kinds |= _framed(frame, is_preposition=before >= start and reading.tagged[before].tag == "P")
    relation, verb = _relation(reading, heads, name, start)
    if relation:
        kinds.add(relation)
    is_frame = before >= start and (reading.tagged[before].tag in ("P", "T") or frame in HONORIFICS | NAMING)
    return Slot(frozenset(kinds), frame if is_frame else "", verb)


def _before(reading: Reading, first: int, start: int) -> int:
    """The word before a name, over articles, full stops and other capitals; -1 for none near."""
    for at in range(first - 1, max(start, first - 4) - 1, -1):
        word = reading.words[at]
        if word.lower.rstrip(".") in HONORIFICS:
            return at
        if word.lower not in DETERMINERS and word.text != "." and not word.text[0].isupper():
            return at
    return -1


def _framed(frame: str, *, is_preposition: bool) -> set[str]:
    groups = {
        "place": frame in PLACES,
        "company": frame in COMPANY,
        "origin": frame == "from",
        "of": frame in ("of", "for"),
        "about": frame in ("about", "via", "as"),
        "naming": frame in NAMING,
        "honoured": frame in HONORIFICS,
    }
    return {
        kind for kind, holds in groups.items() if holds and (is_preposition or kind in ("naming", "honoured"))
    }


def _beside(reading: Reading, name: Name, start: int, end: int) -> set[str]:
    """What the words right before and after a name say of it."""
    tag_before = reading.tagged[name.first - 1].tag if name.first > start else ""
    word_before = reading.words[name.first - 1].lower if name.first > start else ""
    after = reading.tagged[name.last + 1 : min(end, name.last + 4)]
    first, second = [*(word.tag for word in after), "", ""][:2]
    comma = bool(after) and after[0].text == ","
    holds = {
        "acts": first in ("V", "X", "M") or (first == "A" and second in ("V", "X", "M")),
        "modifies": first in ("N", "NP", "#"),
        "modified": tag_before in ("N", "J"),
        "owns": reading.words[name.last].lower.endswith(("'s", "s'")),
        "listed": ((first == "C" or comma) and second == "NP") or tag_before == "C",
        "determined": word_before in DETERMINERS,
        "counted": tag_before in ("#", "Q"),
        "explained": comma and len(after) > 1 and after[1].lower in DETERMINERS,
    }
    return {kind for kind, is_so in holds.items() if is_so}


def _relation(reading: Reading, heads: tuple[Head, ...], name: Name, start: int) -> tuple[str, int]:
    """Whether a name is what its verb's subject or object means, passives turned round, and the verb."""
    at = name.last - start
    for _ in range(3):
        head = heads[at]
        if head.index < 0:
            return "", -1
        tag = reading.tagged[start + head.index].tag
        if head.relation in ("subject", "object") and tag in VERB_TAGS:
            passive = head.relation == "subject" and _is_passive(reading, heads, head.index, start)
            return ("object" if passive else head.relation), start + head.index
        if head.relation == "inside" and reading.words[start + head.index].lower == "by":
            verb = heads[head.index].index
            if verb >= 0 and reading.tagged[start + verb].tag == "VN":
                return "subject", start + verb
        # The second of a list plays the part of the first.
        if head.relation != "and":
            return "", -1
        at = head.index
    return "", -1


def _is_passive(reading: Reading, heads: tuple[Head, ...], verb: int, start: int) -> bool:
    if reading.tagged[start + verb].tag != "VN":
        return False
    return any(
        head.index == verb and head.relation == "auxiliary" and reading.words[start + at].lower in BE
        for at, head in enumerate(heads)
    )


def domain_of(reading: Reading, name: Name) -> list[tuple[str, float]]:
    """Give (root, weight) of the content words of what a sentence says its subject does or says.

    Empty for a name that is no subject. A verb without a named subject has that of the verb it hangs on.
    """
    sentence = reading.sentence_of[name.last]
    start, end = reading.spans[sentence]
    heads = reading.heads([sentence])[sentence]
    subjects = {
        head.index: at for at, head in enumerate(heads) if head.relation == "subject" and head.index >= 0
    }
    own = set(range(name.first - start, name.last - start + 1))
    if not own & set(subjects.values()):
        return []
    found = []
    for at in range(end - start):
        if at not in own and reading.weights[start + at]:
            owner = _owner(heads, subjects, at, reading, start)
            if owner in own:
                found.append((reading.roots[start + at], reading.weights[start + at]))
    return found


def _owner(heads: tuple[Head, ...], subjects: dict[int, int], at: int, reading: Reading, start: int) -> int:
    """The named subject that a word's clause belongs to, over other subjects; -1 for none."""
    seen: set[int] = set()
    while at >= 0 and at not in seen:
        seen.add(at)
        subject = subjects.get(at, -1)
        if subject >= 0 and reading.tagged[start + subject].tag == "NP":
            return subject
        at = heads[at].index
    return -1
