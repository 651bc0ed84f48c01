"""What several commands need of the workspace and of how they are typed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from digest.workspace.config import Config


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


SHOWN = 5
"""Names that are told of those that the beginning of an id stands for."""


def raise_if_several(name: str, found: Sequence[str], what: str) -> None:
    """Stop where what was typed stands for more than one.

    Raises:
        DigestError: with the first of them.
    """
    from digest.errors import DigestError

    if len(found) > 1:
        shown = ", ".join(found[:SHOWN]) + (" and others" if len(found) > SHOWN else "")
        raise DigestError(f"{name}: stands for {len(found)} {what}: {shown}; give more of the id")


def path_of(typed: str) -> Path:
    """Take what was typed as a path.

    Raises:
        typer.BadParameter: it was left empty (an empty variable of a script), which would be this folder.
    """
    if not typed:
        raise typer.BadParameter("expected a path, got nothing")
    return Path(typed)


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
