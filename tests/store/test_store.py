"""The archive: real SQLite, in memory or in a file."""

import multiprocessing
import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fakes import NOW
from old_archives import make_empty
from sqlalchemy import Connection

from digest.errors import StoreError
from digest.language.addresses import entry_id
from digest.records import (
    Analysis,
    Article,
    DraftChecks,
    DraftRow,
    Evidence,
    FailedCheck,
    Keyword,
    Link,
    Origin,
    Page,
    Sentence,
    Signal,
    SignalBasis,
    SummarySentence,
    Theme,
)
from digest.store import Store, sqlite
from digest.store.schema import SCHEMA_VERSION, metadata
from digest.store.sqlite import connect, exclusive
from digest.stories.neighbours import Archive
from digest.stories.weighing import weigh_new

FEED = "https://feeds.example/rss"


def link(url: str, place: int = 0, **fields: object) -> Link:
    values = {
        "url": url,
        "title": "A title",
        "origin": Origin("A feed", "https://feeds.example/"),
        "feed_url": FEED,
        "place": place,
        "published": NOW,
    }
    return Link(**(values | fields))  # type: ignore[arg-type]


def article(number: int, text: str = "Some text. More text.") -> Article:
    url = f"https://a.example/{number}"
    return Article(
        id=entry_id(url),
        url=url,
        canonical_url=url,
        title=f"Title {number}",
        author="",
        published=date(2026, 11, 20),
        language="en",
        text=text,
        sentences=(Sentence(0, 10), Sentence(11, 21)),
        site="a.example",
    )


SIGNATURE = np.arange(128, dtype=np.uint32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, in_memory=True)


def read(store: Store, *links: Link) -> int:
    return store.links.save_read(
        FEED, links, title="A feed", etag='"1"', last_modified="", moved_to="", now=NOW
    )


def pending(store: Store, now: datetime = NOW) -> list[str]:
    return [stored.link.url for stored in store.links.pending(max_tries=3, retry_before=now)]


def test_a_link_seen_again_with_trackers_is_not_new(store: Store) -> None:
    assert read(store, link("https://a.example/1"), link("https://a.example/2")) == 2
    assert read(store, link("https://a.example/1?utm_source=substack")) == 0
    assert pending(store) == ["https://a.example/1", "https://a.example/2"]


def test_an_article_has_the_id_of_the_address_seen_first_and_others_resolve_to_it(store: Store) -> None:
    first, second = "https://a.example/1?utm_source=rss", "https://www.a.example/1"
    read(store, link(first), link(second))
    assert store.links.resolve(second) == [entry_id(first)]
    assert store.links.resolve(entry_id(second)) == [entry_id(first)]
    assert store.links.resolve(entry_id(first)[:6]) == [entry_id(first)]
    assert store.links.resolve("https://a.example/1#top") == [entry_id(first)]
    assert store.links.resolve("https://a.example/unknown") == []


def test_what_waiting_may_mend_is_tried_again_at_most_so_often(store: Store) -> None:
    read(store, link("https://a.example/1"), link("https://a.example/2"))
    for run in range(3):
        assert "https://a.example/1" in pending(store, NOW + timedelta(days=run))
        store.links.save_dropped(
            entry_id("https://a.example/1"),
            stage="fetch",
            reason="HTTP 503",
            is_retryable=True,
            now=NOW + timedelta(days=run),
        )
    store.links.save_dropped(
        entry_id("https://a.example/2"), stage="fetch", reason="HTTP 404", is_retryable=False, now=NOW
    )
    assert pending(store, NOW + timedelta(days=9)) == []


def test_a_feed_is_broken_since_it_was_first_found_so(store: Store) -> None:
    assert store.links.save_broken(FEED, "HTTP 500", now=NOW) == NOW
    later = NOW + timedelta(days=7)
    assert store.links.save_broken(FEED, "HTTP 404", now=later) == NOW
    assert store.links.state(FEED).is_first_run
    read(store)
    state = store.links.state(FEED)
    assert (state.broken_since, state.etag, state.is_first_run) == (None, '"1"', False)
    assert store.links.save_broken(FEED, "HTTP 500", now=later) == later


def test_a_kept_page_is_given_back_whole(store: Store) -> None:
    page = Page(
        "https://a.example/1",
        "https://a.example/one",
        200,
        (("content-type", "text/html"), ("etag", '"x"')),
        b"<html>\xff</html>" * 100,
        NOW,
        ((301, "https://a.example/one"),),
    )
    store.pages.save(page)
    assert store.pages.get(page.url) == page
    assert store.pages.get("https://a.example/2") is None


def test_a_damaged_page_file_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path, in_memory=True)
    page = Page("https://a.example/1", "https://a.example/1", 200, (), b"body", NOW)
    store.pages.save(page)
    (path,) = (tmp_path / "pages").rglob("*.zst")
    path.write_bytes(b"half a fi")
    assert store.pages.get(page.url) is None
    store.pages.save(page)
    assert store.pages.get(page.url) == page


def test_an_article_comes_back_as_it_was_kept(store: Store) -> None:
    store.articles.add(article(1), place=1, signature=SIGNATURE, now=NOW)
    assert store.articles.get([article(1).id, "unknown"]) == {article(1).id: article(1)}
    ids, signatures = store.articles.signatures()
    assert ids == [article(1).id]
    assert (signatures[0] == SIGNATURE).all()


def test_vectors_are_kept_by_text_and_model(store: Store) -> None:
    store.articles.add(article(1), place=1, signature=SIGNATURE, now=NOW)
    vector = np.array([0.6, 0.8], dtype=np.float32)
    store.articles.save_vectors([(article(1).text_hash, vector)], model_id="m")
    ids, matrix = store.articles.matrix(model_id="m")
    assert ids == [article(1).id]
    assert np.allclose(matrix, [[0.6, 0.8]], atol=1e-3)
    assert store.articles.vectors_of([article(1).text_hash], model_id="other") == {}


def test_an_analysis_comes_back_as_it_was_kept_and_the_newest_counts(store: Store) -> None:
    analysis = Analysis(
        id=article(1).id,
        title="Title",
        summary=(SummarySentence("Some text.", (Evidence(0, 10, "Some text."),)),),
        keywords=(Keyword("text", 0.5),),
        themes=(Theme("Words", 0.25),),
        signals=(
            Signal("Some text", "From a to b", "More", "Need", SignalBasis(), (Evidence(0, 9, "Some text"),)),
        ),
        analyzer="rules-1",
        notes=("a note",),
    )
    newer = Analysis(analysis.id, "Newer", (), (), (), (), "rules-2")
    store.articles.save_analysis(article(1), analysis)
    assert store.articles.analyses_of([article(1).text_hash], analyzer="rules-1") == {
        article(1).text_hash: analysis
    }
    store.articles.save_analysis(article(1), newer)
    assert store.articles.analyses_for([analysis.id]) == {analysis.id: newer}
    store.articles.save_analysis(article(1), analysis)
    assert store.articles.analyses_for([analysis.id]) == {analysis.id: analysis}


def test_an_imported_article_is_not_fetched_when_a_feed_names_it(store: Store) -> None:
    imported = article(1)
    store.articles.add_imported([(imported, SIGNATURE, "")], now=NOW)
    assert read(store, link(imported.url + "?utm_source=rss")) == 0
    assert pending(store) == []
    assert store.links.resolve(imported.id) == [imported.id]


def test_imported_rows_of_one_address_are_all_kept(store: Store) -> None:
    one = article(1)
    other = Article(**{**one.__dict__, "id": "other"})
    store.articles.add_imported([(one, SIGNATURE, ""), (other, SIGNATURE, one.id)], now=NOW)
    assert [key.id for key in store.articles.listing()] == [one.id, "other"]
    assert store.articles.listing()[1].copy_of == one.id


def test_changes_of_a_draft_are_logged_once_each(store: Store) -> None:
    store.articles.add(article(1), place=1, signature=SIGNATURE, now=NOW)
    for status in ("pending", "pending", "approved"):
        store.drafts.save_draft(DraftRow(article(1).id, "20261122", status, "Title"), now=NOW)  # type: ignore[arg-type]
    assert [status for _, status, _ in store.drafts.log_of(article(1).id)] == ["pending", "approved"]
    assert store.drafts.drafts(issue="20261122") == [DraftRow(article(1).id, "20261122", "approved", "Title")]


def test_migrations_make_the_tables_the_code_knows() -> None:
    engine = connect(None)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def differences(connection: Connection) -> list[object]:
    """What an archive's tables have otherwise than the code says."""
    # Full-text indexes are virtual tables, with tables of their own behind them.
    options = {
        "include_name": lambda name, kind, _: (
            not str(name).startswith(("article_text", "entry_text", "signal_text"))
        )
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


@pytest.mark.sqlite
def test_an_archive_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "archive.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0099'")
    raw.close()
    with pytest.raises(
        StoreError, match=rf"newer digest \(schema 99, this one knows {int(SCHEMA_VERSION)}\)"
    ):
        Store(tmp_path)


@pytest.mark.sqlite
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"not a database at all, but long enough to be read" * 100)
    with pytest.raises(StoreError, match="cannot be used as an archive"):
        Store(tmp_path)


def test_datetimes_come_back_aware(store: Store) -> None:
    run = store.drafts.start_run("20261122", now=NOW)
    store.drafts.finish_run(run, {}, now=NOW + timedelta(minutes=1))
    assert store.drafts.last_run() == (NOW, NOW + timedelta(minutes=1))
    assert NOW.tzinfo is UTC


def _hold(path: Path, ready: "multiprocessing.synchronize.Event") -> None:
    with exclusive(path, doing="digest run"):
        ready.set()
        import time

        time.sleep(60)


def test_the_lock_names_its_holder_and_goes_with_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(tmp_path / "lock", ready))
    holder.start()
    try:
        assert ready.wait(30)
        with (
            pytest.raises(StoreError, match=rf"in use by digest run \(process {holder.pid}"),
            exclusive(tmp_path / "lock", doing="another run"),
        ):
            pass
    finally:
        holder.kill()
        holder.join()
    with exclusive(tmp_path / "lock", doing="another run"):
        pass


@pytest.mark.sqlite
def test_a_full_disk_gives_a_message_and_what_was_kept_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    read(store, link("https://a.example/1"))
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    big = link("https://a.example/2", body_html="x" * 1_000_000)
    with pytest.raises(StoreError, match=r"archive\.db: not written: database or disk is full"):
        read(store, big)
    assert pending(store) == ["https://a.example/1"]
    store.close()


@pytest.mark.sqlite
def test_a_folder_that_cannot_be_written_gives_a_message(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="output"):
        Store(tmp_path / "output")


@pytest.mark.sqlite
def test_an_older_archive_is_copied_and_a_migration_that_dies_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    read(store, link("https://a.example/1"))
    store.close()

    later = f"{int(SCHEMA_VERSION) + 1:04}"

    def dies(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE links ADD COLUMN half TEXT")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{later}'")
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite, "SCHEMA_VERSION", later)
    monkeypatch.setattr(sqlite, "_migrate", dies)
    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path)
    copy = sqlite3.connect(tmp_path / f"archive.schema-{int(SCHEMA_VERSION)}.db")
    assert copy.execute("SELECT url FROM links").fetchall() == [("https://a.example/1",)]
    copy.close()
    monkeypatch.undo()
    store = Store(tmp_path)
    assert pending(store) == ["https://a.example/1"]
    with store._engine.connect() as connection:
        assert "half" not in {row[1] for row in connection.exec_driver_sql("PRAGMA table_info(links)")}
    store.close()


def old_archive(path: Path) -> None:
    """Make an archive as the first version did, with two articles in one story."""
    make_empty(path, schema="0001")
    with closing(sqlite3.connect(path)) as raw, raw:
        blob = (SIGNATURE.tobytes(),)
        for number in (1, 2):
            one = article(number, text=f"Some text about kiln {number}. More text.")
            raw.execute(
                "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, '', '2026-11-20', 'en', 'a.example', 0, ?, "
                "'[[0, 10]]', ?, ?, NULL, '2026-11-22 06:00:00', 0)",
                (number, one.id, one.url, one.url, one.url, one.title, one.text, one.text_hash, *blob),
            )
            vector = np.array([0.6, 0.8], dtype=np.float16).tobytes()
            raw.execute("INSERT INTO vectors VALUES (?, 'm', ?)", (one.text_hash, vector))
            raw.execute("INSERT INTO stories VALUES (?, ?)", (one.id, article(1).id))
        raw.execute(
            "INSERT INTO drafts (id, issue, status, title, changed_at, made_from, file_hash) "
            "VALUES (?, '20261122', 'approved', 'Old', '2026-11-22 06:00:00', '', '')",
            (article(1).id,),
        )


@pytest.mark.sqlite
@pytest.mark.parametrize("schema", ["0001", "0005"])
def test_feeds_of_an_older_archive_answer_in_full_once(tmp_path: Path, schema: str) -> None:
    """What a run left out was forgotten then, and 304 would hide it for good."""
    make_empty(tmp_path / "archive.db", schema=schema)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as raw, raw:
        raw.execute(
            "INSERT INTO feeds VALUES (?, 'A feed', '\"1\"', 'Sun, 22 Nov 2026 06:00:00 GMT', "
            "'2026-11-22 06:00:00', NULL, '', '')",
            (FEED,),
        )
    store = Store(tmp_path)
    state = store.links.state(FEED)
    assert (state.etag, state.last_modified, state.is_first_run, state.remembers) == ("", "", False, False)
    read(store, link("https://a.example/1"))
    assert store.links.state(FEED).remembers
    with store._engine.connect() as connection:
        assert differences(connection) == []
    store.close()


def old_and_new(store: Store, **left_out: list[Link]) -> int:
    return store.links.save_read(
        FEED, [], title="", etag="", last_modified="", moved_to="", now=NOW, **left_out
    )


def reached(
    store: Store, days: int | None, *, limit: int | None = None, is_roundup: bool = False
) -> list[str]:
    since = None if days is None else NOW - timedelta(days=days)
    found = store.links.left_out(FEED, since=since, limit=limit, is_roundup=is_roundup)
    return [each.url.rpartition("/")[2] for each in found]


def test_what_is_left_out_by_date_is_found_by_the_window_and_what_was_too_many_is_not(store: Store) -> None:
    old = [link(f"https://a.example/{n}", published=NOW - timedelta(days=10 * n)) for n in (1, 2, 3)]
    day = link("https://a.example/day", published=NOW - timedelta(days=10, hours=5), is_whole_day=True)
    body = link("https://a.example/full", published=NOW - timedelta(days=90), body_html="<p>x</p>")
    assert old_and_new(store, too_old=[*old, day, body], too_many=[link("https://a.example/many")]) == 0
    assert store.links.count_left_out(FEED) == 5
    assert reached(store, 5) == []
    assert reached(store, 10) == ["1", "day"]
    assert reached(store, 25) == ["1", "2", "day"]
    assert reached(store, None) == ["1", "2", "3", "day", "full"]
    assert reached(store, None, limit=2) == ["1", "day"]
    assert reached(store, None, limit=1, is_roundup=True) == ["1", "2", "3", "day", "full"]
    assert pending(store) == []
    taken = store.links.take_left_out(FEED, since=NOW - timedelta(days=25), limit=None, is_roundup=False)
    assert (taken, store.links.count_left_out(FEED)) == (3, 2)
    assert pending(store) == ["https://a.example/1", "https://a.example/2", "https://a.example/day"]
    assert store.links.take_left_out(FEED, since=None, limit=None, is_roundup=False) == 2
    (kept,) = store.links.links_of([entry_id(body.url)]).values()
    assert (kept.link.body_html, kept.link.origin) == (body.body_html, body.origin)


def test_what_came_in_by_another_way_is_no_longer_left_out(store: Store) -> None:
    old_and_new(store, too_old=[link("https://a.example/1"), link("https://a.example/2?utm_source=x")])
    assert [
        each.url
        for each in store.links.unseen(FEED, [link("https://a.example/2"), link("https://a.example/9")])
    ] == ["https://a.example/9"]
    read(store, link("https://www.a.example/2"))
    assert store.links.count_left_out(FEED) == 1
    old_and_new(store, too_old=[link("https://a.example/2")])
    assert reached(store, None) == ["1"]


@pytest.mark.sqlite
def test_an_archive_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old_archive(tmp_path / "archive.db")
    store = Store(tmp_path)
    assert (tmp_path / "archive.schema-1.db").exists()
    assert store.drafts.members_of([article(1).id]) == {article(1).id: [article(1).id, article(2).id]}
    assert store.drafts.stories_by_hand() == set()
    failed = FailedCheck("It grew by 9.", "number", "9", "2")
    assert store.drafts.checks_of([article(1).id]) == {article(1).id: DraftChecks()}
    store.drafts.save_checks({article(1).id: DraftChecks("hash", (failed,), (failed,))})
    assert store.drafts.checks_of([article(1).id]) == {
        article(1).id: DraftChecks("hash", (failed,), (failed,))
    }
    archive = Archive(store, model_id="m")
    (found,) = archive.ranked(archive.query_of(article(1).id), article(1).id, limit=10)
    assert (found.id, found.similarity > 0.5) == (article(2).id, True)
    with store._engine.connect() as connection:
        assert differences(connection) == []
    store.close()


def test_what_articles_are_compared_by_is_dropped_with_their_text(store: Store) -> None:
    vector = np.array([0.6, 0.8], dtype=np.float32)
    for number, text in ((1, "About kilns."), (2, "About eelgrass.")):
        store.articles.add(article(number, text), place=number, signature=SIGNATURE, now=NOW)
        store.articles.save_vectors([(article(number, text).text_hash, vector)], model_id="m")
    assert weigh_new(store, "m") == 2
    assert weigh_new(store, "m") == 0
    changed = article(1, "About something else.")
    store.articles.add(changed, place=1, signature=SIGNATURE, now=NOW)
    assert store.likeness.packed(model_id="m")[0].tolist() == [2]
    assert store.likeness.missing(model_id="m") == []
    store.articles.save_vectors([(changed.text_hash, vector)], model_id="m")
    assert store.likeness.missing(model_id="m") == [1]
    assert weigh_new(store, "m") == 1
    assert sorted(store.likeness.packed(model_id="m")[0].tolist()) == [1, 2]
    store.articles.remove(changed.id)
    assert store.likeness.packed(model_id="m")[0].tolist() == [2]
    assert store.likeness.terms_at([1, 2]).keys() == {2}


def test_terms_made_in_another_way_are_made_anew(store: Store) -> None:
    store.articles.add(article(1), place=1, signature=SIGNATURE, now=NOW)
    store.articles.save_vectors(
        [(article(1).text_hash, np.array([0.6, 0.8], dtype=np.float32))], model_id="m"
    )
    weigh_new(store, "m")
    store.likeness.drop_outdated(version="terms-0")
    assert store.likeness.missing(model_id="m") == [1]
    assert weigh_new(store, "m") == 1


@pytest.mark.sqlite
def test_an_archive_is_its_owners_alone_with_its_log_and_copies(tmp_path: Path) -> None:
    def others_may() -> dict[str, str]:
        found = ((path.name, path.stat().st_mode & 0o077) for path in tmp_path.iterdir())
        return {name: oct(mode) for name, mode in found if mode}

    before = os.umask(0o022)
    try:
        with closing(Store(tmp_path)) as store:
            store.pages.save(Page("https://a.example/", "https://a.example/", 200, (), b"body", NOW))
            names = {path.name for path in tmp_path.iterdir()}
            assert {"archive.db", "archive.db-wal", "archive.db-shm"} <= names
            assert set(others_may()) <= {"pages"}
        # One that an earlier version made is taken from the others.
        for path in (tmp_path / "archive.db", tmp_path / "archive.schema-8.db", tmp_path / "search.cache"):
            path.touch()
            path.chmod(0o644)
        with closing(Store(tmp_path)):
            assert others_may() == {}
    finally:
        os.umask(before)
