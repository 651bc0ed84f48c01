"""`digest send`."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common
from digest.cli.checklist import before_sending, line_of
from digest.cli.common import say, show
from digest.cli.drafts import named, published
from digest.errors import ConfigError, DigestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.issues.sending import Mailing, Posted, SentFile
    from digest.ports import Platform
    from digest.records import Finding, Letter, Sending
    from digest.store import Store
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
    as_json: common.AsJson = False,
) -> None:
    """Make a draft of a published issue at a mail or publishing platform; send it only with --send."""
    folder: Path = context.obj
    if bool(to) == copy:
        raise typer.BadParameter("give a destination, or --copy", param_hint="--to")
    config = common.load(folder)
    with common.archive(folder, doing="digest send", must_exist=True) as store:
        name = named(store, issue) or published(store)
        letter = _letter(store, folder, config, name)
        _stop_for(before_sending(store, folder, config, name, asks=not no_links), anyway=anyway)
        if copy or to == "eml":
            path = _write_file(common.output_of(folder), letter, config, is_page=copy)
            if open_page:
                typer.launch(str(path))
            _tell({"issue": name, "to": to or "copy", "path": str(path)}, str(path), as_json=as_json)
            return
        from digest.workspace.destinations import destination_of

        destination = destination_of(config.settings.send, to)
        way = _mail if destination.kind == "smtp" else _post
        way(folder, config, destination, letter, Asked(really, yes, again, overwrite, as_json))


@dataclass(frozen=True)
class Asked:
    """How an issue is to be sent: the options of the command."""

    really: bool
    yes: bool
    again: bool
    overwrite: bool
    as_json: bool

    def confirm(self, question: str) -> bool:
        """Ask before anything goes to readers.

        Raises:
            DigestError: the answer is no, or there is nobody to ask.
        """
        if not self.really:
            return False
        if not self.yes and not typer.confirm(question, default=False, err=True):
            raise DigestError("nothing was sent; without questions: --send --yes")
        return True


def _letter(store: "Store", folder: Path, config: "Config", name: str) -> "Letter":
    from digest.issues.sending import published_letter

    return published_letter(store, common.output_of(folder), name, config.newsletter, now=common.utc_now())


def _stop_for(found: "Sequence[Finding]", *, anyway: bool) -> None:
    for each in found:
        say(line_of(each))
    if not anyway and any(each.is_serious for each in found):
        raise DigestError(
            "nothing was sent; mend what is serious and publish again, or send it all the same with: --anyway"
        )


def _tell(values: "Mapping[str, object]", text: str, *, as_json: bool) -> None:
    if as_json:
        common.show_json(values)
    else:
        show(text)


def _write_file(output: Path, letter: "Letter", config: "Config", *, is_page: bool) -> Path:
    """Write the issue as a message file, or as a page to copy from."""
    from email.policy import SMTP

    from digest.issues.sending import copy_page, draft_message, sent_path
    from digest.workspace.files import write_bytes, write_text

    if is_page:
        path = sent_path(output, letter.issue, ".copy.html")
        write_text(path, copy_page(letter), within=output)
        return path
    path = sent_path(output, letter.issue, ".eml")
    sender = next((each.sender for each in config.settings.send if each.sender), "")
    write_bytes(path, draft_message(letter, sender=sender).as_bytes(policy=SMTP), within=output)
    return path


def _key_of(destination: "Destination") -> str:
    """Read a destination's key from the environment.

    Raises:
        ConfigError: it is not there.
    """
    key = os.environ.get(destination.key_variable, "").strip()
    if not key:
        raise ConfigError(
            f"{destination.name}: no key; put it into the environment variable {destination.key_variable}"
        )
    return key


def _mail(folder: Path, config: "Config", destination: "Destination", letter: "Letter", asked: Asked) -> None:
    """Send mails; without --send, say who would get one, and write the draft."""
    import uuid

    from digest.adapters.smtp import SmtpServer
    from digest.issues.sending import Envelope, SentFile, mailed, mails_of, send_mails
    from digest.language.counts import counted

    output = common.output_of(folder)
    sent = SentFile(output, letter.issue)
    mailing = mailed(
        sent,
        letter,
        destination.name,
        destination.recipients,
        again=asked.again,
        new_key=lambda: str(uuid.uuid4()),
        now=common.utc_now(),
    )
    envelope = Envelope(destination.sender, destination.unsubscribe)
    mails = mails_of(letter, envelope, mailing, written_at=common.utc_now())
    left = counted(len(mails), "mail", "mails")
    if mails and asked.confirm(f"Send {left} of issue {letter.issue} by {destination.server}?"):
        server = SmtpServer(
            destination.name,
            destination.server,
            destination.smtp_port,
            security=destination.tls,
            user=destination.user,
            password=_key_of(destination) if destination.user else "",
            password_variable=destination.key_variable,
        )
        try:
            with common.progress_bars() as advance:
                mailing = send_mails(
                    server,
                    sent,
                    mailing,
                    mails,
                    envelope.address,
                    now=common.utc_now,
                    advance=lambda done, total: advance("send", done, total),
                )
        finally:
            server.close()
    elif mails:
        path = _write_file(output, letter, config, is_page=False)
        say(f"{left} would be sent with --send; nothing was; the issue as a draft: {path}")
    _tell_mailing(mailing, asked)


def _tell_mailing(mailing: "Mailing", asked: Asked) -> None:
    from digest.records.plain_values import to_json

    sending = mailing.sending
    refused, maybe = mailing.addresses("refused"), mailing.addresses("maybe")
    for each in sending.deliveries:
        if each.state == "refused":
            say(each.said)
    for address in maybe:
        say(f"{address}: may have been sent; to send it again: --again")
    if refused:
        say("mend these addresses in feeds.yaml, or take them out; the same command again tries them alone")
    accepted = len(mailing.addresses("accepted"))
    _tell(
        {"to": sending.to, "left": list(mailing.to_send), **to_json(sending)},
        f"{sending.to}: {accepted} sent, {len(refused)} refused, {len(maybe)} may have been sent, "
        f"{len(mailing.to_send) - len(set(refused) & set(mailing.to_send))} not tried",
        as_json=asked.as_json,
    )
    if asked.really and (refused or maybe):
        raise typer.Exit(1)


def _post(folder: Path, config: "Config", destination: "Destination", letter: "Letter", asked: Asked) -> None:
    """Make a draft at a platform; with --send, send it."""
    import asyncio

    from digest.issues.sending import SentFile
    from digest.records.plain_values import to_json

    sent = SentFile(common.output_of(folder), letter.issue)
    posted = asyncio.run(_posted(config, destination, letter, sent, asked))
    sending: Sending = posted.sending
    _tell(
        to_json(sending),
        f"{sending.to}: {posted.said}\n{sending.address}",
        as_json=asked.as_json,
    )


async def _posted(
    config: "Config", destination: "Destination", letter: "Letter", sent: "SentFile", asked: Asked
) -> "Posted":
    import uuid

    from digest.issues.sending import Wish, put_draft, send_draft

    platform = _platform(config, destination)
    try:
        wish = Wish(destination.name, destination.kind, asked.again, asked.overwrite)
        posted = await put_draft(
            platform, sent, letter, wish, new_key=lambda: str(uuid.uuid4()), now=common.utc_now
        )
        if asked.really:
            say(f"{destination.name}: {posted.said}: {posted.sending.address}")
            asked.confirm(f"Send issue {letter.issue} by {destination.name} to its readers?")
            posted = await send_draft(platform, sent, posted.sending, now=common.utc_now)
        return posted
    finally:
        await platform.close()


def _platform(config: "Config", destination: "Destination") -> "Platform":
    """Make the platform a destination is."""
    from digest.adapters.buttondown import Buttondown
    from digest.adapters.ghost import Ghost
    from digest.adapters.listmonk import Listmonk
    from digest.adapters.platform_server import PlatformServer
    from digest.workspace.destinations import BUTTONDOWN

    key = _key_of(destination)
    server = PlatformServer(
        destination.name,
        destination.url or BUTTONDOWN,
        key=key,
        key_variable=destination.key_variable,
        proxy=config.settings.proxy or None,
    )
    if destination.kind == "ghost":
        return Ghost(server, key, newsletter=destination.newsletter)
    if destination.kind == "listmonk":
        return Listmonk(
            server,
            destination.user,
            key,
            lists=destination.lists,
            template=destination.template,
            sender=destination.sender,
        )
    return Buttondown(server, key)
