"""What `digest doctor` looks at. Each check says what it found; none changes anything."""

import json
import platform
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from digest import __version__
from digest.errors import ConfigError, DigestError
from digest.language.counts import counted
from digest.language.secrecy import secretless_url, shown_text, shown_url

if TYPE_CHECKING:
    from digest.adapters.local_servers import LocalServer, Usual
    from digest.workspace.config import Config

Read = TypeVar("Read")

SHOWN = 5
"""Faults of the archive, or models of a program, that are named."""

PACKAGES = (
    "feedparser", "trafilatura", "sentence-transformers", "scikit-learn", "markdown-it-py", "torch", "httpx2",
    "sqlalchemy",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One line of the diagnosis."""

    what: str
    is_fine: bool
    says: str


def diagnose(workspace: Path, *, usual: "Sequence[Usual] | None" = None) -> list[Finding]:
    """Look at the installation, the workspace, the models and the archive.

    Args:
        workspace: The folder.
        usual: Where programs with language models are looked for; None for their usual ports.
    """
    return [
        Finding("digest", True, f"{__version__}, Python {platform.python_version()}"),
        *map(_package, PACKAGES),
        _checked("feeds.yaml", lambda: _feeds(workspace)),
        _checked("prompts", lambda: _prompts(workspace)),
        _checked("model", lambda: _model(workspace)),
        *_language_model(workspace),
        *_local_models(usual),
        _checked("archive", lambda: _archive(workspace)),
        _checked("output", lambda: _output(workspace / "output")),
    ]


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, f"not installed; pip install {name}")


def _checked(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except DigestError as error:
        return Finding(what, False, shown_text(str(error)))


def _feeds(workspace: Path) -> str:
    from digest.workspace.config import FEEDS_FILE, load_config

    config = load_config(workspace)
    proxy = config.settings.proxy
    addresses = [*(feed.url for feed in config.feeds), proxy]
    is_open = (workspace / FEEDS_FILE).stat().st_mode & 0o077
    return ", ".join(
        [
            counted(len(config.feeds), "feed", "feeds"),
            f"language {config.newsletter.language}",
            *([f"proxy {shown_url(proxy)}"] if proxy else []),
            *(
                ["holds secrets and can be read by others: chmod 600 feeds.yaml"]
                if is_open and any(secretless_url(each) != each for each in addresses)
                else []
            ),
        ]
    )


def _prompts(workspace: Path) -> str:
    """Read every file in prompts/, those too that only a language model's commands read."""
    from digest.analysis.by_model.issue_words import OPENING, REVIEW, compile_piece
    from digest.analysis.by_model.requests import compile_analyze
    from digest.workspace.model_prompts import ISSUE_PROMPT, REVIEW_PROMPT, load_model_prompt
    from digest.workspace.prompt_files import load_patterns, load_reasons, load_themes

    def counted_in(load: Callable[[Path], Sized]) -> int:
        return _or_none(lambda: len(load(workspace)), problems) or 0

    problems: list[str] = []
    themes, patterns = counted_in(load_themes), counted_in(load_patterns)
    counted_in(load_reasons)
    _or_none(lambda: compile_analyze(load_model_prompt(workspace)), problems)
    _or_none(lambda: compile_piece(load_model_prompt(workspace, ISSUE_PROMPT), OPENING), problems)
    _or_none(lambda: compile_piece(load_model_prompt(workspace, REVIEW_PROMPT), REVIEW), problems)
    if problems:
        raise ConfigError(problems)
    return f"{themes} themes, {patterns} patterns"


def _or_none(read: Callable[[], Read], problems: list[str]) -> Read | None:
    """Read something; what is wrong with it goes to the problems."""
    try:
        return read()
    except ConfigError as error:
        problems += error.problems
        return None


def _model(workspace: Path) -> str:
    from digest.adapters.sentence_transformers import (
        SentenceTransformerEmbedder,
        is_packaged,
        packaged_model_folder,
    )
    from digest.workspace.config import load_config

    packaged_model_folder()
    packaged = f"{SentenceTransformerEmbedder().model_id}, packaged; its weights have the published SHA-256"
    # What is wrong with feeds.yaml is told once, under its name.
    config = _or_none(lambda: load_config(workspace), [])
    name = config.settings.model if config else ""
    if is_packaged(name):
        return packaged
    return f"{packaged}; for similarity and search {name} (looked for when it is first used)"


def _language_model(workspace: Path) -> Iterator[Finding]:
    """Look at the language model that settings name, if they do; nothing is asked of it."""
    from digest.workspace.config import load_config

    try:
        config = load_config(workspace)
    except DigestError:
        # It is told of under feeds.yaml.
        return
    if config.settings.language_model:
        yield _checked("language model", lambda: _named(workspace, config))


def _named(workspace: Path, config: "Config") -> str:
    from digest.cli.language_models import language_model_of

    return (
        f"{language_model_of(workspace, config).model_id}; to ask it three questions: digest doctor --model"
    )


def _local_models(usual: "Sequence[Usual] | None") -> list[Finding]:
    """Name what serves language models on this machine, and what to write into feeds.yaml for it."""
    import asyncio

    from digest.adapters.local_servers import USUAL, local_servers

    found = asyncio.run(local_servers(USUAL if usual is None else usual))
    return [Finding(each.program, True, _served(each)) for each in found] or [
        Finding("local language models", True, "none answers on its usual port")
    ]


def _served(server: "LocalServer") -> str:
    if not server.models:
        return f"answers at {server.url}, without a model yet"
    more = f" and {len(server.models) - SHOWN} more" if len(server.models) > SHOWN else ""
    names = ", ".join(server.models[:SHOWN]) + more
    return "\n".join(
        [
            f"answers at {server.url} with {names}; in feeds.yaml's settings:",
            f"         language_model: {_as_yaml(f'{server.provider}:{server.models[0]}')}",
            f"         language_model_url: {server.url}",
        ]
    )


def _as_yaml(text: str) -> str:
    """Write a text as a value of YAML, in quotes where it could be read as something else."""
    return text if re.fullmatch(r"[a-z]+:[\w./:@+-]*\w", text, re.ASCII) else json.dumps(text)


def _archive(workspace: Path) -> str:
    from digest.cli.places import archive_address, archive_name, has_archive
    from digest.store.foreign import is_archive
    from digest.store.soundness import faults_of

    if not has_archive(workspace):
        return f"none yet ({archive_name(workspace)}); made by the first run"
    if archive_address(workspace):
        return _database(workspace)
    path = workspace / "output" / "archive.db"
    # Before it is opened for use, which would bring an older one up to date.
    if is_archive(path) and (faults := faults_of(path)):
        what = "; ".join(faults[:SHOWN]) + ("; and more" if len(faults) > SHOWN else "")
        raise DigestError(
            f"{path}: not as digest makes it: {what}; put a backup in its place: digest restore FILE --anyway"
            "; without one, move it away, run digest again, and import the entries"
        )
    return _counted(workspace, f"{path}, whole and as digest makes it", f"SQLite {sqlite3.sqlite_version}")


def _database(workspace: Path) -> str:
    from digest.cli.places import archive_name, opened_store

    name = archive_name(workspace)
    with opened_store(workspace) as store:
        server, faults = store.server()
    if faults:
        what = "; ".join(faults[:SHOWN]) + ("; and more" if len(faults) > SHOWN else "")
        raise DigestError(f"{name}: not as digest makes it: {what}")
    return _counted(workspace, f"{name}, with the tables digest makes", server)


def _counted(workspace: Path, *says: str) -> str:
    from digest.cli.places import opened_store

    with opened_store(workspace) as store:
        articles, drafts = len(store.articles.known_ids()), len(store.drafts.drafts())
        last = store.drafts.last_run()
    name, engine = says
    told = [counted(articles, "article", "articles"), counted(drafts, "draft", "drafts")]
    return ", ".join([name, *told, *_last_run(last), engine, *_kept(workspace)])


def _kept(workspace: Path) -> Iterator[str]:
    """Say what the archive keeps that usually lies in folders."""
    from digest.cli.places import drafts_in, pages_in

    if pages_in(workspace) == "archive":
        yield "pages kept in it"
    if drafts_in(workspace) == "archive":
        yield "drafts as it has them"


def _last_run(last: object) -> Iterator[str]:
    if isinstance(last, tuple):
        started, finished = last
        yield f"last run {started:%Y-%m-%d %H:%M} UTC" + ("" if finished else " (did not end by itself)")


def _output(output: Path) -> str:
    import os

    folder = next(path for path in (output, *output.absolute().parents) if path.exists())
    if not os.access(folder, os.W_OK):
        raise DigestError(f"{folder}: cannot be written")
    return f"{folder} can be written"
