"""What import and `digest stories` make of articles: copies, weeks of a column, reports of one event."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import NOW, FakeEmbedder
from typer.testing import CliRunner

from digest.cli.app import app
from digest.issues.importing import Row, import_articles
from digest.store import Store

FRAME = (
    "Each Friday this page tells growers what the market hall of Lund paid and what the weather will do. "
    "It is read by nine hundred farms, and by cooks who like to know before they order. "
    "{opening}\n{own}\nAll weights are those of the scales at the western gate, which are tested in "
    "spring and in autumn by the town. A crate holds twelve kilograms unless the label says otherwise, "
    "and a pallet holds sixty crates. Growers who bring less than a pallet are served from two in the "
    "afternoon at the small counter. The hall is closed on holidays, and in the week after midsummer for "
    "repairs. Complaints go to the warden, in writing. {end}"
)
WEEKS = (
    "Beans fetched double because hail had flattened the fields around Eslov, and a canner from Denmark "
    "took all that was left. The warden turned away three lorries whose papers were wrong.",
    "Nobody wanted cabbage, so growers ploughed it under. A new buyer of herbs, two sisters with a shop "
    "in Malmo, paid on the spot and asked for more mint than anyone has planted.",
    "Strawberries came early after the warm spell and filled the eastern aisle. Thieves had cut the fence"
    " at night and left with the copper of the cooling plant, which will be mended on Tuesday.",
)


def listed(folder: Path) -> dict[str, str]:
    done = CliRunner().invoke(app, ["-C", str(folder), "stories", "--jsonl"])
    assert done.exit_code == 0, (done.output, done.exception)
    return {row["id"]: row["story"] for row in map(json.loads, done.stdout.splitlines())}


def copies(folder: Path, texts: Sequence[str]) -> dict[str, str]:
    """Import texts of one title; gives the original of each copy, by the texts' places."""
    store = Store(folder / "output")
    rows = [
        Row(str(place), f"https://{place}.example/", "The market hall", text, None)
        for place, text in enumerate(texts)
    ]
    import_articles(rows, store, FakeEmbedder(), now=NOW, progress=lambda done, total: None)
    found = {key.id: key.copy_of for key in store.articles.listing() if key.copy_of}
    store.close()
    return found


def weeks(own: str = "", *, opening: Sequence[str] = (), end: Sequence[str] = ()) -> list[str]:
    return [
        FRAME.format(
            own=own or each,
            opening=opening[place] if opening else "",
            end=end[place] if end else "",
        )
        for place, each in enumerate(WEEKS)
    ]


def test_the_weeks_of_a_column_are_no_copies_of_each_other(tmp_path: Path) -> None:
    assert copies(tmp_path, weeks()) == {}


@pytest.mark.parametrize("where", ["opening", "end"])
def test_what_a_week_has_of_its_own_may_stand_first_or_last(tmp_path: Path, where: str) -> None:
    texts = weeks("The week.", **{where: WEEKS})  # type: ignore[arg-type]  # opening or end
    assert copies(tmp_path, texts) == {}


def test_a_syndicated_copy_with_its_own_head_and_foot_is_one(tmp_path: Path) -> None:
    heads = (
        "From our reporter at the gate, with pictures by Anna Lind and a map of the hall.",
        "",
        "By the desk.",
    )
    feet = ("Write to us at the old post office.", "This report is shared with four papers of the coast.", "")
    assert copies(tmp_path, weeks(WEEKS[0], opening=heads, end=feet)) == {"1": "0", "2": "0"}


def test_a_copy_with_a_sentence_edited_or_left_out_is_one(tmp_path: Path) -> None:
    whole = weeks(WEEKS[0])[0]
    edited = whole.replace("Beans fetched double", "The price of beans doubled").replace("canner", "cannery")
    cut = whole.replace(" Complaints go to the warden, in writing.", "").replace(WEEKS[0][-60:], "")
    assert copies(tmp_path, [whole, edited, cut]) == {"1": "0", "2": "0"}


def imported(folder: Path, path: Path) -> list[str]:
    """Import with the packaged model; gives the stories of the articles in the file's order."""
    CliRunner().invoke(app, ["init", str(folder)])
    done = CliRunner().invoke(app, ["-C", str(folder), "import", str(path)])
    assert done.exit_code == 0, (done.output, done.exception)
    assert ", 0 of them copies" in done.output
    return list(listed(folder).values())


@pytest.mark.model
@pytest.mark.parametrize("name", ["32-percent-own", "19-percent-own"])
def test_a_column_that_changes_by_a_paragraph_loses_no_week(
    tmp_path: Path, dev_data: Path, name: str
) -> None:
    stories = imported(tmp_path, dev_data.parent / "cases" / "weekly-column" / f"{name}.jsonl")
    assert len(set(stories)) == 4


@pytest.mark.model
def test_reports_of_one_event_in_other_words_are_one_story(tmp_path: Path, dev_data: Path) -> None:
    stories = imported(tmp_path, dev_data.parent / "cases" / "same-event" / "articles.jsonl")
    assert [stories.index(each) for each in stories] == [0, 0, 0, 3, 4]
