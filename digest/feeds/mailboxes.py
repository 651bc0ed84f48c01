"""Mails to links: read a mailbox, find the articles in its mails, and ask click trackers where they lead."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from datetime import datetime

from digest.errors import FetchError, ItemError
from digest.feeds.hosts import Hosts
from digest.feeds.mails import is_kept_link, read_mail
from digest.feeds.trackers import is_click_tracker
from digest.language.addresses import address_key
from digest.language.counts import counted
from digest.ports import Mailboxes
from digest.records import ATTACHED, Feed, Link, Mail, MailAttachment, MailLink, Origin, Page, RawMail

MAX_NAMED = 5
"""Mails without a link that are named one by one."""

MAX_SUBJECT = 80
"""Characters of a subject in what is said of a mail."""


@dataclass(frozen=True)
class MailReading:
    """What the new mails of a mailbox gave."""

    links: tuple[Link, ...]
    texts: tuple[Page, ...]
    """Of each mail, to be kept."""
    problem: str
    """What was left out and why; empty if nothing."""
    pdfs: tuple[Page, ...] = ()
    """Attached to them, to be kept: nobody else can be asked for them."""
    refused: tuple[tuple[str, int], ...] = ()
    """Keys and sizes of mails too large to be read, which are to be remembered."""


async def read_mailbox(
    feed: Feed,
    mailboxes: Mailboxes,
    hosts: Hosts,
    workers: Executor,
    *,
    since: datetime | None,
    most: int,
    known: frozenset[str],
    now: Callable[[], datetime],
) -> MailReading:
    """Read the new mails of a mailbox, and find where their links lead.

    Args:
        feed: Its line in feeds.yaml.
        mailboxes: Opens it.
        hosts: Asks click trackers.
        workers: Where mails are read.
        since: Mails sent before are left out; None for all.
        most: At most so many mails, the newest.
        known: Keys of mails read in earlier runs.
        now: The clock, for the date of the kept texts.

    Raises:
        ItemError: it cannot be opened.
    """
    answer = await asyncio.to_thread(mailboxes.read, feed, since=since, most=most, known=known)
    mails: list[Mail] = []
    unreadable = 0
    for raw in answer.mails:
        try:
            mails.append(await _read(raw, feed, workers))
        except (ItemError, BrokenExecutor, TimeoutError, MemoryError):
            unreadable += 1
    targets = await _targets(mails, hosts)
    links, without = _links(mails, targets, feed)
    pdfs = [each for mail in mails for each in _attached(mail, at=now())]
    lost = [f"{counted(unreadable, 'mail', 'mails')} could not be read"] if unreadable else []
    pages = tuple(_text_of(mail, at=now()) for mail in mails)
    problem = "; ".join(filter(None, (answer.problem, *lost, _named(without))))
    return MailReading(links, pages, problem, tuple(pdfs), answer.refused)


async def _read(raw: RawMail, feed: Feed, workers: Executor) -> Mail:
    return await asyncio.wrap_future(workers.submit(read_mail, raw.body, url=feed.url))


async def _targets(mails: Sequence[Mail], hosts: Hosts) -> dict[str, str]:
    """Ask every click tracker once; one that cannot be asked is left out, and fetching says why."""
    trackers = dict.fromkeys(link.url for mail in mails for link in mail.links if link.is_tracked)

    async def target_of(url: str) -> str:
        try:
            return await hosts.target_of(url, leads_on=is_click_tracker)
        except FetchError:
            return ""

    found = await asyncio.gather(*map(target_of, trackers))
    return {url: target for url, target in zip(trackers, found, strict=True) if target}


def _links(mails: Sequence[Mail], targets: dict[str, str], feed: Feed) -> tuple[tuple[Link, ...], list[Mail]]:
    """Give the links of mails, and the mails that have none."""
    found: list[Link] = []
    without: list[Mail] = []
    for mail in mails:
        of_mail: dict[str, tuple[str, MailLink]] = {}
        for link in mail.links:
            url = targets.get(link.url, link.url)
            is_told = link.url in targets and (url != link.url or not is_click_tracker(url))
            if is_told and not is_kept_link(url, link.title, mail.own_hosts, is_tracked=False):
                continue
            key = address_key(url)
            before = of_mail.get(key)
            if before is None or len(link.title) > len(before[1].title):
                of_mail[key] = (before[0] if before else url, link)
        origin = Origin(mail.subject, mail.url)
        found += [
            Link(url, link.title, origin, feed.url, len(found) + place, mail.published)
            for place, (url, link) in enumerate(of_mail.values())
        ]
        found += [
            Link(_address_of(mail, each), each.title, origin, feed.url, len(found) + place, mail.published)
            for place, each in enumerate(mail.pdfs)
        ]
        if not of_mail and not mail.pdfs:
            without.append(mail)
    return tuple(found), without


def _named(mails: Sequence[Mail]) -> str:
    """Name mails of which nothing was taken: the editor may want to look at them."""
    if not mails:
        return ""
    names = ", ".join(f"'{mail.subject[:MAX_SUBJECT]}' of {mail.sender}" for mail in mails[:MAX_NAMED])
    more = f" and {len(mails) - MAX_NAMED} more" if len(mails) > MAX_NAMED else ""
    return f"no link to an article found in {counted(len(mails), 'mail', 'mails')}: {names}{more}"


def _address_of(mail: Mail, attached: MailAttachment) -> str:
    """Give an address that only this archive knows: a draft may have it, and no page that is published."""
    return f"{ATTACHED}{mail.key.removeprefix('mail:')}/{attached.name}"


def _attached(mail: Mail, *, at: datetime) -> list[Page]:
    kind = (("content-type", "application/pdf"),)
    urls = [_address_of(mail, each) for each in mail.pdfs]
    return [Page(url, url, 200, kind, each.body, at) for url, each in zip(urls, mail.pdfs, strict=True)]


def _text_of(mail: Mail, *, at: datetime) -> Page:
    """Give a mail's text as a page to be kept; its addresses are not in it, which name the reader."""
    text = f"{mail.subject}\n{mail.sender}\n\n{mail.text}"
    kind = (("content-type", "text/plain; charset=utf-8"),)
    return Page(mail.key, mail.key, 200, kind, text.encode("utf-8", "replace"), at)
