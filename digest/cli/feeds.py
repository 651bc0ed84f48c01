"""`digest feeds ...`: the list of feeds, its health, and OPML both ways."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, inputs, machinery, places, printing
from digest.cli.feed_finding import find_feed
from digest.cli.printing import say, show
from digest.errors import ConfigError, DigestError
from digest.language.counts import counted
from digest.language.screen import in_xml
from digest.language.secrecy import (
    login_in,
    secretless_url,
    shown_given,
    shown_text,
    shown_url,
    with_login,
)

if TYPE_CHECKING:
    from digest.feeds.credentials import Credentials
    from digest.feeds.reading import FeedReading
    from digest.records import Feed, Page, ParsedFeed
    from digest.store import Store
    from digest.workspace.config import Config

MOST_LIST = 20_000_000
"""Bytes of an OPML file; the largest of 59 known ones has 1,000,000."""

OTHER_SCHEME = re.compile(r"(?:about|blob|data|file|javascript|mailto|news|tel|urn|vbscript):", re.IGNORECASE)
"""What would else be taken for a name and a password, as in `me:secret@example.org`."""

MAILS_TRIED = 3
"""Mails that are read of a mailbox before it is added, the newest: enough to see that it is one."""

app = typer.Typer(help="The feeds: health, discovery, OPML.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context, as_json: printing.AsJson = False) -> None:
    """List the feeds of feeds.yaml."""
    from digest.records.plain_values import to_json

    feeds = common.load(context.obj).feeds
    if as_json:
        printing.show_json([{**to_json(feed), "url": shown_url(feed.url)} for feed in feeds])
        return
    rows = [(feed.title or "", feed.kind, ", ".join(feed.tags), shown_url(feed.url)) for feed in feeds]
    printing.show_table(("title", "kind", "tags", "url"), rows)


@app.command()
def check(
    context: typer.Context,
    fix: Annotated[
        bool, typer.Option("--fix", help="Change feeds.yaml where a feed has moved for good.")
    ] = False,
    as_json: printing.AsJson = False,
) -> None:
    """Ask every feed and say how it does; keeps nothing. Ends 1 if one is broken."""
    config = common.load(context.obj)
    readings = _read_all(config)
    rows = [_health(reading) for reading in readings]
    if as_json:
        names = ("url", "status", "entries", "problem", "moved_to")
        printing.show_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        table = [
            (status, entries, " · ".join(filter(None, (problem, moved and f"moved to {moved}"))), url)
            for url, status, entries, problem, moved in rows
        ]
        printing.show_table(("status", "entries", "says", "url"), table)
    # Sites that give a feed up lead from its address to their front page: that is none to follow.
    moved = [reading for reading in readings if reading.moved_to and not reading.error]
    if fix:
        _fix(context.obj, moved)
    elif moved:
        have = counted(len(moved), "feed has", "feeds have")
        say(f"{have} moved for good; change feeds.yaml with: digest feeds check --fix")
    if broken := [reading for reading in readings if reading.error]:
        are = "is" if len(broken) == 1 else "are"
        raise DigestError(f"{len(broken)} of {counted(len(readings), 'feed', 'feeds')} {are} broken")


@app.command()
def add(
    context: typer.Context,
    address: Annotated[
        str,
        typer.Argument(help="A feed's address, or a site's, whose feed, sitemap or links are looked for."),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            help="articles, roundup (links of newsletters), sitemap, page or mail; else what is found first."
        ),
    ] = None,
    select: Annotated[str, typer.Option(help="Of a page: a CSS selector of its links.")] = "",
    title: Annotated[str | None, typer.Option(help="Your name for it.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="May be given several times.")] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=env:VAR",
            help="Of a paid source: a header, and the variable that holds it. May be given several times.",
        ),
    ] = None,
    cookie: Annotated[
        str, typer.Option(metavar="env:VAR", help="Of a paid source: the variable that holds its cookie.")
    ] = "",
    password: Annotated[
        str, typer.Option(metavar="env:VAR", help="Of a mail server: the variable that holds its password.")
    ] = "",
) -> None:
    """Add a feed to feeds.yaml, after reading it once.

    Headers and cookies are sent to the feed's own host alone, and never written: only the names of the
    variables are.
    """
    from dataclasses import replace

    from digest.records import Feed
    from digest.workspace.feeds_file import add_feed

    kinds = ("articles", "roundup", "sitemap", "page", "mail")
    if kind not in (None, *kinds):
        raise typer.BadParameter(f"--kind: expected {', '.join(kinds)}, got {kind!r}")
    if select and kind not in (None, "page"):
        raise typer.BadParameter("--select: only for --kind page")
    if password and kind != "mail":
        raise typer.BadParameter("--password: only for --kind mail")
    config = common.load(context.obj)
    if kind == "mail":
        held = _variable(password, "--password") if password else ""
        box = Feed(address.strip(), "mail", title, tuple(tag or ()), password=held)
        _add_mailbox(context.obj, box, config)
        return
    wanted, address = "page" if select else kind, _web_address(address)
    locked = Feed(address, headers=_variables_of(header or ()), cookie=_variable(cookie, "--cookie"))
    access = _access_of(locked)
    page, parsed, kind = find_feed(address, lambda each: inputs.page_of(each, config, access), wanted, select)
    _raise_if_elsewhere(access, page)
    _raise_if_there(context.obj, page, config)
    url = page.url
    named = title or parsed.title or None
    feed = replace(
        locked,
        url=url,
        kind=kind,  # type: ignore[arg-type]
        title=named,
        tags=tuple(tag or ()),
        selector=select,
    )
    add_feed(context.obj, feed)
    _show_added(feed, page, parsed)


def _add_mailbox(folder: Path, feed: "Feed", config: "Config") -> None:
    """Add a mailbox, a path in the workspace or imaps://user@host/folder, after reading its newest mails.

    Raises:
        DigestError: feeds.yaml would be wrong with it, or it cannot be read; nothing is written.
    """
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from digest.workspace.config import FEEDS_FILE
    from digest.workspace.feeds_file import add_feed
    from digest.workspace.files import read_text, write_text

    with TemporaryDirectory() as trial:
        # What is wrong with its address is said before anybody is asked with it.
        write_text(Path(trial) / FEEDS_FILE, read_text(folder / FEEDS_FILE))
        add_feed(Path(trial), feed)
    (reading,) = _read_all(replace(config, feeds=(replace(feed, limit=MAILS_TRIED),)))
    if reading.error:
        raise reading.error
    add_feed(folder, feed)
    read = (
        f"{counted(reading.entries, 'mail', 'mails')} tried, {counted(len(reading.links), 'link', 'links')}"
    )
    show(f"added {shown_url(feed.url)} as a mailbox: {read}")
    if reading.problem:
        say(f"{shown_url(feed.url)}: {shown_text(reading.problem)}")


def _show_added(feed: "Feed", page: "Page", parsed: "ParsedFeed") -> None:
    """Say what was added, and what is odd about it."""
    from digest.feeds.reading import permanent_target

    url = shown_url(feed.url)
    what = {"sitemap": " as a sitemap", "page": " as a page of links"}.get(feed.kind, "")
    show(f"added {url}{what}: {feed.title or 'without title'}, {len(parsed.entries)} entries now")
    if parsed.is_cut:
        say(
            f"{url}: cut short: only its {len(parsed.entries)} whole entries could be read ({parsed.problem})"
        )
    elif parsed.problem:
        say(f"{url}: read as far as it goes: {parsed.problem}")
    if moved_to := permanent_target(page):
        say(f"{url}: has moved for good to {shown_url(moved_to)}; follow it with: digest feeds check --fix")


@app.command("import")
def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(parser=common.path_of, metavar="FILE", help="An OPML file.")],
) -> None:
    """Add the feeds of an OPML file to feeds.yaml; those that are there already stay as they are."""
    from digest.feeds.asking import MAX_READ_S
    from digest.feeds.opml import read_opml
    from digest.language.addresses import address_key
    from digest.workspace.feeds_file import add_feeds

    with machinery.a_worker() as call:
        listed = inputs.bytes_of(path, most_bytes=MOST_LIST)
        found = call(read_opml, listed, name=str(path), of=str(path), max_s=MAX_READ_S)
    # Feeds of two accounts may differ by the login alone.
    known = {(address_key(feed.url), login_in(feed.url)) for feed in common.load(context.obj).feeds}
    new: list[Feed] = []
    for feed in found:
        if (key := (address_key(feed.url), login_in(feed.url))) not in known:
            known.add(key)
            new.append(feed)
    add_feeds(context.obj, new)
    show(
        f"{len(found)} feeds in {path}: {len(new)} added, "
        f"{len(found) - len(new)} known already or listed twice"
    )


@app.command()
def export(
    context: typer.Context,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Leave logins and secret parameters in the addresses.")
    ] = False,
) -> None:
    """Print the feeds as OPML, without logins and secret parameters in their addresses."""
    from digest.feeds.opml import write_opml

    config = common.load(context.obj)
    opml = write_opml(config.feeds, title=config.newsletter.title, with_secrets=with_secrets)
    printing.show_data(opml, in_xml)
    if boxes := sum(not feed.is_web for feed in config.feeds):
        say(f"left out: {counted(boxes, 'mailbox', 'mailboxes')}, to which no other program could subscribe")
    if locked := sum(bool(feed.headers or feed.cookie) for feed in config.feeds):
        are = counted(locked, "feed is", "feeds are")
        say(f"the headers and cookies that {are} asked with have no place here")
    left_out = sum(secretless_url(feed.url) != feed.url for feed in config.feeds)
    if left_out and not with_secrets:
        say(f"secrets were left out of {left_out} addresses; have them with: --with-secrets")


def _read_all(config: "Config") -> "list[FeedReading]":
    import asyncio
    import os

    from digest.adapters.workers import worker_processes
    from digest.feeds.asking import MAX_READ_S, read_feeds
    from digest.records import FeedState

    states = {feed.url: FeedState() for feed in config.feeds}
    with worker_processes(max_call_s=MAX_READ_S) as workers:
        return asyncio.run(
            read_feeds(
                config,
                states,
                lambda: machinery.fetcher_of(config),
                since=None,
                workers=workers,
                mailboxes=machinery.mailboxes_of(config),
                environ=os.environ,
            )
        )


def _health(reading: "FeedReading") -> tuple[str, str, str, str, str]:
    problem = reading.error.reason if reading.error else reading.problem
    status = "broken" if reading.error else "ok"
    moved_to = shown_url(reading.moved_to)
    return shown_url(reading.feed.url), status, str(reading.entries), shown_text(problem), moved_to


def _fix(folder: Path, moved: "Sequence[FeedReading]") -> None:
    """Change the addresses of feeds that have moved, in feeds.yaml and in the archive, where there is one."""
    if not moved or not places.has_archive(folder):
        _follow(folder, moved, None)
        return
    with places.archive(folder, doing="digest feeds check") as store:
        _follow(folder, moved, store)


def _follow(folder: Path, moved: "Sequence[FeedReading]", store: "Store | None") -> None:
    from digest.feeds.logins import site_of
    from digest.workspace.feeds_file import replace_feed_url

    for reading in moved:
        feed = reading.feed
        if (feed.headers or feed.cookie) and site_of(reading.moved_to) != site_of(feed.url):
            say(
                f"left as it is: {shown_url(feed.url)} has moved to {shown_url(reading.moved_to)}, which is "
                "another site: its headers and cookie would be sent there; change its address yourself if "
                "they belong there"
            )
            continue
        new = _moved_feed(reading)
        try:
            replace_feed_url(folder, feed.url, new)
        except ConfigError as error:
            say(f"left as it is: {error}")
            continue
        if store:
            store.links.move_feed(feed.url, new)
        say(f"feeds.yaml: {shown_url(feed.url)} is now {shown_url(reading.moved_to)}")


def _moved_feed(reading: "FeedReading") -> str:
    """Give the address of a feed that has moved; within its site it keeps the login it is asked with."""
    from digest.feeds.fetch import login_of

    login = login_of(reading.feed.url)
    is_same_site = login is not None and login.fits(reading.moved_to)
    return with_login(reading.moved_to, login_in(reading.feed.url)) if is_same_site else reading.moved_to


def _raise_if_there(folder: Path, page: "Page", config: "Config") -> None:
    """Stop where feeds.yaml has the feed already, under this address or another that leads to it.

    What the archive knows of the other feeds is taken from there; the rest are asked.

    Raises:
        ConfigError: it is there.
    """
    from dataclasses import replace

    from digest.language.addresses import address_key

    own = {address_key(page.url), address_key(page.final_url)}
    own_login = login_in(page.url)
    known = [
        (feed, leads_to)
        for feed, leads_to in _where_feeds_lead(folder, config)
        # Feeds of two accounts may differ by the login alone.
        if not own_login or login_in(feed.url) in ("", own_login)
    ]
    for feed, leads_to in known:
        if address_key(feed.url) == address_key(page.url):
            raise ConfigError(f"feeds.yaml: {shown_url(page.url)} is there already; see: digest feeds list")
        if address_key(feed.url) in own:
            raise ConfigError(f"feeds.yaml: {page.url} is there already: it leads to {feed.url}")
        if leads_to and address_key(leads_to) in own:
            raise ConfigError(_moved(page.url, feed.url))
    asked = tuple(feed for feed, leads_to in known if leads_to is None and feed.is_web)
    for reading in _read_all(replace(config, feeds=asked)) if asked else ():
        if reading.page and address_key(reading.page.final_url) in own:
            if reading.moved_to:
                raise ConfigError(_moved(page.url, reading.feed.url))
            raise ConfigError(f"feeds.yaml: {page.url} is there already: {reading.feed.url} leads to it")


def _moved(url: str, known: str) -> str:
    return (
        f"feeds.yaml: {url} is there already under the address it moved from, {known}; follow it with: "
        "digest feeds check --fix"
    )


def _where_feeds_lead(folder: Path, config: "Config") -> "Iterator[tuple[Feed, str | None]]":
    """Give each feed with where it had moved when a run read it last: empty for nowhere, None if unread."""
    if not config.feeds or not places.has_archive(folder):
        yield from ((feed, None) for feed in config.feeds)
        return
    with places.archive(folder) as store:
        known = [(feed, store.links.moved_to(feed.url)) for feed in config.feeds]
    yield from known


def _web_address(typed: str) -> str:
    """Give the address that was typed; https where it has no scheme.

    Raises:
        DigestError: it is none, which is said before anything is asked.
    """
    from digest.language.addresses import is_host_name, is_web_address

    typed = typed.strip()
    address = typed if "://" in typed else f"https://{typed}"
    if OTHER_SCHEME.match(typed) or not is_web_address(address) or not is_host_name(address):
        raise DigestError(
            f"feeds add: expected an address such as https://example.org/feed, got {shown_given(typed)!r}"
        )
    return address


def _variables_of(given: "Sequence[str]") -> tuple[tuple[str, str], ...]:
    """Read headers that were typed as NAME=env:VAR.

    Raises:
        ConfigError: one is not so; what was typed is not repeated, as it may be the secret itself.
    """
    from digest.workspace.config_values import is_header_name

    found = []
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not is_header_name(name.strip()):
            raise ConfigError(
                "--header: expected NAME=env:VAR, such as X-Api-Key=env:PAPER_KEY, and no header that is set "
                "elsewhere (Host, Cookie)"
            )
        found.append((name.strip(), _variable(value, f"--header {name.strip()}")))
    return tuple(found)


def _variable(value: str, option: str) -> str:
    """Check that a value names a variable.

    Raises:
        ConfigError: it does not.
    """
    from digest.workspace.config_values import is_variable

    value = value.strip()
    if value and not is_variable(value):
        raise ConfigError(
            f"{option}: expected env:NAME, the variable that holds it; a value in clear would stand in "
            "feeds.yaml, its backups and the shell's history; nothing was asked or written"
        )
    if not value and option != "--cookie":
        raise ConfigError(f"{option}: expected env:NAME, the variable that holds it, got nothing")
    return value


def _access_of(feed: "Feed") -> "Credentials | None":
    """Look up what a feed is asked with.

    Raises:
        FeedError: a variable is not set.
    """
    import os

    from digest.feeds.credentials import credentials_of

    return credentials_of(feed, os.environ)


def _raise_if_elsewhere(access: "Credentials | None", page: "Page") -> None:
    """Stop where the feed that was found is not of the site whose credentials were given.

    Raises:
        ConfigError: they would go to a host that nobody named.
    """
    found = next((url for url in (page.url, page.final_url) if access and not access.fits(url)), None)
    if found is not None:
        raise ConfigError(
            f"{shown_url(found)}: the feed found is of another host, to which neither header nor cookie "
            "was sent; if they belong there, give the feed's own address"
        )
