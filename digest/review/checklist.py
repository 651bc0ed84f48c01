"""What to look at before an issue is published: each line leads to the place where it is mended.

Nothing is asked of the network; of other sites' addresses only what runs saw is known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.issues.draft_checks import lines_of, newer
from digest.issues.draft_files import FoundDraft
from digest.issues.forms.mail import MOST_BYTES, issue_mail
from digest.issues.introduction import read_introduction
from digest.issues.publishable import unpublishable
from digest.language.addresses import address_key
from digest.language.counts import counted
from digest.records import Entry, Issue
from digest.review.lines import Overview
from digest.review.previews import FORMS, preview_of
from digest.store import Store

EXPECTED = ("summary", "keywords", "themes", "signals", "closest")
"""Sections that readers miss."""

TARGET = re.compile(r"\]\(<?(https?://[^\s)>]+|[0-9a-f]{32})>?[ )]")
"""Where a link in Markdown leads: a web address, or an entry's id."""


@dataclass(frozen=True)
class ToDo:
    """A line of the checklist."""

    text: str
    address: str = ""
    """Of the page where it is mended; empty where only the file can be."""


@dataclass(frozen=True)
class Checklist:
    """What was found, by how much it matters."""

    broken: tuple[ToDo, ...]
    """Keeps the issue from being published."""
    failing: tuple[ToDo, ...]
    """Open warnings."""
    oversights: tuple[ToDo, ...]
    """Keeps nobody from publishing."""
    dead: tuple[ToDo, ...]
    """Links that lead nowhere."""


def checklist_of(store: Store, view: Overview) -> Checklist:
    """Look through the approved drafts of an issue."""
    approved = {each: draft for each, draft in view.files.found.items() if draft.row.status == "approved"}
    return Checklist(
        tuple(_broken(store, view, approved)),
        tuple(
            ToDo(line, f"/story/{each}?at=draft")
            for each, draft in approved.items()
            if each in view.checks
            for line in lines_of(draft, newer(view.checks[each]))
        ),
        tuple(_oversights(store, approved)),
        tuple(_dead(store, view, approved)),
    )


def sizes_of(issue: Issue) -> dict[str, int]:
    """Give the size of each form of an issue in kB of 1,000 bytes, rounded up, by the names of FORMS."""
    now = datetime.min.replace(tzinfo=UTC)
    made = ((form, preview_of(issue, form, now=now).text) for form in FORMS)
    return {form: -(-len(text.encode("utf-8", "replace")) // 1_000) for form, text in made}


def too_large(issue: Issue) -> list[ToDo]:
    """Say where the mail of an issue ends before its end."""
    cut_at = issue_mail(issue).cut_at
    if not cut_at:
        return []
    entry = next((each.id for each in issue.entries if each.entry.title == cut_at), "")
    said = (
        f"the mail would have more than {MOST_BYTES // 1_000} kB: it ends at “{cut_at}” and says where it "
        "goes on; fewer stories or rows, or another order, change that"
    )
    return [ToDo(said, f"#d-{entry}" if entry else "#order")]


def _broken(store: Store, view: Overview, approved: dict[str, FoundDraft]) -> Iterator[ToDo]:
    for each in view.files.problems:
        if each.may_be_approved:
            yield ToDo(each.message)
    for id_, draft in approved.items():
        for line in unpublishable(store, {id_: draft}):
            yield ToDo(line, f"/story/{id_}?at=draft")
    introduction = read_introduction(view.files.folder.parents[1], view.issue)
    for problem in introduction.problems if introduction else ():
        yield ToDo(problem, "#introduction")


def _oversights(store: Store, approved: dict[str, FoundDraft]) -> Iterator[ToDo]:
    for id_, draft in approved.items():
        entry = draft.file.entry
        if ideas := sum(len(row.suggested) for row in entry.signals):
            said = f"{entry.title}: {counted(ideas, 'suggestion', 'suggestions')} that nobody has taken over"
            yield ToDo(said, f"/story/{id_}?at=signals")
        lacks = [name for name in EXPECTED if not getattr(entry, name)]
        if lacks:
            yield ToDo(f"{entry.title}: no {', no '.join(lacks)}", f"/story/{id_}?at={lacks[0]}")
    stories: dict[str, list[str]] = {}
    for id_, story in store.drafts.stories_of(approved).items():
        stories.setdefault(story, []).append(id_)
    for ids in stories.values():
        if len(ids) > 1:
            titles = " · ".join(approved[each].file.entry.title for each in ids)
            yield ToDo(f"one story twice: {titles}", f"/story/{ids[-1]}")


def _dead(store: Store, view: Overview, approved: dict[str, FoundDraft]) -> Iterator[ToDo]:
    """Find links that lead nowhere: to entries that readers do not have, and to pages no run could reach."""
    shown = store.drafts.approved_in(store.drafts.published_issues() | {view.issue})
    links = {each: links_of(draft.file.entry) for each, draft in approved.items()}
    introduction = read_introduction(view.files.folder.parents[1], view.issue)
    if introduction:
        texts = (introduction.text, *(each.text for each in introduction.lines))
        links[""] = list(dict.fromkeys(each for text in texts for each in TARGET.findall(text)))
    wanted = {each for found in links.values() for each in found if "://" in each}
    lost = store.links.losses_of({address_key(each): each for each in wanted})
    for id_, found in links.items():
        title = approved[id_].file.entry.title if id_ else "introduction"
        address = f"/story/{id_}?at=draft" if id_ else "#introduction"
        for target in found:
            if target in lost:
                yield ToDo(f"{title}: {target} could not be reached: {lost[target]}", address)
            elif "://" not in target and target not in shown:
                yield ToDo(f"{title}: links to an entry that readers do not have: {target}", address)


def links_of(entry: Entry) -> list[str]:
    """Give where an entry's links lead, each once: ids of entries, and addresses."""
    found = [each.target for each in (*entry.sources, *entry.closest)]
    for part in entry.parts:
        found += TARGET.findall(part.text)
    return list(dict.fromkeys(found))
