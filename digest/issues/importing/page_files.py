"""Which files are entry pages: what they hold decides, whatever they are called."""

import re
from pathlib import Path

from digest.errors import StoreError
from digest.issues.pages import read_entry
from digest.workspace.files import MOST_TEXT, opened

NAMED_PAGES = (".md", ".markdown")
"""Files called so are pages even where they cannot be read as one, so that what is wrong is named."""

MAX_BYTES = MOST_TEXT
"""Larger files are no entry pages; the largest known has 20 KB."""

TITLE = re.compile(r"#[ \t]+\S.*\bfrom\b.*\]\(")
"""How the title of a page begins and goes on, whatever else may be wrong with it."""


def pages_in(folder: Path) -> list[Path]:
    """Find the entry pages below a folder, in order of their names."""
    # What is called a page and is no file, such as a pipe, is named where it is read.
    found = (each for each in folder.rglob("*") if not each.is_dir())
    return sorted(each for each in found if each.suffix.lower() in NAMED_PAGES or _is_page(_beginning(each)))


def holds_pages(path: Path) -> bool:
    """Tell whether a file is an entry page rather than JSON Lines."""
    text = _beginning(path)
    if text[:1] in ("{", "["):
        return False
    return path.suffix.lower() in NAMED_PAGES or _is_page(text)


def _beginning(path: Path) -> str:
    """Give a file's text; empty where it is none, or too long for a page's."""
    try:
        with opened(path) as file:
            return (file.read(MAX_BYTES) or b"").decode("utf-8").removeprefix("\ufeff").lstrip()
    except (StoreError, UnicodeDecodeError):
        return ""


def _is_page(text: str) -> bool:
    if not text.startswith(("#", "---")):
        return False
    if TITLE.match(text):
        return True
    try:
        read_entry(text)
    except StoreError:
        return False
    return True
