"""Pages of the site made of Markdown files that lie beside it: reviews, and what issues leave out.

The files are what was written, and what an editor made of it; nothing of them is asked of the archive again.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import lxml.html

from digest.issues.issue_names import NAME
from digest.issues.output_paths import LEFT_OUT_ENDING
from digest.issues.pages.html import markdown_html
from digest.issues.pages.markdown_blocks import MARKDOWN, clean, text_of
from digest.workspace.files import MOST_PAGE, FileError, read_text

REVIEW_NAME = re.compile(r"[a-z0-9-]+")
"""Of files that `digest review-of` writes; others in the folder are somebody's own."""
ENTRY = re.compile(r"\.\./entries/([0-9A-Za-z_-]+)\.md")
"""How such a file leads to an entry."""
WHOLE = re.compile(r"(?i)(?:https?|mailto):|#")
"""Begins what leads somewhere from any page."""


@dataclass(frozen=True)
class BesidePage:
    """A Markdown file that the site shows."""

    name: str
    """The file's, without its ending; an issue's name, of what that leaves out."""
    text: str
    title: str
    """Its first heading."""
    line: str
    """The words under it, where they are one line."""

    @property
    def entries(self) -> list[str]:
        """The ids of the entries it leads to."""
        return list(dict.fromkeys(ENTRY.findall(self.text)))


def written_reviews(output: Path) -> list[BesidePage]:
    """Give the reviews that were written, by title; what cannot be read is left out."""
    files = ((path.stem, path) for path in sorted((output / "reviews").glob("*.md")))
    found = _read((name, path) for name, path in files if REVIEW_NAME.fullmatch(name))
    return sorted(found, key=lambda page: (page.title.casefold(), page.name))


def told_left_out(output: Path) -> list[BesidePage]:
    """Give what issues leave out, of those that tell their readers so; by issue."""
    files = ((path.name.removesuffix(LEFT_OUT_ENDING), path) for path in sorted(_left_out_files(output)))
    return list(_read((name, path) for name, path in files if NAME.fullmatch(name)))


def beside_html(page: BesidePage, address: Callable[[str], str]) -> str:
    """Give a page as clean HTML.

    Args:
        page: The file.
        address: Where the page of an entry is; empty for one that has none, whose link becomes words.
    """
    root = lxml.html.fragment_fromstring(markdown_html(page.text), create_parent="div")
    for link in list(root.iter("a")):
        to = link.get("href") or ""
        entry = ENTRY.fullmatch(to)
        if entry and (here := address(entry[1])):
            link.set("href", here)
        elif not WHOLE.match(to):
            link.drop_tag()
    return "".join(lxml.html.tostring(each, encoding="unicode") for each in root)


def _left_out_files(output: Path) -> Iterator[Path]:
    yield from (output / "issues").glob(f"*{LEFT_OUT_ENDING}")


def _read(files: Iterator[tuple[str, Path]]) -> Iterator[BesidePage]:
    for name, path in files:
        with suppress(FileError):
            text = read_text(path, most_bytes=MOST_PAGE)
            yield BesidePage(name, text, *_head(text, name))


def _head(text: str, name: str) -> tuple[str, str]:
    """Give the first heading and the line under it, as a reader sees them."""
    first, _, rest = text.strip().partition("\n")
    second = rest.strip().partition("\n\n")[0].strip()
    line = "" if second.startswith(("#", "*", "|")) or "\n" in second else second
    return _plain(first.lstrip("# ")) or name, _plain(line)


def _plain(text: str) -> str:
    (inline,) = MARKDOWN.parseInline(text)
    return clean(text_of(inline.children or ()))
