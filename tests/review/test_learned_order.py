"""The desk orders an issue by what was decided in others, says why, hides nothing, and can be told not to."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from desks import Served, room_of, serving
from fakes import FakeEmbedder
from newsroom import ISSUE, NEXT

from digest.cli import machinery
from digest.issues import verdict_order

GEYSER = """A cement maker at Orr shut its coal kiln and fired an electric one beside the harbour.
The kiln draws 30 megawatts from a dam that was built for a paper works in 1971.
Cement from it costs a tenth more, and the rail office buys all of the second year.
Neighbours who had complained of dust for years now hear a hum in the evening.
The maker plans to convert its other kilns by 2033 if the grid is strengthened there."""
THEFT = """The Medlinea breach exposed records of nearly 2.5 million customers in Lisse on Friday.
Jon Halden, who leads the company, said that every server will be replaced before spring ends.
Nine clinics sent patients home because no doctor could open their own records at all.
The health ministry ordered other networks to check their own billing servers within a week.
Insurers expect that the theft will cost the company about 7 million crowns over two years."""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A desk on a second issue, and a first one with three drafts to decide on."""
    # Thirty drafts would take long to make; how many are enough is tested where it is learned.
    monkeypatch.setattr(verdict_order, "LEAST_VERDICTS", 3)
    monkeypatch.setattr(verdict_order, "LEAST_OF_A_KIND", 1)
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    room = room_of(tmp_path)
    room.later(7)
    room.write("tarrow", "Theft", THEFT)
    room.write("meridian", "Geyser", GEYSER)
    room.run(NEXT)
    with serving(room) as keys, httpx2.Client(base_url=f"http://{keys.host}", timeout=60) as client:
        client.get(keys.address)
        yield Served(room, keys, client)


def shown(served: Served) -> dict[str, str]:
    """The titles on the desk in order, each with why it stands there."""
    page = served.client.get(f"/issue/{NEXT}?by=place").text
    lines = re.findall(r'<li class="line.*?</li>', page, re.DOTALL)
    titles = [re.search(r'class="title"[^>]*>([^<]*)<', line) for line in lines]
    whys = [re.search(r'quiet why">([^<]*)<', line) for line in lines]
    return {
        title[1]: unescape(why[1]) if why else "" for title, why in zip(titles, whys, strict=True) if title
    }


def decide(served: Served, approved: str, rejected: list[str]) -> None:
    served.act(f"approve-over {served.id_of(approved)}")
    for each in rejected:
        served.act(f"reject {served.id_of(each)}", reason="not-new")


@pytest.mark.parametrize(
    ("approved", "rejected", "first"),
    [("Kiln", ["Breach", "Eelgrass"], "Geyser"), ("Breach", ["Kiln", "Eelgrass"], "Theft")],
)
def test_what_is_like_the_approved_comes_first_and_says_so(
    served: Served, approved: str, rejected: list[str], first: str
) -> None:
    assert set(shown(served).values()) == {""}
    decide(served, approved, rejected)
    found = shown(served)
    assert sorted(found) == ["Geyser", "Theft"]
    assert next(iter(found)) == first
    assert found[first].startswith("like 1 you approved")
    assert re.match("like [12] you rejected", list(found.values())[-1])
    assert "3 verdicts on other issues" in served.client.get(f"/issue/{NEXT}").text
    # The next of the story's page is the next of the desk.
    one, two = ({row.title: row.id for row in served.room.rows(NEXT)}[title] for title in found)
    assert f'href="/story/{two}" data-key="j"' in served.client.get(f"/story/{one}").text
    # What is undone is unlearned.
    served.client.post("/undo", data={"form": served.keys.form, "issue": ISSUE, "page": "desk"})
    assert set(shown(served).values()) == {""}


def test_it_can_be_switched_off(served: Served) -> None:
    before = list(shown(served))
    decide(served, "Kiln", ["Breach", "Eelgrass"])
    path = served.room.folder / "feeds.yaml"
    path.write_text(path.read_text("utf-8") + "settings: {learn_from_verdicts: false}\n", "utf-8")
    assert shown(served) == dict.fromkeys(before, "")
