"""What to look at before an issue is published, in the desk; each line leads to where it is mended."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.issues.draft_files import FoundDraft
from digest.issues.drafts.signal_rows import table_of
from digest.issues.forms import issue_mail
from digest.issues.output_paths import INTRODUCTION_FILE
from digest.language.counts import counted
from digest.records import Finding, Issue
from digest.review.previews import FORMS, places_in, preview_of
from digest.review.saving import sections_of
from digest.review.story import Idea

LINKS = ("dead-link", "relative-address", "private-address")


@dataclass(frozen=True)
class ToDo:
    """A line of the checklist."""

    text: str
    address: str
    """Of the page where it is mended, at the field; empty where only the file can be."""


@dataclass(frozen=True)
class Group:
    """Lines of the checklist that are about one thing."""

    name: str
    lines: tuple[ToDo, ...] = ()


@dataclass(frozen=True)
class Looked:
    """An issue as it was looked through."""

    found: Sequence[Finding]
    """As `digest publish --check` tells them."""
    is_whole: bool
    """Whether every file can be published as it stands."""
    drafts: Mapping[str, FoundDraft]
    """Of the stories, by id, where they have a file that can be read."""
    ideas: Mapping[str, Sequence[Idea]]
    """Those nobody took over, by story."""
    approved: int
    """Stories of the issue."""

    @property
    def broken(self) -> list[Finding]:
        """What keeps the issue from being published, whatever is accepted."""
        kinds = () if self.is_whole else ("unreadable", "relative-address")
        return [each for each in self.found if each.kind in kinds]

    @property
    def failed(self) -> list[Finding]:
        """Warnings that nobody accepted."""
        return [each for each in self.found if each.kind == "failed-check"]


def verdict_of(looked: Looked) -> str:
    """Say in a line whether the issue can be published."""
    if not looked.approved:
        return "Not ready: no story is approved."
    faults = []
    if looked.broken:
        faults.append(f"{counted(len(looked.broken), 'fault', 'faults')} to mend first")
    if looked.failed:
        faults.append(f"{counted(len(looked.failed), 'warning is open', 'warnings are open')}")
    if faults:
        return f"Not ready: {', '.join(faults)}."
    serious = sum(each.is_serious for each in looked.found)
    if serious:
        return f"Ready to be published. {serious} below would keep it from being sent."
    return "Ready to be published."


def groups_of(looked: Looked, titles: Mapping[str, str]) -> list[Group]:
    """Put findings under what they are about.

    Args:
        looked: What was found.
        titles: Of the stories, by id.
    """
    if not looked.approved and not looked.found:
        return []
    broken, failed = looked.broken, looked.failed
    left = [each for each in looked.found if each not in broken and each not in failed]
    links = [each for each in left if each.kind in LINKS]
    large = [each for each in left if each.kind == "size"]
    italics = [each for each in left if each.kind == "italics"]
    rest = [each for each in left if each not in (*links, *large, *italics)]

    def lines(found: Iterable[Finding]) -> tuple[ToDo, ...]:
        return tuple(ToDo(_text(each, titles), _address(each, looked.drafts)) for each in found)

    files = counted(len(broken), "fault keeps", "faults keep") + " it from being published"
    no_links = "no link is known to lead nowhere"
    ideas = sum(map(len, looked.ideas.values()))
    return [
        Group(files if broken else "every file can be published", lines(broken)),
        Group(_many(len(failed), "open warning", "open warnings"), lines(failed)),
        Group(
            _many(ideas, "idea", "ideas") + " untouched",
            (*lines(italics), *_ideas(looked.ideas, titles)),
        ),
        Group(counted(len(links), "link", "links") + " to look at" if links else no_links, lines(links)),
        Group("the mail is too large" if large else "the mail is whole", lines(large)),
        Group(f"{len(rest)} more to look at" if rest else "no section empty, no story twice", lines(rest)),
    ]


def sizes_of(issue: Issue) -> dict[str, int]:
    """Give the size of each form of an issue in kB of 1,000 bytes, rounded up, by the names of FORMS."""
    now = datetime.min.replace(tzinfo=UTC)
    # Made once for both: it is what takes longest.
    mail = issue_mail(issue, places=places_in(issue))
    made = {"mail": mail.text, "mail-html": mail.html}
    made |= {form: preview_of(issue, form, now=now).text for form in FORMS if form not in made}
    return {form: -(-len(text.encode("utf-8", "replace")) // 1_000) for form, text in made.items()}


def _many(count: int, one: str, more: str) -> str:
    return counted(count, one, more) if count else f"no {more}"


def _ideas(ideas: Mapping[str, Sequence[Idea]], titles: Mapping[str, str]) -> Iterator[ToDo]:
    """Give the ideas offered, a line a story; those that stand in the table are findings."""
    for entry, left in ideas.items():
        offered = [each for each in left if not each.stands]
        if offered:
            said = f"{titles.get(entry, entry)}: {counted(len(offered), 'idea', 'ideas')} offered"
            yield ToDo(said, f"/story/{entry}?at=row-{offered[0].row + 1}")


def _text(finding: Finding, titles: Mapping[str, str]) -> str:
    if title := titles.get(finding.entry):
        return f"{title}: {finding.what}"
    place = f"{finding.file}: line {finding.line}" if finding.line else finding.file
    return f"{place}: {finding.what}" if place else finding.what


def _address(finding: Finding, drafts: Mapping[str, FoundDraft]) -> str:
    if finding.kind == "size":
        return f"#d-{finding.entry}" if finding.entry else "#order"
    if not finding.entry:
        return "#introduction" if finding.file.endswith(f"/{INTRODUCTION_FILE}") else ""
    place = finding.mark or finding.section
    draft = drafts.get(finding.entry)
    # Files are cut into their sections only for what does not say its own; the table for its row.
    if draft and place in ("", "signals"):
        place = _place(draft.text, finding.line) or place
    return f"/story/{finding.entry}?at={place or 'draft'}"


def _place(text: str, line: int) -> str:
    """Say what of the story's page shows a line of the draft's file: a row, or a section; empty for neither.

    Args:
        text: The file's.
        line: From 1; 0 where it is about no line.
    """
    words = text.split("\n")[line - 1].strip() if line else ""
    found = [each for each in sections_of(text) if words and words in each.text.split("\n")]
    if len(found) != 1:
        return ""
    table = table_of(found[0].text) if found[0].key == "signals" else None
    rows = [row.line.strip() for row in table.rows] if table else []
    return f"row-{rows.index(words) + 1}" if words in rows else found[0].key
