"""What several commands need: the workspace, the archive, the model, limits, and printing."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TextIO, cast

import typer

from digest.errors import DigestError
from digest.language.screen import Screen, Shown, data_stream, guard, in_json, on_one_line, visible
from digest.language.secrecy import shown_text

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from digest.adapters.http import HttpFetcher
    from digest.adapters.mailboxes import WorkspaceMailboxes
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
    from digest.adapters.workers import Workers
    from digest.analysis import Library
    from digest.intake import Progress
    from digest.ports import Embedder, Videos
    from digest.store import Store
    from digest.store.bodies import PagesIn
    from digest.store.working_copy import DraftsIn
    from digest.workspace.config import Config

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def issue_name(context: typer.Context, parameter: typer.CallbackParam, name: str) -> str:
    """Check what was given as an issue's name, the same way for every command.

    Raises:
        typer.BadParameter: it is no date, or was left empty (an empty variable of a script).
    """
    from digest.issues.issue_names import name_problem

    source = context.get_parameter_source(str(parameter.name))
    is_given = source is not None and source.name == "COMMANDLINE"
    if (name or is_given) and (problem := name_problem(name)):
        shown = parameter.opts[0] if parameter.param_type_name == "option" else "ISSUE"
        raise typer.BadParameter(problem, param_hint=shown)
    return name


OpenIssue = Annotated[
    str,
    typer.Argument(
        metavar="[ISSUE]",
        callback=issue_name,
        help="Such as 20261122; default: the newest unpublished one.",
    ),
]


def utc_now() -> datetime:
    """Give the time; here and nowhere else, so that everything below takes it as an argument."""
    return datetime.now(UTC)


class LogForm(StrEnum):
    """How what is no result is written."""

    text = "text"
    json = "json"


_log_form = LogForm.text


def say_in(form: LogForm) -> None:
    """Choose how what is no result is written from now on."""
    global _log_form
    _log_form = form


def says_json() -> bool:
    """Whether what is no result is written as JSON, for a machine that collects it."""
    return _log_form is LogForm.json


def say(text: str, *, level: str = "info") -> None:
    """Tell the user something that is no result; what is secret in its addresses is not told."""
    sys.stderr.write(_line(shown_text(text), level) + "\n")
    sys.stderr.flush()


def _line(text: str, level: str) -> str:
    if not says_json():
        return visible(text)
    told = {"time": f"{utc_now():%Y-%m-%dT%H:%M:%SZ}", "level": level, "message": text}
    return in_json(json.dumps(told, ensure_ascii=False))


class LogFormatter(logging.Formatter):
    """Log lines without what is secret in their addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line, with its traceback where it has one."""
        line = shown_text(super().format(record))
        return _line(line, record.levelname.lower()) if says_json() else line


def show(text: str) -> None:
    """Print a result for people."""
    sys.stdout.write(visible(text if text.endswith("\n") else text + "\n"))


def show_data(text: str, kind: Shown) -> None:
    """Print a result for machines: as `in_json`, `in_xml` or `as_text` write it."""
    data_stream(kind).write(text if text.endswith("\n") else text + "\n")


def show_json(value: Any) -> None:
    """Print a result for machines."""
    show_data(json.dumps(value, ensure_ascii=False, indent=1), in_json)


def show_json_line(value: Any) -> None:
    """Print one of many results for machines, on a line."""
    show_data(json.dumps(value, ensure_ascii=False), in_json)


def show_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; cut to the terminal's width where there is one, whole elsewhere."""
    cells = [[on_one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        # Nothing may be cut or wrapped: another program reads it. Rich takes half a second for 500 lines.
        show(_in_columns([list(header), *cells]))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for name in header:
        table.add_column(name, overflow="ellipsis", no_wrap=True)
    for row in cells:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


def _in_columns(lines: Sequence[Sequence[str]]) -> str:
    """Set cells below each other, by the places they take on a screen."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def show_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print long texts beside each other, broken to the width of the terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    for at, name in enumerate(header):
        table.add_column(name, overflow="fold", ratio=None if at == 0 else 1)
    for row in rows:
        table.add_row(*map(visible, row))
    width = None if sys.stdout.isatty() else COLUMNS_WIDTH
    Console(width=width, highlight=False, markup=False).print(table)


def load(folder: Path, **options: object) -> "Config":
    """Read the workspace's configuration."""
    from digest.workspace.config import load_config

    return load_config(folder, options=options)


def load_or_default(folder: Path, **options: object) -> "Config":
    """Read the workspace's configuration; outside any workspace, the defaults."""
    from digest.errors import ConfigError
    from digest.records import Newsletter
    from digest.workspace.config import Config, Settings

    if (folder / "feeds.yaml").exists():
        return load(folder, **options)
    if options.get("analyzer") == "model":
        raise ConfigError(
            f"{folder}: no feeds.yaml, which names the language model; make a workspace: digest init"
        )
    return Config(folder, Newsletter(), Settings(), ())


@contextmanager
def progress_bars() -> Iterator["Progress"]:
    """Show a bar for each long stage on a terminal; elsewhere a line when a stage is through."""
    if not sys.stderr.isatty() or says_json():
        yield _line_when_through
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Rich stands in for both streams meanwhile, and would heed colours in what is said.
    screen = sys.stderr if isinstance(sys.stderr, Screen) else Screen(sys.stderr)
    console = Console(file=cast(TextIO, screen.rich_proxied_file))
    with Progress(*columns, console=console, transient=True) as bars:
        guard()
        tasks = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


def _line_when_through(stage: str, done: int, total: int) -> None:
    if done == total:
        say(f"{stage}  {done} of {total}")


def output_of(folder: Path) -> Path:
    """Say where a workspace's output is."""
    return folder / "output"


COLUMNS_WIDTH = 160
"""Characters of a line of `show_columns` where there is no terminal: two columns that can be read."""

_DAMAGED = re.compile("malformed|corrupt|not a database|disk I/O")


class Stopped(KeyboardInterrupt):
    """Ctrl-C, with what was kept."""


@contextmanager
def if_stopped(kept: Callable[[], str]) -> Iterator[None]:
    """Have Ctrl-C tell what was kept; of two that are nested, the inner one knows better."""
    try:
        yield
    except Stopped:
        raise
    except KeyboardInterrupt as error:
        raise Stopped(kept()) from error


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


def embedder_of(config: "Config") -> "SentenceTransformerEmbedder":
    """Make the embedder the workspace is set to; nothing is loaded yet."""
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(config.settings.model)


def analysis_embedder_of(config: "Config", embedder: "Embedder") -> "Embedder":
    """Give the packaged model, which every analysis uses: `embedder` where the workspace is set to that."""
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder, is_packaged

    return embedder if is_packaged(config.settings.model) else SentenceTransformerEmbedder()


def fetcher_of(config: "Config") -> "HttpFetcher":
    """Make the fetcher the workspace is set to."""
    from digest.adapters.http import HttpFetcher

    return HttpFetcher(allow_hosts=config.settings.allow_hosts, proxy=config.settings.proxy or None)


def videos_of(config: "Config") -> "Callable[[], Videos | None]":
    """Give what makes an asker for transcripts of videos, where the settings want them.

    Raises:
        ConfigError: they want them, and what it takes is not installed.
    """
    from importlib.util import find_spec

    from digest.adapters.youtube import INSTALL, YouTubeTranscripts
    from digest.errors import ConfigError

    if not config.settings.video_transcripts:
        return lambda: None
    if find_spec("youtube_transcript_api") is None:
        raise ConfigError(f"settings.video_transcripts: not installed; install it with: {INSTALL}")
    return lambda: YouTubeTranscripts(config.newsletter.language, proxy=config.settings.proxy or None)


def mailboxes_of(config: "Config", *, may_mark: bool = False) -> "WorkspaceMailboxes":
    """Give what opens the workspace's mailboxes; with `may_mark` mails are marked as seen where wanted."""
    import os

    from digest.adapters.mailboxes import WorkspaceMailboxes

    return WorkspaceMailboxes(
        config.workspace, os.environ, allow_hosts=config.settings.allow_hosts, may_mark=may_mark
    )


def analyzer_of(folder: Path, embedder: "Embedder") -> str:
    """Name the analyzer with all it depends on: its version, the prompt files and its model."""
    from digest.analysis import analyzer_id
    from digest.workspace.prompt_files import prompts_version

    return analyzer_id(prompts_version(folder), embedder.model_id)


def library_of(folder: Path, embedder: "Embedder", store: "Store | None") -> "Callable[[], Library]":
    """Give a loader of themes and patterns with their vectors; vectors are kept in the archive."""

    def load_library() -> "Library":
        from digest.analysis import make_library
        from digest.workspace.prompt_files import load_patterns, load_themes, prompts_version

        return make_library(
            load_themes(folder),
            load_patterns(folder),
            encode=lambda texts: encode_known(texts, embedder, store),
            version=prompts_version(folder),
        )

    return load_library


def encode_known(texts: Sequence[str], embedder: "Embedder", store: "Store | None") -> Any:
    """Embed texts, but those whose vectors are shipped or were made before and are in the archive."""
    import hashlib

    import numpy as np

    from digest.analysis.shipped_vectors import shipped_vectors

    found = shipped_vectors(texts, model_id=embedder.model_id)
    hashes = {text: hashlib.sha256(text.encode()).hexdigest() for text in texts if text not in found}
    if store and hashes:
        known = store.articles.vectors_of(list(hashes.values()), model_id=embedder.model_id)
        found |= {text: known[each] for text, each in hashes.items() if each in known}
    new = [text for text in hashes if text not in found]
    # Kept as float16: the same values are used when they come from the model and from the archive.
    made = {
        text: np.asarray(vector, dtype=np.float16).astype(np.float32)
        for text, vector in zip(new, embedder.encode(new) if new else (), strict=True)
    }
    if store and made:
        kept = [(hashes[text], vector) for text, vector in made.items()]
        store.articles.save_vectors(kept, model_id=embedder.model_id)
    found |= made
    stacked = np.stack([found[text] for text in texts])
    return (stacked / np.linalg.norm(stacked, axis=1, keepdims=True)).astype(np.float32)


class Call(Protocol):
    """Calls a function in a process of its own; fails with LimitError where that takes too much."""

    def __call__(  # noqa: D102
        self, function: Callable[..., Any], /, *args: Any, of: str = "", max_s: float = ..., **kwargs: Any
    ) -> Any: ...


def workers_of(config: "Config") -> "AbstractContextManager[Workers]":
    """Give what reads, embeds and analyzes for a run, as the workspace is set to.

    Raises:
        ConfigError: once it is entered, where a cluster is wanted and cannot be had.
    """
    from digest.adapters.workers import worker_processes

    if config.settings.executor == "processes":
        return worker_processes()
    from digest.adapters.ray_workers import ray_workers

    return ray_workers(config.settings.ray)


@contextmanager
def a_worker() -> "Iterator[Call]":
    """Give a way to call what reads something from outside: in a process of its own, within limits."""
    from concurrent.futures import BrokenExecutor

    from digest.adapters.workers import MAX_CALL_S, worker_processes
    from digest.errors import LimitError

    with worker_processes(most=1) as workers:

        def call(
            function: Callable[..., Any],
            /,
            *args: Any,
            of: str = "",
            max_s: float = MAX_CALL_S,
            **kwargs: Any,
        ) -> Any:
            for _ in range(2):
                try:
                    return workers.within(max_s).submit(function, *args, **kwargs).result()
                except (TimeoutError, MemoryError) as lost:
                    raise LimitError(of, str(lost)) from lost
                except BrokenExecutor:
                    # It may have been killed by someone else: one more try.
                    continue
            raise LimitError(of, "killed its process twice")

        yield call
