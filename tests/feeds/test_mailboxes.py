"""Mailboxes: on a real IMAP server and in files, to links that are kept."""

import asyncio
import mailbox
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOW
from imap_server import PASSWORD, imap_server, unseen
from mails import SENT, Written, thirty

from digest.adapters.http import HttpFetcher
from digest.adapters.mailboxes import WorkspaceMailboxes
from digest.errors import ConfigError, FetchError
from digest.feeds.asking import read_feeds
from digest.feeds.keeping import keep_reading
from digest.feeds.reading import FeedReading
from digest.records import Feed, Page
from digest.store import Store
from digest.store.soundness import faults_of
from digest.workspace.config import Config, load_config

MAILS = thirty()
SECRETS = {"MAIL_PASSWORD": PASSWORD}


class TrackingFetcher:
    """Redirects as click trackers do; remembers what it was asked."""

    def __init__(self, mails: Sequence[Written]) -> None:
        self.redirects = {address: url for mail in mails for address, url in mail.redirects.items()}
        self.asked: list[str] = []

    async def get(self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float) -> Page:
        self.asked.append(url)
        if url not in self.redirects:
            raise FetchError(url, "HTTP 404", status=404)
        return Page(url, url, 302, (("location", self.redirects[url]),), b"", NOW)

    async def close(self) -> None:
        pass


def config_of(folder: Path, feed: str) -> Config:
    settings = "settings: {delay_s: 0, allow_hosts: [127.0.0.1], articles_per_feed_first_run: 100}"
    (folder / "feeds.yaml").write_text(f"{settings}\nfeeds:\n  - {feed}\n", encoding="utf-8")
    return load_config(folder, environ={})


def read(config: Config, store: Store, fetcher: TrackingFetcher, *, may_mark: bool = False) -> FeedReading:
    boxes = WorkspaceMailboxes(
        config.workspace, SECRETS, allow_hosts=config.settings.allow_hosts, may_mark=may_mark
    )
    with ThreadPoolExecutor(2) as workers:
        (reading,) = asyncio.run(
            read_feeds(
                config,
                {feed.url: store.links.state(feed.url) for feed in config.feeds},
                lambda: fetcher,
                since=None,
                workers=workers,
                mailboxes=boxes,
                known_mails=store.pages.known_mails(),
            )
        )
    return reading


def articles_of(mails: Sequence[Written]) -> list[str]:
    return [url for mail in mails for url in mail.articles]


def pending(store: Store) -> list[str]:
    return [stored.link.url for stored in store.links.pending(max_tries=3, retry_before=NOW)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "archive", in_memory=True)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with imap_server([mail.raw for mail in MAILS]) as port:
        yield port


def server_feed(port: int, more: str = "") -> str:
    address = f"imap://reader%40example.net@127.0.0.1:{port}/INBOX"
    return f"{{url: '{address}', kind: mail, password: 'env:MAIL_PASSWORD'{more}}}"


def test_a_mailbox_on_a_server_gives_every_article_and_nothing_of_the_newsletters_own(
    tmp_path: Path, store: Store, port: int
) -> None:
    config, fetcher = config_of(tmp_path, server_feed(port)), TrackingFetcher(MAILS)
    reading = read(config, store, fetcher)
    assert (reading.error, reading.problem, reading.entries) == (None, "", 30)
    assert [link.url for link in reading.links] == articles_of(MAILS)
    assert unseen(port) == 30
    forbidden = frozenset().union(*(mail.forbidden for mail in MAILS))
    assert forbidden.isdisjoint(fetcher.asked)
    # Where a click leads is asked for, but not the article.
    assert set(articles_of(MAILS)).isdisjoint(fetcher.asked)
    keep_reading(reading, store, now=NOW)
    assert pending(store) == articles_of(MAILS)


def test_an_archive_with_mails_is_sound(tmp_path: Path, port: int) -> None:
    store = Store(tmp_path / "archive")
    keep_reading(read(config_of(tmp_path, server_feed(port)), store, TrackingFetcher(MAILS)), store, now=NOW)
    store.close()
    assert faults_of(tmp_path / "archive" / "archive.db") == []


def test_a_mail_is_read_once(tmp_path: Path, store: Store, port: int) -> None:
    config = config_of(tmp_path, server_feed(port))
    assert keep_reading(read(config, store, TrackingFetcher(MAILS)), store, now=NOW).new_links == 90
    fetcher = TrackingFetcher(MAILS)
    again = read(config, store, fetcher)
    assert (again.entries, again.links, fetcher.asked) == (0, (), [])


@pytest.mark.parametrize("kept", [0, 1, 17])
def test_a_run_that_is_killed_in_between_loses_nothing_and_takes_nothing_twice(
    tmp_path: Path, store: Store, port: int, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    config = config_of(tmp_path, server_feed(port))
    left, save = iter(range(kept)), store.pages.save

    def save_some(page: Page) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        save(page)

    monkeypatch.setattr(store.pages, "save", save_some)
    with pytest.raises(KeyboardInterrupt):
        keep_reading(read(config, store, TrackingFetcher(MAILS)), store, now=NOW)
    monkeypatch.undo()
    health = keep_reading(read(config, store, TrackingFetcher(MAILS)), store, now=NOW)
    assert health.new_links == 0
    assert pending(store) == articles_of(MAILS)
    assert len(store.pages.known_mails()) == 30


def test_senders_limit_and_marking(tmp_path: Path, store: Store, port: int) -> None:
    of_kit = [mail for mail in MAILS if b"@signals.example.com" in mail.raw]
    config = config_of(
        tmp_path, server_feed(port, ", senders: [signals.example.com], limit: 2, mark_seen: true")
    )
    reading = read(config, store, TrackingFetcher(MAILS))
    assert [link.url for link in reading.links] == articles_of(of_kit[-2:])
    assert unseen(port) == 30
    read(config, store, TrackingFetcher(MAILS), may_mark=True)
    assert unseen(port) == 28


def test_a_server_that_is_not_let_in_is_named_without_the_password(
    tmp_path: Path, store: Store, port: int
) -> None:
    config = config_of(tmp_path, server_feed(port))
    boxes = {
        "login of reader@example.net was not accepted": WorkspaceMailboxes(
            tmp_path, {"MAIL_PASSWORD": "wrong-secret"}, allow_hosts=["127.0.0.1"]
        ),
        "refused: 127.0.0.1 is not a public address": WorkspaceMailboxes(tmp_path, SECRETS),
        "no password: the environment has no MAIL_PASSWORD": WorkspaceMailboxes(tmp_path, {}),
    }
    for reason, each in boxes.items():
        with pytest.raises(FetchError) as caught:
            each.read(config.feeds[0], since=None, most=9, known=frozenset())
        assert caught.value.reason == reason
        assert "secret" not in repr(caught.value.__cause__) + str(caught.value.__context__)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, port: int) -> None:
    boxes = WorkspaceMailboxes(tmp_path, SECRETS, allow_hosts=["127.0.0.1"])
    feed = Feed(
        f"imap://reader%40example.net@127.0.0.1:{port}/No%20such", "mail", password="env:MAIL_PASSWORD"
    )
    with pytest.raises(FetchError, match="no folder 'No such'"):
        boxes.read(feed, since=None, most=9, known=frozenset())


# -- files ---------------------------------------------------------------------------------------------------


def as_mbox(folder: Path, mails: Sequence[Written]) -> None:
    box = mailbox.mbox(folder / "box")
    for mail in mails:
        box.add(mail.raw)
    box.close()


def as_maildir(folder: Path, mails: Sequence[Written]) -> None:
    box = mailbox.Maildir(folder / "box")
    for mail in mails:
        box.add(mail.raw)


def as_folder(folder: Path, mails: Sequence[Written]) -> None:
    (folder / "box").mkdir()
    for place, mail in enumerate(mails):
        (folder / "box" / f"{place:03}.eml").write_bytes(mail.raw)
    (folder / "box" / "note.txt").write_text("https://example.org/no-mail")
    os.mkfifo(folder / "box" / "pipe.eml")


@pytest.mark.parametrize("make", [as_mbox, as_maildir, as_folder])
def test_a_mailbox_in_files_gives_the_same_and_stays_as_it_was(make, tmp_path: Path, store: Store) -> None:  # type: ignore[no-untyped-def]
    make(tmp_path, MAILS)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    reading = read(config_of(tmp_path, "{url: box, kind: mail}"), store, TrackingFetcher(MAILS))
    assert [link.url for link in reading.links] == articles_of(MAILS)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != "feeds.yaml"}
    assert after == before
    keep_reading(reading, store, now=NOW)
    assert read(config_of(tmp_path, "{url: box, kind: mail}"), store, TrackingFetcher([])).entries == 0


def test_one_mail_is_a_mailbox_and_its_text_is_kept_without_addresses(tmp_path: Path, store: Store) -> None:
    (tmp_path / "one.eml").write_bytes(MAILS[8].raw)
    config = config_of(tmp_path, "{url: one.eml, kind: mail}")
    keep_reading(read(config, store, TrackingFetcher(MAILS)), store, now=NOW)
    (key,) = store.pages.known_mails()
    page = store.pages.get(key)
    assert page is not None
    text = page.body.decode()
    assert "Weak Signals 8" in text
    assert "://" not in text


def test_mails_before_the_window_are_left_alone(tmp_path: Path) -> None:
    as_mbox(tmp_path, MAILS)
    boxes = WorkspaceMailboxes(tmp_path, {})
    feed = Feed("box", "mail")
    late = boxes.read(feed, since=SENT + timedelta(minutes=25), most=100, known=frozenset())
    assert [mail.body.strip() for mail in late.mails] == [mail.raw.strip() for mail in MAILS[25:]]
    assert len(boxes.read(feed, since=None, most=3, known=frozenset()).mails) == 3


def test_a_mail_that_is_too_large_is_left_out_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.adapters.mailboxes.MAX_MAIL_BYTES", 4000)
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "a.eml").write_bytes(MAILS[8].raw)
    (tmp_path / "box" / "b.eml").write_bytes(MAILS[9].raw + b"x" * 4000)
    answer = WorkspaceMailboxes(tmp_path, {}).read(Feed("box", "mail"), since=None, most=9, known=frozenset())
    assert (len(answer.mails), answer.problem) == (1, "1 mail larger than 0 MB left out for good")


@pytest.mark.parametrize("kind", ["server", "files"])
def test_a_mail_that_was_refused_is_told_once_and_not_looked_at_again(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    large = MAILS[9].raw + b"x" * 9000 + b"\r\n"
    monkeypatch.setattr("digest.adapters.mailboxes.MAX_MAIL_BYTES", 6000)
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "a.eml").write_bytes(MAILS[8].raw)
    (tmp_path / "box" / "b.eml").write_bytes(large)
    with imap_server([MAILS[8].raw, large]) as port:
        config = config_of(tmp_path, server_feed(port) if kind == "server" else "{url: box, kind: mail}")
        first = read(config, store, TrackingFetcher(MAILS))
        ((_, size),) = first.refused
        # More than a refused mail is read to: its size was asked, or it is a file's.
        assert size >= len(large) if kind == "server" else size == 6001
        assert keep_reading(first, store, now=NOW).problem == "1 mail larger than 0 MB left out for good"
        again = read(config, store, TrackingFetcher(MAILS))
    assert (again.entries, again.refused, again.problem) == (0, (), "")
    assert len(store.pages.known_mails()) == 2


def test_a_mailbox_that_is_not_there_is_a_broken_feed(tmp_path: Path, store: Store) -> None:
    reading = read(config_of(tmp_path, "{url: no/such.mbox, kind: mail}"), store, TrackingFetcher([]))
    assert str(reading.error) == "no/such.mbox: the mailbox cannot be read: no such file or directory"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("box/notes.txt", "neither an mbox nor a mail"),
        ("box", "a folder without .eml files, and no Maildir (it has no cur or new in it)"),
    ],
)
def test_a_path_that_is_no_mailbox_is_a_broken_feed(
    tmp_path: Path, store: Store, path: str, reason: str
) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "notes.txt").write_text("To do: read more newsletters.\n")
    reading = read(config_of(tmp_path, f"{{url: {path}, kind: mail}}"), store, TrackingFetcher([]))
    assert str(reading.error) == f"{path}: the mailbox cannot be read: {reason}"


def test_a_folder_that_waits_for_its_first_mail_is_no_broken_feed(tmp_path: Path, store: Store) -> None:
    (tmp_path / "box").mkdir()
    reading = read(config_of(tmp_path, "{url: box, kind: mail}"), store, TrackingFetcher([]))
    assert (reading.error, reading.links) == (None, ())


def test_a_tracker_that_leads_to_a_private_address_is_refused(tmp_path: Path, store: Store) -> None:
    body = "<a href='http://links.own.example/ls/click?upn=1'>A story</a>"
    (tmp_path / "one.eml").write_text(f"From: a@own.example\nContent-Type: text/html\n\n{body}")
    config = config_of(tmp_path, "{url: one.eml, kind: mail}")

    async def resolver(host: str, port: int) -> Sequence[str]:
        return ["10.0.0.7"]

    reading = read(config, store, HttpFetcher(resolver=resolver))  # type: ignore[arg-type]
    # It stays what it is, and fetching says why it is lost.
    assert [link.url for link in reading.links] == ["http://links.own.example/ls/click?upn=1"]


def mail_of(folder: Path, body: str, *, unsubscribe: str) -> Config:
    head = f"From: a@own.example\nSubject: Issue 7\nList-Unsubscribe: <{unsubscribe}>\n"
    (folder / "one.eml").write_text(f"{head}Content-Type: text/html\n\n{body}")
    return config_of(folder, "{url: one.eml, kind: mail}")


@pytest.mark.parametrize("name", ["clicks.service.example", "read.own.example"])
def test_a_host_that_unsubscribes_and_counts_clicks_gives_its_articles(
    tmp_path: Path, store: Store, name: str
) -> None:
    at = f"https://{name}"
    fetcher = TrackingFetcher([])
    fetcher.redirects = {
        f"{at}/x/aB3kD9qLm2Zt7": "https://paper.example/story",
        f"{at}/x/Qw8rT5yUi1Op4": "https://own.example/about",
    }
    body = (
        f"<p><a href='{at}/x/aB3kD9qLm2Zt7'>A story of a paper</a></p>"
        f"<p><a href='{at}/x/Qw8rT5yUi1Op4'>Who we are and why</a></p>"
        f"<p><a href='{at}/x/Zx6cV4bNm9As1'>Unsubscribe</a></p>"
        f"<p>Or stop all mails <a href='{at}/u/Zx6cV4bNm9As1'>here</a></p>"
    )
    reading = read(mail_of(tmp_path, body, unsubscribe=f"{at}/u/Zx6cV4bNm9As1"), store, fetcher)
    assert [link.url for link in reading.links] == ["https://paper.example/story"]
    assert sorted(fetcher.asked) == sorted(fetcher.redirects)


def test_a_page_of_a_host_that_unsubscribes_is_no_article(tmp_path: Path, store: Store) -> None:
    class Pages(TrackingFetcher):
        async def get(
            self, url: str, *, headers: Mapping[str, str], max_bytes: int, timeout_s: float
        ) -> Page:
            return Page(url, url, 200, (), b"<p>About this service, in many words.</p>", NOW)

    config = mail_of(
        tmp_path,
        "<a href='https://clicks.service.example/about'>Who sends these mails</a>",
        unsubscribe="https://clicks.service.example/u/1",
    )
    reading = read(config, store, Pages([]))
    assert reading.links == ()
    assert reading.problem == "no link to an article found in 1 mail: 'Issue 7' of a@own.example"


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        (
            "{url: 'imaps://me:hunter2@mail.example.org/', kind: mail}",
            "of the user as %40, no password",
        ),
        ("{url: 'imaps://mail.example.org/', kind: mail}", "expected a mail folder's address"),
        ("{url: 'pop3://me@mail.example.org/', kind: mail}", "expected a path in the workspace"),
        ("{url: box, kind: mail, password: hunter2}", "expected env:NAME, the variable that holds it"),
        ("{url: box, kind: mail, senders: ['a b']}", "expected a mail address or a domain"),
        ("{url: 'https://e.org/f', password: 'env:X'}", "only for kind: mail"),
        ("{url: box}", "expected an http(s) URL"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_said_without_secrets(
    tmp_path: Path, feed: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(tmp_path, feed)
    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("between", ["From {0}@x.example Mon Nov 23 10:00:00 2026", "From nobody"])
def test_a_line_that_begins_with_from_ends_a_mail_only_where_such_lines_have_no_date(
    tmp_path: Path, store: Store, between: str
) -> None:
    said = "https://a.example/{0}\n\nFrom now on we write weekly.\nhttps://b.example/{0}\n"
    mails = (f"From: n@own.example\nSubject: Issue {at}\n\n{said.format(at)}\n" for at in range(2))
    (tmp_path / "box").write_text("".join(f"{between.format(at)}\n{mail}" for at, mail in enumerate(mails)))
    feed = "{url: box, kind: mail, senders: [own.example]}"
    reading = read(config_of(tmp_path, feed), store, TrackingFetcher([]))
    sites = ("a", "b") if "2026" in between else ("a",)
    assert {link.url for link in reading.links} == {
        f"https://{site}.example/{at}" for site in sites for at in range(2)
    }
