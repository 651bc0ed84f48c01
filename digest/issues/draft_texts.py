"""The files that may be drafts: which they are, what they say, and where a new one goes."""

import os
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

from digest.errors import StoreError
from digest.issues.drafts import file_id
from digest.issues.output_paths import INTRODUCTION_FILE, draft_folder, id_part
from digest.workspace.files import is_there, read_bytes, why
from digest.workspace.stamps import Stamp, is_same, stamp_of

SUFFIXES = (".md", ".markdown", ".txt")
"""Names of files that may be drafts; what else lies there (`x.md~`, `x.bak`) is not looked at."""

MOST_KEPT = 2_000
"""Draft files whose reading is kept, so that the desk need not read all of an issue after each key; four
times the largest issue it is made for, at about 20 kB each."""

_texts: dict[Path, tuple[Stamp, str]] = {}
"""What files said when they were last read."""


def path_of_draft(output: Path, issue: str, draft_id: str) -> Path:
    """Say where the file of a draft is; `<id>.md` where there is none."""
    folder = draft_folder(output, issue)
    plain = folder / f"{id_part(draft_id)}.md"
    if plain.is_file():
        return plain
    files = list(draft_paths(folder))
    by_name = [path for path in files if path.stem.endswith(f"-{draft_id}")]
    for path in (*by_name, *(path for path in files if path not in by_name)):
        try:
            if file_id(read_draft_text(path), path) == draft_id:
                return path
        except StoreError:
            continue
    return by_name[0] if by_name and not is_there(plain) else plain


def free_path(folder: Path, name: str, draft_id: str) -> Path:
    """Give a path of this name, or another one for the draft where anything else has it."""
    own = id_part(draft_id)
    names = chain((name, f"{own}.md"), (f"draft-{number}-{own}.md" for number in count(2)))
    return next(path for path in (folder / each for each in names) if not os.path.lexists(path))


def draft_paths(folder: Path) -> Iterator[Path]:
    """Give the files of a folder that may be drafts, by name."""
    if not folder.is_dir():
        return
    try:
        found = list(folder.iterdir())
    except OSError as error:
        raise StoreError(f"{folder}: cannot be listed: {why(error)}") from error
    yield from sorted(path for path in found if may_be_draft(path.name))


def may_be_draft(name: str) -> bool:
    """Tell whether a file of this name may be a draft."""
    return (
        not name.startswith(".")
        and os.path.splitext(name)[1].lower() in SUFFIXES
        and name != INTRODUCTION_FILE
    )


def read_draft_text(path: Path) -> str:
    """Read a draft's text, if it is another than when it was last read; see `_read_anew`."""
    stamp = stamp_of(path)
    known, text = _texts.get(path, (None, ""))
    if stamp is not None and is_same(known, stamp):
        return text
    text = _read_anew(path)
    if stamp is not None and stamp.is_sure:
        while len(_texts) >= MOST_KEPT:
            _texts.pop(next(iter(_texts)), None)
        _texts[path] = stamp, text
    return text


def still_says(path: Path, text: str) -> bool:
    """Tell whether a file says what it said when it was read: asked right before it is written over, for
    whoever works on it in another program holds no lock."""
    try:
        return read_draft_text(path) == text
    except StoreError:
        return False


def _read_anew(path: Path) -> str:
    """Read a draft's text; names the line of what is no text.

    Raises:
        StoreError: It is no file, cannot be opened, is not UTF-8, or has NUL bytes.
    """
    if path.is_dir():
        raise StoreError(f"{path}: expected a draft, got a folder; move it away")
    content = read_bytes(path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StoreError(
            f"{path}: line {line}: expected UTF-8, got another encoding; save the file as UTF-8"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise StoreError(f"{path}: line {line}: expected text, got a NUL byte; delete it")
    return text
