"""`digest init` and `digest doctor`."""

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.printing import say, show
from digest.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.cli.diagnosis import Finding


def init(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(parser=common.path_of, metavar="[DIR]", help="Default: this folder.")
    ] = None,
) -> None:
    """Make a workspace: feeds.yaml, prompts/ and output/. Files that are there are left alone."""
    from digest.workspace.files import write_text
    from digest.workspace.prompt_files import default_files

    target: Path = folder or context.obj
    if target.exists() and not target.is_dir():
        raise DigestError(f"{target}: expected a folder, or the name of a new one, got a file")
    for name, text in default_files().items():
        path = target / name
        # Nor is a link followed that leads nowhere yet.
        if os.path.lexists(path):
            say(f"kept   {path}")
        else:
            write_text(path, text)
            show(f"made   {path}")
    places.output_of(target).mkdir(parents=True, exist_ok=True)
    where = "" if target == Path() else f" -C {shlex.quote(str(target))}"
    say(f"next: edit {target / 'feeds.yaml'}, then: digest{where} run")


def doctor(
    context: typer.Context,
    as_json: printing.AsJson = False,
    asks_model: Annotated[
        bool,
        typer.Option(
            "--model",
            help="Ask the language model three questions: is it there, does it heed a schema, is it good.",
        ),
    ] = False,
) -> None:
    """Say what is installed, which models and which archive are used, and what is wrong."""
    from digest.cli.diagnosis import diagnose

    findings = []
    for each in _probed(context.obj) if asks_model else diagnose(context.obj):
        findings.append(each)
        if not as_json:
            # What else is wrong stands below; what is to be copied brings its own room.
            says = re.sub(r"\n(?! )", "\n       ", each.says)
            show(f"{'ok   ' if each.is_fine else 'WRONG'}  {each.what}: {says}")
    if as_json:
        printing.show_json(
            [{"what": each.what, "is_fine": each.is_fine, "says": each.says} for each in findings]
        )
    wrong = [each for each in findings if not each.is_fine]
    if wrong:
        raise DigestError(f"{len(wrong)} of {len(findings)} checks found something wrong")
    if not as_json:
        say("all is well")


def _probed(folder: Path) -> "Iterator[Finding]":
    """Ask the language model that settings name; an archive that is there keeps what it did cost."""
    from contextlib import nullcontext

    from digest.cli.language_models import RECORDED, kept_model_of, language_model_of, nanodollars, price_in
    from digest.cli.model_probe import probe
    from digest.cli.probe_article import grade, question

    config = common.load(folder)
    name = config.settings.language_model
    if name.startswith(RECORDED):
        raise ConfigError(f"{name}: recorded answers; there is no model to ask")
    asked = question(folder, config.newsletter.language)
    most = nanodollars(config.settings.budget.run)
    model = language_model_of(folder, config)
    has_archive = places.has_archive(folder)
    with places.archive(folder) if has_archive else nullcontext() as store:
        kept = kept_model_of(model, config, store, purpose="probe") if store else model
        yield from probe(kept, price_in(config), asked, grade, most=most)
