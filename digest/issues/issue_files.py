"""The files that publishing writes: entry pages, an issue in its forms, the index.

They are this program's own: each is remembered by its hash, a file that holds what it should is left alone,
and one that a person changed is kept beside the new one as `.orig`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from digest.issues.output_paths import entry_page, issue_file
from digest.issues.pages import (
    issue_json,
    public_entry,
    render_entry,
    render_index,
    render_issue,
    render_issue_html,
    render_withdrawn,
)
from digest.issues.published import published_entries
from digest.issues.site import write_site
from digest.issues.trends import trends
from digest.language.secrecy import secretless_url
from digest.records import Entry, Issue, IssueEntry, PublishedEntry
from digest.store import Store
from digest.workspace.files import MOST_PAGE, FileError, inside, read_bytes, read_text, write_text

Tell = Callable[[str], None]
"""Told, in a sentence, what an editor should know."""


class IssueFiles:
    """Writes what readers see of a newsletter."""

    def __init__(
        self, store: Store, output: Path, *, title: str, site: str, language: str, tell: Tell = lambda _: None
    ) -> None:
        """Write below a workspace's output folder.

        Args:
            store: The archive, which remembers what was written.
            output: The workspace's output folder.
            title: The newsletter's.
            site: Its address on the web; may be empty.
            language: ISO 639-1.
            tell: Told of files that a person had changed.
        """
        self._store, self._output, self._tell = store, output, tell
        self._title, self._site, self._language = title, secretless_url(site), language

    def issue(self, name: str, entries: Iterable[PublishedEntry]) -> Issue:
        """Give an issue of these entries, in their order."""
        shown = tuple(issue_entry(each) for each in entries)
        return Issue(name, self._title, self._site, self._language, shown)

    def write_issue(self, issue: Issue, *, places: Mapping[str, str], map_svg: str = "") -> None:
        """Write the pages of an issue's entries, and the issue in its forms.

        Args:
            issue: The issue.
            places: The issue in which each published entry stands, by its id.
            map_svg: The map of themes and keywords; empty for none.
        """
        for each in issue.entries:
            self._write(entry_page(self._output, each.id), render_entry(each.entry, note=each.note))
        self._write_form(issue, ".json", json.dumps(issue_json(issue), ensure_ascii=False, indent=1) + "\n")
        if map_svg:
            self._write_form(issue, ".trends.svg", map_svg)
        self._write_form(issue, ".html", render_issue_html(issue, places=places, map_svg=map_svg))
        self._write_form(issue, ".md", render_issue(issue))

    def write_withdrawn(self, entry_id: str, entry: Entry, note: str) -> None:
        """Write that an entry was withdrawn where its page was."""
        self._write(entry_page(self._output, entry_id), render_withdrawn(public_entry(entry), note))

    def write_index(self, entries: Sequence[PublishedEntry]) -> None:
        """Write what shows every published issue: output/index.md, and the site."""
        names = sorted(self._store.drafts.published_issues(), reverse=True)
        rows: dict[str, list[PublishedEntry]] = {name: [] for name in names}
        for each in entries:
            rows[each.issue].append(each)
        issues = [self.issue(name, rows[name]) for name in names]
        self._write(self._output / "index.md", render_index(issues, title=self._title))
        write_site(issues, trends(entries), self._output, title=self._title, language=self._language)

    def was_written(self, entry_id: str) -> bool:
        """Tell whether an entry's page was ever published."""
        return bool(self._store.files.hashes_of(f"entries/{entry_id}.md"))

    def _write_form(self, issue: Issue, ending: str, text: str) -> None:
        self._write(issue_file(self._output, issue.name, ending), text)

    def _write(self, path: Path, text: str) -> None:
        name = inside(self._output, path).relative_to(self._output).as_posix()
        now = _hash(text)
        found = _found(path)
        if found is not None and found != now and found not in self._store.files.hashes_of(name):
            kept = _free(path)
            before = read_text(path, most_bytes=MOST_PAGE)
            write_text(kept, before, within=self._output, is_private=True)
            self._tell(f"{path}: was changed by hand; what it held is now in {kept.name}")
        # Before the file, so that one whose writer was killed is not taken for a person's.
        self._store.files.save_hash(name, now)
        if found != now:
            write_text(path, text, within=self._output)


def write_imported_issues(
    store: Store,
    output: Path,
    issues: Iterable[str],
    *,
    title: str,
    site: str,
    language: str,
    tell: Tell = lambda _: None,
) -> None:
    """Write issues that entries were imported into, all their entries' pages, and the index.

    Without maps, which would have to be drawn for every issue of the past.
    """
    names = list(issues)
    if not names:
        return
    files = IssueFiles(store, output, title=title, site=site, language=language, tell=tell)
    entries = published_entries(store, output)
    places = {each.id: each.issue for each in entries}
    for name in names:
        files.write_issue(files.issue(name, [each for each in entries if each.issue == name]), places=places)
    files.write_index(entries)


def issue_entry(each: PublishedEntry) -> IssueEntry:
    """Give an entry as an issue shows it: under its first theme."""
    return IssueEntry(
        each.id, public_entry(each.entry), each.entry.themes[0] if each.entry.themes else "", each.note
    )


def _found(path: Path) -> str | None:
    """Give the hash of a file; None where there is none."""
    try:
        return hashlib.sha256(read_bytes(path, most_bytes=MOST_PAGE)).hexdigest()
    except FileError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise


def _free(path: Path) -> Path:
    """Find a name for what a person made of a file: `.orig`, or with a number where that is taken."""
    kept = path.with_name(path.name + ".orig")
    number = 2
    while kept.exists():
        kept = path.with_name(f"{path.name}.orig{number}")
        number += 1
    return kept


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
