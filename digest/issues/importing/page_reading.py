"""Entry pages of an existing archive: files to entries, each mistake named, ids mended."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digest.errors import ItemError, StoreError
from digest.issues.importing.page_ids import candidates, is_short, is_whole, mended
from digest.issues.issue_names import issue_day
from digest.issues.pages import is_address, part_problems, read_entry, render_entry
from digest.issues.pages.admit import BIDI_CONTROLS
from digest.language.addresses import entry_id
from digest.language.secrecy import public_url
from digest.records import Entry, Part, PublishedEntry, Reference
from digest.workspace.files import read_text

ISSUE_IN_ADDRESS = re.compile(r"(?<!\d)\d{8}[a-z]?(?=/?$)")


@dataclass(frozen=True)
class Pages:
    """What a folder of entry pages holds."""

    entries: tuple[PublishedEntry, ...]
    """By issue, then by file name."""
    failed: tuple[tuple[str, str], ...]
    """(file, what is wrong with it)."""
    mended: tuple[tuple[str, str, str], ...]
    """(file, id as found, id now), of pages and of their closest."""
    unmended: tuple[tuple[str, str, str], ...]
    """(file, id as found, what it can have been)."""
    unread: tuple[tuple[str, str], ...]
    """(file, part of it that is not kept)."""


def read_pages(
    paths: Sequence[Path],
    *,
    folder: Path,
    issue: str = "",
    clean: bool = False,
    known: Collection[str] = (),
    read: Callable[[Path], tuple[Entry, list[str]]] | None = None,
) -> Pages:
    """Read entry pages of both shapes.

    Args:
        paths: The files.
        folder: Files are named from here in messages.
        issue: For pages whose origin names no issue; those that do keep theirs.
        clean: Whether trackers are taken out of addresses. Ids are those of the addresses as given.
        known: Ids of the archive.
        read: Gives what `read_page_file` does, or raises ItemError.
    """
    reading = _PageReading(folder, issue, read or read_page_file)
    for path in sorted(paths):
        reading.read(path)
    entries = reading.mend(set(known))
    if clean:
        entries = [replace(each, entry=_cleaned(each.entry)) for each in entries]
    entries.sort(key=lambda each: each.issue)
    return Pages(
        tuple(entries),
        tuple(reading.failed),
        tuple(reading.mended),
        tuple(reading.unmended),
        tuple(reading.unread),
    )


WITHOUT_TURNING = dict.fromkeys(map(ord, BIDI_CONTROLS))
"""Takes out of a page what would make its lines read as something else here: its words come from outside."""


class _PageReading:
    """Reads files one by one and keeps what is to be told of them."""

    def __init__(self, folder: Path, issue: str, read: Callable[[Path], tuple[Entry, list[str]]]) -> None:
        self._folder, self._issue, self._read = folder, issue, read
        self._found: list[tuple[str, PublishedEntry]] = []
        self.failed: list[tuple[str, str]] = []
        self.mended: list[tuple[str, str, str]] = []
        self.unmended: list[tuple[str, str, str]] = []
        self.unread: list[tuple[str, str]] = []

    def read(self, path: Path) -> None:
        """Read a file, or note what is wrong with it."""
        name = str(path.relative_to(self._folder))
        try:
            entry, unread = self._read(path)
            issue = self._issue_of(entry)
        except ItemError as error:
            self.failed.append((name, error.reason))
            return
        except StoreError as error:
            self.failed.append((name, str(error).removeprefix(f"{path}: ")))
            return
        except ValueError as error:
            # What this program could not write again it does not take.
            self.failed.append((name, str(error)))
            return
        stem = path.stem.lower()
        own = stem if is_whole(stem) or is_short(stem) else entry_id(entry.url)
        self.unread += [(name, part) for part in unread]
        self._found.append((name, PublishedEntry(own, issue, entry, is_imported=True)))

    def mend(self, known: set[str]) -> list[PublishedEntry]:
        """Mend short ids of pages, then those in Closest; of two pages with one id the first counts."""
        seen = {each.id for _, each in self._found} | {
            link.target for _, each in self._found for link in each.entry.closest
        }
        whole = known | {each for each in seen if is_whole(each)}
        kept: dict[str, tuple[str, PublishedEntry]] = {}
        for name, each in self._found:
            own = self._mended(name, each.id, whole, url=each.entry.url)
            if own in kept:
                self.failed.append((name, f"has the same id as {kept[own][0]}: {own}"))
            else:
                kept[own] = (name, replace(each, id=own))
        whole |= set(kept)
        return [self._with_closest(name, each, whole) for name, each in kept.values()]

    def _with_closest(self, name: str, each: PublishedEntry, known: Collection[str]) -> PublishedEntry:
        closest = tuple(
            Reference(link.title, self._mended(name, link.target, known)) for link in each.entry.closest
        )
        return replace(each, entry=replace(each.entry, closest=closest))

    def _mended(self, name: str, found: str, known: Collection[str], *, url: str = "") -> str:
        if not is_short(found):
            return found
        whole = mended(found, known, url=url)
        if whole:
            self.mended.append((name, found, whole))
        else:
            self.unmended.append((name, found, " or ".join(candidates(found)) or "no place for a d"))
        return whole or found

    def _issue_of(self, entry: Entry) -> str:
        """Give the issue a page comes from: its origin's title, or the end of its address.

        Raises:
            StoreError: neither is a date.
        """
        in_address = ISSUE_IN_ADDRESS.search(entry.origin.url)
        for name in (entry.origin.title, in_address[0] if in_address else "", self._issue):
            if issue_day(name):
                return name
        raise StoreError(
            f"expected an origin that names an issue by its date, such as 20221122, got "
            f"{entry.origin.title!r}; name one for such pages with --issue"
        )


def read_page_file(path: Path) -> tuple[Entry, list[str]]:
    """Read one entry page that can be published; runs in a worker process.

    Returns:
        The entry, and what was left out of it.

    Raises:
        StoreError, ValueError: it cannot be read, or not be written again.
    """
    entry, unread = _publishable(read_entry(read_text(path).translate(WITHOUT_TURNING)))
    if not is_address(entry.url):
        raise StoreError(f"expected an address without control characters, got {entry.url!r}")
    render_entry(entry)
    return entry, unread


def _publishable(entry: Entry) -> tuple[Entry, list[str]]:
    """Leave out parts that could not be published, such as scripts; of sections their fields stay.

    Returns:
        The entry, and what was left out.
    """
    kept: list[Part] = []
    left_out: list[str] = []
    for part in entry.parts:
        if not (problems := part_problems(part)):
            kept.append(part)
            continue
        name = part.name or part.heading.strip("# ") or part.text[:40]
        left_out.append(f"section {name!r}: {'; '.join(problems)}")
        if part.name:
            kept.append(Part(part.name))
    return replace(entry, parts=tuple(kept)), left_out


def _cleaned(entry: Entry) -> Entry:
    return replace(
        entry,
        url=public_url(entry.url),
        origin=replace(entry.origin, url=public_url(entry.origin.url)),
        sources=tuple(replace(each, target=public_url(each.target)) for each in entry.sources),
    )
