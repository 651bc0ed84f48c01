"""Undo and redo: the last decision of an editor, with all that followed from it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from digest.errors import DigestError
from digest.issues.decisions import read_open_issues
from digest.issues.draft_files import find_drafts
from digest.issues.draft_texts import free_path, path_of_draft
from digest.issues.drafts import is_draft, with_status
from digest.issues.drafts.revise import carried_over
from digest.issues.history.keeping import PUBLISH, bytes_of, file_of, is_introduction, keep_version, one_step
from digest.issues.issue_files import IssueFiles
from digest.issues.known_drafts import KnownDrafts
from digest.issues.output_paths import draft_folder
from digest.issues.own_files import keep_own
from digest.issues.renewing import renew
from digest.issues.sharing import forget, is_shared
from digest.issues.shown_issues import shown_archive
from digest.records import DraftRow, DraftVersion, Newsletter, Step, StepChange
from digest.store import Store
from digest.workspace.files import inside, remove, text_if_there, write_bytes, write_text

Way = Literal["undo", "redo"]


@dataclass(frozen=True)
class Done:
    """What an undo or redo did."""

    step: Step
    lines: tuple[str, ...]
    """In sentences."""


def undo(store: Store, output: Path, newsletter: Newsletter, *, now: datetime) -> Done:
    """Undo the last decision or edit that stands.

    Raises:
        DigestError: There is none.
    """
    return _go(store, output, newsletter, "undo", now=now)


def redo(store: Store, output: Path, newsletter: Newsletter, *, now: datetime) -> Done:
    """Do again what was undone last, unless something else was decided since.

    Raises:
        DigestError: There is nothing of the kind.
    """
    return _go(store, output, newsletter, "redo", now=now)


def _go(store: Store, output: Path, newsletter: Newsletter, way: Way, *, now: datetime) -> Done:
    # What was edited in the meantime is the last edit.
    read_open_issues(store, output, now=now)
    history = store.history
    step = history.last_to_undo() if way == "undo" else history.first_to_redo()
    if step is None:
        raise DigestError(f"nothing to {way}; what was done to a draft: digest draft log ID")
    _refuse_unreadable(store, output, step)
    _refuse_elsewhere(store, step, way)
    if way == "redo" and step.kind == PUBLISH:
        _refuse_unpublishable(store, output, step.issue)
    lines: list[str] = []
    with one_step(
        store,
        output,
        way,
        now=now,
        issue=step.issue,
        is_decision=False,
        target=step.step,
        target_state="undone" if way == "undo" else "done",
    ):
        for version in history.versions_in(step.step):
            lines += _draft_back(store, output, version, way, now=now)
        lines += _changes_back(store, output, newsletter, step, way, now=now)
    return Done(step, tuple(lines))


def _refuse_unreadable(store: Store, output: Path, step: Step) -> None:
    """Look at every file that would be changed, before any is.

    Raises:
        DigestError: One was written into until no draft can be read of it; no version has what it says.
        FileError: One cannot be read.
    """
    for version in store.history.versions_in(step.step):
        last = store.history.versions_of(version.id)[-1]
        renew(store, output, last.issue)
        path = _path_now(output, version.id, last)
        text = text_if_there(path)
        if text is None or is_draft(text, path) or text == store.history.text_of(version.id, last.version):
            continue
        raise DigestError(
            f"{path}: no draft can be read of it; mend it (digest draft list says where), or bring a version "
            f"back: digest draft restore {version.id} --to {last.version}; nothing was changed"
        )


def _refuse_elsewhere(store: Store, step: Step, way: Way) -> None:
    """Look whether published files lie here at all, where several machines share drafts.

    Raises:
        DigestError: They lie on the machine that published them.
    """
    copy = store.history.copy
    if copy is None or copy.wrote_in(step.step):
        return
    if any(each.kind == "file" and not is_shared(each.key) for each in store.history.changes_in(step.step)):
        raise DigestError(
            f"the {step.kind} of issue {step.issue} wrote files on another machine: {way} it there; "
            "nothing was changed"
        )


def _refuse_unpublishable(store: Store, output: Path, issue: str) -> None:
    """Look at the files of an issue as publishing it would.

    Raises:
        DigestError: One that may be approved is gone, or cannot be read.
    """
    files = find_drafts(store, output, issue)
    found = [each.message for each in files.problems if each.may_be_approved]
    found += [f"{files.folder}: no file of {row.id}" for row in files.missing if row.status == "approved"]
    if found:
        raise DigestError("\n".join([*found, "nothing was published; mend these first"]))


# -- drafts --------------------------------------------------------------------------------------------------


def _draft_back(store: Store, output: Path, version: DraftVersion, way: Way, *, now: datetime) -> list[str]:
    """Bring a draft from one side of a version to the other; gives what is worth saying of it."""
    history = store.history
    versions = {each.version: each for each in history.versions_of(version.id)}
    before = versions.get(version.version - 1)
    row = KnownDrafts(store).rows.get(version.id)
    if before is None or row is None:
        return []
    here, there = (version, before) if way == "undo" else (before, version)
    # A decision about an issue that the draft has left since says nothing of where it is now.
    is_there = (row.status, row.issue) == (here.status, here.issue)
    row = replace(
        row,
        status=there.status if is_there else row.status,
        issue=there.issue if row.issue == here.issue else row.issue,
    )
    path = _path_now(output, version.id, versions[max(versions)])
    now_text = text_if_there(path)
    if now_text is not None:
        # A file that cannot be read was not kept when the others were.
        keep_version(store, output, KnownDrafts(store).rows[version.id], path, now_text)
    base, wanted = (history.text_of(version.id, each.version) for each in (here, there))
    text = _text_back(now_text, base, wanted, str(path))
    if text is not None and is_draft(text, path):
        text = with_status(text, row.status, str(path))
    to = _path_for(path, draft_folder(output, row.issue) / Path(there.path).name, there.id, now_text)
    keep_version(store, output, row, to, text)
    if text is None:
        remove(path, within=output)
    elif text != now_text or to != path:
        write_text(to, text, within=output)
    if to != path and now_text is not None:
        remove(path, within=output)
    store.drafts.open_issue(row.issue)
    store.drafts.save_draft(row, now=now)
    return [_said(row, version)]


def _text_back(now_text: str | None, base: str | None, wanted: str | None, path: str) -> str | None:
    if wanted is None or now_text is None or base is None:
        return wanted
    return carried_over(base, now_text, wanted, path)


def _path_now(output: Path, draft_id: str, last: DraftVersion) -> Path:
    path = file_of(output, last)
    if text_if_there(path) is not None:
        return path
    found = path_of_draft(output, last.issue, draft_id)
    return found if text_if_there(found) is not None else path


def _path_for(path: Path, wanted: Path, draft_id: str, now_text: str | None) -> Path:
    """Say where a draft's file is to be: where it is, if that is the folder of the issue it belongs to."""
    if now_text is None or wanted.parent != path.parent:
        return wanted if text_if_there(wanted) is None else free_path(wanted.parent, wanted.name, draft_id)
    return path


def _said(row: DraftRow, version: DraftVersion) -> str:
    what = f": {', '.join(version.sections)}" if version.sections else ""
    return f"{row.id}  {row.status:8}  {row.title}{what}"


# -- what is published ---------------------------------------------------------------------------------------


def _changes_back(
    store: Store, output: Path, newsletter: Newsletter, step: Step, way: Way, *, now: datetime
) -> list[str]:
    history = store.history
    found = history.changes_in(step.step)
    if not found:
        return []
    states = {(each.kind, each.key): _state(store, output, each) for each in found}
    if way == "undo":
        # What stands already as it was is what an undo that was killed brought back.
        # Of an introduction it was kept as it was written: what another program made of it since is that
        # program's, and stays.
        new = [
            each
            for each in found
            if not each.knows_after
            or (states[each.kind, each.key] != each.before and not is_introduction(each.key))
        ]
        history.keep_after(step.step, {(each.kind, each.key): states[each.kind, each.key] for each in new})
        found = history.changes_in(step.step)
    lines: list[str] = []
    moved: list[bool] = []
    is_stale = False
    for each in found:
        state = states[each.kind, each.key]
        here, there = (each.after, each.before) if way == "undo" else (each.before, each.after)
        if is_introduction(each.key):
            lines.append(_introduction_back(store, output, each.key, state, here, there, way))
        elif each.kind == "file":
            is_own = state in (here, there)
            is_stale |= not is_own
            if is_own and state != there:
                lines += _file_back(store, output, each.key, there)
                moved.append(there is not None)
        elif state != there:
            history.put_back(each, there)
    if is_stale:
        # Something was published since that cannot be undone, such as an import: made of what there is now.
        writer = IssueFiles(store, output, newsletter, now=now)
        writer.write_index(shown_archive(store, output))
    said = [*_said_of_stories(found, way), *_said_of_warnings(found, way)]
    return [*said, *_said_of_files(found, moved, way), *lines]


def _said_of_files(found: list[StepChange], moved: list[bool], way: Way) -> list[str]:
    """Say what became of published files; `moved` tells of each whether it is there now."""
    if all(each.kind in ("story", "accepted") or is_introduction(each.key) for each in found):
        return []
    names = sorted(each.key for each in found if each.kind == "issue")
    issues = f"issue {', '.join(names)}: " if names else ""
    written, removed = sum(moved), len(moved) - sum(moved)
    verb = "brought back" if way == "undo" else "written again"
    if removed and not written:
        return [f"{issues}{removed} published files removed, index and feeds among them"]
    more = f" and {removed} removed" if removed else ""
    return [f"{issues}{written} published files {verb}{more}, index and feeds among them"]


def _said_of_stories(found: list[StepChange], way: Way) -> list[str]:
    articles = sum(each.kind == "story" for each in found)
    if not articles:
        return []
    again = "are of the stories they were of" if way == "undo" else "are of the stories they had been given"
    return [f"{articles} articles {again}"]


def _said_of_warnings(found: list[StepChange], way: Way) -> list[str]:
    drafts = [each.key for each in found if each.kind == "accepted"]
    how = "not accepted, as before" if way == "undo" else "accepted"
    return [f"{each}: what the checks found is {how}" for each in drafts]


def _state(store: Store, output: Path, change: StepChange) -> bytes | None:
    if change.kind == "file":
        return bytes_of(inside(output, output / change.key))
    return store.history.now_of(change)


def _introduction_back(
    store: Store,
    output: Path,
    name: str,
    state: bytes | None,
    here: bytes | None,
    there: bytes | None,
    way: Way,
) -> str:
    """Bring an introduction file back, unless an editor wrote in it since; says what became of it."""
    if state not in (here, there):
        return f"{name}: was changed since, and stays as it is"
    path = inside(output, output / name)
    if there is None:
        forget(store, name)
        remove(path, within=output)
        return f"{name}: as it was before: there was none"
    write_bytes(path, there, within=output)
    return f"{name}: as it was {'before' if way == 'undo' else 'written'}"


def _file_back(store: Store, output: Path, name: str, content: bytes | None) -> list[str]:
    path = inside(output, output / name)
    becomes = None if content is None else hashlib.sha256(content).hexdigest()
    # Of reports no hashes are kept: nobody edits them.
    kept = keep_own(store, output, path, becomes=becomes) if store.files.hashes_of(name) else None
    if content is None:
        forget(store, name)
        remove(path, within=output)
    else:
        write_bytes(path, content, within=output, is_private=name.startswith("reports/"))
    return [f"{path}: was changed by hand; what it held is now in {kept.name}"] if kept else []
