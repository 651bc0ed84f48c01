"""The commands' tree, and the options all of them share."""

from pathlib import Path
from typing import Annotated

import typer

from digest import __version__
from digest.cli import (
    archives,
    backups,
    checks,
    common,
    desk,
    drafts,
    editing,
    entries,
    export,
    feeds,
    history,
    importing,
    introducing,
    log,
    printing,
    refill,
    reviews,
    run,
    searching,
    sending,
    similar,
    stages,
    status,
    stories,
    trends,
    workspace,
)
from digest.cli.command_tree import CommandTree
from digest.cli.printing import LogForm

app = typer.Typer(
    name="digest",
    cls=CommandTree,
    help="Turn feeds and newsletters into an editor-checked issue of foresight signals.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Option(
            "-C", parser=common.path_of, metavar="DIR", help="The workspace: a folder with feeds.yaml."
        ),
    ] = Path(),
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Say more; twice for debugging.")
    ] = 0,
    log: Annotated[
        LogForm,
        typer.Option(help="How what is said on standard error is written: text, or a JSON object a line."),
    ] = LogForm.text,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Keep the shared options for the command."""
    import logging

    context.obj = folder
    printing.say_in(log)
    if (folder / ".restore" / "journal.json").exists():
        backups.finish_killed_restore(folder)
    level = (logging.ERROR, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    handler = printing.LogHandler()
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    # Python writes a warning as text of several lines.
    logging.captureWarnings(printing.says_json())
    logging.getLogger("py.warnings").setLevel(logging.WARNING)
    # Its debug lines hold the headers of answers, cookies among them.
    logging.getLogger("httpcore2").setLevel(max(level, logging.INFO))


app.command()(workspace.init)
app.add_typer(feeds.app, name="feeds")
app.command()(run.run)
app.command()(refill.refill)
app.command()(status.status)
app.command()(stages.extract)
app.command()(stages.analyze)
app.command()(checks.check)
app.command()(similar.similar)
app.command(cls=searching.SearchCommand)(searching.search)
app.command("stories")(stories.stories)
app.add_typer(stories.app, name="story")
app.add_typer(drafts.app, name="draft")
app.command()(history.undo)
app.command()(history.redo)
app.command()(desk.review)
app.command()(introducing.introduce)
app.command()(drafts.publish)
app.command()(sending.send)
app.command()(editing.report)
app.add_typer(entries.app, name="entries")
app.command("import")(importing.import_)
app.command()(export.export)
app.command()(trends.trends)
app.command("review-of")(reviews.review_of)
app.command()(log.log)
app.add_typer(archives.app, name="archive")
app.command()(backups.backup)
app.command()(backups.restore)
app.command()(workspace.doctor)
