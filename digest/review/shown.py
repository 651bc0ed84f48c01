"""What a page showed, known by a mark: whether it still stands, and what became of it where it does not.

What an editor types over a section, and what they decide on a draft, is good for what they had before them
alone. A page carries the marks of what it shows, and sends them back.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.issues.draft_files import FoundDraft
from digest.issues.history.asking import DraftDiff, versions_apart
from digest.records import DraftRow, DraftVersion, Status
from digest.store import Store
from digest.store.history import text_hash

MEANWHILE = "changed meanwhile"

HERE = "in another window or program"

NO_MATTER = ("front matter", "status", "closest", "evidence", "offered")
"""Parts of a draft that no verdict is about. The status is told by itself; links to other entries come and go
with those, as in `corrections`; what is offered is no part of the page until it is taken."""

LOCK = "lock on "
"""How parts are named that say what no run renews."""

MOST_NAMED = 6
"""Changed parts that are named; a line of the desk holds about as many."""

MOST_TOLD = 3
"""Parts of which is told what they said and say: more is read on the story's page."""

MOST_WORDS = 160
"""Characters of what went and of what came in a part."""


@dataclass(frozen=True)
class Since:
    """What became of a draft since a page showed it."""

    what: str
    """In a line: whoever did it, and what is another now."""
    words: tuple[str, ...] = ()
    """Lines on what its parts said and say."""


def mark_of(*said: str) -> str:
    """Give the hash by which a later change of what is shown is seen."""
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()


def draft_mark(issue: str, status: Status, sha256: str) -> str:
    """Give the mark of a whole draft.

    Args:
        issue: Where it stands.
        status: Its state.
        sha256: Of its file's text; empty where it has none.
    """
    return mark_of(issue, status, sha256)[:32]


def mark_of_file(draft: FoundDraft) -> str:
    """Give the mark of a draft as its file stands."""
    return draft_mark(draft.row.issue, draft.row.status, text_hash(draft.text))


def marks_now(store: Store, rows: Iterable[DraftRow]) -> dict[str, str]:
    """Give the marks of drafts as the history has them, by id; it must have read their files."""
    known = {row.id: row for row in rows}
    last = store.history.last_versions(known)
    return {
        each: _mark(last[each]) if each in last else draft_mark(row.issue, row.status, text_hash(None))
        for each, row in known.items()
    }


def since(store: Store, draft_id: str, mark: str, *, to: Status | None = None) -> Since | None:
    """Say what became of a draft since a page showed it.

    Args:
        store: The archive; it has read the draft's file.
        draft_id: The draft.
        mark: What the page showed.
        to: The status it is to get: that somebody gave it that already is no matter. None for none.

    Returns:
        None where nothing did that a verdict is about.
    """
    versions = store.history.versions_of(draft_id)
    at = next((at for at in reversed(range(len(versions))) if _mark(versions[at]) == mark), None)
    if at is None:
        # What was typed in one go is kept once, as it was at its end.
        return Since(f"{MEANWHILE}, {HERE}")
    then, now = versions[at], versions[-1]
    stands = list(_stands(then, now, to))
    found = _apart(store, then, now)
    if not stands and not found:
        return None
    names = [*stands, *(each.name for each in found)]
    if len(names) > MOST_NAMED:
        names[MOST_NAMED:] = [f"{len(names) - MOST_NAMED} more"]
    told = tuple(_told(each) for each in found[:MOST_TOLD])
    return Since(f"{MEANWHILE}{_by(store, versions[at + 1 :])}: {', '.join(names)}", told)


def marks_sent(said: Iterable[str]) -> dict[str, str]:
    """Read the marks that a form sent: id and mark each."""
    pairs = (each.partition(" ") for each in said)
    return {draft_id: mark for draft_id, _, mark in pairs}


def by_whom(store: Store, draft_id: str) -> str:
    """Say who did the last thing to a draft, as ` by Bea` or `, in another window or program`."""
    return _by(store, store.history.versions_of(draft_id)[-1:])


def lines_since(title: str, what: str, found: Since, *, is_alone: bool, again: str) -> Iterator[str]:
    """Tell an editor why nothing was done to a draft.

    Args:
        title: The draft's.
        what: Was not done, such as `not approved`.
        found: What became of it.
        is_alone: Whether there is room for its words.
        again: What is left to be done.
    """
    yield f"{what}: {title}: {found.what}; {again}"
    if is_alone:
        yield from found.words


def _mark(version: DraftVersion) -> str:
    return draft_mark(version.issue, version.status, version.sha256)


def _stands(then: DraftVersion, now: DraftVersion, to: Status | None) -> Iterator[str]:
    """Say where a draft stands, where that is another place than it was."""
    if now.status not in (then.status, to):
        yield f"it is {now.status} now"
    if now.issue != then.issue:
        yield f"it is in issue {now.issue} now"
    if bool(now.sha256) != bool(then.sha256):
        yield "its file is back" if now.sha256 else "its file is gone"


def _apart(store: Store, then: DraftVersion, now: DraftVersion) -> list[DraftDiff]:
    if then.sha256 == now.sha256 or not (then.sha256 and now.sha256):
        return []
    found = versions_apart(store, now.id, then.version, now.version)[2]
    return [each for each in found if each.name not in NO_MATTER and not each.name.startswith(LOCK)]


def _by(store: Store, versions: Sequence[DraftVersion]) -> str:
    steps = store.history.steps(each.step for each in versions).values()
    names = dict.fromkeys("a run" if each.kind == "run" else each.who for each in steps)
    others = [each for each in names if each != store.history.editor]
    return f" by {', '.join(others)}" if others else f", {HERE}"


def _told(part: DraftDiff) -> str:
    gone, new = (
        " … ".join(text for mark, text in part.words if mark == wanted) for wanted in ("gone", "new")
    )
    if not gone:
        return f"{part.name}: new: “{_short(new)}”"
    if not new:
        return f"{part.name}: gone: “{_short(gone)}”"
    return f"{part.name}: “{_short(gone)}” is “{_short(new)}” now"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= MOST_WORDS else f"{words[: MOST_WORDS - 1].rstrip()}…"
