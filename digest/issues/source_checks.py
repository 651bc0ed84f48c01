"""What became of the sources of published entries: do they answer, and does the evidence still stand in them?

Decides apart from asking: whom to ask is found here, the asking is given, what was found is kept for a while.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.articles.page_words import lost_sentences
from digest.issues.pages.admit import admit_address
from digest.language.addresses import address_key, host, is_web_address
from digest.language.counts import counted
from digest.language.secrecy import public_url, shown_url
from digest.language.videos import video_id
from digest.records import (
    COPIED_AT,
    TRANSCRIPT_AT,
    DraftRow,
    Page,
    PublishedEntry,
    Snapshot,
    SourceCheck,
    SourceState,
)
from digest.records.plain_values import from_json, to_json
from digest.store import Store
from digest.workspace.files import FileError, keep_private, read_text, write_text

FINE_FOR = timedelta(days=7)
"""How long a source in which everything stands is not asked again: as links are, before an issue goes out."""

OTHERS_FOR = timedelta(hours=1)
"""How long any other answer is believed: somebody may be mending the page, or its server was down."""

MOST_KEPT = 20_000
"""Sources whose answers are remembered, the newest; as many as links."""


HIDING = re.compile("bot wall|paywall|login page|cookie wall|empty page|PDF ")
"""How the reasons of the extraction begin that tell nothing of what readers with access see."""


@dataclass(frozen=True)
class Source:
    """An address that a published entry leads to."""

    entry: PublishedEntry
    url: str
    """As it is asked, secrets included."""
    feed_url: str = ""
    """Of the feed that gave it, whose credentials it is asked with; empty where that is not known."""
    cited: tuple[str, ...] = ()
    """Sentences that have to stand in it."""
    snapshot: Snapshot | None = None
    file: str = ""
    """Of the snapshot, as seen from the workspace."""
    not_asked: str = ""
    """Why it is left alone; empty where it is not."""

    @property
    def transcript(self) -> str:
        """Where the transcript is that stands for its page; empty for none."""
        return self.snapshot.page.header(TRANSCRIPT_AT) if self.snapshot else ""


@dataclass(frozen=True)
class SourceAnswer:
    """What asking a source gave."""

    state: SourceState
    reason: str = ""
    lost: tuple[str, ...] = ()
    """Of the sentences asked for, those that stand in it no more."""
    copy: str = ""
    copied_at: str = ""


Asked = Sequence[tuple[Source, tuple[str, ...]]]
"""Sources with different addresses, each with the sentences that are looked for in it."""

Tell = Callable[[str, SourceAnswer], None]
"""Told an address and what it answered."""

Ask = Callable[[Asked, Tell], Awaitable[None]]
"""Asks sources, and tells each answer as it comes: what was told before an end from outside is kept."""


# -- whom to ask ---------------------------------------------------------------------------------------------


def sources_of(
    store: Store,
    output: Path,
    entries: Sequence[PublishedEntry],
    *,
    opt_out: Sequence[str],
    open_feeds: Collection[str],
) -> list[Source]:
    """Give the sources of published entries, an entry's own article first.

    Args:
        store: The archive.
        output: The workspace's output folder.
        entries: Published entries.
        opt_out: Hosts of publishers who are left alone.
        open_feeds: Addresses of paid feeds whose credentials are there.
    """
    snapshots = store.snapshots.of(each.id for each in entries)
    articles = store.articles.get([each.id for each in entries])
    found = []
    for each in entries:
        own = articles[each.id].url if each.id in articles else each.entry.url
        if admit_address(public_url(own)) != each.entry.url:
            own = each.entry.url  # an editor's, which is what readers have
        snapshot = snapshots.get(each.id)
        cited = snapshot.cited if snapshot else ()
        file = snapshot_file(store, output, snapshot) if snapshot else ""
        found.append(Source(each, own, cited=cited, snapshot=snapshot, file=file))
        keys = {address_key(own), address_key(each.entry.url)}
        others = dict.fromkeys(reference.target for reference in each.entry.sources)
        found += [Source(each, url) for url in others if address_key(url) not in keys]
    return list(_with_access(store, found, opt_out, open_feeds))


def _with_access(
    store: Store, sources: Sequence[Source], opt_out: Sequence[str], open_feeds: Collection[str]
) -> Iterator[Source]:
    """Say by which feed each source came, and which are left alone."""
    feeds = store.links.feeds_by_key(address_key(each.url) for each in sources)
    paid = store.pages.not_to_republish([each.url for each in sources])
    for each in sources:
        feed_url = feeds.get(address_key(each.url), "")
        name = host(each.url).removeprefix("www.")
        reason = ""
        if not is_web_address(each.url):
            reason = "it has no address on the web"
        elif video_id(each.url):
            reason = "a video, of whose page nothing was taken"
        elif any(name == one or name.endswith(f".{one}") for one in opt_out):
            reason = f"{name} is on the list settings.opt_out"
        elif each.url in paid and feed_url not in open_feeds:
            reason = "a paid source, and the credentials of its feed are not there"
        yield replace(each, feed_url=feed_url, not_asked=reason)


# -- what a page says ----------------------------------------------------------------------------------------


def judged(cited: tuple[str, ...], page: Page) -> SourceAnswer:
    """Say what became of a source that answered; runs in a worker process."""
    lost, reason = lost_sentences(cited, page)
    if lost and HIDING.match(reason):
        return SourceAnswer("unclear", reason)
    moved = (
        ""
        if address_key(page.final_url) == address_key(page.url)
        else f"leads to {shown_url(page.final_url)}"
    )
    return SourceAnswer("changed" if lost else "unchanged", reason if lost and reason else moved, lost)


async def read_by(workers: Executor, cited: tuple[str, ...], page: Page) -> SourceAnswer:
    """Have a worker say what became of a source that answered."""
    try:
        return await asyncio.wrap_future(workers.submit(judged, cited, page))
    except (BrokenExecutor, TimeoutError, MemoryError) as error:
        return SourceAnswer("unclear", f"reading it failed: {error}")


# -- what they answer ----------------------------------------------------------------------------------------


async def check_sources(
    output: Path, sources: Sequence[Source], ask: Ask | None, *, now: datetime
) -> list[SourceCheck]:
    """Say what became of sources.

    Args:
        output: The workspace's output folder; what was found is kept in sent/sources.json.
        sources: Those of some entries.
        ask: Asks those of which nothing is known, or was too long ago; None to tell what is known.
        now: Aware, UTC.

    Returns:
        One for each, in order.
    """
    path = output / "sent" / "sources.json"
    known = _read(path)
    wanted: dict[str, tuple[Source, tuple[str, ...]]] = {}
    for each in sources:
        if not each.not_asked:
            first, cited = wanted.get(each.url, (each, ()))
            wanted[each.url] = first, tuple(dict.fromkeys((*cited, *each.cited)))
    keys = {url: _key(url, cited) for url, (_, cited) in wanted.items()}
    old = [url for url, key in keys.items() if not (key in known and _is_fresh(*known[key], now=now))]
    if ask and old:
        found: dict[str, SourceAnswer] = {}
        try:
            await ask([wanted[url] for url in old], found.__setitem__)
        finally:
            known |= {keys[url]: (now, found[url]) for url in old if url in found}
            _write(path, known, within=output)
    return [_checked(each, known.get(keys.get(each.url, ""))) for each in sources]


def _key(url: str, cited: Sequence[str]) -> str:
    """Name a question; the address itself may hold what is secret."""
    return hashlib.sha256("\n".join((url, *cited)).encode("utf-8", "replace")).hexdigest()


def _is_fresh(at: datetime, answer: SourceAnswer, *, now: datetime) -> bool:
    return now - at < (FINE_FOR if answer.state == "unchanged" else OTHERS_FOR)


def _read(path: Path) -> dict[str, tuple[datetime, SourceAnswer]]:
    """Read what was found before; nothing where that is not as it is written here: it is found anew."""
    try:
        found: dict[str, tuple[datetime, SourceAnswer]] = from_json(
            dict[str, tuple[datetime, SourceAnswer]], json.loads(read_text(path))
        )
    except (FileError, ValueError, TypeError):
        return {}
    return {key: each for key, each in found.items() if each[0].tzinfo is not None}


def _write(path: Path, known: Mapping[str, tuple[datetime, SourceAnswer]], *, within: Path) -> None:
    newest = sorted(known.items(), key=lambda item: item[1][0])[-MOST_KEPT:]
    kept = {key: [at.isoformat(), to_json(answer)] for key, (at, answer) in newest}
    keep_private(path.parent)
    text = json.dumps(kept, ensure_ascii=False, indent=0) + "\n"
    write_text(path, text, within=within, is_private=True)


def _checked(source: Source, known: tuple[datetime, SourceAnswer] | None) -> SourceCheck:
    """Say what is known of a source; of one that several entries cite, what concerns this one."""
    published, snapshot = source.entry, source.snapshot
    check = SourceCheck(
        issue=published.issue,
        entry=published.id,
        title=published.entry.title,
        url=shown_url(source.url),
        state="not asked",
        cited=len(source.cited),
        reason=source.not_asked or "not asked yet",
        snapshot=source.file,
    )
    if source.not_asked or known is None:
        return check
    at, answer = known
    lost = tuple(each for each in source.cited if each in answer.lost)
    check = replace(
        check,
        state=answer.state if lost or answer.state != "changed" else "unchanged",
        gone=lost,
        reason=answer.reason,
        asked_at=None if answer.state == "not asked" else at,
        copy=answer.copy,
        copied_at=answer.copied_at,
    )
    return _as_it_was(check, snapshot) if snapshot else check


def _as_it_was(check: SourceCheck, snapshot: Snapshot) -> SourceCheck:
    """Leave out what was so when the entry was approved: nothing has been lost since."""
    if copied_at := snapshot.page.header(COPIED_AT):
        if check.state == "gone":
            what = f"gone when it was taken in: the entry rests on the copy of {copied_at}"
            return replace(check, gone=(), reason=what)
    elif snapshot.is_feed_text and check.state == "gone":
        what = f"{check.reason}; the entry was taken from the text that the feed carried, which is kept"
        return replace(check, gone=(), reason=what)
    elif snapshot.is_feed_text and check.gone and check.state == "changed":
        what = "the entry rests on the text that the feed carried, which the page does not show"
        return replace(check, state="unclear", gone=(), reason=what)
    return check


# -- what a run comes upon -----------------------------------------------------------------------------------


def noticed(store: Store, output: Path, workers: Executor, *, since: datetime) -> list[str]:
    """Say of pages that a run fetched anew which entries' evidence they have no more; asks nobody.

    Args:
        store: The archive.
        output: The workspace's output folder.
        workers: Where pages are read.
        since: When the run began.

    Returns:
        A sentence for each entry that readers have, or will have, and whose source is not what it was.
    """
    found = store.snapshots.fetched_anew(since)
    if not found:
        return []
    ids = {entry for _, entry in found}
    rows = {row.id: row for row in store.drafts.drafts(ids=ids) if row.status == "approved"}
    snapshots, articles = store.snapshots.of(rows), store.articles.get(rows)
    told = []
    for url, entry in found:
        page, article = store.pages.get(url), articles.get(entry)
        if page is None or article is None:
            continue
        whole = tuple(article.sentence_text(at) for at in range(len(article.sentences)))
        cited = snapshots[entry].cited
        # Bytes differ with every advertisement: what counts is the article's sentences.
        answer = asyncio.run(read_by(workers, tuple(dict.fromkeys((*cited, *whole))), page))
        if answer.state == "changed":
            file = snapshot_file(store, output, snapshots[entry])
            told.append(f"{_source_said(rows[entry], url)} {_loss_said(answer.lost, cited, file)}")
    return told


def _source_said(row: DraftRow, url: str) -> str:
    return f"{row.title} ({row.id}, issue {row.issue}): its source {shown_url(url)} was changed:"


def _loss_said(lost: tuple[str, ...], cited: tuple[str, ...], file: str) -> str:
    """Say what of an article is gone: which of the sentences that an entry rests on, or that none is."""
    evidence = [each for each in cited if each in lost]
    if not evidence:
        return f"{counted(len(lost), 'sentence', 'sentences')} gone, but none that it rests on"
    quotes = ", ".join(f"“{each}”" for each in evidence)
    return (
        f"{len(evidence)} of {counted(len(cited), 'sentence', 'sentences')} it rests on gone: {quotes}; "
        f"as it was: {file}"
    )


def snapshot_file(store: Store, output: Path, snapshot: Snapshot) -> str:
    """Name the file of a snapshot as seen from the workspace; of one in the archive, what writes it out."""
    path = store.snapshots.path_of(snapshot)
    if path is None:
        return f"digest entries snapshot {snapshot.entry} --to FILE"
    return path.relative_to(output.parent).as_posix()
