"""The order of an issue as its editor puts it: a `place:` in the front matter of drafts, which runs leave.

Those with a place come first, the others behind them by what they are worth. The archive keeps it as part of
the worth, by which everything that is published is ordered; without a place the worth is again what it was.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from digest.issues.draft_files import FoundDraft, check_as_read
from digest.issues.drafts.front_matter import join, parse
from digest.issues.drafts.merge import as_it_was
from digest.issues.history.keeping import keep_version, one_step
from digest.store import Store
from digest.workspace.files import write_text

KEY = "place"
ORDER = "order"
"""The kind of step by which stories are put in order."""

PLACE = re.compile(r"^place:[ ]*([1-9][0-9]{0,2})[ \t\r]*$", re.MULTILINE)
FRONT_END = re.compile(r"^---[ \t\r]*$", re.MULTILINE)

MOST_PLACES = 1_000
"""Places that are told apart; an issue has 500 stories at most."""

STEP = 1_000_000
"""What a place counts in the worth: more than any story is worth, which is about 3,000; times MOST_PLACES it
fits the archive's integers of 32 bits."""


def placed_worth(text: str, worth: int) -> int:
    """Give what a draft is worth with the place that its file says.

    Args:
        text: Of the file.
        worth: As it is known, with or without a place.
    """
    place = place_in(text)
    return worth % STEP + (0 if place is None else (MOST_PLACES + 1 - place) * STEP)


def place_in(text: str) -> int | None:
    """Read the place of a draft; None where it has none."""
    start = text.find("\n")
    end = FRONT_END.search(text, start + 1) if start >= 0 else None
    found = PLACE.search(text, 0, end.start()) if end else None
    return int(found[1]) if found else None


def without_place(text: str, path: str) -> str:
    """Take the place out of a draft's file, such as when it goes on to another issue.

    Raises:
        StoreError: The front matter cannot be read.
    """
    if place_in(text) is None:
        return text
    front, body, _ = parse(text, path)
    return as_it_was(text, join(front.with_plain_values({}, without=[KEY]), body))


def put_in_order(
    store: Store, output: Path, issue: str, drafts: Sequence[FoundDraft], *, now: datetime
) -> None:
    """Write the places of drafts, as one step.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Whose.
        drafts: In their order.
        now: Aware, UTC.

    Raises:
        StoreError: The front matter of one cannot be read, or its file was changed just now; nothing was
            written then.
    """
    made = []
    for place, draft in enumerate(drafts[:MOST_PLACES], 1):
        front, body, _ = parse(draft.text, str(draft.path))
        made.append((draft, as_it_was(draft.text, join(front.with_values({KEY: place}), body))))
    check_as_read(draft for draft, text in made if text != draft.text)
    with one_step(store, output, ORDER, now=now, issue=issue):
        for draft, text in made:
            if text != draft.text:
                keep_version(store, output, draft.row, draft.path, text)
                write_text(draft.path, text, within=output)
