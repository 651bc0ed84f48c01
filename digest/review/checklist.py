"""What to look at before an issue is published, in the desk; each line leads to where it is mended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.issues.forms import issue_mail
from digest.issues.output_paths import INTRODUCTION_FILE
from digest.language.counts import counted
from digest.records import Finding, Issue
from digest.review.previews import FORMS, places_in, preview_of

LINKS = ("dead-link", "relative-address", "private-address")


@dataclass(frozen=True)
class ToDo:
    """A line of the checklist."""

    text: str
    address: str
    """Of the page where it is mended; empty where only the file can be."""


@dataclass(frozen=True)
class Group:
    """Lines of the checklist that are about one thing."""

    name: str
    lines: tuple[ToDo, ...] = ()


def groups_of(found: Sequence[Finding], titles: Mapping[str, str], *, is_whole: bool) -> list[Group]:
    """Put findings under what they are about.

    Args:
        found: As `digest publish --check` tells them.
        titles: Of the stories, by id.
        is_whole: Whether the issue was looked through; else these only keep it from being published.
    """
    if not is_whole:
        later = [Group("the rest is looked at when these are mended")] if found else []
        return [Group(f"{len(found) or 'nothing'} to mend", _lines(found, titles)), *later]
    failed = [each for each in found if each.kind == "failed-check"]
    links = [each for each in found if each.kind in LINKS]
    large = [each for each in found if each.kind == "size"]
    rest = [each for each in found if each not in (*failed, *links, *large)]
    said = (
        f"{counted(len(links), 'link', 'links')} to look at" if links else "every link leads to what is known"
    )
    return [
        Group("nothing to mend"),
        Group(
            f"{len(failed) or 'no'} open {'warning' if len(failed) == 1 else 'warnings'}",
            _lines(failed, titles),
        ),
        Group(said, _lines(links, titles)),
        Group("the mail is too large" if large else "the mail is whole", _lines(large, titles)),
        Group(f"{len(rest) or 'nothing'} more to look at", _lines(rest, titles)),
    ]


def sizes_of(issue: Issue) -> dict[str, int]:
    """Give the size of each form of an issue in kB of 1,000 bytes, rounded up, by the names of FORMS."""
    now = datetime.min.replace(tzinfo=UTC)
    # Made once for both: it is what takes longest.
    mail = issue_mail(issue, places=places_in(issue))
    made = {"mail": mail.text, "mail-html": mail.html}
    made |= {form: preview_of(issue, form, now=now).text for form in FORMS if form not in made}
    return {form: -(-len(text.encode("utf-8", "replace")) // 1_000) for form, text in made.items()}


def _lines(found: Iterable[Finding], titles: Mapping[str, str]) -> tuple[ToDo, ...]:
    return tuple(ToDo(_text(each, titles), _address(each)) for each in found)


def _text(finding: Finding, titles: Mapping[str, str]) -> str:
    if title := titles.get(finding.entry):
        return f"{title}: {finding.what}"
    place = f"{finding.file}: line {finding.line}" if finding.line else finding.file
    return f"{place}: {finding.what}" if place else finding.what


def _address(finding: Finding) -> str:
    if finding.kind == "size":
        return f"#d-{finding.entry}" if finding.entry else "#order"
    if finding.entry:
        return f"/story/{finding.entry}?at={finding.section or 'draft'}"
    return "#introduction" if finding.file.endswith(f"/{INTRODUCTION_FILE}") else ""
