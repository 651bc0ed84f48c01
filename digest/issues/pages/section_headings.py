"""Which headings of a page are those of its sections, also where an editor wrote them a little differently.

`## Summary` is the summary's to the letter. Where a page has none of that, the first of `## Summary:`,
`# Summary`, `### Summary`, `## **Summary**`, `## 1. SUMMARY` or `Summary` over a line of dashes is. Another
is none of the sections, and is named (see `find_repeated`), as is a heading that only looks like one (see
`find_similar`).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from digest.issues.pages.entry_page import OPTIONAL, SECTIONS

EVIDENCE = "evidence"
KNOWN = {name.casefold(): name for name in SECTIONS}

AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
"""Marks, numbers, emphasis and pictures around a heading's words."""

ENDS = re.compile(r"[\s:.…!–—-]*")
"""What a heading may end with and still be nothing more than a section's name."""

MIN_LIKENESS = 0.8
"""From here a word is taken for a misspelling: "Summery" has .86, "Sumary" .92, "Theme" .91."""


@dataclass(frozen=True)
class Heading:
    """A heading of a page that stands in no quote and no list."""

    place: int
    """Of its first token."""
    line: int
    """0 first."""
    level: int
    """1 to 6."""
    is_hashed: bool
    """Whether it is written with hashes; else it is underlined."""
    name: str
    """Its words."""


def heading_key(name: str) -> str:
    """Give what two headings have in common that are the same but for case, marks and numbers around."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKC", name) if unicodedata.category(each) != "Cf"
    )
    return AROUND.sub("", plain).casefold()


def is_bare(written: str, name: str) -> bool:
    """Tell whether a heading's words are a section's name and no more than a mark that ends it."""
    written = written.strip()
    return written[: len(name)].casefold() == name.casefold() and bool(ENDS.fullmatch(written[len(name) :]))


def find_sections(headings: Sequence[Heading]) -> dict[int, str]:
    """Find the heading of each section; gives the section's name by the heading's place."""
    found: dict[str, int] = {}
    for each in headings:
        if _is_exact(each) and each.name.casefold() in KNOWN:
            found.setdefault(KNOWN[each.name.casefold()], each.place)
    for each, is_below_own in _outside_evidence(headings, set(found.values())):
        name = KNOWN.get(heading_key(each.name), "")
        # Sources of an own section, below a heading of their own, are not the entry's.
        is_own = name in OPTIONAL and is_below_own and each.level > 2
        if name and not is_own:
            found.setdefault(name, each.place)
    return {place: name for name, place in found.items()}


def find_repeated(headings: Sequence[Heading]) -> Iterator[tuple[Heading, str, bool]]:
    """Find headings of sections that the page has already.

    Yields:
        Each with the section's name, and whether it must be one, for it has the rank of a section's.
    """
    sections = find_sections(headings)
    for each, is_below_own in _outside_evidence(headings, set(sections)):
        name = KNOWN.get(heading_key(each.name), "")
        is_own = name in OPTIONAL and is_below_own and each.level > 2
        if name and not is_own and each.place not in sections:
            yield each, name, each.level <= 2


def find_similar(headings: Sequence[Heading]) -> Iterator[tuple[Heading, str]]:
    """Find headings of own sections that an editor may have meant for a section; with that one's name."""
    sections = find_sections(headings)
    for at, (each, _) in enumerate(_outside_evidence(headings, set(sections))):
        if at == 0 and each.level == 1:
            continue  # the title
        key = heading_key(each.name)
        if key in KNOWN or each.place in sections or each.level > 2:
            continue
        words = re.findall(r"\w+", key)
        name = next((name for known, name in KNOWN.items() if any(_is_like(known, it) for it in words)), "")
        if name or (name := next((name for known, name in KNOWN.items() if _is_like(known, key)), "")):
            yield each, name


def _is_like(known: str, word: str) -> bool:
    return SequenceMatcher(None, known, word).ratio() >= MIN_LIKENESS


def _is_exact(heading: Heading) -> bool:
    return heading.level == 2 and heading.is_hashed


def _outside_evidence(headings: Sequence[Heading], sections: set[int]) -> Iterator[tuple[Heading, bool]]:
    """Give the headings that are not the Evidence's, each with whether an own section stands above it."""
    is_evidence = is_own = False
    for each in headings:
        is_top = each.is_hashed and each.level <= 2
        if is_top:
            is_evidence = _is_exact(each) and each.name.casefold() == EVIDENCE
        if not is_evidence:
            yield each, is_own
        if is_top or each.place in sections:
            is_own = each.level == 2 and heading_key(each.name) not in KNOWN
