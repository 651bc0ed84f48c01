"""What commands print: answers on standard output, all else on standard error, plain or as JSON."""

import json
import logging
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TextIO, cast

import typer

from digest.cli.common import utc_now
from digest.language.screen import Screen, Shown, data_stream, guard, in_json, on_one_line, visible
from digest.language.secrecy import shown_text

if TYPE_CHECKING:
    from digest.intake import Progress

GAP = 2
"""Blanks between two columns of a table."""

ID = re.compile("[0-9a-f]{32}")

BEGUN = 8
"""Characters of an id on a terminal: of 100,000 articles two begin alike in one archive of two."""

READABLE, NAMED = 16, 5
"""Characters that a cut title should have, and that are left of a column's name; judgement."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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
    text = shown_text(text)
    if says_json():
        # What is secret went before: looked for in a finished line, it would take the line's own marks along.
        data_stream(in_json, sys.stderr).write(_json_line(text, level) + "\n")
    else:
        sys.stderr.write(visible(text) + "\n")
    sys.stderr.flush()


def _json_line(text: str, level: str) -> str:
    told = {"time": f"{utc_now():%Y-%m-%dT%H:%M:%SZ}", "level": level, "message": text}
    # A stream that cannot write a letter would write an escape which JSON does not have.
    is_utf8 = (sys.stderr.encoding or "").lower().startswith("utf")
    return json.dumps(told, ensure_ascii=not is_utf8)


class LogHandler(logging.Handler):
    """Says what is logged, a traceback with it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say a record."""
        say(self.format(record).rstrip("\n"), level=record.levelname.lower())


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


def show_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, spare: str = "") -> None:
    """Print a table; on a terminal what is too long for it is cut, elsewhere nothing is.

    Args:
        header: What each column is called.
        rows: A cell for each column.
        spare: The column that goes first where a terminal has no room for all.
    """
    cells = [[on_one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        # Nothing may be cut or wrapped: another program reads it. Rich takes half a second for 500 lines.
        show(_in_columns([list(header), *cells]))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    lines = [list(header), *([begun(cell) for cell in row] for row in cells)]
    if spare and sum(_widths(lines)) + GAP * (len(header) - 1) > console.width:
        lines = [[cell for name, cell in zip(header, line, strict=True) if name != spare] for line in lines]
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    room = console.width - GAP * (len(lines[0]) - 1)
    for name, width in zip(lines[0], _cut(lines, room), strict=True):
        table.add_column(name, overflow="ellipsis", no_wrap=True, width=width)
    for line in lines[1:]:
        table.add_row(*line)
    console.print(table)


def begun(cell: str) -> str:
    """Shorten an id for a terminal to its beginning, which every command takes."""
    return cell[:BEGUN] if ID.fullmatch(cell) else cell


def _cut(lines: Sequence[Sequence[str]], room: int) -> list[int]:
    """Cut the widest columns alone: a status or a count says nothing without its end, a title most.

    Where titles would hardly be left, what columns are called is cut before what is in them.
    """
    widths = _widths(lines)
    if len(lines) > 1 and sum(min(width, READABLE) for width in widths) > room:
        named = [min(width, NAMED) for width in _widths(lines[:1])]
        widths = list(map(max, named, _widths(lines[1:])))
    most = max(widths)
    while most > 1 and sum(min(width, most) for width in widths) > room:
        most -= 1
    return [min(width, most) for width in widths]


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    """Measure columns, by the places they take on a screen."""
    from rich.cells import cell_len

    return [max(map(cell_len, column)) for column in zip(*lines, strict=True)]


def _in_columns(lines: Sequence[Sequence[str]]) -> str:
    """Set cells below each other, by the places they take on a screen."""
    from rich.cells import cell_len

    widths = _widths(lines)
    return "\n".join(
        (" " * GAP).join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
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


COLUMNS_WIDTH = 160
"""Characters of a line of `show_columns` where there is no terminal: two columns that can be read."""
