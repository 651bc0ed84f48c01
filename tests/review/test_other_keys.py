"""Keys of the desk that the settings have otherwise."""

import re

import pytest
from browsers import browser
from desks import FALSE, Served, desk_page, served, serving
from playwright.sync_api import Browser, expect

from digest.errors import ConfigError
from digest.workspace.config import load_config

__all__ = ["browser", "served"]


def give(served: Served, keys: str) -> None:
    path = served.room.folder / "feeds.yaml"
    given = re.sub(r"\nsettings:.*", "", path.read_text("utf-8"), flags=re.DOTALL)
    path.write_text(f"{given}\nsettings: {{desk_keys: {keys}}}\n", "utf-8")


def test_other_keys_do_what_the_usual_ones_did_and_are_shown(browser: Browser, served: Served) -> None:
    give(served, "{a: y, A: Y, j: n, m: '+'}")
    path = served.path_of("Breach")
    path.write_text(path.read_text("utf-8").replace("## Summary\n\n", f"## Summary\n\n{FALSE} ", 1), "utf-8")
    with serving(served.room) as keys, desk_page(browser, keys) as page:
        press = page.keyboard.press
        press("j")
        press("a")
        expect(page.locator("#said")).to_be_empty()
        page.locator(f"#d-{served.id_of('Kiln')} a.title").focus()
        press("y")
        expect(page.locator("#said")).to_contain_text("approved: Kiln")
        expect(page.locator(f"#d-{served.id_of('Eelgrass')} [data-verdict=a] kbd")).to_have_text("y")
        page.locator(f"#d-{served.id_of('Breach')} a.title").focus()
        press("y")
        expect(page.locator("#said")).to_contain_text("(Y approves all the same)")
        press("Shift+Y")
        expect(page.locator(f"li.approved#d-{served.id_of('Breach')}")).to_be_visible()
        press("u")
        expect(page.locator("#said")).to_contain_text("undone: approve")
        expect(page.locator(f"#d-{served.id_of('Breach')} [data-verdict=A] kbd")).to_have_text("Y")
        press("+")
        expect(page.locator("#said")).to_contain_text("press + there")
        press("?")
        shown = page.locator("#help dl").inner_text().split()
        assert {"y", "Y", "n", "+"} <= set(shown)
        assert not {"a", "m"} & set(page.locator("#help dt").all_inner_texts())
        press("Escape")
    assert served.status_of("Kiln") == "approved"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("{a: j}", "j would stand for two"),
        ("{a: y, r: y}", "y would stand for two"),
        ("{q: y}", "expected a key of the desk"),
        ("{a: 1}", "desk_keys"),
        ("{a: '1'}", "no number"),
        ("{a: ' '}", "no number"),
        ("{a: Enter}", "one letter or sign"),
        ("{a: é}", "one letter or sign"),
    ],
)
def test_keys_that_cannot_be_are_named(served: Served, keys: str, said: str) -> None:
    give(served, keys)
    with pytest.raises(ConfigError, match=r"feeds.yaml:\d+: settings\.desk_keys") as caught:
        load_config(served.room.folder)
    assert said in str(caught.value)


def test_keys_can_change_places(served: Served) -> None:
    give(served, "{a: r, r: a, Delete: X}")
    assert load_config(served.room.folder).settings.desk_keys == {"a": "r", "r": "a", "Delete": "X"}
    assert "<kbd>X</kbd>" in served.client.get(f"/story/{served.id_of('Kiln')}").text
