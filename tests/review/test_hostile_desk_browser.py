"""Texts from outside that mean harm, on every page of the desk, in a real browser: they are only text."""

import json
import os
from pathlib import Path

import pytest
from browsers import browser
from desks import desk_page, room_of, serving
from fakes import FakeEmbedder
from hostile_texts import TEXTS
from newsroom import ISSUE
from playwright.sync_api import Browser

from digest.cli import machinery
from digest.issues.decisions import draft_path

__all__ = ["browser"]

OTHERS = "script:not([src^='/static/desk.js']), iframe, object, embed, svg script"
SCRIPTS = f'document.querySelectorAll("{OTHERS}").length'
DANGERS = """[...document.querySelectorAll('*')].filter((each) => [...each.attributes].some((one) =>
  /^on/i.test(one.name) || (/^(href|src|action|formaction)$/i.test(one.name)
  && /^[\\s\\u0000-\\u001f]*(javascript|data|vbscript):/i.test(one.value)))).map((each) => each.outerHTML)"""


def hostile() -> list[str]:
    """Texts of ours, and the development data's where they are at hand, on one line each."""
    found = list(TEXTS)
    if folder := os.environ.get("DIGEST_DEV_DATA"):
        found += json.loads((Path(folder) / "hostile" / "blns.json").read_text("utf-8"))
    lines = [" ".join(each.split()) for each in found]
    plain = ["".join(letter for letter in line if letter.isprintable()) for line in lines]
    return [line.replace("|", "¦") for line in plain if line]


def test_hostile_texts_do_nothing_on_any_page(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    room = room_of(tmp_path)
    story = next(row.id for row in room.rows(ISSUE) if row.title == "Kiln")
    path = draft_path(room.output, ISSUE, story)
    texts = hostile()
    items = "\n".join(f"* {each}" for each in texts)
    head, _, rest = path.read_text("utf-8").partition("## Keywords\n\n")
    title = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    head = head.replace("# __Kiln__", f"# __Kiln {title}__").replace(
        "## Summary\n\n", f"## Summary\n\n{title} "
    )
    path.write_text(f"{head}## Keywords\n\n{items}\n{rest}", "utf-8")
    room.digest("draft", "approve", "--all", "--anyway", code=0)
    dialogs = []
    pages = (
        f"/issue/{ISSUE}",
        f"/issue/{ISSUE}?q={title}",
        f"/story/{story}",
        f"/story/{story}?sentence=1",
        f"/issue/{ISSUE}/publish",
        f"/find?mode=words&q={title}",
        f"/find?like={story}",
        "/missed",
    )
    with serving(room) as keys, desk_page(browser, keys, axe=False) as page:
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for each in pages:
            page.goto(f"http://{keys.host}{each}")
            assert page.evaluate(f"() => {SCRIPTS}") == 0, each
            assert page.evaluate(f"() => {DANGERS}") == [], each
        page.goto(f"http://{keys.host}/story/{story}")
        shown = page.locator("#shown-keywords").inner_text()
        assert "<script>alert(1)</script>" in shown
    assert dialogs == []
