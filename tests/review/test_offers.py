"""What a run offers for what an editor changed is seen at the desk, and taken or dismissed there."""

import re

import httpx2
from desks import Served, served
from newsroom import ISSUE

from digest.issues.drafts.pieces import offer

__all__ = ["served"]


def offered(served: Served, text: str) -> None:
    path = served.path_of("Kiln")
    raw = offer(text, "summary").raw
    path.write_text(
        path.read_text("utf-8").replace("## Evidence", f"## Offered\n\n{raw}\n\n## Evidence"), "utf-8"
    )


def answer(served: Served, act: str, mark: str = "") -> httpx2.Response:
    address = f"/story/{served.id_of('Kiln')}"
    page = served.client.get(address).text
    found = re.search(r'name="number" value="1">\s*<input type="hidden" name="mark" value="(\w+)"', page)
    assert found
    data = {"form": served.keys.form, "number": "1", "mark": mark or found[1], "act": act}
    return served.client.post(f"{address}/offer", data=data, follow_redirects=True)


def test_an_offer_is_shown_and_taken(served: Served) -> None:
    offered(served, "Two kilns <now>.")
    assert "Two kilns &lt;now&gt;." in served.client.get(f"/story/{served.id_of('Kiln')}").text
    assert "taken: what was offered for summary" in answer(served, "take").text
    assert served.room.draft(ISSUE, served.id_of("Kiln")).entry.summary.startswith("Two kilns")
    assert "## Offered" not in served.path_of("Kiln").read_text("utf-8")


def test_an_offer_is_dismissed_and_that_is_undone(served: Served) -> None:
    offered(served, "Two kilns.")
    before = served.path_of("Kiln").read_bytes()
    assert "dismissed" in answer(served, "dismiss").text
    assert "Two kilns." not in served.path_of("Kiln").read_text("utf-8")
    form = {"form": served.keys.form, "issue": ISSUE, "page": "story", "at": served.id_of("Kiln")}
    served.client.post("/undo", data=form)
    assert served.path_of("Kiln").read_bytes() == before


def test_another_offer_in_its_place_is_not_taken(served: Served) -> None:
    offered(served, "Two kilns.")
    before = served.path_of("Kiln").read_bytes()
    assert answer(served, "take", mark="0" * 64).status_code == 409
    assert answer(served, "eat").status_code == 404
    assert served.path_of("Kiln").read_bytes() == before
