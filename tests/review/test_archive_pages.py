"""The desk's pages on the archive: searching with reasons, and what of the rows was missed or rejected."""

import json
import re
import threading
from html import unescape

import pytest
from desks import Served, served
from fakes import FakeEmbedder
from newsroom import ISSUE

from digest.cli import machinery
from digest.issues.history.survival import Editing, Part
from digest.records import Vectors
from digest.review.missed import plot_of, score_of

__all__ = ["served"]


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())


def hits(page: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<p class="what"><a href="[^"]*"[^>]*>(.*?)</a>', page)]


def words_of(page: str) -> str:
    page = page[page.index("<main") : page.index("</main>")]
    apart = re.sub("(?=</(?:td|th|p|li|dd|dt|h2)>)", " ", page)
    return " ".join(unescape(re.sub("<[^>]+>", "", apart)).split())


def test_a_search_finds_what_the_command_finds_each_hit_with_its_reason(served: Served) -> None:
    page = served.client.get("/find", params={"q": "electric kiln", "mode": "words"}).text
    assert [re.sub("</?mark>", "", each) for each in hits(page)] == ["Kiln"]
    assert "<mark>kiln</mark>" in page
    assert "holds: " in words_of(page)
    assert f'href="/story/{served.id_of("Kiln")}"' in page
    assert "Kiln" in served.room.digest("search", "electric kiln", "--mode", "words")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status": "approved"}, ["Kiln"]),
        ({"status": "pending"}, ["Eelgrass"]),
        ({"issue": ISSUE}, ["Eelgrass", "Kiln"]),
        ({"feed": "harbour"}, ["Eelgrass", "Kiln"]),
        ({"feed": "meridian"}, []),
        ({"until": "2020-01-01"}, []),
        ({"theme": "No such theme"}, []),
        ({"k": "1"}, None),
    ],
    ids=str,
)
def test_the_filters_are_those_of_the_command(
    served: Served, asked: dict[str, str], found: list[str] | None
) -> None:
    served.act(f"approve {served.id_of('Kiln')}")
    page = served.client.get("/find", params={"q": "countries", "mode": "words", **asked}).text
    shown = sorted(re.sub("</?mark>", "", each) for each in hits(page))
    if found is None:
        assert len(shown) == 1
    else:
        assert shown == found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "soon"}, "expected a date such as 2026-11-22"),
        ({"mode": "magic"}, "expected one of hybrid, words, meaning"),
        ({"in": "<b>"}, "expected one of articles"),
        ({"k": "0"}, "expected a number from 1 to 100"),
        ({"k": "9" * 5000}, "at most 2,000 characters"),
        ({"issue": "20200101"}, "20200101"),
        ({"q": "-kiln"}, "nothing to look for"),
        ({"like": "ffffffff"}, "not in the archive"),
        ({"like": "/etc/passwd"}, "not in the archive"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_said_on_the_page(served: Served, asked: dict[str, str], said: str) -> None:
    answer = served.client.get("/find", params={"q": "kiln", "mode": "words", **asked})
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert "<b>" not in answer.text


def test_the_closest_of_a_story_are_those_of_the_command(served: Served) -> None:
    one = served.id_of("Kiln")
    for row in served.room.rows(ISSUE):
        assert f'href="/find?like={row.id}"' in served.client.get(f"/story/{row.id}").text
    (served.room.folder / "feeds.yaml").write_text(
        (served.room.folder / "feeds.yaml").read_text("utf-8") + "settings: {min_similarity: -1}\n", "utf-8"
    )
    page = served.client.get("/find", params={"like": one}).text
    found = json.loads(served.room.digest("similar", one, "--json"))
    assert hits(page) == [each["title"] for each in found]
    for each in found:
        assert f"{each['relation']}; {each['reason']}" in unescape(page)
    assert "Closest to Kiln" in words_of(page)


def test_a_loading_model_keeps_no_other_request_waiting(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, calls = threading.Event(), threading.Event(), []
    encode = FakeEmbedder.encode

    def slow(self: FakeEmbedder, texts: list[str]) -> Vectors:
        calls.append(texts)
        begun.set()
        assert go_on.wait(30)
        return encode(self, texts)

    monkeypatch.setattr(FakeEmbedder, "encode", slow)
    searched: list[int] = []
    thread = threading.Thread(
        target=lambda: searched.append(served.client.get("/find", params={"q": "kiln"}).status_code)
    )
    thread.start()
    assert begun.wait(30)
    try:
        assert served.client.get(served.desk).status_code == 200
        assert served.act(f"approve {served.id_of('Kiln')}").json()["is_done"] is True
        assert not searched
    finally:
        go_on.set()
        thread.join(30)
    assert searched == [200]


def test_text_from_outside_is_escaped_in_a_search(served: Served) -> None:
    page = served.client.get("/find", params={"q": '"><script>alert(1)</script>', "mode": "words"})
    assert "<script>alert" not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert " style=" not in page.text


def test_what_was_missed_and_rejected_is_listed_with_reasons_and_shares(served: Served) -> None:
    path = served.path_of("Kiln")
    lines = path.read_text("utf-8").split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("|:-")) + 1
    made = lines[at].split("|")[1].strip()
    path.write_text("\n".join([*lines[:at], "| Mine <b>too</b> | – | – | – |", *lines[at:]]), "utf-8")
    served.act(f"approve-over {served.id_of('Kiln')}")
    served.act(f"reject {served.id_of('Eelgrass')}", reason="not-new")
    answer = served.client.get("/missed")
    page = words_of(answer.text)
    rows = served.room.digest("report", "--editing", "--json")
    parts = {each["name"]: each for each in json.loads(rows)[0]["parts"]}["signals, by row"]
    kept = parts["whole"] + parts["edited"]
    total = kept + parts["dropped"]
    assert re.search(rf"{ISSUE} {total} {kept} {parts['dropped']} 1 {kept / total * 100:.0f} % ", page)
    missed, rejected = page.split("Rejected rows")
    assert "Mine <b>too</b>" in missed
    assert "<b>too" not in answer.text
    assert "not-new" in rejected
    assert made not in missed.split("Missed: rows")[1]
    served.client.post("/undo", data={"form": served.keys.form, "issue": ISSUE, "page": "missed"})
    assert "not-new" not in words_of(served.client.get("/missed").text).split("Rejected rows")[1]


def test_a_row_taken_out_of_an_approved_draft_is_a_rejected_one(served: Served) -> None:
    path = served.path_of("Kiln")
    lines = path.read_text("utf-8").split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("|:-")) + 1
    signal = lines[at].split("|")[1].strip()
    served.client.get(served.desk)
    path.write_text("\n".join([*lines[:at], *lines[at + 1 :]]), "utf-8")
    served.act(f"approve-over {served.id_of('Kiln')}")
    rejected = words_of(served.client.get("/missed").text).split("Rejected rows")[1]
    assert signal in rejected
    assert "taken out of an approved draft" in rejected


def test_the_plot_has_a_dot_for_each_share_of_each_issue() -> None:
    def editing(issue: str, whole: int, dropped: int, added: int) -> Editing:
        part = Part("signals, by row", whole, 0, dropped)
        return Editing(issue, 1, (part,), added, (), (), 0, 0)

    scores = [score_of(editing(*each)) for each in (("a", 3, 1, 1), ("b", 0, 0, 2), ("c", 1, 0, 0))]
    assert [each.precision for each in scores] == [0.75, None, 1]
    assert [each.recall for each in scores] == [0.75, 0, 1]
    plot = plot_of(scores)
    assert plot
    assert {name: [dot.said for dot in dots] for name, dots in plot.lines} == {
        "precision": ["issue a: precision 75%", "issue c: precision 100%"],
        "recall": ["issue a: recall 75%", "issue b: recall 0%", "issue c: recall 100%"],
    }
    (_, precision), (_, recall) = plot.lines
    assert precision[1].y < precision[0].y < recall[1].y
    assert plot_of(scores[:1]) is None
