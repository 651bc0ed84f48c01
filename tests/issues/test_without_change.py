"""Articles that report no change: their drafts come last, or are left out by a setting."""

import json
import re
from pathlib import Path

import pytest
from newsroom import ISSUE, NEXT, TEXTS, Newsroom

from digest.issues.decisions import draft_path
from digest.language.addresses import entry_id
from digest.workspace.files import write_text

GUIDE = "A kettle needs to be cleaned. Fill it with water. Never use steel wool. Rinse it well. " * 12


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    made = Newsroom(tmp_path)
    made.write("tarrow", "Kettles", GUIDE)
    return made


HEAD = "| Signal | Change | 10y horizon | Driving force |\n| --- | --- | --- | --- |\n"
ROWS = {
    "Kettles": f"{HEAD}| A kettle needs to be cleaned | – | – | – |\n",
    "Meadows": f"{HEAD}| Divers counted eelgrass meadow 3 in Orr bay | – | – | – |\n",
}


def set_rows(room: Newsroom, draft_id: str, table: str) -> None:
    path = draft_path(room.output, ISSUE, draft_id)
    text = re.sub(r"(?s)## Signals\n.*?\n(?=## )", f"## Signals\n\n{table}\n", path.read_text("utf-8"))
    write_text(path, text)


def titles(room: Newsroom) -> list[str]:
    rows = json.loads(room.digest("draft", "list", "--issue", ISSUE, "--json"))
    return [row["title"] for row in rows]


@pytest.mark.parametrize("first", ["Kettles", "Meadows"])
def test_a_draft_without_rows_is_listed_and_published_after_those_that_have_some(
    room: Newsroom, first: str
) -> None:
    meadows = room.write("tarrow", "Meadows", " ".join(TEXTS["Eelgrass"].format(at) for at in range(12)))
    ids = {"Kettles": entry_id("https://tarrow.example/kettles"), "Meadows": meadows}
    room.run(ISSUE)
    for title, draft_id in ids.items():
        set_rows(room, draft_id, ROWS[title] if title == first else "")
    last = next(title for title in ids if title != first)
    assert titles(room) == [first, last]
    assert room.publish(ISSUE) == [ids[first], ids[last]]
    text = (room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert text.index(f"### [{first}]") < text.index(f"### [{last}]")


def test_a_draft_says_that_its_article_reports_no_change(room: Newsroom) -> None:
    room.run(ISSUE)
    assert "reports no change" in room.draft_text(ISSUE, entry_id("https://tarrow.example/kettles"))


def test_skip_leaves_them_out_says_so_once_and_can_be_taken_back(room: Newsroom) -> None:
    feeds = room.folder / "feeds.yaml"
    before = feeds.read_text("utf-8")
    feeds.write_text(before.replace("feeds:", "settings: {drafts_without_change: skip}\nfeeds:", 1), "utf-8")
    report = room.run(ISSUE)
    assert [each.stage for each in report.dropped] == ["draft"]
    assert "reports no change" in report.dropped[0].reason
    assert "drafts_without_change" in report.dropped[0].reason
    assert not report.drafts
    assert not room.run(ISSUE).dropped
    feeds.write_text(before, "utf-8")
    assert [title for _, title in room.run(NEXT).drafts] == ["Kettles"]
