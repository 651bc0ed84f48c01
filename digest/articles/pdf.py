"""PDF to text, through a process that may be killed, and paragraphs put together again."""

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from digest.articles.page_text import clean_line, clean_lines

TIMEOUT_S = 20.0  # for one PDF with the start of its process; judgement, as pdf_worker.MAX_CPU_S
_WORKER = Path(__file__).with_name("pdf_worker.py")
# On so many pages at the same place a line is a running head, not text.
MIN_RUNNING_PAGES = 3
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


@dataclass(frozen=True, slots=True)
class PdfText:
    """What a PDF says."""

    title: str
    author: str
    created: str
    """Year, month and day in figures, 20251219; empty where it says nothing."""
    text: str


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
    text = join_pages([str(page) for page in read.get("pages", [])])
    if not any(char.isalpha() for char in text):
        raise PdfError("PDF without text")
    title = clean_line(str(read.get("title") or ""))
    return PdfText(
        title="" if _NAMED_BY_PROGRAM.search(title) else title,
        author=clean_line(str(read.get("author") or "")),
        created=str(read.get("created") or "").removeprefix("D:")[:8],
        text=text,
    )


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


def join_pages(pages: list[str]) -> str:
    """Put the lines of pages together to paragraphs, without running heads and word breaks."""
    split = [[line.strip() for line in page.replace("\ufffe", "-\n").splitlines()] for page in pages]
    running = _running_lines(split)
    lines = [line for page in split for line in page if not line or _DIGITS.sub("#", line) not in running]
    widths = [len(line) for line in lines if len(line) > 20]
    full = quantiles(widths, n=4)[2] if len(widths) > 1 else 80
    paragraphs: list[str] = []
    # In pieces: a paragraph may be the whole text, and would be copied with every line.
    open_: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if not line or _NEW_ITEM.match(line):
            paragraphs.append("".join(open_))
            open_ = [line]
        elif open_ and _HYPHENATED.search(open_[-1]) and line[0].islower():
            open_[-1] = _HYPHENATED.sub("", open_[-1])
            open_.append(line)
        else:
            open_ += [" ", line] if any(open_) else [line]
        is_last = len(line) < FULL_LINE_SHARE * full and _ENDS.search(line)
        is_heading = (
            len(line) < HEADING_SHARE * full
            and following[:1].isupper()
            and len(following) > len(line)
            and not _GOES_ON.search(line)
        )
        if is_last or is_heading:
            paragraphs.append("".join(open_))
            open_ = []
    paragraphs.append("".join(open_))
    return clean_lines(
        "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())
    )


def _running_lines(pages: list[list[str]]) -> set[str]:
    """Find lines that stand, but for numbers, at the head or foot of half the pages."""
    counts: Counter[str] = Counter()
    for page in pages:
        written = [line for line in page if line]
        counts.update({_DIGITS.sub("#", line) for line in (*written[:2], *written[-2:])})
    least = max(MIN_RUNNING_PAGES, RUNNING_SHARE * len(pages))
    return {line for line, count in counts.items() if count >= least}
