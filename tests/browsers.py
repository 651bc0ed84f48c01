"""A real browser for pages that readers see, with the checks every page must pass."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
WIDTHS = (1280, 800, 390)
SCHEMES = ("light", "dark")

expect.set_options(timeout=20_000)
"""What a page does later is waited for this long (ms): a busy machine takes more than the default, 5 s."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's chromium; skip, saying so, where there is none, or fail where one must be.

    For one module: as long as it runs, its event loop keeps others from beginning.
    """
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        if os.environ.get("DIGEST_NEEDS_BROWSER"):
            pytest.fail("no chromium on this machine; install it with: apt-get install chromium")
        pytest.skip("no chromium on this machine: pages are not looked at")
    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@contextmanager
def opened(browser: Browser, path: Path, *, width: int, scheme: str) -> Iterator[Page]:
    """Open a file as a reader does; fails for whatever it asks of another host, and for errors of scripts."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(path.as_uri())
    try:
        yield page
        assert [url for url in asked if not url.startswith("file:")] == []
        assert not errors, errors
    finally:
        page.close()


def keep_picture(page: Page, name: str, folder: Path) -> Path:
    """Take a picture of the whole page, into DIGEST_SCREENSHOTS where that is set."""
    to = Path(os.environ.get("DIGEST_SCREENSHOTS") or folder) / f"{name}.png"
    to.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=to, full_page=True)
    return to


def is_too_wide(page: Page) -> bool:
    """Whether readers must scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def violations(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds: rule, and the first piece of the page that breaks it.

    Args:
        page: The page as it is shown.
        rules: Only those with one of these tags; empty for all.
    """
    page.evaluate(AXE.read_text("utf-8"))
    only = f", runOnly: {list(rules)}" if rules else ""
    run = f"axe.run({{preload: false{only}}})"
    found = page.evaluate(f"{run}.then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
    return list(found)
