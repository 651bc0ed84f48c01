"""Draft files where the archive's versions are the truth: brought to where the archive is.

A file that nobody touched follows the archive. One that a person changed is an edit of the version it came
from, which whoever reads the drafts takes in; where the archive went on meanwhile, both are put together, and
nothing of either is lost: see `drafts.both_edited`. What cannot be put together is kept beside, as `.orig`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from digest.errors import StoreError
from digest.issues.draft_texts import draft_paths, free_path, read_draft_text
from digest.issues.drafts import file_id
from digest.issues.drafts.both_edited import put_together
from digest.issues.output_paths import draft_folder
from digest.issues.own_files import keep_beside
from digest.records import DraftRow, DraftVersion
from digest.store import Store
from digest.store.working_copy import Taken, WorkingCopy, sha256_of
from digest.workspace.files import is_there, remove, write_text


@dataclass(frozen=True)
class _File:
    """The file of a draft as it is in this folder."""

    path: Path | None
    """None where there is none."""
    text: str | None = None
    can_be_read: bool = True


def renew(store: Store, output: Path, issue: str) -> None:
    """Bring the draft files of an issue to where the archive is; nothing where files are the truth.

    What an editor should know of it is kept with the working copy.
    """
    copy = store.history.copy
    if copy is None or not copy.may_renew:
        return
    copy.follow(store.state())
    keys = _keys(store, copy, issue)
    known, last = copy.of(keys), store.history.last_versions(keys)
    changed = {}
    for draft_id, version in last.items():
        copy.seen[draft_id] = version.sha256
        taken = known.get(draft_id)
        if not _is_same(taken, version):
            changed[draft_id] = version
        elif taken and taken.version != version.version:
            # As after an undo: what it said in between is older now, and no later version of the file.
            copy.keep(draft_id, replace(taken, version=version.version), copy.text_of(draft_id))
    rows = {row.id: row.issue for row in store.drafts.drafts(ids=changed)} if changed else {}
    lying = _Lying()
    for draft_id, version in changed.items():
        # Until the archive says that a draft is in another issue, whoever carried it there may have been
        # killed: what was to go there is the last version where the draft still is.
        stands = replace(version, issue=rows.get(draft_id, version.issue))
        if not _is_same(known.get(draft_id), stands):
            _Renewal(store, output, copy, stands, known.get(draft_id), lying).do()


def never_here(store: Store, rows: Iterable[DraftRow]) -> dict[str, str]:
    """Name those of some drafts of which no file was ever in this folder: nobody can have deleted it here.

    Returns:
        What to do about each, by id.
    """
    copy = store.history.copy
    if copy is None:
        return {}
    titles = {row.id: row.title for row in rows}
    how = "and no text of it in the archive: read the drafts on the machine that has it"
    return {each: f"no file of {each} ({titles[each]}), {how}" for each in titles.keys() - copy.of(titles)}


def settle(store: Store, output: Path) -> None:
    """Note which versions this process wrote into files, so that an edit from now on is told from them."""
    copy = store.history.copy
    if copy is None or not copy.may_renew or not copy.made:
        return
    for draft_id, version in store.history.last_versions(copy.made).items():
        path = draft_folder(output, version.issue) / Path(version.path).name
        text = store.history.text_of(draft_id, version.version)
        if _text_at(path) == text:
            copy.keep(draft_id, _taken(version, path, output), text)
    copy.made.clear()


def _keys(store: Store, copy: WorkingCopy, issue: str) -> set[str]:
    """Name the drafts of an issue: in the archive, by a version that was there, and in this folder."""
    rows = {row.id for row in store.drafts.drafts(issue=issue)}
    return rows | store.history.ids_in(issue) | copy.drafts_in(f"drafts/{issue}")


def _is_same(taken: Taken | None, version: DraftVersion) -> bool:
    is_there_too = taken is not None and Path(taken.path).parent.name == version.issue
    return is_there_too and taken is not None and taken.sha256 == version.sha256


def _taken(version: DraftVersion, path: Path, output: Path) -> Taken:
    return Taken(path.relative_to(output).as_posix(), version.version, version.sha256)


class _Renewal:
    """One draft whose version in the archive is another than its file came from."""

    def __init__(
        self,
        store: Store,
        output: Path,
        copy: WorkingCopy,
        version: DraftVersion,
        known: Taken | None,
        lying: "_Lying",
    ) -> None:
        self._store, self._output, self._copy = store, output, copy
        self._version, self._lying = version, lying
        self._versions = store.history.versions_of(version.id)
        self._known = known if known and self._is_of_archive(known) else None
        self._text = store.history.text_of(version.id, version.version)

    def do(self) -> None:
        """Renew the file, or put it together with what was written into it."""
        file = self._file()
        if not file.can_be_read:
            # It is named as what it is, and left alone.
            return
        if file.path is None or self._is_untouched(file):
            self._renew(file)
        elif self._text is None:
            self._note(file.path, "rejected elsewhere, and edited here: what was written here counts")
            self._keep(file.path, None)
        else:
            self._put_together(file, self._text)

    def _renew(self, file: _File) -> None:
        if file.path is None and self._known and self._known.sha256 and self._text is not None:
            where = self._output / self._known.path
            self._note(where, "was deleted here and changed elsewhere meanwhile: it is there again")
        if self._text is None:
            if file.path is not None:
                remove(file.path, within=self._output)
            self._keep(file.path or self._output / self._version.path, None)
            return
        self._write(file, self._text)

    def _put_together(self, file: _File, theirs: str) -> None:
        assert file.path is not None
        assert file.text is not None
        base = self._copy.text_of(self._version.id) if self._known else None
        found = put_together(base, file.text, theirs, str(file.path))
        if found.offered:
            what = ", ".join(found.offered)
            self._note(file.path, f"{what}: changed here and elsewhere: what was written here is offered")
        if not found.is_whole:
            kept = keep_beside(self._output, file.path)
            self._note(file.path, f"changed here and elsewhere in the same place: see also {kept.name}")
        self._write(file, found.text)

    def _write(self, file: _File, text: str) -> None:
        folder = draft_folder(self._output, self._version.issue)
        to = file.path
        if to is None or to.parent != folder:
            name = Path(self._version.path).name
            to = folder / name
            if is_there(to) and not self._is_own(to):
                to = free_path(folder, name, self._version.id)
        if text != file.text or to != file.path:
            write_text(to, text, within=self._output)
        if file.path is not None and to != file.path:
            remove(file.path, within=self._output)
        self._keep(to, self._text)

    def _keep(self, path: Path, text: str | None) -> None:
        self._copy.keep(self._version.id, _taken(self._version, path, self._output), text)

    def _note(self, path: Path, what: str) -> None:
        self._copy.notes.append(f"{path}: {what}")

    def _is_untouched(self, file: _File) -> bool:
        """Tell whether a file is a version of the archive: the one it came from, or a later one."""
        found = sha256_of(file.text)
        if self._known and found == self._known.sha256:
            return True
        since = self._known.version if self._known else 0
        return any(each.sha256 == found and each.version >= since for each in self._versions)

    def _is_of_archive(self, known: Taken) -> bool:
        """Tell whether the archive had what a file came from, of which one put back knows nothing.

        What is typed in one go is kept as one version, which gets its number again with every pause.
        """
        return any(known.sha256 == each.sha256 or known.version == each.version for each in self._versions)

    def _file(self) -> _File:
        """Find the file: where it was, where the archive has it, or under another name beside."""
        places = [self._output / self._known.path] if self._known else []
        places.append(draft_folder(self._output, self._version.issue) / Path(self._version.path).name)
        for path in places:
            if not is_there(path):
                continue
            text = _text_at(path)
            if text is None or _id_of(text, path) == "":
                return _File(path, can_be_read=False)
            if self._is_own(path):
                return _File(path, text)
        folders = dict.fromkeys(path.parent for path in places)
        for folder in folders:
            if found := self._lying.path_of(folder, self._version.id):
                return _File(found, _text_at(found))
        return _File(None)

    def _is_own(self, path: Path) -> bool:
        text = _text_at(path)
        return text is not None and _id_of(text, path) == self._version.id


class _Lying:
    """The drafts that lie in folders, by their ids; each folder is read once."""

    def __init__(self) -> None:
        self._found: dict[Path, dict[str, Path]] = {}

    def path_of(self, folder: Path, draft_id: str) -> Path | None:
        """Give the file of a draft; None where it has none there."""
        if folder not in self._found:
            texts = ((_text_at(path), path) for path in draft_paths(folder))
            self._found[folder] = {_id_of(text, path): path for text, path in texts if text is not None}
        return self._found[folder].get(draft_id)


def _text_at(path: Path) -> str | None:
    """Read a draft; None where there is none, or none that can be read."""
    try:
        return read_draft_text(path)
    except StoreError:
        return None


def _id_of(text: str, path: Path) -> str:
    try:
        return file_id(text, path)
    except StoreError:
        return ""
