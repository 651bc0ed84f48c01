"""What an editor does to a draft beside deciding on it: restore, lock, take and dismiss."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError, StoreError
from digest.issues.draft_texts import free_path, path_of_draft
from digest.issues.drafts import file_id, is_draft, read_draft, with_status
from digest.issues.drafts.revise import dismissed, restored, taken, with_locks
from digest.issues.history.asking import find_draft, row_of
from digest.issues.history.keeping import EDIT, file_of, keep_version, one_step
from digest.issues.renewing import renew
from digest.store import Store
from digest.workspace.files import read_text, write_text


def restore(
    store: Store, output: Path, draft_id: str, version: int, *, section: str = "", now: datetime
) -> None:
    """Bring back what a draft, or a section of it, said in a version; its status stays.

    A draft whose file was deleted, or written into until no draft could be read of it, gets it back whole.

    Raises:
        DigestError: There is no such draft, version or section.
        StoreError: The file cannot be read.
    """
    row = row_of(store, draft_id)
    then = store.history.text_of(draft_id, version)
    if then is None:
        count = len(store.history.versions_of(draft_id))
        raise DigestError(f"{draft_id}: expected a version with a file, 1 to {count}, got {version}")
    renew(store, output, row.issue)
    path = path_of_draft(output, row.issue, draft_id)
    broken = read_text(path) if path.is_file() else None
    if broken is not None and is_draft(broken, path) and file_id(broken, path) != draft_id:
        # The file is named after this draft and holds another: that one stays as it is.
        broken = None
    if broken is None and section:
        raise DigestError(f"{path}: no file of the draft {draft_id}; bring all of it back, without --section")
    if broken is not None and (section or is_draft(broken, path)):
        _revise(
            store,
            output,
            draft_id,
            "restore",
            lambda text, path: restored(text, then, path, section=section),
            now=now,
        )
        return
    if broken is None:
        wanted = file_of(output, store.history.last_versions([draft_id])[draft_id])
        path = free_path(wanted.parent, wanted.name, draft_id)
    else:
        with one_step(store, output, EDIT, now=now, issue=row.issue):
            keep_version(store, output, row, path, broken)
    text = with_status(then, row.status, str(path))
    with one_step(store, output, "restore", now=now, issue=row.issue):
        keep_version(store, output, row, path, text)
        write_text(path, text, within=output)


def lock(store: Store, output: Path, draft_id: str, *, section: str = "", locks: bool, now: datetime) -> None:
    """Lock or unlock a section of a draft, or all of it: what is locked no run renews.

    Raises:
        DigestError: There is no such draft or section.
        StoreError: The file cannot be read.
    """
    kind = "lock" if locks else "unlock"
    _revise(
        store,
        output,
        draft_id,
        kind,
        lambda text, path: with_locks(text, path, section=section, locks=locks),
        now=now,
    )


def take_offer(store: Store, output: Path, draft_id: str, number: int, *, now: datetime) -> None:
    """Put what was newly made in the place of what it was made for.

    Raises:
        DigestError: There is no such draft or offer.
        StoreError: The file cannot be read.
    """
    _revise(store, output, draft_id, "take", lambda text, path: taken(text, number, path), now=now)


def dismiss_offer(store: Store, output: Path, draft_id: str, number: int, *, now: datetime) -> None:
    """Drop what was newly made; it does not come back while the article says the same.

    Raises:
        DigestError: There is no such draft or offer.
        StoreError: The file cannot be read.
    """
    _revise(store, output, draft_id, "dismiss", lambda text, path: dismissed(text, number, path), now=now)


def _revise(
    store: Store,
    output: Path,
    draft_id: str,
    kind: str,
    change: Callable[[str, str], str],
    *,
    now: datetime,
) -> None:
    found = find_draft(store, output, draft_id, now=now)
    text = change(found.text, str(found.path))
    try:
        read_draft(text, found.path)
    except StoreError as error:
        raise StoreError(f"{error}; nothing was changed") from error
    if text == found.text:
        return
    with one_step(store, output, kind, now=now, issue=found.row.issue):
        keep_version(store, output, found.row, found.path, text)
        write_text(found.path, text, within=output)
