"""An issue's introduction as an editor writes it in the desk, and writing it back.

Nothing else of the file changes, to the byte.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError
from digest.issues.history.keeping import keep_introduction
from digest.issues.introduction import (
    INTRODUCTION,
    THEMES,
    Introduction,
    in_italics,
    parsed,
    read_introduction,
    section_lines,
)
from digest.issues.output_paths import introduction_file
from digest.issues.pages.markdown_blocks import split_front_matter
from digest.review.saving import Changed, Section, check_text, lines_of_file, trimmed
from digest.store import Store
from digest.workspace.files import read_text

NAMES = {"introduction": INTRODUCTION, "themes": THEMES}
"""The sections that can be edited, by the keys of their forms."""


@dataclass(frozen=True)
class Suggestion:
    """What a language model suggested and nobody has taken over."""

    key: str
    """Of the section it stands in."""
    text: str
    """As Markdown."""
    entries: tuple[tuple[str, str], ...]
    """Ids and titles of what it rests on."""


@dataclass(frozen=True)
class Opening:
    """An issue's introduction as the desk shows it."""

    sections: tuple[Section, ...]
    suggestions: tuple[Suggestion, ...]
    themes: tuple[str, ...]
    """Of the issue, that have no line."""


def opening_of(output: Path, issue: str, titles: dict[str, str], themes: Sequence[str]) -> Opening:
    """Read an issue's introduction.

    Args:
        output: The workspace's output folder.
        issue: Whose.
        titles: Of the issue's drafts, by id.
        themes: Of the issue, in their order.

    Raises:
        FileError: The file cannot be read.
    """
    text = _text_of(output, issue)
    found = parsed(text, introduction_file(output, issue))
    told = {each.theme.casefold() for each in found.lines}
    return Opening(
        tuple(_section(text, key) for key in NAMES),
        tuple(
            Suggestion(
                "introduction" if in_italics(said).search(found.text) else "themes",
                said,
                tuple((each, titles[each]) for each in ids if each in titles),
            )
            for said, ids in found.suggestions.items()
        ),
        tuple(each for each in dict.fromkeys(themes) if each.casefold() not in told),
    )


def save_introduction(
    store: Store, output: Path, issue: str, key: str, new: str, *, mark: str, now: datetime
) -> bool:
    """Write a section of an issue's introduction, as a step of its own.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Whose.
        key: One of NAMES.
        new: Its text.
        mark: That of the section as the editor saw it.
        now: Aware, UTC.

    Returns:
        Whether anything changed.

    Raises:
        Changed: The section is another by now.
        DigestError: What was written could not be published.
    """
    text = _text_of(output, issue)
    before = _section(text, key)
    check_text(new, key)
    new = trimmed(new).strip()
    if before.text == new:
        return False
    if before.mark != mark:
        raise Changed(before)
    path = introduction_file(output, issue)
    made = with_section(text, key, new)
    _check(parsed(text, path), parsed(made, path), key)
    keep_introduction(store, output, issue, made, now=now)
    return True


def answered(output: Path, issue: str, said: str, *, takes: bool) -> tuple[str, str, str]:
    """Give a section with a suggestion taken over or dropped: its key, its text, and the mark it had.

    Raises:
        DigestError: The suggestion stands there no more.
    """
    text = _text_of(output, issue)
    if said in parsed(text, introduction_file(output, issue)).suggestions:
        for key in NAMES:
            section = _section(text, key)
            if in_italics(said).search(section.text):
                return key, _answered(section.text, said, takes=takes), section.mark
    raise DigestError("this suggestion stands there no more; nothing was written")


def with_section(text: str, key: str, new: str) -> str:
    """Put another text in the place of a section's; every other line stays as it is."""
    _, body, offset = split_front_matter(text)
    lines, end = lines_of_file(text), "\r\n" if "\r\n" in text else "\n"
    parts = section_lines(body)[0]
    written = [line + end for line in new.split("\n")] if new else []
    if NAMES[key] in parts:
        start, stop = (offset + each for each in parts[NAMES[key]])
        heading = [] if start > offset else [f"# {INTRODUCTION}{end}", end] if not text.strip() else []
        start, stop = _within(lines, start, min(stop, len(lines)))
        if not heading and start and lines[start - 1].strip():
            heading = [end] if lines[start - 1].endswith(("\n", "\r")) else [end, end]
    else:
        after = parts.get("Evidence", (len(lines) - offset + 1, 0))[0] - 1
        start = stop = min(offset + max(after, 0), len(lines))
        is_ended = not start or lines[start - 1].endswith(("\n", "\r"))
        gap = [] if is_ended else [end]
        if start and lines[start - 1].strip():
            gap.append(end)
        heading = [*gap, f"{'#' if key == 'introduction' else '##'} {NAMES[key]}{end}", end]
    below = [end] if written and stop < len(lines) and lines[stop].strip() else []
    return "".join((*lines[:start], *heading, *written, *below, *lines[stop:]))


def _within(lines: Sequence[str], start: int, stop: int) -> tuple[int, int]:
    """Leave out the empty lines around a section's text; where it has none, give the place for one."""
    first, last = start, stop
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    if first == last:
        at = min(start + 1, stop) if start < stop and start and lines[start - 1].strip() else start
        return at, at
    return first, last


def _section(text: str, key: str) -> Section:
    _, body, _ = split_front_matter(text)
    first, last = section_lines(body)[0].get(NAMES[key], (0, 0))
    return Section(key, "\n".join(body.split("\n")[first:last]).strip())


def _text_of(output: Path, issue: str) -> str:
    found = read_introduction(output, issue)
    return read_text(found.path) if found else ""


def _check(before: Introduction, after: Introduction, key: str) -> None:
    others = (before.text == after.text) if key == "themes" else (_said(before) == _said(after))
    if not others or dict(before.evidence) != dict(after.evidence):
        what = f"{key}: a heading, quote or code in it would change other sections; nothing was written"
        raise DigestError(what)
    new = Counter(map(_problem, after.problems)) - Counter(map(_problem, before.problems))
    if new:
        raise DigestError(f"{key}: {next(iter(new))}; nothing was written")


def _said(found: Introduction) -> list[tuple[str, str]]:
    return [(each.theme, each.text) for each in found.lines]


def _problem(said: str) -> str:
    """Leave out file and line, which may have moved."""
    return said.split(": ", 2)[-1]


def _answered(text: str, said: str, *, takes: bool) -> str:
    if takes:
        return in_italics(said).sub(lambda found: found[0][1:-1], text)
    left = (line for line in in_italics(said).sub("", text).split("\n"))
    return "\n".join(line for line in left if not _is_bare(line)).strip()


def _is_bare(line: str) -> bool:
    """Tell whether a theme's line has lost all it said."""
    return line.lstrip().startswith(("* ", "- ", "+ ")) and line.rstrip().rstrip("*").endswith(":")
