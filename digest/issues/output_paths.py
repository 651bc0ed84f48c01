"""Where the files below output/ lie: the one place where names of issues and ids become paths.

Names come from the archive, from front matter, from imported files; any of them may have been written by
somebody else. What could lead out of the workspace is refused before anything is written or deleted.
"""

import re
import unicodedata
from pathlib import Path

from digest.errors import StoreError
from digest.issues.issue_names import NAME
from digest.workspace.files import inside, is_plain_name

INTRODUCTION_FILE = "introduction.md"
"""What no draft is called: those end in an id."""

MOST_SLUG = 60
"""Letters of a page's name: enough to tell themes apart in a list of files, and short of what any file system
takes."""


OPENING_ENDING = ".opening.json"
"""Of the file that holds what was published of an issue's introduction: what is only drafted meanwhile is not
published by taking a story back."""

LEFT_OUT_ENDING = ".blind-spots.md"
"""Of the file that tells readers what an issue leaves out."""


def page_slug(name: str) -> str:
    """Give a theme's name as part of a page's path: small Latin letters, digits and hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST_SLUG]


def issue_part(issue: str) -> str:
    """Give an issue's name as part of a path.

    Raises:
        StoreError: it is none.
    """
    if NAME.fullmatch(issue):
        return issue
    raise StoreError(
        f"an issue is named {_shown(issue)} in the archive: expected a date such as 20221122; "
        "nothing was written; see: digest doctor"
    )


def id_part(entry_id: str) -> str:
    """Give an id as part of a path.

    Raises:
        StoreError: it could mean something to the file system.
    """
    if is_plain_name(entry_id):
        return entry_id
    raise StoreError(
        f"an entry has the id {_shown(entry_id)} in the archive: expected letters and digits, 120 at most; "
        "nothing was written; see: digest doctor"
    )


def draft_folder(output: Path, issue: str) -> Path:
    """Say where the drafts of an issue lie."""
    return inside(output, output / "drafts" / issue_part(issue))


def introduction_file(output: Path, issue: str) -> Path:
    """Say where an issue's introduction lies: beside its drafts, for whoever edits these."""
    return draft_folder(output, issue) / INTRODUCTION_FILE


def entry_page(output: Path, entry_id: str) -> Path:
    """Say where the page of an entry lies."""
    return inside(output, output / "entries" / f"{id_part(entry_id)}.md")


def issue_file(output: Path, issue: str, ending: str) -> Path:
    """Say where a form of an issue lies; its ending is such as `.html`."""
    return inside(output, output / "issues" / f"{issue_part(issue)}{ending}")


def report_file(output: Path, issue: str) -> Path:
    """Say where the report of an issue's runs lies."""
    return inside(output, output / "reports" / f"{issue_part(issue)}.md")


def blind_spots_file(output: Path, issue: str, *, for_readers: bool = False) -> Path:
    """Say where the page of what an issue leaves out lies: the editor's, or the published one."""
    if for_readers:
        return issue_file(output, issue, LEFT_OUT_ENDING)
    return inside(output, output / "reports" / "blind-spots" / f"{issue_part(issue)}.md")


def sources_file(output: Path, issue: str) -> Path:
    """Say where the report on an issue's sources lies."""
    return inside(output, output / "reports" / "sources" / f"{issue_part(issue)}.md")


def _shown(name: object) -> str:
    shown = ascii(name)
    return shown if len(shown) <= 60 else f"{shown[:60]}..."
