"""`digest review`: the editor's desk in a browser."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digest.cli import common, machinery, places
from digest.cli.printing import say, show

if TYPE_CHECKING:
    from digest.issues.history.undoing import Done
    from digest.records import Issue
    from digest.review.workspace import Workspace
    from digest.store import Store

DOING = "digest review"


def review(
    context: typer.Context,
    issue: common.OpenIssue = "",
    opens: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in a browser, or print its address.")
    ] = True,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0: the workspace's own, if it is free.")
    ] = 0,
) -> None:
    """Review drafts in a browser: the evidence beside every field, by keyboard. Ctrl-C ends it."""
    from digest.cli.drafts import named, newest, published
    from digest.review.serving import serve

    folder: Path = context.obj
    common.load(folder)
    with places.archive(folder, doing=DOING, must_exist=True, if_free=True) as store:
        name = named(store, issue) or newest(store, published=False) or published(store)

    def ready(address: str) -> None:
        if opens and typer.launch(address) == 0:
            say("the desk is open in a browser; Ctrl-C here ends it")
            return
        show(address)
        # Whoever reads it from a pipe is waiting.
        sys.stdout.flush()
        say("this address opens the desk once; Ctrl-C here ends it")

    say(f"reading the drafts of issue {name}")
    serve(workspace_of(folder, name), port=port, ready=ready)


def workspace_of(folder: Path, issue: str) -> "Workspace":
    """Give the desk what it works on."""
    from digest.cli.checklist import looked_through
    from digest.cli.desk_outlets import outlets_in
    from digest.cli.drafts import publish_in, take_back
    from digest.review.issue_pages import OVER_WARNINGS
    from digest.review.searching import SharedEmbedder
    from digest.review.workspace import Workspace
    from digest.workspace.prompt_files import load_reasons, load_themes

    return Workspace(
        output=places.output_of(folder),
        issue=issue,
        title=common.load(folder).newsletter.title or "Digest",
        # A run that is under way keeps nobody from reading.
        reading=lambda: places.archive(folder, doing=DOING, must_exist=True, if_free=True),
        # Nor does another desk, on another machine: it waits.
        writing=lambda: places.archive(folder, doing=DOING, must_exist=True, is_brief=True),
        publish=lambda store, name, anyway, tell: publish_in(
            store, folder, name, anyway=anyway, anyway_by=OVER_WARNINGS, tell=tell
        ),
        preview=lambda store, name: _preview(folder, store, name),
        look_through=lambda store, name: looked_through(store, folder, name, asks=False),
        go=lambda store, way: _go(folder, store, way),
        take_back=lambda store, tell: take_back(store, folder, tell),
        reasons=lambda: load_reasons(folder),
        themes=lambda: [each.theme for each in load_themes(folder)],
        has_ideas=lambda: common.load(folder).settings.suggestions != "none",
        now=common.utc_now,
        searching=lambda: places.archive(folder, must_exist=True),
        embedder=SharedEmbedder(machinery.embedder_of(common.load_or_default(folder))),
        min_similarity=lambda: common.load_or_default(folder).settings.min_similarity,
        keys=lambda: common.load_or_default(folder).settings.desk_keys,
        outlets=outlets_in(folder),
        learns=lambda: common.load_or_default(folder).settings.learn_from_verdicts,
    )


def _preview(folder: Path, store: "Store", issue: str) -> "Issue":
    from digest.cli.drafts import suggestible
    from digest.issues.printed import preview

    config = common.load(folder)
    return preview(
        store,
        places.output_of(folder),
        issue,
        config.newsletter,
        now=common.utc_now(),
        keeps_suggestions=config.settings.publishes_suggestions,
        library=suggestible(folder),
    )


def _go(folder: Path, store: "Store", way: Literal["undo", "redo"]) -> "Done":
    from digest.issues.history import undoing

    do = {"undo": undoing.undo, "redo": undoing.redo}[way]
    return do(store, places.output_of(folder), common.load(folder).newsletter, now=common.utc_now())
