"""Names: is each name of the claim in the document, in full, short, as initials or as an adjective?"""

import re
from collections.abc import Iterator

from digest.checks.claim_names import DEMONYMS, Name
from digest.checks.claim_reading import ReadText
from digest.checks.finding import Finding, finding
from digest.checks.fit import fit

MIN_FIT = 0.1
"""Of the claim's neighbourhood that a name of the document must stand among to be named beside it."""

SAME_START = 5
"""Letters two forms of a name share at least: Germany and German, Iran and Iranian."""


def find_names(claim: ReadText, document: ReadText) -> Iterator[Finding]:
    """Give the names of the claim that the document does not have."""
    seen: set[str] = set()
    for name in claim.names:
        missing = [at for at in range(name.first, name.last + 1) if not knows_name(document, claim, at)]
        if not missing or _is_acronym_of(claim, name, document):
            continue
        if name.text in seen:
            continue
        seen.add(name.text)
        share = len(missing) / (name.last - name.first + 1)
        yield finding(
            "name", "name", name.text, document, _counterpart(claim, document, name), 0.5 + 0.5 * share
        )


def knows_name(document: ReadText, claim: ReadText, at: int) -> bool:
    """Whether the document has a word of a name, in any of its forms."""
    word, root = claim.words[at], claim.roots[at]
    if root in document.positions:
        return True
    lower = word.lower.removesuffix("'s").rstrip(".")
    letters = re.sub(r"[^a-z0-9]", "", lower)
    if any(each in document.positions for each in DEMONYMS.get(lower, "").split()):
        return True
    if len(letters) == 1:
        # An initial: J. for a name that begins with it.
        return any(each.text[0] == word.text[0] for each in document.words)
    if len(lower) >= 4 and lower in document.lower_text:
        return True
    if letters in document.letters:
        return True
    capitals = [part for part in re.split(r"[-/]", word.text) if part[:1].isupper()]
    if "-" in word.text and word.text.split("-")[-1].islower() and capitals:
        # "Sims-focused" names nobody but the Sims.
        return all(part.lower() in document.lowers or part.lower() in document.letters for part in capitals)
    parts = [part for part in re.split(r"[-/&]", lower) if len(part) > 3]
    if len(parts) > 1 and all(part in document.lower_text for part in parts):
        return True
    start = lower[: max(SAME_START, len(lower) - 3)]
    return len(lower) >= SAME_START and any(each.startswith(start) for each in document.lowers)


def _is_acronym_of(claim: ReadText, name: Name, document: ReadText) -> bool:
    """Whether one text has the letters of the other's words: EPA, Environmental Protection Agency."""
    words = [claim.words[at].text for at in range(name.first, name.last + 1)]
    initials = "".join(word[0] for word in words).lower()
    if len(words) > 1:
        return any(re.sub(r"[^A-Za-z]", "", word.text) == initials.upper() for word in document.words)
    letters = re.sub(r"[^A-Za-z]", "", words[0]).removesuffix("s")
    if not (2 <= len(letters) <= 6 and sum(c.isupper() for c in letters) >= 2):
        return False
    between = r"[\s-]+(?:(?:of|the|and|for|on|in)\s+)*"
    capitals = r"\b" + (r"[\w.]*" + between).join(letters.upper())
    small = r"\b" + (r"[a-z]{2,}" + between).join(letters.lower()) + r"[a-z]{2}"
    is_there = re.search(capitals, document.text) is not None
    return is_there or (len(letters) > 2 and re.search(small, document.lower_text) is not None)


def _counterpart(claim: ReadText, document: ReadText, name: Name) -> tuple[int, int] | None:
    """The document's name that stands where the claim's stands."""
    rivals = document.names
    best, place = fit(claim.around[name.first], document, [each.first for each in rivals])
    if best < MIN_FIT:
        return None
    return next(((each.first, each.last) for each in rivals if each.first == place), None)
