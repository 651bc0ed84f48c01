"""Where a workspace's archive is, and how a command opens it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from digest.cli.common import if_stopped, load_or_default
from digest.cli.printing import say
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.bodies import PagesIn
    from digest.store.working_copy import DraftsIn


def output_of(folder: Path) -> Path:
    """Say where a workspace's output is."""
    return folder / "output"


_DAMAGED = re.compile("malformed|corrupt|not a database|disk I/O")


@contextmanager
def archive(
    folder: Path,
    *,
    doing: str = "",
    must_exist: bool = False,
    if_free: bool = False,
    is_brief: bool = False,
) -> Iterator["Store"]:
    """Open the workspace's archive.

    Args:
        folder: The workspace.
        doing: What for, if it will be written to: then the workspace is locked meanwhile.
        must_exist: Whether a missing archive is an error rather than made.
        if_free: Whether to go on where another process holds the lock, for what mostly reads: nothing is kept
            in the history of drafts then.
        is_brief: Whether it will soon be over: other machines then wait for it.

    Raises:
        StoreError: it is locked, missing, or cannot be used.
    """
    from contextlib import ExitStack, nullcontext

    from digest.errors import StoreError
    from digest.store.sqlite import exclusive

    again = f"what {doing} had done is kept; the same command again does the rest"
    if must_exist and not has_archive(folder):
        raise StoreError(f"{archive_name(folder)}: no archive yet; make one with: digest run")
    with ExitStack() as stack:
        is_ours = is_here = bool(doing)
        try:
            lock = output_of(folder) / "lock"
            stack.enter_context(exclusive(lock, doing=doing, is_brief=if_free) if doing else nullcontext())
        except StoreError:
            if not if_free:
                raise
            is_ours = is_here = False
        store = stack.enter_context(opened_store(folder))
        # Another desk's writing is soon over: who only reads its own files does not wait for it.
        waits = not if_free or store.history.copy is not None
        held = store.exclusive(doing=doing, is_brief=if_free or is_brief, waits=waits)
        try:
            # The folder's lock keeps out whoever is on this machine.
            stack.enter_context(held if is_ours else nullcontext())
        except StoreError:
            if not if_free:
                raise
            is_ours = False
        store.history.editor = editor_of(folder)
        # Another process may be in the middle of something.
        store.history.is_paused = not is_ours
        if doing and not if_free:
            stack.enter_context(if_stopped(lambda: again))
        with _shared_drafts(store, output_of(folder), may_renew=is_here):
            yield store
        if store.likeness.no_index:
            say(store.likeness.no_index, level="warning")


@contextmanager
def _shared_drafts(store: "Store", output: Path, *, may_renew: bool) -> Iterator[None]:
    """Have what lies beside drafts follow the archive, and note at the end what was written here.

    Draft files follow when they are read.
    """
    copy = store.history.copy
    if copy is None:
        yield
        return
    from digest.issues.renewing import settle
    from digest.issues.sharing import share

    copy.may_renew = may_renew
    share(store, output)
    try:
        yield
    finally:
        settle(store, output)
        share(store, output)
        for line in copy.told():
            say(line)


def editor_of(folder: Path) -> str:
    """Give the name under which decisions are kept: `settings.editor`, else that of who is logged in."""
    import os

    from digest.errors import ConfigError

    try:
        name = load_or_default(folder).settings.editor
    except ConfigError:
        # Whoever needs the settings says what is wrong with them.
        name = os.environ.get("DIGEST_EDITOR", "")
    return name or os.environ.get("USER") or os.environ.get("LOGNAME") or "editor"


def archive_address(folder: Path) -> str:
    """Give the address of a database that holds the workspace's archive; empty where it is a file.

    Raises:
        ConfigError: the settings seem to name one, and cannot be read.
    """
    return load_or_default(folder).settings.archive if _says(folder, "archive") else ""


def pages_in(folder: Path) -> "PagesIn":
    """Say where the workspace keeps pages.

    Raises:
        ConfigError: as for `archive_address`.
    """
    return load_or_default(folder).settings.pages if _says(folder, "pages") else "folder"


def drafts_in(folder: Path) -> "DraftsIn":
    """Say which drafts of the workspace count.

    Raises:
        ConfigError: as for `archive_address`.
    """
    return load_or_default(folder).settings.drafts if _says(folder, "drafts") else "files"


def _says(folder: Path, name: str) -> bool:
    """Tell whether a setting of where things are kept may be there: whoever has none does not wait for 2,000
    feeds to be read, or need them to be right."""
    import os

    from digest.workspace.config import FEEDS_FILE, document_text

    path = folder / FEEDS_FILE
    if os.environ.get(f"DIGEST_{name.upper()}"):
        return True
    pattern = rf"(?m)^[^#\n]*\b{name}['\"]?\s*:"
    return path.exists() and re.search(pattern, document_text(path, FEEDS_FILE)) is not None


def archive_name(folder: Path) -> str:
    """Name where the workspace's archive is, in messages."""
    from digest.store.postgresql import shown

    address = archive_address(folder)
    return shown(address) if address else str(output_of(folder) / "archive.db")


def has_archive(folder: Path) -> bool:
    """Tell whether anything lies where a workspace's archive does; opening it says what it is."""
    import os

    if address := archive_address(folder):
        from digest.store.postgresql import is_archive

        return is_archive(address)
    return os.path.lexists(output_of(folder) / "archive.db")


@contextmanager
def opened_store(folder: Path, *, in_memory: bool = False) -> Iterator["Store"]:
    """Open a workspace's archive; an error its own rows are to blame for is told from one of the program.

    Raises:
        StoreError: it cannot be used, or holds what digest would not have kept.
    """
    from digest.store import Store

    store = None
    output = output_of(folder)
    address = "" if in_memory else archive_address(folder)
    pages = "folder" if in_memory else pages_in(folder)
    drafts = "files" if in_memory else drafts_in(folder)
    try:
        store = Store(output, in_memory=in_memory, archive=address, pages=pages, drafts=drafts)
        yield store
    except (DigestError, typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as error:
        if store:
            store.close()
        if in_memory or address or not (fault := _fault_of(output / "archive.db", error)):
            raise
        raise fault from error
    finally:
        if store:
            store.close()


def _fault_of(path: Path, error: Exception) -> DigestError | None:
    """Say which row or page of an archive an error came from; None where it is as digest makes it."""
    import sqlite3

    from digest.errors import StoreError
    from digest.store.soundness import faults_of

    try:
        faults = faults_of(path)
    except (DigestError, sqlite3.Error, OSError) as wrong:
        faults = [str(wrong)]
    origin = getattr(error, "orig", error)
    if not faults and isinstance(origin, sqlite3.DatabaseError) and _DAMAGED.search(str(origin)):
        faults = [str(origin)]
    if not faults and isinstance(error, UnicodeEncodeError):
        # What was typed in another encoding; the archive itself holds UTF-8 alone.
        return DigestError(f"{ascii(error.object)[:80]}: expected text in UTF-8, got another encoding")
    if not faults:
        return None
    more = ", and more" if len(faults) > 1 else ""
    return StoreError(
        f"{path}: holds what digest does not make: {faults[0]}{more}; see: digest doctor, "
        "or put a backup in its place: digest restore FILE --anyway"
    )
