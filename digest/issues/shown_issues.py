"""What pages about everything that was published say of each issue, made once and kept.

A new issue changes the index, the feeds and many pages of the site, which tell of all issues. Of those of
before it is kept what these need of them, by a hash of what it was made of: publishing reads the new one
alone, however many there are.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from digest import __version__
from digest.issues.pages import public_entry
from digest.issues.pages.admit import admit
from digest.issues.published import entries_of_rows
from digest.issues.site.maps import signals_ahead
from digest.issues.trends.theme_counts import counted_entry, name_key
from digest.records import CountedEntry, IssueEntry, PublishedEntry, PublishedRow, ShownEntry, ShownIssue
from digest.store import Store

FORM = 2
"""Of what is kept; grows when something else is kept, so that what there is is made anew."""

HASH_CHARS = 16
"""Of the hash of an entry; 64 bits never meet by chance here."""

Pairs = tuple[tuple[str, str], ...]
Words = tuple[str, ...]
# The fields of ShownEntry in order, then those of CountedEntry, and how many words that has.
Row = tuple[
    str, str, str, Pairs, Words, Words, tuple[tuple[int, str, str], ...], Words, Words, Pairs, Pairs, int
]


class Shown:
    """Everything that was published, as pages about all of it need it."""

    def __init__(
        self, issues: Iterable[ShownIssue], entries_of: Callable[[str], Sequence[PublishedEntry]]
    ) -> None:
        """Take issues in any order, and how the entries of one are read whole."""
        self.issues = sorted(issues, key=lambda issue: issue.name)
        self.entries_of = entries_of

    @cached_property
    def places(self) -> dict[str, str]:
        """The issue in which each entry stands, by its id."""
        return {each.id: issue.name for issue in self.issues for each in issue.entries}

    def counted(self, *, up_to: str = "") -> list[CountedEntry]:
        """Give what trends are made of; `up_to` an issue, or of all."""
        known = (issue for issue in self.issues if not up_to or issue.name <= up_to)
        return [each.counted for issue in known for each in issue.entries]


def shown_of(entries: Iterable[PublishedEntry]) -> Shown:
    """Give these entries as they are shown, without keeping anything."""
    groups: dict[str, list[PublishedEntry]] = {}
    for each in entries:
        groups.setdefault(each.issue, []).append(each)
    return Shown((shown_issue(*group) for group in groups.items()), lambda name: groups.get(name, []))


def shown_archive(
    store: Store, output: Path, *, issue: str = "", entries: Sequence[PublishedEntry] = ()
) -> Shown:
    """Give everything that was published, reading those issues alone that are not kept as they are.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: One that is about to be published, or published anew; empty for none.
        entries: Its entries.
    """
    groups = {name: list(rows) for name, rows in groupby(store.shown.rows(), key=lambda row: row.issue)}
    groups.pop(issue, None)
    # What is read from a page may change without the archive.
    keys = {name: _key(rows) for name, rows in groups.items() if all(row.record for row in rows)}
    kept = store.shown.kept(keys)
    found = {name: made for name in kept if (made := _read(name, *kept[name]))}
    fresh = {name: shown_issue(name, entries_of_rows(output, groups[name])) for name in groups.keys() - found}
    if new := fresh.keys() & keys.keys():
        store.shown.keep({name: (keys[name], *_written(fresh[name])) for name in new}, known=groups.keys())
    found |= fresh
    if issue:
        found[issue] = shown_issue(issue, entries)
    return Shown(
        found.values(),
        lambda name: entries if name == issue else entries_of_rows(output, groups.get(name, [])),
    )


def shown_issue(name: str, entries: Iterable[PublishedEntry]) -> ShownIssue:
    """Give an issue as pages about all of them need it."""
    return ShownIssue(name, tuple(_shown_entry(name, each) for each in entries))


def issue_entry(each: PublishedEntry) -> IssueEntry:
    """Give an entry as an issue shows it: under its first theme."""
    return IssueEntry(
        each.id, public_entry(each.entry), each.entry.themes[0] if each.entry.themes else "", each.note
    )


def _shown_entry(issue: str, each: PublishedEntry) -> ShownEntry:
    shown = issue_entry(each)
    entry = shown.entry
    return ShownEntry(
        each.id,
        hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).hexdigest()[:HASH_CHARS],
        entry.title,
        tuple((name_key(name), admit(name)) for name in entry.themes),
        tuple(map(admit, entry.keywords)),
        tuple(admit(row.signal) for row in entry.signals),
        tuple((year, admit(signal), admit(said)) for year, signal, said in signals_ahead(entry, issue)),
        tuple(link.target for link in entry.closest),
        counted_entry(each),
    )


def _key(rows: Sequence[PublishedRow]) -> str:
    key = hashlib.sha256(repr((FORM, __version__)).encode())
    for row in rows:
        told = (row.id, row.issue, row.worth, row.note, len(row.record))
        key.update(repr(told).encode("utf-8", "surrogatepass"))
        key.update(row.record.encode("utf-8", "surrogatepass"))
    return key.hexdigest()


def _written(issue: ShownIssue) -> tuple[str, bytes]:
    rows = [
        (
            *(each.id, each.key, each.title, each.themes, each.keywords, each.signals, each.ahead),
            *(each.closest, each.counted.publishers, each.counted.themes, each.counted.keywords),
            len(each.counted.words),
        )
        for each in issue.entries
    ]
    words = b"".join(each.counted.words.astype("<u8").tobytes() for each in issue.entries)
    return json.dumps(rows, separators=(",", ":")), words


def _read(name: str, record: str, words: bytes) -> ShownIssue | None:
    """Read what was kept; None for what is not as it is written here."""
    try:
        rows: Sequence[Row] = _adapter().validate_json(record)
        marks = np.frombuffer(words, dtype="<u8").astype(np.uint64, copy=False)
    except ValueError:
        return None
    found, at = [], 0
    for *shown, publishers, themes, keywords, count in rows:
        counted = CountedEntry(str(shown[0]), name, publishers, themes, keywords, marks[at : at + count])
        found.append(ShownEntry(*shown, counted))  # type: ignore[arg-type, call-arg]
        at += count
    return ShownIssue(name, found) if at == len(marks) else None


@lru_cache(maxsize=1)
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Row, ...])
