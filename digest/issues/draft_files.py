"""The draft files of an issue: the one place that finds them, and says which cannot be read.

A draft's file is the one whose front matter names its id, whatever the file is called. A file that cannot say
its id is taken for the draft whose id ends its name, so that it is named and never written over.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from digest import __version__
from digest.errors import StoreError
from digest.issues.draft_texts import (
    MOST_KEPT,
    draft_paths,
    free_path,
    path_of_draft,
    read_draft_text,
    still_says,
)
from digest.issues.drafts import STATUSES, DraftFile, file_id, read_draft
from digest.issues.known_drafts import KnownDrafts
from digest.issues.output_paths import draft_folder, id_part
from digest.issues.renewing import renew
from digest.language.addresses import host
from digest.language.folding import unmarked
from digest.records import DraftGlance, DraftRow, Status
from digest.store import Store

MOST_SLUG = 40
"""Characters: with the id and its issue's folder it stays readable in a window of files."""

_STATUS = re.compile(r"^status:[ \t]*['\"]?([\w-]+)", re.MULTILINE)


@lru_cache(maxsize=MOST_KEPT)
def _read_once(text: str, path: Path) -> DraftFile:
    return read_draft(text, path)


@dataclass(frozen=True)
class FoundDraft:
    """A draft whose file can be read."""

    row: DraftRow
    path: Path
    text: str
    glance: DraftGlance | None = None
    """What is known of that text already; None where it was not looked at yet."""

    @property
    def status(self) -> Status:
        """What the file says of its state."""
        return self.glance.status if self.glance else self.file.status

    @cached_property
    def file(self) -> DraftFile:
        """What the file says."""
        return _read_once(self.text, self.path)


@dataclass(frozen=True)
class FileProblem:
    """A file that stands for no draft, or a draft whose file cannot be read."""

    message: str
    """Names file and line, what was expected and what to do."""
    id: str = ""
    """The draft it concerns; empty where it belongs to none."""
    may_be_approved: bool = False
    """Whether the draft would be published if the file could be read."""


@dataclass(frozen=True)
class DraftFiles:
    """The drafts of an issue as their files stand."""

    folder: Path
    found: dict[str, FoundDraft] = field(default_factory=dict)
    """By id, in order of the articles being seen."""
    problems: tuple[FileProblem, ...] = ()
    missing: tuple[DraftRow, ...] = ()
    """Drafts without a file that should have one; not the rejected ones."""
    notes: tuple[str, ...] = ()
    """What was done about them, in sentences."""
    unknown: dict[str, tuple[Path, str]] = field(default_factory=dict)
    """Files and texts that say the id of no draft the archive knows, by that id."""

    @property
    def broken(self) -> set[str]:
        """Ids of drafts whose files must be left as they are."""
        return {each.id for each in self.problems if each.id}

    def text_of_unknown(self, draft_id: str) -> tuple[Path, str] | None:
        """Find the file of a draft the archive does not know yet: a run was killed before it noted it."""
        path, text = self.unknown.get(draft_id, (None, ""))
        return _if_draft(path, text, draft_id) if path else None

    def lines(self) -> tuple[str, ...]:
        """Give what an editor should know: what was done, and every file that cannot be used."""
        return (*self.notes, *(each.message for each in self.problems))


def find_drafts(store: Store, output: Path, issue: str, *, known: KnownDrafts | None = None) -> DraftFiles:
    """Find and read the draft files of an issue; never raises for a file, whatever is in it.

    What became of files that were changed here and elsewhere is told by whoever opened the archive.
    """
    renew(store, output, issue)
    known = known or KnownDrafts(store)
    folder = draft_folder(output, issue)
    rows = known.of_issue(issue)
    imported = {each.id for each in store.drafts.entries(issue=issue) if each.is_imported}
    claims: dict[str, list[FoundDraft]] = {}
    problems: list[FileProblem] = []
    unknown: dict[str, tuple[Path, str]] = {}
    odd: set[str] = set()
    glances = store.drafts.glances(issue)
    for path in draft_paths(folder):
        named = _id_in_name(path, rows)
        text = ""
        try:
            text = read_draft_text(path)
            found_id = file_id(text, path)
            if found_id not in rows:
                problems.append(_of_no_draft(path, text, found_id, issue, known, rows.get(named)))
                if found_id not in unknown or path.stem.endswith(found_id):
                    unknown[found_id] = path, text
                continue
            glance = glances.get(found_id)
            is_known = glance is not None and glance.key == glance_key(text)
            found = FoundDraft(rows[found_id], path, text, glance if is_known else None)
            claims.setdefault(found_id, []).append(found)
            # One that was read through before can be read.
            _ = found.glance or found.file
        except StoreError as error:
            draft_id = named or _known(text, path, rows)
            problems.append(_problem(str(error), text, rows.get(draft_id)))
            # What is no file at all holds no editor's work: a file with that id is used all the same.
            odd |= set() if path.is_file() else {str(error)}
    problems = [
        FileProblem(each.message) if each.message in odd and each.id in claims else each for each in problems
    ]
    problems += _twice(claims)
    broken = {each.id for each in problems}
    # In a file whose name tells one draft and whose front matter another, the first is not gone: it was
    # written over, and only an editor knows.
    told = {_id_in_name(each.path, rows) for found in claims.values() for each in found}
    missing = tuple(
        row
        for row in rows.values()
        if row.status != "rejected" and row.id not in {*claims, *broken, *imported}
    )
    problems += [_taken_over(row, claims) for row in missing if row.id in told]
    return DraftFiles(
        folder,
        {each: claims[each][0] for each in rows if each in claims and each not in broken},
        tuple(problems),
        tuple(row for row in missing if row.id not in told),
        unknown=unknown,
    )


def glance_key(text: str) -> str:
    """Give the hash by which a text is known that was read through; another version reads it anew."""
    return hashlib.sha256(f"{__version__} {text}".encode()).hexdigest()


def text_of_unknown(output: Path, issue: str, draft_id: str) -> tuple[Path, str] | None:
    """Find the file of a draft that the archive does not know in this issue; see `DraftFiles`."""
    path = path_of_draft(output, issue, draft_id)
    try:
        return _if_draft(path, read_draft_text(path), draft_id)
    except StoreError:
        return None


def _if_draft(path: Path, text: str, draft_id: str) -> tuple[Path, str] | None:
    try:
        return (path, text) if read_draft(text, path).id == draft_id else None
    except StoreError:
        return None


def check_as_read(drafts: Iterable[FoundDraft]) -> None:
    """Look whether files that were read a while ago still say that, right before they are written over.

    Raises:
        StoreError: one does not.
    """
    if changed := [each.path for each in drafts if not still_says(each.path, each.text)]:
        names = ", ".join(map(str, changed))
        raise StoreError(f"{names}: changed just now, in another program, and not written over; look again")


def new_path(folder: Path, draft_id: str, title: str, url: str) -> Path:
    """Choose the name of a new draft's file: `<slug>-<id>.md`, where nothing has it."""
    return free_path(folder, f"{slug(title) or slug(host(url)) or 'draft'}-{id_part(draft_id)}.md", draft_id)


def slug(text: str) -> str:
    """Write the first words of a text in small Latin letters, digits and hyphens; empty if it has none.

    Nothing in it means anything to a file system, and the id behind it keeps it from being a device's name.
    """
    words = re.findall(r"[a-z0-9]+", re.sub(r"['\u2019]", "", unmarked(text)), re.ASCII)
    made = ""
    for word in words:
        if made and len(made) + 1 + len(word) > MOST_SLUG:
            break
        made = f"{made}-{word}" if made else word[:MOST_SLUG]
    return made


def id_of_file(path: Path) -> str:
    """Give the id of the draft that a file is, by its front matter.

    Raises:
        StoreError: The file cannot be read, or says no id.
    """
    return file_id(read_draft_text(path), path)


# -- files -------------------------------------------------------------------------------------------


def _id_in_name(path: Path, rows: dict[str, DraftRow]) -> str:
    """Give the id a file's name ends with."""
    stem = path.stem
    ends = (stem, *(stem[found.end() :] for found in re.finditer("-", stem)))
    return next((each for each in ends if each in rows), "")


# -- problems ----------------------------------------------------------------------------------------


def _known(text: str, path: Path, rows: dict[str, DraftRow]) -> str:
    try:
        found = file_id(text, path)
    except StoreError:
        return ""
    return found if found in rows else ""


def _problem(message: str, text: str, row: DraftRow | None) -> FileProblem:
    return FileProblem(message, row.id if row else "", row is not None and _may_be_approved(row, text))


def _may_be_approved(row: DraftRow, text: str) -> bool:
    """Say whether a file that cannot be read may be an approved draft: by its status line, else as known."""
    found = _STATUS.search(text)
    status = found[1].casefold() if found else row.status
    # Who wrote a status that is none decided something; to leave the draft out would be a guess.
    return status == "approved" or status not in STATUSES


def _of_no_draft(
    path: Path, text: str, found: str, issue: str, known: KnownDrafts, named: DraftRow | None
) -> FileProblem:
    if named:
        message = f"{path}: line {_line_of_id(text)}: id: expected {named.id}, got {found}; put it back"
        return _problem(message, text, named)
    if other := known.rows.get(found):
        of = f"that of a draft of issue {other.issue}"
        return FileProblem(f"{path}: expected a draft of issue {issue}, got {of}; move it there or delete it")
    message = f"{path}: belongs to no draft: nothing has the id {found}; correct the id or delete the file"
    return FileProblem(message)


def _line_of_id(text: str) -> int:
    found = re.search(r"^id:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _twice(claims: dict[str, list[FoundDraft]]) -> Iterator[FileProblem]:
    for draft_id, found in claims.items():
        if len(found) > 1:
            names = " and ".join(each.path.name for each in found)
            message = (
                f"{found[0].path}: {len(found)} files have the id {draft_id}: {names}; "
                "keep one and delete the others"
            )
            may_be_approved = any(_may_be_approved(each.row, each.text) for each in found)
            yield FileProblem(message, draft_id, may_be_approved)


def _taken_over(row: DraftRow, claims: dict[str, list[FoundDraft]]) -> FileProblem:
    each, path = next(
        (draft_id, each.path)
        for draft_id, found in claims.items()
        for each in found
        if each.path.stem == row.id or each.path.stem.endswith(f"-{row.id}")
    )
    return FileProblem(
        f"{path}: expected the draft of {row.id}, as its name says, got that of {each}; "
        "correct the id or rename the file",
        row.id,
        row.status == "approved",
    )
