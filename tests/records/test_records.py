"""What records say of themselves, and that each comes back from JSON as it was."""

import dataclasses
import json
import types
import typing
from datetime import UTC, date, datetime

import numpy as np
import pytest
from fakes import NOW

import digest.records as records
from digest.records import (
    Article,
    Entry,
    EntryTable,
    FeedEntry,
    FeedState,
    Link,
    Origin,
    Page,
    Part,
    Sentence,
    SignalRow,
    TokenVectors,
)
from digest.records.entries import searchable_text
from digest.records.plain_values import from_json, to_json

KINDS = [
    kind
    for name in records.__all__
    if dataclasses.is_dataclass(kind := getattr(records, name))
    # Vectors stay outside JSON.
    and kind is not TokenVectors
]

PLAIN: dict[object, object] = {
    str: "Šárka’s “kiln”\n",
    int: 7,
    float: 0.125,
    bool: True,
    bytes: b"page",
    date: date(2026, 11, 20),
    datetime: datetime(2026, 11, 20, 6, 30, tzinfo=UTC),
    type(None): None,
}


def example(kind: typing.Any) -> typing.Any:
    """Make a value of a type, every field filled."""
    if kind in PLAIN:
        return PLAIN[kind]
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return kind(
            **{each.name: example(hints[each.name]) for each in dataclasses.fields(kind) if each.init}
        )
    if hasattr(kind, "__value__"):
        return example(kind.__value__)
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return inside[-1]
    if origin in (typing.Union, types.UnionType):
        return example(inside[0])
    if origin is tuple:
        return (example(inside[0]),) * 2 if inside[1:] == (...,) else tuple(map(example, inside))
    pytest.skip(f"{kind} is never kept as JSON")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_record_comes_back_from_json_as_it_was(kind: typing.Any) -> None:
    record = example(kind)
    if repr(b"page") in repr(record):
        pytest.skip("bodies of pages are files")
    assert from_json(kind, json.loads(json.dumps(to_json(record)))) == record


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_record_cannot_be_changed(kind: typing.Any) -> None:
    assert kind.__dataclass_params__.frozen


def test_what_is_no_record_is_named_with_its_place() -> None:
    good = to_json(
        Entry("A title", Origin("A feed", ""), "", "", (), (), (SignalRow("It rose", "", "", ""),), ())
    )
    assert from_json(Entry, good | {"of a newer program": 1}).title == "A title"
    bad = json.loads(json.dumps(good))
    bad["signals"][0]["signal"] = 7
    with pytest.raises(TypeError, match=r"^signals\.0\.signal: "):
        from_json(Entry, bad)
    with pytest.raises(TypeError, match=r"^title: "):
        from_json(Entry, {name: value for name, value in good.items() if name != "title"})
    with pytest.raises(TypeError):
        from_json(Entry, None)


def test_numbers_are_kept_to_six_places() -> None:
    assert to_json(1 / 3) == 0.333333


def test_a_date_without_an_hour_may_be_as_late_as_the_end_of_its_day() -> None:
    day = datetime(2026, 11, 20, tzinfo=UTC)
    assert FeedEntry("", "", day, "").latest == day
    assert FeedEntry("", "", day, "", is_whole_day=True).latest == datetime(2026, 11, 21, tzinfo=UTC)
    assert FeedEntry("", "", None, "", is_whole_day=True).latest is None
    assert Link("", "", Origin("", ""), "", 0, day, is_whole_day=True).latest == datetime(
        2026, 11, 21, tzinfo=UTC
    )


def test_a_feed_that_was_read_once_is_at_no_first_run() -> None:
    assert FeedState().is_first_run
    assert not FeedState(read_at=NOW).is_first_run


def test_an_article_is_keyed_by_title_and_text_alone() -> None:
    one = Article(
        "a", "u", "c", "Kiln", "", None, "en", "It shut. All left.", (Sentence(0, 8), Sentence(9, 18))
    )
    assert one.text_hash == dataclasses.replace(one, id="b", url="v", author="Anna").text_hash
    assert one.text_hash != dataclasses.replace(one, title="Ki", text="lnIt shut. All left.").text_hash
    assert one.sentence_text(1) == "All left."


def test_a_page_gives_the_first_header_of_a_name() -> None:
    page = Page("u", "u", 200, (("a", "1"), ("a", "2")), b"x", NOW)
    assert (page.header("a"), page.header("b")) == ("1", "")
    assert page.sha256 == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_all_that_a_reader_may_look_for_in_an_entry_is_there_and_the_title_first() -> None:
    entry = Entry(
        title="The kiln",
        origin=Origin("A feed", ""),
        url="https://a.example/",
        summary="It shut.",
        keywords=("coal",),
        themes=("Industry",),
        signals=(SignalRow("It shut", "From coal to power", "", "Prices"),),
        closest=(),
        tables=(EntryTable("", ("Who",), (("The quarry",),)),),
        parts=(Part("", "Why it matters", "Because of the bay."),),
    )
    lines = searchable_text(entry).split("\n")
    assert lines[0] == "The kiln"
    assert "" not in lines
    assert {
        *("It shut.", "coal", "Industry", "It shut", "From coal to power", "Prices"),
        *("The quarry", "Why it matters", "Because of the bay."),
    } <= set(lines)


def test_tokens_are_pooled_by_the_characters_they_stand_for() -> None:
    tokens = TokenVectors(
        np.array([0, 4, 9], np.int32),
        np.array([3, 8, 12], np.int32),
        np.array([[2, 0], [0, 2], [0, 0]], np.float32),
    )
    half = 0.5**0.5
    pooled = tokens.pool([(0, 3), (0, 8), (2, 5), (3, 4), (9, 12)])
    assert pooled.tolist() == pytest.approx(np.array([[1, 0], [half, half], [half, half], [0, 0], [0, 0]]))
    assert tokens.whole("one two and").tolist() == pytest.approx([half, half])
    assert tokens.pool([]).shape == (0, 2)
