"""Keeping what is done to drafts: steps, and the versions they make."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from digest.errors import StoreError
from digest.issues.draft_files import FoundDraft
from digest.issues.drafts.revise import changed_parts
from digest.issues.output_paths import INTRODUCTION_FILE, draft_folder, introduction_file
from digest.issues.sharing import is_shared
from digest.records import DraftRow, DraftVersion, Status
from digest.store import Store
from digest.store.history import text_hash
from digest.workspace.files import MOST_PAGE, FileError, inside, read_bytes, read_text, watched, write_text

BEFORE = "before history"
"""The kind of step by which a draft comes into the history that was made before there was one."""

EDIT = "edit"

VERBS: dict[Status, str] = {
    "approved": "approve",
    "rejected": "reject",
    "deferred": "defer",
    "pending": "reopen",
}
"""The kind of step by which drafts get a status."""

PUBLISH = "publish"

MISSED = "missed signal"
"""The kind of step by which a sentence of the article is made a signal: an editor's verdict on the rows."""

CUT = "cut row"
"""The kind of step by which the desk takes a row of signals out, with the reason: a verdict on the row."""

ACCEPT = "accept"
"""The kind of step by which a warning is accepted."""

INTRODUCE = "introduce"
"""The kind of step by which an issue's introduction is suggested."""

DRAFTS = "drafts/"
"""Files below it are drafts, which have versions of their own, but for introductions."""


@contextmanager
def one_step(
    store: Store,
    output: Path,
    kind: str,
    *,
    now: datetime,
    who: str = "",
    reason: str = "",
    issue: str = "",
    is_decision: bool = True,
    target: int | None = None,
    target_state: Literal["done", "undone"] | None = None,
) -> Iterator[None]:
    """Have all that is done inside be one step; within another step it belongs to that.

    Args:
        store: The archive.
        output: The workspace's output folder.
        kind: See `records.Step`.
        now: Aware, UTC.
        who: Who does it; empty for the editor.
        reason: Why.
        issue: Whose.
        is_decision: Whether it can be undone.
        target: The step that this one undoes or redoes.
        target_state: What becomes of that.
    """
    history = store.history
    if history.current is not None or history.is_paused:
        yield
        return
    finish_killed(store, output, publishing=issue if kind == PUBLISH else "")
    step = history.open_step(
        kind, now=now, who=who, reason=reason, issue=issue, is_decision=is_decision, target=target
    )
    with _kept(store, output, step, target_state):
        yield


@contextmanager
def same_step(store: Store, output: Path, ids: Iterable[str], status: Status) -> Iterator[None]:
    """Have what is done inside belong to the decision that gave these drafts their status.

    What follows from a decision, such as taking an entry back, is undone with it. Of several decisions it is
    the last; where there is none, nothing is joined.
    """
    history = store.history
    if history.current is not None or history.is_paused:
        yield
        return
    made = history.steps(each.step for each in history.last_versions(ids).values() if each.status == status)
    last = max(
        (each.step for each in made.values() if each.is_decision and each.state == "done"), default=None
    )
    if last is None:
        yield
        return
    history.reopen(last)
    with _kept(store, output, last, None):
        yield


@contextmanager
def _kept(
    store: Store, output: Path, step: int, target_state: Literal["done", "undone"] | None
) -> Iterator[None]:
    history = store.history
    is_done = False
    try:
        with watched(lambda path: _note_file(store, output, path)):
            yield
        is_done = True
    except KeyboardInterrupt:
        # As a kill does: whoever comes next sees that it was not finished.
        history.current = None
        raise
    finally:
        # What was done before something failed is kept as far as it went.
        if history.current is not None:
            history.close_step(step, target_state=target_state if is_done else None)


@contextmanager
def going_on(store: Store, output: Path, step: int, draft_id: str) -> Iterator[DraftVersion | None]:
    """Have what is done inside belong to the editor's last step, where that made one version of this draft.

    What was typed in one go is undone in one go.

    Args:
        store: The archive.
        output: The workspace's output folder.
        step: The one that is to be gone on with.
        draft_id: The draft.

    Yields:
        The version that is to give way to the one that is kept inside; None where nothing belongs to it.
    """
    history = store.history
    if history.current is not None or history.is_paused:
        yield None
        return
    last, made = history.last_to_undo(), history.versions_in(step)
    newest = history.last_versions([draft_id]).get(draft_id)
    is_last = last is not None and (last.step, last.who) == (step, history.editor)
    is_gone_from = history.first_to_redo() is not None or bool(history.changes_in(step))
    if not is_last or is_gone_from or len(made) != 1 or newest != made[0]:
        yield None
        return
    history.reopen(step)
    with _kept(store, output, step, None):
        yield made[0]


def keep_version(
    store: Store,
    output: Path,
    row: DraftRow,
    path: Path,
    text: str | None,
    *,
    instead_of: DraftVersion | None = None,
) -> int:
    """Keep a draft as it is about to be written, or as it was found; nothing where that is known.

    Args:
        store: The archive.
        output: The workspace's output folder.
        row: Where the draft stands.
        path: Of its file.
        text: Of all of that; None where there is none.
        instead_of: The draft's last version, where this one is to stand in its place.

    Returns:
        The step in which a version was made; 0 where none was.
    """
    history = store.history
    if history.current is None:
        return 0
    if instead_of:
        earlier = [each for each in history.versions_of(row.id) if each.version < instead_of.version]
        last = earlier[-1] if earlier else None
    else:
        last = history.last_versions([row.id]).get(row.id)
    if last and (last.sha256, last.status, last.issue) == (text_hash(text), row.status, row.issue):
        if instead_of:
            history.drop_version(row.id, instead_of.version)
        return 0
    before = history.text_of(row.id, last.version) if last else None
    sections = list(changed_parts(before, text)) if last else []
    if last and last.status != row.status and "status" not in sections:
        sections.insert(0, "status")
    name = path.relative_to(output).as_posix()
    history.add_version(
        row.id,
        text,
        path=name,
        status=row.status,
        issue=row.issue,
        sections=sections,
        instead_of=instead_of.version if instead_of else None,
    )
    return history.current


def note_files(store: Store, output: Path, found: Mapping[str, FoundDraft], *, now: datetime) -> None:
    """Keep what persons did to draft files since they were last read: each file is a step of its own."""
    history = store.history
    if history.is_paused or history.current is not None:
        return
    finish_killed(store, output)
    last = history.last_versions(found)
    unknown = [draft for draft in found.values() if draft.row.id not in last]
    if unknown:
        with one_step(store, output, BEFORE, now=now, is_decision=False):
            for draft in unknown:
                keep_version(store, output, draft.row, draft.path, draft.text)
    for draft_id, version in last.items():
        draft = found[draft_id]
        if version.sha256 != text_hash(draft.text):
            # A status written into the file is a decision like any other.
            kind = EDIT if draft.row.status == version.status else VERBS[draft.row.status]
            with one_step(store, output, kind, now=now, issue=draft.row.issue):
                keep_version(store, output, draft.row, draft.path, draft.text)
        elif version.path != (name := draft.path.relative_to(output).as_posix()) and not history.copy:
            # What a file is called on one machine is no matter of the others.
            history.move_version(draft_id, version.version, name)


def keep_introduction(
    store: Store, output: Path, issue: str, text: str, *, now: datetime, kind: str = EDIT, who: str = ""
) -> Path:
    """Write an issue's introduction file as a step of its own; nothing where it says so already.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Whose.
        text: Of the whole file.
        now: Aware, UTC.
        kind: Of the step.
        who: Whose words they are; empty for the editor.

    Returns:
        Where it lies.
    """
    path, content = introduction_file(output, issue), text.encode("utf-8")
    if bytes_of(path) == content:
        return path
    with one_step(store, output, kind, now=now, who=who, issue=issue):
        write_text(path, text, within=output)
        history, name = store.history, path.relative_to(output).as_posix()
        if history.current is not None:
            # What another program makes of it from now on is that program's.
            history.keep_after(history.current, {("file", name): bytes_of(path)})
    return path


def note_gone(store: Store, output: Path, row: DraftRow, *, now: datetime) -> None:
    """Keep that the file of a draft was deleted, by which it is rejected."""
    last = store.history.last_versions([row.id]).get(row.id)
    if last and not store.history.is_paused:
        with one_step(store, output, "reject", now=now, issue=row.issue):
            keep_version(store, output, row, output / last.path, None)


def finish_killed(store: Store, output: Path, *, publishing: str = "") -> None:
    """End the steps that a kill left open: what was kept but not written is forgotten.

    A publishing stays open until its issue is published again, whatever is done in between.

    Args:
        store: The archive.
        output: The workspace's output folder.
        publishing: The issue that is about to be published; empty for none.
    """
    history = store.history
    for step in history.open_steps():
        # Where the archive's versions are the truth, what was kept is written, if only into the next file.
        for version in () if history.copy else history.versions_in(step.step):
            last = history.last_versions([version.id])[version.id]
            if last.version == version.version and not _is_written(store, output, version):
                history.drop_version(version.id, version.version)
        history.close_step(step.step, stays_open=step.kind == PUBLISH and step.issue != publishing)


def stopped_publishing(store: Store) -> str:
    """Give the issue whose publishing was killed or stopped, and not done again since; empty for none."""
    return next((step.issue for step in store.history.open_steps() if step.kind == PUBLISH), "")


def file_of(output: Path, version: DraftVersion) -> Path:
    """Say where the file of a version lies, or lay: in its issue's folder, whatever the archive says.

    Raises:
        StoreError: It would lead out of the workspace.
    """
    return inside(output, draft_folder(output, version.issue) / Path(version.path).name)


def _is_written(store: Store, output: Path, version: DraftVersion) -> bool:
    path = file_of(output, version)
    if not version.sha256:
        return not os.path.lexists(path)
    try:
        if text_hash(read_text(path)) == version.sha256:
            return True
    except FileError:
        return False
    # Where a draft was carried there was no file before: somebody has written into it since.
    before = store.history.versions_of(version.id)[:-1]
    return bool(before) and before[-1].issue != version.issue


def _note_file(store: Store, output: Path, path: Path) -> None:
    """Keep what a file held that is about to be written, unless it is a draft's."""
    real = Path(os.path.realpath(output))
    if store.history.current is None or (not path.is_absolute() and not path.is_relative_to(output)):
        return
    path = Path(os.path.realpath(path.parent)) / path.name
    if not path.is_relative_to(real):
        return
    name = path.relative_to(real).as_posix()
    if (name.startswith(DRAFTS) and not is_introduction(name)) or store.history.knows_file(name):
        return
    store.history.note_file(name, bytes_of(path))
    if store.history.copy and not is_shared(name):
        store.history.copy.write_in(store.history.current)


def is_introduction(name: str) -> bool:
    """Tell whether a file of this name in the output folder is an issue's introduction."""
    return name.startswith(DRAFTS) and name.rpartition("/")[2] == INTRODUCTION_FILE


def bytes_of(path: Path) -> bytes | None:
    """Read a file; None where there is none.

    Raises:
        StoreError: It cannot be read.
    """
    try:
        return read_bytes(path, most_bytes=MOST_PAGE)
    except FileError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise StoreError(str(error)) from error
