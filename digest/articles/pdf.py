"""PDF to text, through a process that may be killed, and paragraphs put together again."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from digest.articles.page_text import clean, clean_line
from digest.articles.pdf_layout import CELL_BREAK, Piece, lines_of

TIMEOUT_S = 20.0  # for one PDF with the start of its process; judgement, as pdf_worker.MAX_CPU_S
_WORKER = Path(__file__).with_name("pdf_worker.py")
# On so many pages at the same place a line is a running head, not text.
MIN_RUNNING_PAGES = 3
MAX_FIGURES = 9  # of a number in a head; a page's has four
RUNNING_SHARE = 0.5  # of the pages; left and right ones may have heads of their own; judgement
# A line shorter than this share of a full one, with its sentence at an end, ends its paragraph.
FULL_LINE_SHARE = 0.85

_HYPHENATED = re.compile(r"(?<=[a-zà-ÿ])[-\u00ad\ufffe\u2010]$")
_ENDS = re.compile(r"[.!?:;][)\]”\"’']*$")
HEADING_SHARE = 0.65
"""A line this much shorter than full ones, before one with a capital, is a heading or a byline: inside a
paragraph only full lines come before others."""

_GOES_ON = re.compile(
    r"(?:[,;–—-]|\b(?:a|an|and|as|at|by|for|from|in|of|on|or|our|the|to|with))$", re.IGNORECASE
)
_NEW_ITEM = re.compile(r"^(?:[•‣▪●·–—*]\s|\(?\d{1,2}[.)]\s|\(?[a-z][.)]\s)")
_DIGITS = re.compile(r"\d+")
_NAMED_BY_PROGRAM = re.compile(
    r"\.(?:docx?|pdf|indd|pptx?|odt|tex|dvi)$|^(?:untitled|microsoft word|document\d*)", re.I
)

PARAGRAPH_BREAK = "\n\n"
BROKEN_WORD = "\ufffe"
"""What the reader writes for a hyphen at the end of a line."""


@dataclass(frozen=True, slots=True)
class PdfText:
    """What a PDF says."""

    title: str
    author: str
    created: str
    """Year, month and day in figures, 20251219; empty where it says nothing."""
    text: str
    pages: tuple[int, ...] = ()
    """Where each page begins in the text."""


class PdfError(Exception):
    """A PDF that gives no text; the message is the reason."""


def read_pdf(body: bytes, *, timeout_s: float = TIMEOUT_S) -> PdfText:
    """Read the text of a PDF in a process of its own.

    Raises:
        PdfError: no text, not a PDF, too slow, too large for its limits.
    """
    read = _in_process(body, timeout_s)
    if problem := read.get("problem"):
        raise PdfError(f"PDF that cannot be read: {problem}")
    text, pages = join_pages([_page_lines(page) for page in read.get("pages", [])])
    if not any(char.isalpha() for char in text):
        raise PdfError("PDF without text")
    title = clean_line(str(read.get("title") or ""))
    return PdfText(
        title="" if _NAMED_BY_PROGRAM.search(title) else title,
        author=clean_line(str(read.get("author") or "")),
        created=str(read.get("created") or "").removeprefix("D:")[:8],
        text=text,
        pages=pages,
    )


def _page_lines(page: Any) -> list[str]:
    """Give the lines of what the reader says of a page: its text, or pieces and where they stand."""
    if isinstance(page, str):
        return page.replace(BROKEN_WORD, "-\n").splitlines()
    pieces = [
        Piece(left, bottom, right, top, str(text).replace("\r", " "))
        for left, bottom, right, top, text in page
    ]
    lines = lines_of(pieces)
    return [each for line in lines for each in line.replace(BROKEN_WORD, "-\n").splitlines()]


def _in_process(body: bytes, timeout_s: float) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKER)],
            input=body,
            capture_output=True,
            timeout=timeout_s,
            env={},  # it needs none, and a PDF that takes it over finds no keys there
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(f"PDF not read within {timeout_s:.0f} s") from error
    if done.returncode:
        raise PdfError(f"PDF that cannot be read: its reader ended with {done.returncode}")
    try:
        read = json.loads(done.stdout)
    except ValueError as error:
        raise PdfError("PDF that cannot be read: its reader gave no answer") from error
    return read if isinstance(read, dict) else {}


def join_pages(pages: Sequence[Sequence[str]]) -> tuple[str, tuple[int, ...]]:
    """Put the lines of pages together to paragraphs, without running heads and word breaks.

    Args:
        pages: The lines of each page; the cells of a table's row are divided by tabs.

    Returns:
        The text, and where in it each page begins; a page without words begins where the next one does.
    """
    split = [[_clean(line) for line in page] for page in pages]
    running = _running_lines(split)
    lines = [
        (number, line)
        for number, page in enumerate(split)
        for line in page
        if not line or _DIGITS.sub("#", line) not in running
    ]
    widths = [len(line) for _, line in lines if len(line) > 20 and CELL_BREAK not in line]
    full = quantiles(widths, n=4)[2] if len(widths) > 1 else 80
    paragraphs = _Paragraphs()
    for (page, line), (_, following) in zip(lines, [*lines[1:], (0, "")], strict=False):
        is_row = CELL_BREAK in line
        if not line or is_row or _NEW_ITEM.match(line):
            paragraphs.end()
        if line:
            paragraphs.add(line.replace(CELL_BREAK, " "), page)
        is_last = len(line) < FULL_LINE_SHARE * full and _ENDS.search(line)
        is_heading = (
            len(line) < HEADING_SHARE * full
            and following[:1].isupper()
            and len(following) > len(line)
            and not _GOES_ON.search(line)
        )
        if is_row or is_last or is_heading:
            paragraphs.end()
    paragraphs.end()
    return paragraphs.text(), paragraphs.starts(len(pages))


def _clean(line: str) -> str:
    cells = (" ".join(clean(cell).split()) for cell in line.split(CELL_BREAK))
    return CELL_BREAK.join(filter(None, cells))


class _Paragraphs:
    """Lines put together, in pieces: a paragraph may be the whole text, copied with every line otherwise."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._length = 0
        self._open: list[str] = []
        self._first: dict[int, int] = {}

    def add(self, line: str, page: int) -> None:
        """Go on with a line, of the page of this number from 0."""
        if self._open and _HYPHENATED.search(self._open[-1]) and line[0].islower():
            self._length -= 1
            self._open[-1] = self._open[-1][:-1]
        elif self._open:
            self._open.append(" ")
            self._length += 1
        elif self._done:
            self._length += len(PARAGRAPH_BREAK)
        self._first.setdefault(page, self._length)
        self._open.append(line)
        self._length += len(line)

    def end(self) -> None:
        """Begin a new paragraph with the next line."""
        if self._open:
            self._done.append("".join(self._open))
            self._open = []

    def text(self) -> str:
        """Give what was ended."""
        return PARAGRAPH_BREAK.join(self._done)

    def starts(self, pages: int) -> tuple[int, ...]:
        """Say where each of so many pages begins."""
        out: list[int] = []
        following = self._length
        for page in reversed(range(pages)):
            following = self._first.get(page, following)
            out.append(following)
        return tuple(reversed(out))


def _running_lines(pages: Sequence[Sequence[str]]) -> set[str]:
    """Find lines that stand, but for numbers, at the head or foot of half the pages."""
    counts: Counter[str] = Counter()
    for page in pages:
        written = [line for line in page if line]
        counts.update({_DIGITS.sub("#", line) for line in (*written[:2], *written[-2:])})
    least = max(MIN_RUNNING_PAGES, RUNNING_SHARE * len(pages))
    running = {line for line, count in counts.items() if count >= least}
    return running | _running_on_two(*pages) if len(pages) == MIN_RUNNING_PAGES - 1 else running


def _running_on_two(first: Sequence[str], second: Sequence[str]) -> set[str]:
    """Find the lines that both of two pages begin or end with.

    Two are few to tell a head by, so it has words, and of its numbers none differ but the page's.
    """
    one, other = ([line for line in page if line] for page in (first, second))
    found = set()
    for line, same in zip((*one[:1], *one[-1:]), (*other[:1], *other[-1:]), strict=False):
        pattern = _DIGITS.sub("#", line)
        steps = {
            int(after[:MAX_FIGURES]) - int(before[:MAX_FIGURES])
            for before, after in zip(_DIGITS.findall(line), _DIGITS.findall(same), strict=False)
        }
        if pattern == _DIGITS.sub("#", same) and re.search(r"[^\W\d_]", line) and steps <= {0, 1}:
            found.add(pattern)
    return found
