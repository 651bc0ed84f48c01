"""The files that publishing writes: entry pages, an issue in its forms, the index; and reviews.

They are this program's own: each is remembered by its hash, a file that holds what it should is left alone,
and one that a person changed is kept beside the new one as `.orig`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from digest.issues.forms import (
    MOST_ITEMS,
    SCHEMA_FILE,
    FeedHead,
    FeedItem,
    Mail,
    body_html,
    issue_mail,
    issue_schema,
    known_bodies,
    made_of,
    new_id,
    render_atom,
    render_issue_json,
    render_json_feed,
)
from digest.issues.output_paths import OPENING_ENDING, blind_spots_file, entry_page, issue_file
from digest.issues.own_files import file_hash, keep_own
from digest.issues.pages import (
    public_entry,
    render_entry,
    render_index,
    render_issue,
    render_issue_html,
    render_withdrawn,
)
from digest.issues.pages.issue import in_printed_order
from digest.issues.published import published_entries
from digest.issues.shown_issues import Shown, issue_entry, shown_of
from digest.issues.site import Site, told_left_out, withdrawn_entries, write_site, written_reviews
from digest.issues.trends import followed
from digest.issues.trends.trending import map_of
from digest.language.secrecy import secretless_url
from digest.records import Entry, Issue, Newsletter, Opening, PublishedEntry, ShownIssue, Trends
from digest.records.plain_values import from_json, to_json
from digest.store import Store
from digest.workspace.files import MOST_PAGE, inside, is_there, read_text, remove, write_text

Tell = Callable[[str], None]
"""Told, in a sentence, what an editor should know."""


WITHDRAWN = re.compile(r"^\*(Withdrawn on [^*\n]{1,40}?)\.\*\s*\Z", re.MULTILINE)
"""How a page says that its entry was withdrawn."""


class IssueFiles:
    """Writes what readers see of a newsletter."""

    def __init__(
        self,
        store: Store,
        output: Path,
        newsletter: Newsletter,
        *,
        now: datetime,
        tell: Tell = lambda _: None,
    ) -> None:
        """Write below a workspace's output folder.

        Args:
            store: The archive, which remembers what was written.
            output: The workspace's output folder.
            newsletter: The one whose issues these are.
            now: When what changed is said to have changed; aware, UTC.
            tell: Told of files that a person had changed.
        """
        self._store, self._output, self._now, self._tell = store, output, now, tell
        self._newsletter = replace(newsletter, site=secretless_url(newsletter.site))

    def issue(self, name: str, entries: Iterable[PublishedEntry], opening: Opening | None = None) -> Issue:
        """Give an issue of these entries, in their order; without an opening, it keeps the published one."""
        shown = tuple(issue_entry(each) for each in entries)
        opening = self._published_opening(name) if opening is None else opening
        told, gone = self._newsletter, tuple(self._withdrawn.get(name, ()))
        return Issue(name, told.title, told.site, told.language, shown, opening, gone)

    @cached_property
    def _withdrawn(self) -> dict[str, list[str]]:
        """What the pages of withdrawn entries say, by the issue they stood in."""
        found: dict[str, list[str]] = {}
        for page in withdrawn_entries(self._output, self._store.shown.withdrawn()):
            if said := WITHDRAWN.search(page.text):
                found.setdefault(page.issue, []).append(said[1])
        return {name: sorted(notes) for name, notes in found.items()}

    def _published_opening(self, name: str) -> Opening:
        """Read the opening that was published with an issue, from the file that holds it."""
        text = self._own_text(issue_file(self._output, name, OPENING_ENDING))
        return from_json(Opening, json.loads(text)) if text else Opening()

    def write_issue(self, issue: Issue, *, places: Mapping[str, str], map_svg: str = "") -> Mail:
        """Write the pages of an issue's entries, and the issue in its forms.

        Args:
            issue: The issue.
            places: The issue in which each published entry stands, by its id.
            map_svg: The map of themes and keywords; empty for none.

        Returns:
            The issue as mail, as it was written.
        """
        before = self.issue(issue.name, self._store.drafts.entries(issue=issue.name))
        times = self._store.published.note_content(
            issue.name, _content(issue), before=_content(before), now=self._now
        )
        for each in issue.entries:
            self._write(entry_page(self._output, each.id), render_entry(each.entry, note=each.note))
        self._write(self._output / "issues" / SCHEMA_FILE, issue_schema())
        if issue.opening != before.opening:
            self._write_form(issue, OPENING_ENDING, json.dumps(to_json(issue.opening), indent=1) + "\n")
        self._write_form(issue, ".json", render_issue_json(issue, times))
        mail = issue_mail(issue, places=places)
        self._write_form(issue, ".email.txt", mail.text)
        self._write_form(issue, ".email.html", mail.html)
        if map_svg:
            self._write_form(issue, ".trends.svg", map_svg)
        page, text = self._left_out(issue)
        self._write_form(
            issue, ".html", render_issue_html(issue, places=places, map_svg=map_svg, left_out=page)
        )
        self._write_form(issue, ".md", render_issue(issue, left_out=text))
        return mail

    def _left_out(self, issue: Issue) -> tuple[str, str]:
        """Say where readers of an issue's HTML and of its Markdown are told what it leaves out; empty for
        nowhere."""
        path = blind_spots_file(self._output, issue.name, for_readers=True)
        if not is_there(path):
            return "", ""
        site = issue.site.rstrip("/")
        page = f"{site}/left-out/{issue.name}.html" if site else path.with_suffix(".html").name
        return page, path.name

    def write_withdrawn(self, entry_id: str, entry: Entry, note: str) -> None:
        """Write that an entry was withdrawn where its page was."""
        self._write(entry_page(self._output, entry_id), render_withdrawn(public_entry(entry), note))
        vars(self).pop("_withdrawn", None)

    def write_review(self, name: str, text: str, page: str) -> Path:
        """Write a review of a theme or a year, as Markdown and as HTML; gives where the first is."""
        path = self._output / "reviews" / f"{name}.md"
        self._write(path, text)
        self._write(path.with_suffix(".html"), page)
        return path

    def write_left_out(self, name: str, text: str, page: str) -> None:
        """Write for readers what an issue leaves out, as Markdown and as HTML; empty ones go."""
        path = blind_spots_file(self._output, name, for_readers=True)
        for each, said in ((path.with_suffix(".html"), page), (path, text)):
            if said:
                self._write(each, said)
            else:
                # Published before, and not wished any more.
                self._keep_own(each, becomes=None)
                remove(each, within=self._output)

    def write_index(self, shown: Shown, followed_before: tuple[Trends, str] | None = None) -> None:
        """Write what shows every published issue: output/index.md, the feeds, and the site.

        Args:
            shown: All that was published.
            followed_before: Their trends and the map of these, where they were made already.
        """
        names = sorted(self._store.drafts.published_issues(), reverse=True)
        known = {issue.name: issue for issue in shown.issues}
        issues = [known.get(name) or ShownIssue(name, ()) for name in names]

        def whole(name: str) -> Issue:
            return self.issue(name, shown.entries_of(name))

        self._write(self._output / "index.md", render_index(issues, title=self._newsletter.title))
        self._write_feeds({issue.name: issue for issue in issues}, whole, shown.places)
        self._write_site(issues, whole, followed_before or _followed(shown))

    def _write_site(
        self, issues: Sequence[ShownIssue], whole: Callable[[str], Issue], found: tuple[Trends, str]
    ) -> None:
        told, (followed_, drawn) = self._newsletter, found
        site = Site(
            issues,
            followed_,
            whole,
            title=told.title,
            language=told.language,
            map_svg=drawn,
            reviews=written_reviews(self._output),
            left_out=told_left_out(self._output),
            withdrawn=withdrawn_entries(self._output, self._store.shown.withdrawn()),
        )
        write_site(site, self._output)

    def _write_feeds(
        self, shown: Mapping[str, ShownIssue], whole: Callable[[str], Issue], places: Mapping[str, str]
    ) -> None:
        """Write output/feed.xml and output/feed.json: the newest published issues.

        Of those whose bodies stand there already, no entry is read.
        """
        times = self._store.published.times()
        if not times:
            return
        known = known_bodies(self._own_text(self._output / "feed.json"))
        items = []
        for name in list(times)[:MOST_ITEMS]:
            issue = shown.get(name) or ShownIssue(name, ())
            key = made_of(self.issue(name, ()), issue, places)
            html = known.get(key) or body_html(whole(name), places)
            public_id = self._public_id(name, times[name].published_at)
            stories = tuple(each.title for each in in_printed_order(issue.entries))
            items.append(FeedItem(name, stories, times[name], public_id, html, key))
        first = min(each.published_at for each in times.values())
        told = self._newsletter
        head = FeedHead(self._public_id("feed", first), told.title, told.site, told.language)
        self._write(self._output / "feed.xml", render_atom(head, items))
        self._write(self._output / "feed.json", render_json_feed(head, items))

    def _public_id(self, name: str, day: datetime) -> str:
        made = new_id(name, site=self._newsletter.site, title=self._newsletter.title, day=day)
        return self._store.published.public_id(name, made)

    def _own_text(self, path: Path) -> str:
        """Read a file that holds what was written to it; empty where it is gone, or a person changed it."""
        found = file_hash(path)
        name = path.relative_to(self._output).as_posix()
        is_own = found is not None and found in self._store.files.hashes_of(name)
        return read_text(path, most_bytes=MOST_PAGE) if is_own else ""

    def _write_form(self, issue: Issue, ending: str, text: str) -> None:
        self._write(issue_file(self._output, issue.name, ending), text)

    def _write(self, path: Path, text: str) -> None:
        name = inside(self._output, path).relative_to(self._output).as_posix()
        now = _hash(text)
        self._keep_own(path, becomes=now)
        found = file_hash(path)
        # Before the file, so that one whose writer was killed is not taken for a person's.
        self._store.files.save_hash(name, now)
        if found != now:
            write_text(path, text, within=self._output)

    def _keep_own(self, path: Path, *, becomes: str | None) -> None:
        if kept := keep_own(self._store, self._output, path, becomes=becomes):
            self._tell(f"{path}: was changed by hand; what it held is now in {kept.name}")


def write_imported_issues(
    store: Store,
    output: Path,
    issues: Iterable[str],
    newsletter: Newsletter,
    *,
    now: datetime | None = None,
    tell: Tell = lambda _: None,
) -> None:
    """Write issues that entries were imported into, all their entries' pages, and the index.

    Without maps, which would have to be drawn for every issue of the past.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issues: Their names.
        newsletter: The one whose issues these are.
        now: When an issue that was published before is said to have changed; None for this moment.
        tell: Told of files that a person had changed.
    """
    names = list(issues)
    if not names:
        return
    files = IssueFiles(store, output, newsletter, now=now or datetime.now(UTC), tell=tell)
    entries = published_entries(store, output)
    places = {each.id: each.issue for each in entries}
    for name in names:
        files.write_issue(files.issue(name, [each for each in entries if each.issue == name]), places=places)
    files.write_index(shown_of(entries))


def _followed(shown: Shown) -> tuple[Trends, str]:
    found = followed(shown.counted())
    return found, map_of(found)


def _content(issue: Issue) -> str:
    """Give the hash of what an issue tells its readers; links to other entries come and go with those."""
    told = [(each.theme, render_entry(_alone(each.entry), note=each.note)) for each in issue.entries]
    return _hash(repr((told, issue.opening) if issue.opening != Opening() else told))


def _alone(entry: Entry) -> Entry:
    parts = tuple(part for part in entry.parts if part.name != "Closest")
    return replace(entry, closest=(), parts=parts)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
