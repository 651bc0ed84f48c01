"""Pages of the site made of Markdown files that lie beside it: reviews, what issues leave out, and the pages
of entries that were withdrawn.

The files are what was written, and what an editor made of it; nothing of them is asked of the archive again.
"""

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import lxml.html

from digest.errors import StoreError
from digest.issues.issue_names import NAME
from digest.issues.output_paths import LEFT_OUT_ENDING, entry_page
from digest.issues.pages import read_entry
from digest.issues.pages.html import markdown_html
from digest.issues.pages.markdown import fill
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
    issue: str = ""
    """The one that it belongs to; empty for none."""

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
    found = _read((name, path) for name, path in files if NAME.fullmatch(name))
    return [replace(page, issue=page.name) for page in found]


def withdrawn_entries(output: Path, issues: Mapping[str, str]) -> list[BesidePage]:
    """Give the pages that say of entries that they were withdrawn; `issues` has those they stood in, by id.

    A page that tells a whole story is left out: whoever wrote it was killed before it was published.
    """
    pages = _read((each, entry_page(output, each)) for each in issues)
    return [
        replace(page, title=title, issue=issues[page.name], text=_with_title(page.text, title))
        for page in pages
        if (title := _title_alone(page.text))
    ]


def without_entries(text: str, gone: Collection[str]) -> str:
    """Take out of a review what rests on entries that are gone.

    That is a bullet, a sentence on a line of its own, and a signal that is followed over issues of which one
    had such an entry; then headings that nothing is left under.
    """
    gone_ids = set(gone)
    kept: list[str] = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        left = [line for line in lines if not gone_ids & set(ENTRY.findall(line))]
        is_line = bool(kept) and kept[-1].startswith("**")
        if len(left) < len(lines) and is_line:
            # Its words may be those of the entry that is gone.
            kept.pop()
        elif left:
            kept.append("\n".join(left))
    following = [*kept[1:], "## "]
    filled = zip(kept, following, strict=True)
    return "\n\n".join(
        each for each, then in filled if not (each.startswith("## ") and then.startswith("## "))
    )


def beside_html(page: BesidePage, address: Callable[[str], str], withdrawn: Mapping[str, str]) -> str:
    """Give a page as clean HTML.

    Args:
        page: The file.
        address: Where the page of an entry is; empty for one that has none, whose link becomes words.
        withdrawn: The titles of entries that were withdrawn, by id: what rests on them is left out, and
            said to be.
    """
    gone = {each: title for each, title in withdrawn.items() if each in page.entries}
    if not gone:
        return _with_links(page.text, address, page.issue)
    found = _with_links(without_entries(page.text, gone.keys()), address, page.issue)
    named = ", ".join(
        f'<a href="{html.escape(address(each))}">{html.escape(title)}</a>' for each, title in gone.items()
    )
    count = "an entry was" if len(gone) == 1 else f"{len(gone)} entries were"
    note = (
        f'<p class="note">Since this was written, {count} withdrawn: {named}. What rested on '
        f"{'it' if len(gone) == 1 else 'them'} is left out here; figures are as they were.</p>"
    )
    head, end, rest = found.partition("</h1>")
    return f"{head}{end}\n{note}{rest}" if end else f"{note}\n{found}"


def _with_links(text: str, address: Callable[[str], str], issue: str) -> str:
    root = lxml.html.fragment_fromstring(markdown_html(text), create_parent="div")
    for link in list(root.iter("a")):
        to = link.get("href") or ""
        entry = ENTRY.fullmatch(to)
        if entry and (here := address(entry[1])):
            link.set("href", here)
        elif issue and to == f"{issue}.md":
            link.set("href", f"../issues/{issue}.html")
        elif not WHOLE.match(to):
            link.drop_tag()
    return "".join(lxml.html.tostring(each, encoding="unicode") for each in root)


def _with_title(text: str, title: str) -> str:
    """Head a page with its title alone: an entry's says there where the entry is from."""
    return fill("# {}", title) + "\n" + text.partition("\n")[2]


def _title_alone(text: str) -> str:
    """Give the title of an entry's page that tells nothing else of it; empty for another page."""
    try:
        entry = read_entry(text)
    except StoreError:
        return ""
    return "" if entry.summary or entry.keywords or entry.signals else clean(entry.title)


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
