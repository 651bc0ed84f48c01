"""`digest init` and `digest doctor`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from digest.cli import common
from digest.cli.common import say, show
from digest.errors import DigestError


def init(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Default: this folder.")] = None,
) -> None:
    """Make a workspace: feeds.yaml, prompts/ and output/. Files that are there are left alone."""
    from digest.workspace.files import write_text
    from digest.workspace.prompt_files import default_files

    target: Path = folder or context.obj
    for name, text in default_files().items():
        path = target / name
        # Nor is a link followed that leads nowhere yet.
        if os.path.lexists(path):
            say(f"kept   {path}")
        else:
            write_text(path, text)
            show(f"made   {path}")
    common.output_of(target).mkdir(parents=True, exist_ok=True)
    where = "" if target == Path() else f" -C {target}"
    say(f"next: edit {target / 'feeds.yaml'}, then: digest{where} run")


def doctor(context: typer.Context, as_json: common.AsJson = False) -> None:
    """Say what is installed, which model and which archive are used, and what is wrong."""
    from digest.cli.diagnosis import diagnose

    findings = diagnose(context.obj)
    if as_json:
        common.show_json(
            [{"what": each.what, "is_fine": each.is_fine, "says": each.says} for each in findings]
        )
    else:
        for each in findings:
            show(f"{'ok   ' if each.is_fine else 'WRONG'}  {each.what}: {each.says}")
    wrong = [each for each in findings if not each.is_fine]
    if wrong:
        raise DigestError(f"{len(wrong)} of {len(findings)} checks found something wrong")
    if not as_json:
        say("all is well")
