"""The page to copy from in a real browser: its button puts the issue on the clipboard, and it fits."""

from pathlib import Path

import pytest
from browsers import SCHEMES, browser, is_too_wide, opened, violations
from made_issues import entry, issue_of
from playwright.sync_api import Browser

from digest.issues.sending import copy_page, letter_of

__all__ = ["browser"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("copy") / "20261122.copy.html"
    path.write_text(copy_page(letter_of(issue_of(entry(), site="https://letters.example"), {})), "utf-8")
    return path


PASTE = """async () => {
  const [item] = await navigator.clipboard.read();
  const read = async (kind) => (await item.getType(kind)).text();
  return [await read("text/html"), await read("text/plain")];
}"""


def test_the_button_puts_rich_and_plain_text_on_the_clipboard(browser: Browser, page: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    shown = context.new_page()
    shown.goto(page.as_uri())
    shown.get_by_role("button", name="Copy the issue").click()
    shown.get_by_text("Copied: paste it into the editor of your platform.").wait_for()
    html, text = shown.evaluate(PASTE)
    context.close()
    assert "<strong>Change:</strong> From fixed to moving" in html
    assert '<a href="https://news.example/a_b?c=1&amp;d=2"' in html
    assert "<table" not in html
    assert "Copy the issue" not in html + text
    assert "Change: From fixed to moving" in text


def test_without_a_clipboard_of_its_own_the_browsers_older_way_copies(browser: Browser, page: Path) -> None:
    shown = browser.new_page()
    shown.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    shown.goto(page.as_uri())
    shown.evaluate("addEventListener('copy', () => { window.copied = String(getSelection()); })")
    shown.get_by_role("button").click()
    shown.get_by_text("Copied:").wait_for()
    assert "Ice comes 12 days later" in shown.evaluate("window.copied")
    shown.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_fits_a_telephone_and_can_be_used_by_everybody(
    browser: Browser, page: Path, scheme: str
) -> None:
    with opened(browser, page, width=390, scheme=scheme) as shown:
        assert not is_too_wide(shown)
        assert violations(shown) == []
