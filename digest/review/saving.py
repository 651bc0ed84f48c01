"""A section of a draft as an editor edits it, and writing it back.

Nothing else of the file changes, to the byte.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError, StoreError
from digest.issues.draft_files import FoundDraft
from digest.issues.drafts import read_draft
from digest.issues.drafts.pieces import EVIDENCE, HEAD, OFFERED, Piece, cut
from digest.issues.history.asking import find_draft
from digest.issues.history.keeping import EDIT, going_on, keep_version, one_step
from digest.issues.pages.markdown_blocks import split_front_matter
from digest.review.shown import HERE, MEANWHILE, mark_of, mark_of_file
from digest.store import Store
from digest.workspace.files import write_text

NEW = "new"
"""The key of a section that is not there yet."""

OWN = "own-"
"""How the keys of an editor's own sections begin."""

LINE_END = re.compile(r"\r\n|\n|\r")
UNREADABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Section:
    """What can be edited at once."""

    key: str
    """Its name, `own-1` and so on for an editor's own, or `new`."""
    text: str
    """As Markdown; with its heading where it is an editor's own."""

    @property
    def mark(self) -> str:
        """A hash by which a later change by somebody else is seen."""
        return mark_of(self.text)


@dataclass(frozen=True)
class Saved:
    """What became of a section that was to be saved."""

    draft_mark: str
    """Of the whole draft, as it is now."""
    is_changed: bool = True
    step: int = 0
    """The step in which this made a version; 0 where it made none, as when all was typed back."""


class Changed(DigestError):  # noqa: N818 - what happened, not a fault
    """The section is not what the editor had before them; nothing was written."""

    def __init__(self, now: Section) -> None:
        super().__init__(f"{now.key}: {MEANWHILE}, {HERE}; nothing was written")
        self.now = now


def sections_of(text: str) -> list[Section]:
    """Give the sections of a draft file that can be edited, in its order."""
    _, body, _ = split_front_matter(text)
    return [Section(key, _own_text(piece)) for key, piece in _keyed(cut(body))]


def find_section(text: str, key: str) -> Section:
    """Find one section.

    Raises:
        DigestError: The file has none of this key.
    """
    if key == NEW:
        return Section(NEW, "")
    for each in sections_of(text):
        if each.key == key:
            return each
    raise DigestError(f"{key}: the draft has no such section any more; nothing was written")


def save_section(
    store: Store,
    output: Path,
    draft_id: str,
    key: str,
    new: str,
    *,
    mark: str,
    now: datetime,
    kind: str = EDIT,
    reason: str = "",
    also: Callable[[str], str] = str,
    goes_on: int = 0,
) -> Saved:
    """Write a section into its draft's file, as a step of its own.

    Args:
        store: The archive.
        output: The workspace's output folder.
        draft_id: The draft.
        key: Which section.
        new: Its text.
        mark: That of the section as the editor saw it.
        now: Aware, UTC.
        kind: Of the step.
        reason: Of the step.
        also: What else changes in the file with it; given the file's text, gives it back.
        goes_on: The step that this one belongs to, where nothing was done since; 0 for none.

    Returns:
        What became of it.

    Raises:
        Changed: The section is another by now.
        DigestError: There is no such draft or section, or the draft could not be read any more.
    """
    found = find_draft(store, output, draft_id, now=now)
    before = find_section(found.text, key)
    unchanged = Saved(mark_of_file(found), is_changed=False)
    new = trimmed(new)
    if before.mark != mark:
        if before.text == new:
            return unchanged
        raise Changed(before)
    text = also(with_section(found.text, key, new))
    if text == found.text:
        return unchanged
    _check(text, found)
    with (
        going_on(store, output, goes_on, draft_id) as earlier,
        one_step(store, output, kind, now=now, issue=found.row.issue, reason=reason),
    ):
        step = keep_version(store, output, found.row, found.path, text, instead_of=earlier)
        write_text(found.path, text, within=output)
    return Saved(mark_of_file(replace(found, text=text)), step=step)


def with_section(text: str, key: str, new: str) -> str:
    """Put another text in the place of a section's; every other line stays as it is.

    Raises:
        DigestError: There is no such section, offers stand within it, or the text would take others apart.
    """
    check_text(new, key)
    _, body, offset = split_front_matter(text)
    pieces = cut(body)
    at, first, last = _place(pieces, key)
    lines = lines_of_file(text)
    end = "\r\n" if "\r\n" in text else "\n"
    start, stop = offset + first, offset + last
    written = [line + end for line in trimmed(new).split("\n")] if new.strip() else []
    written = _set_apart(lines, start, stop, written, end)
    if start == stop and start and lines[start - 1] == lines[start - 1].rstrip("\r\n"):
        lines[start - 1] += end
    if stop >= len(lines) and written and not (lines[-1:] and lines[-1].endswith(("\n", "\r"))):
        # The file ends as it did: without a line end.
        written[-1] = written[-1].removesuffix(end) if stop > start else written[-1]
    made = "".join((*lines[:start], *written, *lines[stop:]))
    _check_others(pieces, at, cut(split_front_matter(made)[1]), key)
    return made


def check_text(text: str, key: str) -> None:
    """Refuse control characters.

    Raises:
        DigestError: There is one.
    """
    if UNREADABLE.search(text):
        raise DigestError(f"{key}: expected text, got a control character; nothing was written")


def _check(text: str, found: FoundDraft) -> None:
    try:
        read_draft(text, found.path)
    except StoreError as error:
        raise StoreError(f"{error}; nothing was written") from error


def _keyed(pieces: Sequence[Piece]) -> Iterator[tuple[str, Piece]]:
    count = 0
    for piece in pieces:
        if piece.name in (EVIDENCE, OFFERED):
            continue
        if piece.name:
            yield piece.name, piece
        elif piece.raw.strip():
            count += 1
            yield f"{OWN}{count}", piece


def _own_text(piece: Piece) -> str:
    return piece.text if piece.name else piece.raw.strip("\n")


def _place(pieces: Sequence[Piece], key: str) -> tuple[int, int, int]:
    """Give which piece a section is, and its first line and the line after its last, in the body."""
    if key == NEW:
        at = next((n for n, each in enumerate(pieces) if each.name in (OFFERED, EVIDENCE)), len(pieces))
        line = pieces[at].line if at < len(pieces) else _end(pieces)
        return at, line, line
    for name, piece in _keyed(pieces):
        if name == key:
            return pieces.index(piece), *_own_lines(piece)
    raise DigestError(f"{key}: the draft has no such section any more; nothing was written")


def _own_lines(piece: Piece) -> tuple[int, int]:
    text = _own_text(piece)
    lines = piece.raw.split("\n")
    first = piece.heading.count("\n") + 1 if piece.heading else 0
    if not text:
        return piece.line + first, piece.line + first
    while first < len(lines) and not lines[first].strip("\n"):
        first += 1
    count = text.count("\n") + 1
    if "\n".join(lines[first : first + count]) != text:
        raise DigestError(f"{piece.name}: an offer stands within it; take it or delete it in the file first")
    return piece.line + first, piece.line + first + count


def _set_apart(lines: Sequence[str], start: int, stop: int, written: list[str], end: str) -> list[str]:
    """Put empty lines around a text that stands where there was none."""
    if stop > start or not written:
        return written
    above = [end] if start and lines[start - 1].strip() else []
    below = [end] if start < len(lines) and lines[start].strip() else []
    return [*above, *written, *below]


def _check_others(before: Sequence[Piece], at: int, after: Sequence[Piece], key: str) -> None:
    """Refuse a text that would change what other sections are, such as one with the heading of another."""
    gone = 0 if key == NEW else 1
    above, below = before[:at], before[at + gone :]
    middle = after[len(above) : len(after) - len(below)]
    is_same = _said(after[: len(above)]) == _said(above) and _said(after[len(after) - len(below) :]) == _said(
        below
    )
    wanted = [key] if key != NEW and not key.startswith(OWN) else []
    if not is_same or [each.name for each in middle if each.name] != wanted:
        what = f"{key}: a heading, quote or code in it would change other sections; nothing was written"
        raise DigestError(what)
    if key in HEAD and len(middle) != 1:
        raise DigestError(f"{key}: expected one line, got more; nothing was written")


def _said(pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    return [(each.name, each.raw.strip("\n")) for each in pieces]


def _end(pieces: Sequence[Piece]) -> int:
    return sum(each.raw.count("\n") for each in pieces)


def lines_of_file(text: str) -> list[str]:
    """Split a text into lines with their ends, whatever these are, and nowhere else."""
    lines, start = [], 0
    for found in LINE_END.finditer(text):
        lines.append(text[start : found.end()])
        start = found.end()
    return [*lines, text[start:]] if start < len(text) else lines


def trimmed(text: str) -> str:
    """Give what a form sent with the line ends of a file, without empty lines around it."""
    return LINE_END.sub("\n", text).strip("\n")
