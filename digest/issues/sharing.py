"""Introductions, and what was published of them, between this folder and the archive, where drafts lie there.

As with drafts a file that nobody touched follows the archive, and one that was written here is kept there, if
its version is still the one that this was made from. Where it is not, lines that both wrote otherwise stand
as they came first, and what was written here is kept beside, as `.orig`.

A file that is missing comes back: that one folder was cleared takes nobody else's words. What a command takes
back, such as an undo, goes everywhere: see `forget`. An introduction that is to go is emptied.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import StoreError
from digest.issues.drafts.three_way import merge_lines
from digest.issues.issue_names import NAME
from digest.issues.output_paths import INTRODUCTION_FILE, OPENING_ENDING
from digest.issues.own_files import keep_beside
from digest.language.counts import counted
from digest.store import Store
from digest.store.shared_files import SharedFile
from digest.store.working_copy import Taken, WorkingCopy, sha256_of
from digest.workspace.files import inside, remove, text_if_there, write_text

SHARED = re.compile(
    rf"drafts/{NAME.pattern}/{re.escape(INTRODUCTION_FILE)}|issues/{NAME.pattern}{re.escape(OPENING_ENDING)}"
)
"""Their paths below the output folder."""


NONE = SharedFile(0, "")


@dataclass(frozen=True)
class _Here:
    name: str
    path: Path
    text: str | None


def is_shared(name: str) -> bool:
    """Tell whether a file of this name in the output folder is the same on all machines."""
    return SHARED.fullmatch(name) is not None


def share(store: Store, output: Path) -> None:
    """Bring these files and the archive to the same; nothing where files are the truth.

    What an editor should know of it is kept with the working copy. While another machine holds the archive
    nothing is kept there.
    """
    copy = store.history.copy
    if copy is None or not copy.may_renew:
        return
    copy.follow(store.state())
    held = store.texts.all()
    lying = {name for name in _lying(output) if is_shared(name)}
    names = held.keys() | lying | copy.paths()
    known = copy.of(names)
    back = [
        name
        for name in sorted(names)
        if is_shared(name) and _share(store, copy, output, name, held.get(name, NONE), known.get(name))
    ]
    copy.notes += _told_of_missing(output, back)


def forget(store: Store, name: str) -> None:
    """Say that a file is taken back on all machines, before it is removed here.

    Args:
        store: The archive; nothing is done where files are the truth.
        name: Of the file, below the output folder; nothing is done for one that is not shared.
    """
    held = store.texts.all().get(name, NONE) if store.history.copy and is_shared(name) else NONE
    if held.sha256:
        store.texts.save(name, None, after=held.version)


def _told_of_missing(output: Path, back: Sequence[str]) -> Iterator[str]:
    """Say which files were missing and are there again; of published ones, which nobody writes, how many."""
    published = [name for name in back if name.endswith(OPENING_ENDING)]
    for name in back:
        if name not in published:
            yield (
                f"{output / name}: was deleted here and is there again, from the archive; to do without it "
                "on every machine, empty it"
            )
    if published:
        count = counted(len(published), "file of a published issue", "files of published issues")
        yield f"{output / 'issues'}: {count} ({OPENING_ENDING}) deleted here and there again"


def _lying(output: Path) -> Iterator[str]:
    for pattern in (f"drafts/*/{INTRODUCTION_FILE}", f"issues/*{OPENING_ENDING}"):
        for path in output.glob(pattern):
            yield path.relative_to(output).as_posix()


def _share(
    store: Store, copy: WorkingCopy, output: Path, name: str, held: SharedFile, known: Taken | None
) -> bool:
    """Bring one file and the archive to the same; says whether it was missing here, and is there again."""
    try:
        here = _Here(name, inside(output, output / name), text_if_there(output / name))
    except StoreError as error:
        copy.notes.append(str(error))
        return False
    found = sha256_of(here.text)
    if found == held.sha256:
        if known is None or (known.version, known.sha256) != (held.version, held.sha256):
            _keep(copy, here, held, here.text)
        return False
    if here.text is None or found == (known.sha256 if known else ""):
        text = store.texts.text_of(name)
        _write(output, here, text)
        _keep(copy, here, held, text)
        return here.text is None and known is not None and bool(known.sha256)
    if store.history.is_paused:
        return False
    is_last = held.version == (known.version if known else 0)
    text = here.text if is_last else _put_together(store, copy, output, here, here.text)
    if store.texts.save(name, text, after=held.version):
        _write(output, here, text)
        _keep(copy, here, SharedFile(held.version + 1, sha256_of(text)), text)
    else:
        copy.notes.append(f"{here.path}: was changed meanwhile, on another machine; it is looked at again")
    return False


def _put_together(store: Store, copy: WorkingCopy, output: Path, here: _Here, mine: str) -> str:
    """Put together what was written here and elsewhere."""
    theirs = store.texts.text_of(here.name)
    if theirs is None:
        # Whoever took it back did not know what was written here.
        copy.notes.append(f"{here.path}: was taken back elsewhere and changed here: it stays")
        return mine
    base = copy.text_of(here.name) or ""
    lines, is_conflict = merge_lines(*(each.split("\n") for each in (base, mine, theirs)))
    if is_conflict:
        kept = keep_beside(output, here.path)
        copy.notes.append(f"{here.path}: changed here and elsewhere in the same place: see also {kept.name}")
    return "\n".join(lines)


def _write(output: Path, here: _Here, text: str | None) -> None:
    if text == here.text:
        return
    if text is None:
        remove(here.path, within=output)
    else:
        write_text(here.path, text, within=output)


def _keep(copy: WorkingCopy, here: _Here, held: SharedFile, text: str | None) -> None:
    copy.keep(here.name, Taken(here.name, held.version, held.sha256), text)
