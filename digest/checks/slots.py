"""The place a name has in its sentence: what it does there, what stands beside it, what is said of it.

Roles compare the place a claim gives a name with the places the document gives it. Verbs and their subjects
are told by the tags alone (95 % right), so every answer is a hint that is weighed, not a fact.
"""

from dataclasses import dataclass

from digest.checks.claim_names import Name
from digest.checks.claim_reading import ReadText
from digest.language.words import BE

VERB_TAGS = frozenset(("V", "VB", "VG", "VN", "X", "M"))
FINITE_TAGS = frozenset(("V", "X", "M"))
PHRASE_TAGS = frozenset(("D", "Q", "#", "J", "N", "NP", "R"))
GROUP_TAGS = VERB_TAGS | {"A", "T"}
MAX_ASIDE = 12
"""Words between a subject and its verb, a list or an aside, or between a passive and who did it."""
MAX_PHRASE = 8
"""Words of a noun phrase before the name, and of a verb with its auxiliaries."""
MAX_LISTED = 3
"""Names of a list up to the one looked at that are gone through."""
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


@dataclass(frozen=True)
class VerbGroup:
    """A verb with what belongs to it: "has not been sold", "agreed to buy"."""

    first: int
    verb: int
    """Its last verb, which says what is done."""
    is_passive: bool


def slot_of(reading: ReadText, name: Name) -> Slot:
    """Describe the place of a name in a sentence of a claim or a document."""
    start, end = reading.spans[reading.sentence_of[name.last]]
    before = _before(reading, name.first, start)
    frame = reading.words[before].lower.rstrip(".") if before >= start else ""
    kinds = set(_beside(reading, name, start, end))
    kinds |= _framed(frame, is_preposition=before >= start and reading.tagged[before].tag == "P")
    relation, verb = relation_of(reading, name, start, end)
    if relation:
        kinds.add(relation)
    is_frame = before >= start and (reading.tagged[before].tag in ("P", "T") or frame in HONORIFICS | NAMING)
    return Slot(frozenset(kinds), frame if is_frame else "", verb)


def _before(reading: ReadText, first: int, start: int) -> int:
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


def _beside(reading: ReadText, name: Name, start: int, end: int) -> set[str]:
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


def relation_of(reading: ReadText, name: Name, start: int, end: int) -> tuple[str, int]:
    """Whether a name is what its verb's subject or object means, passives turned round, and the verb."""
    first, last = name.first, name.last
    for _ in range(MAX_LISTED):
        before = _phrase_start(reading, first, start) - 1
        tag = reading.tagged[before].tag if before >= start else ""
        following = _group_after(reading, last, end)
        if following and tag != "P":
            return ("object" if following.is_passive else "subject"), following.verb
        if tag == "P":
            group = _group_before(reading, before, start)
            is_doer = reading.words[before].lower == "by" and group is not None and group.is_passive
            return ("subject", group.verb) if group and is_doer else ("", -1)
        if tag in VERB_TAGS:
            group = _group_before(reading, before + 1, start)
            return ("object", group.verb) if group and not group.is_passive else ("", -1)
        if tag != "C" or before == start or reading.tagged[before - 1].tag not in ("N", "NP"):
            break
        # The second of a list plays the part of the first.
        first = last = before - 1
    return "", -1


def _phrase_start(reading: ReadText, first: int, start: int) -> int:
    """Where the noun phrase begins that a name is the last or only part of."""
    least = max(start, first - MAX_PHRASE)
    while first > least and reading.tagged[first - 1].tag in PHRASE_TAGS:
        first -= 1
    return first


def _group_after(reading: ReadText, last: int, end: int) -> VerbGroup | None:
    """The verb group whose subject ends there, over a list that goes on and an aside between commas."""
    at, limit = last + 1, min(end, last + MAX_ASIDE)
    while at + 1 < limit and reading.tagged[at].tag == "C" and reading.tagged[at + 1].tag in PHRASE_TAGS:
        at += 1
        while at < limit and reading.tagged[at].tag in PHRASE_TAGS:
            at += 1
    if at < limit and reading.words[at].text == ",":
        at = next((near + 1 for near in range(at + 1, limit) if reading.words[near].text == ","), at)
    while at < limit and reading.tagged[at].tag == "A":
        at += 1
    return _group(reading, at, end) if at < limit and reading.tagged[at].tag in FINITE_TAGS else None


def _group(reading: ReadText, first: int, end: int) -> VerbGroup:
    """The verb group that begins there."""
    at = verb = first
    while at < min(first + MAX_PHRASE, end) and reading.tagged[at].tag in GROUP_TAGS:
        verb = at if reading.tagged[at].tag in VERB_TAGS else verb
        at += 1
    is_passive = reading.tagged[verb].tag == "VN" and _has_be(reading, first, verb)
    return VerbGroup(first, verb, is_passive)


def _group_before(reading: ReadText, end: int, start: int) -> VerbGroup | None:
    """The last verb group that ends at most a few words before a place."""
    near = range(end - 1, max(start, end - MAX_ASIDE) - 1, -1)
    verb = next((at for at in near if reading.tagged[at].tag in VERB_TAGS), -1)
    if verb < 0:
        return None
    first = verb
    while first > max(start, verb - MAX_PHRASE) and reading.tagged[first - 1].tag in GROUP_TAGS:
        first -= 1
    # "a plan approved by": a participle without an auxiliary.
    is_bare = not any(word.tag == "X" for word in reading.tagged[first:verb])
    is_passive = reading.tagged[verb].tag == "VN" and (is_bare or _has_be(reading, first, verb))
    return VerbGroup(first, verb, is_passive)


def _has_be(reading: ReadText, first: int, verb: int) -> bool:
    return any(word.lower in BE for word in reading.words[first:verb])


def domain_of(reading: ReadText, name: Name) -> list[tuple[str, float]]:
    """Give (root, weight) of the content words of what a sentence says its subject does or says.

    Empty for a name that is no subject. What is said of a subject ends where the next named one begins; the
    first one has what stands before it too.
    """
    start, end = reading.spans[reading.sentence_of[name.last]]
    own = _verb_of(reading, name.last, start, end)
    if own < 0:
        return []
    subjects = [at for at in range(start, end) if reading.tagged[at].tag == "NP"]
    verbs = {at: verb for at in subjects if (verb := _verb_of(reading, at, start, end)) >= 0}
    first = start if own <= min(verbs.values(), default=own) else name.last + 1
    later = next((_phrase_start(reading, at, start) for at, verb in verbs.items() if verb > own), end)
    return [
        (reading.roots[at], reading.weights[at])
        for at in range(first, later)
        if not name.first <= at <= name.last and reading.weights[at]
    ]


def _verb_of(reading: ReadText, last: int, start: int, end: int) -> int:
    """Where the verb stands of which the name that ends there is the subject, as written; -1 for none."""
    before = _phrase_start(reading, last, start) - 1
    is_free = before < start or reading.tagged[before].tag != "P"
    group = _group_after(reading, last, end) if is_free else None
    return group.first if group else -1
