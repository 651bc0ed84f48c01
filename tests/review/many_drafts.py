"""A workspace of as many drafts as a large issue has: sentences of the bundled week, dealt out anew."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from newsroom import ISSUE, SITES, Newsroom, newsroom_with

import digest.demo

WEEK = Path(digest.demo.__file__).parent / "week" / "articles"
LEAST_LETTERS = 60
"""Of a sentence that is used; shorter ones are often headings."""
SENTENCES = 5


@cache
def articles(count: int) -> tuple[tuple[str, str, str], ...]:
    """Write articles: site, title, text; no two have a sentence in common, nor are they one story."""
    said = []
    for path in sorted(WEEK.glob("*.md")):
        body = path.read_text("utf-8").split("\n---\n", 1)[1]
        lines = [line for line in body.split("\n") if line and line[0] not in "#>*-|!<["]
        said += [each for line in lines for each in re.split(r"(?<=[.?!]) (?=[A-Z])", line)]
    plain = [each for each in dict.fromkeys(said) if len(each) >= LEAST_LETTERS and each.isascii()]
    random.Random(60).shuffle(plain)
    assert len(plain) >= count * SENTENCES
    texts = [plain[SENTENCES * number :][:SENTENCES] for number in range(count)]
    return tuple(
        (SITES[number % len(SITES)], f"Report {number} of the week", "\n".join(text))
        for number, text in enumerate(texts)
    )


def many_drafts(folder: Path, count: int) -> Newsroom:
    """Make a workspace with so many drafts in ISSUE, in a thread apart: see `desks.room_of`."""
    with ThreadPoolExecutor(1) as apart:
        made = apart.submit(newsroom_with, folder, *articles(count)).result()
    assert len(made.rows(ISSUE)) == count
    return made
