"""`digest export`: the archive's records, for other programs."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from digest.cli import places
from digest.cli.printing import say
from digest.language.screen import as_text, data_stream, in_json


class Unit(StrEnum):
    """What is exported."""

    entries = "entries"
    signals = "signals"
    articles = "articles"


def export(
    context: typer.Context,
    unit: Annotated[Unit, typer.Option("--in", help="Which records.")] = Unit.entries,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write a table with a header.")] = False,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin the table with a byte order mark, as some spreadsheets need.")
    ] = False,
    as_json_lines: Annotated[bool, typer.Option("--jsonl", help="Write one JSON object a line.")] = False,
    suggested: Annotated[
        bool, typer.Option("--suggested", help="With the cells in italics, which no article states.")
    ] = False,
) -> None:
    """Write the archive's records with all their fields to standard output.

    Entries are drafts of every status and whatever was published or imported; signals have a row each, with
    basis, evidence and kind; articles can be imported again (as JSON Lines). In CSV, lists of words are
    joined with `; `, lists of records are JSON, and a text that a spreadsheet would run as a formula gets an
    apostrophe before it.
    """
    from functools import partial

    from digest.cli.drafts import suggestible
    from digest.issues.exporting import export_rows, write_csv, write_json_lines

    if as_csv == as_json_lines:
        raise typer.BadParameter("give either --csv or --jsonl")
    if bom and not as_csv:
        raise typer.BadParameter("--bom goes with --csv")
    # The mark says UTF-8, whatever the terminal's encoding is; line ends are written as they are.
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    file = data_stream(as_text if as_csv else in_json)
    write = partial(write_csv, with_mark=bom) if as_csv else write_json_lines
    with places.archive(context.obj, must_exist=True) as store:
        rows = export_rows(
            store,
            places.output_of(context.obj),
            unit.value,
            with_suggestions=suggested,
            library=suggestible(context.obj),
            tell=say,
        )
        count = write(rows, file)
    sys.stdout.flush()
    say(f"{count} {unit.value}")
