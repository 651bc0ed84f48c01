"""The order of an issue's themes on its page: each moves with its stories."""

import html
import json
import re

import pytest
from browsers import browser
from desks import TEXTS, Served, desk_page, drag, served, serving
from newsroom import ISSUE
from playwright.sync_api import Browser, expect
from test_issue_page import approve_all, order_of

__all__ = ["browser", "served"]


def give(served: Served, themes: dict[str, str]) -> None:
    for title, theme in themes.items():
        path = served.path_of(title)
        text = path.read_text("utf-8")
        made = re.sub(r"## Themes\n\n(\* .*\n)*", "", text)
        path.write_text(made.replace("## Signals", f"## Themes\n\n* {theme}\n\n## Signals", 1), "utf-8")
        assert f"* {theme}\n" in path.read_text("utf-8")
    approve_all(served)


def themes_of(served: Served) -> list[str]:
    page = served.client.get(f"{served.desk}/publish").text
    return [html.unescape(each) for each in re.findall(r'data-moves="theme to" data-what="([^"]*)"', page)]


def move(served: Served, act: str, code: int = 200) -> str:
    form = {"form": served.keys.form, "act": f"theme {act}"}
    answer = served.client.post(f"{served.desk}/order", data=form, follow_redirects=True)
    assert answer.status_code == code, answer.text
    return html.unescape(answer.text)


def test_a_theme_moves_with_its_stories_is_published_so_and_it_is_undone(served: Served) -> None:
    give(served, {"Breach": "Health", "Eelgrass": "Sea & shore", "Kiln": "Industry"})
    first, second, third = themes_of(served)
    before = order_of(served)
    assert f"theme 1 of 3: {third}, with 1 story" in move(served, f"to 1 {third}")
    assert themes_of(served) == [third, first, second]
    move(served, f"down {third}")
    move(served, f"up {second}")
    assert themes_of(served) == [first, second, third]
    move(served, f"up {first}")
    assert themes_of(served) == [first, second, third]
    move(served, f"to 99 {first}")
    assert themes_of(served) == [second, third, first]
    served.room.digest("publish", ISSUE)
    made = json.loads((served.room.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))
    assert [each["theme"] for each in made["entries"]] == [second, third, first]
    form = {"form": served.keys.form, "issue": ISSUE, "page": "issue"}
    for _ in range(5):
        served.client.post("/undo", data=form)
    assert order_of(served) == before


def test_themes_of_one_story_stay_behind_those_that_have_a_heading(served: Served) -> None:
    give(served, {"Breach": "Health", "Eelgrass": "Sea", "Kiln": "Health"})
    assert themes_of(served) == ["Health", "Sea"]
    assert "under “More”" in move(served, "up Sea")
    assert themes_of(served) == ["Health", "Sea"]
    # Its stories came together, each where it was among them.
    assert order_of(served)[-1] == "Eelgrass"
    served.room.digest("publish", ISSUE)
    page = (served.room.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert re.findall("^## (.*)$", page, re.MULTILINE) == ["Health", "More"]


@pytest.mark.parametrize(("act", "code"), [("up Nothing", 409), ("up ", 409), ("to x Health", 404)])
def test_what_is_no_theme_or_place_moves_nothing(served: Served, act: str, code: int) -> None:
    give(served, {"Breach": "Health", "Eelgrass": "Sea", "Kiln": "Industry"})
    before = themes_of(served)
    move(served, act, code)
    assert themes_of(served) == before


def test_themes_are_moved_by_keys_and_by_dragging(browser: Browser, served: Served) -> None:
    give(served, {"Breach": "Health", "Eelgrass": "Sea", "Kiln": "Industry"})
    first, second, third = themes_of(served)
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        page.goto(f"http://{keys.host}/issue/{ISSUE}/publish")
        rows = page.locator(".ordered.themes > li")
        rows.nth(0).locator(".title").focus()
        page.keyboard.press("Shift+J")
        expect(rows.nth(1).locator(".title")).to_have_text(first)
        expect(rows.nth(1).locator(".title")).to_be_focused()
        # What hears of it is there once the page is.
        page.wait_for_load_state()
        drag(rows.filter(has_text=third), rows.nth(0))
        expect(rows.nth(0).locator(".title")).to_have_text(third)
        # A story is no theme: dropped among them, it stays.
        page.wait_for_load_state()
        page.locator(".ordered.stories > li").nth(0).drag_to(rows.nth(2), steps=5)
        expect(rows.nth(0).locator(".title")).to_have_text(third)
    assert themes_of(served) == [third, second, first]
    assert len(order_of(served)) == len(TEXTS)
