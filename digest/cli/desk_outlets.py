"""Sending from the desk: what it is handed over of `digest send`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli import common, places
from digest.cli.checklist import before_sending_known, dead_of
from digest.cli.delivering import (
    Wanted,
    check_key,
    faults_of,
    letter_in,
    mail,
    post,
    question_of,
    sender_of,
    sending,
    still_to_get,
    summary_of,
    unsent,
    write_file,
)
from digest.errors import ConfigError

if TYPE_CHECKING:
    from digest.records import Letter
    from digest.review.outlets import Outlets, Ready
    from digest.store import Store
    from digest.workspace.destinations import Destination


def outlets_in(folder: Path) -> "Outlets":
    """Give the desk what it sends with; settings are read anew each time."""
    from digest.issues.sending import copy_page
    from digest.review.outlets import Outlets

    return Outlets(
        destinations=lambda: common.load(folder).settings.send,
        has_key=_has_key,
        check=lambda to, really: _check(folder, to, really=really),
        ready=lambda store, name, dead: _ready(store, folder, name, dead),
        dead_of=lambda addresses: dead_of(folder, common.load(folder), addresses),
        draft=lambda letter, to: _done(folder, letter, to),
        send=lambda letter, to, advance: _done(folder, letter, to, advance),
        question=lambda letter, to: _question(folder, letter, to),
        copy_page=copy_page,
        holder=lambda: sender_of(places.output_of(folder)),
    )


def _has_key(destination: "Destination") -> bool:
    try:
        check_key(destination, really=True)
    except ConfigError:
        return False
    return True


def _check(folder: Path, to: str, *, really: bool) -> None:
    from digest.workspace.destinations import FILE, destination_of

    if really or to != FILE:
        check_key(destination_of(common.load(folder).settings.send, to), really=really)


def _ready(store: "Store", folder: Path, name: str, dead: Mapping[str, str] | None) -> "Ready":
    from digest.review.outlets import Ready

    config = common.load(folder)
    letter = letter_in(store, folder, config, name)
    found, addresses = before_sending_known(store, folder, config, name, dead)
    return Ready(letter, found, addresses, "dead-link" in config.settings.serious)


def _question(folder: Path, letter: "Letter", to: str) -> tuple[str, Sequence[str] | None]:
    from digest.workspace.destinations import destination_of

    destination = destination_of(common.load(folder).settings.send, to)
    if destination.kind != "smtp":
        return question_of(destination, letter.issue), None
    left = still_to_get(places.output_of(folder), destination, letter, Wanted()).to_send
    return question_of(destination, letter.issue, len(left)), left


def _done(
    folder: Path, letter: "Letter", to: str, advance: Callable[[int, int], None] | None = None
) -> list[str]:
    """Make a draft or, where somebody is told how far it is, send it; gives what to say."""
    import asyncio

    from digest.workspace.destinations import FILE, destination_of

    config, output, really = common.load(folder), places.output_of(folder), advance is not None
    if to == FILE and not really:
        return [f"{FILE}: the message file is {write_file(output, letter, config, is_page=False)}"]
    destination = destination_of(config.settings.send, to)
    with sending(output):
        if destination.kind == "smtp":
            tell = advance or (lambda done, total: None)
            mailed = mail(
                output, config, destination, letter, Wanted(), confirms=lambda left: really, advance=tell
            )
            said = [f"{to}: {unsent(mailed)}"] if mailed.draft else [summary_of(mailed.mailing)]
            return [*said, *faults_of(mailed.mailing)]
        posted = asyncio.run(
            post(output, config, destination, letter, Wanted(), confirms=lambda posted: really)
        )
    return [f"{to}: {posted.said}"]
