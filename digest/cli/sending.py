"""`digest send`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.checklist import before_sending, line_of
from digest.cli.delivering import (
    Wanted,
    check_key,
    faults_of,
    letter_in,
    mail,
    post,
    question_of,
    sending,
    stop_for,
    summary_of,
    unsent,
    write_file,
)
from digest.cli.drafts import named, published
from digest.cli.printing import say, show
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.intake import Progress
    from digest.issues.sending import Posted
    from digest.records import Letter
    from digest.workspace.config import Config
    from digest.workspace.destinations import Destination

NoLinks = Annotated[bool, typer.Option("--no-links", help="Ask no address whether it leads anywhere.")]


def send(
    context: typer.Context,
    issue: Annotated[
        str,
        typer.Argument(
            metavar="[ISSUE]",
            callback=common.issue_name,
            help="Such as 20261122; default: the newest published one.",
        ),
    ] = "",
    to: Annotated[str, typer.Option("--to", help="A destination of settings.send, or eml.")] = "",
    copy: Annotated[
        bool, typer.Option("--copy", help="Write a page with a button that copies the issue.")
    ] = False,
    really: Annotated[
        bool, typer.Option("--send", help="Send it to its readers, not only as a draft; you are asked.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Another post, or another mail to those who may have theirs.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a draft that was changed at its platform.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Send it though the checklist has something serious.")
    ] = False,
    no_links: NoLinks = False,
    open_page: Annotated[bool, typer.Option("--open", help="Show the page in a browser.")] = False,
    as_json: printing.AsJson = False,
) -> None:
    """Make a draft of a published issue at a mail or publishing platform; send it only with --send."""
    from digest.workspace.destinations import FILE, destination_of

    folder: Path = context.obj
    if bool(to) == copy:
        raise typer.BadParameter("give a destination, or --copy", param_hint="--to")
    if really and (copy or to == FILE):
        raise typer.BadParameter(
            "only for a destination of settings.send: this makes a file", param_hint="--send"
        )
    config = common.load(folder)
    destination = None if copy or to == FILE else destination_of(config.settings.send, to)
    if destination:
        # Before addresses are asked, which takes long.
        check_key(destination, really=really)
    with places.archive(folder, doing="digest send", must_exist=True) as store:
        name = named(store, issue) or published(store)
        letter = letter_in(store, folder, config, name)
        found = before_sending(store, folder, config, name, asks=not no_links)
        for each in found:
            say(line_of(each))
        stop_for(found, anyway=anyway)
        if destination is None:
            path = write_file(places.output_of(folder), letter, config, is_page=copy)
            if open_page:
                typer.launch(str(path))
            _tell({"issue": name, "to": to or "copy", "path": str(path)}, str(path), as_json=as_json)
            return
        way = _mail if destination.kind == "smtp" else _post
        with sending(places.output_of(folder)):
            asked = Asked(really, yes, Wanted(again, overwrite), as_json)
            way(places.output_of(folder), config, destination, letter, asked)


@dataclass(frozen=True)
class Asked:
    """How an issue is to be sent: the options of the command."""

    really: bool
    yes: bool
    wanted: Wanted
    as_json: bool

    def confirm(self, question: str) -> bool:
        """Ask before anything goes to readers.

        Raises:
            DigestError: the answer is no, or there is nobody to ask.
        """
        if not self.really:
            return False
        if not self.yes and not _agrees(question):
            raise DigestError("nothing was sent; without questions: --send --yes")
        return True


def _agrees(question: str) -> bool:
    try:
        return typer.confirm(question, default=False, err=True)
    except typer.Abort:
        # Nobody is there to answer; the question's line is not ended.
        say("")
        return False


def _tell(values: "Mapping[str, object]", text: str, *, as_json: bool) -> None:
    if as_json:
        printing.show_json(values)
    else:
        show(text)


def _mail(output: Path, config: "Config", destination: "Destination", letter: "Letter", asked: Asked) -> None:
    """Send mails; without --send, say who would get one, and write the draft."""
    from contextlib import ExitStack

    from digest.records.plain_values import to_json

    with ExitStack() as open_:
        bars: list[Progress] = []

        def confirms(left: int) -> bool:
            is_sent = asked.confirm(question_of(destination, letter.issue, left))
            if is_sent:
                # Not before: nothing can be asked below a bar.
                bars.append(open_.enter_context(printing.progress_bars()))
            return is_sent

        mailed = mail(
            output,
            config,
            destination,
            letter,
            asked.wanted,
            confirms=confirms,
            advance=lambda done, total: bars[0]("send", done, total),
        )
    if mailed.draft:
        say(unsent(mailed, " with --send"))
    mailing = mailed.mailing
    faults = faults_of(mailing)
    for each in faults:
        say(each)
    _tell(
        {"to": destination.name, "left": list(mailing.to_send), **to_json(mailing.sending)},
        summary_of(mailing),
        as_json=asked.as_json,
    )
    if asked.really and faults:
        raise typer.Exit(1)


def _post(output: Path, config: "Config", destination: "Destination", letter: "Letter", asked: Asked) -> None:
    """Make a draft at a platform; with --send, send it."""
    import asyncio

    from digest.records.plain_values import to_json

    def confirms(posted: "Posted") -> bool:
        if asked.really:
            say(f"{destination.name}: {posted.said}: {posted.sending.address}")
        return asked.confirm(question_of(destination, letter.issue))

    posted = asyncio.run(post(output, config, destination, letter, asked.wanted, confirms=confirms))
    _tell(
        to_json(posted.sending),
        f"{posted.sending.to}: {posted.said}\n{posted.sending.address}",
        as_json=asked.as_json,
    )
