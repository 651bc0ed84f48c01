"""Ideas of the pattern library in drafts and in print: offered, set in italics, left out, never stated.

An idea stands in a draft's table only where the scorer finds that it fits its row, and then in italics. What
an editor makes of it is the editor's: words without italics, or other words, are published as written. What
nobody touched is left out at publishing, or printed in italics, as the settings say.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from digest.issues.pages.admit import admit
from digest.issues.pages.markdown_blocks import MARKDOWN, clean, text_of
from digest.issues.pages.read_entry import is_italic
from digest.records import CELLS, EMPTY, Analysis, Entry, PublishedEntry, Signal, SignalRow
from digest.workspace.config import Suggestions

CELL = re.compile(r"(?:[^|\\]|\\.?)+")
"""A cell in a line of a pipe table, as written: no bars within but escaped ones."""


def suggested(analysis: Analysis, suggestions: Suggestions) -> Analysis:
    """Put fitting ideas into empty cells, or take all ideas away, as the settings say."""
    if suggestions == "offer":
        return analysis
    if suggestions == "none":
        return replace(analysis, signals=tuple(replace(each, ideas=()) for each in analysis.signals))
    return replace(analysis, signals=tuple(map(_with_ideas, analysis.signals)))


def row_of(signal: Signal) -> SignalRow:
    """Give a signal's row as the table shows it; what is only suggested is marked."""
    cells = {name: admit(getattr(signal, name)) for name in CELLS}
    names = tuple(name for name in CELLS[1:] if getattr(signal.basis, name) == "suggested")
    said = tuple(name for name in names if cells[name] not in ("", EMPTY))
    return SignalRow(**cells, suggested=said)  # type: ignore[arg-type]


def ideas_of(analyses: Iterable[Analysis], library: Iterable[str] = ()) -> set[str]:
    """Give every phrase that may stand in italics without anybody's having put it there.

    Args:
        analyses: What they offer, and what earlier ones put into cells.
        library: Phrases that may be suggested.
    """
    found = {admit(text) for text in library}
    for analysis in analyses:
        for signal in analysis.signals:
            found |= {admit(idea.text) for idea in signal.ideas}
            row = row_of(signal)
            found |= {getattr(row, name) for name in row.suggested}
    return found


def with_own_italics(entry: Entry, ideas: Collection[str]) -> Entry:
    """Tell the italics of an entry's editor, which are statements, from suggestions that nobody touched.

    Args:
        entry: As its draft says it.
        ideas: As for `left_out`.
    """
    return replace(entry, signals=tuple(_with_own_italics(row, ideas) for row in entry.signals))


def with_old_suggestions(entry: Entry, before: PublishedEntry | None) -> Entry:
    """Mark what an entry still says as an earlier version suggested it, where it was published so."""
    known = {
        (row.signal, name, getattr(row, name))
        for row in (before.entry.signals if before else ())
        for name in row.suggested_before
    }
    if not known:
        return entry
    rows = (
        replace(
            row,
            suggested_before=tuple(
                name for name in CELLS[1:] if (row.signal, name, getattr(row, name)) in known
            ),
        )
        for row in entry.signals
    )
    return replace(entry, signals=tuple(rows))


def left_out(entry: Entry, ideas: Collection[str]) -> Entry:
    """Take untouched suggestions out of an entry that is published; their cells are empty then.

    Args:
        entry: As its draft says it.
        ideas: Every phrase that was ever suggested; other words in italics are the editor's and stay.
    """
    gone = [
        [name for name in row.suggested if getattr(row, name) in ideas and name in CELLS]
        for row in entry.signals
    ]
    if not any(gone):
        return entry
    rows = tuple(
        replace(
            row,
            suggested=tuple(name for name in row.suggested if name not in names),
            **dict.fromkeys(names, EMPTY),  # type: ignore[arg-type]
        )
        for row, names in zip(entry.signals, gone, strict=True)
    )
    texts = {getattr(row, name) for row, names in zip(entry.signals, gone, strict=True) for name in names}
    parts = tuple(
        replace(part, text=_without(part.text, texts)) if part.name == "Signals" else part
        for part in entry.parts
    )
    return replace(entry, signals=rows, parts=parts)


def _with_own_italics(row: SignalRow, ideas: Collection[str]) -> SignalRow:
    own = tuple(name for name in row.suggested if getattr(row, name) not in ideas)
    return replace(row, italic=own, suggested=tuple(name for name in row.suggested if name not in own))


def _with_ideas(signal: Signal) -> Signal:
    cells: dict[str, str] = {}
    for idea in signal.ideas:
        if idea.fits and idea.field not in cells and getattr(signal, idea.field) in ("", EMPTY):
            cells[idea.field] = idea.text
    if not cells:
        return signal
    basis = replace(signal.basis, **dict.fromkeys(cells, "suggested"))  # type: ignore[arg-type]
    return replace(signal, **cells, basis=basis)  # type: ignore[arg-type]


def _without(text: str, suggestions: Collection[str]) -> str:
    """Empty the cells of a table an editor wrote that hold nothing but a suggestion, however written."""

    def emptied(cell: re.Match[str]) -> str:
        (line,) = MARKDOWN.parseInline(cell[0].strip())
        children = line.children or []
        is_one = is_italic(children) and clean(text_of(children)) in suggestions
        return f" {EMPTY} ".ljust(len(cell[0])) if is_one else cell[0]

    # A line without a bar is no row.
    return "\n".join(CELL.sub(emptied, line) if "|" in line else line for line in text.split("\n"))
