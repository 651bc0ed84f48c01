"""What the page on an issue showed to whoever publishes it, and what became of that since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.review.lines import Line
from digest.review.saving import Section
from digest.review.shown import MEANWHILE, by_whom
from digest.review.verdicts import as_shown
from digest.store import Store

UNDONE = "not published"

AGAIN = "look at it, and publish again"


@dataclass(frozen=True)
class ShownIssue:
    """The marks that a page had of what it would publish."""

    drafts: Mapping[str, str]
    """By id, in the order of the page."""
    opening: Mapping[str, str]
    """Of the introduction's sections, by key."""


def issue_since(
    store: Store, lines: Sequence[Line], opening: Sequence[Section], shown: ShownIssue
) -> list[str]:
    """Say what readers would get that the page did not show, and what it showed that they would not.

    Args:
        store: The archive; it has read the drafts' files.
        lines: The stories that are approved now, in their order.
        opening: The introduction's sections as they are now.
        shown: What the page had.

    Returns:
        Lines; none where it is as it was.
    """
    rows = store.drafts.drafts(ids=shown.drafts)
    told = [*as_shown(store, rows, shown.drafts, UNDONE, again=AGAIN)[1], *_new(store, lines, shown)]
    if not told and list(shown.drafts) != [each.id for each in lines]:
        told.append(f"{UNDONE}: the order of the stories {MEANWHILE}; {AGAIN}")
    for each in opening:
        if shown.opening.get(each.key) != each.mark:
            told.append(f"{UNDONE}: the issue's {each.key} {MEANWHILE}; {AGAIN}")
    return told


def _new(store: Store, lines: Sequence[Line], shown: ShownIssue) -> Iterator[str]:
    for each in lines:
        if each.id not in shown.drafts:
            yield f"{UNDONE}: {each.draft.title}: approved meanwhile{by_whom(store, each.id)}; {AGAIN}"
