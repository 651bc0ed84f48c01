"""Reading a draft file: what an editor made of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from digest.errors import StoreError
from digest.issues.drafts.front_matter import parse
from digest.issues.drafts.pieces import EVIDENCE, NAMES, OFFERED, Piece, cut, fingerprint, page_text
from digest.issues.drafts.prose import Prose, prose_of
from digest.issues.drafts.section_problems import bullet_problems, heading_problems, similar_headings
from digest.issues.drafts.table_rows import has_table, uneven_rows
from digest.issues.pages.admit import is_address
from digest.issues.pages.markdown_blocks import split_front_matter
from digest.issues.pages.parts import words
from digest.issues.pages.public import public_entry
from digest.issues.pages.read_entry import attached_problems, head_problems, read_body, written_lines
from digest.issues.pages.written import (
    WITHOUT_END,
    Problem,
    is_publishable_target,
    swallows,
    unpublishable,
)
from digest.records import Entry, Status

FEWEST_TOLD = 20
"""Characters of a line of Evidence by which it is known elsewhere; shorter ones an editor may write too."""

MADE_BY = re.compile(r"Made by \S.*\.")
"""How Evidence begins."""


@dataclass(frozen=True)
class DraftFile:
    """A draft as its file says it."""

    id: str
    issue: str
    """Empty where the file does not say."""
    status: Status
    entry: Entry
    """The page as it stands, the editor's changes and own parts included, without offers and Evidence."""
    analyzer: str
    generated: Mapping[str, str]
    """By section: hash of what was last made for it."""
    edited: tuple[str, ...]
    """Sections whose text is not what was last made for them."""
    offered: tuple[str, ...]
    """Sections for which a newly made text, or row, waits for the editor."""
    added: tuple[str, ...]
    """What a person added outside the known sections, as written."""


def read_draft(text: str, path: Path | str) -> DraftFile:
    """Read a draft file.

    Args:
        text: All of the file.
        path: Named in messages.

    Raises:
        StoreError: The front matter, the title or the link cannot be read, or a section is not in the form
            that can be published; the message names file and line.
    """
    front, body, offset = parse(text, str(path))
    pieces = cut(body)
    generated = front.generated
    entry = _page(body, pieces, offset, path)
    _check_sections(pieces, entry, offset, path)
    return DraftFile(
        id=front.text("id"),
        issue=str(front.values.get("issue") or ""),
        status=front.status,
        entry=entry,
        analyzer=str(front.values.get("analyzer") or ""),
        generated=generated,
        edited=edited_sections(pieces, generated),
        offered=tuple(dict.fromkeys(each.target or piece.name for piece in pieces for each in piece.offers)),
        added=tuple(text for piece in pieces if (text := _added(piece))),
    )


def is_draft(text: str, path: Path | str) -> bool:
    """Tell whether a text can be read as a draft."""
    try:
        read_draft(text, path)
    except StoreError:
        return False
    return True


def accepted_entry(draft_file: DraftFile) -> Entry:
    """Give what an approved draft publishes: the editor's text, without offers, Evidence and secrets."""
    return public_entry(draft_file.entry)


def unpublishable_lines(text: str, made_evidence: str | None) -> list[Problem]:
    """Find what of a draft cannot be published in every form: see `issues.pages.written`.

    Beside what that names: words in an offer, under Evidence, or in the title beyond a title's words.

    Args:
        text: All of the file, one that `read_draft` reads.
        made_evidence: The Evidence section as last made; None where that is not known.

    Returns:
        Lines of the file, 1 first, and what is wrong there.
    """
    front, body, offset = parse(text, "")
    pieces = cut(body)
    page = page_text(body, pieces)
    # What a generator wrote can be published whatever words it took from an article.
    own = written_lines(page)
    problems = [each for each in unpublishable(page) if each[0] in own]
    problems += [*_in_offers(pieces), *_loose_evidence(page, pieces, made_evidence)]
    problems += [*heading_problems(page), *bullet_problems(page)]
    edited = edited_sections(pieces, front.generated)
    if EVIDENCE in edited:
        # Else it is as it was made, perhaps by an earlier run: the file was put back from somewhere.
        problems += _in_evidence(page, pieces, made_evidence)
    if not {"title", "link"}.isdisjoint(edited):
        problems += head_problems(page)
    else:
        problems += attached_problems(page)
    return [(offset + line + 1, what) for line, what in _told_first(sorted(problems))]


def swallowing_lines(text: str) -> list[Problem]:
    """Find code and HTML without an end in a draft: what stands below is read as part of it.

    Returns:
        Lines of the file, 1 first, and what is wrong there.
    """
    if "```" not in text and "~~~" not in text and "<" not in text:
        return []
    return [each for each in unpublishable_lines(text, None) if swallows(each)]


def prose_of_draft(text: str) -> list[Prose]:
    """Give what a draft says outside own sections, less offers and Evidence; lines are those of the file."""
    _, body, offset = split_front_matter(text)
    return [
        replace(each, lines=tuple((start, line + offset) for start, line in each.lines))
        for each in prose_of(page_text(body, cut(body)))
    ]


def unchecked_sections(text: str) -> list[Problem]:
    """Find own sections that an editor may have meant for one of the six, whose words would be checked.

    Returns:
        Lines of the file, 1 first, and what to know.
    """
    _, body, offset = parse(text, "")
    # Evidence has headings of its own, which nobody takes for sections.
    return [(offset + line + 1, what) for line, what in similar_headings(page_text(body, cut(body)))]


def evidence_of(text: str) -> str:
    """Give what stands under Evidence in a draft file."""
    _, body, _ = split_front_matter(text)
    return next((piece.text for piece in cut(body) if piece.name == EVIDENCE), "")


def _told_first(problems: Sequence[Problem]) -> list[Problem]:
    """Leave out what is found below the first code or HTML without an end: it is read as part of that."""
    end = next((line for line, what in problems if what.startswith(WITHOUT_END)), None)
    return [each for each in problems if end is None or each[0] < end or each[1].startswith(WITHOUT_END)]


def _in_offers(pieces: Sequence[Piece]) -> Iterator[Problem]:
    for each in (each for piece in pieces for each in piece.offers if each.is_touched):
        yield each.line, "words in an offer are not published; move them above it, or delete the offer"
    for piece in pieces:
        if piece.name == OFFERED and piece.text:
            yield piece.line, "words under Offered are not published; move them above it, or delete them"


def _loose_evidence(page: str, pieces: Sequence[Piece], made: str | None) -> Iterator[Problem]:
    """Name the first line of Evidence that lost its heading, or got below another, and would be published."""
    evidence = next((piece for piece in pieces if piece.name == EVIDENCE), None)
    first = evidence.line if evidence else 0
    # Only what is there no more was lost: an editor may repeat a line of it.
    kept = evidence.raw.split("\n") if evidence else []
    known = {said for line in (made or "").split("\n") if len(said := words(line)) >= FEWEST_TOLD}
    known -= {words(line) for line in kept}
    is_opening_lost = not any(map(MADE_BY.match, kept))
    what = "Evidence without its heading; put `## Evidence` above it, or delete it"
    if evidence:
        what = "Evidence below another heading; put that above `## Evidence`, or delete what stands below it"
    for at, line in enumerate(page.split("\n")[first:], first):
        if words(line) in known or (is_opening_lost and MADE_BY.match(line)):
            yield at, what
            return


def _in_evidence(page: str, pieces: Sequence[Piece], made: str | None) -> Iterator[Problem]:
    """Name the lines under Evidence that are a person's, but those that only repeat words of the page.

    Who replaces a word in all of a file changes Evidence with it, and loses nothing.
    """
    piece = next((piece for piece in pieces if piece.name == EVIDENCE), None)
    if not piece:
        return
    what = "words under Evidence are not published; move them above it, or delete them"
    heading = piece.heading.strip("# \n")
    if heading.casefold() != EVIDENCE:
        yield piece.line, what
    if made is None:
        return
    made_lines = made.split("\n")
    known = {words(line) for line in made_lines} | {""}
    said = words(page)
    first = piece.line + piece.heading.count("\n") + 1
    for at, line in enumerate(piece.raw.split("\n")[first - piece.line :], first):
        if words(line) not in known and not all(words(new) in said for new in _new_words(line, made_lines)):
            yield at, what


def _new_words(line: str, made: Sequence[str]) -> Iterator[str]:
    """Give the runs of words of a line that are not in the line that was most like it."""
    found = line.split()
    near = get_close_matches(line, made, n=1, cutoff=0.3) or [""]
    matcher = SequenceMatcher(None, near[0].split(), found, autojunk=False)
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind in ("replace", "insert"):
            yield " ".join(found[start:end])


def read_page(text: str, path: Path | str) -> Entry:
    """Read the fields of a draft's page, with the file in the message where that fails."""
    _, body, offset = split_front_matter(text)
    return _page(body, cut(body), offset, path)


def _page(body: str, pieces: Sequence[Piece], offset: int, path: Path | str) -> Entry:
    try:
        return read_body(page_text(body, pieces), offset)
    except StoreError as error:
        raise StoreError(f"{path}: {error}") from error


def edited_sections(pieces: Sequence[Piece], generated: Mapping[str, str]) -> tuple[str, ...]:
    """Name the sections of `generated` that differ from what was last made, in the order of the page."""
    texts = {piece.name: piece.text for piece in pieces if piece.name}
    ordered = (name for name in NAMES if name in generated)
    return tuple(name for name in ordered if fingerprint(texts.get(name, "")) != generated[name])


def _added(piece: Piece) -> str:
    return piece.rest if piece.name else piece.raw.strip("\n")


def _check_sections(pieces: Sequence[Piece], entry: Entry, offset: int, path: Path | str) -> None:
    """Refuse sections of which something would silently be left out when the entry is published."""
    for piece in pieces:
        for problem in _problems(piece, entry):
            line = offset + piece.line + 1
            raise StoreError(f"{path}: line {line}: {piece.name.capitalize()}: {problem}")
        for row, problem in uneven_rows(piece.raw) if piece.name == "signals" else ():
            raise StoreError(f"{path}: line {offset + piece.line + row + 1}: Signals: {problem}")
    urls = [entry.url, *(link.target for link in (*entry.closest, *entry.sources))]
    for url in urls:
        if not is_address(url):
            raise StoreError(f"{path}: expected an address without control characters, got {url!r}")


def _problems(piece: Piece, entry: Entry) -> Iterator[str]:
    if not piece.text.strip():
        return
    bullet_count = sum(line.lstrip()[:2] in ("* ", "- ", "+ ") for line in piece.text.split("\n"))
    if piece.name in ("keywords", "themes") and not getattr(entry, piece.name):
        yield "expected bullets `* words`, got none"
    elif piece.name in ("closest", "sources"):
        links = getattr(entry, piece.name)
        if len(links) < max(bullet_count, 1):
            yield "expected bullets `* [Title](id)`, got one without a link"
        for target in (link.target for link in links if not is_publishable_target(link.target)):
            yield f"expected the id of an entry or an http, https or mailto address, got {target!r}"
    elif piece.name == "signals" and not entry.signals:
        if has_table(piece.text):
            yield "expected a row below the head of the table, got none; delete the table for no rows"
        else:
            yield "expected a table with the columns Signal, Change, 10y horizon, Driving force, got none"
    elif piece.name == "signals" and not all(row.signal for row in entry.signals):
        yield "expected a signal in every row, got an empty one"
